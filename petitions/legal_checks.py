"""What the law refuses although the table has a row: dates, extensions, dialogue, second complaint, tasks.

Pure questions about one case. Each refusal says what is wrong and what is possible now.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from petitions.calendar import WorkingCalendar
from petitions.clock_steps import DISCIPLINARY, SECOND_COMPLAINT, SETTLE, Case
from petitions.clocks import Clock, ClockState
from petitions.deadlines import reckon
from petitions.facts import BadFact, check_facts
from petitions.kinds import Action, Kind
from petitions.reasons import codes_of
from petitions.rules import RuleBook
from petitions.settling_transitions import codes_for
from petitions.transition_rows import Transition
from petitions.workflow import RefusalCode, Refused

MAX_EXTENSIONS: Final = {"one_criterion": 1, "several_criteria": 2}
"""Complex: once; especially complex: twice (Luật Tố cáo Đ30 k2–3; NĐ 31/2019 Đ3)."""
WITHOUT_DECISION: Final = "C-13"
INVITED_DAYS: Final = 5
"""Rule C-08: invited to the dialogue at least so many days before (NĐ 124/2020 Đ28 k1)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What somebody gave with an action, as far as the law looks at it."""

    on: dt.date
    """The day of the event; today where none was given."""
    code: str = ""
    moment: dt.datetime | None = None
    due: dt.date | None = None
    facts: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a case stands."""

    case: Case
    clocks: tuple[Clock, ...]
    open_tasks: int
    today: dt.date
    zone: dt.tzinfo
    calendar: WorkingCalendar
    rules: RuleBook


def check_law(row: Transition, given: Given, standing: Standing) -> None:
    """Raises Refused where the law does not allow the action now."""
    _check_code(row, given, standing.case)
    _check_facts(row, given, standing.case)
    _check_day(row, given, standing)
    check = _CHECKS.get(row.action)
    if check is not None:
        check(given, standing)


def check_possible(row: Transition, standing: Standing) -> None:
    """What can be said before anything is given, so that nobody is asked in vain. Raises Refused."""
    on = standing.today
    if row.action in (Action.FIND_COMPLEX, Action.EXTEND):
        on = standing.case.accepted_on or on  # a decision made in time may be entered after it
    given = Given(on=on, code="several_criteria")
    if row.action in _KNOWN_BEFORE:
        _CHECKS[row.action](given, standing)


def _check_code(row: Transition, given: Given, case: Case) -> None:
    if "code" not in row.needs:
        return
    if given.code not in codes_of(codes_for(row, instance=case.instance)):
        raise Refused(RefusalCode.BAD_CODE)


def _check_facts(row: Transition, given: Given, case: Case) -> None:
    if not row.facts:
        return
    try:
        check_facts(row.facts, given.facts or {}, denunciation=case.kind is Kind.DENUNCIATION)
    except BadFact as fault:
        raise Refused(RefusalCode.BAD_FACT, {"fact": fault.key}) from fault


def _check_day(row: Transition, given: Given, standing: Standing) -> None:
    """A day of the past may be entered later, but never before the event it follows, and never ahead."""
    if "on" not in row.needs:
        return
    if given.on > standing.today:
        raise Refused(RefusalCode.DATE_AHEAD, {"latest": standing.today})
    earliest = _earliest(row.action, standing)
    if given.on < earliest:
        raise Refused(RefusalCode.DATE_TOO_EARLY, {"earliest": earliest})


def _earliest(action: Action, standing: Standing) -> dt.date:
    case = standing.case
    first = case.first_message_at.astimezone(standing.zone).date()
    formed = case.formed_on or first
    accepted = case.accepted_on or formed
    match action:
        case Action.CONFIRM_FORM:
            return first
        case Action.ACCEPT | Action.WITHDRAW_PART:
            return formed
        case Action.RESUME:
            return max((clock.suspended_on or accepted for clock in standing.clocks), default=accepted)
        case Action.DECIDE if _needs_dialogue(case) and case.dialogue_held_at is not None:
            return max(accepted, case.dialogue_held_at.astimezone(standing.zone).date())
        case Action.HOLD_DIALOGUE if case.dialogue_at is not None:
            return max(accepted, case.dialogue_at.astimezone(standing.zone).date())
        case Action.PUBLISH_DECISION | Action.TASK_DONE:
            return case.decided_on or accepted
        case Action.SEND_DECISION:
            return max(
                (c.started_on for c in standing.clocks if c.alive and c.step in SENT), default=accepted
            )
        case _:
            spans = [end for clock in standing.clocks for _, end in clock.spans if clock.alive]
            return max([accepted, *spans])


