"""Which chats a notice to officers goes to, from the unit's group down to whoever can be reached at all.

Nobody linked is no reason for silence: the focal unit hears then, after it the leadership, and last those who
administer the service. Whoever may not see the case only learns that its unit cannot be reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed, unit_today
from petitions.kinds import Role
from petitions.notices import Audience, Notice

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.records import ContactRecord, OfficerRecord, PetitionRecord

DUTY_ROLES: Final = frozenset({Role.INTAKE, Role.INSPECTOR, Role.HEAD})
"""Who of the focal unit is reached by alerts and by cases nobody else can be told of."""
LEADING_ROLES: Final = frozenset({Role.DIRECTOR, Role.HEAD})


@dataclass(frozen=True, slots=True)
class Reader:
    """A chat that gets a notice: a unit's group (no officer) or a private chat of an officer."""

    contact: ContactRecord
    officer: OfficerRecord | None
    may_see: bool = True
    """False: this person only learns that the unit in charge cannot be reached."""
    instead_of: OfficerRecord | None = None
    """Who would hear, and cannot be told now."""


def tellable(turn: Turn, contact: ContactRecord) -> bool:
    """Whether a private chat takes a message now: it is open to us, and its person was there lately enough where
    the channel asks for that."""
    if contact.is_group or contact.blocked_at is not None:
        return False
    window = turn.facts.windows.get(contact.channel)
    if window is None:
        return True
    seen = contact.seen_at
    return not contact.has_waiting and seen is not None and turn.now - seen <= window


def reachable(turn: Turn, officer: OfficerRecord) -> bool:
    """Whether a private chat of this person takes a message now."""
    return bool(_chats(turn, [officer]))


def readers_for(turn: Turn, petition: PetitionRecord, notice: Notice) -> list[Reader]:
    """The chats for one notice about a petition, each once."""
    match notice.audience:
        case Audience.OFFICER:
            found = _named_or_instead(turn, petition, notice)
        case Audience.HEAD:
            found = _head(turn, petition) or _unit(turn, petition, notice)
        case Audience.FOCAL:
            # Beside others who hear; of a sealed case only who of them may see it.
            return _chats(turn, _seeing(turn, petition, _on_duty(turn, turn.book.officers())))
        case Audience.DIRECTOR:
            # A sealed case too: the words name its code only, as the alarms of the ladder do.
            found = _chats(turn, _leaders(turn, turn.book.officers()))
        case _:
            found = _unit(turn, petition, notice)
    found = [reader for reader in found if not _is_accused(petition, reader)]
    if any(_hears(turn, reader) for reader in found):
        return found
    others = [reader for reader in _last_resort(turn, petition) if not _is_accused(petition, reader)]
    return _each_once([*found, *others])


def _is_accused(petition: PetitionRecord, reader: Reader) -> bool:
    """Whether the case is against the reader, who then learns of it only as the law says."""
    return reader.officer is not None and reader.officer.id == petition.accused_id


def readers_of(turn: Turn, petition: PetitionRecord, officer_id: int) -> list[Reader]:
    """The private chats of one officer, where this person may see the case; with who hears in this person's place
    while none of them takes a message."""
    officer = turn.book.officer(officer_id)
    if officer is None or not officer.active:
        return []
    own = _open_chats(turn, _seeing(turn, petition, [officer]))
    if any(_hears(turn, reader) for reader in own):
        return [reader for reader in own if _hears(turn, reader)]
    return _each_once([*own, *_instead(turn, petition, officer)])


def superiors(turn: Turn, petition: PetitionRecord, officer: OfficerRecord | None) -> list[Reader]:
    """Who hears that something of the case could not be told to `officer`: the heads of its unit, else who leads the
    office, else who administers the service."""
    gone = officer.id if officer is not None else 0
    heads = [o for o in _with_role(_of_unit(turn, petition.unit), Role.HEAD) if o.id != gone]
    found = _chats(turn, _seeing(turn, petition, heads)) or _last_resort(turn, petition)
    gone_or_accused = (gone, petition.accused_id)
    return [r for r in found if r.officer is None or r.officer.id not in gone_or_accused]


