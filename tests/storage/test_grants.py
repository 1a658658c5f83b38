"""The row of a platform's grant on both engines: sealed, locked, and one renewer among processes."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select, text

from storage import grants
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.grants import Grant, GrantState
from storage.keys import CannotOpen
from storage.schema import grants as table
from tests.conftest import InBook, opened
from tests.hand_clock import HandClock

WHO = ("platform", "account-1")
HOUR, MONTHS = timedelta(hours=1), timedelta(days=90)


def with_row(work: Callable[[Casebook, Grant], object]) -> Callable[[Casebook], object]:
    return lambda book: work(book, grants.lock_grant(book, *WHO))


def pair(book: Casebook, grant: Grant, access: str = "access-one", refresh: str = "refresh-one") -> Grant:
    return grants.keep_pair(book, grant, access=access, refresh=refresh, life=25 * HOUR, refresh_life=MONTHS)


async def test_nothing_is_there_before_it_is_begun(in_book: InBook) -> None:
    assert await in_book(lambda book: grants.find_grant(book, *WHO)) is None
    made = await in_book(lambda book: grants.lock_grant(book, *WHO))
    assert (made.state, made.version, made.access, made.refresh) == (GrantState.NONE, 0, "", "")
    assert await in_book(lambda book: grants.find_grant(book, *WHO)) == made


async def test_a_pair_is_kept_sealed(in_book: InBook, clock: HandClock) -> None:
    await in_book(with_row(pair))
    found = await in_book(lambda book: grants.find_grant(book, *WHO))
    assert found is not None
    assert (found.access, found.refresh, found.version) == ("access-one", "refresh-one", 1)
    assert found.expires_at == clock.now() + 25 * HOUR
    assert found.refresh_until == clock.now() + MONTHS
    assert found.alive(clock.now())
    assert not found.alive(clock.now() + 25 * HOUR)
    row = await in_book(lambda book: book.connection.execute(select(table)).one())
    everything = repr(tuple(row)).encode() + row.access_enc + row.refresh_enc
    assert b"access-one" not in everything
    assert b"refresh-one" not in everything
    assert "access-one" not in repr(found)
    assert "refresh-one" not in repr(found)


async def test_a_pair_opens_in_its_own_row_only(in_book: InBook) -> None:
    await in_book(with_row(pair))

    def moved(book: Casebook) -> None:
        book.connection.execute(table.update().values(account="account-2"))
        grants.find_grant(book, "platform", "account-2")

    with pytest.raises(CannotOpen):
        await in_book(moved)


async def test_accounts_are_apart(in_book: InBook) -> None:
    await in_book(with_row(pair))
    await in_book(
        lambda book: pair(book, grants.lock_grant(book, "platform", "account-2"), "other", "other-r")
    )
    first = await in_book(lambda book: grants.find_grant(book, *WHO))
    assert first is not None
    assert first.access == "access-one"


async def test_the_same_refresh_token_keeps_its_end(in_book: InBook, clock: HandClock) -> None:
    first = await in_book(with_row(pair))
    assert isinstance(first, Grant)
    clock.forward(20 * HOUR)
    second = await in_book(with_row(lambda book, grant: pair(book, grant, "access-two")))
    assert isinstance(second, Grant)
    assert (second.version, second.refresh_until) == (2, first.refresh_until)


async def test_configured_tokens_are_known_again(in_book: InBook) -> None:
    def first(book: Casebook, grant: Grant) -> None:
        for number in range(20):
            grant = grants.keep_first_token(book, grant, f"configured-{number}", refresh_life=MONTHS)
        pair(book, grant)

    await in_book(with_row(first))

    def known(book: Casebook, grant: Grant) -> list[bool]:
        return [grants.mark_of(book, f"configured-{number}") in grant.marks for number in range(21)]

    assert await in_book(with_row(known)) == [False] * 4 + [True] * 16 + [False]


async def test_a_state_dates_itself_and_a_refusal_may_be_told(in_book: InBook, clock: HandClock) -> None:
    def alarm(book: Casebook, grant: Grant) -> bool:
        return grants.claim_alarm(book, grant, every=6 * HOUR)

    assert await in_book(with_row(alarm)) is True
    assert await in_book(with_row(alarm)) is False
    clock.forward(HOUR)
    await in_book(with_row(lambda book, grant: grants.set_state(book, grant, GrantState.UNCERTAIN, "lost")))
    assert await in_book(with_row(alarm)) is False
    await in_book(with_row(lambda book, grant: grants.set_state(book, grant, GrantState.REFUSED, "spent")))
    row = await in_book(lambda book: grants.find_grant(book, *WHO))
    assert row is not None
    assert (row.state, row.reason, row.updated_at) == (GrantState.REFUSED, "spent", clock.now())
    assert await in_book(with_row(alarm)) is True
    clock.forward(6 * HOUR)
    assert await in_book(with_row(alarm)) is True


async def test_an_authorisation_ends_once(in_book: InBook, clock: HandClock) -> None:
    def end(word: str) -> Callable[[Casebook], object]:
        return with_row(lambda book, grant: grants.end_authorisation(book, grant, word))

    assert await in_book(end("word")) is False
    until = clock.now() + HOUR
    await in_book(with_row(lambda book, grant: grants.begin_authorisation(book, grant, "word", until=until)))
    assert await in_book(end("another")) is False
    assert await in_book(end("word")) is True
    assert await in_book(end("word")) is False
    await in_book(with_row(lambda book, grant: grants.begin_authorisation(book, grant, "word", until=until)))
    clock.forward(HOUR)
    assert await in_book(end("word")) is False


async def test_the_row_is_locked_until_the_end(
    database: Database, make_book: Callable[..., Casebook]
) -> None:
    """Twenty changes at once lose nothing."""

    def one(connection: Connection) -> None:
        book = make_book(connection)
        grant = grants.lock_grant(book, *WHO)
        pair(book, grant, f"access-{grant.version}", f"refresh-{grant.version}")

    await asyncio.gather(*(database.transact(one) for _ in range(20)))
    row = await database.read(lambda connection: grants.find_grant(make_book(connection), *WHO))
    assert row is not None
    assert (row.version, row.access) == (20, "access-19")


async def test_on_sqlite_whoever_asks_may_renew(sqlite_database: Database) -> None:
    async with (
        grants.only_renewer(sqlite_database, *WHO) as first,
        grants.only_renewer(sqlite_database, *WHO) as second,
    ):
        assert (first, second) == (True, True)


@pytest.mark.postgres
async def test_one_process_at_a_time_renews(postgres_url: str) -> None:
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        for _ in range(3):
            async with grants.only_renewer(one, *WHO) as first:
                assert first
                async with grants.only_renewer(other, *WHO) as second:
                    assert not second
                async with grants.only_renewer(other, "platform", "account-2") as elsewhere:
                    assert elsewhere
            async with grants.only_renewer(other, *WHO) as afterwards:
                assert afterwards


@pytest.mark.postgres
async def test_a_lock_whose_connection_is_cut_ends_quietly(postgres_url: str) -> None:
    cut = text(
        "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
        "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    )
    async with opened(postgres_url) as one, opened(postgres_url) as other:
        async with grants.only_renewer(one, *WHO) as ours:
            assert ours
            assert len(await other.read(lambda connection: connection.execute(cut).all())) == 1
            await asyncio.sleep(0.05)
            async with grants.only_renewer(other, *WHO) as taken_over:
                assert taken_over
        async with grants.only_renewer(one, *WHO) as again:
            assert again


async def test_a_server_that_is_away_is_said() -> None:
    database = Database.from_url("postgresql+asyncpg://nobody@127.0.0.1:1/none")
    await database.open()
    try:
        with pytest.raises(Unavailable):
            async with grants.only_renewer(database, *WHO):
                pass
    finally:
        await database.close()
