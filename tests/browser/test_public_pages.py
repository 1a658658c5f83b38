"""The pages for everybody in a real browser: nothing is cut off, and the checker of accessibility is content."""

from __future__ import annotations

from datetime import timedelta

import pytest
from playwright.async_api import Browser, expect

from petitions.kinds import Kind
from storage.casebook import Casebook
from tests.browser.conftest import DESK, PHONE, listen
from tests.browser.console_rig import faults, fits, picture
from tests.hand_clock import HandClock
from tests.storage.builders import a_filing
from tests.web_site import Site

pytestmark = pytest.mark.browser

PAGES = ("kinds", "statistics", "privacy", "status")


@pytest.mark.parametrize(("viewport", "scheme"), [(PHONE, "light"), (DESK, "dark")])
async def test_every_public_page_can_be_read_by_everybody(
    browser: Browser,
    site: Site,
    clock: HandClock,
    complaints: list[str],
    viewport: dict[str, int],
    scheme: str,
) -> None:
    def year(book: Casebook) -> None:
        for kind, topic, count in (
            (Kind.FEEDBACK, "tu_bo_di_tich", 24),
            (Kind.FEEDBACK, "karaoke_vu_truong", 31),
            (Kind.RECOMMENDATION, "hoat_dong_bao_tang", 9),
            (Kind.COMPLAINT, "quang_cao_ngoai_troi", 2),
        ):
            for _ in range(count):
                book.file(a_filing(kind=kind, topic=topic))

    await site.database.transact(lambda connection: year(site.books(connection)))
    clock.forward(timedelta(days=60))
    context = await browser.new_context(
        base_url=site.url, viewport=viewport, locale="vi-VN", color_scheme=scheme
    )  # type: ignore[call-overload]
    page = await context.new_page()
    listen(page, complaints)
    for name in PAGES:
        await page.goto(f"/{name}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"public-{viewport['width']}-{name}")
    await page.goto("/status")
    if viewport is PHONE:
        await page.get_by_text("Trang khác").click()
    await page.get_by_role("link", name="Các loại đơn").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Các loại đơn")
    await context.close()
    assert complaints == []
