"""An officer in a private chat, which may also be the chat of a citizen: only what is officers' business is
taken here, everything else is left to the citizen's dialogue."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import console_sign_in, hotspots_desk
from handlers.hotspots_told import END
from handlers.messages import Choice, Command, Files, Text
from handlers.officers import desk, find, gaps, inbox, links, questions, relay, state, steps
from handlers.officers.room import Room, room_of
from petitions.intents import Intent, is_only
from petitions.text import fold

if TYPE_CHECKING:
    from handlers.turn import Turn

INVITE_PREFIX = "link_"
"""A deep link carries an invitation as `/start link_<invite>`."""


def handle(turn: Turn) -> bool:
    """Handle one update of a private chat. False: it is not officers' business."""
    match turn.incoming.content:
        case Choice(token=token) as choice if token.startswith("o."):
            desk.press(turn, choice)
            return True
        case Command(name=name, argument=argument):
            return _command(turn, name, argument)
        case Text(text=words):
            return _words(turn, words)
        case Files():
            return _files(turn)
        case _:
            return False


def no_such_number(turn: Turn, most: int) -> bool:
    """A number that no line of the officers' newest list has. False where it may answer an open question, or
    where nobody of the office writes here."""
    room = room_of(turn)
    if room is None or state.load(turn.talk, turn.now).pending is not None:
        return False
    room.say("chats.no_such_number", most=most)
    return True


def _command(turn: Turn, name: str, argument: str) -> bool:
    if name == "link" or (name == "start" and argument.startswith(INVITE_PREFIX)):
        links.link_private(turn, argument.removeprefix(INVITE_PREFIX))
        return True
    if name in ("inbox", "case", "find", "gaps", console_sign_in.COMMAND):
        room = room_of(turn)
        if room is None:
            turn.say("officer.not_linked")
        elif name == console_sign_in.COMMAND:
            console_sign_in.offer(room)
        elif name == "gaps":
            gaps.show(room, argument)
        elif name == "inbox":
            inbox.show(room, argument.strip().lower())
        elif name == "case":
            inbox.show_by_code(room, argument)
        else:
            find.show(room, argument)
        return True
    if name in hotspots_desk.COMMANDS:
        room = room_of(turn)
        if room is None:
            turn.say("officer.not_linked")
        else:
            hotspots_desk.show_open(room)
        return True
    pending = state.load(turn.talk, turn.now).pending
    room = room_of(turn)
    if room is not None and name == "tim":
        find.show(room, argument)
        return True
    if pending is None or room is None:
        return False
    if name == "cancel":
        questions.cancel(room)
        return True
    # Another command leads elsewhere: the words that follow it are not the answer any more.
    questions.forget(room)
    return False


def _words(turn: Turn, words: str) -> bool:
    room = room_of(turn)
    if room is None:
        return False
    pending = state.load(turn.talk, turn.now).pending
    about = _replied_to(turn)
    if pending is not None and about in (None, pending.petition_id):
        _answer(room, pending, words)
        return True
    if about is not None:
        return relay.take_reply(room, about, words)
    typed = find.asked(words) if pending is None else None
    if typed is None or not (find.is_command(words) or find.is_meant(turn, words)):
        return False
    find.show(room, typed)
    return True


def _answer(room: Room, pending: state.Pending, words: str) -> None:
    """Words for the open question; a plain yes or no is one to what was shown again."""
    if is_only(words, Intent.CANCEL) or _says(words, room.text("officer.button_cancel")):
        questions.cancel(room)
    elif pending.verb == END:
        hotspots_desk.take_note(room, pending, words)
    elif pending.text and (_agrees(words) or _says(words, questions.agreement(room, pending))):
        questions.confirm(room, pending.petition_id)
    elif pending.text and is_only(words, Intent.NO):
        questions.cancel(room)
    elif pending.asking or pending.given:
        steps.take(room, pending, words)
    else:
        questions.take_words(room, pending, words)


def _says(words: str, label: str) -> bool:
    """Whether the words are what stands on a button."""
    return fold(words) == fold(label)


def _agrees(words: str) -> bool:
    return is_only(words, Intent.YES) or is_only(words, Intent.CONFIRM)


def _files(turn: Turn) -> bool:
    """A file where words were asked for, or in reply to a card: said so, never silently dropped."""
    room = room_of(turn)
    if room is None:
        return False
    pending = state.load(turn.talk, turn.now).pending
    if pending is None and _replied_to(turn) is None:
        return False
    room.say("officer.words_only")
    return True


def _replied_to(turn: Turn) -> int | None:
    """The petition of the officers' message this one replies to."""
    if not turn.incoming.reply_to:
        return None
    return turn.book.petition_of_message(
        turn.contact.id, turn.incoming.reply_to, audiences=("officer", "unit")
    )
