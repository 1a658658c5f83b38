"""Rows of the workflow table about the office itself: who of it is accused."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, Stage
from petitions.transition_groups import FORMAL, OFFICER, OVERSIGHT
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
