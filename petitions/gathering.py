"""Several petitions on one matter: which may be merged into which, and what that does to their clocks.

The lead (đơn chính) is the petition that came first. A merged one keeps its code, its register number and its last
days; its clocks stand still, for the lead's count. No legal limit gets longer by a merge (`lengthened`), and undoing
one puts the clocks back as the history says they were (`restored`). Nothing here changes anything.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from petitions import clocks as ops
from petitions.clocks import Clock, ClockState, Duty, Operation
from petitions.kinds import Action, Kind, Stage
from petitions.transition_groups import ENDED, FINISHED, LIGHT, OPEN

MIRRORED: Final = ("unit", "officer_id", "destination", "outcome")
"""Columns that a merged petition has from its lead, beside the stage."""
KEPT_ASIDE: Final = ("stage", *MIRRORED, "asked_at")
"""Columns that a merge changes, and that undoing it puts back."""
_PAST: Final = ENDED | FINISHED | {Stage.DECIDED, Stage.ENFORCING}
"""Stages of the lead that its members share by name; before them they are just merged."""
_DECIDED: Final = frozenset({ClockState.MET, ClockState.STOPPED})


class Sort(Protocol):
    """What decides whether two petitions are of one sort."""

    @property
    def kind(self) -> Kind: ...
    @property
    def subkind(self) -> str: ...
    @property
    def instance(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Count:
    """How large a matter is."""

    petitions: int
    """Đơn: each counts."""
    people: int
    """Người: each person once, however many petitions; those a petition speaks for are counted as it says."""


@dataclass(frozen=True, slots=True)
class Petitioner:
    """One petition as the count of people sees it."""

    petition_id: int
    contact_id: int | None
    phone: bytes | None
    """The keyed hash of the number."""
    people: int | None


class Joined(Protocol):
    """A petition as part of a matter."""

    @property
    def id(self) -> int: ...
    @property
    def merged_into(self) -> int | None: ...


class Done(Protocol):
    """An event of a history."""

    @property
    def seq(self) -> int: ...
    @property
    def action(self) -> Action: ...
    @property
    def changes(self) -> dict[str, Any]: ...
    @property
    def clocks(self) -> tuple[Operation, ...]: ...


@dataclass(frozen=True, slots=True)
class Before:
    """How a petition stood before an event."""

    row: dict[str, Any]
    """Columns as JSON values."""
    clocks: dict[int, Clock]


def matter_of(petition: Joined) -> int:
    """The id of the matter (vụ việc): that of the lead, or the petition's own where it stands alone."""
    return petition.merged_into or petition.id


def alike(one: Sort, other: Sort) -> bool:
    """Whether two petitions may be handled as one: a complaint never with a denunciation, a first never with a
    second complaint, none under other limits; recommendations and feedback may, which have one limit (Luật Tiếp
    công dân Đ28 k1)."""
    if one.instance != other.instance:
        return False
    if {one.kind, other.kind} <= LIGHT:
        return True
    return one.kind is other.kind and one.subkind == other.subkind


def may_lead(kind: Kind, stage: Stage, outcome: str | None) -> bool:
    """Whether a petition at this stage may still take others in: it is open, or its answer can be told them."""
    if stage in OPEN:
        return stage is not Stage.SUSPENDED
    answered = outcome == Action.ANSWER.value and stage in {Stage.ANSWERED, Stage.CLOSED}
    return kind in LIGHT and answered


def stage_of_member(lead: Stage) -> Stage:
    """Where a merged petition stands while its lead stands there."""
    return lead if lead in _PAST and lead is not Stage.WITHDRAWN else Stage.MERGED


def lengthened(member: Iterable[Clock], lead: Iterable[Clock]) -> Clock | None:
    """The first legal limit of a petition that a merge would lengthen; None where the lead keeps them all.

    The lead keeps a limit when it has done that step, or owes some step by law no later.
    """
    owed = [clock for clock in lead if clock.duty is Duty.OFFICE]
    done = {clock.step for clock in owed if clock.state in _DECIDED}
    due = [clock.due_on for clock in owed if clock.state is ClockState.RUNNING and clock.due_on is not None]
    earliest = min(due, default=None)
    running = [c for c in member if c.duty is Duty.OFFICE and c.state is ClockState.RUNNING and c.due_on]
    for clock in sorted(running, key=lambda clock: (clock.due_on or dt.date.max, clock.id)):
        kept = earliest is not None and clock.due_on is not None and earliest <= clock.due_on
        if clock.step not in done and not kept:
            return clock
    return None


def held(clocks: Iterable[Clock]) -> list[Operation]:
    """What a merge does to the clocks of a petition: those that run stand still, with their days as they are."""
    return [ops.change(c.id, state=ClockState.MERGED) for c in clocks if c.state is ClockState.RUNNING]


def restored(before: Mapping[int, Clock], now: Mapping[int, Clock]) -> list[Operation]:
    """What puts clocks back that stood otherwise before: state and end. A passed date, a breach that was found and
    the levels that were told stay what they are."""
    return [
        ops.change(clock.id, state=clock.state, ended_on=None, suspended_on=clock.suspended_on)
        for clock in before.values()
        if clock.alive and now[clock.id].state is not clock.state
    ]


def before_last(events: Sequence[Done], actions: Collection[Action]) -> Before | None:
    """How a petition stood before the last event of `actions`; None where there was none."""
    found = next((event for event in reversed(events) if event.action in actions), None)
    if found is None:
        return None
    row: dict[str, Any] = {}
    clocks: dict[int, Clock] = {}
    for event in events:
        if event.seq >= found.seq:
            break
        row |= event.changes
        clocks = ops.apply(clocks, event.clocks)
    return Before(row, clocks)


def count(petitioners: Iterable[Petitioner]) -> Count:
    """Petitions and people of a matter. One person is known by the chat or the number; of several petitions of one
    person the one that speaks for most people counts."""
    petitions = list(petitioners)
    group = list(range(len(petitions)))
    first_with: dict[object, int] = {}

    def head(place: int) -> int:
        while group[place] != place:
            group[place] = place = group[group[place]]
        return place

    for place, each in enumerate(petitions):
        for mark in (each.contact_id, each.phone):
            if mark is not None:
                group[head(place)] = head(first_with.setdefault(mark, place))
    people: dict[int, int] = {}
    for place, each in enumerate(petitions):
        people[head(place)] = max(people.get(head(place), 1), each.people or 1)
    return Count(len(petitions), sum(people.values()))
