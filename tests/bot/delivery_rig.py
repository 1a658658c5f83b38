"""A platform that does as a test says, and delivery between it and a real database."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, Self

from sqlalchemy import Connection

from bot.channels.base import Attachment, Channel, Closed, Never, Refusal, SendReceipt
from bot.delivery import Delivery
from bot.dispatch import Books
from bot.pacing import Pace
from bot.sender import Sender
from handlers.messages import Capabilities, Outgoing, OutgoingFile
from storage import chat_marks, outbox, waiting
from storage.casebook import Casebook
from storage.database import Database
from storage.leader import Leader
from storage.records import NewOutbox, OutboxRow, OutboxStatus, Queued
from tests.hand_clock import HandClock

PLATFORM = "post"
ACCOUNT = "p1"

Outcome = Exception | float | None
"""What becomes of a send: a fault, a delay in seconds, or nothing special."""


@dataclass
class Shown:
    """A message as it stands in a chat."""

    ref: str
    text: str
    edits: int = 0


class Platform:
    """Implements `bot.channels.base.Channel`. What a chat shows is what the platform accepted."""

    name = PLATFORM
    account = ACCOUNT
    capabilities = Capabilities()

    def __init__(self) -> None:
        self.chats: dict[str, list[Shown]] = defaultdict(list)
        self.outcomes: dict[str, list[Outcome]] = defaultdict(list)
        """By chat: what happens to the next sends there."""
        self.lost: set[str] = set()
        """Texts that are accepted although their send ends with a fault."""
        self.moved: dict[str, str] = {}
        self.delay: Callable[[str], float] = lambda _chat: 0.0
        self.running = 0
        self.most_at_once = 0
        self.overlapped: set[str] = set()
        self.sends: list[tuple[float, str, str]] = []
        """When, chat and text of everything that was tried."""
        self.acknowledged: list[tuple[str, str]] = []
        self.files: dict[str, Callable[[], AsyncIterator[bytes]]] = {}
        self._busy: set[str] = set()
        self._last_ref = 0

    def is_group(self, chat: str) -> bool:
        return chat.startswith("-")

    async def start(self) -> None:
        """Nothing to open."""

    async def stop(self) -> None:
        """Nothing to close."""

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        text = message.text + (f" [{attachment.name}]" if attachment else "")
        await self._arrive(chat, text)
        return SendReceipt(message_ref=self._show(chat, text))

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        await self._arrive(chat, message.text)
        for shown in self.chats[chat]:
            if shown.ref == message_ref:
                shown.text = message.text
                shown.edits += 1
                return SendReceipt(message_ref=message_ref)
        raise Never("message to edit is gone", refusal=Refusal.EDIT_IMPOSSIBLE)

    async def delete(self, chat: str, message_ref: str) -> bool:
        """Nothing can be deleted here."""
        del chat, message_ref
        return False

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        self.acknowledged.append((callback_id, text))

    def download(self, platform_id: str) -> AsyncIterator[bytes]:
        return self.files[platform_id]()

    def texts(self, chat: str) -> list[str]:
        return [shown.text for shown in self.chats[chat]]

    async def _arrive(self, chat: str, text: str) -> None:
        if chat in self._busy:
            self.overlapped.add(chat)
        self._busy.add(chat)
        self.running += 1
        self.most_at_once = max(self.most_at_once, self.running)
        self.sends.append((asyncio.get_running_loop().time(), chat, text))
        try:
            await self._happen(chat, text)
        finally:
            self.running -= 1
            self._busy.discard(chat)

    async def _happen(self, chat: str, text: str) -> None:
        await asyncio.sleep(self.delay(chat))
        waiting = self.outcomes[chat]
        outcome = waiting.pop(0) if waiting else None
        if isinstance(outcome, float):
            await asyncio.sleep(outcome)
        elif outcome is not None:
            if text in self.lost:
                self._show(chat, text)
            raise outcome

    def _show(self, chat: str, text: str) -> str:
        self._last_ref += 1
        self.chats[chat].append(Shown(str(self._last_ref), text))
        return str(self._last_ref)


class WindowedPlatform(Platform):
    """Takes ordinary messages for two days after a person's last deed, then approved templates only."""

    capabilities = Capabilities(can_edit=False, window=timedelta(days=2))

    def __init__(self) -> None:
        super().__init__()
        self.templates: set[str] = set()
        """Notices that have an approved template."""
        self.outside: list[tuple[str, str, dict[str, str], str]] = []
        """Chat, notice, facts and phone of what was tried as a template."""
        self.outside_faults: list[Exception] = []
        """What becomes of the next ones."""

    async def send_outside(self, chat: str, message: Outgoing, *, phone: str) -> SendReceipt:
        self.outside.append((chat, message.notice, dict(message.facts), phone))
        if self.outside_faults:
            raise self.outside_faults.pop(0)
        if message.notice not in self.templates:
            raise Closed("no template for this notice")
        shown = self._show(chat, f"[{message.notice}] {message.facts.get('code', '')}")
        return SendReceipt(message_ref=shown, note="template 77")


