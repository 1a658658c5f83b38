"""What the service made of a story when it was filed, with the words each guess rests on: for the officer who reads
the story and confirms or corrects it. Never on a card: those show no words of the story."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from handlers.messages import Outgoing
from handlers.officers import cards
from handlers.officers.access import unit_name
from petitions.agency import UnknownCode
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Action, Severity
from petitions.triage.suggester import SURE

if TYPE_CHECKING:
    from typing import Any

    from handlers.officers.room import Room
    from storage.records import EventRecord, PetitionRecord

_FIELDS: Final = ("kind", "topic", "unit", "severity")


def show(room: Room, petition: PetitionRecord) -> None:
    """One message; nothing for petitions filed before suggestions were kept."""
    lines = lines_of(room, room.turn.book.events(petition.id))
    if lines:
        room.send(
            Outgoing(
                title=room.text("officer.suggested_title"),
                text="\n".join([*lines, room.text("officer.suggested_note")]),
                protect=True,
            ),
            petition_id=petition.id,
        )


def lines_of(room: Room, events: Sequence[EventRecord]) -> list[str]:
    """What was suggested at the filing in this history, a line for each guess."""
    filed = next((event for event in events if event.action is Action.FILE), None)
    kept: dict[str, Any] = filed.content.get("suggested", {}) if filed is not None else {}
    lines = [_line(room, name, kept[name]) for name in _FIELDS if name in kept]
    return [line for line in lines if line]


def _line(room: Room, name: str, guess: Sequence[Any]) -> str:
    """ "Lĩnh vực: Karaoke (chưa chắc), vì người gửi viết “quán hát”"; nothing of what is not urgent."""
    value, sure = str(guess[0]), float(guess[1])
    if name == "severity" and value != Severity.URGENT:
        return ""
    words = str(guess[2]) if len(guess) > 2 else ""
    key = "officer.suggested_sure" if sure >= SURE else "officer.suggested_unsure"
    line = room.text(key, what=room.text(f"officer.suggested_{name}"), value=_named(room, name, value))
    return f"{line}{room.text('officer.suggested_why', words=words)}" if words else line


def _named(room: Room, name: str, value: str) -> str:
    if value.startswith(OUTSIDE):
        return cards.destination_shown(room.turn, value, room.texts)
    match name:
        case "kind":
            return room.text(f"cards.kind_{value}")
        case "unit":
            return unit_name(room.turn.facts.agency, value, room.texts.language)
        case "severity":
            return room.text("officer.suggested_urgent")
        case _:
            try:
                return room.turn.facts.agency.topic(value).name(room.texts.language)
            except UnknownCode:
                return value
