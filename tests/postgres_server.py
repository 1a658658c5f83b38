"""A real PostgreSQL for the tests: the server of TEST_PG_URL, else one started from Debian's package."""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import asyncpg
from sqlalchemy import URL, make_url

T = TypeVar("T")

_PR_SET_PDEATHSIG = 1
"""Linux `prctl`: which signal a process gets when the thread that made it ends."""


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
        self._process: subprocess.Popen[bytes] | None = None

    def make(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)  # left by a run that was killed
        self._folder.mkdir()
        if os.geteuid() == 0:
            subprocess.run(["chown", "postgres:postgres", str(self._folder)], check=True)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", *self._QUICK)

    def start(self) -> None:
        self._process = subprocess.Popen(
            [str(self._binaries / "postgres"), "-D", self._data, *self._settings()],
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=_die_with_the_parent,  # noqa: PLW1509 - one system call that waits for nothing
            **_as_postgres(),
        )
        for _ in range(300):
            with contextlib.suppress(subprocess.CalledProcessError):
                return self._run("pg_isready", "-h", str(self._folder), "-U", "postgres")
            if self._process.poll() is not None:
                break
            time.sleep(0.05)
        raise RuntimeError(f"PostgreSQL does not start in {self._folder}")

    def stop(self, *, cleanly: bool = False) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGINT if cleanly else signal.SIGQUIT)
            self._process.wait(timeout=30)

    _QUICK = ("-E", "UTF8", "--locale=C.UTF-8", "--no-sync")

    @property
    def _data(self) -> str:
        return str(self._folder / "data")

    def _settings(self) -> list[str]:
        settings = {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "fsync": "off",
            "synchronous_commit": "off",
            "max_connections": "200",
        }
        return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [str(self._binaries / program), *arguments],
            check=True,
            cwd=self._folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            **_as_postgres(),
        )


def _as_postgres() -> dict[str, Any]:
    """The server refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    return {"user": "postgres", "group": "postgres", "extra_groups": []}


def _die_with_the_parent() -> None:
    """On Linux a test run that is killed takes its server along."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGQUIT)


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