SENT: Final = frozenset(
    {"send_decision", "send_suspension", "send_resumption", "notify_acceptance", "written_refusal"}
)
"""Steps whose clock a written document has to leave the house in."""

BEFORE_CLOSING: Final = SENT | {"publish"}
"""What the law has sent and published first; closing would let these duties fall away unmet."""


def waits_to_be_sent(clocks: Iterable[Clock]) -> bool:
    """Whether a written document still has to leave the house."""
    return any(clock.alive and clock.step in SENT for clock in clocks)


def kept_open(clocks: Iterable[Clock]) -> bool:
    """Whether something still has to be sent or published, so that the case may not be closed."""
    return any(clock.alive and clock.step in BEFORE_CLOSING for clock in clocks)


def settled_late(clocks: Iterable[Clock], today: dt.date) -> bool:
    """Whether the time to settle has passed without a settlement."""
    return any(clock.step == SETTLE and clock.late_on(today) for clock in clocks)


def _settling(clocks: Iterable[Clock]) -> Clock | None:
    return next((clock for clock in clocks if clock.step == SETTLE and clock.alive), None)


def _formed(given: Given, standing: Standing) -> None:
    del given
    if standing.case.formed_on is not None:
        raise Refused(RefusalCode.ALREADY_FORMED, {"on": standing.case.formed_on})


def _must_be_formed(given: Given, standing: Standing) -> None:
    del given
    if standing.case.kind in (Kind.COMPLAINT, Kind.DENUNCIATION) and standing.case.formed_on is None:
        raise Refused(RefusalCode.NOT_FORMED)


def _not_over(given: Given, standing: Standing) -> None:
    settling = _settling(standing.clocks)
    if settling is None or settling.due_on is None:
        raise Refused(RefusalCode.TERM_OVER, {"due": standing.today})
    if given.on > settling.due_on:
        raise Refused(RefusalCode.TERM_OVER, {"due": settling.due_on})


def _find_complex(given: Given, standing: Standing) -> None:
    if standing.case.complex:
        raise Refused(RefusalCode.ALREADY_COMPLEX)
    _not_over(given, standing)


def _extend(given: Given, standing: Standing) -> None:
    limit = MAX_EXTENSIONS[given.code]
    if standing.case.extensions >= limit:
        raise Refused(RefusalCode.NO_MORE_EXTENSIONS, {"limit": limit})
    _not_over(given, standing)


def _invite(given: Given, standing: Standing) -> None:
    earliest = standing.today + dt.timedelta(days=INVITED_DAYS)
    if given.moment is None or given.moment.astimezone(standing.zone).date() < earliest:
        raise Refused(RefusalCode.DATE_PAST, {"earliest": earliest})


def _visit(given: Given, standing: Standing) -> None:
    earliest = standing.calendar.next_working(standing.today + dt.timedelta(days=1))
    if given.moment is None or given.moment.astimezone(standing.zone).date() < earliest:
        raise Refused(RefusalCode.DATE_PAST, {"earliest": earliest})


def _needs_dialogue(case: Case) -> bool:
    return case.instance > 1 or case.subkind in DISCIPLINARY


def _decide(given: Given, standing: Standing) -> None:
    """The dialogue is obligatory at second instance (NĐ 124/2020 Đ28 k2) and for disciplinary complaints
    (Luật Khiếu nại Đ53, Đ55)."""
    del given
    case = standing.case
    if _needs_dialogue(case) and case.dialogue_held_at is None:
        raise Refused(RefusalCode.DIALOGUE_DUE)


