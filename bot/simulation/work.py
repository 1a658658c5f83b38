"""The office's side of one played case: who acts now, waiting in hours of work, steps by pressing buttons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final

from bot.simulation.staff import Manner, Officer
from handlers.officers.access import sealed
from petitions.kinds import Action, Role, Stage

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.hand import Hand
    from bot.simulation.house import House
    from bot.simulation.petitioner import Petitioner
    from bot.simulation.staff import Staff
    from storage.records import PetitionRecord

_PACE: Final = {Manner.PROMPT: 1.0, Manner.SLOW: 1.6, Manner.SHIRKING: 1.2}
_MOST_WAITS: Final = 25


class Work:
    """One case on the office's desks."""

    def __init__(self, house: House, staff: Staff, hand: Hand, citizen: Petitioner, number: int) -> None:
        self.house = house
        self.staff = staff
        self.hand = hand
        self.citizen = citizen
        self.id = citizen.petition_id
        self._number = number
        self._papers = 0

    @property
    def petition(self) -> PetitionRecord:
        return self.house.petition(self.id)

    def stands(self, *stages: Stage) -> bool:
        """Whether the case stands at one of these stages now."""
        return self.petition.stage in stages

    @property
    def today(self) -> date:
        return self.house.hours.local(self.house.now).date()

    def line(self, what: str) -> str:
        return self.house.words.line(what, self.house.chance)

    def document(self, kind: str) -> str:
        """A number for a written decision, none twice."""
        self._papers += 1
        return f"{self._number * 10 + self._papers}/{kind}-SVHTTDL"

    # --- who

    def people(self) -> list[Officer]:
        """Who may act now: the named officer if at work, then those who lead the unit."""
        petition = self.petition
        named = self.staff.by_id(petition.officer_id)
        leaders = self.staff.leaders(petition.unit)
        if named is not None and named.is_here(self.house.now):
            return [named, *(each for each in leaders if each is not named)]
        return leaders

    @property
    def pace(self) -> float:
        named = self.staff.by_id(self.petition.officer_id)
        return _PACE[named.manner] if named is not None else 1.0

    # --- time

    def wait(self, days: float) -> Process:
        """So many working days as the officer works, and until somebody is there."""
        yield self.house.work_days(days * self.pace)
        for _ in range(_MOST_WAITS):
            if self.people():
                return
            yield self.house.work_days(1)

    def until(self, *stages: Stage, days: float = 4, most: int = 16) -> Process:
        """Look every few days until the case stands at one of these stages; give up after so many looks."""
        for _ in range(most):
            if self.stands(*stages):
                return
            yield self.house.work_days(days)

    # --- steps

    def step(self, action: Action, **told: Any) -> bool:
        """Whoever may does it."""
        return any(self.hand.do(officer, self.id, action, **told) for officer in self.people()[:3])

    def lead(self, action: Action, **told: Any) -> bool:
        """One of those who lead the unit does it."""
        people = self.staff.leaders(self.petition.unit)
        return any(self.hand.do(officer, self.id, action, **told) for officer in people[:2])

    def meddle(self, action: Action) -> None:
        """A colleague without the right tries it from the unit's group; that goes on record."""
        petition = self.petition
        group = self.staff.groups.get(self.house.agency.answerable(petition.unit).code)
        for officer in self.staff.here(petition.unit):
            if group is not None and not officer.leads and officer.id != petition.officer_id:
                self.hand.try_in_group(group, officer, self.id, action)
                return

    def take(self, *, manner: Manner | None = None) -> Process:
        """Somebody of the unit takes it, or the head names somebody."""
        for _ in range(_MOST_WAITS):
            if not self.stands(Stage.RECEIVED) or self._take_now(manner):
                return
            yield self.house.work_days(0.7)

    def _take_now(self, manner: Manner | None) -> bool:
        house, petition = self.house, self.petition
        people = self.staff.here(petition.unit)
        officers = [each for each in people if each.role is Role.OFFICER]
        fitting = [each for each in officers if each.manner is manner] if manner is not None else []
        secret = sealed(petition)
        if not people:
            return False
        if (secret or house.happens(0.3)) and officers and (not secret or house.happens(0.6)):
            return self.lead(Action.ASSIGN, officer=house.one_of(fitting or officers).id)
        if secret or not officers:
            leaders = [each for each in people if each.leads]
            return bool(leaders) and self.hand.do(house.one_of(leaders), self.id, Action.TAKE)
        officer = house.one_of(fitting or officers)
        group = self.staff.groups.get(house.agency.answerable(petition.unit).code)
        if group is not None and self.hand.try_in_group(group, officer, self.id, Action.TAKE):
            return True
        return self.hand.do(officer, self.id, Action.TAKE)

    def later(self, days: int) -> date:
        """A working day so many working days from today."""
        return self.house.hours.calendar.add_working_days(self.today, max(1, days))

    def in_days(self, days: int) -> date:
        return self.house.hours.calendar.next_working(self.today + timedelta(days=days))
