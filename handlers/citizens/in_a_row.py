"""Files that a platform brings one by one: those sent in a row are one answer, as an album is.

The answer waits until no more of them comes; what is said in between takes its place and tells of them first.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from handlers.citizens import emergency
from handlers.citizens.chat import Chat, base36
from handlers.citizens.state import FileRow
from handlers.messages import FileKind, Files, Text
from petitions.danger import find_danger

QUIET: Final = timedelta(seconds=3)
"""How long it must be quiet after a file where nobody says which were sent together."""
_ROWED: Final = frozenset({FileKind.PHOTO, FileKind.DOCUMENT, FileKind.VIDEO})
"""A recording is an answer of its own."""


def joined(chat: Chat, content: Files) -> Files:
    """The files as part of an album: the platform's own, or the row they are sent in where it names none."""
    if chat.turn.capabilities.albums or content.album:
        return content
    if content.files[0].kind not in _ROWED or emergency.is_on(chat):
        end(chat)
        return content
    now, row = chat.turn.now, chat.me.row
    if row is None or now - row.at > QUIET:
        row = FileRow(key=f"row{base36(int(now.timestamp() * 1000))}", at=now)
    row.at, row.count = now, row.count + 1
    chat.me.row = row
    return replace(content, album=row.key)


def is_first(chat: Chat, content: Files) -> bool:
    """Whether these files begin a row; False for a part of a platform's own album."""
    row = chat.me.row
    return row is not None and row.key == content.album and row.count == 1


def quiet(chat: Chat, content: Files) -> timedelta | None:
    """How long the answer to these files waits for more of them; None where it does not."""
    if not content.album:
        return None
    row = chat.me.row
    own = row is not None and row.key == content.album
    return max(QUIET, chat.turn.facts.album_quiet) if own else chat.turn.facts.album_quiet


def says(chat: Chat, content: Files, line: str) -> str:
    """What the waiting answer to a row says before its question: what was to be said first at any of its
    files, and how many came."""
    row = chat.me.row
    if row is None or row.key != content.album:
        return line
    row.first = [*row.first, *(lead for lead in chat.leads if lead not in row.first)]
    chat.leads.clear()
    row.said = "\n\n".join([*row.first, line])
    return row.said


def end(chat: Chat) -> None:
    """Something else is said: what the waiting answer would have told comes first, and once.

    Before a call for help nothing comes first.
    """
    row, chat.me.row = chat.me.row, None
    if row is None or chat.turn.now - row.at >= QUIET:
        return
    chat.instead_of = f"album:{row.key}"
    content = chat.turn.incoming.content
    danger = find_danger(content.text) if isinstance(content, Text) else None
    if not emergency.is_on(chat) and (danger is None or danger.level != "now"):
        chat.lead_text(row.said)
