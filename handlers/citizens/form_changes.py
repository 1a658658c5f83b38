"""Second thoughts about a đơn: one field told anew, an edited message, somebody who acts for the citizen, a part
withdrawn."""

from __future__ import annotations

from handlers.citizens import after, lawful_form
from handlers.citizens.chat import Chat, in_rows, petition_button
from handlers.citizens.form_answers import Bad, read
from handlers.citizens.form_state import view_of, wants_form
from handlers.citizens.form_talk import Flow, FormTalk
from handlers.citizens.state import Ask
from petitions.kinds import Kind
from petitions.papers import Extent, value_of
from storage.records import PetitionRecord


def choose_change(chat: Chat, petition: PetitionRecord) -> None:
    """Which field is to be told anew?"""
    view = view_of(chat.turn, petition)
    if view is None or not wants_form(petition):
        lawful_form.start(chat, petition)
        return
    keys = [key for key in (*view.known, *view.to_ask) if key not in {"written_on"}]
    made = [petition_button(_label(chat, key), "fkey", petition.id, key) for key in dict.fromkeys(keys)]
    chat.say("form.ask_change", rows=in_rows(made, 2))


def _label(chat: Chat, key: str) -> str:
    name = chat.text(f"form.field_{key}")
    return name[:1].upper() + name[1:]


def change(chat: Chat, petition: PetitionRecord, key: str) -> None:
    """Ask this one field, then show the papers again."""
    view = view_of(chat.turn, petition)
    if view is None or not wants_form(petition) or key not in (*view.known, *view.to_ask):
        lawful_form.start(chat, petition)
        return
    chat.me.form = FormTalk(petition_id=petition.id, single=True)
    if key not in {"people", "representatives", *lawful_form.IDENTITY} and not key.startswith(
        "authorised_identity"
    ):
        chat.lead("form.now", value=str(value_of(key, view.data) or "…"))
    lawful_form.put(chat, chat.me.form, view, key)


def authorise(chat: Chat, petition: PetitionRecord) -> None:
    """Somebody else is to complain for the person (Luật Khiếu nại Đ12, Nghị định 155/2026 Đ3)."""
    if petition.kind is not Kind.COMPLAINT:
        chat.say("form.no_authorisation")
        return
    if not wants_form(petition):
        lawful_form.not_needed(chat, petition)
        return
    chat.close()
    chat.me.form = FormTalk(petition_id=petition.id, authorise=True)
    chat.lead("form.authorise")
    lawful_form.go_on(chat)


def withdraw_part(chat: Chat, petition: PetitionRecord) -> None:
    """Only a part is withdrawn: which?"""
    if lawful_form.give(chat, petition, {"extent": Extent.PART.value}):
        chat.close()
        chat.me.form = FormTalk(petition_id=petition.id, flow=Flow.WITHDRAWAL)
        lawful_form.go_on(chat)


def edited(chat: Chat, ref: str, text: str) -> bool:
    """An edited message that answered a field corrects it. False where it answered none."""
    petition_id, _, key = chat.me.form_refs.get(ref, "").partition(" ")
    petition = chat.turn.book.petition(int(petition_id)) if key else None
    if petition is None or not text:
        return False
    petition = after.own(chat, petition.id)
    view = view_of(chat.turn, petition) if petition is not None else None
    if petition is None or view is None:
        return True
    value = read(key, text, chat.today, view.data)
    if isinstance(value, Bad):
        chat.lead(f"form.bad_{value.problem}", **value.params)
        chat.lead("form.edit_kept")
    elif not lawful_form.give(chat, petition, {key: value}):
        return True
    else:
        chat.lead("form.edit_taken", field=chat.text(f"form.field_{key}"))
    if chat.me.ask is not None and chat.me.ask.what is Ask.FORM:
        lawful_form.repeat(chat)
    else:
        chat.flush()
    return True


def put_scope(chat: Chat, petition: PetitionRecord) -> None:
    """The whole matter: the words that stand in the paper, which is in Vietnamese."""
    words = chat.turn.facts.catalogue.language("vi").get(f"form.scope_{petition.kind.value}")
    talk = chat.me.form
    if talk is not None and lawful_form.give(chat, petition, {"scope": words}):
        talk.trail.append("scope")
        chat.lead("form.took")
        lawful_form.go_on(chat)
