"""The office's calendar: set by who administers, on record, counted with at once, and running dates follow."""

from __future__ import annotations

import asyncio
import inspect
import random
from datetime import date, timedelta
from typing import Any

import pytest

from bot.console import live_calendar
from bot.console.live_calendar import CalendarKeeper, LiveCalendar
from bot.dispatch import Books
from bot.settling import Settling
from petitions.calendar import WorkingCalendar
from petitions.kinds import Role
from storage.console_calendar import SetDay
from storage.records import OfficerRecord, PetitionRecord
from tests.bot.console.rig import signed_in, somebody
from tests.handlers.officers.office import Office
from tests.web_site import Site

CALENDAR = "/console/office/calendar"
WEEKDAY, SATURDAY, HOLIDAY = date(2026, 11, 25), date(2026, 11, 28), date(2027, 1, 1)
WHY = {"name": "Nghỉ do bão", "decision": "Công điện 12/CĐ-UBND"}


@pytest.fixture
async def admin(office: Office) -> OfficerRecord:
    return await somebody(office, Role.ADMIN, "van_phong")


async def settled(site: Site, office: Office) -> int:
    """Running dates as the calendar of now has them; how many cases had others."""
    books = Books(vault=office.vault, ids=office.ids, clock=office.clock, agency=site.facts.agency.code)
    passes = Settling(
        database=office.database,
        books=books,
        clock=office.clock,
        facts=site.facts,
        chance=random.Random(1),
    )
    return (await passes.settle())["moved_dates"]


async def due(office: Office, petition: PetitionRecord) -> date:
    found = (await office.now(petition)).due_on
    assert found is not None
    return found


async def test_a_day_is_set_counted_with_and_put_back(
    site: Site, office: Office, admin: OfficerRecord
) -> None:
    petition = await office.file()
    before = await due(office, petition)
    async with signed_in(site, office, admin) as one:
        page = await one.get(CALENDAR)
        assert "Thứ Tư 02/09/2026 nghỉ" in page.words
        assert "25/11/2026" not in page.words
        fields = {"day": "2026-11-25", "works": "0", "name": "Nghỉ <b>bão</b>", "decision": WHY["decision"]}
        done = await one.post(CALENDAR, fields)
        assert (done.status, done.place) == (303, f"{CALENDAR}?year=2026&done=days")
        page = await one.get(done.place)
        assert "Đã đặt ngày." in page.words
        assert "Thứ Tư 25/11/2026" in page.words
        assert "Nghỉ &lt;b&gt;bão&lt;/b&gt;" in page.text
        assert not site.facts.calendar.is_working(WEEKDAY)
        assert await settled(site, office) == 1
        assert await due(office, petition) == site.facts.calendar.add_working_days(before, 1)
        assert await settled(site, office) == 0
        async with signed_in(site, office, await somebody(office, Role.HEAD)) as head:
            case = await head.get(f"/console/cases/{petition.code}")
        assert "25/11/2026" in case.words
        back = await one.post(f"{CALENDAR}/back", {"day": "2026-11-25"})
        assert back.place == f"{CALENDAR}?year=2026&done=day_back"
        assert site.facts.calendar.is_working(WEEKDAY)
        assert await settled(site, office) == 1
        assert await due(office, petition) == before
        assert (await one.post(f"{CALENDAR}/back", {"day": "2026-11-25"})).status == 404
        record = (await one.get("/console/office")).words
        assert "đặt ngày nghỉ: 25/11/2026" in record
        assert "trả ngày về bảng chung: 25/11/2026" in record


