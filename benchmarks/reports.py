"""`python -m benchmarks reports`: how long a year's report takes over 100,000 petitions on SQLite, 1,000,000 on
PostgreSQL.

All petitions fall into the reported year, with the kinds and ways of the simulated year: four to ten events each, of
which the report reads two or three; decisions and tasks are sealed as in service, for their facts are opened. Rows
are made in bulk in a SQLite file and copied to PostgreSQL. Both reports are consolidated and compared with the year
before; a page of the cases behind a number and the documents are measured too.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import asyncpg
import psutil

from benchmarks import engine_choice
from benchmarks.bulk import copy_table
from benchmarks.load import table
from bot.clock import SystemClock
from bot.profile import read_agency
from bot.reports.folder import documents
from handlers.texts import Catalogue
from petitions.facts import DECIDED
from petitions.kinds import Action, ActorKind, Kind, Severity, Stage
from petitions.reports.forms import Cell, check
from petitions.reports.periods import Period
from storage import migrate
from storage.casebook import Casebook
from storage.columns import microseconds
from storage.database import Database
from storage.ids import IdSource, first_id_of
from storage.keys import KeyRing, Vault
from storage.reporting import Counting
from storage.reporting_make import make, office_of
from storage.schema import metadata
from tests import postgres_server
from tests.conftest import address, server_folder, sqlite_address

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from petitions.reports.report import Report

AGENCY: Final = read_agency(None)
YEAR: Final = Period.parse("2026")
TABLES: Final = ("petitions", "register_entries", "assignments", "events")
_KINDS: Final = (
    (Kind.FEEDBACK, 48),
    (Kind.RECOMMENDATION, 20),
    (Kind.COMPLAINT, 20),
    (Kind.DENUNCIATION, 12),
)
_FILLER: Final = bytes(range(256)) + bytes(144)
"""As long as a sealed event of no interest to the report."""
Row = dict[str, Any]


class Maker:
    """Petitions with their events, one after the other, as columns of the tables."""

    def __init__(self, vault: Vault, count: int) -> None:
        self._vault = vault
        self._chance = random.Random(3)
        self._units = [unit.code for unit in AGENCY.units if unit.active]
        self._topics = [topic.code for topic in AGENCY.topics]
        start = datetime(YEAR.first.year, YEAR.first.month, YEAR.first.day, tzinfo=AGENCY.zone)
        self._start = start.astimezone(UTC)
        self._step = timedelta(days=(YEAR.last - YEAR.first).days) / count
        self._numbers: dict[str, int] = {}
        self._last_id = 0

    def rows(self, place: int) -> Iterator[tuple[str, Row]]:
        """Table and row."""
        chance = self._chance
        filed = self._start + place * self._step
        kind = chance.choices([kind for kind, _ in _KINDS], [share for _, share in _KINDS])[0]
        unit = chance.choice(self._units)
        self._numbers[kind.value] = number = self._numbers.get(kind.value, 0) + 1
        petition_id = self._id(filed)
        petition = self._petition(petition_id, kind, unit, filed, number)
        events = (
            self._lawful(petition, filed)
            if kind in (Kind.COMPLAINT, Kind.DENUNCIATION)
            else self._light(petition, filed)
        )
        told = [*self._events(petition_id, filed, events)]
        petition |= {"events_count": len(told), "version": len(told), "updated_at": told[-1]["at"]}
        yield "petitions", petition
        place_of = {"agency": AGENCY.code, "book": kind.value, "year": 2026, "number": number}
        yield "register_entries", place_of | {"petition_id": petition_id, "entered_at": microseconds(filed)}
        line = {"agency": AGENCY.code, "petition_id": petition_id, "unit": unit, "event_seq": 1}
        yield "assignments", line | {"id": self._id(filed), "since": microseconds(filed), "until": None}
        yield from (("events", event) for event in told)

    def _id(self, at: datetime) -> int:
        self._last_id = max(self._last_id + 1, first_id_of(at))
        return self._last_id

    def _petition(self, petition_id: int, kind: Kind, unit: str, filed: datetime, number: int) -> Row:
        return {
            "id": petition_id, "agency": AGENCY.code, "code": f"{petition_id:x}", "kind": kind.value, "subkind": "",
            "topic": self._chance.choice(self._topics), "unit": unit, "stage": Stage.ASSIGNED.value,
            "severity": Severity.NORMAL.value, "confidential": 0, "anonymous": 0, "discreet": 0, "language": "vi",
            "channel": "web", "first_message_at": microseconds(filed), "filed_at": microseconds(filed),
            "register_book": kind.value, "register_year": 2026, "register_no": number, "content_enc": _FILLER * 2,
            "instance": 2 if self._chance.random() < 0.05 else 1, "events_head": b"\0" * 32,
        }  # fmt: skip

    def _light(self, petition: Row, at: datetime) -> Iterator[tuple[timedelta, Action, Row]]:
        del at
        yield timedelta(hours=2), Action.TAKE, {}
        lot = self._chance.random()
        if lot < 0.03:
            return
        if lot < 0.13:
            petition |= {"stage": Stage.PASSED_ON.value, "outcome": "other_level"}
            yield timedelta(days=2), Action.PASS_ON, {"code": "other_level"}
            return
        if lot < 0.18:
            petition |= {"stage": Stage.WITHDRAWN.value, "outcome": "withdraw"}
            yield timedelta(days=3), Action.WITHDRAW, {}
            return
        petition |= {"stage": Stage.CLOSED.value, "outcome": "answer"}
        yield timedelta(days=5), Action.ANSWER, {}
        yield timedelta(days=6), Action.CLOSE, {}

    def _lawful(self, petition: Row, at: datetime) -> Iterator[tuple[timedelta, Action, Row]]:
        chance = self._chance
        complaint = petition["kind"] == Kind.COMPLAINT.value
        yield timedelta(hours=2), Action.TAKE, {}
        yield timedelta(days=2), Action.CONFIRM_FORM, {}
        if chance.random() < 0.15:
            petition |= {"stage": Stage.NOT_ACCEPTED.value, "outcome": "unsigned"}
            yield timedelta(days=3), Action.SCREEN_INELIGIBLE, {"code": "unsigned"}
            return
        yield timedelta(days=3), Action.SCREEN_ELIGIBLE, {}
        accepted = (at + timedelta(days=5)).date()
        petition |= {"stage": Stage.VERIFYING.value, "accepted_on": accepted.isoformat()}
        yield timedelta(days=5), Action.ACCEPT, {"on": accepted.isoformat()}
        yield timedelta(days=6), Action.VERIFY, {}
        if chance.random() < 0.1:
            return
        results = (
            ("complaint_right", "complaint_wrong")
            if complaint
            else ("denunciation_true", "denunciation_untrue")
        )
        if complaint and petition["instance"] == 2:
            results = ("first_upheld", "first_changed")
        code, decided = chance.choice(results), (at + timedelta(days=25)).date()
        petition |= {"stage": Stage.ENFORCING.value, "outcome": code, "decided_on": decided.isoformat()}
        facts = {fact.key: 0 for fact in DECIDED} | {"recover_money": chance.randrange(90)}
        content = {
            "code": code,
            "on": decided.isoformat(),
            "facts": facts,
            "text": "Nội dung quyết định. " * 30,
        }
        yield timedelta(days=25), Action.DECIDE if complaint else Action.CONCLUDE, content
        done = {
            "on": (at + timedelta(days=40)).date().isoformat(),
            "facts": {"recovered_money": 3},
            "text": "Xong.",
        }
        yield timedelta(days=40), Action.TASK_DONE, done
        if chance.random() < 0.7:
            petition |= {"stage": Stage.CLOSED.value}
            yield timedelta(days=45), Action.CLOSE, {}

    def _events(
        self, petition_id: int, filed: datetime, told: Iterator[tuple[timedelta, Action, Row]]
    ) -> Iterator[Row]:
        sealed = {Action.DECIDE, Action.CONCLUDE, Action.TASK_DONE}
        for seq, (after, action, content) in enumerate([(timedelta(0), Action.FILE, {}), *told], 1):
            event_id = (
                self._id(filed) if seq == 1 else first_id_of(filed + after) + self._chance.getrandbits(22)
            )
            kept = _FILLER
            if action in sealed:
                kept = self._vault.seal_json(content, table="events", column="content_enc", row=event_id)
            yield {
                "id": event_id, "agency": AGENCY.code, "petition_id": petition_id, "seq": seq, "type": action.value,
                "actor_kind": ActorKind.OFFICER.value, "at": microseconds(filed + after), "salt_enc": b"\0" * 61,
                "content_enc": kept, "commitment": b"\0" * 32, "link": b"\0" * 32,
            }  # fmt: skip


def fill_sqlite(path: Path, vault: Vault, count: int) -> None:
    """Every table in one file, sorted enough for its indexes."""
    maker = Maker(vault, count)
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode = OFF")
        database.execute("PRAGMA synchronous = OFF")
        database.execute("PRAGMA cache_size = -500000")
        for start in range(0, count, 10_000):
            rows: dict[str, list[list[Any]]] = {name: [] for name in TABLES}
            for place in range(start, min(count, start + 10_000)):
                for name, row in maker.rows(place):
                    rows[name].append(
                        [row.get(column, _DEFAULTS[name][column]) for column in _DEFAULTS[name]]
                    )
            for name, several in rows.items():
                marks = ", ".join("?" * len(_DEFAULTS[name]))
                columns = ", ".join(_DEFAULTS[name])
                database.executemany(f"INSERT OR IGNORE INTO {name} ({columns}) VALUES ({marks})", several)
            database.commit()
        database.execute("ANALYZE")


_DEFAULTS: Final = {
    name: {
        column.name: None
        if column.nullable or column.server_default is None
        else int(column.name == "instance")
        for column in metadata.tables[name].c
    }
    for name in TABLES
}


async def fill_postgresql(url: str, source: Path) -> None:
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    with sqlite3.connect(source) as database:
        for name in TABLES:
            await copy_table(connection, database, name)
            await connection.execute(f"VACUUM ANALYZE {name}")
    await connection.close()


def server_seconds() -> float:
    """CPU that PostgreSQL's processes of this run have used, those that have ended too."""
    folder = str(server_folder("reports"))
    spent = 0.0
    for process in psutil.process_iter(["cmdline"]):
        if not any(folder in word for word in process.info["cmdline"] or ()):
            continue
        times = process.cpu_times()
        spent += times.user + times.system + times.children_user + times.children_system
        for child in process.children():
            with suppress(psutil.NoSuchProcess):
                spent += sum(child.cpu_times()[:2])
    return spent


