"""Reading a message as an answer: to the pending question, to others besides, or as more of the story.

People answer two questions at once, the wrong one, or go on telling. Everything of use is taken; what is none
of it belongs to the story, so that no word is lost.
"""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens import contacts, drafting, prompts, review
from handlers.citizens.chat import Chat
from handlers.citizens.state import KNOWN, OUTSIDE, REVIEW, Draft
from petitions.extract import find_dates, find_place, read_contact_line
from petitions.forms import NotSkippable, edit, finish_files, keep, skip
from petitions.intents import Intent, is_only, match_choice, read_correction
from petitions.kinds import Kind
from petitions.text import fold

_SHORT: Final = 6
"""Words: an answer of so many is nothing but the answer."""
_WHERE_LONGEST: Final = 14
_WORD: Final = re.compile(r"[^\W\d_]+")
_TELLS: Final = re.compile(
    r"(?:em|toi|minh|chau|con|me|bo|chong|vo|no|ho|khong|ko|k|dang|da|bi|nho|mong|xin|i|we|he|she|it|they|there)\b"
)
"""How a sentence begins that tells something rather than names a place (folded)."""
_REDATED: Final = re.compile(r"(?:\w+ ){0,2}(?:doi|sua|thay) (?:lai )?ngay |(?:please )?change the date\b")
_NAME_UNREAD: Final = "name-unread"
_WORDY: Final = frozenset({"decision", "respondent", "accused", "request"})


