"""Transactions: all or nothing, shared commits, and a clear word when nothing can be committed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

from storage.database import Database, Unavailable
from storage.schema import registers
from tests import postgres_server
from tests.conftest import opened, server_folder


class Unlucky(Exception):
    pass


def write(year: int, *, book: str = "b") -> Callable[[Connection], int]:
    """Adds one row of its own."""

    def work(connection: Connection) -> int:
        connection.execute(insert(registers).values(agency="a", book=book, year=year, last_no=0))
        return year

    return work


def years(connection: Connection) -> list[int]:
    return list(connection.execute(select(registers.c.year).order_by(registers.c.year)).scalars())


async def test_what_is_committed_is_read_and_results_come_back(database: Database) -> None:
    assert await database.transact(write(1)) == 1
    assert await database.read(years) == [1]


async def test_a_work_that_raises_is_undone_alone(database: Database) -> None:
    def fail(connection: Connection) -> None:
        write(100)(connection)
        raise Unlucky

    works: list[Callable[[Connection], Any]] = [write(1), fail, write(2), fail, write(1), write(3)]
    answers = await asyncio.gather(*(database.transact(work) for work in works), return_exceptions=True)

    kinds = [answer if isinstance(answer, int) else type(answer) for answer in answers]
    if database.dialect == "sqlite":  # one after the other, so the first of the two equal ones wins
        assert kinds == [1, Unlucky, 2, Unlucky, IntegrityError, 3]
    assert sorted(map(str, kinds)) == sorted(map(str, [1, Unlucky, 2, Unlucky, IntegrityError, 3]))
    assert await database.read(years) == [1, 2, 3]


async def test_turns_that_wait_at_the_same_moment_share_a_commit(sqlite_database: Database) -> None:
    writer = sqlite_database.writer
    assert writer is not None
    await sqlite_database.transact(write(0))
    before = writer.commits

    await asyncio.gather(*(sqlite_database.transact(write(year)) for year in range(1, 101)))

    assert len(await sqlite_database.read(years)) == 101
    assert 2 <= writer.commits - before <= 20
    assert writer.works == 101


async def test_nothing_is_answered_before_its_commit(sqlite_database: Database, sqlite_url: str) -> None:
    async def write_and_look(year: int) -> bool:
        await sqlite_database.transact(write(year))
        path = sqlite_url.removeprefix("sqlite+aiosqlite:///")
        with sqlite3.connect(path) as other:
            found = other.execute("SELECT count(*) FROM registers WHERE year = ?", [year]).fetchone()
        other.close()
        return bool(found[0] == 1)

    assert all(await asyncio.gather(*(write_and_look(year) for year in range(30))))


async def test_a_commit_of_sqlite_outlasts_a_power_cut(sqlite_database: Database) -> None:
    def settings(connection: Connection) -> list[object]:
        names = ("journal_mode", "synchronous", "foreign_keys")
        return [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in names]

    assert await sqlite_database.transact(settings) == ["wal", 2, 1]


async def test_one_turn_in_a_quiet_moment_does_not_wait_for_company(sqlite_database: Database) -> None:
    writer = sqlite_database.writer
    assert writer is not None
    for year in range(5):
        await sqlite_database.transact(write(year))

    assert writer.commits == 5


async def test_works_run_off_the_event_loop_and_one_at_a_time(sqlite_database: Database) -> None:
    running: list[str] = []

    def work(_connection: Connection) -> tuple[str, int]:
        running.append("x")
        together = len(running)
        running.pop()
        return threading.current_thread().name, together

    answers = await asyncio.gather(*(sqlite_database.transact(work) for _ in range(50)))

    assert set(answers) == {("database-writer", 1)}


async def test_a_cancelled_turn_that_had_not_begun_never_runs(sqlite_database: Database) -> None:
    gate = threading.Event()
    holding = asyncio.create_task(sqlite_database.transact(lambda _: gate.wait(5)))
    await asyncio.sleep(0.05)
    waiting = asyncio.create_task(sqlite_database.transact(write(7)))
    await asyncio.sleep(0.01)
    waiting.cancel()
    await asyncio.sleep(0)
    gate.set()

    assert await holding
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert await sqlite_database.read(years) == []


async def test_reading_does_not_wait_for_a_writer_and_cannot_write(sqlite_database: Database) -> None:
    gate = threading.Event()

    def slow(connection: Connection) -> None:
        write(1)(connection)
        gate.wait(5)

    writing = asyncio.create_task(sqlite_database.transact(slow))
    await asyncio.sleep(0.05)

    async with asyncio.timeout(2):
        assert await sqlite_database.read(years) == []
    gate.set()
    await writing
    assert await sqlite_database.read(years) == [1]
    with pytest.raises(Unavailable, match="readonly"):
        await sqlite_database.read(write(2))


async def test_closing_finishes_what_waits(sqlite_url: str) -> None:
    database = Database.from_url(sqlite_url)
    await database.open()
    waiting = [asyncio.create_task(database.transact(write(year))) for year in range(20)]
    await asyncio.sleep(0)

    await database.close()

    assert sorted(await asyncio.gather(*waiting)) == list(range(20))
    with pytest.raises(Unavailable):
        await database.transact(write(99))
    with pytest.raises(Unavailable):
        await database.read(years)


async def test_an_id_that_two_processes_drew_is_drawn_again(database: Database) -> None:
    drawn = iter([5, 5, 6, 7])

    def work(connection: Connection) -> int:
        row = {"id": next(drawn), "agency": "a", "version": 1, "state_enc": b"", "owner_contact_id": 1}
        connection.execute(
            text(
                "INSERT INTO conversations (id, agency, version, state_enc, owner_contact_id, updated_at) "
                "VALUES (:id, :agency, :version, :state_enc, :owner_contact_id, 0)"
            ),
            row,
        )
        return int(str(row["id"]))

    assert await database.transact(work) == 5
    assert await database.transact(work) == 6


@pytest.mark.parametrize("url", ["sqlite+aiosqlite://", "sqlite:///:memory:", "mysql://x/y", "nonsense"])
def test_an_address_of_another_kind_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"SQLite|PostgreSQL|parse"):
        Database.from_url(url)


# --- full or away: SQLite


async def test_a_full_database_loses_nothing_and_recovers(sqlite_database: Database) -> None:
    await sqlite_database.transact(write(1))

    def fill(connection: Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 4}")
        for year in range(1_000, 9_000):
            write(year, book="b" * 200)(connection)

    answers = await asyncio.gather(
        *(sqlite_database.transact(work) for work in (write(2), fill, write(3))), return_exceptions=True
    )

    assert isinstance(answers[1], Unavailable)
    assert "full" in str(answers[1])
    acknowledged = {answer for answer in answers if isinstance(answer, int)}
    assert set(await sqlite_database.read(years)) == {1} | acknowledged
    assert all(isinstance(answer, int | Unavailable) for answer in answers)
    assert await sqlite_database.transact(write(50)) == 50, "with room again it goes on"


async def test_a_database_that_another_process_holds_is_away(
    sqlite_database: Database, sqlite_url: str
) -> None:
    await sqlite_database.transact(
        lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout=50").close()
    )
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite+aiosqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(Unavailable, match="locked"):
        await sqlite_database.transact(write(1))

    other.execute("ROLLBACK")
    other.close()
    assert await sqlite_database.transact(write(1)) == 1


async def test_a_database_that_cannot_be_opened_is_away(tmp_path: Path) -> None:
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/nowhere/x.db") as database:
        with pytest.raises(Unavailable, match="unable to open"):
            await database.transact(write(1))
        with pytest.raises(Unavailable, match="unable to open"):
            await database.read(years)


async def test_a_file_that_is_no_database_is_away(tmp_path: Path) -> None:
    (tmp_path / "x.db").write_bytes(b"something else, and long enough to be looked at. " * 50)
    async with opened(f"sqlite+aiosqlite:///{tmp_path}/x.db") as database:
        with pytest.raises(Unavailable, match="not a database"):
            await database.transact(write(1))


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file size limit of its own process")
def test_a_commit_that_fails_fails_all_that_share_it(sqlite_url: str) -> None:
    """A limit on the size of files stands for the full disk; it must be set in a process of its own."""
    script = f"""