async def measure_one(url: str, vault: Vault, count: int) -> dict[str, str]:
    database = Database.from_url(url, connections=2)
    await database.open()
    ids = IdSource(SystemClock(), random.Random(6))

    def book(connection: Connection) -> Casebook:
        return Casebook(connection, vault=vault, ids=ids, clock=SystemClock(), agency=AGENCY.code)

    def report(connection: Connection) -> Report:
        return make(book(connection), AGENCY, YEAR, today=date(2026, 12, 20))

    def behind(connection: Connection) -> int:
        counting = Counting(connection, vault, office_of(AGENCY), YEAR)
        return len(counting.find(Cell("03/GQKN", 4), unit="thanh_tra", after=0, most=40).ids)

    try:
        await database.read(lambda connection: None)
        began, busy, served = time.perf_counter(), time.process_time(), server_seconds()
        made = await database.read_one_moment(report)
        counted, busy, served = time.perf_counter(), time.process_time() - busy, server_seconds() - served
        documents(made, Catalogue.load().language("vi"))
        written = time.perf_counter()
        await database.read(behind)
        listed = time.perf_counter()
    finally:
        await database.close()
    assert made.total[Cell("02/XLD", 1)] == count
    assert not [each for each in check(made.total) if each.form != "01/TCD"]
    return {
        "engine": database.dialect,
        "petitions": f"{count:,}",
        "decisions": f"{made.flow('decisions').received + made.flow('conclusions').received:,}",
        "counted s": f"{counted - began:.1f}",
        "own CPU s": f"{busy:.1f}",
        "server CPU s": f"{served:.1f}",
        "documents s": f"{written - counted:.1f}",
        "page of cases behind a number s": f"{listed - written:.1f}",
    }


