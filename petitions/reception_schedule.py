"""The reception schedule (lịch tiếp công dân): who receives when and where, and for which days one may register.

Regular hours, the head's own days (Luật Tiếp công dân Đ18 k2, Đ24 k2) and online reception (Đ3a, Nghị định 154/2026
Đ16–24) are lines of one schedule; the working calendar and what was called off take days out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from petitions.calendar import WorkingCalendar
from petitions.reception import Reception, Span, Weekday
from petitions.rules import NoRule, RuleBook

LONGEST_WORDS: Final = 200
WEEKS_SHOWN: Final = 4
OFFICE_HOURS: Final = 0
"""Id of the line that stands for the hours of the profile, where no line was set."""
_POSTED: Final = "A-07"
_INVITED: Final = "A-08"
Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=LONGEST_WORDS)]


@unique
class Mode(StrEnum):
    """How somebody is received. Wire values."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    """By picture and sound, at a place of the office or another one (tiếp công dân trực tuyến)."""


@unique
class BookingState(StrEnum):
    """What became of an appointment. Wire values."""

    BOOKED = "booked"
    CANCELLED = "cancelled"
    """By who booked it, or at their word."""
    CALLED_OFF = "called_off"
    """By the office."""
    CAME = "came"
    MISSED = "missed"


class ScheduleLine(BaseModel):
    """One line: every week on some days, or on one day."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    receiver: Words = ""
    """Name and office of who receives; empty: the officers of the reception unit."""
    place: Words = ""
    """Empty: the office's address; of an online line: how one takes part."""
    mode: Mode = Mode.IN_PERSON
    days: tuple[Weekday, ...] = ()
    on: dt.date | None = None
    """The one day; then `days` is empty."""
    hours: Annotated[tuple[Span, ...], Field(min_length=1, max_length=6)]
    minutes: Annotated[int, Field(ge=10, le=240)] = 60
    seats: Annotated[int, Field(ge=1, le=20)] = 1
    head: bool = False
    """The head receives in person (Thủ trưởng tiếp công dân)."""
    note: Words = ""

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        if bool(self.days) == (self.on is not None):
            raise ValueError("a line is for days of the week or for one day")
        self.times()
        return self

    @classmethod
    def of_profile(cls, reception: Reception) -> ScheduleLine | None:
        """The hours of the profile as a line; None where the office receives on no day."""
        if not reception.days:
            return None
        return cls(
            days=reception.days, hours=reception.hours, minutes=reception.minutes, seats=reception.seats
        )

    def times(self) -> tuple[dt.time, ...]:
        """The times of a day at which somebody may come. Raises ValueError where the hours cross."""
        return self._hours().times()

    def falls_on(self, day: dt.date, calendar: WorkingCalendar) -> bool:
        """Whether somebody is received on that day."""
        if self.on is not None:
            return day == self.on and calendar.is_working(day)
        return self._hours().receives_on(day, calendar)

    def _hours(self) -> Reception:
        return Reception(days=self.days, hours=self.hours, minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Session:
    """A day on which a line falls."""

    line_id: int
    line: ScheduleLine
    day: dt.date
    called_off: str | None = None
    """What people are told where the office called it off."""

    @property
    def key(self) -> str:
        """As it stands in addresses: `<line>-<yyyymmdd>`."""
        return f"{self.line_id}-{self.day:%Y%m%d}"


def sessions(
    lines: Mapping[int, ScheduleLine],
    called_off: Mapping[tuple[int, dt.date], str],
    *,
    first: dt.date,
    last: dt.date,
    calendar: WorkingCalendar,
) -> list[Session]:
    """Every session from `first` to `last`, by day and hour; those called off too."""
    found = [
        Session(line_id, line, day, called_off.get((line_id, day)))
        for day in _days(first, last)
        for line_id, line in lines.items()
        if line.falls_on(day, calendar)
    ]
    return sorted(found, key=lambda each: (each.day, each.line.times()[0], each.line_id))


def first_bookable(mode: Mode, today: dt.date, calendar: WorkingCalendar, rules: RuleBook) -> dt.date:
    """The first day for which one may register on `today`.

    In person the next working day. Online the day before which the office can still invite everybody in time (A-08:
    05 working days, Nghị định 154/2026 Đ23 k1), with a day to do so; before that decree the next working day too.
    """
    if mode is Mode.IN_PERSON:
        return calendar.next_working(today + dt.timedelta(days=1))
    try:
        ahead = rules.rule(_INVITED, today).amount or 0
    except NoRule:
        ahead = 0
    return calendar.add_working_days(today, ahead + 1)


def first_posted(today: dt.date, calendar: WorkingCalendar, rules: RuleBook) -> dt.date:
    """The first day of the head's reception that is posted in time when it is posted today (A-07: at least 05 working
    days before, Luật Tiếp công dân Đ24 k4)."""
    return calendar.add_working_days(today, rules.rule(_POSTED, today).amount or 0)


def has_head_soon(found: Iterable[Session]) -> bool:
    """Whether the head receives in one of the sessions (at least one day a month: Luật Tiếp công dân Đ18 k2)."""
    return any(each.line.head and each.called_off is None for each in found)


def _days(first: dt.date, last: dt.date) -> list[dt.date]:
    return [first + dt.timedelta(days=ahead) for ahead in range((last - first).days + 1)]
