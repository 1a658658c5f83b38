"""When people are at work, and when citizens write: moments on the office's calendar. Pure but for the chance."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from random import Random
from typing import Final
from zoneinfo import ZoneInfo

from petitions.calendar import WorkingCalendar

_SHIFTS: Final = ((dt.time(7, 30), dt.time(11, 30)), (dt.time(13, 30), dt.time(17, 0)))
DAY_HOURS: Final = 7.5
"""Hours of a working day."""
_DAY: Final = dt.timedelta(days=1)
_WRITING: Final = (
    0.2, 0.1, 0.05, 0.05, 0.1, 0.4, 1, 2, 4, 5, 5, 4, 3, 3, 4, 4, 4, 4, 3.5, 4, 5, 4, 2, 0.8,
)  # fmt: skip
"""How much is written to the office in each hour of a day."""
_WEEK: Final = (1.15, 1.05, 1.0, 1.0, 0.95, 0.6, 0.5)
_MONTHS: Final = (1.1, 0.9, 1.15, 1.1, 1.0, 1.05, 1.1, 1.05, 0.95, 1.0, 1.0, 1.05)
_BEFORE_TET: Final = 1.7
_HOLIDAY: Final = 0.35
_TET_DAYS: Final = 5
"""So many weekdays off on end at the turn of the year are Tết."""
_RUSH: Final = 25
"""Days before it in which more is written."""


@dataclass(frozen=True, slots=True)
class Hours:
    """The office's hours, from its calendar and zone."""

    calendar: WorkingCalendar
    zone: ZoneInfo

    def local(self, moment: dt.datetime) -> dt.datetime:
        return moment.astimezone(self.zone)

    def at(self, day: dt.date, hour: float) -> dt.datetime:
        """That hour of a day in the office's zone, as UTC."""
        minutes = round(hour * 60)
        local = dt.datetime.combine(day, dt.time(minutes // 60 % 24, minutes % 60), self.zone)
        return local.astimezone(dt.UTC)

    def open(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself where people are at work, else the next one at which they are."""
        local = self.local(moment)
        day = local.date()
        if self.calendar.is_working(day):
            for start, end in _SHIFTS:
                if local.time() < start:
                    return dt.datetime.combine(day, start, self.zone).astimezone(dt.UTC)
                if local.time() < end:
                    return moment
        day = self.calendar.next_working(day + _DAY)
        return dt.datetime.combine(day, _SHIFTS[0][0], self.zone).astimezone(dt.UTC)

    def after(self, moment: dt.datetime, hours: float) -> dt.datetime:
        """So many hours of work later, always a moment at which people are at work."""
        at = self.open(moment)
        days, hours = divmod(hours, DAY_HOURS)
        if days:
            local = self.local(at)
            day = self.calendar.add_working_days(local.date(), int(days))
            at = dt.datetime.combine(day, local.time(), self.zone).astimezone(dt.UTC)
        left = dt.timedelta(hours=hours)
        while True:
            local = self.local(at)
            end = next(end for _, end in _SHIFTS if local.time() < end)
            until = dt.datetime.combine(local.date(), end, self.zone).astimezone(dt.UTC)
            if at + left < until:
                return at + left
            left -= until - at
            at = self.open(until)


class Arrivals:
    """When matters are told: more in the week than at its end, more before Tết, hardly any at night."""

    def __init__(self, hours: Hours, first: dt.date, last: dt.date) -> None:
        self._hours = hours
        self._days = [first + n * _DAY for n in range((last - first).days + 1)]
        rush = _rush_days(hours.calendar, first, last)
        self._weights = list(accumulate(self._weight(day, rush) for day in self._days))
        self._clock = list(accumulate(_WRITING))

    def draw(self, chance: Random) -> dt.datetime:
        """One moment."""
        day = self._days[_pick(self._weights, chance)]
        hour = _pick(self._clock, chance) + chance.random() * 0.99
        return self._hours.at(day, hour)

    def soon(self, moment: dt.datetime, hours: float, chance: Random) -> dt.datetime:
        """About so many hours later, at an hour at which people write."""
        at = moment + dt.timedelta(hours=hours * (0.5 + chance.random()))
        local = self._hours.local(at)
        if 6 <= local.hour < 22:
            return at
        day = local.date() if local.hour < 6 else local.date() + _DAY
        return self._hours.at(day, 7 + 2 * chance.random())

    def _weight(self, day: dt.date, rush: frozenset[dt.date]) -> float:
        weight = _WEEK[day.weekday()] * _MONTHS[day.month - 1]
        if day in rush:
            weight *= _BEFORE_TET
        if day.weekday() < 5 and not self._hours.calendar.is_working(day):
            weight *= _HOLIDAY
        return weight


def _pick(cumulated: list[float], chance: Random) -> int:
    return min(bisect_right(cumulated, chance.random() * cumulated[-1]), len(cumulated) - 1)


def _rush_days(calendar: WorkingCalendar, first: dt.date, last: dt.date) -> frozenset[dt.date]:
    """The weeks before each Tết between the days."""
    rush: set[dt.date] = set()
    run = 0
    day = first
    while day <= last + _RUSH * _DAY:
        if day.weekday() < 5:
            run = 0 if calendar.is_working(day) else run + 1
            if run == _TET_DAYS and day.month <= 3:
                rush |= {day - n * _DAY for n in range(_RUSH + 7)}
        day += _DAY
    return frozenset(rush)
