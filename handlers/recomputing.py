"""A changed calendar moves running dates: reckoned anew, with an event that says from when to when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from handlers import case_clocks, cases
from petitions import clocks as ops
from petitions.kinds import Action
from petitions.transition_groups import RESTING
from storage.records import SERVICE

if TYPE_CHECKING:
    from handlers.turn import Turn
    from petitions.clocks import Clock
    from storage.records import PetitionRecord


def recompute(turn: Turn, petition_id: int) -> PetitionRecord | None:
    """Put the case's running clocks where the calendar of now has them; None where they are there already.

    A breach that was found stays found, and warnings that were given are not given again.
    """
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None or petition.stage in RESTING:
        return None
    before = turn.book.clocks(petition.id)
    moved = case_clocks.moved_by_calendar(turn, before)
    if not moved:
        return None
    after = ops.apply(before, moved)
    told = [_moved(before[operation["id"]], after[operation["id"]]) for operation in moved]
    return cases.perform(
        turn, petition.id, Action.RECOMPUTE, SERVICE, operations=moved, extra={"moved": told}
    )


def begin(turn: Turn, petition_id: int) -> PetitionRecord | None:
    """Start the first clocks of a case that was filed before there were any; None where it has some."""
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None or petition.stage in RESTING or turn.book.clocks(petition.id):
        return None
    made = case_clocks.first_clocks(turn, petition)
    return cases.perform(turn, petition.id, Action.RECOMPUTE, SERVICE, operations=made, extra={"begun": True})


def _moved(before: Clock, after: Clock) -> dict[str, Any]:
    return {
        "clock": after.id,
        "rule": after.rule,
        "step": after.step,
        "due_before": before.due_on.isoformat() if before.due_on else None,
        "due": after.due_on.isoformat() if after.due_on else None,
    }
