"""Several petitions on one matter, in a turn: what is locked, what is refused, and what follows.

Everything comes through `cases.perform`: merging and taking apart are actions on the later petition, and whatever is
done to a lead is carried to those merged into it in the same transaction (`carry`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from handlers import case_clocks, clock_timers, competence, gathering_news, mass_cases, notices
from handlers.officers.access import Access, officer_access, same_unit, sealed
from petitions import clocks as ops
from petitions.gathering import (
    KEPT_ASIDE,
    MIRRORED,
    Before,
    alike,
    before_last,
    held,
    lengthened,
    may_lead,
    restored,
    stage_of_member,
)
from petitions.kinds import Action, ActorKind, Kind, Severity, Stage
from petitions.shared_notices import shared
from petitions.workflow import RefusalCode, Refused
from storage.records import SERVICE, ActorRef, PetitionChanges, PetitionRecord

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from handlers.case_details import Details
    from handlers.turn import Turn
    from petitions.clocks import Clock, Operation
    from petitions.transition_rows import Transition
    from storage.records import OfficerRecord

_WITH_OTHER: Final = frozenset({Action.MERGE, Action.LINK, Action.UNLINK})
"""Actions that name another petition, which is locked too."""
_WITH_LEAD: Final = frozenset(
    {Action.UNMERGE, Action.WITHDRAW, Action.REOPEN, Action.REPRESENT, Action.END_REPRESENT}
)
"""Actions on a merged petition that its lead takes part in."""
_EACH_FOR_ITSELF: Final = frozenset(
    {
        Action.SCREEN_INELIGIBLE,
        Action.NOT_ACCEPT,
        Action.SCREEN_DUPLICATE,
        Action.SCREEN_ANONYMOUS,
        Action.MERGE,
    }
)
"""What is decided of each petition on its own, so never of a lead for all."""
_OF_ONE_PERSON: Final = frozenset({"all_withdrawn", "no_successor"})
"""Grounds of discontinuance that lie in one petitioner; the others go on (NĐ 155 Đ5, Luật Tố cáo Đ33 k2)."""
_UNDONE_BY: Final = {Action.UNMERGE: Action.MERGE, Action.UNDO_DUPLICATE: Action.SCREEN_DUPLICATE}
_TRIES: Final = 4


@dataclass(frozen=True, slots=True)
class Held:
    """What an action works on, locked in this transaction."""

    petition: PetitionRecord
    other: PetitionRecord | None = None
    """The lead of a merged petition, or the petition named with the action."""


def lock(turn: Turn, petition_id: int, action: Action, details: Details) -> Held | None:
    """The petition, and the other one that `action` concerns, locked by rising id. None: no such petition."""
    if action not in _WITH_OTHER | _WITH_LEAD:
        petition = turn.book.petition(petition_id, lock=True)
        return Held(petition) if petition is not None else None
    for _ in range(_TRIES):
        other_id = _other_of(turn, petition_id, action, details)
        found = turn.book.lock_petitions([petition_id] + ([other_id] if other_id else []))
        if _other_of(turn, petition_id, action, details) == other_id:
            break  # nobody merged or took apart what we were waiting for
    petition = found.get(petition_id)
    other = found.get(other_id) if other_id and other_id != petition_id else None
    return Held(petition, other) if petition is not None else None


def _other_of(turn: Turn, petition_id: int, action: Action, details: Details) -> int | None:
    """The lead of the petition named with a merge, the petition named with a link, else the own lead."""
    named = details.linked if action in _WITH_OTHER else petition_id
    seen = turn.book.petition(named) if named is not None else None
    if seen is None:
        return None
    if action in (Action.LINK, Action.UNLINK):
        return seen.id
    return seen.merged_into or (seen.id if action is Action.MERGE else None)


def at_lead(at: Held, details: Details) -> tuple[Held, Details]:
    """What was pressed at a merged petition and is done to its lead; the event names the petition it was for."""
    if at.other is None:
        return at, details
    extra = (details.extra or {}) | {"for": at.petition.id}
    return Held(at.other), replace(details, extra=extra)


def in_law(
    turn: Turn, petition: PetitionRecord, clocks: Mapping[int, Clock], action: Action
) -> tuple[PetitionRecord, Mapping[int, Clock]]:
    """The case and clocks by which the law looks at an action: those of the lead where a merged petition's citizen
    goes on against the one decision."""
    if petition.merged_into is None or action is not Action.COMPLAIN_AGAIN:
        return petition, clocks
    lead = turn.book.petition(petition.merged_into)
    return (petition, clocks) if lead is None else (lead, turn.book.clocks(lead.id))


# --- what is refused


def check(
    turn: Turn, at: Held, row: Transition, officer: OfficerRecord | None, actor: ActorRef, details: Details
) -> None:
    """Raises Refused where several petitions are concerned and it would not be right for all of them."""
    petition = at.petition
    match row.action:
        case Action.MERGE:
            _check_merge(turn, at, officer, details)
        case Action.LINK | Action.UNLINK:
            _check_link(turn, at, row.action, officer, actor)
        case Action.REPRESENT:
            mass_cases.check(turn, petition, at.other)
        case Action.ACCEPT if petition.kind is Kind.COMPLAINT:
            mass_cases.check_accepted(turn, petition)
        case Action.WITHDRAW if petition.members and petition.left_at is not None:
            raise Refused(RefusalCode.ALREADY_DONE)
        case _:
            pass
    if petition.members and _decided_for_each(petition, row.action, details):
        raise Refused(RefusalCode.HAS_MEMBERS, {"count": petition.members})


def check_possible(petition: PetitionRecord, action: Action) -> None:
    """What can be said before anything is asked. Raises Refused."""
    if petition.members and action in _EACH_FOR_ITSELF:
        raise Refused(RefusalCode.HAS_MEMBERS, {"count": petition.members})


def _decided_for_each(petition: PetitionRecord, action: Action, details: Details) -> bool:
    if action is Action.CORRECT:
        return details.kind not in (None, petition.kind) or details.subkind not in (None, petition.subkind)
    return action in _EACH_FOR_ITSELF or (action is Action.DISCONTINUE and details.code in _OF_ONE_PERSON)


def _check_merge(turn: Turn, at: Held, officer: OfficerRecord | None, details: Details) -> None:
    petition, lead = at.petition, at.other
    if lead is None and details.linked not in (None, petition.id) and petition.members:
        raise Refused(RefusalCode.JOINED_HERE)  # the other way round was quicker
    if lead is None or lead.agency != petition.agency or not _may_meet(turn, petition, lead, officer):
        raise Refused(RefusalCode.MISSING_LINKED)
    if lead.id > petition.id:
        raise Refused(RefusalCode.LINKED_LATER)
    if not alike(petition, lead) or sealed(petition) != sealed(lead):
        raise Refused(RefusalCode.OTHER_KIND)
    if not may_lead(lead.kind, lead.stage, lead.outcome):
        raise Refused(RefusalCode.LEAD_FINISHED)
    competence.check_joined(turn, petition, lead)
    clocks = turn.book.clocks_of_many([petition.id, lead.id])
    longer = lengthened(clocks[petition.id], clocks[lead.id])
    if longer is not None:
        raise Refused(RefusalCode.MERGE_LENGTHENS, {"due": longer.due_on})


def _may_meet(
    turn: Turn, petition: PetitionRecord, other: PetitionRecord, officer: OfficerRecord | None
) -> bool:
    """Whether this actor may know of the other one, and nobody sees a sealed case through it who did not before."""
    agency = turn.facts.agency
    secret = sealed(petition) or sealed(other)
    if secret and (officer is None or not same_unit(agency, petition.unit, other.unit)):
        return False
    return officer is None or officer_access(agency, other, officer) is Access.FULL


def _check_link(turn: Turn, at: Held, action: Action, officer: OfficerRecord | None, actor: ActorRef) -> None:
    petition, other = at.petition, at.other
    own = actor.kind is not ActorKind.CITIZEN or (
        other is not None and other.conversation_id == petition.conversation_id is not None
    )
    if other is None or not own or not _may_meet(turn, petition, other, officer):
        raise Refused(RefusalCode.MISSING_LINKED)
    if sealed(petition) != sealed(other):
        raise Refused(RefusalCode.OTHER_KIND)
    linked = other.id in turn.book.links_of(petition.id)
    if linked and action is Action.LINK:
        raise Refused(RefusalCode.ALREADY_LINKED)
    if not linked and action is Action.UNLINK:
        raise Refused(RefusalCode.NOT_LINKED_BEFORE)


# --- what it makes of the petition


def undone(turn: Turn, petition: PetitionRecord, action: Action) -> Before | None:
    """How the petition stood before what `action` undoes; None where it undoes nothing."""
    former = _UNDONE_BY.get(action)
    return before_last(turn.book.events(petition.id), {former}) if former is not None else None


def changes(turn: Turn, at: Held, row: Transition, before: Before | None) -> PetitionChanges:
    """The columns that change because several petitions are concerned."""
    petition, lead = at.petition, at.other
    if before is not None:
        back = _put_back(before.row)
        if row.action is Action.UNMERGE:
            return back | PetitionChanges(merged_into=None, represents_at=None)
        return back | PetitionChanges(linked_to=before.row.get("linked_to"))
    match row.action:
        case Action.MERGE if lead is not None:
            return PetitionChanges(
                merged_into=lead.id,
                unit=lead.unit,
                officer_id=lead.officer_id,
                destination=lead.destination,
                outcome=lead.outcome,
                asked_at=None,
            )
        case Action.WITHDRAW if lead is not None:
            return PetitionChanges(merged_into=None, represents_at=None)
        case Action.WITHDRAW if row.to_stage is None:
            return PetitionChanges(left_at=turn.now, outcome=petition.outcome, withdraw_wish_at=None)
        case Action.REOPEN if petition.left_at is not None and petition.stage is Stage.WITHDRAWN:
            return PetitionChanges(left_at=None)
        case _:
            return {}


def _put_back(row: dict[str, Any]) -> PetitionChanges:
    values: Any = {name: row.get(name) for name in KEPT_ASIDE}
    values["stage"] = Stage(values["stage"])
    if values["asked_at"] is not None:
        values["asked_at"] = dt.datetime.fromisoformat(values["asked_at"])
    found: PetitionChanges = values
    return found


def operations(turn: Turn, at: Held, action: Action, before: Before | None) -> list[Operation]:
    """What a merge, and undoing it, does to the petition's clocks; the calendar may have changed meanwhile."""
    if action is not Action.MERGE and before is None:
        return []
    clocks = turn.book.clocks(at.petition.id)
    if before is None:
        return held(clocks.values())
    made = restored(before.clocks, clocks)
    return made + case_clocks.moved_by_calendar(turn, ops.apply(clocks, made))


