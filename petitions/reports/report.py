"""A report as a value: every number and word its documents are made of, and nothing else.

The documents are a function of this value, so a finished report can be made again from it byte for byte.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from petitions.reports.forms import Cell, Column, forms, sums_of
from petitions.reports.periods import Period

LAYOUT: Final = 1
"""Version of the kept form of a report."""
FLOWS: Final = ("petitions", "complaint", "denunciation", "decisions", "conclusions")
"""Whose opening balance + received = ended + carried over is shown."""
NOTES: Final = "notes"
"""The line Ghi chú of a form, among the texts."""
NARRATIVE: Final = "02"
"""Mẫu số 02, among the texts."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Opening + received = ended + carried over."""

    opening: int = 0
    received: int = 0
    ended: int = 0
    carried: int = 0

    @property
    def holds(self) -> bool:
        return self.opening + self.received == self.ended + self.carried

    def __add__(self, other: Flow) -> Flow:
        return Flow(
            self.opening + other.opening,
            self.received + other.received,
            self.ended + other.ended,
            self.carried + other.carried,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """The numbers of one unit."""

    unit: str
    name: str
    figures: Mapping[Cell, int]
    flows: Mapping[str, Flow] = field(default_factory=dict)
    by_hand: frozenset[Cell] = frozenset()
    """Columns that were typed in."""
    missing: frozenset[Cell] = frozenset()
    """Columns that only the office knows and nobody has typed in: they stay blank."""
    booked: int = 0
    """Appointments of the period made through the service and not called off."""
    kept: int = 0
    """Those of them at which the đơn was signed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """The same numbers of another period, of the rows that this report has."""

    period: Period
    figures: Mapping[Cell, int]
    from_report: bool
    """Taken from the finished report of that period; else counted now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A report of one unit, or of the whole office (`unit` "")."""

    agency: str
    office: str
    superior: str
    """The authority above, to which the office reports; "" where the profile does not name it."""
    place: str
    period: Period
    unit: str
    unit_name: str
    made_on: date
    provisional: bool
    """The period has not ended: numbers can still change."""
    rows: tuple[Row, ...]
    previous: Compared | None = None
    same_last_year: Compared | None = None
    topics: tuple[tuple[str, int], ...] = ()
    """The fields with most petitions received, by name."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """What people wrote: `02/XLD:notes`, `02:III.1`. Kept sealed, for it can name anybody."""

    @property
    def total(self) -> Counter[Cell]:
        """The sums of all rows."""
        found: Counter[Cell] = Counter()
        for row in self.rows:
            found.update(row.figures)
        return found

    def flow(self, name: str) -> Flow:
        return sum((row.flows.get(name, Flow()) for row in self.rows), Flow())

    @property
    def missing(self) -> dict[str, frozenset[Cell]]:
        """What nobody has typed in, by unit; units that lack nothing are left out."""
        return {row.unit: row.missing for row in self.rows if row.missing}

    # --- kept form

    def figures_json(self) -> str:
        """Everything but the texts, always in the same letters."""
        return _canonical(
            {
                "layout": LAYOUT,
                "agency": self.agency,
                "office": self.office,
                "superior": self.superior,
                "place": self.place,
                "period": self.period.code,
                "unit": self.unit,
                "unit_name": self.unit_name,
                "made_on": self.made_on.isoformat(),
                "provisional": self.provisional,
                "rows": [_row_json(row) for row in self.rows],
                "previous": _compared_json(self.previous),
                "same_last_year": _compared_json(self.same_last_year),
                "topics": [list(each) for each in self.topics],
            }
        )

    def texts_json(self) -> str:
        return _canonical(dict(self.texts))

    @property
    def sha256(self) -> str:
        """Of numbers and texts together."""
        plain = f"{self.figures_json()}\n{self.texts_json()}"
        return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()

    @classmethod
    def from_json(cls, figures: str, texts: str = "{}") -> Report:
        """The report that was kept. Raises ValueError for another layout."""
        kept = json.loads(figures)
        if kept["layout"] != LAYOUT:
            raise ValueError(f"a report of layout {kept['layout']} cannot be read")
        return cls(
            agency=kept["agency"],
            office=kept["office"],
            superior=kept["superior"],
            place=kept["place"],
            period=Period.parse(kept["period"]),
            unit=kept["unit"],
            unit_name=kept["unit_name"],
            made_on=date.fromisoformat(kept["made_on"]),
            provisional=kept["provisional"],
            rows=tuple(_row(each) for each in kept["rows"]),
            previous=_compared(kept["previous"]),
            same_last_year=_compared(kept["same_last_year"]),
            topics=tuple((name, count) for name, count in kept["topics"]),
            texts=json.loads(texts),
        )


def with_sums(figures: Counter[Cell], columns: Iterable[Column], code: str) -> None:
    """Fill the totals of a form from their parts, for a form whose parts are typed in."""
    known = {column.ms for column in columns}
    for total, parts in sums_of(code):
        if total.ms in known:
            figures[total] = sum(figures[part] for part in parts)


def all_cells() -> tuple[Cell, ...]:
    """Every column of every form, in order."""
    return tuple(form.cell(column.ms) for form in forms() for column in form.columns)


def _canonical(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _named(figures: Mapping[Cell, int]) -> dict[str, int]:
    return {str(cell): count for cell, count in figures.items() if count}


def _cells(names: Iterable[str]) -> Iterable[Cell]:
    for name in names:
        form, _, ms = name.partition(":")
        yield Cell(form, int(ms))


def _figures(kept: Mapping[str, int]) -> dict[Cell, int]:
    return dict(zip(_cells(kept), kept.values(), strict=True))


def _row_json(row: Row) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "name": row.name,
        "figures": _named(row.figures),
        "flows": {
            name: [flow.opening, flow.received, flow.ended, flow.carried] for name, flow in row.flows.items()
        },
        "by_hand": sorted(map(str, row.by_hand)),
        "missing": sorted(map(str, row.missing)),
        "booked": row.booked,
        "kept": row.kept,
    }


def _row(kept: dict[str, Any]) -> Row:
    return Row(
        unit=kept["unit"],
        name=kept["name"],
        figures=_figures(kept["figures"]),
        flows={name: Flow(*numbers) for name, numbers in kept["flows"].items()},
        by_hand=frozenset(_cells(kept["by_hand"])),
        missing=frozenset(_cells(kept["missing"])),
        booked=kept["booked"],
        kept=kept["kept"],
    )


def _compared_json(compared: Compared | None) -> dict[str, Any] | None:
    if compared is None:
        return None
    return {
        "period": compared.period.code,
        "figures": _named(compared.figures),
        "from_report": compared.from_report,
    }


def _compared(kept: dict[str, Any] | None) -> Compared | None:
    if kept is None:
        return None
    return Compared(
        period=Period.parse(kept["period"]),
        figures=_figures(kept["figures"]),
        from_report=kept["from_report"],
    )
