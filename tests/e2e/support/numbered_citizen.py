"""What people on numbered channels have in common: they read choices in the text and type their number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import ClassVar

from tests.e2e.support.heard import Exchange, Heard
from tests.e2e.support.numbered import typed_number
from tests.e2e.support.people import Quiet, find_choice


class NumberedCitizen:
    """The deeds of a `Citizen` that need no more than a telephone which shows and takes words.

    A subclass says how its platform's phone is written on (`_type`), pressed (`_press_button`) and read
    (`_shown`).
    """

    carries: ClassVar[frozenset[str]]

    def __init__(self, quiet: Quiet) -> None:
        self.transcript: list[Exchange] = []
        self.messages_sent = 0
        """What the person did so far, presses and photos included."""
        self._quiet = quiet
        self._read = 0

    def _type(self, text: str) -> None:
        raise AssertionError("a phone takes words")

    def _press_button(self, token: str, heard: Heard) -> bool:
        """Press the button of this token where the phone shows it; False where it does not."""
        del token, heard
        return False

    def _shown(self) -> Sequence[Heard | None]:
        """The chat from its beginning; None where the person spoke."""
        raise AssertionError("a phone shows its chat")

    async def start(self) -> Exchange:
        return await self.say("/start")

    async def say(self, text: str) -> Exchange:
        return await self._do(text, lambda: self._type(text))

    async def press(self, label: str) -> Exchange:
        heard, place = find_choice(label, await self.all_heard())
        return await self.take(heard, place)

    async def take(self, heard: Heard, place: int) -> Exchange:
        """By button where there is one; by number in the newest list; by its words in an older one."""
        label = heard.labels[place]

        def choose() -> None:
            if heard.tokens[place] and self._press_button(heard.tokens[place], heard):
                return
            newest = next(one for one in reversed(self._heard()) if one.labels)
            self._type(typed_number(place) if newest.ref == heard.ref else label)

        return await self._do(f"[{label}]", choose)

    async def news(self) -> list[Heard]:
        await self._quiet()
        return self._new()

    async def all_heard(self) -> list[Heard]:
        return self._heard()

    async def _do(self, did: str, deed: Callable[[], object], *, count: int = 1) -> Exchange:
        self._new()
        deed()
        self.messages_sent += count
        await self._quiet()
        exchange = Exchange(did, self._new())
        self.transcript.append(exchange)
        return exchange

    def _heard(self) -> list[Heard]:
        return [heard for heard in self._shown() if heard is not None]

    def _new(self) -> list[Heard]:
        shown = self._shown()
        since, self._read = self._read, len(shown)
        return [heard for heard in shown[since:] if heard is not None]
