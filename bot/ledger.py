"""Writes down what became of messages: outcomes that arrive together share one transaction."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from typing import Final

from sqlalchemy import Connection

from bot.dispatch import Books
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.outbox import Outcome

log = logging.getLogger(__name__)

PAUSE_SECONDS: Final = 1.0
"""Wait before writing again while the database is away."""

Change = Callable[[Connection], object]


class Ledger:
    """Outcomes of one account on their way to the database; nothing is dropped while it is away."""

    def __init__(
        self, *, database: Database, books: Books, clock: Clock, settled: Callable[[Iterable[int]], None]
    ) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._settled = settled
        self._outcomes: list[Outcome] = []
        self._changes: list[tuple[Change, tuple[int, ...]]] = []
        self._writing: asyncio.Task[None] | None = None

    def record(self, outcome: Outcome) -> None:
        """Write an outcome soon; its row is settled when that is committed."""
        self._outcomes.append(outcome)
        self._begin()

    def change(self, change: Change, *, settles: Iterable[int] = ()) -> None:
        """Run `change` in a transaction soon; `settles` names the rows that are done with it."""
        self._changes.append((change, tuple(settles)))
        self._begin()

    async def written(self, patience: float) -> None:
        """Wait until all is written, at most `patience` seconds."""
        if self._writing is not None:
            await asyncio.wait({self._writing}, timeout=patience)

    def _begin(self) -> None:
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())

    async def _write(self) -> None:
        while self._outcomes or self._changes:
            outcomes, self._outcomes = self._outcomes, []
            changes, self._changes = self._changes, []

            def work(
                connection: Connection,
                outcomes: list[Outcome] = outcomes,
                changes: list[tuple[Change, tuple[int, ...]]] = changes,
            ) -> None:
                self._apply(connection, outcomes, changes)

            try:
                await self._database.transact(work)
            except Unavailable:
                log.error("outcomes_not_written", extra={"count": len(outcomes) + len(changes)})
                self._outcomes = outcomes + self._outcomes
                self._changes = changes + self._changes
                await asyncio.sleep(PAUSE_SECONDS)
                continue
            self._settled(outcome.id for outcome in outcomes)
            for _, rows in changes:
                self._settled(rows)

    def _apply(
        self,
        connection: Connection,
        outcomes: list[Outcome],
        changes: list[tuple[Change, tuple[int, ...]]],
    ) -> None:
        if outcomes:
            books = self._books
            outbox.mark_many(connection, outcomes, now=self._clock.now(), ids=books.ids, agency=books.agency)
        for change, _ in changes:
            change(connection)
