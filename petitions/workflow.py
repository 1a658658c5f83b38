"""What may be done to a petition: asking the one table of transitions (`petitions.transitions`).

`allowed` answers for one press, `actions_for` lists what a card may offer, `may_see` says who may know of a
case at all, and the `check_*` functions hold the limits that need the history. Nothing here changes anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum, unique
from typing import Any, Final

from petitions.card_order import CARD_ORDER
from petitions.kinds import Action, ActorKind, Kind, Role, Stage
from petitions.transition_groups import ENDED, FINISHED
from petitions.transition_rows import (
    CITIZEN_REOPENS,
    MAX_REFUSALS,
    MAX_TRANSFERS,
    NEEDS,
    NOT_SATISFIED_TIMES,
    OfficerEffect,
    Transition,
)
from petitions.transitions import SEALED_KINDS, SEALED_ROLES, TABLE

__all__ = [
    "CARD_ORDER",
    "CITIZEN_REOPENS",
    "MAX_REFUSALS",
    "MAX_TRANSFERS",
    "NEEDS",
    "NOT_SATISFIED_TIMES",
    "TABLE",
    "OfficerEffect",
    "RefusalCode",
    "Refused",
    "Transition",
    "actions_for",
    "allowed",
    "check_history",
    "check_needs",
    "may_see",
]


@unique
class RefusalCode(StrEnum):
    """Why an action was refused; a text of the dialogue stands under each."""

    NOT_LINKED = "not_linked"
    """Pressed by somebody who is no linked officer."""
    WRONG_ACTOR = "wrong_actor"
    """An officer's action asked by a citizen, or the other way round."""
    WRONG_KIND = "wrong_kind"
    """Not for this kind of petition (a complaint is not withdrawn by a press)."""
    WRONG_ROLE = "wrong_role"
    WRONG_UNIT = "wrong_unit"
    WRONG_STAGE = "wrong_stage"
    ALREADY_TAKEN = "already_taken"
    """Somebody else was quicker."""
    NOT_ASSIGNED = "not_assigned"
    """Only the named officer, or those who lead, may do this."""
    HIDDEN = "hidden"
    """A sealed case this person may not know of; answer as if there were none."""
    MISSING_TEXT = "missing_text"
    MISSING_REASON = "missing_reason"
    MISSING_OFFICER = "missing_officer"
    MISSING_UNIT = "missing_unit"
    MISSING_RATING = "missing_rating"
    BAD_RATING = "bad_rating"
    """A rating is a whole number from 1 to 5."""
    MISSING_CODE = "missing_code"
    BAD_CODE = "bad_code"
    """No reason code of this action's list."""
    MISSING_ON = "missing_on"
    MISSING_MOMENT = "missing_moment"
    MISSING_DOCUMENT = "missing_document"
    MISSING_DESTINATION = "missing_destination"
    MISSING_LINKED = "missing_linked"
    """No petition of that code that this officer may see, or the petition itself."""
    FEW_PEOPLE = "few_people"
    """Fewer than `least` people: each may act alone, no representative is chosen."""
    ENOUGH_REPRESENTATIVES = "enough_representatives"
    """`people` people may have `most` representatives."""
    NO_REPRESENTATIVES = "no_representatives"
    """A complaint of `people` people, who have not chosen who represents them."""
    MISSING_TASK = "missing_task"
    MISSING_DUE = "missing_due"
    MISSING_FACTS = "missing_facts"
    MISSING_GAP = "missing_gap"
    """No loophole that stands, or none of this case."""
    MISSING_LAW = "missing_law"
    MISSING_ARTICLE = "missing_article"
    MISSING_PROPOSAL = "missing_proposal"
    NO_GAP = "no_gap"
    NOT_YOUR_GAP = "not_your_gap"
    """A loophole is withdrawn by who marked it, or by who leads."""
    BAD_FACT = "bad_fact"
    """A number the report forms cannot count; `fact` names it."""
    DATE_TOO_EARLY = "date_too_early"
    """Before the event it follows; `earliest` is the first day possible."""
    DATE_AHEAD = "date_ahead"
    """A day that is still to come."""
    DATE_PAST = "date_past"
    """A day gone by, where one to come is needed; `earliest` is the first day possible."""
    NOT_FORMED = "not_formed"
    """No complete, signed đơn is confirmed yet."""
    ALREADY_FORMED = "already_formed"
    ALREADY_COMPLEX = "already_complex"
    """The ceiling is raised once; there is no other extension of a complaint."""
    NO_MORE_EXTENSIONS = "no_more_extensions"
    """`limit` extensions are all the law has for this case."""
    TERM_OVER = "term_over"
    """The term ended on `due`; what is over is extended no more."""
    DIALOGUE_DUE = "dialogue_due"
    """The law asks for a dialogue before this decision."""
    OPEN_TASKS = "open_tasks"
    """`count` tasks of the decision are not done."""
    STILL_TO_SEND = "still_to_send"
    """A document of the case is not sent yet, or its decision not published."""
    NO_OPEN_TASK = "no_open_task"
    ALREADY_FORWARDED = "already_forwarded"
    """The same content was forwarded to that authority before."""
    GUIDED_BEFORE = "guided_before"
    ALREADY_REFUSED = "already_refused"
    BOUND = "bound"
    """The focal unit decided who answers."""
    TOO_MANY_TRANSFERS = "too_many_transfers"
    """`limit` transfers are all there are; who answers is decided now."""
    TO_FOCAL = "to_focal"
    """The focal unit has to decide who answers before anything else moves it."""
    NOT_OVERDUE = "not_overdue"
    SECOND_TOO_EARLY = "second_too_early"
    SECOND_TOO_LATE = "second_too_late"
    """The time for the second complaint ended on `due`."""
    SECOND_NOT_OPEN = "second_not_open"
    """There is no third complaint; the court stays open."""
    OWN_CASE = "own_case"
    """That unit would examine a case against itself."""
    ACCUSED_OFFICER = "accused_officer"
    """This officer is the one complained about or denounced."""
    MUST_MOVE = "must_move"
    """The case stands with the unit it is against; first it goes where it may be examined."""
    FOR_ABOVE = "for_above"
    """Against who leads the office: the authority above settles it, here it is only kept and passed on."""
    ALREADY_DONE = "already_done"
    ALREADY_NOT_SATISFIED = "already_not_satisfied"
    """The head of the unit was asked once; that is the limit."""
    ALREADY_REOPENED = "already_reopened"
    MERGED = "merged"
    """It is merged into another petition, whose stage, unit and dates count for it."""
    NOT_MERGED = "not_merged"
    LINKED_LATER = "linked_later"
    """The lead is the petition that came first; this one came before the one named."""
    OTHER_KIND = "other_kind"
    """The two are no petitions of one sort: kind, instance, or secrecy differ."""
    LEAD_FINISHED = "lead_finished"
    """The lead is over, and no result of it can be told to this petitioner."""
    JOINED_HERE = "joined_here"
    """The petition named was merged into this one a moment ago."""
    MERGE_LENGTHENS = "merge_lengthens"
    """This petition's legal limit `due` comes before the lead's."""
    HAS_MEMBERS = "has_members"
    """`count` petitions are merged into this one, and this would not be right for them."""
    ALREADY_LINKED = "already_linked"
    NOT_LINKED_BEFORE = "not_linked_before"
    NOT_DUPLICATE = "not_duplicate"
    """It was not closed as a duplicate."""
    NOBODY_OBJECTED = "nobody_objected"
    """An answered petition is reopened only after its citizen was not satisfied."""


