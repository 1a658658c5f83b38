"""What an action does to a case's clocks: the workflow row, applied to the clocks there are.

Pure: the clocks go in, operations come out; the casebook writes both into one event.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from petitions import clocks as ops
from petitions.calendar import WorkingCalendar
from petitions.clock_steps import (
    ACCEPT,
    DISMISSAL,
    EXTEND,
    EXTENSIONS,
    FIRST_ANSWER,
    FORWARD,
    SETTLE,
    SETTLE_COMPLEX,
    TAKE,
    TASK,
    Case,
    extension_rule,
    rule_of,
)
from petitions.clocks import Clock, ClockState, Duty, Operation, write_spans
from petitions.deadlines import reckon
from petitions.reasons import NOTHING_NEW
from petitions.rules import LegalRule, NoRule, RuleBook
from petitions.transition_rows import Transition

_SEND_STEPS: Final = frozenset({"send_suspension", "send_resumption"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """What reckoning stands on."""

    rules: RuleBook
    calendar: WorkingCalendar
    new_id: Callable[[], int]


def operations(
    row: Transition,
    case: Case,
    clocks: Mapping[int, Clock],
    *,
    on: dt.date,
    first_day: dt.date,
    code: str = "",
    ground: Ground,
) -> list[Operation]:
    """The operations of an action, in order.

    Args:
        case: as it is after the action.
        on: the day of the event the clocks count from.
        first_day: the day of the first message, from which the first answer is counted.
        code: the reason code, where it decides whether a step has a time at all.
    """
    alive = {clock.id: clock for clock in clocks.values() if clock.alive}
    made: list[Operation] = []
    for clock in alive.values():
        if clock.step in row.ends:
            made.append(_end(clock, ClockState.MET, on))
        elif row.stops or clock.step in row.drops:
            made.append(_end(clock, ClockState.STOPPED, on))
        elif row.pauses and clock.step == SETTLE:
            made.append(ops.change(clock.id, state=ClockState.SUSPENDED, suspended_on=on))
        elif row.resumes and clock.state is ClockState.SUSPENDED:
            made.append(_resume(clock, on, ground))
    left = ops.apply(alive, made)
    for step in row.starts:
        made += _start(step, case, left, on=on, first_day=first_day, code=code, ground=ground)
    return made


def _start(
    step: str,
    case: Case,
    clocks: Mapping[int, Clock],
    *,
    on: dt.date,
    first_day: dt.date,
    code: str,
    ground: Ground,
) -> list[Operation]:
    if step == "written_refusal" and code != NOTHING_NEW:
        return []
    if step == SETTLE_COMPLEX:
        return repicked(case, clocks, on=on, ground=ground)
    if step == EXTEND:
        return _extended(case, clocks, on=on, ground=ground)
    found = rule_of(step, case)
    if found is None:
        return []
    since = first_day if step == FIRST_ANSWER else on
    try:
        rule = _picked(found.rule, case, since, ground.rules)
    except NoRule:
        return []
    if rule.amount is None:
        return []
    replaced = [
        _end(clock, ClockState.REPLACED, on)
        for clock in clocks.values()
        if clock.step == step and clock.alive
    ]
    return [*replaced, ops.start(_reckoned(ground.new_id(), rule, step, found.duty, since, (), ground))]


def repicked(case: Case, clocks: Mapping[int, Clock], *, on: dt.date, ground: Ground) -> list[Operation]:
    """The settling clock under the rule that governs now: found complex, or an area hard to reach.

    It goes on from its own beginning, with the suspensions there were: the ceiling is raised, no time is new.
    """
    made: list[Operation] = []
    for clock in clocks.values():
        found = rule_of(SETTLE, case)
        if clock.step != SETTLE or not clock.alive or found is None:
            continue
        rule = _picked(found.rule, case, clock.started_on, ground.rules)
        fresh = _reckoned(ground.new_id(), rule, SETTLE, clock.duty, clock.started_on, clock.spans, ground)
        if clock.state is ClockState.SUSPENDED:
            fresh = replace(fresh, state=ClockState.SUSPENDED, suspended_on=clock.suspended_on)
        made += [_end(clock, ClockState.REPLACED, on), ops.start(fresh)]
    return made


def _extended(case: Case, clocks: Mapping[int, Clock], *, on: dt.date, ground: Ground) -> list[Operation]:
    """The next term begins at the nominal end of the last one (Luật Tố cáo Đ30, law.md D-10, D-11)."""
    made: list[Operation] = []
    for clock in clocks.values():
        if clock.step != SETTLE or not clock.alive or clock.nominal_on is None:
            continue
        rule = ground.rules.rule(extension_rule(case.extensions - 1), on)
        fresh = _reckoned(ground.new_id(), rule, SETTLE, clock.duty, clock.nominal_on, (), ground)
        made += [_end(clock, ClockState.REPLACED, on), ops.start(fresh)]
    return made


def _resume(clock: Clock, on: dt.date, ground: Ground) -> Operation:
    """The time goes on from the day of resumption (Luật Khiếu nại Đ11a k4; Luật Tố cáo Đ34 k2).

    A term that was over when it was suspended gains nothing. A denunciation suspended in its last term but one,
    when the next was decided already, begins that next term later by as many days.
    """
    since = clock.suspended_on or on
    if clock.nominal_on is not None and since > clock.nominal_on:
        return ops.change(clock.id, state=ClockState.RUNNING, suspended_on=None)
    spans, started_on = (*clock.spans, (since, on)), clock.started_on
    if clock.rule in EXTENSIONS and since <= started_on:
        spans, started_on = clock.spans, started_on + (on - since)
    moved = replace(clock, started_on=started_on)
    values = {} if started_on == clock.started_on else {"started_on": started_on}
    return ops.change(
        clock.id,
        state=ClockState.RUNNING,
        suspended_on=None,
        suspensions=write_spans(spans),
        warned=0,
        level=clock.level,
        **values,
        **_dates(moved, spans, ground),
    )


def corrected(
    before: Case, after: Case, clocks: Mapping[int, Clock], *, moved: bool, on: dt.date, ground: Ground
) -> list[Operation]:
    """Another class has other limits, from the day of the form they have in common; a longer way longer ones.

    Args:
        moved: the case came to another unit, where nobody is named yet.
    """
    gone: set[str] = set()
    if after.kind is not before.kind:
        gone = {clock.step for clock in clocks.values()} - {FIRST_ANSWER, TAKE}
    elif after.subkind != before.subkind:
        gone = {clock.step for clock in clocks.values() if clock.alive} & {ACCEPT}
    if after.destination != before.destination:
        gone.add(FORWARD)
    made = [_end(c, ClockState.REPLACED, on) for c in clocks.values() if c.alive and c.step in gone]
    begun = [
        (step, after.formed_on) for step in (ACCEPT, FORWARD) if step in gone or after.kind is not before.kind
    ]
    if moved:
        begun.append((TAKE, on))
    left = ops.apply(clocks, made)
    for step, since in begun:
        if since is not None:
            made += _start(step, after, left, on=since, first_day=since, code="", ground=ground)
    longer = (after.remote, after.subkind) != (before.remote, before.subkind)
    return made + (repicked(after, left, on=on, ground=ground) if longer else [])


def recomputed(clocks: Iterable[Clock], ground: Ground) -> list[Operation]:
    """The running clocks whose dates the calendar of today puts elsewhere. A breach found stays found."""
    made: list[Operation] = []
    for clock in clocks:
        if not clock.alive or clock.duty is Duty.TASK or clock.due_on is None:
            continue
        dates = _dates(clock, clock.spans, ground)
        known = {name: getattr(clock, name) for name in dates}
        if known != dates:
            made.append(ops.change(clock.id, **dates))
    return made


def task_clock(clock_id: int, task_id: int, *, on: dt.date, due: dt.date, calendar: WorkingCalendar) -> Clock:
    """The clock of a task: its day was ordered, so it is not moved off a day off."""
    aim = due if calendar.is_working(due) else calendar.previous_working(due)
    return Clock(
        id=clock_id,
        rule="TASK",
        version=on,
        conditions="",
        step=TASK,
        duty=Duty.TASK,
        started_on=on,
        nominal_on=due,
        due_on=due,
        aim_on=max(aim, on),
        task_id=task_id,
    )


def current(clocks: Iterable[Clock]) -> Clock | None:
    """The legal limit that governs the case now: of the office's running duties the one due first.

    The office's own rules count only where no law sets a date.
    """
    running = [c for c in clocks if c.state is ClockState.RUNNING and c.due_on is not None]
    for duties in ({Duty.OFFICE}, {Duty.TASK}, {Duty.AGENCY}):
        found = [clock for clock in running if clock.duty in duties and clock.step != TAKE]
        if found:
            return min(found, key=lambda clock: (clock.due_on or dt.date.max, clock.id))
    return None


def _picked(rule_id: str, case: Case, since: dt.date, rules: RuleBook) -> LegalRule:
    return rules.pick(
        rule_id,
        since,
        complex=case.complex,
        remote=case.remote,
        second=case.instance > 1,
        dismissal=case.subkind == DISMISSAL,
    )


def _reckoned(
    clock_id: int,
    rule: LegalRule,
    step: str,
    duty: Duty,
    since: dt.date,
    spans: tuple[tuple[dt.date, dt.date], ...],
    ground: Ground,
) -> Clock:
    deadline = reckon(rule, since, ground.calendar, suspensions=spans)
    return Clock(
        id=clock_id,
        rule=rule.id,
        version=rule.in_force_from,
        conditions=",".join(sorted(rule.conditions)),
        step=step,
        duty=duty,
        started_on=since,
        nominal_on=deadline.nominal,
        due_on=deadline.due,
        aim_on=deadline.aim,
        suspensions=write_spans(spans),
        provisional=deadline.provisional,
    )


def _dates(
    clock: Clock, spans: tuple[tuple[dt.date, dt.date], ...], ground: Ground
) -> dict[str, dt.date | bool | None]:
    conditions = frozenset(word for word in clock.conditions.split(",") if word)
    rule = ground.rules.pinned(clock.rule, clock.version, conditions)
    deadline = reckon(rule, clock.started_on, ground.calendar, suspensions=spans)
    return {
        "nominal_on": deadline.nominal,
        "due_on": deadline.due,
        "aim_on": deadline.aim,
        "provisional": deadline.provisional,
    }


def _end(clock: Clock, state: ClockState, on: dt.date) -> Operation:
    return ops.change(clock.id, state=state, ended_on=on)
