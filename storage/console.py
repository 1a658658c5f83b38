"""What the casebook has for the officers' console."""

from __future__ import annotations

from storage.console_board import ConsoleBoard
from storage.console_sessions import ConsoleSessions


class Console(ConsoleSessions, ConsoleBoard):
    """Signing in (`console_sessions`) and the lists (`console_board`)."""
