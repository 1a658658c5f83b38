"""Bringing a database to the newest schema. Migrations are the only way a schema is made.

Alembic is imported only inside the functions that migrate, so that a start with a current schema is quick:
that start compares `HEAD` with one look at the version table.
"""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Final

from sqlalchemy import URL, Connection, text

from storage import engines
from storage.database import Database
from storage.faults import Unavailable, unavailable

if TYPE_CHECKING:
    from alembic.config import Config

FOLDER: Final = Path(__file__).parent / "migrations"
HEAD: Final = "0023"
"""The newest migration; a test holds it equal to the newest file in `migrations/versions`."""

_LOCK: Final = 7_402_164_310
"""Key of PostgreSQL's advisory lock: two processes that start together migrate one after the other."""


class ForeignKeysBroken(Exception):
    """A migration left rows that refer to nothing; it was rolled back. The message names the tables."""


def head() -> str:
    """The migration that this code needs."""
    return HEAD


def newer(version: str | None) -> bool:
    """Whether a database at `version` was made by a newer version of the service than this one."""
    return version is not None and version > HEAD


async def current(url: str) -> str | None:
    """The migration that the database stands at; None for an empty one. Raises Unavailable, ValueError."""
    database = Database.from_url(url, connections=1)
    await database.open()
    try:
        return await database.schema_version()
    finally:
        await database.close()


async def upgrade(url: str, revision: str = "head") -> None:
    """Brings the database to `revision` in one transaction: all of it or nothing. Raises Unavailable,
    ForeignKeysBroken, ValueError."""
    await _migrate(engines.read_url(url), revision, down=False)


async def downgrade(url: str, revision: str) -> None:
    """Takes the database back to `revision` (`base`: to nothing, with all its rows). Raises as `upgrade`."""
    await _migrate(engines.read_url(url), revision, down=True)


async def _migrate(url: URL, revision: str, *, down: bool) -> None:
    try:
        if url.get_backend_name() == "sqlite":
            await asyncio.to_thread(_migrate_sqlite, url, revision, down=down)
        else:
            await _migrate_postgresql(url, revision, down=down)
    except Exception as fault:
        reason = unavailable(fault)
        if reason is None:
            raise
        raise Unavailable(reason) from fault


def _migrate_sqlite(url: URL, revision: str, *, down: bool) -> None:
    engine = engines.sqlite_migrator(url)
    with engine.begin() as connection:
        _run(connection, revision, down=down)
        broken = {row[0] for row in connection.exec_driver_sql("PRAGMA foreign_key_check")}
        if broken:
            raise ForeignKeysBroken(", ".join(sorted(broken)))


async def _migrate_postgresql(url: URL, revision: str, *, down: bool) -> None:
    engine = engines.postgresql(url, connections=1)
    try:
        async with engine.begin() as connection:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            await connection.run_sync(lambda sync: _run(sync, revision, down=down))
    finally:
        await engine.dispose()


def _run(connection: Connection, revision: str, *, down: bool) -> None:
    from alembic import command

    config = alembic_config()
    config.attributes["connection"] = connection
    if down:
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def alembic_config() -> Config:
    """Alembic's settings, without a file of its own."""
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(FOLDER).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config
