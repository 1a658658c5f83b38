"""A person is there again: what could not be said before is said first, before the answer to what they did now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import digests, notices
from handlers.officers.access import Access, officer_access
from storage import waiting

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import OutboxRow

NOT_THEIRS: Final = "not_theirs"
"""Reason of a message that its officer may not read any more."""


def came_back(turn: Turn) -> None:
    """Let go what waits for this chat; call it before the handlers, after the deed was written down.

    An officer who left, or may not see a case any more, is not told what waited for the officer of that day.
    """
    book = turn.book
    held = waiting.held(book.connection, book.vault, turn.contact.id) if turn.contact.has_waiting else []
    unwanted = {row.id: NOT_THEIRS for row in held if not _still_theirs(turn, row)}
    released = waiting.release_waiting(
        book.connection, book.vault, turn.contact.id, now=turn.now, unwanted=unwanted
    )
    turn.queued.extend(released)
    told = {item.row.petition_id for item in released if item.row.audience == "citizen" and item.row.is_news}
    for petition_id in sorted(found for found in told if found is not None):
        petition = book.petition(petition_id)
        if petition is not None:
            notices.refresh_cards(turn, petition)
    officer = turn.officer if turn.contact.has_waiting else None
    if officer is not None and officer.active and book.waiting_alarms(officer.id):
        digests.arm_alarms(turn, officer.id)


def _still_theirs(turn: Turn, row: OutboxRow) -> bool:
    if row.audience != "officer":
        return True
    officer = turn.officer
    if officer is None or not officer.active:
        return False
    if row.petition_id is None:
        return True
    petition = turn.book.petition(row.petition_id)
    return officer_access(turn.facts.agency, petition, officer) is not Access.NONE if petition else False
