"""A message while a draft is open: what it means beside being an answer, and then the answer it is."""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens import (
    after,
    commands,
    contacts,
    doubts,
    drafting,
    drafts,
    filing,
    known_case,
    person,
    prompts,
    questions,
    reading,
    review,
    second,
    secrecy,
    tracking,
)
from handlers.citizens.chat import Chat
from handlers.citizens.said import only
from handlers.citizens.state import DOUBT, KIND, KNOWN, OUTSIDE, REVIEW, Draft
from handlers.citizens.wording import kind_name
from petitions.extract import find_phones
from petitions.forms import finish_files
from petitions.intents import (
    Intent,
    Question,
    chosen_kind,
    intents,
    match_choice,
    question,
    story_part,
)
from petitions.kinds import Kind
from petitions.text import fold

_AFTERTHOUGHT: Final = 8
"""Words beside "send it" from which they are a matter of their own, to be shown before anything is sent."""
_FEW: Final = 8
_HERE: Final = 5
"""Words: whoever is in the middle of a draft and says more than "let me go on" tells something."""
_STEPS: Final = (
    Intent.BACK,
    Intent.SKIP,
    Intent.NO,
    Intent.DONE,
    Intent.DONT_KNOW,
    Intent.YES,
    Intent.CONFIRM,
    Intent.THANKS,
    Intent.APOLOGY,
    Intent.GREETING,
    Intent.NOTIFY_ME,
)
"""What a message can say that moves about in the form but tells nothing."""
_WORD: Final = re.compile(r"\w+")
_FORWARD: Final = re.compile(r"(?:\w+ ){0,3}(?:chuyen|gui) (?:giup|ho|luon|di)\b|(?:please )?forward\b")
"""Send it on, at the beginning of a message (folded)."""
_LETTERS: Final = re.compile(r"[^\W\d_]{2}")
"""Less is no story: the number of a button that is gone, a sign."""


def take(chat: Chat, draft: Draft, text: str) -> None:
    """Answer a text in the middle of a draft."""
    found = intents(text)
    returning = chat.turn.now - draft.touched_at > drafts.PAUSE
    draft.touched_at = chat.turn.now
    if returning and (Intent.RESUME in found or only(text, found, Intent.GREETING)):
        drafts.resume(chat, draft)
        return
    if _aside(chat, draft, text, found) or _settings(chat, draft, text, found):
        return
    if draft.step == KIND and _kind(chat, draft, text):
        return
    if draft.step == DOUBT and doubts.take(chat, draft, text, found):
        prompts.advance(chat)
        return
    if draft.step == OUTSIDE and _outside(chat, draft, text, found):
        return
    if draft.step == KNOWN and (case := known_case.chosen(chat, draft, text, found)) is not None:
        join(chat, draft, case)
        return
    if draft.step == REVIEW and _reviewed(chat, draft, text, found):
        return
    if draft.step == "story" and not draft.told and not _LETTERS.search(text) and not find_phones(text):
        chat.lead("citizen.story_needed")
        prompts.repeat(chat)
        return
    if draft.step == "story" and not draft.told:
        if not only(text, found, *_STEPS) or not _nothing_but(chat, draft, text, found):
            first_words(chat, draft, text)
        return
    if draft.step == "identity" and reading.answer_identity(chat, draft, text, found):
        return
    if _nothing_but(chat, draft, text, found):
        return
    reading.take(chat, draft, text, found)


def first_words(chat: Chat, draft: Draft, text: str) -> None:
    """The story begins, or is only announced, or somebody leaves a number before telling anything."""
    if contacts.only_contact(chat, draft, text):
        if draft.files:
            draft.wants_human = True
            reading.add_words(chat, draft, text)
        else:
            drafting.lead_up(chat, text)
        prompts.advance(chat)
        return
    kind = chosen_kind(text)
    if kind is not None and (not draft.kind_chosen or drafting.names_only_kind(text)):
        if drafting.names_only_kind(text):
            drafting.choose_kind(draft, kind)
            drafting.lead_up(chat, text)
            prompts.advance(chat)
            return
        if drafting.is_announced_only(text):
            drafting.choose_kind(draft, kind)
        if secrecy.is_all(chat, text):
            drafting.choose_kind(draft, kind)
            drafting.lead_up(chat, text)
            prompts.advance(chat)
            return
    reading.add_words(chat, draft, text)
    if drafting.is_announced_only(text):
        drafting.ask_more(draft)
    prompts.advance(chat)


