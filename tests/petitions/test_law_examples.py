"""The printed examples of the law reference, a second reckoning that shares no code, and how fast it is."""

from __future__ import annotations

import random
import time
from datetime import UTC, date, datetime, timedelta

import pytest

from petitions.calendar import WorkingCalendar
from petitions.deadlines import BadReckoning, Suspension, reckon
from petitions.rules import LegalRule, RuleBook

BOOK = RuleBook.packaged()
CALENDAR = WorkingCalendar.from_packaged()
SWAP = {
    "off": [{"date": date(2026, 11, 23), "kind": "swap", "name": "Nghỉ hoán đổi"}],
    "worked": [{"date": date(2026, 11, 28), "name": "Làm bù cho ngày 23/11"}],
}
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("rule_id", "since", "nominal", "due"),
    [
        ("C-03", date(2026, 11, 23), date(2026, 12, 3), date(2026, 12, 3)),
        ("D-04", date(2026, 11, 20), date(2026, 11, 30), date(2026, 11, 30)),
        ("A-01", date(2026, 11, 20), date(2026, 12, 7), date(2026, 12, 7)),
        ("C-05", date(2026, 12, 3), date(2027, 1, 2), date(2027, 1, 4)),
        ("D-09", date(2026, 12, 3), date(2027, 1, 2), date(2027, 1, 4)),
        ("D-10", date(2027, 1, 2), date(2027, 2, 1), date(2027, 2, 1)),
        ("D-11", date(2027, 2, 1), date(2027, 3, 3), date(2027, 3, 3)),
    ],
)
def test_the_printed_examples(rule_id: str, since: date, nominal: date, due: date) -> None:
    found = reckon(BOOK.rule(rule_id, since), since, CALENDAR)
    assert (found.nominal, found.due) == (nominal, due)
    assert found.date == due


def test_a_swap_decided_later_moves_a_running_deadline() -> None:
    swapped = CALENDAR.with_overrides(SWAP)
    since = date(2026, 11, 23)
    found = reckon(BOOK.rule("C-03", since), since, swapped)
    assert found.due == date(2026, 12, 2)
    counted = [day.date for day in found.days if day.number is not None]
    # 25, 26, 27, 28/11 (worked Saturday), 30/11, 01, 02/12
    assert [day.day for day in counted] == [25, 26, 27, 28, 30, 1, 2]
    window = date(2026, 11, 1), date(2026, 12, 31)
    assert swapped.fingerprint(*window) != CALENDAR.fingerprint(*window)
    assert swapped.fingerprint(date(2026, 12, 1), date(2027, 3, 1)) == CALENDAR.fingerprint(
        date(2026, 12, 1), date(2027, 3, 1)
    )


def test_the_count_is_shown_day_by_day() -> None:
    since = date(2026, 11, 20)
    days = reckon(BOOK.rule("D-04", since), since, CALENDAR).days
    assert [(day.date.day, day.number, day.why, day.name) for day in days] == [
        (21, None, "day_off", "Thứ Bảy"),
        (22, None, "day_off", "Chủ nhật"),
        (23, 1, None, ""),
        (24, None, "day_off", "Ngày Văn hóa Việt Nam"),
        (25, 2, None, ""),
        (26, 3, None, ""),
        (27, 4, None, ""),
        (28, None, "day_off", "Thứ Bảy"),
        (29, None, "day_off", "Chủ nhật"),
        (30, 5, None, ""),
    ]
    last = reckon(BOOK.rule("C-05", date(2026, 12, 3)), date(2026, 12, 3), CALENDAR).days[-4:]
    assert [(day.date.day, day.number, day.why, day.name) for day in last] == [
        (1, 29, None, "Tết Dương lịch"),
        (2, 30, None, "Thứ Bảy"),
        (3, None, "moved", "Chủ nhật"),
        (4, None, "moved", ""),
    ]


def test_what_rests_on_days_not_decided_says_so() -> None:
    tet = date(2027, 2, 1)
    assert reckon(BOOK.rule("A-01", tet), tet, CALENDAR).provisional
    # 30 days on is Wed 03/03/2027: the days off before it do not matter to a count of days
    assert not reckon(BOOK.rule("D-09", tet), tet, CALENDAR).provisional
    # 7 days from 04/02/2027 end on a make-up day that is only computed
    start = date(2027, 2, 4)
    assert reckon(BOOK.rule("C-02", start), start, CALENDAR).provisional


