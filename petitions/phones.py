"""Phone numbers as people type them.

Vietnamese numbers have ten digits (mobile 03x 05x 07x 08x 09x, landline 02x with ten or eleven); +84, 84 and
0084 stand for the leading 0. Groups may be parted by spaces, dots or dashes, digits may be full-width, and
the letter o may stand for 0. Numbers of other countries are taken with their +.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Problem = Literal["too_short", "too_long", "prefix"]


@dataclass(frozen=True, slots=True)
class Phone:
    """A usable number: `number` in national form ("0951223455") or with + for another country."""

    number: str
    raw: str
    span: tuple[int, int]


@dataclass(frozen=True, slots=True)
class BadPhone:
    """Meant as a phone number but not one; `digits` is what was read of it, to be shown to the writer."""

    raw: str
    digits: str
    problem: Problem
    span: tuple[int, int] = (0, 0)


MOBILE_PREFIXES = frozenset(
    f"0{first}{second}"
    for first, seconds in (
        ("3", "23456789"),
        ("5", "25689"),
        ("7", "06789"),
        ("8", "123456789"),
        ("9", "0123456789"),
    )
    for second in seconds
)
"""Three digits of mobile numbers in use, with 095, withdrawn from use, which people and samples still
write."""

_FULL_WIDTH = {ord("０") + n: str(n) for n in range(10)} | {ord("＋"): "+", ord("－"): "-", ord("．"): "."}
_CANDIDATE = re.compile(
    r"(?<![\w.+#-])(?:\(?\+\s?|\()?[0-9oO](?:[0-9oO]|[ .\-–()\u00a0\u2009]{1,3}(?=[0-9oO])){6,20}(?![\w])"
)
_MESSAGES_KEPT = 64
"""Messages whose numbers are kept in memory: a turn asks for them several times."""
_ENOUGH_DIGITS = re.compile(r"[0-9oO](?:[ .\-–()\u00a0\u2009]{0,3}[0-9oO]){6}")
"""What every number holds that is taken or reported: most texts have none, which is seen at once."""
_FULL_WIDTH_SIGN = re.compile("[０-９＋－．]")
_MONEY_AFTER = re.compile(
    r"\s*(?:đ\b|d\b|đồng|dong|vnd|vnđ|k\b|tr\b|triệu|trieu|nghìn|nghin|ngàn|ngan|tỷ|ty\b|usd|\$|m2|mét|met\b|"
    r"%)",
    re.IGNORECASE,
)
_NOT_PHONE_BEFORE = re.compile(
    r"(?:cccd|cmnd|cmt|căn cước|can cuoc|chứng minh|chung minh|hộ chiếu|ho chieu|passport|stk|tài khoản|tai "
    r"khoan|số tk|so tk|"
    r"mã hồ sơ|ma ho so|mã đơn|ma don|mã số|ma so|thẻ|the|biển số|bien so|mst|số hiệu|quyết định số|số "
    r"thẻ)\D{0,14}$",
    re.IGNORECASE,
)
_PHONE_BEFORE = re.compile(
    r"(?:điện thoại|dien thoai|đt|dt|sđt|sdt|số|so|phone|tel|mobile|zalo|gọi|goi|call|liên hệ|lien he|"
    r"hotline)\W{0,4}(?:\w+\W+){0,4}$",
    re.IGNORECASE,
)
_DATE = re.compile(r"^\d{1,2}([-./])\d{1,2}\1\d{2,4}$|^\d{4}([-./])\d{1,2}\2\d{1,2}$")
_THOUSANDS = re.compile(r"^[1-9]\d{0,2}(?:[. ]000)+$|^[1-9]\d{0,2}(?:\.\d{3}){2,}$")


def national_form(typed: str) -> Phone | BadPhone:
    """Judge one number by itself; the span covers all of it. Never raises."""
    text = typed.translate(_FULL_WIDTH)
    plus = text.lstrip(" (").startswith("+")
    digits = re.sub(r"[oO]", "0", re.sub(r"[^0-9oO]", "", text))
    span = (0, len(typed))
    if plus and not digits.startswith("84"):
        if 8 <= len(digits) <= 15 and digits[0] != "0":
            return Phone(f"+{digits}", typed, span)
        return BadPhone(typed, f"+{digits}", "too_short" if len(digits) < 8 else "too_long", span)
    if digits.startswith("0084"):
        digits = "0" + digits[4:].removeprefix("0")
    elif plus or (digits.startswith("84") and len(digits) in {10, 11, 12}):
        digits = "0" + digits[2:].removeprefix("0")
    elif len(digits) == 9 and "0" + digits[:2] in MOBILE_PREFIXES and digits[0] != "0":
        digits = "0" + digits
    if digits.startswith("00") and len(digits) > 11:
        return Phone("+" + digits[2:], typed, span)
    problem = _problem(digits)
    return Phone(digits, typed, span) if problem is None else BadPhone(typed, digits, problem, span)


def _problem(digits: str) -> Problem | None:
    lengths = {10, 11} if digits.startswith("02") else {10}
    if len(digits) < min(lengths):
        return "too_short"
    if len(digits) > max(lengths):
        return "too_long"
    known = digits.startswith("02") or digits[:3] in MOBILE_PREFIXES
    return None if known else "prefix"


def _is_number_of_something_else(text: str, start: int, end: int, raw: str) -> bool:
    if _DATE.match(raw) or _THOUSANDS.match(raw) or _MONEY_AFTER.match(text, end):
        return True
    return _NOT_PHONE_BEFORE.search(text[max(0, start - 40) : start]) is not None


def find_phones(text: str) -> list[Phone | BadPhone]:
    """Every number in the text that is, or is plainly meant as, a phone number, in reading order.

    Dates, sums of money, identity numbers and codes are left out. Spans are offsets in `text`.
    """
    return list(_numbers(text))


@lru_cache(maxsize=_MESSAGES_KEPT)
def _numbers(text: str) -> tuple[Phone | BadPhone, ...]:
    plain = text.translate(_FULL_WIDTH) if _FULL_WIDTH_SIGN.search(text) else text
    if _ENOUGH_DIGITS.search(plain) is None:
        return ()
    found: list[Phone | BadPhone] = []
    for match in _CANDIDATE.finditer(plain):
        raw = match.group().rstrip(" .-–()")
        start, end = match.start(), match.start() + len(raw)
        digits = re.sub(r"[^0-9oO]", "", raw)
        if _is_number_of_something_else(plain, start, end, raw) or not re.search(r"\d{2}", raw):
            continue
        read = national_form(raw)
        said = _PHONE_BEFORE.search(plain[max(0, start - 40) : start]) is not None
        if isinstance(read, Phone):
            if (
                len(digits) == 12
                and not raw.lstrip("(").startswith("+")
                and not digits.startswith(("84", "0084"))
            ):
                continue
            found.append(Phone(read.number, text[start:end], (start, end)))
        elif _meant(read, said=said):
            found.append(BadPhone(text[start:end], read.digits, read.problem, (start, end)))
    return tuple(found)


def _meant(bad: BadPhone, *, said: bool) -> bool:
    """A wrong number that was surely meant as a phone: it begins like one, or the words before say so."""
    length = len(bad.digits)
    mobile_like = bad.digits[:3] in MOBILE_PREFIXES or bad.digits.startswith(("02", "+"))
    if length == 12 and not said:
        return False
    return (mobile_like and 8 <= length <= 12) or (said and bad.digits.startswith("0") and 7 <= length <= 13)


def read_phone(text: str) -> Phone | BadPhone | None:
    """The number in an answer that should be a phone number; the last good one where several stand there.

    "à nhầm, 0951 223 454", "12345" (bad: too short). None where there are hardly any digits.
    """
    found = find_phones(text)
    good = [phone for phone in found if isinstance(phone, Phone)]
    if good:
        return good[-1]
    if found:
        return found[-1]
    plain = text.translate(_FULL_WIDTH)
    match = re.search(r"(?<!\w)\(?\+?\d[\d .\-–()]*\d(?!\w)", plain)
    if match is None or _DATE.match(match.group()) or _MONEY_AFTER.match(plain, match.end()):
        return None
    digits = re.sub(r"\D", "", match.group())
    if len(digits) < 5:
        return None
    read = national_form(match.group())
    if isinstance(read, Phone):
        return None if len(digits) == 12 else Phone(read.number, match.group(), match.span())
    return BadPhone(match.group(), read.digits, read.problem, match.span())
