"""What an action makes of the petition's row: one place for each action's consequences."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handlers import competence
from handlers.alarm_people import successor
from handlers.case_details import Details
from handlers.officers.access import same_unit, sealed, unit_today
from petitions.kinds import Action, Kind, Stage
from petitions.transition_groups import INTAKE_STAGES
from petitions.transition_rows import MAX_REFUSALS, MAX_TRANSFERS, OfficerEffect, Transition
from petitions.transitions import SEALED_KINDS
from storage.records import ActorRef, PetitionChanges, PetitionRecord

if TYPE_CHECKING:
    from handlers.turn import Turn

_OUTCOMES: Final = frozenset(
    {
        Action.SCREEN_ELIGIBLE,
        Action.SCREEN_INELIGIBLE,
        Action.SCREEN_DUPLICATE,
        Action.SCREEN_ANONYMOUS,
        Action.PASS_ON,
        Action.GUIDE,
        Action.ACCEPT,
        Action.NOT_ACCEPT,
        Action.DISCONTINUE,
        Action.DECIDE,
        Action.CONCLUDE,
        Action.ANSWER,
        Action.WITHDRAW,
    }
)
"""Actions whose code, or whose own name where they have none, is the outcome of the case so far."""
_ANSWERED_BY_CITIZEN: Final = frozenset({Action.CITIZEN_ADDS, Action.HAND_IN_FORM, Action.GIVE_FORM_VALUES})


def changes_of(
    turn: Turn, petition: PetitionRecord, row: Transition, actor: ActorRef, details: Details, today: dt.date
) -> PetitionChanges:
    """The columns that change."""
    changes: PetitionChanges = {}
    if row.to_stage is not None:
        changes["stage"] = row.to_stage
    if row.officer is OfficerEffect.SELF:
        changes["officer_id"] = actor.officer_id
    elif row.officer is OfficerEffect.NAMED:
        changes["officer_id"] = details.officer_id
    elif row.officer is OfficerEffect.CLEAR:
        changes["officer_id"] = None
    if row.action in _OUTCOMES:
        changes["outcome"] = details.code or row.action.value
    if row.action in _ANSWERED_BY_CITIZEN and petition.asked_at is not None:
        changes["asked_at"] = None
    changes |= _legal(turn, petition, row.action, details, details.on or today)
    changes |= _moved(turn, petition, row, details)
    match row.action:
        case Action.RATE:
            changes["rating"] = details.rating
        case Action.NOT_SATISFIED:
            changes["not_satisfied_at"] = turn.now
        case Action.ASK_WITHDRAW:
            changes["withdraw_wish_at"] = turn.now
        case Action.BECOME_MASS:
            changes["mass_at"] = turn.now
        case Action.REPRESENT | Action.END_REPRESENT:
            changes["represents_at"] = turn.now if row.action is Action.REPRESENT else None
        case Action.KEEP_GOING | Action.WITHDRAW_PART:
            changes["withdraw_wish_at"] = None
        case Action.REOPEN:
            changes["reopened"] = petition.reopened + 1
        case Action.ASK_CITIZEN | Action.REQUEST_SUPPLEMENT:
            changes["asked_at"] = turn.now
        case Action.POLICY_GAP:
            changes["gaps"] = petition.gaps + 1
        case Action.WITHDRAW_GAP:
            changes["gaps"] = petition.gaps - 1
        case Action.CORRECT:
            changes |= _correction(turn, petition, details)
        case _:
            pass
    return changes


def _legal(
    turn: Turn, petition: PetitionRecord, action: Action, details: Details, on: dt.date
) -> PetitionChanges:
    match action:
        case Action.HAND_IN_FORM:
            return {"form_given_at": turn.now}
        case Action.BOOK_VISIT | Action.INVITE_DIALOGUE if details.moment is not None:
            if action is Action.BOOK_VISIT:
                return {"visit_at": details.moment}
            return {"dialogue_at": details.moment}
        case Action.CANCEL_VISIT:
            return {"visit_at": None}
        case Action.CONFIRM_FORM:
            return {"formed_on": on}
        case Action.ACCEPT:
            return {"accepted_on": on}
        case Action.HOLD_DIALOGUE:
            return {"dialogue_held_at": dt.datetime.combine(on, dt.time(12), turn.facts.agency.zone)}
        case Action.FIND_COMPLEX:
            return {"complex": True}
        case Action.EXTEND:
            return {"extensions": petition.extensions + 1}
        case Action.DECIDE | Action.CONCLUDE:
            return {"decided_on": on}
        case Action.TAKE_EFFECT:
            return {"effective_on": on}
        case Action.GO_UP:
            return {"gone_up_at": turn.now}
        case Action.SCREEN_ANONYMOUS:
            return {"kind": Kind.ANONYMOUS_TIP, "confidential": True}
        case Action.PASS_ON | Action.GUIDE:
            return {"destination": details.destination or petition.destination}
        case Action.SCREEN_DUPLICATE:
            return {"linked_to": details.linked}
        case _:
            return {}


def _moved(turn: Turn, petition: PetitionRecord, row: Transition, details: Details) -> PetitionChanges:
    """Where the case goes between units: back and forth ends with the focal unit's binding decision."""
    agency = turn.facts.agency
    match row.action:
        case Action.TRANSFER:
            wanted = details.unit or petition.unit
            if petition.transfers >= MAX_TRANSFERS or _had_it(turn, petition, wanted):
                wanted = competence.lawful_unit(agency, petition, decider(turn, petition))
            return {"unit": wanted, "transfers": petition.transfers + 1}
        case Action.REFUSE_TRANSFER:
            back = decider(turn, petition)
            if petition.refusals < MAX_REFUSALS:
                back = unit_today(agency, _came_from(turn, petition))
            back = competence.lawful_unit(agency, petition, back)
            return {"unit": back, "refusals": petition.refusals + 1}
        case Action.RULE_UNIT:
            return {"unit": details.unit or petition.unit, "bound": True}
        case Action.REASSIGN:
            return {"unit": details.unit or petition.unit, "officer_id": details.officer_id}
        case _:
            return {}


