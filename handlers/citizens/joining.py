"""One citizen, several chats: this chat asks to follow the petitions of another, which is asked whether it is the
same person.

Nothing about a petition is said here before that, and the question names none. Without a question a chat joins
only where the receipt's secret of every petition of the other one was shown here and none of them is sealed.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handlers.citizens import drafts
from handlers.citizens.chat import (
    TIMELESS,
    Chat,
    base36,
    mark_of,
    next_version,
    petition_button,
    plain_label,
    read_token,
)
from handlers.citizens.elsewhere import contact_of, rename_refs, within
from handlers.citizens.state import FILED_KEPT, CitizenTalk, load, save
from handlers.messages import Button, Choice, Outgoing, Text
from petitions.transitions import SEALED_KINDS
from storage.bindings import BindFault, Binding

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import ContactRecord, PetitionRecord

FOLLOW: Final = "follow"
YES: Final = "bindyes"
NO: Final = "bindno"
"""Actions of the buttons; the answers name the question."""
YES_TOKEN: Final = f"c.{TIMELESS}.{YES}."
"""What the button begins with that opens one's petitions to another chat."""
MINUTES: Final = 10
_BY_CHAT: Final = 3
"""Questions a chat may have put in an hour."""
_OF_PETITION: Final = 5
"""Questions about one petition in a day."""
_HOUR: Final = timedelta(hours=1)
_DAY: Final = timedelta(days=1)
_PROVEN: Final = 10
"""Petitions opened with their secret that a conversation remembers."""
_FAULTS: Final = {
    BindFault.SAME: "chats.followed_already",
    BindFault.BOUND: "chats.leave_first",
    BindFault.AWAY: "chats.not_now",
    BindFault.OFFICIAL: "chats.not_from_here",
    BindFault.OVER: "chats.question_over",
}


def button(chat: Chat, petition: PetitionRecord) -> list[Button]:
    """The choice under a petition that was filed in another chat, where this chat may have it."""
    turn = chat.turn
    if turn.incoming.is_group or turn.contact.officer_id is not None or petition.conversation_id is None:
        return []
    if petition.conversation_id == turn.conversation_id:
        return []
    return [petition_button(chat.text("chats.button_follow"), FOLLOW, petition.id)]


def follow(chat: Chat, petition: PetitionRecord) -> None:
    """The person says that it is their petition and wants to follow it here."""
    turn = chat.turn
    home = petition.conversation_id
    if turn.incoming.is_group or turn.contact.officer_id is not None:
        chat.say("chats.not_from_here")
    elif home == turn.conversation_id:
        chat.say("chats.followed_already")
    elif home is None:
        chat.say("chats.nobody_to_ask")
    elif not _may_ask(turn, petition):
        chat.say("chats.asked_too_often")
    elif _is_proven(chat, home):
        _by_secret(chat, petition)
    else:
        _ask(chat, petition, home)


def is_answer(turn: Turn) -> Binding | None:
    """The question that this message answers: by its button, or by the button's very words."""
    content = turn.incoming.content
    if isinstance(content, Choice):
        pressed = read_token(content.token)
        if pressed is None or pressed.version != TIMELESS or pressed.action not in {YES, NO}:
            return None
        found = turn.book.binding(number_of(pressed.argument))
        return found if found is not None and found.asked_id == turn.contact.id else None
    if not isinstance(content, Text) or len(content.text) > _LONGEST:
        return None
    if plain_label(content.text) not in _labels(turn):
        return None
    away = turn.book.handed_over(turn.contact.id)
    home = away.conversation_id if away is not None else turn.conversation_id
    return turn.book.open_question(home, turn.contact.id)


_LONGEST: Final = 40
"""Characters of the longest label of an answer."""


def answer(chat: Chat, found: Binding) -> None:
    """Yes or no in the chat that was asked; a question that is over changes nothing."""
    turn, content = chat.turn, chat.turn.incoming.content
    if isinstance(content, Choice):
        pressed = read_token(content.token)
        agrees = pressed is not None and pressed.action == YES
    else:
        agrees = isinstance(content, Text) and plain_label(content.text) == _labels(turn)[0]
    asking = contact_of(turn, found.asking_id)
    if not found.is_open(turn.now):
        chat.say("chats.question_over")
    elif turn.contact.officer_id is not None:
        chat.say("chats.not_from_here")
    elif not agrees:
        turn.book.refuse_binding(found.id)
        chat.say("chats.refused_here")
        tell(turn, asking, "chats.refused_there")
    elif turn.conversation_id == found.conversation_id:
        _joined(chat, found, asking, chat.me)
    else:  # its conversation goes on elsewhere for a while
        with within(turn, found.conversation_id) as there:
            home = load(there.talk)
            _joined(chat, found, asking, home)
            save(there.talk, home)