def _aside(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """Leaving, coming back, cancelling, asking: what has nothing to do with the pending question."""
    if _cancels(chat, text, found) or (Intent.NEW_MATTER in found and draft.told):
        drafts.ask_discard(chat, _new_matter(text))
        return True
    if only(text, found, Intent.WITHDRAW) and not chat.me.filed:
        drafts.ask_discard(chat)
        return True
    if Intent.START_OVER in found:
        drafts.ask_start_over(chat)
        return True
    if Intent.LATER in found:
        drafts.set_aside(chat)
        return True
    if Intent.RESUME in found and len(_WORD.findall(text)) <= _HERE:
        drafts.resume(chat, draft)
        return True
    if only(text, found, Intent.HELP, Intent.MENU):
        commands.help_in_draft(chat)
        return True
    if only(text, found, Intent.MINE, Intent.HOW_MANY):
        tracking.show_mine(chat, counted=Intent.HOW_MANY in found)
        prompts.repeat(chat)
        return True
    if Intent.RUDE_ONLY in found:
        _rude(chat, draft)
        return True
    return _asked(chat, draft, text, found)


def _cancels(chat: Chat, text: str, found: frozenset[Intent]) -> bool:
    """Whether the draft is to go. An English story often asks to cancel a decision or a fine instead."""
    if Intent.CANCEL not in found:
        return False
    told = chat.turn.language == "en" and len(_WORD.findall(text)) > _FEW
    return not told or only(text, found, Intent.CANCEL)


def _new_matter(text: str) -> str:
    """What a cancelling message tells of a new matter, to be kept if the old draft goes."""
    return text if chosen_kind(text) is not None and len(_WORD.findall(story_part(text))) > _FEW // 2 else ""


def _asked(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """A question in the middle, or the wish for a human being."""
    asked = question(text)
    if asked is Question.OTHER and ((draft.told and draft.step != REVIEW) or only(text, found, *_STEPS)):
        asked = None
    human = Intent.HUMAN in found and not find_phones(text)
    if asked is None and not human:
        return False
    if human:
        draft.wants_human = True
        lines = [questions.line(chat, asked, text)] if asked is Question.IS_BOT else []
        lines.append(chat.text("citizen.human_noted", reach=questions.reach(chat)))
        chat.lead_text("\n".join(lines))
        prompts.repeat(chat)
        return True
    if asked is not None:
        questions.answer(chat, asked, text)
    return True


def _rude(chat: Chat, draft: Draft) -> None:
    """No word about the insult: what can be left out is left out, one question remains."""
    for key in ("place", "files", "accused", "respondent"):
        if draft.step == key:
            reading.pass_over(chat, draft)
    draft.form = finish_files(draft.form)
    if prompts.next_step(draft) != REVIEW:
        chat.lead("citizen.one_question_left")
    prompts.advance(chat, quiet=True)


def _settings(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """How the petition is kept and in which language; True where the message said nothing else."""
    if Intent.NOTICES_IN_ENGLISH in found or Intent.NOTICES_IN_VIETNAMESE in found:
        draft.language = "en" if Intent.NOTICES_IN_ENGLISH in found else "vi"
        if Intent.CONFIRM not in found:
            chat.lead(f"citizen.notices_{draft.language}")
    if Intent.DISCREET in found:
        draft.discreet = True
    kind = chosen_kind(text)
    if (
        kind is not None
        and drafting.names_only_kind(text)
        and draft.step != KIND
        and (draft.told or kind is not draft.form.kind)
    ):
        key = "citizen.kind_kept" if kind is draft.form.kind else "citizen.kind_changed"
        drafting.choose_kind(draft, kind)
        chat.lead(key, kind=kind_name(chat, draft.form.kind))
        if Intent.KEEP_SECRET not in found:
            prompts.advance(chat)
            return True
    if draft.step != "identity":
        return secrecy.take(chat, draft, text, found)
    return False


def _kind(chat: Chat, draft: Draft, text: str) -> bool:
    """The answer to "which kind?"."""
    labels = [(kind.value, [kind_name(chat, kind)]) for kind in prompts.KINDS]
    named = chosen_kind(text)
    chosen = named.value if named is not None else match_choice(text, labels)
    if chosen is None:
        chat.go("story")
        return False
    drafting.choose_kind(draft, Kind(chosen))
    prompts.advance(chat)
    return True


def _outside(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """Forward it all the same? True where the message said nothing else."""
    if found & {Intent.CONFIRM, Intent.YES, Intent.DONT_KNOW} or _FORWARD.match(fold(text)):
        forward(chat, draft)
        if find_phones(text):
            return False
        prompts.advance(chat)
        return True
    if only(text, found, Intent.NO):
        drafts.ask_discard(chat)
        return True
    return False


def join(chat: Chat, draft: Draft, case: int) -> None:
    """The citizen joins that case, or stays apart; to a petition of one's own the words and files are added."""
    own = known_case.choose(chat, draft, case)
    if own is None:
        prompts.advance(chat, quiet=True)
        return
    chat.me.draft = chat.me.second = None
    after.add(chat, own, draft.words, tuple(draft.files))


def forward(chat: Chat, draft: Draft) -> None:
    """The citizen wants it sent although another authority decides."""
    draft.outside_wanted = True
    drafting.set_mode(draft)
    chat.lead("citizen.will_forward", authority=drafting.destination_name(chat, draft))


def _reviewed(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """Words at the review card: send it, correct it, or another matter."""
    beside = len(_WORD.findall(story_part(text)))
    notices = bool(found & {Intent.NOTICES_IN_ENGLISH, Intent.NOTICES_IN_VIETNAMESE})
    if Intent.CONFIRM in found and Intent.CORRECTION not in found and (notices or beside <= _AFTERTHOUGHT):
        filing.finish(chat, draft)
        return True
    if only(text, found, Intent.YES, Intent.DONE):
        filing.finish(chat, draft)
        return True
    if only(text, found, Intent.NO, Intent.CORRECTION):
        review.ask_what(chat, draft)
        return True
    if Intent.BACK in found and not find_phones(text):
        drafts.back(chat, draft)
        return True
    if Intent.SECOND_MATTER in found and second.is_other_matter(chat, draft, text):
        second.propose(chat, draft, text)
        return True
    if only(text, found, Intent.SKIP, Intent.DONT_KNOW):
        chat.lead("citizen.please_confirm")
        review.show(chat, draft, again=True)
        return True
    if only(text, found, Intent.THANKS, Intent.APOLOGY, Intent.GREETING):
        chat.lead("citizen.please_confirm")
        review.show(chat, draft, again=True)
        return True
    return False


def _nothing_but(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """A message that is only a step: back, skip, done, thanks, a greeting, the same as before."""
    if draft.told and not any(sign.isalnum() for sign in text):  # a nod, as a sticker is
        chat.lead("citizen.please_confirm" if draft.step == REVIEW else "citizen.sticker")
        prompts.repeat(chat)
        return True
    if Intent.BACK in found and Intent.CORRECTION not in found:
        drafts.back(chat, draft)
        return True
    if Intent.SAME_AS_BEFORE in found and person.same_as_before(chat, draft):
        prompts.advance(chat)
        return True
    if only(text, found, Intent.SKIP, Intent.NO, Intent.DONE, Intent.DONT_KNOW):
        _skipped(chat, draft)
        return True
    for polite in (
        Intent.THANKS,
        Intent.APOLOGY,
        Intent.GREETING,
        Intent.YES,
        Intent.CONFIRM,
        Intent.NOTIFY_ME,
    ):
        if only(text, found, polite):
            if polite in {Intent.THANKS, Intent.APOLOGY, Intent.NOTIFY_ME}:
                chat.lead(f"citizen.lightly_{polite}")
            elif polite is Intent.CONFIRM:
                chat.lead("citizen.not_yet")
            prompts.repeat(chat)
            return True
    if Intent.CORRECTION in found and not story_part(text):
        review.ask_what(chat, draft)
        return True
    return False


def _skipped(chat: Chat, draft: Draft) -> None:
    if draft.step == "files":
        draft.form = finish_files(draft.form)
    elif draft.step == "phone":
        reading.pass_phone(chat, draft)
    elif draft.step in {prompts.CONTACT, "name"} and draft.form.kind in {Kind.FEEDBACK, Kind.RECOMMENDATION}:
        person.refuse_name(chat, draft)
        return
    elif draft.step == "story" and draft.told:
        draft.form = draft.form.model_copy(update={"asking": None})
    else:
        reading.pass_over(chat, draft)
    prompts.advance(chat)
