"""Who hands it in: without a name, or with the details given before."""

from __future__ import annotations

from handlers.citizens import prompts, reading
from handlers.citizens.chat import Chat
from handlers.citizens.state import Draft
from storage.records import PetitionRecord


def refuse_name(chat: Chat, draft: Draft) -> None:
    """No name: said once what that means, then taken as it is."""
    if "name" in draft.refs.values():
        go_nameless(chat, draft)
        return
    draft.refs["name-refused"] = "name"
    chat.lead("citizen.name_needed_other")
    prompts.repeat(chat)


def go_nameless(chat: Chat, draft: Draft) -> None:
    """Feedback without a name; the form counts the question as answered."""
    draft.nameless = True
    draft.put("name", "")
    if not draft.get("phone"):
        draft.form = draft.form.model_copy(update={"skipped": (*draft.form.skipped, "phone")})
    chat.lead("citizen.nameless")
    prompts.advance(chat)


def same_as_before(chat: Chat, draft: Draft) -> bool:
    """Name, phone and address as in the petition filed here last. False where there is none."""
    last = chat.me.filed_last()
    petition = chat.turn.book.petition(last.petition_id) if last is not None else None
    if petition is None or petition.conversation_id != chat.turn.conversation_id:
        return False
    known = take_over(chat, draft, petition)
    chat.lead("citizen.same_taken")
    return known


def take_over(chat: Chat, draft: Draft, petition: PetitionRecord) -> bool:
    """Name, phone, address and place as in that petition. Whether it knew a name or a phone."""
    content = chat.turn.book.content(petition)
    for key, value in (("name", content.name), ("phone", content.phone), ("address", content.address)):
        if value and not draft.get(key):
            draft.put(key, value)
    if not draft.get("phone"):
        reading.pass_phone(chat, draft)
    draft.phone_note = draft.phone_note or content.phone_note
    if not draft.get("place") and content.place and "place" not in draft.form.skipped:
        draft.put("place", content.place)
    return bool(content.name or content.phone)
