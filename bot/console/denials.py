"""Attempts at what is not an officer's to see, put on record after the answer has gone.

The answer to a hidden case takes as long as that to a code there is not, so nobody learns by the time it takes.
"""

from __future__ import annotations

import asyncio
import logging

from aiohttp import web

from bot.console.visits import NotHere, Visit
from handlers.console_actions import record_denial
from handlers.console_turn import desk_of
from storage.database import Unavailable

log = logging.getLogger(__name__)


class Denials:
    """Writes denials in the background; waits for them when the server stops."""

    def __init__(self) -> None:
        self._under_way: set[asyncio.Task[None]] = set()

    def note(self, visit: Visit, code: str, tried: str) -> None:
        """This officer tried to open or do something with a case of that code, and was told there is none."""
        task = asyncio.create_task(self._write(visit, code, tried))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self, _app: web.Application | None = None) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _write(self, visit: Visit, code: str, tried: str) -> None:
        try:
            await visit.act(lambda turn: record_denial(desk_of(turn), code, tried))
        except (NotHere, Unavailable):
            log.warning("console_denial_not_recorded")
