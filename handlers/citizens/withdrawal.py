"""The person took back, at the platform, the consent to handle their data: what may be forgotten is forgotten.

Drafts and what was told for them, the consent to a telephone number and the links to other chats go. A petition
that was filed stays: its file is kept as archive law says, and what counts in it the office may not drop (Luật
Khiếu nại Đ34 k2, Luật Tố cáo Đ39 k3); the people on duty are told which ones it concerns, by their codes only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.citizens import drafts, handover, joining, own_chats
from handlers.citizens.chat import Chat
from handlers.citizens.elsewhere import contact_of
from handlers.citizens.state import CitizenTalk, load, save
from handlers.citizens.wording import shown_code
from handlers.messages import Outgoing
from handlers.officers.audience import duty_readers, texts_of
from handlers.turn import Priority
from petitions.kinds import Stage

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import PetitionRecord

_OVER: Final = frozenset({Stage.CLOSED, Stage.WITHDRAWN})


def take(turn: Turn) -> None:
    """Forget, and tell the office; the person is answered only where a petition stays."""
    held = turn.book.handed_over(turn.contact.id)
    if held is not None:
        handover.end_and(turn, held, _forget)
        save(turn.talk, CitizenTalk())
    else:
        _forget(turn)


def _forget(turn: Turn) -> None:
    chat = Chat(turn, load(turn.talk))
    turn.book.set_template_phone(turn.contact.id, None)
    chat.me.second_way = ""
    own = turn.book.petitions_of(turn.conversation_id)
    joined = turn.book.bound_to(turn.contact.id)
    if joined is not None:  # what others of the same person write goes on without this chat
        own = [petition for petition in own if petition.contact_id == turn.contact.id]
        if turn.book.taken_by(turn.contact.id) is None:
            own_chats.let_go(chat, joined)
    else:
        for binding in turn.book.bindings_in(turn.conversation_id):
            if turn.book.taken_by(binding.asking_id) is None:
                own_chats.let_go(chat, binding)
                joining.tell(turn, contact_of(turn, binding.asking_id), "chats.let_go")
        _forget_drafts(chat)
    save(turn.talk, chat.me)
    if own:
        turn.say("chats.consent_withdrawn")
        _tell_duty(turn, [petition for petition in own if petition.stage not in _OVER])


def _forget_drafts(chat: Chat) -> None:
    """The memory as of a chat that never said anything, but for the petitions it filed."""
    me = chat.me
    if me.draft is not None:
        drafts.forget(chat, me.draft)
    files = [*(me.ask.file_ids if me.ask is not None else ()), *(me.danger.files if me.danger else ())]
    if me.pages is not None and not me.pages.handed_in:
        files += me.pages.file_ids
    if files:
        chat.turn.book.forget_files(files)
    chat.me = CitizenTalk(
        version=me.version,
        greeted=me.greeted,
        filed=[item.model_copy(update={"refs": []}) for item in me.filed],
    )
    chat.renew()


def _tell_duty(turn: Turn, petitions: list[PetitionRecord]) -> None:
    codes = tuple(shown_code(petition) for petition in petitions)
    if not codes:
        return
    for reader in duty_readers(turn):
        text = texts_of(turn, reader.contact).get("chats.duty_consent_withdrawn", codes=", ".join(codes))
        turn.send(
            Outgoing(text=text, monospace=codes, protect=True),
            to=reader.contact,
            audience="officer",
            priority=Priority.NOTICE,
        )
