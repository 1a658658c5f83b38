"""A case's limits at the console: running and over, dates that passed, and what a decision orders."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from handlers.console_board import colour_of, days_of
from handlers.console_calendar import counted_around
from handlers.officers import cards, clock_lines
from petitions.clocks import Clock, ClockState, Duty
from petitions.clockwork import current
from storage.console_board import Colour

if TYPE_CHECKING:
    from handlers.officers.room import Room
    from storage.records import OfficerRecord, PetitionRecord

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


def limits_of(room: Room, petition: PetitionRecord) -> tuple[Limit, ...]:
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


def breaches_of(room: Room, petition: PetitionRecord) -> tuple[Breach, ...]:
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


def tasks_of(
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
