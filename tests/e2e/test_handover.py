"""A denunciation begun in Telegram, continued and filed on our own page by the one-time link, and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest

from petitions.kinds import Kind
from tests import log_watch
from tests.e2e.support.heard import Exchange, Heard
from tests.e2e.support.house import House, note_said, running_house
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.e2e.support.web_citizen import WebCitizen

PUBLIC = "https://tiepdan.example.vn"
STORY = "Tôi tố cáo ông Hùng, trưởng ban quản lý di tích, lấy tiền công đức của đình làng về xây nhà riêng"
SECRET_WORDS = "tiền công đức"


@pytest.fixture
async def house(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service that people reach over https (a proxy in front of it), on both engines."""
    async with running_house(database_url, tmp_path / "var", public_url=PUBLIC) as running:
        yield running


@pytest.fixture
async def browser(house: House) -> AsyncIterator[WebCitizen]:
    """A browser to which the proxy's https looks as such: it keeps and sends the secure cookie."""
    jar = aiohttp.CookieJar(unsafe=True, treat_as_secure_origin=house.url)
    async with aiohttp.ClientSession(house.url, cookie_jar=jar, headers={"Accept-Language": "vi"}) as http:
        visitor = WebCitizen(http, house.quiet)
        yield visitor
        note_said(visitor)


def path_of(heard: list[Heard]) -> str:
    """Path and query of the newest link to our own page."""
    address = urlsplit(next(url for said in reversed(heard) for url in said.urls))
    assert f"{address.scheme}://{address.netloc}" == PUBLIC
    log_watch.note(address.query.partition("=")[2], sort="secret")
    return f"{address.path}?{address.query}"


async def open_page(browser: WebCitizen, path: str) -> tuple[int, str]:
    async with browser.http.get(path, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def press_button(browser: WebCitizen, path: str) -> tuple[int, str]:
    form = {"t": path.partition("t=")[2]}
    async with browser.http.post("/continue", data=form, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "") or await answer.text()


async def taken_over(house: House, citizen: TelegramCitizen, browser: WebCitizen) -> list[Heard]:
    path = path_of(await citizen.all_heard())
    await open_page(browser, path)
    assert await press_button(browser, path) == (303, "/")
    await house.quiet()
    return await browser.news()


async def file_it(browser: WebCitizen) -> Exchange:
    """Answer what is asked until the card is confirmed."""
    exchange = await browser.press("Giữ bí mật danh tính")
    for _ in range(8):
        if any("Gửi bí mật" in label for label in exchange.labels):
            return await browser.press("Gửi bí mật")
        if "họ tên" in exchange.text.lower():
            exchange = await browser.say("Nguyễn Thị Sen 0951 223 455")
        elif any("Bỏ qua" in label for label in exchange.labels):
            exchange = await browser.press("Bỏ qua")
        else:
            exchange = await browser.press("xong")
    raise AssertionError("no card")


async def test_a_denunciation_goes_from_telegram_to_our_own_page_and_is_filed_there(
    house: House, browser: WebCitizen
) -> None:
    citizen = house.telegram_citizen()
    offered = await citizen.say(STORY)
    assert "10 phút" in offered.text
    path = path_of(offered.answers)
    assert (await open_page(browser, path))[0] == 200
    assert await citizen.news() == [], "opening alone hands nothing over"

    here = await taken_over(house, citizen, browser)
    assert SECRET_WORDS in here[0].text
    assert any("Giữ bí mật" in label for label in here[0].labels)
    left = [message.text for message in citizen.person.chat.messages.values() if not message.deleted]
    assert not any(SECRET_WORDS in text for text in left), "what was typed is deleted from the messenger"
    told = (await citizen.all_heard())[-1]
    assert "đã chuyển sang trang riêng" in told.text
    assert "đã được xóa" in told.text

    refused = await citizen.say("ông ấy còn lấy tượng cổ")
    assert "không được ghi nhận" in refused.text
    filed = await file_it(browser)
    [petition] = await house.ledger.petitions()
    assert petition.record.kind is Kind.DENUNCIATION
    assert petition.record.code in [code for heard in filed.answers for code in heard.codes]
    assert SECRET_WORDS in " ".join(petition.content.story)
    assert "tượng cổ" not in " ".join(petition.content.story)
    assert not any(heard.codes for heard in await citizen.all_heard())

    back = await citizen.press("Đưa cuộc trò chuyện về")
    assert "đã trở lại đây" in back.text
    assert "đã trở lại ứng dụng nhắn tin" in (await browser.news())[-1].text
    assert petition.record.code in [c for heard in (await citizen.say("/mine")).answers for c in heard.codes]


async def test_a_used_link_and_one_whose_time_is_over_are_told_kindly(
    house: House, browser: WebCitizen
) -> None:
    citizen = house.telegram_citizen()
    await citizen.say(STORY)
    used = path_of(await citizen.all_heard())
    await taken_over(house, citizen, browser)
    async with aiohttp.ClientSession(house.url) as stranger:
        other = WebCitizen(stranger, house.quiet)
        status, page = await open_page(other, used)
        assert (status, "Đường dẫn đã được dùng" in page) == (410, True)

        await citizen.say("cho tôi mở trên máy khác")
        late = path_of(await citizen.all_heard())
        house.clock.forward(timedelta(minutes=11))
        status, page = await open_page(other, late)
        assert (status, "Đường dẫn đã hết hạn" in page) == (410, True)
    assert "không được ghi nhận" in (await citizen.say("còn ở đó không")).text, "it is where it was"


async def test_a_deletion_whose_answer_is_lost_is_tried_again_and_told_once(
    house: House, browser: WebCitizen
) -> None:
    citizen = house.telegram_citizen()
    await citizen.say(STORY)
    house.telegram.fault("lost_after", "deleteMessage")
    await taken_over(house, citizen, browser)

    told = [heard.text for heard in await citizen.all_heard() if "đã chuyển sang trang riêng" in heard.text]
    assert len(told) == 1
    assert "đã được xóa" in told[0]


async def test_what_telegram_does_not_let_us_delete_is_said_honestly(
    house: House, browser: WebCitizen
) -> None:
    citizen = house.telegram_citizen()
    await citizen.say(
        "Ban quản lý di tích đình làng thu tiền công đức mà không công khai sổ sách cho dân biết"
    )
    house.clock.forward(timedelta(hours=49))
    await citizen.say("tôi muốn tố cáo ông Hùng lấy số tiền đó")
    await taken_over(house, citizen, browser)

    told = (await citizen.all_heard())[-1]
    assert "Có tin không xóa được" in told.text
    assert "đã được xóa" not in told.text