# --- what follows


def carry(
    turn: Turn,
    at: Held,
    after: PetitionRecord,
    action: Action,
    actor: ActorRef,
    details: Details,
    told: Collection[int],
) -> PetitionRecord:
    """What an action on one petition makes of the others; gives the petition as it is then.

    `told`: the citizens' chats that heard of it already.
    """
    before, other = at.petition, at.other
    if action is Action.MERGE and other is not None:
        lead = _line(turn, other, Action.MEMBER_JOINED, actor, after, details, members=other.members + 1)
        return _catch_up(turn, mass_cases.watch(turn, lead), after)
    if before.merged_into is not None and after.merged_into is None and other is not None:
        _left(turn, other, actor, after, details)
        return _settled(turn, after) if action is Action.UNMERGE else after
    if action in (Action.LINK, Action.UNLINK) and other is not None:
        (turn.book.link if action is Action.LINK else turn.book.unlink)(after.id, other.id)
        _line(turn, other, action, actor, after, details)
    elif action is Action.UNDO_DUPLICATE:
        return _settled(turn, after)
    elif action in (Action.REPRESENT, Action.END_REPRESENT) and other is not None:
        notices.refresh_cards(turn, other)  # the lead's card names who represents its people
    elif after.members:
        follow(turn, before, after, action, details, told)
    return after


