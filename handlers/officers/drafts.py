"""Drafts of official papers in chat: the button on a card, the list, and the Word file in the private chat.

Not for sealed cases: what names a denouncer goes through no messenger, and the console opens them on record.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import official_papers
from handlers.messages import Button, Outgoing, OutgoingFile
from handlers.officers import cards
from handlers.officers.access import sealed
from handlers.officers.tokens import Press
from petitions.official_papers import Fit

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionRecord

LIST, MAKE = "papers", "draft"
"""Verbs of the buttons."""
SHOWN: Final = 8
"""Papers in one list; the console has the others."""


def show(room: Room, petition: PetitionRecord) -> None:
    """The papers that the step at hand asks for or may need, each as a button."""
    if sealed(petition):
        room.refuse("drafts.in_console")
        return
    lines = [
        line
        for line in official_papers.lines_of(room, petition, identity=True)
        if line.fit != Fit.OTHER.value
    ]
    if not lines:
        room.refuse("drafts.none")
        return
    rows = tuple(
        (Button(label=line.title, token=Press(MAKE, petition.id, line.code).token),) for line in lines[:SHOWN]
    )
    room.ask("drafts.choose", rows, petition_id=petition.id, code=cards.shown_code(petition))
    if room.in_group:
        room.acknowledge("officer.see_private")


def send(room: Room, petition: PetitionRecord, code: str) -> None:
    """Make the draft, on record, and send it as a file that can be worked on."""
    if sealed(petition):
        room.refuse("drafts.in_console")
        return
    made = official_papers.make(room, petition.code, code, since=room.turn.now)
    if made is None:
        room.refuse("drafts.unknown")
        return
    if isinstance(made, official_papers.NotMade):
        room.refuse("officer.refused_wrong_role")
        return
    caption = room.text("drafts.caption", title=made.paper.title, code=cards.shown_code(petition))
    file = OutgoingFile(render="draft", paper=made.paper.code, petition_id=petition.id)
    room.send(Outgoing(text=caption, file=file), petition_id=petition.id)
