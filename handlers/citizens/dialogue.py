"""The citizen's side of every private chat: one update in, at most a few messages out."""

from __future__ import annotations

from typing import Final

from handlers.citizens import (
    after,
    appointments,
    asks,
    commands,
    drafting,
    drafts,
    emergency,
    filling,
    form_changes,
    handover,
    idle,
    in_a_row,
    joining,
    media,
    news,
    own_chats,
    own_page,
    presses,
    prompts,
    questions,
    reading,
    tracking,
)
from handlers.citizens.chat import Chat
from handlers.citizens.state import Ask, load, save
from handlers.messages import Arrived, Choice, Command, Contact, Edit, Files, Location, Text, Unusable
from handlers.officers.access import Access
from handlers.turn import Turn
from petitions.codes import FoundCode, find_codes
from petitions.danger import find_danger
from petitions.intents import Intent, intents, is_only, language_of, question
from petitions.text import clean

_SWITCH: Final = 4
"""Words in the other language from which a chat switches to it."""
_MENTION: Final = 30
"""Words: a longer message that holds a code is a story that mentions it."""


def handle(turn: Turn) -> None:
    """Answer one update of a private chat that is no officer's business; the memory goes to `turn.talk`."""
    chat = Chat(turn, load(turn.talk))
    asked = joining.is_answer(turn)
    if asked is not None:
        joining.answer(chat, asked)
    elif chat.me.handed_over and handover.meanwhile(chat, handle):
        pass  # its conversation goes on elsewhere
    elif _came_late(chat):
        _late(chat)
    else:
        drafts.drop_old(chat)
        if not isinstance(turn.incoming.content, Files):
            in_a_row.end(chat)
        _content(chat)
    own_page.note_typed(chat)
    chat.flush()
    chat.me.last_at = turn.now
    if chat.me.bound:
        turn.book.use_chat(turn.conversation_id, turn.contact.id)
    save(turn.talk, chat.me)


def _content(chat: Chat) -> None:
    match chat.turn.incoming.content:
        case Text(text=typed):
            text(chat, clean(typed))
        case Command() as command:
            chat.me.danger = None
            commands.command(chat, command)
        case Choice(token=token):
            presses.press(chat, token)
        case Files() as files:
            _greet_new(chat)
            _language(chat, files.caption)
            media.files(chat, files)
        case Location() as location:
            _greet_new(chat)
            media.location(chat, location)
        case Contact() as contact:
            _greet_new(chat)
            media.contact(chat, contact)
        case Edit(text=typed):
            _edited(chat, clean(typed))
        case Unusable() as unusable:
            _greet_new(chat)
            media.unusable(chat, unusable)
        case Arrived():
            _arrived(chat)
        case _:
            chat.say("citizen.unusable")


def _arrived(chat: Chat) -> None:
    """The chat was opened: greeted as `/start` does, where nothing was said in it yet."""
    me = chat.me
    if not (me.greeted or me.draft or me.filed or me.proven or emergency.is_on(chat)):
        commands.start(chat, "")


def _greet_new(chat: Chat) -> None:
    if not emergency.is_on(chat):
        commands.greet(chat)


def text(chat: Chat, words: str) -> None:
    """A message in words, in order of weight: danger, codes, an open question, the draft, the rest."""
    if not words:
        _greet_new(chat)
        chat.lead("citizen.empty")
        if chat.me.draft is not None and not emergency.is_on(chat):
            prompts.repeat(chat)
        return
    switched = _language(chat, words)
    danger = find_danger(words)
    if emergency.is_on(chat):
        chosen = chat.chosen(words) if danger is None else None
        if chosen is not None and emergency.is_choice(chosen):
            presses.press(chat, chosen)
        else:
            emergency.take(chat, words)
        return
    if danger is not None and danger.level == "now":
        emergency.begin(chat, danger, words)
        return
    if handover.says_back(chat, words):
        handover.bring_back(chat)
        return
    codes = find_codes(words)
    if codes and (len(words.split()) <= _MENTION or chat.me.draft is None):
        _coded(chat, words, codes)
        return
    offered = chat.chosen(words)
    if offered is not None:
        presses.press(chat, offered)
        return
    if any(part.take_words(chat, words) for part in (own_chats, news, appointments)):
        return
    if chat.me.ask is not None and asks.take(chat, words):
        return
    if switched and chat.me.draft is not None and _only_about_language(words):
        chat.lead("citizen.language_changed")
        prompts.repeat(chat)
        return
    if chat.me.draft is not None:
        commands.greet(chat)
        filling.take(chat, chat.me.draft, words)
    else:
        idle.take(chat, words)


