"""What a row of the workflow table is, and the agency's own limits beside it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final, Literal

from petitions.kinds import Action, ActorKind, Kind, Role, Stage

MAX_TRANSFERS: Final = 2
"""Agency rule: how often a petition may change its unit before only the director may send it on."""

NOT_SATISFIED_TIMES: Final = 1
"""Agency rule: how often a citizen may bring one petition before the head of the unit again."""

CITIZEN_REOPENS: Final = 1
"""Agency rule: how often a citizen may take back the withdrawal of feedback or a recommendation."""


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
    """One row: who may do what, when, with what, and where it leads."""

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
    """Of "text", "reason", "officer", "unit", "rating"."""
    unit_scope: Literal["own", "any"] = "own"
    """Whether the officer's unit must be the answerable unit."""
    assigned_only: bool = False
    """Whether only the named officer may, not a colleague of the unit."""
    officer: OfficerEffect = OfficerEffect.KEEP
    after: Action | None = None
    """An action that must have happened before."""
    reason: str
    """Why this row stands in the table."""
