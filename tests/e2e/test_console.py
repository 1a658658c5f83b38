"""The console in the running service: an officer's chat opens it, what is done there reaches the citizen's phone."""

from __future__ import annotations

import hashlib
import hmac
import json
import re
from pathlib import Path
from urllib.parse import urlencode

import aiohttp

from tests import log_watch
from tests.e2e.support.house import running_house
from tests.e2e.support.office import link
from tests.e2e.support.people import shown
from tests.e2e.support.script import Person, file
from tests.e2e.support.waiting import until

CODE = re.compile(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}\b")


def init_data(token: str, person: int, at: int) -> str:
    """What the app signs of its person."""
    fields = {"auth_date": str(at), "user": json.dumps({"id": person})}
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    return urlencode(fields | {"hash": hmac.digest(key, text.encode(), hashlib.sha256).hex()})


async def page(session: aiohttp.ClientSession, path: str) -> str:
    async with session.get(path) as response:
        assert response.status == 200, (path, response.status)
        return await response.text()


async def test_from_the_chat_to_the_console_and_back_to_the_citizen(sqlite_url: str, tmp_path: Path) -> None:
    async with running_house(sqlite_url, tmp_path) as house:
        citizen, officer = house.telegram_citizen(), house.telegram_citizen()
        await link(house, officer, "ql_van_hoa", "head", "Trần Thị Hoa")
        story = "Quán karaoke Trăng Thanh ở Phủ Lý hát tới 1h sáng, nhà tôi có người già không ngủ được"
        person = Person(name="Nguyễn Thị Sen", phone="0951 223 455", kind="phan_anh")
        done = await file(citizen, await citizen.say(story), person)
        [petition] = done.codes
        told = await officer.say("/console")
        code = CODE.search(told.text)
        assert code is not None, shown(officer.transcript)
        log_watch.note(code[0], sort="secret")
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(house.url, cookie_jar=jar) as session:
            async with session.post("/console/enter", data={"code": code[0]}) as response:
                assert response.url.path == "/console"
            await house.quiet()
            assert "Đã đăng nhập" in (await officer.news())[-1].text
            board = await page(session, "/console?view=unit")
            assert petition in board
            place = f"/console/cases/{petition}/do"
            for action, words in (("take", {}), ("answer", {"text": "Đoàn kiểm tra đã nhắc nhở quán."})):
                form = await page(session, f"{place}/{action}")
                fields = dict(re.findall(r'name="(proof|seq)" value="([^"]*)"', form)) | words
                async with session.post(f"{place}/{action}", data=fields) as response:
                    assert response.url.path == f"/console/cases/{petition}"
            await house.quiet()
            assert "Đoàn kiểm tra đã nhắc nhở quán." in (await citizen.news())[-1].text
            case = await page(session, f"/console/cases/{petition}")
            assert "đã tới" in case or "đã gửi" in case
            for cookie in session.cookie_jar:
                log_watch.note(cookie.value, sort="secret")
        wanted = house.settings.telegram
        assert wanted is not None
        at = int(house.clock.now().timestamp())
        data = init_data(wanted.token.get_secret_value(), officer.person.id, at)
        async with aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            assert 'action="/console/app"' in await page(session, "/console/app")
            async with session.post("/console/app", data={"data": data}) as response:
                assert response.url.path == "/console"
            for cookie in session.cookie_jar:
                log_watch.note(cookie.value, sort="secret")
        async with aiohttp.ClientSession(house.url, cookie_jar=aiohttp.CookieJar(unsafe=True)) as session:
            stranger = init_data(wanted.token.get_secret_value(), citizen.person.id, at)
            for words, status in ((data, 410), (stranger, 404), ("x=1", 404), ("", 404)):
                async with session.post("/console/app", data={"data": words}) as response:
                    assert response.status == status
        assert await house.ledger.broken() == []
        assert await house.ledger.dead() == []


async def test_a_day_set_at_the_console_moves_running_dates(sqlite_url: str, tmp_path: Path) -> None:
    async with running_house(sqlite_url, tmp_path) as house:
        citizen, officer = house.telegram_citizen(), house.telegram_citizen()
        await link(house, officer, "van_phong", "admin", "Trần Thị Hoa")
        story = "Quán karaoke Trăng Thanh ở Phủ Lý hát tới 1h sáng, nhà tôi có người già không ngủ được"
        person = Person(name="Nguyễn Thị Sen", phone="0951 223 455", kind="phan_anh")
        await file(citizen, await citizen.say(story), person)
        [before] = [kept.record.due_on for kept in await house.ledger.petitions()]
        assert before is not None
        code = CODE.search((await officer.say("/console")).text)
        assert code is not None
        log_watch.note(code[0], sort="secret")
        jar = aiohttp.CookieJar(unsafe=True)
        async with aiohttp.ClientSession(house.url, cookie_jar=jar) as session:
            await (await session.post("/console/enter", data={"code": code[0]})).read()
            form = await page(session, "/console/office/calendar")
            fields = {
                "proof": re.findall(r'name="proof" value="([^"]*)"', form)[0],
                "day": before.isoformat(),
                "works": "0",
                "name": "Nghỉ do bão",
                "decision": "Công điện 12/CĐ-UBND",
            }
            async with session.post("/console/office/calendar", data=fields) as response:
                assert response.status == 200
                assert "Nghỉ do bão" in await response.text()
            for cookie in session.cookie_jar:
                log_watch.note(cookie.value, sort="secret")

        async def moved() -> bool:
            [kept] = await house.ledger.petitions()
            return kept.record.due_on is not None and kept.record.due_on > before

        await until(moved, "the running date moved", within=20.0)
        assert await house.ledger.broken() == []
