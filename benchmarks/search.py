"""`python -m benchmarks search`: how long an officer's search takes, from 10,000 petitions to 1,000,000.

Rows are made of the pieces of texts that `benchmarks.similar` uses. A pool of them is read in full; each further
round of the pool gets hashes of its own for all but the frequent words, so that frequent words grow with the table
and rare ones stay rare. Filed over five years, in twelve units. A search is done through
`handlers.officers.finding`, as in service: read, searched, judged for the officer who asks, one page. Both engines
get the same rows.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any, Final

import asyncpg
from sqlalchemy import Connection, create_engine, insert

from benchmarks import engine_choice
from benchmarks.bulk import copy_table
from benchmarks.load import table
from benchmarks.similar import CORPUS, Pool, read_pool
from bot.clock import SystemClock
from handlers.officers import finding
from petitions.codes import GROUP, TrackingCode
from petitions.kinds import Kind, Role, Severity, Stage
from storage import migrate
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource, first_id_of
from storage.keys import KeyRing, Vault
from storage.records import OfficerRecord, PetitionContent
from storage.schema import petitions, register_entries, registers
from storage.search import hashed
from tests import postgres_server
from tests.conftest import address, sqlite_address
from tests.handlers.officers.office import sample_agency, sample_facts

if TYPE_CHECKING:
    from collections.abc import Iterator

AGENCY: Final = sample_agency().code
POOL: Final = 20_000
FREQUENT: Final = 0.003
"""Share of the pool from which on a word is a frequent one."""
YEARS: Final = 5
FIRST: Final = datetime(2025, 1, 1, tzinfo=UTC)
ROUNDS: Final = 40
"""Searches of each kind by each officer."""
_UNITS: Final = [unit.code for unit in sample_agency().units if unit.active][:12]
_TOPICS: Final = [topic.code for topic in sample_agency().topics]
_STAGES: Final = [Stage.RECEIVED, Stage.ASSIGNED, Stage.IN_PROGRESS, *[Stage.CLOSED] * 12]
_NAMES: Final = ("Nguyễn Văn", "Nguyễn Thị", "Trần Văn", "Trần Thị", "Lê Văn", "Phạm Thị", "Hoàng Đức")


def name_of(place: int) -> str:
    last = f"{'bcdghklmnpqrstvx'[place // 7 % 16]}{'aeiouy'[place // 112 % 6]}n{place % 997}"
    return f"{_NAMES[place % len(_NAMES)]} {last}"


def code_of(place: int) -> str:
    return TrackingCode.generate(random.Random(place)).value


def phone_of(place: int) -> str:
    return f"09{place % 10**8:08d}"


def pool_from(book: Casebook, paths: list[Path]) -> Pool:
    """The texts of `similar`, with a name each; the mark that a petition was looked at is a frequent hash."""
    texts = read_pool(book, POOL, paths).texts
    hashes = [
        sorted(book.word_hashes(hashed(PetitionContent(story=(text,), name=name_of(place)))))
        for place, text in enumerate(texts)
    ]
    counts = Counter(value for row in hashes for value in row)
    return Pool(texts, hashes, frozenset(h for h, n in counts.items() if n >= POOL * FREQUENT))


def rows_of(vault: Vault, count: int) -> Iterator[dict[str, Any]]:
    """Petitions, evenly over the years; contents are no part of a search and only as long as in service."""
    step, filler = timedelta(days=365 * YEARS) / count, bytes(700)
    numbers: Counter[int] = Counter()
    for place in range(count):
        moment = FIRST + place * step
        numbers[moment.year] += 1
        yield {
            "id": first_id_of(moment) + place % 4_000_000, "agency": AGENCY, "code": code_of(place),
            "kind": Kind.FEEDBACK, "subkind": "", "topic": _TOPICS[place % len(_TOPICS)],
            "unit": _UNITS[place * 7 % len(_UNITS)], "stage": _STAGES[place % len(_STAGES)],
            "severity": Severity.NORMAL, "confidential": False, "anonymous": False, "discreet": False,
            "language": "vi", "channel": "web", "first_message_at": moment, "filed_at": moment,
            "register_book": "phan_anh", "register_year": moment.year, "register_no": numbers[moment.year],
            "phone_hash": vault.blind("phone", phone_of(place)), "content_enc": filler, "events_head": b"",
            "updated_at": moment,
        }  # fmt: skip


def fill_sqlite(path: Path, pool: Pool, vault: Vault, count: int) -> None:
    engine, ids, last = create_engine(f"sqlite:///{path}"), list[int](), dict[int, int]()
    with engine.begin() as connection:
        chunk: list[dict[str, Any]] = []
        for row in rows_of(vault, count):
            ids.append(row["id"])
            last[row["register_year"]] = row["register_no"]
            chunk.append(row)
            if len(chunk) == 5000 or len(ids) == count:
                connection.execute(insert(petitions), chunk)
                connection.execute(insert(register_entries), [_entry(each) for each in chunk])
                chunk = []
        books = [
            {"agency": AGENCY, "book": "phan_anh", "year": year, "last_no": number}
            for year, number in last.items()
        ]
        connection.execute(insert(registers), books)
    engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA cache_size = -500000")
        database.execute("DROP INDEX ix_search_words_petition")
        database.execute("CREATE TABLE unsorted (hash INTEGER, petition_id INTEGER)")
        database.executemany(
            "INSERT INTO unsorted VALUES (?, ?)",
            ((value, ids[place]) for place in range(count) for value in pool.of(place)),
        )
        database.execute(
            "INSERT INTO search_words (hash, petition_id, agency) "
            f"SELECT hash, petition_id, '{AGENCY}' FROM unsorted ORDER BY hash, petition_id"
        )
        database.execute("DROP TABLE unsorted")
        database.execute("CREATE INDEX ix_search_words_petition ON search_words (petition_id)")
        database.execute("ANALYZE")


def _entry(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "agency": AGENCY,
        "book": row["register_book"],
        "year": row["register_year"],
        "number": row["register_no"],
        "petition_id": row["id"],
        "entered_at": row["filed_at"],
    }


async def fill_postgresql(url: str, source: Path) -> None:
    """The same rows; keys are made after the rows, which is what a bulk load does."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    await connection.execute("DROP INDEX ix_search_words_petition")
    for name in ("pk_search_words", "fk_search_words_petition_id"):
        await connection.execute(f"ALTER TABLE search_words DROP CONSTRAINT {name}")
    with sqlite3.connect(source) as database:
        for name in ("petitions", "registers", "register_entries", "search_words"):
            await copy_table(connection, database, name)
    await connection.execute(
        "ALTER TABLE search_words ADD CONSTRAINT pk_search_words PRIMARY KEY (hash, petition_id)"
    )
    await connection.execute("CREATE INDEX ix_search_words_petition ON search_words (petition_id)")
    for name in ("petitions", "register_entries", "search_words"):
        await connection.execute(f"VACUUM ANALYZE {name}")
    await connection.close()


