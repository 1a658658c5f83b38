"""An update of the Bot Platform as `Incoming`. What we do not know becomes `Unusable`; nothing raises."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from bot.channels.words import command_of, place_of
from handlers.messages import Content, FileKind, Files, Incoming, IncomingFile, Text, Unusable

log = logging.getLogger(__name__)

CHANNEL: Final = "zalo_bot"
UNSUPPORTED: Final = "message.unsupported.received"
EVENTS: Final = frozenset(
    {
        "message.text.received",
        "message.image.received",
        "message.sticker.received",
        "message.voice.received",
        UNSUPPORTED,
    }
)
LONGEST_ID: Final = 64
LONGEST_LINK: Final = 4_000
AHEAD: Final = timedelta(days=1)
"""A message dated later than this from now is dated now."""


def uncounted(_: str) -> None:
    """Nothing counts."""


class UpdateReader:
    """Reads the updates of one account. `now`: aware UTC time, for messages without a usable date. `count`: counts
    by a fixed word what is odd, for the doctor."""

    def __init__(
        self, *, account: str, now: Callable[[], datetime], count: Callable[[str], None] = uncounted
    ) -> None:
        self.account = account
        self.count = count
        self._now = now
        self.unknown = 0
        """Events of a name we do not know; what they bring is taken where it can be read."""
        self.unreadable = 0
        """Updates that name no chat, so that nobody could be answered."""
        self.from_groups = 0

    def key(self, update: Any) -> str:
        """What makes an update one and the same: its message id, else a digest of all of it."""
        message = update.get("message") if isinstance(update, dict) else None
        own = _id(message.get("message_id")) if isinstance(message, dict) else ""
        if own and len(own) <= LONGEST_ID:
            return own
        whole = json.dumps(update, sort_keys=True, ensure_ascii=True, default=str)
        return "x-" + hashlib.sha256((own or whole).encode()).hexdigest()[:40]

    def read(self, update: Any) -> Incoming | None:
        """The update as `Incoming`, None when there is nothing in it for us."""
        message = update.get("message") if isinstance(update, dict) else None
        chat = _part(message, "chat")
        sender = _part(message, "from")
        chat_id = _id(chat.get("id")) or _id(sender.get("id"))
        if not isinstance(message, dict) or not 0 < len(chat_id) <= LONGEST_ID:
            self.unreadable += 1
            self.count("unreadable_event")
            log.error("update_unreadable", extra={"so_far": self.unreadable})
            return None
        if str(chat.get("chat_type", "PRIVATE")).upper() != "PRIVATE":
            self.from_groups += 1
            self.count("group_event")
            return None
        if sender.get("is_bot") is True:  # answering another bot could go on for ever
            return None
        event = update.get("event_name")
        if not isinstance(event, str) or event not in EVENTS:
            self.unknown += 1
            self.count("unknown_event")
            log.warning("event_unknown", extra={"so_far": self.unknown})
        return Incoming(
            channel=CHANNEL,
            account=self.account,
            update_id=self.key(update),
            chat=chat_id,
            person=_id(sender.get("id"))[:LONGEST_ID] or chat_id,
            content=_content(event, message),
            at=self._moment(message.get("date")),
            message_ref=_id(message.get("message_id"))[:LONGEST_ID],
        )

    def _moment(self, date: object) -> datetime:
        """Milliseconds as a number or as digits."""
        now = self._now().astimezone(UTC)
        try:
            at = datetime.fromtimestamp(int(_id(date)) / 1000, UTC)
        except (ValueError, OverflowError, OSError):
            return now
        return at if datetime(2020, 1, 1, tzinfo=UTC) < at < now + AHEAD else now


def _content(event: object, message: dict[str, Any]) -> Content:
    """By what the message holds, not by the event's name: names may be added."""
    if event == UNSUPPORTED:
        return Unusable(what="unsupported")
    text = message.get("text")
    if isinstance(text, str) and text.strip():
        return command_of(text) or place_of(text) or Text(text=_whole(text))
    if photo := _link(message.get("photo_url")) or _link(message.get("photo")):
        caption = message.get("caption")
        return Files(
            files=(_file(FileKind.PHOTO, photo, message, "image/jpeg"),),
            caption=_whole(caption) if isinstance(caption, str) else "",
        )
    if voice := _link(message.get("voice_url")) or _link(message.get("voice")):
        return Files(files=(_file(FileKind.VOICE, voice, message, ""),))
    if message.get("sticker"):
        return Unusable(what="sticker")
    return Unusable(what="unknown")


def _file(kind: FileKind, link: str, message: dict[str, Any], mime: str) -> IncomingFile:
    unique = _id(message.get("message_id"))[:LONGEST_ID]
    return IncomingFile(kind=kind, platform_id=link, unique_id=unique, mime=mime)


def _link(given: object) -> str:
    """An address, also in an object or list of sizes (the last is the largest); empty where there is none."""
    if isinstance(given, list):
        return next((link for entry in reversed(given) if (link := _link(entry))), "")
    if isinstance(given, dict):
        return _link(given.get("url"))
    if not isinstance(given, str) or len(given) > LONGEST_LINK:
        return ""
    return given if given.startswith(("https://", "http://")) else ""


def _whole(text: str) -> str:
    """Halves of characters, which nothing could store, become question marks."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _part(message: object, name: str) -> dict[str, Any]:
    part = message.get(name) if isinstance(message, dict) else None
    return part if isinstance(part, dict) else {}


def _id(given: object) -> str:
    """Ids are strings; ones that come as numbers are read as well, empty for anything else."""
    if isinstance(given, str):
        return given.strip() if given.isprintable() else ""
    if isinstance(given, bool):
        return ""
    if isinstance(given, int):
        return str(given)
    return str(int(given)) if isinstance(given, float) and given.is_integer() else ""
