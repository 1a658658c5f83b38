"""Correcting a petition's class: kind, topic, answerable unit, or the other authority it belongs to.

What is chosen travels in the button's argument: `k:<kind>`, `t:<topic>`, `u:<unit>`, `d:<authority>`;
`d:-` takes a destination back; `a:<code>` and `ao:<officer>` say who is accused, `a:-` that nobody knows;
`y:<severity>` says how urgent it is; `s:ky_luat`, `s:buoc_thoi_viec` and `s:-` say whether a complaint is about a
disciplinary decision or dismissal, `r:1` and `r:0` whether the area is remote. A new kind or topic moves the petition
along the routing rules, but only from where those rules had put it: a case kept away from a unit on purpose stays
away from it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from handlers import competence
from handlers.messages import Button
from handlers.officers import cards
from handlers.officers.access import same_unit, sealed, unit_name, unit_today
from handlers.officers.lists import paged
from handlers.officers.tokens import Press, read_number, to_base36
from handlers.route_words import accused_name, ground_words
from petitions.clock_steps import DISCIPLINARY, DISCIPLINE, DISMISSAL
from petitions.kinds import Kind, Severity
from petitions.routing import ACCUSING, NOT_OURS
from petitions.transition_groups import INTAKE_STAGES

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.agency import Agency
    from storage.records import PetitionRecord

KINDS: Final = tuple(Kind)
NO_DESTINATION: Final = "d:-"
_SUBKINDS: Final = {"": "ordinary", DISCIPLINE: "discipline", DISMISSAL: "dismissal"}
KEEP: Final = "keep"
"""The destination stays what it is."""
_PAGED: Final = frozenset({"topics", "units", "outside", "accused", "people"})


def offer(room: Room, petition: PetitionRecord, argument: str) -> bool:
    """Show the next list of choices. False when `argument` is a choice already, not a list."""
    what, _, rest = argument.partition(":")
    page = int(rest) if rest.isdigit() and what in _PAGED else 0
    match what:
        case "":
            early = petition.stage in INTAKE_STAGES
            names = ["kind", "topics", "units", "outside"] if early else []
            names += ["accused"] if petition.kind in ACCUSING else []
            buttons = [_to(room, petition, name) for name in names]
            choices = [severity_choice(petition)] if early else []
            buttons += [
                _choice(petition, argument, room.text(f"officer.correct_what_{name}"))
                for argument, name in (*choices, *of_complaint(petition))
            ]
        case "kind":
            buttons = [
                _choice(petition, f"k:{kind}", room.text(f"cards.kind_{kind}"))
                for kind in KINDS
                if kind is not petition.kind
            ]
        case "topics":
            buttons = _units_with_topics(room, petition)
        case "in":
            buttons = _topics(room, petition, rest)
        case "units":
            buttons = _units(room, petition)
        case "outside":
            buttons = _authorities(room, petition)
        case "accused":
            buttons = _accused(room, petition)
        case "people":
            buttons = _units_with_people(room, petition)
        case "pin":
            buttons = _people(room, petition, rest)
        case _:
            return False
    rows = paged(buttons, page, lambda to: Press("fix", petition.id, f"{what}:{to}").token, room.texts)
    room.ask(
        f"officer.correct_{what or 'menu'}", rows, petition_id=petition.id, code=cards.shown_code(petition)
    )
    if room.in_group:
        room.acknowledge("officer.see_private")
    return True


def changes(room: Room, petition: PetitionRecord, argument: str) -> dict[str, Any]:
    """What `cases.perform` gets for a choice. An argument nobody was offered changes nothing."""
    what, _, chosen = argument.partition(":")
    agency = room.turn.facts.agency
    match what:
        case "k" if chosen in set(Kind):
            return {"kind": Kind(chosen)} | _moved(room, petition, kind=Kind(chosen))
        case "t" if any(topic.code == chosen for topic in agency.topics):
            return {"topic": chosen} | _moved(room, petition, topic=chosen)
        case "u":
            return {"unit": chosen, "destination": ""}
        case "y" if chosen in set(Severity):
            return {"severity": Severity(chosen)}
        case "s":
            return {"subkind": chosen if chosen in DISCIPLINARY else ""}
        case "r":
            return {"remote": chosen == "1"}
        case "d" if argument == NO_DESTINATION:
            return {"destination": ""} | _moved(room, petition, outside=None)
        case "d" if any(authority.code == chosen for authority in agency.outside_authorities):
            outside = f"outside:{chosen}"
            return {"destination": outside} | _moved(room, petition, outside=outside)
        case "a" if chosen == "-" or chosen in _accusable(agency):
            return _accusation(room, petition, "" if chosen == "-" else chosen, 0)
        case "ao" if (officer := room.turn.book.officer(read_number(chosen))) is not None:
            leading = same_unit(agency, officer.unit, agency.leadership_unit)
            return _accusation(room, petition, None if leading else officer.unit, officer.id)
        case _:
            return {}


def described(room: Room, petition: PetitionRecord, argument: str) -> str:
    """What the choice changes, in words, for the confirmation."""
    agency = room.turn.facts.agency
    texts = room.texts
    given = changes(room, petition, argument)
    lines = []
    if "kind" in given:
        kinds = (texts.get(f"cards.kind_{petition.kind}"), texts.get(f"cards.kind_{given['kind']}"))
        lines.append(texts.get("officer.change_kind", before=kinds[0], after=kinds[1]))
    if "topic" in given:
        after = agency.topic(given["topic"]).name(texts.language)
        lines.append(
            texts.get(
                "officer.change_topic", before=cards.topic_shown(room.turn, petition, texts), after=after
            )
        )
    if "severity" in given:
        name = f"officer.correct_what_{given['severity']}"
        lines.append(texts.get("officer.change_severity", after=texts.get(name)))
    if "subkind" in given:
        name = _SUBKINDS[given["subkind"]]
        lines.append(texts.get("officer.change_subkind", after=texts.get(f"officer.correct_what_{name}")))
    if "remote" in given:
        name = "remote" if given["remote"] else "near"
        lines.append(texts.get("officer.change_remote", after=texts.get(f"officer.correct_what_{name}")))
    if given.get("unit"):
        after = unit_name(agency, given["unit"], texts.language)
        lines.append(
            texts.get("officer.change_unit", before=cards.unit_shown(room.turn, petition, texts), after=after)
        )
    if given.get("against") is not None or given.get("accused_id"):
        lines.append(texts.get("officer.change_accused", after=_accused_shown(room, given)))
    if given.get("destination"):
        name = cards.destination_shown(room.turn, given["destination"], texts)
        lines.append(texts.get("officer.change_destination", after=name))
    elif petition.destination and "destination" in given:
        lines.append(texts.get("officer.change_no_destination"))
    if given.keys() & {"unit", "destination"} and argument.partition(":")[0] != "u":
        why = _why(room, petition, given)
        lines += [texts.get("officer.change_because", reason=why)] if why else []
    return "\n".join(lines)


def _moved(
    room: Room, petition: PetitionRecord, *, outside: str | None = KEEP, **known: Any
) -> dict[str, Any]:
    """Where the routing rules send the corrected petition; nowhere from a unit it was moved to on purpose.

    A matter of another authority goes to the focal unit from anywhere, a sealed one only from where the rules
    had put it: it may stand elsewhere because the focal unit is the accused one.
    """
    agency = room.turn.facts.agency
    if (sealed(petition) or outside == KEEP) and not _placed_by_rules(room, petition):
        return {}
    after = replace(petition, **known)
    if outside != KEEP:
        after = replace(after, destination=outside)
    route = competence.route_today(agency, after)
    if route is None or same_unit(agency, route.unit, petition.unit):
        return {}
    return {"unit": route.unit}


def _placed_by_rules(room: Room, petition: PetitionRecord) -> bool:
    """Whether the petition stands where the rules put it, or somebody moved it on purpose."""
    agency = room.turn.facts.agency
    placed = competence.route_today(agency, petition)
    return placed is not None and same_unit(agency, placed.unit, petition.unit)


def _accusation(room: Room, petition: PetitionRecord, against: str | None, officer_id: int) -> dict[str, Any]:
    """Who is accused, and where the case then belongs: to the authority above where the office's head is."""
    agency = room.turn.facts.agency
    code = petition.against if against is None else against or None
    given: dict[str, Any] = {"accused_id": officer_id} | ({} if against is None else {"against": against})
    kept = competence.is_only_kept(agency, petition)
    after = replace(petition, against=code, destination=None if kept else petition.destination)
    route = competence.route_today(agency, after)
    if route is None:
        return given
    if route.destination != petition.destination:
        return given | {"destination": route.destination or "", "unit": route.unit}
    return given | _moved(room, petition, against=code)