# --- asking


def _may_ask(turn: Turn, petition: PetitionRecord) -> bool:
    by_chat = turn.book.throttle(f"follow:by:{turn.contact.id}", limit=_BY_CHAT, per=_HOUR)
    of_petition = turn.book.throttle(f"follow:{petition.id}", limit=_OF_PETITION, per=_DAY)
    return by_chat and of_petition


def _ask(chat: Chat, petition: PetitionRecord, home: int) -> None:
    turn = chat.turn
    asked = _who_is_asked(turn, petition, home)
    if asked is None:
        chat.say("chats.nobody_to_ask")
        return
    found = turn.book.ask_binding(petition, asking=turn.contact, asked=asked)
    if isinstance(found, BindFault):
        chat.say(_FAULTS[found])
        return
    texts = turn.facts.catalogue.language(petition.language)
    rows = (
        (_answer_button(texts, YES, found),),
        (_answer_button(texts, NO, found),),
    )
    kind = chat_name(texts, turn.contact.channel)
    text = texts.get("chats.question", kind=kind, minutes=MINUTES)
    turn.send(Outgoing(text=text, rows=rows, quiet=petition.discreet), to=asked)
    chat.close()
    chat.say("chats.asked", minutes=MINUTES)


def _who_is_asked(turn: Turn, petition: PetitionRecord, home: int) -> ContactRecord | None:
    """The chat that filed it, else another one of the same conversation, that can be told now; no officer's."""
    filed = turn.book.contact_by_id(petition.contact_id) if petition.contact_id is not None else None
    others = [chat for chat in turn.book.chats_in(home) if filed is None or chat.id != filed.id]
    for chat in [*([filed] if filed is not None else []), *others]:
        if chat.blocked_at is None and not chat.is_group and chat.officer_id is None and _is_open(turn, chat):
            return chat
    return None


def _is_open(turn: Turn, contact: ContactRecord) -> bool:
    """Whether the platform takes a message to this chat now; one never seen is tried."""
    window = turn.facts.windows.get(contact.channel)
    return window is None or contact.seen_at is None or turn.now - contact.seen_at <= window


def _answer_button(texts: Texts, action: str, found: Binding) -> Button:
    label = texts.get("chats.button_yes_me" if action == YES else "chats.button_not_me")
    return Button(label=label, token=f"c.{TIMELESS}.{action}.{base36(found.id)}")


def _labels(turn: Turn) -> tuple[str, ...]:
    """The words of yes and of no."""
    return tuple(plain_label(turn.text(key)) for key in ("chats.button_yes_me", "chats.button_not_me"))


def number_of(argument: str) -> int:
    """The id in a button; 0, which names nothing, for anything that can be none."""
    try:
        number = int(argument, 36)
    except ValueError:
        return 0
    return number if number < 2**63 else 0


# --- joining


def _is_proven(chat: Chat, home: int) -> bool:
    """Whether the secrets of all petitions there were shown here, none is sealed, and nothing is being
    written."""
    there = chat.turn.book.petitions_of(home)
    if not there or any(each.id not in chat.me.proven for each in there):
        return False
    if any(each.kind in SEALED_KINDS or each.confidential or each.discreet for each in there):
        return False
    with within(chat.turn, home) as turn:
        me = load(turn.talk)
    return me.draft is None and me.danger is None


def _by_secret(chat: Chat, petition: PetitionRecord) -> None:
    """Shown the secrets, this chat joins without a question; the other one is told and can undo it."""
    turn = chat.turn
    filed = contact_of(turn, petition.contact_id) if petition.contact_id is not None else None
    home = petition.conversation_id
    asked = filed or next(iter(turn.book.chats_in(home or 0)), None)
    if asked is None or home is None:
        chat.say("chats.nobody_to_ask")
        return
    found = turn.book.ask_binding(petition, asking=turn.contact, asked=asked)
    if isinstance(found, BindFault):
        chat.say(_FAULTS[found])
        return
    with within(turn, home) as there:
        me = load(there.talk)
        result = _join(turn, found, chat.me, me)
        if not isinstance(result, BindFault):
            save(there.talk, me)
    if isinstance(result, BindFault):
        chat.say(_FAULTS[result])
        return
    chat.say("chats.joined_there", rows=_menu(chat))
    if asked.blocked_at is None:
        texts = turn.facts.catalogue.language(petition.language)
        label = texts.get("chats.button_leave", kind=chat_name(texts, turn.contact.channel))
        row = (Button(label=label, token=leave_token(turn.contact.id)),)
        text = texts.get("chats.joined_by_secret", kind=chat_name(texts, turn.contact.channel))
        turn.send(Outgoing(text=text, rows=(row,)), to=asked)


