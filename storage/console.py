"""What the casebook has for the officers' console."""

from __future__ import annotations

from storage.console_board import ConsoleBoard
from storage.console_calendar import ConsoleCalendar
from storage.console_office import ConsoleOffice
from storage.console_sessions import ConsoleSessions


class Console(ConsoleSessions, ConsoleOffice, ConsoleCalendar, ConsoleBoard):
    """Signing in (`console_sessions`), the lists (`console_board`), what an office sets for itself
    (`console_office`, `console_calendar`)."""
