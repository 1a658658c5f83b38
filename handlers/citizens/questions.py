"""Questions in the middle: answered in a few lines as general information, then the form goes on."""

from __future__ import annotations

from typing import Final

from handlers.citizens import prompts, review, tracking
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.state import REVIEW
from handlers.citizens.wording import shown_code, unit_name
from petitions.intents import Question
from petitions.kinds import Kind
from petitions.text import fold

_PLAIN: Final = {
    Question.KIND_DIFFERENCE: "faq.kind_difference",
    Question.LAWYER: "faq.lawyer",
    Question.FEE: "faq.fee",
    Question.NEED_VISIT: "faq.need_visit",
    Question.ANONYMOUS_TAKEN_SERIOUSLY: "faq.anonymous",
    Question.IS_BOT: "faq.is_bot",
    Question.RESEND_NEEDED: "faq.resend",
    Question.RIGHT_PLACE: "faq.right_place",
    Question.WHY_CONTACT: "faq.why_contact",
    Question.CHANGE_LATER: "faq.change_later",
}
MENU: Final = (
    ("difference", Question.KIND_DIFFERENCE),
    ("time", Question.HOW_LONG),
    ("fee", Question.FEE),
    ("visit", Question.NEED_VISIT),
    ("privacy", Question.DATA_PRIVACY),
    ("office", Question.OFFICE_WHERE),
)
"""What the menu of questions offers."""
_STAGE_WORDS: Final = {
    "xac minh": "faq.word_verify",
    "thu ly": "faq.word_accept",
    "tiep nhan": "faq.word_received",
    "phan cong": "faq.word_assigned",
    "xu ly": "faq.word_progress",
}
"""Words of the offices that people ask about, and their plain meaning."""


def answer(chat: Chat, asked: Question, text: str) -> None:
    """Answer, and put the pending question of the draft again."""
    lead = line(chat, asked, text)
    draft = chat.me.draft
    if draft is None:
        chat.send(lead, rows=() if chat.me.filed or chat.me.about else prompts.main_menu(chat))
        return
    chat.lead_text(lead)
    if draft.step == REVIEW or asked is Question.RESEND_NEEDED:
        if draft.step != REVIEW:
            chat.lead_text(review.card(chat, draft))
            prompts.repeat(chat)
        else:
            review.show(chat, draft, again=True)
        return
    prompts.repeat(chat)


def line(chat: Chat, asked: Question, text: str) -> str:
    """The words of the answer."""
    if asked in _PLAIN:
        return chat.text(_PLAIN[asked])
    match asked:
        case Question.HOW_LONG:
            return _how_long(chat, text)
        case Question.STATUS_MEANING:
            return status_meaning(chat, text)
        case Question.OFFICE_WHERE:
            return _office(chat)
        case Question.OPENING_HOURS:
            return _hours(chat)
        case Question.DATA_PRIVACY:
            return (
                chat.text("faq.privacy", url=privacy_url(chat))
                if privacy_url(chat)
                else chat.text("faq.privacy_plain")
            )
        case Question.PROCEDURE:
            return chat.text("faq.procedure", unit=_procedures_unit(chat))
        case Question.WHAT_NEXT:
            return chat.text("faq.what_next")
        case _:
            return chat.text("faq.other", unit=unit_name(chat, chat.agency.focal_unit), reach=reach(chat))


def privacy_url(chat: Chat) -> str:
    url = chat.turn.facts.public_url
    return f"{url}/privacy" if url else ""


def privacy_notice(chat: Chat) -> str:
    """The two lines every person is owed once, with the link where there is a page."""
    url = privacy_url(chat)
    return chat.text("citizen.privacy", url=url) if url else chat.text("citizen.privacy_plain")


def show_menu(chat: Chat) -> None:
    """The questions people ask most, as buttons; any other may be typed."""
    made = [chat.lasting(f"faq.menu_{name}", "faq", name) for name, _ in MENU]
    chat.say("faq.menu", rows=in_rows(made))


def pressed(chat: Chat, name: str) -> None:
    asked = dict(MENU).get(name)
    if asked is None:
        show_menu(chat)
    else:
        answer(chat, asked, "")


def _how_long(chat: Chat, text: str) -> str:
    """By kind: the draft's, or the one asked about; all of them where none is meant."""
    known = chat.me.filed or chat.me.about
    petition = tracking.current(chat) if chat.me.draft is None and known else None
    if petition is not None:
        due = tracking.due_line(chat, petition)
        if due:
            return f"{shown_code(petition)}: {due}"
    flat = fold(text)
    kind = chat.me.draft.form.kind if chat.me.draft is not None and chat.me.draft.told else None
    if "khieu nai" in flat or "complaint" in flat:
        kind = Kind.COMPLAINT
    elif "to cao" in flat or "denunciation" in flat:
        kind = Kind.DENUNCIATION
    if kind is Kind.COMPLAINT:
        return chat.text("faq.how_long_khieu_nai")
    if kind in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}:
        return chat.text("faq.how_long_to_cao")
    if kind is not None:
        return chat.text("faq.how_long_phan_anh")
    return chat.text("faq.how_long_all")


def status_meaning(chat: Chat, text: str) -> str:
    """The word asked about, where the petition stands, and the date of its record."""
    flat = fold(text)
    lines = [chat.text(key) for word, key in _STAGE_WORDS.items() if word in flat][:1]
    petition = tracking.current(chat)
    if petition is None:
        return "\n".join([*lines, chat.text("faq.which_petition")])
    stage = chat.text(f"citizen.stage_{petition.stage}")
    lines.append(chat.text("faq.stands", code=shown_code(petition), stage=stage))
    lines.append(chat.text(f"citizen.stage_meaning_{petition.stage}"))
    lines.append(tracking.due_line(chat, petition))
    return "\n".join(part for part in lines if part)


def _office(chat: Chat) -> str:
    office = chat.agency.office
    if office.address_vi:
        address = (office.address_en if chat.turn.language == "en" else None) or office.address_vi
        return chat.text("faq.office", name=chat.agency.name(chat.turn.language), address=address)
    return chat.text("faq.office_unknown", name=chat.agency.name(chat.turn.language))


def _hours(chat: Chat) -> str:
    office = chat.agency.office
    if office.opening_hours_vi:
        hours = (office.opening_hours_en if chat.turn.language == "en" else None) or office.opening_hours_vi
        return chat.text("faq.hours", name=chat.agency.name(chat.turn.language), hours=hours)
    return chat.text("faq.hours_unknown")


def reach(chat: Chat) -> str:
    """How to reach the office otherwise, from its profile; what the profile does not say is said as such."""
    office = chat.agency.office
    if office.phone:
        return chat.text("faq.reach_phone", phone=office.phone)
    if office.address_vi:
        return chat.text("faq.reach_address", address=office.address_vi)
    return chat.text("faq.reach_unknown")


def _procedures_unit(chat: Chat) -> str:
    """The unit for administrative procedures, where the profile has that topic."""
    for topic in chat.agency.topics:
        if topic.code == "thu_tuc_hanh_chinh":
            return unit_name(chat, topic.unit)
    return unit_name(chat, chat.agency.focal_unit)
