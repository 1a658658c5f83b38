"""Timers fire once, in order, and also late."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from storage import timers
from storage.casebook import Casebook
from storage.database import Database
from storage.records import TimerRecord
from tests.conftest import AGENCY, InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import NASTY

HOUR = timedelta(hours=1)


def due(book: Casebook, limit: int = 10) -> list[TimerRecord]:
    return timers.due(book.connection, book.vault, agency=AGENCY, now=book.now(), limit=limit)


def fire(book: Casebook) -> list[int]:
    found = due(book, limit=1)
    return [timer.id for timer in found if timers.fired(book.connection, timer.id, now=book.now())]


async def test_a_timer_is_due_at_its_time_and_fires_once(in_book: InBook, clock: HandClock) -> None:
    timer_id = await in_book(
        lambda book: book.set_timer("remind", MORNING + HOUR, conversation_id=7, data={"words": NASTY})
    )

    assert await in_book(due) == []
    assert await in_book(lambda book: timers.next_due(book.connection)) == MORNING + HOUR
    clock.forward(HOUR)
    assert await in_book(due) == [
        TimerRecord(
            id=timer_id,
            what="remind",
            due_at=MORNING + HOUR,
            petition_id=None,
            conversation_id=7,
            data={"words": NASTY},
            attempts=0,
        )
    ]
    assert await in_book(fire) == [timer_id]
    assert await in_book(fire) == []
    assert not await in_book(lambda book: timers.fired(book.connection, timer_id, now=MORNING))
    assert await in_book(lambda book: timers.next_due(book.connection)) is None


async def test_missed_timers_fire_in_the_order_of_their_times(in_book: InBook, clock: HandClock) -> None:
    late = await in_book(lambda book: book.set_timer("b", MORNING + 2 * HOUR, petition_id=1))
    early = await in_book(lambda book: book.set_timer("a", MORNING + HOUR, petition_id=1))
    clock.forward(timedelta(days=3))

    assert await in_book(fire) + await in_book(fire) == [early, late]


async def test_a_timer_whose_work_fails_is_tried_again_later(in_book: InBook, clock: HandClock) -> None:
    timer_id = await in_book(lambda book: book.set_timer("a", MORNING, petition_id=1))

    def fail(book: Casebook) -> None:
        fire(book)
        raise ValueError("work failed")

    with pytest.raises(ValueError, match="work failed"):
        await in_book(fail)
    await in_book(lambda book: timers.postpone(book.connection, timer_id, MORNING + HOUR))

    assert await in_book(due) == []
    clock.forward(HOUR)
    [again] = await in_book(due)
    assert (again.id, again.attempts) == (timer_id, 1)


async def test_timers_are_called_off_by_name_and_matter(in_book: InBook) -> None:
    def set_some(book: Casebook) -> int:
        book.set_timer("remind", MORNING, conversation_id=1)
        book.set_timer("remind", MORNING, conversation_id=1)
        book.set_timer("other", MORNING, conversation_id=1)
        return book.set_timer("remind", MORNING, conversation_id=2)

    await in_book(set_some)

    assert await in_book(lambda book: book.cancel_timers("remind", conversation_id=1)) == 2
    assert await in_book(lambda book: book.cancel_timers("remind", petition_id=1)) == 0
    assert [(t.what, t.conversation_id) for t in await in_book(due)] == [("other", 1), ("remind", 2)]
    with pytest.raises(ValueError, match="petition or a conversation"):
        await in_book(lambda book: book.cancel_timers("remind"))


async def test_processes_share_the_timers_and_none_fires_twice(database: Database, in_book: InBook) -> None:
    for _ in range(30):
        await in_book(lambda book: book.set_timer("a", MORNING, petition_id=1))

    async def ticker() -> list[int]:
        mine: list[int] = []
        while fresh := await in_book(fire):
            mine += fresh
        return mine

    shares = await asyncio.gather(*(ticker() for _ in range(6)))

    fired = [timer_id for share in shares for timer_id in share]
    assert len(fired) == len(set(fired)) == 30


async def test_a_timer_in_work_is_passed_over(postgres_database: Database, make_book: object) -> None:
    def set_two(connection: Connection) -> list[int]:
        book = make_book(connection)  # type: ignore[operator]
        return [book.set_timer("a", MORNING, petition_id=1) for _ in range(2)]

    first, second = await postgres_database.transact(set_two)

    async def hold_and_look() -> tuple[list[int], list[int]]:
        engine = postgres_database._engine
        assert engine is not None
        async with engine.begin() as one, engine.begin() as other:
            mine = await one.run_sync(lambda connection: due(make_book(connection), limit=1))  # type: ignore[operator]
            theirs = await other.run_sync(lambda connection: due(make_book(connection), limit=1))  # type: ignore[operator]
            return [timer.id for timer in mine], [timer.id for timer in theirs]

    assert await hold_and_look() == ([first], [second])


async def test_an_officer_has_one_waiting_timer_of_a_name_and_the_earlier_time_counts(
    in_book: InBook, clock: HandClock
) -> None:
    for hours in (3, 5, 2):
        await in_book(lambda book, n=hours: book.set_officer_timer("digest", MORNING + n * HOUR, 7))  # type: ignore[misc]
    await in_book(lambda book: book.set_officer_timer("digest", MORNING + HOUR, 8))
    await in_book(lambda book: book.set_officer_timer("weekly", MORNING + HOUR, 7))
    clock.forward(9 * HOUR)

    found = await in_book(due)
    assert [(t.what, t.officer_id, t.due_at) for t in found] == [
        ("digest", 8, MORNING + HOUR),
        ("weekly", 7, MORNING + HOUR),
        ("digest", 7, MORNING + 2 * HOUR),
    ]

    await in_book(fire)
    await in_book(lambda book: book.set_officer_timer("digest", MORNING + HOUR, 8))
    assert [t.officer_id for t in await in_book(due)] == [7, 8, 7]


async def test_a_petition_s_timer_is_moved_and_called_off(in_book: InBook, clock: HandClock) -> None:
    for hours in (3, 5):
        await in_book(lambda book, n=hours: book.set_petition_timer("clock", MORNING + n * HOUR, 1))  # type: ignore[misc]
    await in_book(lambda book: book.set_petition_timer("clock", MORNING + HOUR, 2))
    await in_book(lambda book: book.set_timer("other", MORNING, petition_id=1))

    planned = await in_book(lambda book: book.planned("clock", [1, 2, 3]))
    assert planned == {1: MORNING + 5 * HOUR, 2: MORNING + HOUR}
    assert await in_book(lambda book: book.planned("clock", [])) == {}

    await in_book(lambda book: book.set_petition_timer("clock", None, 1))
    clock.forward(9 * HOUR)
    assert [(t.what, t.petition_id) for t in await in_book(due)] == [("other", 1), ("clock", 2)]


async def test_a_timer_about_to_fire_is_not_waited_for(
    postgres_database: Database, make_book: Callable[[Connection], Casebook]
) -> None:
    """The one who fires waits for the petition, which this turn holds: waiting for it would stop both."""
    await postgres_database.transact(lambda c: make_book(c).set_petition_timer("clock", MORNING, 1))

    engine = postgres_database._engine
    assert engine is not None
    async with engine.begin() as firing, engine.begin() as other:
        await firing.run_sync(lambda c: due(make_book(c), limit=1))
        async with asyncio.timeout(5):
            await other.run_sync(lambda c: make_book(c).set_petition_timer("clock", MORNING + HOUR, 1))
    planned = await postgres_database.read(lambda c: make_book(c).planned("clock", [1]))
    assert planned == {1: MORNING}
