"""A text where no draft is open: a question, a word about a petition, or the beginning of a new one."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from handlers.citizens import (
    after,
    commands,
    drafting,
    filling,
    form_words,
    prompts,
    questions,
    reading,
    tracking,
)
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.said import only
from handlers.citizens.state import Ask
from handlers.citizens.wording import shown_code
from petitions.danger import find_danger
from petitions.intents import Intent, Question, chosen_kind, intents, question
from petitions.kinds import Kind, Stage
from petitions.text import fold
from petitions.understanding import Understanding
from storage.records import PetitionRecord

_RECENT: Final = timedelta(days=30)
"""How long after filing a word about the same subject may belong to it."""
_CHAT: Final = 4
"""Words: less is no story."""
_OUTCRY: Final = 16
"""Words: a longer message with an insult in it tells a matter."""
_TIP: Final = re.compile(
    r"\b(?:bao|cung cap|gui) (?:mot )?(?:tin|thong tin) (?:nac danh|an danh)\b|anonymous tip\b"
)
_ANNOUNCES: Final = 8
"""Words: so few announce a tip and tell nothing yet."""
_DOUBT: Final = 0.5
_ADDS: Final = re.compile(
    r"(?:xin |cho |toi |em |minh )*(?:bo sung|gui them|noi them|them vao don|please add|to add|in addition)\b"
)
"""How somebody begins who plainly adds to a petition (folded)."""


def take(chat: Chat, text: str) -> None:
    """Answer a text while nothing is being filled in."""
    found = intents(text)
    if form_words.take(chat, text):
        return
    if _about_filed(chat, text, found) or _small_talk(chat, text, found):
        return
    asked = question(text)
    if asked is not None and not (asked is Question.OTHER and _is_story(chat, text)):
        commands.greet(chat)
        if asked is Question.OTHER:
            drafting.lead_up(chat, text)
        questions.answer(chat, asked, text)
        return
    if _for_a_petition(chat, text):
        return
    begin(chat, text, found)


def begin(chat: Chat, text: str, found: frozenset[Intent]) -> None:
    """A new matter, if it is one; what cannot be told is asked, and no word is lost meanwhile."""
    seen = chat.turn.facts.suggester.understand(text, today=chat.today)
    named = chosen_kind(text)
    if named is None and not _tells(seen, text):
        commands.greet(chat)
        drafting.lead_up(chat, text)
        if _is_rude(text, found):
            chat.say("citizen.empathy_ask")
        elif len(text.split()) >= _CHAT:
            chat.open(Ask.MAYBE_STORY, text=text)
            rows = ((chat.button("citizen.button_is_story", "isstory"),), *prompts.main_menu(chat))
            chat.say("citizen.maybe_story", rows=rows)
        else:
            chat.say("citizen.how_can_i_help", rows=prompts.main_menu(chat))
        return
    if named is None and seen.topic.value is None and len(text.split()) <= _OUTCRY and _is_rude(text, found):
        commands.greet(chat)
        drafting.lead_up(chat, text)
        chat.say("citizen.empathy_ask")
        return
    commands.greet(chat)
    draft = drafting.begin(chat)
    danger = find_danger(text)
    if danger is not None:
        numbers = chat.agency.emergency
        chat.lead(
            "citizen.if_danger", police=numbers.police, ambulance=numbers.ambulance, children=numbers.children
        )
    if Intent.HUMAN in found:
        draft.wants_human = True
    if named in {None, Kind.FEEDBACK} and _TIP.search(fold(text)):
        drafting.choose_kind(draft, Kind.ANONYMOUS_TIP)
        reading.choose_identity(chat, draft, "anonymous")
        if len(text.split()) <= _ANNOUNCES:
            drafting.lead_up(chat, text)
            prompts.advance(chat)
            return
    if Intent.KEEP_SECRET in found:
        draft.confidential = True
    if seen.is_petition.value and _is_rude(text, found):
        chat.lead("citizen.empathy")
    filling.first_words(chat, draft, text)


def _tells(seen: Understanding, text: str) -> bool:
    if seen.is_petition.value is False and seen.is_petition.confidence >= _DOUBT:
        return False
    return bool(seen.is_petition.value) or (seen.topic.value is not None and len(text.split()) > _CHAT)


def _is_story(chat: Chat, text: str) -> bool:
    """A question of no known kind that is rather a matter told in the form of one."""
    seen = chat.turn.facts.suggester.understand(text, today=chat.today)
    return bool(seen.is_petition.value) and seen.is_petition.confidence >= _DOUBT


def _is_rude(text: str, found: frozenset[Intent]) -> bool:
    from petitions.intents import story_part

    if not any(sign.isalpha() for sign in text):
        return False
    return Intent.RUDE_ONLY in found or (story_part(text) != text.strip() and not found)


# --- about petitions already filed


def _about_filed(chat: Chat, text: str, found: frozenset[Intent]) -> bool:
    """Status, withdrawal, reopening, notices, how many: words that mean a petition there is already."""
    if Intent.WITHDRAW in found:
        _for_one(chat, "withdraw")
    elif Intent.REOPEN in found and (petition := _withdrawn(chat)) is not None:
        after.offer_reopening(chat, petition, "" if only(text, found, Intent.REOPEN) else text)
    elif Intent.HOW_MANY in found or only(text, found, Intent.MINE):
        tracking.show_mine(chat, counted=Intent.HOW_MANY in found)
    elif Intent.NOTIFY_ME in found:
        notices_are_on(chat, sorry=Intent.APOLOGY in found)
    elif Intent.STATUS in found and (only(text, found, Intent.STATUS) or not _is_story(chat, text)):
        commands.greet(chat)
        _for_one(chat, "status")
    else:
        return False
    return True


def _for_one(chat: Chat, wanted: str) -> None:
    """Do it with the petition meant; ask which one where that is not clear."""
    petition = tracking.current(chat)
    if petition is not None:
        if wanted == "withdraw":
            after.ask_withdrawal(chat, petition)
        else:
            tracking.show(chat, petition)
        return
    own = tracking.mine(chat)
    if not own:
        tracking.ask_code(chat)
        return
    shown = own[: tracking.LISTED]
    chat.open(Ask.WHICH, text=wanted, choices=[p.id for p in shown])
    rows = in_rows([chat.labelled(tracking.label(chat, p), "which", str(n)) for n, p in enumerate(shown)])
    chat.say("citizen.ask_which", rows=rows)


def _withdrawn(chat: Chat) -> PetitionRecord | None:
    petition = tracking.current(chat)
    if petition is not None and petition.stage is Stage.WITHDRAWN:
        return petition
    withdrawn = [p for p in tracking.mine(chat) if p.stage is Stage.WITHDRAWN]
    return withdrawn[0] if withdrawn else None


def notices_are_on(chat: Chat, *, sorry: bool = False) -> None:
    """Every change is told in this chat; nothing needs to be switched on."""
    if sorry:
        chat.lead("citizen.no_offence")
    petition = tracking.current(chat)
    if petition is not None:
        chat.say("citizen.notices_on", code=shown_code(petition))
    elif chat.me.filed:
        chat.say("citizen.notices_on_all")
    else:
        chat.say("citizen.notices_none")


def _for_a_petition(chat: Chat, text: str) -> bool:
    """Words for a petition there is: the answer to an officer's question, or something to add."""
    if not chat.me.filed and not chat.me.proven:
        return False
    own = tracking.mine(chat)
    waiting = [p for p in own if p.stage is Stage.WAITING_CITIZEN]
    seen = chat.turn.facts.suggester.understand(text, today=chat.today)
    if len(waiting) == 1 and not _other_subject(seen, waiting[0]):
        after.add(chat, waiting[0], text)
        return True
    if _ADDS.match(fold(text)) and (len(own) == 1 or any(p.id == chat.me.about for p in own)):
        meant = own[0] if len(own) == 1 else next(p for p in own if p.id == chat.me.about)
        if meant.stage is not Stage.WITHDRAWN:
            after.add(chat, meant, text)
            return True
    if waiting:
        after.ask_add_or_new(chat, waiting[:4], text)
        return True
    recent = [
        p
        for p in own
        if p.stage is not Stage.CLOSED
        and chat.turn.now - p.updated_at < _RECENT
        and not _other_subject(seen, p)
    ]
    if not recent or len(text.split()) < _CHAT:
        return False
    recent.sort(key=lambda p: p.id != chat.me.about)
    after.ask_add_or_new(chat, recent[:4], text)
    return True


