"""A draft set aside, taken up again days later, or thrown away."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.citizens import drafting, prompts, review
from handlers.citizens.chat import Chat, in_rows
from handlers.citizens.state import Ask, Draft
from handlers.citizens.wording import excerpt, kind_name, topic_name

REMINDER: Final = "draft_reminder"
"""Name of the timer; `handlers.citizens.reminders` answers it."""
SHORT_KEEP: Final = timedelta(days=7)
"""How long an unsent draft is kept where nobody agreed to more."""
PAUSE: Final = timedelta(hours=3)
"""After such a silence the citizen is shown where the draft stood."""


def drop_old(chat: Chat) -> None:
    """Forget a draft whose time is over."""
    draft = chat.me.draft
    if draft is None:
        return
    kept = chat.turn.facts.draft_kept if draft.kept else min(SHORT_KEEP, chat.turn.facts.draft_kept)
    if chat.turn.now - draft.touched_at > kept:
        forget(chat, draft)
        chat.lead("citizen.draft_expired")


def forget(chat: Chat, draft: Draft) -> None:
    """The draft and its files are gone."""
    if draft.files:
        chat.turn.book.forget_files(draft.files)
    if draft.remind:
        chat.turn.book.cancel_timers(REMINDER, conversation_id=chat.turn.conversation_id)
    chat.me.draft = chat.me.second = None
    chat.me.ask = None
    chat.renew()


def set_aside(chat: Chat) -> None:
    """The citizen has to leave: say that the draft is kept and how long; a reminder only if wanted."""
    chat.open(Ask.LATER)
    rows = in_rows(
        [
            chat.button("citizen.button_keep", "later", "keep"),
            chat.button("citizen.button_keep_remind", "later", "remind"),
            chat.button("citizen.button_forget", "later", "forget"),
        ]
    )
    chat.say("citizen.set_aside", days=chat.turn.facts.draft_kept.days, short=SHORT_KEEP.days, rows=rows)


def keep(chat: Chat, draft: Draft, *, remind: bool) -> None:
    """The citizen agreed that the draft is kept for the full time, and perhaps to one reminder."""
    chat.close()
    draft.kept = True
    if remind and not draft.remind and not draft.from_danger:
        draft.remind = True
        due = chat.turn.now + chat.turn.facts.remind_after
        chat.turn.book.set_timer(REMINDER, due, conversation_id=chat.turn.conversation_id)
    key = "citizen.kept_with_reminder" if draft.remind else "citizen.kept"
    chat.say(key, days=chat.turn.facts.draft_kept.days)


def resume(chat: Chat, draft: Draft) -> None:
    """Show what is there and put the pending question."""
    chat.close()
    if draft.discreet:
        chat.lead("citizen.resume_discreet")
    elif draft.told:
        chat.lead(
            "citizen.resume",
            kind=kind_name(chat, draft.form.kind),
            topic=topic_name(chat, draft.topic),
            story=excerpt(draft.words, 200),
        )
    else:
        chat.lead("citizen.resume_empty")
    prompts.advance(chat, quiet=True)


def ask_discard(chat: Chat, text: str = "") -> None:
    """Throw it away? Asked once."""
    chat.open(Ask.DISCARD, text=text)
    rows = (
        (chat.button("citizen.button_discard", "discard", style="danger"),),
        (chat.button("citizen.button_go_on", "keep"),),
    )
    chat.say("citizen.ask_discard", rows=rows)


def discard(chat: Chat) -> None:
    draft = chat.me.draft
    if draft is not None:
        forget(chat, draft)
    chat.say("citizen.discarded", rows=prompts.main_menu(chat))


def ask_start_over(chat: Chat) -> None:
    chat.open(Ask.START_OVER)
    rows = (
        (chat.button("citizen.button_start_over", "restart", style="danger"),),
        (chat.button("citizen.button_go_on", "keep"),),
    )
    chat.say("citizen.ask_start_over", rows=rows)


def start_over(chat: Chat) -> None:
    draft = chat.me.draft
    if draft is not None:
        forget(chat, draft)
    drafting.begin(chat)
    chat.lead("citizen.started_over")
    prompts.advance(chat)


def back(chat: Chat, draft: Draft) -> None:
    """One question back; at the first one there is nothing before it."""
    from petitions.forms import back as step_back

    before = draft.form
    draft.form = step_back(before)
    if draft.form == before:
        chat.lead("citizen.first_question")
        prompts.repeat(chat)
        return
    chat.lead("citizen.went_back")
    prompts.advance(chat, quiet=True)


def go_on(chat: Chat) -> None:
    """The question beside the draft is dropped; the draft's own comes again."""
    draft = chat.me.draft
    chat.close()
    if draft is None:
        chat.say("citizen.how_can_i_help", rows=prompts.main_menu(chat))
    elif draft.form.asking is not None:
        draft.form = draft.form.model_copy(update={"asking": None})
        prompts.advance(chat, quiet=True)
    elif draft.step == "review":
        review.show(chat, draft)
    else:
        prompts.advance(chat, quiet=True)
