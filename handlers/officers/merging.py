"""What officers see of several petitions on one matter: on cards, in details, and before they agree to a merge."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers import cases, gathering
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.lists import paged
from handlers.officers.tokens import Press, to_base36, verb_of
from petitions.gathering import alike, matter_of, may_lead
from petitions.kinds import Action
from petitions.workflow import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from handlers.officers.room import Room
    from storage.records import PetitionRecord

MEMBERS: Final = "members"
"""Verb of the button that lists what is merged into a lead."""
_LISTED: Final = 200
_LINKS_SHOWN: Final = 10
_WORDS_OF: Final = 20
"""Members whose additions are shown in the details of their lead, those that said something last."""
_SHOWN: Final = 600


def may_know(room: Room, petition: PetitionRecord | None) -> bool:
    return officer_access(room.turn.facts.agency, petition, room.officer) is Access.FULL


def buttons_with(room: Room, petition: PetitionRecord, other: PetitionRecord) -> tuple[Button, ...]:
    """Merge the later of two petitions into the first, or link them, where this officer may and the table has it.
    What else stands against a merge is said when it is tried."""
    made = []
    first, later = sorted((petition, other), key=lambda each: each.id)
    fits = alike(first, later) and sealed(first) == sealed(later)
    leads = may_lead(first.kind, first.stage, first.outcome) or first.merged_into is not None
    if fits and leads and not later.members and _may(room, later, Action.MERGE):
        key = "merging.button_merge_this" if later.id == petition.id else "merging.button_merge_that"
        made.append(_named(room, key, Action.MERGE, later, first, shown=other))
    linked = other.id in room.turn.book.links_of(petition.id)
    if not linked and sealed(first) == sealed(later) and _may(room, petition, Action.LINK):
        made.append(_named(room, "merging.button_link", Action.LINK, petition, other, shown=other))
    return tuple(made)


def _named(
    room: Room,
    key: str,
    action: Action,
    petition: PetitionRecord,
    other: PetitionRecord,
    *,
    shown: PetitionRecord,
) -> Button:
    press = Press(verb_of(action), petition.id, to_base36(other.id))
    return Button(label=room.text(key, code=cards.shown_code(shown)), token=press.token)


def _may(room: Room, petition: PetitionRecord, action: Action) -> bool:
    try:
        cases.check(room.turn, petition, action, room.actor)
        gathering.check_possible(petition, action)
    except (Refused, cases.UnknownPetition):
        return False
    return True


def show_links(room: Room, petition: PetitionRecord) -> None:
    """The petitions this one is linked to and this officer may see; each opens, and the link can go."""
    book = room.turn.book
    known = book.petitions_by_id(book.links_of(petition.id))
    others = [known[other] for other in sorted(known, reverse=True) if may_know(room, known[other])]
    if not others:
        return
    rows = []
    for other in others[:_LINKS_SHOWN]:
        row = [_opens(room, other)]
        if _may(room, petition, Action.UNLINK):
            row.append(_named(room, "merging.button_unlink", Action.UNLINK, petition, other, shown=other))
        rows.append(tuple(row))
    title = room.text("merging.links_title", code=cards.shown_code(petition))
    lines = [_line(room, other) for other in others[:_LINKS_SHOWN]]
    room.send(
        Outgoing(title=title, text="\n".join(lines), rows=tuple(rows), protect=True), petition_id=petition.id
    )


def show_members(room: Room, lead: PetitionRecord, argument: str = "") -> None:
    """Everything merged into a lead, a button for each."""
    number = argument.removeprefix("p:")
    page = int(number) if number.isdigit() and len(number) < 4 else 0
    members = [m for m in room.turn.book.members(lead.id, most=_LISTED) if may_know(room, m)]
    if not members:
        room.refuse("merging.no_members")
        return
    size = room.turn.book.count_of_matter(lead.id)
    rows = paged(
        [_opens(room, member) for member in members],
        page,
        lambda to: Press(MEMBERS, lead.id, f"p:{to}").token,
        room.texts,
    )
    text = room.text(
        "merging.members", code=cards.shown_code(lead), petitions=size.petitions, people=size.people
    )
    room.send(Outgoing(text=text, rows=rows, protect=True), petition_id=lead.id)
    if room.in_group:
        room.acknowledge("officer.see_private")


def additions(room: Room, lead: PetitionRecord) -> Iterator[str]:
    """What the petitioners of merged petitions added, under the code of each."""
    if not lead.members:
        return
    told = room.turn.book.additions_to(lead.id, most=_WORDS_OF)
    for member, event in told:
        day = event.at.astimezone(room.turn.facts.agency.zone).date()
        words = str(event.content.get("text") or room.text("officer.files_only"))
        yield room.text(
            "merging.addition",
            code=cards.shown_code(member),
            date=cards.shown_date(day, room.texts),
            text=words if len(words) <= _SHOWN else f"{words[: _SHOWN - 1]}…",
        )


def what_happens(room: Room, petition: PetitionRecord, action: Action, linked: int | None) -> str:
    """Before the officer agrees: what a merge, or undoing it, does to both; empty for anything else."""
    if action is Action.UNMERGE and petition.merged_into is not None:
        lead = room.turn.book.petition(petition.merged_into)
        code = cards.shown_code(lead) if lead is not None else ""
        return room.text("merging.about_to_unmerge", code=cards.shown_code(petition), lead=code)
    other = room.turn.book.petition(linked) if action is Action.MERGE and linked is not None else None
    lead = room.turn.book.petition(matter_of(other)) if other is not None else None
    if lead is None or not may_know(room, lead):
        return ""
    size = room.turn.book.count_of_matter(lead.id)
    return room.text(
        "merging.about_to_merge",
        code=cards.shown_code(petition),
        lead=cards.shown_code(lead),
        stage=room.text(f"cards.stage_{lead.stage}"),
        petitions=size.petitions,
        people=size.people,
    )


def _opens(room: Room, petition: PetitionRecord) -> Button:
    label = room.text(
        "merging.open", code=cards.shown_code(petition), stage=room.text(f"cards.stage_{petition.stage}")
    )
    return Button(label=label, token=Press("case", petition.id).token)


def _line(room: Room, petition: PetitionRecord) -> str:
    return room.text(
        "merging.link_line",
        code=cards.shown_code(petition),
        topic=cards.topic_shown(room.turn, petition, room.texts),
        stage=room.text(f"cards.stage_{petition.stage}"),
    )
