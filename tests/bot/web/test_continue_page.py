"""The page behind a one-time link: opening it does nothing, its button hands the conversation over."""

from __future__ import annotations

import logging
import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest

from bot.channels.base import Receiver, Verdict
from bot.channels.webchat.channel import WebChat
from bot.dispatch import Books, Dispatcher
from bot.web.continue_page import OPENED_AT_ONCE
from handlers.messages import Incoming, Text
from handlers.talk import Talk
from handlers.turn import Facts
from storage import outbox
from storage.casebook import Casebook
from storage.database import Database
from storage.handovers import VALID_FOR, Handover
from storage.ids import IdSource
from storage.keys import Vault
from tests.hand_clock import HandClock
from tests.web_site import Site, running

STORY = "Tôi tố cáo ông Hùng lấy tiền công đức của đình làng"


class Gate:
    """The dialogue behind the page, which can be closed as when the database is away."""

    def __init__(self) -> None:
        self.closed = False
        self.taken: list[Verdict] = []
        self.dispatch: Receiver

    async def receive(self, incoming: Incoming) -> Verdict:
        verdict = Verdict.RETRY if self.closed else await self.dispatch(incoming)
        self.taken.append(verdict)
        return verdict


@pytest.fixture
def gate() -> Gate:
    return Gate()


@pytest.fixture
def ticks() -> list[float]:
    return [0.0]


@pytest.fixture
async def site(
    sqlite_database: Database,
    vault: Vault,
    ids: IdSource,
    clock: HandClock,
    tmp_path: Path,
    gate: Gate,
    ticks: list[float],
) -> AsyncIterator[Site]:
    def dialogue(chat: WebChat, facts: Facts) -> Receiver:
        safe = replace(facts, public_url="https://tiepdan.example.vn")
        dispatcher = Dispatcher(
            database=sqlite_database,
            books=Books(vault=vault, ids=ids, clock=clock, agency=facts.agency.code),
            clock=clock,
            facts=safe,
            chance=random.Random(7),
        )
        dispatcher.connect({"web": chat}, wake=lambda _: None)
        gate.dispatch = dispatcher.handle
        return gate.receive

    async with running(
        sqlite_database,
        vault=vault,
        ids=ids,
        clock=clock,
        folder=tmp_path,
        dialogue=dialogue,
        now=lambda: ticks[0],
    ) as site:
        yield site


@pytest.fixture
async def told(site: Site, gate: Gate, clock: HandClock) -> str:
    """A denunciation begun in a messenger; the token of the link that was offered."""
    incoming = Incoming(
        channel="post", account="p1", update_id="1", chat="an", person="an", content=Text(text=STORY),
        at=clock.now(), message_ref="77",
    )  # fmt: skip
    assert await gate.dispatch(incoming) is Verdict.DONE
    return await token_offered(site, clock)


async def token_offered(site: Site, clock: HandClock) -> str:
    rows = await waiting(site, clock, "post", "p1")
    [address] = [b["url"] for row in rows for line in row.body.get("rows", []) for b in line if "url" in b]
    return str(address).partition("t=")[2]


async def waiting(site: Site, clock: HandClock, channel: str, account: str) -> list[outbox.OutboxRow]:
    def look(book: Casebook) -> list[outbox.OutboxRow]:
        return outbox.due(
            book.connection, book.vault, accounts=[(channel, account)], now=clock.now() + timedelta(days=1)
        )

    return await site.database.read(lambda connection: look(site.books(connection)))


async def found(site: Site, token: str) -> Handover:
    handover = await site.database.read(lambda connection: site.books(connection).find_handover(token))
    assert handover is not None
    return handover


async def open_page(session: aiohttp.ClientSession, token: str) -> tuple[int, str]:
    async with session.get("/continue", params={"t": token}, allow_redirects=False) as answer:
        return answer.status, await answer.text()


async def press(session: aiohttp.ClientSession, token: str, **headers: str) -> tuple[int, str]:
    async with session.post("/continue", data={"t": token}, headers=headers, allow_redirects=False) as answer:
        return answer.status, answer.headers.get("Location", "") or await answer.text()


async def test_opening_uses_nothing_and_the_button_takes_it_over(
    site: Site, told: str, clock: HandClock
) -> None:
    async with site.visitor() as preview:
        for _ in range(3):
            status, page = await open_page(preview, told)
            assert (status, "Tiếp tục ở đây" in page) == (200, True)
    assert (await found(site, told)).used_at is None

    async with site.visitor() as visitor:
        await open_page(visitor, told)
        assert await press(visitor, told) == (303, "/")
        said = [row.body["text"] for row in await waiting(site, clock, "web", "web")]
        assert len(said) == 1
        assert "tiếp tục ở đây" in said[0]
        assert "tiền công đức" in said[0]
        assert await press(visitor, told) == (303, "/"), "pressed twice"
        assert (await open_page(visitor, told))[0] == 303, "it is in this browser already"
    assert len(await waiting(site, clock, "web", "web")) == 1
    to_first = (await waiting(site, clock, "post", "p1"))[-1].body
    assert "chuyển sang trang riêng" in to_first["text"]
    assert "77" in to_first["removes"]


