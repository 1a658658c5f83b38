"""Open work seen from the side of people and units: lists, counts, and whether everybody is answered for."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import and_, bindparam, case, func, or_, select

from petitions.clocks import ALARMED, Clock, ClockState
from petitions.kinds import Stage
from petitions.transition_groups import INTAKE_STAGES, RESTING, UNNAMED
from storage.book import Book, as_record, holds
from storage.clocks import clock_of
from storage.records import PetitionRecord
from storage.schema import assignments, clocks, officers, petitions, tasks

OPEN: Final = tuple(stage for stage in Stage if stage not in RESTING)
"""Stages in which somebody has work left. Named one by one, so that an index serves them."""

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_IS_OPEN: Final = and_(petitions.c.stage.in_(OPEN), petitions.c.merged_into.is_(None))
"""Of a merged petition its lead is the work, also once that is answered."""
_LATE: Final = petitions.c.due_on < bindparam("today")
_SOON: Final = petitions.c.due_on.between(bindparam("today"), bindparam("soon"))
_WAITING: Final = petitions.c.asked_at.is_not(None)
_IN_UNITS: Final = and_(
    petitions.c.agency == bindparam("agency"), petitions.c.unit.in_(bindparam("units", expanding=True))
)


def _count(condition: Any) -> Any:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)


_COUNTS: Final = (
    select(
        petitions.c.unit,
        petitions.c.officer_id,
        func.count().label("open"),
        _count(petitions.c.filed_at >= bindparam("since")).label("new"),
        _count(_SOON).label("soon"),
        _count(_LATE).label("late"),
        _count(_WAITING).label("waiting"),
    )
    .where(_IN_UNITS, _IS_OPEN)
    .group_by(petitions.c.unit, petitions.c.officer_id)
)
_WITH_ACCUSED: Final = (
    select(*_COLUMNS)
    .where(petitions.c.agency == bindparam("agency"), petitions.c.against.is_not(None), _IS_OPEN)
    .order_by(petitions.c.id)
    .limit(bindparam("most"))
)
_LATE_EVERYWHERE: Final = (
    select(*_COLUMNS)
    .where(
        petitions.c.id.in_(
            select(clocks.c.petition_id).where(
                clocks.c.agency == bindparam("agency"),
                holds(clocks.c.state, ClockState.RUNNING),
                clocks.c.due_on < bindparam("today"),
                clocks.c.duty.in_([duty.value for duty in ALARMED]),
            )
        )
    )
    .order_by(petitions.c.due_on.asc().nulls_last(), petitions.c.id)
    .limit(bindparam("most"))
)
_OF_OFFICER: Final = (
    select(petitions.c.id)
    .where(petitions.c.officer_id == bindparam("officer_id"), _IS_OPEN, petitions.c.id > bindparam("after"))
    .order_by(petitions.c.id)
    .limit(bindparam("most"))
)
_OF_UNIT: Final = (
    select(petitions.c.id)
    .where(
        petitions.c.agency == bindparam("agency"),
        petitions.c.unit == bindparam("unit"),
        _IS_OPEN,
        petitions.c.id > bindparam("after"),
    )
    .order_by(petitions.c.id)
    .limit(bindparam("most"))
)
_WITH_TASKS: Final = (
    select(tasks.c.petition_id)
    .where(tasks.c.officer_id == bindparam("officer_id"), tasks.c.done_on.is_(None))
    .distinct()
    .order_by(tasks.c.petition_id)
)
_NEXT_UNIT: Final = select(func.min(petitions.c.unit)).where(
    petitions.c.agency == bindparam("agency"), petitions.c.unit > bindparam("after_unit")
)
_RUNNING: Final = (
    select(clocks)
    .where(
        clocks.c.agency == bindparam("agency"),
        holds(clocks.c.state, ClockState.RUNNING),
        clocks.c.due_on >= bindparam("day"),
        or_(clocks.c.due_on > bindparam("day"), clocks.c.id > bindparam("after")),
    )
    .order_by(clocks.c.due_on, clocks.c.id)
    .limit(bindparam("most"))
)
_UNANSWERABLE: Final = (
    select(
        petitions.c.id,
        petitions.c.code,
        petitions.c.unit.in_(bindparam("units", expanding=True)).label("known"),
        and_(
            assignments.c.id.is_not(None),
            assignments.c.unit == petitions.c.unit,
            func.coalesce(assignments.c.officer_id, 0) == func.coalesce(petitions.c.officer_id, 0),
            func.coalesce(assignments.c.destination, "") == func.coalesce(petitions.c.destination, ""),
        ).label("on_record"),
        or_(petitions.c.stage.in_(list(UNNAMED)), petitions.c.officer_id.is_not(None)).label("named"),
        func.coalesce(officers.c.active, petitions.c.officer_id.is_(None)).label("here"),
    )
    .outerjoin(assignments, and_(assignments.c.petition_id == petitions.c.id, assignments.c.until.is_(None)))
    .outerjoin(officers, officers.c.id == petitions.c.officer_id)
    .where(petitions.c.agency == bindparam("agency"), _IS_OPEN)
    .order_by(petitions.c.id)
)


@unique
class Which(StrEnum):
    """Which of the open cases a list holds."""

    ALL = "all"
    LATE = "late"
    SOON = "soon"
    """Due from today up to a day."""
    WAITING = "waiting"
    """The citizen was asked and has not answered; no legal clock waits with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCount:
    """Open cases of a unit under one name."""

    unit: str
    officer_id: int | None
    open: int
    new: int
    soon: int
    late: int
    waiting: int


