"""Fires timers that are due, each in its own transaction, once, also those missed while the service was down."""

from __future__ import annotations

import asyncio
import logging

from bot.dispatch import Dispatcher, fault_place
from storage import timers
from storage.database import Database, Unavailable

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 100
"""Timers taken in one look."""


class Ticker:
    """Looks for due timers and has each handled as a turn."""

    def __init__(self, dispatcher: Dispatcher, *, database: Database) -> None:
        self._dispatcher = dispatcher
        self._database = database

    async def run(self) -> None:
        """Fire for ever; ends by cancellation."""
        while True:
            try:
                fired = await self.look()
            except Unavailable:
                log.error("timers_unreachable")  # noqa: TRY400 - where it happened says nothing more
                fired = 0
            if fired < AT_ONCE:
                await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> int:
        """Fire what is due now; the number of timers looked at."""
        now = self._dispatcher.now()
        due = await self._database.read(lambda connection: timers.due(connection, now=now, limit=AT_ONCE))
        for timer_id in due:
            try:
                await self._dispatcher.fire(timer_id)
            except Unavailable:
                raise
            except Exception as fault:  # noqa: BLE001 - one broken timer must not stop the others
                log.critical("timer_failed", extra={"timer": timer_id, "fault": fault_place(fault)})
                await self._database.transact(
                    lambda connection, timer_id=timer_id: timers.failed(connection, timer_id, now=now)
                )
        return len(due)
