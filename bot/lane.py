"""The waiting messages of one chat, in the order in which they were queued."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime

from storage.records import OutboxRow
from storage.waiting import LONG_WAIT


@dataclass(slots=True, eq=False)
class Lane:
    """What is to be sent to one contact. One task works it off, so that nothing overtakes."""

    contact_id: int
    rows: list[OutboxRow] = field(default_factory=list)
    task: asyncio.Task[None] | None = None
    moved: bool = False
    """The chat got a new id and nothing was sent there yet: a second move in a row is not believed."""
    _wakened: asyncio.Event = field(default_factory=asyncio.Event)

    def put(self, row: OutboxRow, *, hasten: bool = False) -> None:
        """Take a row in at its place. What it tells of the person's last deed holds for all; with `hasten` that deed
        also ends a long wait for another try, for the chat is open now."""
        if row.seen_at is not None:
            self.rows = [_known_later(waiting, row, hasten=hasten) for waiting in self.rows]
        at = len(self.rows)
        while at > 0 and self.rows[at - 1].id > row.id:
            at -= 1
        self.rows.insert(at, row)
        self.wake()

    def holds(self, row_id: int) -> bool:
        return any(waiting.id == row_id for waiting in self.rows)

    def change(self, row: OutboxRow) -> None:
        self.rows = [row if waiting.id == row.id else waiting for waiting in self.rows]

    def remove(self, row_id: int) -> None:
        self.rows = [waiting for waiting in self.rows if waiting.id != row_id]
        self.wake()

    def move(self, chat: str) -> None:
        """Everything that waits goes to the chat's new id."""
        self.moved = True
        self.rows = [replace(waiting, chat=chat) for waiting in self.rows]

    def clear(self) -> list[int]:
        """Let go of everything that waits; the ids of it."""
        gone = [row.id for row in self.rows]
        self.rows = []
        self.wake()
        return gone

    def next(self, now: datetime) -> tuple[OutboxRow, float]:
        """The row to send next and the seconds until its time. One that is only planned for later lets the
        following ones pass, one that waits for another try does not."""
        chosen, wait = self.rows[0], (self.rows[0].next_at - now).total_seconds()
        for row in self.rows:
            seconds = (row.next_at - now).total_seconds()
            if seconds < wait:
                chosen, wait = row, seconds
            if wait <= 0 or row.attempts:
                break
        return chosen, wait

    def wake(self) -> None:
        """Something changed: look at the rows and the clock again."""
        self._wakened.set()

    async def pause(self, seconds: float) -> None:
        """Rest for so long, or until `wake`."""
        self._wakened.clear()
        try:
            async with asyncio.timeout(seconds):
                await self._wakened.wait()
        except TimeoutError:
            return


def _known_later(waiting: OutboxRow, row: OutboxRow, *, hasten: bool) -> OutboxRow:
    if row.seen_at is None or (waiting.seen_at is not None and waiting.seen_at >= row.seen_at):
        return waiting
    soon = hasten and waiting.attempts > 0 and waiting.next_at > row.next_at + LONG_WAIT
    next_at = row.next_at if soon else waiting.next_at
    return replace(waiting, seen_at=row.seen_at, muted_until=row.muted_until, next_at=next_at)


class InHand:
    """Which rows this process has taken up. A row stays known until a snapshot of the outbox that may still
    show it as waiting has surely been read, so that nothing is taken up twice."""

    def __init__(self) -> None:
        self._taken: set[int] = set()
        self._settled: set[int] = set()
        self._settled_before: set[int] = set()

    def __len__(self) -> int:
        return len(self._taken)

    def __contains__(self, row_id: int) -> bool:
        return row_id in self._taken or row_id in self._settled or row_id in self._settled_before

    def begin_look(self) -> None:
        """A new snapshot is taken now: it shows what was settled before the last look."""
        self._settled_before, self._settled = self._settled, set()

    def take(self, row_id: int) -> None:
        self._taken.add(row_id)

    def settle(self, row_id: int) -> None:
        """The row's end is committed."""
        self._taken.discard(row_id)
        self._settled.add(row_id)

    def forget(self, row_id: int) -> None:
        """The row is still queued in the database, and free to be taken up again."""
        self._taken.discard(row_id)
