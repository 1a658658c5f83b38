"""Words in answer to a question beside the draft: which question it was decides what they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from handlers.citizens import draft_asks, filed_asks, form_pages, lawful_form, second_way, visits
from handlers.citizens.chat import Chat
from handlers.citizens.state import Ask, Asked
from petitions.intents import Intent, intents

_FORGOTTEN: Final = timedelta(days=3)
"""A question left open longer is not what the next words answer."""


def take(chat: Chat, text: str) -> bool:
    """Take `text` as the answer to the open question. False where it is none and means something else."""
    ask = chat.me.ask
    if ask is None:
        return False
    if chat.turn.now - ask.at > _FORGOTTEN:
        chat.close()
        return False
    return _ANSWERS[ask.what](chat, ask, text, intents(text))


_ANSWERS: Final[dict[Ask, Callable[[Chat, Asked, str, frozenset[Intent]], bool]]] = {
    Ask.DISCARD: draft_asks.discard,
    Ask.START_OVER: draft_asks.start_over,
    Ask.CORRECT: draft_asks.correct,
    Ask.TOPIC: draft_asks.topic,
    Ask.LATER: draft_asks.later,
    Ask.SECOND: draft_asks.second_matter,
    Ask.WITHDRAW: filed_asks.withdraw,
    Ask.REOPEN: filed_asks.reopen,
    Ask.ADD_OR_NEW: filed_asks.add_or_new,
    Ask.WHICH: filed_asks.which_one,
    Ask.CODE: filed_asks.code,
    Ask.SECRET: filed_asks.secret,
    Ask.UNSATISFIED: filed_asks.unsatisfied,
    Ask.AGAIN: filed_asks.again,
    Ask.MAYBE_STORY: draft_asks.maybe_story,
    Ask.REPLAYED: draft_asks.late,
    Ask.OFFICER: filed_asks.addition,
    Ask.FORM: lawful_form.take,
    Ask.PAGES: form_pages.take_words,
    Ask.VISIT: visits.take,
    Ask.WAY_PHONE: second_way.take,
}
