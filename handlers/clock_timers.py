"""When a case is looked at again: one timer a case, at the next moment one of its clocks has something to say."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final

from petitions.clocks import ClockState

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import PetitionRecord

TIMER: Final = "clock"
"""Name of the timer; `petition_id` says of which case."""


def plan(turn: Turn, petition: PetitionRecord) -> None:
    """Set the case's timer to the next moment, in place of the one that waits."""
    turn.book.cancel_timers(TIMER, petition_id=petition.id)
    days = [
        clock.due_on
        for clock in turn.book.clocks(petition.id).values()
        if clock.state is ClockState.RUNNING and clock.due_on is not None
    ]
    if days:
        zone = turn.facts.agency.zone
        moment = dt.datetime.combine(min(days) + dt.timedelta(days=1), dt.time(8), zone)
        turn.book.set_timer(TIMER, moment.astimezone(dt.UTC), petition_id=petition.id)
