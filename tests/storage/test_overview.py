"""The overview's counts follow each petition on both engines, and are the same when they are made anew."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, func, select

from petitions.kinds import Action, ActorKind, Kind, Stage
from storage.casebook import Casebook
from storage.console_board import Choice, Reader, View
from storage.database import Database
from storage.overview import Narrow
from storage.overview_tables import overview_counts
from storage.records import ActorRef, PetitionRecord
from tests.conftest import InBook
from tests.hand_clock import HandClock
from tests.storage.builders import a_filing

SERVICE = ActorRef(kind=ActorKind.SERVICE)
ALL = Reader(officer_id=1, units=("thanh_tra",), sealed_of_unit=True, everywhere=True)
OTHER = replace(ALL, units=("van_phong",))
HEAD = replace(OTHER, everywhere=False)
Figures = dict[tuple[Any, ...], tuple[int, int, int, int]]


def stored(book: Casebook) -> Figures:
    rows = book.connection.execute(select(overview_counts)).all()
    return {
        (row.about, row.week, row.unit, row.value, row.sealed, row.hidden_from): numbers
        for row in rows
        if any(numbers := (row.received, row.settled, row.in_time, row.late))
    }


def seen(book: Casebook, reader: Reader) -> tuple[int, int]:
    """Received and settled, ever."""
    flows = book.flow_by(reader, "unit", first=0, last=10**7).values()
    return sum(flow.received for flow in flows), sum(flow.settled for flow in flows)


def change(book: Casebook, petition: PetitionRecord, **changes: Any) -> PetitionRecord:
    before = book.petition(petition.id, lock=True)
    assert before is not None
    return book.record(before, action=Action.NOTE, actor=SERVICE, content={}, changes=changes)  # type: ignore[typeddict-item]


def recounted(book: Casebook) -> Figures:
    book.recount_overview()
    while book.overview_older(most=3):
        pass
    assert book.overview_is_whole()
    return stored(book)


async def test_counts_follow_a_petition_and_are_the_same_made_anew(in_book: InBook, clock: HandClock) -> None:
    petitions: list[PetitionRecord] = []

    def file(book: Casebook) -> None:
        petitions.extend(book.file(a_filing(unit=unit)) for unit in ("thanh_tra", "van_phong", "van_phong"))
        assert seen(book, ALL) == seen(book, OTHER) == (3, 0)
        assert seen(book, HEAD) == (2, 0)

    await in_book(file)
    clock.forward(timedelta(days=15))

    def work(book: Casebook) -> None:
        one, two, three = petitions
        change(book, one, stage=Stage.ANSWERED)
        assert seen(book, ALL) == (3, 1)
        change(book, one, stage=Stage.IN_PROGRESS)
        assert seen(book, ALL) == (3, 0)
        change(book, one, stage=Stage.WITHDRAWN)
        change(book, two, stage=Stage.ANSWERED, unit="thanh_tra")
        assert seen(book, HEAD) == (1, 0)
        change(book, three, kind=Kind.DENUNCIATION)
        assert seen(book, ALL) == (2, 2), "sealed, and of another unit"
        assert seen(book, HEAD) == (1, 0)
        change(book, three, accused_id=HEAD.officer_id)
        assert seen(book, HEAD) == (0, 0)
        assert seen(book, replace(HEAD, officer_id=2)) == (1, 0)

    await in_book(work)
    await in_book(lambda book: _same(stored(book), recounted(book)))


async def test_members_follow_their_lead_in_the_counts(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        members = [book.file(a_filing()) for _ in range(3)]
        moved = book.follow(
            [*book.lock_petitions([each.id for each in members]).values()],
            {"stage": Stage.ANSWERED, "unit": "van_phong"},
            actor=SERVICE,
            content={"did": "answer"},
        )
        assert [each.unit for each in moved] == ["van_phong"] * 3
        assert seen(book, HEAD) == (3, 3)
        _same(stored(book), recounted(book))

    await in_book(work)


async def test_counting_anew_beside_petitions_that_change_loses_nothing(
    database: Database, make_book: Callable[[Connection], Casebook]
) -> None:
    def file(connection: Connection) -> PetitionRecord:
        return make_book(connection).file(a_filing())

    first = [await database.transact(file) for _ in range(6)]

    def settle(petition: PetitionRecord) -> Callable[[Connection], Any]:
        return lambda connection: change(make_book(connection), petition, stage=Stage.ANSWERED)

    def anew(connection: Connection) -> None:
        make_book(connection).recount_overview()

    def fill(connection: Connection) -> int:
        return make_book(connection).overview_older(most=2)

    work = [file, anew, *(settle(each) for each in first), fill, file, fill, anew, file, fill, fill]
    await asyncio.gather(*(database.transact(each) for each in work))
    while await database.transact(fill):
        pass

    def check(connection: Connection) -> None:
        book = make_book(connection)
        assert seen(book, ALL) == (9, 6)
        _same(stored(book), recounted(book))

    await database.transact(check)


async def test_lists_are_read_on_both_engines(in_book: InBook, clock: HandClock) -> None:
    def work(book: Casebook) -> None:
        book.file(a_filing())
        today = clock.now().date()
        choice = Choice(view=View.ALL)
        [part] = book.open_parts(ALL, choice, today=today, soon=today)
        assert (part.unit, part.open, part.late, sum(part.ages)) == ("thanh_tra", 1, 0, 1)
        assert book.passed_dates(ALL, Narrow(first=today, rule="A-01"), after=None, most=5) == []
        assert book.open_tasks(ALL, choice, after=None, most=5) == []
        assert book.open_task_counts(HEAD, Choice(view=View.UNIT), today) == (0, 0)
        assert book.busy_places(("thanh_tra",), first=0, last=10**7, most=3) == []
        assert book.connection.execute(select(func.count()).select_from(overview_counts)).scalar_one() > 0

    await in_book(work)


def _same(one: Figures, other: Figures) -> None:
    assert one == other
