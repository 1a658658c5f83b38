"""`python -m benchmarks similar`: how long a check for similar petitions takes, from 10,000 rows to 1,000,000.

Rows are made of the texts of the training data: a pool of them is read in full, and each further round of the pool
gets hashes of its own for all but the frequent words, so that frequent hashes grow with the table and rare ones stay
rare. Contents are sealed as in service, and each check opens and compares the candidates. Both engines get the same
rows, in bulk and sorted; a check is then done as at filing.
"""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, insert

from benchmarks import engine_choice
from benchmarks.bulk import copy_table
from benchmarks.load import table
from bot.clock import SystemClock
from petitions.kinds import Kind, Severity, Stage
from storage import migrate
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.records import PetitionContent
from storage.schema import petitions
from tests import postgres_server
from tests.conftest import address, sqlite_address
from tests.petitions.altered import WAYS, copy

AGENCY: Final = "bench"
CORPUS: Final = Path(__file__).parent.parent / "petitions" / "triage" / "corpus"
FREQUENT: Final = 0.003
"""Share of the pool from which on a hash is a frequent word's."""
CHUNK, CHUNKS = 5, 9
"""A text: so many pieces of so many words, each from another text."""
CHECKS: Final = 400
_MIX: Final = 0x9E3779B97F4A7C15


@dataclass(frozen=True)
class Pool:
    """Texts with their hashes."""

    texts: list[str]
    hashes: list[list[int]]
    frequent: frozenset[int]

    def of(self, place: int) -> list[int]:
        """The hashes of a row: those of its text, the rare ones changed with each round."""
        turn, own = divmod(place, len(self.texts))
        if not turn:
            return self.hashes[own]
        return [h if h in self.frequent else (h ^ (turn * _MIX)) & (2**63 - 1) for h in self.hashes[own]]


def read_pool(book: Casebook, size: int, paths: list[Path]) -> Pool:
    """Texts made of pieces of the training data."""
    chance, told = random.Random(5), []
    for path in paths:
        told += [json.loads(line)["text"] for line in path.read_text("utf-8").splitlines()]
    spoken = [text.split() for text in told if len(text.split()) >= CHUNK]
    texts = [
        " ".join(
            [*(word for _ in range(CHUNKS) for word in _chunk(spoken, chance)), f"số {chance.randrange(999)}"]
        )
        for _ in range(size)
    ]
    hashes = [[*book.hashes_of(PetitionContent(story=(t,)), topic=None, sealed=False)] for t in texts]
    counts = Counter(value for row in hashes for value in row)
    return Pool(texts, hashes, frozenset(h for h, n in counts.items() if n >= max(3, size * FREQUENT)))


def _chunk(spoken: list[list[str]], chance: random.Random) -> list[str]:
    words = chance.choice(spoken)
    start = chance.randrange(len(words) - CHUNK + 1)
    return words[start : start + CHUNK]


def row_of(vault: Vault, place: int, text: str, now: Any) -> dict[str, Any]:
    """The least a petition's row must hold."""
    sealed = vault.seal_json(
        PetitionContent(story=(text,)).to_json(), table="petitions", column="content_enc", row=place + 1
    )
    return {
        "id": place + 1, "agency": AGENCY, "code": f"{place:012d}", "kind": Kind.FEEDBACK, "subkind": "",
        "topic": "le_hoi", "unit": "u", "stage": Stage.RECEIVED, "severity": Severity.NORMAL, "confidential": False,
        "anonymous": False, "discreet": False, "language": "vi", "channel": "web", "first_message_at": now,
        "filed_at": now, "register_book": "phan_anh", "register_year": 2026, "register_no": place + 1,
        "content_enc": sealed, "events_head": b"", "updated_at": now,
    }  # fmt: skip


def fill_sqlite(path: Path, pool: Pool, vault: Vault, count: int) -> None:
    from sqlalchemy import create_engine

    engine, now = create_engine(f"sqlite:///{path}"), SystemClock().now()
    with engine.begin() as connection:
        for start in range(0, count, 5000):
            rows = [
                row_of(vault, place, pool.texts[place % len(pool.texts)], now)
                for place in range(start, min(count, start + 5000))
            ]
            connection.execute(insert(petitions), rows)
    engine.dispose()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA temp_store_directory = ''")
        database.execute("PRAGMA cache_size = -500000")
        database.execute("CREATE TABLE unsorted (hash INTEGER, petition_id INTEGER)")
        database.executemany(
            "INSERT INTO unsorted VALUES (?, ?)",
            ((value, place + 1) for place in range(count) for value in pool.of(place)),
        )
        database.execute(
            "INSERT INTO similarities (hash, petition_id, agency) "
            f"SELECT hash, petition_id, '{AGENCY}' FROM unsorted ORDER BY hash, petition_id"
        )
        database.execute("DROP TABLE unsorted")
        database.execute("ANALYZE")


