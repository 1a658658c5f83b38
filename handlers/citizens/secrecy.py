"""Secret, anonymous, or under one's name: what a message in a draft says of that."""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens import drafting, prompts, reading
from handlers.citizens.chat import Chat
from handlers.citizens.state import Draft
from petitions.extract import find_phones
from petitions.intents import Intent, intents, story_part

_PREAMBLE: Final = 14
"""Words: more of them tell a matter."""
_WORD: Final = re.compile(r"\w+")


def take(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """Secret, anonymous, or under one's name after all."""
    choice = reading.identity_of(text, found)
    if choice is None or Intent.CONFIRM in found:
        return False
    if draft.form.kind in drafting.SEALED:
        if choice != draft.get("identity"):
            reading.choose_identity(chat, draft, choice)
        elif choice == "confidential":
            chat.lead("citizen.already_secret")
    elif choice == "anonymous":
        draft.nameless = True
        chat.lead("citizen.nameless")
    elif Intent.KEEP_SECRET in found and not draft.confidential:
        draft.confidential = True
        chat.lead("citizen.kept_secret")
    if draft.step != "identity" and _says_more(text):
        if not is_all(chat, text):
            return False
        drafting.lead_up(chat, text)
        drafting.keep_story(draft)
    prompts.advance(chat)
    return True


def _says_more(text: str) -> bool:
    return bool(find_phones(text)) or len(_WORD.findall(story_part(text))) > 2


def is_all(chat: Chat, text: str) -> bool:
    """The wish to stay unknown and no matter: "em tố cáo được không, em không muốn lộ tên", "thôi nặc danh,
    tôi sợ"."""
    if (
        find_phones(text)
        or len(_WORD.findall(text)) > _PREAMBLE
        or not intents(text) & {Intent.KEEP_SECRET, Intent.ANONYMOUS}
    ):
        return False
    return chat.turn.facts.suggester.understand(text, today=chat.today).topic.value is None
