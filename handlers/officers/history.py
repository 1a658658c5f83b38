"""What happened to a petition and what became of each notice, for the officers who work on it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from handlers.messages import Outgoing
from handlers.officers import cards, told
from petitions.kinds import ActorKind

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.notices import News
    from storage.records import EventRecord, PetitionRecord

SHOWN: Final = 15
"""Events in one answer, the latest."""
WITH_WORDS: Final = frozenset({"identity", "draft"})
"""What was opened or made of a case with words that may be shown: the reason, the paper's name."""
_WORDS_SHOWN: Final = 160


def show(room: Room, petition: PetitionRecord) -> None:
    """The latest events, each with the outcome of the notices it caused for the citizen."""
    outcomes: dict[int, list[News]] = defaultdict(list)
    for news in told.notices(room.turn, petition):
        outcomes[news.event_seq].append(news)
    events = room.turn.book.events(petition.id)
    lines = []
    if len(events) > SHOWN:
        lines.append(room.text("officer.history_earlier", count=len(events) - SHOWN))
    for event in events[-SHOWN:]:
        lines.append(_event(room, event))
        lines.extend(_outcome(room, news) for news in outcomes[event.seq])
    title = room.text("officer.history_title", code=cards.shown_code(petition))
    room.send(Outgoing(title=title, text="\n".join(lines), protect=True), petition_id=petition.id)
    if room.in_group:
        room.acknowledge("officer.see_private")


def last_outcome(room: Room, petition: PetitionRecord) -> str:
    """What became of the latest notice to the citizen, in one line; empty where there was none, or where the card
    says itself that it did not arrive."""
    found = told.notices(room.turn, petition)
    return _outcome(room, found[-1]) if found and found[-1] not in told.untold(found) else ""


def untold(room: Room, petition: PetitionRecord) -> str:
    """Every notice that the citizen was not told, with the event, the moment and the reason; empty where there is
    none."""
    missing = told.untold(told.notices(room.turn, petition))
    if not missing:
        return ""
    events = {event.seq: event for event in room.turn.book.events(petition.id)}
    return "\n".join(
        room.text(
            "untold.line",
            event=room.text(f"officer.event_{events[news.event_seq].action}"),
            at=_moment(room, news.at),
            why=told.why(news, room.texts),
        )
        for news in missing
        if news.event_seq in events
    )


def _event(room: Room, event: EventRecord) -> str:
    opened = event.content.get("opened")
    what = _what(room, event)
    line = room.text("officer.event", at=_moment(room, event.at), who=_actor(room, event), what=what)
    words = str(event.content.get("reason") or event.content.get("text") or "")
    if not words or (opened and opened not in WITH_WORDS):
        return line
    short = " ".join(words.split())
    short = short if len(short) <= _WORDS_SHOWN else short[: _WORDS_SHOWN - 1] + "…"
    return f"{line}: {short}"


def _what(room: Room, event: EventRecord) -> str:
    opened, missed = event.content.get("opened"), event.content.get("untold")
    if isinstance(missed, int):  # it climbed because this officer could not be told
        officer = room.turn.book.officer(missed)
        name = cards.officer_name(officer, room.texts) if officer else room.text("officer.actor_officer")
        return room.text("untold.climbed", officer=name)
    if event.told_as != event.action:
        return room.text("officer.event_followed", did=room.text(f"officer.event_{event.told_as}"))
    return room.text(f"officer.event_opened_{opened}" if opened else f"officer.event_{event.action}")


def _actor(room: Room, event: EventRecord) -> str:
    if event.actor.kind is ActorKind.OFFICER and event.actor.officer_id is not None:
        officer = room.turn.book.officer(event.actor.officer_id)
        return cards.officer_name(officer, room.texts) if officer else room.text("officer.actor_officer")
    return room.text(f"officer.actor_{event.actor.kind}")


def _outcome(room: Room, news: News) -> str:
    return told.outcome_line(news, _moment(room, news.at), room.texts)


def _moment(room: Room, at: datetime) -> str:
    local = at.astimezone(room.turn.facts.agency.zone)
    return f"{local:%H:%M} {cards.shown_date(local.date(), room.texts)}"
