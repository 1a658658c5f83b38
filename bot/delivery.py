"""Delivery: brings committed outbox rows to their chats.

Each chat is a lane: its messages leave in order, one at a time. A gate per account keeps the platform's rate
and lets replies go before notices. Every outcome is written back; rows that a crash left behind are found at
start and by a look once a second, which also finds what other processes queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable, Mapping
from typing import Final

from bot.dispatch import Books
from bot.sender import Sender
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.records import Queued

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""How often the outbox is looked through for rows of other processes and of earlier runs."""


class Delivery:
    """The senders of all accounts and the look for rows that nobody woke us for."""

    def __init__(self, *, database: Database, books: Books, clock: Clock) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._senders: dict[tuple[str, str], Sender] = {}

    def add(self, sender: Sender) -> None:
        self._senders[sender.account] = sender

    def wake(self, messages: Iterable[Queued]) -> None:
        """Messages that were committed just now in this process."""
        for message in messages:
            sender = self._senders.get((message.row.channel, message.row.account))
            if sender is not None:
                sender.drop(message.superseded)
                sender.take((message.row,))

    async def run(self) -> None:
        """Look through the outbox for ever; ends by cancellation."""
        while True:
            try:
                await self.look()
            except Unavailable:
                log.error("outbox_unreachable")
            await asyncio.sleep(LOOK_SECONDS)

    async def look(self) -> None:
        """Take what is due and not yet known."""
        leading = [sender for sender in self._senders.values() if sender.leads]
        if not leading:
            return
        for sender in leading:
            sender.begin_look()
        accounts, now = [sender.account for sender in leading], self._clock.now()
        rows = await self._database.read(
            lambda connection: outbox.due(
                connection, self._books.vault, accounts=accounts, now=now, limit=1000
            )
        )
        for row in rows:
            self._senders[(row.channel, row.account)].take((row,))

    @property
    def waiting(self) -> Mapping[str, int]:
        """Messages in hand, by channel."""
        return {sender.channel.name: sender.waiting for sender in self._senders.values()}

    async def close(self, patience: float = 5.0) -> None:
        """Let what is being sent end and write its outcome."""
        await asyncio.gather(*(sender.close(patience) for sender in self._senders.values()))
