"""What is done to a petition, by whoever does it: one lock, one check, one event, the notices that follow.

Citizens, officers and timers all come through here, so that no way around the workflow table exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers import notices
from handlers.officers.access import Access, in_unit, officer_access, same_unit
from handlers.turn import Turn
from petitions.kinds import Action, ActorKind, Kind, Stage
from petitions.transitions import SEALED_KINDS
from petitions.workflow import (
    OfficerEffect,
    RefusalCode,
    Refused,
    Transition,
    allowed,
    check_history,
    check_needs,
)
from storage.records import ActorRef, Filing, OfficerRecord, PetitionChanges, PetitionRecord

__all__ = [
    "CITIZEN",
    "Access",
    "UnknownPetition",
    "access",
    "add_from_citizen",
    "check",
    "file_petition",
    "officer_access",
    "perform",
]

CITIZEN = ActorRef(kind=ActorKind.CITIZEN)
"""The actor of everything a petitioner does; who that is stands in the petition itself."""


class UnknownPetition(LookupError):
    """No such petition, or none this actor may know of; both are answered alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """What somebody gives with an action."""

    text: str = ""
    reason: str = ""
    officer_id: int | None = None
    unit: str | None = None
    rating: int | None = None
    kind: Kind | None = None
    topic: str | None = None
    destination: str | None = None
    """`outside:<authority>`; empty to take it back; None leaves it."""
    file_ids: tuple[int, ...] = ()
    extra: dict[str, Any] | None = None

    @property
    def words(self) -> str:
        return self.text or self.reason

    def content(self) -> dict[str, Any]:
        """The event's content: only what was given."""
        given: dict[str, Any] = {
            "text": self.text,
            "reason": self.reason,
            "officer_id": self.officer_id,
            "unit": self.unit,
            "rating": self.rating,
            "kind": self.kind.value if self.kind else None,
            "topic": self.topic,
            "destination": self.destination,
            "file_ids": list(self.file_ids),
        }
        return {name: value for name, value in given.items() if value not in ("", None, [])} | (
            self.extra or {}
        )

    def given(self) -> dict[str, object]:
        """What the workflow table asks for. Files count as words: a photo can be the answer."""
        return {
            "text": self.text or ("files" if self.file_ids else ""),
            "reason": self.reason,
            "officer": self.officer_id,
            "unit": self.unit,
            "rating": self.rating,
        }


def file_petition(turn: Turn, filing: Filing) -> PetitionRecord:
    """File what the citizen confirmed: petition, number, code and first event in one go, then tell the unit.

    The citizen's own confirmation is said by the dialogue; cards and alerts to officers are queued here.
    """
    petition = turn.book.file(filing)
    notices.announce(turn, petition, Action.FILE, actor=filing.actor)
    return petition


def perform(
    turn: Turn,
    petition_id: int,
    action: Action,
    actor: ActorRef,
    *,
    proven: bool = False,
    text: str = "",
    reason: str = "",
    officer_id: int | None = None,
    unit: str | None = None,
    rating: int | None = None,
    kind: Kind | None = None,
    topic: str | None = None,
    destination: str | None = None,
    file_ids: tuple[int, ...] = (),
    extra: dict[str, Any] | None = None,
) -> PetitionRecord:
    """Do `action` to a petition and tell everybody the notices table names. Returns the petition as it is
    now.

    Args:
        proven: this conversation showed the receipt's secret of this very petition, so that it counts as the
            petitioner's own.
        extra: kept with the event beside the fields above.

    Raises:
        UnknownPetition: the petition is absent or hidden from this actor.
        petitions.workflow.Refused: the table does not allow it, or something it needs is missing.
    """
    details = Details(
        text=text.strip(),
        reason=reason.strip(),
        officer_id=officer_id,
        unit=unit,
        rating=rating,
        kind=kind,
        topic=topic,
        destination=destination,
        file_ids=file_ids,
        extra=extra,
    )
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None:
        raise UnknownPetition(str(petition_id))
    transition = check(turn, petition, action, actor, proven=proven)
    _check_details(turn, petition, transition, details)
    return _record(turn, petition, transition, actor, details)


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
    if not turn.incoming.is_group and (proven or petition.conversation_id == turn.conversation_id):
        return Access.OWN
    return Access.STAGE


