"""Entry by staff: a petition made at the counter, by telephone or by post, by the same rules and the same code.

What is entered becomes a petition like any other: number, tracking code, limits from the day it came, the unit the
routing rules name. The petitioner has no chat with us, so officers tell them by paper or telephone; the receipt with
its secret opens the case on the status page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers import cases
from handlers.officers import cards
from handlers.officers.access import unit_name
from petitions.agency import Route, UnknownCode
from petitions.codes import new_secret
from petitions.deadlines import Deadline, first_answer_due
from petitions.forms import FORMS
from petitions.kinds import Kind, Severity
from petitions.phones import Phone, read_phone
from petitions.text import clean
from petitions.transitions import SEALED_KINDS
from storage.records import Filing, PetitionContent, PetitionRecord

if TYPE_CHECKING:
    from handlers.officers.room import Room

CHANNELS: Final = ("counter", "phone", "post")
"""How it came: at the reception desk, by telephone, on paper by post. Wire values."""
LONGEST_STORY: Final = 20_000
LONGEST_LINE: Final = 300
LONGEST_WORDS: Final = 3000
OLDEST: Final = timedelta(days=90)
"""What came longer ago is a mistake in typing the day."""
MOST_PEOPLE: Final = 100_000
ONCE: Final = timedelta(days=1)
_LINES: Final = ("name", "phone", "address", "place", "accused", "respondent", "decision", "request")
_NAMED: Final = frozenset({"name", "phone", "address", "place", "accused", "request", "story", "files"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A petition as it was told to an officer."""

    channel: str
    arrived_on: date
    kind: Kind
    story: str
    topic: str | None
    outside: str | None
    against: str | None
    said: Mapping[str, str]
    """What was told beside the story, by field; only what the form of the kind asks."""
    people: int | None
    urgent: bool
    secret: bool
    """Kept secret: by law for its kind, or because the person asked for it."""

    @property
    def nameless(self) -> bool:
        return self.kind is Kind.ANONYMOUS_TIP


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What will become of the entry, in words; shown before it counts."""

    kind: str
    unit: str
    destination: str
    due: str
    article: str
    secret: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """The petition, with what only the petitioner is told."""

    petition: PetitionRecord
    secret: str
    """The receipt's secret; kept nowhere in clear."""


def read_entry(room: Room, given: Mapping[str, str]) -> Entry | dict[str, str]:
    """The entry a form holds; or what of it cannot be, in words by field."""
    problems: dict[str, str] = {}
    agency = room.turn.facts.agency

    def wrong(name: str, key: str) -> None:
        problems.setdefault(name, room.text(f"console_entry.{key}"))

    kind = next((kind for kind in Kind if kind == given.get("kind")), None)
    channel = given.get("channel", "")
    story = clean(given.get("story", ""))
    topic, outside, against = (given.get(name, "") or None for name in ("topic", "outside", "against"))
    if channel not in CHANNELS:
        wrong("channel", "wrong_choice")
    if kind is None:
        wrong("kind", "wrong_choice")
    if not story:
        wrong("story", "wrong_story")
    elif len(story) > LONGEST_STORY:
        wrong("story", "wrong_long")
    if topic is not None and topic not in {each.code for each in agency.topics}:
        wrong("topic", "wrong_choice")
    if outside is not None and outside not in {each.code for each in agency.outside_authorities}:
        wrong("outside", "wrong_choice")
    if against is not None and against not in {each.code for each in agency.units}:
        wrong("against", "wrong_choice")
    arrived_on = _day(room, given.get("arrived_on", ""))
    if arrived_on is None:
        wrong("arrived_on", "wrong_day")
    people = _people(given.get("people", ""))
    if people == 0:
        wrong("people", "wrong_people")
    said = _said(room, kind or Kind.FEEDBACK, given, problems)
    if problems or kind is None or arrived_on is None:
        return problems
    return Entry(
        channel=channel,
        arrived_on=arrived_on,
        kind=kind,
        story=story,
        topic=topic,
        outside=outside,
        against=against,
        said=said,
        people=people,
        urgent=given.get("urgent") == "1",
        secret=given.get("secret") == "1" or kind in SEALED_KINDS,
    )


def review(room: Room, entry: Entry) -> Review:
    """Where the entry goes and by when it is answered."""
    agency, texts = room.turn.facts.agency, room.texts
    going, due = _route(room, entry), _due(room, entry)
    return Review(
        kind=texts.get(f"cards.kind_{entry.kind}"),
        unit=unit_name(agency, going.unit, texts.language),
        destination=cards.destination_shown(room.turn, going.destination, texts) if going.destination else "",
        due=cards.shown_date(due.date, texts),
        article=due.article,
        secret=entry.secret,
    )


