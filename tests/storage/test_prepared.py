"""A prepared statement gives what SQLAlchemy gives, on every sort of connection."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, bindparam, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from petitions.kinds import Action, ActorKind, Kind, Stage
from storage.book import insert_new, upsert
from storage.database import Database
from storage.prepared import Prepared
from storage.schema import inbox, petitions, registers, timers
from tests.conftest import InBook
from tests.hand_clock import MORNING
from tests.storage.builders import a_filing

ADD = Prepared(insert(registers))
ONE = {"agency": "a", "book": "b", "year": 2026, "last_no": 1}


async def test_both_ways_give_the_same_row(database: Database, in_book: InBook) -> None:
    filed = await in_book(lambda book: book.file(a_filing(topic="lễ hội \ufffd")))
    plain = select(petitions).where(petitions.c.id == bindparam("wanted"))

    def both(connection: Connection) -> tuple[dict[str, Any], dict[str, Any]]:
        [direct] = Prepared(plain).rows(connection, {"wanted": filed.id})
        core = connection.execute(plain, {"wanted": filed.id}).one()
        return direct._asdict(), core._asdict()

    for run in (database.transact, database.read):
        direct, core = await run(both)
        assert direct == core
        assert (direct["kind"], direct["stage"], direct["filed_at"]) == (
            Kind.FEEDBACK,
            Stage.RECEIVED,
            MORNING,
        )


async def test_counts_of_changed_rows(database: Database) -> None:
    new = insert_new(registers, unless=["agency", "book", "year"])
    raise_it = upsert(
        registers,
        key=["agency", "book", "year"],
        change=lambda row: {"last_no": registers.c.last_no + row.last_no},
        returning=registers.c.last_no,
    )
    change = Prepared(update(registers).where(registers.c.year == bindparam("of_year")).values(last_no=7))

    def work(connection: Connection) -> list[int]:
        return [
            new.run(connection, ONE),
            new.run(connection, ONE),
            raise_it.rows(connection, ONE)[0].last_no,
            change.run(connection, {"of_year": 2026}),
            change.run(connection, {"of_year": 1999}),
        ]

    assert await database.transact(work) == [1, 0, 2, 1, 0]


async def test_many_rows_and_none(database: Database) -> None:
    def work(connection: Connection) -> int:
        ADD.run_many(connection, [ONE | {"year": year} for year in range(5)])
        ADD.run_many(connection, [])
        return len(connection.execute(select(registers)).all())

    assert await database.transact(work) == 5


async def test_a_fault_is_the_same_and_shows_no_values(database: Database) -> None:
    await database.transact(lambda connection: ADD.run(connection, ONE | {"book": "Trần Văn Điều"}))

    with pytest.raises(IntegrityError) as refused:
        await database.transact(lambda connection: ADD.run(connection, ONE | {"book": "Trần Văn Điều"}))

    assert "Điều" not in str(refused.value)
    assert await database.transact(lambda connection: ADD.run(connection, ONE)) == 1


async def test_a_value_that_is_not_given_is_missed(sqlite_database: Database) -> None:
    find = Prepared(select(registers).where(registers.c.year == bindparam("wanted")))

    with pytest.raises(KeyError, match="wanted"):
        await sqlite_database.transact(lambda connection: find.rows(connection, {"other": 1}))


async def test_a_naive_time_is_refused(database: Database) -> None:
    find = Prepared(select(timers).where(timers.c.due_at <= bindparam("until")))
    naive = MORNING.replace(tzinfo=None)

    with pytest.raises(Exception, match="time zone"):
        await database.transact(lambda connection: find.rows(connection, {"until": naive}))


async def test_times_words_and_vocabularies_come_back(database: Database) -> None:
    put = Prepared(insert(inbox))
    row = {"channel": "a\0b", "account": "\ud800", "update_id": "x", "agency": "ă", "status": "done"}
    moment = MORNING + timedelta(microseconds=1)

    def work(connection: Connection) -> Any:
        put.run(connection, row | {"received_at": moment})
        return Prepared(select(inbox)).first(connection, {})

    kept = await database.transact(work)
    assert (kept.channel, kept.account, kept.agency, kept.received_at) == ("a\ufffdb", "?", "ă", moment)


@pytest.mark.parametrize("word", list(ActorKind) + list(Action))
async def test_a_word_of_another_vocabulary_is_refused(sqlite_database: Database, word: Any) -> None:
    change = Prepared(update(petitions).values(stage=bindparam("to_stage")))

    if word.value in set(Stage):
        pytest.skip("a word that both vocabularies have")
    with pytest.raises(ValueError, match="is not a valid Stage"):
        await sqlite_database.transact(lambda connection: change.run(connection, {"to_stage": word.value}))


async def test_outside_a_transaction_sqlalchemy_begins_one(sqlite_url: str) -> None:
    from storage import engines

    engine = engines.sqlite_writer(engines.read_url(sqlite_url))
    with engine.connect() as connection:
        ADD.run(connection, ONE)
        assert connection.in_transaction()
        connection.rollback()
        assert connection.execute(text("SELECT count(*) FROM registers")).scalar() == 0
