"""The ticker: what is due is fired, also what fell due while nobody looked, and nothing ends it."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Connection, select

from bot.dispatch import Books, Dispatcher
from bot.ticker import Ticker
from handlers.citizens import reminders
from storage.database import Database
from storage.schema import timers
from tests.bot.delivery_rig import ACCOUNT, PLATFORM
from tests.hand_clock import MORNING, HandClock
from tests.handlers.officers.office import sample_facts

HOUR = timedelta(hours=1)


@pytest.fixture
def ticker(database: Database, books: Books, clock: HandClock) -> Ticker:
    dispatcher = Dispatcher(
        database=database, books=books, clock=clock, facts=sample_facts(), chance=random.Random(1)
    )
    return Ticker(dispatcher, clock=clock)


@pytest.fixture
async def running(ticker: Ticker) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(ticker.run())
    yield task
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def set_timers(
    database: Database, books: Books, *due_at: datetime, what: str = reminders.TIMER
) -> None:
    def work(connection: Connection) -> None:
        book = books(connection)
        for number, moment in enumerate(due_at):
            opened = book.open_turn(channel=PLATFORM, account=ACCOUNT, chat=f"c{number}")
            book.set_timer(what, moment, conversation_id=opened.conversation.id)

    await database.transact(work)


async def states(database: Database) -> list[str]:
    def work(connection: Connection) -> list[str]:
        return list(connection.execute(select(timers.c.status).order_by(timers.c.due_at)).scalars())

    return await database.read(work)


async def test_what_is_due_is_fired_also_what_was_missed(
    ticker: Ticker, database: Database, books: Books, clock: HandClock
) -> None:
    await set_timers(database, books, MORNING - 90 * HOUR, MORNING - HOUR, MORNING, MORNING + HOUR)
    assert await ticker.look() == 3
    assert await states(database) == ["fired", "fired", "fired", "waiting"]
    assert await ticker.look() == 0
    clock.forward(HOUR)
    assert await ticker.look() == 1
    assert await states(database) == ["fired"] * 4


async def test_two_that_look_at_once_fire_each_timer_once(
    ticker: Ticker, database: Database, books: Books
) -> None:
    await set_timers(database, books, *(MORNING - timedelta(minutes=n) for n in range(20)))
    async with asyncio.timeout(10):
        fired = await asyncio.gather(*(ticker.look() for _ in range(4)))
    assert sum(fired) >= 20
    assert await states(database) == ["fired"] * 20


async def test_a_timer_that_fails_comes_again_and_is_no_obstacle(
    ticker: Ticker, database: Database, books: Books, clock: HandClock
) -> None:
    await set_timers(database, books, MORNING - HOUR, what="nobody knows it")
    await set_timers(database, books, MORNING)
    assert await ticker.look() == 2
    assert await states(database) == ["fired", "waiting"]
    clock.forward(timedelta(minutes=2))
    assert await ticker.look() == 1
    assert await states(database) == ["fired", "waiting"]


async def test_a_database_that_is_away_does_not_end_it(
    ticker: Ticker, database: Database, books: Books, running: asyncio.Task[None]
) -> None:
    await database.close()
    await asyncio.sleep(0.05)
    await database.open()
    await set_timers(database, books, MORNING)
    async with asyncio.timeout(5):
        while await states(database) != ["fired"]:
            await asyncio.sleep(0.05)
    assert not running.done()
