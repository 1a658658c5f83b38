"""Putting the book in order with what changed while the service was down: units, officers, calendar, alarms.

It runs in the background after a start and once a day, page by page, each case in a transaction of its own that
looks again under the case's lock. Where nothing changed it only reads.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Any, Final

from sqlalchemy import Connection

from bot.dispatch import Books, Wake, fault_place
from handlers import (
    answerability,
    case_clocks,
    clock_timers,
    competence,
    hotspots,
    report_reminders,
    summaries,
)
from handlers.recomputing import begin, recompute
from handlers.service_turn import service_turn
from handlers.turn import Facts, Turn
from petitions.clock import Clock
from petitions.clocks import Clock as LegalClock
from petitions.rules import NoRule
from storage.database import Database, Unavailable
from storage.records import PetitionRecord

log = logging.getLogger(__name__)

DAY_SECONDS: Final = 24 * 3600.0
RETRY_SECONDS: Final = 60.0
PAGE: Final = 500
"""Clocks looked at in one read."""
FOUND_AT_ONCE: Final = 20
"""Petitions of before made searchable, or counted, in one transaction: people wait no longer than for a turn."""
OVERVIEW_AT_ONCE: Final = 50
BREATH_SECONDS: Final = 0.05
"""Between two such transactions; a hundred thousand petitions take a quarter of an hour."""
MOST_BEGUN: Final = 10_000
"""Cases of an earlier version of the service that get their first clocks in one pass."""


@dataclass(slots=True)
class _Page:
    """What one read of running clocks found."""

    following: tuple[date, int] | None = None
    """Where the next page begins."""
    stale: set[int] = field(default_factory=set)
    """Cases with a date that the calendar of now puts elsewhere."""
    unplanned: set[int] = field(default_factory=set)
    """Cases whose timer is not where it belongs."""


class Settling:
    """One pass puts right what is not; `run` makes one now, one each day and one when asked."""

    def __init__(
        self,
        *,
        database: Database,
        books: Books,
        clock: Clock,
        facts: Facts,
        chance: random.Random,
        wake: Wake = lambda _: None,
    ) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._facts = facts
        self._chance = chance
        self._wake = wake
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Settle soon, and not only tomorrow: what the book rests on changed."""
        self._asked.set()

    async def run(self) -> None:
        """Settle for ever; ends by cancellation."""
        while True:
            pause = DAY_SECONDS
            self._asked.clear()
            try:
                await self.settle()
            except Unavailable:
                log.error("settling_unreachable")
                pause = RETRY_SECONDS
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("settling_failed", extra={"fault": fault_place(fault)})
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), pause)

    async def settle(self) -> dict[str, int]:
        """One pass; how many cases were moved, reckoned anew and planned anew. Raises Unavailable."""
        done = {"moved": 0, "begun": 0, "moved_dates": 0, "planned": 0}
        for petition_id in await self._read(self._misplaced):
            done["moved"] += await self._each(petition_id, answerability.settle)
        for petition_id in await self._read(lambda turn: turn.book.without_clocks(most=MOST_BEGUN)):
            done["begun"] += await self._each(petition_id, begin)
        await self._clocks(done)
        await self._transact(_arm_summaries)
        done["searchable"] = await self._make_searchable()
        done["counted"] = await self._count_older()
        done["overview"] = await self._count_overview()
        log.info("settled", extra=done)
        return done

    # --- officers' search

    async def _make_searchable(self) -> int:
        """Keeps the words of petitions filed before words were kept, the newest first; how many that were."""
        number = 0
        while await self._read(lambda turn: turn.book.unindexed()):
            looked, closed = await self._transact(lambda turn: turn.book.index_older(most=FOUND_AT_ONCE))
            number += looked
            if closed:
                log.error("petitions_not_opened", extra={"count": closed})
            await asyncio.sleep(BREATH_SECONDS)
        return number

    # --- hotspots

    async def _count_older(self) -> int:
        """Counts petitions of the last year that an earlier version filed by topic and place; how many that were."""
        today = self._clock.now().astimezone(self._facts.agency.zone).date()
        number = 0
        while True:
            looked: int = await self._transact(
                lambda turn: turn.book.sight_older(today=today, most=FOUND_AT_ONCE)
            )
            if not looked:
                return number
            number += looked
            await asyncio.sleep(BREATH_SECONDS)

    # --- overview

    async def _count_overview(self) -> int:
        """Takes petitions into the overview's figures that are not counted there; how many that were."""
        number = 0
        while True:
            looked: int = await self._transact(lambda turn: turn.book.overview_older(most=OVERVIEW_AT_ONCE))
            if not looked:
                return number
            number += looked
            await asyncio.sleep(BREATH_SECONDS)

    # --- who answers

    def _misplaced(self, turn: Turn) -> list[int]:
        """Cases of units that answer no more, of units they are against, and those that name an officer who has
        left."""
        book, agency = turn.book, self._facts.agency
        found: set[int] = set()
        for unit in book.units_in_use():
            if answerability.answering_unit(agency, unit) != unit:
                found.update(book.open_of_unit(unit))
        for officer in book.officers(active=False):
            found.update(book.open_of_officer(officer.id))
        found.update(p.id for p in book.open_with_accused() if competence.must_move(agency, p))
        return sorted(found)

    # --- dates and alarms

    async def _clocks(self, done: dict[str, int]) -> None:
        day, after = date.min, 0
        seen: set[int] = set()
        while True:
            page: _Page = await self._read(partial(self._page, day=day, after=after))
            for petition_id in sorted(page.stale - seen):
                done["moved_dates"] += await self._each(petition_id, recompute)
            for petition_id in sorted(page.unplanned - page.stale - seen):
                done["planned"] += await self._each(petition_id, _plan)
            seen |= page.stale | page.unplanned
            if page.following is None:
                return
            day, after = page.following

    def _page(self, turn: Turn, *, day: date, after: int) -> _Page:
        rows = turn.book.running_page(day=day, after=after, most=PAGE)
        ids = sorted({petition_id for petition_id, _ in rows})
        planned = turn.book.planned(clock_timers.TIMER, ids)
        page = _Page()
        clocks_of = turn.book.clocks_of_many(ids)
        for petition_id, petition in turn.book.petitions_by_id(ids).items():
            clocks = clocks_of[petition_id]
            if _is_stale(turn, clocks):
                page.stale.add(petition_id)
            if not self._is_planned(turn, petition, clocks, planned.get(petition_id)):
                page.unplanned.add(petition_id)
        last = rows[-1][1] if len(rows) == PAGE else None
        if last is not None and last.due_on is not None:
            page.following = (last.due_on, last.id)
        return page

    def _is_planned(
        self, turn: Turn, petition: PetitionRecord, clocks: list[LegalClock], planned: datetime | None
    ) -> bool:
        """Whether the case's timer waits where it belongs; one that is due is the ticker's business."""
        if planned is not None and planned <= turn.now:
            return True
        return clock_timers.next_look(self._facts, petition, clocks) == planned

    # --- transactions

    async def _each(self, petition_id: int, work: Callable[[Turn, int], object]) -> bool:
        """One case; whether something was done. A fault in it stops no other case."""
        try:
            return await self._transact(lambda turn: work(turn, petition_id)) is not None
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - one broken case must not leave the others unanswered
            log.critical("case_not_settled", extra={"fault": fault_place(fault)})
            return False

    async def _transact(self, work: Callable[[Turn], Any]) -> Any:
        turns: list[Turn] = []

        def task(connection: Connection) -> Any:
            turns.append(self._turn(connection))
            return work(turns[-1])

        result = await self._database.transact(task)
        if turns[-1].queued:
            self._wake(turns[-1].queued)
        return result

    async def _read(self, work: Callable[[Turn], Any]) -> Any:
        return await self._database.read(lambda connection: work(self._turn(connection)))

    def _turn(self, connection: Connection) -> Turn:
        return service_turn(self._books(connection), self._facts, self._clock.now(), self._chance)


def _is_stale(turn: Turn, clocks: list[LegalClock]) -> bool:
    try:
        return bool(case_clocks.moved_by_calendar(turn, {clock.id: clock for clock in clocks}))
    except NoRule:
        # The profile no longer has the version these clocks keep; their dates stay as they are.
        log.error("rule_version_gone", extra={"rules": sorted({clock.rule for clock in clocks})})
        return False


def _plan(turn: Turn, petition_id: int) -> bool | None:
    petition = turn.book.petition(petition_id, lock=True)
    if petition is None:
        return None
    clock_timers.plan(turn, petition)
    return True


def _arm_summaries(turn: Turn) -> None:
    hotspots.arm(turn)
    for officer in turn.book.officers():
        summaries.arm(turn, officer)
        report_reminders.arm(turn, officer)
