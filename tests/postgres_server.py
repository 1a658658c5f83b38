"""A real PostgreSQL for the tests: the server of TEST_PG_URL, else one started from Debian's package."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import subprocess
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

T = TypeVar("T")


def find_binaries() -> Path | None:
    """The newest PostgreSQL that Debian's packages left on this machine."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


class Server:
    """A server of its own that listens on a socket in `folder` only; `url` is the address of `postgres`.

    Syncing to disk is off: the tests kill the service, not the machine.
    """

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self.url = URL.create(
            "postgresql+asyncpg", username="postgres", database="postgres", query={"host": str(folder)}
        )

    def make(self) -> None:
        self._folder.mkdir()
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres:postgres", str(self._folder)], check=True)
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories={self._folder} -c fsync=off "
            "-c synchronous_commit=off -c max_connections=200"
        )
        self._run("pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-m", mode, "stop")

    def _run(self, program: str, *arguments: str) -> None:
        as_postgres: dict[str, Any] = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            as_postgres = {"user": "postgres", "group": "postgres", "extra_groups": []}
        subprocess.run(
            [str(self._binaries / program), "-D", str(self._folder / "data"), *arguments],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_postgres,
        )


@contextlib.contextmanager
def started(binaries: Path, folder: Path) -> Iterator[Server]:
    """A running server; afterwards it is stopped and nothing of it is left."""
    server = Server(binaries, folder)
    server.make()
    try:
        server.start()
        try:
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def from_environment() -> URL | None:
    """The server an operator or a pipeline offers."""
    given = os.environ.get("TEST_PG_URL")
    return make_url(given).set(drivername="postgresql+asyncpg") if given else None


def create_database(server: URL, *, template: str | None = None) -> URL:
    """A new database of its own on the server, as a copy of `template` where one is named."""
    name = f"tiepdan_{uuid4().hex}"
    copy = f' TEMPLATE "{template}"' if template else ""
    in_thread(_administer(server, f'CREATE DATABASE "{name}"{copy}'))
    return server.set(database=name)


def drop_database(url: URL) -> None:
    server = url.set(database="postgres")
    in_thread(_administer(server, f'DROP DATABASE IF EXISTS "{url.database}" WITH (FORCE)'))


def empty_database(url: URL, tables: Sequence[str]) -> None:
    """Deletes all rows, children first: far quicker than a new database. Ends connections left open."""
    in_thread(
        _administer(
            url,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
            *(f'DELETE FROM "{table}"' for table in tables),
        )
    )


async def _administer(server: URL, *statements: str) -> None:
    dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work` on an event loop of its own, apart from the one of the test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