def next_on_duty(turn: Turn, officer: OfficerRecord | None) -> list[Reader]:
    """Who hears of danger instead of `officer`, who was told and cannot be reached. Nobody where others of the same
    duty were told as well: the focal unit's people on duty, who leads the office, who administers the service."""
    everybody = turn.book.officers()
    own = officer.id if officer is not None else 0
    rings = [_on_duty(turn, everybody), _leaders(turn, everybody), _with_role(everybody, Role.ADMIN)]
    begun = not any(own == o.id for ring in rings for o in ring)
    for ring in rings:
        others = _chats(turn, [o for o in ring if o.id != own])
        if any(o.id == own for o in ring) and not begun:
            if others:
                return []
            begun = True
        elif begun and others:
            return others
    return []


def duty_readers(turn: Turn) -> list[Reader]:
    """Private chats of the focal unit's people on duty; of the leadership, then of administrators, where
    there are none."""
    everybody = turn.book.officers()
    return (
        _chats(turn, _on_duty(turn, everybody))
        or _chats(turn, _leaders(turn, everybody))
        or _chats(turn, _with_role(everybody, Role.ADMIN))
    )


def texts_of(turn: Turn, contact: ContactRecord) -> Texts:
    """The texts of a chat's language: what this turn speaks when it is this chat, else what it is known
    for."""
    if contact.id == turn.contact.id:
        return turn.texts
    return turn.facts.catalogue.language(contact.language)


def _named_or_instead(turn: Turn, petition: PetitionRecord, notice: Notice) -> list[Reader]:
    """The named officer. While no chat of this person takes a message, the head and the unit hear as well; what
    goes to the closed chat is read at the next contact."""
    found = _named(turn, petition)
    hearing = [reader for reader in found if _hears(turn, reader)]
    if hearing:
        return hearing
    officer = turn.book.officer(petition.officer_id) if petition.officer_id is not None else None
    if officer is None or not officer.active:
        return _unit(turn, petition, notice)
    unit = _marked(_unit(turn, petition, notice), officer)
    return _each_once([*found, *_instead(turn, petition, officer), *unit])


def _instead(turn: Turn, petition: PetitionRecord, officer: OfficerRecord) -> list[Reader]:
    """The heads of the unit, for an officer who cannot be told."""
    heads = [o for o in _with_role(_of_unit(turn, petition.unit), Role.HEAD) if o.id != officer.id]
    return _marked(_chats(turn, _seeing(turn, petition, heads)), officer)


def _marked(readers: list[Reader], officer: OfficerRecord) -> list[Reader]:
    return [
        reader
        if reader.officer is not None and reader.officer.id == officer.id
        else replace(reader, instead_of=officer)
        for reader in readers
    ]


def _hears(turn: Turn, reader: Reader) -> bool:
    return reader.contact.is_group or tellable(turn, reader.contact)


def _each_once(readers: Iterable[Reader]) -> list[Reader]:
    found: dict[int, Reader] = {}
    for reader in readers:
        found.setdefault(reader.contact.id, reader)
    return list(found.values())


def _named(turn: Turn, petition: PetitionRecord) -> list[Reader]:
    """The named officer; while away, the deputy as well, so that nothing waits for a return."""
    officer = turn.book.officer(petition.officer_id) if petition.officer_id is not None else None
    if officer is None or not officer.active:
        return []
    people = [officer]
    if _is_away(turn, officer) and officer.deputy_id is not None:
        deputy = turn.book.officer(officer.deputy_id)
        if officer_access(turn.facts.agency, petition, deputy) is Access.FULL and deputy is not None:
            people = [deputy, officer]
    return _open_chats(turn, people)


