"""What the pages of a report show: its figures beside those of other periods, by column and by unit, in words."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from bot.reports import words
from handlers.texts import Texts
from petitions.reports.counting import has_list
from petitions.reports.forms import Cell, Column, Form, Head
from petitions.reports.report import FLOWS, Report, Row

PLACE: Final = "/console/reports"
WHOLE: Final = "-"
"""Stands in an address for the consolidated report."""


def place_of(period: str, unit: str, rest: str = "", **query: str | int) -> str:
    """An address of one report's pages."""
    asked = {name: str(value) for name, value in query.items() if value != ""}
    return f"{PLACE}/{period}/{unit or WHOLE}{rest}" + (f"?{urlencode(asked)}" if asked else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureLine:
    """One column of a form with its figure and those it is set beside."""

    code: str
    title: str
    now: str
    cases: str
    """Where the list of cases behind it is; "" where there is none."""
    note: str
    """Where the figure comes from, when it was not counted; the key of its words."""
    beside: tuple[str, ...]
    change: str
    up: int
    """1 more than in the same period of last year, -1 less, 0 as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of one unit in the official table."""

    now: str
    cases: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitRow:
    """The figures of one unit, column by column."""

    name: str
    place: str
    """Where the unit's own report is."""
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowLine:
    """Opening + received = ended + carried over."""

    name: str
    numbers: tuple[str, ...]


def figure_lines(report: Report, form: Form, texts: Texts) -> tuple[FigureLine, ...]:
    """Every column of a form: this period, the ones it is set beside, and the change to the last of these."""
    total, beside = report.total, words.compared(report)
    lines = []
    for column in form.columns:
        cell = form.cell(column.ms)
        now = total[cell]
        then = [each.figures.get(cell, 0) for each in beside]
        unknown = all(cell in row.missing for row in report.rows)
        change = now - then[-1] if then and not unknown else 0
        lines.append(
            FigureLine(
                code=column.code,
                title=_title(column, texts),
                now=words.UNKNOWN if unknown and not now else words.number(now, texts),
                cases=_cases(report, cell, report.unit) if now and _is_counted(report, cell) else "",
                note=_note(report, cell),
                beside=tuple(words.number(each, texts) for each in then),
                change=f"{'+' if change > 0 else '−'}{words.number(abs(change), texts)}" if change else "",
                up=(change > 0) - (change < 0),
            )
        )
    return tuple(lines)


def unit_rows(report: Report, form: Form, texts: Texts, *, may_see: Callable[[str], bool]) -> list[UnitRow]:
    """The official table: a row for each unit."""
    rows = []
    for row in report.rows:
        figures = []
        for column in form.columns:
            cell = form.cell(column.ms)
            now = row.figures.get(cell, 0)
            counted = now and cell not in row.by_hand and has_list(cell)
            figures.append(
                Figure(
                    now="" if cell in row.missing and not now else words.number(now, texts),
                    cases=_cases(report, cell, row.unit) if counted else "",
                )
            )
        place = place_of(report.period.code, row.unit) if may_see(row.unit) else ""
        rows.append(UnitRow(name=row.name, place=place, figures=tuple(figures)))
    return rows


def headings(form: Form) -> list[list[Head]]:
    """The merged headings of the official table, row by row."""
    merged = form.merged()
    return [[head for head in merged if head.top == row] for row in range(form.depth)]


def flow_lines(report: Report, texts: Texts) -> tuple[FlowLine, ...]:
    """The balance sheet of a report."""
    lines = []
    for name in FLOWS:
        flow = report.flow(name)
        numbers = (flow.opening, flow.received, flow.ended, flow.carried)
        lines.append(
            FlowLine(
                name=texts.get(f"reports.flow_{name}"), numbers=tuple(words.number(n, texts) for n in numbers)
            )
        )
    return tuple(lines)


def beside_heads(report: Report, texts: Texts) -> list[tuple[str, str]]:
    """What the figures are set beside: the heading, and where its numbers are from."""
    heads = []
    for each in words.compared(report):
        key = "col_same" if each.period == report.period.same_last_year else "col_previous"
        source = "source_report" if each.from_report else "source_counted"
        heads.append((texts.get(f"reports.{key}", period=each.period.code), texts.get(f"reports.{source}")))
    return heads


def _title(column: Column, texts: Texts) -> str:
    """The circular's own heading; money and land with what they are counted in."""
    key = f"console_reports.in_{column.unit}"
    return f"{column.title} ({texts.get(key)})" if key in texts else column.title


def _is_counted(report: Report, cell: Cell) -> bool:
    """Whether the service counted it for at least one unit."""
    return has_list(cell) and any(row.figures.get(cell) and cell not in row.by_hand for row in report.rows)


def _note(report: Report, cell: Cell) -> str:
    if _any(report, lambda row: cell in row.missing):
        return "missing"
    return "typed" if _any(report, lambda row: cell in row.by_hand) else ""


def _any(report: Report, holds: Callable[[Row], bool]) -> bool:
    return any(holds(row) for row in report.rows)


def _cases(report: Report, cell: Cell, unit: str) -> str:
    return place_of(report.period.code, unit, "/cases", cell=str(cell))
