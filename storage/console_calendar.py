"""Days that an office has otherwise than its calendar: off although worked there, or worked although off."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from sqlalchemy import Boolean, Column, Date, ForeignKey, LargeBinary, Table, delete, select

from storage.book import Book, upsert
from storage.columns import Identifier, Moment, Word
from storage.schema import metadata

MOST_DAYS: Final = 1000
"""Days read at once; an office that corrects more of them has another calendar, and a file for it."""

calendar_days: Final = Table(
    "calendar_days",
    metadata,
    Column("agency", Word, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("works", Boolean, nullable=False),
    Column("name_enc", LargeBinary, nullable=False),
    Column("decision_enc", LargeBinary, nullable=False),
    Column("officer_id", Identifier, ForeignKey("officers.id"), nullable=False),
    Column("changed_at", Moment, nullable=False),
)
"""One row for a day that is set now; how it came to be stands in the record of changes."""
_PUT: Final = upsert(
    calendar_days,
    key=["agency", "day"],
    change=lambda new: {
        name: new[name] for name in ("works", "name_enc", "decision_enc", "officer_id", "changed_at")
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SetDay:
    """A day as the office set it, and what that rests on."""

    day: date
    works: bool
    name: str
    decision: str
    changed_at: datetime


class ConsoleCalendar(Book):
    """Reading and changing them, inside a transaction."""

    def calendar_days(self) -> list[SetDay]:
        """Every day that is set, by date; the latest where there are very many."""
        rows = self.connection.execute(
            select(calendar_days)
            .where(calendar_days.c.agency == self.agency)
            .order_by(calendar_days.c.day.desc())
            .limit(MOST_DAYS)
        )
        found = [
            SetDay(
                day=row.day,
                works=row.works,
                name=self._opened_day("name_enc", row.day, row.name_enc),
                decision=self._opened_day("decision_enc", row.day, row.decision_enc),
                changed_at=row.changed_at,
            )
            for row in rows
        ]
        return found[::-1]

    def set_calendar_day(self, day: date, *, works: bool, name: str, decision: str, officer_id: int) -> None:
        """Sets a day, or sets it anew."""
        _PUT.run(
            self.connection,
            {
                "agency": self.agency,
                "day": day,
                "works": works,
                "name_enc": self._sealed_day("name_enc", day, name),
                "decision_enc": self._sealed_day("decision_enc", day, decision),
                "officer_id": officer_id,
                "changed_at": self.now(),
            },
        )

    def clear_calendar_day(self, day: date) -> bool:
        """The day is as the calendar has it. False where it was not set."""
        gone = delete(calendar_days).where(calendar_days.c.agency == self.agency, calendar_days.c.day == day)
        return self.connection.execute(gone).rowcount == 1

    def _sealed_day(self, column: str, day: date, words: str) -> bytes:
        return self.vault.seal_text(words, table="calendar_days", column=column, row=day.toordinal())

    def _opened_day(self, column: str, day: date, sealed: bytes) -> str:
        return self.vault.open_text(sealed, table="calendar_days", column=column, row=day.toordinal())
