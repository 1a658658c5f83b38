"""The reports at the console: whose report an officer may see, type into, submit and send on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from handlers.console_office import NotAllowed, Wrong
from handlers.officers.access import same_unit, unit_name, unit_today
from petitions.reports.forms import Cell, Form
from petitions.reports.periods import EARLIEST, LATEST, Part, Period, UnknownPeriod
from petitions.reports.reminding import unit_due
from petitions.reports.report import NARRATIVE, NOTES, Report
from petitions.reports.rights import Deed, may, may_read_books
from petitions.text import clean
from storage.reporting_jobs import BOOKS, Job, ReportJobs, What
from storage.reporting_make import differing, reporting_units
from storage.reporting_shelf import MOST, WHOLE_OFFICE, KeptReport, NotEnded, ReportShelf, WrongState

if TYPE_CHECKING:
    from handlers.console_board import Look
    from handlers.officers.room import Room
    from petitions.agency import Agency
    from storage.records import OfficerRecord

LONGEST_NUMBER: Final = 60
LONGEST_NAME: Final = 200
LONGEST_NOTES: Final = 2000
LONGEST_PART: Final = 20_000


@dataclass(frozen=True, slots=True)
class Rights:
    """What an officer may do with which report; a unit is named by its code, the consolidated report by ""."""

    agency: Agency
    officer: OfficerRecord

    def may(self, deed: Deed, unit: str) -> bool:
        own, whole = self._own(unit), unit == WHOLE_OFFICE
        focal = same_unit(self.agency, self.officer.unit, self.agency.focal_unit)
        return may(deed, self.officer.role, own_unit=own, in_focal=focal, whole=whole)

    def may_read_books(self, unit: str) -> bool:
        """Whether the register and the other books of this report, which name people, are this officer's to read."""
        return may_read_books(self.officer.role, own_unit=self._own(unit), whole=unit == WHOLE_OFFICE)

    @property
    def reports(self) -> tuple[str, ...]:
        """Whose reports the officer may see, the consolidated one first."""
        return tuple(
            unit for unit in (WHOLE_OFFICE, *reporting_units(self.agency)) if self.may(Deed.SEE, unit)
        )

    @property
    def own(self) -> str | None:
        """The officer's own unit, where it reports and the officer may see it."""
        unit = unit_today(self.agency, self.officer.unit)
        return unit if unit in self.reports else None

    def check(self, deed: Deed, unit: str) -> None:
        """Raises NotAllowed, also for a unit that does not report."""
        known = unit == WHOLE_OFFICE or unit in reporting_units(self.agency)
        if not known or not self.may(deed, unit):
            raise NotAllowed

    def _own(self, unit: str) -> bool:
        return unit != WHOLE_OFFICE and same_unit(self.agency, self.officer.unit, unit)


def has_reports(agency: Agency, officer: OfficerRecord) -> bool:
    """Whether the officer has these pages at all."""
    return bool(Rights(agency, officer).reports)


def report_name(agency: Agency, unit: str, language: str) -> str:
    """Whose report it is: the unit, or the office for the consolidated one."""
    return agency.name(language) if unit == WHOLE_OFFICE else unit_name(agency, unit, language)


# --- the list of periods


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodLine:
    """A period of the year and how far its reports are."""

    period: Period
    begun: bool
    ended: bool
    unit_due: date
    own: KeptReport | None
    whole: KeptReport | None
    submitted: int
    lacking: tuple[str, ...]
    """Units that have not submitted."""


def this_year(look: Look) -> int:
    """The year whose report is under way: from the 15th of December on the next one."""
    today = _today(look)
    return today.year if today <= Period(today.year, Part.YEAR).last else today.year + 1


def years(look: Look) -> tuple[int, ...]:
    """The years that can be reported on: from the first petition's, or the last one, to the one under way."""
    now = this_year(look)
    first = ReportShelf.of(look.book).first_day(look.facts.agency.zone)
    oldest = min(now - 1, first.year) if first is not None else now - 1
    return tuple(range(now, max(oldest, EARLIEST) - 1, -1))


def periods_of(look: Look, rights: Rights, year: int) -> tuple[PeriodLine, ...]:
    """The seven periods of a year, quarters first."""
    agency, today, shelf = look.facts.agency, _today(look), ReportShelf.of(look.book)
    units = reporting_units(agency)
    lines = []
    for period in (Period(year, part) for part in Part):
        newest = shelf.submitted(period, (*units, WHOLE_OFFICE))
        lacking = tuple(unit for unit in units if newest[unit] is None)
        lines.append(
            PeriodLine(
                period=period,
                begun=period.first <= today,
                ended=period.has_ended(today),
                unit_due=unit_due(period, agency.reports, look.facts.calendar),
                own=newest[rights.own] if rights.own is not None else None,
                whole=newest[WHOLE_OFFICE],
                submitted=len(units) - len(lacking),
                lacking=lacking,
            )
        )
    return tuple(lines)


