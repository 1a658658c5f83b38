"""Events of the webhook and messages read back, as `Incoming` and as effects that are no turn (reference 2.3, 2.4).

A message has the same update id whichever way it came, so that one which is read back after an outage is taken
once. Whatever is missing or unknown is named for counting; nothing here raises.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from bot.channels.zalo_oa.contents import contents_of, shared_info
from bot.channels.zalo_oa.options import CHANNEL
from bot.channels.zalo_oa.reading import ident, moment_of, part, ref_of, word
from handlers.messages import Arrived, Content, Incoming, Withdrawn

ANONYMOUS: Final = "anon:"
"""What the chat of a person who never followed begins with: `anon:<id>:<conversation id>`; both are needed to
answer (1.4)."""
STALE: Final = timedelta(hours=24)
AHEAD: Final = timedelta(minutes=10)
_IGNORED: Final = frozenset(
    {
        "user_reacted_message",
        "oa_reacted_message",
        "add_user_to_tag",
        "remove_user_from_tag",
        "update_user_info",
        "widget_interaction_accepted",
        "widget_failed_to_sync_user_external_id",
        "change_template_status",
        "change_template_quality",
        "change_oa_daily_quota",
        "change_oa_template_tags",
        "user_feedback",
        "oa_call_user",
        "user_call_oa",
        "user_reply_consent",
    }
)
_RECEIPTS: Final = frozenset({"user_received_message", "user_seen_message"})
_GROUPS: Final = frozenset({"user_join_group", "user_out_group", "create_group"})
_KNOWN_MESSAGES: Final = frozenset(
    {"text", "image", "gif", "file", "audio", "video", "sticker", "location", "link", "business_card"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeWrote:
    """A person of the office typed in the console's chat tool."""

    chat: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Echo:
    """A message that we sent arrived at Zalo; `text` as it was sent, empty for a file."""

    chat: str
    message_id: str
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """These messages reached the person's phone. `chat` is empty for a template sent to a number."""

    chat: str
    message_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """The person follows us no more; messages may still be allowed for a while."""

    chat: str


