"""The one-time link in a real browser: opened, pressed, answered there, and brought back to the messenger."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests import log_watch
from tests.browser.conftest import PHONE, listen, picture
from tests.e2e.support.house import running_house

pytestmark = pytest.mark.browser

STORY = "Tôi tố cáo ông Hùng, trưởng ban quản lý di tích, lấy tiền công đức của đình làng về xây nhà riêng"


async def test_the_button_continues_the_conversation_here_and_back(
    browser: Browser, sqlite_url: str, tmp_path: Path, complaints: list[str]
) -> None:
    async with running_house(sqlite_url, tmp_path / "var", public_url="https://tiepdan.example.vn") as house:
        citizen = house.telegram_citizen()
        offered = await citizen.say(STORY)
        address = urlsplit(offered.answers[0].urls[0])
        log_watch.note(address.query.partition("=")[2], sort="secret")
        context = await browser.new_context(base_url=house.url, viewport=PHONE, locale="vi-VN")  # type: ignore[arg-type]
        page = await context.new_page()
        listen(page, complaints)

        await page.goto(f"{address.path}?{address.query}")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Viết tiếp trên trang của cơ quan")
        await picture(page, "phone-continue")
        assert await citizen.news() == []
        await page.get_by_role("link", name="English").click()
        await expect(page.get_by_role("button", name="Go on here")).to_be_visible()
        await page.get_by_role("link", name="Tiếng Việt").click()
        await page.get_by_role("button", name="Tiếp tục ở đây").click()

        log = page.get_by_role("log")
        await expect(log).to_contain_text("Cuộc trò chuyện tiếp tục ở đây")
        await expect(log).to_contain_text("tiền công đức")
        assert urlsplit(page.url).path == "/"
        assert "t=" not in page.url
        await picture(page, "phone-continued")
        await page.get_by_role("button", name="Giữ bí mật danh tính").click()
        await expect(log).to_contain_text("họ tên")
        await page.get_by_role("button", name="Đưa cuộc trò chuyện về").click()
        await expect(log).to_contain_text("đã trở lại ứng dụng nhắn tin")

        back = await citizen.news()
        assert "đã trở lại đây" in back[-1].text
        assert "họ tên" in back[-1].text, "the pending question is put here now"
        await page.goto(f"{address.path}?{address.query}")
        await expect(page.get_by_role("heading", level=1)).to_have_text("Đường dẫn đã được dùng")
        await picture(page, "phone-continue-used")
        for cookie in await context.cookies():
            log_watch.note(cookie["value"], sort="secret")
        await context.close()
    assert complaints == []
