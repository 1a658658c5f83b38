"""Counts what is odd about what comes in, and writes the counts down now and then.

Counting costs nothing and waits for nothing: a flood of forged requests must not become a flood of writes.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Final

from bot.dispatch import fault_place
from petitions.clock import Clock
from storage import oddities
from storage.database import Database, Unavailable
from storage.oddities import Oddity

log = logging.getLogger(__name__)

FLUSH_SECONDS: Final = 5.0
MOST_KINDS: Final = 500
"""Kinds that are counted apart; further ones are counted as `other`."""


class Oddities:
    """The counts of this process since the last flush, and their way into the casebook."""

    def __init__(self, *, database: Database, agency: str, clock: Clock) -> None:
        self._database = database
        self._agency = agency
        self._clock = clock
        self._counts: dict[tuple[str, str, str], Oddity] = {}

    def count(self, channel: str, account: str, what: str) -> None:
        """One more of `what`, a fixed word. Never raises."""
        key = (channel, account, what)
        if key not in self._counts and len(self._counts) >= MOST_KINDS:
            key = (channel, account, "other")
        now = self._clock.now()
        known = self._counts.get(key)
        if known is None:
            self._counts[key] = Oddity(
                channel=key[0], account=key[1], what=key[2], count=1, first_at=now, last_at=now
            )
        else:
            self._counts[key] = replace(known, count=known.count + 1, last_at=now)

    async def run(self) -> None:
        """Write the counts down every few seconds, and once more at the end; ends by cancellation."""
        try:
            while True:
                await asyncio.sleep(FLUSH_SECONDS)
                await self.flush()
        finally:
            await self.flush()

    async def flush(self) -> None:
        """Write down what was counted; while that cannot be done it is kept for the next time. Never raises."""
        counted, self._counts = self._counts, {}
        if not counted:
            return
        try:
            await self._database.transact(
                lambda connection: oddities.add_many(connection, counted.values(), agency=self._agency)
            )
        except Unavailable:
            self._take_back(counted)
            log.warning("oddities_not_written", extra={"kinds": len(counted)})
        except Exception as fault:  # noqa: BLE001 - the edge of this part: counts must never stop the service
            self._take_back(counted)
            log.error("oddities_failed", extra={"fault": fault_place(fault)})

    def _take_back(self, counted: dict[tuple[str, str, str], Oddity]) -> None:
        for key, known in self._counts.items():
            before = counted.get(key)
            counted[key] = (
                known
                if before is None
                else replace(before, count=before.count + known.count, last_at=known.last_at)
            )
        self._counts = counted
