"""What reports are counted from: petitions alike, matters of several petitions, decisions, and visits.

All petitions are gone through in stretches of so many, by one statement each: so no statement runs long, and a long
count can be given up in between.
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
    exists,
    func,
    literal_column,
    select,
    type_coerce,
    union_all,
)

from petitions.kinds import Action, Kind
from petitions.reception_schedule import BookingState
from petitions.reports.counting import (
    COUNTER,
    Acceptance,
    Case,
    Decision,
    FieldOf,
    Outcome,
    Visit,
    left_of,
    matter_cells,
    matter_heads,
    petition_cells,
)
from petitions.reports.forms import Cell
from petitions.reports.periods import Period
from storage.book import holds
from storage.columns import Identifier, microseconds
from storage.keys import Vault, read_json
from storage.reception import bookings
from storage.reporting_sql import (
    HIGH,
    IS_REPORTED,
    KEYS,
    LOW,
    answering,
    cases,
    decisions,
    is_one_of,
    leads,
    members,
)
from storage.schema import assignments, events, petitions

STRETCH: Final = 100_000
"""So many petitions are looked at by one statement."""
_FOR_COUNTING: Final = ("SET LOCAL work_mem = '64MB'", "SET LOCAL max_parallel_workers_per_gather = 0")
"""For this transaction only: what is sorted and grouped of a stretch stays in memory; and no workers, of which each
would aggregate all events of the stretch once more."""
CASES: Final = cases()
CASE_KEYS: Final = tuple(CASES.c[name] for name in KEYS)
GROUPS: Final = select(*CASE_KEYS, func.count().label("number")).group_by(*CASE_KEYS)
ALIKE: Final = select(CASES.c.id, *CASE_KEYS)
_SHARED: Final = union_all(
    *(select(each.c.id, each.c.matter, *(each.c[name] for name in KEYS)) for each in (leads(), members()))
)
_MERGED: Final = (
    select(petitions.c.id)
    .where(petitions.c.agency == bindparam("agency"), petitions.c.merged_into.is_not(None))
    .limit(1)
)
_STEP: Final = (
    select(petitions.c.id)
    .where(petitions.c.id > bindparam("low"))
    .order_by(petitions.c.id)
    .limit(bindparam("length"))
)
_STRETCH_END: Final = select(func.max(_STEP.subquery().c.id))
"""Whosever petitions they are: so the ids are read from their index alone."""
_DECISIONS: Final = decisions()
_TOLD: Final = select(
    events.c.id, events.c.petition_id, type_coerce(events.c.type, String).label("type"), events.c.content_enc
).where(
    events.c.petition_id > LOW,
    events.c.petition_id <= HIGH,
    IS_REPORTED,
    is_one_of(Action.DECIDE, Action.CONCLUDE, Action.TASK_DONE),
)
_FILED: Final = type_coerce(petitions.c.filed_at, Identifier)
_END: Final = bindparam("until_visit", type_=Identifier)
"""The last moment of the period; what was entered later answers from then on."""


def _came(at: Any, booked: Any, came: Any, *which: Any) -> Any:
    return (
        select(
            petitions.c.id,
            at.label("at"),
            petitions.c.formed_on,
            assignments.c.unit,
            booked.label("booked"),
            came.label("came"),
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


NOTED: Final = case(
    (
        exists().where(
            bookings.c.petition_id == petitions.c.id,
            bookings.c.at == petitions.c.visit_at,
            bookings.c.state == BookingState.CAME,
        ),
        1,
    ),
    else_=0,
)
"""Whether an officer noted that somebody came to the appointment of a petition."""
_VISITS: Final = union_all(
    _came(petitions.c.visit_at, literal_column("1"), NOTED),
    _came(
        petitions.c.first_message_at,
        literal_column("0"),
        literal_column("1"),
        holds(petitions.c.channel, COUNTER),
    ),
)
STANDING: Final = (BookingState.BOOKED, BookingState.CAME, BookingState.MISSED)
"""Appointments that were not given up and not called off."""
_BOOKINGS: Final = (
    select(bookings.c.state, func.count().label("number"))
    .where(
        bookings.c.agency == bindparam("agency"),
        bookings.c.day >= bindparam("first"),
        bookings.c.day <= bindparam("last"),
        bookings.c.petition_id.is_(None),
        bookings.c.state.in_(STANDING),
    )
    .group_by(bookings.c.state)
)


class Interrupted(Exception):
    """The service stops; a long count was given up in between."""


def go_on() -> None:
    """Nothing stops a long count."""


@dataclass(frozen=True, slots=True)
class Office:
    """What counting must know of the office: where its days begin, who answers for a unit today, and under which
    field of the forms a topic counts."""

    agency: str
    zone: tzinfo
    unit_today: Callable[[str], str]
    field_of: FieldOf
    focal: str
    """The unit that receives those who made an appointment without a petition."""


Values = dict[str, Any]
Facts = tuple[dict[str, int], dict[str, int], dict[str, int]]
"""What a decision orders, and what was carried out of it before and within the period."""
_NO_FACTS: Final[Facts] = ({}, {}, {})
_DONE: Final = Action.TASK_DONE.value


@dataclass(slots=True)
class Shared:
    """A petition whose matter has several."""

    id: int
    matter: int
    case: Case
    leads: list[Cell] = field(default_factory=list)
    """Columns in which it counts as the matter."""


@dataclass(slots=True)
class Sum:
    """Decisions alike, and what all of them order."""

    count: int = 0
    ordered: Counter[str] = field(default_factory=Counter)
    left: Counter[str] = field(default_factory=Counter)
    within: Counter[str] = field(default_factory=Counter)


class Rows:
    """The rows of one period of an office."""

    def __init__(
        self,
        connection: Connection,
        vault: Vault,
        office: Office,
        period: Period,
        pause: Callable[[], None] = go_on,
    ) -> None:
        """`pause` is called between the steps of a long count; what it raises ends it."""
        self.connection = connection
        self.office = office
        self._vault = vault
        self._period = period
        self._pause = pause
        since, until = period.since(office.zone), period.until(office.zone)
        self.values: Values = {
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

    def stretches(self, after: int = 0, lengths: Iterator[int] | None = None) -> Iterator[Values]:
        """The values of the statements for each stretch of petitions, in the order of their ids; `lengths` says how
        long each is."""
        if self.connection.dialect.name == "postgresql":
            for setting in _FOR_COUNTING:
                self.connection.exec_driver_sql(setting)
        low = after
        while True:
            self._pause()
            length = STRETCH if lengths is None else next(lengths, None)
            if length is None:
                return
            high = self.connection.execute(_STRETCH_END, {"low": low, "length": length}).scalar()
            if high is None:
                return
            yield self.values | {"low": low, "high": high}
            low = high

    def goes_on(self, after: int) -> bool:
        """Whether there are petitions after this id."""
        return self.connection.execute(_STRETCH_END, {"low": after, "length": 1}).scalar() is not None

    def case_of(self, row: Any, count: int) -> Case:
        """What a row of groups or cases says."""
        return Case(
            unit=self.office.unit_today(row.unit),
            kind=Kind(row.kind),
            instance=row.instance,
            topic=row.topic,
            received=bool(row.received),
            handled=bool(row.handled),
            outcome=Outcome(row.outcome),
            acceptance=Acceptance(row.acceptance),
            count=count,
        )

    def cells_of(self, case: Case) -> tuple[Cell, ...]:
        """Every column that counts a petition which is alone in its matter."""
        matters = (matter_cells(head, case.acceptance) for head in matter_heads(case))
        return (*petition_cells(case, self.office.field_of), *(cell for cells in matters for cell in cells))

    def shared(self) -> list[Shared]:
        """Petitions whose matter has several; each matter counts once, at its lead where that counts here."""
        if self.connection.execute(_MERGED, self.values).first() is None:
            return []
        found = [
            Shared(row.id, row.matter, self.case_of(row, 1))
            for row in sorted(self.connection.execute(_SHARED, self.values), key=lambda row: int(row.id))
        ]
        leads: dict[tuple[int, str], Shared] = {}
        for each in found:
            for head in matter_heads(each.case):
                first = leads.setdefault((each.matter, head), each)
                if each.id == each.matter and first is not each:
                    leads[each.matter, head] = each
        for (_, head), lead in leads.items():
            lead.leads.extend(matter_cells(head, lead.case.acceptance))
        return found

    def decisions(self, stretch: Values, *, amounts: bool = True) -> Iterator[tuple[int, Decision]]:
        """Those of one stretch of petitions; without `amounts` not what they order, which takes most of the time."""
        rows, told = self._decided(stretch, amounts=amounts)
        for row in rows:
            ordered, before, within = told.get(row.id, _NO_FACTS)
            left = left_of(ordered, before)
            yield (
                row.id,
                self._decision(tuple(row)[1:], Sum(1, Counter(ordered), Counter(left), Counter(within))),
            )

    def decisions_alike(self, stretch: Values) -> Iterator[Decision]:
        """Those of one stretch, added up where they are alike."""
        rows, told = self._decided(stretch, amounts=True)
        sums: defaultdict[tuple[Any, ...], Sum] = defaultdict(Sum)
        for row in rows:
            found = sums[tuple(row)[1:]]
            found.count += 1
            if row.id not in told:
                continue
            ordered, before, within = told[row.id]
            for into, facts in ((found.ordered, ordered), (found.within, within)):
                for fact, amount in facts.items():
                    into[fact] += amount
            for fact, amount in left_of(ordered, before).items() if ordered else ():
                found.left[fact] += amount
        for alike, found in sums.items():
            yield self._decision(alike, found)

    def visits(self) -> Iterator[tuple[int, Visit]]:
        """Appointments, and people who came to the desk and whose petition an officer entered."""
        for row in self.connection.execute(_VISITS, self._visits):
            day: datetime = row.at.astimezone(self.office.zone)
            kept = bool(row.came) or row.formed_on == day.date()
            yield row.id, Visit(unit=self.office.unit_today(row.unit), booked=bool(row.booked), kept=kept)

    def bookings(self) -> tuple[int, int]:
        """Appointments made without a petition, and those at which somebody came. They are in no column: whose
        petition was then entered at the desk is counted there already."""
        numbers = {row.state: row.number for row in self.connection.execute(_BOOKINGS, self.values)}
        return sum(numbers.values()), numbers.get(BookingState.CAME, 0)

    # --- inside

    def _decision(self, key: tuple[Any, ...], total: Sum) -> Decision:
        unit, kind, instance, result, is_new, is_done = key
        return Decision(
            unit=self.office.unit_today(unit),
            kind=Kind(kind),
            instance=instance,
            result=result,
            is_new=bool(is_new),
            is_done=bool(is_done),
            ordered=total.ordered,
            left=total.left,
            within=total.within,
            count=total.count,
        )

    def _decided(self, stretch: Values, *, amounts: bool) -> tuple[list[Any], Mapping[int, Facts]]:
        rows = list(self.connection.execute(_DECISIONS, stretch))
        return rows, self._facts(stretch, {row.id for row in rows}) if amounts and rows else {}

    def _facts(self, stretch: Values, wanted: set[int]) -> Mapping[int, Facts]:
        """What each decision orders, and what was carried out before and within the period."""
        found: dict[int, Facts] = {}
        first, last = self._period.first.isoformat(), self._period.last.isoformat()
        for event_id, petition_id, happened, sealed in self.connection.execute(_TOLD, stretch):
            if petition_id not in wanted:
                continue
            content = read_json(self._vault.open(sealed, table="events", column="content_enc", row=event_id))
            ordered, before, within = found.setdefault(petition_id, ({}, {}, {}))
            if happened != _DONE:
                into = ordered
            elif content["on"] <= last:
                into = within if content["on"] >= first else before
            else:
                continue
            for fact, amount in (content.get("facts") or {}).items():
                if amount:
                    into[fact] = into.get(fact, 0) + amount
        return found
