"""Who is looking at a chat right now: each open page is a listener that is woken when something was said."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any, Final

MOST_PER_CHAT: Final = 12
"""Open pages of one visitor; one more closes the oldest."""
MOST_OF_ALL: Final = 4000


class TooManyListeners(Exception):
    """No more open pages can be served by this process now."""


class Listener:
    """One open page. `passing` holds short-lived events that are shown but not kept."""

    def __init__(self, connected: Callable[[], bool]) -> None:
        self.connected = connected
        self.passing: deque[tuple[str, dict[str, Any]]] = deque(maxlen=20)
        self.closed = False
        self._news = asyncio.Event()

    def wake(self) -> None:
        self._news.set()

    async def wait(self, seconds: float) -> bool:
        """True when there is news, False when `seconds` passed without any."""
        try:
            async with asyncio.timeout(seconds):
                await self._news.wait()
        except TimeoutError:
            return False
        self._news.clear()
        return True


class Hub:
    """The open pages of this process, by chat."""

    def __init__(self) -> None:
        self._listeners: dict[str, list[Listener]] = {}
        self._count = 0
        self._closed = False

    @property
    def chats(self) -> Collection[str]:
        """Chats that somebody is looking at."""
        return tuple(self._listeners)

    @property
    def pages(self) -> int:
        """Open pages of all chats."""
        return self._count

    @contextmanager
    def listen(self, chat: str, connected: Callable[[], bool]) -> Iterator[Listener]:
        """A listener for the time of the block; `connected` tells whether its page is still there.

        Raises TooManyListeners.
        """
        if self._closed or self._count >= MOST_OF_ALL:
            raise TooManyListeners
        own = self._listeners.setdefault(chat, [])
        if len(own) >= MOST_PER_CHAT:
            _close(own[0])
        listener = Listener(connected)
        own.append(listener)
        self._count += 1
        try:
            yield listener
        finally:
            own.remove(listener)
            self._count -= 1
            if not own:
                self._listeners.pop(chat, None)

    def wake(self, chat: str) -> int:
        """Tell the chat's pages to look; how many are still there."""
        listeners = self._listeners.get(chat, ())
        for listener in listeners:
            listener.wake()
        return sum(listener.connected() for listener in listeners)

    def tell(self, chat: str, event: str, data: dict[str, Any]) -> None:
        """Show a passing event on the chat's pages; without a page it is lost."""
        for listener in self._listeners.get(chat, ()):
            listener.passing.append((event, data))
            listener.wake()

    def close(self) -> None:
        """End every page's stream (the service stops); pages come back by themselves."""
        self._closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                _close(listener)

    def open(self) -> None:
        """Take listeners again after `close`."""
        self._closed = False


def _close(listener: Listener) -> None:
    listener.closed = True
    listener.wake()
