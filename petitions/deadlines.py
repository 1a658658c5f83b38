"""Deadlines reckoned from the law kept as data: each date with its rule, its article and its count day by day.

The day of the event is not counted (Bộ luật Dân sự 2015 Đ147 k2–3). A term whose last day is a day off ends with
the next working day (Đ148 k5). Suspended time is not counted (Luật Khiếu nại Đ11a k4, Luật Tố cáo Đ34 k2).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from zoneinfo import ZoneInfo

from petitions.calendar import WorkingCalendar
from petitions.rules import LegalRule, NoRule, RuleBook, Unit

__all__ = [
    "BadReckoning",
    "CountedDay",
    "Deadline",
    "LegalRule",
    "NoRule",
    "Suspension",
    "Unit",
    "first_answer_due",
    "legal_rule",
    "reckon",
]

_DAY: Final = dt.timedelta(days=1)
_WEEKEND: Final = {5: "Thứ Bảy", 6: "Chủ nhật"}
Suspension = tuple[dt.date, dt.date]
"""From the day the clock stops to the day of the decision to resume, which is counted again."""


class BadReckoning(ValueError):
    """A limit cannot be reckoned from what was given; the message says what is wrong and what is possible."""


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One day of a count, for showing how a date came about."""

    date: dt.date
    number: int | None
    """Its place in the count; None: not counted, `why` says so."""
    why: Literal["day_off", "suspended", "moved"] | None = None
    """Moved: after the nominal end, because that is a day off (Đ148 k5)."""
    name: str = ""
    """What makes it a day off, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """When something must be done under one rule; dates hold until 24:00 (Bộ luật Dân sự 2015 Đ148 k6).

    All three dates are None where the rule gives no date. They are moments, not days, only where a limit in
    hours was counted from a moment.
    """

    rule: LegalRule
    since: dt.date
    """The day of the event in the office's time zone, not counted itself; a moment for limits in hours."""
    nominal: dt.date | None
    """The end as counted, before it is moved off a day off. Extensions start here."""
    due: dt.date | None
    """The last day on which it is still in time."""
    aim: dt.date | None
    """What the office works towards: the last working day on or before `nominal`. In a long holiday it can lie
    before the event."""
    suspensions: tuple[Suspension, ...] = ()
    suspended_days: int = 0
    """Calendar days that were not counted because of suspension."""
    provisional: bool = False
    """Whether the date rests on days off that are not decided yet."""
    calendar: WorkingCalendar = field(default_factory=WorkingCalendar, compare=False, repr=False)

    @property
    def date(self) -> dt.date:
        """`due`, for rules that give a date. Raises LookupError where the rule gives none."""
        if self.due is None:
            raise LookupError(f"{self.rule.id} gives no date: {self.rule.sentence}")
        return self.due

    @property
    def rule_id(self) -> str:
        """The row of the law reference."""
        return self.rule.id

    @property
    def article(self) -> str:
        """As shown to people."""
        return self.rule.article

    @property
    def amount(self) -> int | None:
        """How many `unit`; None for at_once and none."""
        return self.rule.amount

    @property
    def unit(self) -> Unit:
        """What is counted."""
        return self.rule.unit

    @property
    def days(self) -> tuple[CountedDay, ...]:
        """The count, from the day next to the event to the due day; made anew at each call, empty for hours."""
        if self.nominal is None or self.due is None or self.rule.unit in {"at_once", "h"}:
            return ()
        return tuple(_counted(self, self.nominal, self.due))


def legal_rule(rule_id: str, on: dt.date) -> LegalRule:
    """The shipped rule as it was in force on that day. Raises NoRule."""
    return RuleBook.packaged().rule(rule_id, on)


def reckon(
    rule: LegalRule,
    since: dt.date,
    calendar: WorkingCalendar,
    *,
    suspensions: Sequence[Suspension] = (),
) -> Deadline:
    """When the limit of `rule` ends if its event fell on `since`.

    Args:
        since: a day; for a limit in hours also an aware moment, and the answer is then a moment too. With a
            day, hours are counted as the same, unknown, hour of that day.
        suspensions: lawful ones only, each from the first day not counted to the day of the decision to resume;
            their order does not matter.

    Raises:
        BadReckoning: a suspension that begins before the event or after the term is over, ends before it begins
            or overlaps another; a suspension of what has no running term; a moment that does not fit.
    """
    _check_since(rule, since)
    if suspensions and (rule.unit not in {"d", "wd", "year"} or rule.direction == "before"):
        raise BadReckoning(f"{rule.id} has no running term that a suspension could stop; leave it out")
    if rule.unit == "none":
        return Deadline(rule, since, None, None, None, calendar=calendar)
    if rule.unit == "at_once":
        return Deadline(rule, since, since, since, since, calendar=calendar)
    try:
        if rule.unit == "h":
            return _in_hours(rule, since, calendar)
        if rule.direction == "before":
            return _before(rule, since, calendar)
        return _after(rule, since, calendar, sorted(suspensions))
    except OverflowError:
        raise BadReckoning(
            f"{rule.id} from {since.isoformat()} leaves the years that dates can name"
        ) from None


def first_answer_due(
    first_message_at: dt.datetime, calendar: WorkingCalendar, zone: ZoneInfo, rules: RuleBook | None = None
) -> Deadline:
    """Until when the citizen hears what became of the petition: rule A-01 from the first message.

    Args:
        first_message_at: aware; its day is taken in `zone` (Asia/Ho_Chi_Minh), so that a message late in the
            evening counts as received that day.
        rules: the agency's; the shipped ones where it is None.

    Raises:
        ValueError: the moment carries no time zone.
    """
    if first_message_at.tzinfo is None:
        raise ValueError("the moment of the first message must carry its time zone")
    since = first_message_at.astimezone(zone).date()
    return reckon((rules or RuleBook.packaged()).rule("A-01", since), since, calendar)


