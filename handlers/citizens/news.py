"""Announcements in a citizen's chat: the latest of them, asking for them, and getting no more with one word."""

from __future__ import annotations

import re
from typing import Final

from handlers.announcements import START, STOP, words_of
from handlers.citizens.chat import Chat
from handlers.citizens.wording import day
from handlers.messages import Button
from petitions.text import fold

SHOWN: Final = 3
_START: Final = re.compile(
    r"(?:toi muon |cho toi |xin |dang ky )?(?:dang ky )?nhan (?:tin )?thong bao(?: cua (?:co quan|so))?"
    r"|dang ky thong bao|(?:get|subscribe to) (?:the )?announcements|subscribe"
)
_STOP: Final = re.compile(
    r"(?:toi muon |xin )?(?:tat|ngung|dung|thoi|huy|khong muon)(?: nhan)?(?: tin)? thong bao(?: nua)?"
    r"|unsubscribe|stop announcements"
)
_ONE_WORD: Final = frozenset({"tat", "stop"})
"""Enough by itself, where nothing else is open that it could end."""
_LIST: Final = frozenset({"thong bao", "xem thong bao", "announcements", "news"})
_LONGEST: Final = 60


def take_words(chat: Chat, words: str) -> bool:
    """A message that is about announcements and nothing else."""
    if len(words) > _LONGEST:
        return False
    said = " ".join(fold(words).strip(" .!?").split())
    idle = chat.me.draft is None and chat.me.ask is None
    if _STOP.fullmatch(said) or (
        said in _ONE_WORD and idle and chat.turn.book.gets_news(chat.turn.contact.id)
    ):
        stop(chat)
    elif _START.fullmatch(said):
        start(chat)
    elif said in _LIST and idle:
        show(chat)
    else:
        return False
    return True


def press(chat: Chat, action: str) -> bool:
    """A button of this part. False where it is none of ours."""
    if action == START:
        start(chat)
    elif action == STOP:
        stop(chat)
    else:
        return False
    return True


def start(chat: Chat) -> None:
    """This chat gets announcements from now on."""
    new = chat.turn.book.subscribe_to_news(chat.turn.contact.id)
    chat.say("public.news_started" if new else "public.news_already", rows=((_stop_button(chat),),))


def stop(chat: Chat) -> None:
    """This chat gets no more."""
    had = chat.turn.book.unsubscribe_from_news(chat.turn.contact.id)
    chat.say("public.news_stopped" if had else "public.news_none_to_stop", rows=((_start_button(chat),),))


def show(chat: Chat) -> None:
    """The latest announcements, and the button to get or to stop them."""
    found = chat.turn.book.announcements(published=True, most=SHOWN)
    lines = [
        f"• {words_of(one, chat.turn.texts)[0]} ({day(chat, one.published_at.astimezone(chat.agency.zone).date())})"
        for one in found
        if one.published_at is not None
    ]
    url = f"{chat.turn.facts.public_url}/announcements" if chat.turn.facts.public_url else ""
    if lines and url:
        lines.append(chat.text("public.news_more", url=url))
    gets = chat.turn.book.gets_news(chat.turn.contact.id)
    button = _stop_button(chat) if gets else _start_button(chat)
    text = "\n".join([chat.text("public.news_latest" if lines else "public.news_none"), *lines])
    chat.send(text, rows=((button,),))


def _start_button(chat: Chat) -> Button:
    return chat.lasting("public.news_button_start", START)


def _stop_button(chat: Chat) -> Button:
    return chat.lasting("public.news_button_stop", STOP)
