"""Several petitions of a list at once: who has them from now on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.console_actions import changed_since
from handlers.officers import cards
from handlers.officers.access import Access, in_unit, officer_access
from handlers.officers.refusals import RIGHTS, explain
from petitions.kinds import Action, Role
from petitions.transition_groups import LEADING
from petitions.workflow import Refused

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import OfficerRecord, PetitionRecord

MOST: Final = 100
ASSIGNING: Final = LEADING | {Role.ADMIN}
"""Roles that may name who has a petition of their unit (the table of transitions decides each case)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkLine:
    """What became of one petition."""

    code: str
    shown: str
    done: bool
    words: str
    """Why nothing was done; empty where it was."""


def colleagues(room: Room) -> list[tuple[str, str]]:
    """Whom petitions of this unit can be given to: id and words, by name."""
    agency, texts = room.turn.facts.agency, room.texts
    found = [o for o in room.turn.book.officers() if in_unit(agency, o, room.officer.unit)]
    found.sort(key=lambda officer: cards.officer_name(officer, texts))
    return [
        (
            str(officer.id),
            texts.get(
                "officer.colleague",
                name=cards.officer_name(officer, texts),
                role=texts.get(f"cards.role_{officer.role}"),
            ),
        )
        for officer in found
    ]


def assign_many(room: Room, picks: Iterable[tuple[str, int]], officer_id: int) -> tuple[BulkLine, ...] | None:
    """Gives each petition to the officer, on its own: what cannot be is left as it was, with the reason.

    `picks`: code, and how many events the petition had when it was picked. None: no such officer.
    """
    officer = room.turn.book.officer(officer_id)
    if officer is None or not officer.active:
        return None
    agency = room.turn.facts.agency
    known = {}
    for code, seq in list(picks)[:MOST]:
        petition = room.turn.book.petition_by_code(code)
        if petition is not None and officer_access(agency, petition, room.officer) is not Access.NONE:
            known[petition.id] = (petition, seq)
    return tuple(_assign(room, *known[petition_id], officer) for petition_id in sorted(known))


def _assign(room: Room, petition: PetitionRecord, seq: int, officer: OfficerRecord) -> BulkLine:
    words = _why_not(room, petition, seq, officer)
    return BulkLine(code=petition.code, shown=cards.shown_code(petition), done=not words, words=words)


def _why_not(room: Room, petition: PetitionRecord, seq: int, officer: OfficerRecord) -> str:
    """Gives the petition to the officer; the reason where that cannot be."""
    locked = room.turn.book.petition(petition.id, lock=True)
    if locked is None:
        return room.text("officer.unknown_case")
    if changed_since(room, locked, seq):
        return room.text("console.bulk_changed")
    if locked.officer_id == officer.id:
        return room.text("console.bulk_has_it")
    try:
        cases.perform(room.turn, locked.id, Action.ASSIGN, room.actor, officer_id=officer.id)
    except cases.UnknownPetition:
        return room.text("officer.unknown_case")
    except Refused as refused:
        if refused.code in RIGHTS:
            cases.put_on_record(room.turn, locked, room.actor, Action.ASSIGN.value, refused.code.value)
        key, params = explain(room.turn, locked, Action.ASSIGN, refused)
        return room.text(key, **params)
    return ""
