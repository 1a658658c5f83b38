"""When units submit their report to the focal unit, and when they are reminded: the office's own dates, not law.

The law's date is that of the whole office (Thông tư 06/2025 Đ7 k2); the focal unit needs some days before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field

from petitions.agency_parts import Part
from petitions.calendar import WorkingCalendar
from petitions.reports.periods import Period, ending_on_or_after

Days = Annotated[int, Field(ge=0, le=30)]
_AFTERWARDS: Final = 5
"""Days after the law's date in which somebody is still reminded; then the period is history."""


class Reporting(Part):
    """The `reports` section of the profile."""

    submit_days: Annotated[int, Field(ge=0, le=2)] = 1
    """Days before the law's date by which a unit gives its report to the focal unit; a period ends three days
    before that date."""
    remind_days: Days = 3
    """Days before a unit's date on which its head is reminded for the first time."""


def unit_due(period: Period, rules: Reporting, calendar: WorkingCalendar) -> dt.date:
    """The day by which a unit submits: a working day after the period's end, unless there is none before the law's
    date."""
    due = calendar.previous_working(period.due() - dt.timedelta(days=rules.submit_days))
    return due if due > period.last else period.due()


def reminder_days(period: Period, rules: Reporting, calendar: WorkingCalendar) -> Iterator[dt.date]:
    """The working days on which who has not submitted is reminded: some days before, on the day itself, and each
    working day after it."""
    due = unit_due(period, rules, calendar)
    first = calendar.previous_working(due - dt.timedelta(days=rules.remind_days))
    if first < due:
        yield first
    day = calendar.previous_working(due)
    last = period.due() + dt.timedelta(days=_AFTERWARDS)
    while day <= last:
        if day > first or first >= due:
            yield day
        day = calendar.next_working(day + dt.timedelta(days=1))


def next_reminder(after: dt.date, rules: Reporting, calendar: WorkingCalendar) -> dt.date:
    """The first reminder's day after a day, of whatever period."""
    found = (day for period in around(after) for day in reminder_days(period, rules, calendar) if day > after)
    return min(found)


def asked_on(day: dt.date, rules: Reporting, calendar: WorkingCalendar) -> tuple[Period, ...]:
    """The periods whose reports are asked for on that day, between the first reminder and the last."""
    found = []
    for period in around(day):
        days = list(reminder_days(period, rules, calendar))
        if days[0] <= day <= days[-1]:
            found.append(period)
    return tuple(found)


def around(day: dt.date) -> tuple[Period, ...]:
    """The periods that ended last, and the next ones to end."""
    coming = ending_on_or_after(day)
    past = ending_on_or_after(min(each.first for each in coming if each == coming[0]) - dt.timedelta(days=1))
    return past + coming
