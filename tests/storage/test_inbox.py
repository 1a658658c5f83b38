"""Updates: each taken once, and none lost that could not be handled."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

import pytest
from sqlalchemy import select

from storage import inbox
from storage.casebook import Casebook
from storage.records import DeadLetter
from storage.schema import inbox as table
from tests.conftest import AGENCY, InBook
from tests.hand_clock import MORNING
from tests.storage.builders import NASTY

RAW = "Tôi tên Trần Văn Điều".encode()


def first_time(book: Casebook, update_id: str = "1", account: str = "bot") -> bool:
    return inbox.first_time(book.connection, "telegram", account, update_id, agency=AGENCY, at=MORNING)


def keep(book: Casebook, update_id: str = "1") -> int | None:
    return inbox.keep(
        book.connection,
        "telegram",
        "bot",
        update_id,
        raw=RAW,
        agency=AGENCY,
        at=MORNING,
        vault=book.vault,
        ids=book.ids,
    )


def keep_dead(book: Casebook, update_id: str = "1", attempts: int = 3) -> int:
    return inbox.keep_dead(
        book.connection,
        "telegram",
        "bot",
        update_id,
        raw=RAW,
        error="ValueError in turn",
        attempts=attempts,
        agency=AGENCY,
        at=MORNING,
        vault=book.vault,
        ids=book.ids,
    )


def letters(in_book: InBook) -> Awaitable[list[DeadLetter]]:
    return in_book(lambda book: inbox.dead_letters(book.connection, agency=AGENCY))


async def test_a_second_update_with_the_same_id_is_dropped(in_book: InBook) -> None:
    assert await in_book(first_time)
    assert not await in_book(first_time)
    assert await in_book(lambda book: first_time(book, "2"))
    assert await in_book(lambda book: first_time(book, account="other"))


@pytest.mark.parametrize("update_id", NASTY[:7], ids=range(7))
async def test_any_update_id_is_taken_once(in_book: InBook, update_id: str) -> None:
    assert await in_book(lambda book: first_time(book, update_id))
    assert not await in_book(lambda book: first_time(book, update_id))


async def test_the_same_update_many_times_at_once_is_first_once(in_book: InBook) -> None:
    seen = await asyncio.gather(*(in_book(first_time) for _ in range(30)))

    assert sum(seen) == 1


async def test_an_update_of_a_turn_that_failed_comes_again(in_book: InBook) -> None:
    class Unlucky(Exception):
        pass

    def fail(book: Casebook) -> None:
        first_time(book)
        raise Unlucky

    with pytest.raises(Unlucky):
        await in_book(fail)

    assert await in_book(first_time)


async def test_a_dead_letter_waits_sealed_and_is_run_again_once(in_book: InBook) -> None:
    letter_id = await in_book(keep_dead)

    [waiting] = await letters(in_book)
    assert (waiting.id, waiting.error, waiting.attempts, waiting.raw) == (
        letter_id,
        "ValueError in turn",
        3,
        None,
    )
    assert not await in_book(first_time), "its redelivery is dropped"
    row = await in_book(lambda book: book.connection.execute(select(table)).one())
    assert RAW not in row.raw_enc

    taken = await in_book(lambda book: inbox.take_for_replay(book.connection, letter_id, vault=book.vault))
    assert taken is not None
    assert (taken.raw, taken.update_id, taken.received_at) == (RAW, "1", MORNING)
    assert (
        await in_book(lambda book: inbox.take_for_replay(book.connection, letter_id, vault=book.vault))
        is None
    )
    assert await letters(in_book) == []
    assert not await in_book(first_time)


async def test_a_replay_that_fails_leaves_the_letter(in_book: InBook) -> None:
    letter_id = await in_book(keep_dead)

    def fail(book: Casebook) -> None:
        inbox.take_for_replay(book.connection, letter_id, vault=book.vault)
        raise ValueError("again")

    with pytest.raises(ValueError, match="again"):
        await in_book(fail)

    assert [letter.id for letter in await letters(in_book)] == [letter_id]


async def test_a_letter_that_dies_again_counts_further(in_book: InBook) -> None:
    await in_book(keep_dead)
    again = await in_book(lambda book: keep_dead(book, attempts=1))

    [waiting] = await letters(in_book)
    assert (waiting.id, waiting.attempts) == (again, 4)
    taken = await in_book(lambda book: inbox.take_for_replay(book.connection, again, vault=book.vault))
    assert taken is not None
    assert taken.raw == RAW


async def test_an_update_stored_before_it_is_handled_is_found_after_a_crash(in_book: InBook) -> None:
    kept_id = await in_book(keep)
    assert kept_id is not None
    assert await in_book(keep) is None, "its redelivery is dropped"

    [found] = await in_book(lambda book: inbox.kept(book.connection, agency=AGENCY))
    assert found.id == kept_id
    assert await letters(in_book) == []

    died = await in_book(keep_dead)
    assert [letter.id for letter in await letters(in_book)] == [died]
    assert await in_book(lambda book: inbox.kept(book.connection, agency=AGENCY)) == []
