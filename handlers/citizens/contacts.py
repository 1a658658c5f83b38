"""Name, phone and address in a message, whichever question it answers."""

from __future__ import annotations

import re
from typing import Final

from handlers.citizens import drafting, prompts
from handlers.citizens.chat import Chat
from handlers.citizens.prompts import CONTACT
from handlers.citizens.state import Draft
from handlers.citizens.wording import spaced_phone
from petitions.extract import BadPhone, Phone, find_phones, read_contact_line
from petitions.forms import finish_files
from petitions.intents import story_part
from petitions.kinds import Kind

_SHORT: Final = 6
"""Words: an answer of so many is nothing but the answer."""
_NOTE: Final = 14
"""Words that may stand around a phone number and still be a remark about it."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_NAMED: Final = re.compile(r"(?:^|[,.;:]\s*)(?:[Hh]ọ )?[Tt]ên (?:là )?[^\W\d_a-zà-ỹ]")
"""A clause that gives a name: "tên Lê Bích Ngọc"."""
_RENAMED: Final = re.compile(
    r"(?:đổi|sửa|thay) (?:lại )?(?:họ )?tên (?:tôi |em |mình )?(?:lại )?(?:thành|là|sang) ", re.IGNORECASE
)
_ASKED: Final[dict[str, frozenset[str]]] = {
    CONTACT: frozenset({"name", "phone", "address"}),
    "name": frozenset({"name"}),
    "phone": frozenset({"phone"}),
    "address": frozenset({"address"}),
}


def only_contact(chat: Chat, draft: Draft, text: str) -> bool:
    """Take a number (and name) where the message is nothing else. False for anything that tells more."""
    if not any(isinstance(phone, Phone) for phone in find_phones(text)):
        return False
    before = draft.model_copy(deep=True)
    took, left = take(chat, draft, text, "phone")
    if took and not left and len(_WORD.findall(text)) <= _SHORT:
        return True
    draft.form, draft.phone_note, draft.contact_note = before.form, before.phone_note, before.contact_note
    return False


def take(chat: Chat, draft: Draft, text: str, step: str) -> tuple[bool, str]:
    """Take what the message gives of the person. Returns whether it did, and what else the message says."""
    text_read = _RENAMED.sub("tên là ", text)
    if step == "files":
        step = prompts.next_step(draft.model_copy(update={"form": finish_files(draft.form)}))
    asked = _ASKED.get(step, frozenset())
    good = any(isinstance(phone, Phone) for phone in find_phones(text))
    if good and len(_WORD.findall(text)) <= _NOTE:
        asked |= {"name", "address"}
    elif _NAMED.search(text_read):
        asked |= {"name"}
    line = read_contact_line(text_read, asked_for=asked)
    if not asked and line.phone is None and line.name is None:
        return False, text
    if drafting.is_announced_only(text):
        return False, text
    used: list[str] = []
    bad = False
    if line.phone is not None and (isinstance(line.phone, Phone) or asked or is_short(text)):
        bad = not take_phone(chat, draft, line.phone, line.note)
        used.append(line.phone.raw)
    if line.name and (asked or isinstance(line.phone, Phone) or _introduces(line.name, text)):
        draft.put("name", line.name)
        draft.remember(chat.ref, "contact")
        used.append(line.name)
    if line.address and (used or "address" in asked) and not _is_place_only(step, line.address, used):
        draft.put("address", line.address)
        if draft.form.kind is not Kind.COMPLAINT or draft.outside is not None:
            draft.guess("place", line.address)
        used.append(line.address)
    if not used:
        return False, text
    if draft.form.kind is Kind.ANONYMOUS_TIP and not bad:
        chat.lead("citizen.tip_has_no_name")
    return True, _remark(draft, text, used, line.note)


def _introduces(name: str, text: str) -> bool:
    """A name given without being asked counts where the message is mostly that."""
    return name.lower() in text.lower()


def _is_place_only(step: str, address: str, used: list[str]) -> bool:
    return step == "place" and not used and bool(address)


def is_short(text: str) -> bool:
    return len(_WORD.findall(text)) <= _SHORT


def _remark(draft: Draft, text: str, used: list[str], note: str | None) -> str:
    """What the message says besides: a remark about the number, or more of the story; "" for mere filler."""
    rest = text
    for part in used:
        rest = re.sub(re.escape(part), " ", rest, count=1, flags=re.IGNORECASE)
    words = len(_WORD.findall(story_part(rest) or ""))
    if words <= 3 or (words <= _SHORT and not note):
        return ""
    if (note or draft.discreet or draft.from_danger) and words <= _NOTE:
        draft.contact_note = text
        return ""
    return text


def take_phone(chat: Chat, draft: Draft, phone: Phone | BadPhone, note: str | None) -> bool:
    """Keep a good number; say of a wrong one what was read and what it lacks."""
    if isinstance(phone, BadPhone):
        keys = {
            "too_short": "citizen.phone_short",
            "too_long": "citizen.phone_long",
            "prefix": "citizen.phone_prefix",
        }
        chat.lead(keys[phone.problem], read=phone.raw.strip(), count=len(phone.digits.lstrip("+")))
        return False
    old = draft.get("phone")
    draft.put("phone", phone.number)
    draft.phone_note = note or ""
    draft.remember(chat.ref, "contact")
    if old and old != phone.number:
        chat.lead("citizen.changed_phone", phone=_phone_shown(draft, phone.number))
    return True


def _phone_shown(draft: Draft, number: str) -> str:
    return spaced_phone(number) if not draft.confidential else f"…{number[-3:]}"
