"""One long job on a database that can be made again: a single connection, many works to a commit.

Nothing is waited for on the disk, so a power cut in the middle loses or spoils what the job made. Only for
commands that begin with an empty database (`tiepdan simulate`); never for the service.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import NullPool

from storage import engines
from storage.faults import Unavailable, unavailable

T = TypeVar("T")

_FAST: Final = (
    f"PRAGMA busy_timeout={engines.BUSY_MILLISECONDS}",
    "PRAGMA journal_mode=MEMORY",
    "PRAGMA synchronous=OFF",
    "PRAGMA locking_mode=EXCLUSIVE",
    "PRAGMA temp_store=MEMORY",
    "PRAGMA cache_size=-262144",
    "PRAGMA foreign_keys=ON",
)


def run(url: str, job: Callable[[Connection], T]) -> T:
    """Runs `job` on one connection inside a transaction and commits at its end; it may call `commit` between.

    What `job` raises comes back; what it did since its last `commit` is undone.

    Raises:
        Unavailable: the database is away or full.
        ValueError: an address of another kind of database.
    """
    parsed = engines.read_url(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _on_sqlite(parsed, job)
        return asyncio.run(_on_postgresql(parsed, job))
    except Exception as fault:
        reason = unavailable(fault)
        if reason is None or isinstance(fault, Unavailable):
            raise
        raise Unavailable(reason) from fault


def commit(connection: Connection) -> None:
    """Keeps what was done so far, and goes on in a new transaction."""
    connection.commit()
    connection.begin()


def _on_sqlite(url: Any, job: Callable[[Connection], T]) -> T:
    engine = _engine(url)
    try:
        with engine.connect() as connection:
            connection.begin()
            result = job(connection)
            connection.commit()
            driver = connection.connection.driver_connection
            assert driver is not None  # noqa: S101 - tells the type checker, holds while it is connected
            driver.execute("PRAGMA locking_mode=NORMAL")
            driver.execute("PRAGMA journal_mode=WAL")
            return result
    finally:
        engine.dispose()


async def _on_postgresql(url: Any, job: Callable[[Connection], T]) -> T:
    engine = engines.postgresql(url, connections=1)

    def work(connection: Connection) -> T:
        connection.exec_driver_sql("SET synchronous_commit TO off")
        return job(connection)

    try:
        async with engine.connect() as connection:
            result = await connection.run_sync(work)
            await connection.commit()
            return result
    finally:
        await engine.dispose()


def _engine(url: Any) -> Engine:
    engine = create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "cached_statements": 512},
    )

    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        for statement in _FAST:
            cursor.execute(statement)
        cursor.close()

    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")

    event.listen(engine, "connect", prepare)
    event.listen(engine, "begin", begin)
    return engine
