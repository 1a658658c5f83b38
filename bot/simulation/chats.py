"""The channel `sim`: messages arrive in memory the moment they may go, and the players read them there."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from bot.simulation.runner import ACCOUNT, CHANNEL
from storage import file_queue, outbox
from storage.records import OutboxStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from bot.simulation.agenda import Agenda, JumpingClock
    from storage.ids import IdSource
    from storage.keys import Vault
    from storage.records import OutboxRow, Queued

_REMEMBERED: Final = 12
"""Messages a chat is remembered by; players look at the latest only."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it stands in a chat."""

    chat: str
    body: dict[str, Any]
    petition_id: int | None
    card_of: int | None
    audience: str

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def tokens(self) -> Iterator[str]:
        """What its buttons send, in order."""
        for row in self.body.get("rows", ()):
            for button in row:
                if "token" in button:
                    yield button["token"]

    def button(self, start: str) -> str | None:
        """The first button whose token begins so."""
        return next((token for token in self.tokens if token.startswith(start)), None)


@dataclass(frozen=True, slots=True)
class Stored:
    """What every file that comes holds, as it lies in the file store."""

    key: str
    size: int
    mime: str


Listener = Callable[[Message], None]


class Chats:
    """What was sent, by chat. Rows are marked as sent when they arrive."""

    def __init__(self, agenda: Agenda, clock: JumpingClock, ids: IdSource, agency: str) -> None:
        self._agenda = agenda
        self._clock = clock
        self._ids = ids
        self._agency = agency
        self._connection: Connection
        self._waiting: dict[int, OutboxRow] = {}
        self._latest: dict[str, deque[Message]] = {}
        self._cards: dict[tuple[str, int], Message] = {}
        self._listeners: dict[str, list[Listener]] = {}
        self._refs = count(1)
        self.sent = 0
        """Messages that arrived so far."""

    def open(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def waiting(self) -> int:
        """Messages that wait for their hour."""
        return len(self._waiting)

    def fetch(self, photo: Stored, vault: Vault, now: datetime) -> None:
        """The files just announced are here."""
        account = [(CHANNEL, ACCOUNT)]
        for file in file_queue.pending(self._connection, vault, accounts=account, now=now):
            file_queue.mark_stored(
                self._connection, file.id, content_key=photo.key, size=photo.size, mime=photo.mime
            )

    def listen(self, chat: str, listener: Listener) -> None:
        """Whoever listens to a chat hears each of its messages; it may plan, not act."""
        self._listeners.setdefault(chat, []).append(listener)

    def latest(self, chat: str) -> list[Message]:
        """The latest messages of a chat, oldest first."""
        return list(self._latest.get(chat, ()))

    def card(self, chat: str, petition_id: int) -> Message | None:
        """The petition's card as it stands in a chat now."""
        return self._cards.get((chat, petition_id))

    def post(self, queued: Iterable[Queued]) -> list[Message]:
        """Take what a turn queued. Gives what arrived at once, in order."""
        now = self._clock.now()
        ready: list[OutboxRow] = []
        for row, superseded in queued:
            for replaced in superseded:
                self._waiting.pop(replaced, None)
            if row.next_at > now:
                self._waiting[row.id] = row
                self._agenda.once(row.next_at, lambda row_id=row.id: self._late(row_id))  # type: ignore[misc]
            else:
                ready = [known for known in ready if known.id not in superseded]
                ready.append(row)
        return self._arrive(ready)

    def _late(self, row_id: int) -> None:
        row = self._waiting.pop(row_id, None)
        if row is not None:
            self._arrive([row])

    def _arrive(self, rows: list[OutboxRow]) -> list[Message]:
        if not rows:
            return []
        outcomes = [
            outbox.Outcome(
                id=row.id,
                status=OutboxStatus.SENT,
                platform_ref=row.edit_of_ref or f"m{next(self._refs)}",
                contact_id=row.contact_id,
                card_petition_id=row.card_petition_id,
            )
            for row in rows
        ]
        outbox.mark_many(
            self._connection, outcomes, now=self._clock.now(), ids=self._ids, agency=self._agency
        )
        self.sent += len(rows)
        arrived = [self._remember(row) for row in rows]
        for message in arrived:
            for listener in self._listeners.get(message.chat, ()):
                listener(message)
        return arrived

    def _remember(self, row: OutboxRow) -> Message:
        message = Message(row.chat, row.body, row.petition_id, row.card_petition_id, row.audience)
        if row.card_petition_id is not None:
            self._cards[row.chat, row.card_petition_id] = message
        self._latest.setdefault(row.chat, deque(maxlen=_REMEMBERED)).append(message)
        return message