def _only_about_language(words: str) -> bool:
    return is_only(words, Intent.LANGUAGE_EN) or is_only(words, Intent.LANGUAGE_VI)


def _language(chat: Chat, words: str) -> bool:
    """Follow the language the person evidently writes, or asks for. Returns whether it changed."""
    talk = chat.turn.talk
    found = intents(words)
    if found & {Intent.LANGUAGE_EN, Intent.LANGUAGE_VI}:
        wanted = "en" if Intent.LANGUAGE_EN in found else "vi"
    else:
        wanted = "" if talk.language and chat.asks_name else language_of(words) or ""
    if not wanted or wanted == talk.language:
        return False
    if talk.language and len(words.split()) < _SWITCH and not _only_about_language(words):
        return False
    talk.language = wanted
    return True


def _coded(chat: Chat, words: str, codes: list[FoundCode]) -> None:
    """A message with tracking codes: a look-up, or something to do with that petition."""
    commands.greet(chat)
    rest = tracking.without_codes(words, codes)
    found = intents(rest)
    first = codes[0].code
    if first is not None and found & {Intent.WITHDRAW, Intent.REOPEN}:
        petition = tracking.find(chat, first.value)
        if petition is None:
            return
        if tracking.access(chat, petition) is Access.OWN:
            chat.me.about = petition.id
            if Intent.REOPEN in found:
                after.offer_reopening(chat, petition, "")
            else:
                after.ask_withdrawal(chat, petition)
            return
    own = tracking.answer_codes(chat, codes, secret=tracking.secret_in(rest))
    asked = question(rest)
    if own is not None and asked is not None and asked.value == "status_meaning":
        chat.send(questions.status_meaning(chat, rest))
    chat.flush()
    if chat.me.draft is not None and chat.me.ask is None:
        prompts.repeat(chat)


def _edited(chat: Chat, words: str) -> None:
    """An edited message: the answer it gave is corrected; after filing it becomes an addition."""
    ref = chat.ref
    draft = chat.me.draft
    if emergency.is_on(chat):
        emergency.take(chat, words)
    elif form_changes.edited(chat, ref, words):
        pass  # it had answered a question of a đơn
    elif draft is not None and (ref in draft.refs or not any(ref in item.refs for item in chat.me.filed)):
        reading.edit_message(chat, draft, ref, words)
    else:
        filed = next((item for item in chat.me.filed if ref and ref in item.refs), None)
        petition = chat.turn.book.petition(filed.petition_id) if filed is not None else None
        if petition is None or not words:
            chat.say("citizen.edit_nothing")
        else:
            chat.lead("citizen.edit_after_filing")
            after.add(chat, petition, chat.text("citizen.edited_message", text=words))


def _came_late(chat: Chat) -> bool:
    """A message run again by an operator after the conversation went on."""
    incoming = chat.turn.incoming
    return incoming.replayed and chat.me.last_at is not None and chat.me.last_at > incoming.at


def _late(chat: Chat) -> None:
    """It is offered to be added, never taken as the answer to what is asked now."""
    content = chat.turn.incoming.content
    if isinstance(content, Text):
        words, files = clean(content.text), []
    elif isinstance(content, Files):
        words, files = clean(content.caption), media.keep(chat, content)
    else:
        return
    if not words and not files:
        return
    if chat.me.draft is not None:
        chat.open(Ask.REPLAYED, text=words, file_ids=files)
        rows = (
            (chat.button("citizen.button_add_late", "late"), chat.button("citizen.button_neither", "drop")),
        )
        chat.say("citizen.late_message", text=words or "…", rows=rows)
        return
    own = tracking.mine(chat)
    if own:
        chat.lead("citizen.late_received", text=words or "…")
        after.ask_add_or_new(chat, own[:4], words, tuple(files))
        return
    draft = drafting.begin(chat)
    draft.files += files
    if words:
        drafting.tell(chat, draft, words)
    chat.lead("citizen.late_received", text=words or "…")
    prompts.advance(chat)
