"""Days off of years for which no decision was shipped, from the maintained `holidays` library.

The library is imported when such a year is first asked for, so that nothing else waits for it. Its days are
computed or announced, never read here from a decision, so each counts as provisional.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from petitions.calendar import SpecialDay

_FIRST_YEAR: Final = 1901
_LAST_YEAR: Final = 2100
"""The library knows the lunar calendar in these years; in others only weekends are off."""
_DECISION: Final = "thư viện holidays, chưa có quyết định trong dữ liệu"
_WORKED: Final = "Làm bù theo lịch hoán đổi"


def days_off(year: int) -> Iterator[SpecialDay]:
    """The public holidays, make-up days and worked rest days of that year in Vietnam."""
    if not _FIRST_YEAR <= year <= _LAST_YEAR:
        return
    from holidays import country_holidays

    # a rest day worked in December can stand with the swap of the January after it, and the other way round
    around = range(max(year - 1, _FIRST_YEAR), min(year + 1, _LAST_YEAR) + 1)
    known = country_holidays("VN", years=around, language="vi")
    for day in sorted(known):
        if day.year == year:
            yield SpecialDay(day, works=False, name=known[day], decision=_DECISION, provisional=True)
    for day in sorted(known.weekend_workdays):
        if day.year == year:
            yield SpecialDay(day, works=True, name=_WORKED, decision=_DECISION, provisional=True)
