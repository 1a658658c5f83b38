"""What is counted by topic and place follows every change of a petition; sealed cases never count."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, select

from petitions.hotspots import CellKind, Finding
from petitions.kinds import Action, ActorKind, Kind, Stage
from storage import hotspots as found_ones
from storage import hotspots_lists, hotspots_sightings
from storage.casebook import Casebook
from storage.database import Database
from storage.hotspots import Deed, HotspotState
from storage.hotspots_sightings import Cell, filed_day
from storage.hotspots_tables import hotspot_deeds, hotspot_names, hotspot_petitions, hotspots, sightings
from storage.records import ActorRef, PetitionContent, PetitionRecord
from tests.conftest import InBook
from tests.hand_clock import HandClock
from tests.storage.builders import a_filing, a_turn
from tests.storage.test_indexes import VALUES, plan

SERVICE = ActorRef(kind=ActorKind.SERVICE)


def file(
    book: Casebook, *, place: str = "tổ 4 Lam Hạ", story: str = "Loa quá to", **given: Any
) -> PetitionRecord:
    given = {"topic": "karaoke_vu_truong", "unit": "ql_van_hoa"} | given
    phone = given.pop("phone", "")
    return book.file(a_filing(content=PetitionContent(story=(story,), place=place, phone=phone), **given))


def change(book: Casebook, petition: PetitionRecord, action: Action, **changes: Any) -> PetitionRecord:
    before = book.petition(petition.id, lock=True)
    assert before is not None
    return book.record(before, action=action, actor=SERVICE, content={}, changes=changes)


def touched(book: Casebook, *, least: int = 1) -> dict[str, int]:
    """How many petitions the busiest cell of each kind has."""
    today = book.now().date().toordinal()
    found: dict[str, int] = {}
    for cell in book.touched_cells(book.now() - timedelta(days=40), today=today, least=least):
        found[cell.kind.value] = max(cell.number, found.get(cell.kind.value, 0))
    return found


def cells_of(book: Casebook, petition: PetitionRecord) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for row in book.connection.execute(select(sightings).where(sightings.c.petition_id == petition.id)):
        found.setdefault(row.kind, set()).add(row.hash)
    return found


def busiest(book: Casebook, kind: CellKind = CellKind.TOPIC_PLACE) -> Cell:
    today = book.now().date().toordinal()
    cells = book.touched_cells(book.now() - timedelta(days=40), today=today, least=1)
    return next(cell for cell in cells if cell.kind is kind)


async def test_petitions_of_one_topic_and_place_meet_however_it_is_written(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        for place in ("tổ 4 Lam Hạ", "To 4, phuong Lam Ha", "Lam Hạ", "P. Lam Hạ, TP Phủ Lý"):
            file(book, place=place)
        file(book, place="thôn Mai Cầu")
        file(book, place="")
        assert touched(book) == {"place": 4, "topic_place": 4, "topic_unit": 6}
        assert touched(book, least=5) == {"topic_unit": 6}

    await in_book(work)


async def test_a_place_in_the_story_or_on_the_map_counts_as_well(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        file(book, place="", story="Quán karaoke ở phường Lam Hạ hát tới 2 giờ sáng")
        file(book, place="phường Lam Hạ")
        assert touched(book)["place"] == 2
        for _ in range(3):
            book.file(
                a_filing(content=PetitionContent(story=("Đổ rác",), latitude=20.541, longitude=105.914))
            )
        assert touched(book)["place"] == 3

    await in_book(work)


async def test_what_is_kept_follows_topic_unit_sealing_and_withdrawal(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        petition = file(book)
        before = cells_of(book, petition)
        assert set(before) == {"mark", "all", "topic", "topic_unit", "place", "topic_place"}
        petition = change(book, petition, Action.CORRECT, topic="le_hoi", unit="ql_van_hoa")
        moved = cells_of(book, petition)
        assert moved["place"] == before["place"]
        assert not moved["topic_place"] & before["topic_place"]
        petition = change(book, petition, Action.TRANSFER, unit="ql_di_san")
        assert cells_of(book, petition)["topic_unit"] != moved["topic_unit"]
        petition = change(book, petition, Action.WITHDRAW, stage=Stage.WITHDRAWN)
        assert set(cells_of(book, petition)) == {"mark"}
        petition = change(book, petition, Action.REOPEN, stage=Stage.RECEIVED)
        assert cells_of(book, petition)["topic_place"] == moved["topic_place"]
        change(book, petition, Action.CORRECT, confidential=True)
        assert set(cells_of(book, petition)) == {"mark"}

    await in_book(work)


@pytest.mark.parametrize(
    "given", [{"kind": Kind.DENUNCIATION}, {"kind": Kind.ANONYMOUS_TIP}, {"confidential": True}]
)
async def test_a_sealed_case_is_not_counted(in_book: InBook, given: dict[str, Any]) -> None:
    def work(book: Casebook) -> None:
        for _ in range(6):
            petition = file(book, **given)
        assert set(cells_of(book, petition)) == {"mark"}
        assert touched(book) == {}
        assert book.active_cells(book.now() - timedelta(days=40), today=book.now().date().toordinal()) == 0

    await in_book(work)


async def test_a_sealed_petition_leaves_the_hotspots_it_stands_in(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        petitions = [file(book) for _ in range(6)]
        hotspot = book.open_hotspot(
            busiest(book),
            Finding(3, 6, 0.1, 1e-9),
            [each.id for each in petitions],
            topic="karaoke_vu_truong",
            unit=None,
            place="tổ 4 Lam Hạ",
            since_day=filed_day(petitions[0]),
            remind_at=book.now(),
        )
        assert book.hotspot_sizes([hotspot.id]) == {hotspot.id: 6}
        change(book, petitions[0], Action.CORRECT, confidential=True)
        change(book, petitions[1], Action.CORRECT, topic="le_hoi")
        assert book.hotspot_petitions(hotspot.id) == [each.id for each in reversed(petitions[2:])]
        book.change_hotspot(hotspot.id, state="closed")
        change(book, petitions[2], Action.CORRECT, topic="le_hoi")
        change(book, petitions[3], Action.WITHDRAW, stage=Stage.WITHDRAWN)
        assert set(book.hotspot_petitions(hotspot.id)) == {petitions[2].id, petitions[4].id, petitions[5].id}

    await in_book(work)


async def test_a_series_tells_the_last_days_and_what_was_before(in_book: InBook, clock: HandClock) -> None:
    for days in (0, 40, 20, 1):

        def work(book: Casebook) -> None:
            file(book)
            file(book)

        clock.forward(timedelta(days=days))
        await in_book(work)

    def look(book: Casebook) -> None:
        today = book.now().date().toordinal()
        assert book.office_age(today=today) == 62
        cell = busiest(book)
        series = book.series(cell.hash, today=today, age=62, rank=3)
        assert series.recent[:3] == (2, 2, 0)
        assert sum(series.recent) == 6
        assert (series.before, series.days) == (2, 34)
        heard = book.heard(cell.hash, today=today, rank=3, first_day=today - 2)
        book.mark_listed([each.petition_id for each in heard], 3)
        assert len(heard) == 4
        assert book.series(cell.hash, today=today, age=62, rank=3).within(3) == 0
        assert book.series(cell.hash, today=today, age=62, rank=9).within(3) == 4
        assert book.whole_series(today=today, age=62).within(3) == 0
        young = book.series(cell.hash, today=today, age=2, rank=9)
        assert (young.recent, young.days) == ((2, 2), 0.0)

    await in_book(look)


async def test_people_are_told_apart_by_chat_and_phone(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        one, other = a_turn(book, "chat-1"), a_turn(book, "chat-2")
        for opened, phone in ((one, "0951000001"), (other, "0951000001"), (other, "0951000002"), (None, "")):
            file(
                book,
                phone=phone,
                contact_id=opened.contact.id if opened else None,
                conversation_id=opened.conversation.id if opened else None,
            )
        today = book.now().date().toordinal()
        heard = book.heard(busiest(book).hash, today=today, rank=9, first_day=today)
        assert [len(each.signs) for each in heard] == [0, 3, 3, 3]
        assert len({sign for each in heard for sign in each.signs if sign[0] == "phone"}) == 2  # type: ignore[index]
        assert {each.text for each in heard} == {"Loa quá to"}

    await in_book(work)


async def test_a_hotspot_grows_is_opened_again_and_keeps_its_record(
    in_book: InBook, clock: HandClock
) -> None:
    def found(book: Casebook) -> int:
        petitions = [file(book) for _ in range(5)]
        hotspot = book.open_hotspot(
            busiest(book),
            Finding(3, 5, 0.1, 1e-9),
            [each.id for each in petitions],
            topic="karaoke_vu_truong",
            unit=None,
            place="tổ 4 Lam Hạ",
            since_day=filed_day(petitions[0]),
            remind_at=book.now() + timedelta(days=1),
        )
        assert book.new_in_cell(hotspot, today=filed_day(petitions[0])) == []
        return hotspot.id

    def grows(book: Casebook, hotspot_id: int) -> None:
        [hotspot] = book.open_hotspots()
        assert hotspot == book.hotspot(hotspot_id, lock=True)
        assert book.hotspot_places([hotspot.id]) == {hotspot.id: "tổ 4 Lam Hạ"}
        file(book, place="thôn Mai Cầu")
        more = [file(book).id for _ in range(2)]
        assert book.new_in_cell(hotspot, today=book.now().date().toordinal()) == more
        book.add_to_hotspot(hotspot, more)
        book.add_to_hotspot(hotspot, more)
        assert book.hotspot_sizes([hotspot.id]) == {hotspot.id: 7}
        book.note_deed(hotspot.id, Deed.SEEN, officer_id=5)
        book.change_hotspot(hotspot.id, state=HotspotState.CLOSED.value, closed_by=5, closed_at=book.now())
        book.note_deed(hotspot.id, Deed.CLOSED, officer_id=5, content={"note": "Đã kiểm tra xong"})
        assert book.open_hotspots() == []
        assert [deed.what for deed in book.deeds(hotspot.id)] == [Deed.FOUND, Deed.SEEN, Deed.CLOSED]
        assert book.deeds(hotspot.id)[-1].content == {"note": "Đã kiểm tra xong"}
        again = book.open_hotspot(
            Cell(hotspot.cell_hash, hotspot.kind, None, None, 0),
            Finding(3, 5, 0.1, 1e-9),
            [],
            topic=None,
            unit=None,
            place="",
            since_day=1,
            remind_at=book.now(),
        )
        assert book.hotspot_places([again.id]) == {}
        assert book.hotspot(again.id) is not None
        assert book.hotspot(12345) is None

    hotspot_id = await in_book(found)
    clock.forward(timedelta(days=2))
    await in_book(lambda book: grows(book, hotspot_id))


async def test_petitions_of_an_earlier_version_are_counted_too(in_book: InBook, clock: HandClock) -> None:
    def before(book: Casebook) -> None:
        file(book)
        clock.forward(timedelta(days=420))
        for _ in range(3):
            file(book)
        file(book, confidential=True)
        book.connection.execute(delete(sightings))
        file(book)

    def catches_up(book: Casebook) -> None:
        today = book.now().date()
        assert [book.sight_older(today=today, most=3) for _ in range(3)] == [3, 1, 0]
        assert touched(book)["topic_place"] == 4
        assert book.office_age(today=today.toordinal()) == 1

    await in_book(before)
    await in_book(catches_up)


async def test_a_clock_that_jumped_ahead_does_not_count_tomorrow_as_today(
    in_book: InBook, clock: HandClock
) -> None:
    def work(book: Casebook) -> None:
        today = book.now().date().toordinal()
        clock.forward(timedelta(days=3))
        for _ in range(6):
            file(book)
        since = book.now() - timedelta(days=40)
        assert book.touched_cells(since, today=today, least=1) == []
        assert book.office_age(today=today) == 1

    await in_book(work)


async def test_the_lists_read_what_they_are_about(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        many = file(book, people=5)
        file(book, people=4)
        second = file(book, kind=Kind.COMPLAINT, instance=2)
        hard = change(book, file(book, kind=Kind.COMPLAINT), Action.FIND_COMPLEX, complex=True)
        longer = change(book, file(book, kind=Kind.DENUNCIATION), Action.EXTEND, extensions=1)
        done = change(book, file(book, people=50), Action.CLOSE, stage=Stage.CLOSED)
        assert {each.id for each in book.grave_cases()} == {many.id, second.id, hard.id, longer.id}
        assert done.stage is Stage.CLOSED
        assert [each.id for each in book.second_instances(book.now() - timedelta(days=1))] == [second.id]
        assert book.second_instances(book.now() + timedelta(days=1)) == []
        assert book.late_since(book.now().date() + timedelta(days=900)) == {}

    await in_book(work)


async def test_the_agency_has_one_look_and_the_earlier_time_counts(in_book: InBook, clock: HandClock) -> None:
    def work(book: Casebook) -> None:
        book.set_hotspot_timer(book.now() + timedelta(hours=2), {"since": "x"})
        book.set_hotspot_timer(book.now() + timedelta(hours=1))
        book.set_hotspot_timer(book.now() + timedelta(hours=3))

    await in_book(work)

    def look(book: Casebook) -> None:
        from storage import timers

        assert timers.due(book.connection, book.vault, agency=book.agency, now=clock.now()) == []
        clock.forward(timedelta(hours=1, minutes=1))
        [timer] = timers.due(book.connection, book.vault, agency=book.agency, now=clock.now(), limit=5)
        assert timer.data == {"since": "x"}
        assert timers.fired(book.connection, timer.id, now=clock.now())
        book.set_hotspot_timer(clock.now())

    await in_book(look)


QUERIES = [
    ("touched", hotspots_sightings._TOUCHED, "ix_sightings_kept"),
    ("active", hotspots_sightings._ACTIVE, "ix_sightings_kept"),
    ("new names", hotspots_sightings._NEW_NAME, "ix_hotspot_names_kept"),
    ("unplaced", hotspots_sightings._UNPLACED, "ix_sightings_petition"),
    ("by day", hotspots_sightings._BY_DAY, "PRIMARY KEY"),
    ("before", hotspots_sightings._BEFORE, "PRIMARY KEY"),
    ("heard", hotspots_sightings._HEARD, "PRIMARY KEY"),
    ("of a petition", hotspots_sightings._OF_PETITION, "ix_sightings_petition"),
    ("forget", hotspots_sightings._FORGET, "ix_sightings_petition"),
    ("list", hotspots_sightings._LIST, "ix_sightings_petition"),
    ("stands in", hotspots_sightings._STANDS_IN, "ix_hotspot_petitions_petition"),
    ("new in a cell", found_ones._NEW_IN_CELL, "PRIMARY KEY"),
    ("sizes", found_ones._SIZES, "PRIMARY KEY"),
    ("deeds", found_ones._DEEDS, "ix_hotspot_deeds_hotspot"),
    ("open ones", found_ones._OPEN_ONES, "uq_hotspots_open"),
    ("grave cases", hotspots_lists._GRAVE, "ix_petitions_grave"),
    ("second instances", hotspots_lists._SECOND, "ix_petitions_grave"),
    ("late since", hotspots_lists._LATE, "ix_clocks_running"),
]
MORE = {
    "hash": 1, "first_day": 1, "least": 5, "rank": 3, "oldest": 1, "last_day": 5, "hotspot_id": 1, "lowest": 1,
    "hotspot_ids": [1, 2], "until_day": 9, "of_hotspots": [1, 2], "before_day": VALUES["today"], "below": 9,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _more_values(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MORE.items():
        monkeypatch.setitem(VALUES, name, value)


@pytest.mark.parametrize(("query", "index"), [q[1:] for q in QUERIES], ids=[q[0] for q in QUERIES])
async def test_the_index_made_for_it_is_used(sqlite_database: Database, query: Any, index: str) -> None:
    shown = await sqlite_database.transact(lambda connection: plan(connection, query))
    assert index in shown, shown
    assert all("USING" in line for line in shown.splitlines() if "SCAN" in line and "anon_" not in line), (
        shown
    )


@pytest.mark.parametrize("query", [q[1] for q in QUERIES], ids=[q[0] for q in QUERIES])
async def test_no_table_is_read_whole(postgres_database: Database, query: Any) -> None:
    def explain(connection: Any) -> str:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return plan(connection, query)

    shown = await postgres_database.transact(explain)
    assert "Index" in shown, shown
    assert "Seq Scan" not in shown, shown


async def test_no_place_is_readable_in_the_tables(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        petition = file(book)
        book.open_hotspot(
            busiest(book),
            Finding(3, 5, 0.1, 1e-9),
            [petition.id],
            topic=petition.topic,
            unit=None,
            place="tổ 4 Lam Hạ",
            since_day=filed_day(petition),
            remind_at=book.now(),
        )
        for table in (sightings, hotspots, hotspot_petitions, hotspot_deeds):
            for row in book.connection.execute(select(table)):
                assert "lam" not in str(tuple(row)).lower()

    await in_book(work)


async def test_a_name_met_once_is_found_in_later_stories_however_they_are_typed(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        bare = "quan hat o nhan my mo to suot dem, moi nha mat ngu"
        file(book, place="", story=bare)
        assert "place" not in touched(book)
        file(book, place="xã Nhân Mỹ", kind=Kind.DENUNCIATION)
        file(book, place="", story=bare)
        assert "place" not in touched(book), "a sealed case teaches no name"
        file(book, place="xã Nhân Mỹ")
        file(book, place="", story=bare)
        assert touched(book)["place"] == 2
        today = book.now().date().toordinal()
        assert book.sight_unplaced(book.now() + timedelta(hours=1), today=today) == 0
        assert book.sight_unplaced(book.now() - timedelta(hours=1), today=today) == 2
        assert touched(book)["place"] == 4, "the earlier ones as well"
        assert book.sight_unplaced(book.now() - timedelta(hours=1), today=today) == 0
        names = book.connection.execute(select(hotspot_names)).all()
        assert len(names) == 1

    await in_book(work)


async def test_a_slip_in_the_name_counts_for_the_name_the_office_has_met(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        file(book, place="xã Thanh Hương")
        file(book, place="xa thang huong")
        file(book, place="xã Thanh Hươmg")
        assert touched(book)["place"] == 3
        file(book, place="xã Thăng Hương")
        file(book, place="xa thang huong")
        assert touched(book)["place"] == 3, "a place of that very name is known now"

    await in_book(work)
