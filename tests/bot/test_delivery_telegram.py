"""Delivery through the Telegram channel to a Bot API server that fails as Telegram does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from bot.channels.base import Verdict
from bot.channels.telegram import TelegramChannel, TelegramOptions, command_texts
from bot.dispatch import Books
from handlers.messages import Incoming
from handlers.texts import Catalogue
from storage.database import Database
from storage.records import OutboxStatus
from tests.bot.delivery_rig import Rig
from tests.emulators.telegram import Person, TelegramEmulator
from tests.hand_clock import HandClock

S = OutboxStatus


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def rig(
    database: Database, books: Books, clock: HandClock, telegram: TelegramEmulator
) -> AsyncIterator[Rig]:
    async def nobody(_incoming: Incoming) -> Verdict:
        return Verdict.DONE

    channel = TelegramChannel(
        TelegramOptions(token=telegram.token, api_url=telegram.url, mode="off"),
        nobody,
        now=lambda: datetime.now(UTC),
        texts=command_texts(Catalogue.load()),
    )
    await channel.open()
    async with Rig(database, books, clock, channel) as rig:
        yield rig
    await channel.close()


def heard(person: Person) -> list[str]:
    return [shown.text for shown in person.said_by_bot()]


async def test_many_people_each_in_order(rig: Rig, telegram: TelegramEmulator) -> None:
    people = [telegram.person() for _ in range(12)]
    rows = [row for n in range(5) for person in people for row in await rig.say(str(person.id), str(n))]
    assert set(await rig.ended(*rows)) == {S.SENT}
    assert all(heard(person) == list("01234") for person in people)
    assert (await rig.row(rows[0])).platform_ref == str(people[0].said_by_bot()[0].id)


async def test_told_to_wait(rig: Rig, telegram: TelegramEmulator) -> None:
    an, binh = telegram.person(), telegram.person()
    telegram.too_many("sendMessage", 3, chat=an.id)
    rows = await rig.say(str(an.id), "1", "2")
    seen = await rig.tried(rows[0], 1)
    assert (seen.next_at - rig.clock.now()).total_seconds() == 3
    assert await rig.ended(*await rig.say(str(binh.id), "1")) == [S.SENT]
    assert heard(an) == []
    await rig.forward(3.1)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert heard(an) == ["1", "2"]


@pytest.mark.parametrize("fault", ["lost_after", "gateway_lost", "truncated"])
async def test_a_lost_answer_doubles_that_message_only(
    rig: Rig, telegram: TelegramEmulator, fault: str
) -> None:
    an = telegram.person()
    telegram.fault(fault, "sendMessage")
    rows = await rig.say(str(an.id), "1", "2")
    seen = await rig.tried(rows[0], 1)
    assert seen.reason.startswith("uncertain: ")
    await rig.forward(1.1)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert heard(an) == ["1", "1", "2"]


@pytest.mark.parametrize("fault", ["reset_before", "bad_gateway"])
async def test_a_message_that_did_not_arrive_is_not_lost(
    rig: Rig, telegram: TelegramEmulator, fault: str
) -> None:
    an = telegram.person()
    telegram.fault(fault, "sendMessage")
    rows = await rig.say(str(an.id), "1", "2")
    await rig.tried(rows[0], 1)
    await rig.forward(1.1)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert heard(an) == ["1", "2"]


async def test_blocked_and_back(rig: Rig, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    an.block()
    rows = await rig.say(str(an.id), "1", "2")
    assert await rig.ended(*rows) == [S.BLOCKED, S.BLOCKED]
    an.unblock()
    assert await rig.ended(*await rig.say(str(an.id), "3")) == [S.SENT]
    assert heard(an)[-1] == "3"


async def test_a_group_becomes_a_supergroup(rig: Rig, telegram: TelegramEmulator) -> None:
    group = telegram.group(supergroup=False)
    old = str(group.id)
    assert await rig.ended(*await rig.say(old, "0")) == [S.SENT]
    group.migrate()
    rows = await rig.say(old, "1", "2")
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert [shown.text for shown in group.said_by_bot()][-2:] == ["1", "2"]


async def test_a_card_is_edited_and_sent_anew_where_it_is_gone(rig: Rig, telegram: TelegramEmulator) -> None:
    from tests.storage.builders import a_filing

    filed = await rig.database.transact(lambda connection: rig.books(connection).file(a_filing()))
    an, card = telegram.person(), {"card_petition_id": filed.id, "coalesce_key": "card"}
    for text in ("mới", "đã nhận", "đã nhận"):
        await rig.ended(*await rig.say(str(an.id), text, **card))
    assert heard(an) == ["đã nhận"]
    telegram.fail("editMessageText", 400, "Bad Request: message to edit not found")
    assert await rig.ended(*await rig.say(str(an.id), "đã trả lời", **card)) == [S.SENT]
    assert heard(an) == ["đã nhận", "đã trả lời"]


async def test_a_server_that_is_away_for_a_while(rig: Rig, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    await telegram.go_away()
    rows = await rig.say(str(an.id), "1", "2")
    await rig.tried(rows[0], 1)
    await telegram.come_back()
    await rig.forward(1.1)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert heard(an) == ["1", "2"]
    await asyncio.sleep(0)
