"""A second matter in the middle of the first: a petition of its own, with the same name, phone and place."""

from __future__ import annotations

from handlers.citizens import drafting, filing, review
from handlers.citizens.chat import Chat
from handlers.citizens.state import Ask, Draft
from handlers.citizens.wording import kind_name, topic_name, unit_name
from petitions.kinds import Kind


def is_other_matter(chat: Chat, draft: Draft, text: str) -> bool:
    """Whether these words are about something else than the draft: another subject, evidently."""
    seen = chat.turn.facts.suggester.understand(text, today=chat.today)
    return seen.topic.value is not None and seen.topic.value != draft.topic


def propose(chat: Chat, draft: Draft, text: str) -> None:
    """Offer to hand in both; the second's card stands in the question, so that one answer confirms both."""
    chat.me.draft = None
    second = drafting.begin(chat)
    drafting.tell(chat, second, text, chat.ref)
    for key in ("name", "phone", "address", "place"):
        value = draft.get(key)
        if value and not second.get(key):
            second.put(key, value)
    second.phone_note, second.contact_note = draft.phone_note, draft.contact_note
    second.form = second.form.model_copy(update={"asking": None})
    if second.form.kind in drafting.SEALED and draft.form.kind not in drafting.SEALED:
        second.put("identity", "confidential")
    second.wants_human, second.language = draft.wants_human, draft.language
    chat.me.draft, chat.me.second = draft, second
    ask(chat, second)


def ask(chat: Chat, second: Draft) -> None:
    """The question with what the second petition says."""
    chat.open(Ask.SECOND)
    rows = (
        (chat.button("citizen.button_send_both", "both", style="primary"),),
        (chat.button("citizen.button_first_only", "first"),),
        (chat.button("citizen.button_same_petition", "together"),),
    )
    going = drafting.route(chat, second)
    text = chat.text(
        "citizen.ask_second",
        kind=kind_name(chat, second.form.kind),
        topic=topic_name(chat, second.topic),
        story=second.words,
        unit=unit_name(chat, going.unit),
    )
    chat.send(text, rows=rows, protect=second.form.kind is Kind.DENUNCIATION)


def both(chat: Chat, pressed: str = "") -> None:
    """Both are confirmed."""
    first, second = chat.me.draft, chat.me.second
    if first is not None and second is not None:
        filing.finish_two(chat, first, second, pressed=pressed)


def first_only(chat: Chat) -> None:
    """Back to the first; the second is dropped."""
    chat.me.second = None
    chat.close()
    if chat.me.draft is not None:
        review.show(chat, chat.me.draft)


def together(chat: Chat) -> None:
    """It belongs to the first after all."""
    first, second = chat.me.draft, chat.me.second
    chat.me.second = None
    chat.close()
    if first is None or second is None:
        return
    for part in second.story:
        drafting.tell(chat, first, part.text, part.ref)
    chat.lead("citizen.updated")
    review.show(chat, first)
