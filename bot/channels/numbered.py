"""`Outgoing` as plain text with numbered choices, for platforms without (enough) buttons.

A person answers with the number: it counts the buttons that have a token, row by row, from 1. Whoever reads
the answer counts `numbered_choices` the same way, so nothing here may leave one out or change their order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from bot.channels.cutting import SENTENCE_ENDS, cut, one_line, utf16, writable
from handlers.messages import Button, Outgoing

GAP: Final = "\n\n"
SIDE_BY_SIDE: Final = " · "


def numbered_choices(message: Outgoing) -> list[Button]:
    """The buttons with a token, in the order of their numbers: the first is number 1."""
    return [button for row in message.rows for button in row if button.token]


def numbered_text(
    message: Outgoing, *, limit: int, choices: bool = True, lines: Sequence[str] = ()
) -> list[str]:
    """Title, text, `lines` (the link of a file), numbered choices and links, as plain messages.

    Each has at most `limit` UTF-16 units and shows something; the list is empty only where there is nothing
    to say at all. The numbered list stands whole in the last one, behind the end of the text; only a list
    that is itself longer than `limit` is cut, between two lines. `choices=False` leaves out numbered lines
    and links (the platform shows real buttons).
    """
    title, body = writable(message.title).strip(), writable(message.text).strip()
    text = GAP.join(part for part in ("\n".join(p for p in (title, body) if p), "\n".join(lines)) if part)
    tail = "\n".join(_button_lines(message, limit)) if choices else ""
    if not tail:
        return cut(text, limit)
    if utf16(tail) > limit:
        return [*cut(text, limit), *_cut_lines(tail, limit)]
    return _with_tail(cut(text, limit), tail, limit)


def _button_lines(message: Outgoing, limit: int) -> list[str]:
    """`1. Label` for every choice, then `Label: https://…` for every link. First choices that are their own
    numbers (a rating) stand in one line."""
    labels = [one_line(button.label) or button.token for button in numbered_choices(message)]
    own = 0
    while own < len(labels) and labels[own] == str(own + 1):
        own += 1
    chosen = [SIDE_BY_SIDE.join(labels[:own])] if own > 1 else []
    chosen += [
        f"{number}. {label}" for number, label in enumerate(labels, start=1) if own < 2 or number > own
    ]
    links = [
        f"{one_line(button.label)}: {button.url}".removeprefix(": ")
        for row in message.rows
        for button in row
        if button.url
    ]
    return [cut(line, limit)[0] for line in chosen + links]


def _with_tail(pieces: list[str], tail: str, limit: int) -> list[str]:
    """The list under the last piece; where both do not fit, the last sentences go down with it."""
    if not pieces:
        return [tail]
    last = pieces[-1]
    room = limit - utf16(tail) - len(GAP)
    if utf16(last) <= room:
        return [*pieces[:-1], f"{last}{GAP}{tail}"]
    begin = _last_sentences(last, room)
    if begin is None:
        return [*pieces, tail]
    return [*pieces[:-1], last[:begin].strip(), f"{last[begin:].strip()}{GAP}{tail}"]


def _last_sentences(text: str, room: int) -> int | None:
    """Where the end of `text` begins that fits into `room` units and starts a paragraph, line or sentence.
    None where even the last sentence does not fit."""
    for marks in ((GAP,), ("\n",), SENTENCE_ENDS):
        begins = [position + len(mark) for mark in marks for position in _positions(text, mark)]
        fitting = [begin for begin in begins if 0 < utf16(text[begin:].strip()) <= room]
        if fitting:
            return min(fitting)
    return None


def _positions(text: str, mark: str) -> list[int]:
    return [position for position in range(1, len(text)) if text.startswith(mark, position)]


def _cut_lines(text: str, limit: int) -> list[str]:
    """Whole lines in pieces of at most `limit` units; no line is longer."""
    pieces: list[str] = []
    for line in text.split("\n"):
        if pieces and utf16(pieces[-1]) + 1 + utf16(line) <= limit:
            pieces[-1] += f"\n{line}"
        else:
            pieces.append(line)
    return pieces
