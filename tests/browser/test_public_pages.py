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

PAGES = ("kinds", "statistics", "announcements", "reception", "reception/mine", "privacy", "status")


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
        await picture(page, f"public-{viewport['width']}-{name.replace('/', '-')}")
    await page.goto("/status")
    if viewport is PHONE:
        await page.get_by_text("Trang khác").click()
    await page.get_by_role("link", name="Các loại đơn").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Các loại đơn")
    await context.close()
    assert complaints == []


@pytest.mark.parametrize(("viewport", "scripts"), [(PHONE, True), (DESK, False)])
async def test_an_appointment_is_booked_and_cancelled(
    browser: Browser, site: Site, complaints: list[str], viewport: dict[str, int], scripts: bool
) -> None:
    """On a phone, and at a desk in a browser that runs no script."""
    context = await browser.new_context(
        base_url=site.url, viewport=viewport, locale="vi-VN", java_script_enabled=scripts
    )  # type: ignore[call-overload]
    page = await context.new_page()
    listen(page, complaints)
    await page.goto("/reception")
    await page.get_by_role("link", name="Hẹn giờ: Thứ Tư, 25/11/2026").click()
    if scripts:
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"public-{viewport['width']}-book")
    await page.get_by_label("09:00").check()
    await page.get_by_label("Họ tên").fill("Nguyễn Văn Bình")
    await page.get_by_label("Số điện thoại").fill("0912 345")
    await page.get_by_label("Việc muốn trình bày").fill("Hỏi về quyết định phạt")
    await page.get_by_role("button", name="Đặt hẹn").click()
    await expect(page.get_by_role("alert")).to_contain_text("Số điện thoại chưa đúng")
    await expect(page.get_by_label("09:00")).to_be_checked()
    if scripts:
        assert await faults(page) == []
    await page.get_by_label("Số điện thoại").fill("0912 345 678")
    await page.get_by_role("button", name="Đặt hẹn").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Đã đặt hẹn")
    code = await page.locator("code").inner_text()
    if scripts:
        assert await faults(page) == []
        await fits(page)
        await picture(page, f"public-{viewport['width']}-booked")
    await page.goto("/reception")
    await page.get_by_role("link", name="Xem hoặc hủy hẹn của tôi").click()
    await page.get_by_label("Mã hẹn").fill(code)
    await page.get_by_role("button", name="Xem").click()
    await expect(page.locator(".stage")).to_have_text("09:00, Thứ Tư, 25/11/2026")
    await page.get_by_role("button", name="Hủy hẹn này").click()
    await expect(page.get_by_role("status")).to_contain_text("Đã hủy hẹn")
    await context.close()
    assert complaints == []
