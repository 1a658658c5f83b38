"""The console's board: whose petitions, narrowed how, and what of each stands in its line."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from handlers.officers import cards
from handlers.officers.access import same_unit, sealed, unit_name
from handlers.officers.clock_lines import Standpoint, named, rule_of
from petitions.agency import UnknownCode
from petitions.clockwork import current
from petitions.kinds import Kind, Severity, Stage
from petitions.transition_groups import DONE, FINISHED, LEADING, OVERSIGHT, RESTING, SEALED_ROLES
from storage.console_board import Age, Choice, Colour, Counts, Key, Reader, View

if TYPE_CHECKING:
    from collections.abc import Mapping

    from handlers.texts import Texts
    from handlers.turn import Facts
    from petitions.agency import Agency
    from petitions.clocks import Clock
    from storage.casebook import Casebook
    from storage.records import OfficerRecord, PetitionContent, PetitionRecord

PAGE: Final = 40
"""Lines of one page."""
SOON_DAYS: Final = 3
"""Working days: what falls due within them is due soon; the same in chat (`handlers.officers.inbox`)."""
GIST: Final = 110
"""Characters of the story in a line."""
_KEY: Final = re.compile(r"(?:(\d{4}-\d{2}-\d{2})|-)\.(\d{1,19})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One petition in the list, in words."""

    code: str
    shown: str
    register: str
    kind: str
    topic: str
    gist: str
    stage: str
    unit: str
    officer: str
    colour: Colour
    due: str
    left: int
    """Days until the limit; below 0: days since it passed."""
    what: str
    article: str
    urgent: bool
    secret: bool
    marks: tuple[str, ...]
    version: int
    seq: int
    """How many events its history has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A page of the list."""

    lines: tuple[Line, ...]
    counts: Counts | None
    """None for finished petitions, which have no limit and are not counted."""
    following: str
    """What asks for the next page; empty on the last one."""


@dataclass(frozen=True, slots=True)
class Look:
    """From where a page looks: as a turn does, and nothing is changed."""

    facts: Facts
    book: Casebook
    now: datetime


def views_of(officer: OfficerRecord) -> tuple[View, ...]:
    """The lists this officer may open."""
    return (View.MINE, View.UNIT, View.ALL) if officer.role in OVERSIGHT else (View.MINE, View.UNIT)


def first_view(officer: OfficerRecord) -> View:
    """What the board opens with: one's own work, for those who lead that of the unit."""
    return View.UNIT if officer.role in LEADING else View.MINE


