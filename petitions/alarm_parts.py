"""The `deadlines` section of an agency profile: who is warned when, and at which hours nobody is disturbed."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, ConfigDict, Field, field_validator, model_validator

from petitions.agency_parts import Part

_SHAPE: Final = re.compile(r"([1-9][0-9]{0,2})\s*(%|wd|d)")
_HOUR: Final = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")
_LONGEST: Final = 120
"""Days; a warning or a level further away than that is a slip of the hand."""


def _time(value: Any) -> Any:
    """`7:30`, also as the number of minutes that YAML makes of `18:00` without quotes."""
    if isinstance(value, dt.time):
        return value
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 24 * 60:
        return dt.time(value // 60, value % 60)
    found = _HOUR.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{value!r} is no time of day such as '07:30'")
    return dt.time(int(found[1]), int(found[2]))


Hour = Annotated[dt.time, BeforeValidator(_time)]


class Warn(Part):
    """How long before `aim` a warning comes: a share of the whole time, or a number of days."""

    amount: int
    unit: Literal["%", "wd", "d"]


def _warning(value: Any) -> Any:
    if isinstance(value, Warn | dict):
        return value
    found = _SHAPE.fullmatch(str(value).strip())
    if found is None:
        raise ValueError(
            f"{value!r} is no warning; write a share such as '50%', working days such as '2wd', or days such as '3d'"
        )
    amount = int(found[1])
    if found[2] == "%" and amount >= 100:
        raise ValueError(f"{value!r}: the share of the time counted back must be below 100%")
    if amount > _LONGEST:
        raise ValueError(f"{value!r} is more than {_LONGEST} days before the date")
    return {"amount": amount, "unit": found[2]}


Warning_ = Annotated[Warn, BeforeValidator(_warning)]
Days = Annotated[int, Field(ge=0, le=_LONGEST)]


class Ladder(Part):
    """After how many working days that were late through each level hears: 0 is the first late working
    morning."""

    officer: Days = 0
    head: Days = 1
    focal: Days = 3
    director: Days = 5

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        steps = (self.officer, self.head, self.focal, self.director)
        if list(steps) != sorted(steps):
            raise ValueError(
                "the ladder climbs: officer, head, focal, director, none earlier than the one before"
            )
        return self


class Quiet(Part):
    """The hours of every day in which nobody is alarmed. The same hour twice: there are none."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    start: Annotated[Hour, Field(alias="from")] = dt.time(18)
    end: Annotated[Hour, Field(alias="to")] = dt.time(7, 30)

    def covers(self, hour: dt.time) -> bool:
        """Whether that hour of a working day is one of them; `end` itself is not."""
        if self.start <= self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


class Digest(Part):
    """How alarms are told together."""

    gather: Annotated[int, Field(ge=0, le=240)] = 10
    """Minutes that an alarm waits for others."""
    heads: bool = True
    """A head's summary each working morning."""
    weekly: bool = True
    """An inspector's summary on the first working day of the week."""


class Deadlines(Part):
    """When warnings and alarms go out, and to whom. Agency rules, not law."""

    warnings: Annotated[tuple[Warning_, ...], Field(max_length=8)] = (
        Warn(amount=50, unit="%"),
        Warn(amount=2, unit="wd"),
        Warn(amount=1, unit="wd"),
    )
    ladder: Ladder = Ladder()
    quiet: Quiet = Quiet()
    morning: Hour = dt.time(7, 30)
    """When what hangs on a day is told."""
    digest: Digest = Digest()

    @field_validator("warnings")
    @classmethod
    def _no_twins(cls, value: tuple[Warn, ...]) -> tuple[Warn, ...]:
        twins = [warn for place, warn in enumerate(value) if warn in value[:place]]
        if twins:
            raise ValueError(f"'{twins[0].amount}{twins[0].unit}' is given twice")
        return value

    @model_validator(mode="after")
    def _morning_is_not_quiet(self) -> Self:
        if self.quiet.covers(self.morning):
            raise ValueError(
                f"morning {self.morning:%H:%M} lies in the quiet hours {self.quiet.start:%H:%M} to "
                f"{self.quiet.end:%H:%M}; nobody would hear"
            )
        return self
