"""The library's days off against the shipped table, and years only the library knows."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta

import pytest

from bot.holidays_source import days_off
from bot.profile import read_calendar
from petitions.calendar import WorkingCalendar

SHIPPED = WorkingCalendar.from_packaged()


def test_the_library_agrees_with_the_shipped_table_of_2026() -> None:
    library = WorkingCalendar(source=days_off)
    year = [date(2026, 1, 1) + timedelta(days=gap) for gap in range(365)]
    different = {day for day in year if library.is_working(day) is not SHIPPED.is_working(day)}
    # known: the library has not the swap of Fri 02/01 for Sat 10/01 (law reference 7.2; 10/01 RECALLED)
    assert different == {date(2026, 1, 2), date(2026, 1, 10)}
    assert not library.is_working(date(2026, 11, 24))
    assert library.is_working(date(2026, 8, 22))


def test_years_to_come_have_tet_and_are_marked_as_not_decided() -> None:
    calendar = read_calendar(None)
    # Tết Mậu Thân: the first day is Wed 26/01/2028
    special = calendar.special(date(2028, 1, 26))
    assert special is not None
    assert (special.works, special.provisional) == (False, True)
    assert "Tết" in special.name
    assert calendar.is_provisional(date(2028, 1, 20), date(2028, 2, 10))
    assert not calendar.is_provisional(date(2026, 10, 5), date(2026, 10, 19))
    # a swap that crosses the new year stands with both years
    assert any(day.date == date(2014, 12, 27) and day.works for day in days_off(2014))


@pytest.mark.parametrize("year", [1900, 2101])
def test_years_the_library_does_not_know_have_weekends_only(year: int) -> None:
    assert [*days_off(year)] == []


def test_the_library_is_imported_only_when_such_a_year_is_asked_for() -> None:
    script = (
        "import sys, datetime as dt\n"
        "from bot.profile import read_calendar\n"
        "calendar = read_calendar(None)\n"
        "calendar.add_working_days(dt.date(2026, 11, 23), 30)\n"
        "assert 'holidays' not in sys.modules\n"
        "calendar.is_working(dt.date(2028, 1, 26))\n"
        "assert 'holidays' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