async def fill_postgresql(url: str, source: Path) -> None:
    """The same rows; keys are made after the rows, which is what a bulk load does."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    with sqlite3.connect(source) as database:
        await copy_table(connection, database, "petitions")
        await connection.execute("ALTER TABLE similarities DROP CONSTRAINT pk_similarities")
        await connection.execute("ALTER TABLE similarities DROP CONSTRAINT fk_similarities_petition_id")
        await copy_table(connection, database, "similarities")
    await connection.execute(
        "ALTER TABLE similarities ADD CONSTRAINT pk_similarities PRIMARY KEY (hash, petition_id)"
    )
    await connection.execute("VACUUM ANALYZE similarities")
    await connection.execute("VACUUM ANALYZE petitions")
    await connection.close()


async def checks(url: str, pool: Pool, vault: Vault, count: int) -> dict[str, str]:
    """Copies of petitions already there, made in every way, looked for one after the other."""
    chance, ids = random.Random(6), IdSource(SystemClock(), random.Random(6))
    words = [word for text in pool.texts[:500] for word in text.split()]
    database = Database.from_url(url, connections=2)
    await database.open()
    times, found = [], 0
    try:
        for number in range(CHECKS + 20):
            place = chance.randrange(min(count, len(pool.texts)))
            text = copy(pool.texts[place], WAYS[number % len(WAYS)], words, chance)

            def check(connection: Connection, text: str = text, place: int = place) -> tuple[float, bool]:
                book = Casebook(connection, vault=vault, ids=ids, clock=SystemClock(), agency=AGENCY)
                began = time.perf_counter()
                similar = book.similar(PetitionContent(story=(text,)), topic="le_hoi", most=20)
                took = time.perf_counter() - began
                return took, any(
                    each.copy and each.petition.id % len(pool.texts) == (place + 1) % len(pool.texts)
                    for each in similar
                )

            took, hit = await database.transact(check)
            if number >= 20:
                times.append(took * 1000)
                found += hit
    finally:
        await database.close()
    times.sort()
    return {
        "engine": database.dialect,
        "petitions": f"{count:,}",
        "hashes": f"{sum(len(pool.of(place)) for place in range(min(count, 2000))) / min(count, 2000):.0f} each",
        "median ms": f"{median(times):.1f}",
        "p99 ms": f"{times[int(len(times) * 0.99)]:.1f}",
        "max ms": f"{times[-1]:.1f}",
        "copies found": f"{found / CHECKS:.1%}",
    }


async def pool_of(url: str, vault: Vault, paths: list[Path]) -> Pool:
    ids, clock = IdSource(SystemClock(), random.Random(6)), SystemClock()
    database = Database.from_url(url, connections=1)
    await database.open()
    try:
        return await database.transact(
            lambda connection: read_pool(
                Casebook(connection, vault=vault, ids=ids, clock=clock, agency=AGENCY), 20_000, paths
            )
        )
    finally:
        await database.close()


async def measure(counts: list[int], engines: list[str], paths: list[Path], folder: Path) -> None:
    vault, rows = Vault(KeyRing.create(folder / "keys.json")), list[dict[str, str]]()
    with ExitStack() as stack:
        server = None
        if "postgresql" in engines:
            server = engine_choice.server(stack, "similar")
        for count in counts:
            path = folder / f"{count}.db"
            url = sqlite_address(path)
            await migrate.upgrade(url)
            pool = await pool_of(url, vault, paths)
            began = time.perf_counter()
            await asyncio.to_thread(fill_sqlite, path, pool, vault, count)
            print(f"SQLite filled with {count:,} in {time.perf_counter() - began:.0f} s", flush=True)
            if "sqlite" in engines:
                rows.append(await checks(url, pool, vault, count))
            if server is not None:
                made = postgres_server.create_database(server)
                await migrate.upgrade(address(made))
                began = time.perf_counter()
                await fill_postgresql(address(made), path)
                print(f"PostgreSQL filled in {time.perf_counter() - began:.0f} s", flush=True)
                rows.append(await checks(address(made), pool, vault, count))
                postgres_server.drop_database(made)
            print(table(rows), flush=True)
            path.unlink()


def main(words: list[str]) -> None:
    asked = engine_choice.arguments("similar", __doc__)
    asked.add_argument("--texts", type=Path, nargs="+", default=sorted(CORPUS.glob("*.jsonl")))
    given = asked.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.rows, given.engine, given.texts, Path(folder)))
