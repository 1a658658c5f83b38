"""When citizens come by appointment: the office's reception hours, and the times they leave free to offer.

The hours are the office's own (regular hours are published by Luật Tiếp công dân Đ24 k2); the working calendar
takes out days off.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from petitions.calendar import WorkingCalendar

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: Final[tuple[Weekday, ...]] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = Annotated[
    str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")
]
"""From and to, as `08:00-11:00`; nobody is received at the end itself."""
_LONGEST_LOOK: Final = 90
"""Days ahead that are looked through for a day of reception."""


class Reception(BaseModel):
    """The `reception` part of the agency section."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    """Empty: no appointments are offered."""
    hours: tuple[Span, ...] = ("08:00-11:00", "14:00-16:00")
    minutes: Annotated[int, Field(ge=10, le=240)] = 60
    """From one appointment to the next."""
    seats: Annotated[int, Field(ge=1, le=20)] = 2
    """People who are received at the same time."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Reception:
        last = dt.time.min
        for span in self.hours:
            start, end = _ends(span)
            if start >= end:
                raise ValueError(f"reception hours must end after they begin: {span}")
            if start < last:
                raise ValueError(f"reception hours must follow one another: {span}")
            last = end
        if self.days and not self.hours:
            raise ValueError("reception days need hours")
        return self

    def times(self) -> tuple[dt.time, ...]:
        """The times of a day at which somebody may come."""
        found = []
        for span in self.hours:
            start, end = _ends(span)
            minute = start.hour * 60 + start.minute
            while minute < end.hour * 60 + end.minute:
                found.append(dt.time(minute // 60, minute % 60))
                minute += self.minutes
        return tuple(found)

    def next_days(self, after: dt.date, calendar: WorkingCalendar, most: int) -> tuple[dt.date, ...]:
        """The next `most` days of reception after `after`; fewer, or none, where there are hardly any."""
        found: list[dt.date] = []
        for ahead in range(1, _LONGEST_LOOK + 1):
            day = after + dt.timedelta(days=ahead)
            if len(found) < most and self.receives_on(day, calendar):
                found.append(day)
        return tuple(found)

    def receives_on(self, day: dt.date, calendar: WorkingCalendar) -> bool:
        """Whether the office receives on that day."""
        return WEEKDAYS[day.weekday()] in self.days and calendar.is_working(day)


def _ends(span: str) -> tuple[dt.time, dt.time]:
    start, _, end = span.partition("-")
    return dt.time.fromisoformat(start), dt.time.fromisoformat(end)