async def test_a_stretch_sets_only_what_is_otherwise(
    site: Site, office: Office, admin: OfficerRecord
) -> None:
    async with signed_in(site, office, admin) as one:
        stretch = {"day": "2026-11-26", "last": "2026-11-30", "works": "0", **WHY}
        assert (await one.post(CALENDAR, stretch)).status == 303
        days = await office.work(lambda book: book.calendar_days())
        assert [day.day.day for day in days] == [26, 27, 30]
        assert {(day.name, day.decision) for day in days} == {(WHY["name"], WHY["decision"])}
        worked = {"day": "2026-11-28", "works": "1", **WHY}
        assert (await one.post(CALENDAR, worked)).status == 303
        assert site.facts.calendar.is_working(SATURDAY)
        assert (await one.post(CALENDAR, worked | {"name": "Làm bù"})).status == 303
        assert (await one.post(CALENDAR, {"day": "2027-01-01", "works": "1", **WHY})).status == 303
        assert site.facts.calendar.is_working(HOLIDAY)
        page = await one.get(f"{CALENDAR}?year=2027")
        assert "Thứ Sáu 01/01/2027" in page.words
        page = await one.get(CALENDAR)
        assert page.words.count("cơ quan đặt") == 4
        assert "Làm bù" in page.words


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"day": "2026-02-30"}, "chọn ngày"),
        ({"day": ""}, "chọn ngày"),
        ({"last": "2026-11-24"}, "chọn ngày"),
        ({"last": "2026-12-26"}, "31 ngày"),
        ({"last": "9999-12-31"}, "31 ngày"),
        ({"day": "9999-12-31"}, "hai năm tới"),
        ({"day": "2024-12-31"}, "hai năm tới"),
        ({"name": " "}, "tên gọi"),
        ({"decision": "x" * 201}, "200 ký tự"),
        ({"works": "1"}, "vốn đã như vậy"),
    ],
)
async def test_what_cannot_be_set_is_told_and_kept_in_the_form(
    site: Site, office: Office, admin: OfficerRecord, wrong: dict[str, str], told: str
) -> None:
    async with signed_in(site, office, admin) as one:
        page = await one.post(CALENDAR, {"day": "2026-11-25", "works": "0", **WHY} | wrong)
        assert page.status == 422
        assert told in page.words
        assert wrong.get("name", WHY["name"]) in page.text
        assert (await one.get(f"{CALENDAR}?year=1066&done=x")).status == 200
    assert await office.work(lambda book: book.calendar_days()) == []


async def test_a_head_looks_and_sets_nothing(site: Site, office: Office) -> None:
    head = await somebody(office, Role.HEAD)
    async with signed_in(site, office, head) as one:
        page = await one.get(CALENDAR)
        assert page.status == 200
        assert "<form" not in page.text.split("<main")[1]
        assert (await one.post(CALENDAR, {"day": "2026-11-25", "works": "0", **WHY})).status == 404


async def test_days_of_another_office_are_not_read(site: Site, office: Office, admin: OfficerRecord) -> None:
    def elsewhere(book: Any) -> list[SetDay]:
        book.set_calendar_day(WEEKDAY, works=False, officer_id=admin.id, **WHY)
        book.agency = "khac"
        found: list[SetDay] = book.calendar_days()
        assert not book.clear_calendar_day(WEEKDAY)
        return found

    assert await office.work(elsewhere) == []


async def test_another_process_counts_alike_soon_and_tells_once_more(
    office: Office, admin: OfficerRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_calendar, "EVERY_SECONDS", 0.01)
    books = Books(vault=office.vault, ids=office.ids, clock=office.clock, agency=office.facts.agency.code)
    keeper = CalendarKeeper(WorkingCalendar.from_packaged(), office.database, books)
    told: list[bool] = []
    again = asyncio.Event()

    def changed() -> None:
        told.append(keeper.calendar.is_working(WEEKDAY))
        if len(told) == 2:
            again.set()

    keeper.changed = changed
    task = asyncio.create_task(keeper.run())
    await office.work(lambda book: book.set_calendar_day(WEEKDAY, works=False, officer_id=admin.id, **WHY))
    await asyncio.wait_for(again.wait(), 5)
    await asyncio.sleep(0.05)
    task.cancel()
    assert told == [False, False]


def test_every_count_is_by_the_calendar_of_now() -> None:
    public = {name for name, _ in inspect.getmembers(WorkingCalendar, inspect.isfunction) if name[0] != "_"}
    assert public <= set(vars(LiveCalendar))
    live = LiveCalendar(WorkingCalendar.from_packaged())
    first, last = WEEKDAY - timedelta(days=30), WEEKDAY + timedelta(days=30)

    def counted() -> list[object]:
        return [
            live.covers(WEEKDAY),
            live.special(WEEKDAY),
            live.is_working(WEEKDAY),
            live.is_provisional(first, last),
            live.next_working(WEEKDAY),
            live.previous_working(WEEKDAY),
            live.add_working_days(first, 30),
            live.minus_working_days(last, 30),
            live.working_days_between(first, last),
            live.fingerprint(first, last),
            live.with_source(lambda _: ()).is_working(WEEKDAY),
            live.with_overrides({}).is_working(WEEKDAY),
        ]

    before = counted()
    day = SetDay(day=WEEKDAY, works=False, name="x", decision="y", changed_at=None)  # type: ignore[arg-type]
    live.lay_over([day])
    after = counted()
    same = [place for place, (a, b) in enumerate(zip(before, after, strict=True)) if a == b]
    assert same == [0, 3]
    live.lay_over([])
    assert counted() == before
