"""`python -m benchmarks console`: how fast the console's pages are, from 10,000 petitions to 1,000,000.

A small office with a long history: one petition in eight is open, in all units, kinds and stages, with its limit; the
contents are sealed as in service. Officers sign in and ask for pages over HTTP, one after the other; both engines
hold the same rows.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from itertools import islice
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg
from sqlalchemy import Boolean, create_engine, insert

from benchmarks import engine_choice
from benchmarks.load import table
from bot.clock import SystemClock
from bot.profile import read_agency
from petitions.clocks import ClockState, Duty
from petitions.codes import TrackingCode
from petitions.kinds import Action, ActorKind, Kind, Role, Severity, Stage
from petitions.rules import RuleBook
from storage import migrate
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.records import PetitionContent
from storage.schema import clocks, events, metadata, officers, petitions
from tests import postgres_server
from tests.bot.console.rig import signed_in
from tests.conftest import address, sqlite_address
from tests.handlers.officers.office import Office
from tests.web_site import running

OPEN_ONE_IN: Final = 8
FIRST_ANSWER: Final = "A-01"
ASKED: Final = 120
"""How often each page is asked for; the first tenth warms up and is not counted."""
STORY: Final = "Quán hát đến khuya, cháu Tí nhà tôi mất ngủ, đã nói nhiều lần mà không ai giải quyết. " * 6
_TABLES: Final = ("officers", "petitions", "clocks", "events")
_OPEN: Final = [stage for stage in Stage if stage not in (Stage.CLOSED, Stage.WITHDRAWN)]
_KINDS: Final = (
    [Kind.FEEDBACK] * 10 + [Kind.RECOMMENDATION] * 4 + [Kind.COMPLAINT] * 3 + [Kind.DENUNCIATION] * 2
)


def code_of(place: int) -> str:
    """The tracking code of a row."""
    return TrackingCode.generate(random.Random(place)).value


def fill(path: Path, vault: Vault, count: int) -> None:
    """The rows, in bulk; the newest are the open ones, as in an office."""
    agency, chance, now = read_agency(None), random.Random(7), SystemClock().now()
    units = [unit.code for unit in agency.units if unit.active]
    topics = [topic.code for topic in agency.topics]
    rule = RuleBook.packaged().rule(FIRST_ANSWER, now.date())
    engine = create_engine(f"sqlite:///{path}")
    people = [
        {
            "id": place + 1, "agency": agency.code, "unit": units[place % len(units)], "role": Role.OFFICER,
            "name_enc": vault.seal_text(f"Cán bộ {place}", table="officers", column="name_enc", row=place + 1),
            "active": True, "created_at": now,
        }
        for place in range(60)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(officers), people)
        for start in range(0, count, 5000):
            rows, limits, history = [], [], []
            for place in range(start, min(count, start + 5000)):
                row_id, is_open = 1000 + place, place >= count - count // OPEN_ONE_IN
                officer = people[chance.randrange(60)]
                filed = now - timedelta(days=(count - place) * 900 / count)
                due = (now + timedelta(days=chance.randrange(-15, 60))).date()
                content = PetitionContent(story=(STORY,), name="Nguyễn Thị Sen", phone="0951223455")
                rows.append(
                    {
                        "id": row_id, "agency": agency.code, "code": code_of(place),
                        "kind": chance.choice(_KINDS), "subkind": "", "topic": chance.choice(topics),
                        "unit": officer["unit"], "officer_id": officer["id"],
                        "stage": chance.choice(_OPEN) if is_open else Stage.CLOSED,
                        "severity": Severity.NORMAL, "confidential": place % 50 == 0, "anonymous": False,
                        "discreet": False, "language": "vi", "channel": "web", "first_message_at": filed,
                        "filed_at": filed, "due_on": due if is_open else None,
                        "due_rule": FIRST_ANSWER if is_open else None, "register_book": "phan_anh",
                        "register_year": 2020 + place // 100_000, "register_no": place % 100_000 + 1,
                        "content_enc": vault.seal_json(
                            content.to_json(), table="petitions", column="content_enc", row=row_id
                        ),
                        "version": 1, "events_count": 1, "events_head": b"", "updated_at": filed,
                    }
                )  # fmt: skip
                limits.append(
                    {
                        "id": row_id, "agency": agency.code, "petition_id": row_id, "rule": FIRST_ANSWER,
                        "version": rule.in_force_from, "conditions": "", "step": rule.step,
                        "duty": Duty.OFFICE.value, "started_on": filed.date(), "nominal_on": due, "due_on": due,
                        "aim_on": due, "state": (ClockState.RUNNING if is_open else ClockState.MET).value,
                        "suspensions": "", "start_seq": 1, "warned": 0, "level": 0,
                    }
                )  # fmt: skip
                history.append(
                    {
                        "id": row_id, "agency": agency.code, "petition_id": row_id, "seq": 1, "type": Action.FILE,
                        "actor_kind": ActorKind.CITIZEN, "at": filed, "salt_enc": b"", "commitment": b"",
                        "content_enc": vault.seal_json({}, table="events", column="content_enc", row=row_id),
                        "link": b"",
                    }
                )  # fmt: skip
            connection.execute(insert(petitions), rows)
            connection.execute(insert(clocks), limits)
            connection.execute(insert(events), history)
        connection.exec_driver_sql("ANALYZE")
    engine.dispose()


async def fill_postgresql(url: str, source: Path) -> None:
    """The same rows by bulk load."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    with sqlite3.connect(source) as database:
        for name in _TABLES:
            cursor = database.execute(f"SELECT * FROM {name}")
            names = [column[0] for column in cursor.description]
            columns = metadata.tables[name].c
            flags = [place for place, column in enumerate(names) if isinstance(columns[column].type, Boolean)]
            days = [place for place, column in enumerate(names) if str(columns[column].type) == "DATE"]
            while rows := list(islice(cursor, 50_000)):
                await connection.copy_records_to_table(
                    name, records=_converted(rows, flags, days), columns=names
                )
            await connection.execute(f"VACUUM ANALYZE {name}")
    await connection.close()


def _converted(rows: list[Any], flags: list[int], days: list[int]) -> Iterator[tuple[Any, ...]]:
    from datetime import date

    for row in rows:
        values = list(row)
        for place in flags:
            values[place] = bool(values[place])
        for place in days:
            values[place] = date.fromisoformat(values[place]) if values[place] else None
        yield tuple(values)


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
                    for what, path in _paths(views, count):
                        times = []
                        for place in range(ASKED):
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
