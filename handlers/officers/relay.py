"""A reply to a card: kept as a note, and after one more press sent on to the citizen as a message.

So nobody answers a citizen by mistake, and what was meant for colleagues stays with them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import cases
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.questions import MAX_WORDS, act
from handlers.officers.refusals import explain
from handlers.officers.tokens import Press
from petitions.kinds import Action
from petitions.text import clean
from petitions.workflow import Refused

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionRecord


def take_reply(room: Room, petition_id: int, words: str) -> bool:
    """A reply to one of our messages about a petition. False where it is not this officer's to note."""
    petition = room.turn.book.petition(petition_id)
    if petition is None or officer_access(room.turn.facts.agency, petition, room.officer) is Access.NONE:
        return False
    text = clean(words)
    if not text or (room.in_group and sealed(petition)):
        return False
    if len(text) > MAX_WORDS:
        room.say("officer.words_too_long", petition_id=petition.id, limit=MAX_WORDS, count=len(text))
        return True
    try:
        after = cases.perform(room.turn, petition.id, Action.NOTE, room.actor, text=text)
    except cases.UnknownPetition:
        return False
    except Refused as refused:
        key, params = explain(room.turn, petition, Action.NOTE, refused)
        room.say(key, petition_id=petition.id, **params)
        return True
    send_on = Button(
        label=room.text("officer.button_relay"),
        token=Press("relay", petition.id, str(after.events_count)).token,
    )
    message = Outgoing(text=room.text("officer.noted", code=cards.shown_code(petition)), rows=((send_on,),))
    room.turn.send(message, audience="officer", petition_id=petition.id)
    return True


def send_note_on(room: Room, petition: PetitionRecord, seq: int) -> None:
    """The author of a note sends its words to the citizen; once, however often the button is pressed."""
    events = room.turn.book.events(petition.id)
    note = next((event for event in events if event.seq == seq and event.action is Action.NOTE), None)
    if note is None or note.content.get("opened"):
        room.refuse("officer.old_button")
        return
    if note.actor.officer_id != room.officer.id:
        room.refuse("officer.not_your_note")
        return
    if any(event.content.get("note") == seq for event in events):
        room.refuse("officer.note_sent_already")
        return
    act(room, petition, Action.MESSAGE_CITIZEN, text=str(note.content.get("text", "")), extra={"note": seq})
