"""How much one visitor or one address may do in a while: budgets that refill steadily.

They keep a broken page or a flood from using up the service, and are wide enough that a whole commune behind
one address never meets them. They live in the memory of a process and forget the least used first.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Final

from aiohttp import web

from bot.web.address import Network, client_address

_MOST_KEYS: Final = 20_000


class Budget:
    """For each key at most `burst` units at once and `per_second` units a second in the long run."""

    def __init__(self, *, burst: float, per_second: float, time: Callable[[], float]) -> None:
        self._burst = burst
        self._per_second = per_second
        self._time = time
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def spend(self, key: str, units: float = 1.0) -> float:
        """Take `units` for `key`: 0, or (taking none) the seconds until there will be enough."""
        now = self._time()
        left, since = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - since) * self._per_second)
        missing = min(units, self._burst) - left
        if missing <= 0:
            left -= units
        self._left[key] = (left, now)
        while len(self._left) > _MOST_KEYS:
            self._left.popitem(last=False)
        return max(0.0, missing / self._per_second)


def spend_or_refuse(budget: Budget, request: web.Request, proxies: Collection[Network]) -> None:
    """Take a unit for the visitor's address. Raises HTTPTooManyRequests with the time to wait."""
    wait = budget.spend(client_address(request, proxies))
    if wait > 0:
        raise web.HTTPTooManyRequests(headers={"Retry-After": str(max(1, round(wait)))})


class Blocklist:
    """Keys that are refused for a while."""

    def __init__(self, *, seconds: float, time: Callable[[], float]) -> None:
        self._seconds = seconds
        self._time = time
        self._until: OrderedDict[str, float] = OrderedDict()

    def add(self, key: str) -> None:
        self._until.pop(key, None)
        self._until[key] = self._time() + self._seconds
        while len(self._until) > _MOST_KEYS:
            self._until.popitem(last=False)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._until.get(key, 0.0) > self._time()
