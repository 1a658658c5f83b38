"""Announcements at the console: who administers the service writes, publishes and withdraws them, each on record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import announcements
from handlers.console_office import NotAllowed, Wrong, may_manage
from petitions.text import clean

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.officers.room import Room
    from storage.announcements import Announcement

LONGEST_TITLE: Final = 150
LONGEST_TEXT: Final = 6000
_FIELDS: Final = ("title", "text", "title_en", "text_en")


def written(room: Room) -> list[Announcement]:
    """All announcements, the newest first. Raises NotAllowed."""
    _check(room)
    return room.turn.book.announcements()


def put(room: Room, announcement_id: int | None, form: Mapping[str, str]) -> int:
    """A new draft, or other words in one; gives its id. Raises NotAllowed, Wrong."""
    _check(room)
    words = {name: clean(form.get(name, "")) for name in _FIELDS}
    if not words["title"] or not words["text"]:
        raise Wrong("console_announcements.wrong_empty")
    if bool(words["title_en"]) != bool(words["text_en"]):
        raise Wrong("console_announcements.wrong_english")
    if any(len(words[name]) > LONGEST_TITLE for name in ("title", "title_en")):
        raise Wrong("console_announcements.wrong_title")
    if any(len(words[name]) > LONGEST_TEXT for name in ("text", "text_en")):
        raise Wrong("console_announcements.wrong_text")
    made = room.turn.book.put_announcement(announcement_id, words, room.officer.id)
    if made is None:
        raise Wrong("console_announcements.wrong_published")
    _note(room, "announcement" if announcement_id is None else "change_announcement", made, **words)
    return made


def publish(room: Room, announcement_id: int) -> None:
    """Everybody may read it, and who asked for announcements is told. Raises NotAllowed, Wrong."""
    told = _known(room, announcement_id)
    if not room.turn.book.publish_announcement(announcement_id):
        raise Wrong("console_announcements.wrong_published")
    announcements.begin(room.turn, announcement_id)
    _note(room, "publish_announcement", announcement_id, title=told.title)


def withdraw(room: Room, announcement_id: int) -> None:
    """Nobody reads it on the page any more, and who was not told yet is not told. Raises NotAllowed, Wrong."""
    told = _known(room, announcement_id)
    if not room.turn.book.withdraw_announcement(announcement_id):
        raise Wrong("console_announcements.wrong_withdrawn")
    _note(room, "withdraw_announcement", announcement_id, title=told.title)


def _known(room: Room, announcement_id: int) -> Announcement:
    _check(room)
    found = room.turn.book.announcement(announcement_id)
    if found is None:
        raise NotAllowed
    return found


def _check(room: Room) -> None:
    if not may_manage(room.officer):
        raise NotAllowed


def _note(room: Room, what: str, announcement_id: int, **content: object) -> None:
    room.turn.book.note_change(room.officer, what, {"announcement": announcement_id} | content)
