"""What a played citizen does after filing: completes the đơn, adds, withdraws, rates, objects, goes on."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from bot.simulation.telling import Persona, action_of, find, photo
from bot.simulation.words import typed
from petitions.kinds import Stage

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.chats import Message
    from bot.simulation.house import House
    from storage.records import PetitionRecord

_MOST_FIELDS: Final = 16
_READ: Final = "n.read."


class Petitioner:
    """One citizen with one petition."""

    def __init__(self, house: House, who: Persona, petition_id: int) -> None:
        self._house = house
        self.who = who
        self.petition_id = petition_id
        self.objects = False
        """Will not be satisfied with the first answer."""
        self.again = False
        """Will not accept the first decision."""
        self.seconds: list[int] = []
        """Petitions that followed this one."""
        house.chats.listen(who.chat, self._hear)

    # --- deeds that a plot asks for

    def complete_form(self) -> Process:
        """Answer what the đơn lacks, print and sign it, photograph it back; or come to sign."""
        house = self._house
        token = self._button("form")
        if token is None:
            return
        self._fields(house.press(self.who.chat, token))
        yield house.soon(20)
        if house.happens(0.2) and (token := self._button("visit")) is not None:
            self._book(house.press(self.who.chat, token))
            if house.happens(0.35) and (token := self._button("unvisit")) is not None:
                yield house.soon(8)
                house.press(self.who.chat, token)
            return
        token = self._button("pages")
        if token is None:
            return
        house.press(self.who.chat, token)
        for number in range(house.chance.randrange(1, 4)):
            house.act(self.who.chat, photo(house, self.who, number))
        token = self._button("handin")
        if token is not None:
            house.press(self.who.chat, token)

    def withdraw(self) -> Process:
        """The wish to withdraw, with its confirmation."""
        self._withdraw()
        yield from ()

    def reopen(self) -> Process:
        """The matter came back: take back the withdrawal."""
        heard = self._pressed("reopen")
        token = find(heard, self.who.chat, "reopenit")
        if token is not None:
            self._house.press(self.who.chat, token)
        yield from ()

    def go_up(self) -> Process:
        """The time has passed: up to the superior."""
        self._pressed("goup")
        yield from ()

    def complain_again(self) -> Process:
        """Go on to the second instance."""
        self._again(self._pressed("again"))
        yield from ()

    def add(self) -> Process:
        """Words or a photo that come to mind later."""
        self._reply()
        yield from ()

    def ask_status(self) -> Process:
        """How does it stand? By code, or by the list of one's own."""
        house = self._house
        if house.happens(0.5):
            house.command(self.who.chat, "mine")
        else:
            house.command(self.who.chat, "status", house.petition(self.petition_id).code)
        yield from ()

    # --- what is heard

    def _hear(self, message: Message) -> None:
        """Plan what follows from a notice."""
        house = self._house
        if message.petition_id != self.petition_id:
            return
        if message.button(_READ) is not None:
            house.agenda.once(house.soon(6), lambda: self._read(message))
            return
        actions = {action_of(token) for token in message.tokens}
        if "rate" in actions:
            if self.objects:
                house.agenda.once(house.soon(16), self._object)
            elif house.happens(0.5):
                house.agenda.once(house.soon(20), lambda: self._rate(message))
        elif "again" in actions and self.again:
            house.agenda.once(house.soon(70), self._complain_again)
        elif "add" in actions:
            house.agenda.once(house.soon(14), self._answer)

    def _read(self, message: Message) -> None:
        token = message.button(_READ)
        if token is not None:
            self._house.press(self.who.chat, token)

    def _answer(self) -> None:
        """Answer an officer's question; who is not keen lets some wait."""
        stage = self._house.petition(self.petition_id).stage
        if stage is Stage.WAITING_CITIZEN:
            if self.who.keen or self._house.happens(0.6):
                self._reply()
        elif stage not in (Stage.CLOSED, Stage.WITHDRAWN) and self._house.happens(0.15):
            self._reply()

    def _reply(self) -> None:
        house, who = self._house, self.who
        token = self._button("add")
        if token is None:
            return
        house.press(who.chat, token)
        words = house.words.citizen("adds", house.chance)
        house.say(who.chat, typed(words, house.chance, plain=who.plain, slips=who.slips))
        if house.happens(0.2):
            house.act(who.chat, photo(house, who, 9))

    def _rate(self, message: Message) -> None:
        stars = self._house.chance.choices("12345", weights=(1, 1, 2, 5, 6))[0]
        token = find([message], self.who.chat, "rate", argument=f"_{stars}")
        if token is not None:
            self._house.press(self.who.chat, token)

    def _object(self) -> None:
        heard = self._pressed("unsatisfied")
        if heard:
            self._house.say(self.who.chat, self._house.words.citizen("objects", self._house.chance))

    def _complain_again(self) -> None:
        self._again(self._pressed("again"))

    # --- inside

    def _button(self, *actions: str) -> str | None:
        """A button about this petition: under the latest messages, else where the status shows it."""
        house, chat = self._house, self.who.chat
        token = find(house.chats.latest(chat), chat, *actions)
        if token is None:
            heard = house.command(chat, "status", house.petition(self.petition_id).code)
            token = find(heard, chat, *actions)
        return token

    def _pressed(self, action: str) -> list[Message]:
        token = self._button(action)
        return self._house.press(self.who.chat, token) if token is not None else []

    def _withdraw(self) -> None:
        house, who = self._house, self.who
        heard = self._pressed("withdraw")
        if not heard:
            return
        if house.happens(0.6):
            heard = house.say(who.chat, house.words.citizen("withdraws", house.chance))
        token = next((t for m in heard for t in m.tokens if action_of(t) == "withdraw"), None)
        if token is not None:
            house.press(who.chat, token)

    def _again(self, heard: list[Message]) -> None:
        """Say why, and send the second petition."""
        house, who = self._house, self.who
        if not heard:
            return
        known = {petition.id for petition in self._filed()}
        heard = house.say(who.chat, house.words.citizen("again", house.chance))
        for _ in range(_MOST_FIELDS):
            draft = house.waits_for().get("draft")
            if draft is None:
                break
            if draft.get("step") == "review":
                token = find(heard, who.chat, "send")
            else:
                token = find(heard, who.chat, "skip", "done", "same", "forward")
            if token is not None:
                heard = house.press(who.chat, token)
            else:
                heard = house.say(who.chat, f"{who.name}, {who.phone}, {who.address}")
        self.seconds += [petition.id for petition in self._filed() if petition.id not in known]

    def _filed(self) -> list[PetitionRecord]:
        contact = self._house.book.contact("sim", "sim", self.who.chat)
        return [] if contact is None else self._house.book.petitions_of(contact.conversation_id)

    def _fields(self, heard: list[Message]) -> None:
        """Answer each field the đơn asks for, or leave it for the hand."""
        house, who = self._house, self.who
        day = (house.now - timedelta(days=30)).strftime("%d/%m/%Y")
        known = {
            "name": who.name,
            "phone": who.phone,
            "address": who.address,
            "identity_number": who.identity,
            "identity_issued_on": "15/06/2022",
            "identity_issued_by": "Cục Cảnh sát QLHC về TTXH",
            "received_on": day,
            "respondent": "Sở Văn hóa, Thể thao và Du lịch",
        }
        for _ in range(_MOST_FIELDS):
            form = house.waits_for().get("form")
            if form is None:
                return
            answer = known.get(form.get("key", ""))
            token = find(heard, who.chat, "fskip")
            if answer is not None and (who.keen or house.happens(0.5)):
                heard = house.say(who.chat, answer)
            elif token is not None:
                heard = house.press(who.chat, token)
            else:
                return

    def _book(self, heard: list[Message]) -> None:
        """Choose a day and a time to come and sign."""
        house, chat = self._house, self.who.chat
        for action in ("vday", "vtime"):
            tokens = [t for m in heard if m.chat == chat for t in m.tokens if action_of(t) == action]
            if not tokens:
                return
            heard = house.press(chat, house.one_of(tokens))
