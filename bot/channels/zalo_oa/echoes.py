"""Which sends Zalo's echo has proven: a message whose answer was lost, but whose text came back, has arrived.

There is no key by which a repeated send could be recognised (reference 1.4), so the echo is the only proof. It
is kept in memory: what is forgotten here is at worst sent twice.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from bot.channels.zalo_oa.render import composed

REMEMBERED: Final = 2_000
"""Sends without an answer, and ids of accepted messages."""
BELIEVED_SECONDS: Final = 1_800.0
"""So long after a send an echo of its text still settles it, and a settled one is still asked for."""
GIVEN_UP: Final = 3
"""As `bot.sender.UNCERTAIN_TRIES`."""


@dataclass(slots=True, eq=False)
class Awaited:
    """One send that left and has no answer yet."""

    text: str
    until: float
    lost: int = 0
    """How often its answer was lost."""
    arrived: str = ""
    """The message's id, once its echo came."""
    came: asyncio.Event = field(default_factory=asyncio.Event)


class Echoes:
    """Sends under way and uncertain ones, by (chat, key of the piece). `time`: monotonic seconds."""

    def __init__(self, time: Callable[[], float]) -> None:
        self._time = time
        self._awaited: OrderedDict[tuple[str, int], Awaited] = OrderedDict()
        self._accepted: OrderedDict[str, None] = OrderedDict()

    def leaves(self, chat: str, piece: int, text: str) -> None:
        """A request with this text is about to leave. A former try of the same piece stays awaited."""
        known = self._awaited.get((chat, piece))
        if known is None:
            known = Awaited(composed(text).strip(), 0.0)
        known.until = self._time() + BELIEVED_SECONDS
        self._awaited[chat, piece] = known
        self._awaited.move_to_end((chat, piece))
        while len(self._awaited) > REMEMBERED:
            self._awaited.popitem(last=False)

    def settled(self, chat: str, piece: int, message_id: str = "") -> None:
        """The answer came: accepted under this id, or ("") surely not accepted."""
        self._awaited.pop((chat, piece), None)
        if message_id:
            self._note(message_id)

    def withdrawn(self, chat: str, piece: int) -> None:
        """This try was surely not accepted; an earlier one whose answer was lost stays awaited."""
        known = self._awaited.get((chat, piece))
        if known is not None and not known.lost:
            del self._awaited[chat, piece]

    def lost(self, chat: str, piece: int) -> None:
        """The answer was lost once more. After as many times as a send is repeated it is given up, and a later
        message of the same words is another one."""
        known = self._awaited.get((chat, piece))
        if known is None:
            return
        known.lost += 1
        if known.lost >= GIVEN_UP:
            del self._awaited[chat, piece]

    def arrived(self, chat: str, piece: int) -> str:
        """The id of a piece that was sent without an answer and came back; empty where it did not."""
        known = self._awaited.get((chat, piece))
        if known is None or known.until < self._time():
            return ""
        return known.arrived

    async def wait(self, chat: str, piece: int, seconds: float) -> str:
        """As `arrived`, waiting for the echo so long."""
        known = self._awaited.get((chat, piece))
        if known is not None and not known.arrived:
            try:
                async with asyncio.timeout(seconds):
                    await known.came.wait()
            except TimeoutError:
                return ""
        return self.arrived(chat, piece)

    def echoed(self, chat: str, message_id: str, text: str) -> bool:
        """Zalo says that this message of the account arrived. True where an awaited send is settled by it."""
        said = composed(text).strip()
        if not said or not message_id or message_id in self._accepted:
            return False
        now = self._time()
        for (other, _), known in self._awaited.items():
            if other == chat and not known.arrived and known.text == said and known.until >= now:
                known.arrived = message_id
                known.came.set()
                self._note(message_id)
                return True
        return False

    def _note(self, message_id: str) -> None:
        self._accepted[message_id] = None
        while len(self._accepted) > REMEMBERED:
            self._accepted.popitem(last=False)
