"""What a row of the workflow table is, and the agency's own limits beside it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final, Literal

from petitions.kinds import Action, ActorKind, Kind, Role, Stage

MAX_TRANSFERS: Final = 2
"""Agency rule: a third transfer is for the focal unit to decide, bindingly."""

MAX_REFUSALS: Final = 1
"""Agency rule: one unit may give a transfer back; the second refusal is for the focal unit to decide."""

NOT_SATISFIED_TIMES: Final = 1
"""Agency rule: how often a citizen may bring one petition before the head of the unit again."""

CITIZEN_REOPENS: Final = 1
"""Agency rule: how often a citizen may take back the withdrawal of feedback or a recommendation."""

NEEDS: Final = (
    "unit",
    "destination",
    "linked",
    "code",
    "on",
    "moment",
    "document",
    "gap",
    "law",
    "article",
    "officer",
    "task",
    "due",
    "facts",
    "text",
    "proposal",
    "reason",
    "rating",
)
"""Everything a row can ask for, in the order an officer is asked.

`code`: one of the row's `codes`; `on`: the day of the event; `moment`: day and hour of a meeting; `document`:
number of the written decision; `linked`: another petition's code; `task`, `due`: what is to be done, by when;
`facts`: the numbers of the report forms; `gap`: a marked loophole by its event; `law`, `article`, `proposal`: the
legal text a loophole is in, where in it, what should be changed (the last two may be left open).
"""


UnitScope = Literal["own", "any", "focal"]


@unique
class OfficerEffect(StrEnum):
    """What becomes of the named officer."""

    KEEP = "keep"
    SELF = "self"
    """The actor becomes the named officer."""
    NAMED = "named"
    """The officer given with the action becomes the named one."""
    CLEAR = "clear"
    """Nobody is named until somebody of the unit takes it; the unit stays answerable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """One row: who may do what, when, with what, where it leads, and what it does to the clocks."""

    action: Action
    from_stages: frozenset[Stage]
    """Empty: before the petition exists."""
    to_stage: Stage | None
    """None: the stage stays."""
    actors: frozenset[ActorKind]
    roles: frozenset[Role] = frozenset()
    """Asked of officers only."""
    kinds: frozenset[Kind] | None = None
    """None: all kinds."""
    needs: frozenset[str] = frozenset()
    """Of `NEEDS`."""
    codes: str = ""
    """The list of reason codes (`petitions.reasons`) that `code` comes from."""
    facts: str = ""
    """The group of report facts (`petitions.facts`) that the outcome creates."""
    unit_scope: UnitScope = "own"
    """Whether the officer's unit must be the answerable unit, or the focal unit."""
    assigned_only: bool = False
    """Whether only the named officer may, not a colleague of the unit."""
    officer: OfficerEffect = OfficerEffect.KEEP
    after: Action | None = None
    """An action that must have happened before."""
    starts: tuple[str, ...] = ()
    """Steps (`petitions.clock_steps`) whose clock starts on the day of the event."""
    ends: tuple[str, ...] = ()
    """Steps whose clock is met by this."""
    drops: tuple[str, ...] = ()
    """Steps whose clock falls away by this, unmet."""
    stops: bool = False
    """Every clock of the case ends here, met or not: its ground fell away."""
    pauses: bool = False
    resumes: bool = False
    leading: bool = False
    """Whether it stands only for a petition that others are merged into."""
    while_merged: bool = False
    """Whether it may be done to a petition that is merged into another; all else is done to its lead."""
    reason: str
    """Why this row stands in the table."""


def also(row: Transition, *, roles: frozenset[Role], unit_scope: UnitScope, reason: str) -> Transition:
    """The same row for officers beyond the answerable unit: who else may, whose unit counts, and why."""
    return replace(row, roles=roles, unit_scope=unit_scope, reason=reason)
