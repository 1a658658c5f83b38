"""Deadlines from rules kept as data: each date comes with the rule and the article it rests on."""

from __future__ import annotations

import datetime as dt
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, PositiveInt, TypeAdapter

from petitions.calendar import WorkingCalendar

Unit = Literal["working_days", "days"]


class LegalRule(BaseModel):
    """One limit in time as a law or decree sets it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    what: str
    article: str
    """As it is shown to people: clause, article and the law's name, spelled out."""
    instrument: str
    amount: PositiveInt
    unit: Unit
    event: str
    """What starts the clock."""
    who: str
    in_force_from: dt.date
    in_force_to: dt.date | None = None
    """The last day it was in force; None: still."""
    mark: Literal["verified", "provisional"]
    note: str = ""


class NoRule(LookupError):
    """No rule of that id was in force on that day."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day on which something is still in time (until 24:00, Bộ luật Dân sự 2015 Đ148 k6)."""

    date: dt.date
    rule_id: str
    article: str
    amount: int
    unit: Unit
    since: dt.date
    """The day of the event, in the office's time zone; not counted itself."""
    provisional: bool = False
    """Whether the date rests on days off that are not decided yet."""


def legal_rule(rule_id: str, on: dt.date) -> LegalRule:
    """The rule as it was in force on that day. Raises NoRule."""
    for rule in _rules():
        in_force = rule.in_force_from <= on and (rule.in_force_to is None or on <= rule.in_force_to)
        if rule.id == rule_id and in_force:
            return rule
    raise NoRule(f"{rule_id} on {on.isoformat()}")


@cache
def _rules() -> tuple[LegalRule, ...]:
    folder = files("petitions") / "law"
    tables = [
        tomllib.loads(file.read_text("utf-8"))["rule"]
        for file in sorted(folder.iterdir(), key=lambda file: file.name)
        if file.name.endswith(".toml")
    ]
    return TypeAdapter(tuple[LegalRule, ...]).validate_python([rule for table in tables for rule in table])


def count(rule: LegalRule, since: dt.date, calendar: WorkingCalendar) -> Deadline:
    """The date on which the limit of `rule` ends when its event fell on `since`.

    Working days are counted on the calendar. A limit in days ends on the nominal day: moving it to the next
    working day (Đ148 k5) is for the citizen's limits, not for the office's duties.
    """
    if rule.unit == "working_days":
        end = calendar.add_working_days(since, rule.amount)
    else:
        end = since + dt.timedelta(days=rule.amount)
    return Deadline(
        date=end,
        rule_id=rule.id,
        article=rule.article,
        amount=rule.amount,
        unit=rule.unit,
        since=since,
        provisional=rule.unit == "working_days" and calendar.is_provisional(since, end),
    )


def first_answer_due(first_message_at: dt.datetime, calendar: WorkingCalendar, zone: ZoneInfo) -> Deadline:
    """Until when the citizen hears what became of the petition: rule A-01 from the first message.

    Args:
        first_message_at: aware; its day is taken in `zone` (Asia/Ho_Chi_Minh), so that a message late in the
            evening counts as received that day.

    Raises:
        ValueError: the moment carries no time zone.
    """
    if first_message_at.tzinfo is None:
        raise ValueError("the moment of the first message must carry its time zone")
    since = first_message_at.astimezone(zone).date()
    return count(legal_rule("A-01", since), since, calendar)
