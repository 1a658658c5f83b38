"""Waiting for what the office says in a chat, the same on every phone that keeps its messages in a list."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from typing import Generic, Protocol, TypeVar

from tests.emulators.telegram.people import PATIENCE, NothingCame


class Message(Protocol):
    """What can be seen of a message."""

    @property
    def text(self) -> str: ...

    def line(self) -> str: ...


M = TypeVar("M", bound=Message)


class Listener(ABC, Generic[M]):
    """A person who reads on from where the last `next` ended."""

    def __init__(self) -> None:
        self._seen = 0

    @abstractmethod
    def said_by_bot(self) -> list[M]:
        """What the office said in this chat, oldest first."""

    @abstractmethod
    def _waiters(self) -> list[asyncio.Future[None]]:
        """Whom the next message wakes."""

    def words_of(self, shown: M) -> str:
        """What there is to read of a message."""
        return shown.text

    @property
    def last(self) -> M:
        """The newest message of the office."""
        said = self.said_by_bot()
        if not said:
            raise NothingCame("nothing was said yet")
        return said[-1]

    async def next(self, timeout: float = PATIENCE) -> M:  # noqa: ASYNC109 - the test's patience
        """The next message of the office that this person has not yet waited for."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        while True:
            said = self.said_by_bot()
            if self._seen < len(said):
                self._seen += 1
                return said[self._seen - 1]
            waiter: asyncio.Future[None] = loop.create_future()
            self._waiters().append(waiter)
            try:
                await asyncio.wait_for(waiter, max(deadline - loop.time(), 0.001))
            except TimeoutError:
                seen = [shown.line() for shown in said[-4:]]
                raise NothingCame(f"no message within {timeout} s; the last ones: {seen}") from None

    async def expect(self, *parts: str, timeout: float = PATIENCE) -> M:  # noqa: ASYNC109
        """Read on until a message has every one of `parts` (case aside) in what there is to read."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        passed: list[str] = []
        while True:
            try:
                shown = await self.next(max(deadline - loop.time(), 0.001))
            except NothingCame:
                raise NothingCame(f"nothing with {parts!r} within {timeout} s; came: {passed}") from None
            words = self.words_of(shown).casefold()
            if all(part.casefold() in words for part in parts):
                return shown
            passed.append(shown.line())

    async def expect_silence(self, seconds: float = 0.3) -> None:
        """Nothing new comes for so long."""
        try:
            shown = await self.next(seconds)
        except NothingCame:
            return
        raise AssertionError(f"expected silence, but came: {shown.line()}")

    def skip_seen(self) -> None:
        """Forget what has come so far; `expect` waits for what comes from now on."""
        self._seen = len(self.said_by_bot())
