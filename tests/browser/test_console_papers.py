"""Drafts of official papers in a real browser: found, read on a phone, downloaded."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.async_api import Browser, expect

from petitions.kinds import Action, Kind, Role
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.bot.official.reading import words_of
from tests.browser.conftest import DESK, PHONE
from tests.browser.console_rig import desk, faults, fits, picture
from tests.hand_clock import HandClock
from tests.handlers.officers.office import NAME, Office
from tests.web_site import Site

pytestmark = pytest.mark.browser


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


async def test_the_paper_of_the_step_at_hand_is_made_and_saved(
    browser: Browser, site: Site, office: Office, complaints: list[str]
) -> None:
    head = await office.officer("700", "ql_van_hoa", Role.HEAD, "Trần Thị Hoa")
    petition = await office.file("530", Kind.COMPLAINT, answers={"decision": "Quyết định số 15/QĐ-XPHC"})
    await office.does(head, petition, Action.TAKE)
    await office.does(head, petition, Action.CONFIRM_FORM, on=office.clock.now().date())
    await office.does(head, petition, Action.SCREEN_ELIGIBLE)
    for viewport, scheme, name in ((DESK, "light", "desk"), (PHONE, "dark", "phone")):
        async with desk(browser, site, office, head, complaints, viewport=viewport, scheme=scheme) as page:
            await page.goto(f"/console/cases/{petition.code}")
            panel = page.locator("#drafts")
            await expect(panel).to_contain_text("hạn 03/12/2026")
            for summary in await panel.locator("summary").all():
                await summary.click()
            assert await faults(page) == []
            await fits(page)
            await picture(page, f"{name}-papers")
            make = page.get_by_role(
                "button", name="Lập dự thảo: Thông báo về việc thụ lý giải quyết khiếu nại"
            )
            async with page.expect_download() as download:
                await make.click()
            saved = await (await download.value).path()
            assert NAME in words_of(Path(saved).read_bytes())
            await page.reload()
            await expect(page.locator(".steps-list")).to_contain_text("lập dự thảo văn bản")
    assert complaints == []
