"""Updates on their way to the bot: one object per poll, again and again until a later one replaces it.

The platform has neither offset nor acknowledgement. That nothing is lost is a model of ours: an update goes
only after it was served `Habits.servings` times over one connection. A bot that commits before it polls again
has then surely taken it in, and one that died comes back over a new connection and finds it there.
"""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass, field
from typing import Any

from .model import Habits


@dataclass(slots=True, eq=False)
class Update:
    result: Any
    """`event_name` and `message`, or whatever a test sends."""
    chat: str
    served: int = 0
    taken: bool = False
    """The bot has surely taken it in: it asked for more over the same connection, or answered 2xx."""
    connection: object = None
    on_connection: int = 0

    @property
    def id(self) -> str:
        message = self.result.get("message") if isinstance(self.result, dict) else None
        return str(message.get("message_id", "")) if isinstance(message, dict) else ""


@dataclass(slots=True)
class UpdateQueue:
    habits: Habits
    pending: deque[Update] = field(default_factory=deque)
    history: list[Update] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)
    polls: int = 0

    def add(self, update: Update) -> None:
        self.pending.append(update)
        self.history.append(update)
        self.came.set()

    @property
    def unconfirmed(self) -> int:
        return sum(not update.taken for update in self.pending)

    def again(self, update_id: str) -> Update:
        """Bring an update once more."""
        found = next(update for update in reversed(self.history) if update.id == update_id)
        update = Update(found.result, found.chat)
        self.pending.append(update)
        self.came.set()
        return update

    def not_served(self) -> None:
        """The answer that held the first update was lost on its way."""
        if self.pending:
            self.pending[0].connection = None

    async def next(self, connection: object, seconds: float) -> Any:
        """What this poll is answered with; None after `seconds` without anything."""
        self.polls += 1
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while True:
            update = self._head(connection)
            if update is not None:
                update.served += 1
                update.on_connection += 1
                return update.result
            self.came.clear()
            try:
                await asyncio.wait_for(self.came.wait(), max(until - loop.time(), 0.001))
            except TimeoutError:
                return None

    def _head(self, connection: object) -> Update | None:
        while self.pending:
            head = self.pending[0]
            if head.connection is not connection:
                head.connection, head.on_connection = connection, 0
            head.taken = head.taken or head.on_connection > 0
            replaced = head.on_connection >= self.habits.servings and len(self.pending) > 1
            worn = head.on_connection >= self.habits.most_servings
            if not replaced and not worn:
                return head
            self.pending.popleft()
        return None
