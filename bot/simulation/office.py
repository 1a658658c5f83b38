"""The played office: every case gets its plot, heads look after what nobody took."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.simulation.decks import Decks
from bot.simulation.hand import Hand
from bot.simulation.lawful_plots import LAWFUL_PLOTS
from bot.simulation.light_plots import LIGHT_PLOTS
from bot.simulation.petitioner import Petitioner
from bot.simulation.work import Work
from handlers.officers.tokens import parse
from petitions.kinds import Action, Role, Stage
from petitions.transition_groups import LAWFUL

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.chats import Message
    from bot.simulation.house import House
    from bot.simulation.staff import Officer, Staff
    from bot.simulation.telling import Persona

_INSTITUTION: Final = "don_vi_truc_thuoc"
_LOOK_HOURS: Final = 30
"""How often the office looks whether a case has a follower that nobody works on yet."""


class Office:
    """Deals plots and plays them."""

    def __init__(self, house: House, staff: Staff) -> None:
        self._house = house
        self._staff = staff
        self.hand = Hand(house)
        self.decks = Decks(house.chance)
        self.cases = 0

    def open(self) -> None:
        """Heads hear what they are told."""
        for officer in self._staff.everybody:
            if officer.leads:
                self._house.chats.listen(
                    officer.chat,
                    lambda message, who=officer: self._hear(who, message),  # type: ignore[misc]
                )

    def receive(self, who: Persona, petition_id: int) -> None:
        """A petition was filed: it begins its way."""
        self.cases += 1
        petition = self._house.petition(petition_id)
        unit = self._house.agency.answerable(petition.unit)
        plot = self.decks.deal(petition, institution=unit.type == _INSTITUTION)
        citizen = Petitioner(self._house, who, petition_id)
        work = Work(self._house, self._staff, self.hand, citizen, self.cases)
        plots = LAWFUL_PLOTS if petition.kind in LAWFUL else LIGHT_PLOTS
        if plot not in plots:
            plots = LIGHT_PLOTS
        self._house.begin(self._house.work_hours(2.5), plots[plot](work))
        if petition.kind in LAWFUL:
            self._house.begin(self._house.work_days(4), self._followers(citizen))

    def _followers(self, citizen: Petitioner) -> Process:
        """A second complaint is a petition of its own, and begins its own way."""
        known = 0
        for _ in range(_LOOK_HOURS):
            yield self._house.work_days(4)
            for follower in citizen.seconds[known:]:
                self.receive(citizen.who, follower)
            known = len(citizen.seconds)
            if self._house.petition(citizen.petition_id).stage is Stage.WITHDRAWN:
                return

    def _hear(self, officer: Officer, message: Message) -> None:
        """A head told of a case looks, some hours later, whether anybody has it."""
        if officer.role is not Role.HEAD or message.card_of is not None:
            return
        named = [press for token in message.tokens if (press := parse(token)) is not None]
        for press in named:
            if press.verb == "case" and press.petition_id:
                moment = self._house.work_hours(3)
                self._house.agenda.once(
                    moment,
                    lambda case=press.petition_id: self._name_somebody(officer, case),  # type: ignore[misc]
                )

    def _name_somebody(self, head: Officer, petition_id: int) -> None:
        petition = self._house.petition(petition_id)
        if petition.stage is not Stage.RECEIVED or not head.is_here(self._house.now):
            return
        own = {each.id for each in self._staff.of(petition.unit)}
        people = [
            each for each in self._staff.here(petition.unit) if each.role is Role.OFFICER and each.id in own
        ]
        if head.id in own and people:
            self.hand.do(head, petition_id, Action.ASSIGN, officer=self._house.one_of(people).id)
