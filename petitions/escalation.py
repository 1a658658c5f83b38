"""When somebody must hear of a limit in time: warnings before it, the ladder after it. Pure.

A clock itself remembers what was told (`warned`, `level`, `breached_at`), so that what was missed while the
service was down becomes one alarm, the highest, and nothing is told twice. Warnings count back from `aim`,
being late begins after `due`. All of it is the agency's own rule (`petitions.alarm_parts.Deadlines`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum, unique
from typing import Final
from zoneinfo import ZoneInfo

from petitions.alarm_parts import Deadlines, Ladder, Warn
from petitions.calendar import WorkingCalendar
from petitions.clocks import ALARMED, Clock, ClockState, Duty

_DAY: Final = dt.timedelta(days=1)
_MIDNIGHT: Final = dt.time(0)


@unique
class Level(IntEnum):
    """The ladder of people. The values are what `Clock.level` holds; 0 there: nobody was told."""

    OFFICER = 1
    HEAD = 2
    FOCAL = 3
    """The focal unit's people on duty, inspectors among them."""
    DIRECTOR = 4

    @property
    def word(self) -> str:
        """The wire value: `officer`, `head`, `focal`, `director`."""
        return self.name.lower()

    def days(self, ladder: Ladder) -> int:
        """After how many working days that were late through this level hears."""
        days: int = getattr(ladder, self.word)
        return days


@unique
class What(StrEnum):
    """What a moment is."""

    WARN = "warn"
    BREACH = "breach"
    CLIMB = "climb"
    EFFECT = "effect"
    """A decision takes legal effect."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When a clock has something to say."""

    at: dt.datetime
    what: What
    rank: int = 0
    """Of a warning its number from 1; of a breach and of climbing the level that hears (0: nobody yet)."""


@dataclass(frozen=True, slots=True)
class Due:
    """What must be done about a clock now."""

    what: What
    warned: int
    """What the clock's `warned` becomes."""
    level: int
    """What the clock's `level` becomes."""


