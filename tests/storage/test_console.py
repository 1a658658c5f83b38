"""The console's queries are answered by indexes, and its sessions and codes are kept as they should be."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event

from petitions.kinds import Kind, Role
from storage.casebook import Casebook
from storage.console_board import Choice, Colour, Key, Reader, View
from storage.console_sessions import CODE_VALID, CODES_FORGOTTEN, CodeFault, ConsoleSession
from storage.database import Database
from storage.records import OfficerRecord
from tests.conftest import InBook
from tests.hand_clock import HandClock
from tests.storage.builders import a_turn

TODAY = date(2026, 11, 23)
READER = Reader(officer_id=1, units=("a", "b"), sealed_of_unit=True, everywhere=True)
INDEX = {View.MINE: "ix_petitions_officer", View.UNIT: "ix_petitions_unit", View.ALL: "ix_petitions_open"}
MakeBook = Callable[[Connection], Casebook]


def plans(connection: Connection, work: Callable[[], Any]) -> list[str]:
    """How the engine runs what `work` asks."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, words: str, values: Any, *_more: Any) -> None:
        asked.append((words, values))

    event.listen(connection, "before_cursor_execute", note)
    try:
        work()
    finally:
        event.remove(connection, "before_cursor_execute", note)
    explain = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
    return [
        "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{explain} {words}", tuple(values)))
        for words, values in asked
    ]


@pytest.mark.parametrize(
    ("view", "done", "colour"), itertools.product(View, (False, True), (None, Colour.LATE))
)
async def test_every_list_is_read_by_an_index(
    database: Database, make_book: MakeBook, view: View, done: bool, colour: Colour | None
) -> None:
    choice = Choice(view=view, done=done, colour=None if done else colour)

    def work(connection: Connection) -> list[str]:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        book = make_book(connection)

        def ask() -> None:
            for after in (None, Key(TODAY, 5), Key(None, 5)):
                book.board(READER, choice, today=TODAY, soon=TODAY, after=after, most=10)
            book.board_counts(READER, choice, today=TODAY, soon=TODAY)

        return plans(connection, ask)

    for shown in await database.transact(work):
        assert "Seq Scan" not in shown, shown
        scans = [line for line in shown.splitlines() if "SCAN" in line and "CONSTANT ROW" not in line]
        assert all("INDEX ix_petitions" in line for line in scans), shown
        if database.dialect == "sqlite":
            wanted = {INDEX[view], "ix_petitions_done", "ix_petitions_open"}
            assert any(index in shown for index in wanted), shown


async def test_the_whole_offices_open_list_comes_in_order_without_sorting(
    sqlite_database: Database, make_book: MakeBook
) -> None:
    def work(connection: Connection) -> list[str]:
        book, choice = make_book(connection), Choice(view=View.ALL)
        return plans(
            connection,
            lambda: book.board(READER, choice, today=TODAY, soon=TODAY, after=Key(TODAY, 5), most=10),
        )

    shown = "\n".join(await sqlite_database.transact(work))
    assert "ix_petitions_open" in shown
    assert "TEMP B-TREE" not in shown, shown


def an_officer(book: Casebook) -> OfficerRecord:
    _, token = book.invite("ql_van_hoa", Role.HEAD, "Trần Thị Hoa", book.now() + timedelta(days=1))
    accepted = book.accept_invite(token, a_turn(book).contact.id)
    assert isinstance(accepted, OfficerRecord)
    return accepted


async def test_a_code_opens_one_session_and_neither_is_kept_in_clear(
    in_book: InBook, database: Database
) -> None:
    officer = await in_book(an_officer)
    code = await in_book(lambda book: book.offer_console_code(officer.id, officer.contact_ids[0]))
    token = "t" * 43
    session = await in_book(lambda book: book.open_console(code, token=token, agent="Chrome"))
    assert isinstance(session, ConsoleSession)
    again = await in_book(lambda book: book.open_console(code, token="u" * 43, agent="Chrome"))
    assert again is CodeFault.USED
    found = await in_book(lambda book: book.console_session(token))
    assert found == (session, officer)
    assert await in_book(lambda book: book.console_session("u" * 43)) is None
    proofs = await in_book(lambda book: (book.console_proof(token), book.console_proof("u" * 43)))
    assert proofs[0] != proofs[1]

    def everything(connection: Connection) -> str:
        rows = [
            connection.exec_driver_sql(f"SELECT * FROM {table}").all()
            for table in ("console_codes", "console_sessions")
        ]
        return repr(rows)

    kept = await database.read(everything)
    assert token not in kept
    assert code not in kept


async def test_codes_end_and_old_ones_are_forgotten(
    in_book: InBook, clock: HandClock, database: Database
) -> None:
    officer = await in_book(an_officer)
    chat = officer.contact_ids[0]
    first = await in_book(lambda book: book.offer_console_code(officer.id, chat))
    second = await in_book(lambda book: book.offer_console_code(officer.id, chat))
    faults = await in_book(lambda book: [book.find_console_code(code)[1] for code in (first, second, "x")])
    assert faults == [CodeFault.EXPIRED, None, CodeFault.UNKNOWN]
    clock.forward(CODE_VALID)
    assert (await in_book(lambda book: book.find_console_code(second)))[1] is CodeFault.EXPIRED
    clock.forward(CODES_FORGOTTEN + timedelta(minutes=1))
    await in_book(lambda book: book.offer_console_code(officer.id, chat))

    def count(connection: Connection) -> int:
        return int(connection.exec_driver_sql("SELECT count(*) FROM console_codes").scalar_one())

    assert await database.read(count) == 1


async def test_a_list_pages_through_all_of_it_once(in_book: InBook, clock: HandClock) -> None:
    from tests.storage.builders import a_filing

    def fill(book: Casebook) -> list[int]:
        made = []
        for number in range(25):
            due = None if number % 5 == 4 else TODAY + timedelta(days=number % 3)
            made.append(book.file(a_filing(unit="a", kind=Kind.FEEDBACK, due_on=due)).id)
        return made

    made = await in_book(fill)
    seen: list[int] = []
    after = None
    while True:
        page = await in_book(
            lambda book, a=after: book.board(  # type: ignore[misc]
                READER, Choice(view=View.ALL), today=TODAY, soon=TODAY, after=a, most=7
            )
        )
        seen += [petition.id for petition in page]
        if len(page) < 7:
            break
        after = Key(page[-1].due_on, page[-1].id)
    assert sorted(seen) == sorted(made)
    assert len(set(seen)) == len(seen)
