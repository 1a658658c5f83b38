"""Heads are reminded to submit their unit's report; the focal unit hears who has not.

Each head has one timer, which sets itself anew. Nothing is told of a unit that has submitted.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date
from typing import TYPE_CHECKING, Final

from handlers.clock_timers import timing_of
from handlers.messages import Outgoing
from handlers.officers import cards
from handlers.officers.access import same_unit, unit_name
from handlers.officers.audience import texts_of
from handlers.officers.room import private_chat
from handlers.report_words import period_name
from handlers.turn import Priority
from petitions.kinds import Role
from petitions.reports.periods import Period
from petitions.reports.reminding import asked_on, next_reminder, unit_due
from storage.reporting_make import reporting_units
from storage.reporting_shelf import WHOLE_OFFICE, ReportShelf, ReportState

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import OfficerRecord, TimerRecord

TIMER: Final = "report_reminder"
"""Name of the timer; `officer_id` says whose."""


def arm(turn: Turn, officer: OfficerRecord) -> None:
    """Set the timer of a head's next reminder; nobody else has one."""
    if officer.role is not Role.HEAD:
        return
    timing, agency = timing_of(turn.facts), turn.facts.agency
    day = next_reminder(_today(turn), agency.reports, turn.facts.calendar)
    turn.book.set_officer_timer(TIMER, timing.morning(day).astimezone(UTC), officer.id)


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Remind the head of what the unit has not submitted, and set the next reminder."""
    officer = turn.book.officer(timer.officer_id) if timer.officer_id is not None else None
    if officer is None or not officer.active or officer.role is not Role.HEAD:
        return
    timing = timing_of(turn.facts)
    if timing.is_quiet(turn.now):  # missed while the service was down, or days off were decided meanwhile
        turn.book.set_officer_timer(TIMER, timing.next_allowed(turn.now).astimezone(UTC), officer.id)
        return
    contact = private_chat(turn, officer)
    message = _message(turn, officer, texts_of(turn, contact)) if contact is not None else None
    if message is not None:
        turn.send(message, to=contact, audience="officer", priority=Priority.DIGEST, coalesce=TIMER)
    arm(turn, officer)


def _message(turn: Turn, officer: OfficerRecord, texts: Texts) -> Outgoing | None:
    agency = turn.facts.agency
    asked = asked_on(_today(turn), agency.reports, turn.facts.calendar)
    lines: list[str] = []
    named: list[Period] = []
    for period in asked:
        said = [*_of_unit(turn, officer, period, texts)]
        if same_unit(agency, officer.unit, agency.focal_unit):
            said += _of_office(turn, period, texts)
        lines += said
        named += [period] if said else []
    if not lines:
        return None
    title = texts.get("reports.remind_title", period=", ".join(period_name(each, texts) for each in named))
    return Outgoing(title=title, text="\n".join(lines))


def _of_unit(turn: Turn, officer: OfficerRecord, period: Period, texts: Texts) -> Iterable[str]:
    agency = turn.facts.agency
    unit = agency.answerable(officer.unit).code
    if ReportShelf.of(turn.book).newest(period, unit) is not None:
        return
    due = unit_due(period, agency.reports, turn.facts.calendar)
    words = {"unit": unit_name(agency, unit, texts.language), "period": period_name(period, texts)}
    words["due"] = cards.shown_date(due, texts)
    if _today(turn) > due:
        yield texts.get("reports.remind_late", **words)
    else:
        yield texts.get("reports.remind_text", last=cards.shown_date(period.last, texts), **words)


def _of_office(turn: Turn, period: Period, texts: Texts) -> Iterable[str]:
    """What the focal unit still has to bring together, until the consolidated report is sent."""
    agency = turn.facts.agency
    tracked = ReportShelf.of(turn.book).submitted(period, (*reporting_units(agency), WHOLE_OFFICE))
    whole = tracked.pop(WHOLE_OFFICE)
    if whole is not None and whole.state == ReportState.SENT:
        return
    above = agency.office.parent_code
    to = agency.outside_authority(above).name(texts.language) if above else texts.get("reports.superior")
    words = {"period": period_name(period, texts), "to": to, "due": cards.shown_date(period.due(), texts)}
    lacking = [unit_name(agency, unit, texts.language) for unit, kept in tracked.items() if kept is None]
    if lacking:
        yield texts.get("reports.remind_focal", units="; ".join(lacking), **words)
    else:
        yield texts.get("reports.remind_focal_all", **words)


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.facts.agency.zone).date()
