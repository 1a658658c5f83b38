"""What is done to a petition, by whoever does it: one lock, one check, one event, the notices that follow.

Citizens, officers and timers all come through here, so that no way around the workflow table exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Any

from handlers import notices
from handlers.turn import Turn
from petitions.kinds import Action, ActorKind, Kind, Role
from petitions.workflow import Refused, RefusalCode, Transition, allowed
from storage.records import ActorRef, Filing, OfficerRecord, PetitionChanges, PetitionRecord

CITIZEN = ActorRef(kind=ActorKind.CITIZEN)
"""The actor of everything a petitioner does; who it is stands in the petition itself."""


@unique
class Access(StrEnum):
    """How much of a petition somebody may be told."""

    NONE = "none"
    """Answer exactly as if there were no such petition."""
    STAGE = "stage"
    """A stranger who knows the code: stage and dates only."""
    OWN = "own"
    """The petitioner's own conversation: everything they gave and were told."""
    CARD = "card"
    """An officer who may know that the case exists: the card, not the story and not the person."""
    FULL = "full"
    """An officer who works on the case."""


class UnknownPetition(LookupError):
    """No such petition, or none this actor may know of; both are answered alike."""


def file_petition(turn: Turn, filing: Filing) -> PetitionRecord:
    """File what the citizen confirmed: petition, number, code and first event in one go, then tell the unit.

    The citizen's own confirmation is said by the dialogue; cards and alerts to officers are queued here.
    """
    petition = turn.book.file(filing)
    notices.announce(turn, petition, Action.FILE)
    return petition


def perform(
    turn: Turn,
    petition_id: int,
    action: Action,
    actor: ActorRef,
    *,
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
    proven: bool = False,
) -> PetitionRecord:
    """Do `action` to a petition and tell everybody the notices table names. Returns the petition as it is now.

    `extra` is kept with the event beside the fields above; `proven` says that this conversation showed the
    receipt's secret of this very petition, so that it counts as the petitioner's own. Raises UnknownPetition where the petition is
    absent or hidden from this actor, and `petitions.workflow.Refused` where the table does not allow it.
    """
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None or not _may_act(turn, petition, actor, proven=proven):
        raise UnknownPetition(str(petition_id))
    details = _Details(
        text=text.strip(),
        reason=reason.strip(),
        officer_id=officer_id,
        unit=unit,
        rating=rating,
        kind=kind,
        topic=topic,
        destination=destination,
        file_ids=file_ids,
        extra=extra or {},
    )
    transition = _check(turn, petition, action, actor, details)
    after = turn.book.record(
        petition,
        action=action,
        actor=actor,
        content=details.content(),
        changes=_changes(petition, action, actor, transition, details),
    )
    if file_ids:
        turn.book.attach_files(file_ids, petition.id)
    notices.announce(turn, after, action, before=petition, actor=actor, text=details.words)
    return after


def add_from_citizen(
    turn: Turn, petition_id: int, *, text: str = "", file_ids: tuple[int, ...] = (), proven: bool = False
) -> PetitionRecord:
    """Words or files the petitioner adds after filing; an answer where the officer had asked something."""
    return perform(
        turn, petition_id, Action.CITIZEN_ADDS, CITIZEN, text=text, file_ids=file_ids, proven=proven
    )


def access(turn: Turn, petition: PetitionRecord | None, *, proven: bool = False) -> Access:
    """How much of `petition` the person of this turn may be told. An absent petition is `NONE`.

    `proven`: the receipt's secret of this petition was shown in this conversation.
    """
    if petition is None:
        return Access.NONE
    if not turn.incoming.is_group and (proven or petition.conversation_id == turn.conversation_id):
        return Access.OWN
    return Access.STAGE


def officer_access(turn: Turn, petition: PetitionRecord | None, officer: OfficerRecord | None) -> Access:
    """What `officer` may see of `petition`: `FULL`, `CARD` or `NONE`.

    A sealed case (denunciation, confidential) is for its assigned officer and the named circle of its unit
    only; everybody else is answered as if it did not exist (Luật Tố cáo 2018 Đ9, Đ56).
    """
    if petition is None or officer is None or not officer.active:
        return Access.NONE
    if petition.officer_id == officer.id:
        return Access.FULL
    unit = turn.facts.agency.answerable(petition.unit)
    own = turn.facts.agency.answerable(officer.unit)
    if notices.sealed(petition):
        return Access.FULL if own == unit and officer.role in notices.CIRCLE else Access.NONE
    focal = turn.facts.agency.answerable(turn.facts.agency.focal_unit)
    if own in (unit, focal) or officer.role is Role.DIRECTOR:
        return Access.FULL
    return Access.CARD if officer.role is Role.ADMIN else Access.NONE


def _may_act(turn: Turn, petition: PetitionRecord, actor: ActorRef, *, proven: bool) -> bool:
    if actor.kind is ActorKind.SERVICE:
        return True
    if actor.kind is ActorKind.CITIZEN:
        return access(turn, petition, proven=proven) is Access.OWN
    officer = turn.officer if turn.officer and turn.officer.id == actor.officer_id else None
    return officer_access(turn, petition, officer) is not Access.NONE


@dataclass(frozen=True, slots=True, kw_only=True)
class _Details:
    """What somebody gave with an action."""

    text: str
    reason: str
    officer_id: int | None
    unit: str | None
    rating: int | None
    kind: Kind | None
    topic: str | None
    destination: str | None
    file_ids: tuple[int, ...]
    extra: dict[str, Any]

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
        return {name: value for name, value in given.items() if value not in ("", None, [])} | self.extra

    def has(self, need: str) -> bool:
        if need == "text":
            return bool(self.text) or bool(self.file_ids)
        return bool(getattr(self, "officer_id" if need == "officer" else need))


_MISSING = {
    "text": RefusalCode.MISSING_TEXT,
    "reason": RefusalCode.MISSING_REASON,
    "officer": RefusalCode.MISSING_OFFICER,
    "unit": RefusalCode.MISSING_UNIT,
    "rating": RefusalCode.MISSING_RATING,
}


def _check(
    turn: Turn, petition: PetitionRecord, action: Action, actor: ActorRef, details: _Details
) -> Transition:
    agency = turn.facts.agency
    same_unit = bool(actor.unit) and agency.answerable(actor.unit) == agency.answerable(petition.unit)
    transition = allowed(
        petition.stage, action, actor=actor.kind, role=actor.role, kind=petition.kind, same_unit=same_unit
    )
    for need in sorted(transition.needs):
        if not details.has(need):
            raise Refused(_MISSING[need], {})
    return transition


def _changes(
    petition: PetitionRecord, action: Action, actor: ActorRef, transition: Transition, details: _Details
) -> PetitionChanges:
    changes: dict[str, Any] = {}
    if transition.to_stage is not None:
        changes["stage"] = transition.to_stage
    if action is Action.TAKE:
        changes["officer_id"] = actor.officer_id
    elif action is Action.ASSIGN:
        changes["officer_id"] = details.officer_id
    elif action is Action.TRANSFER:
        changes |= {"unit": details.unit, "officer_id": None}
    elif action is Action.RATE:
        changes["rating"] = details.rating
    elif action is Action.CORRECT:
        given = {"kind": details.kind, "topic": details.topic, "unit": details.unit}
        changes |= {name: value for name, value in given.items() if value is not None}
        if details.destination is not None:
            changes["destination"] = details.destination or None
        if details.unit is not None and details.unit != petition.unit:
            changes["officer_id"] = None
    return PetitionChanges(**changes)
