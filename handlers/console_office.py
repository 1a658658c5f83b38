"""What an office sets for itself at the console: who works here, invitations, reply templates; each change on record.

Who administers the service sets all of it; the head of a unit sees its people, says who is away, and keeps the unit's
own templates. Everybody else finds no such pages.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from handlers.answerability import begin_absence, officer_left
from handlers.officers import cards
from handlers.officers.access import in_unit, same_unit, unit_name, unit_today
from petitions.kinds import Role
from petitions.text import clean

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.agency import Agency
    from storage.console_office import ReplyTemplate
    from storage.records import OfficerRecord

LONGEST_NAME: Final = 100
LONGEST_TITLE: Final = 100
LONGEST_TEXT: Final = 3000
LONGEST_DAYS: Final = 90
LONGEST_ABSENCE: Final = timedelta(days=400)
FILLED: Final = ("code", "unit", "officer")
"""What a template may name in braces, filled in where it is used."""


class NotAllowed(Exception):
    """No such person, template or invitation, or none this officer may change: answered alike."""


class Wrong(Exception):
    """What was given cannot be; carries the key of the words that say why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """One officer in the list."""

    id: int
    name: str
    role: str
    role_code: str
    unit: str
    unit_code: str
    chats: int
    away: str
    """Until when; empty for one who is here and has no absence ahead."""
    change: bool
    """This officer may change role and unit, or remove the person."""
    absence: bool
    """This officer may say that the person is away or back."""


def may_manage(officer: OfficerRecord) -> bool:
    """Whether the officer sets everything of the office."""
    return officer.role is Role.ADMIN


def may_look(officer: OfficerRecord) -> bool:
    """Whether the officer has these pages at all."""
    return officer.role in (Role.ADMIN, Role.HEAD)


def people(room: Room) -> tuple[PersonLine, ...]:
    """Everybody of the office, or for a head everybody of the unit, by unit and name."""
    agency, texts = room.turn.facts.agency, room.texts
    order = {unit.code: place for place, unit in enumerate(agency.units)}
    lines = []
    for person in room.turn.book.officers():
        if not may_manage(room.officer) and not in_unit(agency, person, room.officer.unit):
            continue
        lines.append(
            PersonLine(
                id=person.id,
                name=cards.officer_name(person, texts),
                role=texts.get(f"cards.role_{person.role}"),
                role_code=person.role.value,
                unit=unit_name(agency, person.unit, texts.language),
                unit_code=unit_today(agency, person.unit),
                chats=len(person.contact_ids),
                away=_away(room, person),
                change=may_manage(room.officer) and person.id != room.officer.id,
                absence=_may_set_absence(room, person),
            )
        )
    return tuple(sorted(lines, key=lambda line: (order.get(line.unit_code, len(order)), line.name)))


def invite(room: Room, *, unit: str, role: str, name: str, days: int, group: bool) -> str:
    """An invitation; its token, which is told once. Raises NotAllowed, Wrong."""
    if not may_manage(room.officer):
        raise NotAllowed
    _check_unit(room.turn.facts.agency, unit)
    named = clean(name)
    if not group and role not in set(Role):
        raise Wrong("console_office.wrong_role")
    if not group and not named:
        raise Wrong("console_office.wrong_name")
    if len(named) > LONGEST_NAME or not 1 <= days <= LONGEST_DAYS:
        raise Wrong("console_office.wrong_days")
    chosen = None if group else Role(role)
    expires = room.turn.now + timedelta(days=days)
    record, token = room.turn.book.invite(unit, chosen, "" if group else named, expires, for_group=group)
    _note(room, "invite", invite=record.id, unit=unit, role=chosen.value if chosen else "", name=named)
    return token


def end_invite(room: Room, invite_id: int) -> None:
    """Raises NotAllowed."""
    if not may_manage(room.officer) or not room.turn.book.end_invite(invite_id):
        raise NotAllowed
    _note(room, "end_invite", invite=invite_id)


def change_person(room: Room, officer_id: int, *, unit: str, role: str, name: str) -> int:
    """Another unit, role or name; the open cases of who leaves a unit go on under another name there. Gives how many
    moved. Raises NotAllowed, Wrong."""
    person = _person(room, officer_id)
    if not may_manage(room.officer) or person.id == room.officer.id:
        raise NotAllowed
    _check_unit(room.turn.facts.agency, unit)
    named = clean(name)
    if role not in set(Role):
        raise Wrong("console_office.wrong_role")
    if not named or len(named) > LONGEST_NAME:
        raise Wrong("console_office.wrong_name")
    room.turn.book.change_officer(person.id, unit=unit, role=Role(role), name=named)
    moved = 0
    if not same_unit(room.turn.facts.agency, unit, person.unit):
        moved = len(officer_left(room.turn, person, person.deputy_id))
    _note(
        room,
        "change_person",
        officer=person.id,
        unit=[person.unit, unit],
        role=[person.role.value, role],
        name=[person.name, named],
        moved=moved,
    )
    return moved


