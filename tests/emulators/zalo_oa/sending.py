"""Consultation messages: message/cs, its checks, the windows and the quota object (reference 1.4-1.6)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from .content import Content, parse_message
from .errors import ZaloError
from .model import Incoming, Shown
from .world import LAST_WINDOW, REPLY_WINDOW, Account, World

Answer = dict[str, Any]


def message_cs(world: World, given: Incoming) -> Answer:
    """`POST /v3.0/oa/message/cs`."""
    recipient = given.body.get("recipient")
    if not isinstance(recipient, dict):
        raise ZaloError(-201, "recipient")
    content = parse_message(world, given.body.get("message"))
    user = find_recipient(world, recipient)
    if content.quote and world.owners.get(content.quote) is not user:
        raise ZaloError(-201, "quote_message_id")
    may_write(user)
    quota = take_window(world, user)
    shown = deliver(world, user, content)
    answer: Answer = {"message_id": shown.id, "user_id": user.id, "sent_time": world.clock.ms()}
    if quota:
        answer["quota"] = quota
    return answer


def message_v2(world: World, given: Incoming) -> Answer:
    """`/v2.0/oa/message`: reactions and anonymous chats still pass; the rest is closed (-240)."""
    recipient = given.body.get("recipient")
    if isinstance(recipient, dict) and "sender_action" in given.body:
        user = find_recipient(world, recipient)
        action = given.body["sender_action"]
        known = isinstance(action, dict) and world.owners.get(str(action.get("react_message_id"))) is user
        if not known:
            raise ZaloError(-201, "react_message_id")
        may_write(user)
        message = {"msg_id": action["react_message_id"], "react_icon": action.get("react_icon", "")}
        world.by_oa(user, "oa_reacted_message", message)
        return {"message_id": world.message_id(), "user_id": user.id}
    if isinstance(recipient, dict) and "anonymous_id" in recipient:
        return message_cs(world, given)
    raise ZaloError(-240)


def find_recipient(world: World, recipient: dict[str, Any]) -> Account:
    """Whom a message is for; ids must be strings."""
    if any(not isinstance(value, str) for value in recipient.values()):
        raise ZaloError(-201, "recipient")
    if "group_id" in recipient:
        raise ZaloError(-403)
    user: Account | None = None
    if "anonymous_id" in recipient:
        user = world.people.get(recipient["anonymous_id"])
        if user is not None and recipient.get("conversation_id") != user.conversation_id:
            raise ZaloError(-201, "conversation_id")
    elif "user_id" in recipient:
        user = world.people.get(recipient["user_id"])
        if user is not None and user.anonymous:
            user = None
    elif "message_id" in recipient:
        user = world.owners.get(recipient["message_id"])
    elif "phone" in recipient:
        user = world.by_phone(recipient["phone"])
    else:
        raise ZaloError(-201, "recipient")
    if user is None:
        raise ZaloError(-213)
    return user


def may_write(user: Account) -> None:
    """Refuses for what the person is: stranger, blocked, inactive."""
    if user.inactive:
        raise ZaloError(-227)
    if user.blocked:
        raise ZaloError(-244)
    if not user.follower and user.last_interaction is None:
        raise ZaloError(-213)


def take_window(world: World, user: Account) -> Answer:
    """The quota object for the age of the last interaction; raises -230, -232, -211."""
    age = world.age(user)
    if age is None:
        raise ZaloError(world.settings.never_interacted)
    if age > LAST_WINDOW:
        raise ZaloError(-230)
    owner = {"owner_type": "OA", "owner_id": world.settings.oa_id}
    if age <= REPLY_WINDOW:
        return {"quota_type": "reply", **owner}
    left = world.settings.package_quota - world.package_used
    if left <= 0:
        raise ZaloError(-211)
    world.package_used += 1
    month_end = datetime.fromtimestamp(world.clock.now(), UTC) + timedelta(days=30)
    return {
        "quota_type": "sub_quota",
        "remain": left - 1,
        "total": str(world.settings.package_quota),
        "expired_date": f"{month_end:%d/%m/%Y}",
        **owner,
    }


def deliver(world: World, user: Account, content: Content, admin_id: str = "") -> Shown:
    """Put a message on the phone and tell the webhook of it (echo, receipt)."""
    shown = Shown(
        world.message_id(),
        True,
        content.text,
        world.clock.now(),
        buttons=content.buttons,
        attachments=content.attachments,
        kind=content.kind,
        admin_id=admin_id,
        quote=content.quote,
    )
    if admin_id or world.settings.echoes:
        message: Answer = {"msg_id": shown.id}
        if content.text:
            message["text"] = content.text
        if content.event_attachments:
            message["attachments"] = content.event_attachments
        if content.quote:
            message["quote_msg_id"] = content.quote
        world.by_oa(user, content.event, message, admin_id)
    world.to_phone(user, shown)
    return shown
