"""The people of each level of the ladder, and who takes over where somebody is missing.

A level with nobody who can be reached is passed over upwards. A sealed case is kept from the focal unit unless it
is the focal unit's own, for that unit may be the accused (Luật Tố cáo 2018 Đ12, Đ56).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from handlers.officers.access import in_unit, same_unit, sealed
from handlers.officers.audience import DUTY_ROLES, LEADING_ROLES, reachable
from petitions.escalation import Level
from petitions.kinds import Role

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from handlers.turn import Turn
    from storage.clocks import TaskRecord
    from storage.records import OfficerRecord, PetitionRecord

_HEADS: Final = frozenset({Role.HEAD})


def hearers(
    turn: Turn,
    petition: PetitionRecord,
    levels: Iterable[Level],
    task: TaskRecord | None = None,
    *,
    but: Collection[int] = (),
) -> tuple[Level, list[OfficerRecord]]:
    """Who hears, each once, and the highest level that was reached.

    Where nobody of `levels` can be reached the next one up hears, last those who administer the service.
    `task`: the matter is one of a decision in force, with an officer and a unit of its own. `but`: officers who are
    known not to hear.
    """
    found: dict[int, OfficerRecord] = {}
    but = {*but, petition.accused_id or 0}
    level = Level.OFFICER
    for level in sorted(levels):
        _add(turn, found, people_of(turn, petition, level, task), but)
    while not found and level is not Level.DIRECTOR:
        level = Level(level + 1)
        _add(turn, found, people_of(turn, petition, level, task), but)
    if not found:
        _add(turn, found, turn.book.officers(roles=[Role.ADMIN]), but)
    return level, list(found.values())


def above(
    turn: Turn,
    petition: PetitionRecord,
    level: Level,
    task: TaskRecord | None = None,
    *,
    but: Collection[int],
) -> tuple[Level, list[OfficerRecord]]:
    """Who hears instead of `level`, and the level reached: the next one up that can be reached, above the highest
    those who administer the service."""
    if level is not Level.DIRECTOR:
        return hearers(turn, petition, [Level(level + 1)], task, but=but)
    found: dict[int, OfficerRecord] = {}
    _add(turn, found, turn.book.officers(roles=[Role.ADMIN]), but)
    return level, list(found.values())


def people_of(
    turn: Turn, petition: PetitionRecord, level: Level, task: TaskRecord | None = None
) -> list[OfficerRecord]:
    """The people of a level, with the deputies of those who are away."""
    match level:
        case Level.OFFICER:
            named = task.officer_id if task is not None else petition.officer_id
            officer = turn.book.officer(named) if named is not None else None
            people = [officer] if officer is not None and officer.active else []
        case Level.HEAD:
            people = heads_of(turn, task.unit if task is not None else petition.unit)
        case Level.FOCAL:
            people = on_duty(turn, petition)
        case Level.DIRECTOR:
            people = leaders(turn)
    return [*people, *_deputies(turn, people)]


def heads_of(turn: Turn, unit: str) -> list[OfficerRecord]:
    """The heads of the unit that answers today for `unit`."""
    agency = turn.facts.agency
    codes = {unit} | {known.code for known in agency.units if same_unit(agency, known.code, unit)}
    return [o for code in sorted(codes) for o in turn.book.officers(unit=code, roles=_HEADS)]


def on_duty(turn: Turn, petition: PetitionRecord) -> list[OfficerRecord]:
    """The focal unit's people on duty; nobody for a sealed case of another unit."""
    agency = turn.facts.agency
    if sealed(petition) and not same_unit(agency, petition.unit, agency.focal_unit):
        return []
    return [o for o in turn.book.officers(roles=DUTY_ROLES) if in_unit(agency, o, agency.focal_unit)]


def leaders(turn: Turn) -> list[OfficerRecord]:
    """Who leads the office: of the leading unit, or by the role where that unit has nobody."""
    agency = turn.facts.agency
    found = turn.book.officers(roles=LEADING_ROLES)
    leading = [officer for officer in found if in_unit(agency, officer, agency.leadership_unit)]
    return leading or [officer for officer in found if officer.role is Role.DIRECTOR]


def successor(
    turn: Turn,
    petition: PetitionRecord,
    *,
    unit: str,
    leaving: OfficerRecord | None,
    deputy: int | None = None,
) -> OfficerRecord | None:
    """Who is named next for a case of `unit`: the deputy, a head of the unit, the focal unit's head or intake, who
    leads the office. Whoever is away comes after all who are here. None where really nobody is left.

    Of a sealed case a deputy of another unit is passed over.
    """
    named = turn.book.officer(deputy) if deputy is not None else None
    rings = [
        [named] if named is not None and _may_stand_in(turn, petition, named, unit) else [],
        heads_of(turn, unit),
        sorted(on_duty(turn, petition), key=lambda o: (o.role is not Role.HEAD, o.role is not Role.INTAKE)),
        leaders(turn),
    ]
    gone = leaving.id if leaving is not None else 0
    people = [o for ring in rings for o in ring if o.active and o.id not in (gone, petition.accused_id)]
    return next((o for o in people if not o.is_away(turn.now)), people[0] if people else None)


def _may_stand_in(turn: Turn, petition: PetitionRecord, officer: OfficerRecord, unit: str) -> bool:
    return not sealed(petition) or in_unit(turn.facts.agency, officer, unit)


def _deputies(turn: Turn, people: list[OfficerRecord]) -> list[OfficerRecord]:
    wanted = [o.deputy_id for o in people if o.deputy_id is not None and o.is_away(turn.now)]
    found = [turn.book.officer(deputy) for deputy in wanted]
    return [officer for officer in found if officer is not None and officer.active]


def _add(
    turn: Turn, found: dict[int, OfficerRecord], people: Iterable[OfficerRecord], but: Collection[int]
) -> None:
    for officer in people:
        if officer.id not in found and officer.id not in but and reachable(turn, officer):
            found[officer.id] = officer
