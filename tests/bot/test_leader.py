"""One of several processes acts for an account (PostgreSQL); another takes over, and never both at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager, suppress

import pytest
from sqlalchemy import Connection, text

from bot.channels.base import Again
from bot.dispatch import Books
from storage.database import Database
from storage.leader import Leader
from storage.records import OutboxStatus
from tests.bot.delivery_rig import Platform, Rig
from tests.conftest import opened
from tests.hand_clock import HandClock

pytestmark = pytest.mark.postgres

BEAT = 0.06
LONGEST = 0.1


@asynccontextmanager
async def candidate(url: str, *, longest: float = LONGEST) -> AsyncIterator[tuple[Leader, Database]]:
    """A process that wants to lead, with connections of its own."""
    async with opened(url) as database:
        time = asyncio.get_running_loop().time
        leader = Leader(database.lockers, "send:post:p1", time=time, longest_act=longest, beat=BEAT)
        task = asyncio.create_task(leader.run())
        try:
            yield leader, database
        finally:
            assert not task.done(), "it never ends by itself"
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


async def leads(leader: Leader, seconds: float = 5.0) -> float:
    """Waits until it leads; the moment."""
    async with asyncio.timeout(seconds):
        while not leader.leads:
            await asyncio.sleep(0.003)
    return asyncio.get_running_loop().time()


def cut_off(connection: Connection) -> int:
    """Ends the connections that hold an advisory lock, as a lost network does."""
    found = connection.execute(
        text(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    )
    return len(found.all())


async def test_alone_it_leads_at_once(postgres_url: str) -> None:
    async with candidate(postgres_url, longest=60.0) as (leader, _):
        await leads(leader, 1.0)
        assert leader.epoch == 1


async def test_of_two_one_leads(postgres_url: str) -> None:
    async with candidate(postgres_url) as (first, _):
        await leads(first)
        async with candidate(postgres_url) as (second, _):
            for _ in range(20):
                assert first.leads
                assert not second.leads
                await asyncio.sleep(0.01)


async def test_it_takes_over_when_the_leader_dies_and_never_both_at_once(postgres_url: str) -> None:
    async with AsyncExitStack() as first_lives:
        first, _ = await first_lives.enter_async_context(candidate(postgres_url))
        await leads(first)
        async with candidate(postgres_url) as (second, _):
            watching = asyncio.create_task(_never_both(first, second))
            await asyncio.sleep(2 * BEAT)
            died_at = asyncio.get_running_loop().time()
            await first_lives.aclose()

            took_over = await leads(second)

            assert took_over - died_at >= LONGEST, "what the dead one had begun is over by then"
            assert not watching.done()
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching


async def _never_both(first: Leader, second: Leader) -> None:
    while True:
        assert not (first.leads and second.leads)
        await asyncio.sleep(0.002)


async def test_a_lost_connection_ends_the_lead_and_it_comes_back(postgres_url: str) -> None:
    async with candidate(postgres_url) as (leader, database):
        await leads(leader)
        assert await database.transact(cut_off) == 1
        async with asyncio.timeout(3):
            while leader.leads:
                await asyncio.sleep(0.003)
        await leads(leader)
        assert leader.epoch == 2


async def test_what_another_leader_sent_is_not_sent_again_when_the_lead_comes_back(
    postgres_url: str, books: Books, clock: HandClock, platform: Platform
) -> None:
    platform.outcomes["a"] = [Again("not connected")]
    async with candidate(postgres_url) as (first, here):
        await leads(first)
        async with Rig(here, books, clock, platform, leader=first) as rig:
            rows = await rig.say("a", "1", "2")
            await rig.tried(rows[0], 1)  # waits in the first one's memory now
            async with (
                candidate(postgres_url) as (second, there),
                Rig(there, books, clock, platform, leader=second) as other,
            ):
                await here.transact(cut_off)
                await leads(second)
                await other.forward(2)
                assert await other.ended(*rows) == [OutboxStatus.SENT] * 2
            await leads(first)
            assert first.epoch == 2
            await rig.forward(30)
            await rig.ended(*await rig.say("a", "3"))
    assert platform.texts("a") == ["1", "2", "3"]


async def test_a_server_that_refuses_does_not_end_it(postgres_url: str) -> None:
    """As while it starts or has no connection to give: the driver raises classes of its own then."""
    missing = postgres_url.rsplit("/", 1)[0] + "/no_such_database"
    async with candidate(missing) as (leader, _):
        await asyncio.sleep(4 * BEAT)
        assert not leader.leads
