"""Where it happened, as a card may say it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from petitions.phones import find_phones
from petitions.text import fold

if TYPE_CHECKING:
    from storage.records import PetitionContent, PetitionRecord

_SHOWN: Final = 120


def public_place(petition: PetitionRecord, content: PetitionContent) -> str:
    """Where it happened, as a group may read it: no home, no name, no phone that slipped into the answer."""
    place = content.place
    if petition.discreet or fold(place) == fold(content.address):
        return ""
    if content.name and fold(content.name) in fold(place):
        return ""
    for phone in reversed(find_phones(place)):
        place = place[: phone.span[0]] + "…" + place[phone.span[1] :]
    return place


def short(words: str) -> str:
    """Words in one line, cut where they are long."""
    line = " ".join(words.split())
    return line if len(line) <= _SHOWN else line[: _SHOWN - 1].rstrip() + "…"
