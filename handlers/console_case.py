"""One case at the console: everything a chat shows of it behind several buttons, on one page.

Of a sealed case only class, stage, names and limits stand there until its story was opened; who the petitioner is,
until that was opened with a reason. Both are written into the history like in chat, and stay open for the session
they were opened in, for a while (Luật Tố cáo 2018 Đ9, Đ49, Đ56).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from handlers.citizens.form_state import handed_in, view_of
from handlers.console_board import colour_of, days_of, register_shown
from handlers.console_calendar import counted_around
from handlers.console_related import (
    RelatedLine,
    SimilarLine,
    additions_of,
    matter_of,
    related_lines,
    similar_lines,
)
from handlers.console_story import Addition, answers_of
from handlers.officers import cards, clock_lines, form_view, suggested, told
from handlers.officers.access import Access, officer_access, sealed
from petitions.clocks import Clock, ClockState, Duty
from petitions.clockwork import current
from petitions.kinds import Action, Severity, Stage
from petitions.transition_groups import LAWFUL, RESTING
from storage.console_board import Colour
from storage.records import FileStatus

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import EventRecord, FileRecord, OfficerRecord, PetitionContent, PetitionRecord

OPEN_FOR: Final = timedelta(minutes=30)
"""How long what was opened of a sealed case is shown again without being asked for again."""
STORY, IDENTITY = "story", "identity"
_ENDED: Final = frozenset({ClockState.MET, ClockState.STOPPED, ClockState.REPLACED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """One time limit, running or over."""

    words: str
    days: str
    """Days off and rest days worked that it was counted with."""
    colour: Colour
    governs: bool
    state: str
    """Key of its state: running, suspended, met, stopped, replaced."""
    ended: str
    late_by: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A date that passed; it stays for ever."""

    what: str
    due: str
    ended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskLine:
    """What a decision in force orders."""

    what: str
    officer: str
    due: str
    done: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file somebody gave."""

    id: int
    name: str
    kind: str
    size: int | None
    here: bool
    """Whether its bytes are in the store."""
    why: str
    """Key of why they are not."""
    picture: bool
    caption: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseView:
    """A case as one officer may see it now."""

    code: str
    shown: str
    seq: int
    """How many events its history had when this was read: what a form answers to."""
    facts: tuple[tuple[str, str], ...]
    """Key of a label, value."""
    stage: str
    officer: str
    due: str
    """The limit that governs now; empty where none does."""
    left: int
    """Days until it; below 0: days since it passed."""
    colour: Colour
    urgent: bool
    secret: bool
    story_open: bool
    identity_open: bool
    standing: tuple[str, ...]
    limits: tuple[Limit, ...]
    breaches: tuple[Breach, ...]
    tasks: tuple[TaskLine, ...]
    story: tuple[str, ...]
    told: tuple[tuple[str, str], ...]
    """What else was told: label, value."""
    additions: tuple[Addition, ...]
    joined: tuple[str, ...]
    """What the petitioners of petitions merged into this one added."""
    person: tuple[tuple[str, str], ...]
    """Key of a label, value."""
    person_notes: tuple[str, ...]
    form: tuple[str, ...]
    """How the signed đơn stands; empty for a kind that has none."""
    papers: tuple[tuple[str, str], ...]
    """Papers of the đơn that can be printed for signing: name, words."""
    files: tuple[FileLine, ...]
    signed: tuple[FileLine, ...]
    """Pages and signed files of the đơn, which name the person."""
    suggested: tuple[str, ...]
    """What the service made of the story when it was filed."""
    related: tuple[RelatedLine, ...]
    matter: str
    """How many petitions and people this one stands for; empty where only for itself."""
    similar: tuple[SimilarLine, ...]


def found(room: Room, code: str) -> PetitionRecord | None:
    """The petition with this code where the officer may know of it; None for absent and hidden ones alike."""
    petition = room.turn.book.petition_by_code(code)
    if officer_access(room.turn.facts.agency, petition, room.officer) is Access.NONE:
        return None
    return petition


def opened(room: Room, events: list[EventRecord], what: str, *, since: datetime) -> bool:
    """Whether this officer opened `what` of a sealed case in the session that began at `since`, lately."""
    earliest = room.turn.now - OPEN_FOR
    return any(
        event.action is Action.NOTE
        and event.actor.officer_id == room.officer.id
        and event.content.get("opened") == what
        and event.at >= since
        and event.at > earliest
        for event in events
    )


def case_view(room: Room, petition: PetitionRecord, *, since: datetime) -> CaseView:
    """The case; `since`: when the officer's session began. Reads only."""
    turn, texts = room.turn, room.texts
    events = turn.book.events(petition.id)
    secret = sealed(petition)
    story_open = not secret or opened(room, events, STORY, since=since)
    identity_open = not secret or opened(room, events, IDENTITY, since=since)
    content = turn.book.content(petition) if story_open or identity_open else None
    people = {officer.id: officer for officer in turn.book.officers(active=None)}
    files = turn.book.files_of(petition.id)
    named = story_open and content is not None
    due_on, (today, soon) = petition.due_on if petition.stage not in RESTING else None, days_of(turn)
    form, papers = _form(room, petition, named=identity_open) if story_open else ((), ())
    return CaseView(
        code=petition.code,
        shown=cards.shown_code(petition),
        seq=petition.events_count,
        facts=_facts(room, petition, people),
        stage=texts.get(f"cards.stage_{petition.stage}"),
        officer=_holder(room, petition, people),
        due=cards.shown_date(due_on, texts) if due_on is not None else "",
        left=(due_on - today).days if due_on is not None else 0,
        colour=colour_of(due_on, today, soon),
        urgent=petition.severity is Severity.URGENT,
        secret=secret,
        story_open=story_open,
        identity_open=identity_open,
        standing=(*cards.standing_lines(turn, petition, texts), *_wishes(room, petition)),
        limits=_limits(room, petition),
        breaches=_breaches(room, petition),
        tasks=_tasks(room, petition, people, shown=story_open),
        story=content.story if named and content is not None else (),
        told=answers_of(room, content) if named and content is not None else (),
        additions=_additions(room, events) if story_open else (),
        joined=additions_of(room, petition) if story_open else (),
        person=_person(content) if identity_open and content is not None else (),
        person_notes=_person_notes(room, petition, content) if identity_open and content is not None else (),
        form=form,
        papers=papers if identity_open else (),
        files=_files(room, files, signed=False) if story_open else (),
        signed=_files(room, files, signed=True) if identity_open else (),
        suggested=tuple(line.lstrip("• ") for line in suggested.lines_of(room, events)) if story_open else (),
        related=related_lines(room, petition),
        matter=matter_of(room, petition),
        similar=similar_lines(room, petition, content) if named and content is not None else (),
    )


