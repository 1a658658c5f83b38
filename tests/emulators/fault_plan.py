"""Faults on order, whatever the platform: which calls go wrong, and how often."""

from __future__ import annotations

import random
from typing import Any, Generic, Protocol, TypeVar


class Ordered(Protocol):
    """A fault that was ordered. `count`: how many calls it hits, 0 until it is cleared; `skip`: so many matching
    calls pass first; `chance` of a matching call to be hit."""

    count: int
    skip: int
    chance: float
    hits: int

    def meant_for(self, call: str, whom: Any) -> bool:
        """Whether it is for this kind of call, to or by this person."""
        ...


F = TypeVar("F", bound=Ordered)


class FaultPlan(Generic[F]):
    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._faults: list[F] = []

    def add(self, fault: F) -> F:
        self._faults.append(fault)
        return fault

    def clear(self) -> None:
        self._faults.clear()

    def __bool__(self) -> bool:
        return bool(self._faults)

    def next_for(self, call: str, whom: Any) -> F | None:
        """The fault that this call must suffer; counts it."""
        for fault in self._faults:
            if not fault.meant_for(call, whom):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.chance < 1 and self._chance.random() >= fault.chance:
                continue
            fault.hits += 1
            if fault.count and fault.hits >= fault.count:
                self._faults.remove(fault)
            return fault
        return None
