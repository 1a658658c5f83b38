"""The books behind the reports: register of petitions, reception book, and each case for the national database.

Read page by page and opened as they are read. Of a sealed case (Luật Tố cáo Đ9, Đ56) neither name, address, content
nor code leaves the casebook this way.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Self

from sqlalchemy import (
    String,
    bindparam,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from petitions.kinds import Kind, Stage
from petitions.reception_schedule import BookingState
from petitions.reports.counting import COUNTER, ENDS_EXAMINATION
from petitions.reports.national import NationalCase, changes_of
from petitions.reports.periods import Period
from petitions.transition_groups import SEALED_KINDS
from storage.book import Book, holds
from storage.columns import EPOCH, MICROSECOND, Identifier
from storage.events import CHANGES
from storage.reception import bookings
from storage.records import PetitionContent
from storage.reporting_rows import NOTED, STANDING, Office
from storage.reporting_sql import IS_REPORTED, is_one_of
from storage.schema import events, petitions, register_entries

_PAGE: Final = 400
_PLACE: Final = (register_entries.c.book, register_entries.c.year, register_entries.c.number)
_CASE: Final = tuple(
    petitions.c[name]
    for name in (
        "id", "code", "kind", "topic", "unit", "stage", "confidential", "people", "channel", "first_message_at",
        "filed_at", "accepted_on", "decided_on", "formed_on", "visit_at", "outcome", "destination", "linked_to",
        "merged_into", "register_book", "register_year", "register_no", "content_enc",
    )
)  # fmt: skip
_LINES: Final = (
    select(
        *_PLACE,
        register_entries.c.entered_at,
        register_entries.c.continued_book,
        register_entries.c.continued_year,
        register_entries.c.continued_number,
        *_CASE,
    )
    .join(petitions, petitions.c.id == register_entries.c.petition_id)
    .where(
        register_entries.c.agency == bindparam("agency"),
        register_entries.c.entered_at >= bindparam("since"),
        register_entries.c.entered_at < bindparam("until"),
        tuple_(*_PLACE) > tuple_(bindparam("book", type_=String), bindparam("year"), bindparam("number")),
    )
    .order_by(*_PLACE)
    .limit(_PAGE)
)
_HANDLED: Final = (
    select(events.c.petition_id, func.min(type_coerce(events.c.at, Identifier)).label("at"))
    .where(
        events.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
        IS_REPORTED,
        is_one_of(*ENDS_EXAMINATION),
    )
    .group_by(events.c.petition_id)
)


def _came(at: Any, booked: str, came: Any, *which: Any) -> Any:
    return select(at.label("at"), literal_column(booked).label("booked"), came.label("came"), *_CASE).where(
        petitions.c.agency == bindparam("agency"),
        at >= bindparam("since"),
        at < bindparam("until"),
        *which,
    )


_VISITS: Final = union_all(
    _came(petitions.c.visit_at, "1", NOTED),
    _came(petitions.c.first_message_at, "0", literal_column("1"), holds(petitions.c.channel, COUNTER)),
)
_BOOKINGS: Final = (
    select(bookings.c.id, bookings.c.at, bookings.c.state)
    .where(
        bookings.c.agency == bindparam("agency"),
        bookings.c.at >= bindparam("since"),
        bookings.c.at < bindparam("until"),
        bookings.c.petition_id.is_(None),
        bookings.c.state.in_(STANDING),
    )
    .order_by(bookings.c.at, bookings.c.id)
)
_BOOKED_COLUMNS: Final = 3
_TOUCHED: Final = (
    select(events.c.petition_id)
    .where(
        events.c.agency == bindparam("agency"),
        events.c.at >= bindparam("since"),
        events.c.at < bindparam("until"),
    )
    .distinct()
    .order_by(events.c.petition_id)
)
_HISTORIES: Final = (
    select(
        events.c.id,
        events.c.petition_id,
        events.c.type,
        events.c.actor_kind,
        events.c.at,
        events.c.content_enc,
    )
    .where(events.c.petition_id.in_(bindparam("petition_ids", expanding=True)))
    .order_by(events.c.petition_id, events.c.seq)
)
_BY_ID: Final = select(*_CASE).where(petitions.c.id.in_(bindparam("petition_ids", expanding=True)))
_REGISTERS: Final = select(
    petitions.c.id,
    petitions.c.code,
    petitions.c.register_book,
    petitions.c.register_year,
    petitions.c.register_no,
    petitions.c.kind,
    petitions.c.confidential,
).where(petitions.c.id.in_(bindparam("petition_ids", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterLine:
    """A line of a register book; what is sealed is empty."""

    book: str
    year: int
    number: int
    entered_at: datetime
    sealed: bool
    code: str
    name: str
    address: str
    content: str
    kind: Kind
    topic: str
    people: int | None
    unit: str
    stage: Stage
    outcome: str
    handled_at: datetime | None
    accepted_on: date | None
    decided_on: date | None
    continued: tuple[str, int, int] | None
    """Book, year and number where a matter of another kind went on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceptionLine:
    """A line of the reception book: an appointment made through the service, or a petition taken at the desk. Of an
    appointment without a petition (`kind` None) only that it was: nobody has said yet whether it is sealed."""

    at: datetime
    booked: bool
    came: bool
    """Whether somebody is known to have come: the đơn was signed that day, an officer noted it, or took it at the
    desk."""
    sealed: bool = False
    name: str = ""
    address: str = ""
    content: str = ""
    kind: Kind | None = None
    people: int | None = None
    stage: Stage | None = None
    accepted: bool = False
    outcome: str = ""
    destination: str = ""