def _facts(
    room: Room, petition: PetitionRecord, people: dict[int, OfficerRecord]
) -> tuple[tuple[str, str], ...]:
    turn, texts = room.turn, room.texts
    zone = turn.facts.agency.zone
    known = [
        ("stage", texts.get(f"cards.stage_{petition.stage}")),
        ("kind", texts.get(f"cards.kind_{petition.kind}")),
        ("topic", "" if sealed(petition) else cards.topic_shown(turn, petition, texts)),
        ("unit", cards.unit_shown(turn, petition, texts)),
        ("officer", _holder(room, petition, people)),
        (
            "destination",
            cards.destination_shown(turn, petition.destination, texts) if petition.destination else "",
        ),
        ("register", register_shown(petition)),
        ("filed", cards.shown_moment(petition.filed_at.astimezone(zone), texts)),
        ("came", texts.get(came) if (came := f"console_entry.channel_{petition.channel}") in texts else ""),
        ("people", str(petition.people) if petition.people and petition.people > 1 else ""),
        ("rating", f"{petition.rating}/5" if petition.rating is not None else ""),
    ]
    return tuple((key, value) for key, value in known if value)


def _holder(room: Room, petition: PetitionRecord, people: dict[int, OfficerRecord]) -> str:
    """Who has the case, in words."""
    holder = people.get(petition.officer_id) if petition.officer_id is not None else None
    return cards.officer_name(holder, room.texts) if holder is not None else room.text("cards.nobody")


def _wishes(room: Room, petition: PetitionRecord) -> list[str]:
    texts = room.texts
    lines = []
    if petition.withdraw_wish_at is not None and petition.stage not in RESTING:
        lines.append(texts.get("cards.withdraw_wish"))
    if petition.not_satisfied_at is not None and petition.stage in (Stage.ANSWERED, Stage.CLOSED):
        lines.append(texts.get("cards.not_satisfied"))
    untold = told.card_line(room.turn, petition, texts)
    return [*lines, untold] if untold else lines


