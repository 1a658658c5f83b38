"""The figures as CSV: one row for each unit and column, with what it is set beside. Safe to open in a sheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, tzinfo
from typing import Any, Final

from bot.reports import words
from petitions.reports.forms import Cell, column
from petitions.reports.national import NationalCase
from petitions.reports.report import Report, all_cells

BOM: Final = "\ufeff"
"""Tells a sheet that the file is UTF-8; without it Vietnamese comes out garbled."""


def lines(rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """Rows as lines of CSV; what begins like a formula is made harmless."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    yield BOM
    for row in rows:
        writer.writerow([words.harmless(cell) for cell in row])
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()


def figures(report: Report) -> bytes:
    """Every number of the report: each unit, then the sum, beside the two other periods."""
    return "".join(lines(_figure_rows(report))).encode()


def _figure_rows(report: Report) -> Iterator[Sequence[object]]:
    yield "period", "form", "column", "title", "unit", "value", "source", "previous", "same_last_year"
    total = report.total
    previous = report.previous.figures if report.previous is not None else {}
    same = report.same_last_year.figures if report.same_last_year is not None else {}
    for cell in all_cells():
        title = column(cell).title
        for row in report.rows:
            missing = cell in row.missing and not row.figures.get(cell, 0)
            source = "missing" if missing else "typed" if cell in row.by_hand else "counted"
            value: object = "" if missing else row.figures.get(cell, 0)
            yield report.period.code, cell.form, cell.ms, title, row.unit, value, source, "", ""
        beside = previous.get(cell, 0), same.get(cell, 0)
        yield report.period.code, cell.form, cell.ms, title, "", total[cell], "sum", *beside


def cases(
    period: str, found: Iterable[tuple[str, Cell, int]], names: dict[int, tuple[str, str]]
) -> Iterator[str]:
    """The petitions behind the numbers: register number, and the code where the case is not sealed."""

    def rows() -> Iterator[Sequence[object]]:
        yield "period", "form", "column", "unit", "register", "code"
        for unit, cell, petition_id in found:
            register, code = names[petition_id]
            yield period, cell.form, cell.ms, unit, register, code

    return lines(rows())


def national_json(found: Iterable[NationalCase], zone: tzinfo) -> Iterator[str]:
    """One JSON object a line: what is known of a case, and every change with its time and who made it."""
    for case in found:
        yield f"{json.dumps(_case_json(case, zone), ensure_ascii=False)}\n"


def national_csv(found: Iterable[NationalCase], zone: tzinfo) -> Iterator[str]:
    """One row for each field of each case and each of its changes."""

    def rows() -> Iterator[Sequence[object]]:
        yield "register", "field", "value", "on", "changed_at", "by", "by_hand"
        for case in found:
            for name, value in _fixed(case, zone).items():
                yield case.register, name, _word(value), "", _time(case.received_at, zone), "citizen", "no"
            for change in case.changes:
                by_hand = "yes" if change.by_hand else "no"
                at = _time(change.at, zone)
                yield (
                    case.register,
                    change.field,
                    _word(change.value),
                    change.on,
                    at,
                    change.by.value,
                    by_hand,
                )

    return lines(rows())


def _fixed(case: NationalCase, zone: tzinfo) -> dict[str, Any]:
    """What does not change after filing. Of a sealed case nothing that could tell who the person is."""
    told = {"sealed": case.sealed, "received_at": _time(case.received_at, zone), "source": case.channel}
    told |= {"first_message_at": _time(case.first_message_at, zone), "people": case.people}
    if not case.sealed:
        told |= {"code": case.code, "name": case.name, "address": case.address, "content": case.content}
        told |= {"linked_register": case.linked_register}
    return {name: value for name, value in told.items() if value not in ("", None)}


def _case_json(case: NationalCase, zone: tzinfo) -> dict[str, Any]:
    latest: dict[str, Any] = {}
    for change in case.changes:
        latest[change.field] = change.value
    return {
        "register": case.register,
        "kind": case.kind.value,
        "fixed": _fixed(case, zone),
        "now": latest,
        "changes": [
            {
                "field": change.field,
                "value": change.value,
                "on": change.on or None,
                "changed_at": _time(change.at, zone),
                "by": change.by.value,
                "by_hand": change.by_hand,
            }
            for change in case.changes
        ],
    }


def _time(moment: datetime, zone: tzinfo) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")


def _word(value: object) -> object:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else "" if value is None else value
