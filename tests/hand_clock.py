"""A clock that tests move by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MORNING = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
"""Monday, nine o'clock in Hà Nội."""


@dataclass
class HandClock:
    """Stands still until it is moved."""

    at: datetime = MORNING

    def now(self) -> datetime:
        return self.at

    def forward(self, step: timedelta) -> datetime:
        self.at += step
        return self.at
