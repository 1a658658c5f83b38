"""Rows of the workflow table that the service itself carries out: dates, alarms, and who answers now."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, ActorKind, Role, Stage
from petitions.transition_groups import ANY_STAGE, COMPLAINT, INTAKE_STAGES, LAWFUL, SERVICE
from petitions.transition_rows import Transition

_NOT_OVER: Final = ANY_STAGE - {Stage.CLOSED, Stage.WITHDRAWN}


def _service(action: Action, stages: frozenset[Stage], why: str, **more: object) -> Transition:
    return Transition(
        action=action,
        from_stages=stages,
        to_stage=None,
        actors=SERVICE,
        reason=why,
        **more,  # type: ignore[arg-type]
    )


SERVICE_ROWS: Final = (
    _service(
        Action.REASSIGN,
        ANY_STAGE,
        "A case moves to a named person when its officer, group or unit is no longer there.",
        needs=frozenset({"code"}),
        codes="reassign",
    ),
    _service(Action.RECOMPUTE, ANY_STAGE, "A changed calendar moves running dates, and history says so."),
    _service(Action.WARN, _NOT_OVER, "A date comes near."),
    _service(Action.BREACH, _NOT_OVER, "A date passed; the breach is a record for ever."),
    _service(Action.ESCALATE, _NOT_OVER, "One level further up the ladder."),
    _service(
        Action.REMIND_FORM,
        INTAKE_STAGES,
        "What the form still lacks is said once more.",
        kinds=LAWFUL,
    ),
    Transition(
        action=Action.TAKE_EFFECT,
        from_stages=frozenset({Stage.DECIDED}),
        to_stage=Stage.ENFORCING,
        actors=SERVICE,
        kinds=COMPLAINT,
        ends=("effect",),
        starts=("carry_out",),
        reason="No second complaint within the limit: legal effect, and immediate enforceability (Đ44).",
    ),
    Transition(
        action=Action.TAKE_EFFECT,
        from_stages=frozenset({Stage.ENFORCING}),
        to_stage=None,
        actors=SERVICE,
        kinds=COMPLAINT,
        ends=("effect",),
        reason="It takes effect likewise where its tasks were ordered before; nothing is ordered twice.",
    ),
    Transition(
        action=Action.DENIED,
        from_stages=ANY_STAGE,
        to_stage=None,
        actors=frozenset({ActorKind.OFFICER}),
        roles=frozenset(Role),
        unit_scope="any",
        while_merged=True,
        reason="An attempt without the right stays on record under the name of who made it.",
    ),
)
