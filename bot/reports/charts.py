"""Bar charts of a report as PNG: drawn by typst with its own fonts, so that they look alike on every machine."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bot.papers.glyphs import printable
from bot.reports import words
from handlers.report_words import period_name
from handlers.texts import Texts
from petitions.reports.forms import COMPLAINTS, DENUNCIATIONS, HANDLED, Cell
from petitions.reports.report import Report

_TEMPLATE: Final = Path(__file__).with_name("charts.typ")
_RESOLUTION: Final = 200.0
_MOST_UNITS: Final = 15
_KINDS: Final = (("complaint", 6), ("denunciation", 12), ("proposal", 19))
_RESULTS: Final = (
    ("result_right", ((COMPLAINTS, 8), (DENUNCIATIONS, 8), (DENUNCIATIONS, 11))),
    ("result_wrong", ((COMPLAINTS, 9), (DENUNCIATIONS, 9), (DENUNCIATIONS, 12))),
    ("result_partly", ((COMPLAINTS, 10), (DENUNCIATIONS, 10), (DENUNCIATIONS, 13))),
    ("result_upheld", ((COMPLAINTS, 11),)),
    ("result_changed", ((COMPLAINTS, 12),)),
)


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars beside one another; a row has a value for each name of the legend."""

    title: str
    legend: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int, ...]], ...]

    @property
    def says_something(self) -> bool:
        return any(any(values) for _, values in self.rows)


def by_kind(report: Report, texts: Texts) -> Chart:
    """Petitions within competence by kind, beside the periods it is compared with."""
    total, beside = report.total, words.compared(report)
    rows = []
    for name, ms in _KINDS:
        cell = Cell(HANDLED, ms)
        values = (total[cell], *(each.figures.get(cell, 0) for each in beside))
        rows.append((texts.get(f"reports.kind_{name}"), values))
    legend = tuple(period_name(each, texts) for each in (report.period, *(one.period for one in beside)))
    return Chart(texts.get("reports.chart_kinds"), legend, tuple(rows))


def by_unit(report: Report, texts: Texts) -> Chart:
    """Petitions handled by each unit, the most first."""
    cell = Cell(HANDLED, 2)
    found = sorted(
        ((row.figures.get(cell, 0), row.name) for row in report.rows), key=lambda each: (-each[0], each[1])
    )
    rows = tuple((words.one_line(name, 60), (count,)) for count, name in found if count)[:_MOST_UNITS]
    return Chart(texts.get("reports.chart_units"), ("",), rows)


def by_result(report: Report, texts: Texts) -> Chart:
    """What complaints and denunciations came out as."""
    total = report.total
    rows = tuple(
        (texts.get(f"reports.{name}"), (sum(total[Cell(*cell)] for cell in cells),))
        for name, cells in _RESULTS
    )
    return Chart(texts.get("reports.chart_results"), ("",), rows)


def png(chart: Chart, texts: Texts) -> bytes:
    """The picture; the same chart gives the same bytes."""
    import typst

    values = {value for _, row in chart.rows for value in row}
    data = {
        "title": printable(chart.title),
        "language": texts.language,
        "legend": [printable(name) for name in chart.legend],
        "rows": [{"label": printable(label), "values": list(row)} for label, row in chart.rows],
        "numbers": {str(value): words.number(value, texts) for value in values},
    }
    fonts = typst.Fonts(include_system_fonts=False)
    compiler = typst.Compiler(_TEMPLATE, root=_TEMPLATE.parent, font_paths=fonts, ignore_system_fonts=True)
    made = compiler.compile(format="png", ppi=_RESOLUTION, sys_inputs={"data": json.dumps(data)})
    if not isinstance(made, bytes):
        raise TypeError("the chart did not become one picture")
    return made
