"""When a case is looked at again: one timer a case, at the next moment one of its clocks has something to say."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from petitions.escalation import Timing, next_moment
from petitions.kinds import Severity

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handlers.turn import Facts, Turn
    from petitions.clocks import Clock
    from storage.records import PetitionRecord

TIMER: Final = "clock"
"""Name of the timer; `petition_id` says of which case."""


def timing_of(facts: Facts) -> Timing:
    """What the moments of warnings and alarms depend on in this office."""
    return Timing(facts.agency.deadlines, facts.calendar, facts.agency.zone)


def is_urgent(petition: PetitionRecord) -> bool:
    """Whether its alarms do not wait for working hours."""
    return petition.severity is Severity.URGENT


def next_look(
    facts: Facts, petition: PetitionRecord, clocks: Iterable[Clock], *, after: datetime | None = None
) -> datetime | None:
    """When the case has something to say next; None where nothing is to come. `after` as in `next_moment`."""
    moment = next_moment(clocks, timing_of(facts), urgent=is_urgent(petition), after=after)
    return moment.astimezone(UTC) if moment is not None else None


def plan(turn: Turn, petition: PetitionRecord, *, after: datetime | None = None) -> None:
    """Set the case's timer to the next moment, in place of the one that waits. The petition is locked here."""
    clocks = turn.book.clocks(petition.id).values()
    turn.book.set_petition_timer(TIMER, next_look(turn.facts, petition, clocks, after=after), petition.id)
