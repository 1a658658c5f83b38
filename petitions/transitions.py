"""The one table of what may be done to a petition. A later stage, action or kind is a row here.

Rows are tried in order; the first that fits the actor, kind, role, unit and stage is the one used. Each row
says in `reason` why it stands there. `petitions.workflow` asks the table.
"""

from __future__ import annotations

from typing import Final

from petitions.gathering_transitions import GATHERING
from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from petitions.office_transitions import ACCUSED_LATE, LEARNING
from petitions.screening_transitions import SCREENING
from petitions.service_transitions import SERVICE_ROWS
from petitions.settling_transitions import SETTLING
from petitions.transition_groups import ANY_STAGE as _ANY_STAGE
from petitions.transition_groups import CITIZEN as _CITIZEN
from petitions.transition_groups import DONE as _DONE
from petitions.transition_groups import ENDED as _ENDED
from petitions.transition_groups import FORMAL as _FORMAL
from petitions.transition_groups import INTAKE_STAGES as _INTAKE
from petitions.transition_groups import LEADING as _LEADING
from petitions.transition_groups import LIGHT as _LIGHT
from petitions.transition_groups import OFFICER as _OFFICER
from petitions.transition_groups import OPEN as _OPEN
from petitions.transition_groups import OVERSIGHT as _OVERSIGHT
from petitions.transition_groups import SEALED_KINDS, SEALED_ROLES, by_unit
from petitions.transition_groups import SERVICE as _SERVICE
from petitions.transition_groups import STAFF as _STAFF
from petitions.transition_groups import TAKEN as _TAKEN
from petitions.transition_groups import WORKED as _WORKED
from petitions.transition_rows import OfficerEffect, Transition

__all__ = ["SEALED_KINDS", "SEALED_ROLES", "TABLE"]

_OFFICER_ONLY: Final = frozenset({Role.OFFICER})
_DIRECTOR: Final = frozenset({Role.DIRECTOR})
_ANSWERED: Final = _LIGHT | {Kind.ANONYMOUS_TIP}
"""Kinds that end with an answer; a complaint ends with a decision, a denunciation with a conclusion."""
_TEXT: Final = frozenset({"text"})
_REASON: Final = frozenset({"reason"})

_FILING: Final = (
    Transition(
        action=Action.FILE,
        from_stages=frozenset(),
        to_stage=Stage.RECEIVED,
        actors=frozenset(ActorKind),
        roles=frozenset(Role),
        unit_scope="any",
        starts=("first_answer", "take"),
        reason="A unit answers from the first moment; an officer may file for a person who came or called.",
    ),
    Transition(
        action=Action.CORRECT,
        from_stages=_INTAKE,
        to_stage=None,
        actors=_OFFICER,
        roles=_OVERSIGHT,
        needs=_REASON,
        unit_scope="any",
        reason="The content decides the kind (Thông tư 05/2021): the focal unit confirms or corrects it.",
    ),
    Transition(
        action=Action.CORRECT,
        from_stages=_INTAKE,
        to_stage=None,
        actors=_OFFICER,
        roles=frozenset({Role.HEAD}),
        needs=_REASON,
        reason="The head of the unit that has it knows the matter best.",
    ),
)

_LATE_CORRECTIONS: Final = by_unit(
    Action.CORRECT,
    frozenset({Stage.ELIGIBLE, Stage.ACCEPTED, Stage.VERIFYING}),
    None,
    kinds=frozenset({Kind.COMPLAINT}),
    needs=_REASON,
    reason="Whether the area is remote or the decision disciplinary decides the limits also after screening.",
)

_ANSWERING: Final = (
    Transition(
        action=Action.TAKE,
        from_stages=frozenset({Stage.RECEIVED}),
        to_stage=Stage.ASSIGNED,
        actors=_OFFICER,
        roles=_STAFF,
        officer=OfficerEffect.SELF,
        ends=("take",),
        reason="Whoever takes it first answers for it; a second press finds it taken.",
    ),
    Transition(
        action=Action.ASSIGN,
        from_stages=frozenset({Stage.RECEIVED}),
        to_stage=Stage.ASSIGNED,
        actors=_OFFICER,
        roles=_LEADING | {Role.ADMIN},
        needs=frozenset({"officer"}),
        officer=OfficerEffect.NAMED,
        ends=("take",),
        reason="Those who lead the unit name who answers for it.",
    ),
    Transition(
        action=Action.ASSIGN,
        from_stages=_WORKED,
        to_stage=None,
        actors=_OFFICER,
        roles=_LEADING | {Role.ADMIN},
        needs=frozenset({"officer"}),
        officer=OfficerEffect.NAMED,
        reason="Leave and illness: the work goes on under another name, where it stood.",
    ),
    Transition(
        action=Action.TRANSFER,
        from_stages=_INTAKE,
        to_stage=Stage.RECEIVED,
        actors=_OFFICER,
        roles=_STAFF,
        needs=frozenset({"reason", "unit"}),
        officer=OfficerEffect.CLEAR,
        starts=("take",),
        reason="A wrong address is put right with a reason; a third time, or back again, the focal unit rules.",
    ),
    Transition(
        action=Action.TRANSFER,
        from_stages=_INTAKE,
        to_stage=Stage.RECEIVED,
        actors=_OFFICER,
        roles=_OVERSIGHT,
        needs=frozenset({"reason", "unit"}),
        unit_scope="any",
        officer=OfficerEffect.CLEAR,
        starts=("take",),
        reason="Focal unit and leadership put a wrong address right wherever the case lies.",
    ),
)

