"""The chats in which one citizen follows the same petitions: which they are, where notices go, and letting go."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from handlers.citizens import handover, joining, second_way
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.elsewhere import contact_of, within
from handlers.citizens.state import FILED_KEPT, CitizenTalk, load, save
from handlers.citizens.wording import day
from handlers.messages import Button
from petitions.text import fold
from storage.bindings import NOTIFY_LAST
from storage.contacts import NOTIFY_ALL

if TYPE_CHECKING:
    from storage.bindings import Binding
    from storage.records import ContactRecord

CHATS: Final = "chats"
NOTIFY: Final = "notify"
LEAVE: Final = "unbind"
"""Actions of the buttons."""
_LIST: Final = re.compile(
    r"(?:xem |cac |danh sach )?kenh(?: lien lac| nhan tin| bao tin)?(?: cua toi)?|(?:my |list )?channels"
)
_LEAVE: Final = re.compile(
    r"(?:xin |toi muon )?(?:thoi|ngung|dung|khong)(?: muon)? theo doi (?:o|tai) day(?: nua)?(?: a| nhe)?"
    r"|(?:please )?stop following here"
)
"""The whole message (folded)."""
_LONGEST: Final = 60


def take_words(chat: Chat, words: str) -> bool:
    """A message that is about one's chats and nothing else."""
    if len(words) > _LONGEST:
        return False
    said = fold(words).strip(" .!?")
    if second_way.says_stop(words):
        second_way.stop(chat)
    elif _LEAVE.fullmatch(said):
        leave(chat, chat.turn.contact.id)
    elif _LIST.fullmatch(said):
        show(chat)
    else:
        return False
    return True


def press(chat: Chat, action: str, argument: str) -> bool:
    """A button of this part. False where it is none of ours."""
    match action:
        case "chats":
            show(chat)
        case "notify" if argument in {NOTIFY_LAST, NOTIFY_ALL}:
            _notify(chat, argument)
        case "unbind":
            leave(chat, joining.number_of(argument))
        case _:
            return False
    return True


def show(chat: Chat) -> None:
    """Each chat with the day since which it follows, and what can be changed."""
    turn = chat.turn
    bound = turn.book.bindings_in(turn.conversation_id)
    if not bound:
        rows = in_rows(_consent(chat))
        chat.say("chats.only_this", button=chat.text("chats.button_follow"), rows=rows)
        return
    joined = {binding.asking_id: binding for binding in bound}
    lines, leaves = [], []
    for contact in _chats(chat):
        binding = joined.get(contact.id)
        kind = joining.chat_name(turn.texts, contact.channel)
        since = binding.answered_at if binding is not None else None
        line = chat.text("chats.line_first", kind=kind)
        if since is not None:
            line = chat.text("chats.line_joined", kind=kind, date=day(chat, since))
        lines.append(f"{line} {chat.text('chats.line_here')}" if contact.id == turn.contact.id else line)
        if binding is not None:
            leaves.append(_leave_button(chat, kind, binding))
    last = turn.contact.notify == NOTIFY_LAST
    lines += ["", chat.text("chats.told_last" if last else "chats.told_all")]
    other = ("chats.button_tell_all", NOTIFY_ALL) if last else ("chats.button_tell_last", NOTIFY_LAST)
    made = [chat.lasting(other[0], NOTIFY, other[1]), *leaves, *_consent(chat)]
    chat.send("\n".join([chat.text("chats.list_title"), *lines]), rows=in_rows(made))


def _chats(chat: Chat) -> list[ContactRecord]:
    """The chats of this conversation, each where it belongs: a page that holds it for a while is none of them."""
    turn = chat.turn
    found = turn.book.chats_in(turn.conversation_id)
    away = turn.book.handover_of(turn.conversation_id)
    if away is None:
        return found
    first = contact_of(turn, away.from_contact_id)
    return [first, *(each for each in found if each.id not in {first.id, away.taker_id})]


def leave(chat: Chat, contact_id: int) -> None:
    """This chat, or another one that shares its conversation, follows no more; what it filed goes with it."""
    turn = chat.turn
    found = turn.book.bound_to(contact_id)
    if found is None or found.conversation_id != turn.conversation_id:
        chat.say("chats.not_joined" if contact_id == turn.contact.id else "citizen.old_button")
        return
    if turn.book.taken_by(contact_id) is not None:
        chat.say("chats.not_now")
        return
    has_draft = let_go(chat, found)
    contact = contact_of(turn, contact_id)
    kind = joining.chat_name(turn.texts, contact.channel)
    if contact_id == turn.contact.id:
        if chat.me.draft is not None:
            chat.lead("chats.draft_stays")
        if has_draft:
            chat.lead("chats.draft_is_back")
        chat.say("chats.left_here", button=chat.text("chats.button_follow"))
        staying = turn.book.chats_in(found.conversation_id)
        for other in staying:
            if other.blocked_at is None and other.id not in chat.me.bound:
                joining.tell(turn, other, "chats.left_other", kind=kind)
    else:
        chat.say("chats.left_other", kind=kind)
        joining.tell(turn, contact, "chats.let_go")


def let_go(chat: Chat, found: Binding) -> bool:
    """Undo a binding in the conversation of this turn: the chat goes, with the petitions it filed. Whether a
    draft waits where it goes."""
    turn = chat.turn
    held = turn.book.handed_over(found.asking_id)
    if held is not None:
        handover.end(chat, held)
    if turn.book.unbind(found.asking_id) is None or found.former_id is None:
        return False
    theirs = {petition.id for petition in turn.book.petitions_of(found.former_id)}
    with within(turn, found.former_id) as there:
        me = load(there.talk)
        _filed_with(chat.me, me, theirs)
        me.greeted = True
        there.talk.language = there.talk.language or turn.talk.language
        save(there.talk, me)
    chat.me.bound = [each for each in chat.me.bound if each != found.asking_id]
    _forget_about(chat, theirs)
    chat.renew()
    return me.draft is not None


def _forget_about(chat: Chat, petition_ids: set[int]) -> None:
    """What was open about petitions that went away is open no more."""
    me = chat.me
    if me.ask is not None and me.ask.petition_id in petition_ids:
        chat.close()
    if me.about in petition_ids:
        me.about = None
    if me.form is not None and me.form.petition_id in petition_ids:
        me.form = None
    if me.pages is not None and me.pages.petition_id in petition_ids:
        me.pages = None


def _filed_with(home: CitizenTalk, theirs: CitizenTalk, petition_ids: set[int]) -> None:
    """What the chat filed is remembered where it goes."""
    known = {item.petition_id for item in theirs.filed}
    going = [item for item in home.filed if item.petition_id in petition_ids]
    home.filed = [item for item in home.filed if item.petition_id not in petition_ids]
    theirs.filed = [*theirs.filed, *(item for item in going if item.petition_id not in known)][-FILED_KEPT:]


def _notify(chat: Chat, wanted: str) -> None:
    chat.turn.book.set_notify(chat.turn.conversation_id, wanted)
    chat.say("chats.told_last" if wanted == NOTIFY_LAST else "chats.told_all")


def _leave_button(chat: Chat, kind: str, binding: Binding) -> Button:
    label = chat.text("chats.button_leave", kind=kind)
    return Button(label=label, token=joining.leave_token(binding.asking_id))


def _consent(chat: Chat) -> list[Button]:
    """The consent to a number, taken back."""
    if not chat.turn.contact.template_phone:
        return []
    return [chat.lasting("chats.button_stop_number", "waystop")]
