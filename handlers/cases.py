"""What is done to a petition, by whoever does it: one lock, one check, one event, the notices that follow.

Citizens, officers and timers all come through here, so that no way around the workflow table exists.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from handlers import (
    case_clocks,
    clock_timers,
    competence,
    forwarding,
    gap_checks,
    gathering,
    mass_cases,
    notices,
)
from handlers.case_changes import changes_of, with_correction
from handlers.case_details import Details
from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed
from handlers.officers.cards import shown_code
from handlers.turn import Turn
from petitions.clocks import Operation
from petitions.kinds import Action, ActorKind, Role
from petitions.reasons import codes_of
from petitions.transition_groups import INTAKE_STAGES
from petitions.transition_rows import MAX_TRANSFERS, Transition
from petitions.workflow import RefusalCode, Refused, allowed, check_history, check_needs
from storage.casebook import Casebook
from storage.records import ActorRef, Filing, OfficerRecord, PetitionChanges, PetitionRecord

__all__ = [
    "CITIZEN",
    "Access",
    "Details",
    "UnknownPetition",
    "access",
    "add_from_citizen",
    "check",
    "file_joined",
    "file_petition",
    "officer_access",
    "perform",
]

CITIZEN = ActorRef(kind=ActorKind.CITIZEN)
"""The actor of everything a petitioner does; who that is stands in the petition itself."""


DENIALS_KEPT: Final = 20
"""Attempts without the right kept a day, for one person and one case; more of them say nothing new."""


class UnknownPetition(LookupError):
    """No such petition, or none this actor may know of; both are answered alike."""


def file_petition(turn: Turn, filing: Filing) -> PetitionRecord:
    """File what the citizen confirmed: petition, number, code and first event in one go, then tell the unit.

    The citizen's own confirmation is said by the dialogue; cards and alerts to officers are queued here. The
    first clocks start with it.
    """
    petition = turn.book.file(case_clocks.with_first_clocks(turn, filing))
    return _tell_filed(turn, petition, filing.actor)


def file_joined(turn: Turn, filing: Filing, lead_id: int) -> PetitionRecord:
    """File a petition of the citizen's own and merge it into an open case on the same matter at once.

    It has its code, its number and its first clocks like any other; officers see it in the lead's card. Where the
    case takes no others any more (`merged_into` of what comes back is None), it is filed on its own, and nothing is
    lost.
    """
    turn.book.petition(lead_id, lock=True)  # petitions before register numbers
    petition = turn.book.file(case_clocks.with_first_clocks(turn, filing))
    try:
        return perform(turn, petition.id, Action.MERGE, filing.actor, linked=lead_id)
    except Refused:
        return _tell_filed(turn, petition, filing.actor)


def _tell_filed(turn: Turn, petition: PetitionRecord, actor: ActorRef) -> PetitionRecord:
    clock_timers.plan(turn, petition)
    notices.announce(turn, petition, Action.FILE, actor=actor)
    return mass_cases.watch(turn, petition)


def perform(
    turn: Turn,
    petition_id: int,
    action: Action,
    actor: ActorRef,
    *,
    proven: bool = False,
    text: str = "",
    reason: str = "",
    operations: Sequence[Operation] = (),
    **given: Any,
) -> PetitionRecord:
    """Do `action` to a petition and tell everybody the notices table names. Returns the petition as it is
    now.

    Args:
        proven: this conversation showed the receipt's secret of this very petition, so that it counts as the
            petitioner's own.
        operations: what the service itself does to clocks, beside what the row says.
        given: further fields of `Details`.

    Raises:
        UnknownPetition: the petition is absent or hidden from this actor.
        petitions.workflow.Refused: the table does not allow it, or something it needs is missing.
    """
    details = Details(text=text.strip(), reason=reason.strip(), **given)
    held = gathering.lock(turn, petition_id, action, details)
    if held is None:
        raise UnknownPetition(str(petition_id))
    transition = check(turn, held.petition, action, actor, proven=proven)
    if action is Action.REOPEN and held.other is not None:  # the matter is opened again, for all of them
        held, details = gathering.at_lead(held, details)
        transition = check(turn, held.petition, action, actor, objected=True)
    _check_details(turn, held.petition, transition, details)
    if action is Action.WITHDRAW_GAP:
        gap_checks.check_withdrawal(turn, held.petition, details.gap, actor)
    gathering.check(turn, held, transition, _officer(turn, actor), actor, details)
    return _record(turn, held, transition, actor, details, operations)


def add_from_citizen(
    turn: Turn, petition_id: int, *, text: str = "", file_ids: tuple[int, ...] = (), proven: bool = False
) -> PetitionRecord:
    """Words or files the petitioner adds after filing; an answer where the officer had asked something."""
    return perform(
        turn, petition_id, Action.CITIZEN_ADDS, CITIZEN, proven=proven, text=text, file_ids=file_ids
    )


def access(turn: Turn, petition: PetitionRecord | None, *, proven: bool = False) -> Access:
    """How much of `petition` the citizen of this turn may be told. An absent petition is `NONE`.

    `proven`: the receipt's secret of this petition was shown in this conversation.
    """
    if petition is None:
        return Access.NONE
    here = petition.conversation_id == turn.conversation_id or petition.contact_id == turn.contact.id
    if not turn.incoming.is_group and (proven or here):
        return Access.OWN
    return Access.STAGE


def check(
    turn: Turn,
    petition: PetitionRecord,
    action: Action,
    actor: ActorRef,
    *,
    proven: bool = False,
    objected: bool = False,
) -> Transition:
    """The row of the workflow table under which `actor` may do this now; words and choices are not looked at.

    `objected`: somebody whose petition is merged into this one was not satisfied.

    Raises UnknownPetition and Refused as `perform` does.
    """
    officer = _officer(turn, actor)
    if actor.kind is ActorKind.CITIZEN and access(turn, petition, proven=proven) is not Access.OWN:
        raise UnknownPetition(str(petition.id))
    if actor.kind is ActorKind.OFFICER and officer is None:
        raise Refused(RefusalCode.NOT_LINKED)
    agency = turn.facts.agency
    done = done_to(petition) | ({Action.NOT_SATISFIED: 1} if objected else {})
    if officer is not None and competence.is_accused(petition, officer):
        if sealed(petition):
            raise UnknownPetition(str(petition.id))
        raise Refused(RefusalCode.ACCUSED_OFFICER)
    try:
        transition = allowed(
            petition.stage,
            action,
            actor=actor.kind,
            role=officer.role if officer else None,
            kind=petition.kind,
            same_unit=officer is not None and in_unit(agency, officer, petition.unit),
            is_assigned=officer is not None and petition.officer_id == officer.id,
            confidential=petition.confidential,
            in_focal=officer is not None and in_unit(agency, officer, agency.focal_unit),
            done=done,
        )
    except Refused as refused:
        if refused.code is RefusalCode.HIDDEN:
            raise UnknownPetition(str(petition.id)) from refused
        if refused.code is RefusalCode.MERGED and petition.merged_into is not None:
            lead = turn.book.petition(petition.merged_into)
            refused.params["lead"] = shown_code(lead) if lead is not None else ""
        raise
    check_history(transition, done, actor=actor.kind)
    competence.check_goes_on(turn, petition, action, actor)
    director = officer is not None and officer.role is Role.DIRECTOR
    if petition.bound and transition.action in _MOVING and not director:
        raise Refused(RefusalCode.BOUND)
    if action is Action.TRANSFER and petition.transfers > MAX_TRANSFERS:
        raise Refused(RefusalCode.TOO_MANY_TRANSFERS, {"limit": petition.transfers})
    return transition


_MOVING: Final = frozenset({Action.TRANSFER, Action.REFUSE_TRANSFER})


def done_to(petition: PetitionRecord) -> dict[Action, int]:
    """How often the actions that others follow were done, as far as the row tells."""
    return {
        Action.TRANSFER: petition.transfers,
        Action.REOPEN: petition.reopened,
        Action.NOT_SATISFIED: int(petition.not_satisfied_at is not None),
        Action.CONFIRM_FORM: int(petition.formed_on is not None),
        Action.ASK_WITHDRAW: int(petition.withdraw_wish_at is not None),
        Action.GO_UP: int(petition.gone_up_at is not None),
        Action.POLICY_GAP: petition.gaps,
        Action.MERGE: int(petition.merged_into is not None),
        Action.MEMBER_JOINED: petition.members,
        Action.BECOME_MASS: int(petition.mass_at is not None or petition.merged_into is not None),
        Action.REPRESENT: int(petition.represents_at is not None),
        Action.SCREEN_DUPLICATE: int(petition.outcome in codes_of("duplicate")),
    }


def put_on_record(turn: Turn, petition: PetitionRecord, actor: ActorRef, tried: str, code: str) -> None:
    """An officer tried what is not theirs to do or to see: kept in the case's history, told to nobody.

    `tried`: the action's wire value, or the verb of the button where it only shows something.
    """
    note_denial(turn.book, petition, actor, tried, code)


def note_denial(book: Casebook, petition: PetitionRecord, actor: ActorRef, tried: str, code: str) -> None:
    """As `put_on_record`, for who has no turn."""
    name = f"denied:{actor.officer_id}:{petition.id}"
    if not book.throttle(name, limit=DENIALS_KEPT, per=timedelta(days=1)):
        return
    locked = book.petition(petition.id, lock=True)
    if locked is not None:
        book.record(
            locked,
            action=Action.DENIED,
            actor=actor,
            content={"tried": tried, "why": code},
            changes={},
        )


def _officer(turn: Turn, actor: ActorRef) -> OfficerRecord | None:
    """The acting officer as on record now; a removed one is nobody."""
    if actor.kind is not ActorKind.OFFICER:
        return None
    officer = turn.officer
    if officer is None or officer.id != actor.officer_id:
        officer = turn.book.officer(actor.officer_id) if actor.officer_id is not None else None
    return officer if officer is not None and officer.active else None


def _check_details(turn: Turn, petition: PetitionRecord, transition: Transition, details: Details) -> None:
    """Whether what was given is enough and makes sense: a unit that exists, an officer of the right unit."""
    check_needs(transition, details.given())
    agency = turn.facts.agency
    if details.unit is not None and details.unit not in {unit.code for unit in agency.units if unit.active}:
        raise Refused(RefusalCode.MISSING_UNIT)
    if transition.action is Action.TRANSFER and same_unit(agency, details.unit or "", petition.unit):
        raise Refused(RefusalCode.MISSING_UNIT)
    if transition.action in (Action.TRANSFER, Action.RULE_UNIT):
        competence.check_unit(turn, petition, details.unit or petition.unit)
    if "officer" in transition.needs:
        _check_officer(turn, petition, transition.action, details)
    if transition.action is Action.CORRECT:
        _check_correction(turn, petition, transition, details)
    if transition.action in (Action.PASS_ON, Action.GUIDE):
        forwarding.check(turn, petition, transition.action, details.destination or "")
    if transition.action is Action.SCREEN_DUPLICATE:
        forwarding.check_linked(turn, petition, details.linked)


def _check_officer(turn: Turn, petition: PetitionRecord, action: Action, details: Details) -> None:
    named = turn.book.officer(details.officer_id) if details.officer_id is not None else None
    if named is None or not named.active or not in_unit(turn.facts.agency, named, petition.unit):
        raise Refused(RefusalCode.MISSING_OFFICER)
    competence.check_officer(petition, named)
    if action is Action.ORDER_TASK and officer_access(turn.facts.agency, petition, named) is Access.NONE:
        raise Refused(RefusalCode.MISSING_OFFICER)  # a sealed case: who may not see it cannot carry it out


def _check_correction(turn: Turn, petition: PetitionRecord, transition: Transition, details: Details) -> None:
    """After screening only what the limits depend on is put right, and who is accused: the class itself was
    decided on."""
    if not _corrects(petition, details):
        raise Refused(RefusalCode.MISSING_TEXT)
    accused = details.against is not None or details.accused_id is not None
    if petition.stage not in INTAKE_STAGES:
        moves = () if accused else (details.unit, details.destination)
        classed = (details.kind, details.topic, details.severity, *moves)
        if any(value is not None for value in classed):
            raise Refused(RefusalCode.WRONG_STAGE, {"stage": petition.stage.value})
        if transition.unit_scope == "any" and not accused:
            raise Refused(RefusalCode.WRONG_UNIT)
    if details.unit is not None:
        competence.check_unit(turn, with_correction(petition, details), details.unit)


def _corrects(petition: PetitionRecord, details: Details) -> bool:
    return (
        details.kind not in (None, petition.kind)
        or details.subkind not in (None, petition.subkind)
        or details.remote not in (None, petition.remote)
        or details.topic not in (None, petition.topic)
        or details.severity not in (None, petition.severity)
        or (details.against is not None and (details.against or None) != petition.against)
        or (details.accused_id is not None and (details.accused_id or None) != petition.accused_id)
        or details.unit not in (None, petition.unit)
        or (details.destination is not None and (details.destination or None) != petition.destination)
    )


_ROUTED: Final = frozenset({Action.TRANSFER, Action.REFUSE_TRANSFER, Action.RULE_UNIT, Action.CORRECT})


def _ground(turn: Turn, petition: PetitionRecord, action: Action, changes: PetitionChanges) -> dict[str, Any]:
    """What the routing rules say at this moment, beside the reason a person gives: it can be asked later why."""
    if action not in _ROUTED:
        return {}
    route = competence.route_today(turn.facts.agency, replace(petition, **changes))
    return {"route": route.to_json()} if route is not None else {}


def _record(
    turn: Turn,
    held: gathering.Held,
    transition: Transition,
    actor: ActorRef,
    details: Details,
    operations: Sequence[Operation],
) -> PetitionRecord:
    action, petition = transition.action, held.petition
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    clocks = turn.book.clocks(petition.id)
    case_clocks.check(turn, *gathering.in_law(turn, petition, clocks, action), transition, details, today)
    before = gathering.undone(turn, petition, action)
    changes = changes_of(turn, petition, transition, actor, details, today)
    changes |= gathering.changes(turn, held, transition, before)
    made = [*operations, *gathering.operations(turn, held, action, before)]
    made += case_clocks.made(turn, petition, changes, transition, details, clocks, today)
    changes |= case_clocks.due_changes(petition, clocks, made)
    after = turn.book.record(
        petition,
        action=action,
        actor=actor,
        content=details.content() | _ground(turn, petition, action, changes),
        changes=changes,
        operations=made,
    )
    if details.file_ids:
        turn.book.attach_files(details.file_ids, petition.id)
    turn.book.seal_similar(petition, after)
    if made or after.severity is not petition.severity:
        clock_timers.plan(turn, after)
    told = notices.announce(turn, after, action, before=petition, actor=actor, details=details)
    return gathering.carry(turn, held, after, action, actor, details, told)