def _check_since(rule: LegalRule, since: dt.date) -> None:
    if not isinstance(since, dt.datetime):
        return
    if rule.unit != "h":
        raise BadReckoning(
            f"{rule.id} counts from a day, not from a moment; give the day in the office's zone"
        )
    if since.tzinfo is None:
        raise BadReckoning(f"{rule.id} counts hours from a moment, which must carry its time zone")


def _in_hours(rule: LegalRule, since: dt.date, calendar: WorkingCalendar) -> Deadline:
    """Hours run day and night; neither is such an end moved."""
    amount = rule.amount or 0
    sign = -1 if rule.direction == "before" else 1
    if not isinstance(since, dt.datetime):
        end = since + sign * (amount // 24) * _DAY
        return Deadline(rule, since, end, end, calendar.previous_working(end), calendar=calendar)
    moment = since + sign * dt.timedelta(hours=amount)
    aim = dt.datetime.combine(calendar.previous_working(moment.date()), moment.timetz())
    return Deadline(rule, since, moment, moment, aim, calendar=calendar)


def _before(rule: LegalRule, since: dt.date, calendar: WorkingCalendar) -> Deadline:
    """Ahead of the event: at least so many days, so the end is not moved towards the event."""
    amount = rule.amount or 0
    in_days = rule.unit == "d"
    end = since - amount * _DAY if in_days else calendar.minus_working_days(since, amount)
    aim = calendar.previous_working(end)
    undecided = calendar.is_provisional(aim - _DAY, end if in_days else since - _DAY)
    return Deadline(rule, since, end, end, aim, provisional=undecided, calendar=calendar)


def _after(
    rule: LegalRule, since: dt.date, calendar: WorkingCalendar, suspensions: Sequence[Suspension]
) -> Deadline:
    end = _end(rule, since, calendar, 0)
    suspended = 0
    if suspensions:
        _check_order(rule, since, suspensions)
        left_out = 0
        for first, resumed in suspensions:
            if first > end:
                raise BadReckoning(
                    f"the suspension from {first.isoformat()} begins after the term of {rule.id} ended on "
                    f"{end.isoformat()}; a term that is over can no longer be suspended"
                )
            start = max(first, since + _DAY)
            suspended += max((resumed - start).days, 0)
            if rule.unit == "wd":
                left_out += calendar.working_days_between(start - _DAY, resumed - _DAY)
            else:
                left_out = suspended
            end = _end(rule, since, calendar, left_out)
    if rule.unit == "wd":
        undecided = calendar.is_provisional(since, end)
        return Deadline(rule, since, end, end, end, tuple(suspensions), suspended, undecided, calendar)
    due, aim = calendar.next_working(end), calendar.previous_working(end)
    undecided = calendar.is_provisional(aim - _DAY, due)
    return Deadline(rule, since, end, due, aim, tuple(suspensions), suspended, undecided, calendar)


def _end(rule: LegalRule, since: dt.date, calendar: WorkingCalendar, left_out: int) -> dt.date:
    """The nominal end where so many days (working days for a limit in those) were not counted."""
    amount = rule.amount or 0
    if rule.unit == "wd":
        return calendar.add_working_days(since, amount + left_out)
    if rule.unit == "year":
        return _years_on(since, amount) + left_out * _DAY
    return since + (amount + left_out) * _DAY


def _years_on(day: dt.date, years: int) -> dt.date:
    """The same day of a later year; 28 February for the 29th where there is none."""
    if day.year + years > dt.MAXYEAR:
        raise OverflowError
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return dt.date(day.year + years, 2, 28)


def _check_order(rule: LegalRule, since: dt.date, suspensions: Sequence[Suspension]) -> None:
    """Each suspension (in order) runs forward, after the event and after the one before it."""
    last: Suspension | None = None
    for first, resumed in suspensions:
        said = f"the suspension {first.isoformat()}..{resumed.isoformat()}"
        if resumed < first:
            raise BadReckoning(
                f"{said} ends before it begins; give the day it began first, then the day of the "
                "decision to resume"
            )
        if first < since:
            raise BadReckoning(
                f"{said} begins before the event of {rule.id} on {since.isoformat()}; a clock can "
                "be stopped from that day on"
            )
        if last is not None and first < last[1]:
            raise BadReckoning(
                f"{said} overlaps {last[0].isoformat()}..{last[1].isoformat()}; a clock that stands still can be "
                "stopped again only after it was resumed"
            )
        last = (first, resumed)


def _counted(deadline: Deadline, nominal: dt.date, due: dt.date) -> Iterator[CountedDay]:
    """Day by day, backwards for a limit ahead of its event."""
    rule, calendar = deadline.rule, deadline.calendar
    step = _DAY if rule.direction == "after" else -_DAY
    number = 0
    day = deadline.since
    while day != nominal:
        day += step
        off = "" if calendar.is_working(day) else _day_off(calendar, day)
        if any(first <= day < resumed for first, resumed in deadline.suspensions):
            yield CountedDay(day, None, "suspended", off)
        elif off and rule.unit == "wd":
            yield CountedDay(day, None, "day_off", off)
        else:
            number += 1
            yield CountedDay(day, number, None, off)
    while day != due:
        day += _DAY
        yield CountedDay(day, None, "moved", "" if calendar.is_working(day) else _day_off(calendar, day))


def _day_off(calendar: WorkingCalendar, day: dt.date) -> str:
    special = calendar.special(day)
    return (special.name if special is not None else "") or _WEEKEND.get(day.weekday(), "Ngày nghỉ")
