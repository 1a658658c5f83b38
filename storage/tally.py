"""Counting a whole casebook: what is there before a simulation, and what came of it afterwards."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, bindparam, func, select

from petitions.transition_groups import FINISHED, UNNAMED
from storage.schema import assignments, breaches, contacts, events, officers, petitions

_BY_CHANNEL: Final = select(petitions.c.channel, func.count().label("petitions")).group_by(
    petitions.c.channel
)
_PEOPLE: Final = select(func.count()).select_from(officers)
_CHATS: Final = select(func.count()).select_from(contacts)
_KINDS: Final = (
    select(petitions.c.kind, petitions.c.stage, petitions.c.outcome, petitions.c.instance, func.count())
    .where(petitions.c.agency == bindparam("agency"))
    .group_by(petitions.c.kind, petitions.c.stage, petitions.c.outcome, petitions.c.instance)
)
_ACTIONS: Final = (
    select(events.c.type, func.count()).where(events.c.agency == bindparam("agency")).group_by(events.c.type)
)
_BREACHES: Final = (
    select(breaches.c.level, func.count())
    .where(breaches.c.agency == bindparam("agency"))
    .group_by(breaches.c.level)
)
_ROWS: Final = (
    select(petitions.c.id, petitions.c.code, petitions.c.unit, petitions.c.officer_id, petitions.c.stage)
    .where(petitions.c.agency == bindparam("agency"))
    .order_by(petitions.c.id)
)
_ANSWERING: Final = select(assignments.c.petition_id, assignments.c.unit, assignments.c.officer_id).where(
    assignments.c.agency == bindparam("agency"), assignments.c.until.is_(None)
)
_GONE: Final = select(officers.c.id).where(officers.c.active.is_(False))


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupied:
    """What stands in a database already."""

    petitions: dict[str, int]
    """By the channel they came in."""
    officers: int
    chats: int

    @property
    def empty(self) -> bool:
        return not (self.petitions or self.officers or self.chats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What came of it."""

    kinds: Counter[str]
    stages: Counter[str]
    outcomes: Counter[str]
    """By reason or result code; `none` where nothing came out yet."""
    seconds: int
    """Petitions at second instance."""
    actions: Counter[str]
    """Events by what happened."""
    breaches: Counter[int]
    """By the highest level of the ladder that was told."""


def occupied(connection: Connection) -> Occupied:
    """What is there, of any agency."""
    return Occupied(
        petitions={row.channel: row.petitions for row in connection.execute(_BY_CHANNEL)},
        officers=connection.execute(_PEOPLE).scalar_one(),
        chats=connection.execute(_CHATS).scalar_one(),
    )


def tally(connection: Connection, agency: str) -> Tally:
    """Counts everything of an agency."""
    kinds: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    outcomes: Counter[str] = Counter()
    seconds = 0
    for kind, stage, outcome, instance, count in connection.execute(_KINDS, {"agency": agency}):
        kinds[kind.value] += count
        stages[stage.value] += count
        outcomes[outcome or "none"] += count
        seconds += count if instance > 1 else 0
    return Tally(
        kinds=kinds,
        stages=stages,
        outcomes=outcomes,
        seconds=seconds,
        actions=_counted(connection, _ACTIONS, agency, lambda action: action.value),
        breaches=_counted(connection, _BREACHES, agency, int),
    )


def unanswerable(connection: Connection, agency: str, answers: Callable[[str], bool]) -> list[str]:
    """Codes of petitions for which nobody answers: no unit that `answers`, not exactly one open assignment that
    says the same as the petition, or no officer at work once somebody was named."""
    open_lines: dict[int, list[tuple[str, int | None]]] = {}
    for petition_id, unit, officer_id in connection.execute(_ANSWERING, {"agency": agency}):
        open_lines.setdefault(petition_id, []).append((unit, officer_id))
    gone = {row.id for row in connection.execute(_GONE)}
    found = []
    for row in connection.execute(_ROWS, {"agency": agency}):
        named = (
            row.stage in UNNAMED
            or row.stage in FINISHED
            or (row.officer_id is not None and row.officer_id not in gone)
        )
        one = open_lines.get(row.id, []) == [(row.unit, row.officer_id)]
        if not (named and one and answers(row.unit)):
            found.append(row.code)
    return found


def _counted(connection: Connection, statement: Any, agency: str, name: Callable[[Any], Any]) -> Counter[Any]:
    return Counter({name(key): count for key, count in connection.execute(statement, {"agency": agency})})
