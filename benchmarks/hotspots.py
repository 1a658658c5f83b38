"""`python -m benchmarks hotspots`: what counting by topic and place costs, from 10,000 petitions to 1,000,000.

Petitions of five years are spread over topics and places of very different size. Measured are filing (all of it, with
what is counted), the look of an hour, and the first look of a day, which reads every cell of the last four weeks.
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
from pathlib import Path
from statistics import median
from typing import Any, Final

import asyncpg
from sqlalchemy import Connection, create_engine, insert

from benchmarks import engine_choice
from benchmarks.bulk import copy_table
from benchmarks.load import table
from benchmarks.similar import row_of
from bot.clock import SystemClock
from bot.profile import read_agency, read_calendar
from handlers import hotspots
from handlers.service_turn import service_turn
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.kinds import ActorKind, Kind
from petitions.triage.suggester import suggester_for
from storage import migrate
from storage.casebook import Casebook
from storage.database import Database
from storage.hotspots_tables import sightings
from storage.ids import IdSource, first_id_of
from storage.keys import KeyRing, Vault
from storage.records import ActorRef, Filing, PetitionContent, TimerRecord
from storage.schema import petitions
from tests import postgres_server
from tests.conftest import address, sqlite_address

DAYS: Final = 1825
TOPICS, PLACES = 40, 400
FILED: Final = 200
LOOKS: Final = 15
_WORDS: Final = (
    "Lam",
    "Châu",
    "Nhân",
    "Vĩnh",
    "Thanh",
    "Liêm",
    "Kim",
    "Mai",
    "Đông",
    "Phú",
    "Tiên",
    "Hòa",
    "Yên",
    "Bình",
)
_COLUMNS: Final = tuple(column.name for column in sightings.columns)


def cells_of(number: int, topic: int, place: int | None) -> Iterator[tuple[int, str, int | None, int | None]]:
    """Hash, kind, and the hashes of topic and place; made like those of the service, but without a key."""
    yield 1, "mark", None, None
    yield 2, "all", None, None
    yield 100 + topic, "topic", None, None
    yield 1_000 + topic, "topic_unit", 100 + topic, None
    if place is not None:
        yield 10_000 + place, "place", None, None
        yield 1_000_000 + topic * PLACES + place, "topic_place", 100 + topic, 10_000 + place


def fill(path: Path, vault: Vault, agency: str, count: int) -> None:
    """Petitions and what is counted of them, in order of the keys."""
    chance, now = random.Random(3), SystemClock().now()
    topics = [chance.gammavariate(0.8, 1) + 0.02 for _ in range(TOPICS)]
    places = [chance.gammavariate(0.8, 1) + 0.02 for _ in range(PLACES)]
    drawn_topics = chance.choices(range(TOPICS), topics, k=count)
    drawn_places = chance.choices(range(PLACES), places, k=count)
    engine = create_engine(f"sqlite:///{path}")
    counted: list[tuple[Any, ...]] = []
    with engine.begin() as connection:
        for start in range(0, count, 5000):
            rows = []
            for number in range(start, min(count, start + 5000)):
                filed = now - timedelta(days=DAYS) * (1 - number / count)
                row = row_of(vault, number, "Loa mở to suốt đêm.", filed)
                row |= {
                    "id": first_id_of(filed) + number,
                    "agency": agency,
                    "topic": f"t{drawn_topics[number]}",
                    "register_year": 2020,  # what is filed on top takes numbers of this year's book
                }
                row["content_enc"] = b"-"
                rows.append(row)
                place = drawn_places[number] if number % 3 else None
                kept = int(filed.timestamp() * 1e6)
                counted += [
                    (
                        cell,
                        filed.date().toordinal(),
                        row["id"],
                        agency,
                        kind,
                        topic,
                        spot,
                        0,
                        kept,
                        row["unit"],
                    )
                    for cell, kind, topic, spot in cells_of(number, drawn_topics[number], place)
                ]
            connection.execute(insert(petitions), rows)
    engine.dispose()
    counted.sort()
    with sqlite3.connect(path) as database:
        marks = ", ".join("?" * len(_COLUMNS))
        database.executemany(f"INSERT INTO sightings ({', '.join(_COLUMNS)}) VALUES ({marks})", counted)
        database.execute("ANALYZE")


async def copy(url: str, source: Path) -> None:
    """The same rows in PostgreSQL."""
    connection = await asyncpg.connect(url.replace("postgresql+asyncpg", "postgresql"))
    with sqlite3.connect(source) as database:
        for name in ("petitions", "sightings"):
            await copy_table(connection, database, name)
            await connection.execute(f"VACUUM ANALYZE {name}")
    await connection.close()


async def checks(url: str, vault: Vault, facts: Facts, count: int) -> dict[str, str]:
    clock = SystemClock()
    ids = IdSource(clock, random.Random(6))
    database = Database.from_url(url, connections=2)
    await database.open()
    topics, chance = [topic.code for topic in facts.agency.topics], random.Random(8)

    def filing() -> Filing:
        place = f"thôn {chance.choice(_WORDS)} {chance.choice(_WORDS)}, xã {chance.choice(_WORDS)} Mỹ"
        return Filing(
            kind=Kind.FEEDBACK,
            unit="ql_van_hoa",
            topic=chance.choice(topics),
            content=PetitionContent(story=(f"Loa ở {place} mở to suốt đêm, cả xóm mất ngủ.",), place=place),
            actor=ActorRef(kind=ActorKind.CITIZEN),
            first_message_at=clock.now(),
            channel="web",
        )

    def book_of(connection: Connection) -> Casebook:
        return Casebook(connection, vault=vault, ids=ids, clock=clock, agency=facts.agency.code)

    def timed(work: Any) -> float:
        began = time.perf_counter()
        work()
        return (time.perf_counter() - began) * 1000

    def look(connection: Connection, data: dict[str, Any]) -> float:
        turn = service_turn(book_of(connection), facts, clock.now(), random.Random(1))
        timer = TimerRecord(
            id=1,
            what=hotspots.TIMER,
            due_at=clock.now(),
            petition_id=None,
            conversation_id=None,
            data=data,
            attempts=0,
        )
        return timed(lambda: hotspots.fire(turn, timer))

    try:
        filed = [
            await database.transact(lambda connection: timed(lambda: book_of(connection).file(filing())))
            for _ in range(FILED)
        ]
        today = clock.now().astimezone(facts.agency.zone).date().toordinal()
        hourly = {
            "since": (clock.now() - timedelta(hours=1.5)).isoformat(), "day": today, "counted": today, "cells": 4000,
        }  # fmt: skip
        hours = [
            await database.transact(lambda connection: look(connection, dict(hourly))) for _ in range(LOOKS)
        ]
        days = [await database.transact(lambda connection: look(connection, {})) for _ in range(LOOKS)]
    finally:
        await database.close()
    return {
        "engine": database.dialect,
        "petitions": f"{count:,}",
        "filing ms": f"{median(filed):.1f}",
        "look of an hour ms": f"{median(hours):.0f}",
        "first look of a day ms": f"{median(days):.0f}",
        "longest ms": f"{max(*hours, *days):.0f}",
    }


async def measure(counts: list[int], engines: list[str], folder: Path) -> None:
    agency = read_agency(None)
    facts = Facts(
        agency=agency,
        calendar=read_calendar(None),
        catalogue=Catalogue.load(),
        suggester=suggester_for(agency),
    )
    vault, rows = Vault(KeyRing.create(folder / "keys.json")), list[dict[str, str]]()
    with ExitStack() as stack:
        server = None
        if "postgresql" in engines:
            server = engine_choice.server(stack, "hotspots")
        for count in counts:
            path = folder / f"{count}.db"
            await migrate.upgrade(sqlite_address(path))
            await asyncio.to_thread(fill, path, vault, agency.code, count)
            if server is not None:
                made = postgres_server.create_database(server)
                await migrate.upgrade(address(made))
                await copy(address(made), path)
                rows.append(await checks(address(made), vault, facts, count))
                postgres_server.drop_database(made)
            if "sqlite" in engines:
                rows.append(await checks(sqlite_address(path), vault, facts, count))
            print(table(rows), flush=True)
            path.unlink()


def main(words: list[str]) -> None:
    asked = engine_choice.arguments("hotspots", __doc__)
    given = asked.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(given.rows, given.engine, Path(folder)))
