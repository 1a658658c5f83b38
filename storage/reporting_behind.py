"""The petitions behind each number of a report.

They come from the same statements and the same definitions as the numbers (`petitions.reports.counting`): the list
behind a number has exactly as many petitions as the number says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product, repeat
from typing import Any, Final

from sqlalchemy import bindparam

from petitions.kinds import Kind
from petitions.reports.counting import (
    FIELDS,
    Acceptance,
    Case,
    Outcome,
    counts_decisions,
    decision_cells,
    matter_cells,
    matter_heads,
    petition_cells,
    visit_cells,
)
from petitions.reports.forms import RECEPTION, Cell, column, sums_of
from storage.reporting_rows import ALIKE, CASES, STRETCH, Rows, Values

FOR_A_PAGE: Final = (2_000, 20_000, STRETCH, STRETCH)
"""So long are the stretches that one page looks at: what counts often is found in the first."""
_CHOSEN: Final = ALIKE.where(
    CASES.c.kind.in_(bindparam("kinds", expanding=True)),
    CASES.c.handled.in_(bindparam("handled", expanding=True)),
    CASES.c.outcome.in_(bindparam("outcomes", expanding=True)),
    CASES.c.acceptance.in_(bindparam("acceptances", expanding=True)),
).order_by(CASES.c.id)


@dataclass(frozen=True, slots=True)
class Found:
    """Petitions behind a number."""

    ids: list[int]
    after: int
    """From where to look on; 0 where there are no more."""


class Lists(Rows):
    """The petitions behind the numbers of one period of an office."""

    def behind(self, cell: Cell, *, unit: str = "", after: int = 0, most: int = 1000) -> list[int]:
        """Ids of the petitions that a number counts, in order, `most` of them after the id `after`.

        `unit`: those of one unit; "" of all. For a number of matters, the petition that leads each; for an amount
        the petitions whose decisions give it.
        """
        return self._find(cell, unit, after, most, repeat(STRETCH)).ids

    def find(self, cell: Cell, *, unit: str, after: int, most: int) -> Found:
        """As `behind`, but looks at some stretches of petitions only: for a page, which asks again."""
        return self._find(cell, unit, after, most, iter(FOR_A_PAGE))

    def everything_behind(self) -> Iterator[tuple[str, Cell, int]]:
        """Unit, column and petition of every number at once, in no order: what `behind` tells number by number."""
        known: dict[tuple[Any, ...], tuple[str, tuple[Cell, ...]]] = {}
        for stretch in self.stretches():
            for row in self.connection.execute(ALIKE, stretch):
                unit, cells = self._known(known, row)
                yield from ((unit, cell, row.id) for cell in cells)
            for petition_id, decision in self.decisions(stretch):
                yield from ((decision.unit, cell, petition_id) for cell in decision_cells(decision))
        for shared in self.shared():
            cells = (*petition_cells(shared.case, self.office.field_of), *shared.leads)
            yield from ((shared.case.unit, cell, shared.id) for cell in cells)
        for petition_id, visit in self.visits():
            yield from ((visit.unit, cell, petition_id) for cell in visit_cells(visit))

    def _find(self, cell: Cell, unit: str, after: int, most: int, lengths: Iterator[int]) -> Found:
        """Only what can count in the cell is looked at: cases, decisions or visits."""
        if cell.form == RECEPTION:
            came = sorted({each for each in self._came(cell, unit) if each > after})
            return Found(came[:most], came[most - 1] if len(came) > most else 0)
        look, shared = self._decisions_in, list[int]()
        if not counts_decisions(cell):
            look, shared = self._cases_in, [each for each in self._shared_in(cell, unit) if each > after]
        ids: list[int] = []
        low = after
        for stretch in self.stretches(after, lengths):
            high = stretch["high"]
            within = (each for each in shared if low < each <= high)
            ids += sorted([*look(cell, unit, stretch), *within])
            if len(ids) > most:
                return Found(ids[:most], ids[most - 1])
            low = high
        return Found(ids, low if self.goes_on(low) else 0)

    def _cases_in(self, cell: Cell, unit: str, stretch: Values) -> Iterator[int]:
        """Petitions of the stretch that stand for themselves and count in the cell."""
        known: dict[tuple[Any, ...], tuple[str, tuple[Cell, ...]]] = {}
        for row in self.connection.execute(_CHOSEN, stretch | _choice(cell)):
            of_unit, cells = self._known(known, row)
            if cell in cells and unit in ("", of_unit):
                yield row.id

    def _decisions_in(self, cell: Cell, unit: str, stretch: Values) -> Iterator[int]:
        """Petitions of the stretch whose decision counts in the cell."""
        amounts = column(cell).unit != "decisions"
        for petition_id, decision in self.decisions(stretch, amounts=amounts):
            if unit in ("", decision.unit) and cell in decision_cells(decision):
                yield petition_id

    def _shared_in(self, cell: Cell, unit: str) -> Iterator[int]:
        for shared in self.shared():
            counted = {*petition_cells(shared.case, self.office.field_of), *shared.leads}
            if cell in counted and unit in ("", shared.case.unit):
                yield shared.id

    def _came(self, cell: Cell, unit: str) -> Iterator[int]:
        parts = {cell, *(part for total, parts in sums_of(cell.form) if total == cell for part in parts)}
        for petition_id, visit in self.visits():
            if unit in ("", visit.unit) and parts.intersection(visit_cells(visit)):
                yield petition_id

    def _known(
        self, known: dict[tuple[Any, ...], tuple[str, tuple[Cell, ...]]], row: Any
    ) -> tuple[str, tuple[Cell, ...]]:
        """Unit and columns of a petition, worked out once for all that are alike."""
        key = tuple(row)[1:]
        if key not in known:
            alike = self.case_of(row, 1)
            known[key] = alike.unit, self.cells_of(alike)
        return known[key]


@lru_cache(maxsize=256)
def _choice(cell: Cell) -> dict[str, list[Any]]:
    """What a petition must be to count in the cell, whatever its topic: the rest is looked at one by one."""
    fits = []
    for kind, instance, handled, outcome, acceptance in product(
        Kind, (1, 2), (False, True), Outcome, Acceptance
    ):
        case = Case(
            unit="",
            kind=kind,
            instance=instance,
            topic="",
            received=True,
            handled=handled,
            outcome=outcome,
            acceptance=acceptance,
        )
        if _may_count(cell, case):
            fits.append((kind.value, int(handled), int(outcome), int(acceptance)))
    kinds, handled_or_not, outcomes, acceptances = (sorted(set(each)) for each in zip(*fits, strict=True))
    return {"kinds": kinds, "handled": handled_or_not, "outcomes": outcomes, "acceptances": acceptances}


def _may_count(cell: Cell, case: Case) -> bool:
    matters = (matter_cells(head, case.acceptance) for head in matter_heads(case))
    if any(cell in cells for cells in matters):
        return True
    return any(
        cell in petition_cells(case, lambda _kind, _topic, named=name: named)  # type: ignore[misc]
        for name in FIELDS[case.kind]
    )
