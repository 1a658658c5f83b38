"""An officer's turn at the console: no chat is answered, but what is done is done as from the officer's own chat.

So one entry changes a petition, whoever asks for it where: rights, notices and cards are those of a press in a chat.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.messages import Capabilities
from handlers.officers.room import Room
from handlers.service_turn import NO_CHAT, from_nowhere
from handlers.talk import Talk
from handlers.turn import Facts, Turn

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from storage.casebook import Casebook
    from storage.records import OfficerRecord


def console_turn(
    book: Casebook, facts: Facts, now: datetime, random: Random, *, officer: OfficerRecord, language: str
) -> Turn:
    """A turn of `officer` in the casebook's transaction, in the language of the page."""
    return Turn(
        incoming=from_nowhere("console", now, language=language),
        now=now,
        facts=facts,
        book=book,
        contact=NO_CHAT,
        conversation_id=0,
        talk=Talk(language=language),
        capabilities=Capabilities(foreign=False),
        random=random,
        officer=officer,
    )


def desk_of(turn: Turn) -> Room:
    """The officer's room at the console. Its texts are the page's; nothing may be said in it, for no chat hears."""
    if turn.officer is None:
        raise ValueError("a turn at the console is an officer's")
    return Room(turn, turn.officer, turn.contact)