def _head(turn: Turn, petition: PetitionRecord) -> list[Reader]:
    """The head of the answerable unit, else the leadership where it may see the case."""
    heads = _chats(turn, _with_role(_of_unit(turn, petition.unit), Role.HEAD))
    return heads or _chats(turn, _seeing(turn, petition, _leaders(turn, turn.book.officers())))


def _unit(turn: Turn, petition: PetitionRecord, notice: Notice) -> list[Reader]:
    """The unit's groups, else its people in private; those who are away only where nobody else is there."""
    unit = unit_today(turn.facts.agency, petition.unit)
    if not notice.private_only and not sealed(petition):
        groups = [group for group in turn.book.groups_of(unit) if group.blocked_at is None]
        if groups:
            return [Reader(group, None) for group in groups]
    people = _seeing(turn, petition, _of_unit(turn, petition.unit))
    present = [officer for officer in people if not _is_away(turn, officer)]
    return _chats(turn, present) or _chats(turn, people)


def _last_resort(turn: Turn, petition: PetitionRecord) -> list[Reader]:
    """Nobody of the unit can be reached. A sealed case stays hidden from those it is kept from: the focal
    unit is asked only where the case is its own, for it may be the accused one."""
    agency = turn.facts.agency
    everybody = turn.book.officers()
    rings = [_leaders(turn, everybody), _with_role(everybody, Role.ADMIN)]
    if not sealed(petition) or same_unit(agency, petition.unit, agency.focal_unit):
        rings.insert(0, _on_duty(turn, everybody))
    for people in rings:
        found = _chats(turn, people)
        if found:
            return [
                replace(reader, may_see=officer_access(agency, petition, reader.officer) is Access.FULL)
                for reader in found
            ]
    return []


def _of_unit(turn: Turn, unit: str) -> list[OfficerRecord]:
    """The active officers of a unit, with those who came with the units it succeeded."""
    agency = turn.facts.agency
    codes = [known.code for known in agency.units if same_unit(agency, known.code, unit)]
    return [officer for code in codes for officer in turn.book.officers(unit=code)]


def _on_duty(turn: Turn, everybody: Sequence[OfficerRecord]) -> list[OfficerRecord]:
    """Who of the focal unit takes what cannot wait."""
    agency = turn.facts.agency
    return [o for o in everybody if o.role in DUTY_ROLES and in_unit(agency, o, agency.focal_unit)]


def _leaders(turn: Turn, everybody: Sequence[OfficerRecord]) -> list[OfficerRecord]:
    """Who leads the office: of the leading unit, or by the role where that unit has nobody."""
    agency = turn.facts.agency
    leading = [o for o in everybody if o.role in LEADING_ROLES and in_unit(agency, o, agency.leadership_unit)]
    return leading or _with_role(everybody, Role.DIRECTOR)


def _with_role(people: Sequence[OfficerRecord], role: Role) -> list[OfficerRecord]:
    return [officer for officer in people if officer.role is role]


def _seeing(turn: Turn, petition: PetitionRecord, people: list[OfficerRecord]) -> list[OfficerRecord]:
    agency = turn.facts.agency
    return [officer for officer in people if officer_access(agency, petition, officer) is Access.FULL]


def _is_away(turn: Turn, officer: OfficerRecord) -> bool:
    return officer.is_away(turn.now)


def _chats(turn: Turn, people: Iterable[OfficerRecord]) -> list[Reader]:
    """The private chats of these people that take messages now."""
    return [reader for reader in _open_chats(turn, people) if tellable(turn, reader.contact)]


def _open_chats(turn: Turn, people: Iterable[OfficerRecord]) -> list[Reader]:
    """The private chats of these people that did not shut us out, also those that take nothing before the person
    writes again."""
    found: dict[int, Reader] = {}
    for officer in people:
        for contact_id in officer.contact_ids:
            contact = turn.book.contact_by_id(contact_id)
            if contact is not None and contact.blocked_at is None and not contact.is_group:
                found.setdefault(contact.id, Reader(contact, officer))
    return list(found.values())
