"""Makes the pictures of README, docs/console.md and docs/public.md from a running service:
`python docs/make_images.py URL "/link INVITE"`."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

HERE = Path(__file__).parent / "images"
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]


def say(page: Page, words: str, answer: str) -> None:
    """Type `words` and wait until the office's answer with `answer` is on the page."""
    page.get_by_role("textbox").fill(words)
    page.keyboard.press("Enter")
    page.get_by_text(answer).last.wait_for(timeout=15_000)
    page.wait_for_timeout(500)


def console(browser: Browser, officer: Page, base: str) -> None:
    """The board and a case, signed in by the code of the officer's chat."""
    say(officer, "/console", "Mã vào bảng điều hành")
    codes = re.findall(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", officer.inner_text("body"))
    page = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
    page.goto(f"{base}/console/enter?c={codes[-1]}")
    page.get_by_role("button", name="Đăng nhập").click()
    page.goto(f"{base}/console?view=all")
    page.screenshot(path=HERE / "console-board.png")
    page.locator(".board a.open").nth(1).click()
    page.locator(".case").wait_for()
    page.screenshot(path=HERE / "console-case.png")


def for_citizens(browser: Browser, base: str) -> None:
    """The schedule and the form of an appointment, on a phone; what each kind of petition is, at a desk."""
    phone = browser.new_context(
        viewport={"width": 390, "height": 844}, device_scale_factor=2, locale="vi-VN"
    ).new_page()
    phone.goto(f"{base}/reception")
    phone.screenshot(path=HERE / "reception.png")
    phone.get_by_role("link", name="Hẹn giờ").first.click()
    phone.screenshot(path=HERE / "book.png")
    desk = browser.new_context(viewport={"width": 1280, "height": 900}, locale="vi-VN").new_page()
    desk.goto(f"{base}/kinds")
    desk.screenshot(path=HERE / "kinds.png")


def main(base: str, link: str) -> None:
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path="/usr/bin/chromium", args=FLAGS)
        look = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "locale": "vi-VN"}
        citizen = browser.new_context(**look).new_page()
        wide = {**look, "viewport": {"width": 560, "height": 1150}}
        officer = browser.new_context(**wide).new_page()
        officer.goto(base)
        say(officer, link, "Đã liên kết")
        citizen.goto(base)
        say(citizen, "Karaoke cạnh nhà tôi ở phố Châu Cầu hát tới 2 giờ sáng, không ai ngủ được", "họ tên")
        say(citizen, "Nguyễn Thị Sen, 0951 223 454", "Chưa bấm thì chưa có gì")
        say(citizen, "gửi đi", "Mã đơn của Ông/Bà")
        citizen.wait_for_timeout(1500)
        citizen.screenshot(path=HERE / "chat.png")
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", citizen.inner_text("body"))
        officer.get_by_role("button", name="Nhận xử lý").last.click()
        officer.get_by_text("đã nhận đơn này").last.wait_for(timeout=15_000)
        officer.wait_for_timeout(800)
        officer.screenshot(path=HERE / "card.png")
        console(browser, officer, base)
        status = browser.new_context(**look).new_page()
        status.goto(f"{base}/status?code={code[0] if code else ''}")
        status.wait_for_timeout(500)
        status.screenshot(path=HERE / "status.png")
        for_citizens(browser, base)
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
