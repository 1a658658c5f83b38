"""Who may take back a loophole that was marked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.officers.access import in_unit
from petitions.kinds import Role
from petitions.workflow import RefusalCode, Refused

if TYPE_CHECKING:
    from handlers.turn import Turn
    from petitions.policy_gaps import Gap
    from storage.records import ActorRef, OfficerRecord, PetitionRecord

_LEADS: Final = frozenset({Role.HEAD, Role.DIRECTOR})


def may_withdraw(turn: Turn, gap: Gap, officer: OfficerRecord) -> bool:
    """Who marked it, the head of the unit it was marked in, or a director."""
    if gap.officer_id == officer.id or officer.role is Role.DIRECTOR:
        return True
    return officer.role in _LEADS and in_unit(turn.facts.agency, officer, gap.unit)


def check_withdrawal(turn: Turn, petition: PetitionRecord, seq: int | None, actor: ActorRef) -> None:
    """Raises Refused for a loophole that does not stand in this case, or that is not this officer's to take back."""
    gap = next((gap for gap in turn.book.gaps_of(petition.id) if gap.seq == seq), None)
    if gap is None:
        raise Refused(RefusalCode.MISSING_GAP)
    officer = turn.book.officer(actor.officer_id) if actor.officer_id is not None else None
    if officer is None or not may_withdraw(turn, gap, officer):
        raise Refused(RefusalCode.NOT_YOUR_GAP)
