"""Rewritten history is found and named, whatever was done to it, by somebody who can write every row."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select, text, update

from petitions.kinds import Action, Kind, Stage
from storage.casebook import Casebook
from storage.database import Database
from storage.hotspots_tables import sightings
from storage.keys import Vault
from storage.overview_tables import overview_cases
from storage.records import ActorRef, PetitionChanges
from storage.schema import (
    assignments,
    events,
    petitions,
    register_entries,
    registers,
    search_words,
    similarities,
)
from storage.verify import Broken, Fault, verify
from tests.conftest import AGENCY, InBook
from tests.storage.builders import CITIZEN, a_filing

Tamper = Callable[[Connection, int], None]


def a_history(book: Casebook, steps: int = 4) -> int:
    """A petition with one filing and some notes. Gives its id."""
    petition = book.file(a_filing())
    for step in range(steps):
        petition = book.record(
            petition,
            action=Action.NOTE,
            actor=CITIZEN,
            content={"text": f"ghi chú {step}"},
            changes=PetitionChanges(stage=Stage.IN_PROGRESS) if step == 1 else PetitionChanges(),
        )
    return petition.id


def event_at(connection: Connection, petition_id: int, seq: int) -> Any:
    return connection.execute(
        select(events).where(events.c.petition_id == petition_id, events.c.seq == seq)
    ).one()


def set_event(petition_id: int, at: int, /, **values: object) -> Any:
    return update(events).where(events.c.petition_id == petition_id, events.c.seq == at).values(values)


def alter_action(connection: Connection, petition_id: int) -> None:
    connection.execute(set_event(petition_id, 3, type=Action.ANSWER))


def alter_to_nonsense(connection: Connection, petition_id: int) -> None:
    connection.execute(
        text("UPDATE events SET type = 'bogus', at = -1 WHERE petition_id = :id AND seq = 3"),
        {"id": petition_id},
    )


def alter_time(connection: Connection, petition_id: int) -> None:
    at = event_at(connection, petition_id, 3).at
    connection.execute(set_event(petition_id, 3, at=at + timedelta(microseconds=1)))


def alter_actor(connection: Connection, petition_id: int) -> None:
    connection.execute(set_event(petition_id, 3, officer_id=17))


def alter_content(connection: Connection, petition_id: int) -> None:
    """Another event's content is put there, as if it had been said here."""
    other = event_at(connection, petition_id, 2)
    connection.execute(set_event(petition_id, 3, content_enc=other.content_enc, salt_enc=other.salt_enc))


def alter_commitment_too(connection: Connection, petition_id: int) -> None:
    other = event_at(connection, petition_id, 2)
    connection.execute(
        set_event(
            petition_id,
            3,
            content_enc=other.content_enc,
            salt_enc=other.salt_enc,
            commitment=other.commitment,
        )
    )


def remove_from_the_middle(connection: Connection, petition_id: int) -> None:
    connection.execute(delete(events).where(events.c.petition_id == petition_id, events.c.seq == 3))


def remove_and_close_the_gap(connection: Connection, petition_id: int) -> None:
    remove_from_the_middle(connection, petition_id)
    connection.execute(set_event(petition_id, 4, seq=3))
    connection.execute(set_event(petition_id, 5, seq=4))


def swap(connection: Connection, petition_id: int) -> None:
    for old, new in ((3, 99), (4, 3), (99, 4)):
        connection.execute(set_event(petition_id, old, seq=new))


def cut_the_end(connection: Connection, petition_id: int) -> None:
    connection.execute(delete(events).where(events.c.petition_id == petition_id, events.c.seq >= 4))


def cut_the_end_and_the_count(connection: Connection, petition_id: int) -> None:
    cut_the_end(connection, petition_id)
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(events_count=3))


def cut_the_end_and_mend_the_head(connection: Connection, petition_id: int) -> None:
    cut_the_end_and_the_count(connection, petition_id)
    last = event_at(connection, petition_id, 3).link
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(events_head=last))


def remove_all(connection: Connection, petition_id: int) -> None:
    connection.execute(delete(events).where(events.c.petition_id == petition_id))
    connection.execute(
        update(petitions).where(petitions.c.id == petition_id).values(events_count=0, events_head=b"\0" * 32)
    )


def change_the_head(connection: Connection, petition_id: int) -> None:
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(events_head=b"x" * 32))


def change_the_stage(connection: Connection, petition_id: int) -> None:
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(stage=Stage.CLOSED))


def change_the_unit(connection: Connection, petition_id: int) -> None:
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(unit="van_phong"))


def change_the_number(connection: Connection, petition_id: int) -> None:
    connection.execute(update(petitions).where(petitions.c.id == petition_id).values(register_no=77))


def damage_the_story(connection: Connection, petition_id: int) -> None:
    connection.execute(
        update(petitions).where(petitions.c.id == petition_id).values(content_enc=b"\x01" * 60)
    )


