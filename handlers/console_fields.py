"""The fields of an action's form: what each need of the workflow table is asked as, and how its value is read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from handlers.case_changes import goes_to_focal
from handlers.console_case import found
from handlers.officers import corrections, step_answers
from handlers.officers.access import unit_today
from handlers.officers.tokens import to_base36
from petitions.agency_parts import OUTSIDE
from petitions.codes import BadCode, TrackingCode
from petitions.facts import BadFact, check_facts, facts_of
from petitions.kinds import Action, Kind
from petitions.routing import ACCUSING
from petitions.text import clean
from petitions.transition_groups import INTAKE_STAGES
from petitions.transition_rows import NEEDS

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from petitions.transition_rows import Transition
    from storage.records import PetitionRecord

CORRECTION: Final = "correction"
"""Name of the field that says what is put right; its values are those of the chat's buttons."""
MAX_TASK: Final = 1000
_TYPED_DAY: Final = re.compile(r"(\d{1,2})[/.\-](\d{1,2})[/.\-](\d{4})")
_AMOUNT: Final = re.compile(r"\d{1,3}(?:[. ]\d{3})+|\d{1,13}")
_READ_BY_CITIZEN: Final = frozenset({"text", "reason"})
_LEFT_OPEN: Final = frozenset({"article", "proposal"})
_LINES: Final = ("document", "law", "article")
INSIDE: Final = frozenset({Action.NOTE, Action.POLICY_GAP, Action.WITHDRAW_GAP})
"""Actions whose words the citizen never sees."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One thing to tell. `sort`: choice, day, moment, line, words, numbers or case."""

    name: str
    sort: str
    label: str
    hint: str = ""
    options: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    """Groups of choices: heading (may be empty), then value and words of each."""
    numbers: tuple[tuple[str, str], ...] = ()
    """Numbers of the report forms: name of the field, words."""
    value: str = ""
    """What stands in it at first."""
    longest: int = 0
    optional: bool = False


@dataclass(frozen=True, slots=True)
class Problems:
    """What of a form could not be read, in words, by field."""

    by_field: Mapping[str, str]


class _Unread(Exception):
    """A value that cannot be read; carries the words that say so."""


def fields_of(room: Room, petition: PetitionRecord, row: Transition) -> tuple[Field, ...]:
    """What the row needs, in the order it is asked."""
    wanted = [_field(room, petition, row, need) for need in NEEDS if need in row.needs]
    if row.action is Action.CORRECT:
        wanted.insert(0, _correction(room, petition))
    return tuple(wanted)


def read_fields(
    room: Room, petition: PetitionRecord, row: Transition, given: Mapping[str, str]
) -> dict[str, Any] | Problems:
    """What `cases.perform` gets for a filled form."""
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    if row.action is Action.CORRECT:
        chosen = given.get(CORRECTION, "")
        changes = corrections.changes(room, petition, chosen) if chosen else {}
        if not changes:
            problems[CORRECTION] = room.text("console_case.choose")
        values |= changes
    for need in NEEDS:
        if need not in row.needs:
            continue
        try:
            values |= _value(room, petition, row, need, given)
        except _Unread as unread:
            problems[need] = str(unread)
    return Problems(problems) if problems else values


def _field(room: Room, petition: PetitionRecord, row: Transition, need: str) -> Field:
    label = room.text(f"officer.step_{need}")
    match need:
        case "unit" | "destination" | "code" | "officer" | "gap":
            options = _options(room, petition, row, need)
            return Field(name=need, sort="choice", label=label, options=(("", options),))
        case "on":
            today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
            return Field(name=need, sort="day", label=label, value=today.isoformat())
        case "due":
            return Field(name=need, sort="day", label=label)
        case "moment":
            return Field(name=need, sort="moment", label=label)
        case "linked":
            hint = room.text("console_case.linked_hint")
            return Field(name=need, sort="case", label=label, hint=hint, longest=40)
        case "facts":
            numbers = tuple(
                (f"facts.{fact.key}", room.text(f"facts.{fact.key}")) for fact in _facts(petition, row)
            )
            hint = room.text("console_case.numbers_hint")
            return Field(name=need, sort="numbers", label=label, hint=hint, numbers=numbers)
        case "document":
            hint = room.text("console_case.document_hint")
            return Field(name=need, sort="line", label=label, hint=hint, longest=step_answers.MAX_LINE)
        case "law" | "article" | "proposal":
            hint = room.text(f"officer.step_hint_{need}")
            sort = "words" if need == "proposal" else "line"
            most = step_answers.MAX_WORDS if need == "proposal" else step_answers.MAX_LINE
            return Field(name=need, sort=sort, label=label, hint=hint, longest=most, optional=need != "law")
        case "task":
            return Field(name=need, sort="words", label=label, longest=MAX_TASK)
        case _:
            hint = ""
            if need in _READ_BY_CITIZEN:
                inside = row.action in INSIDE
                hint = room.text("console_case.words_inside" if inside else "console_case.words_read")
            return Field(name=need, sort="words", label=label, hint=hint, longest=step_answers.MAX_WORDS)


def _options(room: Room, petition: PetitionRecord, row: Transition, need: str) -> tuple[tuple[str, str], ...]:
    offered = step_answers.choices(room, petition, row, need)
    if need == "officer" and row.action is Action.ASSIGN:
        now = to_base36(petition.officer_id or 0)
        offered = [(value, words) for value, words in offered if value != now]
    if need == "unit" and row.action is Action.TRANSFER:
        return tuple(
            (value, _focal(room, words) if goes_to_focal(room.turn, petition, value) else words)
            for value, words in offered
        )
    return tuple(offered)