async def measure(counts: dict[str, int], folder: Path) -> None:
    vault, rows = Vault(KeyRing.create(folder / "keys.json")), list[dict[str, str]]()
    with ExitStack() as stack:
        for engine, count in counts.items():
            path = folder / f"{engine}.db"
            await migrate.upgrade(sqlite_address(path))
            began = time.perf_counter()
            await asyncio.to_thread(fill_sqlite, path, vault, count)
            print(f"{count:,} petitions made in {time.perf_counter() - began:.0f} s", flush=True)
            url = sqlite_address(path)
            if engine == "postgresql":
                server = engine_choice.server(stack, "reports")
                url = address(postgres_server.create_database(server))
                await migrate.upgrade(url)
                began = time.perf_counter()
                await fill_postgresql(url, path)
                print(f"PostgreSQL filled in {time.perf_counter() - began:.0f} s", flush=True)
            rows.append(await measure_one(url, vault, count))
            print(table(rows), flush=True)


def main(words: list[str]) -> None:
    asked = argparse.ArgumentParser(prog="python -m benchmarks reports", description=__doc__)
    asked.add_argument("--sqlite", type=int, default=100_000, help="petitions on SQLite; 0: not measured")
    asked.add_argument(
        "--postgresql", type=int, default=1_000_000, help="petitions on PostgreSQL; 0: not measured"
    )
    given = asked.parse_args(words)
    counts = {"sqlite": given.sqlite, "postgresql": given.postgresql}
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure({engine: count for engine, count in counts.items() if count}, Path(folder)))
