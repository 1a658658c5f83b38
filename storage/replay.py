"""Playing a history again: from the events alone the same petitions, clocks, tasks and breaches must come out.

Where `verify` proves that nobody rewrote the history, this proves that the rows beside it say nothing that the
history does not.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, bindparam, select

from petitions import clocks as ops
from petitions.clocks import Clock
from petitions.kinds import Action
from storage.clocks import clock_of
from storage.events import CHANGES, CLOCKS, FINGERPRINT
from storage.keys import Vault, to_json
from storage.records import PetitionChanges
from storage.schema import breaches, clocks, events, links, petitions, tasks

_PAGE: Final = 200
_COLUMNS: Final = (
    "code",
    "register_book",
    "register_year",
    "register_no",
    *PetitionChanges.__annotations__,
)
"""What an event can make of a petition's row."""
_BEGINS: Final[dict[str, Any]] = {
    "transfers": 0,
    "refusals": 0,
    "reopened": 0,
    "extensions": 0,
    "gaps": 0,
    "members": 0,
    "bound": False,
    "complex": False,
    "rating": None,
    "outcome": None,
} | dict.fromkeys(
    (
        "officer_id",
        "merged_into",
        "left_at",
        "mass_at",
        "represents_at",
        "not_satisfied_at",
        "withdraw_wish_at",
        "formed_on",
        "accepted_on",
        "decided_on",
        "effective_on",
        "asked_at",
        "dialogue_at",
        "dialogue_held_at",
        "form_given_at",
        "visit_at",
        "gone_up_at",
        "against",
        "accused_id",
    )
)
"""What every petition begins with, whatever its first event says."""

_PETITIONS: Final = (
    select(petitions.c.id, petitions.c.events_count, *(petitions.c[name] for name in _COLUMNS))
    .where(petitions.c.agency == bindparam("agency"), petitions.c.id > bindparam("after"))
    .order_by(petitions.c.id)
    .limit(_PAGE)
)


def _of_page(table: Table, *order: Any) -> Any:
    return (
        select(table)
        .where(
            table.c.agency == bindparam("agency"),
            table.c.petition_id >= bindparam("first"),
            table.c.petition_id <= bindparam("last"),
        )
        .order_by(table.c.petition_id, *order)
    )


