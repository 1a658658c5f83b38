"""Answers to "name, phone, address?", which people give in any order and often all at once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from petitions.names import find_name
from petitions.phones import BadPhone, Phone, find_phones, read_phone
from petitions.places import find_address, find_place
from petitions.text import fold


@dataclass(frozen=True, slots=True)
class ContactLine:
    """What was read of one message. `note` says whose phone it is where it is not the writer's ("cháu nội",
    "mẹ")."""

    name: str | None = None
    phone: Phone | BadPhone | None = None
    address: str | None = None
    note: str | None = None


_LONGEST = 1500
"""Characters looked at: an answer to "name and phone?" is no longer."""
_RELATION = (
    r"cháu nội|cháu ngoại|cháu gái|cháu trai|con gái|con trai|con rể|con dâu|em gái|em trai|chị gái|anh trai|"
    r"chị dâu|anh rể|"
    r"mẹ đẻ|mẹ chồng|mẹ vợ|bố đẻ|bố chồng|bố vợ|hàng xóm|đồng nghiệp|cô giáo|trưởng thôn|luật sư|người nhà|"
    r"người thân|"
    r"mẹ|bố|ba|má|chồng|vợ|con|cháu|bạn|dì|cậu|mợ|thím|bác|chú|cô|ông|bà|anh|chị"
)
_RELATION_BARE = fold(_RELATION)
_WHOSE = re.compile(
    rf"(?:số|sđt|sdt|đt|điện thoại|so|dien thoai|số máy|máy)(?: điện thoại| dien thoai| zalo| của| cua| "
    rf"thằng| thang| con| đứa| dua| nhà| em| bé| be)*? "
    rf"(?P<who>{_RELATION}|{_RELATION_BARE})(?!\w)",
    re.IGNORECASE,
)
_OF_AFTER = re.compile(
    rf"^\W{{0,3}}(?:\(|là số|la so|số|so|của|cua|-)\s*(?:số |của |cua )?(?:thằng |con |đứa "
    rf")?(?P<who>{_RELATION})(?!\w)",
    re.IGNORECASE,
)
_OWN = re.compile(
    r"(?:số|sđt|sdt|đt|dt|điện thoại|so|dien thoai)(?: điện thoại| dien thoai| của| cua)? ?(?:tôi|toi|em|"
    r"mình|minh|mk|cháu|tao|tui|của tôi)(?!\w)",
    re.IGNORECASE,
)
_SELF_WORDS = frozenset(
    {
        "anh",
        "chị",
        "ông",
        "bà",
        "cô",
        "chú",
        "bác",
        "cháu",
        "con",
        "chi",
        "ong",
        "ba",
        "co",
        "chu",
        "bac",
        "chau",
    }
)
"""What people call themselves and others: with the number of one's own "số ông" no note is wanted."""
_FORBIDDEN = re.compile(
    r"(?:đừng|dung|không|khong|ko|k|chớ|do not|don'?t) (?:gọi|goi|nhắn|nhan|liên hệ|call|text)|(?:nhầm|nham|"
    r"không phải|khong phai) số",
    re.IGNORECASE,
)
_FRIEND = re.compile(
    r"(?:là|la) (?P<who>bạn|ban|con|cháu|chồng|vợ|em|chị|anh|hướng dẫn viên|hdv|đồng nghiệp) (?:của |cua "
    r")?(?:cô|anh|chị|bạn|ông|bà|co) (?:ấy|ay)",
    re.IGNORECASE,
)
_THIRD_NAME = re.compile(r"(?:cô|anh|chị|bạn|ông|bà|co|ban) (?:ấy|ay) t[êe]n", re.IGNORECASE)


def _before(text: str, phone: Phone | BadPhone, limit: int = 60) -> str:
    """The words before the number in its own clause."""
    before = text[max(0, phone.span[0] - limit) : phone.span[0]]
    return re.split(r"[,;.\n:](?=\s)|\n", before.rstrip(" :"))[-1]


def _best_phone(text: str) -> Phone | BadPhone | None:
    found = find_phones(text)
    allowed = [phone for phone in found if not _FORBIDDEN.search(_before(text, phone))] or found
    own = [phone for phone in allowed if _OWN.search(_before(text, phone))]
    good = [phone for phone in (own or allowed) if isinstance(phone, Phone)]
    pool = good or own or allowed
    if not pool:
        return None
    return pool[-1] if _FORBIDDEN.search(text) or re.search(r"nhầm|nham", text) else pool[0]


def _whose(text: str, phone: Phone | BadPhone) -> str | None:
    before = _before(text, phone)
    if not _OWN.search(before):
        match = _WHOSE.search(before) or _OF_AFTER.search(text[phone.span[1] : phone.span[1] + 30])
        if match is not None:
            who = match["who"].lower()
            if who not in _SELF_WORDS or re.search(
                rf"{who} (?:em|tôi|mình|cháu|toi)\b", before, re.IGNORECASE
            ):
                return who
    friend = _FRIEND.search(text)
    if friend is not None:
        return friend["who"].lower()
    return "người nhắn" if _THIRD_NAME.search(text) and _OWN.search(before) else None


def read_contact_line(text: str, *, asked_for: frozenset[str]) -> ContactLine:
    """All that is given of name, phone and address in one message.

    `asked_for` holds what the pending question wants ("name", "phone", "address"): only there a bare name or
    a bare address counts, and a number that is no good is reported as a wrong phone instead of being passed
    over.
    """
    text = text[:_LONGEST]
    phone: Phone | BadPhone | None = _best_phone(text)
    if phone is None and "phone" in asked_for and not {"name", "address"} & asked_for:
        phone = read_phone(text)
    name = find_name(text, asked="name" in asked_for)
    address = find_address(text)
    if address is None and asked_for == frozenset({"address"}) and phone is None:
        address = find_place(text, asked=True)
    if address is not None and name is not None and address.startswith(name):
        address = None
    return ContactLine(name, phone, address, _whose(text, phone) if phone is not None else None)
