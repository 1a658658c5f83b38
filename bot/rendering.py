"""Makes the documents that messages carry, when they are sent and never inside a turn."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from bot.channels.base import Attachment, Never, Refusal
from handlers.messages import OutgoingFile
from storage.database import Database
from storage.files import FileStore

if TYPE_CHECKING:
    from bot.dispatch import Books
    from bot.receipts import ReceiptPrinter


class Renderer:
    """Turns an `OutgoingFile` into bytes: a receipt printed in a thread, or a file of the store."""

    def __init__(
        self, *, database: Database, books: Books, store: FileStore, printer: ReceiptPrinter
    ) -> None:
        self._database = database
        self._books = books
        self._store = store
        self._printer = printer

    async def __call__(self, wanted: OutgoingFile) -> Attachment:
        """The document. Raises Never(REFUSED) for one that does not exist."""
        if wanted.render == "receipt":
            return await self._receipt(wanted)
        if wanted.file_id:
            return await self._stored(wanted)
        raise Never("nothing to render", refusal=Refusal.REFUSED)

    async def _receipt(self, wanted: OutgoingFile) -> Attachment:
        petition = await self._database.read(
            lambda connection: self._books(connection).petition(wanted.petition_id)
        )
        if petition is None:
            raise Never("no such petition", refusal=Refusal.REFUSED)
        return await asyncio.to_thread(
            self._printer.print, petition, secret=wanted.secret, language=wanted.language
        )

    async def _stored(self, wanted: OutgoingFile) -> Attachment:
        record = await self._database.read(
            lambda connection: self._books(connection).file_by_id(wanted.file_id)
        )
        if record is None or record.content_key is None:
            raise Never("no such file", refusal=Refusal.REFUSED)
        return Attachment(
            name=wanted.name or record.name or f"{record.kind}-{record.id}",
            mime=record.mime or "application/octet-stream",
            data=await self._store.get(record.content_key),
        )
