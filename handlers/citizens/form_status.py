"""How the đơn stands, for the citizen who looks the petition up: missing, handed in, or when to come."""

from __future__ import annotations

import datetime as dt

from handlers.citizens.chat import Chat, petition_button
from handlers.citizens.form_state import field_names, is_lawful, view_of, wants_form
from handlers.citizens.wording import day
from handlers.messages import Button
from storage.records import PetitionRecord


def lines(chat: Chat, petition: PetitionRecord) -> list[str]:
    """Plain lines for the status; of a discreet petition no more than that something is left to do."""
    if not is_lawful(petition):
        return []
    if petition.formed_on is not None:
        return (
            [] if petition.discreet else [chat.text("form.status_formed", date=day(chat, petition.formed_on))]
        )
    if not wants_form(petition):
        return []
    if petition.form_given_at is not None:
        return [chat.text("form.status_given", date=day(chat, petition.form_given_at))]
    if petition.discreet:
        return [chat.text("form.status_discreet")]
    found = []
    view = view_of(chat.turn, petition)
    if view is not None:
        signature = chat.text("form.signature")
        lacking = field_names(view.missing, chat.turn.texts)
        found.append(
            chat.text("form.status_lacking", fields=f"{lacking}, {signature}" if lacking else signature)
        )
    if petition.visit_at is not None and petition.visit_at > chat.turn.now:
        found.append(chat.text("form.status_visit", when=moment(chat, petition.visit_at)))
    return found


def buttons(chat: Chat, petition: PetitionRecord) -> list[Button]:
    """The way on, while the signed đơn is still to come; the booked visit, to move or cancel it."""
    if not wants_form(petition):
        return []
    key = "form.button_form_discreet" if petition.discreet else "form.button_form"
    made = [petition_button(chat.text(key), "form", petition.id)]
    if petition.visit_at is not None and petition.visit_at > chat.turn.now:
        made.append(petition_button(chat.text("form.button_revisit"), "visit", petition.id))
    return made


def moment(chat: Chat, at: dt.datetime) -> str:
    """Day and hour as people say them, in the office's zone."""
    local = at.astimezone(chat.agency.zone)
    weekday = chat.text(f"form.weekday_{local.weekday()}")
    return chat.text("form.moment", time=f"{local:%H:%M}", weekday=weekday, date=day(chat, at))
