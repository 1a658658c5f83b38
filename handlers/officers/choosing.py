"""Choosing a colleague or another unit for a petition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers import competence
from handlers.messages import Button
from handlers.officers import cards, routing_lines
from handlers.officers.access import unit_today
from handlers.officers.lists import paged
from handlers.officers.tokens import Press, to_base36

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import OfficerRecord, PetitionRecord


def page_of(argument: str) -> int:
    """The page that `p:<number>` asks for; the first for no argument."""
    number = argument.removeprefix("p:")
    return int(number) if number.isdigit() and len(number) < 4 else 0


def offer_colleagues(room: Room, petition: PetitionRecord, argument: str) -> None:
    """The active officers of the answerable unit; those away are marked with the day they return."""
    unit = unit_today(room.turn.facts.agency, petition.unit)
    colleagues = sorted(room.turn.book.officers(unit=unit), key=lambda officer: officer.name)
    buttons = [
        Button(
            label=_colleague(room, officer), token=Press("assign", petition.id, to_base36(officer.id)).token
        )
        for officer in colleagues
        if officer.id != petition.officer_id and not competence.is_accused(petition, officer)
    ]
    if not buttons:
        room.refuse("officer.no_colleagues")
        return
    rows = paged(
        buttons, page_of(argument), lambda to: Press("assign", petition.id, f"p:{to}").token, room.texts
    )
    room.ask("officer.choose_colleague", rows, petition_id=petition.id, code=cards.shown_code(petition))
    if room.in_group:
        room.acknowledge("officer.see_private")


def offer_units(room: Room, petition: PetitionRecord, argument: str) -> None:
    """The units a petition can go to: every active one but its own."""
    agency = room.turn.facts.agency
    here = unit_today(agency, petition.unit)
    buttons = [
        Button(label=unit.name(room.texts.language), token=Press("move", petition.id, unit.code).token)
        for unit in agency.units
        if unit.active and unit.code != here and not competence.barred(agency, petition, unit.code)
    ]
    rows = paged(
        buttons, page_of(argument), lambda to: Press("move", petition.id, f"p:{to}").token, room.texts
    )
    room.ask(
        "officer.choose_unit",
        rows,
        petition_id=petition.id,
        code=cards.shown_code(petition),
        rules=routing_lines.transfer_lines(room.turn, petition, room.texts),
    )
    if room.in_group:
        room.acknowledge("officer.see_private")


def is_away(room: Room, officer: OfficerRecord) -> bool:
    return officer.absent_until is not None and officer.absent_until > room.turn.now


def _colleague(room: Room, officer: OfficerRecord) -> str:
    role = room.text(f"cards.role_{officer.role}")
    if not is_away(room, officer) or officer.absent_until is None:
        return room.text("officer.colleague", name=cards.officer_name(officer, room.texts), role=role)
    back = officer.absent_until.astimezone(room.turn.facts.agency.zone).date()
    return room.text(
        "officer.colleague_away",
        name=cards.officer_name(officer, room.texts),
        until=cards.shown_date(back, room.texts),
    )
