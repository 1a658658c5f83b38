"""Words in answer to a question beside the draft: discard? withdraw? add or new? which one?"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Final

from handlers.citizens import after, drafting, drafts, filling, prompts, review, second, tracking
from handlers.citizens.chat import Chat
from handlers.citizens.state import Ask, Asked
from petitions.intents import Intent, chosen_kind, intents, is_only, match_choice, question
from petitions.text import fold

_FORGOTTEN: Final = timedelta(days=3)
"""A question left open longer is not what the next words answer."""
_SHORT: Final = 14
_NEW: Final = re.compile(r"\b(?:moi|khac|new|another)\b")


def take(chat: Chat, text: str) -> bool:
    """Take `text` as the answer to the open question. False where it is none and means something else."""
    ask = chat.me.ask
    if ask is None:
        return False
    if chat.turn.now - ask.at > _FORGOTTEN:
        chat.close()
        return False
    return _ANSWERS[ask.what](chat, ask, text, intents(text))


def _discard(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    kind = chosen_kind(text)
    if kind is not None and len(text.split()) > 4 and found & {Intent.NEW_MATTER, Intent.CANCEL, Intent.YES}:
        replace_draft(chat, text)
        return True
    if found & {Intent.YES, Intent.CANCEL, Intent.CONFIRM} and Intent.NO not in found:
        if ask.text:
            replace_draft(chat, ask.text)
        else:
            drafts.discard(chat)
        return True
    if is_only(text, Intent.NO) or Intent.RESUME in found:
        drafts.go_on(chat)
        return True
    chat.close()
    return False


def replace_draft(chat: Chat, text: str) -> None:
    """The old draft goes, the new matter begins with these words."""
    if chat.me.draft is not None:
        drafts.forget(chat, chat.me.draft)
    draft = drafting.begin(chat)
    kind = chosen_kind(text)
    if kind is not None:
        drafting.choose_kind(draft, kind)
    chat.lead("citizen.old_draft_dropped")
    drafting.tell(chat, draft, text, chat.ref)
    prompts.advance(chat)


def _start_over(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    if found & {Intent.YES, Intent.START_OVER, Intent.CONFIRM}:
        drafts.start_over(chat)
        return True
    if is_only(text, Intent.NO):
        drafts.go_on(chat)
        return True
    chat.close()
    return False


def _correct(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    draft = chat.me.draft
    if draft is None:
        chat.close()
        return False
    key = review.chosen(chat, draft, text)
    if key is not None:
        edit(chat, key)
        return True
    chat.close()
    if is_only(text, Intent.NO) or Intent.BACK in found:
        review.show(chat, draft)
        return True
    return False


def edit(chat: Chat, key: str) -> None:
    """Open one answer of the review card again."""
    draft = chat.me.draft
    chat.close()
    if draft is None:
        return
    if key == "kind":
        prompts.ask_kind(chat)
        return
    if key == "topic":
        chat.open(Ask.TOPIC)
        chat.say("citizen.ask_topic", rows=((chat.button("citizen.button_topic_unknown", "topic", "none"),),))
        return
    review.reopen(draft, key)
    if key == "story":
        chat.go("story")
        chat.say("citizen.ask_story_again", rows=((chat.button("citizen.button_keep_it", "keep"),),))
        return
    prompts.advance(chat, quiet=True)


def _topic(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    """The subject in the citizen's words: a topic's name, or whatever points to one."""
    del ask, found
    draft = chat.me.draft
    if draft is None:
        chat.close()
        return False
    names = [
        (topic.code, [topic.name_vi, topic.name_en])
        for topic in chat.agency.topics
        if topic.unit != "outside"
    ]
    code = match_choice(text, names)
    if code is None:
        code = chat.turn.facts.suggester.understand(text, today=chat.today).topic.value
    set_topic(chat, code)
    return True


def set_topic(chat: Chat, code: str | None) -> None:
    """The citizen's word on the subject; None leaves it to the focal unit."""
    draft = chat.me.draft
    chat.close()
    if draft is None:
        return
    draft.topic, draft.topic_chosen, draft.outside = code, True, None
    drafting.set_mode(draft)
    chat.lead("citizen.topic_left" if code is None else "citizen.updated")
    prompts.advance(chat, quiet=True)


