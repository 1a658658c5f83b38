"""Chromium, driven by Playwright, in front of a running web server.

Absent: the tests are skipped with the reason, or failed where TIEPDAN_TEST_STRICT=1.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright

from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import MORNING, HandClock
from tests.web_site import Site, running

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 860}


@pytest.fixture(scope="session")
def chromium_path() -> str:
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        reason = "no Chromium: install Debian's chromium"
        if os.environ.get("TIEPDAN_TEST_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    return found


@pytest.fixture
async def browser(chromium_path: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(
            executable_path=chromium_path, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        yield chromium
        await chromium.close()


@pytest.fixture
async def site(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Site]:
    async with running(sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path) as site:
        yield site


@pytest.fixture
def complaints() -> list[str]:
    """What the browser complained of: broken rules of the security policy and script faults."""
    return []


@pytest.fixture
async def page(browser: Browser, site: Site, complaints: list[str]) -> AsyncIterator[Page]:
    """A phone's page. Whatever the browser complains of fails the test."""
    context = await browser.new_context(
        base_url=site.url, viewport=PHONE, locale="vi-VN", has_touch=True, is_mobile=True
    )
    page = await context.new_page()
    await page.clock.set_fixed_time(MORNING)
    listen(page, complaints)
    yield page
    await context.close()
    assert complaints == []


def listen(page: Page, complaints: list[str]) -> None:
    def heard(message: ConsoleMessage) -> None:
        # A refused request is told in the console as well; the page shows it to the person in its own words.
        if message.type == "error" and "Failed to load resource" not in message.text:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))


async def picture(page: Page, name: str) -> None:
    """A screenshot, kept where TIEPDAN_TEST_PICTURES names a folder."""
    folder = os.environ.get("TIEPDAN_TEST_PICTURES")
    if folder:
        await page.screenshot(path=Path(folder) / f"{name}.png")
