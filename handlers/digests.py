"""Alarms of one officer told together: one message in working hours instead of a flood.

An alarm waits in the casebook; the officer's one digest timer gathers what came meanwhile. What is no longer true
when it is told (done, suspended, closed) is left out. A case the officer may not see shows its code only.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING, Final

from handlers.clock_timers import timing_of
from handlers.messages import Button, Outgoing
from handlers.officers import cards, clock_lines
from handlers.officers.access import Access, officer_access, sealed
from handlers.officers.audience import texts_of
from handlers.officers.room import private_chat
from handlers.officers.tokens import Press
from handlers.turn import Priority
from petitions.clocks import Clock, ClockState
from petitions.escalation import Level
from petitions.transition_groups import RESTING

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from storage.clocks import AlarmRecord
    from storage.records import OfficerRecord, PetitionRecord, TimerRecord

TIMER: Final = "alarms_digest"
"""Name of the timer; `officer_id` says whose."""
NO_CHAT: Final = "alarm_untold"
"""Name of the timer that lets what an officer cannot be told climb (`handlers.untold`)."""
MOST: Final = 12
"""Lines of one message; the others are in /inbox."""
_WARN: Final = "warn"


@dataclass(frozen=True, slots=True)
class _Matter:
    """One alarm that is still true."""

    alarm: AlarmRecord
    petition: PetitionRecord
    clock: Clock
    seen: bool

    @property
    def order(self) -> tuple[bool, int, str, int]:
        """Late before near, the highest level first, then by date."""
        level = Level[self.alarm.level.upper()]
        return (self.alarm.what == _WARN, -level, str(self.clock.due_on), self.petition.id)


def arm_alarms(turn: Turn, officer_id: int, *, urgent: bool = False) -> None:
    """Have the officer told of what waits: at once where urgent, else in working hours, with what comes soon."""
    moment = turn.now
    if not urgent:
        timing = timing_of(turn.facts)
        gather = timedelta(minutes=turn.facts.agency.deadlines.digest.gather)
        moment = timing.next_allowed(timing.next_allowed(turn.now) + gather).astimezone(UTC)
    turn.book.set_officer_timer(TIMER, moment, officer_id)


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Tell the officer everything that waits and may be told now, in one message."""
    officer = turn.book.officer(timer.officer_id) if timer.officer_id is not None else None
    if officer is None or not officer.active:
        return
    quiet = timing_of(turn.facts).is_quiet(turn.now)
    waiting = turn.book.waiting_alarms(officer.id)
    told = [alarm for alarm in waiting if alarm.urgent or not quiet]
    contact = private_chat(turn, officer)
    if contact is None or len(told) < len(waiting):
        _arm_later(turn, officer, quiet=quiet)
    if contact is None:
        if told:
            turn.book.set_officer_timer(NO_CHAT, turn.now, officer.id)
        return
    matters = _matters(turn, officer, told)
    message_id = None
    if matters:
        turn.send(
            _message(turn, matters, texts_of(turn, contact)),
            to=contact,
            audience="officer",
            priority=Priority.REPLY if quiet else Priority.DIGEST,
        )
        message_id = turn.queued[-1].row.id
    turn.book.alarms_told([alarm.id for alarm in told], message_id)


def _arm_later(turn: Turn, officer: OfficerRecord, *, quiet: bool) -> None:
    """After the quiet hours; for an officer whose chat takes nothing, the next day."""
    since = turn.now if quiet else turn.now + timedelta(days=1)
    moment = timing_of(turn.facts).next_allowed(since)
    turn.book.set_officer_timer(TIMER, moment.astimezone(UTC), officer.id)


def _matters(turn: Turn, officer: OfficerRecord, alarms: list[AlarmRecord]) -> list[_Matter]:
    """What is still true, once for each clock: the last alarm of it, which is the highest."""
    last = {(alarm.petition_id, alarm.clock_id): alarm for alarm in alarms}
    ids = sorted({alarm.petition_id for alarm in alarms})
    clocks = {clock.id: clock for found in turn.book.clocks_of_many(ids).values() for clock in found}
    petitions = turn.book.petitions_by_id(ids)
    matters = []
    for alarm in last.values():
        petition, clock = petitions.get(alarm.petition_id), clocks.get(alarm.clock_id or 0)
        if petition is None or petition.stage in RESTING or clock is None:
            continue
        if clock.state is ClockState.RUNNING:
            seen = officer_access(turn.facts.agency, petition, officer) is Access.FULL
            matters.append(_Matter(alarm, petition, clock, seen))
    return sorted(matters, key=lambda matter: matter.order)


def _message(turn: Turn, matters: list[_Matter], texts: Texts) -> Outgoing:
    shown = matters[:MOST]
    lines = [texts.get("alarms.head", count=len(matters))]
    lines += [_line(turn, matter, texts) for matter in shown]
    if len(matters) > len(shown):
        lines.append(texts.get("alarms.more", count=len(matters) - len(shown)))
    codes = {m.petition.id: cards.shown_code(m.petition) for m in shown}
    openable = {m.petition.id for m in shown if m.seen}
    buttons = [
        Button(label=code, token=Press("case", petition_id).token)
        for petition_id, code in codes.items()
        if petition_id in openable
    ]
    inbox = Button(label=texts.get("alarms.button_late"), token=Press("inbox", 0, "late").token)
    pairs = [tuple(buttons[place : place + 2]) for place in range(0, len(buttons), 2)]
    return Outgoing(
        title=texts.get("alarms.title"),
        text="\n".join(lines),
        rows=(*pairs, (inbox,)),
        monospace=tuple(codes.values()),
        protect=any(sealed(matter.petition) for matter in shown),
    )


def _line(turn: Turn, matter: _Matter, texts: Texts) -> str:
    """Code, date, reason and level; of a sealed case no reason, whose law names the kind."""
    code, clock = cards.shown_code(matter.petition), matter.clock
    near = matter.alarm.what == _WARN
    if not matter.seen or clock.due_on is None:
        return texts.get("alarms.line_hidden_near" if near else "alarms.line_hidden", code=code)
    today = turn.now.astimezone(turn.facts.agency.zone).date()
    rule = clock_lines.rule_of(turn, clock)
    params: dict[str, object] = {
        "code": code,
        "date": cards.shown_date(clock.due_on, texts),
        "what": clock_lines.named(turn, clock, texts),
        "article": rule.article if rule is not None else "",
        "level": texts.get(f"alarms.level_{matter.alarm.level}"),
    }
    if near:
        count = turn.facts.calendar.working_days_between(today, clock.due_on)
        params["left"] = texts.get("alarms.left", count=count) if count else texts.get("alarms.left_today")
    key = f"alarms.line_{matter.alarm.what}"
    if sealed(matter.petition) and rule is not None and matter.alarm.what != "unassigned":
        key += "_sealed"
    elif near and rule is None:
        key += "_task"
    return texts.get(key, **params)