def follow(
    turn: Turn,
    before: PetitionRecord,
    lead: PetitionRecord,
    action: Action,
    details: Details,
    told: Collection[int],
) -> None:
    """What was done to a lead counts for everything merged into it, and their citizens hear it."""
    how = shared(action, lead.kind)
    if how is None and all(getattr(before, name) == getattr(lead, name) for name in ("stage", *MIRRORED)):
        return
    members = turn.book.lock_members(lead.id)
    content = {"lead": lead.id, "seq": lead.events_count, "did": action.value}
    followed = turn.book.follow(members, _as_lead(lead), actor=SERVICE, content=content)
    if stage_of_member(lead.stage) is not Stage.MERGED:
        turn.book.end_breaches_of(followed, case_clocks.today_of(turn))
    if how is not None and notices.concerns_citizen(action, before, lead):
        gathering_news.tell(turn, lead, followed, action, details.content(), told=told)


def _as_lead(lead: PetitionRecord) -> PetitionChanges:
    return PetitionChanges(
        stage=stage_of_member(lead.stage),
        unit=lead.unit,
        officer_id=lead.officer_id,
        destination=lead.destination,
        outcome=lead.outcome,
    )


def _catch_up(turn: Turn, lead: PetitionRecord, member: PetitionRecord) -> PetitionRecord:
    """A lead that was answered already: its answer is the newcomer's too, told at once."""
    if stage_of_member(lead.stage) is Stage.MERGED:
        return member
    answers = [event for event in turn.book.events(lead.id) if event.action is Action.ANSWER]
    content = {"lead": lead.id, "seq": answers[-1].seq, "did": Action.ANSWER.value}
    [followed] = turn.book.follow([member], _as_lead(lead), actor=SERVICE, content=content)
    turn.book.end_breaches_of([followed], case_clocks.today_of(turn))
    gathering_news.tell(turn, lead, [followed], Action.ANSWER, answers[-1].content, told=())
    return followed


