"""Delivery: brings committed outbox rows to their chats.

Each chat is a lane: its messages leave in order, one at a time. A gate per account keeps the platform's rate
and lets replies go before notices. Every outcome is written back; rows that a crash left behind are found at
start and by a look once a second, which also finds what other processes queued.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta
from typing import Final

from bot.dispatch import Books, fault_place
from bot.sender import Sender
from petitions.clock import Clock
from storage import outbox
from storage.database import Database, Unavailable
from storage.records import Queued

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
"""How often the outbox is looked through for rows of other processes and of earlier runs."""
AHEAD: Final = timedelta(seconds=1.5)
"""A look brings what falls due before the next one, so that it leaves at its time."""
PAGE: Final = 200
"""Rows opened at once; more would hold up everything else of this process."""


class Delivery:
    """The senders of all accounts and the look for rows that nobody woke us for.

    Where one process does everything (SQLite), a row goes from its commit straight to its sender, once a
    first look has found what was there before. On PostgreSQL other processes may have queued something for
    the same chat a moment earlier, so a commit only names the chats to look at.
    """

    def __init__(self, *, database: Database, books: Books, clock: Clock) -> None:
        self._database = database
        self._books = books
        self._clock = clock
        self._senders: dict[tuple[str, str], Sender] = {}
        self._alone = database.dialect == "sqlite"
        self._asked: set[int] = set()
        self._wakened = asyncio.Event()
        self._looking = asyncio.Lock()

    def add(self, sender: Sender) -> None:
        self._senders[sender.account] = sender

    def wake(self, messages: Iterable[Queued]) -> None:
        """Messages that were committed just now in this process."""
        for message in messages:
            row = message.row
            sender = self._senders.get((row.channel, row.account))
            if sender is None:
                continue
            sender.drop(row.contact_id, message.superseded)
            if not (self._alone and not sender.behind and sender.take(row)):
                self._asked.add(row.contact_id)
                self._wakened.set()

    async def run(self) -> None:
        """Look through the outbox for ever; ends by cancellation."""
        time = asyncio.get_running_loop().time
        full_at = time()
        while True:
            contacts, self._asked = self._asked, set()
            self._wakened.clear()
            try:
                if time() >= full_at:
                    full_at = time() + LOOK_SECONDS
                    await self.look()
                elif contacts:
                    await self.look(contacts)
            except Unavailable:
                log.error("outbox_unreachable")
                await asyncio.sleep(LOOK_SECONDS)
            except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                log.critical("look_failed", extra={"fault": fault_place(fault)})
                await asyncio.sleep(LOOK_SECONDS)
            await self._rest(full_at - time())

    async def look(self, contacts: Collection[int] | None = None) -> None:
        """Take what is due and not yet known, of these contacts or of all. Raises Unavailable."""
        async with self._looking:  # what was settled is forgotten after two looks, not before
            await self._look(contacts)

    async def _look(self, contacts: Collection[int] | None) -> None:
        leading = {account: sender for account, sender in self._senders.items() if sender.leads}
        if not leading:
            return
        for sender in leading.values():
            sender.begin_look()
        after, left = 0, False
        while True:
            page = await self._page(leading, after, contacts)
            for row in page.rows:
                left |= not leading[(row.channel, row.account)].take(row)
            if page.last_id is None or left:
                break
            after = page.last_id
        if contacts is None and not left:
            for sender in leading.values():
                sender.behind = False

    async def _page(
        self, leading: Mapping[tuple[str, str], Sender], after: int, contacts: Collection[int] | None
    ) -> outbox.Page:
        accounts, now = list(leading), self._clock.now() + AHEAD
        return await self._database.read(
            lambda connection: outbox.page(
                connection,
                self._books.vault,
                accounts=accounts,
                now=now,
                after=after,
                limit=PAGE,
                begun=any(sender.behind for sender in leading.values()),
                contacts=contacts,
                known=lambda account, row_id: leading[account].knows(row_id),
            )
        )

    async def _rest(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wakened.wait()
        except TimeoutError:
            return

    @property
    def waiting(self) -> Mapping[str, int]:
        """Messages in hand, by channel."""
        return {sender.channel.name: sender.waiting for sender in self._senders.values()}

    async def close(self, patience: float = 5.0) -> None:
        """Let what is being sent end and write its outcome."""
        await asyncio.gather(*(sender.close(patience) for sender in self._senders.values()))
