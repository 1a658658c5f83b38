"""The reception schedule and its appointments.

A seat of a session is one row: (line, moment, seat) is unique while the appointment stands, so that two people never
get the same one, whichever way they come. What somebody left for an appointment is sealed, and gone when they cancel
it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import (
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    Table,
    UniqueConstraint,
    bindparam,
    func,
    insert,
    select,
    text,
    update,
)

from petitions.codes import random_letters
from petitions.reception_schedule import BookingState, Mode, ScheduleLine
from storage.book import Book, insert_new
from storage.columns import Identifier, Moment, Vocabulary, Word, reference
from storage.schema import metadata, own_id

MOST_LINES: Final = 100
CODE_LENGTH: Final = 8
KEPT_DAYS: Final = 90
"""Days after an appointment for which what was left for it is kept."""
_LOOKED_AT: Final = 60
_NO_WORDS: Final[dict[str, str]] = {}


reception_lines: Final = Table(
    "reception_lines",
    metadata,
    own_id(),
    Column("agency", Word, nullable=False),
    Column("content_enc", LargeBinary, nullable=False),
    reference("officer_id", "officers"),
    Column("made_at", Moment, nullable=False),
    Column("removed_at", Moment, nullable=True),
)
"""Lines of the schedule; one that is changed is removed and made anew, for appointments name what they were for."""
Index("ix_reception_lines_agency", reception_lines.c.agency, reception_lines.c.id)

reception_off: Final = Table(
    "reception_off",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("line_id", Identifier, primary_key=True, autoincrement=False),
    Column("day", Date, primary_key=True),
    Column("words_enc", LargeBinary, nullable=False),
    reference("officer_id", "officers"),
    Column("at", Moment, nullable=False),
)
"""Sessions that the office called off, and what people are told."""

bookings: Final = Table(
    "bookings",
    metadata,
    own_id(),
    Column("agency", Word, nullable=False),
    Column("line_id", Identifier, nullable=False),
    Column("at", Moment, nullable=False),
    Column("seat", Integer, nullable=True),
    Column("day", Date, nullable=False),
    Column("mode", Vocabulary(Mode), nullable=False),
    Column("state", Vocabulary(BookingState), nullable=False),
    Column("code_hash", LargeBinary, nullable=True, unique=True),
    Column("phone_hash", LargeBinary, nullable=True),
    Column("content_enc", LargeBinary, nullable=False),
    reference("petition_id", "petitions", nullable=True),
    reference("contact_id", "contacts", nullable=True),
    Column("made_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    UniqueConstraint("agency", "line_id", "at", "seat"),
)
"""Appointments. `seat`: which of the line's seats at that moment; none for one that does not stand any more.
`petition_id`: whoever comes to sign the đơn of a petition; what is known of them stands there."""
Index("ix_bookings_day", bookings.c.agency, bookings.c.day, bookings.c.at)
_PETITION: Final = text("petition_id IS NOT NULL")
_PHONE: Final = text("phone_hash IS NOT NULL")
Index("ix_bookings_petition", bookings.c.petition_id, sqlite_where=_PETITION, postgresql_where=_PETITION)
Index("ix_bookings_phone", bookings.c.phone_hash, sqlite_where=_PHONE, postgresql_where=_PHONE)

_TAKE: Final = insert_new(bookings, unless=["agency", "line_id", "at", "seat"], returning=bookings.c.id)
_TAKEN: Final = (
    select(bookings.c.line_id, bookings.c.at, func.count().label("number"))
    .where(
        bookings.c.agency == bindparam("agency"),
        bookings.c.day >= bindparam("first"),
        bookings.c.day <= bindparam("last"),
        bookings.c.seat.is_not(None),
    )
    .group_by(bookings.c.line_id, bookings.c.at)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBooking:
    """What is asked for. `name`, `phone` and `matter` are kept sealed; empty where a petition is named."""

    line_id: int
    at: dt.datetime
    day: dt.date
    seats: int
    mode: Mode
    name: str = ""
    phone: str = ""
    matter: str = ""
    petition_id: int | None = None
    contact_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """An appointment."""

    id: int
    line_id: int
    at: dt.datetime
    day: dt.date
    mode: Mode
    state: BookingState
    name: str
    phone: str
    matter: str
    petition_id: int | None
    contact_id: int | None


class ReceptionBook(Book):
    """Reading and changing schedule and appointments, inside a transaction."""

    # --- the schedule

    def reception_lines(self) -> dict[int, ScheduleLine]:
        """The lines that are in force, by id, in the order in which they were made."""
        rows = self.connection.execute(
            select(reception_lines)
            .where(reception_lines.c.agency == self.agency, reception_lines.c.removed_at.is_(None))
            .order_by(reception_lines.c.id)
            .limit(MOST_LINES)
        )
        return {row.id: self._reception_line(row) for row in rows}

    def lines_by_id(self, line_ids: Sequence[int]) -> dict[int, ScheduleLine]:
        """Lines, also such as were removed."""
        rows = self.connection.execute(select(reception_lines).where(reception_lines.c.id.in_(line_ids)))
        return {row.id: self._reception_line(row) for row in rows}

    def add_reception_line(self, line: ScheduleLine, officer_id: int) -> int:
        """A new line of the schedule; gives its id."""
        line_id = self.ids.new()
        self.connection.execute(
            insert(reception_lines).values(
                id=line_id,
                agency=self.agency,
                content_enc=self.vault.seal_json(
                    line.model_dump(mode="json"), table="reception_lines", column="content_enc", row=line_id
                ),
                officer_id=officer_id,
                made_at=self.now(),
            )
        )
        return line_id

    def remove_reception_line(self, line_id: int) -> bool:
        """The line is over; appointments that stand are not touched. False where there is no such line."""
        over = (
            update(reception_lines)
            .where(
                reception_lines.c.id == line_id,
                reception_lines.c.agency == self.agency,
                reception_lines.c.removed_at.is_(None),
            )
            .values(removed_at=self.now())
        )
        return self.connection.execute(over).rowcount == 1

    def called_off(self, first: dt.date, last: dt.date) -> dict[tuple[int, dt.date], str]:
        """Sessions that were called off, and what people are told."""
        of = reception_off.c
        rows = self.connection.execute(
            select(reception_off).where(of.agency == self.agency, of.day >= first, of.day <= last)
        )
        return {
            (row.line_id, row.day): self.vault.open_text(
                row.words_enc, table="reception_off", column="words_enc", row=row.line_id
            )
            for row in rows
        }

    def call_off(self, line_id: int, day: dt.date, words: str, officer_id: int) -> None:
        """The session does not take place. Raises IntegrityError where it was called off before."""
        self.connection.execute(
            insert(reception_off).values(
                agency=self.agency,
                line_id=line_id,
                day=day,
                words_enc=self.vault.seal_text(words, table="reception_off", column="words_enc", row=line_id),
                officer_id=officer_id,
                at=self.now(),
            )
        )

    # --- appointments

    def hold_line(self, line_id: int) -> None:
        """Until this transaction ends, nobody else books in this line, calls a session of it off or removes it. The
        hours of the profile have no row, and are not held."""
        self.connection.execute(
            select(reception_lines.c.id).where(reception_lines.c.id == line_id).with_for_update()
        )

    def seats_taken(self, first: dt.date, last: dt.date) -> dict[tuple[int, dt.datetime], int]:
        """How many seats of a line are taken at a moment."""
        rows = self.connection.execute(_TAKEN, {"agency": self.agency, "first": first, "last": last})
        return {(row.line_id, row.at): row.number for row in rows}

    def take_seat(self, new: NewBooking) -> tuple[int, str] | None:
        """Takes a free seat: the appointment's id, and its code, which is told once and kept as a keyed hash. None
        where all seats of that moment are taken."""
        code = random_letters(self.ids.random, CODE_LENGTH)
        booking_id = self.ids.new()
        words = {"name": new.name, "phone": new.phone, "matter": new.matter}
        now = self.now()
        values = {
            "id": booking_id,
            "agency": self.agency,
            "line_id": new.line_id,
            "at": new.at,
            "day": new.day,
            "mode": new.mode,
            "state": BookingState.BOOKED,
            "code_hash": self.vault.blind("booking", code) if new.petition_id is None else None,
            "phone_hash": self.vault.blind("booking_phone", new.phone) if new.phone else None,
            "content_enc": self._sealed_booking(booking_id, words if new.petition_id is None else _NO_WORDS),
            "petition_id": new.petition_id,
            "contact_id": new.contact_id,
            "made_at": now,
            "changed_at": now,
        }
        for seat in range(new.seats):
            if _TAKE.rows(self.connection, values | {"seat": seat}):
                return booking_id, code
        return None

    def booking_by_code(self, code: str) -> Booking | None:
        """The appointment of that code, whatever became of it."""
        hashed = self.vault.blind("booking", code)
        return self._first_booking(select(bookings).where(bookings.c.code_hash == hashed))

    def booking(self, booking_id: int) -> Booking | None:
        of = bookings.c
        return self._first_booking(select(bookings).where(of.id == booking_id, of.agency == self.agency))

    def bookings_of_phone(self, phone: str, after: dt.datetime) -> list[Booking]:
        """The appointments under that number that stand and lie ahead."""
        hashed = self.vault.blind("booking_phone", phone)
        of = bookings.c
        statement = select(bookings).where(of.phone_hash == hashed, of.at > after, of.seat.is_not(None))
        return [self._booking(row) for row in self.connection.execute(statement)]

    def booking_of_petition(self, petition_id: int) -> Booking | None:
        """The visit ahead that stands for this petition."""
        of = bookings.c
        return self._first_booking(
            select(bookings)
            .where(of.petition_id == petition_id, of.seat.is_not(None), of.at > self.now())
            .order_by(of.id.desc())
        )

    def bookings_on(self, first: dt.date, last: dt.date, *, line_id: int | None = None) -> list[Booking]:
        """Appointments of these days that were not cancelled, by time; also those the office called off."""
        of = bookings.c
        statement = select(bookings).where(
            of.agency == self.agency,
            of.day >= first,
            of.day <= last,
            of.state != BookingState.CANCELLED,
        )
        if line_id is not None:
            statement = statement.where(of.line_id == line_id)
        return [
            self._booking(row) for row in self.connection.execute(statement.order_by(of.day, of.at, of.id))
        ]

    def end_booking(self, booking_id: int, state: BookingState) -> bool:
        """The seat is free again. What was left for a cancelled one is gone; for one that was called off it stays, as
        somebody may have to be called. False where it stood no more."""
        gone: dict[str, Any] = {}
        if state is BookingState.CANCELLED:
            gone = {"phone_hash": None, "content_enc": self._sealed_booking(booking_id, _NO_WORDS)}
        return self._change_booking(booking_id, state=state, seat=None, **gone)

    def mark_booking(self, booking_id: int, state: BookingState) -> bool:
        """Whether somebody came. False where the appointment stands no more."""
        return self._change_booking(booking_id, state=state)

    def forget_old_bookings(self, today: dt.date) -> int:
        """What was left for appointments of `KEPT_DAYS` ago is gone; gives of how many. Looks at two months."""
        of = bookings.c
        last = today - dt.timedelta(days=KEPT_DAYS)
        old = self.connection.execute(
            select(of.id).where(
                of.agency == self.agency,
                of.day < last,
                of.day >= last - dt.timedelta(days=_LOOKED_AT),
                of.phone_hash.is_not(None),
            )
        )
        ids = list(old.scalars())
        for booking_id in ids:
            self.connection.execute(
                update(bookings)
                .where(of.id == booking_id)
                .values(phone_hash=None, content_enc=self._sealed_booking(booking_id, _NO_WORDS))
            )
        return len(ids)

    def link_booking(self, booking_id: int, petition_id: int) -> bool:
        """What was told at the appointment became this petition. False where the appointment stands no more."""
        return self._change_booking(booking_id, petition_id=petition_id)

    # --- inside

    def _change_booking(self, booking_id: int, **values: Any) -> bool:
        changed = (
            update(bookings)
            .where(
                bookings.c.id == booking_id,
                bookings.c.agency == self.agency,
                bookings.c.seat.is_not(None),
            )
            .values(changed_at=self.now(), **values)
        )
        return self.connection.execute(changed).rowcount == 1

    def _reception_line(self, row: Any) -> ScheduleLine:
        return ScheduleLine.model_validate(
            self.vault.open_json(row.content_enc, table="reception_lines", column="content_enc", row=row.id)
        )

    def _first_booking(self, statement: Any) -> Booking | None:
        row = self.connection.execute(statement.limit(1)).first()
        return None if row is None else self._booking(row)

    def _booking(self, row: Any) -> Booking:
        words = self.vault.open_json(row.content_enc, table="bookings", column="content_enc", row=row.id)
        return Booking(
            id=row.id,
            line_id=row.line_id,
            at=row.at,
            day=row.day,
            mode=row.mode,
            state=row.state,
            name=words.get("name", ""),
            phone=words.get("phone", ""),
            matter=words.get("matter", ""),
            petition_id=row.petition_id,
            contact_id=row.contact_id,
        )

    def _sealed_booking(self, booking_id: int, words: dict[str, str]) -> bytes:
        return self.vault.seal_json(words, table="bookings", column="content_enc", row=booking_id)
