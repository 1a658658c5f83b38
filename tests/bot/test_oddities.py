"""Oddities are counted without a write, written down together, and never lost by an outage."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot import oddities as parts
from bot.oddities import MOST_KINDS, Oddities
from storage import oddities
from storage.database import Database
from storage.oddities import Oddity
from tests.conftest import AGENCY
from tests.hand_clock import MORNING, HandClock


@pytest.fixture
def counter(database: Database, clock: HandClock) -> Oddities:
    return Oddities(database=database, agency=AGENCY, clock=clock)


async def known(database: Database) -> dict[str, int]:
    found = await database.read(lambda connection: oddities.all_of(connection, AGENCY))
    return {one.what: one.count for one in found}


async def test_counts_add_up_over_flushes_and_processes(
    counter: Oddities, database: Database, clock: HandClock
) -> None:
    other = Oddities(database=database, agency=AGENCY, clock=clock)
    for _ in range(1000):
        counter.count("post", "p1", "wrong_signature")
    assert await known(database) == {}
    await counter.flush()
    later = clock.forward(timedelta(hours=1))
    counter.count("post", "p1", "wrong_signature")
    other.count("post", "p1", "wrong_signature")
    other.count("post", "p1", "stale_event")
    await asyncio.gather(counter.flush(), other.flush())
    await counter.flush()

    found = await database.read(lambda connection: oddities.all_of(connection, AGENCY))
    assert [(one.what, one.count, one.first_at, one.last_at) for one in found] == [
        ("stale_event", 1, later, later),
        ("wrong_signature", 1002, MORNING, later),
    ]
    assert await database.read(lambda connection: oddities.all_of(connection, "another")) == []


async def test_an_outage_loses_no_count(counter: Oddities, database: Database, clock: HandClock) -> None:
    counter.count("post", "p1", "a")
    await database.close()
    await counter.flush()
    clock.forward(timedelta(minutes=1))
    counter.count("post", "p1", "a")
    counter.count("post", "p1", "b")
    await counter.flush()
    await database.open()
    await counter.flush()
    assert await known(database) == {"a": 2, "b": 1}
    [first, _] = await database.read(lambda connection: oddities.all_of(connection, AGENCY))
    assert (first.first_at, first.last_at) == (MORNING, clock.now())


async def test_a_flood_of_kinds_stays_small(counter: Oddities, database: Database) -> None:
    for number in range(MOST_KINDS + 20):
        counter.count("post", "p1", f"kind {number}")
    await counter.flush()
    counted = await known(database)
    assert (len(counted), counted["other"]) == (MOST_KINDS + 1, 20)


async def test_it_writes_by_itself_and_once_more_at_the_end(
    counter: Oddities, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parts, "FLUSH_SECONDS", 0.01)
    running = asyncio.create_task(counter.run())
    counter.count("post", "p1", "a")
    async with asyncio.timeout(10):
        while await known(database) != {"a": 1}:
            await asyncio.sleep(0.01)
    monkeypatch.setattr(parts, "FLUSH_SECONDS", 60)
    await asyncio.sleep(0.05)
    counter.count("post", "p1", "a")
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert await known(database) == {"a": 2}


async def test_marks_stand_beside_the_counts(database: Database) -> None:
    def work(connection: Connection) -> list[object]:
        said: list[object] = [oddities.last_of(connection, "post", "p1", "received")]
        for minutes in (5, 3):
            at = MORNING + timedelta(minutes=minutes)
            one = Oddity(channel="post", account="p1", what="received", count=1, first_at=at, last_at=at)
            oddities.add_many(connection, [one], agency=AGENCY)
            said.append(oddities.last_of(connection, "post", "p1", "received"))
        return said

    late = MORNING + timedelta(minutes=5)
    assert await database.transact(work) == [None, late, late]