def _joined(chat: Chat, found: Binding, asking: ContactRecord, home: CitizenTalk) -> None:
    """Yes: the chats share the conversation, and both are told."""
    turn = chat.turn
    with within(turn, asking.conversation_id) as there:
        theirs = load(there.talk)
        result = _join(turn, found, theirs, home)
        if not isinstance(result, BindFault):
            save(there.talk, theirs)
    if isinstance(result, BindFault):
        chat.say(_FAULTS[result])
        return
    kind = chat_name(turn.texts, asking.channel)
    chat.say("chats.joined_here", kind=kind, rows=_menu(chat))
    texts = turn.facts.catalogue.language(there.talk.language or asking.language)
    lines = [texts.get("chats.joined_there")]
    if theirs.draft is not None:
        lines.append(texts.get("chats.draft_waits"))
    elif home.draft is not None:
        lines.append(texts.get("chats.draft_shared"))
    label = texts.get("chats.button_mine")
    row = (Button(label=label, token=f"c.{TIMELESS}.mine"),)
    turn.send(Outgoing(text="\n\n".join(lines), rows=(row,)), to=asking)


def _join(turn: Turn, found: Binding, theirs: CitizenTalk, home: CitizenTalk) -> Binding | BindFault:
    """Bind the asking chat, whose memory is `theirs`; what can go on in the shared conversation goes along."""
    if theirs.danger is not None or home.danger is not None:
        return BindFault.AWAY
    moves = theirs.draft is not None and home.draft is None
    files = list(theirs.draft.files) if moves and theirs.draft is not None else []
    if home.pages is None and theirs.pages is not None and not theirs.pages.handed_in:
        files += theirs.pages.file_ids
    asking = contact_of(turn, found.asking_id)
    if theirs.draft is not None and not moves and theirs.draft.remind:
        turn.book.cancel_timers(drafts.REMINDER, conversation_id=asking.conversation_id)
        theirs.draft.remind = False
    done = turn.book.bind(found.id, draft_files=files)
    if isinstance(done, BindFault):
        return done
    coming = theirs.model_copy(deep=True)
    marks = tuple(mark_of(contact_id) for contact_id in theirs.bound)
    rename_refs(coming, lambda ref: ref if ref.startswith(marks) else mark_of(asking.id) + ref)
    if moves:
        home.draft, home.second = coming.draft, coming.second
        theirs.draft = theirs.second = None
    home.form, home.pages = home.form or coming.form, home.pages or coming.pages
    theirs.form = theirs.pages = theirs.ask = None
    known = {item.petition_id for item in home.filed}
    filed = [*home.filed, *(item for item in coming.filed if item.petition_id not in known)]
    home.filed = sorted(filed, key=lambda item: item.at)[-FILED_KEPT:]
    home.proven = list(dict.fromkeys([*home.proven, *coming.proven]))[-_PROVEN:]
    home.bound = list(dict.fromkeys([*home.bound, asking.id, *coming.bound]))
    theirs.bound = []
    home.version = next_version(home.version)  # buttons of before are old ones in both chats
    return done


def leave_token(contact_id: int) -> str:
    """The button that lets a chat go."""
    return f"c.{TIMELESS}.unbind.{base36(contact_id)}"


def chat_name(texts: Texts, channel: str) -> str:
    """What kind of chat that is, as people call it."""
    key = f"chats.name_{channel}"
    return texts.get(key if key in texts else "chats.name_other")


def _menu(chat: Chat) -> tuple[tuple[Button, ...], ...]:
    return ((chat.lasting("chats.button_mine", "mine"), chat.lasting("chats.button_chats", "chats")),)


def tell(turn: Turn, contact: ContactRecord, key: str, **params: object) -> None:
    """One line in another chat, in its language."""
    texts = turn.facts.catalogue.language(contact.language)
    turn.send(Outgoing(text=texts.get(key, **params)), to=contact)
