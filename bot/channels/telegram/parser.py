"""`telegram.Update` to `Incoming`. What we have no use for becomes None, what we do not know `Unusable`."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from telegram import Bot, CallbackQuery, ChatMemberUpdated, Message, Update

from bot.channels.telegram.contents import file_of, is_service, unusable_of
from handlers.messages import (
    Choice,
    Command,
    Contact,
    Content,
    Edit,
    Files,
    Incoming,
    Location,
    Membership,
    MembershipChange,
    Migrated,
    Text,
    Unusable,
)

CHANNEL: Final = "telegram"
ALLOWED_UPDATES: Final = ("message", "edited_message", "callback_query", "my_chat_member")
GROUP_ANONYMOUS_BOT: Final = 1087968824
"""Sender of what administrators write anonymously; the person behind it is not told (reference 1.14)."""
GROUPS: Final = frozenset({"group", "supergroup"})
ANSWERED: Final = ("message_id", "date", "chat", "forum_topic_created")
PRESENT: Final = frozenset({"creator", "administrator", "member"})
_COMMAND: Final = re.compile(r"/([A-Za-z0-9_]{1,32})(?:@([A-Za-z0-9_]{3,32}))?(?:\s+(.*))?\Z", re.DOTALL)


class Unreadable(ValueError):
    """An authentic update that does not have the shape it should have. Carries no content."""


class UpdateReader:
    """Reads the updates of one account. `username` is known after getMe; `now` dates button presses."""

    def __init__(self, *, account: str, bot: Bot | None, now: Callable[[], datetime]) -> None:
        self.account = account
        self.username = ""
        self._bot = bot
        self._now = now

    def read(self, data: dict[str, Any]) -> Incoming | None:
        """The update as `Incoming`, None when there is nothing in it for us. Raises Unreadable."""
        update_id = data.get("update_id")
        if not isinstance(update_id, int) or isinstance(update_id, bool):
            raise Unreadable("no update id")
        try:
            update = Update.de_json(_lean(data), self._bot)
            return self._incoming(update, str(update_id))
        except (TypeError, ValueError, KeyError, AttributeError, OverflowError, OSError) as error:
            salvaged = self._salvage(data, str(update_id))
            if salvaged is None:
                raise Unreadable(type(error).__name__) from None
            return salvaged

    def _incoming(self, update: Update, update_id: str) -> Incoming | None:
        if update.message is not None:
            return self._message(update.message, update_id)
        if update.edited_message is not None:
            return self._edit(update.edited_message, update_id)
        if update.callback_query is not None:
            return self._press(update.callback_query, update_id)
        if update.my_chat_member is not None:
            return self._membership(update.my_chat_member, update_id)
        return None

    def _message(self, message: Message, update_id: str) -> Incoming | None:
        if message.chat.type == "channel" or _another_bot(message):
            return None
        content = self._content(message)
        return None if content is None else self._of(message, content, update_id, message.date)

    def _content(self, message: Message) -> Content | None:
        if message.text is not None:
            return self._words(message.text, in_group=message.chat.type in GROUPS)
        if (unusable := unusable_of(message)) is not None:
            return unusable
        if (file := file_of(message)) is not None:
            return Files(files=(file,), caption=message.caption or "", album=message.media_group_id or "")
        if message.location is not None:
            return Location(latitude=message.location.latitude, longitude=message.location.longitude)
        if (card := message.contact) is not None:
            own = message.from_user is not None and card.user_id == message.from_user.id
            name = " ".join(part for part in (card.first_name, card.last_name) if part)
            return Contact(phone=card.phone_number, name=name, own=own)
        if message.migrate_to_chat_id is not None:
            return Migrated(new_chat=str(message.migrate_to_chat_id))
        if is_service(message) or message.chat.type in GROUPS:
            return None
        return Unusable(what="unknown")

    def _words(self, text: str, *, in_group: bool) -> Content | None:
        match = _COMMAND.match(text)
        if match is None:
            return Text(text=text)
        name, addressed, argument = match.groups()
        foreign = addressed and self.username and addressed.lower() != self.username.lower()
        if foreign:
            return None if in_group else Text(text=text)
        return Command(name=name.lower(), argument=(argument or "").strip())

    def _edit(self, message: Message, update_id: str) -> Incoming | None:
        if message.chat.type == "channel" or _another_bot(message):
            return None
        words = message.text if message.text is not None else message.caption
        at = message.edit_date or message.date
        if words is not None:
            return self._of(message, Edit(text=words), update_id, at)
        file = file_of(message) if unusable_of(message) is None else None
        # Without words either the file was replaced or its caption removed: the file is told once more.
        return self._of(message, Files(files=(file,)), update_id, at) if file is not None else None

    def _press(self, query: CallbackQuery, update_id: str) -> Incoming | None:
        if query.data is None:
            return None
        message = query.message
        chat = message.chat if message is not None else None
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            update_id=update_id,
            chat=str(chat.id if chat is not None else query.from_user.id),
            person=str(query.from_user.id),
            content=Choice(
                token=query.data,
                message_ref=str(message.message_id) if message is not None else "",
                callback_id=query.id,
            ),
            at=self._now(),
            is_group=chat is not None and chat.type in GROUPS,
            language=query.from_user.language_code or "",
            message_ref=str(message.message_id) if message is not None else "",
        )

    def _membership(self, change: ChatMemberUpdated, update_id: str) -> Incoming | None:
        chat = change.chat
        before = change.old_chat_member.status in PRESENT or _still_restricted(change.old_chat_member)
        after = change.new_chat_member.status in PRESENT or _still_restricted(change.new_chat_member)
        if before == after or chat.type == "channel":
            return None
        if chat.type in GROUPS:
            kind = MembershipChange.ADDED if after else MembershipChange.REMOVED
        else:
            kind = MembershipChange.UNBLOCKED if after else MembershipChange.BLOCKED
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            update_id=update_id,
            chat=str(chat.id),
            person="" if change.from_user.id == GROUP_ANONYMOUS_BOT else str(change.from_user.id),
            content=Membership(change=kind, title=chat.title or ""),
            at=change.date,
            is_group=chat.type in GROUPS,
            language=change.from_user.language_code or "",
        )

    def _of(self, message: Message, content: Content, update_id: str, at: datetime) -> Incoming:
        sender = message.from_user
        in_group = message.chat.type in GROUPS
        anonymous = sender is None or sender.id == GROUP_ANONYMOUS_BOT or message.sender_chat is not None
        answered = message.reply_to_message
        if answered is not None and answered.forum_topic_created is not None:
            answered = None  # in a topic every message seems to answer the one that opened it
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            update_id=update_id,
            chat=str(message.chat.id),
            person="" if sender is None or (anonymous and in_group) else str(sender.id),
            content=content,
            at=at,
            is_group=in_group,
            language=(sender.language_code or "") if sender is not None else "",
            message_ref=str(message.message_id),
            reply_to=str(answered.message_id) if answered is not None else "",
            forwarded=message.forward_origin is not None,
        )

    def _salvage(self, data: dict[str, Any], update_id: str) -> Incoming | None:
        """A private message of a shape we cannot read still gets an answer: only its chat is taken."""
        message = data.get("message")
        chat = message.get("chat") if isinstance(message, dict) else None
        if not isinstance(chat, dict) or chat.get("type") != "private" or not isinstance(chat.get("id"), int):
            return None
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            update_id=update_id,
            chat=str(chat["id"]),
            person=str(chat["id"]),
            content=Unusable(what="unknown"),
            at=self._now().astimezone(UTC),
        )


def _lean(data: dict[str, Any]) -> dict[str, Any]:
    """Without the parts that are only looked at for their ids: reading them costs more than all the rest."""
    query = data.get("callback_query")
    if isinstance(query, dict) and isinstance(query.get("message"), dict):
        shown = query["message"]
        short = {"chat": shown["chat"], "message_id": shown["message_id"], "date": 0}
        return {"update_id": data["update_id"], "callback_query": {**query, "message": short}}
    message = data.get("message")
    if isinstance(message, dict) and isinstance(message.get("reply_to_message"), dict):
        answered = message["reply_to_message"]
        kept = {name: answered[name] for name in ANSWERED if name in answered}
        return {"update_id": data["update_id"], "message": {**message, "reply_to_message": kept}}
    return data


def _another_bot(message: Message) -> bool:
    """True for what other bots write: answering them could go on for ever."""
    sender = message.from_user
    return sender is not None and sender.is_bot and sender.id != GROUP_ANONYMOUS_BOT


def _still_restricted(member: Any) -> bool:
    return member.status == "restricted" and bool(getattr(member, "is_member", False))
