"""How a played citizen tells a matter: in one message or several, answering what is asked, until it is filed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from bot.simulation.words import Told, typed
from handlers.messages import FileKind, Files, IncomingFile
from petitions.kinds import Kind

if TYPE_CHECKING:
    from bot.simulation.chats import Message
    from bot.simulation.house import House

_PATIENCE: Final = 24
"""Messages after which anybody gives up."""
_FEW: Final = 3


@dataclass(frozen=True, slots=True)
class Persona:
    """A played citizen."""

    chat: str
    name: str
    phone: str
    address: str
    identity: str
    plain: bool
    """Types without diacritics."""
    slips: bool
    talkative: bool
    """Tells in several messages."""
    keen: bool
    """Gives what can be passed over, and answers when asked."""
    shy: bool
    """Will not give a name."""


def invent(house: House, number: int) -> Persona:
    """Somebody who never wrote before."""
    chance, words = house.chance, house.words
    return Persona(
        chat=f"c-{number}",
        name=words.name(chance),
        phone=words.phone(chance),
        address=words.address(chance),
        identity=f"0350{chance.randrange(10**8):08d}",
        plain=house.happens(0.25),
        slips=house.happens(0.2),
        talkative=house.happens(0.45),
        keen=house.happens(0.75),
        shy=house.happens(0.1),
    )


def action_of(token: str) -> str:
    """What a citizen's button does: `c.<version>.<action>[.<argument>]`."""
    parts = token.split(".")
    return parts[2] if len(parts) > 2 and parts[0] == "c" else ""


def find(messages: list[Message], chat: str, *actions: str, argument: str = "") -> str | None:
    """The newest button of a chat that does one of these, best the first named."""
    for action in actions:
        for message in reversed(messages):
            if message.chat != chat:
                continue
            for token in message.tokens:
                if action_of(token) == action and token.split(".")[-1].endswith(argument):
                    return token
    return None


