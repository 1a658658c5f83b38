"""The units of the office as its profile has them, and who answers in each: heads, their deputies while away, people.

The tree itself, topics and successors stand in the profile, a file; who leads and works where is set with the people.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers.console_office import NotAllowed, may_look, may_manage
from handlers.officers import cards
from handlers.officers.access import unit_name, unit_today
from petitions.kinds import Role

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.agency import Agency
    from storage.records import OfficerRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadLine:
    """Somebody who leads a unit. `stands_in`: who does meanwhile; empty for one who is here, or with nobody named."""

    name: str
    away: str
    stands_in: str
    linked: bool
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitLine:
    """One unit."""

    code: str
    name: str
    depth: int
    duty: str
    topics: tuple[str, ...]
    focal: bool
    leads_office: bool
    successor: str
    """Who answers for a unit that is no more; empty for one that works."""
    heads: tuple[HeadLine, ...]
    people: int
    group: bool
    """A chat group is linked, where new petitions are told."""


def units(room: Room) -> tuple[UnitLine, ...]:
    """Every unit under the one above it, in the order of the profile. Raises NotAllowed."""
    if not may_look(room.officer):
        raise NotAllowed
    agency, book = room.turn.facts.agency, room.turn.book
    people: dict[str, list[OfficerRecord]] = defaultdict(list)
    everybody = book.officers()
    for person in everybody:
        people[unit_today(agency, person.unit)].append(person)
    names = {person.id: cards.officer_name(person, room.texts) for person in everybody}
    grouped = book.units_with_groups()
    return tuple(
        _line(room, code, depth, people[code], names, grouped=code in grouped)
        for code, depth in _tree(agency)
    )


# --- inside


def _tree(agency: Agency) -> list[tuple[str, int]]:
    """Codes with their depth; a unit whose parent is not there stands at the top."""
    codes = [unit.code for unit in agency.units]
    below: dict[str | None, list[str]] = defaultdict(list)
    for unit in agency.units:
        below[unit.parent if unit.parent in codes else None].append(unit.code)
    found: list[tuple[str, int]] = []
    waiting = [(code, 0) for code in reversed(below[None])]
    while waiting:
        code, depth = waiting.pop()
        found.append((code, depth))
        waiting += [(each, depth + 1) for each in reversed(below[code])]
    return found


def _line(
    room: Room, code: str, depth: int, people: list[OfficerRecord], names: dict[int, str], *, grouped: bool
) -> UnitLine:
    agency, texts = room.turn.facts.agency, room.texts
    unit = agency.unit(code)
    gone = not unit.active
    heads = () if gone else tuple(_head(room, each, names) for each in people if each.role is Role.HEAD)
    return UnitLine(
        code=code,
        name=unit.name(texts.language),
        depth=depth,
        duty=unit.duty_vi if texts.language == "vi" else "",
        topics=tuple(agency.topic(topic).name(texts.language) for topic in unit.topics),
        focal=code == agency.focal_unit,
        leads_office=code == agency.leadership_unit,
        successor=unit_name(agency, code, texts.language) if gone else "",
        heads=heads,
        people=0 if gone else len(people),
        group=grouped,
    )


def _head(room: Room, person: OfficerRecord, names: dict[int, str]) -> HeadLine:
    away, zone = person.is_away(room.turn.now), room.turn.facts.agency.zone
    until = person.absent_until
    own = may_manage(room.officer) or person.unit == room.officer.unit
    return HeadLine(
        name=names[person.id],
        away=cards.shown_date(until.astimezone(zone).date(), room.texts)
        if away and until is not None
        else "",
        stands_in=names.get(person.deputy_id or 0, "") if away else "",
        linked=bool(person.contact_ids),
        link=f"/console/office/people/{person.id}" if own and person.id != room.officer.id else "",
    )