import asyncio, resource, signal
from sqlalchemy import text
from storage.database import Database, Unavailable
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
def write(n):
    def work(connection):
        row = {{"n": n, "book": "b" * 9000}}
        connection.execute(text("INSERT INTO registers VALUES ('a', :book, :n, 0)"), row)
        return n
    return work
def numbers(connection):
    return set(connection.execute(text("SELECT year FROM registers")).scalars())
async def main():
    database = Database.from_url({sqlite_url!r})
    await database.open()
    await database.transact(write(0))
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
    works = (database.transact(write(n)) for n in range(1, 200))
    answers = await asyncio.gather(*works, return_exceptions=True)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    told = {{a for a in answers if isinstance(a, int)}}
    refused = sum(isinstance(a, Unavailable) for a in answers)
    assert len(told) + refused == 199, [a for a in answers if not isinstance(a, (int, Unavailable))]
    await database.transact(write(1000))
    print("refused", refused, "kept", await database.read(numbers) == told | {{0, 1000}})
    await database.close()
asyncio.run(main())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=os.environ, check=False
    )

    assert done.returncode == 0, done.stderr
    words = done.stdout.split()
    assert (words[0], words[2:]) == ("refused", ["kept", "True"])
    assert int(words[1]) > 0


# --- away and back: PostgreSQL


