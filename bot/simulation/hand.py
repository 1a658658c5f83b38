"""An officer's hand: the button of a step is found on the card, pressed, and what is asked is answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from handlers.officers import steps
from handlers.officers.tokens import Press, to_base36, verb_of
from petitions.kinds import Action, ActorKind, Kind
from petitions.transition_rows import NEEDS
from petitions.transitions import TABLE

if TYPE_CHECKING:
    from bot.simulation.chats import Message
    from bot.simulation.house import House
    from bot.simulation.staff import Officer
    from storage.records import PetitionRecord

_MOST_QUESTIONS: Final = 20
_CHOSEN_BEFORE: Final = frozenset({"unit", "officer"})


class Hand:
    """Presses for officers, and counts what was refused."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.refused: Counter[Action] = Counter()
        """Steps that were offered and asked through, and then not done."""

    def do(self, officer: Officer, petition_id: int, action: Action, /, **told: Any) -> bool:
        """The officer does `action` to a petition. False where no button offers it, or it was refused.

        `told`: the answers by need (`petitions.transition_rows.NEEDS`); `path` for a correction.
        """
        token = self._button(officer, petition_id, verb_of(action))
        if token is None:
            return False
        before = self._house.petition(petition_id)
        self._walk(officer, before, action, self._house.press(officer.chat, token), told)
        done = self._house.petition(petition_id).events_count > before.events_count
        if not done:
            self.refused[action] += 1
        return done

    def offers(self, officer: Officer, petition_id: int, action: Action) -> bool:
        """Whether the officer's card offers this now."""
        return self._button(officer, petition_id, verb_of(action)) is not None

    def try_in_group(self, group: str, officer: Officer, petition_id: int, action: Action) -> bool:
        """The officer presses a button of the card in the unit's group. Whether something went on record."""
        card = self._house.chats.card(group, petition_id)
        token = Press(verb_of(action), petition_id).token
        if card is None or token not in card.tokens:
            return False
        before = self._house.petition(petition_id).events_count
        self._house.press(group, token, person=officer.chat)
        return self._house.petition(petition_id).events_count > before

    def look(self, officer: Officer, petition_id: int, what: str = "view") -> None:
        """Read the story (`view`), the history (`log`), or who sent it (`who`)."""
        self._card(officer, petition_id)
        heard = self._house.press(officer.chat, Press(what, petition_id).token)
        if what == "who" and heard:
            self._house.say(officer.chat, self._house.words.line("reason_open", self._house.chance))

    # --- inside

    def _card(self, officer: Officer, petition_id: int) -> Message | None:
        card = self._house.chats.card(officer.chat, petition_id)
        if card is None:
            code = self._house.petition(petition_id).code
            self._house.command(officer.chat, "case", code)
            card = self._house.chats.card(officer.chat, petition_id)
        return card

    def _button(self, officer: Officer, petition_id: int, verb: str) -> str | None:
        card = self._card(officer, petition_id)
        token = Press(verb, petition_id).token
        if card is None or token in card.tokens:
            return token if card is not None else None
        more = Press("more", petition_id).token
        if more in card.tokens:
            heard = self._house.press(officer.chat, more)
            if any(token in message.tokens for message in heard):
                return token
        return None

    def _walk(
        self,
        officer: Officer,
        petition: PetitionRecord,
        action: Action,
        heard: list[Message],
        told: Mapping[str, Any],
    ) -> None:
        """Answer what is asked until it is done or nothing more is asked."""
        case = to_base36(petition.id)
        needs = needs_of(action, petition.kind)
        path = list(told.get("path", ()))
        for _ in range(_MOST_QUESTIONS):
            asked = _question(heard, officer.chat, case, verb_of(action))
            if asked is None:
                return
            if (yes := asked.button(f"o.yes.{case}")) is not None:
                self._house.press(officer.chat, yes)
                return
            start = f"o.{verb_of(action)}.{case}."
            if asked.button(start) is not None:
                wanted = path.pop(0) if path else _choice(action, told)
                token = self._find(officer, asked, start, wanted)
                if token is None:
                    return
                heard = self._house.press(officer.chat, token)
                continue
            need = needs.pop(0) if needs else "reason"
            heard = self._answer(officer, asked, f"o.pick.{case}.", need, told)
            if not heard:
                return

    def _answer(
        self, officer: Officer, asked: Message, start: str, need: str, told: Mapping[str, Any]
    ) -> list[Message]:
        answer = told.get(need)
        if need == "officer" and isinstance(answer, int):
            answer = to_base36(answer)
        if need == "on" and answer is None:
            answer = "today"
        if need == "facts" and not answer:
            answer = "none"
        if answer is None:
            answer = self._house.words.line(need, self._house.chance)
        if asked.button(start) is not None:
            token = self._find(officer, asked, start, str(answer))
            if token is not None:
                return self._house.press(officer.chat, token)
        return self._house.say(officer.chat, str(answer))

    def _find(self, officer: Officer, asked: Message, start: str, wanted: str) -> str | None:
        """The button of a choice, turning the pages of a long list."""
        for page in range(1, 6):
            token = f"{start}{wanted}"
            if token in asked.tokens:
                return token
            turn = f"{start}p:{page}"
            if turn not in asked.tokens:
                return None
            heard = self._house.press(officer.chat, turn)
            found = next((message for message in reversed(heard) if message.chat == officer.chat), None)
            if found is None:
                return None
            asked = found
        return None


def needs_of(action: Action, kind: Kind) -> list[str]:
    """What an officer is asked one by one for an action on this kind of petition, in that order.

    Where it is one question long, unit and officer are chosen before and are not among it.
    """
    for row in TABLE:
        fits = row.kinds is None or kind in row.kinds
        if row.action is action and fits and ActorKind.OFFICER in row.actors:
            before = frozenset() if steps.is_step(action, row) else _CHOSEN_BEFORE
            return [need for need in NEEDS if need in row.needs and need not in before]
    return []


def _choice(action: Action, told: Mapping[str, Any]) -> str:
    if action is Action.ASSIGN:
        return to_base36(int(told.get("officer", 0)))
    return str(told.get("unit", ""))


def _question(heard: list[Message], chat: str, case: str, verb: str) -> Message | None:
    """The last message to the officer that asks something about the case."""
    starts = (f"o.yes.{case}", f"o.no.{case}", f"o.pick.{case}.", f"o.{verb}.{case}.")
    for message in reversed(heard):
        if message.chat == chat and any(message.button(start) is not None for start in starts):
            return message
    return None
