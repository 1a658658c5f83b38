"""A real PostgreSQL for the tests: the server of TEST_PG_URL, else one started from Debian's package."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
from collections.abc import Coroutine, Iterator
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


@contextlib.contextmanager
def started(binaries: Path, folder: Path) -> Iterator[URL]:
    """Starts a server of its own that listens on a socket in `folder` only; gives the address of `postgres`.

    Syncing to disk is off: the tests kill the service, not the machine.
    """
    data, log = folder / "data", folder / "log"
    folder.mkdir()
    as_postgres: dict[str, Any] = {}
    if os.geteuid() == 0:  # the server refuses to run as root
        subprocess.run(["chown", "postgres:postgres", str(folder)], check=True)
        as_postgres = {"user": "postgres", "group": "postgres", "extra_groups": []}

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [str(binaries / program), *arguments],
            check=True,
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **as_postgres,
        )

    run(
        "initdb",
        "-D",
        str(data),
        "-U",
        "postgres",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    )
    options = (
        f"-c listen_addresses='' -c unix_socket_directories={folder} -c fsync=off -c synchronous_commit=off "
        "-c max_connections=200"
    )
    run("pg_ctl", "-D", str(data), "-w", "-l", str(log), "-o", options, "start")
    try:
        yield URL.create(
            "postgresql+asyncpg", username="postgres", database="postgres", query={"host": str(folder)}
        )
    finally:
        run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


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


async def _administer(server: URL, statement: str) -> None:
    dsn = server.set(drivername="postgresql").render_as_string(hide_password=False)
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def in_thread(work: Coroutine[Any, Any, T]) -> T:
    """Runs `work` on an event loop of its own, apart from the one of the test."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, work).result()
