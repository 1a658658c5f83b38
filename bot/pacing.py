"""Pacing: how fast an account, a chat and a group may be written to.

The numbers are a platform's own (Telegram: about 30 messages a second in all, 1 a second in a chat with short
bursts, 20 a minute in a group). Waiting happens here, in memory; what waits is safe in the outbox.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Protocol


class Budget(Protocol):
    """How many requests of an account may leave in a while, where a platform counts those and not messages.

    Whoever makes the requests takes them from it; the gate only asks. Times are seconds of one monotonic clock.
    """

    def wait(self, now: float, priority: int = 0, ahead: int = 0) -> float:
        """Seconds until a request of this priority may leave while `ahead` others go first; 0: now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """The limits of one account. A rate of 0 means: only what the platform itself refuses."""

    per_second: float = 30.0
    chat_per_second: float = 1.0
    chat_burst: int = 4
    group_per_minute: float = 20.0
    group_burst: int = 5
    in_flight: int = 64
    """Sends under way at once."""
    budget: Budget | None = None
    """What the account's requests are counted against, where a platform has such a limit."""

    @property
    def unlimited(self) -> bool:
        return self.per_second <= 0


class Bucket:
    """A token bucket: `burst` at once, then `rate` a second. Times are seconds of one monotonic clock."""

    __slots__ = ("_at", "_burst", "_rate", "_tokens")

    def __init__(self, rate: float, burst: float, now: float) -> None:
        self._rate = rate
        self._burst = burst
        self._tokens = burst
        self._at = now

    def wait(self, now: float) -> float:
        """Seconds until one token is there; 0 when it is there now."""
        self._refill(now)
        return 0.0 if self._tokens >= 1 else (1 - self._tokens) / self._rate

    def take(self, now: float) -> None:
        """Use one token; the caller has waited, so a small debt is possible and is paid back."""
        self._refill(now)
        self._tokens -= 1

    def full_at(self, now: float) -> bool:
        """Nothing was taken lately: the bucket says no more than a new one would."""
        self._refill(now)
        return self._tokens >= self._burst

    def _refill(self, now: float) -> None:
        self._tokens = min(self._burst, self._tokens + (now - self._at) * self._rate)
        self._at = now


class Gate:
    """Lets sends of one account through: by priority, at the account's rate, a limited number at once."""

    def __init__(self, pace: Pace, time: Callable[[], float]) -> None:
        self._pace = pace
        self._time = time
        self._bucket = None if pace.unlimited else Bucket(pace.per_second, max(1.0, pace.per_second), time())
        self._waiting: list[tuple[int, int, asyncio.Future[None]]] = []
        self._order = count()
        self._under_way = 0
        self._closed_until = 0.0
        self._timer: asyncio.TimerHandle | None = None

    async def enter(self, priority: int) -> None:
        """Wait for a turn; lower priority numbers go first. Every `enter` is followed by one `leave`."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._waiting, (priority, next(self._order), future))
        self._pump()
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.leave()
            raise

    def leave(self) -> None:
        self._under_way -= 1
        self._pump()

    def close_for(self, seconds: float) -> None:
        """The platform asked the whole account to wait."""
        self._closed_until = max(self._closed_until, self._time() + seconds)

    def _pump(self) -> None:
        while self._waiting and self._under_way < self._pace.in_flight:
            now = self._time()
            wait = max(0.0, self._closed_until - now)
            if self._bucket is not None:
                wait = max(wait, self._bucket.wait(now))
            if self._pace.budget is not None:
                first = self._waiting[0][0]
                wait = max(wait, self._pace.budget.wait(now, first, self._under_way))
            if wait > 0:
                self._later(wait)
                return
            future = heapq.heappop(self._waiting)[2]
            if future.cancelled():
                continue
            if self._bucket is not None:
                self._bucket.take(now)
            self._under_way += 1
            future.set_result(None)

    def _later(self, seconds: float) -> None:
        """Look again in `seconds`; a timer that would ring later, for one of lower priority, is set anew."""
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            if self._timer.when() <= loop.time() + seconds:
                return
            self._timer.cancel()
        self._timer = loop.call_later(seconds, self._again)

    def _again(self) -> None:
        self._timer = None
        self._pump()
