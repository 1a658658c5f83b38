"""A unit's group: cards are pressed and replied to here; everything else people say to each other is
theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.messages import Choice, Command, Text
from handlers.officers import desk, find, links, relay
from handlers.officers.access import unit_name
from handlers.officers.room import room_of

if TYPE_CHECKING:
    from handlers.turn import Turn


def handle(turn: Turn) -> None:
    """Handle one update of a group chat. Ordinary talk is passed over in silence."""
    match turn.incoming.content:
        case Choice(token=token) as choice:
            if token.startswith("o."):
                desk.press(turn, choice)
            else:
                turn.acknowledgement = turn.text("officer.old_button_short")
        case Command(name="link", argument=argument):
            links.link_group(turn, argument)
        case Command(name="inbox" | "case" | "console" | "hotspots" | "diemnong"):
            if room_of(turn) is not None:
                turn.say("officer.only_in_private")
        case Command(name="find" | "tim", argument=argument):
            find.show_in_group(turn, argument)
        case Text(text=words) if find.is_command(words):
            find.show_in_group(turn, find.asked(words) or "")
        case Command(name="start" | "help"):
            _introduce(turn)
        case Text(text=words) if turn.incoming.reply_to:
            _reply(turn, words)
        case _:
            return


def _introduce(turn: Turn) -> None:
    """What the bot does in this group; citizens' matters are never taken in a group."""
    if turn.contact.unit is None:
        turn.say("officer.group_unbound")
    else:
        name = unit_name(turn.facts.agency, turn.contact.unit, turn.language)
        turn.say("officer.group_is_bound", unit=name)


def _reply(turn: Turn, words: str) -> None:
    """A reply to a card: an officer's becomes a note, an anonymous administrator learns why it does not."""
    about = turn.book.petition_of_message(
        turn.contact.id, turn.incoming.reply_to, audiences=("officer", "unit")
    )
    if about is None:
        return
    if not turn.incoming.person:
        turn.say("officer.anonymous_admin")
        return
    room = room_of(turn)
    if room is not None:
        relay.take_reply(room, about, words)
