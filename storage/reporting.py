"""Counting for the reports: a period's numbers from petitions and events, and the petitions behind each number.

Both come from the same statements (`storage.reporting_sql`) and the same definitions
(`petitions.reports.counting`): the list behind a number has exactly as many petitions as the number says.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import (
    Connection,
    String,
    bindparam,
    case,
    func,
    literal_column,
    select,
    tuple_,
    type_coerce,
    union_all,
)

from petitions.kinds import Action, Kind
from petitions.reports.counting import (
    COMPLAINT,
    COUNTER,
    DENUNCIATION,
    Acceptance,
    Case,
    Decision,
    FieldOf,
    Outcome,
    Visit,
    counts_decisions,
    decision_cells,
    matter_cells,
    matter_heads,
    petition_cells,
    visit_cells,
)
from petitions.reports.forms import RECEPTION, Cell, sums_of
from petitions.reports.periods import Period
from storage.columns import Identifier, microseconds
from storage.keys import Vault
from storage.reporting_sql import (
    IS_REPORTED,
    KEYS,
    answering,
    cases,
    decisions,
    is_one_of,
    members,
    settling,
)
from storage.schema import assignments, events, petitions

_PAGE: Final = 500
_CASES: Final = cases()
_MEMBERS: Final = members()
_KEYS: Final = tuple(_CASES.c[name] for name in KEYS)
_GROUPS: Final = select(*_KEYS, func.count().label("number")).where(_CASES.c.leads == 0).group_by(*_KEYS)
_ALIKE: Final = select(_CASES.c.id, *_KEYS).where(_CASES.c.leads == 0)
_IDS: Final = select(_CASES.c.id).where(_CASES.c.leads == 0).order_by(_CASES.c.id)
_SHARED: Final = union_all(
    select(_CASES.c.id, _CASES.c.matter, *_KEYS).where(_CASES.c.leads == 1),
    select(_MEMBERS.c.id, _MEMBERS.c.matter, *(_MEMBERS.c[name] for name in KEYS)),
)
_ANY: Final = (
    select(petitions.c.id)
    .where(
        petitions.c.agency == bindparam("agency"),
        type_coerce(petitions.c.filed_at, Identifier) < bindparam("until", type_=Identifier),
    )
    .limit(1)
)
"""Before the service came into use there is nothing to count."""
_DECISIONS: Final = decisions()
_SETTLING: Final = settling()
_TOLD: Final = select(
    events.c.id, events.c.petition_id, type_coerce(events.c.type, String).label("type"), events.c.content_enc
).where(
    events.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
    IS_REPORTED,
    is_one_of(Action.DECIDE, Action.CONCLUDE, Action.TASK_DONE),
)


_FILED: Final = type_coerce(petitions.c.filed_at, Identifier)
_END: Final = bindparam("until_visit", type_=Identifier)
"""The last moment of the period; what was entered later answers from then on."""


def _came(at: Any, booked: Any, *which: Any) -> Any:
    return (
        select(
            petitions.c.id, at.label("at"), petitions.c.formed_on, assignments.c.unit, booked.label("booked")
        )
        .select_from(petitions)
        .join(assignments, answering(case((_FILED <= _END, _END), else_=_FILED)))
        .where(
            petitions.c.agency == bindparam("agency"),
            at >= bindparam("from_visit"),
            at < bindparam("to_visit"),
            *which,
        )
    )


_VISITS: Final = union_all(
    _came(petitions.c.visit_at, literal_column("1")),
    _came(petitions.c.first_message_at, literal_column("0"), petitions.c.channel == COUNTER),
)


@dataclass(frozen=True, slots=True)
class Office:
    """What counting must know of the office: where its days begin, who answers for a unit today, and under which
    field of the forms a topic counts."""

    agency: str
    zone: tzinfo
    unit_today: Callable[[str], str]
    field_of: FieldOf


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


class Counting:
    """The numbers of one period of an office, and the petitions behind them."""

    def __init__(self, connection: Connection, vault: Vault, office: Office, period: Period) -> None:
        self._connection = connection
        self._vault = vault
        self._office = office
        self._period = period
        since, until = period.since(office.zone), period.until(office.zone)
        self._values = {
            "agency": office.agency,
            "since": microseconds(since),
            "until": microseconds(until),
            "first": period.first,
            "last": period.last,
        }
        self._visits = {
            "agency": office.agency,
            "from_visit": since,
            "to_visit": until,
            "until_visit": microseconds(until) - 1,
        }

    def by_unit(self) -> dict[str, Counted]:
        """The numbers of each unit that has any; 01/TCD only as far as the service knows it."""
        found: defaultdict[str, Counted] = defaultdict(Counted)
        if self._connection.execute(_ANY, self._values).first() is None:
            return {}
        for row in self._connection.execute(_GROUPS, self._values):
            alike = self._case(row, row.number)
            counted = found[alike.unit]
            _count_petition(counted, alike, self._office.field_of)
            for head in matter_heads(alike):
                for cell in matter_cells(head, alike.acceptance):
                    counted.figures[cell] += alike.count
        for shared in self._shared():
            counted = found[shared.case.unit]
            _count_petition(counted, shared.case, self._office.field_of)
            counted.figures.update(shared.leads)
        for _, decision in self._decisions():
            counted = found[decision.unit]
            for cell, amount in decision_cells(decision).items():
                counted.figures[cell] += amount
            name = "decisions" if decision.kind is Kind.COMPLAINT else "conclusions"
            counted.flows[name].add(1, received=decision.is_new, ended=decision.is_done)
        for row in self._connection.execute(_SETTLING, self._values):
            name = COMPLAINT if row.kind == Kind.COMPLAINT else DENUNCIATION
            flow = found[self._office.unit_today(row.unit)].flows[name]
            flow.add(row.number, received=bool(row.received), ended=bool(row.ended))
        for _, visit in self._booked():
            found[visit.unit].booked += visit.booked
            found[visit.unit].kept += visit.booked and visit.kept
            found[visit.unit].figures.update(visit_cells(visit))
        return dict(found)

    def behind(self, cell: Cell, *, unit: str = "", after: int = 0, most: int = 1000) -> list[int]:
        """Ids of the petitions that a number counts, in order, `most` of them after the id `after`.

        `unit`: those of one unit; "" of all. For a number of matters, the petition that leads each; for an amount
        the petitions whose decisions give it.
        """
        found = sorted(each for each in self._behind(cell, unit) if each > after)
        return found[:most]

    def everything_behind(self) -> Iterator[tuple[str, Cell, int]]:
        """Unit, column and petition of every number at once, in no order: what `behind` tells number by number."""
        known: dict[tuple[Any, ...], tuple[str, tuple[Cell, ...]]] = {}
        for row in self._connection.execute(_ALIKE, self._values):
            key = tuple(row)[1:]
            if key not in known:
                alike = self._case(row, 1)
                known[key] = alike.unit, self._cells(alike)
            unit, cells = known[key]
            yield from ((unit, cell, row.id) for cell in cells)
        for shared in self._shared():
            cells = (*petition_cells(shared.case, self._office.field_of), *shared.leads)
            yield from ((shared.case.unit, cell, shared.id) for cell in cells)
        for petition_id, decision in self._decisions():
            yield from ((decision.unit, cell, petition_id) for cell in decision_cells(decision))
        for petition_id, visit in self._booked():
            yield from ((visit.unit, cell, petition_id) for cell in visit_cells(visit))

    def _behind(self, cell: Cell, unit: str) -> Iterator[int]:
        """Only what can count in the cell is looked at: cases, decisions or appointments."""
        if cell.form == RECEPTION:
            parts = {cell, *(part for total, parts in sums_of(cell.form) if total == cell for part in parts)}
            for petition_id, visit in self._booked():
                if unit in ("", visit.unit) and parts.intersection(visit_cells(visit)):
                    yield petition_id
        elif counts_decisions(cell):
            for petition_id, decision in self._decisions():
                if unit in ("", decision.unit) and cell in decision_cells(decision):
                    yield petition_id
        else:
            yield from self._alike(cell, unit)
            for shared in self._shared():
                counted = {*petition_cells(shared.case, self._office.field_of), *shared.leads}
                if cell in counted and unit in ("", shared.case.unit):
                    yield shared.id

    def _alike(self, cell: Cell, unit: str) -> Iterator[int]:
        """Petitions of the groups that count in the cell."""
        wanted = []
        for row in self._connection.execute(_GROUPS, self._values):
            alike = self._case(row, row.number)
            if cell in self._cells(alike) and unit in ("", alike.unit):
                wanted.append(tuple(row)[: len(KEYS)])
        for start in range(0, len(wanted), _PAGE):
            chosen = _IDS.where(tuple_(*_KEYS).in_(wanted[start : start + _PAGE]))
            yield from self._connection.execute(chosen, self._values).scalars()

    def _cells(self, case: Case) -> tuple[Cell, ...]:
        """Every column that counts a petition which is alone in its matter."""
        matters = (matter_cells(head, case.acceptance) for head in matter_heads(case))
        return (*petition_cells(case, self._office.field_of), *(cell for cells in matters for cell in cells))

    def _case(self, row: Any, count: int) -> Case:
        return Case(
            unit=self._office.unit_today(row.unit),
            kind=Kind(row.kind),
            instance=row.instance,
            topic=row.topic,
            received=bool(row.received),
            handled=bool(row.handled),
            outcome=Outcome(row.outcome),
            acceptance=Acceptance(row.acceptance),
            count=count,
        )

    def _shared(self) -> list[_Shared]:
        """Petitions whose matter has several; each matter counts once, at its lead where that counts here."""
        found = [
            _Shared(row.id, row.matter, self._case(row, 1))
            for row in sorted(self._connection.execute(_SHARED, self._values), key=lambda row: int(row.id))
        ]
        leads: dict[tuple[int, str], _Shared] = {}
        for each in found:
            for head in matter_heads(each.case):
                first = leads.setdefault((each.matter, head), each)
                if each.id == each.matter and first is not each:
                    leads[each.matter, head] = each
        for (_, head), lead in leads.items():
            lead.leads.extend(matter_cells(head, lead.case.acceptance))
        return found

    # --- decisions

    def _decisions(self) -> Iterator[tuple[int, Decision]]:
        rows = self._connection.execute(_DECISIONS, self._values).all()
        for start in range(0, len(rows), _PAGE):
            page = rows[start : start + _PAGE]
            told = self._told([row.id for row in page])
            for row in page:
                ordered, before, within = told[row.id]
                decision = Decision(
                    unit=self._office.unit_today(row.unit),
                    kind=Kind(row.kind),
                    instance=row.instance,
                    result=row.result,
                    is_new=bool(row.is_new),
                    is_done=bool(row.is_done),
                    ordered=ordered,
                    before=before,
                    within=within,
                )
                yield row.id, decision

    def _told(self, ids: list[int]) -> Mapping[int, _Facts]:
        """What each decision orders, and what was carried out before and within the period."""
        found: dict[int, _Facts] = {petition_id: ({}, {}, {}) for petition_id in ids}
        first, last = self._period.first.isoformat(), self._period.last.isoformat()
        for row in self._connection.execute(_TOLD, {"petition_ids": ids}).all():
            content = self._vault.open_json(row.content_enc, table="events", column="content_enc", row=row.id)
            ordered, before, within = found[row.petition_id]
            if row.type != _DONE:
                into = ordered
            elif content["on"] <= last:
                into = within if content["on"] >= first else before
            else:
                continue
            for fact, amount in (content.get("facts") or {}).items():
                if amount:
                    into[fact] = into.get(fact, 0) + amount
        return found

    def _booked(self) -> Iterator[tuple[int, Visit]]:
        """Appointments, and people who came to the desk and whose petition an officer entered."""
        for row in self._connection.execute(_VISITS, self._visits):
            day: datetime = row.at.astimezone(self._office.zone)
            kept = not row.booked or row.formed_on == day.date()
            yield row.id, Visit(unit=self._office.unit_today(row.unit), booked=bool(row.booked), kept=kept)


_Facts = tuple[dict[str, int], dict[str, int], dict[str, int]]
_DONE: Final = Action.TASK_DONE.value


@dataclass(slots=True)
class _Shared:
    """A petition whose matter has several."""

    id: int
    matter: int
    case: Case
    leads: list[Cell] = field(default_factory=list)
    """Columns in which it counts as the matter."""


def _count_petition(counted: Counted, case: Case, field_of: FieldOf) -> None:
    for cell in petition_cells(case, field_of):
        counted.figures[cell] += case.count
    counted.flows["petitions"].add(case.count, received=case.received, ended=case.handled)
    if case.received:
        counted.topics[case.topic] += case.count
