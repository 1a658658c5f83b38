"""The account's requests per minute, counted here so that Zalo never has to refuse one (D-RATE, -32).

A window that slides: in any `WINDOW` seconds at most `rate` requests leave. Replies to people in a dialogue may
use all of it, notices and digests only a part, so that there is always room for who is waiting right now.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Final

from bot.channels.base import Again

WINDOW: Final = 61.0
"""Seconds; one more than the minute, for the way to Zalo and its own clock."""
SHARES: Final = (1.0, 0.8, 0.6)
"""Which part of the window a reply, a notice and a digest may fill (`handlers.turn.Priority`)."""
BACKGROUND: Final = 2
"""The priority of look-ups nobody waits for."""
LONGEST_WAIT: Final = 20.0
"""Seconds a request waits inside a send; longer, and the send is put off before anything left."""


class MinuteBudget:
    """Counts requests; `rate` a minute, 0 for no limit. Times are seconds of one monotonic clock.

    Implements `bot.pacing.Budget`. One object serves the gate and the client of an account.
    """

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.remaining: int | None = None
        """What Zalo said last in `X-RateLimit-Remain`."""
        self._taken: deque[float] = deque()
        self._closed_until = 0.0

    def wait(self, now: float, priority: int = 0, ahead: int = 0) -> float:
        """Seconds until one more request of this priority may leave, while `ahead` others have a right to one
        before it; 0 when it may leave now."""
        closed = max(0.0, self._closed_until - now)
        if self.rate <= 0:
            return closed
        self._forget(now)
        share = SHARES[min(max(priority, 0), len(SHARES) - 1)]
        most = max(1, int(self.rate * share))
        excess = len(self._taken) + min(ahead, most - 1) - most
        if excess < 0:
            return closed
        freed = self._taken[min(excess, len(self._taken) - 1)] + WINDOW - now
        return max(closed, freed, 0.0)

    def take(self, now: float) -> None:
        """One request leaves."""
        self._forget(now)
        self._taken.append(now)

    def close_for(self, seconds: float, now: float) -> None:
        """Zalo said that it is too much: nothing leaves meanwhile."""
        self._closed_until = max(self._closed_until, now + seconds)

    async def enter(self, time: Callable[[], float], *, priority: int = 0) -> None:
        """Wait until one request may leave and take it. Raises Again where that would take too long."""
        began = time()
        while (wait := self.wait(time(), priority)) > 0:
            if time() + wait - began > LONGEST_WAIT:
                raise Again("requests of this minute used up", after=wait)
            await asyncio.sleep(wait)
        self.take(time())

    def used(self, now: float) -> int:
        """Requests of the last `WINDOW` seconds."""
        self._forget(now)
        return len(self._taken)

    def _forget(self, now: float) -> None:
        while self._taken and self._taken[0] <= now - WINDOW:
            self._taken.popleft()
