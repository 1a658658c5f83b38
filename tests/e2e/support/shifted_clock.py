"""A clock that flows with the machine's and can be moved forward, for service and emulator together."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from tests.emulators.telegram import SimClock


class ShiftedClock:
    """The machine's time plus what was skipped; `platforms` is the emulators' clock, moved along."""

    def __init__(self) -> None:
        self.skipped = timedelta()
        self.platforms = SimClock()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def forward(self, step: timedelta) -> None:
        """Let `step` pass at once."""
        self.skipped += step
        self.platforms.advance(step.total_seconds())