class Telling:
    """One matter on its way into the book."""

    def __init__(self, house: House, who: Persona, told: Told, *, abandons: bool = False) -> None:
        self._house = house
        self._who = who
        self._told = told
        self._left = list(told.say)
        self._abandons = abandons
        self._corrected = False
        self._before = 0
        self._photos = house.happens(0.35)

    def run(self) -> int | None:
        """Tell it now. The id of the petition; None where it came to none."""
        self._before = self._filed_before()
        return self._go_on(self._open())

    def come_back(self) -> int | None:
        """Go on with what was set aside."""
        self._abandons = False
        house = self._house
        return self._go_on(house.say(self._who.chat, house.words.citizen("returns", house.chance)))

    def _go_on(self, heard: list[Message]) -> int | None:
        house, who = self._house, self._who
        for _ in range(_PATIENCE):
            memory = house.waits_for()
            filed = memory.get("filed", [])
            if len(filed) > self._before:
                return int(filed[-1]["petition_id"])
            draft = memory.get("draft")
            if draft is None:
                token = find(heard, who.chat, "isstory", "asnew") if memory.get("ask") else None
                if not self._left and token is None:
                    return None
                heard = self._next_part() if self._left else house.press(who.chat, token or "")
            elif self._left and self._told_some and house.happens(0.6 if who.talkative else 0.0):
                heard = self._next_part()
            elif self._abandons and draft.get("step") in {"contact", "place", "review"}:
                self._set_aside()
                return None
            else:
                heard = self._answer(draft, heard)
        return None

    def _set_aside(self) -> None:
        """Busy now: the draft is kept, with a reminder or without."""
        house, who = self._house, self._who
        heard = house.say(who.chat, house.words.citizen("leaves", house.chance))
        kept = house.one_of(("remind", "keep", "forget"))
        token = find(heard, who.chat, "later", argument=kept)
        if token is not None:
            house.press(who.chat, token)

    @property
    def _told_some(self) -> bool:
        return len(self._left) < len(self._told.say)

    def _filed_before(self) -> int:
        """How many petitions the chat filed; the memory keeps the last ten, and nobody played tells more."""
        book = self._house.book
        contact = book.contact("sim", "sim", self._who.chat)
        return 0 if contact is None else len(book.petitions_of(contact.conversation_id))

    def _open(self) -> list[Message]:
        house, who = self._house, self._who
        way = house.chance.random()
        if self._told.story.language == "en":
            house.command(who.chat, "language", "en")
        if way < 0.2:
            house.command(who.chat, "start")
        elif way < 0.35:
            heard = house.command(who.chat, "start")
            new = find(heard, who.chat, "new")
            if new is not None:
                heard = house.press(who.chat, new)
                kind = find(heard, who.chat, "kind", argument=self._told.story.kind.value)
                if kind is not None:
                    return house.press(who.chat, kind)
        elif way < 0.45:
            house.say(who.chat, house.words.citizen("opening", house.chance))
        return self._next_part()

    def _next_part(self) -> list[Message]:
        who = self._who
        if who.talkative:
            part = self._left.pop(0)
        else:
            part, self._left = " ".join(self._left), []
        return self._house.say(who.chat, typed(part, self._house.chance, plain=who.plain, slips=who.slips))

    def _answer(self, draft: dict[str, Any], heard: list[Message]) -> list[Message]:
        """What is asked now, answered."""
        house, who = self._house, self._who
        step = draft.get("step", "story")
        match step:
            case "story":
                if self._left:
                    return self._next_part()
                return house.say(who.chat, house.words.citizen("more", house.chance))
            case "kind":
                return self._press(heard, "kind", argument=self._told.story.kind.value)
            case "identity":
                shy = self._told.story.kind is Kind.DENUNCIATION and house.happens(0.15)
                return self._press(heard, "identity", argument="anonymous" if shy else "confidential")
            case "outside":
                return self._press(heard, "forward")
            case "contact":
                return self._contact(draft, heard)
            case "known":
                return self._press(heard, "apart")
            case "files":
                return self._press(heard, "done")
            case "review":
                return self._review(draft, heard)
            case _:
                return self._field(step, heard)

    def _contact(self, draft: dict[str, Any], heard: list[Message]) -> list[Message]:
        who, house = self._who, self._house
        kind = draft["form"]["kind"]
        if who.shy and kind in {Kind.FEEDBACK, Kind.RECOMMENDATION}:
            return self._press(heard, "nameless")
        if self._photos:
            self._photos = False
            return self._send_photos()
        parts = [who.name, who.phone]
        if kind == Kind.COMPLAINT and who.keen:
            parts.append(who.address)
        return house.say(who.chat, ", ".join(parts))

    def _field(self, step: str, heard: list[Message]) -> list[Message]:
        who, house = self._who, self._house
        own = {
            "name": who.name,
            "phone": who.phone,
            "address": who.address,
            "place": self._told.place,
        }
        answer = own.get(step) or self._told.answers.get(step, "")
        needed = step in {"name", "phone"}
        if answer and (needed or who.keen or house.happens(0.4)):
            return house.say(who.chat, typed(answer, house.chance, plain=who.plain, slips=False))
        return self._press(heard, "skip")

    def _review(self, draft: dict[str, Any], heard: list[Message]) -> list[Message]:
        """Look at the card: correct the kind where it is not what was meant, then send it."""
        house, who = self._house, self._who
        wanted = self._told.story.kind
        seen = draft["form"]["kind"]
        meant = seen == wanted or (seen == Kind.ANONYMOUS_TIP and wanted is Kind.DENUNCIATION)
        if not meant and not self._corrected and house.happens(0.85):
            self._corrected = True
            heard = self._press(heard, "correct")
            token = find(heard, who.chat, "edit", argument="kind")
            if token is not None:
                heard = house.press(who.chat, token)
                return self._press(heard, "kind", argument=wanted.value)
        return self._press(heard, "send")

    def _send_photos(self) -> list[Message]:
        house = self._house
        heard: list[Message] = []
        for number in range(house.chance.randrange(1, _FEW + 1)):
            heard = house.act(self._who.chat, photo(house, self._who, number))
        return heard

    def _press(self, heard: list[Message], *actions: str, argument: str = "") -> list[Message]:
        """Press what was offered; where it stands no more under the latest messages, ask for it again."""
        house, who = self._house, self._who
        token = find(heard, who.chat, *actions, argument=argument) or find(
            house.chats.latest(who.chat), who.chat, *actions, argument=argument
        )
        if token is not None:
            return house.press(who.chat, token)
        return house.command(who.chat, "help")


def photo(house: House, who: Persona, number: int) -> Files:
    """A photo as a platform announces it."""
    name = f"{who.chat}-{number}-{house.now.timestamp():.0f}"
    return Files(files=(IncomingFile(kind=FileKind.PHOTO, platform_id=name),))
