"""Fires due timers, each once in its own transaction, also those missed while the service was down."""

from __future__ import annotations

import asyncio
import logging

from bot.dispatch import Dispatcher, fault_place
from petitions.clock import Clock
from storage.database import Unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 32
"""Timers in work at the same moment: in the morning thousands can be due."""


class Ticker:
    """Looks once a second whether a timer is due and has it handled as a turn."""

    def __init__(self, dispatcher: Dispatcher, *, clock: Clock) -> None:
        self._dispatcher = dispatcher
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
        """Fire what is due now, several at a time so that they share commits; how many that were."""
        fired = 0
        now = self._clock.now()
        while due := await self._dispatcher.due(now, AT_ONCE):
            results = await asyncio.gather(
                *(self._dispatcher.fire(now, timer_id) for timer_id in due), return_exceptions=True
            )
            faults = [result for result in results if isinstance(result, BaseException)]
            if faults:
                raise faults[0]
            fired += sum(result is True for result in results)
            if not any(results):  # all in the hands of other processes
                break
        return fired
