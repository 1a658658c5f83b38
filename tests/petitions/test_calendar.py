"""Working days against dates counted by hand on a wall calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.calendar import CalendarProblem, SpecialDay, WorkingCalendar
from petitions.deadlines import NoRule, first_answer_due, legal_rule

CALENDAR = WorkingCalendar.from_packaged()
HANOI = ZoneInfo("Asia/Ho_Chi_Minh")
DAYS = st.dates(date(2025, 12, 1), date(2028, 3, 1))


@pytest.mark.parametrize(
    ("start", "n", "end"),
    [
        # an ordinary week: Mon 05/10/2026, the Monday itself not counted
        (date(2026, 10, 5), 1, date(2026, 10, 6)),
        (date(2026, 10, 5), 10, date(2026, 10, 19)),
        # from a Saturday or Sunday the first day counted is Monday
        (date(2026, 10, 10), 1, date(2026, 10, 12)),
        (date(2026, 10, 11), 5, date(2026, 10, 16)),
        # Tết 2026: Fri 13/02, then off until Sun 22/02
        (date(2026, 2, 13), 1, date(2026, 2, 23)),
        # Giỗ Tổ made up on Mon 27/4, then 30/4 and 01/5 off: Fri 24/4 -> 28, 29, then Mon 04/5
        (date(2026, 4, 24), 3, date(2026, 5, 4)),
        # Quốc khánh 2026: Sat 22/8 worked, Mon 31/8 – Wed 02/9 off:
        # 22, 24, 25, 26, 27, 28 August, then 3, 4, 7, 8 September
        (date(2026, 8, 21), 1, date(2026, 8, 22)),
        (date(2026, 8, 21), 10, date(2026, 9, 8)),
        (date(2026, 8, 28), 1, date(2026, 9, 3)),
        # 24/11/2026, Ngày Văn hóa Việt Nam (Tuesday); 23/11 is a normal Monday
        (date(2026, 11, 23), 1, date(2026, 11, 25)),
        (date(2026, 11, 22), 10, date(2026, 12, 7)),
        # Tết 2027: Fri 05/02 – Thu 11/02 off (provisional)
        (date(2027, 2, 3), 2, date(2027, 2, 12)),
        (date(2027, 2, 1), 10, date(2027, 2, 22)),
        # 30/4/2027 Friday, 01/5 Saturday made up on Mon 03/5
        (date(2027, 4, 29), 1, date(2027, 5, 4)),
        # across the new year: Thu 31/12/2026 -> Fri 01/01 off -> Mon 04/01/2027
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
    ],
)
def test_working_days_counted_by_hand(start: date, n: int, end: date) -> None:
    assert CALENDAR.add_working_days(start, n) == end


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 1, 2), False),
        (date(2026, 1, 10), True),
        (date(2026, 4, 26), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 23), False),
        (date(2026, 11, 24), False),
        (date(2026, 11, 23), True),
        (date(2026, 11, 28), False),
        (date(2027, 2, 12), True),
        (date(2027, 9, 3), False),
    ],
)
def test_single_days(day: date, works: bool) -> None:
    assert CALENDAR.is_working(day) is works


def test_days_that_may_change_are_marked() -> None:
    assert CALENDAR.is_provisional(date(2027, 2, 1), date(2027, 2, 22))
    assert not CALENDAR.is_provisional(date(2026, 10, 5), date(2026, 10, 19))
    assert CALENDAR.is_provisional(date(2027, 12, 27), date(2028, 1, 10))
    assert not CALENDAR.covers(date(2028, 1, 10))
    tet = CALENDAR.special(date(2027, 2, 8))
    assert tet is not None
    assert tet.provisional
    assert "Tết" in tet.name


def test_an_agency_corrects_the_table_by_data() -> None:
    corrected = CALENDAR.with_overrides(
        {
            "off": [{"date": date(2026, 11, 23), "kind": "swap", "name": "Nghỉ hoán đổi"}],
            "worked": [{"date": "2026-11-28"}],
            "ordinary": [{"date": date(2027, 9, 3)}],
            "years": [2028],
        }
    )
    assert corrected.add_working_days(date(2026, 11, 20), 1) == date(2026, 11, 25)
    assert corrected.is_working(date(2026, 11, 28))
    assert corrected.is_working(date(2027, 9, 3))
    assert corrected.covers(date(2028, 5, 5))
    assert CALENDAR.is_working(date(2026, 11, 23))


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"of": []}, "of: "),
        ({"off": [{"date": "2026-13-01"}]}, r"off\[0\].date: "),
        ({"off": [{"date": date(2026, 5, 2), "last": date(2026, 5, 1)}]}, r"off\[0\]: "),
        ({"off": [{"date": date(2026, 1, 1), "last": date(2029, 1, 1)}]}, r"off\[0\]: "),
        (
            {"off": [{"date": date(2026, 5, 2)}], "worked": [{"date": date(2026, 5, 2)}]},
            r"worked\[0\].date: ",
        ),
        ({"worked": [{"date": date(2026, 11, 25)}]}, r"worked\[0\].date: 2026-11-25 is no Saturday"),
        (
            {"off": [{"date": date(2026, 5, 2)}], "ordinary": [{"date": date(2026, 5, 2)}]},
            r"ordinary\[0\].date: the same day",
        ),
        ({"off": [{"date": date(2206, 11, 23)}]}, r"off\[0\].date: .*between 2000 and 2100"),
        ({"off": [{"date": "30/02/2026"}]}, r"off\[0\].date: "),
        ({"years": [26]}, r"years\[0\]: "),
    ],
)
def test_a_faulty_calendar_file_is_named(data: dict[str, object], message: str) -> None:
    with pytest.raises(CalendarProblem, match=message):
        CALENDAR.with_overrides(data)


@given(DAYS, st.integers(1, 60))
def test_counting_is_right_for_any_start(start: date, n: int) -> None:
    end = CALENDAR.add_working_days(start, n)
    assert CALENDAR.is_working(end)
    assert CALENDAR.working_days_between(start, end) == n
    assert CALENDAR.add_working_days(start, n + 1) > end


@given(DAYS)
def test_the_next_working_day_is_the_nearest(day: date) -> None:
    found = CALENDAR.next_working(day)
    assert CALENDAR.is_working(found)
    assert all(not CALENDAR.is_working(day + timedelta(days=gap)) for gap in range((found - day).days))


@given(DAYS, st.integers(1, 60))
def test_counting_back_is_counting_forward_the_other_way(day: date, n: int) -> None:
    start = CALENDAR.minus_working_days(day, n)
    assert CALENDAR.is_working(start)
    assert CALENDAR.working_days_between(start, day - timedelta(days=1)) == n - 1
    assert CALENDAR.previous_working(day) <= day <= CALENDAR.next_working(day)
    assert CALENDAR.is_working(CALENDAR.previous_working(day))
    assert CALENDAR.working_days_between(day, start) == 0


@pytest.mark.parametrize(
    ("day", "n", "start"),
    [
        # warnings before Thu 03/12/2026: one and two working days
        (date(2026, 12, 3), 1, date(2026, 12, 2)),
        (date(2026, 12, 3), 2, date(2026, 12, 1)),
        # over 24/11/2026: Wed 25, then Mon 23, Fri 20
        (date(2026, 11, 26), 3, date(2026, 11, 20)),
        # over Tết 2026: Mon 23/02 back to Fri 13/02
        (date(2026, 2, 23), 1, date(2026, 2, 13)),
        # over the new year: Mon 04/01/2027 back to Thu 31/12/2026
        (date(2027, 1, 4), 1, date(2026, 12, 31)),
        # the swapped Saturday 22/8/2026 counts: Mon 24, then Sat 22
        (date(2026, 8, 25), 2, date(2026, 8, 22)),
    ],
)
def test_working_days_back_counted_by_hand(day: date, n: int, start: date) -> None:
    assert CALENDAR.minus_working_days(day, n) == start


def test_years_without_a_table_come_from_the_source() -> None:
    asked: list[int] = []

    def source(year: int) -> list[SpecialDay]:
        asked.append(year)
        tet = SpecialDay(date(year, 1, 26), works=False, name="Tết", decision="", provisional=True)
        swap = SpecialDay(date(year, 1, 29), works=True, name="Làm bù", decision="", provisional=True)
        return [tet, swap]

    with_source = CALENDAR.with_source(source)
    assert with_source.is_working(date(2026, 1, 26))
    assert asked == []
    # Wed 26/01/2028 off, Sat 29 worked
    assert with_source.add_working_days(date(2028, 1, 25), 3) == date(2028, 1, 29)
    assert not with_source.covers(date(2028, 1, 26))
    assert with_source.is_provisional(date(2028, 1, 3), date(2028, 1, 4))
    assert asked == [2028]
    ours = with_source.with_overrides(
        {"ordinary": [{"date": date(2028, 1, 26)}], "off": [{"date": date(2028, 1, 27), "name": "Lễ"}]}
    )
    assert ours.is_working(date(2028, 1, 26))
    assert not ours.is_working(date(2028, 1, 27))
    assert ours.is_working(date(2028, 1, 29))
    complete = with_source.with_overrides({"years": [2028]})
    assert complete.is_working(date(2028, 1, 26))
    assert complete.covers(date(2028, 1, 26))


def test_a_fingerprint_tells_a_changed_calendar() -> None:
    year = date(2026, 11, 1), date(2027, 11, 1)
    same = CALENDAR.with_overrides({"off": [{"date": date(2026, 11, 24), "name": "Another name"}]})
    moved = CALENDAR.with_overrides({"off": [{"date": date(2027, 3, 1)}]})
    assert same.fingerprint(*year) == CALENDAR.fingerprint(*year)
    assert moved.fingerprint(*year) != CALENDAR.fingerprint(*year)
    assert len(CALENDAR.fingerprint(*year)) == 16


@pytest.mark.parametrize("n", [0, -3])
def test_nonsense_amounts_are_refused(n: int) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.add_working_days(date(2026, 10, 5), n)
    with pytest.raises(ValueError, match="at least 1"):
        CALENDAR.minus_working_days(date(2026, 10, 5), n)


def test_a_count_cannot_leave_the_years_that_dates_can_name() -> None:
    with pytest.raises(OverflowError):
        CALENDAR.add_working_days(date(9999, 12, 30), 5)
    with pytest.raises(OverflowError):
        CALENDAR.minus_working_days(date(1, 1, 1), 1)


def test_the_first_answer_is_due_after_ten_working_days() -> None:
    due = first_answer_due(datetime(2026, 11, 23, 3, 0, tzinfo=UTC), CALENDAR, HANOI)
    assert due.date == date(2026, 12, 8)
    assert (due.rule_id, due.amount, due.unit) == ("A-01", 10, "wd")
    assert due.article == "khoản 1 Điều 28 Luật Tiếp công dân"
    assert due.since == date(2026, 11, 23)
    assert due.provisional is False


def test_the_day_is_the_day_in_vietnam() -> None:
    before = first_answer_due(datetime(2026, 10, 5, 16, 59, tzinfo=UTC), CALENDAR, HANOI)
    after = first_answer_due(datetime(2026, 10, 5, 17, 0, tzinfo=UTC), CALENDAR, HANOI)
    assert (before.since, after.since) == (date(2026, 10, 5), date(2026, 10, 6))
    assert (before.date, after.date) == (date(2026, 10, 19), date(2026, 10, 20))
    with pytest.raises(ValueError, match="time zone"):
        first_answer_due(datetime(2026, 10, 5, 9, 0), CALENDAR, HANOI)  # noqa: DTZ001 - the fault under test


def test_a_deadline_over_undecided_days_says_so() -> None:
    assert first_answer_due(datetime(2027, 2, 1, 2, tzinfo=UTC), CALENDAR, HANOI).provisional


def test_rules_are_kept_with_the_time_they_are_in_force() -> None:
    assert legal_rule("A-01", date(2026, 11, 22)).event == "receipt"
    with pytest.raises(NoRule):
        legal_rule("A-01", date(2014, 6, 30))
    with pytest.raises(NoRule):
        legal_rule("Z-99", date(2026, 11, 22))
