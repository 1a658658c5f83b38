"""Answers to questions about the draft: discard it, start over, correct what, keep it, a second matter."""

from __future__ import annotations

from handlers.citizens import drafting, drafts, known_case, prompts, review, second
from handlers.citizens.chat import Chat
from handlers.citizens.dropping import drop
from handlers.citizens.state import Ask, Asked
from petitions.intents import Intent, chosen_kind, is_only, match_choice


def discard(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


def start_over(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
    del ask
    if found & {Intent.YES, Intent.START_OVER, Intent.CONFIRM}:
        drafts.start_over(chat)
        return True
    if is_only(text, Intent.NO):
        drafts.go_on(chat)
        return True
    chat.close()
    return False


def correct(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
        known_case.look_again(draft)
        chat.go("story")
        chat.say("citizen.ask_story_again", rows=((chat.button("citizen.button_keep_it", "keep"),),))
        return
    prompts.advance(chat, quiet=True)


def topic(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


def later(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


def second_matter(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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


def maybe_story(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
    chat.me.leads = [part for part in chat.me.leads if part.text != ask.text]
    draft = drafting.begin(chat)
    drafting.tell(chat, draft, ask.text, chat.ref)
    draft.files += ask.file_ids


def late(chat: Chat, ask: Asked, text: str, found: frozenset[Intent]) -> bool:
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
