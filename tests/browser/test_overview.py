"""The overview in a real browser: read at a glance, and each figure opens what it counts."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from petitions.kinds import Action, Kind, Role
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.browser.conftest import DESK, PHONE
from tests.browser.console_rig import busy_office, desk, faults, fits, picture
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


async def long_history(office: Office, clock: HandClock) -> None:
    """Some months of an office, most of it done."""
    head = await office.officer("710", "ql_di_san", Role.HEAD, "Ngô Thị Mai")
    topics = ("tu_bo_di_tich", "le_hoi", "karaoke_vu_truong")
    for week in range(30):
        for number in range(1 + (week * 7 + 3) % 5):
            kind = (Kind.FEEDBACK, Kind.RECOMMENDATION)[number % 2]
            filed = await office.file(
                f"6{week:02d}{number}",
                kind,
                unit="ql_di_san",
                topic=topics[(week + number) % 3],
                place="đình Cựu",
            )
            await office.does(head, filed, Action.TAKE)
            if (week + number) % 4:
                await office.does(head, filed, Action.ANSWER, text="Đã xem xét.")
        clock.forward(timedelta(days=7))
    await office.live_until(clock.now())


async def test_the_overview_is_read_and_opens_what_it_counts(
    browser: Browser, site: Site, office: Office, clock: HandClock, complaints: list[str]
) -> None:
    await long_history(office, clock)
    people = await busy_office(office, clock)
    for name, viewport in (("desk", DESK), ("phone", PHONE)):
        async with desk(browser, site, office, people["inspector"], complaints, viewport=viewport) as page:
            await page.get_by_role("link", name="Tổng quan").click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Tổng quan")
            assert await page.locator("svg.plot rect.in").count() > 20
            assert await faults(page) == []
            await picture(page, f"{name}-overview")
            await fits(page)
            await page.get_by_text("Xem hai biểu đồ bằng bảng số").click()
            await expect(page.locator("details table tbody tr")).to_have_count(52)
            await page.emulate_media(color_scheme="dark")
            assert await faults(page) == []
            await picture(page, f"{name}-overview-dark")
            late = page.locator("a.tile.late")
            number = await late.locator(".tile-number").inner_text()
            await late.click()
            await expect(page.locator(".colours .late .number")).to_have_text(number)
            await page.go_back()
            await page.get_by_role("link", name="Xem tất cả").last.click()
            await expect(page.get_by_role("heading", level=1)).to_have_text("Sổ quá hạn")
            assert re.search(r"quá \d+ ngày", await page.locator(".entries").inner_text())
            assert await faults(page) == []
            await fits(page)
            await picture(page, f"{name}-passed")
    assert complaints == []
