"""Which files and papers of a case an officer may have at the console now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers import cases
from handlers.citizens.form_state import view_of
from handlers.console_actions import Outcome
from handlers.console_case import IDENTITY, STORY, found, is_picture, opened
from handlers.officers import form_view
from handlers.officers.access import sealed
from petitions.kinds import Action
from petitions.workflow import Refused
from storage.files import mark_stored
from storage.records import NewFile

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.officers.room import Room
    from storage.records import FileRecord

__all__ = ["Given", "attach", "file_of", "is_picture", "petition_of_paper"]

CHANNEL: Final = "console"
OFFICE: Final = "office"
"""Purpose of a file that an officer gave: it is no enclosure of the petition."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A file an officer gives, whose bytes are in the store."""

    name: str
    kind: str
    mime: str
    key: str
    size: int


def attach(room: Room, code: str, files: Sequence[Given], words: str) -> Outcome | None:
    """The office's own files go to a case, with a note that says so. None: no such case for this officer."""
    petition = found(room, code)
    if petition is None:
        return None
    book, ids = room.turn.book, []
    for place, file in enumerate(files):
        file_id = book.add_file(
            NewFile(
                channel=CHANNEL,
                account=CHANNEL,
                kind=file.kind,
                platform_id=file.key,
                name=file.name,
                mime=file.mime,
                size=file.size,
                position=place,
            )
        )
        mark_stored(book.connection, file_id, content_key=file.key, size=file.size, mime=file.mime)
        ids.append(file_id)
    book.set_purpose(ids, OFFICE)
    try:
        cases.perform(room.turn, petition.id, Action.NOTE, room.actor, text=words, file_ids=tuple(ids))
    except (cases.UnknownPetition, Refused):
        book.forget_files(ids)
        return Outcome(problem=room.text("officer.refused_wrong_role"))
    return Outcome(done=True)
