"""What is asked next, in which words, with which buttons. One question at a time."""

from __future__ import annotations

from dataclasses import dataclass

from handlers.citizens import authorities, doubts, known_case, own_page, review
from handlers.citizens.chat import Chat, Rows, in_rows
from handlers.citizens.drafting import understood
from handlers.citizens.state import DOUBT, KIND, KNOWN, OUTSIDE, REVIEW, Draft
from handlers.citizens.wording import kind_name
from handlers.messages import Button, Wish
from petitions.forms import next_field
from petitions.kinds import Kind

CONTACT = "contact"
"""Name and phone, asked together."""
KINDS = (Kind.FEEDBACK, Kind.RECOMMENDATION, Kind.COMPLAINT, Kind.DENUNCIATION)
"""In the order people need them."""


@dataclass(frozen=True, slots=True)
class Prompt:
    """A question as it is put."""

    text: str
    rows: Rows = ()
    wishes: tuple[Wish, ...] = ()


def next_step(draft: Draft) -> str:
    """What the draft waits for: a field, `CONTACT` for name and phone at once, `DOUBT`, `OUTSIDE`,
    `KNOWN`, or `REVIEW`."""
    if doubts.is_open(draft):
        return DOUBT
    if draft.elsewhere and not draft.outside_wanted and draft.told and not draft.from_danger:
        return OUTSIDE
    if draft.known_open:
        return KNOWN
    field = next_field(draft.form)
    if field is None:
        return REVIEW
    if (
        field.key == "name"
        and draft.form.asking is None
        and not {"name", "phone"} & draft.form.answers.keys()
    ):
        return CONTACT
    return field.key


def advance(chat: Chat, *, quiet: bool = False) -> None:
    """Put the next question, or show the review card. `quiet`: without saying what was understood."""
    draft = chat.me.draft
    if draft is None:
        chat.flush()
        return
    known_case.look(chat, draft)
    step = next_step(draft)
    chat.go(step)
    if step == REVIEW:
        own_page.accompany(chat, draft)
        review.show(chat, draft)
        return
    if not quiet:
        line = understood(chat, draft)
        if line and draft.form.answers.get("story"):
            chat.lead_text(line)
    own_page.accompany(chat, draft)
    prompt = prompt_for(chat, draft, step)
    draft.unsure_asked |= step == DOUBT
    coalesce = "" if chat.beside else "step"  # a link told once is not replaced by a later question
    chat.send(prompt.text, rows=prompt.rows, wishes=prompt.wishes, coalesce=coalesce)


def repeat(chat: Chat) -> None:
    """Put the pending question again, after something else was answered."""
    draft = chat.me.draft
    if draft is None:
        chat.flush()
    elif draft.step == REVIEW:
        review.show(chat, draft, again=True)
    elif draft.step == KIND:
        ask_kind(chat)
    else:
        prompt = prompt_for(chat, draft, draft.step)
        chat.send(prompt.text, rows=prompt.rows, wishes=prompt.wishes)


def prompt_for(chat: Chat, draft: Draft, step: str) -> Prompt:
    """The words and buttons of a question."""
    match step:
        case "outside":
            return Prompt(authorities.question(chat, draft), authorities.rows(chat, draft))
        case "doubt" if draft.unsure is not None:
            return Prompt(*doubts.question(chat, draft.unsure))
        case "known":
            return Prompt(*known_case.question(chat, draft))
        case "identity":
            return _identity(chat, draft)
        case "story":
            return Prompt(_story_question(chat, draft), _kinds(chat, draft))
        case "place":
            return _place(chat, draft)
        case "contact":
            return _contact(chat, draft)
        case "phone":
            return _phone(chat, draft)
        case "name":
            return Prompt(chat.text("citizen.ask_name"), _change_of_mind(chat, draft))
        case "files":
            return Prompt(chat.text("citizen.ask_files"), ((_done(chat),),), (Wish.FILES,))
        case "decision" | "respondent" | "accused" | "request" | "address" | "received_on":
            return Prompt(chat.text(f"citizen.ask_{step}"), ((_skip(chat),),))
        case _:
            return Prompt(chat.text("citizen.ask_story"))


def ask_kind(chat: Chat) -> None:
    """Which of the four kinds?"""
    if chat.me.draft is not None:
        chat.go(KIND)
    buttons = [chat.labelled(kind_name(chat, kind), "kind", kind.value) for kind in KINDS]
    chat.say(
        "citizen.ask_kind",
        rows=in_rows([*buttons, chat.button("citizen.button_dont_know_kind", "kind", "any")], 2),
    )