def reader_of(agency: Agency, officer: OfficerRecord) -> Reader:
    """The rights of an officer, as the list's query needs them."""
    return Reader(
        officer_id=officer.id,
        units=tuple(unit.code for unit in agency.units if same_unit(agency, unit.code, officer.unit))
        or (officer.unit,),
        sealed_of_unit=officer.role in SEALED_ROLES,
        everywhere=officer.role in OVERSIGHT,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the page was asked for, each value known to exist; anything else counts as not asked."""

    choice: Choice
    after: Key | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    """The wish as it stands in an address, without where the page begins."""


def read_wish(agency: Agency, officer: OfficerRecord, asked: Mapping[str, str]) -> Wish:
    """The wish of an address. A view that is not this officer's, a unit or topic there is not: not asked."""
    view = next((view for view in views_of(officer) if view == asked.get("view")), first_view(officer))
    stage = next((stage for stage in Stage if stage == asked.get("stage")), None)
    done = asked.get("stage") == "done" or stage in FINISHED
    kind = next((kind for kind in Kind if kind == asked.get("kind")), None)
    topic = next((topic.code for topic in agency.topics if topic.code == asked.get("topic")), "")
    unit = next((unit.code for unit in agency.units if unit.code == asked.get("unit")), "")
    colour = next((colour for colour in Colour if colour == asked.get("due")), None) if not done else None
    age = next((age for age in Age if age == asked.get("age")), None)
    number = asked.get("officer", "")
    named_id = int(number) if re.fullmatch(r"\d{1,19}", number) else None
    units: tuple[str, ...] = ()
    if unit and view is View.ALL:
        units = tuple(each.code for each in agency.units if same_unit(agency, each.code, unit))
    choice = Choice(
        view=view,
        stage=stage,
        done=done,
        kind=kind,
        topic=topic,
        units=units,
        officer_id=named_id if view is not View.MINE else None,
        colour=colour,
        age=age,
    )
    known = {
        "view": view.value,
        "stage": "done" if done and stage is None else stage.value if stage else "",
        "kind": kind.value if kind else "",
        "topic": topic,
        "unit": unit if units else "",
        "officer": str(choice.officer_id) if choice.officer_id is not None else "",
        "due": colour.value if colour else "",
        "age": age.value if age else "",
    }
    query = {name: value for name, value in known.items() if value}
    return Wish(choice=choice, after=_read_key(asked.get("after", "")), query=query)


def board(look: Standpoint, officer: OfficerRecord, wish: Wish, texts: Texts) -> Board:
    """The page that was wished for: one look for the list, one for the counts, and one each for limits, stories and
    names, however long the page."""
    reader, (today, soon) = reader_of(look.facts.agency, officer), days_of(look)
    found = look.book.board(reader, wish.choice, today=today, soon=soon, after=wish.after, most=PAGE + 1)
    counts = None
    if not wish.choice.done and wish.after is None:
        counts = look.book.board_counts(reader, wish.choice, today=today, soon=soon)
    following = key_of(found[PAGE - 1], wish.choice) if len(found) > PAGE else ""
    return Board(lines=lines_of(look, found[:PAGE], texts), counts=counts, following=following)


def lines_of(look: Standpoint, found: list[PetitionRecord], texts: Texts) -> tuple[Line, ...]:
    """The petitions in words."""
    ids = [petition.id for petition in found]
    clocks = look.book.clocks_of_many(ids)
    told = look.book.contents([petition.id for petition in found if not sealed(petition)])
    officers = {officer.id: officer for officer in look.book.officers(active=None)} if found else {}
    return tuple(
        _line(look, petition, clocks[petition.id], told.get(petition.id), officers, texts)
        for petition in found
    )


def key_of(petition: PetitionRecord, choice: Choice) -> str:
    """Where the page after this petition begins, as it stands in an address."""
    due = petition.due_on.isoformat() if petition.due_on is not None and not choice.done else "-"
    return f"{due}.{petition.id}"


def register_shown(petition: PetitionRecord) -> str:
    """The number in the year's book, as offices write it: `00012/PA-2026`."""
    book = "".join(part[0] for part in petition.register_book.split("_") if part).upper()
    return f"{petition.register_no:05d}/{book}-{petition.register_year}"


def topic_of(agency: Agency, petition: PetitionRecord, texts: Texts) -> str:
    """The topic's name; that it is not known, also where the profile no longer has it."""
    try:
        return agency.topic(petition.topic or "").name(texts.language)
    except UnknownCode:
        return texts.get("cards.no_topic")


def colour_of(due_on: date | None, today: date, soon: date) -> Colour:
    """How a limit stands today; the same borders as in the list's query."""
    if due_on is None:
        return Colour.NONE
    if due_on < today:
        return Colour.LATE
    return Colour.SOON if due_on <= soon else Colour.FINE


def days_of(look: Standpoint) -> tuple[date, date]:
    """Today, and the last day that counts as soon."""
    today = look.now.astimezone(look.facts.agency.zone).date()
    return today, look.facts.calendar.add_working_days(today, SOON_DAYS)


def _line(
    look: Standpoint,
    petition: PetitionRecord,
    clocks: list[Clock],
    content: PetitionContent | None,
    officers: Mapping[int, OfficerRecord],
    texts: Texts,
) -> Line:
    agency, (today, soon) = look.facts.agency, days_of(look)
    governing = current(clocks) if petition.stage not in RESTING else None
    rule = rule_of(look, governing) if governing is not None else None
    secret = sealed(petition)
    holder = officers.get(petition.officer_id) if petition.officer_id is not None else None
    due_on = petition.due_on if petition.stage not in RESTING else None
    return Line(
        code=petition.code,
        shown=cards.shown_code(petition),
        register=register_shown(petition),
        kind=texts.get(f"cards.kind_{petition.kind}"),
        topic="" if secret else topic_of(agency, petition, texts),
        gist=_gist(content),
        stage=texts.get(f"cards.stage_{petition.stage}"),
        unit=unit_name(agency, petition.unit, texts.language),
        officer=cards.officer_name(holder, texts) if holder is not None else "",
        colour=colour_of(due_on, today, soon),
        due=cards.shown_date(due_on, texts) if due_on is not None else "",
        left=(due_on - today).days if due_on is not None else 0,
        what=named(look, governing, texts) if governing is not None else "",
        article=rule.article if rule is not None else "",
        urgent=petition.severity is Severity.URGENT,
        secret=secret,
        marks=_marks(petition),
        version=petition.version,
        seq=petition.events_count,
    )


def _marks(petition: PetitionRecord) -> tuple[str, ...]:
    """What asks for a look beside the limit; the keys of its words."""
    marks = []
    if petition.withdraw_wish_at is not None and petition.stage not in RESTING:
        marks.append("withdraw")
    if petition.not_satisfied_at is not None and petition.stage in DONE:
        marks.append("unsatisfied")
    if petition.asked_at is not None and petition.stage not in RESTING:
        marks.append("asked")
    return tuple(marks)


def _gist(content: PetitionContent | None) -> str:
    words = " ".join(" ".join(content.story).split()) if content is not None else ""
    return words if len(words) <= GIST else words[: GIST - 1].rstrip() + "…"


def _read_key(typed: str) -> Key | None:
    match = _KEY.fullmatch(typed)
    if match is None:
        return None
    try:
        due = date.fromisoformat(match[1]) if match[1] else None
    except ValueError:
        return None
    number = int(match[2])
    return Key(due, number) if number < 2**63 else None
