"""Plain words within a platform's limits: what can be written, how long it is, where it may be cut."""

from __future__ import annotations

import unicodedata
from typing import Final

BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")
SENTENCE_ENDS: Final = (". ", "! ", "? ", "… ", "; ")


def utf16(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shows_something(text: str) -> bool:
    """False for what a platform refuses as empty: spaces, controls and invisible characters only."""
    return any(char not in BLANK_LETTERS and unicodedata.category(char)[0] not in "ZC" for char in text)


def writable(text: str) -> str:
    """Without what cannot be encoded (lone surrogates) and what platforms drop or blank (controls)."""
    if not text.isprintable():
        text = "".join(
            char if char >= " " or char in "\n\t" else "" if char == "\r" else " " for char in text
        )
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def one_line(text: str) -> str:
    return " ".join(writable(text).split())


def cut(text: str, limit: int) -> list[str]:
    """The text at paragraph, line, sentence or word ends in pieces of at most `limit` UTF-16 units."""
    found: list[str] = []
    rest = text.strip()
    while rest:
        end = fitting(rest, limit)
        if end < len(rest):
            end = good_end(rest[: end + 1])
        found.append(rest[:end].strip())
        rest = rest[end:].strip()
    return [piece for piece in found if shows_something(piece)]


def fitting(text: str, limit: int) -> int:
    """How many leading characters of `text` have at most `limit` UTF-16 units."""
    window = text[:limit]
    if utf16(window) <= limit:
        return len(window)
    count = units = 0
    for char in window:
        units += 2 if char > "\uffff" else 1
        if units > limit:
            break
        count += 1
    return count


def good_end(window: str) -> int:
    """Where to cut within `window`, whose last character no longer fits: paragraph, line, sentence, word.
    Never before the middle, and never inside one visible character."""
    most = len(window) - 1
    least = most // 2
    for mark in ("\n\n", "\n"):
        if (found := window.rfind(mark, least)) > 0:
            return min(found + len(mark), most)
    sentence = max(window.rfind(mark, least, most + 1) for mark in SENTENCE_ENDS)
    if sentence > 0:
        return min(sentence + 2, most)
    if (found := window.rfind(" ", least)) > 0:
        return min(found + 1, most)
    end = most
    while end > max(least, 1) and _joins(window[end - 1], window[end]):
        end -= 1
    return max(end, 1)


def _joins(before: str, char: str) -> bool:
    """True where a cut between the two would tear one visible character (accents, ZWJ emoji, flags)."""
    return (
        char in "\u200d\ufe0f\u20e3"
        or before == "\u200d"
        or unicodedata.combining(char) > 0
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )
