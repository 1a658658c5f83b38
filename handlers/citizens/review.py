"""The review card: everything that will be handed in, to confirm, correct or cancel."""

from __future__ import annotations

from typing import Final

from handlers.citizens import known_case
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.drafting import SEALED, because, destination_name, route
from handlers.citizens.state import Ask, Draft
from handlers.citizens.wording import (
    excerpt,
    kind_name,
    masked_name,
    masked_phone,
    spaced_phone,
    topic_name,
    unit_name,
)
from handlers.messages import Button
from handlers.route_words import because as grounds_of
from petitions.forms import edit, fields_of, missing_for_form
from petitions.intents import match_choice
from petitions.kinds import Kind, Severity
from petitions.routing import Route

_SHOWN: Final = ("accused", "respondent", "decision", "received_on", "request")
_BY_FIELD: Final = (
    "place",
    "accused",
    "respondent",
    "decision",
    "received_on",
    "request",
    "name",
    "phone",
    "address",
)


def show(chat: Chat, draft: Draft, *, again: bool = False) -> None:
    """The card with its buttons. `again`: nothing changed since it was shown, so its buttons stay good."""
    if not again:
        chat.renew()
    confirm = "citizen.button_send_secret" if draft.form.kind in SEALED else "citizen.button_send"
    if draft.discreet:
        confirm = "citizen.button_send_discreet"
    rows = (
        (chat.button(confirm, "send", style="primary"),),
        (chat.button("citizen.button_correct", "correct"), chat.button("citizen.button_cancel", "cancel")),
    )
    chat.send(card(chat, draft), rows=rows, coalesce="step", protect=draft.confidential)


def card(chat: Chat, draft: Draft) -> str:
    """The words of the card. A secret identity is masked; discreet, the matter is left out as well."""
    if draft.discreet:
        return _discreet_card(chat, draft)
    going = route(chat, draft)
    lines = [chat.text("citizen.review_title")]
    lines.append(chat.text("citizen.review_kind", kind=kind_name(chat, draft.form.kind)))
    lines.append(chat.text("citizen.review_topic", topic=topic_name(chat, draft.topic)))
    lines += because(chat, draft.why)
    lines.append(chat.text("citizen.review_story", story=excerpt(_story(draft), lines=True)))
    place = draft.get("place")
    if place or draft.latitude is not None:
        key = "citizen.review_place" if place else "citizen.review_location"
        lines.append(chat.text(key, place=place))
    lines += _answers(chat, draft)
    if draft.people:
        lines.append(chat.text("citizen.review_people", count=draft.people))
    if draft.files:
        lines.append(chat.text("citizen.review_files", count=len(draft.files)))
    lines += _person(chat, draft)
    if draft.wants_human:
        lines.append(chat.text("citizen.review_human"))
    lines.append(_goes_to(chat, draft, going))
    if (case := known_case.joined(chat, draft)) is not None:
        lines.append(chat.text("known_case.review", stage=chat.text(f"citizen.stage_{case.stage}")))
    lines += _closing(chat, draft)
    return "\n".join(lines)


def _story(draft: Draft) -> str:
    """The story without the messages that stand on the card as answers of their own."""
    shown = {draft.get(key) for key in ("place", *_SHOWN)}
    told = [part.text for part in draft.story if not part.lead and part.text.strip(" .,") not in shown]
    return "\n".join(told) or draft.words


def _answers(chat: Chat, draft: Draft) -> list[str]:
    asked = {field.key for field in fields_of(draft.form.kind, draft.form.mode)}
    lines = []
    for key in _SHOWN:
        value = draft.get(key)
        if value and (key in asked or key == "received_on"):
            lines.append(chat.text(f"citizen.review_{key}", value=_date_or_words(chat, key, value)))
    return lines


def _date_or_words(chat: Chat, key: str, value: str) -> str:
    if key == "received_on" and len(value) == 10 and value[4] == "-":
        return chat.text("citizen.date", day=value[8:], month=value[5:7], year=value[:4])
    return excerpt(value, 160)


