"""Links to documents: known by their token only, used once, over after a week, forgotten after a month."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from sqlalchemy import select

from storage.casebook import Casebook
from storage.database import Database
from storage.schema import shared_files
from storage.shared_files import REMEMBERED_FOR, REMOVED_AFTER, VALID_FOR, SharedFault
from tests.conftest import InBook
from tests.hand_clock import HandClock

KEY = "ab" * 32


def share(book: Casebook, content: str = KEY) -> str:
    return book.share_file(name="Thông báo.odt", mime="application/pdf", size=1234, content_key=content)


async def test_only_the_token_finds_it_and_nothing_readable_is_stored(in_book: InBook) -> None:
    token = await in_book(share)
    found = await in_book(lambda book: book.find_shared_file(token))
    assert found is not None
    assert (found.name, found.mime, found.size, found.content_key) == (
        "Thông báo.odt",
        "application/pdf",
        1234,
        KEY,
    )
    assert await in_book(lambda book: book.find_shared_file(token[:-1])) is None
    row = await in_book(lambda book: book.connection.execute(select(shared_files)).one())
    stored = b"|".join(str(value).encode() for value in row)
    assert token.encode() not in stored
    assert "Thông báo".encode() not in row.name_enc
    assert len(token) == 26
    assert await in_book(share) != token


async def test_one_of_many_uses_it(in_book: InBook, clock: HandClock) -> None:
    token = await in_book(share)
    won = await asyncio.gather(*(in_book(lambda book: book.use_shared_file(token)) for _ in range(8)))
    assert won.count(True) == 1
    found = await in_book(lambda book: book.find_shared_file(token))
    assert found is not None
    assert found.fault(clock.now()) is SharedFault.USED
    await in_book(lambda book: book.give_back_shared_file(token))
    assert await in_book(lambda book: book.use_shared_file(token))


async def test_it_is_over_after_a_week(in_book: InBook, clock: HandClock) -> None:
    token = await in_book(share)
    clock.forward(VALID_FOR - timedelta(seconds=1))
    found = await in_book(lambda book: book.find_shared_file(token))
    assert found is not None
    assert found.fault(clock.now()) is None
    clock.forward(timedelta(seconds=1))
    assert found.fault(clock.now()) is SharedFault.EXPIRED
    assert not await in_book(lambda book: book.use_shared_file(token))


async def test_contents_go_when_nobody_can_get_them_and_rows_later(
    in_book: InBook, clock: HandClock, database: Database
) -> None:
    used, kept = await in_book(lambda book: share(book, "11" * 32)), await in_book(share)
    await in_book(lambda book: book.use_shared_file(used))
    assert await in_book(lambda book: book.shared_files_over()) == {}
    clock.forward(REMOVED_AFTER)
    over = await in_book(lambda book: book.shared_files_over())
    assert list(over.values()) == ["11" * 32]
    await in_book(lambda book: book.forget_shared_files(over))
    assert await in_book(lambda book: book.shared_files_over()) == {}
    found = await in_book(lambda book: book.find_shared_file(used))
    assert found is not None
    assert found.fault(clock.now()) is SharedFault.USED

    clock.forward(VALID_FOR + REMEMBERED_FOR)
    over = await in_book(lambda book: book.shared_files_over())
    assert list(over.values()) == [KEY]
    await in_book(lambda book: book.forget_shared_files(over))
    assert await in_book(lambda book: book.find_shared_file(kept)) is None
    assert await in_book(lambda book: book.find_shared_file(used)) is None
