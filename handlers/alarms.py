"""What happens when a case's clock timer fires: warnings, breaches, the ladder, and decisions that take effect.

Each is an event of the case's history that names the rule, the date, the level and the people; the people hear
through their digests (`handlers.digests`), in working hours unless the case is urgent.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers import cases, clock_timers, digests
from handlers.alarm_people import hearers
from petitions.clock_steps import TAKE
from petitions.clocks import Clock, Duty, change
from petitions.escalation import Due, Level, What, due_now
from petitions.kinds import Action
from petitions.transition_groups import AFTERWARDS, RESTING
from storage.records import SERVICE

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.clocks import TaskRecord
    from storage.records import OfficerRecord, PetitionRecord, TimerRecord

TIMER: Final = clock_timers.TIMER
_ACTIONS: Final = {What.WARN: Action.WARN, What.BREACH: Action.BREACH, What.CLIMB: Action.ESCALATE}


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Do everything that is due in the timer's case, and plan the next look."""
    petition = turn.book.petition(timer.petition_id, lock=True) if timer.petition_id is not None else None
    if petition is None:
        return
    timing = clock_timers.timing_of(turn.facts)
    clocks = turn.book.clocks(petition.id)
    for clock_id in sorted(clocks):
        clock = clocks[clock_id]
        due = due_now(clock, turn.now, timing, urgent=clock_timers.is_urgent(petition))
        if due is not None and petition.stage not in RESTING:
            petition = (
                _effect(turn, petition, clock)
                if due.what is What.EFFECT
                else _alarm(turn, petition, clock, due)
            )
            clocks = turn.book.clocks(petition.id)  # what was done may have touched the others
    clock_timers.plan(turn, petition, after=turn.now)


def _alarm(turn: Turn, petition: PetitionRecord, clock: Clock, due: Due) -> PetitionRecord:
    task = task_of(turn, petition, clock)
    levels = [level for level in Level if clock.level < level <= due.level]
    if due.what is What.WARN:
        levels = [Level.OFFICER]
    level, people = hearers(turn, petition, levels, task) if levels else (Level.OFFICER, [])
    values: dict[str, Any] = {"warned": due.warned}
    if due.what is not What.WARN:
        values["level"] = max(due.level, level) if levels else due.level
    if due.what is What.BREACH:
        values["breached_at"] = turn.now
    after = cases.perform(
        turn,
        petition.id,
        _ACTIONS[due.what],
        SERVICE,
        operations=[change(clock.id, **values)],
        extra=_content(clock, due, level if levels else None, people),
    )
    for officer in people:
        what = "warn" if due.what is What.WARN else _late(clock)
        urgent = clock_timers.is_urgent(petition)
        turn.book.add_alarm(
            officer.id, petition.id, clock_id=clock.id, what=what, level=level.word, urgent=urgent
        )
        digests.arm_alarms(turn, officer.id, urgent=urgent)
    return after


def _effect(turn: Turn, petition: PetitionRecord, clock: Clock) -> PetitionRecord:
    """No second complaint came in time. The first day in effect is the one after the last in which it could:
    an end on a day off moves on in the citizen's favour (BLDS Đ148 k5)."""
    if petition.stage not in AFTERWARDS or clock.due_on is None:
        return petition
    first = clock.due_on + timedelta(days=1)
    return cases.perform(turn, petition.id, Action.TAKE_EFFECT, SERVICE, on=first)


def _content(clock: Clock, due: Due, level: Level | None, people: list[OfficerRecord]) -> dict[str, Any]:
    """What the event says of the alarm; no level where the ladder begins on a later day."""
    content: dict[str, Any] = {
        "rule": clock.rule,
        "step": clock.step,
        "clock": clock.id,
        "due": clock.due_on.isoformat() if clock.due_on else None,
    }
    if due.what is What.WARN:
        content["warning"] = due.warned
    if level is not None:
        content |= {
            "level": level.word,
            "people": [officer.id for officer in people],
            "reached": len(people),
        }
    return content


def _late(clock: Clock) -> str:
    """The kind of alarm: a task, a case nobody took, or any other limit that passed."""
    if clock.duty is Duty.TASK:
        return "task"
    return "unassigned" if clock.step == TAKE else "late"


def task_of(turn: Turn, petition: PetitionRecord, clock: Clock) -> TaskRecord | None:
    """The task whose limit the clock is; None for any other limit."""
    if clock.task_id is None:
        return None
    return next((task for task in turn.book.tasks(petition.id) if task.id == clock.task_id), None)