def _later(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    draft = chat.me.draft
    labels = [
        ("keep", [chat.text("citizen.button_keep")]),
        ("remind", [chat.text("citizen.button_keep_remind")]),
        ("forget", [chat.text("citizen.button_forget")]),
    ]
    choice = match_choice(text, labels)
    if draft is None or (choice is None and not is_only(text, Intent.YES)):
        chat.close()
        return False
    if choice == "forget":
        drafts.discard(chat)
    else:
        drafts.keep(chat, draft, remind=choice == "remind" or Intent.NOTIFY_ME in found)
    return True


def _second(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    if found & {Intent.YES, Intent.CONFIRM, Intent.SAME_AS_BEFORE} and Intent.NO not in found:
        second.both(chat)
        return True
    if is_only(text, Intent.NO):
        second.first_only(chat)
        return True
    if chat.me.second is None:
        chat.close()
        return False
    drafting.tell(chat, chat.me.second, text, chat.ref)
    second.ask(chat, chat.me.second)
    return True


def _withdraw(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
        return True
    if is_only(text, Intent.NO) or Intent.RESUME in found:
        keep_petition(chat)
    elif is_only(text, Intent.YES) or (found & {Intent.YES, Intent.CONFIRM} and Intent.WITHDRAW in found):
        after.withdraw(chat, petition, ask.text)
    else:
        after.take_reason(chat, petition, text)
    return True


def keep_petition(chat: Chat) -> None:
    """Not withdrawn after all."""
    chat.close()
    chat.say("citizen.not_withdrawn")


def _reopen(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
    filling.same_as_before(chat, draft)
    chat.lead("citizen.linked_started")
    prompts.advance(chat)


def _add_or_new(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
    if ask.text:
        drafting.tell(chat, draft, ask.text, chat.ref)
    prompts.advance(chat)


def drop(chat: Chat) -> None:
    """None of it: forget what was said."""
    ask = chat.me.ask
    if ask is not None and ask.file_ids:
        chat.turn.book.forget_files(ask.file_ids)
    chat.close()
    chat.say("citizen.dropped")


def _which(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
    else:
        tracking.show(chat, petition)


def _code(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask, text
    if Intent.DONT_KNOW in found:
        tracking.show_mine(chat)
        return True
    chat.close()
    return False


def _secret(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


def _unsatisfied(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del found
    petition = after.own(chat, ask.petition_id)
    if petition is None:
        chat.close()
    elif is_only(text, Intent.NO) or is_only(text, Intent.CANCEL):
        drop(chat)
    else:
        after.object_to(chat, petition, text)
    return True


def _maybe_story(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del found
    kind = chosen_kind(text)
    if (
        is_only(text, Intent.YES)
        or is_only(text, Intent.CONFIRM)
        or (kind is not None and len(text.split()) <= 4)
    ):
        begin_with(chat, ask)
        if kind is not None and chat.me.draft is not None:
            drafting.choose_kind(chat.me.draft, kind)
        prompts.advance(chat)
        return True
    if is_only(text, Intent.NO):
        drop(chat)
        return True
    chat.close()
    return False


def begin_with(chat: Chat, ask: Asked) -> None:
    """A draft from the words that were asked about."""
    draft = drafting.begin(chat)
    drafting.tell(chat, draft, ask.text, chat.ref)
    draft.files += ask.file_ids


def _replayed(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    if is_only(text, Intent.YES) or Intent.CONFIRM in found:
        take_replayed(chat)
        return True
    if is_only(text, Intent.NO):
        drop(chat)
        return True
    chat.close()
    return False


def take_replayed(chat: Chat) -> None:
    """The late message is added after all."""
    ask, draft = chat.me.ask, chat.me.draft
    chat.close()
    if ask is None or draft is None:
        chat.say("citizen.old_button")
        return
    draft.files += ask.file_ids
    if ask.text:
        drafting.tell(chat, draft, ask.text, chat.ref)
    chat.lead("citizen.updated")
    prompts.advance(chat)


def _officer(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


_ANSWERS: Final[dict[Ask, Callable[[Chat, Asked, str, frozenset[Intent]], bool]]] = {
    Ask.DISCARD: _discard,
    Ask.START_OVER: _start_over,
    Ask.CORRECT: _correct,
    Ask.TOPIC: _topic,
    Ask.LATER: _later,
    Ask.SECOND: _second,
    Ask.WITHDRAW: _withdraw,
    Ask.REOPEN: _reopen,
    Ask.ADD_OR_NEW: _add_or_new,
    Ask.WHICH: _which,
    Ask.CODE: _code,
    Ask.SECRET: _secret,
    Ask.UNSATISFIED: _unsatisfied,
    Ask.MAYBE_STORY: _maybe_story,
    Ask.REPLAYED: _replayed,
    Ask.OFFICER: _officer,
}