def _left(
    turn: Turn, lead: PetitionRecord, actor: ActorRef, member: PetitionRecord, details: Details
) -> None:
    """One less. The last one of a lead whose own petitioner withdrew: nobody wants it any more."""
    more: PetitionChanges = {}
    made: list[Operation] = []
    if lead.members == 1 and lead.left_at is not None and stage_of_member(lead.stage) is Stage.MERGED:
        more = PetitionChanges(stage=Stage.WITHDRAWN, outcome=Action.WITHDRAW.value)
        clocks = turn.book.clocks(lead.id)
        made = [
            ops.change(clock.id, state=ops.ClockState.STOPPED, ended_on=case_clocks.today_of(turn))
            for clock in clocks.values()
            if clock.alive
        ]
        more |= case_clocks.due_changes(lead, clocks, made)
    _line(
        turn, lead, Action.MEMBER_LEFT, actor, member, details, members=lead.members - 1, more=more, made=made
    )


def _line(
    turn: Turn,
    petition: PetitionRecord,
    action: Action,
    actor: ActorRef,
    member: PetitionRecord,
    details: Details,
    *,
    members: int | None = None,
    more: PetitionChanges | None = None,
    made: list[Operation] | None = None,
) -> PetitionRecord:
    """The other petition's own line about what was done."""
    changed = PetitionChanges() if members is None else PetitionChanges(members=members)
    if action is Action.MEMBER_JOINED and member.severity is Severity.URGENT is not petition.severity:
        changed["severity"] = (
            member.severity
        )  # who is in danger does not wait because somebody else wrote first
    after = turn.book.record(
        petition,
        action=action,
        actor=actor,
        content={"linked": member.id} | ({"reason": details.reason} if details.reason else {}),
        changes=changed | (more or {}),
        operations=made or (),
    )
    if made or "severity" in changed:
        clock_timers.plan(turn, after)
    notices.announce(turn, after, action, before=petition, actor=actor, details=replace(details, text=""))
    return after


def _settled(turn: Turn, petition: PetitionRecord) -> PetitionRecord:
    """Taken out again: where its unit or officer is gone meanwhile, somebody named takes over at once."""
    from handlers import answerability

    return answerability.settle(turn, petition.id) or petition
