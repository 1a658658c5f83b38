"""Sets that rows of the workflow table share: actors, stages, roles, kinds."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from petitions.transition_rows import Transition

CITIZEN: Final = frozenset({ActorKind.CITIZEN})
OFFICER: Final = frozenset({ActorKind.OFFICER})
SERVICE: Final = frozenset({ActorKind.SERVICE})

ANY_STAGE: Final = frozenset(Stage)
INTAKE_STAGES: Final = frozenset({Stage.RECEIVED, Stage.ASSIGNED, Stage.IN_PROGRESS, Stage.WAITING_CITIZEN})
"""Before the outcome of screening; of feedback and recommendations: until the answer."""
TAKEN: Final = INTAKE_STAGES - {Stage.RECEIVED}
SETTLING_STAGES: Final = frozenset({Stage.ACCEPTED, Stage.VERIFYING})
OPEN: Final = INTAKE_STAGES | SETTLING_STAGES | {Stage.ELIGIBLE, Stage.SUSPENDED}
"""Nothing is decided yet."""
AFTERWARDS: Final = frozenset({Stage.DECIDED, Stage.ENFORCING})
WORKED: Final = (OPEN - {Stage.RECEIVED}) | AFTERWARDS
"""A named officer has work with it."""
ENDED: Final = frozenset(
    {Stage.ANSWERED, Stage.NOT_ACCEPTED, Stage.PASSED_ON, Stage.GUIDED, Stage.DISCONTINUED}
)
"""Settled; only the closing is left."""
FINISHED: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN})
DONE: Final = frozenset({Stage.ANSWERED, Stage.CLOSED})
UNNAMED: Final = frozenset({Stage.RECEIVED, Stage.MERGED, Stage.WITHDRAWN})
"""Stages in which nobody need be named; who is named for a merged petition is said by its lead."""
RESTING: Final = FINISHED | {Stage.MERGED}
"""Nobody has work with it; of a merged petition the work is its lead's."""

LEADING: Final = frozenset({Role.INTAKE, Role.HEAD, Role.INSPECTOR, Role.DIRECTOR})
STAFF: Final = LEADING | {Role.OFFICER}
OVERSIGHT: Final = frozenset({Role.INTAKE, Role.INSPECTOR, Role.DIRECTOR})
FOCAL: Final = frozenset({Role.INTAKE, Role.HEAD, Role.INSPECTOR})
"""Who decides for the focal unit."""

LIGHT: Final = frozenset({Kind.FEEDBACK, Kind.RECOMMENDATION})
"""Kinds whose handling the law leaves to the office: no accepting decision, no conclusion."""
FORMAL: Final = frozenset(Kind) - LIGHT
LAWFUL: Final = frozenset({Kind.COMPLAINT, Kind.DENUNCIATION})
"""Kinds that count in law only as a signed đơn, and are accepted and decided in writing."""
COMPLAINT: Final = frozenset({Kind.COMPLAINT})
DENUNCIATION: Final = frozenset({Kind.DENUNCIATION})

SEALED_KINDS: Final = frozenset({Kind.DENUNCIATION, Kind.ANONYMOUS_TIP})
"""Luật Tố cáo 2018 Đ9, Đ56; a tip is sealed as well, for its words may give its sender away."""
SEALED_ROLES: Final = LEADING
"""Who of the answerable unit may see a sealed case without being its named officer."""


def by_unit(
    action: Action, from_stages: Iterable[Stage], to_stage: Stage | None, **more: Any
) -> tuple[Transition, Transition]:
    """The two rows of what a unit does with its own case: those who lead may, and the named officer may."""
    stages = frozenset(from_stages)
    leading = Transition(
        action=action, from_stages=stages, to_stage=to_stage, actors=OFFICER, roles=LEADING, **more
    )
    named = Transition(
        action=action,
        from_stages=stages,
        to_stage=to_stage,
        actors=OFFICER,
        roles=frozenset({Role.OFFICER}),
        assigned_only=True,
        **more,
    )
    return leading, named