def file_entry(room: Room, entry: Entry, *, once: str) -> Entered | None:
    """Files the entry. None where the form with this `once` was filed before: a second press changes nothing."""
    turn = room.turn
    if not turn.book.throttle(f"entry:{room.officer.id}:{once}", limit=1, per=ONCE):
        return None
    going, due, secret = _route(room, entry), _due(room, entry), new_secret(turn.random)
    said = {} if entry.nameless else dict(entry.said)
    filing = Filing(
        kind=entry.kind,
        unit=going.unit,
        topic=entry.topic,
        destination=going.destination,
        severity=Severity.URGENT if entry.urgent else Severity.NORMAL,
        confidential=entry.secret,
        anonymous=entry.nameless,
        people=entry.people,
        language=turn.language,
        due_on=due.date,
        due_rule=due.rule_id,
        first_message_at=_moment(room, entry.arrived_on),
        channel=entry.channel,
        content=PetitionContent(
            story=(entry.story,),
            answers={name: value for name, value in entry.said.items() if name not in _NAMED},
            name=said.get("name", ""),
            phone=said.get("phone", ""),
            address=said.get("address", ""),
            place=entry.said.get("place", ""),
            accused=entry.said.get("accused", ""),
            request=entry.said.get("request", ""),
        ),
        event={"entered": entry.channel},
        actor=room.actor,
        secret=secret,
    )
    return Entered(petition=cases.file_petition(turn, filing), secret=secret)


def _route(room: Room, entry: Entry) -> Route:
    agency = room.turn.facts.agency
    try:
        return agency.route(entry.kind, entry.topic, against=entry.against, outside=entry.outside)
    except UnknownCode:  # the profile changed between the two steps of the form
        return agency.route(entry.kind, None, against=entry.against)


def _due(room: Room, entry: Entry) -> Deadline:
    facts = room.turn.facts
    return first_answer_due(_moment(room, entry.arrived_on), facts.calendar, facts.agency.zone)


def _moment(room: Room, arrived_on: date) -> datetime:
    """The moment it came: now, or the opening of an earlier day."""
    zone = room.turn.facts.agency.zone
    return min(room.turn.now, datetime.combine(arrived_on, time(8), zone))


def _day(room: Room, typed: str) -> date | None:
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day if today - OLDEST <= day <= today else None


def _people(typed: str) -> int | None:
    """How many people stand behind it; None: not told, 0: no such number."""
    words = clean(typed)
    if not words:
        return None
    number = int(words) if words.isascii() and words.isdigit() and len(words) < 7 else 0
    return number if number <= MOST_PEOPLE else 0


def _said(room: Room, kind: Kind, given: Mapping[str, str], problems: dict[str, str]) -> dict[str, str]:
    """What else was told; only fields that the form of the kind has, each as its validator reads it."""
    asked = {field.key for field in FORMS[kind]}
    said = {}
    for name in _LINES:
        words = clean(given.get(name, "")) if name in asked else ""
        longest = LONGEST_WORDS if name in ("request", "decision") else LONGEST_LINE
        if len(words) > longest:
            problems[name] = room.text("officer.words_too_long", limit=longest, count=len(words))
        elif words:
            said[name] = words
    if "name" in asked and "name" not in said:
        problems.setdefault("name", room.text("console_entry.wrong_name"))
    if "phone" in said:
        read = read_phone(said["phone"])
        if isinstance(read, Phone):
            said["phone"] = read.number
        else:
            problems["phone"] = room.text("console_entry.wrong_phone")
    if kind is Kind.DENUNCIATION and not said.keys() & {"phone", "address"}:
        problems.setdefault("phone", room.text("console_entry.wrong_reach"))
    if "received_on" in asked and given.get("received_on"):
        received = _past(room, given["received_on"])
        if received is None:
            problems["received_on"] = room.text("console_entry.wrong_day")
        else:
            said["received_on"] = received
    return said


def _past(room: Room, typed: str) -> str | None:
    """A day gone by, as the form keeps it."""
    today = room.turn.now.astimezone(room.turn.facts.agency.zone).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return None
    return day.isoformat() if day <= today else None


def choices(room: Room) -> dict[str, Any]:
    """What the form offers: value and words of each, by field."""
    agency, texts = room.turn.facts.agency, room.texts
    groups = [
        (
            unit.name(texts.language),
            [(topic.code, topic.name(texts.language)) for topic in agency.topics if topic.unit == unit.code],
        )
        for unit in agency.units
    ]
    listed = {code for _, topics in groups for code, _ in topics}
    rest = [(each.code, each.name(texts.language)) for each in agency.topics if each.code not in listed]
    return {
        "channel": [(name, texts.get(f"console_entry.channel_{name}")) for name in CHANNELS],
        "kind": [(kind.value, texts.get(f"cards.kind_{kind}")) for kind in Kind],
        "topic": [*((name, topics) for name, topics in groups if topics), *([("", rest)] if rest else [])],
        "outside": [(each.code, each.name(texts.language)) for each in agency.outside_authorities],
        "against": [(unit.code, unit.name(texts.language)) for unit in agency.units if unit.active],
    }