_WORKING: Final = (
    Transition(
        action=Action.START,
        from_stages=frozenset({Stage.ASSIGNED, Stage.WAITING_CITIZEN}),
        to_stage=Stage.IN_PROGRESS,
        actors=_OFFICER,
        roles=_LEADING,
        reason="Those who lead may note that work has begun, or goes on without the citizen's words.",
    ),
    Transition(
        action=Action.START,
        from_stages=frozenset({Stage.ASSIGNED, Stage.WAITING_CITIZEN}),
        to_stage=Stage.IN_PROGRESS,
        actors=_OFFICER,
        roles=_OFFICER_ONLY,
        assigned_only=True,
        reason="The named officer begins, or goes on without the citizen's words.",
    ),
    Transition(
        action=Action.ASK_CITIZEN,
        from_stages=_TAKEN,
        to_stage=Stage.WAITING_CITIZEN,
        actors=_OFFICER,
        roles=_LEADING,
        needs=_TEXT,
        reason="What is missing is asked through the bot, so that neither side shows an account.",
    ),
    Transition(
        action=Action.ASK_CITIZEN,
        from_stages=_TAKEN,
        to_stage=Stage.WAITING_CITIZEN,
        actors=_OFFICER,
        roles=_OFFICER_ONLY,
        needs=_TEXT,
        assigned_only=True,
        reason="Only the named officer asks, or the citizen would be asked twice.",
    ),
    Transition(
        action=Action.CITIZEN_ADDS,
        from_stages=frozenset({Stage.WAITING_CITIZEN}),
        to_stage=Stage.IN_PROGRESS,
        actors=_CITIZEN,
        needs=_TEXT,
        reason="The citizen answered what was asked: the work goes on.",
    ),
    Transition(
        action=Action.CITIZEN_ADDS,
        from_stages=_ANY_STAGE - {Stage.WAITING_CITIZEN, Stage.WITHDRAWN},
        to_stage=None,
        actors=_CITIZEN,
        needs=_TEXT,
        while_merged=True,
        reason="Words and papers may be added at any time, also to an answered petition; none is lost.",
    ),
    Transition(
        action=Action.MESSAGE_CITIZEN,
        from_stages=_ANY_STAGE - {Stage.WITHDRAWN},
        to_stage=None,
        actors=_OFFICER,
        roles=_STAFF,
        needs=_TEXT,
        while_merged=True,
        reason="A word to the citizen that asks nothing and changes nothing.",
    ),
    Transition(
        action=Action.NOTE,
        from_stages=_ANY_STAGE,
        to_stage=None,
        actors=_OFFICER,
        roles=_STAFF,
        needs=_TEXT,
        while_merged=True,
        reason="The unit's own record; the citizen does not see it.",
    ),
    Transition(
        action=Action.NOTE,
        from_stages=_ANY_STAGE,
        to_stage=None,
        actors=_OFFICER,
        roles=_OVERSIGHT,
        needs=_TEXT,
        unit_scope="any",
        while_merged=True,
        reason="Focal unit and leadership follow up and urge; their words stay in the record.",
    ),
)

