"""Writes down what became of messages: outcomes that arrive together share one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection

from bot.dispatch import Books, fault_place
from handlers import untold
from petitions.clock import Clock
from storage import outbox, waiting
from storage.database import Database, Unavailable
from storage.outbox import Outcome
from storage.records import OutboxRow, OutboxStatus

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 1.0
"""Wait before writing again while the database is away."""

Change = Callable[[Connection], object]


@dataclass(frozen=True, slots=True)
class _Entry:
    """An outcome or a change, the rows that are done with it, and those that may be taken up anew after it."""

    what: Outcome | Change
    settles: tuple[int, ...] = ()
    frees: tuple[int, ...] = ()


class Ledger:
    """Outcomes of one account on their way to the database; nothing is dropped while it is away."""

    def __init__(
        self,
        *,
        database: Database,
        books: Books,
        clock: Clock,
        settled: Callable[[Iterable[int]], None],
        freed: Callable[[Iterable[int]], None],
    ) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._settled = settled
        self._freed = freed
        self._entries: list[_Entry] = []
        self._writing: asyncio.Task[None] | None = None

    def record(self, outcome: Outcome) -> None:
        """Write an outcome soon; its row is settled when that is committed."""
        self._add(_Entry(outcome, (outcome.id,)))

    def change(self, change: Change, *, settles: Iterable[int] = (), frees: Iterable[int] = ()) -> None:
        """Run `change` in a transaction soon; `settles` names the rows that are done with it, `frees` those that
        this process need not know any more: they wait, or are found in the outbox again."""
        self._add(_Entry(change, tuple(settles), tuple(frees)))

    def waits(self, row: OutboxRow, reason: str, *, patient: bool = False) -> None:
        """The message waits for the person's next deed. One that came meanwhile lets it be tried again at once,
        unless it waits because it was tried for too long (`patient`)."""
        now = self._clock.now()

        def change(connection: Connection) -> None:
            hold = waiting.keep if patient else waiting.hold
            if hold(connection, row, reason=reason, now=now):
                untold.note(self._books(connection), [row])

        self.change(change, frees=(row.id,))

    def put_off(self, row: OutboxRow, until: datetime) -> None:
        """The message is taken up anew at `until`, without having been tried."""
        self.change(lambda connection: outbox.postpone(connection, row.id, until=until), frees=(row.id,))

    def blocked(self, contact_id: int, row_ids: Collection[int], reason: str) -> None:
        """The chat is closed to us: what is queued there up to these messages ends."""
        now = self._clock.now()

        def change(connection: Connection) -> None:
            ended = outbox.let_go(
                connection,
                contact_id,
                status=OutboxStatus.BLOCKED,
                reason=reason,
                now=now,
                up_to=max(row_ids),
            )
            if ended:
                book = self._books(connection)
                book.mark_blocked(contact_id, now, reason=reason)
                untold.note(book, ended)

        self.change(change, settles=row_ids)

    async def written(self, patience: float) -> None:
        """Wait until all is written, at most `patience` seconds."""
        if self._writing is not None:
            _, late = await asyncio.wait({self._writing}, timeout=patience)
            for task in late:
                log.critical("outcomes_given_up", extra={"count": len(self._entries)})
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _add(self, entry: _Entry) -> None:
        self._entries.append(entry)
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._entries:
            batch = list(self._entries)
            try:
                await self._commit(batch)
            except Unavailable:
                log.error("outcomes_not_written", extra={"count": len(self._entries)})
                await asyncio.sleep(PAUSE_SECONDS)
            except Exception as fault:  # noqa: BLE001 - one broken entry must not take the others along
                if len(batch) > 1:
                    await self._write_singly(len(batch))
                    continue
                log.critical("outcome_not_written", extra={"fault": fault_place(fault)})
                del self._entries[:1]  # its rows stay known, so that nothing is sent twice by this process
            else:
                self._done(len(batch))

    async def _write_singly(self, count: int) -> None:
        """Each entry in a transaction of its own; those that fail are left out."""
        for _ in range(count):
            try:
                await self._commit(self._entries[:1])
            except Unavailable:
                return  # the rest goes with the next round
            except Exception as fault:  # noqa: BLE001 - as above
                log.critical("outcome_not_written", extra={"fault": fault_place(fault)})
                del self._entries[:1]
            else:
                self._done(1)

    def _done(self, count: int) -> None:
        done, self._entries[:count] = self._entries[:count], []
        self._settled(row_id for entry in done for row_id in entry.settles)
        self._freed(row_id for entry in done for row_id in entry.frees)

    async def _commit(self, entries: list[_Entry]) -> None:
        await self._database.transact(lambda connection: self._apply(connection, entries))

    def _apply(self, connection: Connection, entries: list[_Entry]) -> None:
        """In the order in which they came; outcomes that stand together go in one statement."""
        outcomes: list[Outcome] = []
        for entry in entries:
            if isinstance(entry.what, Outcome):
                outcomes.append(entry.what)
                continue
            self._mark(connection, outcomes)
            outcomes.clear()
            entry.what(connection)
        self._mark(connection, outcomes)

    def _mark(self, connection: Connection, outcomes: list[Outcome]) -> None:
        if outcomes:
            books = self._books
            outbox.mark_many(connection, outcomes, now=self._clock.now(), ids=books.ids, agency=books.agency)
            lost = [outcome for outcome in outcomes if outcome.status in untold.STATUSES]
            if lost:
                untold.note(books(connection), lost)
