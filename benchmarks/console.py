"""`python -m benchmarks console`: how fast the console's pages are, from 10,000 petitions to 1,000,000.

Officers sign in and ask for pages over HTTP, one after the other; both engines hold the same rows
(`benchmarks.console_rows`).
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg

from benchmarks import engine_choice
from benchmarks.bulk import copy_table
from benchmarks.console_rows import TABLES, code_of, fill
from benchmarks.load import table
from bot.clock import SystemClock
from petitions.kinds import Role
from storage import migrate
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from tests import postgres_server
from tests.bot.console.rig import signed_in
from tests.conftest import address, sqlite_address
from tests.handlers.officers.office import Office
from tests.web_site import running

ANEW: Final = ", counted anew"
"""Of what is kept for a minute nothing is kept then."""
ASKED: Final = 120
"""How often each page is asked for; the first tenth warms up and is not counted."""


async def fill_postgresql(url: str, source: Path) -> None:
    """The same rows by bulk load."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    with sqlite3.connect(source) as database:
        for name in TABLES:
            await copy_table(connection, database, name)
            await connection.execute(f"VACUUM ANALYZE {name}")
    await connection.close()


async def pages(url: str, vault: Vault, count: int, folder: Path) -> list[dict[str, str]]:
    """Each page asked for in turn; what it took from the request to its last byte."""
    clock = SystemClock()
    ids, database = IdSource(clock, random.Random(6)), Database.from_url(url, connections=4)
    await database.open()
    rows = []
    try:
        office = Office(database, vault, ids, clock)  # type: ignore[arg-type]
        office.clock = _Standing(clock)  # type: ignore[assignment]
        async with running(database, vault=vault, ids=ids, clock=clock, folder=folder) as site:
            whole = await office.officer("700", "thanh_tra", Role.INSPECTOR)
            head = await office.officer("701", "thanh_tra", Role.HEAD)
            for officer, views in ((whole, ("all",)), (head, ("unit", "mine"))):
                async with signed_in(site, office, officer) as one:
                    for name, path in _paths(views, count):
                        what = f"{name}, {officer.role}"
                        times = []
                        for place in range(ASKED):
                            if ANEW in name:
                                site.console.overview.forget()
                            began = time.perf_counter()
                            answer = await one.get(path.format(code=code_of(count - 1 - place * 7)))
                            times.append((time.perf_counter() - began) * 1000)
                            assert answer.status in (200, 204, 404), answer.status
                        times = sorted(times[ASKED // 10 :])
                        rows.append(
                            {
                                "engine": database.dialect,
                                "petitions": f"{count:,}",
                                "page": what,
                                "median ms": f"{median(times):.1f}",
                                "p95 ms": f"{times[int(len(times) * 0.95)]:.1f}",
                            }
                        )
    finally:
        await database.close()
    return rows


class _Standing:
    """The real clock, which the office of the tests may ask to move."""

    def __init__(self, clock: SystemClock) -> None:
        self._clock = clock

    def now(self) -> Any:
        return self._clock.now()

    def forward(self, _step: Any) -> None:
        return


def _paths(views: tuple[str, ...], count: int) -> Iterator[tuple[str, str]]:
    for view in views:
        yield f"board, {view}", f"/console?view={view}"
        yield f"board, {view}, overdue denunciations", f"/console?view={view}&kind=to_cao&due=late"
        yield f"board, {view}, finished", f"/console?view={view}&stage=done"
        yield f"board, {view}, next page", f"/console/board?view={view}&after=2020-01-01.1"
        yield f"news of {view}", f"/console/board/live?view={view}&seen=x"
    yield "a code", f"/console/find?q={code_of(count - 5)}"
    yield "a register number", "/console/find?q=số:17"
    yield "a case", "/console/cases/{code}"
    yield "overview", "/console/overview"
    yield f"overview{ANEW}", "/console/overview"
    yield "decisions to be carried out", "/console/overview/decisions"
    yield "limits that passed", "/console/overview/passed"
    yield "limits that passed, one unit", "/console/overview/passed?unit=ql_van_hoa&first=2025-01-01"


async def measure(counts: list[int], engines: list[str], folder: Path) -> None:
    vault, rows = Vault(KeyRing.create(folder / "keys.json")), list[dict[str, str]]()
    with ExitStack() as stack:
        server = None
        if "postgresql" in engines:
            server = engine_choice.server(stack, "console")
        for count in counts:
            path = folder / f"{count}.db"
            await migrate.upgrade(sqlite_address(path))
            began = time.perf_counter()
            await asyncio.to_thread(fill, path, vault, count)
            print(f"SQLite filled with {count:,} in {time.perf_counter() - began:.0f} s", flush=True)
            if server is not None:
                made = postgres_server.create_database(server)
                await migrate.upgrade(address(made))
                await fill_postgresql(address(made), path)
                rows += await pages(address(made), vault, count, folder / "p")
                postgres_server.drop_database(made)
            if "sqlite" in engines:
                rows += await pages(sqlite_address(path), vault, count, folder / "s")
            print(table(rows), flush=True)
            path.unlink()


def main(words: list[str]) -> None:
    asked = engine_choice.arguments("console", __doc__)
    given = asked.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.rows, given.engine, Path(folder)))
