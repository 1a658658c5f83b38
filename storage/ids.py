"""Row ids that are made before the insert, so that encryption can bind a value to its row."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from threading import Lock
from typing import Final

from petitions.clock import Clock

_START: Final = datetime(2025, 1, 1, tzinfo=UTC)
_MILLISECOND: Final = timedelta(milliseconds=1)
_CHANCE_BITS: Final = 22


class IdSource:
    """Makes 63 bit ids in order of time, unique within the process and, by chance bits, between processes.

    41 bits count milliseconds since 2025 (until 2094), 22 bits are random; ids of one source always rise,
    also when the clock stands still or steps back. `random` is also what tracking codes and invites are
    drawn from, so it must be a `SystemRandom` in service.
    """

    def __init__(self, clock: Clock, random: Random) -> None:
        self.random = random
        self._clock = clock
        self._last = 0
        self._lock = Lock()

    def new(self) -> int:
        milliseconds = (self._clock.now() - _START) // _MILLISECOND
        with self._lock:
            fresh = (milliseconds << _CHANCE_BITS) | self.random.getrandbits(_CHANCE_BITS)
            if fresh <= self._last:
                fresh = self._last + 1 + self.random.getrandbits(8)
            self._last = fresh
            return fresh


def first_id_of(moment: datetime) -> int:
    """No id made at `moment` or later is smaller."""
    return max(0, (moment - _START) // _MILLISECOND) << _CHANCE_BITS
