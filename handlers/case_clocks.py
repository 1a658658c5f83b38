"""The clocks of a case in a turn: checked by the law, moved by an action, shown in the petition's row."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from petitions import clocks as ops
from petitions import legal_checks
from petitions.clocks import Clock, Operation
from petitions.clockwork import Ground, corrected, current, operations, recomputed, task_clock
from petitions.kinds import Action, Kind, Stage
from petitions.legal_checks import Standing, check_law
from petitions.transition_rows import Transition
from petitions.transitions import TABLE
from storage.records import Filing, PetitionChanges, PetitionRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from handlers.case_details import Details
    from handlers.turn import Turn

_FILE_ROW: Final = next(row for row in TABLE if row.action is Action.FILE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _NewCase:
    """A case that is just being filed, as the law looks at it."""

    kind: Kind
    subkind: str
    destination: str | None
    instance: int
    remote: bool
    first_message_at: dt.datetime
    stage: Stage = Stage.RECEIVED
    complex: bool = False
    extensions: int = 0
    formed_on: dt.date | None = None
    accepted_on: dt.date | None = None
    decided_on: dt.date | None = None
    dialogue_at: dt.datetime | None = None
    dialogue_held_at: dt.datetime | None = None


def ground(turn: Turn) -> Ground:
    """What reckoning stands on in this turn."""
    return Ground(rules=turn.facts.agency.rules, calendar=turn.facts.calendar, new_id=turn.book.ids.new)


def today_of(turn: Turn) -> dt.date:
    """The office's day of this turn."""
    return turn.now.astimezone(turn.facts.agency.zone).date()


def with_first_clocks(turn: Turn, filing: Filing) -> Filing:
    """The filing with its first clocks and the date that governs it."""
    first_day = filing.first_message_at.astimezone(turn.facts.agency.zone).date()
    case = _NewCase(
        kind=filing.kind,
        subkind=filing.subkind,
        destination=filing.destination,
        instance=filing.instance,
        remote=filing.remote,
        first_message_at=filing.first_message_at,
    )
    made = operations(_FILE_ROW, case, {}, on=today_of(turn), first_day=first_day, ground=ground(turn))
    governing = current(ops.apply({}, made).values())
    return replace(
        filing,
        operations=tuple(made),
        due_on=governing.due_on if governing else filing.due_on,
        due_rule=governing.rule if governing else filing.due_rule,
    )


def first_clocks(turn: Turn, petition: PetitionRecord) -> list[Operation]:
    """The clocks that a filing starts, for a petition that was filed without."""
    zone = turn.facts.agency.zone
    first_day = petition.first_message_at.astimezone(zone).date()
    filed_on = petition.filed_at.astimezone(zone).date()
    return operations(_FILE_ROW, petition, {}, on=filed_on, first_day=first_day, ground=ground(turn))


def check(
    turn: Turn,
    petition: PetitionRecord,
    clocks: Mapping[int, Clock],
    row: Transition,
    details: Details,
    today: dt.date,
) -> None:
    """Raises Refused where the law does not allow the action now."""
    check_law(row, details.for_law(today), _standing(turn, petition, row, clocks, today))


def check_possible(turn: Turn, petition: PetitionRecord, row: Transition) -> None:
    """Raises Refused where it is clear before anything is asked that the law does not allow the action."""
    clocks = turn.book.clocks(petition.id)
    legal_checks.check_possible(row, _standing(turn, petition, row, clocks, today_of(turn)))


def _standing(
    turn: Turn, petition: PetitionRecord, row: Transition, clocks: Mapping[int, Clock], today: dt.date
) -> Standing:
    needs_tasks = row.action in (Action.TASK_DONE, Action.CLOSE)
    open_tasks = [t for t in turn.book.tasks(petition.id) if t.done_on is None] if needs_tasks else []
    return Standing(
        case=petition,
        clocks=tuple(clocks.values()),
        open_tasks=len(open_tasks),
        today=today,
        zone=turn.facts.agency.zone,
        calendar=turn.facts.calendar,
        rules=turn.facts.agency.rules,
    )


def made(
    turn: Turn,
    petition: PetitionRecord,
    changes: PetitionChanges,
    row: Transition,
    details: Details,
    clocks: Mapping[int, Clock],
    today: dt.date,
) -> list[Operation]:
    """What the action does to the clocks and tasks."""
    after = replace(petition, **changes)
    first_day = petition.first_message_at.astimezone(turn.facts.agency.zone).date()
    on = details.on or today
    if row.action is Action.REOPEN:  # a withdrawal taken back is received anew on that day
        first_day = on
    found = operations(row, after, clocks, on=on, first_day=first_day, code=details.code, ground=ground(turn))
    if row.action is Action.ORDER_TASK:
        found += _ordered(turn, after, details, on)
    elif row.action is Action.TASK_DONE:
        found += _done(turn, petition, clocks, on)
    elif row.action is Action.CORRECT:
        moved = after.unit != petition.unit and after.stage is Stage.RECEIVED
        found += corrected(petition, after, clocks, moved=moved, on=on, ground=ground(turn))
    return found


def due_changes(
    petition: PetitionRecord, clocks: Mapping[int, Clock], made_now: Sequence[Operation]
) -> PetitionChanges:
    """The row's own copy of the limit that governs now, where it changed."""
    governing = current(ops.apply(clocks, made_now).values())
    due_on = governing.due_on if governing else None
    rule = governing.rule if governing else None
    changed: PetitionChanges = {}
    if due_on != petition.due_on:
        changed["due_on"] = due_on
    if rule != petition.due_rule:
        changed["due_rule"] = rule
    return changed


def moved_by_calendar(turn: Turn, clocks: Mapping[int, Clock]) -> list[Operation]:
    """The operations that put running clocks where the calendar of now has them."""
    return recomputed(clocks.values(), ground(turn))


def _ordered(turn: Turn, petition: PetitionRecord, details: Details, on: dt.date) -> list[Operation]:
    task_id = turn.book.ids.new()
    due = details.due or on
    task: Operation = {
        "op": "task",
        "id": task_id,
        "unit": petition.unit,
        "officer_id": details.officer_id,
        "due": due.isoformat(),
        "what": details.task,
    }
    clock = task_clock(turn.book.ids.new(), task_id, on=on, due=due, calendar=turn.facts.calendar)
    return [task, ops.start(clock)]


def _done(turn: Turn, petition: PetitionRecord, clocks: Mapping[int, Clock], on: dt.date) -> list[Operation]:
    """The task ordered first among those not done."""
    task = next(task for task in turn.book.tasks(petition.id) if task.done_on is None)
    found: list[Operation] = [{"op": "task_done", "id": task.id, "on": on.isoformat()}]
    found += [
        ops.change(clock.id, state=ops.ClockState.MET, ended_on=on)
        for clock in clocks.values()
        if clock.task_id == task.id and clock.alive
    ]
    return found
