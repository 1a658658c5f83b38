"""What is kept of reports: numbers and texts typed in, with their history, and finished reports that never change."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from enum import StrEnum, unique
from typing import Any, Final, Self

from sqlalchemy import bindparam, func, insert, select, update

from petitions.reports.forms import Cell, column
from petitions.reports.periods import Period
from petitions.reports.report import Report
from storage.book import Book
from storage.schema import petitions, report_entries, reports

MOST: Final = 10**12
"""The highest number that can be typed in."""
LONGEST: Final = 20_000
"""Letters of one text."""
WHOLE_OFFICE: Final = ""
"""Instead of a unit: the consolidated report."""


class NotByHand(ValueError):
    """The service counts this column itself, or there is no such column; nobody types it in."""


class BadEntry(ValueError):
    """No whole number from 0 to `MOST`, or a text that is too long."""


class NotEnded(Exception):
    """A report is finished only when its period has ended."""


class WrongState(Exception):
    """A report that was sent on is not sent again."""


@unique
class ReportState(StrEnum):
    """How far a finished report has come. What is not finished is counted anew each time and kept nowhere."""

    FINISHED = "finished"
    """Frozen by the focal unit: the consolidated report before it is sent."""
    SUBMITTED = "submitted"
    """A unit's report, frozen and given to the focal unit."""
    SENT = "sent"
    """The consolidated report was sent to the superior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A number or text that somebody typed in."""

    period: str
    unit: str
    form: str
    item: str
    """A column's code (MS), `notes`, or a part of the narrative."""
    value: int | None
    """None: a text, or a number taken back."""
    text: str
    officer_id: int | None
    """None: at the command line."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptReport:
    """A finished report without its content."""

    id: int
    period: str
    unit: str
    version: int
    state: ReportState
    sha256: str
    made_at: datetime
    made_by: int | None
    sent_at: datetime | None
    sent_by: int | None
    sent_to: str
    sent_number: str


_KEPT: Final = tuple(reports.c[name] for name in KeptReport.__dataclass_fields__)
_OF_PERIOD: Final = (
    select(*_KEPT)
    .where(reports.c.agency == bindparam("agency"), reports.c.period == bindparam("period"))
    .order_by(reports.c.unit, reports.c.version)
)
_CONTENT: Final = select(reports.c.id, reports.c.figures, reports.c.texts_enc).where(
    reports.c.agency == bindparam("agency"), reports.c.id == bindparam("report_id")
)
_NEWEST: Final = (
    select(*_KEPT)
    .where(
        reports.c.agency == bindparam("agency"),
        reports.c.period == bindparam("period"),
        reports.c.unit == bindparam("unit"),
    )
    .order_by(reports.c.version.desc())
    .limit(1)
)
_LAST: Final = select(func.max(reports.c.version)).where(
    reports.c.agency == bindparam("agency"),
    reports.c.period == bindparam("period"),
    reports.c.unit == bindparam("unit"),
)
_FIRST: Final = (
    select(petitions.c.filed_at)
    .where(petitions.c.agency == bindparam("agency"))
    .order_by(petitions.c.id)
    .limit(1)
)
_ENTRIES: Final = (
    select(report_entries)
    .where(
        report_entries.c.agency == bindparam("agency"),
        report_entries.c.period.in_(bindparam("periods", expanding=True)),
    )
    .order_by(report_entries.c.id)
)


class ReportShelf(Book):
    """Typed-in numbers and finished reports of an agency, in one transaction."""

    @classmethod
    def of(cls, book: Book) -> Self:
        """In the transaction of that casebook."""
        return cls(book.connection, vault=book.vault, ids=book.ids, clock=book.clock, agency=book.agency)

    # --- typed in

    def enter(
        self, period: Period, unit: str, cell: Cell, value: int | None, *, officer_id: int | None
    ) -> None:
        """A number that only the office knows; None takes it back. The former one stays in the history.

        Raises NotByHand, BadEntry.
        """
        try:
            by_hand = column(cell).hand
        except KeyError:
            by_hand = False
        if not by_hand:
            raise NotByHand(str(cell))
        if value is not None and (isinstance(value, bool) or not 0 <= value <= MOST):
            raise BadEntry(str(cell))
        self._enter_item(period, unit, cell.form, str(cell.ms), value=value, officer_id=officer_id)

    def write(
        self, period: Period, unit: str, form: str, item: str, text: str, *, officer_id: int | None
    ) -> None:
        """A note of a form (`item` `notes`), or a part of the narrative (`form` `02`); "" takes it back.

        Raises BadEntry.
        """
        if len(text) > LONGEST:
            raise BadEntry(f"{form}:{item}")
        self._enter_item(period, unit, form, item, text=text, officer_id=officer_id)

    def entries(self, *periods: Period) -> list[Entry]:
        """Everything typed in for these periods, oldest first; the last of a place is the one that counts."""
        values = {"agency": self.agency, "periods": [period.code for period in periods]}
        return [self._entry(row) for row in self.connection.execute(_ENTRIES, values)]

    def _enter_item(
        self,
        period: Period,
        unit: str,
        form: str,
        item: str,
        *,
        officer_id: int | None,
        value: int | None = None,
        text: str | None = None,
    ) -> None:
        entry_id = self.ids.new()
        sealed = None
        if text is not None:
            sealed = self.vault.seal_text(text, table="report_entries", column="text_enc", row=entry_id)
        self.connection.execute(
            insert(report_entries),
            {
                "id": entry_id,
                "agency": self.agency,
                "period": period.code,
                "unit": unit,
                "form": form,
                "item": item,
                "value": value,
                "text_enc": sealed,
                "officer_id": officer_id,
                "at": self.now(),
            },
        )

    def _entry(self, row: Any) -> Entry:
        text = ""
        if row.text_enc is not None:
            text = self.vault.open_text(row.text_enc, table="report_entries", column="text_enc", row=row.id)
        return Entry(
            period=row.period,
            unit=row.unit,
            form=row.form,
            item=row.item,
            value=row.value,
            text=text,
            officer_id=row.officer_id,
            at=row.at,
        )

    # --- finished

    def finish(self, report: Report, *, officer_id: int | None, today: date) -> KeptReport:
        """Freeze a report: a unit's is thereby submitted, the consolidated one finished. A second one of the same
        unit and period is a new version; the former stays.

        Raises NotEnded.
        """
        if report.provisional or not report.period.has_ended(today):
            raise NotEnded(report.period.code)
        report_id = self.ids.new()
        where = {"agency": self.agency, "period": report.period.code, "unit": report.unit}
        version = (self.connection.execute(_LAST, where).scalar_one() or 0) + 1
        state = ReportState.FINISHED if report.unit == WHOLE_OFFICE else ReportState.SUBMITTED
        self.connection.execute(
            insert(reports),
            where
            | {
                "id": report_id,
                "version": version,
                "state": state,
                "figures": report.figures_json(),
                "texts_enc": self.vault.seal_text(
                    report.texts_json(), table="reports", column="texts_enc", row=report_id
                ),
                "sha256": report.sha256,
                "made_at": self.now(),
                "made_by": officer_id,
                "sent_to": "",
                "sent_number": "",
            },
        )
        kept = self.newest(report.period, report.unit)
        assert kept is not None  # noqa: S101 - it was inserted above
        return kept

    def send(self, report_id: int, *, to: str, number: str, officer_id: int | None) -> None:
        """Note that the consolidated report went to the superior, under which number. Raises WrongState."""
        statement = (
            update(reports)
            .where(
                reports.c.agency == self.agency,
                reports.c.id == report_id,
                reports.c.unit == WHOLE_OFFICE,
                reports.c.state == ReportState.FINISHED,
            )
            .values(
                state=ReportState.SENT,
                sent_at=self.now(),
                sent_by=officer_id,
                sent_to=to,
                sent_number=number,
            )
        )
        if self.connection.execute(statement).rowcount != 1:
            raise WrongState(str(report_id))

    def newest(self, period: Period, unit: str = WHOLE_OFFICE) -> KeptReport | None:
        """The last finished version; None where none is."""
        values = {"agency": self.agency, "period": period.code, "unit": unit}
        row = self.connection.execute(_NEWEST, values).first()
        return None if row is None else KeptReport(**row._asdict())

    def all_of(self, period: Period) -> list[KeptReport]:
        """Every version of every unit for this period."""
        values = {"agency": self.agency, "period": period.code}
        return [KeptReport(**row._asdict()) for row in self.connection.execute(_OF_PERIOD, values)]

    def first_day(self, zone: tzinfo) -> date | None:
        """The day of the first petition; None before there is one."""
        first = self.connection.execute(_FIRST, {"agency": self.agency}).scalar()
        return None if first is None else first.astimezone(zone).date()

    def submitted(self, period: Period, units: Iterable[str]) -> dict[str, KeptReport | None]:
        """How far each unit is: its newest report, None where it has submitted none."""
        newest = {kept.unit: kept for kept in self.all_of(period)}
        return {unit: newest.get(unit) for unit in units}

    def content(self, report_id: int) -> Report:
        """The frozen report. Raises LookupError, `keys.CannotOpen`, and ValueError where its numbers are no longer
        those that were frozen."""
        row = self.connection.execute(_CONTENT, {"agency": self.agency, "report_id": report_id}).first()
        if row is None:
            raise LookupError(str(report_id))
        texts = self.vault.open_text(row.texts_enc, table="reports", column="texts_enc", row=row.id)
        found = Report.from_json(row.figures, texts)
        kept = self.connection.execute(select(reports.c.sha256).where(reports.c.id == report_id)).scalar_one()
        if found.sha256 != kept:
            raise ValueError(f"report {report_id} was changed after it was finished")
        return found
