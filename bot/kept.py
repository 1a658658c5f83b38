"""Handles updates that were acknowledged to their platform and not handled: a process ended between the two."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Final

from bot import codec
from bot.dispatch import Books, Dispatcher, fault_place
from petitions.clock import Clock
from storage import inbox
from storage.database import Database, Unavailable
from storage.records import DeadLetter

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 3.0
LEFT_AFTER: Final = timedelta(seconds=5)
"""Whoever kept an update handles it at once; one older than this was left behind."""
AT_ONCE: Final = 64


class KeptUpdates:
    """Looks at start and every few seconds for kept updates. Any number of processes may look: the update is
    taken out of the inbox in the transaction of its turn, so it is handled once."""

    def __init__(self, dispatcher: Dispatcher, *, database: Database, books: Books, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._database = database
        self._books = books
        self._clock = clock

    async def run(self) -> None:
        """Look for ever; ends by cancellation."""
        while True:
            try:
                await self.look()
            except Unavailable:
                log.error("kept_updates_unreachable")
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("kept_updates_failed", extra={"fault": fault_place(fault)})
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Handle what was left, oldest first and in order per chat; how many that were. Raises Unavailable."""
        before = self._clock.now() - LEFT_AFTER
        after, found = 0, 0
        while letters := await self._page(before, after):
            tasks = [task for letter in letters if (task := await self._begin(letter)) is not None]
            await asyncio.gather(*tasks)
            after = letters[-1].id
            found += len(tasks)
        if found:
            log.warning("kept_updates_handled", extra={"count": found})
        return found

    async def _page(self, before: datetime, after: int) -> list[DeadLetter]:
        return await self._database.read(
            lambda connection: inbox.open_kept(
                connection,
                agency=self._books.agency,
                vault=self._books.vault,
                before=before,
                after=after,
                limit=AT_ONCE,
            )
        )

    async def _begin(self, letter: DeadLetter) -> asyncio.Task[None] | None:
        try:
            if letter.raw is None:
                raise ValueError("cannot be opened")
            incoming = codec.load(letter.raw)
        except (KeyError, TypeError, ValueError) as fault:
            log.critical("kept_update_unreadable", extra={"fault": fault_place(fault)})
            error = fault_place(fault)
            await self._database.transact(
                lambda connection: inbox.bury_kept(connection, letter.id, error=error)
            )
            return None
        return self._dispatcher.finish(letter.id, incoming)