def _limits(room: Room, petition: PetitionRecord) -> tuple[Limit, ...]:
    """Running limits, the governing one first and then by their day; those that are over after them."""
    turn, texts = room.turn, room.texts
    today, soon = days_of(turn)
    clocks = list(turn.book.clocks(petition.id).values())
    governing = current(clocks)

    def place(clock: Clock) -> tuple[bool, bool, str, int]:
        due = clock.due_on.isoformat() if clock.due_on is not None else "9"
        return (not clock.alive, governing is None or clock.id != governing.id, due, clock.id)

    limits = []
    for clock in sorted((c for c in clocks if c.duty is not Duty.TASK), key=place):
        running = clock.state is ClockState.RUNNING
        ours = running and clock.duty in (Duty.OFFICE, Duty.AGENCY)
        late = (today - clock.due_on).days if ours and clock.late_on(today) and clock.due_on else 0
        ended = clock.ended_on if clock.state in _ENDED else clock.suspended_on
        limits.append(
            Limit(
                words=clock_lines.explained(turn, clock, texts),
                days=counted_around(room, clock) if running else "",
                colour=colour_of(clock.due_on, today, soon) if ours else Colour.NONE,
                governs=governing is not None and clock.id == governing.id,
                state=clock.state.value,
                ended=cards.shown_date(ended, texts) if ended is not None and not running else "",
                late_by=late,
            )
        )
    return tuple(limits)


def _breaches(room: Room, petition: PetitionRecord) -> tuple[Breach, ...]:
    turn, texts = room.turn, room.texts
    clocks = turn.book.clocks(petition.id)
    return tuple(
        Breach(
            what=clock_lines.named(turn, clocks[breach.clock_id], texts),
            due=cards.shown_date(breach.due_on, texts),
            ended=cards.shown_date(breach.ended_on, texts) if breach.ended_on is not None else "",
        )
        for breach in turn.book.breaches(petition.id)
        if breach.clock_id in clocks
    )


def _tasks(
    room: Room, petition: PetitionRecord, people: dict[int, OfficerRecord], *, shown: bool
) -> tuple[TaskLine, ...]:
    texts = room.texts
    lines = []
    for task in room.turn.book.tasks(petition.id):
        holder = people.get(task.officer_id) if task.officer_id is not None else None
        lines.append(
            TaskLine(
                what=task.what if shown else texts.get("cards.task_sealed"),
                officer=cards.officer_name(holder, texts) if holder else texts.get("cards.nobody"),
                due=cards.shown_date(task.due_on, texts),
                done=cards.shown_date(task.done_on, texts) if task.done_on is not None else "",
            )
        )
    return tuple(lines)


def _additions(room: Room, events: list[EventRecord]) -> tuple[Addition, ...]:
    zone = room.turn.facts.agency.zone
    return tuple(
        Addition(
            at=cards.shown_moment(event.at.astimezone(zone), room.texts),
            text=str(event.content.get("text") or room.text("officer.files_only")),
        )
        for event in events
        if event.action is Action.CITIZEN_ADDS
    )


def _person(content: PetitionContent) -> tuple[tuple[str, str], ...]:
    known = (
        ("name", content.name),
        ("phone", f"{content.phone} {content.phone_note}".strip()),
        ("address", content.address),
        ("contact", content.contact_note),
    )
    return tuple((key, value) for key, value in known if value)


def _person_notes(room: Room, petition: PetitionRecord, content: PetitionContent) -> tuple[str, ...]:
    notes = []
    if petition.anonymous or not _person(content):
        notes.append(room.text("officer.person_unknown"))
    if petition.discreet:
        notes.append(room.text("officer.person_discreet"))
    reached = "officer.through_the_bot" if petition.contact_id is not None else "console_entry.no_chat"
    notes.append(room.text(reached))
    return tuple(notes)


def _form(
    room: Room, petition: PetitionRecord, *, named: bool
) -> tuple[tuple[str, ...], tuple[tuple[str, str], ...]]:
    """How the đơn stands, and the papers that can be printed for it."""
    files = {file.id: file for file in handed_in(room.turn, petition)}
    if petition.kind not in LAWFUL and not files:
        return (), ()
    view = view_of(room.turn, petition)
    lines = form_view.lines_of(room, petition, view, files, named=named)
    return tuple(lines), tuple(form_view.prepared(room, petition, view))


def _files(room: Room, files: list[FileRecord], *, signed: bool) -> tuple[FileLine, ...]:
    lines = []
    for file in files:
        if form_view.is_signed_paper(file) is not signed:
            continue
        here = file.content_key is not None
        why = "" if here else "waiting" if file.status is FileStatus.PENDING else "missing"
        lines.append(
            FileLine(
                id=file.id,
                name=file.name,
                kind=room.text(f"officer.file_{file.kind}"),
                size=file.size,
                here=here,
                why=why,
                picture=here and is_picture(file),
                caption=file.caption,
            )
        )
    return tuple(lines)


def is_picture(file: FileRecord) -> bool:
    """Whether a small picture of the file can be shown."""
    return file.mime in PICTURES


PICTURES: Final = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
