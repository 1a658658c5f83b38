"""The chat page in a real browser: written, answered, pressed, uploaded, and still there after a reload."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import Browser, Page, expect

from bot.channels.base import Verdict
from handlers.messages import Button, Choice, Files, Location, Outgoing
from tests.browser.conftest import DESK, PHONE, listen, picture
from tests.web_site import Site

pytestmark = pytest.mark.browser

STORY = "Quán karaoke đầu ngõ hát tới 2 giờ sáng, cả xóm mất ngủ."
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c63f8cfc0f01f0005000"
    "1ff89993d1d0000000049454e44ae426082"
)


async def say(page: Page, text: str) -> None:
    await page.get_by_label("Lời nhắn của Ông/Bà").fill(text)
    await page.get_by_role("button", name="Gửi", exact=True).click()


async def test_a_story_is_told_answered_and_still_there_after_a_reload(page: Page, site: Site) -> None:
    await page.goto("/")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Ông/Bà cần nói điều gì với cơ quan?")
    await picture(page, "phone-welcome")
    await say(page, STORY)
    log = page.get_by_role("log")
    await expect(log).to_contain_text(f"Ông/Bà viết: {STORY}")
    await expect(page.locator(".message.me .meta")).to_contain_text("09:00")
    await picture(page, "phone-answered")

    await page.get_by_role("button", name="Đúng rồi").click()
    await expect(log.locator("code")).to_have_text("7Q2M-4KXD-9B3E")
    await expect(page.get_by_role("button", name="Đúng rồi")).to_be_disabled()
    await expect(page.get_by_role("button", name="Sửa lại")).to_be_enabled()
    assert isinstance(site.office.got[1].content, Choice)
    await picture(page, "phone-code")

    await page.reload()
    await expect(log.locator("code")).to_have_text("7Q2M-4KXD-9B3E")
    await expect(page.get_by_role("button", name="Đúng rồi")).to_be_disabled()
    assert await log.locator(".message").count() == 4
    assert await log.locator(".day").all_inner_texts() == ["Hôm nay"]
    assert len(site.office.got) == 2


async def test_several_tabs_show_the_same(page: Page, site: Site, complaints: list[str]) -> None:
    await page.goto("/")
    other = await page.context.new_page()
    listen(other, complaints)
    await other.goto("/")
    await say(page, "từ thẻ thứ nhất")
    await expect(other.get_by_role("log")).to_contain_text("từ thẻ thứ nhất")
    await expect(other.get_by_role("log")).to_contain_text("Ông/Bà viết")
    await say(other, "từ thẻ thứ hai")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết: từ thẻ thứ hai")
    assert await page.locator(".message").count() == await other.locator(".message").count() == 4


async def test_a_card_is_edited_in_place(page: Page, site: Site) -> None:
    await page.goto("/")
    await say(page, "a")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết: a")
    chat = site.office.got[0].chat
    rows = ((Button(label="Nhận xử lý", token="o.1"),),)
    sent = await site.chat.send(chat, Outgoing(title="Đơn mới", text="chưa ai nhận", rows=rows), None)
    await expect(page.get_by_role("button", name="Nhận xử lý")).to_be_visible()
    await site.chat.edit(chat, sent.message_ref, Outgoing(title="Đơn mới", text="bà Hoa đã nhận"))
    await expect(page.get_by_role("log")).to_contain_text("bà Hoa đã nhận")
    await expect(page.get_by_role("button", name="Nhận xử lý")).to_have_count(0)
    await expect(page.locator(".message").last).to_contain_text("đã cập nhật")
    assert await page.locator(".message").count() == 3


async def test_files_are_chosen_seen_and_sent(page: Page, site: Site, tmp_path: Path) -> None:
    picture_file, letter = tmp_path / "ảnh hiện trường.png", tmp_path / "đơn.pdf"
    picture_file.write_bytes(PNG)
    letter.write_bytes(b"%PDF-1.7\n" + b"x" * 3000)
    await page.goto("/")
    await page.locator("#files").set_input_files([picture_file, letter])
    await expect(page.locator("#chosen")).to_contain_text("ảnh hiện trường.png")
    await picture(page, "phone-files")
    await page.get_by_role("button", name="Bỏ tệp đơn.pdf").click()
    await page.locator("#files").set_input_files([letter])
    await say(page, "Ảnh và đơn")
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận 2 tệp: ảnh hiện trường.png, đơn.pdf")
    (got,) = site.office.got
    assert isinstance(got.content, Files)
    assert got.content.caption == "Ảnh và đơn"
    await expect(page.locator(".message.me img")).to_have_attribute("alt", "ảnh hiện trường.png")
    await page.reload()
    await expect(page.locator(".message.me")).to_contain_text("ảnh hiện trường.png")


async def test_a_file_that_lies_is_told_and_the_page_goes_on(page: Page, site: Site, tmp_path: Path) -> None:
    liar = tmp_path / "anh.jpg"
    liar.write_bytes(b"MZ\x90\0" + b"\0" * 100)
    await page.goto("/")
    await page.locator("#files").set_input_files([liar])
    await page.get_by_role("button", name="Gửi", exact=True).click()
    await expect(page.get_by_role("alert")).to_contain_text("Tệp «anh.jpg» không đúng với loại")
    await page.get_by_role("button", name="Bỏ", exact=True).click()
    await say(page, "tiếp tục")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết: tiếp tục")
    assert len(site.office.got) == 1


async def test_what_could_not_be_sent_is_sent_again_also_after_a_reload(page: Page, site: Site) -> None:
    await page.goto("/")
    site.office.verdicts = [Verdict.RETRY] * 2
    await say(page, "lúc máy chủ bận")
    await expect(page.locator(".message.me .meta")).to_contain_text("đang gửi lại")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết: lúc máy chủ bận", timeout=15000)
    await page.context.set_offline(offline=True)
    await say(page, "lúc mất mạng")
    await expect(page.get_by_role("status")).to_contain_text("Mất kết nối mạng")
    await picture(page, "phone-offline")
    await page.context.set_offline(offline=False)
    await page.reload()
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết: lúc mất mạng", timeout=15000)
    assert [getattr(got.content, "text", "") for got in site.office.got] == [
        "lúc máy chủ bận",
        "lúc mất mạng",
    ]


async def test_a_place_is_sent_where_it_is_wished(page: Page, site: Site) -> None:
    await page.context.grant_permissions(["geolocation"])
    await page.context.set_geolocation({"latitude": 20.5412, "longitude": 105.9139})
    await page.goto("/")
    await say(page, "a")
    await page.get_by_role("button", name="Gửi vị trí hiện tại").click()
    await expect(page.get_by_role("log")).to_contain_text("Đã nhận vị trí 20.54")
    assert isinstance(site.office.got[1].content, Location)


async def test_a_command_named_in_a_text_can_be_pressed(page: Page, site: Site) -> None:
    await page.goto("/")
    await say(page, "a")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết")
    chat = site.office.got[0].chat
    await site.chat.send(chat, Outgoing(text="Bấm /mine. Trang https://example.vn/mine là trang khác."), None)
    await expect(page.get_by_role("link", name="https://example.vn/mine")).to_be_visible()
    await page.get_by_role("button", name="/mine", exact=True).click()
    await expect(page.get_by_role("log")).to_contain_text("Lệnh mine")


async def test_leaving_the_device_clears_it(page: Page, site: Site) -> None:
    await page.goto("/")
    await say(page, "bí mật")
    await expect(page.get_by_role("log")).to_contain_text("Ông/Bà viết")
    await page.get_by_role("button", name="Rời khỏi máy này").click()
    await expect(page.get_by_role("dialog")).to_contain_text("mã đơn")
    await picture(page, "phone-leave")
    await page.get_by_role("button", name="Xóa khỏi máy này").click()
    await expect(page.locator(".message")).to_have_count(0)
    await expect(page.get_by_role("button", name="Tôi muốn phản ánh một việc")).to_be_visible()


async def test_nobodys_words_become_markup(page: Page, site: Site) -> None:
    nasty = '<img src=x onerror="document.title=\'nguy hiểm\'"><script>document.title="nguy"</script>'
    await page.goto("/")
    await say(page, nasty)
    await expect(page.get_by_role("log")).to_contain_text(f"Ông/Bà viết: {nasty}")
    chat = site.office.got[0].chat
    link = Button(label="Xấu", url="javascript:document.title='nguy'")
    await site.chat.send(
        chat, Outgoing(title=nasty, text=nasty, rows=((link,),), monospace=(nasty[:20],)), None
    )
    await expect(page.get_by_role("link", name="Xấu")).to_have_attribute("href", "#")
    assert await page.locator("#log img, #log script").count() == 0
    assert "nguy" not in await page.title()


async def test_the_keyboard_alone_is_enough(browser: Browser, site: Site, complaints: list[str]) -> None:
    context = await browser.new_context(base_url=site.url, viewport=DESK, locale="vi-VN")
    page = await context.new_page()
    listen(page, complaints)
    await page.goto("/")
    await page.keyboard.press("Tab")
    await expect(page.locator(":focus")).to_have_text("Tới nội dung chính")
    await page.get_by_label("Lời nhắn của Ông/Bà").focus()
    await page.keyboard.type("dòng một")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("dòng hai")
    await page.keyboard.press("Enter")
    log = page.get_by_role("log")
    await expect(log).to_contain_text("Ông/Bà viết: dòng một\ndòng hai")
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.locator(":focus").inner_text() == "Đúng rồi":
            break
    await expect(page.locator(":focus")).to_have_text("Đúng rồi")
    await page.keyboard.press("Enter")
    await expect(log).to_contain_text("Mã đơn của Ông/Bà")
    await expect(page.get_by_label("Lời nhắn của Ông/Bà")).to_be_focused()
    await picture(page, "desk-chat")
    await context.close()
    assert complaints == []


@pytest.mark.parametrize("viewport", [PHONE, DESK, {"width": 320, "height": 640}])
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_it_fits_reads_and_can_be_touched(
    browser: Browser, site: Site, complaints: list[str], viewport: dict[str, int], scheme: str
) -> None:
    context = await browser.new_context(
        base_url=site.url, viewport=viewport, locale="vi-VN", color_scheme=scheme, reduced_motion="reduce"
    )  # type: ignore[call-overload]
    page = await context.new_page()
    listen(page, complaints)
    await page.goto("/")
    await picture(page, f"{scheme}-{viewport['width']}-welcome")
    await say(page, STORY)
    await page.get_by_role("button", name="Đúng rồi").click()
    await expect(page.get_by_role("log")).to_contain_text("Mã đơn")
    await picture(page, f"{scheme}-{viewport['width']}-chat")
    assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "no sideways scrolling"
    small = await page.evaluate(
        """[...document.querySelectorAll("button, .links a, textarea, .choice")]
           .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 43.5)
           .map((one) => one.outerHTML)"""
    )
    assert small == [], "everything to touch is at least 44 pixels high"
    assert await page.evaluate(CONTRAST) == [], "words stand out from their ground by 4.5 to 1"
    await context.close()
    assert complaints == []


CONTRAST = """(() => {
  const light = ([r, g, b]) => [r, g, b].map((v) => v / 255)
    .map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4))
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const parse = (text) => text.match(/[\\d.]+/g).map(Number);
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const color = parse(getComputedStyle(at).backgroundColor);
      if (color.length < 4 || color[3] === 1) return color;
    }
    return [255, 255, 255];
  };
  const poor = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const one = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || !one.checkVisibility()) continue;
    if (one.closest(".sr, .skip, noscript, :disabled")) continue;
    const [a, b] = [light(parse(getComputedStyle(one).color)), light(ground(one))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    if (ratio < 4.5) poor.push(`${ratio.toFixed(2)} ${one.outerHTML.slice(0, 120)}`);
  }
  return poor;
})()"""


async def test_without_scripts_the_page_says_how_else_to_reach_the_office(
    browser: Browser, site: Site
) -> None:
    context = await browser.new_context(
        base_url=site.url, viewport=PHONE, locale="vi-VN", java_script_enabled=False
    )
    page = await context.new_page()
    await page.goto("/")
    # Switched off from outside, Chromium does not show what is meant for browsers without scripts.
    assert re.search(r"<noscript>.*nơi tiếp công dân", await page.content(), re.DOTALL)
    await expect(page.get_by_label("Lời nhắn của Ông/Bà")).to_be_hidden()
    await page.goto("/status")
    await page.get_by_label("Mã đơn").fill("7Q2M-4KXD-9B3E")
    await page.get_by_role("button", name="Tra cứu").click()
    await expect(page.get_by_role("alert")).to_have_text(re.compile("gõ nhầm|Không có đơn nào"))
    await context.close()
