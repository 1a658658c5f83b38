"""The clock that jumps, and what the players do when."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count

Process = Generator[datetime, None, None]
"""What a player does over time: each `yield` names the moment (aware) at which it goes on."""


@dataclass(slots=True)
class JumpingClock:
    """A `petitions.clock.Clock` that stands where it was put; it never goes back."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def jump(self, to: datetime) -> None:
        """Forward to `to`; a moment gone by leaves it where it is."""
        self.at = max(self.at, to)


@dataclass(slots=True)
class Agenda:
    """Processes by the moment at which they go on; of one moment, in the order they were put down."""

    _heap: list[tuple[datetime, int, Process]] = field(default_factory=list)
    _number: count[int] = field(default_factory=count)

    def at(self, moment: datetime, process: Process) -> None:
        """The process goes on at `moment`."""
        heapq.heappush(self._heap, (moment, next(self._number), process))

    @property
    def next(self) -> datetime | None:
        return self._heap[0][0] if self._heap else None

    def step(self) -> None:
        """The next process does its next piece of work."""
        _, _, process = heapq.heappop(self._heap)
        moment = next(process, None)
        if moment is not None:
            self.at(moment, process)

    def once(self, moment: datetime, work: Callable[[], object]) -> None:
        """`work` is done at `moment`."""
        self.at(moment, _once(work))


def _once(work: Callable[[], object]) -> Process:
    work()
    yield from ()