def set_absence(room: Room, officer_id: int, *, since: date, until: date, deputy: int | None) -> int:
    """The person is away from the first day to the last one; the cases move at the first moment. Gives how many moved
    now. Raises NotAllowed, Wrong."""
    person = _person(room, officer_id)
    if not _may_set_absence(room, person):
        raise NotAllowed
    zone, now = room.turn.facts.agency.zone, room.turn.now
    begin = max(now, datetime.combine(since, time.min, zone))
    end = datetime.combine(until + timedelta(days=1), time.min, zone)
    if end <= begin or end - now > LONGEST_ABSENCE:
        raise Wrong("console_office.wrong_absence")
    stand_in = room.turn.book.officer(deputy) if deputy is not None else None
    if deputy is not None and (stand_in is None or not stand_in.active or stand_in.id == person.id):
        raise Wrong("console_office.wrong_deputy")
    moved = begin_absence(room.turn, person.id, since=begin, until=end, deputy=deputy)
    _note(
        room,
        "absence",
        officer=person.id,
        since=since.isoformat(),
        until=until.isoformat(),
        deputy=deputy,
        moved=len(moved),
    )
    return len(moved)


def set_back(room: Room, officer_id: int) -> None:
    """The person is here again; cases that moved stay where they are. Raises NotAllowed."""
    person = _person(room, officer_id)
    if not _may_set_absence(room, person) or person.absent_until is None:
        raise NotAllowed
    room.turn.book.set_absent(person.id, None, None)
    _note(room, "back", officer=person.id)


def remove_person(room: Room, officer_id: int, *, deputy: int | None, sure: bool) -> int:
    """The person leaves: chats are unlinked and sessions end at once, open cases go on under another name. Gives how
    many moved. Raises NotAllowed, Wrong."""
    person = _person(room, officer_id)
    if not may_manage(room.officer) or person.id == room.officer.id:
        raise NotAllowed
    if not sure:
        raise Wrong("console_office.wrong_sure")
    stand_in = room.turn.book.officer(deputy) if deputy is not None else None
    if deputy is not None and (stand_in is None or not stand_in.active or stand_in.id == person.id):
        raise Wrong("console_office.wrong_deputy")
    room.turn.book.remove_officer(person.id)
    moved = officer_left(room.turn, person, deputy or person.deputy_id)
    _note(room, "remove_person", officer=person.id, name=person.name, moved=len(moved))
    return len(moved)


# --- reply templates


def templates_for_use(room: Room, unit: str) -> list[ReplyTemplate]:
    """What a message about a case of this unit may begin with."""
    agency = room.turn.facts.agency
    units = tuple(known.code for known in agency.units if same_unit(agency, known.code, unit))
    return room.turn.book.reply_templates(units or (unit,))


def templates_to_change(room: Room) -> list[ReplyTemplate]:
    """The templates this officer may change: all of them, or the unit's own."""
    found = room.turn.book.reply_templates(None if may_manage(room.officer) else _own_units(room))
    return [template for template in found if _may_change(room, template.unit)]


def put_template(room: Room, template_id: int | None, *, unit: str, title: str, text: str) -> None:
    """Make a template, or change one; `unit` empty: the whole office's. Raises NotAllowed, Wrong."""
    wanted, words = clean(title), clean(text)
    if not wanted or len(wanted) > LONGEST_TITLE:
        raise Wrong("console_office.wrong_title")
    if not words or len(words) > LONGEST_TEXT:
        raise Wrong("console_office.wrong_text")
    if template_id is not None:
        known = {template.id: template.unit for template in templates_to_change(room)}
        if template_id not in known:
            raise NotAllowed
        of: str | None = known[template_id]
    else:
        of = unit or None
        if of is not None:
            _check_unit(room.turn.facts.agency, of)
    if not _may_change(room, of):
        raise NotAllowed
    made = room.turn.book.put_template(
        template_id, unit=of, title=wanted, text=words, officer_id=room.officer.id
    )
    what = "template" if template_id is None else "change_template"
    _note(room, what, template=made, unit=of or "", title=wanted, text=words)


def remove_template(room: Room, template_id: int) -> None:
    """Raises NotAllowed."""
    known = {template.id: template.title for template in templates_to_change(room)}
    if template_id not in known:
        raise NotAllowed
    room.turn.book.remove_template(template_id)
    _note(room, "remove_template", template=template_id, title=known[template_id])


# --- inside


def _may_change(room: Room, unit: str | None) -> bool:
    if may_manage(room.officer):
        return True
    agency = room.turn.facts.agency
    return room.officer.role is Role.HEAD and unit is not None and same_unit(agency, unit, room.officer.unit)


def _own_units(room: Room) -> tuple[str, ...]:
    agency = room.turn.facts.agency
    return tuple(unit.code for unit in agency.units if same_unit(agency, unit.code, room.officer.unit))


def _may_set_absence(room: Room, person: OfficerRecord) -> bool:
    if may_manage(room.officer):
        return True
    return room.officer.role is Role.HEAD and in_unit(room.turn.facts.agency, person, room.officer.unit)


def _person(room: Room, officer_id: int) -> OfficerRecord:
    person = room.turn.book.officer(officer_id)
    if person is None or not person.active or not may_look(room.officer):
        raise NotAllowed
    if not may_manage(room.officer) and not in_unit(room.turn.facts.agency, person, room.officer.unit):
        raise NotAllowed
    return person


def _check_unit(agency: Agency, unit: str) -> None:
    if unit not in {known.code for known in agency.units if known.active}:
        raise Wrong("console_office.wrong_unit")


def _away(room: Room, person: OfficerRecord) -> str:
    if person.absent_until is None or person.absent_until <= room.turn.now:
        return ""
    last = person.absent_until.astimezone(room.turn.facts.agency.zone) - timedelta(seconds=1)
    return cards.shown_date(last.date(), room.texts)


def _note(room: Room, what: str, **content: object) -> None:
    room.turn.book.note_change(room.officer, what, content)