def main_menu(chat: Chat) -> Rows:
    """Hand in, look up, ask; and the other language. These buttons never grow old."""
    other = "en" if chat.turn.language == "vi" else "vi"
    return (
        (chat.lasting("citizen.menu_new", "new"), chat.lasting("citizen.menu_status", "lookup")),
        (chat.lasting("citizen.menu_faq", "faq"), chat.lasting(f"citizen.menu_{other}", "lang", other)),
    )


def _skip(chat: Chat) -> Button:
    return chat.button("citizen.button_skip", "skip")


def _done(chat: Chat) -> Button:
    return chat.button("citizen.button_done", "done")


def _kinds(chat: Chat, draft: Draft) -> Rows:
    """The menu way stays open until something was told or a kind was named."""
    if draft.told or draft.kind_chosen or draft.from_danger or draft.form.asking == "story":
        return ()
    return in_rows([chat.labelled(kind_name(chat, kind), "kind", kind.value) for kind in KINDS], 2)


def _story_question(chat: Chat, draft: Draft) -> str:
    if draft.step == "story" and draft.form.asking == "story" and draft.told:
        if draft.kind_chosen or draft.form.kind is not Kind.FEEDBACK:
            return chat.text("citizen.ask_story_more", kind=kind_name(chat, draft.form.kind).lower())
        return chat.text("citizen.ask_story_clearer")
    if draft.form.kind is Kind.ANONYMOUS_TIP:
        return chat.text("citizen.ask_story_tip")
    return chat.text(
        f"citizen.ask_story_{draft.form.kind.value}" if draft.kind_chosen else "citizen.ask_story"
    )


def _identity(chat: Chat, draft: Draft) -> Prompt:
    key = "citizen.ask_identity_again" if draft.told_identity else "citizen.ask_identity"
    draft.told_identity = True
    rows = (
        (chat.button("citizen.button_confidential", "identity", "confidential"),),
        (chat.button("citizen.button_anonymous", "identity", "anonymous"),),
    )
    return Prompt(chat.text(key), rows)


def _place(chat: Chat, draft: Draft) -> Prompt:
    key = "citizen.ask_place" if draft.latitude is None else "citizen.ask_place_named"
    wishes = (Wish.LOCATION,) if draft.latitude is None else ()
    return Prompt(chat.text(key), ((_skip(chat),),), wishes)


def _contact(chat: Chat, draft: Draft) -> Prompt:
    key = "citizen.ask_contact"
    if draft.form.kind is Kind.DENUNCIATION:
        key = "citizen.ask_contact_secret"
    elif draft.form.kind is Kind.COMPLAINT and not draft.elsewhere:
        key = "citizen.ask_contact_address"
    buttons: list[Button] = []
    if chat.me.filed:
        buttons.append(chat.button("citizen.button_same", "same"))
    buttons += [button for row in _change_of_mind(chat, draft) for button in row]
    text = chat.text(key)
    if not draft.files and draft.form.kind is not Kind.DENUNCIATION:
        text += "\n\n" + chat.text("citizen.files_welcome")
    return Prompt(text, in_rows(buttons), (Wish.CONTACT,))


def _change_of_mind(chat: Chat, draft: Draft) -> Rows:
    """The way out for somebody who will not give a name."""
    if draft.form.kind is Kind.DENUNCIATION:
        return ((chat.button("citizen.button_anonymous", "identity", "anonymous"),),)
    if draft.form.kind is Kind.COMPLAINT:
        return ((chat.button("citizen.button_as_feedback", "kind", Kind.FEEDBACK.value),),)
    return ((chat.button("citizen.button_nameless", "nameless"),),)


def _phone(chat: Chat, draft: Draft) -> Prompt:
    if draft.from_danger and draft.discreet:
        rows = ((chat.button("citizen.button_chat_only", "skip"),),)
        return Prompt(chat.text("citizen.ask_safe_contact"), rows)
    if draft.form.kind is Kind.DENUNCIATION:
        return Prompt(chat.text("citizen.ask_phone_secret"), _change_of_mind(chat, draft), (Wish.CONTACT,))
    rows = ((chat.button("citizen.button_chat_only", "skip"),),)
    return Prompt(chat.text("citizen.ask_phone"), rows, (Wish.CONTACT,))
