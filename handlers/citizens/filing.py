"""Confirmed: petition, register number, tracking code, first event and notices, all in this transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from handlers import cases
from handlers.citizens import drafting, form_reminder, further, known_case, second_way, suggested
from handlers.citizens.chat import Chat, Rows, petition_button
from handlers.citizens.form_state import is_lawful
from handlers.citizens.state import FILED_KEPT, Draft, Filed
from handlers.citizens.wording import authority_name, day, kind_name, shown_code, topic_name, unit_name
from handlers.messages import OutgoingFile
from petitions.codes import new_secret
from petitions.deadlines import Deadline, first_answer_due
from petitions.forms import filed_answers
from petitions.kinds import Kind, Severity
from petitions.routing import ACCUSING
from storage.records import Filing, PetitionContent, PetitionRecord

_NAMED_FIELDS: Final = frozenset(
    {"story", "name", "phone", "address", "place", "accused", "request", "files"}
)
_LAWFUL: Final = frozenset({Kind.COMPLAINT, Kind.DENUNCIATION})


@dataclass(frozen=True, slots=True)
class Entered:
    """A petition just entered, with what only the citizen is told."""

    petition: PetitionRecord
    due: Deadline
    secret: str
    """The receipt's secret; kept nowhere in clear."""
    joined: bool | None = None
    """Whether it joined the case it was meant to; None: it was to be a petition apart."""


def file_draft(chat: Chat, draft: Draft, *, pressed: str = "") -> Entered:
    """Enter the draft as a petition and remember it; nothing is said yet.

    `pressed`: version of the button that confirmed it, so that a second press of the same one is recognised.
    """
    turn = chat.turn
    due = first_answer_due(draft.first_at, turn.facts.calendar, chat.agency.zone)
    going = drafting.route(chat, draft)
    secret = new_secret(turn.random)
    second = draft.again and further.note_in_first(chat, draft)
    if draft.again and not second:  # its time passed between the last question and this press
        chat.lead("citizen.again_too_late")
    filing = Filing(
        instance=2 if second else 1,
        kind=draft.form.kind,
        unit=going.unit,
        topic=draft.topic,
        destination=going.destination,
        severity=Severity.URGENT if draft.from_danger else draft.severity,
        confidential=draft.confidential,
        anonymous=draft.anonymous,
        discreet=draft.discreet,
        people=draft.people,
        language=draft.language or turn.language,
        due_on=due.date,
        due_rule=due.rule_id,
        first_message_at=draft.first_at,
        conversation_id=turn.conversation_id,
        contact_id=turn.contact.id,
        channel=turn.incoming.channel,
        content=_content(draft),
        file_ids=tuple(draft.files),
        actor=cases.CITIZEN,
        linked_to=draft.linked_to,
        against=drafting.accused(chat, draft, second=second),
        accused_id=draft.accused_id if draft.form.kind in ACCUSING else None,
        event={"route": going.to_json(), "suggested": suggested.kept(chat, draft)},
        secret=secret,
    )
    lead = known_case.joined(chat, draft)
    petition = cases.file_joined(turn, filing, lead.id) if lead else cases.file_petition(turn, filing)
    joined = petition.merged_into is not None if draft.joins is not None else None
    filed = Filed(
        petition_id=petition.id,
        code=petition.code,
        kind=petition.kind,
        discreet=petition.discreet,
        pressed=pressed,
        refs=list(draft.refs),
        at=turn.now,
    )
    chat.me.filed = [*chat.me.filed, filed][-FILED_KEPT:]
    if not draft.from_danger:
        form_reminder.plan(turn, petition)
    chat.me.about = petition.id
    return Entered(petition, due, secret, joined)


def _content(draft: Draft) -> PetitionContent:
    """What the petition holds. A tip carries no name: the form of its kind asks for none."""
    answers = filed_answers(draft.form)
    named = not draft.anonymous

    def of(key: str) -> str:
        value = answers.get(key)
        return value if isinstance(value, str) else ""

    extra = {key: value for key, value in answers.items() if key not in _NAMED_FIELDS}
    if draft.get("received_on") and "received_on" not in extra:
        extra["happened_on"] = draft.get("received_on")
    if draft.wants_human:
        extra["call_back"] = True
    if draft.nameless:
        extra["nameless"] = True
    return PetitionContent(
        story=tuple(part.text for part in draft.story),
        answers=extra,
        name=of("name") if named else "",
        phone=of("phone") if named else "",
        phone_note=draft.phone_note if named else "",
        address=of("address") if named else "",
        place=draft.get("place"),
        latitude=draft.latitude,
        longitude=draft.longitude,
        accused=of("accused"),
        request=of("request"),
        contact_note=draft.contact_note if named else "",
    )


