"""What may be done to a petition: asking the one table of transitions (`petitions.transitions`).

`allowed` answers for one press, `actions_for` lists what a card may offer, `may_see` says who may know of a
case at all, and the `check_*` functions hold the limits that need the history. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final

from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from petitions.transition_rows import (
    CITIZEN_REOPENS,
    MAX_TRANSFERS,
    NOT_SATISFIED_TIMES,
    OfficerEffect,
    Transition,
)
from petitions.transitions import SEALED_KINDS, SEALED_ROLES, TABLE

__all__ = [
    "CARD_ORDER",
    "CITIZEN_REOPENS",
    "MAX_TRANSFERS",
    "NOT_SATISFIED_TIMES",
    "TABLE",
    "OfficerEffect",
    "RefusalCode",
    "Refused",
    "Transition",
    "actions_for",
    "allowed",
    "check_history",
    "check_needs",
    "may_see",
]

CARD_ORDER: Final = (
    Action.TAKE,
    Action.ASSIGN,
    Action.START,
    Action.ASK_CITIZEN,
    Action.MESSAGE_CITIZEN,
    Action.ANSWER,
    Action.CLOSE,
    Action.REOPEN,
    Action.TRANSFER,
    Action.CORRECT,
    Action.WITHDRAW,
    Action.NOTE,
)
"""The order of an officer's buttons: what moves the case first, what corrects it last."""


@unique
class RefusalCode(StrEnum):
    """Why an action was refused; a text of the dialogue stands under each."""

    NOT_LINKED = "not_linked"
    """Pressed by somebody who is no linked officer."""
    WRONG_ACTOR = "wrong_actor"
    """An officer's action asked by a citizen, or the other way round."""
    WRONG_KIND = "wrong_kind"
    """Not for this kind of petition (a complaint is not withdrawn by a press)."""
    WRONG_ROLE = "wrong_role"
    WRONG_UNIT = "wrong_unit"
    WRONG_STAGE = "wrong_stage"
    ALREADY_TAKEN = "already_taken"
    """Somebody else was quicker."""
    NOT_ASSIGNED = "not_assigned"
    """Only the named officer, or those who lead, may do this."""
    HIDDEN = "hidden"
    """A sealed case this person may not know of; answer as if there were none."""
    MISSING_TEXT = "missing_text"
    MISSING_REASON = "missing_reason"
    MISSING_OFFICER = "missing_officer"
    MISSING_UNIT = "missing_unit"
    MISSING_RATING = "missing_rating"
    BAD_RATING = "bad_rating"
    """A rating is a whole number from 1 to 5."""
    TOO_MANY_TRANSFERS = "too_many_transfers"
    """Only the director may send it on once more."""
    ALREADY_NOT_SATISFIED = "already_not_satisfied"
    """The head of the unit was asked once; that is the limit."""
    ALREADY_REOPENED = "already_reopened"
    NOBODY_OBJECTED = "nobody_objected"
    """An answered petition is reopened only after its citizen was not satisfied."""


