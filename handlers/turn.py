"""One turn of a dialogue: what a handler may see and say while one update is worked on.

A turn runs inside one transaction and sends nothing itself: what is said becomes outbox rows of that
transaction. Handlers are plain synchronous functions; they never wait for a network.
"""

from __future__ import annotations

import random
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TYPE_CHECKING, Any, Final

from handlers.messages import Button, Capabilities, Incoming, Outgoing, OutgoingFile, Wish
from handlers.talk import Talk
from handlers.texts import DEFAULT_LANGUAGE, LANGUAGES, Catalogue, Texts
from petitions.agency import Agency
from petitions.calendar import WorkingCalendar
from petitions.understanding import Suggester
from storage.casebook import Casebook
from storage.records import ContactRecord, NewOutbox, OfficerRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Priority(IntEnum):
    """Which waiting message goes first when a platform's rate is short."""

    REPLY = 0
    """An answer to a person who is in the dialogue now."""
    NOTICE = 1
    """A change of a petition."""
    DIGEST = 2
    """Reminders and summaries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the dialogue must know of the running service; made once at start."""

    agency: Agency
    calendar: WorkingCalendar
    catalogue: Catalogue
    suggester: Suggester
    windows: Mapping[str, timedelta] = field(default_factory=dict)
    """Channels that take our messages only for so long after a person's last deed, by name."""
    fixed: frozenset[str] = frozenset()
    """Channels in which a message stays as it was sent: there a card is sent anew only where it tells news."""
    chat_links: Mapping[str, str] = field(default_factory=dict)
    """Where a person opens another chat with the office, by channel name; `{code}` in it becomes a tracking code."""
    templates_by_phone: bool = False
    """Whether changes can be told by an approved template to a telephone number."""
    public_url: str = ""
    """Where citizens reach the web pages, without a closing slash; empty when there is no such address."""
    draft_kept: timedelta = timedelta(days=30)
    remind_after: timedelta = timedelta(hours=20)
    album_quiet: timedelta = timedelta(milliseconds=1500)
    """How long an album must be quiet before its one answer goes out."""


@dataclass(slots=True, kw_only=True)
class Turn:
    """Everything one handler call works with. Change `talk` freely; it is saved when the turn succeeds."""

    incoming: Incoming
    now: datetime
    facts: Facts
    book: Casebook
    contact: ContactRecord
    conversation_id: int
    talk: Talk
    capabilities: Capabilities
    random: random.Random
    officer: OfficerRecord | None = None
    """The officer linked to this private chat, or pressing in this group; None for everybody else."""
    acknowledgement: str = ""
    """Short words shown on the pressed button's spinner; not a message, may be lost."""
    queued: list[Any] = field(default_factory=list)
    """Outbox rows written in this turn, handed to delivery after the commit."""

    @property
    def language(self) -> str:
        """The language to answer in: chosen, else the app's if we speak it, else Vietnamese."""
        if self.talk.language:
            return self.talk.language
        hint = self.incoming.language[:2].lower()
        return hint if hint in LANGUAGES else DEFAULT_LANGUAGE

    @property
    def texts(self) -> Texts:
        return self.facts.catalogue.language(self.language)

    def text(self, key: str, **params: object) -> str:
        return self.texts.get(key, **params)

    def send(self, message: Outgoing, **more: Any) -> None:
        """Queue `message` in this transaction, to this chat unless `to` names another; see `prepared`."""
        self.send_prepared([self.prepared(message, **more)])

    def send_prepared(self, messages: Sequence[NewOutbox]) -> None:
        """Queue what `prepared` made, all of it in one insert."""
        self.queued.extend(self.book.queue_many(messages))

    def prepared(
        self,
        message: Outgoing,
        *,
        to: ContactRecord | None = None,
        audience: str = "citizen",
        priority: Priority = Priority.REPLY,
        petition_id: int | None = None,
        event_seq: int | None = None,
        coalesce: str = "",
        delay: timedelta | None = None,
        card_of: int | None = None,
        legal: bool = False,
    ) -> NewOutbox:
        """The row that `message` becomes.

        `coalesce`: a later message with the same key replaces this one while it still waits.
        `card_of`: the petition whose card this is; it is edited in place where one was sent before.
        """
        contact = to or self.contact
        if message.wishes and not message.language:
            message = replace(message, language=self.language)
        return NewOutbox(
            contact_id=contact.id,
            channel=contact.channel,
            account=contact.account,
            body=outgoing_to_data(message),
            audience=audience,
            priority=int(priority),
            petition_id=petition_id,
            event_seq=event_seq,
            coalesce_key=coalesce,
            card_petition_id=card_of,
            legal=legal,
            not_before=self.now + delay if delay else None,
        )

    def say(self, key: str, *, message: Mapping[str, Any] | None = None, **params: object) -> None:
        """Answer in this chat with the text under `key`; `message` holds further fields of `Outgoing`."""
        self.send(Outgoing(text=self.text(key, **params), **(message or {})))


_PLAIN: Final = (
    "text",
    "title",
    "reply_to",
    "protect",
    "quiet",
    "language",
    "fresh",
    "removed",
    "kept",
    "notice",
)
"""The fields of `Outgoing` that are stored as they are."""


def outgoing_to_data(message: Outgoing) -> dict[str, Any]:
    """`message` as plain data for storing (JSON values); empty fields are left out.

    Written out by hand: `dataclasses.asdict` costs ten times as much, for every message of every turn.
    """
    data: dict[str, Any] = {name: value for name in _PLAIN if (value := getattr(message, name))}
    if message.rows:
        data["rows"] = [[_button_data(button) for button in row] for row in message.rows]
    if message.wishes:
        data["wishes"] = [wish.value for wish in message.wishes]
    if message.monospace:
        data["monospace"] = list(message.monospace)
    if message.removes:
        data["removes"] = list(message.removes)
    if message.facts:
        data["facts"] = dict(message.facts)
    if message.file is not None:
        data["file"] = asdict(message.file)
    return data


def _button_data(button: Button) -> dict[str, str]:
    data = {"label": button.label}
    if button.token:
        data["token"] = button.token
    if button.url:
        data["url"] = button.url
    if button.style:
        data["style"] = button.style
    return data


def outgoing_from_data(data: Mapping[str, Any]) -> Outgoing:
    """The message that `outgoing_to_data` stored. Raises TypeError or ValueError for any other data."""
    known = dict(data)
    known["text"] = data.get("text", "")
    if "rows" in data:
        known["rows"] = tuple(tuple(Button(**button) for button in row) for row in data["rows"])
    if "wishes" in data:
        known["wishes"] = tuple(Wish(wish) for wish in data["wishes"])
    for name in ("monospace", "removes"):
        if name in data:
            known[name] = tuple(data[name])
    if data.get("file"):
        known["file"] = OutgoingFile(**data["file"])
    return Outgoing(**known)
