"""Rows of the workflow table about the office itself: who of it is accused, and what it learns of the law."""

from __future__ import annotations

from typing import Final, Literal

from petitions.kinds import Action, Role, Stage
from petitions.transition_groups import ANY_STAGE, FOCAL, FORMAL, OFFICER, OVERSIGHT, STAFF
from petitions.transition_rows import Transition

ACCUSED_LATE: Final = (
    Transition(
        action=Action.CORRECT,
        from_stages=frozenset({Stage.ELIGIBLE, Stage.ACCEPTED, Stage.VERIFYING, Stage.SUSPENDED}),
        to_stage=None,
        actors=OFFICER,
        roles=OVERSIGHT,
        kinds=FORMAL,
        needs=frozenset({"reason"}),
        unit_scope="any",
        reason="Who is accused may come out late; the case then leaves a unit that may not examine it.",
    ),
)

_LEARNT: Final = ANY_STAGE - {Stage.RECEIVED, Stage.MERGED}
"""From screening on, also when all is over: much is understood only at the end."""
_GAP: Final = frozenset({"law", "article", "text", "proposal"})
_TAKEN_BACK: Final = frozenset({"gap", "reason"})


def _by_unit_and_oversight(
    action: Action, needs: frozenset[str], reason: str, **more: Action
) -> tuple[Transition, ...]:
    scopes: tuple[tuple[frozenset[Role], Literal["own", "any", "focal"]], ...] = (
        (STAFF, "own"),
        (FOCAL, "focal"),
        (frozenset({Role.DIRECTOR}), "any"),
    )
    return tuple(
        Transition(
            action=action,
            from_stages=_LEARNT,
            to_stage=None,
            actors=OFFICER,
            roles=roles,
            needs=needs,
            unit_scope=scope,
            reason=reason,
            after=more.get("after"),
        )
        for roles, scope in scopes
    )


LEARNING: Final = (
    *_by_unit_and_oversight(
        Action.POLICY_GAP,
        _GAP,
        "Sơ hở, bất cập of a legal text, met in a case: gathered for the recommendations of the report.",
    ),
    *_by_unit_and_oversight(
        Action.WITHDRAW_GAP,
        _TAKEN_BACK,
        "Who marked it, or who leads, takes it back with a reason; the record keeps both.",
        after=Action.POLICY_GAP,
    ),
)
