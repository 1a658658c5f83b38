"""Delivery through the Official Account's channel to servers that count requests and close chats as Zalo does."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from bot.channels.zalo_bot import file_texts
from bot.channels.zalo_oa.channel import ZaloOaChannel
from bot.channels.zalo_oa.options import OaOptions
from bot.channels.zalo_oa.templates import Template
from bot.dispatch import Books
from bot.pacing import Pace
from handlers.texts import Catalogue
from handlers.turn import Priority
from storage.database import Database
from storage.records import OutboxRow, OutboxStatus
from tests.bot.channels.zalo_oa.rig_out import ConsoleTokens, Links
from tests.bot.channels.zalo_oa.test_channel import Office
from tests.bot.delivery_rig import Rig
from tests.emulators.zalo_oa import ZaloOaEmulator, ZaloUser
from tests.hand_clock import HandClock

S = OutboxStatus
DAY = 24 * 3600


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloOaEmulator]:
    async with ZaloOaEmulator() as emulator:
        yield emulator


@asynccontextmanager
async def delivering(
    zalo: ZaloOaEmulator, database: Database, books: Books, clock: HandClock, *, rate: int = 0
) -> AsyncIterator[Rig]:
    office = Office()
    channel = ZaloOaChannel(
        OaOptions(
            oa_id=zalo.settings.oa_id,
            app_id=zalo.settings.app_id,
            app_secret=zalo.settings.app_secret,
            secret_key=zalo.settings.oa_secret,
            api_url=zalo.api_url,
            business_url=zalo.business_url,
            rate=rate,
        ),
        office.receive,
        effects=office,
        tokens=ConsoleTokens(zalo),
        share=Links(),
        texts=file_texts(Catalogue.load()),
        now=clock.now,
        chance=lambda: 0.5,
        count=office.count,
        templates=[Template("answer", "7", False, {"ma": "code"})],
    )
    await channel.open()
    pace = Pace(per_second=0.0, in_flight=16, budget=channel.budget)
    try:
        async with Rig(database, books, clock, channel, pace=pace) as rig:
            yield rig
    finally:
        await channel.close()


async def written(rig: Rig, person: ZaloUser, *said: str, **given: Any) -> list[OutboxRow]:
    """The person writes, and is answered."""
    person.say("chào")
    return await rig.come_back(person.id, *said, **given)


async def test_under_pressure_replies_go_before_notices_and_notices_before_digests(
    zalo: ZaloOaEmulator, sqlite_database: Database, books: Books, clock: HandClock
) -> None:
    zalo.settings.oa_per_minute = 20
    async with delivering(zalo, sqlite_database, books, clock, rate=20) as rig:
        for priority in (Priority.DIGEST, Priority.NOTICE):
            for _ in range(30):
                await written(rig, zalo.person(), priority.name, wake=False, priority=int(priority))
        await rig.delivery.look()
        await rig.until(lambda: len(zalo.calls) >= 16)
        await asyncio.sleep(0.2)
        assert len(zalo.calls) == 16
        rows = [row for _ in range(4) for row in await written(rig, zalo.person(), "REPLY")]
        assert await rig.ended(*rows, seconds=3) == [S.SENT] * 4
    said = Counter(shown.text for person in zalo.people for shown in person.said_by_bot())
    assert said["REPLY"] == 4
    assert said["NOTICE"] + said["DIGEST"] == 16
    assert said["DIGEST"] <= 12
    assert zalo.busiest_minute() == 20
    assert zalo.server.rates.refused == 0


async def test_over_the_limit_all_the_same_the_account_waits(
    zalo: ZaloOaEmulator, sqlite_database: Database, books: Books, clock: HandClock
) -> None:
    """Another application of the office may use the same minute up."""
    zalo.settings.oa_per_minute = 2
    async with delivering(zalo, sqlite_database, books, clock) as rig:
        rows = [row for _ in range(6) for row in await written(rig, zalo.person(), "tin")]
        await rig.until(lambda: zalo.server.rates.refused > 0)
        await asyncio.sleep(0.3)
        refused = zalo.server.rates.refused
        await rig.say(zalo.people[0].id, "thêm")
        await asyncio.sleep(0.3)
        assert zalo.server.rates.refused == refused
        sent = [await rig.status(row) for row in rows]
    assert sorted(sent) == [S.QUEUED] * 4 + [S.SENT] * 2


async def test_a_chat_that_closed_waits_or_gets_its_template(
    zalo: ZaloOaEmulator, sqlite_database: Database, books: Books, clock: HandClock
) -> None:
    zalo.approve_template("7", {"ma": 30}, "Hồ sơ <ma> đã có kết quả.")
    an = zalo.person()
    async with delivering(zalo, sqlite_database, books, clock) as rig:
        assert await rig.ended(*await written(rig, an, "chào")) == [S.SENT]
        zalo.clock.source.advance(8 * DAY)  # Zalo counts otherwise than we do
        notice = {"text": "Đã trả lời.", "notice": "answer", "facts": {"code": "7Q2M"}}
        told = (await rig.say(an.id, "", body=notice))[0]
        assert await rig.ended(told) == [S.SENT]
        assert an.last.text == "Hồ sơ 7Q2M đã có kết quả."
        assert (await rig.row(told)).reason == "template 7"
        waits = (await rig.say(an.id, "Còn một việc."))[0]
        await rig.until(lambda: len(zalo.calls_of("message/cs")) == 3)
        await asyncio.sleep(0.1)
        assert await rig.status(waits) is S.WAITING
        await written(rig, an, "Mời Ông/Bà.")
        await rig.until(lambda: an.last.text == "Mời Ông/Bà.")
        assert [shown.text for shown in an.said_by_bot()][-2:] == ["Còn một việc.", "Mời Ông/Bà."]


async def test_who_blocked_us_is_blocked_and_a_lost_answer_is_sent_again(
    zalo: ZaloOaEmulator, sqlite_database: Database, books: Books, clock: HandClock
) -> None:
    an, binh = zalo.person(), zalo.person()
    async with delivering(zalo, sqlite_database, books, clock) as rig:
        rows = [*await written(rig, an, "1"), *await written(rig, binh, "1")]
        assert await rig.ended(*rows) == [S.SENT, S.SENT]
        an.block()
        assert await rig.ended(*await rig.say(an.id, "2")) == [S.BLOCKED]
        zalo.fault("reset_before", "message/cs", user=binh.id)
        row = (await rig.say(binh.id, "2"))[0]
        await rig.tried(row, 1)
        await rig.forward(60)
        assert await rig.ended(row) == [S.SENT]
    assert [shown.text for shown in binh.said_by_bot()] == ["1", "2"]
