"""The only way the rules learn what time it is."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time; the real one is made where the service is wired, tests move theirs by hand."""

    def now(self) -> datetime:
        """The present moment, aware, UTC."""
