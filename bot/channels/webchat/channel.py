"""The web chat as a channel: sending is a row in the chat's log and a nudge to the pages that are open."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot.channels.base import Again, Attachment, Never, Refusal, SendReceipt
from bot.channels.webchat import wire
from bot.channels.webchat.hub import Hub
from bot.channels.webchat.spool import NotInSpool, Spool
from handlers.messages import Capabilities, Outgoing, Wish
from petitions.clock import Clock
from storage.database import Database, Unavailable
from storage.files import FileStore, FolderUnusable
from storage.ids import IdSource
from storage.keys import Vault
from storage.webchat import ChatLog, Direction, chat_key, last_changes

log = logging.getLogger(__name__)

T = TypeVar("T")

NAME: Final = "web"
ACCOUNT: Final = "web"
MAX_UPLOAD: Final = 20 * 1024 * 1024
MAX_ATTACHMENT: Final = 64 * 1024 * 1024
LOOK_SECONDS: Final = 1.0
"""How often the log is looked at for what other processes sent (PostgreSQL only)."""
SWEEP_SECONDS: Final = 3600.0

CAPABILITIES: Final = Capabilities(
    max_text=wire.LONGEST_TEXT,
    max_buttons=100,
    max_row=4,
    max_label=120,
    can_edit=True,
    can_delete=False,
    max_upload=MAX_UPLOAD,
    wishes=frozenset({Wish.LOCATION, Wish.FILES}),
    groups=False,
    foreign=False,
)


class WebChat:
    """The channel `web`. A chat always exists: what is sent waits in its log until a page asks for it."""

    def __init__(
        self,
        *,
        database: Database,
        store: FileStore,
        spool: Spool,
        vault: Vault,
        ids: IdSource,
        clock: Clock,
        agency: str,
    ) -> None:
        self.hub = Hub()
        self.spool = spool
        self.clock = clock
        self._database = database
        self._store = store
        self._vault = vault
        self._ids = ids
        self._agency = agency
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def name(self) -> str:
        return NAME

    @property
    def account(self) -> str:
        return ACCOUNT

    @property
    def capabilities(self) -> Capabilities:
        return CAPABILITIES

    def is_group(self, chat: str) -> bool:
        """A web chat always has one visitor."""
        del chat
        return False

    async def start(self) -> None:
        """Begin looking for what other processes say, and tidying the spool."""
        self.hub.open()
        self._tasks = [asyncio.create_task(self._sweep())]
        if self._database.dialect == "postgresql":
            self._tasks.append(asyncio.create_task(self._look()))

    async def stop(self) -> None:
        """End the open pages' streams and the background looks."""
        self.hub.close()
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def send(self, chat: str, message: Outgoing, attachment: Attachment | None) -> SendReceipt:
        """Add to the chat's log. `delivered` is true when a page of this process was open to take it.

        Raises Again while the database or the file store cannot be written.
        """
        kept, key = None, ""
        if attachment is not None:
            key = await self._keep(attachment)
            kept = {"name": attachment.name, "mime": attachment.mime, "size": len(attachment.data)}
        body = wire.answered(message, kept)
        added, _ = await self._write(lambda chat_log: chat_log.add(chat, Direction.OUT, body, file_key=key))
        return SendReceipt(message_ref=str(added.seq), delivered=self.hub.wake(chat) > 0)

    async def edit(self, chat: str, message_ref: str, message: Outgoing) -> SendReceipt:
        """Replace a message in place. Raises Never(EDIT_IMPOSSIBLE), and Again as `send`."""
        if not message_ref.isdecimal():
            raise Never("no such message", refusal=Refusal.EDIT_IMPOSSIBLE)
        seq = int(message_ref)

        def change(chat_log: ChatLog) -> bool:
            before = chat_log.message(chat, seq)
            if before is None:
                return False
            body = wire.answered(message, earlier=before.body)
            return body == before.body or chat_log.change(chat, seq, body)

        if not await self._write(change):
            raise Never("no such message", refusal=Refusal.EDIT_IMPOSSIBLE)
        return SendReceipt(message_ref=message_ref, delivered=self.hub.wake(chat) > 0)

    async def delete(self, chat: str, message_ref: str) -> bool:
        """What was said on our own page stays there."""
        del chat, message_ref
        return False

    async def acknowledge(self, callback_id: str, text: str = "") -> None:
        """Show `text` for a moment on the pages of the chat that pressed (`chat/message id`)."""
        chat, _, pressed = callback_id.partition("/")
        self.hub.tell(chat, "pressed", {"id": pressed, "text": text})

    async def download(self, platform_id: str) -> AsyncIterator[bytes]:
        """The bytes of an uploaded file. Raises Never(GONE) when the spool no longer has it."""
        try:
            async for piece in self.spool.read(platform_id):
                yield piece
        except NotInSpool as fault:
            raise Never("the upload is gone", refusal=Refusal.GONE) from fault

    # --- for the pages

    def chat_log(self, connection: Connection) -> ChatLog:
        """The log inside a transaction."""
        return ChatLog(connection, vault=self._vault, ids=self._ids, clock=self.clock, agency=self._agency)

    async def read(self, work: Callable[[ChatLog], T]) -> T:
        """Look something up in the log. Raises Unavailable."""
        return await self._database.read(lambda connection: work(self.chat_log(connection)))

    async def write(self, work: Callable[[ChatLog], T]) -> T:
        """Change the log in a transaction of its own. Raises Unavailable."""
        return await self._database.transact(lambda connection: work(self.chat_log(connection)))

    async def attachment(self, key: str) -> bytes:
        """The bytes of a document that was sent. Raises FileNotFoundError and `storage.keys.CannotOpen`."""
        return await self._store.get(key)

    # --- inside

    async def _write(self, work: Callable[[ChatLog], T]) -> T:
        try:
            return await self.write(work)
        except Unavailable as fault:
            raise Again("the database cannot be written") from fault

    async def _keep(self, attachment: Attachment) -> str:
        async def pieces() -> AsyncIterator[bytes]:
            yield attachment.data

        try:
            stored = await self._store.put(pieces(), limit=MAX_ATTACHMENT)
        except FolderUnusable as fault:
            raise Again("the file store cannot be written") from fault
        return stored.key

    async def _look(self) -> None:
        """Wake pages for messages that another process wrote (delivery may run elsewhere)."""
        seen: dict[str, int] = {}
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            keys = {chat_key(self._vault, chat): chat for chat in self.hub.chats}
            seen = {chat: number for chat, number in seen.items() if chat in self.hub.chats}
            if not keys:
                continue
            try:
                found = await self._database.read(lambda connection: last_changes(connection, list(keys)))  # noqa: B023 - awaited at once
            except Unavailable:
                log.warning("web_chat_look_failed")
                continue
            for key, number in found.items():
                chat = keys[key]
                if seen.get(chat) != number:
                    seen[chat] = number
                    self.hub.wake(chat)

    async def _sweep(self) -> None:
        while True:
            removed = await asyncio.to_thread(self.spool.sweep, self.clock.now().timestamp())
            if removed:
                log.info("web_chat_spool_swept", extra={"removed": removed})
            await asyncio.sleep(SWEEP_SECONDS)
