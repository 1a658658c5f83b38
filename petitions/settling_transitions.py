"""Rows of the workflow table from acceptance to the last task: verify, extend, suspend, decide, carry out."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action, Stage
from petitions.transition_groups import (
    AFTERWARDS,
    CITIZEN,
    COMPLAINT,
    DENUNCIATION,
    LAWFUL,
    OFFICER,
    OPEN,
    OVERSIGHT,
    SETTLING_STAGES,
    by_unit,
)
from petitions.transition_rows import Transition

_LATER: Final = SETTLING_STAGES | {Stage.ELIGIBLE}
_LIVE: Final = SETTLING_STAGES | {Stage.SUSPENDED}
_TEXT: Final = frozenset({"text"})
_DECISION: Final = frozenset({"code", "on", "document", "text"})
_RESULT: Final = frozenset({"code", "on", "document", "facts", "text"})

_VERIFYING: Final = (
    *by_unit(
        Action.ASK_CITIZEN,
        _LATER,
        None,
        needs=_TEXT,
        reason="Asked while the case goes on: waiting for an answer never stops a legal clock.",
    ),
    *by_unit(
        Action.VERIFY,
        frozenset({Stage.ACCEPTED}),
        Stage.VERIFYING,
        kinds=LAWFUL,
        reason="The matter is verified.",
    ),
    *by_unit(
        Action.FIND_COMPLEX,
        SETTLING_STAGES,
        None,
        kinds=COMPLAINT,
        needs=_DECISION,
        codes="complex_complaint",
        starts=("settle_complex",),
        reason="One of seven criteria, found in writing, raises the ceiling once (NĐ 124/2020 Đ3a); no other way.",
    ),
    *by_unit(
        Action.EXTEND,
        SETTLING_STAGES,
        None,
        kinds=DENUNCIATION,
        needs=_DECISION,
        codes="extend_denunciation",
        starts=("extend",),
        reason="Complex: once; especially complex: twice; each by decision, at most 30 days (Luật Tố cáo Đ30).",
    ),
    *by_unit(
        Action.SUSPEND,
        SETTLING_STAGES,
        Stage.SUSPENDED,
        kinds=COMPLAINT,
        needs=_DECISION,
        codes="suspend_complaint",
        pauses=True,
        starts=("send_suspension",),
        reason="Tạm đình chỉ (Luật Khiếu nại Đ11a k1): only this stops the clock.",
    ),
    *by_unit(
        Action.SUSPEND,
        SETTLING_STAGES,
        Stage.SUSPENDED,
        kinds=DENUNCIATION,
        needs=_DECISION,
        codes="suspend_denunciation",
        pauses=True,
        starts=("send_suspension",),
        reason="Tạm đình chỉ (Luật Tố cáo Đ34 k1): only this stops the clock.",
    ),
    *by_unit(
        Action.RESUME,
        frozenset({Stage.SUSPENDED}),
        Stage.VERIFYING,
        kinds=LAWFUL,
        needs=frozenset({"on", "document"}),
        resumes=True,
        starts=("send_resumption",),
        reason="The ground is gone; the clock goes on from the day of this decision.",
    ),
    *by_unit(
        Action.DISCONTINUE,
        _LIVE,
        Stage.DISCONTINUED,
        kinds=COMPLAINT,
        needs=_DECISION,
        codes="discontinue_complaint",
        stops=True,
        starts=("send_suspension",),
        reason="Đình chỉ (Luật Khiếu nại Đ11a k2).",
    ),
    *by_unit(
        Action.DISCONTINUE,
        _LIVE,
        Stage.DISCONTINUED,
        kinds=DENUNCIATION,
        needs=_DECISION,
        codes="discontinue_denunciation",
        stops=True,
        starts=("send_suspension",),
        reason="Đình chỉ (Luật Tố cáo Đ34 k3).",
    ),
    *by_unit(
        Action.INVITE_DIALOGUE,
        SETTLING_STAGES,
        None,
        kinds=COMPLAINT,
        needs=frozenset({"moment", "text"}),
        reason="Invited at least five days before (NĐ 124/2020 Đ28).",
    ),
    *by_unit(
        Action.HOLD_DIALOGUE,
        SETTLING_STAGES,
        None,
        kinds=COMPLAINT,
        needs=frozenset({"on", "document", "text"}),
        reason="The record of the dialogue; obligatory at second instance and for disciplinary complaints.",
    ),
    *by_unit(
        Action.WITHDRAW_PART,
        OPEN - {Stage.RECEIVED},
        None,
        kinds=LAWFUL,
        needs=frozenset({"on", "text"}),
        reason="Part is withdrawn in the form the law asks; the rest goes on.",
    ),
    *by_unit(
        Action.KEEP_GOING,
        OPEN - {Stage.RECEIVED},
        None,
        kinds=DENUNCIATION,
        needs=frozenset({"code", "text"}),
        codes="keep_going",
        after=Action.ASK_WITHDRAW,
        reason="Signs of violation, coercion or bribery: the denunciation goes on (Luật Tố cáo Đ33 k3).",
    ),
)

_DECIDING: Final = (
    *by_unit(
        Action.DECIDE,
        SETTLING_STAGES,
        Stage.DECIDED,
        kinds=COMPLAINT,
        needs=_RESULT,
        codes="result",
        facts="decided",
        ends=("settle",),
        starts=("send_decision", "publish", "effect"),
        reason="Quyết định giải quyết khiếu nại, with what it orders (Luật Khiếu nại Đ31, Đ40).",
    ),
    *by_unit(
        Action.CONCLUDE,
        SETTLING_STAGES,
        Stage.DECIDED,
        kinds=DENUNCIATION,
        needs=_RESULT,
        codes="result_denunciation",
        facts="decided",
        ends=("settle", "report_up"),
        starts=("send_decision", "publish", "carry_out"),
        reason="Kết luận nội dung tố cáo (Luật Tố cáo Đ35); the settler acts on it within seven working days.",
    ),
    *by_unit(
        Action.SEND_DECISION,
        AFTERWARDS
        | {Stage.NOT_ACCEPTED, Stage.SUSPENDED, Stage.VERIFYING, Stage.ACCEPTED, Stage.DISCONTINUED},
        None,
        needs=frozenset({"on"}),
        ends=("send_decision", "send_suspension", "send_resumption", "notify_acceptance", "written_refusal"),
        starts=("second_complaint",),
        reason="The written decision left the house on that day.",
    ),
    *by_unit(
        Action.PUBLISH_DECISION,
        AFTERWARDS,
        None,
        kinds=LAWFUL,
        needs=frozenset({"on", "text"}),
        ends=("publish",),
        reason="Published where and how the law has it, without anything about a denouncer.",
    ),
)

_CARRYING_OUT: Final = (
    *by_unit(
        Action.ORDER_TASK,
        AFTERWARDS,
        Stage.ENFORCING,
        kinds=LAWFUL,
        needs=frozenset({"officer", "task", "due"}),
        ends=("carry_out",),
        reason="Who does what by when, so that a decision in force is carried out.",
    ),
    *by_unit(
        Action.TASK_DONE,
        frozenset({Stage.ENFORCING}),
        None,
        kinds=LAWFUL,
        needs=frozenset({"on", "facts", "text"}),
        facts="carried_out",
        reason="A task is done; what was recovered and returned is counted.",
    ),
    *by_unit(
        Action.CLOSE,
        frozenset({Stage.ENFORCING}),
        Stage.CLOSED,
        kinds=LAWFUL,
        stops=True,
        reason="Everything ordered is done.",
    ),
    *by_unit(
        Action.CLOSE,
        frozenset({Stage.DECIDED}),
        Stage.CLOSED,
        kinds=LAWFUL,
        needs=frozenset({"reason"}),
        stops=True,
        reason="The decision orders nothing that has to be carried out.",
    ),
)

_FURTHER: Final = (
    Transition(
        action=Action.COMPLAIN_AGAIN,
        from_stages=SETTLING_STAGES | AFTERWARDS | {Stage.CLOSED},
        to_stage=None,
        actors=CITIZEN,
        kinds=COMPLAINT,
        ends=("second_complaint",),
        drops=("effect",),
        while_merged=True,
        reason="Within the time limit the complainant may go on (Luật Khiếu nại Đ33 k1); a linked petition.",
    ),
    Transition(
        action=Action.GO_UP,
        from_stages=SETTLING_STAGES,
        to_stage=None,
        actors=CITIZEN,
        kinds=DENUNCIATION,
        starts=("report_up",),
        reason="The time limit has passed: the superior demands a report (Luật Tố cáo Đ38).",
    ),
    Transition(
        action=Action.GO_UP,
        from_stages=SETTLING_STAGES,
        to_stage=None,
        actors=OFFICER,
        roles=OVERSIGHT,
        kinds=DENUNCIATION,
        needs=_TEXT,
        unit_scope="any",
        starts=("report_up",),
        reason="Those who follow up bring an overdue denunciation before the superior themselves.",
    ),
)

_REPORTING: Final = by_unit(
    Action.REPORT_UP,
    SETTLING_STAGES,
    None,
    kinds=DENUNCIATION,
    needs=frozenset({"on", "document", "text"}),
    after=Action.GO_UP,
    ends=("report_up",),
    reason="The settler reports to the superior within five working days and goes on (Luật Tố cáo Đ38 k3).",
)

SETTLING: Final = _VERIFYING + _DECIDING + _CARRYING_OUT + _FURTHER + _REPORTING

RESULTS: Final = {1: "result_first", 2: "result_second"}
"""Which list of results a complaint's decision chooses from, by instance."""


def codes_for(row: Transition, *, instance: int) -> str:
    """The list of reason codes of a row; a complaint's result depends on the instance."""
    return RESULTS[instance] if row.codes == "result" else row.codes
