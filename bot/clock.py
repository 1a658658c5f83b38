"""The time of the machine. Everything else gets a clock passed in, so that a test can move it."""

from __future__ import annotations

from datetime import UTC, datetime


class SystemClock:
    """A `petitions.clock.Clock` that tells the real time, aware and in UTC."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC)