@dataclass(frozen=True, slots=True)
class Timing:
    """What the moments depend on beside the clock."""

    policy: Deadlines
    calendar: WorkingCalendar
    zone: ZoneInfo

    def is_quiet(self, moment: dt.datetime) -> bool:
        """Whether nobody may be disturbed then: at night or on a day off."""
        local = moment.astimezone(self.zone)
        return not self.calendar.is_working(local.date()) or self.policy.quiet.covers(local.time())

    def is_night(self, moment: dt.datetime) -> bool:
        """Whether it is a quiet hour, on whatever day."""
        return self.policy.quiet.covers(moment.astimezone(self.zone).time())

    def next_allowed(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself where people may hear, else the next one at which they may."""
        if not self.is_quiet(moment):
            return moment
        local = moment.astimezone(self.zone)
        day, end = local.date(), self.policy.quiet.end
        if self.calendar.is_working(day) and local.time() < end:
            return dt.datetime.combine(day, end, self.zone)
        begins = end if self.policy.quiet.covers(_MIDNIGHT) else _MIDNIGHT
        return dt.datetime.combine(self.calendar.next_working(day + _DAY), begins, self.zone)

    def after_night(self, moment: dt.datetime) -> dt.datetime:
        """The moment itself by day, else the end of that night, on whatever day."""
        if not self.is_night(moment):
            return moment
        local = moment.astimezone(self.zone)
        end = self.policy.quiet.end
        day = local.date() if local.time() < end else local.date() + _DAY
        return dt.datetime.combine(day, end, self.zone)

    def morning(self, day: dt.date) -> dt.datetime:
        """When what hangs on `day` is told."""
        return dt.datetime.combine(day, self.policy.morning, self.zone)


def moments(clock: Clock, timing: Timing, *, urgent: bool = False) -> tuple[Moment, ...]:
    """Everything the clock has to say from its beginning to its end, in order; empty for one that stands still.

    `urgent`: warnings come on their very day, also on a day off.
    """
    if clock.state is not ClockState.RUNNING:
        return ()
    if clock.duty is Duty.EFFECT and clock.due_on is not None:
        return (Moment(timing.morning(clock.due_on + _DAY), What.EFFECT),)
    if clock.duty not in ALARMED or clock.due_on is None or clock.aim_on is None:
        return ()
    return (*_warnings(clock, clock.aim_on, timing, urgent=urgent), *_late(clock.due_on, timing))


def pending(clock: Clock, timing: Timing, *, urgent: bool = False) -> list[Moment]:
    """The moments that were not told yet, also those gone by."""
    return [moment for moment in moments(clock, timing, urgent=urgent) if not _told(clock, moment)]


def next_moment(
    clocks: Iterable[Clock],
    timing: Timing,
    *,
    urgent: bool = False,
    after: dt.datetime | None = None,
) -> dt.datetime | None:
    """When a case must be looked at next: the first untold moment of its clocks.

    `after`: leave out what was up to then, because it was just dealt with.
    """
    waiting = [
        moment.at
        for clock in clocks
        for moment in pending(clock, timing, urgent=urgent)
        if after is None or moment.at > after
    ]
    return min(waiting, default=None)


def due_now(clock: Clock, now: dt.datetime, timing: Timing, *, urgent: bool = False) -> Due | None:
    """What must be done about the clock at `now`; None where nothing.

    Of several moments gone by the highest counts: a breach silences warnings, a level those below it.
    """
    passed = [moment for moment in pending(clock, timing, urgent=urgent) if moment.at <= now]
    if not passed:
        return None
    level = max([m.rank for m in passed if m.what in (What.BREACH, What.CLIMB)], default=clock.level)
    kinds = {moment.what for moment in passed}
    for what in (What.EFFECT, What.BREACH, What.CLIMB):
        if what in kinds:
            warned = clock.warned if what is What.EFFECT else len(timing.policy.warnings)
            return Due(what, warned, max(level, clock.level))
    return Due(What.WARN, max(moment.rank for moment in passed), clock.level)


def _told(clock: Clock, moment: Moment) -> bool:
    match moment.what:
        case What.WARN:
            return moment.rank <= clock.warned or clock.breached_at is not None
        case What.BREACH:
            return clock.breached_at is not None
        case What.CLIMB:
            return moment.rank <= clock.level
        case What.EFFECT:
            return False


def _warnings(clock: Clock, aim: dt.date, timing: Timing, *, urgent: bool) -> list[Moment]:
    """None on the day the time began (or went on after a suspension) or before; those of one day are one, the
    last."""
    begun = max([clock.started_on, *(resumed for _, resumed in clock.spans)])
    days = sorted(_warned_on(warn, clock.started_on, aim, timing.calendar) for warn in timing.policy.warnings)
    by_day: dict[dt.date, int] = {}
    for number, day in enumerate(days, 1):
        if begun < day < dt.date.max:
            told = day if urgent else timing.calendar.next_working(day)
            by_day[told] = number
    return [Moment(timing.morning(day), What.WARN, number) for day, number in sorted(by_day.items())]


def _warned_on(warn: Warn, started: dt.date, aim: dt.date, calendar: WorkingCalendar) -> dt.date:
    """The day of a warning; one that counts back no day at all, as half of one day does, is none: the first day
    there is."""
    if warn.unit == "wd":
        return calendar.minus_working_days(aim, warn.amount)
    back = warn.amount if warn.unit == "d" else max(0, (aim - started).days) * warn.amount // 100
    return aim - back * _DAY if back else dt.date.min


def _late(due: dt.date, timing: Timing) -> list[Moment]:
    """The breach stands from the first moment after the last day; each level hears on a working morning."""
    ladder = timing.policy.ladder
    first = [level for level in Level if level.days(ladder) == 0]
    found = dt.datetime.combine(due + _DAY, _MIDNIGHT, timing.zone)
    late = [Moment(found, What.BREACH, int(max(first, default=0)))]
    for level in Level:
        day = timing.calendar.add_working_days(due, level.days(ladder) + 1)
        late.append(Moment(timing.morning(day), What.CLIMB, int(level)))
    return late
