"""The Vietnamese working calendar: which days are worked, and how working days are counted.

Monday to Friday, without holidays and days off in exchange, with worked rest days. The day of the event is
not counted (Bộ luật Dân sự 2015 Đ147 k2–3). The table of days off is data; an agency corrects it by a file, and
years that are not in it come from a source that the service hands in.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import tomllib
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

_DAY = dt.timedelta(days=1)
_EARLIEST: Final = 2000
_LATEST: Final = 2100
"""A date outside these years is a slip of the hand."""
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

    @field_validator("date", "last")
    @classmethod
    def _within_our_time(cls, value: dt.date | None) -> dt.date | None:
        if value is not None and not _EARLIEST <= value.year <= _LATEST:
            raise ValueError(f"the year must lie between {_EARLIEST} and {_LATEST}")
        return value

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

    years: tuple[Annotated[int, Field(ge=_EARLIEST, le=_LATEST)], ...] = ()
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


Source = Callable[[int], Iterable[SpecialDay]]
"""Gives the days off of a year for which no complete list was shipped."""


@dataclass(frozen=True, slots=True)
class _Year:
    """One year made ready for counting."""

    special: Mapping[dt.date, SpecialDay]
    worked: tuple[int, ...]
    """Ordinals of the working days, in order."""
    provisional: tuple[int, ...]
    """Ordinals of the days that may still be decided otherwise."""


class WorkingCalendar:
    """Which days are worked. Does not change; `with_overrides` and `with_source` make another one."""

    def __init__(
        self,
        special: Iterable[SpecialDay] = (),
        years: Iterable[int] = (),
        *,
        source: Source | None = None,
        ordinary: Iterable[dt.date] = (),
    ) -> None:
        """`source` is asked only for years not among `years`, once each, when such a year is first needed."""
        self._special: dict[int, dict[dt.date, SpecialDay]] = {}
        for day in special:
            self._special.setdefault(day.date.year, {})[day.date] = day
        self._years = frozenset(years)
        self._source = source
        self._ordinary = frozenset(ordinary)
        self._ready: dict[int, _Year] = {}

    @classmethod
    def from_packaged(cls) -> WorkingCalendar:
        """The calendar shipped with the project (2026 and 2027)."""
        return _packaged()

    def with_source(self, source: Source) -> WorkingCalendar:
        """This calendar with a source for the years it has no complete list of; its own days win."""
        return WorkingCalendar(self._own_days(), self._years, source=source, ordinary=self._ordinary)

    def with_overrides(self, data: Mapping[str, Any]) -> WorkingCalendar:
        """This calendar corrected by an agency's file: its `off`, `worked` and `ordinary` days win.

        Raises:
            CalendarProblem: naming every fault by its place.
        """
        file = _read(data)
        ours = {day.date: day for day in _special_days(file)}
        ordinary = {day for line in file.ordinary for day in line.days()}
        special = {day.date: day for day in self._own_days() if day.date not in ordinary} | ours
        return WorkingCalendar(
            special.values(),
            self._years | set(file.years),
            source=self._source,
            ordinary=(self._ordinary | ordinary) - set(ours),
        )

    def covers(self, day: dt.date) -> bool:
        """Whether the days off of that year are decided; another year rests on the source, or on weekends."""
        return day.year in self._years

    def special(self, day: dt.date) -> SpecialDay | None:
        """What is special about a day, for showing why a date is what it is."""
        return self._year(day.year).special.get(day)

    def is_working(self, day: dt.date) -> bool:
        """Whether the office works on that day."""
        special = self._year(day.year).special.get(day)
        return special.works if special is not None else day.weekday() < 5

    def is_provisional(self, start: dt.date, end: dt.date) -> bool:
        """Whether a count from `start` to `end` rests on days that may still be decided otherwise."""
        if not (self.covers(start) and self.covers(end)):
            return True
        first, last = start.toordinal(), end.toordinal()
        for year in range(start.year, end.year + 1):
            open_days = self._year(year).provisional
            if bisect_right(open_days, last) > bisect_right(open_days, first):
                return True
        return False

    def next_working(self, day: dt.date) -> dt.date:
        """The day itself if it is worked, else the next one that is (Bộ luật Dân sự 2015 Đ148 k5)."""
        return self._at(day.year, bisect_left(self._year(day.year).worked, day.toordinal()))

    def previous_working(self, day: dt.date) -> dt.date:
        """The day itself if it is worked, else the last one before it that is."""
        return self._at(day.year, bisect_right(self._year(day.year).worked, day.toordinal()) - 1)

    def add_working_days(self, start: dt.date, n: int) -> dt.date:
        """The n-th working day after `start`; the start day is not counted, whether it is worked or not.

        Raises:
            ValueError: n is less than 1.
        """
        if n < 1:
            raise ValueError("the number of working days must be at least 1")
        return self._at(start.year, bisect_right(self._year(start.year).worked, start.toordinal()) + n - 1)

    def minus_working_days(self, day: dt.date, n: int) -> dt.date:
        """The n-th working day before `day`, which itself is not counted.

        Raises:
            ValueError: n is less than 1.
        """
        if n < 1:
            raise ValueError("the number of working days must be at least 1")
        return self._at(day.year, bisect_left(self._year(day.year).worked, day.toordinal()) - n)

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """How many working days lie after `start` up to and with `end`; 0 where `end` is not later."""
        if end <= start:
            return 0
        between = sum(len(self._year(year).worked) for year in range(start.year, end.year))
        before = bisect_right(self._year(start.year).worked, start.toordinal())
        return between - before + bisect_right(self._year(end.year).worked, end.toordinal())

    def fingerprint(self, first: dt.date, last: dt.date) -> str:
        """A short word that changes when a day from `first` to `last` becomes off or worked.

        Names and decisions do not matter, only whether the office works. Kept beside open deadlines, it tells
        after a restart whether they must be reckoned anew.
        """
        worked = [
            ordinal
            for year in range(first.year, last.year + 1)
            for ordinal in self._year(year).worked
            if first.toordinal() <= ordinal <= last.toordinal()
        ]
        return hashlib.sha256(repr(worked).encode()).hexdigest()[:16]

    def _own_days(self) -> Iterator[SpecialDay]:
        for days in self._special.values():
            yield from days.values()

    def _year(self, year: int) -> _Year:
        ready = self._ready.get(year)
        if ready is None:
            ready = self._ready[year] = self._made_ready(year)
        return ready

    def _made_ready(self, year: int) -> _Year:
        special: dict[dt.date, SpecialDay] = {}
        if self._source is not None and year not in self._years:
            special = {day.date: day for day in self._source(year) if day.date not in self._ordinary}
        special |= self._special.get(year, {})
        first, last = dt.date(year, 1, 1).toordinal(), dt.date(year, 12, 31).toordinal()
        # 1 January of the year 1 was a Monday, so an ordinal tells its weekday
        worked = {ordinal for ordinal in range(first, last + 1) if (ordinal - 1) % 7 < 5}
        worked |= {day.date.toordinal() for day in special.values() if day.works}
        worked -= {day.date.toordinal() for day in special.values() if not day.works}
        open_days = sorted(day.date.toordinal() for day in special.values() if day.provisional)
        return _Year(special, tuple(sorted(worked)), tuple(open_days))

    def _at(self, year: int, index: int) -> dt.date:
        """The working day at that place of the year's list; places before and beyond lie in other years."""
        worked = self._year(year).worked
        while index < 0 or index >= len(worked):
            step = -1 if index < 0 else 1
            if not dt.MINYEAR <= year + step <= dt.MAXYEAR:
                raise OverflowError("the count leaves the years that dates can name")
            if step > 0:
                index -= len(worked)
            year += step
            worked = self._year(year).worked
            if step < 0:
                index += len(worked)
        return dt.date.fromordinal(worked[index])


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
    problems = [*_contradictions(file)]
    if problems:
        raise CalendarProblem("\n".join(problems))
    return file


def _contradictions(file: _CalendarFile) -> Iterator[str]:
    """What no calendar can say: a day both off and worked or ordinary, a worked weekday."""
    off = {day for line in file.off for day in line.days()}
    worked = {day for line in file.worked for day in line.days()}
    for place, line in enumerate(file.worked):
        weekday = next((day for day in line.days() if day.weekday() < 5), None)
        if not off.isdisjoint(line.days()):
            yield f"worked[{place}].date: the same day is listed as off"
        elif weekday is not None:
            yield (
                f"worked[{place}].date: {weekday.isoformat()} is no Saturday or Sunday; a day off of the shipped "
                "table that is worked after all belongs under ordinary"
            )
    for place, line in enumerate(file.ordinary):
        if not (off | worked).isdisjoint(line.days()):
            yield f"ordinary[{place}].date: the same day is listed as off or worked"


def _said(path: tuple[str | int, ...], message: str) -> str:
    place = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return f"{place}: {message}"


@cache
def _packaged() -> WorkingCalendar:
    text = (files("petitions") / "data" / "days_off.toml").read_text("utf-8")
    file = _read(tomllib.loads(text))
    return WorkingCalendar(_special_days(file), file.years)