def _accusable(agency: Agency) -> frozenset[str]:
    units = {unit.code for unit in agency.units if unit.active}
    return frozenset({NOT_OURS, *units, *(holder.code for holder in agency.office_holders)})


def accused_choices(room: Room, petition: PetitionRecord) -> list[tuple[str, str]]:
    """Who may be accused, as choices: office holders, units, somebody outside, nobody known."""
    agency, texts = room.turn.facts.agency, room.texts
    codes = [*(holder.code for holder in agency.office_holders), *(u.code for u in agency.units if u.active)]
    found = [(f"a:{code}", accused_name(agency, code, texts)) for code in (*codes, NOT_OURS)]
    nobody = ("a:-", texts.get("officer.correct_what_nobody"))
    return [each for each in (*found, nobody) if each[0] != f"a:{petition.against or '-'}"]


def _accused(room: Room, petition: PetitionRecord) -> list[Button]:
    choices = accused_choices(room, petition)
    return [
        _to(room, petition, "people"),
        *(_choice(petition, argument, label) for argument, label in choices),
    ]


def _units_with_people(room: Room, petition: PetitionRecord) -> list[Button]:
    agency = room.turn.facts.agency
    having = {unit_today(agency, officer.unit) for officer in room.turn.book.officers()}
    return [
        _choice(petition, f"pin:{unit.code}", unit.name(room.texts.language))
        for unit in agency.units
        if unit.code in having
    ]


