"""Which files and papers of a case an officer may have at the console now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.citizens.form_state import view_of
from handlers.console_case import IDENTITY, STORY, found, is_picture, opened
from handlers.officers import form_view
from handlers.officers.access import sealed

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.officers.room import Room
    from storage.records import FileRecord

__all__ = ["file_of", "is_picture", "petition_of_paper"]


def file_of(room: Room, code: str, file_id: int, *, since: datetime, sealed_case: bool) -> FileRecord | None:
    """The file of a case this officer may see; None for any other. `sealed_case`: it must be a sealed case whose
    story, or for a page of the signed đơn its identity, was opened since `since`; else it must be no sealed one."""
    petition = found(room, code)
    if petition is None or sealed(petition) is not sealed_case:
        return None
    file = next((file for file in room.turn.book.files_of(petition.id) if file.id == file_id), None)
    if file is None or not sealed_case:
        return file
    what = IDENTITY if form_view.is_signed_paper(file) else STORY
    events = room.turn.book.events(petition.id)
    return file if opened(room, events, what, since=since) else None


def petition_of_paper(room: Room, code: str, paper: str, *, since: datetime) -> int | None:
    """The petition whose prepared paper of that name this officer may print; of a sealed case only while its identity
    is open."""
    petition = found(room, code)
    if petition is None:
        return None
    view = view_of(room.turn, petition)
    if paper not in {name for name, _ in form_view.prepared(room, petition, view)}:
        return None
    if sealed(petition):
        events = room.turn.book.events(petition.id)
        if not opened(room, events, IDENTITY, since=since):
            return None
    return petition.id