def _person(chat: Chat, draft: Draft) -> list[str]:
    if draft.anonymous:
        return [chat.text("citizen.review_anonymous")]
    secret = draft.confidential
    lines = []
    name, phone, address = draft.get("name"), draft.get("phone"), draft.get("address")
    if name:
        lines.append(chat.text("citizen.review_name", name=masked_name(name) if secret else name))
    if phone:
        shown = masked_phone(phone) if secret else spaced_phone(phone)
        whose = chat.text("citizen.review_whose", who=draft.phone_note) if draft.phone_note else ""
        lines.append(chat.text("citizen.review_phone", phone=shown, whose=whose).strip())
    else:
        lines.append(chat.text("citizen.review_chat_only"))
    if address:
        lines.append(chat.text("citizen.review_address", address="***" if secret else address))
    if secret and draft.form.kind in SEALED:
        lines.append(chat.text("citizen.review_secret"))
    return lines


def _goes_to(chat: Chat, draft: Draft, going: Route) -> str:
    """Who answers, and why."""
    unit, why = unit_name(chat, going.unit), grounds_of(chat.agency, going.because, chat.turn.texts)
    if going.destination is not None:
        authority = destination_name(chat, draft)
        return chat.text("citizen.review_outside", unit=unit, authority=authority, why=why)
    return chat.text("citizen.review_unit", unit=unit, why=why)


def _closing(chat: Chat, draft: Draft) -> list[str]:
    lines = []
    if draft.severity is Severity.URGENT:
        numbers = chat.agency.emergency
        lines.append(
            chat.text(
                "citizen.review_urgent", fire=numbers.fire, ambulance=numbers.ambulance, police=numbers.police
            )
        )
        lines += because(chat, draft.why_urgent)
    if draft.form.kind in SEALED and not draft.files:
        lines.append(chat.text("citizen.review_evidence"))
    if draft.form.kind in {Kind.COMPLAINT, Kind.DENUNCIATION} and not draft.elsewhere:
        missing = [chat.text(f"citizen.field_{field.key}").lower() for field in missing_for_form(draft.form)]
        missing.append(chat.text("citizen.field_signature"))
        key = f"citizen.review_formal_{draft.form.kind.value}"
        lines.append(chat.text(key, missing=", ".join(missing)))
    lines.append("")
    lines.append(
        chat.text("citizen.review_ask_secret" if draft.form.kind in SEALED else "citizen.review_ask")
    )
    return lines


def _discreet_card(chat: Chat, draft: Draft) -> str:
    lines = [chat.text("citizen.review_discreet_title")]
    phone = draft.get("phone")
    if phone:
        whose = chat.text("citizen.review_whose", who=draft.phone_note) if draft.phone_note else ""
        lines.append(
            chat.text("citizen.review_discreet_phone", phone=masked_phone(phone), whose=whose).strip()
        )
    else:
        lines.append(chat.text("citizen.review_chat_only"))
    lines += [chat.text("citizen.review_discreet"), "", chat.text("citizen.review_discreet_ask")]
    return "\n".join(lines)


# --- correcting


def choices(chat: Chat, draft: Draft) -> list[tuple[str, str]]:
    """What can be corrected: (token, label), in the order of the card."""
    keys = ["kind", "topic", "story"]
    asked = {field.key for field in fields_of(draft.form.kind, draft.form.mode)}
    keys += [
        key
        for key in _BY_FIELD
        if key in asked and (key not in {"name", "phone", "address"} or not draft.anonymous)
    ]
    return [(key, chat.text(f"citizen.field_{key}")) for key in keys]


def ask_what(chat: Chat, draft: Draft) -> None:
    """Which answer is to be corrected?"""
    chat.open(Ask.CORRECT)
    buttons: list[Button] = [chat.labelled(label, "edit", key) for key, label in choices(chat, draft)]
    buttons.append(chat.button("citizen.button_back_to_review", "keep"))
    chat.say("citizen.ask_correct", rows=in_rows(buttons, 2))


def chosen(chat: Chat, draft: Draft, text: str) -> str | None:
    """The field that typed words or a number name."""
    return match_choice(text, [(key, [label]) for key, label in choices(chat, draft)])


def reopen(draft: Draft, key: str) -> None:
    """The field `key` is asked again; its answer stays until another one is given."""
    draft.form = edit(draft.form, key)