@unique
class Gap(StrEnum):
    """How a case lacks somebody who answers for it."""

    UNIT = "unit"
    """Its unit is none of those that answer today."""
    RECORD = "record"
    """The open line of its assignments is missing, or says something else than the case."""
    NAME = "name"
    """It was taken and nobody is named."""
    LEFT = "left"
    """The named officer does not work here any more."""


_WITHOUT_CLOCKS: Final = (
    select(petitions.c.id)
    .where(
        petitions.c.agency == bindparam("agency"),
        petitions.c.stage.in_(sorted(INTAKE_STAGES)),
        ~select(clocks.c.id).where(clocks.c.petition_id == petitions.c.id).exists(),
    )
    .order_by(petitions.c.id)
    .limit(bindparam("most"))
)


class Work(Book):
    """Reading what is open; everything here is answered by an index."""

    def work_list(
        self,
        which: Which,
        *,
        units: Sequence[str] = (),
        officer_id: int | None = None,
        today: date,
        soon: date,
        limit: int,
    ) -> list[PetitionRecord]:
        """Open cases of an officer, or else of units; the soonest date first."""
        of = petitions.c.officer_id == officer_id if officer_id is not None else _IN_UNITS
        statement = select(*_COLUMNS).where(of, _IS_OPEN)
        match which:
            case Which.LATE:
                statement = statement.where(_LATE)
            case Which.SOON:
                statement = statement.where(_SOON)
            case Which.WAITING:
                statement = statement.where(_WAITING)
            case Which.ALL:
                pass
        statement = statement.order_by(petitions.c.due_on.asc().nulls_last(), petitions.c.id).limit(limit)
        values = {"agency": self.agency, "units": list(units), "today": today, "soon": soon}
        return [as_record(PetitionRecord, row) for row in self.connection.execute(statement, values)]

    def late_everywhere(self, *, today: date, limit: int) -> list[PetitionRecord]:
        """Cases of the whole office in which a limit has passed, the oldest first."""
        values = {"agency": self.agency, "today": today, "most": limit}
        return [as_record(PetitionRecord, row) for row in self.connection.execute(_LATE_EVERYWHERE, values)]

    def work_counts(
        self, units: Sequence[str], *, today: date, soon: date, since: datetime
    ) -> list[WorkCount]:
        """How much is open in these units, by unit and officer; new is what was filed from `since` on."""
        values = {"agency": self.agency, "units": list(units), "today": today, "soon": soon, "since": since}
        return [as_record(WorkCount, row) for row in self.connection.execute(_COUNTS, values)]

    def open_of_officer(self, officer_id: int, *, after: int = 0, most: int = 10_000) -> list[int]:
        """Ids of the open cases that name an officer."""
        values = {"officer_id": officer_id, "after": after, "most": most}
        return list(self.connection.execute(_OF_OFFICER, values).scalars())

    def open_of_unit(self, unit: str, *, after: int = 0, most: int = 10_000) -> list[int]:
        """Ids of the open cases of a unit."""
        values = {"agency": self.agency, "unit": unit, "after": after, "most": most}
        return list(self.connection.execute(_OF_UNIT, values).scalars())

    def open_with_accused(self, *, most: int = 10_000) -> list[PetitionRecord]:
        """Open cases with somebody on the other side who is on record."""
        rows = self.connection.execute(_WITH_ACCUSED, {"agency": self.agency, "most": most})
        return [as_record(PetitionRecord, row) for row in rows]

    def with_tasks_of(self, officer_id: int) -> list[int]:
        """Ids of the cases in which an officer has a task to carry out."""
        return list(self.connection.execute(_WITH_TASKS, {"officer_id": officer_id}).scalars())

    def units_in_use(self) -> list[str]:
        """Every unit that ever answered for a case as it stands now; one step in the index for each."""
        found: list[str] = []
        unit: str | None = ""
        while True:
            values = {"agency": self.agency, "after_unit": unit}
            unit = self.connection.execute(_NEXT_UNIT, values).scalar()
            if unit is None:
                return found
            found.append(unit)

    def running_page(self, *, day: date, after: int, most: int) -> list[tuple[int, Clock]]:
        """Petition and clock of what runs, by due day and id, beyond the clock `after` of `day`."""
        values = {"agency": self.agency, "day": day, "after": after, "most": most}
        return [(row.petition_id, clock_of(row)) for row in self.connection.execute(_RUNNING, values)]

    def without_clocks(self, *, most: int) -> list[int]:
        """Open cases that have no clock at all: filed before there were any."""
        values = {"agency": self.agency, "most": most}
        return [row.id for row in self.connection.execute(_WITHOUT_CLOCKS, values)]

    def unanswerable(self, units: Collection[str]) -> list[tuple[str, Gap]]:
        """Open cases nobody answers for, by code and how; `units` are those that answer today. Reads every open
        case, so it is for checks, not for daily work."""
        gaps: list[tuple[str, Gap]] = []
        values = {"agency": self.agency, "units": list(units)}
        for row in self.connection.execute(_UNANSWERABLE, values):
            lacking = {
                Gap.UNIT: row.known,
                Gap.RECORD: row.on_record,
                Gap.NAME: row.named,
                Gap.LEFT: row.here,
            }
            gaps += [(row.code, gap) for gap, sound in lacking.items() if not sound]
        return gaps