class ReportBooks(Book):
    """Reading the books of a period."""

    @classmethod
    def of(cls, book: Book) -> Self:
        """In the transaction of that casebook."""
        return cls(book.connection, vault=book.vault, ids=book.ids, clock=book.clock, agency=book.agency)

    def register(self, office: Office, period: Period, *, unit: str = "") -> Iterator[RegisterLine]:
        """Every line entered in the period, book by book; `unit`: only those that this unit answers for now."""
        place: tuple[str, int, int] = ("", 0, 0)
        while rows := self.connection.execute(_LINES, self._within(office, period) | _after(place)).all():
            handled = self._handled(
                [row.id for row in rows] + [row.merged_into for row in rows if row.merged_into]
            )
            for row in rows:
                if unit in ("", office.unit_today(row.unit)):
                    yield self._line(row, handled.get(row.id) or handled.get(row.merged_into or 0))
            place = rows[-1].book, rows[-1].year, rows[-1].number

    def reception(self, office: Office, period: Period, *, unit: str = "") -> Iterator[ReceptionLine]:
        """The appointments of the period that were not called off, and what was taken at the desk, by time."""
        within = self._within(office, period)
        rows = [*self.connection.execute(_VISITS, within)]
        if unit in ("", office.focal):
            rows += self.connection.execute(_BOOKINGS, within)
        for row in sorted(rows, key=lambda each: (each.at, int(each.id))):
            if len(row) == _BOOKED_COLUMNS:
                yield ReceptionLine(at=row.at, booked=True, came=row.state == BookingState.CAME)
                continue
            if unit not in ("", office.unit_today(row.unit)):
                continue
            content, sealed = self._content(row)
            yield ReceptionLine(
                at=row.at,
                booked=bool(row.booked),
                came=bool(row.came) or row.formed_on == row.at.astimezone(office.zone).date(),
                sealed=sealed,
                name=content.name,
                address=content.address,
                content=_told(content),
                kind=row.kind,
                people=row.people,
                stage=row.stage,
                accepted=row.accepted_on is not None,
                outcome=row.outcome or "",
                destination=row.destination or "",
            )

    def national(self, office: Office, period: Period, *, unit: str = "") -> Iterator[NationalCase]:
        """Each case in which something happened in the period, with every change up to its end."""
        until = period.until(office.zone).astimezone(UTC)
        ids = list(self.connection.execute(_TOUCHED, self._within(office, period)).scalars())
        for start in range(0, len(ids), _PAGE):
            yield from self._cases(office, ids[start : start + _PAGE], until, unit)

    def names(self, ids: Sequence[int]) -> dict[int, tuple[str, str]]:
        """Register number and code of petitions; no code of a sealed one."""
        found: dict[int, tuple[str, str]] = {}
        for start in range(0, len(ids), _PAGE):
            page = {"petition_ids": list(ids[start : start + _PAGE])}
            for row in self.connection.execute(_REGISTERS, page):
                found[row.id] = _place(row), "" if _is_sealed(row) else row.code
        return found

    def _cases(
        self, office: Office, ids: Sequence[int], until: datetime, unit: str
    ) -> Iterator[NationalCase]:
        histories: defaultdict[int, list[Any]] = defaultdict(list)
        for event in self.connection.execute(_HISTORIES, {"petition_ids": ids}):
            if event.at < until:
                histories[event.petition_id].append(event)
        rows = self.connection.execute(_BY_ID, {"petition_ids": ids}).all()
        linked = sorted({found for row in rows if (found := row.merged_into or row.linked_to) is not None})
        others = self.connection.execute(_REGISTERS, {"petition_ids": linked})
        places = {row.id: _place(row) for row in others if not _is_sealed(row)}
        for row in sorted(rows, key=lambda each: int(each.id)):
            if unit not in ("", office.unit_today(row.unit)):
                continue
            content, sealed = self._content(row)
            yield NationalCase(
                register=_place(row),
                kind=row.kind,
                sealed=sealed,
                received_at=row.filed_at,
                first_message_at=row.first_message_at,
                channel=row.channel,
                code="" if sealed else row.code,
                name=content.name,
                address=content.address,
                content=_told(content),
                people=row.people,
                linked_register=places.get(row.merged_into or row.linked_to, ""),
                changes=tuple(self._changes(office, histories[row.id])),
            )

    def _changes(self, office: Office, history: Sequence[Any]) -> Iterator[Any]:
        for event in history:
            content = self.vault.open_json(
                event.content_enc, table="events", column="content_enc", row=event.id
            )
            day = event.at.astimezone(office.zone).date().isoformat()
            found = changes_of(event.type, event.actor_kind, event.at, day, content, content.get(CHANGES, {}))
            yield from found

    def _within(self, office: Office, period: Period) -> dict[str, Any]:
        return {
            "agency": office.agency,
            "since": period.since(office.zone),
            "until": period.until(office.zone),
        }

    def _handled(self, ids: Sequence[int]) -> dict[int, datetime]:
        rows = self.connection.execute(_HANDLED, {"petition_ids": ids})
        return {row.petition_id: EPOCH + row.at * MICROSECOND for row in rows}

    def _line(self, row: Any, handled_at: datetime | None) -> RegisterLine:
        content, sealed = self._content(row)
        moved = row.continued_book is not None
        return RegisterLine(
            book=row.book,
            year=row.year,
            number=row.number,
            entered_at=row.entered_at,
            sealed=sealed,
            code="" if sealed else row.code,
            name=content.name,
            address=content.address,
            content=_told(content),
            kind=row.kind,
            topic=row.topic or "",
            people=row.people,
            unit=row.unit,
            stage=row.stage,
            outcome=row.outcome or "",
            handled_at=handled_at,
            accepted_on=row.accepted_on,
            decided_on=row.decided_on,
            continued=(row.continued_book, row.continued_year, row.continued_number) if moved else None,
        )

    def _content(self, row: Any) -> tuple[PetitionContent, bool]:
        """What was said, and whether the case is sealed: then it is not even opened."""
        if _is_sealed(row):
            return PetitionContent(), True
        opened = self.vault.open_json(row.content_enc, table="petitions", column="content_enc", row=row.id)
        return PetitionContent.from_json(opened), False


def _is_sealed(row: Any) -> bool:
    return bool(row.confidential) or row.kind in SEALED_KINDS


def _after(place: tuple[str, int, int]) -> dict[str, Any]:
    return dict(zip(("book", "year", "number"), place, strict=True))


def _place(row: Any) -> str:
    return f"{row.register_book}/{row.register_year}/{row.register_no}"


def _told(content: PetitionContent) -> str:
    return " ".join(content.story)
