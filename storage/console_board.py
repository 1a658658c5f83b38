"""The console's lists of petitions: what somebody may see, narrowed by choice, a page at a time by key.

Rights are part of the query, so that neither a page nor a count ever holds what its reader may not know; they say in
SQL what `petitions.workflow.may_see` says of one petition, and a test compares the two over everything there is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, and_, func, literal_column, not_, or_, select, true

from petitions.kinds import Kind, Stage
from petitions.transition_groups import FINISHED
from petitions.transitions import SEALED_KINDS
from storage.book import Book, as_record
from storage.ids import first_id_of
from storage.records import PetitionRecord
from storage.registers import VIETNAM
from storage.schema import petitions
from storage.work import OPEN

_COLUMNS: Final = tuple(petitions.c[name] for name in PetitionRecord.__dataclass_fields__)
_FINISHED: Final[tuple[ColumnElement[str], ...]] = tuple(
    literal_column(f"'{stage.value}'") for stage in sorted(FINISHED)
)
_OPEN_BY_INDEX: Final = petitions.c.stage.not_in(_FINISHED)
"""As the partial indexes have it, word for word: a planner sees no more than that."""
_DONE: Final = petitions.c.stage.in_(_FINISHED)
_OPEN: Final = petitions.c.stage.in_(OPEN)
SEALED: Final = or_(petitions.c.confidential.is_(True), petitions.c.kind.in_(sorted(SEALED_KINDS)))
"""What only its circle may know of."""
_due: Final = petitions.c.due_on


@unique
class View(StrEnum):
    """Whose petitions a list holds."""

    MINE = "mine"
    UNIT = "unit"
    ALL = "all"


@unique
class Colour(StrEnum):
    """How a petition stands to the limit that governs it now."""

    LATE = "late"
    SOON = "soon"
    FINE = "fine"
    NONE = "none"
    """No limit runs."""


@unique
class Age(StrEnum):
    """For how many days a petition has been here."""

    WEEK = "7"
    """Up to seven days; the others go on from there."""
    MONTH = "30"
    TWO_MONTHS = "60"
    THREE_MONTHS = "90"
    OLDER = "older"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who looks, as far as rights go. `units`: the codes that mean this person's unit today."""

    officer_id: int
    units: tuple[str, ...]
    sealed_of_unit: bool
    """May know the sealed cases of the own unit without being named in them."""
    everywhere: bool
    """May know the open cases of every unit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """What of it is wanted. Empty: not chosen."""

    view: View = View.MINE
    stage: Stage | None = None
    done: bool = False
    """Closed and withdrawn petitions instead of open ones."""
    kind: Kind | None = None
    topic: str = ""
    units: tuple[str, ...] = ()
    officer_id: int | None = None
    """0: nobody has it."""
    colour: Colour | None = None
    age: Age | None = None


class Key(NamedTuple):
    """Behind which petition the next page begins."""

    due_on: date | None
    id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Open petitions of a list by how they stand to their limit."""

    late: int
    soon: int
    fine: int
    none: int

    @property
    def all(self) -> int:
        return self.late + self.soon + self.fine + self.none