def decider(turn: Turn, petition: PetitionRecord) -> str:
    """The unit that decides who answers: the focal unit; of a sealed case from elsewhere the leadership, for the
    focal unit may be the accused one (Luật Tố cáo 2018 Đ12, Đ56)."""
    agency = turn.facts.agency
    if sealed(petition) and not _had_it(turn, petition, agency.focal_unit):
        return agency.leadership_unit
    return agency.focal_unit


def goes_to_focal(turn: Turn, petition: PetitionRecord, unit: str) -> bool:
    """Whether a transfer to `unit` would not go there, but to who decides (`decider`)."""
    return petition.transfers >= MAX_TRANSFERS or _had_it(turn, petition, unit)


def _had_it(turn: Turn, petition: PetitionRecord, unit: str) -> bool:
    agency = turn.facts.agency
    return any(same_unit(agency, line.unit, unit) for line in turn.book.assignments(petition.id))


def _came_from(turn: Turn, petition: PetitionRecord) -> str:
    """The unit that had the case before the present one."""
    agency = turn.facts.agency
    lines = turn.book.assignments(petition.id)
    others = [line.unit for line in lines if not same_unit(agency, line.unit, petition.unit)]
    return others[-1] if others else agency.focal_unit


def with_correction(petition: PetitionRecord, details: Details) -> PetitionRecord:
    """The petition with what a correction says of it, still with its unit."""
    return replace(petition, **_class(petition, details))


def _correction(turn: Turn, petition: PetitionRecord, details: Details) -> PetitionChanges:
    """A changed unit starts anew: nobody of the former one stays named; after screening somebody of the new one
    is. A unit that turns out to be the accused one loses the case at once, and so does an accused officer.
    """
    changes = _class(petition, details)
    after = replace(petition, **changes)
    unit = competence.lawful_unit(turn.facts.agency, after, details.unit or petition.unit)
    if unit == petition.unit and (petition.officer_id is None or petition.officer_id != after.accused_id):
        return changes
    changes["unit"] = unit
    changes["officer_id"] = None
    if petition.stage in INTAKE_STAGES:
        changes["stage"] = Stage.RECEIVED
    else:
        officer = successor(turn, replace(petition, **changes), unit=unit, leaving=None)
        changes["officer_id"] = officer.id if officer is not None else None
    return changes


def _class(petition: PetitionRecord, details: Details) -> PetitionChanges:
    """What a correction says of the petition itself.

    What was handed in under the promise of secrecy stays sealed when it turns out to be of another kind.
    """
    changes: PetitionChanges = {}
    if details.kind is not None:
        changes["kind"] = details.kind
        if petition.kind in SEALED_KINDS:
            changes["confidential"] = True
    if details.subkind is not None:
        changes["subkind"] = details.subkind
    if details.remote is not None:
        changes["remote"] = details.remote
    if details.topic is not None:
        changes["topic"] = details.topic
    if details.severity is not None:
        changes["severity"] = details.severity
    if details.destination is not None:
        changes["destination"] = details.destination or None
    if details.against is not None:
        changes["against"] = details.against or None
    if details.accused_id is not None:
        changes["accused_id"] = details.accused_id or None
    return changes
