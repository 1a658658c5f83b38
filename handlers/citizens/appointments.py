"""The reception schedule in a citizen's chat: the next sessions, and where a time is booked."""

from __future__ import annotations

import re
from typing import Final

from handlers import reception
from handlers.citizens.chat import Chat
from petitions.text import fold

SHOWN: Final = 4
_ASKED: Final = re.compile(
    r"(?:toi muon |cho toi |xin |em muon )?(?:dat |hen |dat lich |dat hen |xem )?"
    r"(?:lich (?:hen|tiep (?:cong )?dan)|hen gio|gio tiep (?:cong )?dan|hen tiep (?:cong )?dan|lich hen)"
    r"|(?:toi muon |xin )?(?:dat|xin) (?:lich )?hen|dat hen"
    r"|(?:book|make)(?: an)? appointment|reception schedule|i want(?: to make)? an appointment"
)
_LONGEST: Final = 60


def take_words(chat: Chat, words: str) -> bool:
    """A message that asks for the schedule or an appointment and nothing else."""
    if len(words) > _LONGEST or chat.me.draft is not None or chat.me.ask is not None:
        return False
    if not _ASKED.fullmatch(" ".join(fold(words).strip(" .!?").split())):
        return False
    show(chat)
    return True


def show(chat: Chat) -> None:
    """The next sessions with free seats."""
    turn, texts = chat.turn, chat.turn.texts
    lines = [
        texts.get(
            "public.chat_session",
            day=reception.shown_day(one.session.day, texts),
            hours=", ".join(span.replace("-", "–") for span in one.session.line.hours),
            receiver=reception.receiver_of(one.session.line, texts),
        )
        for one in reception.open_sessions(turn)
        if one.free
    ]
    url = f"{turn.facts.public_url}/reception" if turn.facts.public_url else ""
    key = "public.chat_reception" if lines else "public.reception_none"
    book = texts.get("public.chat_book", url=url) if url else texts.get("public.chat_come")
    chat.send("\n".join([texts.get(key), *lines[:SHOWN], book]))
