"""What somebody gave with an action, in words: to whom, where to, why, which document, which day."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from handlers.officers import cards
from handlers.officers.access import Access, officer_access, unit_name
from handlers.route_words import accused_name
from petitions.agency import UnknownCode
from petitions.kinds import Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from handlers.officers.room import Room
    from storage.records import EventRecord, OfficerRecord, PetitionRecord

_LINES: Final = ("document", "law", "article", "proposal", "task")
_DAYS: Final = ("on", "due")
_SEPARATOR: Final = " · "


def linked_in(room: Room, events: list[EventRecord]) -> Mapping[int, PetitionRecord]:
    """The petitions that events name, as far as this officer may know of them; read at once."""
    ids = {event.content["linked"] for event in events if isinstance(event.content.get("linked"), int)}
    known = room.turn.book.petitions_by_id(sorted(ids)) if ids else {}
    agency = room.turn.facts.agency
    return {
        id_: petition
        for id_, petition in known.items()
        if officer_access(agency, petition, room.officer) is not Access.NONE
    }


def given_words(
    room: Room,
    event: EventRecord,
    people: Mapping[int, OfficerRecord],
    linked: Mapping[int, PetitionRecord],
) -> str:
    """Everything given with an action beside its free words: "Đơn vị: …  · Ngày: …"; empty where nothing was.

    The filing itself says nothing here: what was filed stands on the page.
    """
    if event.action is Action.FILE:
        return ""
    pairs = [*_where(room, event, people, linked), *_why(room, event), *_corrected(room, event, people)]
    return _SEPARATOR.join(f"{label}: {value}" for label, value in pairs if value)


def _where(
    room: Room,
    event: EventRecord,
    people: Mapping[int, OfficerRecord],
    linked: Mapping[int, PetitionRecord],
) -> Iterator[tuple[str, str]]:
    content, agency = event.content, room.turn.facts.agency
    if content.get("unit"):
        yield room.text("officer.step_unit"), unit_name(agency, str(content["unit"]), room.texts.language)
    officer = people.get(content["officer_id"]) if isinstance(content.get("officer_id"), int) else None
    if officer is not None:
        yield room.text("officer.step_officer"), cards.officer_name(officer, room.texts)
    if content.get("destination"):
        shown = cards.destination_shown(room.turn, str(content["destination"]), room.texts)
        yield room.text("officer.step_destination"), shown
    named = linked.get(content["linked"]) if isinstance(content.get("linked"), int) else None
    if named is not None:
        yield room.text("console_case.given_linked"), cards.shown_code(named)


def _why(room: Room, event: EventRecord) -> Iterator[tuple[str, str]]:
    content = event.content
    code = f"reasons.short_{content.get('code')}"
    if content.get("code") and code in room.texts:
        yield room.text("officer.step_code"), room.text(code)
    for name in _LINES:
        if content.get(name):
            yield room.text(f"officer.step_{name}"), str(content[name])
    for name in _DAYS:
        if isinstance(content.get(name), str):
            yield room.text(f"officer.step_{name}"), _day(room, content[name])
    if isinstance(content.get("moment"), str):
        local = datetime.fromisoformat(content["moment"]).astimezone(room.turn.facts.agency.zone)
        yield room.text("officer.step_moment"), cards.shown_moment(local, room.texts)
    if content.get("rating"):
        yield room.text("officer.step_rating"), f"{content['rating']}/5"
    facts = content.get("facts")
    for key, value in facts.items() if isinstance(facts, dict) else ():
        if value and f"facts.{key}" in room.texts:
            yield room.text(f"facts.{key}"), str(value)
    if content.get("file_ids"):
        yield room.text("console_case.files"), str(len(content["file_ids"]))


def _corrected(
    room: Room, event: EventRecord, people: Mapping[int, OfficerRecord]
) -> Iterator[tuple[str, str]]:
    """What a correction made of the case."""
    if event.action is not Action.CORRECT:
        return
    content, texts, agency = event.content, room.texts, room.turn.facts.agency
    if content.get("kind"):
        yield room.text("console_case.fact_kind"), texts.get(f"cards.kind_{content['kind']}")
    if content.get("topic"):
        yield room.text("console_case.fact_topic"), _topic(room, str(content["topic"]))
    if content.get("severity"):
        yield room.text("console_case.correct_what"), texts.get(f"officer.correct_what_{content['severity']}")
    if content.get("remote") is not None:
        name = "remote" if content["remote"] else "near"
        yield room.text("console_case.correct_what"), texts.get(f"officer.correct_what_{name}")
    if content.get("against"):
        accused = accused_name(agency, str(content["against"]), texts)
        yield room.text("console_case.told_accused"), accused
    officer = people.get(_number(content.get("accused_id")))
    if officer is not None:
        yield room.text("console_case.told_accused"), cards.officer_name(officer, texts)


def _topic(room: Room, code: str) -> str:
    try:
        return room.turn.facts.agency.topic(code).name(room.texts.language)
    except UnknownCode:
        return code


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _day(room: Room, told: str) -> str:
    return cards.shown_date(date.fromisoformat(told), room.texts)
