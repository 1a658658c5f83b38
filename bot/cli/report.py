"""`tiepdan report`: the regular reports of Thông tư 06/2025/TT-TTCP into a folder, and what is typed in for them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bot.cli import ground

if TYPE_CHECKING:
    from datetime import date

    from petitions.reports.periods import Period
    from petitions.reports.report import Report
    from storage.casebook import Casebook

_WITH: Final = ("registers", "national", "cases")


class _PeriodType(click.ParamType[Any]):
    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        from petitions.reports.periods import Period, UnknownPeriod

        if isinstance(value, Period):
            return value
        try:
            return Period.parse(str(value))
        except UnknownPeriod as fault:
            self.fail(str(fault), param, ctx)


class _CellType(click.ParamType[Any]):
    name = "form:column"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        from petitions.reports.forms import Cell, column

        form, _, ms = str(value).partition(":")
        try:
            cell = Cell(form, int(ms))
            column(cell)
        except (ValueError, KeyError):
            self.fail(f"{value!r} is no column; write form and column as 01/TCD:10.", param, ctx)
        return cell


_PERIOD: Final = click.option(
    "--period",
    type=_PeriodType(),
    required=True,
    help="2026-Q1 (15/12/2025 to 14/3/2026) to 2026-Q4, 2026-6M, 2026-9M, or 2026 for the year.",
)


@click.group(invoke_without_command=True)
@click.option(
    "--period", type=_PeriodType(), help="2026-Q1 to 2026-Q4, 2026-6M, 2026-9M, or 2026 for the year."
)
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), help="Folder for the files; made if absent."
)
@click.option(
    "--unit", default="", help="Only this unit's report, by its code. Default: the whole office, a row each."
)
@click.option(
    "--with",
    "more",
    multiple=True,
    type=click.Choice(_WITH),
    help="Also: registers (register of petitions, reception book), national (export for the national database), "
    "cases (the petitions behind every number). They name people.",
)
@click.option(
    "--finish", is_flag=True, help="Freeze the report with its figures and hash, once its period has ended."
)
@click.option("--kept", is_flag=True, help="Make the documents of the finished report again, byte for byte.")
@click.pass_context
def report(
    context: click.Context,
    period: Period | None,
    out: Path | None,
    unit: str,
    more: tuple[str, ...],
    finish: bool,
    kept: bool,
) -> None:
    """Write the report of a period into a folder: official tables (.xlsx, .csv), narrative (.docx), figures (.json).

    Six forms of Thông tư 06/2025/TT-TTCP, and the narrative in quarter I, 6 months, 9 months and the year. A period
    that has not ended is marked provisional.
    """
    if context.invoked_subcommand is not None:
        return
    if period is None or out is None:
        raise click.UsageError("Give --period, such as 2026-Q1, and --out FOLDER.")
    if finish and kept:
        raise click.UsageError(
            "--finish freezes a new report, --kept shows the finished one; give one of them."
        )
    _write(period, out, unit, more, finish=finish, kept=kept)


def _write(period: Period, out: Path, unit: str, more: tuple[str, ...], *, finish: bool, kept: bool) -> None:
    from bot.reports.folder import Folder, Unwritable, documents, write_books
    from handlers.texts import DEFAULT_LANGUAGE, Catalogue

    office = ground.Office.open()
    texts = Catalogue.load().language(DEFAULT_LANGUAGE)
    try:
        folder = Folder(out)
        made = _kept(office, period, unit) if kept else _made(office, period, unit)
        if finish:
            _freeze(office, made)
        for name, content in documents(made, texts).items():
            folder.put(name, content)
        if more:
            office.look(lambda book: write_books(folder, book, office.agency, made, more, texts))
    except Unwritable as fault:
        raise ground.Refusal(f"Cannot write into {out}: {fault}. Choose another folder with --out.") from None
    _tell(made, folder)
    if not unit and not kept:
        _tell_differing(office, made)


def _tell_differing(office: ground.Office, made: Report) -> None:
    from storage.reporting_make import differing

    for unit, cells in office.look(lambda book: differing(book, made)).items():
        shown = ", ".join(map(str, cells[:6])) + (", …" if len(cells) > 6 else "")
        click.echo(f"{unit} submitted other numbers than are counted now: {shown}. Have it submit anew.")


def _today(office: ground.Office) -> date:
    return office.clock.now().astimezone(office.agency.zone).date()


def _made(office: ground.Office, period: Period, unit: str) -> Report:
    from bot.reports.recommendations import with_recommendations
    from handlers.texts import DEFAULT_LANGUAGE, Catalogue
    from storage.reporting_make import UnknownUnit, make, reporting_units

    def work(book: Casebook) -> Report:
        made = make(book, office.agency, period, today=_today(office), unit=unit)
        return with_recommendations(book, office.agency, made, texts)

    texts = Catalogue.load().language(DEFAULT_LANGUAGE)
    try:
        return office.look(work)
    except UnknownUnit:
        known = ", ".join(reporting_units(office.agency))
        raise ground.Refusal(f"There is no unit {unit!r} at work. Units: {known}.") from None


def _freeze(office: ground.Office, made: Report) -> None:
    from storage.reporting_shelf import NotEnded, ReportShelf

    try:
        office.work(lambda book: ReportShelf.of(book).finish(made, officer_id=None, today=_today(office)))
    except NotEnded:
        period = made.period
        raise ground.Refusal(
            f"The period {period.code} ends on {period.last:%d/%m/%Y}; it can be finished from the next day on."
        ) from None


def _kept(office: ground.Office, period: Period, unit: str) -> Report:
    from storage.reporting_shelf import ReportShelf

    def work(book: Casebook) -> Report | None:
        shelf = ReportShelf.of(book)
        newest = shelf.newest(period, unit)
        return None if newest is None else shelf.content(newest.id)

    try:
        found = office.look(work)
    except ValueError as fault:
        raise ground.Refusal(
            f"The finished report cannot be trusted: {fault}. Compare with a back-up."
        ) from None
    if found is None:
        of = f" of the unit {unit}" if unit else ""
        raise ground.Refusal(f"No report{of} for {period.code} is finished; --finish freezes one.")
    return found


def _tell(made: Report, folder: Any) -> None:
    from petitions.reports.forms import check

    period = made.period
    if made.provisional:
        click.echo(f"PROVISIONAL: {period.code} ends on {period.last:%d/%m/%Y}; every page says so.")
    flow = made.flow("petitions")
    click.echo(
        f"{period.code} ({period.first:%d/%m/%Y} to {period.last:%d/%m/%Y}): {flow.opening} brought forward + "
        f"{flow.received} received = {flow.ended} handled + {flow.carried} carried over"
    )
    lacking = sum(len(cells) for cells in made.missing.values())
    if lacking:
        click.echo(
            f"{lacking} cells that only the office knows are blank; `tiepdan report enter` types them in."
        )
    for broken in check(made.total):
        click.echo(f"Look at form {broken.form}: {broken.rule} does not hold for what was typed in.")
    click.echo(f"Due at the superior by {period.due():%d/%m/%Y}. SHA-256 {made.sha256}")
    for name in folder.written:
        click.echo(f"  {folder.path / name}")


@report.command()
@_PERIOD
@click.option("--unit", required=True, help="Code of the unit whose number it is.")
@click.argument("cell", metavar="FORM:COLUMN", type=_CellType())
@click.argument("value", metavar="NUMBER|-", type=str)
def enter(period: Period, unit: str, cell: Any, value: str) -> None:
    """Type in a number that only the office knows, such as `01/TCD:10 3`; `-` takes it back.

    These are the columns 5 to 21 of 01/TCD and all of 06/QLKNTC. The former value stays in the history.
    """
    from storage.reporting_make import reporting_units
    from storage.reporting_shelf import BadEntry, NotByHand, ReportShelf

    number = None if value == "-" else _number(value)
    office = ground.Office.open()
    if unit not in reporting_units(office.agency):
        raise ground.Refusal(
            f"There is no unit {unit!r} at work. Units: {', '.join(reporting_units(office.agency))}."
        )
    try:
        office.work(lambda book: ReportShelf.of(book).enter(period, unit, cell, number, officer_id=None))
    except NotByHand:
        raise ground.Refusal(f"The service counts {cell} itself; nobody types it in.") from None
    except BadEntry:
        raise ground.Refusal(f"{value} is too much for a form.") from None
    click.echo(f"{period.code} {unit} {cell}: {'taken back' if number is None else number}")


def _number(value: str) -> int:
    if not value.isascii() or not value.isdecimal():
        raise click.UsageError(f"{value!r} is no whole number of 0 or more; `-` takes a number back.")
    return int(value)


@report.command()
@_PERIOD
def status(period: Period) -> None:
    """Which units have submitted their report of a period, and how far the consolidated one is."""
    from storage.reporting_make import reporting_units
    from storage.reporting_shelf import WHOLE_OFFICE, ReportShelf

    office = ground.Office.open()
    units = (*reporting_units(office.agency), WHOLE_OFFICE)
    found = office.look(lambda book: ReportShelf.of(book).submitted(period, units))
    for unit, newest in found.items():
        name = unit or "(whole office)"
        if newest is None:
            click.echo(f"{name:<24} not finished; due {period.due():%d/%m/%Y}")
            continue
        at = newest.made_at.astimezone(office.agency.zone)
        sent = f", sent to {newest.sent_to} as {newest.sent_number}" if newest.sent_to else ""
        click.echo(f"{name:<24} {newest.state} version {newest.version}, {at:%d/%m/%Y %H:%M}{sent}")


@report.command()
@_PERIOD
@click.option("--to", default="", help="Whom it went to. Default: the authority above, from the profile.")
@click.option("--number", required=True, help="Number of the letter, such as 12/BC-SVHTTDL.")
def sent(period: Period, to: str, number: str) -> None:
    """Note that the finished consolidated report was sent to the superior, under which number."""
    from storage.reporting_shelf import ReportShelf, WrongState

    office = ground.Office.open()
    target = to or office.agency.office.parent_code or ""
    if not target:
        raise ground.Refusal("The profile names no authority above; say --to whom it went.")

    def work(book: Casebook) -> None:
        shelf = ReportShelf.of(book)
        newest = shelf.newest(period)
        if newest is None:
            raise ground.Refusal(
                f"The consolidated report for {period.code} is not finished; --finish freezes it."
            )
        shelf.send(newest.id, to=target, number=number, officer_id=None)

    try:
        office.work(work)
    except WrongState:
        raise ground.Refusal(f"The report for {period.code} was sent already.") from None
    click.echo(f"{period.code} was sent to {target} as {number}.")
