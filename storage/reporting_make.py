"""A report made from the casebook: counted, completed with what was typed in, set beside other periods."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import date
from typing import TYPE_CHECKING, Final

from petitions.agency import UnknownCode
from petitions.agency_parts import ReportFields, Topic
from petitions.kinds import Kind
from petitions.reports.forms import RECEPTION, Cell, form, forms
from petitions.reports.periods import Period
from petitions.reports.report import Compared, Flow, Report, Row, with_sums
from storage.reporting import Counted, Counting
from storage.reporting_rows import Office, go_on
from storage.reporting_shelf import WHOLE_OFFICE, Entry, KeptReport, ReportShelf

if TYPE_CHECKING:
    from petitions.agency import Agency
    from storage.book import Book

_MOST_TOPICS: Final = 8


class UnknownUnit(LookupError):
    """The profile has no such unit at work."""


def office_of(agency: Agency) -> Office:
    """What counting must know of the office. Codes that a later profile no longer has count for the focal unit,
    and under the field of a topic that says nothing of its own."""

    def unit_today(code: str) -> str:
        try:
            return agency.answerable(code).code
        except UnknownCode:
            return agency.focal_unit

    def field_of(kind: Kind, topic: str) -> str:
        try:
            return agency.topic(topic).report_field(kind)
        except UnknownCode:
            return _unknown(agency).report_field(kind)

    return Office(
        agency=agency.code,
        zone=agency.zone,
        unit_today=unit_today,
        field_of=field_of,
        focal=unit_today(agency.focal_unit),
    )


def _unknown(agency: Agency) -> Topic:
    return Topic(
        code="unknown", unit=agency.focal_unit, name_vi="unknown", name_en="unknown", report=ReportFields()
    )


def reporting_units(agency: Agency) -> tuple[str, ...]:
    """The units that have a row of their own, in the order of the profile."""
    return tuple(unit.code for unit in agency.units if unit.active)


def make(
    book: Book,
    agency: Agency,
    period: Period,
    *,
    today: date,
    unit: str = WHOLE_OFFICE,
    pause: Callable[[], None] = go_on,
) -> Report:
    """The report of a period as the casebook tells it now; of one unit, or consolidated with a row for each.

    A report of a period that has not ended is marked provisional. `pause` is called between the steps of the count.
    Raises UnknownUnit, and what `pause` raises.
    """
    units = reporting_units(agency)
    if unit != WHOLE_OFFICE and unit not in units:
        raise UnknownUnit(unit)
    shelf = ReportShelf.of(book)
    counted = Counting(book.connection, book.vault, office_of(agency), period, pause).by_unit()
    wanted = units if unit == WHOLE_OFFICE else (unit,)
    typed = _Typed(shelf.entries(period, *period.quarters), period)
    rows = tuple(_row(agency, each, counted.get(each, Counted()), typed) for each in wanted)
    superior = agency.office.parent_code
    same = _compared(book, agency, period.same_last_year, unit, pause)
    is_one = period.previous == period.same_last_year
    previous = same if is_one else _compared(book, agency, period.previous, unit, pause)
    return Report(
        agency=agency.code,
        office=agency.office.name_vi,
        superior=agency.outside_authority(superior).name_vi if superior else "",
        place=agency.office.province_vi or "",
        period=period,
        unit=unit,
        unit_name=agency.unit(unit).name_vi if unit else "",
        made_on=today,
        provisional=not period.has_ended(today),
        rows=rows,
        previous=previous,
        same_last_year=same,
        topics=_topics(agency, [counted[each] for each in wanted if each in counted]),
        texts=typed.texts(unit),
    )


def differing(book: Book, report: Report) -> dict[str, list[Cell]]:
    """Units that submitted other numbers for this period than the consolidated report counts now, with the columns:
    something was entered late, put right or typed in since. Of what no longer fits its hash every column differs."""
    shelf = ReportShelf.of(book)
    found = {}
    for row in report.rows:
        kept = shelf.newest(report.period, row.unit)
        if kept is None:
            continue
        told = _told(shelf, kept)
        if told is None:
            found[row.unit] = sorted(row.figures)
            continue
        changed = sorted(c for c in {*told, *row.figures} if told[c] != row.figures.get(c, 0))
        if changed:
            found[row.unit] = changed
    return found


def _told(shelf: ReportShelf, kept: KeptReport) -> Counter[Cell] | None:
    """The numbers that were finished; None where they are no longer those."""
    try:
        return shelf.content(kept.id).total
    except ValueError:
        return None


def _row(agency: Agency, unit: str, counted: Counted, typed: _Typed) -> Row:
    figures = Counter(counted.figures)
    by_hand = typed.numbers(unit)
    figures.update({cell: value - figures[cell] for cell, value in by_hand.items()})
    with_sums(figures, form(RECEPTION).columns, RECEPTION)
    hand_columns = {each.cell(column.ms) for each in forms() for column in each.columns if column.hand}
    missing = {cell for cell in hand_columns if not typed.is_complete(unit, cell)}
    return Row(
        unit=unit,
        name=agency.unit(unit).name_vi,
        figures={cell: figures[cell] for cell in sorted(figures) if figures[cell]},
        flows={
            name: Flow(flow.opening, flow.received, flow.ended, flow.carried)
            for name, flow in sorted(counted.flows.items())
        },
        by_hand=frozenset(by_hand),
        missing=frozenset(missing),
        booked=counted.booked,
        kept=counted.kept,
    )


def _compared(book: Book, agency: Agency, period: Period, unit: str, pause: Callable[[], None]) -> Compared:
    """The finished report of that period, for that is what was told; where there is none, or none that still fits its
    hash, counted now."""
    shelf = ReportShelf.of(book)
    kept = shelf.newest(period, unit)
    told = _told(shelf, kept) if kept is not None else None
    if told is not None:
        return Compared(period=period, figures=told, from_report=True)
    counted = Counting(book.connection, book.vault, office_of(agency), period, pause).by_unit()
    typed = _Typed(shelf.entries(period, *period.quarters), period)
    wanted = reporting_units(agency) if unit == WHOLE_OFFICE else (unit,)
    total: Counter[Cell] = Counter()
    for each in wanted:
        total.update(_row(agency, each, counted.get(each, Counted()), typed).figures)
    return Compared(period=period, figures=total, from_report=False)


def _topics(agency: Agency, counted: Iterable[Counted]) -> tuple[tuple[str, int], ...]:
    found: Counter[str] = Counter()
    for each in counted:
        found.update(each.topics)
    found.pop("", None)
    named: Counter[str] = Counter()
    for code, count in found.items():
        try:
            named[agency.topic(code).name_vi] += count
        except UnknownCode:
            continue
    return tuple(sorted(named.items(), key=lambda item: (-item[1], item[0]))[:_MOST_TOPICS])


class _Typed:
    """What was typed in, for a period and the quarters it consists of."""

    def __init__(self, entries: Iterable[Entry], period: Period) -> None:
        self._period = period
        self._last = {(each.period, each.unit, each.form, each.item): each for each in entries}

    def numbers(self, unit: str) -> dict[Cell, int]:
        """Each typed column: the period's own number, else the sum of its quarters where they can be added."""
        cells = {
            Cell(each.form, int(each.item))
            for each in self._last.values()
            if each.unit == unit and each.item.isdecimal()
        }
        found = {cell: self._number(unit, cell) for cell in sorted(cells)}
        return {cell: value for cell, value in found.items() if value is not None}

    def is_complete(self, unit: str, cell: Cell) -> bool:
        """Whether the column was typed in for the period, or for each of its quarters."""
        if self._own(self._period, unit, cell) is not None:
            return True
        return all(value is not None for value in self._quarters(unit, cell))

    def texts(self, unit: str) -> dict[str, str]:
        """The texts of this unit's report; "" has those of the consolidated one."""
        return {
            f"{form}:{item}": entry.text
            for (period, of_unit, form, item), entry in self._last.items()
            if period == self._period.code and of_unit == unit and entry.text
        }

    def _number(self, unit: str, cell: Cell) -> int | None:
        own = self._own(self._period, unit, cell)
        if own is not None:
            return own
        known = [value for value in self._quarters(unit, cell) if value is not None]
        return sum(known) if known else None

    def _quarters(self, unit: str, cell: Cell) -> list[int | None]:
        if form(cell.form).by_ms[cell.ms].stock:
            return [None]
        return [self._own(quarter, unit, cell) for quarter in self._period.quarters]

    def _own(self, period: Period, unit: str, cell: Cell) -> int | None:
        entry = self._last.get((period.code, unit, cell.form, str(cell.ms)))
        return None if entry is None else entry.value
