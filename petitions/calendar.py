"""The Vietnamese working calendar: which days are worked, and how working days are counted.

Monday to Friday, without holidays and days off in exchange, with worked rest days. The day of the event is
not counted (Bộ luật Dân sự 2015 Đ147 k2–3). The table of days off is data; an agency corrects it by a file.
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

_DAY = dt.timedelta(days=1)
_LONGEST_STRETCH = 60
"""Days; no office rests longer, so a longer stretch is a fault in the data."""


class CalendarProblem(ValueError):
    """A calendar file that cannot be used: each fault with its place, as `off[2].date`."""


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    date: dt.date
    last: dt.date | None = None
    """The last day of the stretch; None: one day."""
    name: str = ""
    decision: str = ""
    """What it rests on."""
    known_since: dt.date | None = None
    """The day the decision became known."""
    mark: Literal["verified", "provisional"] = "verified"

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.last is not None and not self.date <= self.last <= self.date + _LONGEST_STRETCH * _DAY:
            raise ValueError(f"last must be at most {_LONGEST_STRETCH} days after date")
        return self

    def days(self) -> Iterator[dt.date]:
        day = self.date
        while day <= (self.last or self.date):
            yield day
            day += _DAY


class _OffLine(_Line):
    kind: Literal["holiday", "make_up", "swap"] = "holiday"


class _CalendarFile(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    years: tuple[int, ...] = ()
    """The years of which the list is complete."""
    off: tuple[_OffLine, ...] = ()
    worked: tuple[_Line, ...] = ()
    """Saturdays and Sundays that are worked."""
    ordinary: tuple[_Line, ...] = ()
    """Days of the shipped table that are neither off nor worked by exchange after all."""


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that is not what its weekday says."""

    date: dt.date
    works: bool
    name: str
    decision: str
    provisional: bool


class WorkingCalendar:
    """Which days are worked. Does not change; `with_overrides` makes another one."""

    def __init__(self, special: Iterable[SpecialDay] = (), years: Iterable[int] = ()) -> None:
        self._special = {day.date: day for day in special}
        self._years = frozenset(years)

    @classmethod
    def from_packaged(cls) -> WorkingCalendar:
        """The calendar shipped with the project (2026 and 2027)."""
        return _packaged()

    def with_overrides(self, data: Mapping[str, Any]) -> WorkingCalendar:
        """This calendar corrected by an agency's file: its `off`, `worked` and `ordinary` days win.

        Raises:
            CalendarProblem: naming every fault by its place.
        """
        file = _read(data)
        special = dict(self._special)
        for line in file.ordinary:
            for day in line.days():
                special.pop(day, None)
        special |= {day.date: day for day in _special_days(file)}
        return WorkingCalendar(special.values(), self._years | set(file.years))

    def covers(self, day: dt.date) -> bool:
        """Whether the days off of that year are known; of another year only the weekends are."""
        return day.year in self._years

    def special(self, day: dt.date) -> SpecialDay | None:
        """What is special about a day, for showing why a date is what it is."""
        return self._special.get(day)

    def is_working(self, day: dt.date) -> bool:
        """Whether the office works on that day."""
        special = self._special.get(day)
        return special.works if special is not None else day.weekday() < 5

    def is_provisional(self, start: dt.date, end: dt.date) -> bool:
        """Whether a count from `start` to `end` rests on days that may still be decided otherwise."""
        if not (self.covers(start) and self.covers(end)):
            return True
        return any(day.provisional and start < day.date <= end for day in self._special.values())

    def next_working(self, day: dt.date) -> dt.date:
        """The day itself if it is worked, else the next one that is (Bộ luật Dân sự 2015 Đ148 k5)."""
        for _ in range(_LONGEST_STRETCH * 3):
            if self.is_working(day):
                return day
            day += _DAY
        raise CalendarProblem("no working day within half a year")

    def add_working_days(self, start: dt.date, n: int) -> dt.date:
        """The n-th working day after `start`; the start day is not counted, whether it is worked or not.

        Raises:
            ValueError: n is less than 1.
        """
        if n < 1:
            raise ValueError("the number of working days must be at least 1")
        day = start
        for _ in range(n):
            day = self.next_working(day + _DAY)
        return day

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """How many working days lie after `start` up to and with `end`; 0 where `end` is not later."""
        days = (start + offset * _DAY for offset in range(1, (end - start).days + 1))
        return sum(self.is_working(day) for day in days)


def _special_days(file: _CalendarFile) -> Iterator[SpecialDay]:
    for lines, works in ((file.off, False), (file.worked, True)):
        for line in lines:
            provisional = line.mark == "provisional"
            for day in line.days():
                yield SpecialDay(day, works, line.name, line.decision, provisional)


def _read(data: Mapping[str, Any]) -> _CalendarFile:
    try:
        file = _CalendarFile.model_validate(data)
    except ValidationError as fault:
        raise CalendarProblem(
            "\n".join(_said(error["loc"], error["msg"]) for error in fault.errors())
        ) from fault
    off = {day for line in file.off for day in line.days()}
    for place, line in enumerate(file.worked):
        if not off.isdisjoint(line.days()):
            raise CalendarProblem(f"worked[{place}].date: the same day is listed as off")
    return file


def _said(path: tuple[str | int, ...], message: str) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return f"{place}: {message}"


@cache
def _packaged() -> WorkingCalendar:
    text = (files("petitions") / "data" / "days_off.toml").read_text("utf-8")
    file = _read(tomllib.loads(text))
    return WorkingCalendar(_special_days(file), file.years)
