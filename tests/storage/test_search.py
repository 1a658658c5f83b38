"""Words, names, numbers and dates are found on both engines; nothing of sealed or withdrawn cases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, delete, select

from petitions.kinds import Action, ActorKind, Kind, Stage
from petitions.search_terms import phrase_terms, terms_of
from storage import search, search_rows
from storage.casebook import Casebook
from storage.database import Database
from storage.records import ActorRef, PetitionContent, PetitionRecord
from storage.schema import petitions, search_words
from storage.search import Wanted
from tests.conftest import InBook
from tests.hand_clock import HandClock
from tests.storage.builders import NASTY, a_filing
from tests.storage.test_indexes import VALUES, plan
from tests.storage.test_officers import an_officer

SERVICE = ActorRef(kind=ActorKind.SERVICE)
KARAOKE = "Quán karaoke Trăng Thanh hát đến khuya, gần đình làng Đọi"
FESTIVAL = "Lễ hội chùa Bà Đanh thu tiền gửi xe quá giá"


def file(book: Casebook, story: str, **given: Any) -> PetitionRecord:
    who = {name: given.pop(name) for name in ("name", "phone", "request", "place") if name in given}
    return book.file(a_filing(content=PetitionContent(story=(story,), **who), **given))


def found(book: Casebook, /, **wanted: Any) -> list[int]:
    rows, below = book.find_cases(Wanted(**wanted), lambda _: True, most=50)
    assert below is None
    return [petition.id for petition in rows]


def change(
    book: Casebook, petition: PetitionRecord, action: Action, text: str = "", **changes: Any
) -> PetitionRecord:
    before = book.petition(petition.id, lock=True)
    assert before is not None
    return book.record(before, action=action, actor=SERVICE, content={"text": text}, changes=changes)


async def test_words_in_any_spelling_and_in_a_row(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        one, other = file(book, KARAOKE), file(book, FESTIVAL, request="Xin trả lại tiền", place="Kim Bảng")
        assert found(book, words=("karaoke",)) == [one.id]
        assert found(book, words=("khuya", "doi")) == [one.id], "đ is d"
        assert found(book, words=("karaoke", "chua")) == []
        assert found(book, words=phrase_terms("Lễ HỘI chùa bà đanh")) == [other.id]
        assert found(book, words=phrase_terms("bà chùa")) == []
        assert found(book, words=("bang",)) == [other.id]
        assert found(book, words=phrase_terms("tra lai tien")) == [other.id]
        assert found(book) == [other.id, one.id], "newest first"

    await in_book(work)


async def test_a_name_is_no_word_and_a_word_is_no_name(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        one = file(book, KARAOKE, name="Nguyễn Thị Sen", phone="0951223455")
        file(book, FESTIVAL, name="Trần Văn Đọi")
        assert found(book, names=("sen", "nguyen")) == [one.id]
        assert found(book, words=("sen",)) == []
        assert found(book, names=("karaoke",)) == []
        assert found(book, phone="0951223455") == [one.id]
        assert found(book, phone="0951223455", words=("chua",)) == []
        assert found(book, phone="0951223455", words=("karaoke",)) == [one.id]

    await in_book(work)


@pytest.mark.parametrize(
    "sealed", [{"kind": Kind.DENUNCIATION}, {"confidential": True}, {"kind": Kind.ANONYMOUS_TIP}], ids=str
)
async def test_a_sealed_case_is_found_by_code_and_number_alone(
    in_book: InBook, sealed: dict[str, Any]
) -> None:
    def work(book: Casebook) -> None:
        case = file(book, KARAOKE, name="Nguyễn Thị Sen", phone="0951223455", topic="karaoke", **sealed)
        rows = book.connection.execute(select(search_words.c.petition_id)).all()
        assert len(rows) == 1, "the mark, and no word"
        for wanted in (
            {"words": ("karaoke",)},
            {"names": ("sen",)},
            {"phone": "0951223455"},
            {"number": "1", "topics": ("karaoke",)},
            {"topics": ("karaoke",)},
            {"units": (case.unit,)},
            {},
            {"code": case.code[:5], "words": ("karaoke",)},
            {"code": case.code, "topics": ("karaoke",)},
            {"number": "1", "names": ("sen",)},
            {"code": case.code, "phone": "0951223455"},
        ):
            assert found(book, **wanted) == [], wanted
        assert found(book, code=case.code[:5]) == [case.id]
        assert found(book, code=case.code) == [case.id]
        assert found(book, number="1") == [case.id]
        assert found(book, number="1", units=(case.unit,)) == [case.id]

    await in_book(work)


async def test_words_go_with_sealing_and_withdrawal_and_come_back(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        case = file(book, KARAOKE)
        change(book, case, Action.CITIZEN_ADDS, "Họ còn bắn pháo hoa")
        assert found(book, words=phrase_terms("pháo hoa")) == [case.id]
        for gone, back in (
            ({"confidential": True}, {"confidential": False}),
            ({"kind": Kind.DENUNCIATION}, {"kind": Kind.FEEDBACK}),
            ({"stage": Stage.WITHDRAWN}, {"stage": Stage.IN_PROGRESS}),
        ):
            change(book, case, Action.NOTE, **gone)
            assert len(book.connection.execute(select(search_words)).all()) == 1
            change(book, case, Action.CITIZEN_ADDS, "thêm bia rượu")
            assert found(book, words=("ruou",)) == []
            change(book, case, Action.NOTE, **back)
            assert found(book, words=("hoa", "karaoke", "ruou")) == [case.id]
        book.forget_words(case.id)
        assert found(book, words=("karaoke",)) == []

    await in_book(work)


async def test_beginnings_of_codes_and_numbers(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE) for _ in range(12)]
        eleven = [case.id for case in reversed(filed) if str(case.register_no).startswith("1")]
        assert len(eleven) == 4
        assert found(book, number="1") == eleven
        assert found(book, number="12", year=2026) == [filed[11].id]
        assert found(book, number="12", year=2025) == []
        assert found(book, number="1", begins=False) == [filed[0].id]
        assert found(book, number="1", begins=False, book="PA") == [filed[0].id]
        assert found(book, number="1", book="TC") == []
        assert found(book, code=filed[3].code[:6]) == [filed[3].id]
        moved = change(book, filed[4], Action.CORRECT, kind=Kind.RECOMMENDATION)
        assert moved.register_no == 1
        assert found(book, number="5") == [moved.id], "its line in the first book still leads to it"

    await in_book(work)


async def test_filters_and_days(in_book: InBook, clock: HandClock) -> None:
    def work(book: Casebook) -> None:
        first = file(book, KARAOKE, topic="karaoke", unit="thanh_tra")
        then = clock.now()
        clock.forward(timedelta(days=2))
        second = file(book, FESTIVAL, topic="le_hoi", unit="ql_van_hoa")
        third = file(book, FESTIVAL, topic="le_hoi", unit="thanh_tra")
        change(book, third, Action.NOTE, stage=Stage.ACCEPTED)
        day = timedelta(days=1)
        assert found(book, since=then + day) == [third.id, second.id]
        assert found(book, until=then + day) == [first.id]
        assert found(book, topics=("le_hoi",), units=("thanh_tra",)) == [third.id]
        assert found(book, units=("thanh_tra",)) == [third.id, first.id]
        assert found(book, units=("thanh_tra", "ql_van_hoa"), stages=(Stage.RECEIVED,)) == [
            second.id,
            first.id,
        ]
        assert found(book, words=("chua",), stages=(Stage.ACCEPTED,)) == [third.id]
        officer = an_officer(book, "900")
        own = {"own_units": ("ql_van_hoa",), "own_officer": officer.id}
        assert found(book, **own) == [second.id]
        assert found(book, words=("chua",), **own) == [second.id]
        assert found(book, units=("thanh_tra",), **own) == []
        change(book, first, Action.NOTE, officer_id=officer.id)
        assert found(book, **own) == [second.id, first.id]
        assert found(book, own_units=("ql_van_hoa",)) == [second.id]
        assert found(book, own_units=()) == []

    await in_book(work)


async def test_what_may_not_be_seen_is_not_counted(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE) for _ in range(6)]
        odd = {case.id for case in filed[::2]}
        rows, below = book.find_cases(Wanted(words=("karaoke",)), lambda case: case.id in odd, most=3)
        assert {case.id for case in rows} == odd
        assert below is None
        rows, below = book.find_cases(Wanted(words=("karaoke",)), lambda case: case.id in odd, most=2)
        assert below == rows[-1].id
        rest, none = book.find_cases(
            Wanted(words=("karaoke",)), lambda case: case.id in odd, most=2, below=below
        )
        assert {case.id for case in (*rows, *rest)} == odd
        assert none is None

    await in_book(work)


async def test_pages_go_on_where_the_last_one_ended(in_book: InBook, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_FIRST_PAGE", 1)
    monkeypatch.setattr(search, "_PAGE", 2)

    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE, topic="karaoke", phone="0951223455").id for _ in range(7)][::-1]
        for wanted in ({"words": ("karaoke",)}, {"topics": ("karaoke",)}, {"phone": "0951223455"}, {}):
            assert found(book, **wanted) == filed, wanted
        assert found(book, units=("thanh_tra",)) == filed

    await in_book(work)


async def test_words_of_nearly_every_petition_are_told_apart(
    in_book: InBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "ALWAYS_RARE", 2)

    def work(book: Casebook) -> None:
        for story in (KARAOKE, KARAOKE, KARAOKE, FESTIVAL, FESTIVAL):
            file(book, story)
        usable = book.usable(["karaoke", "chua", "nowhere"])
        assert usable.kept == ("nowhere", "chua")
        assert usable.common == ("karaoke",)

    await in_book(work)


async def test_another_agency_is_not_met(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        case = file(book, KARAOKE, phone="0951223455")
        other = Casebook(book.connection, vault=book.vault, ids=book.ids, clock=book.clock, agency="other")
        for wanted in (
            {"words": ("karaoke",)},
            {"phone": "0951223455"},
            {"code": case.code},
            {"number": "1"},
            {},
        ):
            assert found(other, **wanted) == [], wanted

    await in_book(work)


@pytest.mark.parametrize("words", ["", "👋", *NASTY], ids=lambda words: ascii(words[:12]))
async def test_strange_words_are_filed_and_found(in_book: InBook, words: str) -> None:
    def work(book: Casebook) -> None:
        case = file(book, words, name=words)
        for term in sorted(terms_of(words))[:5]:
            assert found(book, words=(term,)) == [case.id]

    await in_book(work)


async def test_no_word_and_no_number_of_a_person_is_kept(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        file(book, "CCCD 035190001234, gọi 0951223455 nhé")
        rows = book.connection.execute(select(search_words)).all()
        assert all(isinstance(row.hash, int) for row in rows)
        assert found(book, words=("035190001234",)) == []
        assert found(book, words=("0951223455",)) == []
        assert len(rows) == 1 + len({"cccd", "goi", "nhe", "cccd goi", "goi nhe"})

    await in_book(work)


async def test_petitions_of_before_are_indexed_page_by_page_downwards(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE), file(book, FESTIVAL, confidential=True), file(book, FESTIVAL)]
        change(book, filed[0], Action.CITIZEN_ADDS, "Họ còn bắn pháo hoa")
        kept = set(book.connection.execute(select(search_words)).all())
        assert book.unindexed() == []
        book.connection.execute(delete(search_words))
        assert book.unindexed(most=5) == [case.id for case in reversed(filed)]
        newest = file(book, KARAOKE)
        assert book.index_older(most=2) == (2, 0)
        assert book.unindexed(most=5) == [filed[0].id]
        assert found(book, words=("chua",)) == [filed[2].id]
        assert book.index_older(most=2) == (1, 0)
        assert book.index_older(most=2) == (0, 0)
        now = book.connection.execute(
            select(search_words).where(search_words.c.petition_id != newest.id)
        ).all()
        assert set(now) == kept

    await in_book(work)


async def test_what_happens_to_a_petition_of_before_lets_none_above_it_be_forgotten(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE), file(book, FESTIVAL), file(book, FESTIVAL)]
        book.connection.execute(delete(search_words))
        change(book, filed[0], Action.CITIZEN_ADDS, "Họ còn bắn pháo hoa")
        change(book, filed[1], Action.NOTE, confidential=True)
        assert book.unindexed(most=5) == [case.id for case in reversed(filed)]
        assert book.index_older(most=5) == (3, 0)
        assert found(book, words=phrase_terms("pháo hoa")) == [filed[0].id]
        assert found(book, words=("chua",)) == [filed[2].id]

    await in_book(work)


async def test_many_looked_at_in_vain_are_said_to_go_on(
    in_book: InBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "_FIRST_PAGE", 2)
    monkeypatch.setattr(search, "_PAGE", 2)
    monkeypatch.setattr(search, "LOOKED_AT", 4)

    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE) for _ in range(6)]
        oldest = {filed[0].id}
        rows, below = book.find_cases(Wanted(), lambda case: case.id in oldest, most=3)
        assert rows == []
        assert below is not None
        rows, none = book.find_cases(Wanted(), lambda case: case.id in oldest, most=3, below=below)
        assert [case.id for case in rows] == [filed[0].id]
        assert none is None

    await in_book(work)


async def test_a_petition_that_does_not_open_holds_up_no_other(in_book: InBook) -> None:
    def work(book: Casebook) -> None:
        filed = [file(book, KARAOKE), file(book, FESTIVAL)]
        book.connection.execute(delete(search_words))
        damage = petitions.update().where(petitions.c.id == filed[1].id)
        book.connection.execute(damage.values(content_enc=b"\x01" + bytes(40)))
        assert book.index_older(most=5) == (2, 1)
        assert found(book, words=("karaoke",)) == [filed[0].id]
        assert book.unindexed() == []

    await in_book(work)


# --- indexes


def newest_of(one: search_rows.Range) -> Any:
    return search_rows.newest_of((one.columns,))


LOOK_UPS: list[tuple[str, Any, str]] = [
    ("words", search_rows.by_words(3), "PRIMARY KEY"),
    ("how often", search._HOW_OFTEN, "PRIMARY KEY"),
    ("lowest seen", search._LOWEST_SEEN, "PRIMARY KEY"),
    ("seen", search._SEEN, "PRIMARY KEY"),
    ("older ones", search._OLDER, "PRIMARY KEY"),
    ("forget", search._FORGET, "ix_search_words_petition"),
    ("unit", newest_of(search_rows.of_unit("a", "u", Stage.RECEIVED)), "ix_petitions_unit"),
    ("officer", newest_of(search_rows.of_officer(1, Stage.RECEIVED)), "ix_petitions_officer"),
    ("topic", newest_of(search_rows.of_topic("a", "t")), "ix_petitions_topic"),
    ("time", search_rows._BY_TIME, "PRIMARY KEY"),
    ("code", search_rows._BY_CODE, "uq_petitions_code"),
    ("phone", search_rows._BY_PHONE, "ix_petitions_phone"),
    ("number", search_rows._BY_NUMBER, "PRIMARY KEY"),
]
MORE_VALUES: dict[str, Any] = {
    "agency0": "a", "unit0": "u", "stage0": Stage.RECEIVED, "officer_id0": 1, "topic0": "t",
    "h0": 1, "h1": 2, "h2": 3, "hash": 1, "below": 9, "lowest": 0, "mark": 5, "first_code": "1", "last_code": "2",
    "book": "phan_anh", "year": 2026, "first_number": 1, "last_number": 2,
}  # fmt: skip


@pytest.fixture
def known_values(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in MORE_VALUES.items():
        monkeypatch.setitem(VALUES, name, value)


@pytest.mark.usefixtures("known_values")
@pytest.mark.parametrize(
    ("query", "index"), [each[1:] for each in LOOK_UPS], ids=[each[0] for each in LOOK_UPS]
)
async def test_the_index_made_for_it_is_used(sqlite_database: Database, query: Any, index: str) -> None:
    shown = await sqlite_database.transact(lambda connection: plan(connection, query))

    names = (index, index.replace("uq_petitions_code", "sqlite_autoindex_petitions"))
    assert any(name in shown for name in names), shown
    assert index != "PRIMARY KEY" or "TEMP B-TREE" not in shown, shown
    assert not [line for line in shown.splitlines() if line.startswith("SCAN petitions")], shown
    assert not [line for line in shown.splitlines() if line.startswith("SCAN search_words")], shown


@pytest.mark.usefixtures("known_values")
@pytest.mark.parametrize("query", [each[1] for each in LOOK_UPS], ids=[each[0] for each in LOOK_UPS])
async def test_no_table_is_read_whole(postgres_database: Database, query: Any) -> None:
    def explain(connection: Connection) -> str:
        connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        return plan(connection, query)

    shown = await postgres_database.transact(explain)

    assert "Index" in shown, shown
    assert "Seq Scan" not in shown, shown
