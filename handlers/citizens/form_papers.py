"""The finished papers go to the citizen, with the ways in which they come back signed."""

from __future__ import annotations

from datetime import date
from typing import Final

from handlers.citizens import own_page
from handlers.citizens.chat import Chat, Rows, petition_button
from handlers.citizens.form_state import FormView, field_names, is_lawful, view_of, wants_form
from handlers.citizens.form_talk import Flow, FormTalk
from handlers.citizens.wording import shown_code
from handlers.messages import Button, OutgoingFile
from petitions.kinds import Kind
from petitions.papers import FEWEST_WITH_REPRESENTATIVES, Paper
from storage.records import PetitionRecord

NOTARISED_UNTIL: Final = date(2027, 1, 1)
"""From this day on an individual's authorisation is certified (chứng thực) only: the notarisation branch of
Nghị định 155/2026 Đ3 lapses (Đ21 k2, VERIFIED)."""
PRIVATE: Final = "identity_private"
"""Kept with the values of the form where an identity number was told on our own page."""
_READING: Final = "reading"


def send(chat: Chat, petition: PetitionRecord, flow: Flow = Flow.MAIN, *, here: bool = False) -> None:
    """PDF and Word of each paper, then what to do with them; for a petition nobody signs, that it has none.

    Papers with an identity number that was told on our own page go to a foreign messenger only where the
    citizen insists (`here`).
    """
    view = view_of(chat.turn, petition, flow)
    if view is None:
        chat.say("form.no_paper", code=shown_code(petition))
        return
    to_sign = flow is Flow.WITHDRAWAL or wants_form(petition)
    rows = _ways(chat, petition, flow) if to_sign else ()
    if view.values.get(PRIVATE) and not here and flow is Flow.MAIN and own_page.is_offered(chat):
        chat.lead("form.papers_own_page", minutes=own_page.MINUTES)
        insist = petition_button(chat.text("form.button_papers_here"), "paperhere", petition.id)
        rows = ((own_page.link(chat),), (insist,), *rows)
        chat.me.form = FormTalk(
            petition_id=petition.id, flow=flow, single=True
        )  # what our own page goes on with
    else:
        leads, chat.leads = chat.leads, []
        for paper in view.papers:
            _send_files(chat, petition, paper)
        chat.leads = leads
    if not to_sign:
        key = "form.own_paper" if not is_lawful(petition) else "form.paper_again"
        chat.say(key, code=shown_code(petition), rows=rows)
        return
    chat.send(
        _guidance(chat, view, flow),
        rows=rows,
        petition_id=petition.id,
        quiet=petition.discreet,
        protect=petition.confidential,
    )


def _send_files(chat: Chat, petition: PetitionRecord, paper: Paper) -> None:
    forms = ["pdf", "docx"]
    if chat.turn.language != "vi":
        forms.append(f"{_READING}.pdf")
    for form in forms:
        caption = "form.caption_reading" if form.startswith(_READING) else f"form.caption_{form}"
        name = chat.text("form.paper_discreet" if petition.discreet else f"papers.title_{paper.value}")
        chat.send(
            chat.text(caption, paper=name, code=shown_code(petition)),
            file=OutgoingFile(
                render="paper",
                paper=f"{paper.value}.{form}",
                petition_id=petition.id,
                language=chat.turn.language,
            ),
            petition_id=petition.id,
            protect=petition.confidential,
            quiet=petition.discreet,
        )


def _guidance(chat: Chat, view: FormView, flow: Flow) -> str:
    """What is left to fill in by hand, why it must be signed, and the three ways."""
    code = shown_code(view.petition)
    lines = [chat.text("form.ready_withdrawal" if flow is Flow.WITHDRAWAL else "form.ready", code=code)]
    if view.missing:
        lines.append(chat.text("form.by_hand", fields=field_names(view.missing, chat.turn.texts)))
    if Paper.GROUP_LIST in view.papers:
        people = max(view.petition.people or 0, len(view.data.people))
        lines.append(chat.text("form.group_note"))
        if people >= FEWEST_WITH_REPRESENTATIVES:
            lines.append(chat.text("form.group_limit", most=2 if people <= 10 else 5))
    if Paper.AUTHORISATION in view.papers:
        lines.append(chat.text(f"form.authorisation_{_certified_how(chat)}"))
    if chat.turn.language != "vi":
        lines.append(chat.text("form.in_vietnamese"))
    lines.append(chat.text("form.ways_withdrawal" if flow is Flow.WITHDRAWAL else "form.ways"))
    return "\n\n".join(lines)


def _certified_how(chat: Chat) -> str:
    return "either" if chat.today < NOTARISED_UNTIL else "certified"


def _ways(chat: Chat, petition: PetitionRecord, flow: Flow) -> Rows:
    """Buttons that stay good: photograph, electronic signature, appointment, and what may be changed."""

    def button(key: str, action: str) -> tuple[Button, ...]:
        return (petition_button(chat.text(f"form.{key}"), action, petition.id, flow.value),)

    rows = [button("button_pages", "pages"), button("button_esigned", "esigned")]
    if wants_form(petition):
        rows.append(button("button_visit", "visit"))
    if flow is Flow.WITHDRAWAL:
        if wants_form(petition):
            rows.append(button("button_part", "part"))
        return tuple(rows)
    if petition.kind is Kind.COMPLAINT:
        rows.append(button("button_authorise", "authorise"))
    rows.append(button("button_change", "fchange"))
    return tuple(rows)