def officer_of(number: int, role: Role, unit: str) -> OfficerRecord:
    """Each search is another officer's: looking for people is limited for one."""
    return OfficerRecord(
        id=number, unit=unit, role=role, name="", active=True, absent_from=None, absent_until=None,
        deputy_id=None, contact_ids=(),
    )  # fmt: skip


def kinds_of(pool: Pool, count: int, chance: random.Random) -> dict[str, str]:
    """One search of each kind, about a petition that is there."""
    place = chance.randrange(min(count, len(pool.texts)))
    words = [word for word in pool.texts[place].split() if len(word) > 3]
    at = chance.randrange(len(words) - 4)
    day = (FIRST + timedelta(days=365 * YEARS) / count * place).date()
    some = f"{day:%d/%m/%Y}"
    last = f"{day + timedelta(days=90):%d/%m/%Y}"
    topic, unit = _TOPICS[place % len(_TOPICS)], _UNITS[place * 7 % len(_UNITS)]
    return {
        "three words": " ".join(words[at : at + 3]),
        "one word": words[at],
        "phrase": '"' + " ".join(pool.texts[place].split()[20:23]) + '"',
        "words nobody wrote": f"{words[at]} zzyzx",
        "word, unit, days": f"{words[at]} đơn vị: {unit} từ {some} đến {last}",
        "whole code": f"mã: {code_of(place)}",
        "code begins": f"mã: {code_of(place)[:GROUP]}",
        "number": f"số: {place % 1000 + 1}/{FIRST.year + 1}",
        "number begins": f"số: {place % 90 + 10}*",
        "name": f"người: {name_of(place)}",
        "phone": phone_of(place),
        "unit, stage": f"đơn vị: {unit}, giai đoạn: closed",
        "topic": f"lĩnh vực: {topic}",
        "topic, days": f"lĩnh vực: {topic}, từ {some} đến {last}",
        "days": f"từ {some} đến {last}",
    }