def take(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> None:
    """Take `text` into the draft and go on."""
    if _correct(chat, draft, text):
        prompts.advance(chat)
        return
    step = draft.step
    if step == "files" and Intent.DONE in found:
        draft.form = finish_files(draft.form)
        found -= {Intent.DONE}
    took, left = contacts.take(chat, draft, text, step)
    if step in {"phone", prompts.CONTACT} and Intent.SKIP in found and not draft.get("phone"):
        pass_phone(chat, draft)
        took, left = True, left if not took else ""
    if took and step == "identity" and draft.get("name"):  # who gives a name chose not to be anonymous
        choose_identity(chat, draft, "confidential")
    if not took:
        took, left = _field(chat, draft, text, step, found)
    if left:
        grown = draft.told and not took and draft.step not in {REVIEW, OUTSIDE, KNOWN}
        add_words(chat, draft, left)
        if grown and not chat.leads:
            chat.lead("citizen.story_grew")
    if step == "story" and draft.form.asking == "story" and not drafting.is_announced_only(text):
        draft.form = keep(draft.form)
    if draft.step == REVIEW:
        chat.lead("citizen.updated")
    elif took and not chat.leads:
        chat.lead("citizen.noted")
    prompts.advance(chat)


def add_words(chat: Chat, draft: Draft, text: str) -> None:
    """More of the story."""
    for day in find_dates(text, chat.today):
        if day.problem is not None and (day.problem == "impossible" or draft.form.kind is Kind.COMPLAINT):
            chat.lead(f"citizen.date_{day.problem}", date=day.raw)
    drafting.tell(chat, draft, text, chat.ref)


def pass_phone(chat: Chat, draft: Draft) -> None:
    """The citizen prefers this chat to the telephone."""
    try:
        draft.form = skip(draft.form, "phone")
    except NotSkippable:
        chat.lead("citizen.phone_needed")
    else:
        chat.lead("citizen.chat_is_fine")


# --- corrections


def _correct(chat: Chat, draft: Draft, text: str) -> bool:
    """ "nhận ngày 12/5 chứ không phải 10/5", "à nhầm, 0951 223 454": the value changes where it stands."""
    if _REDATED.match(fold(text)) and find_dates(text, chat.today):
        if _dated(chat, draft, text):
            chat.leads.clear()
            chat.lead("citizen.changed_date", date=_shown(chat, draft.get("received_on")))
        return True
    correction = read_correction(text, chat.today)
    if correction is None:
        return False
    match correction.what:
        case "phone" if correction.phone is not None:
            line = read_contact_line(text, asked_for=frozenset({"phone"}))
            contacts.take_phone(
                chat, draft, line.phone or correction.phone, line.note if not draft.get("phone") else ""
            )
            return True
        case "name":
            draft.put("name", correction.new)
            chat.lead("citizen.changed_name", name=correction.new)
            return True
        case "date" if correction.new_date is not None:
            draft.put("received_on", correction.new_date.isoformat())
            for key in ("decision", "request"):
                value = draft.get(key)
                if correction.old and correction.old in value:
                    draft.put(key, value.replace(correction.old, correction.new))
            add_words(chat, draft, text)
            chat.lead("citizen.changed_date", date=_shown(chat, correction.new_date.isoformat()))
            return True
        case "date":
            chat.lead("citizen.date_impossible", date=correction.new)
            return True
        case "text" if correction.old:
            return _replace_words(chat, draft, correction.old, correction.new)
        case _:
            return False


def _shown(chat: Chat, iso: str) -> str:
    return chat.text("citizen.date", day=iso[8:10], month=iso[5:7], year=iso[:4])


def _replace_words(chat: Chat, draft: Draft, old: str, new: str) -> bool:
    for key, value in list(draft.form.answers.items()):
        if key != "story" and isinstance(value, str) and old in value:
            draft.put(key, value.replace(old, new))
            chat.lead("citizen.updated")
            return True
    return False


# --- the other fields


def _field(chat: Chat, draft: Draft, text: str, step: str, found: frozenset[Intent]) -> tuple[bool, str]:
    """The answer to the pending field. Returns whether it was one, and what goes to the story."""
    if Intent.DONT_KNOW in found and is_only(text, Intent.DONT_KNOW) and step not in {"story", REVIEW}:
        return pass_over(chat, draft), ""
    if step == "place":
        return _place(draft, chat, text)
    if step in _WORDY and len(text.split()) >= 2:
        draft.put(step, text)
        draft.remember(chat.ref, step)
        if step == "decision":
            _dated(chat, draft, text)
        return True, text
    if step == "decision" and find_dates(text, chat.today):
        return _dated(chat, draft, text), ""
    if step == "name" and contacts.is_short(text):
        return _unread_name(chat, draft, text), ""
    if step == "received_on":
        return _dated(chat, draft, text), "" if contacts.is_short(text) else text
    if step == "address" and len(_WORD.findall(text)) <= _WHERE_LONGEST:
        draft.put("address", text)
        draft.remember(chat.ref, "address")
        return True, ""
    return False, text


def _unread_name(chat: Chat, draft: Draft, text: str) -> bool:
    """A name we cannot read as one is asked for once more; given again it is taken as it stands."""
    if _NAME_UNREAD not in draft.refs:
        draft.refs[_NAME_UNREAD] = _NAME_UNREAD
        chat.lead("citizen.name_unread")
        return False
    draft.put("name", text)
    draft.remember(chat.ref, "contact")
    return True


def _place(draft: Draft, chat: Chat, text: str) -> tuple[bool, str]:
    """A short answer is the place as it stands, in a longer one it is looked for; the words stay."""
    words = len(_WORD.findall(text))
    named = find_place(text)
    told = chat.turn.facts.suggester.understand(text, today=chat.today) if draft.topic is None else None
    if named is None and told is not None and told.topic.value is not None:
        return False, text
    if named is None and (words > _SHORT or _TELLS.match(fold(text))):
        draft.misses += 1
        if draft.latitude is not None or draft.misses > 1:
            draft.form = skip(draft.form, "place")
        return False, text
    place = text if words <= _SHORT or named is None else named
    draft.put("place", place.strip(" .,"))
    draft.remember(chat.ref, "place")
    return True, text


def _dated(chat: Chat, draft: Draft, text: str) -> bool:
    """The day in an answer; an impossible or future one is said to be so."""
    days = find_dates(text, chat.today)
    good = [day for day in days if day.date is not None and day.problem is None]
    if good and good[0].date is not None:
        draft.put("received_on", good[0].date.isoformat())
        return True
    if days:
        key = "citizen.date_future" if days[0].problem == "future" else "citizen.date_impossible"
        chat.lead(key, date=days[0].raw)
        if draft.step == "decision":
            draft.form = edit(draft.form, "received_on")
    return False


def pass_over(chat: Chat, draft: Draft) -> bool:
    """The pending question is left open. False where the chat cannot file without its answer."""
    key = draft.step
    if key == prompts.CONTACT:
        key = "name"
    if key == "story":
        chat.lead("citizen.story_needed")
        return False
    try:
        draft.form = skip(draft.form, key)
    except NotSkippable:
        kind = draft.form.kind.value if draft.form.kind in {Kind.COMPLAINT, Kind.DENUNCIATION} else "other"
        chat.lead(f"citizen.{key}_needed_{kind}" if key == "name" else f"citizen.{key}_needed")
        return False
    return True


# --- identity


def answer_identity(chat: Chat, draft: Draft, text: str, found: frozenset[Intent]) -> bool:
    """Secret or anonymous. False where the message chooses neither."""
    choice = identity_of(text, found)
    if choice is None:
        labels = [
            ("confidential", [chat.text("citizen.button_confidential")]),
            ("anonymous", [chat.text("citizen.button_anonymous")]),
        ]
        choice = match_choice(text, labels)
    if choice is None:
        return False
    choose_identity(chat, draft, choice)
    prompts.advance(chat)
    return True


def identity_of(text: str, found: frozenset[Intent]) -> str | None:
    """The way of being known that these words choose; anonymous beats secret only where it stands alone."""
    if Intent.NAMED in found or (Intent.KEEP_SECRET in found and Intent.ANONYMOUS not in found):
        return "confidential"
    return "anonymous" if Intent.ANONYMOUS in found and text else None


def choose_identity(chat: Chat, draft: Draft, choice: str) -> None:
    """Say what the choice means and keep it. A denunciation is kept secret in any case."""
    draft.put("identity", choice)
    draft.confidential = True
    if choice == "anonymous":
        chat.lead("citizen.anonymous_chosen")
    else:
        chat.lead("citizen.confidential_chosen")


def edit_message(chat: Chat, draft: Draft, ref: str, text: str) -> None:
    """The citizen edited an earlier message: the answer it gave is the new wording's."""
    what = draft.refs.get(ref)
    if what is None:
        chat.lead("citizen.edit_unknown")
        add_words(chat, draft, text)
    elif what.startswith("story:"):
        place = int(what.removeprefix("story:"))
        draft.story[place].text = text
        drafting.keep_story(draft)
        drafting.understand(chat, draft)
        chat.lead("citizen.edit_taken")
    elif what == "contact":
        contacts.take(chat, draft, text, prompts.CONTACT)
        chat.lead("citizen.edit_taken")
    else:
        draft.put(what, text.strip())
        if what == "decision":
            _dated(chat, draft, text)
        chat.lead("citizen.edit_taken")
    if draft.step == REVIEW:
        review.show(chat, draft)
    else:
        prompts.advance(chat)
