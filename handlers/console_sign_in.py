"""/console: a one-time code for the office's board in a browser, and word of every sign-in.

The chat is the proof of who somebody is: the code is given nowhere else, and the same chat hears at once when it was
used, with a way to end what was opened.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.audience import texts_of
from handlers.officers.tokens import Press
from storage.console_sessions import CODE_VALID

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.console_sessions import ConsoleSession

COMMAND: Final = "console"
VERB: Final = "signout"
"""Verb of the button that ends all sessions."""
PATH: Final = "/console"
ENTER: Final = "/console/enter"
CODES: Final = 10
CODES_PER: Final = timedelta(hours=1)
_GROUP: Final = 4
"""Letters of a code that stand together."""


def offer(room: Room) -> None:
    """A new code in the officer's private chat, and the browsers that are signed in."""
    turn = room.turn
    if not turn.book.throttle(f"console:{room.officer.id}", limit=CODES, per=CODES_PER):
        room.say("console.chat_too_often")
        return
    code = shown_code(turn.book.offer_console_code(room.officer.id, room.contact.id))
    address = turn.facts.public_url.rstrip("/")
    lines = [
        room.text(
            "console.chat_code",
            code=code,
            address=f"{address}{PATH}",
            minutes=int(CODE_VALID.total_seconds() // 60),
        )
    ]
    rows: list[tuple[Button, ...]] = []
    if address.startswith("https://"):
        url = f"{address}{ENTER}?c={code}"
        rows.append((Button(label=room.text("console.chat_open_here"), url=url, style="primary"),))
    open_now = [one for one in turn.book.console_sessions_of(room.officer) if one.ended_at is None]
    if open_now:
        lines.append(_list(room, open_now))
        rows.append((_end_button(room.texts),))
    room.send(Outgoing(text="\n\n".join(lines), rows=tuple(rows), monospace=(code,), protect=True))


def end_all(room: Room) -> None:
    """Every browser of this officer is signed out."""
    ended = room.turn.book.end_console(room.officer.id)
    key = "console.chat_ended" if ended else "console.chat_none_open"
    room.acknowledge(key)
    room.say(key)


def tell_signed_in(turn: Turn, session: ConsoleSession) -> None:
    """Word of a sign-in, in the chat whose code opened it."""
    contact = turn.book.contact_by_id(session.contact_id) if session.contact_id is not None else None
    if contact is None or contact.blocked_at is not None:
        return
    texts = texts_of(turn, contact)
    moment = _moment(turn, session.made_at, texts)
    message = Outgoing(
        text=texts.get("console.chat_signed_in", agent=agent_shown(session.agent, texts), moment=moment),
        rows=((_end_button(texts),),),
    )
    turn.send(message, to=contact, audience="officer")


def agent_shown(agent: str, texts: Texts) -> str:
    """The family of a browser in words; one nobody knows is said as such."""
    return agent or texts.get("console.agent_unknown")


def shown_code(code: str) -> str:
    """The code as it is read and typed: in groups."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def _list(room: Room, sessions: list[ConsoleSession]) -> str:
    lines = [
        room.text(
            "console.chat_session",
            agent=agent_shown(session.agent, room.texts),
            moment=_moment(room.turn, session.made_at, room.texts),
        )
        for session in sessions
    ]
    return "\n".join([room.text("console.chat_sessions"), *lines])


def _end_button(texts: Texts) -> Button:
    return Button(label=texts.get("console.chat_end_all"), token=Press(VERB, 0).token, style="danger")


def _moment(turn: Turn, at: datetime, texts: Texts) -> str:
    return cards.shown_moment(at.astimezone(turn.facts.agency.zone), texts)
