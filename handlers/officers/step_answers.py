"""How each thing a legal step needs is asked, read and shown again."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final

from handlers import competence
from handlers.messages import Button
from handlers.officers import cards, gap_words, routing_lines
from handlers.officers.access import Access, officer_access, unit_name, unit_today
from handlers.officers.lists import paged
from handlers.officers.tokens import Press, to_base36
from petitions.choices import match_choice
from petitions.codes import find_codes
from petitions.dates import find_dates
from petitions.facts import BadFact, check_facts, facts_of
from petitions.kinds import Action, Kind
from petitions.policy_gaps import LAW_LONGEST, read_legal_text
from petitions.reasons import codes_of
from petitions.settling_transitions import codes_for
from petitions.text import clean, fold

if TYPE_CHECKING:
    from handlers.officers import state
    from handlers.officers.room import Room
    from petitions.transition_rows import Transition
    from storage.records import PetitionRecord

MAX_WORDS: Final = 3000
MAX_LINE: Final = 200
_FULL: Final = re.compile(r"(\d{1,2})\s*[/.\-]\s*(\d{1,2})\s*[/.\-]\s*(\d{4})")
_HOUR: Final = re.compile(r"\b([01]?\d|2[0-3])\s*(?:h|:|giờ|g)\s*([0-5]\d)?\b", re.IGNORECASE)
_PAIR: Final = re.compile(r"(?<!\d)(\d{1,2})\s*[=:]\s*(\d{1,3}(?:[. ]\d{3})+|\d+)(?!\d)")
"""Line of the list = amount; thousands may be parted by a point or a space, pairs by anything else."""
_NONE: Final = frozenset({"khong", "khong co", "khong co gi", "none", "no", "0"})
_PICK: Final = "pick"
_LEFT_OPEN: Final = "none"

Choices = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Unread:
    """An answer that could not be read: the text that says why and what is possible."""

    key: str
    params: dict[str, Any] = field(default_factory=dict)


def ask(room: Room, petition: PetitionRecord, row: Transition, pending: state.Pending, page: int = 0) -> None:
    """Put the question for the need that is open, with its choices as buttons where it has some."""
    need = pending.asking
    key = f"officer.step_ask_{row.action}_{need}"
    buttons = [
        Button(label=label, token=Press(_PICK, petition.id, value).token)
        for value, label in choices(room, petition, row, need)
    ]
    rows = paged(buttons, page, lambda to: Press(_PICK, petition.id, f"p:{to}").token, room.texts)
    cancel = Button(label=room.text("officer.button_cancel"), token=Press("no", petition.id).token)
    room.ask(
        key if key in room.texts else f"officer.step_ask_{need}",
        (*rows, (cancel,)),
        petition_id=petition.id,
        code=cards.shown_code(petition),
        action=room.text(f"cards.button_{row.action}").rstrip("…"),
        list=_list(room, petition, row, need),
    )


def _list(room: Room, petition: PetitionRecord, row: Transition, need: str) -> str:
    """What stands under the question: the numbers of the report, or what the routing rules say."""
    if need == "unit":
        return routing_lines.transfer_lines(room.turn, petition, room.texts)
    return _fact_list(room, petition, row) if need == "facts" else ""


def choices(room: Room, petition: PetitionRecord, row: Transition, need: str) -> Choices:
    """What can be pressed instead of typed: (value in the button, label)."""
    agency = room.turn.facts.agency
    match need:
        case "code":
            names = codes_of(codes_for(row, instance=petition.instance))
            return [(name, room.text(f"reasons.short_{name}")) for name in names]
        case "on":
            return [("today", room.text("officer.step_today"))]
        case "unit":
            # Who rules may leave the case where it lies; only handing it over needs another unit.
            here = None if row.action is Action.RULE_UNIT else unit_today(agency, petition.unit)
            return [
                (u.code, u.name(room.texts.language))
                for u in agency.units
                if u.active and u.code != here and not competence.barred(agency, petition, u.code)
            ]
        case "destination":
            return [(a.code, a.name(room.texts.language)) for a in agency.outside_authorities]
        case "officer":
            unit = unit_today(agency, petition.unit)
            people = sorted(room.turn.book.officers(unit=unit), key=lambda officer: officer.name)
            people = [o for o in people if not competence.is_accused(petition, o)]
            if row.action is Action.ORDER_TASK:
                people = [o for o in people if officer_access(agency, petition, o) is not Access.NONE]
            return [(to_base36(o.id), cards.officer_name(o, room.texts)) for o in people]
        case "facts":
            return [("none", room.text("officer.step_no_facts"))]
        case "article" | "proposal":
            return [(_LEFT_OPEN, room.text(f"officer.step_no_{need}"))]
        case "gap":
            return gap_words.choices(room, petition)
        case _:
            return []


def read(
    room: Room, petition: PetitionRecord, row: Transition, pending: state.Pending, words: str
) -> Any | Unread:
    """The answer as a JSON value; `Unread` where the words are none."""
    need = pending.asking
    text = clean(words)
    if not text:
        return Unread("officer.words_empty")
    match need:
        case "code" | "unit" | "destination" | "officer" | "gap":
            return _chosen(room, petition, row, need, text)
        case "on":
            return _day(room, text, ahead=False)
        case "due":
            return _day(room, text, ahead=True)
        case "moment":
            return _moment(room, text)
        case "linked":
            return _linked(room, petition, text)
        case "facts":
            return _facts(room, petition, row, text)
        case "law":
            return _law(text, pending)
        case "article" | "proposal" if fold(text) in _NONE | {_LEFT_OPEN}:
            return ""
        case "article":
            return text if len(text) <= MAX_LINE else Unread("officer.step_too_long", {"limit": MAX_LINE})
        case "document" | "task":
            limit = MAX_LINE if need == "document" else 1000
            return text if len(text) <= limit else Unread("officer.step_too_long", {"limit": limit})
        case _:
            if len(text) > MAX_WORDS:
                return Unread("officer.words_too_long", {"limit": MAX_WORDS, "count": len(text)})
            return text


def shown(room: Room, petition: PetitionRecord, need: str, value: Any) -> str:
    """What was given, as people read it."""
    match need:
        case "article" | "proposal" if not value:
            return room.text(f"officer.step_no_{need}")
        case "gap":
            return dict(gap_words.choices(room, petition)).get(to_base36(int(value)), "")
        case "on" | "due":
            return cards.shown_date(date.fromisoformat(value), room.texts)
        case "moment":
            local = datetime.fromisoformat(value).astimezone(room.turn.facts.agency.zone)
            return cards.shown_moment(local, room.texts)
        case "code":
            return room.text(f"reasons.short_{value}")
        case "unit":
            return unit_name(room.turn.facts.agency, str(value), room.texts.language)
        case "destination":
            return cards.destination_shown(room.turn, f"outside:{value}", room.texts)
        case "officer":
            officer = room.turn.book.officer(int(value))
            return cards.officer_name(officer, room.texts) if officer is not None else ""
        case "linked":
            other = room.turn.book.petition(int(value))
            return cards.shown_code(other) if other is not None else ""
        case "facts":
            told = [f"{room.text(f'facts.{key}')}: {number}" for key, number in value.items() if number]
            return "; ".join(told) or room.text("officer.step_no_facts")
        case _:
            return str(value)


def _chosen(room: Room, petition: PetitionRecord, row: Transition, need: str, text: str) -> Any | Unread:
    offered = choices(room, petition, row, need)
    value = text if text in {value for value, _ in offered} else None
    value = value or match_choice(text, [(value, [label]) for value, label in offered])
    if value is None:
        return Unread("officer.step_choose")
    return int(value, 36) if need in ("officer", "gap") else value


def _law(text: str, pending: state.Pending) -> str | Unread:
    """The legal text in free words; one that nobody could look up is asked for once more, and then taken."""
    if len(text) > LAW_LONGEST:
        return Unread("officer.step_too_long", {"limit": LAW_LONGEST})
    if not read_legal_text(text).is_named and not pending.misses:
        return Unread("officer.step_law_unclear")
    return text


def _day(room: Room, text: str, *, ahead: bool) -> str | Unread:
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    if fold(text) in {"today", "hom nay"}:
        return today.isoformat()
    full = _FULL.search(text)
    if full is not None:
        try:
            return date(int(full[3]), int(full[2]), int(full[1])).isoformat()
        except ValueError:
            return Unread("officer.step_bad_date")
    if ahead:
        return Unread("officer.step_full_date")
    found = [day.date for day in find_dates(text, today) if day.date is not None]
    return found[0].isoformat() if found else Unread("officer.step_bad_date")


def _moment(room: Room, text: str) -> str | Unread:
    full, hour = _FULL.search(text), _HOUR.search(_FULL.sub(" ", text))
    if full is None or hour is None:
        return Unread("officer.step_bad_moment")
    try:
        day = date(int(full[3]), int(full[2]), int(full[1]))
    except ValueError:
        return Unread("officer.step_bad_date")
    zone = room.turn.facts.agency.zone
    return datetime.combine(day, time(int(hour[1]), int(hour[2] or 0)), zone).isoformat()


def _linked(room: Room, petition: PetitionRecord, text: str) -> int | Unread:
    """Another case this officer may see; one that is hidden is answered as one that is not there."""
    for found in find_codes(text):
        other = room.turn.book.petition_by_code(found.code.value) if found.code is not None else None
        seen = officer_access(room.turn.facts.agency, other, room.officer)
        if other is not None and other.id != petition.id and seen is not Access.NONE:
            return other.id
    return Unread("officer.step_bad_code")


def _facts(room: Room, petition: PetitionRecord, row: Transition, text: str) -> dict[str, int] | Unread:
    denunciation = petition.kind is Kind.DENUNCIATION
    known = facts_of(row.facts, denunciation=denunciation)
    if fold(text) in _NONE:
        return check_facts(row.facts, {}, denunciation=denunciation)
    given: dict[str, int] = {}
    for number, amount in _PAIR.findall(text):
        place = int(number) - 1
        if not 0 <= place < len(known):
            return Unread("officer.step_bad_facts")
        given[known[place].key] = int(re.sub(r"[. ]", "", amount))
    if not given:
        return Unread("officer.step_bad_facts")
    try:
        return check_facts(row.facts, given, denunciation=denunciation)
    except BadFact as fault:
        return Unread("officer.refused_bad_fact", {"fact": room.text(f"facts.{fault.key}")})


def _fact_list(room: Room, petition: PetitionRecord, row: Transition) -> str:
    known = facts_of(row.facts, denunciation=petition.kind is Kind.DENUNCIATION)
    return "\n".join(f"{n}. {room.text(f'facts.{fact.key}')}" for n, fact in enumerate(known, start=1))
