"""The one reminder of a đơn that was not signed yet (agency rule F-01)."""

from __future__ import annotations

import datetime as dt
from typing import Final

from handlers import cases
from handlers.citizens.form_state import wants_form
from handlers.citizens.state import load
from handlers.turn import Turn
from petitions.deadlines import NoRule
from petitions.kinds import Action
from storage.records import SERVICE, PetitionRecord, TimerRecord

TIMER: Final = "form_reminder"
"""Name of the timer; `petition_id` says of which petition."""
RULE: Final = "F-01"
HOUR: Final = dt.time(8)
"""Nobody is reminded at night: at the beginning of a working day."""


def plan(turn: Turn, petition: PetitionRecord) -> None:
    """Set the timer when the petition is filed. Nothing where the agency wants no reminder."""
    if not wants_form(petition):
        return
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    try:
        rule = turn.facts.agency.rules.rule(RULE, today)
    except NoRule:
        return
    if rule.amount is None or rule.unit not in {"d", "wd"}:
        return
    calendar = turn.facts.calendar
    if rule.unit == "wd":
        day = calendar.add_working_days(today, rule.amount)
    else:
        day = calendar.next_working(today + dt.timedelta(days=rule.amount))
    _set(turn, petition, day)


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Remind, unless the đơn came in, a visit is booked, or somebody is in danger (then a working day later)."""
    petition = turn.book.petition(timer.petition_id) if timer.petition_id is not None else None
    if petition is None or not wants_form(petition) or petition.form_given_at is not None:
        return
    if petition.visit_at is not None and petition.visit_at > turn.now:
        return
    if petition.withdraw_wish_at is not None:
        return
    if load(turn.talk).danger is not None:
        today = turn.now.astimezone(turn.facts.agency.zone).date()
        _set(turn, petition, turn.facts.calendar.add_working_days(today, 1))
        return
    cases.perform(turn, petition.id, Action.REMIND_FORM, SERVICE)


def _set(turn: Turn, petition: PetitionRecord, day: dt.date) -> None:
    moment = dt.datetime.combine(day, HOUR, turn.facts.agency.zone)
    turn.book.set_timer(
        TIMER,
        moment.astimezone(dt.UTC),
        petition_id=petition.id,
        conversation_id=turn.conversation_id,
    )
