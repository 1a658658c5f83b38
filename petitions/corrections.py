"""A correction of something said before: the old value, the new one and what they are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from petitions.dates import FoundDate, find_dates
from petitions.names import find_name
from petitions.phones import BadPhone, Phone, find_phones

_NOT = re.compile(
    r"(?:chứ (?:không|ko|k|đâu)(?: phải)?(?: là)?|(?:không|ko|k|khong|hông) (?:phải|phai)(?: là| la)?|chu "
    r"(?:khong|ko|k)(?: phai)?|"
    r"not(?: on)?|instead of|thay vì|thay cho|nhầm là|ghi nhầm|ghi sai)\s*(?:ngày|ngay|hôm|số|so|the)?\s*$",
    re.IGNORECASE,
)
_TRIGGER = re.compile(
    r"(?<!\w)(?:nhầm|nham|ghi sai|ghi lộn|lộn|gõ sai|sửa|sua lai|đính chính|chứ không|chứ ko|chu khong|không "
    r"phải|khong phai|ko phải|k phải|mới đúng|"
    r"đúng là|actually|mistake|correction|i meant|not)(?!\w)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Correction:
    """`new` stands for `old` (None where only the new value is given), both as typed; for dates also as
    days."""

    what: Literal["date", "phone", "name", "text"]
    old: str | None
    new: str
    old_date: date | None = None
    new_date: date | None = None
    phone: Phone | BadPhone | None = None


def _denied(text: str, start: int) -> bool:
    return _NOT.search(text[max(0, start - 32) : start]) is not None


def _of_dates(text: str, today: date) -> Correction | None:
    found: list[FoundDate] = find_dates(text, today)
    wrong = [day for day in found if _denied(text, day.span[0])]
    right = [day for day in found if day not in wrong]
    if not right:
        return None
    old = wrong[0] if wrong else None
    new = right[-1]
    return Correction("date", old.raw if old else None, new.raw, old.date if old else None, new.date)


def read_correction(text: str, today: date) -> Correction | None:
    """What a message corrects: "nhận ngày 12/5 chứ không phải 10/5", "à nhầm, 0951 223 454", "sửa tên thành
    Lê Hoa".

    None where nothing is corrected, or only announced ("tôi ghi nhầm") without the right value.
    """
    if _TRIGGER.search(text) is None:
        return None
    phones = find_phones(text)
    right = [phone for phone in phones if not _denied(text, phone.span[0])]
    if right:
        wrong = [phone for phone in phones if phone not in right]
        old = wrong[0].raw if wrong else None
        return Correction("phone", old, right[-1].raw, phone=right[-1])
    of_dates = _of_dates(text, today)
    if of_dates is not None:
        return of_dates
    named = re.search(r"t[êe]n(?: tôi| em| mình)?(?: đúng)?(?: là| thành| l[àa])\s+", text, re.IGNORECASE)
    name = find_name(text[named.start() :], asked=True) if named else None
    if name is not None:
        return Correction("name", None, name)
    changed = re.search(
        r"(?:sửa|đổi|sua|doi)\s+(?P<old>.{2,60}?)\s+(?:thành|thanh|sang)\s+(?P<new>.{1,80})$|(?:sửa lại là|"
        r"sửa thành|đúng ra là|đúng là)\s+(?P<only>.{1,80})$",
        text.strip(),
        re.IGNORECASE,
    )
    if changed is None:
        return None
    return Correction("text", changed["old"], (changed["new"] or changed["only"]).strip(" .ạ"))