class Refused(Exception):
    """The table does not allow this. `params` fill the text under the code; they hold no personal data."""

    def __init__(self, code: RefusalCode, params: Mapping[str, Any] | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.params: dict[str, Any] = dict(params or {})


def allowed(
    stage: Stage | None,
    action: Action,
    *,
    actor: ActorKind,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None = None,
    confidential: bool = False,
    in_focal: bool = False,
    done: Mapping[Action, int] | None = None,
) -> Transition:
    """The row of the table under which this actor may do this now.

    Args:
        stage: where the petition stands; None before it exists.
        role: the officer's role; None for everybody who is no linked officer.
        same_unit: whether the officer's unit is the answerable unit (after following successors).
        is_assigned: whether the officer is the named one. None: not asked, neither rows that ask for the
            named officer nor the sealing of a case are checked.
        confidential: the petition is sealed though its kind alone would not seal it.
        in_focal: whether the officer belongs to the focal unit.
        done: how often each action was done; rows that follow another action are passed over where it was
            not. None: not asked.

    Raises:
        Refused: with the code that says most: who you are before what you may, and that before when.
    """
    if actor is ActorKind.OFFICER and role is None:
        raise Refused(RefusalCode.NOT_LINKED)
    hidden = (
        actor is ActorKind.OFFICER
        and is_assigned is not None
        and not may_see(kind, confidential, role, same_unit, is_assigned)
    )
    if hidden:
        raise Refused(RefusalCode.HIDDEN)
    refusal = RefusalCode.WRONG_ACTOR
    for row in _ROWS.get(action, ()):
        why = _why_not(row, stage, actor, role, kind, same_unit, is_assigned, in_focal)
        if why is None and done is not None and row.after is not None and not done.get(row.after, 0):
            why = _MISSED.get(row.after, RefusalCode.NOBODY_OBJECTED)
        if why is None and row.leading and not (done or {}).get(Action.MEMBER_JOINED, 0):
            why = RefusalCode.WRONG_STAGE
        if why is None and done is not None and done.get(Action.MERGE, 0) and not row.while_merged:
            why = RefusalCode.MERGED
        if why is None:
            return row
        refusal = max(refusal, why, key=_ORDER.index)
    if refusal is RefusalCode.WRONG_STAGE and done is not None and done.get(Action.MERGE, 0):
        refusal = RefusalCode.MERGED
    if refusal is RefusalCode.WRONG_STAGE and action is Action.TAKE and stage not in _FINISHED:
        refusal = RefusalCode.ALREADY_TAKEN
    raise Refused(refusal, {"stage": stage.value if stage else "", "action": action.value})


_ROWS: Final = {action: tuple(row for row in TABLE if row.action is action) for action in Action}
"""The rows of each action in their order: a card asks for forty of them."""
_CARD_AT: Final = {
    stage: tuple(
        action
        for action in CARD_ORDER
        if any(stage in row.from_stages and ActorKind.OFFICER in row.actors for row in _ROWS[action])
    )
    for stage in Stage
}
"""What some officer may do at a stage, in the order of the buttons; the rest is not asked for."""
_FINISHED = frozenset({*ENDED, *FINISHED, None})
_ORDER = (
    RefusalCode.WRONG_ACTOR,
    RefusalCode.WRONG_KIND,
    RefusalCode.WRONG_ROLE,
    RefusalCode.WRONG_UNIT,
    RefusalCode.NOT_ASSIGNED,
    RefusalCode.WRONG_STAGE,
    RefusalCode.NOBODY_OBJECTED,
    RefusalCode.NOT_FORMED,
    RefusalCode.TO_FOCAL,
    RefusalCode.NOT_DUPLICATE,
    RefusalCode.NOT_MERGED,
    RefusalCode.MERGED,
    RefusalCode.NO_GAP,
)
_MISSED = {
    Action.POLICY_GAP: RefusalCode.NO_GAP,
    Action.CONFIRM_FORM: RefusalCode.NOT_FORMED,
    Action.TRANSFER: RefusalCode.TO_FOCAL,
    Action.MERGE: RefusalCode.NOT_MERGED,
    Action.SCREEN_DUPLICATE: RefusalCode.NOT_DUPLICATE,
}
"""The later a row fails, the nearer the actor was to being allowed, and the more its reason says."""


def _why_not(
    row: Transition,
    stage: Stage | None,
    actor: ActorKind,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None,
    in_focal: bool,
) -> RefusalCode | None:
    if actor not in row.actors:
        return RefusalCode.WRONG_ACTOR
    if row.kinds is not None and kind not in row.kinds:
        return RefusalCode.WRONG_KIND
    if actor is ActorKind.OFFICER:
        if role not in row.roles:
            return RefusalCode.WRONG_ROLE
        if (row.unit_scope == "own" and not same_unit) or (row.unit_scope == "focal" and not in_focal):
            return RefusalCode.WRONG_UNIT
        if row.assigned_only and is_assigned is False:
            return RefusalCode.NOT_ASSIGNED
    before_filing = stage is None and not row.from_stages
    return None if before_filing or stage in row.from_stages else RefusalCode.WRONG_STAGE


def actions_for(
    stage: Stage,
    *,
    role: Role | None,
    kind: Kind,
    same_unit: bool,
    is_assigned: bool | None = None,
    confidential: bool = False,
    in_focal: bool = False,
    done: Mapping[Action, int] | None = None,
) -> tuple[Action, ...]:
    """What an officer's card offers now, in the order of its buttons."""
    offered = []
    for action in _CARD_AT[stage]:
        try:
            allowed(
                stage,
                action,
                actor=ActorKind.OFFICER,
                role=role,
                kind=kind,
                same_unit=same_unit,
                is_assigned=is_assigned,
                confidential=confidential,
                in_focal=in_focal,
                done=done,
            )
        except Refused:
            continue
        offered.append(action)
    return tuple(offered)


def may_see(kind: Kind, confidential: bool, role: Role | None, same_unit: bool, is_assigned: bool) -> bool:
    """Whether an officer may know of this case at all.

    A sealed case (denunciation, anonymous tip, or marked confidential) is for its named officer and for those
    who receive or decide in the answerable unit (Luật Tố cáo 2018 Đ9, Đ49, Đ56). Any other is for the people
    of its unit and for those who receive, inspect or lead in the whole office.
    """
    if role is None:
        return False
    if is_assigned:
        return True
    if confidential or kind in SEALED_KINDS:
        return same_unit and role in SEALED_ROLES
    return same_unit or role in {Role.INTAKE, Role.INSPECTOR, Role.DIRECTOR}


def check_needs(transition: Transition, given: Mapping[str, object]) -> None:
    """Whether everything the row needs was given (`petitions.transition_rows.NEEDS`).

    Raises:
        Refused: naming the first thing missing, or a rating that is not 1 to 5.
    """
    for need in sorted(transition.needs, key=NEEDS.index):
        value = given.get(need)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise Refused(RefusalCode(f"missing_{need}"))
    if "rating" in transition.needs and given["rating"] not in (1, 2, 3, 4, 5):
        raise Refused(RefusalCode.BAD_RATING)


def check_history(transition: Transition, done: Mapping[Action, int], *, actor: ActorKind) -> None:
    """The limits that need what happened before.

    Args:
        done: how often each action was done to this petition so far.

    Raises:
        Refused: a second "not satisfied", a second reopening by the citizen, or a reopening of an answered
            petition nobody objected to.
    """
    action = transition.action
    if action is Action.NOT_SATISFIED and done.get(action, 0) >= NOT_SATISFIED_TIMES:
        raise Refused(RefusalCode.ALREADY_NOT_SATISFIED)
    if transition.after is not None and not done.get(transition.after, 0):
        raise Refused(_MISSED.get(transition.after, RefusalCode.NOBODY_OBJECTED))
    if action is Action.REOPEN and actor is ActorKind.CITIZEN and done.get(action, 0) >= CITIZEN_REOPENS:
        raise Refused(RefusalCode.ALREADY_REOPENED)