Effect = OfficeWrote | Echo | Receipt | Left


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one event means for us."""

    incomings: tuple[Incoming, ...] = ()
    effects: tuple[Effect, ...] = ()
    oddities: tuple[str, ...] = ()
    """Fixed words for counting."""


class EventReader:
    """Reads the events of one account."""

    def __init__(self, oa_id: str, *, now: Callable[[], datetime]) -> None:
        self._oa = oa_id
        self._now = now

    def read(self, event: dict[str, Any], *, template: bool = False) -> Reading:
        """`template`: the delivery report of a template (header `X-ZEvent-Server: ZNS`)."""
        name = word(event, "event_name").strip().lower()
        at = moment_of(word(event, "timestamp"))
        now = self._now()
        if at is not None and now - at > STALE:
            return Reading(oddities=("stale_event",))
        odd: tuple[str, ...] = ()
        if at is None:
            odd = ("no_timestamp",)
        elif at - now > AHEAD:
            # Nobody can make one without the key, and a clock of ours that is slow must not cost a petition.
            odd = ("future_event",)
        if not template and self._foreign(event, name):
            return Reading(oddities=("foreign_account",))
        found = self._by_name(event, name, min(at or now, now), template=template)
        return Reading(incomings=found.incomings, effects=found.effects, oddities=(*odd, *found.oddities))

    def read_back(self, message: dict[str, Any], *, user: str, at: datetime, card: bool) -> Reading:
        """A message of a person, read from the conversation; `message` in the form of an event's."""
        return self._said(message, user, at, fallback="", card=card)

    # --- by event

    def _by_name(self, event: dict[str, Any], name: str, at: datetime, *, template: bool) -> Reading:
        if name in _RECEIPTS:
            return self._receipt(event, template=template)
        if "_group" in name or name in _GROUPS:
            return Reading(oddities=("group_event",))
        if name.startswith(("user_send_", "anonymous_send_")):
            return self._message(event, name, at)
        if name.startswith("oa_send_"):
            return self._echo(event, at)
        if name in ("follow", "user_click_chatnow", "user_withdraw", "user_submit_info"):
            return self._deed(event, name, at)
        if name == "unfollow":
            user = self._user(event)
            return Reading(effects=(Left(chat=user),) if user else (), oddities=("unfollowed",))
        return Reading(oddities=("ignored_event" if name in _IGNORED else "unknown_event",))

    def _foreign(self, event: dict[str, Any], name: str) -> bool:
        """Whether the event names another account than ours: an application may serve several."""
        if name.startswith("oa_") or name in _RECEIPTS:
            ends = {ident(part(event, "sender"), "id"), ident(part(event, "recipient"), "id")} - {""}
            return bool(ends) and self._oa not in ends
        named = ident(event, "oa_id") or ident(part(event, "recipient"), "id")
        return named not in ("", self._oa)

    def _user(self, event: dict[str, Any]) -> str:
        for holder, key in (("sender", "id"), ("follower", "id"), ("user", "id")):
            found = ident(part(event, holder), key)
            if found and found != self._oa:
                return found
        return ident(event, "user_id")

    def _other_end(self, event: dict[str, Any]) -> str:
        """The person's end of something that the account sent."""
        for end in ("recipient", "sender"):
            found = ident(part(event, end), "id")
            if found and found != self._oa:
                return _chat(found, event)
        return ""

    def _message(self, event: dict[str, Any], name: str, at: datetime) -> Reading:
        user, message = self._user(event), part(event, "message")
        if not user:
            return Reading(oddities=("unreadable_event",))
        anonymous = name.startswith("anonymous_")
        if anonymous and not ident(message, "conversation_id"):
            return Reading(oddities=("anonymous_without_conversation",))
        kind = name.partition("_send_")[2]
        chat = _chat(user, event) if anonymous else user
        stamp = word(event, "timestamp") or f"{at.timestamp():.3f}"
        found = self._said(message, chat, at, fallback=f"{name}:{user}:{stamp}", card=kind == "business_card")
        if kind in _KNOWN_MESSAGES:
            return found
        return Reading(incomings=found.incomings, oddities=(*found.oddities, "unknown_event"))

    def _said(
        self, message: dict[str, Any], chat: str, at: datetime, *, fallback: str, card: bool
    ) -> Reading:
        given = word(message, "msg_id").strip()
        contents, odd = contents_of(message, card=card)
        if not given:
            odd.append("no_message_id")
        first = f"msg:{ref_of(given)}" if given else ref_of(fallback)
        incomings = tuple(
            self._incoming(
                content,
                chat,
                at,
                first if number == 0 else f"{first}:{number}",
                message_ref=ref_of(given),
                reply_to=ref_of(word(message, "quote_msg_id")),
            )
            for number, content in enumerate(contents)
        )
        return Reading(incomings=incomings, oddities=tuple(odd))

    def _deed(self, event: dict[str, Any], name: str, at: datetime) -> Reading:
        user = self._user(event)
        if not user:
            return Reading(oddities=("unreadable_event",))
        odd: tuple[str, ...] = ()
        content: Content = Arrived()
        if name == "user_withdraw":
            content, odd = Withdrawn(), ("withdrawn",)
        elif name == "user_submit_info":
            content = shared_info(part(event, "info"))
        stamp = word(event, "timestamp") or f"{at.timestamp():.3f}"
        update_id = ref_of(f"{name}:{user}:{stamp}")
        return Reading(incomings=(self._incoming(content, user, at, update_id),), oddities=odd)

    def _echo(self, event: dict[str, Any], at: datetime) -> Reading:
        chat, message = self._other_end(event), part(event, "message")
        if not chat:
            return Reading(oddities=("unreadable_event",))
        if word(part(event, "sender"), "admin_id").strip():
            return Reading(effects=(OfficeWrote(chat=chat, at=at),), oddities=("office_wrote",))
        message_id = ref_of(word(message, "msg_id"))
        return Reading(effects=(Echo(chat=chat, message_id=message_id, text=word(message, "text")),))

    def _receipt(self, event: dict[str, Any], *, template: bool) -> Reading:
        message = part(event, "message")
        listed = message.get("msg_ids")
        many = [one for one in listed if isinstance(one, str)] if isinstance(listed, list) else []
        refs = tuple(ref_of(one) for one in [word(message, "msg_id"), *many] if one.strip())
        chat = "" if template else self._other_end(event)
        if not refs or not (chat or template):
            return Reading(oddities=("unreadable_event",))
        return Reading(effects=(Receipt(chat=chat, message_ids=refs),))

    def _incoming(
        self,
        content: Content,
        chat: str,
        at: datetime,
        update_id: str,
        *,
        message_ref: str = "",
        reply_to: str = "",
    ) -> Incoming:
        return Incoming(
            channel=CHANNEL,
            account=self._oa,
            update_id=update_id,
            chat=chat,
            person=chat,
            content=content,
            at=at,
            message_ref=message_ref,
            reply_to=reply_to,
        )


def _chat(user: str, event: dict[str, Any]) -> str:
    conversation = ident(part(event, "message"), "conversation_id")
    return f"{ANONYMOUS}{user}:{conversation}" if conversation else user
