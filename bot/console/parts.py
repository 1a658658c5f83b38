"""What the console is made from, handed over once at start."""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.posting import Render
from bot.web.parts import WebParts
from storage.files import FileStore
from storage.records import Queued


@dataclass(frozen=True, slots=True, kw_only=True)
class AppAccount:
    """Somebody whom a platform's app vouches for. `mark`: what makes its word good for one sign-in only."""

    channel: str
    account: str
    chat: str
    mark: str


AppProof = Callable[[str, datetime], AppAccount | None]
"""Checks what an app brings along, at a moment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsoleParts:
    """Everything the console's routes need beside what the web server has."""

    web: WebParts
    store: FileStore
    render: Render
    """Makes receipts and the prepared papers of a đơn."""
    chance: random.Random
    wake: Callable[[Iterable[Queued]], None]
    """Called after a commit with what was queued in it, so that it goes out at once."""
    app_proof: AppProof | None = None
    """None: no app opens the console by its own word."""
    calendar_changed: Callable[[], Awaitable[None]] | None = None
    """Called after a day of the calendar was set, so that this process counts with it at once."""
