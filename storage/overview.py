"""Reading for the overview: figures by week, what is open, places, decisions to be carried out, dates that passed.

Rights are part of every query, as in `console_board`: neither a figure nor a list holds what its reader may not know.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, not_, or_, select, true

from storage.book import Book, as_record, holds
from storage.console_board import SEALED, Age, Choice, Reader, in_age, is_open, known
from storage.hotspots_tables import sightings
from storage.overview_counts import ALL
from storage.overview_tables import MEASURES, overview_counts
from storage.records import PetitionRecord
from storage.schema import breaches, clocks, petitions, tasks

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_OF_PLACES: Final = holds(sightings.c.kind, "place")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What happened in some weeks."""

    received: int = 0
    settled: int = 0
    in_time: int = 0
    late: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPart:
    """Open petitions of one unit, officer and topic, by how they stand to their limit and by age."""

    unit: str
    officer_id: int | None
    topic: str | None
    open: int
    late: int
    soon: int
    ages: tuple[int, ...]
    """In the order of `Age`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceCount:
    """Petitions about one place, by its keyed hash; `newest` is the last of them."""

    place_hash: int
    number: int
    newest: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ordered:
    """A task that a decision in force orders and that is not done."""

    id: int
    petition_id: int
    unit: str
    officer_id: int | None
    what: str
    due_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Passed:
    """A date that passed, for ever: of which limit, who answered then, when the duty was done after all."""

    id: int
    petition_id: int
    rule: str
    version: date
    conditions: str
    """Which version of the rule the case keeps, as in `petitions.clocks.Clock`."""
    unit: str
    officer_id: int | None
    due_on: date
    ended_on: date | None


class Mark(NamedTuple):
    """Behind which line the next page of a list begins."""

    day: date
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrow:
    """Which of the dates that passed are wanted. Empty: not chosen."""

    units: tuple[str, ...] = ()
    officer_id: int | None = None
    rule: str = ""
    first: date | None = None
    last: date | None = None
    open_only: bool = False


class Overview(Book):
    """Reading. `units` narrows further than the rights do; empty: everything the reader may know."""

    def flow_by(
        self, reader: Reader, what: str, *, about: str = ALL, first: int, last: int, units: Sequence[str] = ()
    ) -> dict[Any, Flow]:
        """What happened from the week `first` to the week `last`, by `week`, `unit` or `value` of the counts."""
        column = overview_counts.c[what]
        sums = [func.sum(overview_counts.c[name]).label(name) for name in MEASURES]
        rows = self.connection.execute(
            select(column.label("by"), *sums)
            .where(
                overview_counts.c.agency == self.agency,
                overview_counts.c.about == about,
                overview_counts.c.week.between(first, last),
                _counted_for(reader, units),
            )
            .group_by(column)
        )
        return {row.by: Flow(**{name: int(getattr(row, name)) for name in MEASURES}) for row in rows}

    def open_parts(self, reader: Reader, choice: Choice, *, today: date, soon: date) -> list[OpenPart]:
        """What is open now, as the board counts it."""
        due = petitions.c.due_on
        younger = [age for age in Age if age is not Age.OLDER]
        ages = [
            func.count().filter(in_age(age, today)).label(f"age_{place}") for place, age in enumerate(younger)
        ]
        rows = self.connection.execute(
            select(
                petitions.c.unit,
                petitions.c.officer_id,
                petitions.c.topic,
                func.count().label("open"),
                func.count().filter(due < today).label("late"),
                func.count().filter(due.between(today, soon)).label("soon"),
                *ages,
            )
            .where(
                petitions.c.agency == self.agency,
                known(reader, choice),
                petitions.c.unit.in_(choice.units) if choice.units else true(),
                is_open(choice),
            )
            .group_by(petitions.c.unit, petitions.c.officer_id, petitions.c.topic)
        )
        parts = []
        for row in rows:
            young = [getattr(row, f"age_{place}") for place in range(len(younger))]
            parts.append(
                OpenPart(
                    unit=row.unit,
                    officer_id=row.officer_id,
                    topic=row.topic,
                    open=row.open,
                    late=row.late,
                    soon=row.soon,
                    ages=(*young, row.open - sum(young)),
                )
            )
        return parts

    def busy_places(self, units: Sequence[str], *, first: int, last: int, most: int) -> list[PlaceCount]:
        """Places with the most petitions filed on these days (`date.toordinal`); no sealed one is among them.
        `units`: of these alone; empty: of all."""
        statement = select(
            sightings.c.hash.label("place_hash"),
            func.count().label("number"),
            func.max(sightings.c.petition_id).label("newest"),
        ).where(sightings.c.agency == self.agency, sightings.c.day.between(first, last), _OF_PLACES)
        if units:
            statement = statement.where(sightings.c.unit.in_(units))
        order = (func.count().desc(), func.max(sightings.c.petition_id).desc())
        rows = self.connection.execute(statement.group_by(sightings.c.hash).order_by(*order).limit(most))
        return [as_record(PlaceCount, row) for row in rows]

    def open_tasks(
        self, reader: Reader, choice: Choice, *, after: Mark | None, most: int
    ) -> list[tuple[Ordered, PetitionRecord]]:
        """Tasks not done, the soonest first, each with its petition."""
        statement = self._tasks(
            reader, choice, tasks.c.what_enc, tasks.c.id.label("task_id"), *_TASK, *_COLUMNS
        )
        if after is not None:
            beyond = or_(tasks.c.due_on > after.day, tasks.c.id > after.id)
            statement = statement.where(tasks.c.due_on >= after.day, beyond)
        rows = self.connection.execute(statement.order_by(tasks.c.due_on, tasks.c.id).limit(most))
        return [
            (
                Ordered(
                    id=row.task_id,
                    petition_id=row.id,
                    unit=row.task_unit,
                    officer_id=row.task_officer,
                    what=self.vault.open_text(
                        row.what_enc, table="tasks", column="what_enc", row=row.task_id
                    ),
                    due_on=row.task_due,
                ),
                _record(row),
            )
            for row in rows
        ]

    def open_task_counts(self, reader: Reader, choice: Choice, today: date) -> tuple[int, int]:
        """How many tasks are not done, and how many of them are late."""
        late = func.count().filter(tasks.c.due_on < today)
        row = self.connection.execute(self._tasks(reader, choice, func.count(), late)).one()
        return int(row[0]), int(row[1])

    def passed_dates(
        self, reader: Reader, wanted: Narrow, *, after: Mark | None, most: int
    ) -> list[tuple[Passed, PetitionRecord]]:
        """Dates that passed, the newest first, each with its petition. They are those that the figures count: of the
        unit that answered when the date passed; of a sealed case, of the unit that has it."""
        statement = (
            select(
                breaches.c.id.label("breach_id"),
                breaches.c.rule,
                breaches.c.unit.label("breach_unit"),
                breaches.c.officer_id.label("breach_officer"),
                breaches.c.due_on.label("breach_due"),
                breaches.c.ended_on,
                clocks.c.version.label("rule_version"),
                clocks.c.conditions,
                *_COLUMNS,
            )
            .join(petitions, petitions.c.id == breaches.c.petition_id)
            .join(clocks, clocks.c.id == breaches.c.clock_id)
            .where(breaches.c.agency == self.agency, *_wanted(wanted), _passed_for(reader, wanted.units))
        )
        if after is not None:
            before = or_(breaches.c.due_on < after.day, breaches.c.id < after.id)
            statement = statement.where(breaches.c.due_on <= after.day, before)
        rows = self.connection.execute(
            statement.order_by(breaches.c.due_on.desc(), breaches.c.id.desc()).limit(most)
        )
        return [
            (
                Passed(
                    id=row.breach_id,
                    petition_id=row.id,
                    rule=row.rule,
                    version=row.rule_version,
                    conditions=row.conditions,
                    unit=row.breach_unit,
                    officer_id=row.breach_officer,
                    due_on=row.breach_due,
                    ended_on=row.ended_on,
                ),
                _record(row),
            )
            for row in rows
        ]

    def _tasks(self, reader: Reader, choice: Choice, *columns: Any) -> Any:
        return (
            select(*columns)
            .select_from(tasks.join(petitions, petitions.c.id == tasks.c.petition_id))
            .where(
                tasks.c.agency == self.agency,
                tasks.c.done_on.is_(None),
                known(reader, choice),
                petitions.c.unit.in_(choice.units) if choice.units else true(),
            )
        )


_TASK: Final = (
    tasks.c.unit.label("task_unit"),
    tasks.c.officer_id.label("task_officer"),
    tasks.c.due_on.label("task_due"),
)


def _record(row: Any) -> PetitionRecord:
    return PetitionRecord(**{name: getattr(row, name) for name in PetitionRecord.__dataclass_fields__})


def _counted_for(reader: Reader, units: Sequence[str]) -> ColumnElement[bool]:
    """The counts that a reader may know: open cases of the office or of the own unit, sealed ones of the own unit."""
    counts = overview_counts.c
    rights = [
        not_(counts.sealed) if reader.everywhere else and_(not_(counts.sealed), _own(counts.unit, reader))
    ]
    if reader.sealed_of_unit:
        rights.append(and_(counts.sealed, _own(counts.unit, reader), counts.hidden_from != reader.officer_id))
    return and_(or_(*rights), counts.unit.in_(units) if units else true())


def _passed_for(reader: Reader, units: Sequence[str]) -> ColumnElement[bool]:
    """The same of dates that passed."""
    answered, has_it = breaches.c.unit, petitions.c.unit
    seen = not_(SEALED) if reader.everywhere else and_(not_(SEALED), _own(answered, reader))
    against = petitions.c.accused_id
    hidden = and_(
        SEALED,
        _own(has_it, reader) if reader.sealed_of_unit else false(),
        or_(against.is_(None), against != reader.officer_id),
    )
    if units:
        seen, hidden = and_(seen, answered.in_(units)), and_(hidden, has_it.in_(units))
    return or_(seen, hidden)


def _own(column: ColumnElement[Any], reader: Reader) -> ColumnElement[bool]:
    return column.in_(reader.units)


def _wanted(wanted: Narrow) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.first is not None:
        found.append(breaches.c.due_on >= wanted.first)
    if wanted.last is not None:
        found.append(breaches.c.due_on <= wanted.last)
    if wanted.officer_id is not None:
        found.append(breaches.c.officer_id == wanted.officer_id)
    if wanted.rule:
        found.append(breaches.c.rule == wanted.rule)
    if wanted.open_only:
        found.append(breaches.c.ended_on.is_(None))
    return found
