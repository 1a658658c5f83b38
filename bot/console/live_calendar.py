"""The office's calendar with the days it set at the console laid over it, while the service runs.

Every process looks now and then whether they changed, so that all of them soon count alike; running dates are then
reckoned anew by who settles the book.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, Final

from bot.dispatch import Books, fault_place
from petitions.calendar import Source, SpecialDay, WorkingCalendar
from storage.console_calendar import SetDay
from storage.database import Database, Unavailable

log = logging.getLogger(__name__)

EVERY_SECONDS: Final = 30.0
_WEEKEND: Final = 5


class LiveCalendar(WorkingCalendar):
    """A calendar whose corrections are exchanged under way. Each count is wholly by those of before or of after."""

    def __init__(self, base: WorkingCalendar) -> None:
        """`base`: the days as the project and the operator's file have them."""
        super().__init__()
        self._base = base
        self._now = base

    def lay_over(self, days: Iterable[SetDay]) -> None:
        """From now on these days are as set, all others as the base has them."""
        self._now = laid_over(self._base, days)

    def with_source(self, source: Source) -> WorkingCalendar:
        return self._now.with_source(source)

    def with_overrides(self, data: Mapping[str, Any]) -> WorkingCalendar:
        return self._now.with_overrides(data)

    def covers(self, day: date) -> bool:
        return self._now.covers(day)

    def special(self, day: date) -> SpecialDay | None:
        return self._now.special(day)

    def is_working(self, day: date) -> bool:
        return self._now.is_working(day)

    def is_provisional(self, start: date, end: date) -> bool:
        return self._now.is_provisional(start, end)

    def next_working(self, day: date) -> date:
        return self._now.next_working(day)

    def previous_working(self, day: date) -> date:
        return self._now.previous_working(day)

    def add_working_days(self, start: date, n: int) -> date:
        return self._now.add_working_days(start, n)

    def minus_working_days(self, day: date, n: int) -> date:
        return self._now.minus_working_days(day, n)

    def working_days_between(self, start: date, end: date) -> int:
        return self._now.working_days_between(start, end)

    def fingerprint(self, first: date, last: date) -> str:
        return self._now.fingerprint(first, last)


def laid_over(base: WorkingCalendar, days: Iterable[SetDay]) -> WorkingCalendar:
    """A calendar that has these days as they are set."""
    data: dict[str, list[dict[str, Any]]] = {"off": [], "worked": [], "ordinary": []}
    for day in days:
        kind = "off" if not day.works else "worked" if day.day.weekday() >= _WEEKEND else "ordinary"
        data[kind].append({"date": day.day, "name": day.name, "decision": day.decision})
    return base.with_overrides(data)


class CalendarKeeper:
    """Keeps the calendar as the database has it. `changed` is told after each change."""

    def __init__(self, calendar: WorkingCalendar, database: Database, books: Books) -> None:
        self.calendar = LiveCalendar(calendar)
        self.changed: Callable[[], None] = lambda: None
        self._database = database
        self._books = books
        self._known: list[SetDay] = []
        self._tell_again = False

    async def look(self) -> None:
        """Take over what was set since the last look. Raises Unavailable."""
        days: list[SetDay] = await self._database.read(lambda c: self._books(c).calendar_days())
        if days != self._known:
            self.calendar.lay_over(days)
            self._known = days
            log.info("calendar_changed", extra={"days": len(days)})
            self._tell_again = True
            self.changed()

    async def run(self) -> None:
        """Look for ever; ends by cancellation."""
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            again, self._tell_again = self._tell_again, False
            try:
                await self.look()
            except Unavailable:
                log.error("calendar_unreachable")
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("calendar_failed", extra={"fault": fault_place(fault)})
            if again:
                # another process may have reckoned by the days of before until its own look
                self.changed()
