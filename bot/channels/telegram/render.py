"""`Outgoing` as pieces of HTML within Telegram's limits (Telegram reference 1.8, 1.12)."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Final

from bot.channels.cutting import fitting, good_end, shows_something, writable
from handlers.messages import Outgoing

MAX_TEXT: Final = 4096
"""UTF-16 units of a message; the server may count code points, which are never more."""
MAX_CAPTION: Final = 1024
MAX_SPANS: Final = 90
"""Formatted parts in one message; the server keeps 100 and drops the rest."""


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
    title = writable(message.title).strip()
    body = writable(message.text).strip()
    text = f"{title}\n\n{body}" if title and body else title or body
    spans = [Span(0, len(title), "b")] if title else []
    found: list[Span] = []
    begin = len(text) - len(body)
    for part in sorted({writable(part).strip() for part in message.monospace}, key=len, reverse=True):
        position = text.find(part, begin) if part else -1
        while position >= 0:
            span = Span(position, position + len(part), "code")
            if all(span.end <= other.start or span.start >= other.end for other in found):
                found.append(span)
            position = text.find(part, span.end)
    return text, spans + sorted(found, key=lambda span: span.start)


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
        end = start + fitting(text[start : start + limit], limit)
        if end < len(text):
            end = start + good_end(text[start : end + 1])
            end = _outside_spans(spans, start, end)
        cuts.append((start, end))
        start = end
    return cuts


def _outside_spans(spans: list[Span], start: int, end: int) -> int:
    """Move a cut in front of a fixed-width part it would tear, unless the piece would be nearly empty."""
    for span in spans:
        if span.tag == "code" and span.start < end < span.end and span.start > start:
            return span.start
    return end
