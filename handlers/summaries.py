"""Regular summaries: a head's each working morning, an inspector's by unit in the first working morning of a week.

Counts only, so that a sealed case shows in them as a number and nothing else. The timers set themselves anew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from handlers import digests
from handlers.clock_timers import timing_of
from handlers.messages import Button, Outgoing
from handlers.officers import cards
from handlers.officers.access import same_unit, unit_name, unit_today
from handlers.officers.audience import texts_of
from handlers.officers.inbox import SOON_DAYS
from handlers.officers.room import private_chat
from handlers.officers.tokens import Press
from handlers.turn import Priority
from petitions.kinds import Role

if TYPE_CHECKING:
    from handlers.texts import Texts
    from handlers.turn import Turn
    from petitions.escalation import Timing
    from storage.records import OfficerRecord, TimerRecord
    from storage.work import WorkCount

HEADS: Final = "heads_digest"
WEEKLY: Final = "weekly_digest"
_MOST: Final = 40
"""Lines of a summary by unit or officer."""


@dataclass(slots=True)
class Sum:
    """Counts added up under one name."""

    open: int = 0
    new: int = 0
    soon: int = 0
    late: int = 0
    waiting: int = 0
    unnamed: int = 0

    def add(self, count: WorkCount) -> None:
        self.open += count.open
        self.new += count.new
        self.soon += count.soon
        self.late += count.late
        self.waiting += count.waiting
        self.unnamed += count.open if count.officer_id is None else 0

    @property
    def says_something(self) -> bool:
        return bool(self.new or self.soon or self.late or self.waiting or self.unnamed)

    def params(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in ("open", "new", "soon", "late", "waiting", "unnamed")}


def arm(turn: Turn, officer: OfficerRecord) -> None:
    """Set the timers of what this officer is told regularly, and of alarms that wait for an open chat."""
    digest = turn.facts.agency.deadlines.digest
    timing = timing_of(turn.facts)
    if officer.role is Role.HEAD and digest.heads:
        turn.book.set_officer_timer(HEADS, next_morning(timing, turn.now), officer.id)
    if officer.role is Role.INSPECTOR and digest.weekly:
        turn.book.set_officer_timer(WEEKLY, next_week(timing, turn.now), officer.id)
    if turn.book.waiting_alarms(officer.id):
        digests.arm_alarms(turn, officer.id)


def next_morning(timing: Timing, now: datetime) -> datetime:
    """The next morning of a working day after `now`."""
    day = now.astimezone(timing.zone).date()
    if not timing.calendar.is_working(day) or timing.morning(day) <= now:
        day = timing.calendar.next_working(day + timedelta(days=1))
    return timing.morning(day).astimezone(UTC)


def next_week(timing: Timing, now: datetime) -> datetime:
    """The morning of the first working day of a week, the next after `now`."""
    day = now.astimezone(timing.zone).date()
    monday = day - timedelta(days=day.weekday())
    while True:
        first = timing.calendar.next_working(monday)
        if first < monday + timedelta(days=7) and timing.morning(first) > now:
            return timing.morning(first).astimezone(UTC)
        monday += timedelta(days=7)


def fire_heads(turn: Turn, timer: TimerRecord) -> None:
    """What is new, due soon, late and waiting in the head's unit, by officer."""

    def tell(officer: OfficerRecord, texts: Texts) -> Outgoing | None:
        agency = turn.facts.agency
        units = [unit.code for unit in agency.units if same_unit(agency, unit.code, officer.unit)]
        timing = timing_of(turn.facts)
        today = _today(turn)
        since = timing.morning(timing.calendar.minus_working_days(today, 1))
        counts = _counts(turn, units, today, since)
        whole = _sum(counts)
        if not whole.says_something:
            return None
        lines = [texts.get("alarms.heads_whole", **whole.params())]
        lines += _by_officer(turn, counts, units, texts)
        title = texts.get("alarms.heads_title", unit=unit_name(agency, officer.unit, texts.language))
        return Outgoing(title=title, text="\n".join(lines), rows=_rows(texts))

    _regular(turn, timer, Role.HEAD, tell)


