"""What was told, done and said in a case: answers, the timeline, and the conversation with the citizen."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

from handlers.console_given import given_words, linked_in
from handlers.officers import cards, details, history, told
from handlers.turn import outgoing_from_data
from petitions.kinds import Action, ActorKind
from storage.records import OutboxStatus

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.notices import News
    from storage.records import EventRecord, OfficerRecord, PetitionContent, PetitionRecord

_SHOWN_ELSEWHERE: Final = frozenset(
    {"request", "identity", "story", "name", "phone", "address", "place", "accused"}
)
MOST: Final = 400
"""Events on one page, the latest; where there are more, the page says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Addition:
    """What the citizen added after filing."""

    at: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One event in words."""

    seq: int
    at: str
    iso: str
    who: str
    what: str
    given: str
    """What else was given with it: to whom, where to, why, which document, which day; empty like `words`."""
    words: str
    """What was written with it; empty where there is nothing or it may not be shown."""
    told: tuple[str, ...]
    """What became of the notice it caused for the citizen."""
    quiet: bool
    """The service's own reminders and what was only looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One message between the citizen and the office."""

    at: str
    iso: str
    ours: bool
    who: str
    text: str
    outcome: str
    missed: bool
    """It did not reach the citizen."""


_QUIET: Final = frozenset({Action.WARN, Action.ESCALATE, Action.DENIED, Action.RECOMPUTE, Action.REMIND_FORM})


def answers_of(room: Room, content: PetitionContent) -> tuple[tuple[str, str], ...]:
    """What was told beside the story: label, value."""
    texts = room.texts
    known = [
        (texts.get("console_case.told_request"), content.request),
        (texts.get("console_case.told_accused"), content.accused),
        (texts.get("console_case.told_place"), content.place),
    ]
    if content.latitude is not None and content.longitude is not None:
        position = f"{content.latitude:.5f}, {content.longitude:.5f}"
        known.append((texts.get("console_case.told_position"), position))
    for name, answer in content.answers.items():
        if name in _SHOWN_ELSEWHERE or answer in ("", None, False):
            continue
        key = f"cards.field_{name}"
        label = texts.get(key) if key in texts else name
        known.append(
            (label, texts.get("console_case.yes") if answer is True else details.plain(room, answer))
        )
    return tuple((label, value) for label, value in known if value)


def timeline(room: Room, petition: PetitionRecord, *, words: bool, since_seq: int = 0) -> tuple[Step, ...]:
    """The latest events, newest first. `words`: what was written may be shown; `since_seq`: only later ones."""
    outcomes: dict[int, list[News]] = defaultdict(list)
    for news in told.notices(room.turn, petition):
        outcomes[news.event_seq].append(news)
    people = {officer.id: officer for officer in room.turn.book.officers(active=None)}
    events = [event for event in room.turn.book.events(petition.id) if event.seq > since_seq][-MOST:]
    linked = linked_in(room, events) if words else {}
    return tuple(
        Step(
            seq=event.seq,
            at=_moment(room, event.at),
            iso=event.at.isoformat(timespec="seconds"),
            who=_actor(room, event, people),
            what=_what(room, event, people),
            given=given_words(room, event, people, linked) if words else "",
            words=_words(event) if words or event.content.get("opened") else "",
            told=tuple(
                told.outcome_line(news, _moment(room, news.at), room.texts) for news in outcomes[event.seq]
            ),
            quiet=event.action in _QUIET or bool(event.content.get("opened")),
        )
        for event in reversed(events)
    )


def conversation(room: Room, petition: PetitionRecord) -> tuple[Said, ...]:
    """What the citizen said after filing and every notice to the citizen with what became of it, oldest first."""
    turn, texts = room.turn, room.texts
    said = [
        (
            event.at,
            Said(
                at=_moment(room, event.at),
                iso=event.at.isoformat(timespec="seconds"),
                ours=False,
                who=texts.get("officer.actor_citizen"),
                text=str(event.content.get("text") or event.content.get("reason") or "")
                or texts.get(f"officer.event_{event.action}"),
                outcome="",
                missed=False,
            ),
        )
        for event in turn.book.events(petition.id)
        if event.actor.kind is ActorKind.CITIZEN and event.action is not Action.FILE
    ]
    news = {one.id: one for one in told.notices(turn, petition)}
    for row in turn.book.notices_of(petition.id):
        one = news.get(row.id)
        if one is None or row.status is OutboxStatus.SUPERSEDED:
            continue
        said.append(
            (
                row.created_at,
                Said(
                    at=_moment(room, row.created_at),
                    iso=row.created_at.isoformat(timespec="seconds"),
                    ours=True,
                    who=texts.get("console_case.office"),
                    text=outgoing_from_data(row.body).text,
                    outcome=told.outcome_line(one, _moment(room, one.at), texts),
                    missed=one.status in told.UNTOLD,
                ),
            )
        )
    return tuple(one for _, one in sorted(said, key=lambda pair: pair[0]))


def _words(event: EventRecord) -> str:
    opened = event.content.get("opened")
    if opened and opened not in history.WITH_WORDS:
        return ""
    return str(event.content.get("reason") or event.content.get("text") or "")


def _what(room: Room, event: EventRecord, people: dict[int, OfficerRecord]) -> str:
    missed = event.content.get("untold")
    if isinstance(missed, int):  # it climbed because this officer could not be told
        officer = people.get(missed)
        name = cards.officer_name(officer, room.texts) if officer else room.text("officer.actor_officer")
        return room.text("untold.climbed", officer=name)
    if event.told_as != event.action:
        return room.text("officer.event_followed", did=room.text(f"officer.event_{event.told_as}"))
    opened = event.content.get("opened")
    return room.text(f"officer.event_opened_{opened}" if opened else f"officer.event_{event.action}")


def _actor(room: Room, event: EventRecord, people: dict[int, OfficerRecord]) -> str:
    if event.actor.kind is ActorKind.OFFICER and event.actor.officer_id is not None:
        officer = people.get(event.actor.officer_id)
        return cards.officer_name(officer, room.texts) if officer else room.text("officer.actor_officer")
    return room.text(f"officer.actor_{event.actor.kind}")


def _moment(room: Room, at: datetime) -> str:
    return cards.shown_moment(at.astimezone(room.turn.facts.agency.zone), room.texts)
