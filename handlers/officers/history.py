"""What happened to a petition and what became of each notice, for the officers who work on it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING, Final

from handlers.messages import Outgoing
from handlers.officers import cards
from petitions.kinds import ActorKind

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import EventRecord, OutboxRow, PetitionRecord

SHOWN: Final = 15
"""Events in one answer, the latest."""
_WORDS_SHOWN: Final = 160
_FAILED_REASONS: Final = frozenset({"refused", "blocked", "expired", "uncertain"})


def show(room: Room, petition: PetitionRecord) -> None:
    """The latest events, each with the outcome of the notices it caused for the citizen."""
    outcomes: dict[int, list[OutboxRow]] = defaultdict(list)
    for row in _to_citizen(room, petition):
        outcomes[row.event_seq or 0].append(row)
    events = room.turn.book.events(petition.id)
    lines = []
    if len(events) > SHOWN:
        lines.append(room.text("officer.history_earlier", count=len(events) - SHOWN))
    for event in events[-SHOWN:]:
        lines.append(_event(room, event))
        lines.extend(_outcome(room, row) for row in outcomes[event.seq])
    title = room.text("officer.history_title", code=cards.shown_code(petition))
    room.send(Outgoing(title=title, text="\n".join(lines), protect=True), petition_id=petition.id)
    if room.in_group:
        room.acknowledge("officer.see_private")


def last_outcome(room: Room, petition: PetitionRecord) -> str:
    """What became of the latest notice to the citizen, in one line; empty where there was none."""
    rows = _to_citizen(room, petition)
    return _outcome(room, rows[-1]) if rows else ""


def _to_citizen(room: Room, petition: PetitionRecord) -> list[OutboxRow]:
    """The notices an event caused for the citizen; answers of the dialogue are none."""
    return [
        row
        for row in room.turn.book.notices_of(petition.id)
        if row.audience == "citizen" and row.event_seq is not None and row.superseded_by is None
    ]


def _event(room: Room, event: EventRecord) -> str:
    opened = event.content.get("opened")
    what = room.text(f"officer.event_opened_{opened}" if opened else f"officer.event_{event.action}")
    line = room.text("officer.event", at=_moment(room, event.at), who=_actor(room, event), what=what)
    words = str(event.content.get("reason") or event.content.get("text") or "")
    if not words or (opened and opened != "identity"):
        return line
    short = " ".join(words.split())
    short = short if len(short) <= _WORDS_SHOWN else short[: _WORDS_SHOWN - 1] + "…"
    return f"{line}: {short}"


def _actor(room: Room, event: EventRecord) -> str:
    if event.actor.kind is ActorKind.OFFICER and event.actor.officer_id is not None:
        officer = room.turn.book.officer(event.actor.officer_id)
        return cards.officer_name(officer, room.texts) if officer else room.text("officer.actor_officer")
    return room.text(f"officer.actor_{event.actor.kind}")


def _outcome(room: Room, row: OutboxRow) -> str:
    status = room.text(f"officer.notice_{row.status}")
    at = _moment(room, row.finished_at or row.created_at)
    if row.reason and row.status.value in _FAILED_REASONS:
        return room.text("officer.notice_failed", status=status, at=at, reason=row.reason)
    return room.text("officer.notice", status=status, at=at)


def _moment(room: Room, at: datetime) -> str:
    local = at.astimezone(room.turn.facts.agency.zone)
    return f"{local:%H:%M} {cards.shown_date(local.date(), room.texts)}"
