"""Counting for the reports: a period's numbers from petitions and events.

`storage.reporting_rows` reads, `petitions.reports.counting` says what counts where, and `storage.reporting_behind`
lists the petitions behind each number from the same rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import bindparam, select, type_coerce

from petitions.kinds import Kind
from petitions.reports.counting import (
    COMPLAINT,
    DENUNCIATION,
    Case,
    FieldOf,
    decision_cells,
    matter_cells,
    matter_heads,
    petition_cells,
    visit_cells,
)
from petitions.reports.forms import Cell
from storage.columns import Identifier
from storage.reporting_behind import Lists
from storage.reporting_rows import GROUPS
from storage.reporting_sql import settling
from storage.schema import petitions

_ANY: Final = (
    select(petitions.c.id)
    .where(
        petitions.c.agency == bindparam("agency"),
        type_coerce(petitions.c.filed_at, Identifier) < bindparam("until", type_=Identifier),
    )
    .limit(1)
)
"""Before the service came into use there is nothing to count."""
_SETTLING: Final = settling()


@dataclass(slots=True)
class Flow:
    """What was there, came, went and is left: opening + received = ended + carried over."""

    opening: int = 0
    received: int = 0
    ended: int = 0
    carried: int = 0

    def add(self, count: int, *, received: bool, ended: bool) -> None:
        if received:
            self.received += count
        else:
            self.opening += count
        if ended:
            self.ended += count
        else:
            self.carried += count


@dataclass(slots=True)
class Counted:
    """The numbers of one unit in a period."""

    figures: Counter[Cell] = field(default_factory=Counter)
    flows: defaultdict[str, Flow] = field(default_factory=lambda: defaultdict(Flow))
    """`petitions` (02/XLD col 1), `complaint` and `denunciation` being settled, `decisions`, `conclusions`."""
    topics: Counter[str] = field(default_factory=Counter)
    """Petitions received in the period, by topic; "" where unknown."""
    booked: int = 0
    """Appointments of the period that were not called off, whether or not somebody came."""
    kept: int = 0


class Counting(Lists):
    """The numbers of one period of an office."""

    def by_unit(self) -> dict[str, Counted]:
        """The numbers of each unit that has any; 01/TCD only as far as the service knows it."""
        found: defaultdict[str, Counted] = defaultdict(Counted)
        if self.connection.execute(_ANY, self.values).first() is None:
            return {}
        self._petitions_alone(found)
        for shared in self.shared():
            counted = found[shared.case.unit]
            _count_petition(counted, shared.case, self.office.field_of)
            counted.figures.update(shared.leads)
        for _, visit in self.visits():
            found[visit.unit].booked += visit.booked
            found[visit.unit].kept += visit.booked and visit.kept
            found[visit.unit].figures.update(visit_cells(visit))
        booked, came = self.bookings()
        if booked:
            found[self.office.focal].booked += booked
            found[self.office.focal].kept += came
        return dict(found)

    def _petitions_alone(self, found: defaultdict[str, Counted]) -> None:
        """Petitions that stand for themselves, decisions, and what is being settled, stretch by stretch."""
        groups: dict[tuple[Any, ...], Case] = {}
        for stretch in self.stretches():
            for row in self.connection.execute(GROUPS, stretch):
                *key, number = row
                known = groups.get(tuple(key))
                groups[tuple(key)] = self.case_of(row, number + (known.count if known is not None else 0))
            for decision in self.decisions_alike(stretch):
                counted = found[decision.unit]
                for cell, amount in decision_cells(decision).items():
                    counted.figures[cell] += amount
                name = "decisions" if decision.kind is Kind.COMPLAINT else "conclusions"
                counted.flows[name].add(decision.count, received=decision.is_new, ended=decision.is_done)
            for row in self.connection.execute(_SETTLING, stretch):
                name = COMPLAINT if row.kind == Kind.COMPLAINT else DENUNCIATION
                flow = found[self.office.unit_today(row.unit)].flows[name]
                flow.add(row.number, received=bool(row.received), ended=bool(row.ended))
        for alike in groups.values():
            counted = found[alike.unit]
            _count_petition(counted, alike, self.office.field_of)
            for head in matter_heads(alike):
                for cell in matter_cells(head, alike.acceptance):
                    counted.figures[cell] += alike.count


def _count_petition(counted: Counted, case: Case, field_of: FieldOf) -> None:
    for cell in petition_cells(case, field_of):
        counted.figures[cell] += case.count
    counted.flows["petitions"].add(case.count, received=case.received, ended=case.handled)
    if case.received:
        counted.topics[case.topic] += case.count
