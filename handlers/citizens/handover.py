"""A conversation goes on in another chat by a one-time link, and comes back.

The chat it came from has a small conversation of its own meanwhile, which says where to go on and brings it
back; words of danger bring it back at once. The conversation itself, its draft and its petitions stay whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from handlers.citizens import drafts, emergency, lawful_form, own_page, prompts
from handlers.citizens.chat import TIMELESS, Chat, mark_of, plain_label, read_token
from handlers.citizens.elsewhere import contact_of, rename_refs, within
from handlers.citizens.state import CitizenTalk, load, save
from handlers.messages import Capabilities, Choice, Outgoing, Text
from handlers.talk import Talk
from handlers.texts import LANGUAGES
from handlers.turn import Turn
from petitions.danger import find_danger
from storage.handovers import Handover, HandoverFault
from storage.records import ContactRecord

BACK: Final = "handback"
"""Action of the button that brings the conversation back; it is never old."""
_OWN_PAGE: Final = Capabilities(foreign=False)
_LABEL: Final = 60
"""Characters that the words of a button have at most."""
_ELSEWHERE: Final = "~"
"""Before the ids of messages of the first chat while the conversation is away: another chat counts anew."""


def take(turn: Turn, token: str) -> None:
    """The person pressed on our page: this chat becomes the place of the link's conversation.

    A link that cannot be used changes nothing; the page says why.
    """
    found = turn.book.find_handover(token)
    if found is None or found.fault(turn.now) is not None:
        return
    held = turn.book.taken_by(turn.contact.id)
    if held is not None and held.conversation_id == found.conversation_id:
        return
    if held is not None:
        me = load(turn.talk)
        _return_from(Chat(turn, me), held)
        save(turn.talk, me)
    before = turn.book.handover_of(found.conversation_id)
    first = contact_of(turn, found.from_contact_id)
    taken = turn.book.take_handover(token, turn.contact.id, meanwhile=_meanwhile_state(turn, found, first))
    if isinstance(taken, HandoverFault):
        return
    if before is not None:
        _tell_taker(turn, before, "citizen.handover_other_device")
    with within(turn, taken.conversation_id) as there:
        there.talk.language = there.talk.language or _spoken(first)
        chat = Chat(there, load(there.talk))
        removes = _said_in(chat, first)
        rename_refs(chat.me, lambda ref: _ELSEWHERE + ref)
        chat.renew()
        chat.lead("citizen.handover_here")
        chat.beside.append(chat.lasting("citizen.button_bring_back", BACK))
        _put_again(chat)
        chat.me.last_at = there.now
        save(there.talk, chat.me)
        there.send(
            Outgoing(
                text=there.text("citizen.handover_began"),
                rows=((chat.lasting("citizen.button_bring_here", BACK),),),
                removes=removes,
                removed=there.text("citizen.handover_removed") if removes else "",
                kept=there.text("citizen.handover_kept") if removes else "",
            ),
            to=first,
        )


def meanwhile(chat: Chat, handle: Callable[[Turn], None]) -> bool:
    """Answer in the chat whose conversation goes on elsewhere. False where it does not any more.

    `handle`: the citizen's side of a turn, for what is said in the conversation itself.
    """
    turn = chat.turn
    held = turn.book.handed_over(turn.contact.id)
    if held is None:
        where = contact_of(turn, turn.contact.id).conversation_id
        if where == turn.conversation_id:
            chat.me.handed_over = False
            return False
        with within(turn, where) as there:  # it came back while this message waited
            handle(there)
    elif _wants_back(chat):
        _bring_to_first(turn, held, _arrive)
    elif _in_danger(turn, held):
        _bring_to_first(turn, held, handle)
    else:
        if own_page.is_offered(chat):
            chat.beside.append(own_page.link(chat, conversation_id=held.conversation_id))
        chat.beside.append(chat.lasting("citizen.button_bring_here", BACK))
        chat.say("citizen.handover_meanwhile", coalesce="handed")
    return True


def says_back(chat: Chat, words: str) -> bool:
    """Whether the words are those of the button that brings the conversation back."""
    if len(words) > _LABEL:
        return False
    labels = (chat.text(f"citizen.button_bring_{where}") for where in ("back", "here"))
    return plain_label(words) in map(plain_label, labels)


def bring_back(chat: Chat) -> None:
    """The button or its words, in the chat that took the conversation over; elsewhere it is here already."""
    held = chat.turn.book.taken_by(chat.turn.contact.id)
    if held is not None and held.conversation_id == chat.turn.conversation_id:
        _return_from(chat, held)
    else:
        chat.lead("citizen.handover_is_here")
        _put_again(chat)


def end(chat: Chat, held: Handover) -> None:
    """The conversation of this turn is brought back from where it was taken to; nothing is said here."""
    if chat.turn.book.bring_back(held.id) is not None:
        rename_refs(chat.me, _of_first)
        _tell_taker(chat.turn, held, "citizen.handover_gone")


def end_and(turn: Turn, held: Handover, then: Callable[[Turn], None]) -> None:
    """Wanted in the first chat: its conversation is there again, and `then` is done in it."""
    _bring_to_first(turn, held, then)


# --- inside


def _bring_to_first(turn: Turn, held: Handover, then: Callable[[Turn], None]) -> None:
    """Asked for in the first chat: the conversation is there again, and `then` goes on with it."""
    if turn.book.bring_back(held.id) is None:
        return
    with within(turn, held.conversation_id) as there:
        me = load(there.talk)
        rename_refs(me, _of_first)
        save(there.talk, me)
        then(there)
    _tell_taker(turn, held, "citizen.handover_gone")


def _return_from(chat: Chat, held: Handover) -> None:
    """Asked for where it was taken to: the conversation of this turn goes to its first chat."""
    turn = chat.turn
    if turn.book.bring_back(held.id) is None:
        return
    rename_refs(chat.me, _of_first)
    save(turn.talk, chat.me)
    there = replace(turn, contact=contact_of(turn, held.from_contact_id), capabilities=Capabilities())
    _arrive(there)
    chat.me = load(turn.talk)
    _tell_taker(turn, held, "citizen.handover_gone")


def _arrive(turn: Turn) -> None:
    """Say in the first chat that its conversation is back, and put the pending question."""
    chat = Chat(turn, load(turn.talk))
    chat.renew()
    chat.lead("citizen.handover_back")
    _put_again(chat)
    chat.me.last_at = turn.now
    save(turn.talk, chat.me)


def _tell_taker(turn: Turn, held: Handover, key: str) -> None:
    """The chat that had taken it over is told, and goes on with its own conversation."""
    if held.taker_id is None or held.former_id is None:
        return
    taker = replace(turn, contact=contact_of(turn, held.taker_id), capabilities=_OWN_PAGE)
    with within(taker, held.former_id) as own:
        own.talk.language = own.talk.language or turn.language
        chat = Chat(own, load(own.talk))
        chat.lead(key)
        if chat.me.draft is not None and chat.me.danger is None:
            chat.lead("citizen.handover_own_again")
            _put_again(chat)
        chat.flush()
        save(own.talk, chat.me)


def _put_again(chat: Chat) -> None:
    """The pending question once more; on our own page with what was told before it."""
    draft = chat.me.draft
    chat.close()
    if chat.me.danger is not None:
        chat.flush()
    elif draft is None and chat.me.form is not None:
        lawful_form.repeat(chat)
    elif draft is None:
        chat.say("citizen.how_can_i_help", rows=prompts.main_menu(chat))
    elif chat.turn.capabilities.foreign:
        prompts.advance(chat, quiet=True)
    else:
        drafts.resume(chat, draft)


def _wants_back(chat: Chat) -> bool:
    content = chat.turn.incoming.content
    if isinstance(content, Choice):
        pressed = read_token(content.token)
        return pressed is not None and (pressed.version, pressed.action) == (TIMELESS, BACK)
    return isinstance(content, Text) and says_back(chat, content.text)


def _in_danger(turn: Turn, held: Handover) -> bool:
    """Whether this message, or the conversation itself, speaks of a danger going on."""
    content = turn.incoming.content
    danger = find_danger(content.text) if isinstance(content, Text) else None
    if danger is not None and danger.level == "now":
        return True
    row = turn.book.conversation(held.conversation_id)
    return row is not None and emergency.is_on(Chat(turn, load(Talk.model_validate(row.state))))


def _meanwhile_state(turn: Turn, found: Handover, first: ContactRecord) -> dict[str, object]:
    """What the first chat remembers while its conversation is away: the language, and that it is so."""
    row = turn.book.conversation(found.conversation_id)
    known = Talk.model_validate(row.state) if row is not None else Talk()
    talk = Talk(language=known.language or _spoken(first))
    save(talk, CitizenTalk(greeted=True, handed_over=True))
    return talk.model_dump(mode="json")


def _said_in(chat: Chat, first: ContactRecord) -> tuple[str, ...]:
    """The messages of the first chat in which the draft was told and understood."""
    draft = chat.me.draft
    if draft is None:
        return ()
    ours = chat.turn.book.sent_since(first.id, draft.first_at)
    told = _said_by(chat, first, [*(part.ref for part in draft.story), *draft.typed])
    draft.typed = []
    return tuple(dict.fromkeys(ref for ref in [*told, *ours] if ref))


def _said_by(chat: Chat, first: ContactRecord, refs: list[str]) -> list[str]:
    """Of the messages of a conversation that several chats share, those of this chat."""
    mark = mark_of(first.id) if first.id in chat.me.bound else ""
    others = tuple(mark_of(contact_id) for contact_id in chat.me.bound if contact_id != first.id)
    return [ref.removeprefix(mark) for ref in refs if ref.startswith(mark) and not ref.startswith(others)]


def _of_first(ref: str) -> str:
    return ref.removeprefix(_ELSEWHERE) if ref.startswith(_ELSEWHERE) else ""


def _spoken(contact: ContactRecord) -> str:
    hint = contact.language[:2].lower()
    return hint if hint in LANGUAGES else ""
