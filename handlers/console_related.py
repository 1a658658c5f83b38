"""The petitions a case has to do with: on record, and those that may be about the same matter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.officers import cards, merging, similar
from handlers.officers.access import Access, officer_access
from handlers.officers.tokens import action_of, parse

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionContent, PetitionRecord

MEMBERS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RelatedLine:
    """A petition this one has to do with, on record. `sort`: lead, member, link or earlier."""

    sort: str
    code: str
    shown: str
    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarLine:
    """A petition that may be about the same matter."""

    code: str
    words: str
    deeds: tuple[tuple[str, str, str, str], ...]
    """What can be done with both: words, code of the petition it is done to, action, code of the other one."""


def related_lines(room: Room, petition: PetitionRecord) -> tuple[RelatedLine, ...]:
    """What it is merged into, what is merged into it, and what it is linked with, as far as this officer may know."""
    book = room.turn.book
    ids = {petition.merged_into: "lead", petition.linked_to: "earlier"}
    ids |= dict.fromkeys(book.links_of(petition.id), "link")
    known = book.petitions_by_id([one for one in ids if one is not None])
    members = book.members(petition.id, most=MEMBERS_SHOWN) if petition.members else []
    pairs = [(ids[one.id], one) for one in known.values()] + [("member", one) for one in members]
    return tuple(
        RelatedLine(
            sort=sort,
            code=one.code,
            shown=cards.shown_code(one),
            stage=room.text(f"cards.stage_{one.stage}"),
        )
        for sort, one in pairs
        if officer_access(room.turn.facts.agency, one, room.officer) is not Access.NONE
    )


def matter_of(room: Room, petition: PetitionRecord) -> str:
    """How many petitions and people this one stands for; empty where only for itself."""
    if not petition.members:
        return ""
    count = room.turn.book.count_of_matter(petition.id)
    return room.text("cards.matter_size", petitions=count.petitions, people=count.people).lstrip("👥 ")


def similar_lines(room: Room, petition: PetitionRecord, content: PetitionContent) -> tuple[SimilarLine, ...]:
    """Petitions that may be about the same matter, as far as this officer may know of them."""
    story = "\n".join(content.story)
    return tuple(
        SimilarLine(
            code=each.petition.code,
            words=similar.line_of(room, each, story).lstrip("• "),
            deeds=_deeds(room, petition, each.petition),
        )
        for each in similar.known(room, petition)
    )


def _deeds(
    room: Room, petition: PetitionRecord, other: PetitionRecord
) -> tuple[tuple[str, str, str, str], ...]:
    """The chat's buttons for two petitions, as deeds of the console."""
    both = {petition.id: petition, other.id: other}
    deeds = []
    for button in merging.buttons_with(room, petition, other):
        press = parse(button.token)
        action = action_of(press.verb) if press is not None else None
        if press is None or action is None or press.petition_id not in both:
            continue
        done_to = both.pop(press.petition_id)
        deeds.append((button.label, done_to.code, action.value, next(iter(both.values())).code))
        both[done_to.id] = done_to
    return tuple(deeds)


def additions_of(room: Room, petition: PetitionRecord) -> tuple[str, ...]:
    """What the petitioners of merged petitions added."""
    return tuple(merging.additions(room, petition))
