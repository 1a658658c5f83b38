"""The look-up and notice pages in a real browser: readable on a phone, at a desk and without scripts."""

from __future__ import annotations

import random

import pytest
from playwright.async_api import Page, expect

from petitions.codes import TrackingCode, new_secret
from petitions.kinds import Action, ActorKind, Stage
from storage.casebook import Casebook
from storage.records import ActorRef, PetitionContent, PetitionRecord
from tests.browser.conftest import DESK, picture
from tests.storage.builders import a_filing
from tests.web_site import Site

pytestmark = pytest.mark.browser

SECRET = new_secret(random.Random(7))
OFFICE = ActorRef(kind=ActorKind.SERVICE)


async def file(site: Site) -> PetitionRecord:
    story = PetitionContent(story=("Quán karaoke đầu ngõ hát tới 2 giờ sáng.", "Cả xóm mất ngủ."))

    def work(book: Casebook) -> PetitionRecord:
        petition = book.file(a_filing(content=story, unit="ql_van_hoa", secret=SECRET))
        for action, stage, text in (
            (Action.START, Stage.IN_PROGRESS, ""),
            (
                Action.ANSWER,
                Stage.ANSWERED,
                "Đoàn kiểm tra đã nhắc nhở quán.\n\nÔng/Bà thấy còn ồn xin nhắn lại.",
            ),
        ):
            petition = book.record(
                petition, action=action, actor=OFFICE, content={"text": text}, changes={"stage": stage}
            )
        return petition

    return await site.database.transact(lambda connection: work(site.books(connection)))


async def test_a_code_and_then_the_secret_show_more_and_more(page: Page, site: Site) -> None:
    petition = await file(site)
    await page.goto("/status")
    await picture(page, "phone-status-form")
    await page.get_by_label("Mã đơn", exact=True).fill(petition.code.lower())
    await page.get_by_role("button", name="Tra cứu").click()
    await expect(page.locator(".stage")).to_have_text("Đã trả lời")
    await expect(page.locator(".answer")).to_have_count(0)
    await picture(page, "phone-status-stranger")
    await page.get_by_label("Khóa riêng").fill(SECRET)
    await page.get_by_role("button", name="Tra cứu").click()
    await expect(page.locator(".answer")).to_contain_text("Đoàn kiểm tra đã nhắc nhở quán.")
    assert SECRET not in page.url
    await picture(page, "phone-status-own")
    await page.set_viewport_size(DESK)  # type: ignore[arg-type]
    await picture(page, "desk-status-own")
    await page.get_by_role("button", name="Rời khỏi máy này").click()
    await expect(page.get_by_role("status")).to_contain_text("không còn giữ cuộc trò chuyện")


async def test_the_printed_link_opens_the_case_and_a_slip_is_told(page: Page, site: Site) -> None:
    petition = await file(site)
    await page.goto(f"/status?code={TrackingCode(petition.code)}")
    await expect(page.locator(".code-line")).to_have_text(str(TrackingCode(petition.code)))
    await page.get_by_label("Mã đơn", exact=True).fill("7Q2M-4KXD-9B3F")
    await page.get_by_role("button", name="Tra cứu").click()
    await expect(page.get_by_role("alert")).to_contain_text("gõ nhầm")
    await picture(page, "phone-status-slip")


async def test_notice_and_fault_pages_read_well(page: Page, site: Site) -> None:
    await page.goto("/privacy")
    await expect(page.get_by_role("heading", level=2)).to_have_count(8)
    await picture(page, "phone-privacy")
    await page.goto("/không-có")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Không có trang này")
    await picture(page, "phone-missing")
    await page.get_by_role("link", name="Về trang trò chuyện").click()
    await expect(page.get_by_role("log")).to_be_attached()
