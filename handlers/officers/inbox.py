"""/inbox and /case: an officer's work and one case of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from handlers.messages import Button, Outgoing
from handlers.officers import cards, history
from handlers.officers.access import Access, officer_access, same_unit, sealed, unit_name
from handlers.officers.lists import paged
from handlers.officers.tokens import Press
from petitions.codes import BadCode, TrackingCode, find_codes

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import PetitionRecord

MOST: Final = 240
"""Open cases looked at for one list; more than that is work for the console."""


def show(room: Room, argument: str = "") -> None:
    """The officer's own cases, or the unit's. `argument`: `mine` or `unit`, with `:<page>`.

    Without one, who has no case of their own sees what waits in the unit: a head's work is there.
    """
    which, _, number = argument.partition(":")
    page = int(number) if number.isdigit() and len(number) < 4 else 0
    found = _of_unit(room) if which == "unit" else _mine(room)
    if not found and which not in ("mine", "unit"):
        found = _of_unit(room)
        which = "unit" if found else "mine"
    which = which if which == "unit" else "mine"
    other = "unit" if which == "mine" else "mine"
    buttons = [
        Button(label=_label(room, petition), token=Press("case", petition.id).token) for petition in found
    ]
    rows = paged(buttons, page, lambda to: Press("inbox", 0, f"{which}:{to}").token, room.texts)
    switch = Button(label=room.text(f"officer.button_{other}"), token=Press("inbox", 0, other).token)
    key = f"officer.inbox_{which}" if found else f"officer.inbox_{which}_empty"
    unit = unit_name(room.turn.facts.agency, room.officer.unit, room.texts.language)
    text = room.text(key, number=len(found), unit=unit)
    room.send(Outgoing(text=text, rows=(*rows, (switch,)), protect=True))


def show_by_code(room: Room, typed: str) -> None:
    """/case CODE. A code that is unknown and one that is not for this officer are answered alike."""
    code = _code(typed)
    if code is None:
        room.say("officer.case_needs_code" if not typed.strip() else "officer.case_bad_code")
        return
    petition = room.turn.book.petition_by_code(code)
    if petition is None or officer_access(room.turn.facts.agency, petition, room.officer) is Access.NONE:
        room.say("officer.unknown_case")
        return
    show_case(room, petition)


def show_case(room: Room, petition: PetitionRecord) -> None:
    """The case's card as a new message; from now on this one is kept up to date, not an older one above."""
    if room.turn.book.card(petition.id, room.contact.id) is not None:
        room.turn.book.set_card(petition.id, room.contact.id, "")
    card = replace(cards.private_card(room.turn, petition, room.officer, room.texts), fresh=True)
    told = history.last_outcome(room, petition)
    if told:
        card = replace(card, text=f"{card.text}\n{told}")
    room.send(card, petition_id=petition.id, card_of=petition.id)


def waiting(room: Room) -> int:
    """How many open cases of the unit this officer may see."""
    return len(_of_unit(room))


def _code(typed: str) -> str | None:
    try:
        return TrackingCode.parse(typed).value
    except BadCode:
        found = find_codes(typed)
        return found[0].code.value if found and found[0].code is not None else None


def _mine(room: Room) -> list[PetitionRecord]:
    return room.turn.book.work_of(unit=None, officer_id=room.officer.id, limit=MOST)


def _of_unit(room: Room) -> list[PetitionRecord]:
    """The unit's open cases, with those of units it succeeded, without what is sealed from this officer."""
    agency = room.turn.facts.agency
    found = [
        petition
        for unit in agency.units
        if same_unit(agency, unit.code, room.officer.unit)
        for petition in room.turn.book.work_of(unit=unit.code, officer_id=None, limit=MOST)
    ]
    return [p for p in found if officer_access(agency, p, room.officer) is not Access.NONE]


def _label(room: Room, petition: PetitionRecord) -> str:
    """Code, stage and date; of a sealed case no more than that either."""
    due = cards.shown_date(petition.due_on, room.texts) if petition.due_on else room.text("officer.no_date")
    key = "officer.inbox_line_sealed" if sealed(petition) else "officer.inbox_line"
    stage = room.text(f"cards.stage_{petition.stage}")
    return room.text(key, code=cards.shown_code(petition), stage=stage, date=due)
