"""Register books: one gapless row of numbers for each agency, kind and year."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Final

from sqlalchemy import bindparam, insert, select, update

from petitions.kinds import Kind
from storage.book import Book, as_record, upsert
from storage.prepared import Prepared
from storage.records import PetitionRecord, RegisterEntry
from storage.schema import register_entries, registers

VIETNAM: Final = timezone(timedelta(hours=7))
"""Asia/Ho_Chi_Minh, which has no summer time; the year of a book is counted in it."""

_NEXT_NUMBER: Final = upsert(
    registers,
    key=["agency", "book", "year"],
    change=lambda _row: {"last_no": registers.c.last_no + 1},
    returning=registers.c.last_no,
)
_INSERT: Final = Prepared(insert(register_entries))
_CONTINUE: Final = (
    update(register_entries)
    .where(
        register_entries.c.agency == bindparam("of_agency"),
        register_entries.c.book == bindparam("of_book"),
        register_entries.c.year == bindparam("of_year"),
        register_entries.c.number == bindparam("of_number"),
    )
    .values(
        continued_book=bindparam("to_book"),
        continued_year=bindparam("to_year"),
        continued_number=bindparam("to_number"),
    )
)
_OF_PETITION: Final = (
    select(*(register_entries.c[name] for name in RegisterEntry.__dataclass_fields__))
    .where(register_entries.c.petition_id == bindparam("petition_id"))
    .order_by(register_entries.c.entered_at, register_entries.c.book)
)


def letters_of(book: str) -> str:
    """How offices write a register book after its number: "phan_anh" is "PA"."""
    return "".join(part[0] for part in book.split("_") if part).upper()


class Registers(Book):
    """The books as the casebook writes them. Lock order: the petition is locked before its number."""

    def register_entries(self, petition_id: int) -> list[RegisterEntry]:
        """Every line of the books about a petition, oldest first; more than one after a change of kind."""
        rows = self.connection.execute(_OF_PETITION, {"petition_id": petition_id})
        return [as_record(RegisterEntry, row) for row in rows]

    def _take_number(self, kind: Kind, at: datetime) -> tuple[str, int, int]:
        """Book, year and the next number. The counter's row stays locked until the commit, so a number that
        is rolled back is taken again by the next: no gap, no double."""
        year = at.astimezone(VIETNAM).year
        key = {"agency": self.agency, "book": kind.value, "year": year}
        [row] = _NEXT_NUMBER.rows(self.connection, key | {"last_no": 1})
        return kind.value, year, row.last_no

    def _enter(self, petition_id: int, place: tuple[str, int, int], at: datetime) -> None:
        book, year, number = place
        values = {"agency": self.agency, "book": book, "year": year, "number": number}
        _INSERT.run(self.connection, values | {"petition_id": petition_id, "entered_at": at})

    def _move_to_book(self, petition: PetitionRecord, kind: Kind, at: datetime) -> tuple[str, int, int]:
        """A change of kind: a new line in the other book, and a cross-reference in the line left behind."""
        place = self._take_number(kind, at)
        self._enter(petition.id, place, at)
        self.connection.execute(
            _CONTINUE,
            {
                "of_agency": self.agency,
                "of_book": petition.register_book,
                "of_year": petition.register_year,
                "of_number": petition.register_no,
                "to_book": place[0],
                "to_year": place[1],
                "to_number": place[2],
            },
        )
        return place
