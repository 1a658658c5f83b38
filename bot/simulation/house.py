"""What every player works with: the office's clock and hours, chance, the chats, and the way to do something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import TYPE_CHECKING, Any, TypeVar

from bot.simulation.agenda import Agenda, JumpingClock, Process
from bot.simulation.chats import Chats, Message, Stored
from bot.simulation.hours import Arrivals, Hours
from bot.simulation.runner import ACCOUNT, CHANNEL, Runner
from handlers.messages import Choice, Command, Content, Files, Incoming, Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from bot.simulation.words import Words
    from handlers.turn import Facts, Turn
    from storage.casebook import Casebook
    from storage.keys import Vault
    from storage.records import PetitionRecord

T = TypeVar("T")

GROUP: str = "g-"
"""How the name of a group's chat begins."""


class House:
    """The played office. One for a run."""

    def __init__(
        self,
        *,
        runner: Runner,
        chats: Chats,
        clock: JumpingClock,
        agenda: Agenda,
        facts: Facts,
        hours: Hours,
        arrivals: Arrivals,
        words: Words,
        chance: Random,
        photo: Stored,
        vault: Vault,
    ) -> None:
        self.runner = runner
        self.chats = chats
        self.clock = clock
        self.agenda = agenda
        self.facts = facts
        self.agency = facts.agency
        self.hours = hours
        self.arrivals = arrivals
        self.words = words
        self.chance = chance
        self._photo = photo
        self._vault = vault
        self.connection: Connection
        self._updates = count(1)

    def open(self, connection: Connection) -> None:
        """From now on everything happens on this connection."""
        self.connection = connection
        self.chats.open(connection)

    @property
    def now(self) -> datetime:
        return self.clock.now()

    @property
    def book(self) -> Casebook:
        return self.runner.book(self.connection)

    def petition(self, petition_id: int) -> PetitionRecord:
        """The petition as it stands. Raises LookupError."""
        found = self.book.petition(petition_id)
        if found is None:
            raise LookupError(f"no petition {petition_id}")
        return found

    # --- doing something

    def act(self, chat: str, content: Content, *, person: str = "") -> list[Message]:
        """One update of a chat; gives everything that arrived because of it, wherever."""
        self.clock.jump(self.now + timedelta(seconds=self.chance.randrange(4, 40)))
        number = next(self._updates)
        incoming = Incoming(
            channel=CHANNEL,
            account=ACCOUNT,
            update_id=str(number),
            chat=chat,
            person=person or chat,
            content=content,
            at=self.now,
            is_group=chat.startswith(GROUP),
            message_ref=f"u{number}",
        )
        queued = self.runner.update(self.connection, incoming)
        if isinstance(content, Files):
            self.chats.fetch(self._photo, self._vault, self.now)
        return self.chats.post(queued)

    def say(self, chat: str, words: str) -> list[Message]:
        return self.act(chat, Text(text=words))

    def command(self, chat: str, name: str, argument: str = "", *, person: str = "") -> list[Message]:
        return self.act(chat, Command(name=name, argument=argument), person=person)

    def press(self, chat: str, token: str, *, person: str = "") -> list[Message]:
        return self.act(chat, Choice(token=token, callback_id="1"), person=person)

    def serve(self, work: Callable[[Turn], object]) -> None:
        """What an operator does on the command line, as a turn of the service."""
        self.chats.post(self.runner.service(self.connection, self.now, work))

    def begin(self, moment: datetime, process: Process) -> None:
        self.agenda.at(moment, process)

    # --- time and chance

    def work_hours(self, hours: float) -> datetime:
        """About so many hours of work from now, at a moment at which people are at work."""
        return self.hours.after(self.now, hours * (0.6 + 0.8 * self.chance.random()))

    def work_days(self, days: float) -> datetime:
        """About so many working days from now, at a moment at which people are at work."""
        return self.work_hours(days * 7.5)

    def soon(self, hours: float) -> datetime:
        """About so many hours from now, at an hour at which citizens write."""
        return self.arrivals.soon(self.now, hours, self.chance)

    def happens(self, share: float) -> bool:
        """Chance: in so many of one."""
        return self.chance.random() < share

    def one_of(self, things: Sequence[T]) -> T:
        return things[self.chance.randrange(len(things))]

    def waits_for(self) -> dict[str, Any]:
        """What the conversation of the last turn remembers of its citizen."""
        return self.runner.turn.talk.citizen
