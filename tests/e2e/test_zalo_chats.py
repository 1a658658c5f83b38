"""What only Zalo has: the console of the account, a greeting before any word, windows that close, files by link."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.profile import read_agency
from tests.e2e.support.heard import Heard
from tests.e2e.support.house import House, running_house
from tests.e2e.support.office import link
from tests.e2e.support.platforms import ALL_CHANNELS
from tests.e2e.support.zalo_oa_citizen import ZaloOaCitizen
from tests.e2e.test_officers import CITIZEN, UNIT, filed


@pytest.fixture
async def any_town(database_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service on both engines with the Official Account."""
    async with running_house(database_url, tmp_path / "var", channels=("zalo_oa",)) as running:
        yield running


@pytest.fixture
async def town(sqlite_url: str, tmp_path: Path) -> AsyncIterator[House]:
    """A service on SQLite with all of its channels."""
    async with running_house(sqlite_url, tmp_path / "var", channels=ALL_CHANNELS) as running:
        yield running


def oa_citizen(house: House) -> ZaloOaCitizen:
    return ZaloOaCitizen(house.platforms.oa.person(), house.quiet)


def words(heard: list[Heard]) -> str:
    return "\n".join(one.text for one in heard)


async def test_who_begins_to_follow_is_greeted_once(town: House) -> None:
    citizen = oa_citizen(town)
    citizen.person.follow()
    greeted = await citizen.news()
    assert len(greeted) == 1
    assert "Kính chào" in greeted[0].text
    assert [label for label in greeted[0].labels if "Gửi đơn" in label]
    citizen.person.unfollow()
    citizen.person.follow()
    assert "Kính chào" not in words(await citizen.news())
    told = await citizen.say("#gopy")
    assert "Kính chào" not in told.text
    assert await town.ledger.dead() == []


async def test_the_receipt_comes_as_a_file_or_as_a_link_that_opens_once(town: House) -> None:
    """The Official Account carries the document, the bot only its link."""
    with_file, with_link = oa_citizen(town), await town.citizen("zalo_bot")
    code = await filed(with_file)
    file = next(one.file for one in await with_file.all_heard() if one.file is not None)
    assert file.data.startswith(b"%PDF-")
    assert code[:4] in file.name
    await filed(with_link)
    links = [url for one in await with_link.all_heard() for url in one.urls if "/files/" in url]
    assert len(links) == 1
    async with aiohttp.ClientSession() as browser:
        async with browser.get(links[0]) as page:  # a messenger's preview uses nothing up
            assert page.status == 200
            assert "text/html" in page.headers["Content-Type"]
        first, again = [await press_download(browser, links[0]) for _ in range(2)]
    assert (first[0], first[1][:5]) == (200, b"%PDF-")
    assert again[0] == 410
    assert b"%PDF-" not in again[1]


async def press_download(browser: aiohttp.ClientSession, url: str) -> tuple[int, bytes]:
    headers = {"Origin": url.split("/files/")[0]}
    async with browser.post(url, headers=headers) as answer:
        return answer.status, await answer.read()


async def test_the_bot_is_silent_while_somebody_writes_from_the_console(town: House) -> None:
    """What the person says then is for that human; half an hour after their last word the bot answers again."""
    citizen = oa_citizen(town)
    await citizen.say("phản ánh nhé")
    town.platforms.oa.console_says(citizen.person, "Chào bác, em là cán bộ phường đây ạ")
    await citizen.news()
    assert (await citizen.say("cháu cho bác hỏi mấy giờ mở cửa")).answers == []
    assert (await citizen.say("bác cảm ơn")).answers == []
    await town.pass_time(timedelta(minutes=31))
    [told] = await citizen.news()
    assert "chưa được ghi thành đơn" in told.text, (
        "said once, so that nobody waits for what was not taken down"
    )
    assert (await citizen.say("Quán karaoke ở Phủ Lý hát tới 1h sáng")).answers
    assert await town.ledger.dead() == []


async def test_danger_reaches_duty_also_while_somebody_writes_from_the_console(town: House) -> None:
    duty = oa_citizen(town)
    await link(town, duty, read_agency(None).focal_unit, "intake", "Trực")
    citizen = oa_citizen(town)
    await citizen.say("phản ánh nhé")
    town.platforms.oa.console_says(citizen.person, "Chào bác, em là cán bộ phường đây ạ")
    await citizen.news()
    await duty.news()
    assert (await citizen.say("cứu với, bố dượng đang cầm dao đánh mẹ cháu")).answers == []
    assert "cầm dao" in "\n".join(heard.text for heard in await duty.news())