def check(
    turn: Turn, petition: PetitionRecord, action: Action, actor: ActorRef, *, proven: bool = False
) -> Transition:
    """The row of the workflow table under which `actor` may do this now; words and choices are not looked at.

    Raises UnknownPetition and Refused as `perform` does.
    """
    officer = _officer(turn, actor)
    if actor.kind is ActorKind.CITIZEN and access(turn, petition, proven=proven) is not Access.OWN:
        raise UnknownPetition(str(petition.id))
    if actor.kind is ActorKind.OFFICER and officer is None:
        raise Refused(RefusalCode.NOT_LINKED)
    try:
        transition = allowed(
            petition.stage,
            action,
            actor=actor.kind,
            role=officer.role if officer else None,
            kind=petition.kind,
            same_unit=officer is not None and in_unit(turn.facts.agency, officer, petition.unit),
            is_assigned=officer is not None and petition.officer_id == officer.id,
            confidential=petition.confidential,
        )
    except Refused as refused:
        if refused.code is RefusalCode.HIDDEN:
            raise UnknownPetition(str(petition.id)) from refused
        raise
    done = {
        Action.TRANSFER: petition.transfers,
        Action.REOPEN: petition.reopened,
        Action.NOT_SATISFIED: int(petition.not_satisfied_at is not None),
    }
    check_history(transition, done, actor=actor.kind, role=officer.role if officer else None)
    return transition


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
    if transition.officer is OfficerEffect.NAMED:
        named = turn.book.officer(details.officer_id) if details.officer_id is not None else None
        if named is None or not named.active or not in_unit(agency, named, petition.unit):
            raise Refused(RefusalCode.MISSING_OFFICER)
    if transition.action is Action.CORRECT and not _corrects(petition, details):
        raise Refused(RefusalCode.MISSING_TEXT)


def _corrects(petition: PetitionRecord, details: Details) -> bool:
    return (
        details.kind not in (None, petition.kind)
        or details.topic not in (None, petition.topic)
        or details.unit not in (None, petition.unit)
        or (details.destination is not None and (details.destination or None) != petition.destination)
    )


def _record(
    turn: Turn, petition: PetitionRecord, transition: Transition, actor: ActorRef, details: Details
) -> PetitionRecord:
    action = transition.action
    after = turn.book.record(
        petition,
        action=action,
        actor=actor,
        content=details.content(),
        changes=_changes(turn, petition, transition, actor, details),
    )
    if details.file_ids:
        turn.book.attach_files(details.file_ids, petition.id)
    notices.announce(turn, after, action, before=petition, actor=actor, text=details.words)
    return after


def _changes(
    turn: Turn, petition: PetitionRecord, transition: Transition, actor: ActorRef, details: Details
) -> PetitionChanges:
    changes: PetitionChanges = {}
    if transition.to_stage is not None:
        changes["stage"] = transition.to_stage
    if transition.officer is OfficerEffect.SELF:
        changes["officer_id"] = actor.officer_id
    elif transition.officer is OfficerEffect.NAMED:
        changes["officer_id"] = details.officer_id
    elif transition.officer is OfficerEffect.CLEAR:
        changes["officer_id"] = None
    match transition.action:
        case Action.TRANSFER:
            changes["unit"] = details.unit or petition.unit
            changes["transfers"] = petition.transfers + 1
        case Action.RATE:
            changes["rating"] = details.rating
        case Action.NOT_SATISFIED:
            changes["not_satisfied_at"] = turn.now
        case Action.ASK_WITHDRAW:
            changes["withdraw_wish_at"] = turn.now
        case Action.REOPEN:
            changes["reopened"] = petition.reopened + 1
        case Action.CORRECT:
            changes |= _correction(petition, details)
        case _:
            pass
    return changes


def _correction(petition: PetitionRecord, details: Details) -> PetitionChanges:
    """A changed unit starts anew: nobody of the former one stays named.

    What was handed in under the promise of secrecy stays sealed when it turns out to be of another kind.
    """
    changes: PetitionChanges = {}
    if details.kind is not None:
        changes["kind"] = details.kind
        if petition.kind in SEALED_KINDS:
            changes["confidential"] = True
    if details.topic is not None:
        changes["topic"] = details.topic
    if details.destination is not None:
        changes["destination"] = details.destination or None
    if details.unit is not None and details.unit != petition.unit:
        changes["unit"] = details.unit
        changes["officer_id"] = None
        changes["stage"] = Stage.RECEIVED
    return changes
