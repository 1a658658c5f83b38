"""Rows of the workflow table from the first message to acceptance: form, screening, accept or refuse."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, Kind, Role, Stage
from petitions.transition_groups import (
    CITIZEN,
    COMPLAINT,
    DENUNCIATION,
    FOCAL,
    INTAKE_STAGES,
    LAWFUL,
    LIGHT,
    OFFICER,
    SERVICE,
    STAFF,
    TAKEN,
    by_unit,
)
from petitions.transition_rows import OfficerEffect, Transition

_SCREENED: Final = TAKEN | {Stage.ELIGIBLE}
_TEXT: Final = frozenset({"text"})
_CODE_TEXT: Final = frozenset({"code", "text"})
_TIP_OR_LIGHT: Final = LIGHT | {Kind.ANONYMOUS_TIP}

_FORM: Final = (
    Transition(
        action=Action.GIVE_FORM_VALUES,
        from_stages=INTAKE_STAGES,
        to_stage=None,
        actors=CITIZEN,
        kinds=frozenset(Kind) - {Kind.ANONYMOUS_TIP},
        reason="What the form lacks is told by the citizen; the filed words never change.",
    ),
    Transition(
        action=Action.HAND_IN_FORM,
        from_stages=frozenset({Stage.WAITING_CITIZEN}),
        to_stage=Stage.IN_PROGRESS,
        actors=CITIZEN,
        kinds=LAWFUL,
        needs=_TEXT,
        reason="The signed form was what was waited for.",
    ),
    Transition(
        action=Action.HAND_IN_FORM,
        from_stages=INTAKE_STAGES - {Stage.WAITING_CITIZEN},
        to_stage=None,
        actors=CITIZEN,
        kinds=LAWFUL,
        needs=_TEXT,
        reason="A photographed or electronically signed form is handed in; the officer decides on it.",
    ),
    Transition(
        action=Action.BOOK_VISIT,
        from_stages=INTAKE_STAGES,
        to_stage=None,
        actors=CITIZEN,
        kinds=LAWFUL,
        needs=frozenset({"moment"}),
        reason="Read back and signed in person counts as a đơn (Luật Khiếu nại Đ8, Luật Tố cáo Đ22, Đ23).",
    ),
    Transition(
        action=Action.CANCEL_VISIT,
        from_stages=INTAKE_STAGES,
        to_stage=None,
        actors=CITIZEN | SERVICE,
        kinds=LAWFUL,
        reason="The booked time is given up, or called off by the office; the other ways to sign stay open.",
    ),
    *by_unit(
        Action.REQUEST_SUPPLEMENT,
        TAKEN,
        Stage.WAITING_CITIZEN,
        needs=_CODE_TEXT,
        codes="supplement",
        reason="What is missing is named; no legal clock waits for it.",
    ),
    *by_unit(
        Action.CONFIRM_FORM,
        TAKEN,
        None,
        kinds=LAWFUL,
        needs=frozenset({"on"}),
        starts=("accept", "pass_on"),
        reason="A complete, signed đơn came in on that day: the second moment, from which the law counts.",
    ),
)

_SCREEN: Final = (
    *by_unit(
        Action.SCREEN_ELIGIBLE,
        TAKEN,
        Stage.ELIGIBLE,
        kinds=LAWFUL,
        after=Action.CONFIRM_FORM,
        reason="Đủ điều kiện xử lý (Thông tư 05/2021 Đ6 k1); acceptance is decided next.",
    ),
    *by_unit(
        Action.SCREEN_ELIGIBLE,
        TAKEN,
        Stage.IN_PROGRESS,
        kinds=_TIP_OR_LIGHT,
        ends=("first_answer",),
        starts=("answer",),
        reason="Taken up: the citizen is told what becomes of it (Luật Tiếp công dân Đ28 k1).",
    ),
    *by_unit(
        Action.SCREEN_INELIGIBLE,
        _SCREENED,
        Stage.NOT_ACCEPTED,
        needs=_CODE_TEXT,
        codes="ineligible",
        ends=("first_answer", "accept"),
        stops=True,
        starts=("written_refusal",),
        reason="Không đủ điều kiện (Thông tư 05/2021 Đ6 k2); the citizen is told why and what to mend.",
    ),
    *by_unit(
        Action.SCREEN_DUPLICATE,
        _SCREENED,
        Stage.CLOSED,
        needs=frozenset({"code", "linked"}),
        codes="duplicate",
        ends=("first_answer", "accept"),
        stops=True,
        reason="One matter is handled once; the later petition is joined to the first.",
    ),
    *by_unit(
        Action.SCREEN_ANONYMOUS,
        TAKEN,
        Stage.IN_PROGRESS,
        kinds=DENUNCIATION,
        needs=_CODE_TEXT,
        codes="anonymous",
        ends=("accept",),
        stops=True,
        reason="Not handled as tố cáo (Luật Tố cáo Đ25 k1), but checked where it is clear and has evidence (k2).",
    ),
    *by_unit(
        Action.PASS_ON,
        _SCREENED,
        Stage.PASSED_ON,
        needs=frozenset({"destination", "code", "text"}),
        codes="outside",
        ends=("first_answer", "accept", "pass_on"),
        stops=True,
        reason="Outside competence: passed on, the citizen told where and why; the same content once only.",
    ),
    *by_unit(
        Action.GUIDE,
        _SCREENED,
        Stage.GUIDED,
        kinds=COMPLAINT,
        needs=frozenset({"destination", "code", "text"}),
        codes="outside",
        ends=("first_answer", "accept"),
        stops=True,
        reason="A complaint outside competence is guided or passed on (Luật Tiếp công dân Đ26 k1b); once only.",
    ),
)

_ACCEPTING: Final = (
    *by_unit(
        Action.ACCEPT,
        frozenset({Stage.ELIGIBLE}),
        Stage.ACCEPTED,
        kinds=LAWFUL,
        needs=frozenset({"on", "document"}),
        ends=("first_answer", "accept"),
        starts=("settle", "notify_acceptance"),
        reason="Thụ lý in writing; the time for settling runs from that day.",
    ),
    *by_unit(
        Action.NOT_ACCEPT,
        frozenset({Stage.ELIGIBLE}),
        Stage.NOT_ACCEPTED,
        kinds=COMPLAINT,
        needs=frozenset({"code", "document", "text"}),
        codes="not_accept_complaint",
        ends=("first_answer", "accept"),
        stops=True,
        reason="Không thụ lý, in writing, for one of the nine grounds (Luật Khiếu nại Đ11).",
    ),
    *by_unit(
        Action.NOT_ACCEPT,
        frozenset({Stage.ELIGIBLE}),
        Stage.NOT_ACCEPTED,
        kinds=DENUNCIATION,
        needs=frozenset({"code", "text"}),
        codes="not_accept_denunciation",
        ends=("first_answer", "accept"),
        stops=True,
        reason="Không thụ lý, told at once (Luật Tố cáo Đ24 k1, Đ29 k1).",
    ),
)

_BETWEEN_UNITS: Final = (
    Transition(
        action=Action.REFUSE_TRANSFER,
        from_stages=frozenset({Stage.RECEIVED, Stage.ASSIGNED}),
        to_stage=Stage.RECEIVED,
        actors=OFFICER,
        roles=STAFF,
        needs=frozenset({"reason"}),
        officer=OfficerEffect.CLEAR,
        after=Action.TRANSFER,
        starts=("take",),
        reason="The unit it came to may give it back once; the second time the focal unit rules.",
    ),
    Transition(
        action=Action.RULE_UNIT,
        from_stages=INTAKE_STAGES,
        to_stage=Stage.RECEIVED,
        actors=OFFICER,
        roles=FOCAL,
        needs=frozenset({"unit", "reason"}),
        unit_scope="focal",
        officer=OfficerEffect.CLEAR,
        starts=("take",),
        reason="Who answers is decided for good: no unit may refuse or send it on after that.",
    ),
    Transition(
        action=Action.RULE_UNIT,
        from_stages=INTAKE_STAGES,
        to_stage=Stage.RECEIVED,
        actors=OFFICER,
        roles=frozenset({Role.DIRECTOR}),
        needs=frozenset({"unit", "reason"}),
        unit_scope="any",
        officer=OfficerEffect.CLEAR,
        starts=("take",),
        reason="The director may decide it instead of the focal unit.",
    ),
)

SCREENING: Final = _FORM + _SCREEN + _ACCEPTING + _BETWEEN_UNITS
