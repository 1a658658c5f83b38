"""What counts in which column: one place for every number of 02/XLD to 05/KQTH, and for the cases behind it.

The definitions follow the notes under each form (law.md 4.3); what the circular leaves open is decided here and
said in docs/reports.md. A case comes in as a `Case`, a decision as a `Decision`; out come the cells it counts in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import IntEnum, unique
from typing import Final

from petitions.facts import CARRIED_OUT, DECIDED, Fact
from petitions.kinds import Action, Kind
from petitions.reasons import RESULT_OF
from petitions.reports import forms
from petitions.reports.forms import Cell


@unique
class Outcome(IntEnum):
    """What the examination of a petition ended with (02/XLD, note on column 2)."""

    NONE = 0
    """Filed away without more: withdrawn, or closed as empty, repeated or beyond checking."""
    COMPETENT = 1
    INELIGIBLE = 2
    """Không đủ điều kiện xử lý; also the second petition on a matter (trùng đơn)."""
    GUIDED = 3
    PASSED_ON = 4


OUTCOME_OF: Final = {
    Action.SCREEN_ELIGIBLE: Outcome.COMPETENT,
    Action.ANSWER: Outcome.COMPETENT,
    Action.SCREEN_INELIGIBLE: Outcome.INELIGIBLE,
    Action.SCREEN_DUPLICATE: Outcome.INELIGIBLE,
    Action.GUIDE: Outcome.GUIDED,
    Action.PASS_ON: Outcome.PASSED_ON,
}
"""Which event says which outcome; the last one up to the end of the period is the one that counts."""
ENDS_EXAMINATION: Final = (*OUTCOME_OF, Action.CLOSE, Action.WITHDRAW)
"""The first of these is the moment at which a petition was handled (đã xử lý); it is handled once."""


@unique
class Acceptance(IntEnum):
    """Where a complaint or denunciation stands (03/GQKN and 04/GQTC, columns 3 to 6; the value is the column)."""

    NONE = 0
    EXAMINED = 3
    ACCEPTED = 4
    NOT_ACCEPTED = 5
    WITHDRAWN = 6
    """Wholly withdrawn: discontinued for it, or withdrawn before it was accepted."""


FieldOf = Callable[[Kind, str], str]
"""The field of the forms (`petitions.agency_parts.ReportFields`) of a kind and topic; topic "" where unknown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A petition, or `count` petitions alike, as the end of the period sees it."""

    unit: str
    kind: Kind
    instance: int
    topic: str
    received: bool
    """Received in the period; else left over from before."""
    handled: bool
    """Handled in the period; else carried over."""
    outcome: Outcome
    acceptance: Acceptance
    count: int = 1

    @property
    def is_competent(self) -> bool:
        return self.handled and self.outcome is Outcome.COMPETENT

    @property
    def book(self) -> str:
        """Under which of the three heads it counts; "" where it is none of ours."""
        return _HEAD[self.kind] if self.is_competent else ""


COMPLAINT: Final = "complaint"
DENUNCIATION: Final = "denunciation"
PROPOSAL: Final = "proposal"
_HEAD: Final = {
    Kind.COMPLAINT: COMPLAINT,
    Kind.DENUNCIATION: DENUNCIATION,
    Kind.ANONYMOUS_TIP: DENUNCIATION,
    Kind.RECOMMENDATION: PROPOSAL,
    Kind.FEEDBACK: PROPOSAL,
}
"""An anonymous denunciation that is clear enough to be checked is an eligible đơn tố cáo that is not accepted
(Thông tư 05/2021 Đ6; Luật Tố cáo Đ25)."""
_FIELD_COLUMN: Final = {
    COMPLAINT: {"land": 9, "policy": 10, "other": 11},
    DENUNCIATION: {"administrative": 15, "corruption": 16, "judicial": 17, "other": 18},
    PROPOSAL: {"policy": 20, "land": 21, "other": 22},
}
_TOTAL_COLUMN: Final = {COMPLAINT: 6, DENUNCIATION: 12, PROPOSAL: 19}
_INSTANCE_COLUMN: Final = {COMPLAINT: (7, 8), DENUNCIATION: (13, 14)}
_FORM: Final = {COMPLAINT: forms.COMPLAINTS, DENUNCIATION: forms.DENUNCIATIONS}


def petition_cells(case: Case, field_of: FieldOf) -> Iterator[Cell]:
    """The columns that count this petition as a petition."""
    yield Cell(forms.HANDLED, 1)
    if not case.handled:
        return
    yield Cell(forms.HANDLED, 2)
    if case.outcome in (Outcome.GUIDED, Outcome.PASSED_ON):
        passed = 24 if case.outcome is Outcome.GUIDED else 25
        yield from (Cell(forms.HANDLED, ms) for ms in (3, 23, passed))
    if not case.is_competent:
        return
    head = case.book
    yield from (Cell(forms.HANDLED, ms) for ms in (3, 4, _TOTAL_COLUMN[head]))
    if head in _INSTANCE_COLUMN:
        yield Cell(forms.HANDLED, _INSTANCE_COLUMN[head][case.instance > 1])
        yield Cell(_FORM[head], 1)
    yield Cell(forms.HANDLED, _FIELD_COLUMN[head][field_of(case.kind, case.topic)])


ALL_HEADS: Final = ""
"""In `matter_cells`: the matters of every kind together (02/XLD col 5)."""


FIELDS: Final = {kind: tuple(_FIELD_COLUMN[head]) for kind, head in _HEAD.items()}
"""The fields of the forms under which petitions of a kind can count."""


def matter_heads(case: Case) -> tuple[str, ...]:
    """Under which heads this petition is a matter, or one of its petitions."""
    if not case.is_competent:
        return ()
    return (ALL_HEADS, case.book) if case.book in _FORM else (ALL_HEADS,)


def matter_cells(head: str, acceptance: Acceptance) -> tuple[Cell, ...]:
    """The columns that count a matter under a head; `acceptance` is that of the petition that leads it."""
    if head == ALL_HEADS:
        return (Cell(forms.HANDLED, 5),)
    return Cell(_FORM[head], 2), Cell(_FORM[head], acceptance or Acceptance.EXAMINED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """A decision on a complaint or a conclusion on a denunciation, with what became of it in the period; or `count`
    of them alike, with what all of them order."""

    unit: str
    kind: Kind
    instance: int
    result: str
    """Its result code (`petitions.reasons`)."""
    is_new: bool
    """Issued in the period; else left over from before."""
    is_done: bool
    """Fully carried out in the period."""
    ordered: Mapping[str, int] = field(default_factory=dict)
    """What it orders (`petitions.facts.DECIDED`)."""
    left: Mapping[str, int] = field(default_factory=dict)
    """What was left to be carried out as the period began (`left_of`)."""
    within: Mapping[str, int] = field(default_factory=dict)
    """What was carried out in the period."""
    count: int = 1


def counts_decisions(cell: Cell) -> bool:
    """Whether a column counts decisions and what they order, not petitions and matters."""
    if cell.form in (forms.COMPLAINTS, forms.DENUNCIATIONS):
        return cell.ms > max(Acceptance)
    return cell.form == forms.CARRIED_OUT


def has_list(cell: Cell) -> bool:
    """Whether there are petitions behind a column; what is only typed in has none."""
    if cell.form == forms.RECEPTION:
        return cell.ms in _VISITED
    return cell.form != forms.MANAGEMENT


_VISITED: Final = (1, 2, 3, 5, 6, 7)
"""Columns of 01/TCD that count visits which the service knows, and their sums."""
_DENUNCIATION_RESULT: Final = {"denunciation_true": 8, "denunciation_untrue": 9, "denunciation_partly": 10}
_SECOND: Final = 3
"""Columns 11 to 13 of 04/GQTC say of tố cáo tiếp what 8 to 10 say of the first."""
_DUE: Final = (
    ("recover_money", "recovered_money", 3, 18),
    ("recover_land", "recovered_land", 4, 19),
    ("return_money", "returned_money", 7, 22),
    ("return_land", "returned_land", 8, 23),
)
"""Phải thu, phải trả in 05/KQTH: what is ordered, what was carried out of it, the columns."""


def _columns(group: tuple[Fact, ...], form: str, *, denounced: bool) -> tuple[tuple[str, Cell], ...]:
    columns = ((fact.key, fact.denunciation if denounced else fact.complaint) for fact in group)
    return tuple((key, Cell(form, ms)) for key, ms in columns if ms)


_ORDERED: Final = {
    False: _columns(DECIDED, forms.COMPLAINTS, denounced=False),
    True: _columns(DECIDED, forms.DENUNCIATIONS, denounced=True),
}
_DONE: Final = {
    denounced: _columns(CARRIED_OUT, forms.CARRIED_OUT, denounced=denounced) for denounced in (False, True)
}
_LEFT: Final = {
    denounced: tuple(
        (ordered, Cell(forms.CARRIED_OUT, denunciation if denounced else complaint))
        for ordered, _, complaint, denunciation in _DUE
    )
    for denounced in (False, True)
}


def left_of(ordered: Mapping[str, int], before: Mapping[str, int]) -> dict[str, int]:
    """What one decision orders to be paid or given back, less what was carried out before the period."""
    due = ((key, ordered.get(key, 0) - before.get(carried, 0)) for key, carried, _, _ in _DUE)
    return {key: left for key, left in due if left > 0}


def decision_cells(decision: Decision) -> dict[Cell, int]:
    """The columns that count a decision, each with its amount; those with none are left out."""
    denounced = decision.kind is not Kind.COMPLAINT
    first, done = (16, 17) if denounced else (1, 2)
    found = {Cell(forms.CARRIED_OUT, first): decision.count}
    if decision.is_done:
        found[Cell(forms.CARRIED_OUT, done)] = decision.count
    if decision.is_new:
        form = forms.DENUNCIATIONS if denounced else forms.COMPLAINTS
        if denounced:
            result = _DENUNCIATION_RESULT[decision.result] + (_SECOND if decision.instance > 1 else 0)
        else:
            result = RESULT_OF[decision.result]
        found[Cell(form, 7)] = found[Cell(form, result)] = decision.count
        for key, cell in _ORDERED[denounced]:
            if amount := decision.ordered.get(key, 0):
                found[cell] = amount
    for key, cell in _LEFT[denounced]:
        if amount := decision.left.get(key, 0):
            found[cell] = amount
    for key, cell in _DONE[denounced]:
        if amount := decision.within.get(key, 0):
            found[cell] = amount
    return found


COUNTER: Final = "counter"
"""The channel of a petition that somebody brought to the desk and an officer entered (`handlers.console_entry`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Somebody who came to the desk. Of an appointment it is known where the signed đơn was
    confirmed for the very day, or an officer noted that the person came (`kept`); who brought a petition that an
    officer entered was there."""

    unit: str
    booked: bool
    kept: bool


def visit_cells(visit: Visit) -> tuple[Cell, ...]:
    """One visit, one person, one matter at the regular desk; a group that came is typed in."""
    return tuple(Cell(forms.RECEPTION, ms) for ms in (5, 6, 7)) if visit.kept else ()
