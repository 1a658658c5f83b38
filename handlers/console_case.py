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
from handlers.console_limits import Breach, Limit, TaskLine, breaches_of, limits_of, tasks_of
from handlers.console_related import (
    RelatedLine,
    SimilarLine,
    additions_of,
    matter_of,
    related_lines,
    similar_lines,
)
from handlers.console_story import Addition, answers_of
from handlers.officers import cards, form_view, gap_words, routing_lines, suggested, told
from handlers.officers.access import Access, officer_access, sealed
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
    routing: tuple[str, ...]
    """Whom it is against, and why it came to this unit."""
    gaps: tuple[tuple[str, str], ...]
    """Loopholes of policy and law marked in it that still stand: the legal text, what is wrong with it."""
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
        standing=(
            *filter(None, [routing_lines.must_move_line(turn, petition, texts)]),
            *cards.standing_lines(turn, petition, texts),
            *_wishes(room, petition),
        ),
        limits=limits_of(room, petition),
        breaches=breaches_of(room, petition),
        tasks=tasks_of(room, petition, people, shown=story_open),
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
        routing=tuple(routing_lines.detail_lines(turn, petition, events, texts)) if story_open else (),
        gaps=_gaps(room, petition) if story_open else (),
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


def _gaps(room: Room, petition: PetitionRecord) -> tuple[tuple[str, str], ...]:
    found = room.turn.book.gaps_of(petition.id) if petition.gaps else []
    return tuple((gap_words.where(gap, room.texts), gap_words.flaw(gap, room.texts)) for gap in found)


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