async def test_an_officer_presses_an_old_card_and_is_answered_kindly(town: House) -> None:
    """Cards are never edited here: the old one still stands and its button can be pressed for ever."""
    officer, citizen = oa_citizen(town), oa_citizen(town)
    await link(town, officer, UNIT, "officer", "Lê Văn Cán")
    code = await filed(citizen)
    card = (await officer.news())[-1]
    place = card.labels.index("Nhận xử lý")
    taken = await officer.press("nhận xử lý")
    assert "đã phân công" in taken.text
    again = await officer.take(card, place)
    assert "đã nhận đơn này rồi" in again.text
    assert not any(heard.edited for heard in await officer.all_heard())
    kept = await town.ledger.petition(code)
    assert kept.actions.count("take") == 1


async def test_a_notice_waits_for_the_window_and_is_said_first(any_town: House) -> None:
    """After seven days of silence nothing may be sent; the officer's card says so until the person writes."""
    town = any_town
    officer, citizen = town.telegram_citizen(), oa_citizen(town)
    await link(town, officer, UNIT, "officer", "Lê Văn Cán")
    code = await filed(citizen)
    await officer.press("Nhận xử lý")
    assert "đã nhận xử lý" in words(await citizen.news())
    await town.pass_time(timedelta(days=8))
    before = len(town.platforms.oa.calls_of("message/cs"))
    await officer.say(f"/case {code}")
    await officer.press("Trả lời")
    await officer.say("Đoàn kiểm tra đã nhắc nhở, quán đóng cửa trước 23 giờ.")
    await officer.press("Gửi trả lời")
    assert await citizen.news() == []
    assert len(town.platforms.oa.calls_of("message/cs")) == before, "nothing is even tried"
    assert "Chưa báo được cho người dân" in (await officer.say(f"/case {code}")).text

    told = await citizen.say("cho hỏi đơn của tôi sao rồi")
    assert "quán đóng cửa trước 23 giờ" in told.answers[0].text
    assert len(told.answers) > 1, "and then what was asked is answered"
    assert sum("quán đóng cửa trước 23 giờ" in heard.text for heard in await citizen.all_heard()) == 1
    shown = (await officer.say(f"/case {code}")).text
    assert "Chưa báo được" not in shown
    assert "Đã báo người dân" in shown


async def test_one_citizen_follows_a_petition_on_telegram_zalo_and_the_web(town: House) -> None:
    """Each further chat is confirmed in the chat that filed; a stranger gets nothing; news go where one is."""
    officer, zalo = town.telegram_citizen(), oa_citizen(town)
    telegram, web = await town.citizen("telegram"), await town.citizen("web")
    await link(town, officer, UNIT, "officer", "Lê Văn Cán")
    code = await filed(zalo)
    for other in (telegram, web):
        seen = await other.say(code)
        assert CITIZEN.name not in seen.text
        assert "hỏi lại" in (await other.press("Đây là hồ sơ của tôi")).text
        asked = await zalo.news()
        assert code not in words(asked).replace("-", ""), "the question names no petition"
        assert "Có phải Ông/Bà không" in words(asked)
        await zalo.press("Có, là tôi")
        assert "Đã xác nhận" in words(await other.news())
        assert "karaoke" in (await other.say(code)).text.lower()
    stranger = oa_citizen(town)
    await stranger.say(code)
    await stranger.press("Đây là hồ sơ của tôi")
    await zalo.news()
    await zalo.press("Không phải tôi")
    assert "không được xác nhận" in words(await stranger.news())

    town.clock.forward(timedelta(minutes=1))  # who wrote last is known to some seconds
    await telegram.say("/mine")
    for chat in (zalo, web):
        await chat.news()
    await officer.press("Nhận xử lý")
    assert "đã nhận xử lý" in words(await telegram.news())
    assert words(await zalo.news()) + words(await web.news()) == ""
    assert await town.ledger.count("petitions") == 1
    assert await town.ledger.broken() == []


async def test_what_was_missed_in_an_outage_is_read_back_and_filed_once(town: House) -> None:
    """Events that Zalo gave up bringing: the chats are read at the next start."""
    citizen = oa_citizen(town)
    await citizen.say("phản ánh nhé")
    oa = town.platforms.oa
    hook, oa.deliverer.url = oa.deliverer.url, ""
    citizen.person.say(
        "Quán karaoke Trăng Thanh ở Phủ Lý hát tới 1h sáng, nhà tôi có người già không ngủ được"
    )
    await town.close()
    await town.open()
    oa.deliverer.url = hook
    read_back = await citizen.news()
    for _ in range(200):
        if read_back:
            break
        await asyncio.sleep(0.02)
        read_back = await citizen.news()
    assert "karaoke" in words(read_back).lower()
    assert await town.ledger.dead() == []
