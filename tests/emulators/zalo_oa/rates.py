"""Requests per minute of application and OA (reference 1.11), and the busiest minute there was."""

from __future__ import annotations

from collections import deque

MINUTE = 60.0


class Rates:
    """Counts every request of the API hosts in the last 60 seconds, also those refused."""

    def __init__(self) -> None:
        self._seen: deque[float] = deque()
        self._taken: deque[float] = deque()
        self.busiest = 0
        """The largest number of requests seen in any 60 seconds, refused ones included."""
        self.refused = 0

    def take(self, now: float, limit: int) -> int | None:
        """Count a request; how many more are allowed now, or None when this one is over the limit."""
        _forget(self._seen, now)
        self._seen.append(now)
        self.busiest = max(self.busiest, len(self._seen))
        _forget(self._taken, now)
        if len(self._taken) >= limit:
            self.refused += 1
            return None
        self._taken.append(now)
        return limit - len(self._taken)


def _forget(times: deque[float], now: float) -> None:
    while times and times[0] <= now - MINUTE:
        times.popleft()
