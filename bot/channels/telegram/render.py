"""`Outgoing` as pieces of HTML within Telegram's limits (Telegram reference 1.8, 1.12)."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from html import escape
from typing import Final

from handlers.messages import Outgoing

MAX_TEXT: Final = 4096
"""UTF-16 units of a message; the server may count code points, which are never more."""
MAX_CAPTION: Final = 1024
MAX_SPANS: Final = 90
"""Formatted parts in one message; the server keeps 100 and drops the rest."""
BLANK_LETTERS: Final = frozenset("\u115f\u1160\u2800\u3164\uffa0")


@dataclass(frozen=True, slots=True)
class Span:
    """Part `start`–`end` (code points) of the text, shown in `tag` (`b` or `code`)."""

    start: int
    end: int
    tag: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One message's words, as HTML and (should the server not understand that) plain."""

    html: str
    plain: str


def utf16(text: str) -> int:
    """Length in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shows_something(text: str) -> bool:
    """False for what the server refuses as empty: spaces, controls and invisible characters only."""
    return any(char not in BLANK_LETTERS and unicodedata.category(char)[0] not in "ZC" for char in text)


def pieces(message: Outgoing, *, limit: int = MAX_TEXT) -> list[Piece]:
    """Title and text cut at sentence or paragraph ends into pieces of at most `limit` units."""
    text, spans = _marked(message)
    return [
        piece
        for start, end in _cuts(text, spans, limit)
        if shows_something((piece := _piece(text, spans, start, end)).plain)
    ]


def _marked(message: Outgoing) -> tuple[str, list[Span]]:
    """The whole text and its formatted parts, in order and not overlapping."""
    title = _writable(message.title).strip()
    body = _writable(message.text).strip()
    text = f"{title}\n\n{body}" if title and body else title or body
    spans = [Span(0, len(title), "b")] if title else []
    found: list[Span] = []
    begin = len(text) - len(body)
    for part in sorted({_writable(part).strip() for part in message.monospace}, key=len, reverse=True):
        position = text.find(part, begin) if part else -1
        while position >= 0:
            span = Span(position, position + len(part), "code")
            if all(span.end <= other.start or span.start >= other.end for other in found):
                found.append(span)
            position = text.find(part, span.end)
    return text, spans + sorted(found, key=lambda span: span.start)


def _writable(text: str) -> str:
    """Without what cannot be encoded (lone surrogates) and what the server drops or blanks anyway."""
    if not text.isprintable():
        text = "".join(
            char if char >= " " or char in "\n\t" else "" if char == "\r" else " " for char in text
        )
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def _piece(text: str, spans: list[Span], start: int, end: int) -> Piece:
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end = start + len(words.strip())
    html: list[str] = []
    position = start
    used = 0
    for span in spans:
        left, right = max(span.start, start), min(span.end, end)
        if left >= right or used >= MAX_SPANS:
            continue
        used += 1
        html += (escape(text[position:left], quote=False), f"<{span.tag}>",
                 escape(text[left:right], quote=False), f"</{span.tag}>")  # fmt: skip
        position = right
    html.append(escape(text[position:end], quote=False))
    return Piece("".join(html), text[start:end])


def _cuts(text: str, spans: list[Span], limit: int) -> list[tuple[int, int]]:
    cuts: list[tuple[int, int]] = []
    start = 0
    while start < len(text):
        end = start + _fitting(text[start : start + limit], limit)
        if end < len(text):
            end = start + _good_end(text[start : end + 1])
            end = _outside_spans(spans, start, end)
        cuts.append((start, end))
        start = end
    return cuts


def _fitting(window: str, limit: int) -> int:
    """How many leading characters of `window` have at most `limit` UTF-16 units."""
    if utf16(window) <= limit:
        return len(window)
    count = units = 0
    for char in window:
        units += 2 if char > "\uffff" else 1
        if units > limit:
            break
        count += 1
    return count


def _good_end(window: str) -> int:
    """Where to cut within `window`, whose last character no longer fits: paragraph, line, sentence, word."""
    most = len(window) - 1
    least = most // 2
    for mark in ("\n\n", "\n"):
        if (found := window.rfind(mark, least)) > 0:
            return min(found + len(mark), most)
    sentence = max(window.rfind(mark, least, most + 1) for mark in (". ", "! ", "? ", "… ", "; "))
    if sentence > 0:
        return min(sentence + 2, most)
    if (found := window.rfind(" ", least)) > 0:
        return min(found + 1, most)
    end = most
    while end > max(least, 1) and _joins(window[end - 1], window[end]):
        end -= 1
    return end


def _joins(before: str, char: str) -> bool:
    """True where a cut between the two would tear one visible character (accents, ZWJ emoji, flags)."""
    return (
        char in "\u200d\ufe0f\u20e3"
        or before == "\u200d"
        or unicodedata.combining(char) > 0
        or "\U0001f3fb" <= char <= "\U0001f3ff"
    )


def _outside_spans(spans: list[Span], start: int, end: int) -> int:
    """Move a cut in front of a fixed-width part it would tear, unless the piece would be nearly empty."""
    for span in spans:
        if span.tag == "code" and span.start < end < span.end and span.start > start:
            return span.start
    return end
