"""Signing in with a code from one's own chat: once, in time, told, listed, revocable; nothing else opens anything."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from handlers.officers.tokens import Press
from petitions.kinds import Role
from storage.console_sessions import CODE_VALID, IDLE, LONGEST
from storage.records import OfficerRecord
from tests.bot.console.rig import Browser, browser, code_for, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

CHAT = "700"


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await office.officer(CHAT, "ql_van_hoa", Role.HEAD, "Trần Thị Hoa")


async def is_in(one: Browser) -> bool:
    return (await one.get("/console")).status == 200


async def test_the_chat_gives_a_code_and_hears_of_its_use(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    [told] = await office.command(CHAT, "console")
    code = told.message.monospace[0]
    assert told.message.protect
    assert code in told.text
    async with browser(site) as one:
        assert not await is_in(one)
        answer = await one.enter(code.lower().replace("-", " "))
        assert (answer.status, answer.place) == (303, "/console")
        assert await is_in(one)
        assert "Trần Thị Hoa" in (await one.get("/console")).words
    await office.deliver()
    word = office.last(CHAT)
    assert "Chrome · Windows" in word.text
    [ended] = await office.press(CHAT, word.button("Đăng xuất mọi nơi"))
    assert "Đã đăng xuất" in ended.text


async def test_a_citizen_a_group_and_who_has_left_get_no_code(office: Office, head: OfficerRecord) -> None:
    [answer] = await office.command("500", "console")
    assert not answer.message.monospace
    await office.group("-9", "ql_van_hoa")
    [answer] = await office.command("-9", "console", person=CHAT)
    assert "chat riêng" in answer.text
    await office.work(lambda book: book.remove_officer(head.id))
    [answer] = await office.command(CHAT, "console")
    assert not answer.message.monospace


async def test_asking_for_codes_has_a_limit(office: Office, head: OfficerRecord) -> None:
    said = [(await office.command(CHAT, "console"))[0].text for _ in range(11)]
    assert all("Mã vào bảng điều hành" in text for text in said[:10])
    assert "quá nhiều lần" in said[10]


async def test_the_link_shows_a_button_and_a_preview_uses_nothing(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    code = await code_for(office, head)
    async with browser(site) as preview:
        for _ in range(3):
            page = await preview.get(f"/console/enter?c={code}")
            assert (page.status, page.value("code")) == (200, code)
    async with browser(site) as one:
        assert (await one.enter(code)).status == 303


async def test_a_code_works_once_and_for_five_minutes_and_a_newer_one_takes_its_place(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    first, second = await code_for(office, head), await code_for(office, head)
    async with browser(site) as one:
        older = await one.enter(first)
        assert (older.status, "mã mới hơn" in older.words) == (410, True)
        assert (await one.enter(second)).status == 303
    async with browser(site) as other:
        again = await other.enter(second)
        assert (again.status, "đã được dùng" in again.words) == (410, True)
        late = await code_for(office, head)
        clock.forward(CODE_VALID)
        assert (await other.get(f"/console/enter?c={late}")).status == 410
        assert (await other.enter(late)).status == 410
        assert not await is_in(other)


@pytest.mark.parametrize("typed", ["", "0000-0000-0000", "<script>alert(1)</script>", "é" * 300, "' OR 1=1"])
async def test_what_is_no_code_is_told_kindly(site: Site, typed: str) -> None:
    async with browser(site) as one:
        answer = await one.enter(typed)
        assert (answer.status, "Mã không đúng" in answer.words) == (404, True)
        assert "<script>alert" not in answer.text
        assert (await one.get("/console/enter?c=" + "x" * 500)).status == 404


async def test_guessing_closes_the_sign_in_for_that_address(
    site: Site, office: Office, head: OfficerRecord, ticks: list[float]
) -> None:
    async with browser(site) as one:
        states = [(await one.enter(f"{number:012d}")).status for number in range(21)]
        assert states == [404] * 20 + [429]
        code = await code_for(office, head)
        assert (await one.enter(code)).status == 429, "also a right code waits"
        ticks[0] += 16 * 60
        assert (await one.enter(code)).status == 303


async def test_the_cookie_is_kept_from_scripts_and_other_sites(
    site: Site, office: Office, head: OfficerRecord, caplog: pytest.LogCaptureFixture
) -> None:
    code = await code_for(office, head)
    with caplog.at_level(logging.DEBUG):
        async with browser(site) as one:
            answer = await one.enter(code)
            cookie = answer.headers["Set-Cookie"]
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
            token = cookie.partition("=")[2].partition(";")[0]
            page = await one.get("/console")
            policy = page.headers["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            assert page.headers["Cache-Control"] == "no-store"
            assert page.headers["X-Frame-Options"] == "DENY"
            assert "style=" not in page.text
            assert "<script>" not in page.text
            assert token not in page.text
    assert not [r for r in caplog.records if token in str(r.__dict__) or code in str(r.__dict__)]


async def test_a_session_ends_after_idle_time_and_after_its_longest(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    async with signed_in(site, office, head) as one:
        for _ in range(3):
            clock.forward(IDLE - timedelta(minutes=1))
            assert await is_in(one)
        clock.forward(IDLE - timedelta(minutes=2))
        assert (await one.get("/console/board/live")).status == 200
        clock.forward(timedelta(minutes=3))
        assert not await is_in(one), "looking for news is no work"
    async with signed_in(site, office, head) as one:
        began = clock.now()
        while clock.now() + timedelta(minutes=20) < began + LONGEST:
            clock.forward(timedelta(minutes=20))
            assert await is_in(one)
        clock.at = began + LONGEST
        assert not await is_in(one)


async def test_sessions_end_with_the_officers_rights(
    site: Site, office: Office, head: OfficerRecord, clock: HandClock
) -> None:
    async with signed_in(site, office, head) as one:
        clock.forward(timedelta(minutes=1))
        now = clock.now()
        await office.work(lambda book: book.set_absent(head.id, now + timedelta(days=3), None, since=now))
        assert not await is_in(one), "somebody stands in from now on"
    async with signed_in(site, office, head) as one:
        assert await is_in(one), "signed in anew while away"
        await office.work(lambda book: book.remove_officer(head.id))
        assert not await is_in(one)


async def test_sessions_are_listed_and_ended_one_by_one_and_all(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile Safari/604.1"
    async with signed_in(site, office, head) as desk, signed_in(site, office, head, agent=phone) as hand:
        listed = await desk.get("/console/sessions")
        assert "Safari · iPhone" in listed.words
        assert "Chrome · Windows máy này" in listed.words
        other = await hand.get("/console/sessions")
        ids = [
            int(line.partition('"')[0])
            for line in other.text.split('name="session" value="')[1:]
            if line[0].isdigit()
        ]
        [ended] = ids
        assert (await desk.post("/console/sessions/end", {"session": str(ended)})).status == 303
        assert not await is_in(desk)
        assert await is_in(hand)
    async with signed_in(site, office, head) as one, signed_in(site, office, head) as two:
        assert (await one.post("/console/sessions/end", {"session": "others"})).status == 303
        assert await is_in(one)
        assert not await is_in(two)
        await office.press(CHAT, Press("signout", 0).token)
        assert not await is_in(one)


async def test_nobody_ends_the_session_of_another(site: Site, office: Office, head: OfficerRecord) -> None:
    mallory = await somebody(office, Role.ADMIN)
    async with signed_in(site, office, head) as one, signed_in(site, office, mallory) as other:
        [session] = await office.work(lambda book: book.console_sessions_of(head))
        for wish in (str(session.id), "9" * 18, "x", "", "-1"):
            assert (await other.post("/console/sessions/end", {"session": wish})).status == 404
        assert await is_in(one)


async def test_signing_out_ends_the_session_not_only_the_cookie(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    async with signed_in(site, office, head) as one:
        kept = {c.key: c.value for c in one.session.cookie_jar}
        assert (await one.post("/console/leave")).place == "/console/enter"
        assert not await is_in(one)
        one.session.cookie_jar.update_cookies(kept)
        assert not await is_in(one)


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
)
async def test_another_site_can_press_nothing(
    site: Site, office: Office, head: OfficerRecord, headers: dict[str, str]
) -> None:
    async with signed_in(site, office, head) as one:
        assert (await one.post("/console/leave", **headers)).status == 403
        assert await is_in(one)
    code = await code_for(office, head)
    async with (
        browser(site) as one,
        one.session.post("/console/enter", data={"code": code}, headers=headers) as response,
    ):
        assert response.status == 403


async def test_a_form_of_another_session_does_nothing(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    async with signed_in(site, office, head) as one, signed_in(site, office, head) as two:
        for proof in (two.proof, "", "0" * 64, "é"):
            assert (await one.post("/console/leave", {"proof": proof})).status == 403
        async with one.session.post("/console/leave", json={"proof": one.proof}) as response:
            assert response.status == 403
        async with one.session.post(
            "/console/leave",
            data=b"\xff=%ff&proof=\xff",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        ) as response:
            assert response.status == 403
        assert await is_in(one)


async def test_without_a_session_every_address_leads_to_the_sign_in(site: Site) -> None:
    async with browser(site) as one:
        for path in (
            "/console",
            "/console/sessions",
            "/console/no/such",
            "/console/board?view=all",
        ):
            answer = await one.get(path)
            assert answer.status == 303
            assert answer.place.startswith("/console/enter?next=%2Fconsole")
        assert (await one.post("/console/leave")).place == "/console/enter"
        assert (await one.get("/console/board", **{"HX-Request": "true"})).headers[
            "HX-Redirect"
        ] == "/console/enter"
        linked = await one.get("/console/sessions", **{"Sec-Fetch-Site": "cross-site"})
        assert 'content="0; url=/console/sessions"' in linked.text


@pytest.mark.parametrize(
    ("wished", "given"),
    [
        ("/console/sessions", "/console/sessions"),
        ("https://elsewhere.example/console", "/console"),
        ("//elsewhere.example/console/", "/console"),
        ("/console/..%2f..", "/console"),
        ("/console/\\evil", "/console"),
        ("/consoles", "/console"),
        ("/console/enter?c=X", "/console"),
        ("/console/a\r\nSet-Cookie: x=y", "/console"),
    ],
)
async def test_signing_in_leads_to_the_consoles_own_pages_only(
    site: Site, office: Office, head: OfficerRecord, wished: str, given: str
) -> None:
    async with browser(site) as one:
        assert (await one.enter(await code_for(office, head), next=wished)).place == given


async def test_what_is_not_there_is_told_inside_the_console(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    async with signed_in(site, office, head, language="en") as one:
        answer = await one.get("/console/no/such/page")
        assert (answer.status, "There is no such page" in answer.words) == (404, True)
        assert (await one.get("/console/static/x/console.css")).status == 200
        assert (await one.get("/console/static/x/..%2fapp.py")).status == 404


async def test_without_an_app_its_page_is_not_there(site: Site) -> None:
    async with browser(site) as one:
        assert (await one.get("/console/app")).status == 404
        assert (await one.post("/console/app", {"data": "x"})).status == 404