_ENDING: Final = (
    Transition(
        action=Action.ANSWER,
        from_stages=_TAKEN,
        to_stage=Stage.ANSWERED,
        actors=_OFFICER,
        roles=_LEADING,
        kinds=_ANSWERED,
        needs=_TEXT,
        stops=True,
        ends=("first_answer", "answer"),
        reason="The answer is the result the citizen was promised (Luật Tiếp công dân Đ28 k1).",
    ),
    Transition(
        action=Action.ANSWER,
        from_stages=_TAKEN,
        to_stage=Stage.ANSWERED,
        actors=_OFFICER,
        roles=_OFFICER_ONLY,
        kinds=_ANSWERED,
        needs=_TEXT,
        assigned_only=True,
        stops=True,
        ends=("first_answer", "answer"),
        reason="The named officer answers; a petition nobody took has no answer.",
    ),
    Transition(
        action=Action.CLOSE,
        from_stages=_ENDED,
        to_stage=Stage.CLOSED,
        actors=_OFFICER | _SERVICE,
        roles=_STAFF,
        stops=True,
        reason="Settled and nothing more to do; the service closes what has rested long enough.",
    ),
    Transition(
        action=Action.CLOSE,
        from_stages=_TAKEN,
        to_stage=Stage.CLOSED,
        actors=_OFFICER,
        roles=_LEADING,
        kinds=_ANSWERED,
        needs=_REASON,
        ends=("first_answer",),
        stops=True,
        reason="Empty, repeated or beyond checking. A complaint or denunciation needs its lawful end.",
    ),
    Transition(
        action=Action.WITHDRAW,
        from_stages=_INTAKE,
        to_stage=Stage.WITHDRAWN,
        actors=_CITIZEN,
        kinds=_LIGHT,
        stops=True,
        reason="No law asks for a form: the citizen's word is enough and takes effect at once.",
    ),
    Transition(
        action=Action.WITHDRAW,
        from_stages=_INTAKE | {Stage.ELIGIBLE},
        to_stage=Stage.WITHDRAWN,
        actors=_OFFICER,
        roles=_STAFF,
        kinds=_FORMAL,
        needs=_REASON,
        stops=True,
        reason="In writing or on record (L02 Đ10, L25 Đ33); once accepted it is discontinued by decision instead.",
    ),
    Transition(
        action=Action.ASK_WITHDRAW,
        from_stages=_OPEN,
        to_stage=None,
        actors=_CITIZEN,
        kinds=_FORMAL,
        reason="The wish is on record and with the unit; the officer leads the citizen to the lawful form.",
    ),
    Transition(
        action=Action.RATE,
        from_stages=_DONE,
        to_stage=None,
        actors=_CITIZEN,
        needs=frozenset({"rating"}),
        while_merged=True,
        reason="Asked once the answer is there; a later rating replaces an earlier one.",
    ),
    Transition(
        action=Action.NOT_SATISFIED,
        from_stages=_DONE,
        to_stage=None,
        actors=_CITIZEN,
        while_merged=True,
        reason="Goes once to the head of the unit, who decides; further steps are the law's own.",
    ),
    Transition(
        action=Action.REOPEN,
        from_stages=_DONE,
        to_stage=Stage.IN_PROGRESS,
        actors=_OFFICER,
        roles=frozenset({Role.HEAD, Role.DIRECTOR}),
        needs=_REASON,
        after=Action.NOT_SATISFIED,
        kinds=_ANSWERED,
        starts=("answer",),
        while_merged=True,
        reason="The head found the objection right; the same officer goes on.",
    ),
    Transition(
        action=Action.REOPEN,
        from_stages=_DONE,
        to_stage=Stage.IN_PROGRESS,
        actors=_OFFICER,
        roles=_DIRECTOR,
        needs=_REASON,
        unit_scope="any",
        after=Action.NOT_SATISFIED,
        kinds=_ANSWERED,
        starts=("answer",),
        while_merged=True,
        reason="Where the head does not move, the director may.",
    ),
    Transition(
        action=Action.REOPEN,
        from_stages=frozenset({Stage.WITHDRAWN}),
        to_stage=Stage.RECEIVED,
        actors=_OFFICER,
        roles=frozenset({Role.HEAD, Role.DIRECTOR}),
        kinds=_LIGHT,
        needs=_REASON,
        officer=OfficerEffect.CLEAR,
        starts=("take", "first_answer"),
        reason="A withdrawn matter that goes on harming is taken up again without a new code.",
    ),
    Transition(
        action=Action.REOPEN,
        from_stages=frozenset({Stage.WITHDRAWN}),
        to_stage=Stage.RECEIVED,
        actors=_CITIZEN,
        kinds=_LIGHT,
        officer=OfficerEffect.CLEAR,
        starts=("take", "first_answer"),
        reason="The trouble came back the next day: the citizen takes back the withdrawal, once.",
    ),
)

TABLE: Final[tuple[Transition, ...]] = (
    *_FILING,
    *GATHERING,
    *_LATE_CORRECTIONS,
    *ACCUSED_LATE,
    *_ANSWERING,
    *_WORKING,
    *_ENDING,
    *SCREENING,
    *SETTLING,
    *LEARNING,
    *SERVICE_ROWS,
)
"""Every row, in the order they are tried."""
