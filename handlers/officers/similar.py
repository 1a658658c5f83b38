"""Petitions that may be the same: a hint to the officer who opens a petition, with the reason; nothing is joined.

Of complaints and denunciations only the focal unit is told, and nobody of a case they may not see (Luật Tố cáo 2018
Đ8, Đ56; tests hold it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.messages import Outgoing
from handlers.officers import cards, merging
from handlers.officers.access import Access, in_unit, officer_access
from petitions.gathering import matter_of
from petitions.kinds import Kind
from petitions.matters import as_written

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionContent, PetitionRecord
    from storage.similar import SimilarCase

_OPEN_KINDS: Final = frozenset({Kind.RECOMMENDATION, Kind.FEEDBACK})
_LOOKED_AT: Final = 8
"""Similar petitions that are looked at: some may be hidden from this officer."""
SHOWN: Final = 3


def show(room: Room, petition: PetitionRecord, content: PetitionContent) -> None:
    """Similar petitions this officer may see, copies first; nothing is sent where there are none."""
    found = known(room, petition)
    if not found:
        return
    story = "\n".join(content.story)
    lines = [line_of(room, each, story) for each in found]
    rows = [merging.buttons_with(room, petition, each.petition) for each in found]
    room.send(
        Outgoing(
            title=room.text("similar.title", code=cards.shown_code(petition)),
            text="\n".join([*lines, room.text("similar.note")]),
            rows=tuple((button,) for row in rows for button in row),
            protect=True,
        ),
        petition_id=petition.id,
    )


def known(room: Room, petition: PetitionRecord) -> list[SimilarCase]:
    """The similar petitions this officer may know of, copies first; the nearest few. What is handled together already
    is not among them."""
    found = [
        each
        for each in room.turn.book.similar_to(petition, most=_LOOKED_AT)
        if matter_of(each.petition) != matter_of(petition) and _may_know(room, petition, each)
    ]
    return found[:SHOWN]


def _may_know(room: Room, petition: PetitionRecord, similar: SimilarCase) -> bool:
    agency, officer, other = room.turn.facts.agency, room.officer, similar.petition
    if officer is None or officer_access(agency, other, officer) is not Access.FULL:
        return False
    if {petition.kind, other.kind} <= _OPEN_KINDS:
        return True
    return in_unit(agency, officer, agency.focal_unit)


def line_of(room: Room, similar: SimilarCase, story: str) -> str:
    """One similar petition with the reason."""
    other = similar.petition
    words = ", ".join(as_written(term, story) for term in similar.reason)
    key = "similar.copy" if similar.copy else "similar.matter" if words else "similar.matter_plain"
    return room.text(
        key,
        code=cards.shown_code(other),
        topic=cards.topic_shown(room.turn, other, room.texts),
        stage=room.text(f"cards.stage_{other.stage}"),
        **({"words": words} if key == "similar.matter" else {}),
    )
