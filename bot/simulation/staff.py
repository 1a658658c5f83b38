"""The officers of the played office: who works where, how they are, and when they are away."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Final

from bot.simulation.house import GROUP
from handlers.answerability import begin_absence, officer_left
from petitions.kinds import Role

if TYPE_CHECKING:
    from bot.simulation.house import House
    from handlers.turn import Turn

_DAY: Final = timedelta(days=1)


@unique
class Manner(StrEnum):
    """How an officer works."""

    PROMPT = "prompt"
    SLOW = "slow"
    SHIRKING = "shirking"


@dataclass(slots=True)
class Officer:
    """One player among the officers."""

    id: int
    name: str
    chat: str
    unit: str
    role: Role
    manner: Manner
    away: list[tuple[datetime, datetime]] = field(default_factory=list)
    left: bool = False

    @property
    def leads(self) -> bool:
        """May receive, decide and see what is sealed."""
        return self.role is not Role.OFFICER

    def is_here(self, moment: datetime) -> bool:
        return not self.left and not any(start <= moment < end for start, end in self.away)


_FOCAL: Final = (Role.INTAKE, Role.INSPECTOR, Role.HEAD, *(Role.OFFICER,) * 4)
_LEADERSHIP: Final = (Role.DIRECTOR, Role.HEAD, Role.OFFICER)
_UNIT: Final = (Role.HEAD, *(Role.OFFICER,) * 3)
_MANNERS: Final = (Manner.PROMPT, Manner.PROMPT, Manner.SLOW, Manner.PROMPT, Manner.SHIRKING)
_WITH_GROUP: Final = 3
"""Of so many plain units one works without a group, by private cards only."""


class Staff:
    """Everybody, by unit."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.everybody: list[Officer] = []
        self.groups: dict[str, str] = {}
        """Chat of the unit's group, by unit."""

    def arrive(self) -> None:
        """Invited and linked as in service, a morning before the first day's work."""
        agency = self._house.agency
        names = self._house.words.officers(self._house.chance)
        manners = 0
        plain = 0
        for unit in agency.units:
            if not unit.active:
                continue
            roles = {agency.focal_unit: _FOCAL, agency.leadership_unit: _LEADERSHIP}.get(unit.code, _UNIT)
            for number, role in enumerate(roles, start=1):
                manner = Manner.PROMPT
                if role is Role.OFFICER:
                    manner = _MANNERS[manners % len(_MANNERS)]
                    manners += 1
                self._link(unit.code, role, number, next(names), manner)
            if roles is _UNIT:
                plain += 1
            if roles is not _LEADERSHIP and (roles is _FOCAL or plain % _WITH_GROUP):
                self._bind(unit.code)

    def plan_leave(self, first: date, last: date) -> None:
        """Everybody is away once or twice a year, with a deputy of the unit where there is one."""
        days = (last - first).days
        for officer in self.everybody:
            for _ in range(max(1, round(days / 250))):
                if days < 20:
                    return
                begins = first + self._house.chance.randrange(5, days - 10) * _DAY
                ends = begins + self._house.chance.randrange(3, 12) * _DAY
                start, end = self._house.hours.at(begins, 0), self._house.hours.at(ends, 0)
                if officer.is_here(start) and officer.is_here(end):
                    officer.away.append((start, end))
                    self._house.agenda.once(start, lambda who=officer, until=end: self._leave(who, until))  # type: ignore[misc]

    def plan_farewell(self, day: date) -> None:
        """One officer leaves the office that day; the cases go on under another name."""
        people = [each for each in self.everybody if each.role is Role.OFFICER]
        leaver = self._house.one_of(people)
        self._house.agenda.once(self._house.hours.at(day, 8), lambda: self._farewell(leaver))

    def of(self, unit: str) -> list[Officer]:
        """The officers of the unit that answers today for `unit`."""
        agency = self._house.agency
        code = agency.answerable(unit).code
        return [each for each in self.everybody if agency.answerable(each.unit).code == code]

    def here(self, unit: str) -> list[Officer]:
        """Those of them at work now."""
        return [each for each in self.of(unit) if each.is_here(self._house.now)]

    def by_id(self, officer_id: int | None) -> Officer | None:
        return next((each for each in self.everybody if each.id == officer_id), None)

    def leaders(self, unit: str) -> list[Officer]:
        """Who leads in a unit and is at work, heads first."""
        order = (Role.HEAD, Role.DIRECTOR, Role.INSPECTOR, Role.INTAKE)
        return sorted((e for e in self.here(unit) if e.leads), key=lambda each: order.index(each.role))

    # --- inside

    def _link(self, unit: str, role: Role, number: int, name: str, manner: Manner) -> None:
        house = self._house
        chat = f"o-{unit}-{number}"
        _, token = house.book.invite(unit, role, name, house.now + 7 * _DAY)
        house.command(chat, "link", token)
        record = house.book.officer_of_chat("sim", "sim", chat)
        if record is None:
            raise LookupError(f"nobody was linked in {chat}")
        self.everybody.append(Officer(record.id, name, chat, unit, role, manner))

    def _bind(self, unit: str) -> None:
        head = next(each for each in self.of(unit) if each.role is Role.HEAD)
        chat = f"{GROUP}{unit}"
        self._house.command(chat, "link", person=head.chat)
        self.groups[unit] = chat

    def _leave(self, officer: Officer, until: datetime) -> None:
        """As `tiepdan officer absent`."""
        others = [each for each in self.here(officer.unit) if each is not officer]
        if not officer.leads:
            others.sort(key=lambda each: each.leads)
        deputy = others[0].id if others else None
        if officer.left:
            return
        self._house.serve(
            lambda turn: begin_absence(turn, officer.id, since=turn.now, until=until, deputy=deputy)
        )

    def _farewell(self, officer: Officer) -> None:
        """As `tiepdan officer remove`."""
        record = self._house.book.officer(officer.id)
        if record is None:
            return
        officer.left = True

        def leave(turn: Turn) -> None:
            turn.book.remove_officer(officer.id)
            officer_left(turn, record)

        self._house.serve(leave)
