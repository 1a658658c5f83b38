"""Text as people send it, made safe to keep (`clean`) and easy to compare (`fold`)."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LINE_ENDS: Final = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")

# Control characters (but newline and tab), soft hyphen, zero-width and bidirectional controls, interlinear
# marks, tag characters, lone surrogates and non-characters. ZWJ (U+200D) is dealt with apart.
_INVISIBLE_RANGES: Final = (
    "\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad"
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200c\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufdd0-\ufdef\ufffe\uffff"
    "\ud800-\udfff\U000e0000-\U000e0fff"
)
_INVISIBLE: Final = re.compile(f"[{_INVISIBLE_RANGES}]")
_INVISIBLE_SPACE: Final = re.compile("[\x1c-\x1f]")
"""Invisible characters at which Python would cut words: they vanish, and what stands around is one word."""
_JOINERS: Final = re.compile("\u200d+")
_MARKS: Final = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f"
    f"\u200d{_INVISIBLE_RANGES}]"
)


_TOKEN_KEPT: Final = 32
"""Characters of a word whose folded form is kept; nobody's words are longer."""


def _is_pictograph(character: str) -> bool:
    """A character that a ZWJ may join into one emoji: symbols, skin tones, the emoji variation selector."""
    return character == "\ufe0f" or unicodedata.category(character) in {"So", "Sk", "Sm"}


def _joiner(match: re.Match[str]) -> str:
    text, start, end = match.string, match.start(), match.end()
    inside = start > 0 and end < len(text) and _is_pictograph(text[start - 1]) and _is_pictograph(text[end])
    return "\u200d" if inside else ""


def clean(text: str) -> str:
    """The text as it is kept: every visible letter of it, and nothing that hides or breaks.

    NFC; line ends become ``\\n``; control characters other than newline and tab, bidirectional controls,
    zero-width and other invisible characters are dropped (a ZWJ that joins two emoji stays); outer white
    space is stripped. Cleaning twice changes nothing.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    if "\u200d" in text:
        text = _JOINERS.sub(_joiner, text)
    return unicodedata.normalize("NFC", text).strip()


def fold(text: str) -> str:
    """The text for matching only: lower case, without diacritics, đ as d, single spaces (also for new lines).

    Compatibility forms (full-width or mathematical letters) become plain ones, invisible characters go, so
    that "Khiếu\u200b nại", "KHIEU NAI" and "khiếu nại" all compare equal. Folding twice changes nothing.
    """
    return _fold(text)


@lru_cache(maxsize=64)
def _fold(text: str) -> str:
    if _INVISIBLE_SPACE.search(text):
        return _fold_token(text)
    folds = [
        _known_fold(token) if len(token) <= _TOKEN_KEPT else _fold_token(token) for token in text.split()
    ]
    return " ".join([folded for folded in folds if folded])


def _fold_token(token: str) -> str:
    """One word, folded by itself: no rule of Unicode looks over a space."""
    if token.isascii():
        return " ".join(_INVISIBLE.sub("", token).lower().split())
    token = unicodedata.normalize("NFKD", token).lower()
    token = unicodedata.normalize("NFKD", token)  # lower case can bring out a new composed letter
    return " ".join(_MARKS.sub("", token).replace("đ", "d").split())


_known_fold = lru_cache(maxsize=8192)(_fold_token)
"""The folded words of all texts: most come again and again."""