def _send(given: Given, standing: Standing) -> None:
    """Nothing waits to be sent: a second sending would give the citizen's own limit a new beginning."""
    del given
    if not waits_to_be_sent(standing.clocks):
        raise Refused(RefusalCode.ALREADY_DONE)


def _order(given: Given, standing: Standing) -> None:
    if given.due is None or given.due < standing.today:
        raise Refused(RefusalCode.DATE_PAST, {"earliest": standing.today})


def _task_done(given: Given, standing: Standing) -> None:
    del given
    if not standing.open_tasks:
        raise Refused(RefusalCode.NO_OPEN_TASK)


def _close(given: Given, standing: Standing) -> None:
    del given
    if kept_open(standing.clocks):
        raise Refused(RefusalCode.STILL_TO_SEND)
    if standing.open_tasks:
        raise Refused(RefusalCode.OPEN_TASKS, {"count": standing.open_tasks})


def _open_without_decision(given: Given, standing: Standing) -> dt.date | None:
    """The last day to go on where the time for the first decision passed without one (rule C-13).

    None where none is set: the decision is there and not sent yet, or it is about discipline, for which Luật
    Khiếu nại Đ48 counts from the decision alone.
    """
    case = standing.case
    if case.decided_on is not None:
        return None
    settling = _settling(standing.clocks)
    ended = settling.due_on if settling is not None else None
    if settling is None or ended is None or not settling.late_on(given.on):
        raise Refused(RefusalCode.SECOND_TOO_EARLY, {"due": ended or standing.today})
    if case.subkind in DISCIPLINARY:
        return None
    rule = standing.rules.pick(WITHOUT_DECISION, ended, remote=case.remote)
    return reckon(rule, ended, standing.calendar).due


def _again(given: Given, standing: Standing) -> None:
    """The first decision, or the end of the time for it without one, opens thirty days (rule C-13, K-02)."""
    case = standing.case
    if case.instance > 1:
        raise Refused(RefusalCode.SECOND_NOT_OPEN)
    limits = [c for c in standing.clocks if c.step == SECOND_COMPLAINT and c.due_on is not None]
    if any(clock.state is ClockState.MET for clock in limits):
        raise Refused(RefusalCode.ALREADY_DONE)
    due = limits[-1].due_on if limits else _open_without_decision(given, standing)
    if due is not None and given.on > due:
        raise Refused(RefusalCode.SECOND_TOO_LATE, {"due": due})


def _go_up(given: Given, standing: Standing) -> None:
    settling = _settling(standing.clocks)
    if settling is None or not settling.late_on(given.on):
        due = settling.due_on if settling is not None else None
        raise Refused(RefusalCode.NOT_OVERDUE, {"due": due or standing.today})
    if any(c.step == "report_up" and c.state is ClockState.RUNNING for c in standing.clocks):
        raise Refused(RefusalCode.ALREADY_DONE)


_CHECKS: Final = {
    Action.CONFIRM_FORM: _formed,
    Action.SCREEN_ELIGIBLE: _must_be_formed,
    Action.FIND_COMPLEX: _find_complex,
    Action.EXTEND: _extend,
    Action.INVITE_DIALOGUE: _invite,
    Action.BOOK_VISIT: _visit,
    Action.DECIDE: _decide,
    Action.SEND_DECISION: _send,
    Action.ORDER_TASK: _order,
    Action.TASK_DONE: _task_done,
    Action.CLOSE: _close,
    Action.COMPLAIN_AGAIN: _again,
    Action.GO_UP: _go_up,
}

_KNOWN_BEFORE: Final = frozenset(
    {
        Action.CONFIRM_FORM,
        Action.SCREEN_ELIGIBLE,
        Action.FIND_COMPLEX,
        Action.EXTEND,
        Action.DECIDE,
        Action.SEND_DECISION,
        Action.TASK_DONE,
        Action.CLOSE,
        Action.COMPLAIN_AGAIN,
        Action.GO_UP,
    }
)
