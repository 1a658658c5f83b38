"""Rows of the workflow table about the office itself: who of it is accused, and what it learns of the law."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, Role, Stage
from petitions.transition_groups import ANY_STAGE, FOCAL, FORMAL, OFFICER, OVERSIGHT, STAFF
from petitions.transition_rows import Transition, also

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


def _by_unit_and_oversight(row: Transition) -> tuple[Transition, ...]:
    return (
        row,
        also(row, roles=FOCAL, unit_scope="focal", reason=row.reason),
        also(row, roles=frozenset({Role.DIRECTOR}), unit_scope="any", reason=row.reason),
    )


LEARNING: Final = (
    *_by_unit_and_oversight(
        Transition(
            action=Action.POLICY_GAP,
            from_stages=_LEARNT,
            to_stage=None,
            actors=OFFICER,
            roles=STAFF,
            needs=_GAP,
            reason="Sơ hở, bất cập of a legal text, met in a case: gathered for the recommendations of the "
            "report.",
        )
    ),
    *_by_unit_and_oversight(
        Transition(
            action=Action.WITHDRAW_GAP,
            from_stages=_LEARNT,
            to_stage=None,
            actors=OFFICER,
            roles=STAFF,
            needs=_TAKEN_BACK,
            after=Action.POLICY_GAP,
            reason="Who marked it, or who leads, takes it back with a reason; the record keeps both.",
        )
    ),
)
