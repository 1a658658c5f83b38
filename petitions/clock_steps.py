"""Which rule governs a step of a case: the one table from steps to the rules of `petitions/law`.

A row of the workflow table names steps (`starts`, `ends`); what a step means depends on the kind, on a
disciplinary complaint, on the instance, and on who decides it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from petitions.clocks import Duty
from petitions.kinds import Kind, Stage
from petitions.transition_groups import LIGHT

DISCIPLINE: Final = "ky_luat"
"""Sub-kind of a complaint: against a disciplinary decision on an official (Luật Khiếu nại Đ47)."""
DISMISSAL: Final = "buoc_thoi_viec"
"""The same against dismissal, which leaves more time for the second complaint (Luật Khiếu nại Đ48; rule K-02)."""
DISCIPLINARY: Final = frozenset({DISCIPLINE, DISMISSAL})


class Case(Protocol):
    """What the law needs to know of a petition; the casebook's record is one."""

    @property
    def kind(self) -> Kind: ...
    @property
    def subkind(self) -> str: ...
    @property
    def stage(self) -> Stage: ...
    @property
    def destination(self) -> str | None: ...
    @property
    def instance(self) -> int: ...
    @property
    def remote(self) -> bool: ...
    @property
    def complex(self) -> bool: ...
    @property
    def extensions(self) -> int: ...
    @property
    def formed_on(self) -> dt.date | None: ...
    @property
    def accepted_on(self) -> dt.date | None: ...
    @property
    def decided_on(self) -> dt.date | None: ...
    @property
    def first_message_at(self) -> datetime: ...
    @property
    def dialogue_at(self) -> datetime | None: ...
    @property
    def dialogue_held_at(self) -> datetime | None: ...


@dataclass(frozen=True, slots=True)
class StepRule:
    """The rule of a step for one sort of case."""

    rule: str
    duty: Duty


FIRST_ANSWER: Final = "first_answer"
TAKE: Final = "take"
ACCEPT: Final = "accept"
FORWARD: Final = "pass_on"
SETTLE: Final = "settle"
SETTLE_COMPLEX: Final = "settle_complex"
EXTEND: Final = "extend"
EFFECT: Final = "effect"
TASK: Final = "task"
SECOND_COMPLAINT: Final = "second_complaint"
CARRY_OUT: Final = "carry_out"

_COMPLAINT: Final = {
    ACCEPT: ("C-03", Duty.OFFICE),
    SETTLE: ("C-05", Duty.OFFICE),
    "send_decision": ("C-10", Duty.OFFICE),
    "publish": ("C-11", Duty.OFFICE),
    SECOND_COMPLAINT: ("C-13", Duty.CITIZEN),
    EFFECT: ("C-19", Duty.EFFECT),
    CARRY_OUT: ("C-21", Duty.OFFICE),
    "send_suspension": ("C-22", Duty.OFFICE),
    "send_resumption": ("C-23", Duty.OFFICE),
}
_SECOND: Final = {
    ACCEPT: ("C-14", Duty.OFFICE),
    SETTLE: ("C-15", Duty.OFFICE),
    "send_decision": ("C-18", Duty.OFFICE),
    EFFECT: ("C-20", Duty.EFFECT),
}
_DISCIPLINE: Final = {
    ACCEPT: ("K-03", Duty.OFFICE),
    SETTLE: ("K-04", Duty.OFFICE),
    "send_decision": ("K-05", Duty.OFFICE),
    SECOND_COMPLAINT: ("K-02", Duty.CITIZEN),
    EFFECT: ("K-06", Duty.EFFECT),
}
_DENUNCIATION: Final = {
    ACCEPT: ("D-01", Duty.OFFICE),
    FORWARD: ("D-04", Duty.OFFICE),
    "notify_acceptance": ("D-08", Duty.OFFICE),
    SETTLE: ("D-09", Duty.OFFICE),
    "send_suspension": ("D-14", Duty.OFFICE),
    "send_decision": ("D-16", Duty.OFFICE),
    CARRY_OUT: ("D-17", Duty.OFFICE),
    "publish": ("D-19", Duty.OFFICE),
    "report_up": ("D-23", Duty.OFFICE),
}
_OF_ALL: Final = {FIRST_ANSWER: ("A-01", Duty.OFFICE), TAKE: ("U-01", Duty.AGENCY)}
_OF_LIGHT: Final = {"answer": ("N-01", Duty.AGENCY), "written_refusal": ("A-05", Duty.OFFICE)}


EXTENSIONS: Final = ("D-10", "D-11")
"""Rules of a further term, which begins at the nominal end of the one before."""


def rule_of(step: str, case: Case) -> StepRule | None:
    """The rule that gives the step its time; None where no rule does for this sort of case.

    The second decision on a complaint is the last one, so it starts no time for another complaint; nor does
    any other document that is sent, such as a suspension.
    """
    if step in (SETTLE_COMPLEX, EXTEND):
        step = SETTLE
    tables = [_OF_ALL]
    if case.kind is Kind.COMPLAINT:
        if step == SECOND_COMPLAINT and (case.instance > 1 or case.decided_on is None):
            return None
        tables += [_DISCIPLINE] if case.subkind in DISCIPLINARY else []
        tables += [_SECOND] if case.instance > 1 else []
        tables.append(_COMPLAINT)
    elif case.kind is Kind.DENUNCIATION:
        if step == FORWARD and case.destination is None:
            return None
        tables.append(_DENUNCIATION)
    elif case.kind in LIGHT:
        tables.append(_OF_LIGHT)
    for table in tables:
        if step in table:
            return StepRule(*table[step])
    return None


def filing_rule(case: Case) -> str | None:
    """The rule of the complainant's own time for a first complaint: C-01, or K-01 about discipline; else None."""
    if case.kind is not Kind.COMPLAINT or case.instance > 1:
        return None
    return "K-01" if case.subkind in DISCIPLINARY else "C-01"


def extension_rule(extensions: int) -> str:
    """The rule of a denunciation's next extension: D-10 the first time, D-11 the second (Luật Tố cáo Đ30)."""
    return EXTENSIONS[min(extensions, 1)]
