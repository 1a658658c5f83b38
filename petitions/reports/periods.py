"""The periods of Thông tư 06/2025/TT-TTCP: their days, their due dates, what is sent, and what to compare with.

A period ends on the 14th, not with the month (Đ7 k1). Days are days in Vietnam, both ends counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from enum import StrEnum, unique
from typing import Final, Literal

EARLIEST: Final = 2000
LATEST: Final = 2200
"""Years that a period can name; others are slips of the pen."""
FORMS_FROM: Final = date(2025, 9, 30)
"""The circular is in force from this day (Đ11); earlier periods are counted by it for comparison only."""


class UnknownPeriod(ValueError):
    """No period is written so; the message says how they are written."""


@unique
class Part(StrEnum):
    """Which reports there are in a year (Đ3 k1, Đ7 k1); the value is how the command line writes it."""

    Q1 = "Q1"
    Q2 = "Q2"
    Q3 = "Q3"
    Q4 = "Q4"
    SIX_MONTHS = "6M"
    NINE_MONTHS = "9M"
    YEAR = "Y"


_FIRST_MONTH: Final = {Part.Q2: 3, Part.Q3: 6, Part.Q4: 9}
"""The month whose 15th begins it; what is not here begins on the 15th of December before."""
_LAST_MONTH: Final = {
    Part.Q1: 3,
    Part.Q2: 6,
    Part.SIX_MONTHS: 6,
    Part.Q3: 9,
    Part.NINE_MONTHS: 9,
    Part.Q4: 12,
    Part.YEAR: 12,
}
_QUARTERS: Final = (Part.Q1, Part.Q2, Part.Q3, Part.Q4)
_WRITTEN: Final = re.compile(r"(?P<year>\d{4})(?:[-/ ]?(?P<part>Q[1-4]|6M|9M|Y))?", re.IGNORECASE)
_BEGINS, _ENDS = 15, 14
_DUE: Final = {"province": 17, "inspectorate": 20}
"""Day of the last month by which it must have arrived (Đ7 k2a): from a department at the provincial people's
committee, from there at Thanh tra Chính phủ."""


@dataclass(frozen=True, slots=True)
class Period:
    """One reporting period of a year."""

    year: int
    part: Part

    @classmethod
    def parse(cls, written: str) -> Period:
        """`2026-Q1` to `2026-Q4`, `2026-6M`, `2026-9M` or `2026`. Raises UnknownPeriod."""
        found = _WRITTEN.fullmatch(written.strip())
        if found is None or not EARLIEST <= int(found["year"]) <= LATEST:
            raise UnknownPeriod(
                f"{written!r} is no period. Write 2026-Q1, 2026-Q2, 2026-Q3 or 2026-Q4 for a quarter, 2026-6M or "
                "2026-9M for six or nine months, 2026 for the year."
            )
        return cls(int(found["year"]), Part((found["part"] or "Y").upper()))

    @property
    def code(self) -> str:
        """How it is written: `2026-Q1`; the year alone as `2026`."""
        return str(self.year) if self.part is Part.YEAR else f"{self.year}-{self.part.value}"

    @property
    def first(self) -> date:
        """The first day counted: the 15th (Đ7 k1a)."""
        month = _FIRST_MONTH.get(self.part)
        return date(self.year - 1, 12, _BEGINS) if month is None else date(self.year, month, _BEGINS)

    @property
    def last(self) -> date:
        """The last day counted: the 14th (Đ7 k1a)."""
        return date(self.year, _LAST_MONTH[self.part], _ENDS)

    def since(self, zone: tzinfo) -> datetime:
        """The first moment of the period."""
        return datetime.combine(self.first, time(), zone)

    def until(self, zone: tzinfo) -> datetime:
        """The first moment after the period."""
        return datetime.combine(self.last + timedelta(days=1), time(), zone)

    def has_ended(self, today: date) -> bool:
        """Whether nothing can happen in it any more; a report made before is provisional."""
        return today > self.last

    def due(self, to: Literal["province", "inspectorate"] = "province") -> date:
        """The calendar day by which the report must be there; days off do not move it (law.md 4.1)."""
        return date(self.year, _LAST_MONTH[self.part], _DUE[to])

    @property
    def has_narrative(self) -> bool:
        """Whether the narrative (Mẫu số 02) goes with the forms: not in quarters II to IV (Đ4)."""
        return self.part not in _QUARTERS[1:]

    @property
    def quarters(self) -> tuple[Period, ...]:
        """The quarters it consists of, in order."""
        inside = (Period(self.year, part) for part in _QUARTERS)
        return tuple(each for each in inside if self.first <= each.first and each.last <= self.last)

    @property
    def previous(self) -> Period:
        """Kỳ trước: the quarter before a quarter; before a longer one the same of the year before."""
        if self.part not in _QUARTERS:
            return self.same_last_year
        place = _QUARTERS.index(self.part)
        return Period(self.year, _QUARTERS[place - 1]) if place else Period(self.year - 1, Part.Q4)

    @property
    def same_last_year(self) -> Period:
        """Cùng kỳ năm trước."""
        return Period(self.year - 1, self.part)


def ending_on_or_after(day: date) -> tuple[Period, ...]:
    """The periods that end at the first end of a quarter not before `day`, the longest last."""
    year = day.year if day <= date(day.year, 12, _ENDS) else day.year + 1
    every = [Period(year, part) for part in Part]
    end = min(each.last for each in every if each.last >= day)
    return tuple(
        sorted((each for each in every if each.last == end), key=lambda each: -each.first.toordinal())
    )