def fire_weekly(turn: Turn, timer: TimerRecord) -> None:
    """The same of every unit, since a week ago."""

    def tell(officer: OfficerRecord, texts: Texts) -> Outgoing | None:
        del officer
        agency = turn.facts.agency
        today = _today(turn)
        since = timing_of(turn.facts).morning(today - timedelta(days=7))
        counts = _counts(turn, [unit.code for unit in agency.units], today, since)
        whole = _sum(counts)
        if not whole.says_something:
            return None
        by_unit = _grouped(counts, lambda count: unit_today(agency, count.unit))
        lines = [texts.get("alarms.weekly_whole", **whole.params())]
        for unit, found in sorted(by_unit.items(), key=lambda item: (-item[1].late, -item[1].soon, item[0])):
            name = unit_name(agency, unit, texts.language)
            lines.append(texts.get("alarms.weekly_unit", unit=name, **found.params()))
        return Outgoing(
            title=texts.get("alarms.weekly_title"), text="\n".join(lines[: _MOST + 1]), rows=_rows(texts)
        )

    _regular(turn, timer, Role.INSPECTOR, tell)


def _regular(
    turn: Turn, timer: TimerRecord, role: Role, tell: Callable[[OfficerRecord, Texts], Outgoing | None]
) -> None:
    """Tell the officer where there is something to say, and set the next timer; a quiet hour is waited for."""
    officer = turn.book.officer(timer.officer_id) if timer.officer_id is not None else None
    if officer is None or not officer.active or officer.role is not role:
        return
    timing = timing_of(turn.facts)
    if timing.is_quiet(turn.now):  # missed while the service was down, or days off were decided meanwhile
        later = timing.next_allowed(turn.now).astimezone(UTC)
        turn.book.set_officer_timer(timer.what, later, officer.id)
        return
    contact = private_chat(turn, officer)
    message = tell(officer, texts_of(turn, contact)) if contact is not None else None
    if message is not None:
        turn.send(message, to=contact, audience="officer", priority=Priority.DIGEST, coalesce=timer.what)
    arm(turn, officer)


def _today(turn: Turn) -> date:
    return turn.now.astimezone(turn.facts.agency.zone).date()


def _counts(turn: Turn, units: list[str], today: date, since: datetime) -> list[WorkCount]:
    soon = turn.facts.calendar.add_working_days(today, SOON_DAYS)
    return turn.book.work_counts(units, today=today, soon=soon, since=since)


def _sum(counts: Iterable[WorkCount]) -> Sum:
    whole = Sum()
    for count in counts:
        whole.add(count)
    return whole


def _grouped(counts: Iterable[WorkCount], key: Callable[[WorkCount], str]) -> dict[str, Sum]:
    found: dict[str, Sum] = {}
    for count in counts:
        found.setdefault(key(count), Sum()).add(count)
    return found


def _by_officer(turn: Turn, counts: list[WorkCount], units: list[str], texts: Texts) -> list[str]:
    """One line for each named officer, those with late work first."""
    known = {o.id: o for unit in units for o in turn.book.officers(unit=unit, active=None)}
    by_id: dict[int, Sum] = {}
    for count in counts:
        if count.officer_id is not None:
            by_id.setdefault(count.officer_id, Sum()).add(count)
    lines = []
    for officer_id, found in sorted(by_id.items(), key=lambda item: (-item[1].late, -item[1].soon, item[0])):
        officer = known.get(officer_id) or turn.book.officer(officer_id)
        if officer is not None:
            name = cards.officer_name(officer, texts)
            lines.append(texts.get("alarms.heads_officer", name=name, **found.params()))
    return lines[:_MOST]


def _rows(texts: Texts) -> tuple[tuple[Button, ...], ...]:
    names = ("late", "soon")
    return (
        tuple(
            Button(label=texts.get(f"alarms.filter_{name}"), token=Press("inbox", 0, name).token)
            for name in names
        ),
    )