def _focal(room: Room, words: str) -> str:
    return room.text("console_case.goes_to_focal", unit=words)


def _correction(room: Room, petition: PetitionRecord) -> Field:
    """What can be put right now, grouped as the chat's menu is."""
    agency, texts = room.turn.facts.agency, room.texts
    groups: list[tuple[str, list[tuple[str, str]]]] = []
    if petition.stage in INTAKE_STAGES:
        here = unit_today(agency, petition.unit)
        kinds = [
            (f"k:{k}", texts.get(f"cards.kind_{k}")) for k in corrections.KINDS if k is not petition.kind
        ]
        topics = [(f"t:{t.code}", t.name(texts.language)) for t in agency.topics if t.code != petition.topic]
        units = [(f"u:{u.code}", u.name(texts.language)) for u in agency.units if u.active and u.code != here]
        outside = [(f"d:{a.code}", a.name(texts.language)) for a in agency.outside_authorities]
        if petition.destination:
            outside.insert(0, (corrections.NO_DESTINATION, room.text("officer.correct_ours")))
        groups = [("kind", kinds), ("topics", topics), ("units", units), ("outside", outside)]
    grouped = [(room.text(f"officer.correct_what_{name}"), tuple(options)) for name, options in groups]
    if petition.kind in ACCUSING:
        accused = tuple(corrections.accused_choices(room, petition))
        grouped.append((room.text("officer.correct_what_accused"), accused))
    own = tuple(
        (argument, room.text(f"officer.correct_what_{name}"))
        for argument, name in corrections.of_complaint(petition)
    )
    if petition.stage in INTAKE_STAGES:
        argument, name = corrections.severity_choice(petition)
        urgency = ((argument, room.text(f"officer.correct_what_{name}")),)
        grouped.append((room.text("console_case.urgency"), urgency))
    if own:
        grouped.append((room.text("cards.kind_khieu_nai"), own))
    return Field(
        name=CORRECTION, sort="choice", label=room.text("console_case.correct_what"), options=tuple(grouped)
    )


def _value(
    room: Room, petition: PetitionRecord, row: Transition, need: str, given: Mapping[str, str]
) -> dict[str, Any]:
    if need == "facts":
        return {"facts": _numbers(room, petition, row, given)}
    typed = clean(given.get(need, ""))
    if not typed and need in _LEFT_OPEN:
        return {need: ""}
    if not typed:
        raise _Unread(room.text("console_case.missing"))
    match need:
        case "unit" | "destination" | "code" | "officer" | "gap":
            return _picked(room, petition, row, need, typed)
        case "on" | "due":
            return {need: _day(room, typed)}
        case "moment":
            return {need: _moment(room, typed)}
        case "linked":
            return {need: _linked(room, petition, typed)}
        case _:
            most = MAX_TASK if need == "task" else step_answers.MAX_WORDS
            most = step_answers.MAX_LINE if need in _LINES else most
            if len(typed) > most:
                raise _Unread(room.text("officer.words_too_long", limit=most, count=len(typed)))
            return {need: typed}


def _picked(room: Room, petition: PetitionRecord, row: Transition, need: str, typed: str) -> dict[str, Any]:
    if typed not in {value for value, _ in step_answers.choices(room, petition, row, need)}:
        raise _Unread(room.text("console_case.choose"))
    match need:
        case "officer":
            return {"officer_id": int(typed, 36)}
        case "gap":
            return {need: int(typed, 36)}
        case "destination":
            return {need: f"{OUTSIDE}:{typed}"}
        case _:
            return {need: typed}


def _day(room: Room, typed: str) -> date:
    """A day as a date field gives it, or as it is typed where there is no such field."""
    match = _TYPED_DAY.fullmatch(typed)
    try:
        if match is not None:
            return date(int(match[3]), int(match[2]), int(match[1]))
        return date.fromisoformat(typed)
    except ValueError:
        raise _Unread(room.text("officer.step_bad_date")) from None


def _moment(room: Room, typed: str) -> datetime:
    try:
        local = datetime.fromisoformat(typed)
    except ValueError:
        raise _Unread(room.text("officer.step_bad_moment")) from None
    if local.tzinfo is not None:
        raise _Unread(room.text("officer.step_bad_moment"))
    return local.replace(tzinfo=room.turn.facts.agency.zone)


def _linked(room: Room, petition: PetitionRecord, typed: str) -> int:
    try:
        other = found(room, TrackingCode.parse(typed).value)
    except BadCode:
        other = None
    if other is None or other.id == petition.id:
        raise _Unread(room.text("officer.step_bad_code"))
    return other.id


def _facts(petition: PetitionRecord, row: Transition) -> tuple[Any, ...]:
    return facts_of(row.facts, denunciation=petition.kind is Kind.DENUNCIATION)


def _numbers(
    room: Room, petition: PetitionRecord, row: Transition, given: Mapping[str, str]
) -> dict[str, int]:
    """The numbers of the report forms; an empty field is none."""
    numbers: dict[str, int] = {}
    for fact in _facts(petition, row):
        typed = clean(given.get(f"facts.{fact.key}", ""))
        if not typed:
            continue
        if _AMOUNT.fullmatch(typed) is None:
            raise _Unread(room.text("officer.refused_bad_fact", fact=room.text(f"facts.{fact.key}")))
        numbers[fact.key] = int(re.sub(r"[. ]", "", typed))
    try:
        return check_facts(row.facts, numbers, denunciation=petition.kind is Kind.DENUNCIATION)
    except BadFact as fault:
        words = room.text("officer.refused_bad_fact", fact=room.text(f"facts.{fault.key}"))
        raise _Unread(words) from fault