async def test_the_first_page_of_a_browser_gives_it_the_cookie_it_needs(site: Site, told: str) -> None:
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(site.url, cookie_jar=jar) as fresh:
        await open_page(fresh, told)
        assert await press(fresh, told) == (303, "/")


async def test_without_a_cookie_the_page_says_so_and_uses_nothing(site: Site, told: str) -> None:
    async with aiohttp.ClientSession(site.url, cookie_jar=aiohttp.DummyCookieJar()) as session:
        status, page = await press(session, told)
    assert status == 400
    assert "cookie" in page
    assert (await found(site, told)).used_at is None


async def test_a_link_used_elsewhere_is_told_kindly(site: Site, told: str) -> None:
    async with site.visitor() as first, site.visitor() as second:
        await press(first, told)
        for status, page in (await open_page(second, told), await press(second, told)):
            assert status == 410
            assert "Đường dẫn đã được dùng" in page
            assert "Tiếp tục ở đây" not in page


async def test_a_link_whose_time_is_over_is_told_kindly(site: Site, told: str, clock: HandClock) -> None:
    clock.forward(VALID_FOR)
    async with site.visitor() as visitor:
        for status, page in (await open_page(visitor, told), await press(visitor, told)):
            assert status == 410
            assert "Đường dẫn đã hết hạn" in page
    assert (await found(site, told)).used_at is None


@pytest.mark.parametrize("token", ["", "0" * 26, "<script>alert(1)</script>", "é" * 300, "' OR 1=1"])
async def test_what_is_no_link_is_told_kindly(site: Site, token: str) -> None:
    async with site.visitor() as visitor:
        for status, page in (await open_page(visitor, token), await press(visitor, token)):
            assert status == 404
            assert "Đường dẫn không dùng được" in page
            assert "<script>alert" not in page


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}]
)
async def test_another_site_cannot_press_the_button(site: Site, told: str, headers: dict[str, str]) -> None:
    async with site.visitor() as visitor:
        assert (await press(visitor, told, **headers))[0] == 403
    assert (await found(site, told)).used_at is None


async def test_nothing_is_used_while_nothing_can_be_committed(site: Site, told: str, gate: Gate) -> None:
    async with site.visitor() as visitor:
        gate.closed = True
        assert (await press(visitor, told))[0] == 503
        assert (await found(site, told)).used_at is None
        gate.closed = False
        assert await press(visitor, told) == (303, "/")


async def test_too_many_openings_wait(site: Site, told: str, ticks: list[float]) -> None:
    async with site.visitor() as visitor:
        states = [(await open_page(visitor, told))[0] for _ in range(OPENED_AT_ONCE + 1)]
        assert states == [200] * OPENED_AT_ONCE + [429]
        ticks[0] += 10
        assert (await open_page(visitor, told))[0] == 200


async def test_the_token_goes_nowhere(site: Site, told: str, caplog: pytest.LogCaptureFixture) -> None:
    """No referrer, no search engine, no log line; and the other language keeps the link."""
    with caplog.at_level(logging.DEBUG):
        async with site.visitor() as visitor, visitor.get("/continue", params={"t": told}) as answer:
            page = await answer.text()
            assert answer.headers["Referrer-Policy"] == "strict-origin"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "script" not in answer.headers["Content-Security-Policy"].partition("script-src")[0]
            assert f'href="?t={told}&amp;lang=en"' in page
            await press(visitor, told)
    assert "/continue" in caplog.text or any(
        getattr(record, "route", "") == "/continue" for record in caplog.records
    )
    assert not [
        record for record in caplog.records if told in record.getMessage() or told in str(record.__dict__)
    ]


async def test_the_page_speaks_english_too(site: Site, told: str) -> None:
    async with (
        site.visitor() as visitor,
        visitor.get("/continue", params={"t": told, "lang": "en"}) as answer,
    ):
        assert "Go on here" in await answer.text()


async def test_the_conversation_is_whole_where_it_is_now(site: Site, told: str) -> None:
    async with site.visitor() as visitor:
        await press(visitor, told)
    handover = await found(site, told)

    def look(book: Casebook) -> Talk:
        row = book.conversation(handover.conversation_id)
        assert row is not None
        assert row.owner_contact_id == handover.taker_id
        return Talk.model_validate(row.state)

    talk = await site.database.transact(lambda connection: look(site.books(connection)))
    assert talk.citizen["draft"]["story"][0]["text"] == STORY
