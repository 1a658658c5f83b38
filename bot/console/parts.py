"""What the console is made from, handed over once at start."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bot.posting import Render
from bot.web.parts import WebParts
from storage.files import FileStore
from storage.records import Queued


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