def finish(chat: Chat, draft: Draft, *, pressed: str = "") -> None:
    """File the draft and say so."""
    entered = file_draft(chat, draft, pressed=pressed)
    chat.me.draft = None
    chat.me.ask = None
    chat.renew()
    announce(chat, entered, draft)


def finish_two(chat: Chat, first: Draft, second: Draft, *, pressed: str = "") -> None:
    """File both matters, each as a petition of its own, and list them together."""
    one = file_draft(chat, first, pressed=pressed)
    two = file_draft(chat, second, pressed=pressed)
    chat.me.draft = chat.me.second = chat.me.ask = None
    chat.renew()
    lines = [chat.text("citizen.filed_two")]
    for number, entered in enumerate((one, two), start=1):
        lines.append("")
        lines.append(list_line(chat, entered.petition, number))
        lines.append(chat.text("citizen.filed_due_short", date=day(chat, entered.due.date)))
    lines += ["", chat.text("citizen.filed_follow")]
    codes = (shown_code(one.petition), shown_code(two.petition))
    rows = form_rows(chat, one.petition, two.petition)
    chat.send("\n".join(lines), rows=rows, monospace=codes, legal=True)
    for entered in (one, two):
        _receipt(chat, entered)
    second_way.offer(chat, one.petition, two.petition, rows=rows)


def list_line(chat: Chat, petition: PetitionRecord, number: int) -> str:
    """One petition in a list: code, subject and where it goes."""
    if petition.discreet:
        return chat.text("citizen.list_discreet", number=number, code=shown_code(petition))
    going = (
        authority_name(chat, petition.destination) if petition.destination else unit_name(chat, petition.unit)
    )
    return chat.text(
        "citizen.list_line",
        number=number,
        code=shown_code(petition),
        kind=kind_name(chat, petition.kind),
        topic=topic_name(chat, petition.topic),
        unit=going,
    )


def announce(chat: Chat, entered: Entered, draft: Draft) -> None:
    """The code, who answers, until when, what happens next; the receipt follows as a file."""
    petition, due = entered.petition, entered.due
    code = shown_code(petition)
    if petition.discreet:
        chat.send(
            chat.text("citizen.filed_discreet", code=code), monospace=(code,), petition_id=petition.id,
            legal=True, quiet=True, protect=True,
        )  # fmt: skip
        return
    lines = [chat.text("citizen.filed", code=code), ""]
    if petition.destination:
        lines.append(
            chat.text(
                "citizen.filed_outside",
                authority=authority_name(chat, petition.destination),
                unit=unit_name(chat, petition.unit),
            )
        )
    else:
        lines.append(chat.text("citizen.filed_unit", unit=unit_name(chat, petition.unit)))
    if entered.joined is not None:
        lines.append(chat.text("known_case.filed" if entered.joined else "known_case.too_late"))
    if petition.severity is Severity.URGENT:
        lines.append(chat.text("citizen.filed_urgent"))
    lines.append(
        chat.text(
            "citizen.filed_due",
            date=day(chat, due.date),
            since=day(chat, due.since),
            amount=due.amount,
            article=due.article,
        )
    )
    if petition.kind in _LAWFUL and not petition.destination:
        lines.append(chat.text(f"citizen.filed_formal_{petition.kind.value}"))
        lines.append(chat.text("form.offer"))
    if petition.kind is Kind.ANONYMOUS_TIP:
        lines.append(chat.text("citizen.filed_tip"))
    lines.append(chat.text("citizen.filed_follow"))
    if draft.phone_note:
        lines.append(chat.text("citizen.filed_read_out", who=draft.phone_note))
    if petition.language != chat.turn.language:
        lines.append(chat.text("citizen.filed_language"))
        lines.append(
            chat.turn.facts.catalogue.language(petition.language).get("citizen.filed_line", code=code)
        )
    rows = form_rows(chat, petition)
    chat.send("\n".join(lines), rows=rows, monospace=(code,), petition_id=petition.id, legal=True)
    _receipt(chat, entered)
    if not draft.from_danger:
        second_way.offer(chat, petition, rows=rows)


def form_rows(chat: Chat, *petitions: PetitionRecord) -> Rows:
    """A button for each that counts in law only as a signed đơn; with the code where there are several."""
    lawful = [petition for petition in petitions if is_lawful(petition)]
    label = chat.text("form.button_form")
    return tuple(
        (petition_button(label if len(petitions) == 1 else f"{label} {shown_code(one)}", "form", one.id),)
        for one in lawful
    )


def _receipt(chat: Chat, entered: Entered) -> None:
    petition = entered.petition
    chat.send(
        chat.text("citizen.receipt_caption", code=shown_code(petition)),
        file=OutgoingFile(
            render="receipt", petition_id=petition.id, secret=entered.secret, language=petition.language
        ),
        petition_id=petition.id,
        protect=petition.confidential,
        legal=True,
    )
