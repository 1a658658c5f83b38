"""The number of a choice, as people type it: "2", "2.", "(2)", "số 2", "chọn hai", "２", "②"."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from petitions.text import fold

_WORDS: Final = {
    "một": 1, "hai": 2, "ba": 3, "bốn": 4, "năm": 5, "sáu": 6, "bảy": 7, "bẩy": 7, "tám": 8, "chín": 9, "mười": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
_BARE: Final = {"mot": 1, "hai": 2, "bon": 4}
"""Without diacritics these alone mean nothing else."""
_AFTER: Final = {fold(word): number for word, number in _WORDS.items()}
"""Behind "số" or "chọn" every word for a number is one, with or without diacritics."""
_DIGITS: Final = re.compile(r"[#(\[]?\s?(\d{1,2})\s?[)\]]?\s?[.,:]?")
_LED: Final = re.compile(
    r"(?:(?:em|toi|minh|cho|i|the)\s+)*"
    r"(?:(?:so|chon|muc|phuong an|lua chon|number|option|choose|pick|no\.?)\s+)+[#(]?([a-z]+|\d{1,2})\)?[.]?"
)
_TAIL: Final = re.compile(r"\s+(?:a|nhe|nha|di|thoi|please|voi)$")
_MARKS: Final = re.compile("[\ufe0e\ufe0f\u20e3]")
"""What makes an emoji of a digit."""
_LONGEST: Final = 24


def typed_number(text: str, *, led: bool = True, words: bool = True) -> int | None:
    """The number that the whole message is; None for anything else. 0 is one.

    `led`: also behind "số", "chọn" and the like, which are part of an answer where a place or a name is asked;
    `words`: also the words for one to ten.
    """
    plain = _MARKS.sub("", unicodedata.normalize("NFKC", text)).strip().lower()
    if not plain or len(plain) > _LONGEST:
        return None
    digits = _DIGITS.fullmatch(plain)
    if digits is not None:
        return int(digits[1])
    if words and plain.rstrip(".") in _WORDS:
        return _WORDS[plain.rstrip(".")]
    folded = _TAIL.sub("", fold(plain))
    if words and folded in _BARE:
        return _BARE[folded]
    if not led:
        return None
    found = _DIGITS.fullmatch(folded) or _LED.fullmatch(folded)
    if found is None:
        return None
    return int(found[1]) if found[1].isdecimal() else _AFTER.get(found[1])