async def no_documents(wanted: OutgoingFile) -> Attachment:
    raise Never("nothing to render", refusal=Refusal.REFUSED)


@dataclass
class Rig:
    """Delivery of one process. A second one on the same database and platform is a restart."""

    database: Database
    books: Books
    clock: HandClock
    platform: Channel
    pace: Pace = field(default_factory=lambda: Pace(per_second=0.0))
    render: Callable[[OutgoingFile], Any] = no_documents
    leader: Leader | None = None
    runs: bool = True
    """Looks by itself, as in service; False: only when the test says so."""

    async def __aenter__(self) -> Self:
        time = asyncio.get_running_loop().time
        self.leader = self.leader or Leader(None, "send", time=time, longest_act=0.0)
        self.sender = Sender(
            self.platform,
            database=self.database,
            books=self.books,
            clock=self.clock,
            render=self.render,
            pace=self.pace,
            leader=self.leader,
        )
        self.delivery = Delivery(database=self.database, books=self.books, clock=self.clock)
        self.delivery.add(self.sender)
        self._task = asyncio.create_task(self.delivery.run()) if self.runs else None
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.delivery.close(patience=1.0)

    # --- what a turn would do

    async def say(self, chat: str, *texts: str, wake: bool = True, **given: Any) -> list[OutboxRow]:
        """Queue messages in one transaction, and wake delivery for them as dispatch does."""
        queued = await self.database.transact(lambda connection: self._queue(connection, chat, texts, given))
        if wake:
            self.delivery.wake(queued)
        return [item.row for item in queued]

    async def leave(self, chat: str, *texts: str, **given: Any) -> list[OutboxRow]:
        """Queue messages of which this process does not hear."""
        return await self.say(chat, *texts, wake=False, **given)

    def _queue(
        self,
        connection: Connection,
        chat: str,
        texts: Iterable[str],
        given: dict[str, Any],
        *,
        book: Casebook | None = None,
    ) -> list[Queued]:
        book = book or self.books(connection)
        channel, account = self.platform.name, self.platform.account
        contact = book.open_turn(
            channel=channel, account=account, chat=chat, is_group=chat.startswith("-")
        ).contact
        return book.queue_many(
            [
                NewOutbox(
                    contact_id=contact.id,
                    channel=channel,
                    account=account,
                    **{"body": {"text": text}, **given},
                )
                for text in texts
            ]
        )

    async def come_back(self, chat: str, *texts: str, wake: bool = True, **given: Any) -> list[OutboxRow]:
        """The person does something now, and is answered, as dispatch does it."""

        def turn(connection: Connection) -> list[Queued]:
            book = self.books(connection)
            now = self.clock.now()
            contact = book.open_turn(
                channel=self.platform.name, account=self.platform.account, chat=chat
            ).contact
            chat_marks.seen(connection, contact.id, now)
            book.keep_in_mind(replace(contact, seen_at=now))
            released = waiting.release_waiting(connection, book.vault, contact.id, now=now)
            return [*released, *self._queue(connection, chat, texts, given, book=book)]

        queued = await self.database.transact(turn)
        if wake:
            self.delivery.wake(queued)
        return [item.row for item in queued]

    # --- what the test looks at

    async def forward(self, seconds: float) -> None:
        """Let time pass, and the next look notice it."""
        self.clock.forward(timedelta(seconds=seconds))
        await self.delivery.look()

    async def row(self, row: OutboxRow) -> OutboxRow:
        """A row as it stands in the outbox now."""

        def find(connection: Connection) -> OutboxRow:
            rows = outbox.of_contact(connection, self.books.vault, row.contact_id, limit=10_000)
            return next(found for found in rows if found.id == row.id)

        return await self.database.read(find)

    async def status(self, row: OutboxRow) -> OutboxStatus:
        return (await self.row(row)).status

    async def until(self, true: Callable[[], bool], seconds: float = 10.0) -> None:
        async with asyncio.timeout(seconds):
            while not true():
                await asyncio.sleep(0.002)

    async def ended(self, *rows: OutboxRow, seconds: float = 10.0) -> list[OutboxStatus]:
        """The outcomes of these rows, once all have one."""
        ids = [row.id for row in rows]
        async with asyncio.timeout(seconds):
            while True:
                found = await self.database.read(lambda connection: outbox.statuses(connection, ids))
                if OutboxStatus.QUEUED not in found.values():
                    return [found[row_id] for row_id in ids]
                await asyncio.sleep(0.005)

    async def tried(self, row: OutboxRow, times: int, seconds: float = 10.0) -> OutboxRow:
        """The row, once so many tries of it are written down."""
        async with asyncio.timeout(seconds):
            while True:
                found = await self.row(row)
                if found.attempts >= times:
                    return found
                await asyncio.sleep(0.005)
