"""Migrations: the only way to a schema, on both engines, up, down and up again, with rows inside."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from storage import migrate
from storage.database import Database
from storage.schema import metadata
from tests.conftest import opened, sqlite_address


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
