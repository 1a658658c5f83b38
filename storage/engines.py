"""Engines as this service wants them: how each connection is set up on SQLite and on PostgreSQL.

Parameters are hidden from exceptions: an error that is logged must not carry anybody's words.
"""

from __future__ import annotations

import sqlite3
import time
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool, NullPool

BUSY_MILLISECONDS: Final = 5_000
"""How long SQLite waits for another process (a backup, the command line) before it gives up."""
_WAL_TRIES: Final = 100
_WAL_PAUSE: Final = 0.02
"""Seconds between them."""


def read_url(url: str) -> URL:
    """The database address of the settings. Raises ValueError for one that this service cannot use."""
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise ValueError("cannot parse the database address") from fault
    if parsed.get_backend_name() == "sqlite":
        if not parsed.database or parsed.database == ":memory:" or "mode" in parsed.query:
            raise ValueError("SQLite needs a file: sqlite+aiosqlite:///path/to/file.db")
        return parsed.set(drivername="sqlite+aiosqlite")
    if parsed.get_backend_name() == "postgresql":
        return parsed.set(drivername="postgresql+asyncpg")
    raise ValueError("the database must be SQLite or PostgreSQL")


def sqlite_writer(url: URL) -> Engine:
    """One connection for the writer thread. Transactions are begun at once (BEGIN IMMEDIATE), each COMMIT is
    on disk when it returns (WAL with synchronous=FULL)."""
    engine = _sync_sqlite(url)
    _set_up(engine, "PRAGMA foreign_keys=ON")
    event.listen(engine, "begin", _begin_immediate)
    return engine


def sqlite_migrator(url: URL) -> Engine:
    """As the writer, but with foreign keys off: a table rebuilt by a migration would otherwise take the rows
    that refer to it along (ON DELETE fires on its DROP)."""
    engine = _sync_sqlite(url)
    _set_up(engine, "PRAGMA foreign_keys=OFF")
    event.listen(engine, "begin", _begin_immediate)
    return engine


def sqlite_readers(url: URL, *, connections: int = 3) -> AsyncEngine:
    """A few connections that can only read, each read seeing one moment of the database."""
    engine = create_async_engine(
        url,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={"isolation_level": None},
    )
    _set_up(engine.sync_engine, "PRAGMA query_only=ON")
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def postgresql(url: URL, *, connections: int = 10) -> AsyncEngine:
    """A pool of connections. Locks, statements and forgotten transactions all end by themselves."""
    return create_async_engine(
        url,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=10,
        hide_parameters=True,
        connect_args={
            "timeout": 5,
            "command_timeout": 30,
            "server_settings": {
                "application_name": "tiepdan",
                "timezone": "UTC",
                "jit": "off",
                "lock_timeout": "10s",
                "idle_in_transaction_session_timeout": "60s",
            },
        },
    )


def _sync_sqlite(url: URL) -> Engine:
    return create_engine(
        url.set(drivername="sqlite+pysqlite"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"isolation_level": None, "check_same_thread": False, "cached_statements": 512},
    )


def _set_up(engine: Engine, *more: str) -> None:
    statements = (
        "PRAGMA synchronous=FULL",
        "PRAGMA temp_store=MEMORY",
        *more,
    )

    def prepare(connection: Any, _record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout={BUSY_MILLISECONDS}")
        _use_wal(cursor)
        for statement in statements:
            cursor.execute(statement)
        cursor.close()

    event.listen(engine, "connect", prepare)


def _use_wal(cursor: Any) -> None:
    """Changes the journal where it is another one. Two who do so at once are told "busy" without any waiting
    (SQLite's guard against a deadlock), so whoever comes second tries again."""
    for attempt in range(_WAL_TRIES):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            return
        except sqlite3.OperationalError:
            if attempt + 1 == _WAL_TRIES:
                raise
            time.sleep(_WAL_PAUSE)


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN")
