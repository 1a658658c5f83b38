"""Answers to questions about filed petitions: withdraw, reopen, add or new, which one, whose."""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens import after, drafting, form_words, further, person, prompts, tracking
from handlers.citizens.chat import Chat
from handlers.citizens.dropping import drop
from handlers.citizens.state import Asked
from petitions.intents import Intent, is_only, match_choice, question
from petitions.text import fold

_SHORT: Final = 14
_LOOKING: Final = frozenset({Intent.STATUS, Intent.MINE, Intent.HOW_MANY, Intent.HELP, Intent.MENU})
"""Words about something else, which are no reason for a withdrawal."""
_CODE_LIKE: Final = re.compile(
    r"(?=[^\d]*\d)(?=[^a-z]*[a-z])[0-9a-z]+(?:[ -]?[0-9a-z]+){0,3}|[0-9a-z]{4}(?:-[0-9a-z]{4}){2}",
    re.IGNORECASE,
)
"""Letters and digits mixed, but too few or too many for a code. The words before were looked at already."""
_NEW: Final = re.compile(r"\b(?:moi|khac|new|another)\b")


def withdraw(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
        return True
    if is_only(text, Intent.NO) or Intent.RESUME in found:
        keep_petition(chat)
    elif is_only(text, Intent.YES) or (found & {Intent.YES, Intent.CONFIRM} and Intent.WITHDRAW in found):
        after.withdraw(chat, petition, ask.text)
    elif found & _LOOKING or question(text) is not None:
        return False
    else:
        after.take_reason(chat, petition, text)
    return True


def keep_petition(chat: Chat) -> None:
    """Not withdrawn after all."""
    chat.close()
    chat.say("citizen.not_withdrawn")


def reopen(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
        return True
    if is_only(text, Intent.NO) or is_only(text, Intent.CANCEL):
        drop(chat)
    elif Intent.REOPEN in found or is_only(text, Intent.YES):
        reopen_or_link(chat, ask)
    elif _NEW.search(fold(text)) and len(text.split()) <= _SHORT:
        link_new(chat, ask)
    elif question(text) is not None or found:
        chat.close()
        return False
    else:
        ask.text = f"{ask.text}\n{text}".strip()
        after.offer_reopening(chat, petition, ask.text)
    return True


def reopen_or_link(chat: Chat, ask: Asked) -> None:
    """Open it again; where the rules do not allow that, a new one linked to it, and say so."""
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        return
    if not after.reopen(chat, petition, ask.text):
        chat.lead("citizen.cannot_reopen")
        link_new(chat, ask)


def link_new(chat: Chat, ask: Asked) -> None:
    """A new petition that names the old one."""
    draft = drafting.begin(chat)
    draft.linked_to = ask.petition_id
    if ask.text:
        drafting.tell(chat, draft, ask.text, chat.ref)
    person.same_as_before(chat, draft)
    chat.lead("citizen.linked_started")
    prompts.advance(chat)


def add_or_new(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    petitions = [p for p in map(chat.turn.book.petition, ask.choices) if p is not None]
    labels = [
        (str(n), [tracking.label(chat, p), chat.text("citizen.word_add")]) for n, p in enumerate(petitions)
    ]
    labels.append(("new", [chat.text("citizen.button_new_petition"), chat.text("citizen.word_new")]))
    choice = match_choice(text, labels)
    if choice == "new":
        as_new(chat)
    elif choice is not None:
        add_to(chat, int(choice))
    elif len(petitions) == 1 and is_only(text, Intent.YES):
        add_to(chat, 0)
    elif is_only(text, Intent.NO) or is_only(text, Intent.CANCEL):
        drop(chat)
    elif question(text) is not None or found:
        chat.close()
        return False
    else:
        after.ask_add_or_new(chat, petitions, f"{ask.text}\n{text}".strip(), tuple(ask.file_ids))
    return True


def add_to(chat: Chat, number: int) -> None:
    """What was said goes to the petition chosen."""
    ask = chat.me.ask
    if ask is None or number >= len(ask.choices):
        chat.say("citizen.old_button")
        return
    petition = after.own(chat, ask.choices[number])
    if petition is None:
        return
    if petition.stage == "withdrawn":
        after.offer_reopening(chat, petition, ask.text)
    else:
        after.add(chat, petition, ask.text, tuple(ask.file_ids))


def as_new(chat: Chat) -> None:
    """What was said begins a petition of its own."""
    ask = chat.me.ask
    if ask is None:
        chat.say("citizen.old_button")
        return
    draft = drafting.begin(chat)
    draft.files += ask.file_ids
    draft.known = list(ask.choices)  # the citizen just said that it is none of these
    if ask.text:
        drafting.tell(chat, draft, ask.text, chat.ref)
    prompts.advance(chat)


def which_one(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """Which of several petitions: by code, subject or number."""
    del found
    petitions = [p for p in map(chat.turn.book.petition, ask.choices) if p is not None]
    choice = match_choice(text, [(str(n), [tracking.label(chat, p)]) for n, p in enumerate(petitions)])
    if choice is None:
        chat.close()
        return False
    which(chat, int(choice))
    return True


def which(chat: Chat, number: int) -> None:
    """Do what was wanted with the petition chosen."""
    ask = chat.me.ask
    if ask is None or number >= len(ask.choices):
        chat.say("citizen.old_button")
        return
    petition = after.own(chat, ask.choices[number])
    wanted = ask.text
    chat.close()
    if petition is None:
        return
    if wanted == "withdraw":
        after.ask_withdrawal(chat, petition)
    elif wanted == "reopen":
        after.offer_reopening(chat, petition, "")
    elif wanted == "status" or not form_words.do(chat, petition, wanted):
        tracking.show(chat, petition)


def code(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    if Intent.DONT_KNOW in found:
        tracking.show_mine(chat)
        return True
    if _CODE_LIKE.fullmatch(text.strip()):
        if tracking.wrong_code(chat):
            chat.lead("citizen.code_mistyped")
        chat.flush()
        return True
    chat.close()
    return False


def secret(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """The receipt's secret; or a plea to be told all the same, which is refused politely."""
    secret = tracking.secret_in(text)
    petition = chat.turn.book.petition(ask.petition_id) if ask.petition_id is not None else None
    if secret and petition is not None:
        if tracking.prove(chat, petition, secret):
            tracking.show(chat, petition)
        return True
    if chat.me.stranger and not found and question(text) is None and len(text.split()) <= _SHORT:
        chat.say("citizen.stranger_firm")
        return True
    chat.close()
    return False


def unsatisfied(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del found
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
    elif is_only(text, Intent.NO) or is_only(text, Intent.CANCEL):
        drop(chat)
    else:
        after.object_to(chat, petition, text)
    return True


def again(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
    elif is_only(text, Intent.NO) or is_only(text, Intent.CANCEL):
        drop(chat)
    elif found & _LOOKING:
        return False
    else:
        further.take_again(chat, petition, text)
    return True


def addition(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    if is_only(text, Intent.CANCEL):
        drop(chat)
        return True
    del found
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
    else:
        after.add(chat, petition, text)
    return True