def read_period(written: str) -> Period:
    """The period of an address. Raises NotAllowed."""
    try:
        return Period.parse(written)
    except UnknownPeriod:
        raise NotAllowed from None


# --- one report


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One report as its page shows it."""

    report: Report | None
    """The numbers as they were last made, or a finished version; None where they never were."""
    version: KeptReport | None
    """The finished version that is shown; None where the numbers are not finished."""
    broken: bool
    """A finished version no longer fits its hash."""
    kept: tuple[KeptReport, ...]
    """Every finished version, newest first."""
    jobs: Mapping[What, Job]
    typed: Mapping[tuple[str, str], str]
    """What is typed in for this very period and unit, by form and item."""
    differing: Mapping[str, list[Cell]]
    """Units that submitted other numbers than the consolidated report counts."""
    newest: Mapping[str, KeptReport | None]
    """How far each unit is."""
    names: Mapping[int, OfficerRecord]


def read_report(look: Look, rights: Rights, period: Period, unit: str, version: int | None) -> Shown:
    """Raises NotAllowed, also for a version there is not."""
    rights.check(Deed.SEE, unit)
    shelf, jobs = ReportShelf.of(look.book), ReportJobs.of(look.book)
    everything = shelf.all_of(period)
    kept = tuple(sorted((one for one in everything if one.unit == unit), key=lambda one: -one.version))
    found = jobs.all_of(period, unit)
    report, chosen, broken = None, None, False
    made = found.get(What.FIGURES)
    if version is None and made is not None:
        report = jobs.report(made)
    if version is not None or report is None:
        chosen = next((one for one in kept if version in (None, one.version)), None)
        if version is not None and chosen is None:
            raise NotAllowed
        if chosen is not None:
            report, broken = _finished(shelf, chosen)
    whole = unit == WHOLE_OFFICE
    units = reporting_units(look.facts.agency) if whole else ()
    newest = {one: next((k for k in reversed(everything) if k.unit == one), None) for one in units}
    return Shown(
        report=report,
        version=chosen,
        broken=broken,
        kept=kept,
        jobs=found,
        typed=_typed(shelf, period, unit),
        differing=differing(look.book, report) if whole and report is not None and chosen is None else {},
        newest=newest,
        names={one.id: one for one in look.book.officers(active=None)},
    )


def under_way(look: Look, rights: Rights, period: Period, unit: str) -> tuple[What, ...]:
    """What is being made of a report now. Raises NotAllowed."""
    rights.check(Deed.SEE, unit)
    jobs = ReportJobs.of(look.book).all_of(period, unit)
    return tuple(what for what, job in jobs.items() if job.making(look.now))


def _finished(shelf: ReportShelf, kept: KeptReport) -> tuple[Report | None, bool]:
    """The finished report, and whether it cannot be trusted any more."""
    try:
        return shelf.content(kept.id), False
    except ValueError:
        return None, True


def _typed(shelf: ReportShelf, period: Period, unit: str) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for entry in shelf.entries(period):
        if entry.unit == unit:
            found[entry.form, entry.item] = entry.text if entry.value is None else str(entry.value)
    return found


def ask(room: Room, period: Period, unit: str, what: What) -> Job | None:
    """Have the numbers or a book made; None where they are under way already. Raises NotAllowed."""
    rights = Rights(room.turn.facts.agency, room.officer)
    rights.check(Deed.SEE, unit)
    if what in BOOKS and not rights.may_read_books(unit):
        raise NotAllowed
    if period.first > room.turn.now.astimezone(room.turn.facts.agency.zone).date():
        raise NotAllowed
    return ReportJobs.of(room.turn.book).ask(period, unit, what, officer_id=room.officer.id)


def enter(room: Room, period: Period, unit: str, form: Form, given: Mapping[str, str]) -> Job | None:
    """Keep what was typed in of a form: the numbers that only the office knows (`c5`: column 5), and the note. All of
    it or nothing. The numbers are then made again. Raises NotAllowed, Wrong."""
    _check(room, Deed.ENTER, unit)
    shelf = ReportShelf.of(room.turn.book)
    before, officer_id = _typed(shelf, period, unit), room.officer.id
    numbers = {}
    for column in form.columns:
        name = f"c{column.ms}"
        if column.hand and unit != WHOLE_OFFICE and name in given:
            numbers[column.ms] = _number(given[name])
    notes = given.get(NOTES, "").strip()
    if len(notes) > LONGEST_NOTES:
        raise Wrong("console_reports.wrong_long")
    for ms, value in numbers.items():
        if ("" if value is None else str(value)) != before.get((form.code, str(ms)), ""):
            shelf.enter(period, unit, Cell(form.code, ms), value, officer_id=officer_id)
    if notes != before.get((form.code, NOTES), ""):
        shelf.write(period, unit, form.code, NOTES, notes, officer_id=officer_id)
    return _make_again(room, period, unit)


def write(
    room: Room, period: Period, unit: str, parts: Iterable[str], given: Mapping[str, str]
) -> Job | None:
    """Keep the parts of the narrative. The numbers are then made again with them. Raises NotAllowed, Wrong."""
    _check(room, Deed.ENTER, unit)
    if not period.has_narrative:
        raise NotAllowed
    shelf = ReportShelf.of(room.turn.book)
    before = _typed(shelf, period, unit)
    words = {part: given[part].strip() for part in parts if part in given}
    if any(len(text) > LONGEST_PART for text in words.values()):
        raise Wrong("console_reports.wrong_long")
    for part, text in words.items():
        if text != before.get((NARRATIVE, part), ""):
            shelf.write(period, unit, NARRATIVE, part, text, officer_id=room.officer.id)
    return _make_again(room, period, unit)


def finish(room: Room, period: Period, unit: str, sha256: str) -> None:
    """Freeze the numbers that the officer saw: a unit's are thereby submitted. Raises NotAllowed, Wrong."""
    _check(room, Deed.FINISH if unit == WHOLE_OFFICE else Deed.SUBMIT, unit)
    jobs, shelf = ReportJobs.of(room.turn.book), ReportShelf.of(room.turn.book)
    made = jobs.all_of(period, unit).get(What.FIGURES)
    if made is None or made.state != "done" or made.sha256 != sha256:
        raise Wrong("console_reports.wrong_changed")
    report = jobs.report(made)
    if report is None:
        raise Wrong("console_reports.wrong_changed")
    newest = shelf.newest(period, unit)
    if newest is not None and newest.sha256 == sha256:
        raise Wrong("console_reports.wrong_same")
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    try:
        shelf.finish(report, officer_id=room.officer.id, today=today)
    except NotEnded:
        raise Wrong("console_reports.wrong_not_ended") from None


