"""What every room's tests may lean on: a clock, keys, and real databases built by the migrations."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Protocol, TypeVar

import pytest
from sqlalchemy import URL, Connection

from storage import migrate, webchat  # noqa: F401 - the web chat's tables belong to the metadata
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.schema import metadata
from tests import postgres_server
from tests.hand_clock import HandClock

pytest_plugins = ["tests.log_watch", "tests.sharing"]

AGENCY = "so_vhttdl"

T = TypeVar("T")


class InBook(Protocol):
    """Runs a work of the casebook in one transaction of the test's database."""

    def __call__(self, work: Callable[[Casebook], T]) -> Awaitable[T]: ...


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def ids(clock: HandClock) -> IdSource:
    return IdSource(clock, random.Random(20261123))


@pytest.fixture(scope="session")
def key_ring(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return KeyRing.create(tmp_path_factory.mktemp("keys") / "keys.json")


@pytest.fixture(scope="session")
def vault(key_ring: KeyRing) -> Vault:
    return Vault(key_ring)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database file at the newest schema, to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    postgres_server.in_thread(migrate.upgrade(sqlite_address(path)))
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A SQLite database of this test's own, at the newest schema."""
    path = tmp_path / "tiepdan.db"
    shutil.copyfile(sqlite_template, path)
    return sqlite_address(path)


def sqlite_address(path: Path) -> str:
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[URL]:
    """A PostgreSQL server. Absent: skipped with the reason, or failed where TIEPDAN_TEST_STRICT=1."""
    given = postgres_server.from_environment()
    if given is not None:
        yield given
        return
    binaries = postgres_server.find_binaries()
    if binaries is None:
        reason = "no PostgreSQL: set TEST_PG_URL or install Debian's postgresql"
        if os.environ.get("TIEPDAN_TEST_STRICT") == "1":
            pytest.fail(reason)
        pytest.skip(reason)
    with postgres_server.started(binaries, server_folder("pg")) as server:
        yield server.url


def server_folder(name: str) -> Path:
    """A new folder for a server. A socket's path has 107 letters at most, and pytest's are longer."""
    return Path("/tmp") / f"tiepdan-{name}-{os.getpid()}"


@pytest.fixture(scope="session")
def migrated_postgres(postgres: URL) -> Iterator[URL]:
    """A database at the newest schema, shared by the tests of this run, which leave it empty."""
    url = postgres_server.create_database(postgres)
    postgres_server.in_thread(migrate.upgrade(address(url)))
    yield url
    postgres_server.drop_database(url)


@pytest.fixture
def postgres_url(migrated_postgres: URL) -> Iterator[str]:
    """An empty PostgreSQL database at the newest schema."""
    yield address(migrated_postgres)
    children_first = [table.name for table in reversed(metadata.sorted_tables)]
    postgres_server.empty_database(migrated_postgres, children_first)


@pytest.fixture
def empty_postgres_url(postgres: URL) -> Iterator[str]:
    """A PostgreSQL database without any table."""
    url = postgres_server.create_database(postgres)
    yield address(url)
    postgres_server.drop_database(url)


def address(url: URL) -> str:
    return url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """Both engines, one after the other."""
    name = "sqlite_url" if request.param == "sqlite" else "postgres_url"
    url: str = request.getfixturevalue(name)
    return url


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An open database at the newest schema, on both engines."""
    async with opened(database_url) as database:
        yield database


@pytest.fixture
async def sqlite_database(sqlite_url: str) -> AsyncIterator[Database]:
    async with opened(sqlite_url) as database:
        yield database


@pytest.fixture
async def postgres_database(postgres_url: str) -> AsyncIterator[Database]:
    async with opened(postgres_url) as database:
        yield database


@asynccontextmanager
async def opened(url: str) -> AsyncIterator[Database]:
    database = Database.from_url(url)
    await database.open()
    try:
        yield database
    finally:
        await database.close()


@pytest.fixture
def make_book(vault: Vault, ids: IdSource, clock: HandClock) -> Callable[[Connection], Casebook]:
    """A casebook on a connection, with this test's clock, ids and keys."""

    def make(connection: Connection) -> Casebook:
        return Casebook(connection, vault=vault, ids=ids, clock=clock, agency=AGENCY)

    return make


@pytest.fixture
def in_book(database: Database, make_book: Callable[[Connection], Casebook]) -> InBook:
    """`await in_book(lambda book: …)`: one transaction."""

    def run(work: Callable[[Casebook], T]) -> Awaitable[T]:
        return database.transact(lambda connection: work(make_book(connection)))

    return run
