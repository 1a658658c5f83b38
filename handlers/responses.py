"""Opening a discreet notice: the citizen presses "read", and only then the words stand in the chat."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from handlers import cases, gathering_news
from handlers.notices import citizen_message
from handlers.officers.access import Access
from handlers.officers.tokens import read_number
from petitions.kinds import Action
from petitions.notices import Audience, notices_for

if TYPE_CHECKING:
    from handlers.messages import Outgoing
    from handlers.turn import Turn
    from storage.records import EventRecord, PetitionRecord

_TOKEN: Final = re.compile(r"n\.read\.([0-9a-z]{1,13})\.([0-9]{1,6})")


def is_ours(token: str) -> bool:
    """Whether a button stood under a notice to a citizen."""
    return token.startswith("n.")


def press(turn: Turn, token: str) -> None:
    """Say what the notice kept back, to the petitioner only."""
    match = _TOKEN.fullmatch(token)
    petition = turn.book.petition(read_number(match[1])) if match is not None else None
    if match is None or petition is None or not _is_petitioner(turn, petition):
        turn.say("notices.not_to_read")
        return
    event = next((event for event in turn.book.events(petition.id) if event.seq == int(match[2])), None)
    message = _message(turn, petition, event) if event is not None else None
    if message is None:
        turn.say("notices.not_to_read")
        return
    turn.send(message, petition_id=petition.id)


def _message(turn: Turn, petition: PetitionRecord, event: EventRecord) -> Outgoing | None:
    if event.action is Action.FOLLOW_LEAD:
        return gathering_news.read_again(turn, petition, event, turn.texts)
    key = _text_key(petition, event)
    if key is None:
        return None
    return citizen_message(turn, petition, key, event.action, event.content, turn.texts)


def _is_petitioner(turn: Turn, petition: PetitionRecord) -> bool:
    return cases.access(turn, petition) is Access.OWN or petition.contact_id == turn.contact.id


def _text_key(petition: PetitionRecord, event: EventRecord) -> str | None:
    rows = notices_for(event.action, petition.kind)
    return next((notice.text_key for notice in rows if notice.audience is Audience.CITIZEN), None)
