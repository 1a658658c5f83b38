"""Fires due timers, each once in its own transaction, also those missed while the service was down."""

from __future__ import annotations

import asyncio
import logging

from bot.dispatch import Dispatcher, fault_place
from petitions.clock import Clock
from storage import timers
from storage.database import Database, Unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0


class Ticker:
    """Looks once a second whether a timer is due and has it handled as a turn."""

    def __init__(self, dispatcher: Dispatcher, *, database: Database, clock: Clock) -> None:
        self._dispatcher = dispatcher
        self._database = database
        self._clock = clock

    async def run(self) -> None:
        """Fire for ever; ends by cancellation."""
        while True:
            try:
                await self.look()
            except Unavailable:
                log.error("timers_unreachable")
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("timers_failed", extra={"fault": fault_place(fault)})
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Fire what is due now; how many that were."""
        fired = 0
        now = self._clock.now()
        moment = await self._database.read(timers.next_due)
        while moment is not None and moment <= now and await self._dispatcher.fire(now):
            fired += 1
        return fired