CASES: list[tuple[Tamper, int, Fault]] = [
    (alter_action, 3, Fault.ALTERED),
    (alter_to_nonsense, 3, Fault.ALTERED),
    (alter_time, 3, Fault.ALTERED),
    (alter_actor, 3, Fault.ALTERED),
    (alter_content, 3, Fault.ALTERED),
    (alter_commitment_too, 3, Fault.ALTERED),
    (remove_from_the_middle, 3, Fault.MISSING),
    (swap, 3, Fault.REORDERED),
    (cut_the_end, 4, Fault.TRUNCATED),
    (cut_the_end_and_the_count, 3, Fault.HEAD),
    (cut_the_end_and_mend_the_head, 3, Fault.HEAD),
    (remove_all, 1, Fault.TRUNCATED),
    (change_the_head, 5, Fault.HEAD),
    (change_the_stage, 0, Fault.ROW),
    (change_the_unit, 0, Fault.ROW),
    (change_the_number, 0, Fault.ROW),
    (damage_the_story, 0, Fault.ROW),
]


async def check(database: Database, vault: Vault) -> list[Broken]:
    return await database.read(lambda connection: list(verify(connection, vault, AGENCY)))


async def test_an_honest_history_holds(database: Database, in_book: InBook, vault: Vault) -> None:
    def live(book: Casebook) -> None:
        for _ in range(3):
            petition = book.petition(a_history(book), lock=True)
            assert petition is not None
            officer = ActorRef(kind=CITIZEN.kind)
            book.record(
                petition,
                action=Action.CORRECT,
                actor=officer,
                content={},
                changes=PetitionChanges(kind=Kind.DENUNCIATION, unit="van_phong", destination="outside:x"),
            )

    await in_book(live)

    assert await check(database, vault) == []


async def test_more_petitions_than_fit_one_page(
    sqlite_database: Database, vault: Vault, make_book: Any
) -> None:
    def live(connection: Connection) -> int:
        book = make_book(connection)
        for _ in range(450):
            a_history(book, steps=1)
        last = a_history(book)
        alter_action(connection, last)
        return last

    last = await sqlite_database.transact(live)

    found = await sqlite_database.read(lambda connection: list(verify(connection, vault, AGENCY)))
    assert [(broken.petition_id, broken.seq) for broken in found] == [(last, 3)]


@pytest.mark.parametrize(
    ("tamper", "seq", "fault"), CASES, ids=lambda case: getattr(case, "__name__", str(case))
)
async def test_each_rewriting_is_found_at_its_first_broken_link(
    database: Database, in_book: InBook, vault: Vault, tamper: Tamper, seq: int, fault: Fault
) -> None:
    before = await in_book(a_history)
    petition_id = await in_book(a_history)
    after = await in_book(a_history)

    await database.transact(lambda connection: tamper(connection, petition_id))

    found = await check(database, vault)
    assert [(broken.petition_id, broken.seq, broken.fault) for broken in found] == [(petition_id, seq, fault)]
    assert petition_id not in (before, after)


async def test_a_closed_gap_is_found_as_well(database: Database, in_book: InBook, vault: Vault) -> None:
    petition_id = await in_book(a_history)

    await database.transact(lambda connection: remove_and_close_the_gap(connection, petition_id))

    [broken] = await check(database, vault)
    assert (broken.petition_id, broken.seq) == (petition_id, 3)


async def test_a_petition_taken_away_whole_leaves_a_gap_in_the_book(
    database: Database, in_book: InBook, vault: Vault
) -> None:
    petition_id = await in_book(a_history)
    await in_book(a_history)

    def erase(connection: Connection) -> None:
        kept = (events, assignments, register_entries, similarities, search_words, sightings, overview_cases)
        for table in kept:
            connection.execute(delete(table).where(table.c.petition_id == petition_id))
        connection.execute(delete(petitions).where(petitions.c.id == petition_id))

    await database.transact(erase)

    assert await check(database, vault) == [
        Broken(petition_id=0, code="phan_anh/2026", seq=0, fault=Fault.REGISTER)
    ]


async def test_a_petition_whose_row_alone_is_gone_is_named_by_its_line(
    sqlite_database: Database, sqlite_url: str, vault: Vault, make_book: Any
) -> None:
    """Somebody with a tool that keeps no foreign keys, as the `sqlite3` shell does not."""
    petition_id = await sqlite_database.transact(lambda connection: a_history(make_book(connection)))
    with closing(sqlite3.connect(sqlite_url.partition(":///")[2])) as shell, shell:
        shell.execute("DELETE FROM petitions")

    assert await check(sqlite_database, vault) == [
        Broken(petition_id=petition_id, code="phan_anh/2026/1", seq=0, fault=Fault.GONE)
    ]


async def test_a_counter_set_back_is_found(database: Database, in_book: InBook, vault: Vault) -> None:
    await in_book(a_history)
    await in_book(a_history)

    await database.transact(lambda connection: connection.execute(update(registers).values(last_no=1)))

    assert [broken.fault for broken in await check(database, vault)] == [Fault.REGISTER]