async def searches(url: str, pool: Pool, vault: Vault, count: int) -> list[dict[str, str]]:
    """Each kind by somebody who sees the whole office and by somebody of one unit, one after the other."""
    chance, ids, facts = random.Random(6), IdSource(SystemClock(), random.Random(6)), sample_facts()
    database = Database.from_url(url, connections=2)
    await database.open()
    times: dict[str, list[float]] = {}
    found: Counter[str] = Counter()
    refused: Counter[str] = Counter()
    number = 0
    try:
        for turn in range(ROUNDS + 2):
            for kind, typed in kinds_of(pool, count, chance).items():
                for role, unit in ((Role.INSPECTOR, "thanh_tra"), (Role.OFFICER, _UNITS[turn % len(_UNITS)])):
                    number += 1
                    officer = officer_of(number, role, unit)

                    def search(
                        connection: Connection, typed: str = typed, officer: OfficerRecord = officer
                    ) -> tuple[float, finding.Found]:
                        book = Casebook(connection, vault=vault, ids=ids, clock=SystemClock(), agency=AGENCY)
                        began = time.perf_counter()
                        page = finding.find(book, facts, officer, finding.Ask(typed=typed))
                        return time.perf_counter() - began, page

                    took, page = await database.transact(search)
                    if turn >= 2:
                        times.setdefault(kind, []).append(took * 1000)
                        found[kind] += bool(page.cases)
                        refused[kind] += bool(page.common)
    finally:
        await database.close()
    times = {"all": [each for rows in times.values() for each in rows], **times}
    return [
        {
            "engine": database.dialect, "petitions": f"{count:,}", "search": kind,
            "median ms": f"{median(rows):.1f}", "p99 ms": f"{sorted(rows)[int(len(rows) * 0.99)]:.1f}",
            "found": f"{found[kind] / len(rows):.0%}" if kind != "all" else "",
            "too common": f"{refused[kind] / len(rows):.0%}" if kind != "all" else "",
        }
        for kind, rows in times.items()
    ]  # fmt: skip


async def pool_of(url: str, vault: Vault, paths: list[Path]) -> Pool:
    database = Database.from_url(url, connections=1)
    await database.open()
    clock = SystemClock()
    try:
        return await database.transact(
            lambda connection: pool_from(
                Casebook(
                    connection, vault=vault, ids=IdSource(clock, random.Random(6)), clock=clock, agency=AGENCY
                ),
                paths,
            )
        )
    finally:
        await database.close()


async def measure(counts: list[int], engines: list[str], paths: list[Path], folder: Path) -> None:
    vault = Vault(KeyRing.create(folder / "keys.json"))
    with ExitStack() as stack:
        server = None
        if "postgresql" in engines:
            server = engine_choice.server(stack, "search")
        for count in counts:
            path = folder / f"{count}.db"
            await migrate.upgrade(sqlite_address(path))
            pool = await pool_of(sqlite_address(path), vault, paths)
            began = time.perf_counter()
            await asyncio.to_thread(fill_sqlite, path, pool, vault, count)
            hashes = sum(len(pool.of(place)) for place in range(2000)) / 2000
            size = path.stat().st_size / count
            print(
                f"SQLite filled with {count:,} in {time.perf_counter() - began:.0f} s; {hashes:.0f} hashes and "
                f"{size:,.0f} bytes of database a petition",
                flush=True,
            )
            if "sqlite" in engines:
                print(table(await searches(sqlite_address(path), pool, vault, count)), flush=True)
            if server is not None:
                made = postgres_server.create_database(server)
                await migrate.upgrade(address(made))
                began = time.perf_counter()
                await fill_postgresql(address(made), path)
                print(f"PostgreSQL filled in {time.perf_counter() - began:.0f} s", flush=True)
                print(table(await searches(address(made), pool, vault, count)), flush=True)
                postgres_server.drop_database(made)
            path.unlink()


def main(words: list[str]) -> None:
    asked = engine_choice.arguments("search", __doc__)
    asked.add_argument("--texts", type=Path, nargs="+", default=sorted(CORPUS.glob("*.jsonl")))
    given = asked.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.rows, given.engine, given.texts, Path(folder)))
