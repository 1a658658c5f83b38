"""Heads are reminded of their unit's report, each for what is theirs, until it is submitted."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from handlers import report_reminders
from petitions.calendar import WorkingCalendar
from petitions.kinds import Role
from petitions.reports.periods import Period
from petitions.reports.reminding import Reporting, asked_on, next_reminder, reminder_days, unit_due
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.reporting_make import make
from storage.reporting_shelf import ReportShelf
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office, sample_agency

AGENCY = sample_agency()
CALENDAR = WorkingCalendar.from_packaged()
Q4, YEAR = Period.parse("2026-Q4"), Period.parse("2026")
HEAD, FOCAL_HEAD, OFFICER = "201", "301", "202"
TITLE = "Báo cáo Quý IV năm 2026"


def at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 12, day, hour, tzinfo=AGENCY.zone).astimezone(dt.UTC)


@pytest.fixture
async def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    office = Office(sqlite_database, vault, ids, clock)
    clock.at = at(8)
    await office.officer(HEAD, "thu_vien", Role.HEAD)
    await office.officer(FOCAL_HEAD, AGENCY.focal_unit, Role.HEAD)
    await office.officer(OFFICER, "thu_vien", Role.OFFICER)
    return office


def reminders(office: Office, chat: str) -> list[str]:
    return [sent.text for sent in office.chat(chat) if sent.text.startswith("Báo cáo ")]


async def submit(office: Office, period: Period, unit: str = "", *, send: bool = False) -> None:
    today = office.clock.now().astimezone(AGENCY.zone).date()

    def work(book: Casebook) -> None:
        shelf = ReportShelf.of(book)
        kept = shelf.finish(make(book, AGENCY, period, today=today, unit=unit), officer_id=None, today=today)
        if send:
            shelf.send(kept.id, to="ubnd_tinh", number="1/BC", officer_id=None)

    await office.work(work)


async def test_a_head_is_reminded_before_the_date_and_told_of_both_reports(office: Office) -> None:
    await office.live_until(at(11))

    [told] = reminders(office, HEAD)
    assert told.startswith(f"{TITLE}, năm 2026\n")
    assert told.count("Đơn vị Thư viện tỉnh chưa gửi báo cáo") == 2
    assert "số liệu đến hết ngày 14/12/2026" in told
    assert "Hạn gửi về đầu mối: 16/12/2026" in told
    assert reminders(office, OFFICER) == []


async def test_the_focal_unit_hears_which_units_lack_and_by_when_the_whole_is_due(office: Office) -> None:
    await office.live_until(at(15))
    await submit(office, Q4, "thu_vien")
    await office.live_until(at(16))

    told = reminders(office, FOCAL_HEAD)[-1]
    line = next(line for line in told.splitlines() if line.startswith("Báo cáo tổng hợp Quý IV"))
    assert "chậm nhất ngày 17/12/2026" in line
    assert "Lãnh đạo Sở" in line
    assert "Thư viện tỉnh" not in line
    assert "Thư viện tỉnh" in next(
        line for line in told.splitlines() if line.startswith("Báo cáo tổng hợp năm 2026")
    )


async def test_who_has_submitted_is_left_alone(office: Office) -> None:
    await office.live_until(at(15))
    before = len(reminders(office, HEAD))
    await submit(office, Q4, "thu_vien")
    await office.live_until(at(16))
    assert reminders(office, HEAD)[before:] == [reminders(office, HEAD)[-1]]
    assert TITLE not in reminders(office, HEAD)[-1]
    await submit(office, YEAR, "thu_vien")
    told = len(reminders(office, HEAD))
    await office.live_until(at(25))
    assert len(reminders(office, HEAD)) == told


async def test_it_is_said_again_each_working_day_and_then_no_more(office: Office) -> None:
    await office.live_until(at(31))

    told = reminders(office, HEAD)
    assert len(told) == 6  # 11, 16, 17, 18, 21, 22 December
    assert "hạn là 16/12/2026, đã qua" in told[-1]
    assert "đã qua" not in told[1]


async def test_the_focal_unit_is_left_alone_once_all_is_sent(office: Office) -> None:
    await office.live_until(at(15))
    for period in (Q4, YEAR):
        await submit(office, period, AGENCY.focal_unit)
        await submit(office, period, send=True)
    before = len(reminders(office, FOCAL_HEAD))
    await office.live_until(at(25))
    assert len(reminders(office, FOCAL_HEAD)) == before


async def test_a_head_who_left_is_told_nothing(office: Office) -> None:
    await office.work(lambda book: book.remove_officer(book.officers(unit="thu_vien")[0].id))
    await office.live_until(at(20))

    assert reminders(office, HEAD) == []


async def test_a_reminder_that_was_missed_at_night_waits_for_the_morning(office: Office) -> None:
    office.clock.at = at(16, 3)
    await office.fire_timers()
    assert reminders(office, HEAD) == []
    await office.live_until(at(16, 8))
    assert len(reminders(office, HEAD)) == 1


@pytest.mark.parametrize(
    ("written", "due", "days"),
    [
        ("2026-Q1", (3, 16), [(3, 13), (3, 16), (3, 17), (3, 18), (3, 19), (3, 20)]),
        ("2026-6M", (6, 16), [(6, 12), (6, 16), (6, 17), (6, 18), (6, 19), (6, 22)]),
    ],
)
def test_the_days_are_working_days_around_the_office_date(
    written: str, due: tuple[int, int], days: list[tuple[int, int]]
) -> None:
    period, rules = Period.parse(written), Reporting()

    assert unit_due(period, rules, CALENDAR) == dt.date(2026, *due)
    assert list(reminder_days(period, rules, CALENDAR)) == [dt.date(2026, *each) for each in days]


@pytest.mark.parametrize(
    "rules", [Reporting(), Reporting(submit_days=0, remind_days=0), Reporting(submit_days=2, remind_days=30)]
)
def test_every_day_of_some_years_has_a_next_reminder_that_asks_for_something(rules: Reporting) -> None:
    day = dt.date(2025, 12, 1)
    while day < dt.date(2027, 12, 31):
        coming = next_reminder(day, rules, CALENDAR)
        assert day < coming <= day + dt.timedelta(days=100)
        assert asked_on(coming, rules, CALENDAR)
        assert CALENDAR.is_working(coming)
        assert all(unit_due(each, rules, CALENDAR) > each.last for each in asked_on(coming, rules, CALENDAR))
        day += dt.timedelta(days=1)


async def test_only_heads_have_the_timer(office: Office) -> None:
    def work(turn: Any) -> None:
        for officer in turn.book.officers():
            report_reminders.arm(turn, replace(officer, role=Role.INSPECTOR))

    await office.as_service(work)
    await office.live_until(at(11))
    assert reminders(office, OFFICER) == []
