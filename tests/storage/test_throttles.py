"""Throttles count exactly, and forget in time."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from storage.casebook import Casebook
from storage.schema import throttles
from tests.conftest import InBook
from tests.hand_clock import HandClock

HOUR = timedelta(hours=1)


def use(book: Casebook, key: str = "status|10.0.0.1") -> bool:
    return book.throttle(key, limit=3, per=HOUR)


async def test_so_many_are_allowed_in_a_window_and_no_more(in_book: InBook, clock: HandClock) -> None:
    assert [await in_book(use) for _ in range(5)] == [True, True, True, False, False]
    assert await in_book(lambda book: use(book, "another")), "keys do not disturb each other"
    clock.forward(HOUR - timedelta(seconds=1))
    assert not await in_book(use)
    clock.forward(timedelta(seconds=1))
    assert [await in_book(use) for _ in range(4)] == [True, True, True, False]


async def test_at_once_they_are_counted_as_exactly(in_book: InBook) -> None:
    answers = await asyncio.gather(*(in_book(use) for _ in range(25)))

    assert sum(answers) == 3


async def test_whom_it_counts_is_not_readable(in_book: InBook) -> None:
    await in_book(use)

    row = await in_book(lambda book: book.connection.execute(select(throttles)).one())
    assert b"10.0.0.1" not in row.key_hash