async def test_a_lost_connection_is_replaced_and_the_work_run_again(postgres_database: Database) -> None:
    runs: list[int] = []

    def work(connection: Connection) -> int:
        runs.append(1)
        write(1)(connection)
        if len(runs) == 1:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))
        return len(runs)

    assert await postgres_database.transact(work) == 2
    assert await postgres_database.read(years) == [1]


async def test_a_deadlock_is_resolved_by_running_again(postgres_database: Database) -> None:
    await postgres_database.transact(write(1))
    await postgres_database.transact(write(2))

    def lock_both(first: int, second: int) -> Callable[[Connection], int]:
        def work(connection: Connection) -> int:
            for year in (first, second):
                connection.execute(
                    registers.update().where(registers.c.year == year).values(last_no=registers.c.last_no + 1)
                )
                connection.execute(text("SELECT pg_sleep(0.2)"))
            return first

        return work

    answers = await asyncio.gather(
        postgres_database.transact(lock_both(1, 2)), postgres_database.transact(lock_both(2, 1))
    )

    assert answers == [1, 2]
    counted = await postgres_database.read(
        lambda connection: connection.execute(select(func.sum(registers.c.last_no))).scalar()
    )
    assert counted == 4


@pytest.fixture
def own_server() -> Any:
    binaries = postgres_server.find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL of its own to stop: install Debian's postgresql")
    with postgres_server.started(binaries, server_folder("away")) as server:
        yield server


@pytest.fixture
async def away_database(own_server: postgres_server.Server) -> AsyncIterator[Database]:
    async with opened(own_server.url.render_as_string(hide_password=False)) as database:
        yield database


@pytest.mark.postgres
async def test_a_server_that_is_away_for_a_while(
    own_server: postgres_server.Server, away_database: Database
) -> None:
    def create(connection: Connection) -> None:
        registers.create(connection)

    await away_database.transact(create)
    await away_database.transact(write(1))

    own_server.stop(cleanly=True)
    for _ in range(2):
        with pytest.raises(Unavailable):
            await away_database.transact(write(2))
        with pytest.raises(Unavailable):
            await away_database.read(years)
    own_server.start()  # from this thread: the server ends with the one that made it

    assert await away_database.transact(write(3)) == 3
    assert 2 not in await away_database.read(years)


@pytest.mark.postgres
async def test_a_database_that_does_not_exist_is_away(postgres: Any) -> None:
    async with opened(postgres.set(database="nowhere").render_as_string(hide_password=False)) as database:
        with pytest.raises(Unavailable, match="3D000"):
            await database.transact(write(1))


async def test_an_error_shows_nobodys_words(database: Database) -> None:
    await database.transact(write(1, book="Trần Văn Điều"))

    with pytest.raises(IntegrityError) as refused:
        await database.transact(write(1, book="Trần Văn Điều"))

    assert "Văn" not in str(refused.value)