class Refused(Exception):
    """The table does not allow this. `params` fill the text under the code; they hold no personal data."""

    def __init__(self, code: RefusalCode, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params: dict[str, Any] = dict(params or {})


def allowed(
    stage: Stage | None,
    action: Action,
    *,
    actor: ActorKind,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None = None,
    confidential: bool = False,
) -> Transition:
    """The row of the table under which this actor may do this now.

    Args:
        stage: where the petition stands; None before it exists.
        role: the officer's role; None for everybody who is no linked officer.
        same_unit: whether the officer's unit is the answerable unit (after following successors).
        is_assigned: whether the officer is the named one. None: not asked, neither rows that ask for the
            named officer nor the sealing of a case are checked.
        confidential: the petition is sealed though its kind alone would not seal it.

    Raises:
        Refused: with the code that says most: who you are before what you may, and that before when.
    """
    if actor is ActorKind.OFFICER and role is None:
        raise Refused(RefusalCode.NOT_LINKED)
    hidden = (
        actor is ActorKind.OFFICER
        and is_assigned is not None
        and not may_see(kind, confidential, role, same_unit, is_assigned)
    )
    if hidden:
        raise Refused(RefusalCode.HIDDEN)
    refusal = RefusalCode.WRONG_ACTOR
    for row in TABLE:
        if row.action is not action:
            continue
        why = _why_not(row, stage, actor, role, kind, same_unit, is_assigned)
        if why is None:
            return row
        refusal = max(refusal, why, key=_ORDER.index)
    if refusal is RefusalCode.WRONG_STAGE and action is Action.TAKE and stage not in _FINISHED:
        refusal = RefusalCode.ALREADY_TAKEN
    raise Refused(refusal, {"stage": stage.value if stage else "", "action": action.value})


_FINISHED = frozenset({Stage.ANSWERED, Stage.CLOSED, Stage.WITHDRAWN, None})
_ORDER = (
    RefusalCode.WRONG_ACTOR,
    RefusalCode.WRONG_KIND,
    RefusalCode.WRONG_ROLE,
    RefusalCode.WRONG_UNIT,
    RefusalCode.NOT_ASSIGNED,
    RefusalCode.WRONG_STAGE,
)
"""The later a row fails, the nearer the actor was to being allowed, and the more its reason says."""


def _why_not(
    row: Transition,
    stage: Stage | None,
    actor: ActorKind,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None,
) -> RefusalCode | None:
    if actor not in row.actors:
        return RefusalCode.WRONG_ACTOR
    if row.kinds is not None and kind not in row.kinds:
        return RefusalCode.WRONG_KIND
    if actor is ActorKind.OFFICER:
        if role not in row.roles:
            return RefusalCode.WRONG_ROLE
        if row.unit_scope == "own" and not same_unit:
            return RefusalCode.WRONG_UNIT
        if row.assigned_only and is_assigned is False:
            return RefusalCode.NOT_ASSIGNED
    before_filing = stage is None and not row.from_stages
    return None if before_filing or stage in row.from_stages else RefusalCode.WRONG_STAGE


def actions_for(
    stage: Stage,
    *,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None = None,
    confidential: bool = False,
) -> tuple[Action, ...]:
    """What an officer's card offers now, in the order of its buttons."""
    offered = []
    for action in CARD_ORDER:
        try:
            allowed(
                stage,
                action,
                actor=ActorKind.OFFICER,
                role=role,
                kind=kind,
                same_unit=same_unit,
                is_assigned=is_assigned,
                confidential=confidential,
            )
        except Refused:
            continue
        offered.append(action)
    return tuple(offered)


def may_see(kind: Kind, confidential: bool, role: Role | None, same_unit: bool, is_assigned: bool) -> bool:
    """Whether an officer may know of this case at all.

    A sealed case (denunciation, anonymous tip, or marked confidential) is for its named officer and for those
    who receive or decide in the answerable unit (Luật Tố cáo 2018 Đ9, Đ49, Đ56). Any other is for the people
    of its unit and for those who receive, inspect or lead in the whole office.
    """
    if role is None:
        return False
    if is_assigned:
        return True
    if confidential or kind in SEALED_KINDS:
        return same_unit and role in SEALED_ROLES
    return same_unit or role in {Role.INTAKE, Role.INSPECTOR, Role.DIRECTOR}


_MISSING = {
    "text": RefusalCode.MISSING_TEXT,
    "reason": RefusalCode.MISSING_REASON,
    "officer": RefusalCode.MISSING_OFFICER,
    "unit": RefusalCode.MISSING_UNIT,
    "rating": RefusalCode.MISSING_RATING,
}


def check_needs(transition: Transition, given: Mapping[str, object]) -> None:
    """Whether everything the row needs was given (`text`, `reason`, `officer`, `unit`, `rating`).

    Raises:
        Refused: naming the first thing missing, or a rating that is not 1 to 5.
    """
    for need in sorted(transition.needs):
        value = given.get(need)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Refused(_MISSING[need])
    if "rating" in transition.needs and given["rating"] not in (1, 2, 3, 4, 5):
        raise Refused(RefusalCode.BAD_RATING)


def check_history(
    transition: Transition, done: Mapping[Action, int], *, actor: ActorKind, role: Role | None
) -> None:
    """The limits that need what happened before.

    Args:
        done: how often each action was done to this petition so far.

    Raises:
        Refused: a third transfer (the director may), a second "not satisfied", a second reopening by the
            citizen, or a reopening of an answered petition nobody objected to.
    """
    action = transition.action
    if action is Action.TRANSFER and role is not Role.DIRECTOR and done.get(action, 0) >= MAX_TRANSFERS:
        raise Refused(RefusalCode.TOO_MANY_TRANSFERS, {"limit": MAX_TRANSFERS})
    if action is Action.NOT_SATISFIED and done.get(action, 0) >= NOT_SATISFIED_TIMES:
        raise Refused(RefusalCode.ALREADY_NOT_SATISFIED)
    if transition.after is not None and not done.get(transition.after, 0):
        raise Refused(RefusalCode.NOBODY_OBJECTED)
    if action is Action.REOPEN and actor is ActorKind.CITIZEN and done.get(action, 0) >= CITIZEN_REOPENS:
        raise Refused(RefusalCode.ALREADY_REOPENED)