def _other_subject(seen: Understanding, petition: PetitionRecord) -> bool:
    return (
        seen.topic.value is not None and seen.topic.value != petition.topic and bool(seen.is_petition.value)
    )


# --- small talk


def _small_talk(chat: Chat, text: str, found: frozenset[Intent]) -> bool:
    if Intent.THANKS in found and only(text, found, Intent.THANKS):
        _welcome(chat)
    elif only(text, found, Intent.APOLOGY):
        chat.say("citizen.no_offence")
    elif only(text, found, Intent.GREETING):
        commands.greet(chat)
        drafting.lead_up(chat, text)
        chat.say("citizen.how_can_i_help", rows=prompts.main_menu(chat))
    elif only(text, found, Intent.HELP):
        drafting.lead_up(chat, text)
        commands.greet(chat)
        commands.show_help(chat)
    elif only(text, found, Intent.MENU):
        commands.greet(chat)
        chat.say("citizen.menu", rows=prompts.main_menu(chat))
    elif Intent.RESUME in found:
        commands.greet(chat)
        chat.say("citizen.no_draft", rows=prompts.main_menu(chat))
    elif Intent.RUDE_ONLY in found:
        commands.greet(chat)
        drafting.lead_up(chat, text)
        chat.say("citizen.empathy_ask")
    elif Intent.HUMAN in found and not _is_story(chat, text):
        commands.greet(chat)
        drafting.lead_up(chat, text)
        chat.say("citizen.human_how", reach=questions.reach(chat), rows=prompts.main_menu(chat))
    elif found & {
        Intent.YES,
        Intent.NO,
        Intent.DONE,
        Intent.CONFIRM,
        Intent.CANCEL,
        Intent.SKIP,
        Intent.BACK,
    } and (len(text.split()) <= _CHAT):
        commands.greet(chat)
        chat.say("citizen.nothing_open", rows=prompts.main_menu(chat))
    else:
        return False
    return True


def _welcome(chat: Chat) -> None:
    """A kind close, with the code once more."""
    last = chat.me.filed_last()
    petition = chat.turn.book.petition(last.petition_id) if last is not None else None
    if petition is None:
        chat.say("citizen.welcome")
        return
    code = shown_code(petition)
    chat.send(chat.text("citizen.welcome_code", code=code), monospace=(code,), quiet=petition.discreet)
