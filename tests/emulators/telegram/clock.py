"""The emulator's time: it flows with the machine's unless told otherwise, and can be moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import time


class SimClock:
    """Unix time in seconds. `flowing=False` stands still until `advance`; `advance` works in both modes."""

    def __init__(self, *, start: float | None = None, flowing: bool = True) -> None:
        self._flowing = flowing
        self._offset = 0.0 if start is None else start - time.time()
        self._fixed = time.time() if start is None else start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = itertools.count()

    def now(self) -> float:
        return time.time() + self._offset if self._flowing else self._fixed

    def unix(self) -> int:
        return int(self.now())

    def advance(self, seconds: float) -> None:
        """Jump forward; everybody who sleeps until then wakes."""
        self._offset += seconds
        self._fixed += seconds
        now = self.now()
        while self._sleepers and self._sleepers[0][0] <= now:
            _, _, sleeper = heapq.heappop(self._sleepers)
            if not sleeper.done():
                sleeper.set_result(None)

    def wake_all(self) -> None:
        """Let everybody who sleeps go on now, without moving the time."""
        sleepers, self._sleepers = self._sleepers, []
        for _, _, sleeper in sleepers:
            _wake(sleeper)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        heapq.heappush(self._sleepers, (self.now() + seconds, next(self._numbers), sleeper))
        timer = loop.call_later(seconds, _wake, sleeper) if self._flowing else None
        try:
            await sleeper
        finally:
            if timer is not None:
                timer.cancel()
            if len(self._sleepers) > 1000:
                self._sleepers = [entry for entry in self._sleepers if not entry[2].done()]
                heapq.heapify(self._sleepers)


def _wake(sleeper: asyncio.Future[None]) -> None:
    if not sleeper.done():
        sleeper.set_result(None)