def send(room: Room, period: Period, version: int, *, to: str, number: str) -> None:
    """Note that the consolidated report went to the superior. Raises NotAllowed, Wrong."""
    _check(room, Deed.SEND, WHOLE_OFFICE)
    shelf = ReportShelf.of(room.turn.book)
    kept = shelf.newest(period)
    if kept is None or kept.version != version:
        raise Wrong("console_reports.wrong_changed")
    told, letter = clean(to)[: LONGEST_NAME + 1], clean(number)[: LONGEST_NUMBER + 1]
    if not told or not letter or len(told) > LONGEST_NAME or len(letter) > LONGEST_NUMBER:
        raise Wrong("console_reports.wrong_letter")
    try:
        shelf.send(kept.id, to=told, number=letter, officer_id=room.officer.id)
    except WrongState:
        raise Wrong("console_reports.wrong_sent") from None


def _make_again(room: Room, period: Period, unit: str) -> Job | None:
    jobs = ReportJobs.of(room.turn.book)
    return jobs.ask(period, unit, What.FIGURES, officer_id=room.officer.id, anew=True)


def _check(room: Room, deed: Deed, unit: str) -> None:
    Rights(room.turn.facts.agency, room.officer).check(deed, unit)


def _number(typed: str) -> int | None:
    """A whole number as people write it, `1.200`; None for nothing. Raises Wrong."""
    plain = typed.strip().replace(".", "").replace(" ", "")
    if not plain:
        return None
    if not plain.isascii() or not plain.isdigit() or len(plain) > len(str(MOST)) or int(plain) > MOST:
        raise Wrong("console_reports.wrong_number")
    return int(plain)


def _today(look: Look) -> date:
    return look.now.astimezone(look.facts.agency.zone).date()


def year_of(typed: str, offered: Iterable[int]) -> int:
    """The year an address asks for; else the first that is offered."""
    known = list(offered)
    wanted = int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= len(str(LATEST)) else 0
    return wanted if wanted in known else known[0]
