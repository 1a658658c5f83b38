"""Somebody named answers at every moment: what happens to cases when a person, a unit or a group is gone.

Every such move is an event (REASSIGN) that says from whom, to whom and why; citizen and new officer are told by the
notices table. Who comes back finds the cases with whoever took them over: they stay there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from handlers import cases, competence, digests
from handlers.alarm_people import successor
from handlers.officers.access import in_unit, same_unit, sealed
from petitions.agency import UnknownCode
from petitions.kinds import Action, Stage
from petitions.transition_groups import RESTING
from storage.records import SERVICE

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.turn import Turn
    from petitions.agency import Agency
    from petitions.clocks import Operation
    from storage.clocks import TaskRecord
    from storage.records import OfficerRecord, PetitionRecord, TimerRecord

AWAY: Final = "officer_away"
"""Name of the timer that moves the cases of an officer at the first moment of an absence; `officer_id` says whose."""

_LEFT, _AWAY, _DISSOLVED, _GROUP, _NOBODY, _OWN_CASE = (
    "officer_left",
    "officer_away",
    "unit_dissolved",
    "group_gone",
    "nobody_left",
    "own_case",
)


def officer_left(turn: Turn, officer: OfficerRecord, deputy: int | None = None) -> list[PetitionRecord]:
    """The cases of an officer who was just removed go on under another name. `deputy`: who takes over, if named."""
    return _hand_over_all(turn, officer, _LEFT, deputy)


def begin_absence(
    turn: Turn, officer_id: int, *, since: datetime, until: datetime, deputy: int | None
) -> list[PetitionRecord]:
    """The officer is away from `since` until `until`; the cases move at the first moment of it, which may be now."""
    turn.book.set_absent(officer_id, until, deputy, since=since)
    officer = turn.book.officer(officer_id)
    if officer is None or since > turn.now:
        turn.book.set_officer_timer(AWAY, since, officer_id)
        return []
    return _hand_over_all(turn, officer, _AWAY, deputy)


def fire_away(turn: Turn, timer: TimerRecord) -> None:
    """An absence begins. Nothing where the officer is back or has left; a later beginning is waited for."""
    officer = turn.book.officer(timer.officer_id) if timer.officer_id is not None else None
    if officer is None or not officer.active:
        return
    if officer.is_away(turn.now):
        _hand_over_all(turn, officer, _AWAY, officer.deputy_id)
    elif officer.absent_from is not None and officer.absent_from > turn.now:
        turn.book.set_officer_timer(AWAY, officer.absent_from, officer.id)


def group_gone(turn: Turn, unit: str) -> list[PetitionRecord]:
    """Cases that were announced in a unit's group and that nobody took: a head has them by name from now on."""
    agency = turn.facts.agency
    units = [known.code for known in agency.units if same_unit(agency, known.code, unit)] or [unit]
    moved = []
    for petition_id in sorted(found for code in units for found in turn.book.open_of_unit(code)):
        petition = turn.book.petition(petition_id, lock=True)
        if petition is None or petition.officer_id is not None or petition.stage is not Stage.RECEIVED:
            continue
        if not sealed(petition):  # a sealed case was never in the group
            to = successor(turn, petition, unit=petition.unit, leaving=None)
            if to is not None:
                moved.append(_reassign(turn, petition, _GROUP, officer_id=to.id))
    return moved


def settle(turn: Turn, petition_id: int) -> PetitionRecord | None:
    """Put a case right whose unit or officer is no longer there; None where nothing was wrong."""
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None or petition.stage in RESTING:
        return None
    here = answering_unit(turn.facts.agency, petition.unit)
    unit = competence.lawful_unit(turn.facts.agency, petition, here)
    if unit != petition.unit:
        return _move_to_unit(turn, petition, unit, _DISSOLVED if unit == here else _OWN_CASE)
    officer = turn.book.officer(petition.officer_id) if petition.officer_id is not None else None
    if officer is None or officer.active:
        return None
    return _hand_over(turn, petition, officer, _LEFT, None)


def answering_unit(agency: Agency, code: str) -> str:
    """The unit that answers today; for one that vanished from the profile the focal unit."""
    try:
        return agency.answerable(code).code
    except UnknownCode:
        return agency.focal_unit


def _move_to_unit(turn: Turn, petition: PetitionRecord, unit: str, code: str) -> PetitionRecord:
    """The named officer keeps the case where this person came along; else a head of the new unit has it."""
    agency = turn.facts.agency
    officer = turn.book.officer(petition.officer_id) if petition.officer_id is not None else None
    if officer is None or not officer.active or not in_unit(agency, officer, unit):
        officer = successor(turn, petition, unit=unit, leaving=officer)
    tasks = [
        _task_moved(task, unit, officer.id if officer is not None else None)
        for task in turn.book.tasks(petition.id)
        if task.done_on is None and task.unit == petition.unit
    ]
    officer_id = officer.id if officer is not None else None
    return _reassign(turn, petition, code, officer_id=officer_id, unit=unit, operations=tasks)


def _hand_over_all(turn: Turn, officer: OfficerRecord, code: str, deputy: int | None) -> list[PetitionRecord]:
    book = turn.book
    moved = []
    for petition_id in sorted({*book.open_of_officer(officer.id), *book.with_tasks_of(officer.id)}):
        petition = book.petition(petition_id, lock=True)
        after = _hand_over(turn, petition, officer, code, deputy) if petition is not None else None
        if after is not None:
            moved.append(after)
    return moved


def _hand_over(
    turn: Turn, petition: PetitionRecord, officer: OfficerRecord, code: str, deputy: int | None
) -> PetitionRecord | None:
    """Another name for the case, for the tasks this officer had in it, and for what was not told yet."""
    named = petition.officer_id == officer.id
    open_tasks = [t for t in turn.book.tasks(petition.id) if t.done_on is None and t.officer_id == officer.id]
    if petition.stage in RESTING or not (named or open_tasks):
        return None
    to = successor(turn, petition, unit=petition.unit, leaving=officer, deputy=deputy)
    if code == _AWAY and (to is None or to.is_away(turn.now)):
        return None  # one who comes back is better than nobody, or than another who is away
    officer_id = to.id if to is not None else None
    after = _reassign(
        turn,
        petition,
        code if to is not None else _NOBODY,
        officer_id=officer_id if named else petition.officer_id,
        operations=[_task_moved(task, task.unit, officer_id) for task in open_tasks],
    )
    if to is not None and turn.book.move_alarms(petition.id, officer.id, to.id):
        digests.arm_alarms(turn, to.id)
    return after


def _reassign(turn: Turn, petition: PetitionRecord, code: str, **given: Any) -> PetitionRecord:
    before: dict[str, Any] = {"from_officer": petition.officer_id, "from_unit": petition.unit}
    return cases.perform(turn, petition.id, Action.REASSIGN, SERVICE, code=code, extra=before, **given)


def _task_moved(task: TaskRecord, unit: str, officer_id: int | None) -> Operation:
    return {"op": "task_moved", "id": task.id, "officer_id": officer_id, "unit": unit}
