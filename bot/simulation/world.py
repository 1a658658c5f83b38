"""A whole run: everything made from settings and a seed, played from the first day to the last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Final

from bot.dispatch import Books
from bot.simulation.agenda import Agenda, JumpingClock, Process
from bot.simulation.chats import Chats, Stored
from bot.simulation.hotspots import Planting
from bot.simulation.hours import Arrivals, Hours
from bot.simulation.house import House
from bot.simulation.office import Office
from bot.simulation.runner import Runner
from bot.simulation.staff import Staff
from bot.simulation.telling import Telling, invent
from bot.simulation.words import Words
from handlers import hotspots
from handlers.texts import Catalogue
from handlers.turn import Facts
from petitions.triage.suggester import suggester_for
from storage import swift, timers
from storage.database import Database
from storage.ids import IdSource

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from petitions.agency import Agency
    from petitions.calendar import WorkingCalendar
    from storage.keys import Vault

COMMIT_EVERY: Final = 4000
"""Pieces of work to a commit."""
_LEAVES: Final = 0.04
"""Share of those who leave in the middle; most of them come back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be played."""

    first: date
    last: date
    petitions: int
    hotspots: int = 0
    """So many are planted on top."""


class World:
    """One run."""

    def __init__(
        self,
        wish: Wish,
        *,
        url: str,
        agency: Agency,
        calendar: WorkingCalendar,
        vault: Vault,
        chance: Random,
        photo: Stored,
        progress: Callable[[date], None] = lambda _: None,
    ) -> None:
        self.wish = wish
        self._progress = progress
        hours = Hours(calendar, agency.zone)
        clock = JumpingClock(hours.at(wish.first, 0))
        agenda = Agenda()
        ids = IdSource(clock, chance)
        facts = Facts(
            agency=agency, calendar=calendar, catalogue=Catalogue.load(), suggester=suggester_for(agency)
        )
        runner = Runner(
            database=Database.from_url(url),
            books=Books(vault=vault, ids=ids, clock=clock, agency=agency.code),
            clock=clock,
            facts=facts,
            chance=chance,
        )
        self.house = House(
            runner=runner,
            chats=Chats(agenda, clock, ids, agency.code),
            clock=clock,
            agenda=agenda,
            facts=facts,
            hours=hours,
            arrivals=Arrivals(hours, wish.first, wish.last),
            words=Words.load(),
            chance=chance,
            photo=photo,
            vault=vault,
        )
        self.staff = Staff(self.house)
        self.office = Office(self.house, self.staff)
        self.planting = Planting(self.house, self.staff, self.office, chance=chance)
        self.told = 0

    def play(self, connection: Connection) -> None:
        """From the first day to the end of the last."""
        house = self.house
        house.open(connection)
        self.staff.arrive()
        self.office.open()
        self.planting.listen()
        house.serve(hotspots.arm)
        self.planting.plan(self.wish.hotspots, self.wish.first, self.wish.last)
        self.staff.plan_leave(self.wish.first, self.wish.last)
        self.staff.plan_farewell(self.wish.first + (self.wish.last - self.wish.first) / 2)
        for number, moment in enumerate(sorted(self._moments()), start=1):
            house.begin(moment, self._citizen(number))
        self._go_on(connection, house.hours.at(self.wish.last + timedelta(days=1), 0))

    def _moments(self) -> Iterator[datetime]:
        for _ in range(self.wish.petitions):
            yield self.house.arrivals.draw(self.house.chance)

    def _citizen(self, number: int) -> Process:
        house = self.house
        stories = house.words.stories
        story = house.chance.choices(stories, weights=[each.weight for each in stories])[0]
        told = house.words.tell(story, house.now, house.chance)
        who = invent(house, number)
        leaves = house.happens(_LEAVES)
        telling = Telling(house, who, told, abandons=leaves)
        self.told += 1
        petition_id = telling.run()
        if petition_id is None and leaves and house.happens(0.6):
            yield house.soon(30)
            petition_id = telling.come_back()
        if petition_id is not None:
            self.office.receive(who, petition_id)

    def _go_on(self, connection: Connection, end: datetime) -> None:
        house = self.house
        done = 0
        day = self.wish.first
        while True:
            player, timer = house.agenda.next, timers.next_due(connection)
            moment = min((each for each in (player, timer) if each is not None), default=None)
            if moment is None or moment >= end:
                return
            house.clock.jump(moment)
            if timer is not None and (player is None or timer <= player):
                queued = house.runner.fire_next(connection, house.now)
                house.chats.post(queued or ())
            else:
                house.agenda.step()
            done += 1
            if done % COMMIT_EVERY == 0:
                swift.commit(connection)
            today = house.hours.local(house.now).date()
            if today != day:
                day = today
                self._progress(day)
