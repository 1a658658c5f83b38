"""The emulator's time, read from whatever clock the test has."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

from tests.emulators.telegram.clock import SimClock

ClockLike = Any
"""A `SimClock`, a house clock (`now()` gives an aware datetime) or a callable giving either."""


class Ticks:
    """Unix time in seconds and milliseconds; sleeps on the clock where the clock can (`SimClock`)."""

    def __init__(self, clock: ClockLike | None) -> None:
        self.source: Any = clock if clock is not None else SimClock()
        read: Any = self.source.now if hasattr(self.source, "now") else self.source
        self._read: Callable[[], Any] = read

    def now(self) -> float:
        found = self._read()
        return found.timestamp() if isinstance(found, datetime) else float(found)

    def ms(self) -> str:
        """Milliseconds as the string that Zalo's events and answers carry."""
        return str(round(self.now() * 1000))

    async def sleep(self, seconds: float) -> None:
        """So long on the clock; a clock that cannot be slept on costs real seconds."""
        if isinstance(self.source, SimClock):
            await self.source.sleep(seconds)
        else:
            await asyncio.sleep(seconds)
