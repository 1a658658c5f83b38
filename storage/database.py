"""The database as the service sees it: a work runs in one transaction, or nothing of it happened."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Final, Literal, TypeVar

from sqlalchemy import URL, Connection
from sqlalchemy.ext.asyncio import AsyncEngine

from storage import engines
from storage.faults import Unavailable, run_again, unavailable
from storage.writer import Writer

__all__ = ["Database", "Unavailable"]

T = TypeVar("T")

_RUNS: Final = 3
_ONE_MOMENT: Final = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_CLOSING_SECONDS: Final = 5.0
"""How long closing waits for works under way on the pool."""


class Database:
    """SQLite with one writer thread and shared commits, or PostgreSQL with a pool of connections.

    Works are synchronous functions of a `sqlalchemy.Connection`; they run on the writer thread or inside
    `AsyncConnection.run_sync`, use no other connection and neither commit nor roll back.
    """

    def __init__(self, url: URL, *, connections: int = 10) -> None:
        self._url = url
        self._connections = connections
        self._writer: Writer | None = None
        self._engine: AsyncEngine | None = None
        self._lockers: AsyncEngine | None = None
        self._under_way = 0
        self._idle = asyncio.Event()

    @classmethod
    def from_url(cls, url: str, *, connections: int = 10) -> Database:
        """Opens nothing yet. `connections` is the size of PostgreSQL's pool. Raises ValueError for an address
        of another kind of database."""
        return cls(engines.read_url(url), connections=connections)

    def apart(self) -> Database:
        """The same database with a connection of its own, for work that takes seconds; not opened yet."""
        return Database(self._url, connections=1)

    @property
    def dialect(self) -> Literal["sqlite", "postgresql"]:
        return "sqlite" if self._url.get_backend_name() == "sqlite" else "postgresql"

    @property
    def writer(self) -> Writer | None:
        """The writer of SQLite, for its counts; None on PostgreSQL."""
        return self._writer

    @property
    def lockers(self) -> AsyncEngine | None:
        """PostgreSQL: where locks that outlast a transaction are held, apart from the working connections.
        None on SQLite, where one process runs everything."""
        return self._lockers

    async def open(self) -> None:
        """Makes the engines; the first connection is made by the first work."""
        if self._engine is not None:
            return
        if self.dialect == "sqlite":
            self._engine = engines.sqlite_readers(self._url)
            self._writer = Writer(engines.sqlite_writer(self._url))
            self._writer.start()
        else:
            self._engine = engines.postgresql(self._url, connections=self._connections)
            self._lockers = engines.postgresql(self._url, connections=8)

    async def close(self) -> None:
        """Waits for works under way and closes every connection."""
        if self._writer is not None:
            await self._writer.stop()
        engine, self._engine = self._engine, None
        lockers, self._lockers = self._lockers, None
        if self._under_way:
            self._idle.clear()
            with suppress(TimeoutError):
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await self._idle.wait()
        for opened in (engine, lockers):
            if opened is not None:
                await opened.dispose()

    async def transact(self, work: Callable[[Connection], T]) -> T:
        """Runs `work` in one transaction and returns its result only after the COMMIT.

        What `work` raises comes back and undoes it. On a deadlock, a serialisation fault or a lost connection
        it is run again from its start (three runs at most). Where the connection breaks during COMMIT itself
        the first run may have been committed, so a work must notice that it was done: turns do, by the inbox.

        Raises:
            Unavailable: the database is away or full; nothing was committed.
        """
        if self._writer is not None:
            result: T = await self._writer.run(work)
            return result
        return await self._on_pool(work, commit=True)

    async def read(self, work: Callable[[Connection], T]) -> T:
        """Runs `work`, which only reads, without waiting for writers. Raises as `transact`."""
        return await self._on_pool(work, commit=False)

    async def read_one_moment(self, work: Callable[[Connection], T]) -> T:
        """As `read`, but every statement of `work` sees the same moment, so that sums agree while others go on
        writing. On SQLite every read does."""

        def steady(connection: Connection) -> T:
            if self.dialect == "postgresql":
                connection.exec_driver_sql(_ONE_MOMENT)
            return work(connection)

        return await self.read(steady)

    async def _on_pool(self, work: Callable[[Connection], T], *, commit: bool) -> T:
        engine = self._engine
        if engine is None:
            raise Unavailable("the database is not open")
        self._under_way += 1
        try:
            return await self._run_on(engine, work, commit=commit)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._idle.set()

    async def _run_on(self, engine: AsyncEngine, work: Callable[[Connection], T], *, commit: bool) -> T:
        for run in range(1, _RUNS + 1):
            try:
                async with engine.connect() as connection:
                    result = await connection.run_sync(work)
                    if commit:
                        await connection.commit()
                    return result
            except Exception as fault:
                if run < _RUNS and run_again(fault):
                    continue
                reason = unavailable(fault)
                if reason is None:
                    raise
                raise Unavailable(reason) from fault
        raise AssertionError("unreachable: the last run returns or raises")

    async def schema_version(self) -> str | None:
        """The migration the database stands at, None for an empty one. Raises Unavailable."""
        return await self.read(schema_version)


def schema_version(connection: Connection) -> Any:
    """The migration the database stands at, by one look at its version table; None where there is none."""
    from sqlalchemy import inspect, text

    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
