"""Turns and timers one after the other on one connection, through the same code as in service."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from bot.dispatch import Dispatcher
from handlers.messages import Capabilities
from handlers.service_turn import service_turn
from storage import timers

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from handlers.messages import Incoming
    from handlers.turn import Turn
    from storage.casebook import Casebook
    from storage.records import Queued

CHANNEL: Final = "sim"
ACCOUNT: Final = "sim"
CAPABILITIES: Final = Capabilities(max_label=120, groups=True, foreign=False)


class Runner(Dispatcher):
    """A dispatcher that waits for nothing: the caller commits when it likes.

    What goes wrong in a turn or a timer is raised: a simulation is no place for dead letters.
    """

    turn: Turn
    """The last turn, for players who look at what the service now waits for."""
    turns = 0
    """Updates handled so far."""
    fired = 0
    """Timers fired so far."""

    def book(self, connection: Connection) -> Casebook:
        return self._books(connection)

    def update(self, connection: Connection, incoming: Incoming) -> tuple[Queued, ...]:
        """Handle one update; gives the messages it queued."""
        self.turns += 1
        return self._run(self._books(connection), incoming).queued

    def fire_next(self, connection: Connection, now: datetime) -> tuple[Queued, ...] | None:
        """Fire the timer that has waited longest; None where none is due."""
        due = timers.due(connection, self._books.vault, agency=self._books.agency, now=now)
        if not due:
            return None
        self.fired += 1
        return self._fire(self._books(connection), due[0], now).queued

    def service(
        self, connection: Connection, now: datetime, work: Callable[[Turn], object]
    ) -> Sequence[Queued]:
        """Do what the command line or the service itself does; gives the messages it queued."""
        turn = service_turn(self._books(connection), self._facts, now, self._chance)
        work(turn)
        return turn.queued

    def _make_turn(self, *parts: Any, **more: Any) -> Turn:
        turn = super()._make_turn(*parts, **more)
        turn.capabilities = CAPABILITIES
        self.turn = turn
        return turn