def _people(room: Room, petition: PetitionRecord, unit: str) -> list[Button]:
    agency = room.turn.facts.agency
    return [
        _choice(petition, f"ao:{to_base36(officer.id)}", cards.officer_name(officer, room.texts))
        for officer in sorted(room.turn.book.officers(), key=lambda officer: officer.name)
        if same_unit(agency, officer.unit, unit)
    ]


def _accused_shown(room: Room, given: dict[str, Any]) -> str:
    agency, texts = room.turn.facts.agency, room.texts
    against = given.get("against")
    name = accused_name(agency, against, texts) if against else texts.get("officer.correct_what_nobody")
    officer = room.turn.book.officer(given["accused_id"]) if given.get("accused_id") else None
    if officer is None:
        return name
    unit = unit_name(agency, officer.unit, texts.language)
    return texts.get("routing.accused_officer", accused=unit, officer=cards.officer_name(officer, texts))


def _why(room: Room, petition: PetitionRecord, given: dict[str, Any]) -> str:
    """Why the rules send it there now, in words."""
    agency = room.turn.facts.agency
    known: dict[str, Any] = {name: given[name] for name in ("kind", "topic", "against") if name in given}
    known |= {"destination": given["destination"] or None} if "destination" in given else {}
    if known.get("against") == "":
        known["against"] = None
    route = competence.route_today(agency, replace(petition, **known))
    if route is None or not route.because:
        return ""
    return ground_words(agency, route.because[0], room.texts)


def _to(room: Room, petition: PetitionRecord, name: str) -> Button:
    return Button(
        label=room.text(f"officer.correct_what_{name}"), token=Press("fix", petition.id, name).token
    )


def _choice(petition: PetitionRecord, argument: str, label: str) -> Button:
    return Button(label=label, token=Press("fix", petition.id, argument).token)


def severity_choice(petition: PetitionRecord) -> tuple[str, str]:
    """How urgent it is, the other way: the choice and the name of its words."""
    other = Severity.NORMAL if petition.severity is Severity.URGENT else Severity.URGENT
    return f"y:{other}", other.value


def of_complaint(petition: PetitionRecord) -> list[tuple[str, str]]:
    """What makes a complaint's limits others: a disciplinary decision, an area hard to reach. The choice and the name
    of its words."""
    if petition.kind is not Kind.COMPLAINT:
        return []
    choices = [(f"s:{code or '-'}", name) for code, name in _SUBKINDS.items() if code != petition.subkind]
    choices.append(("r:0", "near") if petition.remote else ("r:1", "remote"))
    return choices


def _units_with_topics(room: Room, petition: PetitionRecord) -> list[Button]:
    agency = room.turn.facts.agency
    having = {topic.unit for topic in agency.topics}
    return [
        _choice(petition, f"in:{unit.code}", unit.name(room.texts.language))
        for unit in agency.units
        if unit.code in having
    ]


def _topics(room: Room, petition: PetitionRecord, unit: str) -> list[Button]:
    return [
        _choice(petition, f"t:{topic.code}", topic.name(room.texts.language))
        for topic in room.turn.facts.agency.topics
        if topic.unit == unit and topic.code != petition.topic
    ]


def _units(room: Room, petition: PetitionRecord) -> list[Button]:
    agency = room.turn.facts.agency
    return [
        _choice(petition, f"u:{unit.code}", unit.name(room.texts.language))
        for unit in agency.units
        if unit.active and unit.code != unit_today(agency, petition.unit)
    ]


def _authorities(room: Room, petition: PetitionRecord) -> list[Button]:
    buttons = [
        _choice(petition, f"d:{authority.code}", authority.name(room.texts.language))
        for authority in room.turn.facts.agency.outside_authorities
    ]
    if petition.destination:
        buttons.insert(0, _choice(petition, NO_DESTINATION, room.text("officer.correct_ours")))
    return buttons