def test_hours_from_a_moment_give_a_moment() -> None:
    noticed = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    breach = reckon(BOOK.rule("P-01", noticed.date()), noticed, CALENDAR)
    assert breach.due == datetime(2026, 11, 23, 3, 30, tzinfo=UTC)
    online = reckon(BOOK.rule("A-10", noticed.date()), noticed, CALENDAR)
    assert online.due == datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
    assert breach.days == ()
    with pytest.raises(BadReckoning, match="time zone"):
        reckon(BOOK.rule("P-01", noticed.date()), noticed.replace(tzinfo=None), CALENDAR)
    with pytest.raises(BadReckoning, match="from a day"):
        reckon(BOOK.rule("A-01", noticed.date()), noticed, CALENDAR)


def test_a_year_from_the_leap_day_ends_in_february() -> None:
    # 28/02/2025 was a Friday
    found = reckon(BOOK.rule("C-25", date(2024, 2, 29)), date(2024, 2, 29), CALENDAR)
    assert found.nominal == date(2025, 2, 28)


def test_a_row_without_a_date_has_a_sentence_instead() -> None:
    found = reckon(BOOK.rule("A-12", date(2026, 11, 22)), date(2026, 11, 22), CALENDAR)
    assert (found.nominal, found.due, found.aim, found.amount) == (None, None, None, None)
    assert "only A-01 applies" in found.rule.sentence
    with pytest.raises(LookupError, match="gives no date"):
        _ = found.date


@pytest.mark.parametrize("rule_id", ["C-03", "C-05", "C-25"])
def test_the_end_of_all_dates_is_refused(rule_id: str) -> None:
    last = date(9999, 12, 31)
    with pytest.raises(BadReckoning, match="leaves the years"):
        reckon(BOOK.rule(rule_id, last), last, CALENDAR)


# --- the second reckoning: one day after the other, its own list of days off, nothing of ours

OFF = {
    *("2026-01-01", "2026-01-02", "2026-02-16", "2026-02-17", "2026-02-18", "2026-02-19", "2026-02-20"),
    *("2026-04-27", "2026-04-30", "2026-05-01", "2026-08-31", "2026-09-01", "2026-09-02", "2026-11-24"),
    *("2027-01-01", "2027-02-05", "2027-02-08", "2027-02-09", "2027-02-10", "2027-02-11", "2027-04-16"),
    *("2027-04-30", "2027-05-03", "2027-09-02", "2027-09-03", "2027-11-24"),
}
WORKED = {"2026-01-10", "2026-08-22"}


def open_on(day: date) -> bool:
    text = day.isoformat()
    return text in WORKED or (text not in OFF and day.isoweekday() <= 5)


def walked(rule: LegalRule, since: date, stops: list[Suspension]) -> tuple[date, date, date]:
    """Nominal, due and aim by walking from day to day."""
    step = DAY if rule.direction == "after" else -DAY
    day, left = since, rule.amount or 0
    while left:
        day += step
        if any(first <= day < resumed for first, resumed in stops):
            continue
        if rule.unit == "d" or open_on(day):
            left -= 1
    nominal = due = aim = day
    while rule.direction == "after" and not open_on(due):
        due += DAY
    while not open_on(aim):
        aim -= DAY
    return nominal, due, aim


def stops_for(chance: random.Random, rule: LegalRule, since: date) -> list[Suspension]:
    """None, one or two suspensions that the law would allow."""
    stops: list[Suspension] = []
    earliest = since
    for _ in range(chance.choice((0, 0, 1, 2)) if rule.direction == "after" else 0):
        latest = walked(rule, since, stops)[0]
        if latest < earliest:
            break
        first = earliest + DAY * chance.randint(0, (latest - earliest).days)
        stops.append((first, first + DAY * chance.randint(0, 25)))
        earliest = stops[-1][1]
    return stops


def test_a_second_reckoning_agrees_on_ten_thousand_cases() -> None:
    chance = random.Random(2026)
    counted = [rule for rule in BOOK.rules() if rule.unit in {"d", "wd"}]
    assert len(counted) > 70
    suspended = 0
    for _ in range(10_000):
        rule = chance.choice(counted)
        since = date(2026, 1, 15) + DAY * chance.randint(0, 590)
        stops = stops_for(chance, rule, since)
        suspended += bool(stops)
        found = reckon(rule, since, CALENDAR, suspensions=stops)
        assert (found.nominal, found.due, found.aim) == walked(rule, since, stops), (rule.id, since, stops)
    assert suspended > 3_000


def test_reckoning_is_fast() -> None:
    since = date(2026, 11, 20)
    rule = BOOK.rule("A-01", since)

    def once() -> float:
        begun = time.perf_counter()
        for _ in range(500):
            reckon(rule, since, CALENDAR)
        return (time.perf_counter() - begun) / 500

    assert min(once() for _ in range(10)) < 50e-6
