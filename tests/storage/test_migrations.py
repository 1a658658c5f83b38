"""Migrations: the only way to a schema, on both engines, up, down and up again, with rows inside."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.operations import Operations
from alembic.script import ScriptDirectory
from sqlalchemy import Column, Connection, Integer, inspect

from storage import engines, migrate
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.keys import Vault
from storage.schema import metadata
from storage.verify import verify
from tests.conftest import AGENCY, opened, sqlite_address
from tests.storage.builders import a_filing


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield sqlite_address(tmp_path / "empty.db")
    else:
        yield request.getfixturevalue("empty_postgres_url")


def differences(connection: Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_server_default": True})
    return list(compare_metadata(context, metadata))


def tables(connection: Connection) -> set[str]:
    return set(inspect(connection).get_table_names())


def test_the_head_in_the_code_is_the_newest_migration() -> None:
    script = ScriptDirectory.from_config(migrate.alembic_config())

    assert script.get_heads() == [migrate.HEAD]
    assert migrate.head() == migrate.HEAD


async def test_the_models_are_what_the_migrations_make(database: Database) -> None:
    assert await database.read(differences) == []
    assert len(metadata.tables) >= 17
    assert await database.schema_version() == migrate.HEAD


async def test_up_down_and_up_again(empty_url: str) -> None:
    assert await migrate.current(empty_url) is None

    await migrate.upgrade(empty_url)
    assert await migrate.current(empty_url) == migrate.HEAD
    await migrate.upgrade(empty_url)  # a second time changes nothing

    await migrate.downgrade(empty_url, "base")
    async with opened(empty_url) as database:
        assert await database.read(tables) == {"alembic_version"}

    await migrate.upgrade(empty_url)
    async with opened(empty_url) as database:
        assert await database.read(differences) == []


async def test_rows_outlast_every_step_down_and_up_again(
    empty_url: str, make_book: Callable[[Connection], Casebook], vault: Vault
) -> None:
    await migrate.upgrade(empty_url)
    async with opened(empty_url) as database:
        filed = await database.transact(lambda connection: make_book(connection).file(a_filing()))
    script = ScriptDirectory.from_config(migrate.alembic_config())
    steps = [revision.revision for revision in script.walk_revisions()]  # newest first

    for revision in steps[1:]:
        await migrate.downgrade(empty_url, revision)
    for revision in reversed(steps):
        await migrate.upgrade(empty_url, revision)

    async with opened(empty_url) as database:
        assert await database.read(lambda connection: make_book(connection).petition(filed.id)) == filed
        assert await database.read(lambda connection: list(verify(connection, vault, AGENCY))) == []


def count(connection: Connection, table: str) -> int:
    return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())


async def test_a_table_that_is_rebuilt_does_not_take_its_children_along(
    sqlite_url: str, make_book: Callable[[Connection], Casebook]
) -> None:
    async with opened(sqlite_url) as database:
        await database.transact(lambda connection: make_book(connection).file(a_filing()))

    with engines.sqlite_migrator(engines.read_url(sqlite_url)).begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        with operations.batch_alter_table("petitions", recreate="always") as batch:
            batch.add_column(Column("more", Integer))
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []

    async with opened(sqlite_url) as database:
        tables = ("petitions", "events", "assignments", "register_entries")
        counts = [await database.read(lambda c, table=table: count(c, table)) for table in tables]
        assert counts == [1, 1, 1, 1]


async def test_a_migration_that_fails_leaves_nothing_behind(sqlite_url: str) -> None:
    def fail_half_way() -> None:
        with engines.sqlite_migrator(engines.read_url(sqlite_url)).begin() as connection:
            operations = Operations(MigrationContext.configure(connection, opts={"transactional_ddl": True}))
            operations.create_table("half", Column("id", Integer, primary_key=True))
            with operations.batch_alter_table("petitions", recreate="always") as batch:
                batch.add_column(Column("more", Integer))
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half way"):
        fail_half_way()

    async with opened(sqlite_url) as database:
        assert await database.read(differences) == []


@pytest.mark.postgres
async def test_processes_that_migrate_at_once_do_it_one_after_the_other(empty_postgres_url: str) -> None:
    await asyncio.gather(*(migrate.upgrade(empty_postgres_url) for _ in range(3)))

    assert await migrate.current(empty_postgres_url) == migrate.HEAD


async def test_migrations_and_a_start_on_sqlite_at_once(tmp_path: Path) -> None:
    url = sqlite_address(tmp_path / "x.db")

    await asyncio.gather(*(migrate.upgrade(url) for _ in range(3)))

    assert await migrate.current(url) == migrate.HEAD


async def test_a_database_that_is_away_cannot_be_migrated(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="unable to open"):
        await migrate.upgrade(sqlite_address(tmp_path / "nowhere" / "x.db"))
    with pytest.raises(Unavailable):
        await migrate.current("postgresql+asyncpg://nobody@127.0.0.1:1/nothing")


def test_a_start_with_a_current_schema_does_not_import_alembic(sqlite_url: str) -> None:
    script = f"""
import asyncio, sys
from storage import migrate
assert asyncio.run(migrate.current({sqlite_url!r})) == migrate.head()
print(sorted(name for name in sys.modules if name.split(".")[0] in ("alembic", "mako")))
"""
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"