class ConsoleBoard(Book):
    """Reading for the console's lists."""

    def board(
        self, reader: Reader, choice: Choice, *, today: date, soon: date, after: Key | None, most: int
    ) -> list[PetitionRecord]:
        """Open petitions, the soonest limit first and those without one last; finished ones newest first."""
        where = and_(self._board_of(choice), known(reader, choice), *_chosen(choice, today))
        if choice.done:
            below = petitions.c.id < after.id if after is not None else true()
            # found in their own index alone: the newest petitions are open, and nobody walks past all of them
            newest = select(petitions.c.id).where(where, _DONE, below).order_by(petitions.c.id.desc())
            statement = select(*_COLUMNS).where(petitions.c.id.in_(newest.limit(most)))
            return self._records(statement.order_by(petitions.c.id.desc()), most)
        where = and_(where, is_open(choice))
        found: list[PetitionRecord] = []
        if choice.colour is not Colour.NONE and (after is None or after.due_on is not None):
            statement = select(*_COLUMNS).where(where, _due.is_not(None), _in_colour(choice, today, soon))
            if after is not None and after.due_on is not None:
                beyond = or_(_due > after.due_on, petitions.c.id > after.id)
                statement = statement.where(_due >= after.due_on, beyond)
            found = self._records(statement.order_by(_due, petitions.c.id), most)
        if len(found) < most and choice.colour in (None, Colour.NONE):
            behind = after.id if after is not None and after.due_on is None else 0
            statement = select(*_COLUMNS).where(where, _due.is_(None), petitions.c.id > behind)
            found += self._records(statement.order_by(petitions.c.id), most - len(found))
        return found

    def board_counts(self, reader: Reader, choice: Choice, *, today: date, soon: date) -> Counts:
        """How many open petitions the list has in each colour, whichever colour is chosen."""

        def number(condition: ColumnElement[bool]) -> Any:
            return func.count().filter(condition)

        statement = select(
            number(_due < today).label("late"),
            number(_due.between(today, soon)).label("soon"),
            number(_due > soon).label("fine"),
            number(_due.is_(None)).label("none"),
        ).where(self._board_of(choice), known(reader, choice), *_chosen(choice, today), is_open(choice))
        return as_record(Counts, self.connection.execute(statement).one())

    def _board_of(self, choice: Choice) -> ColumnElement[bool]:
        """This office's; an officer is of one office only, and a planner that is told more reads more."""
        return true() if choice.view is View.MINE else petitions.c.agency == self.agency

    def _records(self, statement: Any, most: int) -> list[PetitionRecord]:
        return [as_record(PetitionRecord, row) for row in self.connection.execute(statement.limit(most))]


def known(reader: Reader, choice: Choice) -> ColumnElement[bool]:
    """What the reader may see of a view; a sealed case stays hidden from the officer it is against."""
    against = petitions.c.accused_id
    hidden_from_others = or_(against.is_(None), against != reader.officer_id, not_(SEALED))
    return and_(_seen(reader, choice), hidden_from_others)


def _seen(reader: Reader, choice: Choice) -> ColumnElement[bool]:
    """What this reader may know of the petitions of a view."""
    named = petitions.c.officer_id == reader.officer_id
    if choice.view is View.MINE:
        return named
    in_unit = petitions.c.unit.in_(reader.units)
    open_ones = not_(SEALED)
    if choice.view is View.UNIT:
        return in_unit if reader.sealed_of_unit else and_(in_unit, or_(open_ones, named))
    rights = [named, open_ones if reader.everywhere else and_(open_ones, in_unit)]
    if reader.sealed_of_unit:
        rights.append(in_unit)
    return or_(*rights)


def _chosen(choice: Choice, today: date) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = []
    if choice.stage is not None:
        wanted.append(petitions.c.stage == choice.stage)
    if choice.kind is not None:
        wanted.append(petitions.c.kind == choice.kind)
    if choice.topic:
        wanted.append(petitions.c.topic == choice.topic)
    if choice.units:
        wanted.append(petitions.c.unit.in_(choice.units))
    if choice.officer_id == 0:
        wanted.append(petitions.c.officer_id.is_(None))
    elif choice.officer_id is not None:
        wanted.append(petitions.c.officer_id == choice.officer_id)
    if choice.age is not None:
        wanted.append(in_age(choice.age, today))
    return wanted


def in_age(age: Age, today: date) -> ColumnElement[bool]:
    """Filed so many days ago, told by the id, which is made at filing and stands in the index."""
    steps = list(Age)
    place = steps.index(age)

    def first(days: int) -> int:
        return first_id_of(datetime.combine(today - timedelta(days=days), time.min, VIETNAM))

    conditions = []
    if age is not Age.OLDER:
        conditions.append(petitions.c.id >= first(int(age)))
    if place > 0:
        conditions.append(petitions.c.id < first(int(steps[place - 1])))
    return and_(*conditions)


def is_open(choice: Choice) -> ColumnElement[bool]:
    """Open, in the words of the index that serves the view. What was merged into another rests: it is shown where it
    is asked for."""
    if choice.view is View.ALL:
        rests = petitions.c.stage == Stage.MERGED
        return and_(_OPEN_BY_INDEX, true() if choice.stage is Stage.MERGED else not_(rests))
    return petitions.c.stage == Stage.MERGED if choice.stage is Stage.MERGED else _OPEN


def _in_colour(choice: Choice, today: date, soon: date) -> ColumnElement[bool]:
    match choice.colour:
        case Colour.LATE:
            return _due < today
        case Colour.SOON:
            return _due.between(today, soon)
        case Colour.FINE:
            return _due > soon
        case _:
            return true()