_EVENTS: Final = _of_page(events, events.c.seq)
_CLOCKS: Final = _of_page(clocks, clocks.c.id)
_TASKS: Final = _of_page(tasks, tasks.c.id)
_BREACHES: Final = _of_page(breaches, breaches.c.id)
_LINKS: Final = _of_page(links, links.c.other_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A row that says something else than the history: `where` is `petition`, `clock`, `task`, `breach` or
    `link`."""

    code: str
    where: str
    field: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What came out."""

    petitions: int
    events: int
    digest: str
    """SHA-256 over code, sequence, action, actor, time and content of every event: equal histories have equal
    ones, whatever keys they are sealed with."""
    differences: tuple[Difference, ...]


def replay(connection: Connection, vault: Vault, agency: str) -> Replayed:
    """Plays every petition's history of an agency again, some hundred at a time. Raises `keys.CannotOpen`."""
    after = counted = happened = 0
    found: list[Difference] = []
    digest = hashlib.sha256()
    while page := connection.execute(_PETITIONS, {"agency": agency, "after": after}).all():
        values = {"agency": agency, "first": page[0].id, "last": page[-1].id}
        histories, running, ordered, passed, linked = (
            _by_petition(connection, statement, values)
            for statement in (_EVENTS, _CLOCKS, _TASKS, _BREACHES, _LINKS)
        )
        for petition in page:
            history = [(row, _content(row, vault)) for row in histories[petition.id]]
            for row, content in history:
                digest.update(_told(petition.code, row, content))
            found += _differences(
                petition,
                [content for _, content in history],
                (running[petition.id], ordered[petition.id], passed[petition.id]),
                vault,
            )
            if _linked(history) != {row.other_id for row in linked[petition.id]}:
                found.append(Difference(code=petition.code, where="link", field="other_id"))
            happened += len(history)
        counted += len(page)
        after = page[-1].id
    return Replayed(petitions=counted, events=happened, digest=digest.hexdigest(), differences=tuple(found))


def _by_petition(connection: Connection, statement: Any, values: dict[str, Any]) -> Any:
    found: defaultdict[int, list[Row[Any]]] = defaultdict(list)
    for petition_id, rows in groupby(connection.execute(statement, values), key=lambda row: row.petition_id):
        found[petition_id] = list(rows)
    return found


def _content(row: Row[Any], vault: Vault) -> dict[str, Any]:
    opened: dict[str, Any] = vault.open_json(
        row.content_enc, table="events", column="content_enc", row=row.id
    )
    opened.pop(FINGERPRINT, None)
    return opened


def _told(code: str, row: Row[Any], content: dict[str, Any]) -> bytes:
    """One event as the digest reads it."""
    plain = dict(sorted(content.items()))
    return to_json([code, row.seq, row.type, row.actor_kind, row.officer_id, row.at.isoformat(), plain])


def _differences(
    petition: Row[Any],
    contents: Sequence[dict[str, Any]],
    rows: tuple[list[Row[Any]], list[Row[Any]], list[Row[Any]]],
    vault: Vault,
) -> Iterator[Difference]:
    code = petition.code
    expected = dict(_BEGINS)
    operations: list[ops.Operation] = []
    for content in contents:
        expected |= content.get(CHANGES, {})
        operations += content.get(CLOCKS, ())
    if petition.events_count != len(contents):
        yield Difference(code=code, where="petition", field="events_count")
    for name, value in expected.items():
        if _as_kept(getattr(petition, name), value) != value:
            yield Difference(code=code, where="petition", field=name)
    running, ordered, passed = rows
    made = ops.apply({}, operations)
    yield from _clocks(code, made, {row.id: clock_of(row) for row in running})
    yield from _tasks(code, _ordered(operations), {row.id: _task(row, vault) for row in ordered})
    yield from _breaches(code, made, {row.clock_id: row for row in passed})


def _linked(history: Sequence[tuple[Row[Any], dict[str, Any]]]) -> set[int]:
    """The petitions that the history leaves this one linked to."""
    others: set[int] = set()
    for row, content in history:
        if row.type is Action.LINK:
            others.add(content["linked"])
        elif row.type is Action.UNLINK:
            others.discard(content["linked"])
    return others


def _as_kept(value: Any, like: Any) -> Any:
    """A column's value in the shape in which the event kept its own."""
    if isinstance(value, datetime) and isinstance(like, str):
        return like if value == datetime.fromisoformat(like) else value.isoformat()
    return value.isoformat() if isinstance(value, date) else value


def _clocks(code: str, made: dict[int, Clock], kept: dict[int, Clock]) -> Iterator[Difference]:
    for clock_id in sorted({*made, *kept}):
        one, other = made.get(clock_id), kept.get(clock_id)
        if one is None or other is None:
            yield Difference(code=code, where="clock", field="id")
            continue
        for name in Clock.__dataclass_fields__:
            if getattr(one, name) != getattr(other, name):
                yield Difference(code=code, where="clock", field=name)


def _ordered(operations: Sequence[ops.Operation]) -> dict[int, dict[str, Any]]:
    """The tasks that the operations order, do and move."""
    made: dict[int, dict[str, Any]] = {}
    for operation in operations:
        match operation["op"]:
            case "task":
                made[operation["id"]] = {
                    "unit": operation["unit"],
                    "officer_id": operation["officer_id"],
                    "what": operation["what"],
                    "due_on": operation["due"],
                    "done_on": None,
                }
            case "task_done":
                made[operation["id"]]["done_on"] = operation["on"]
            case "task_moved":
                made[operation["id"]] |= {"unit": operation["unit"], "officer_id": operation["officer_id"]}
            case _:
                continue
    return made


def _task(row: Row[Any], vault: Vault) -> dict[str, Any]:
    return {
        "unit": row.unit,
        "officer_id": row.officer_id,
        "what": vault.open_text(row.what_enc, table="tasks", column="what_enc", row=row.id),
        "due_on": row.due_on.isoformat(),
        "done_on": row.done_on.isoformat() if row.done_on is not None else None,
    }


def _tasks(
    code: str, made: dict[int, dict[str, Any]], kept: dict[int, dict[str, Any]]
) -> Iterator[Difference]:
    for task_id in sorted({*made, *kept}):
        one, other = made.get(task_id, {}), kept.get(task_id, {})
        for name in ("unit", "officer_id", "what", "due_on", "done_on"):
            if one.get(name) != other.get(name) or not one or not other:
                yield Difference(code=code, where="task", field=name)


def _breaches(code: str, made: dict[int, Clock], kept: dict[int, Row[Any]]) -> Iterator[Difference]:
    """A clock that was breached has its record, with the highest level told and the day its duty ended."""
    for clock_id in sorted({*(c.id for c in made.values() if c.breached_at is not None), *kept}):
        clock, row = made.get(clock_id), kept.get(clock_id)
        if clock is None or row is None or clock.breached_at is None:
            yield Difference(code=code, where="breach", field="id")
            continue
        if row.level != clock.level:
            yield Difference(code=code, where="breach", field="level")
        if row.found_at != clock.breached_at:
            yield Difference(code=code, where="breach", field="found_at")
