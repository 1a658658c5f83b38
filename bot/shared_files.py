"""Gives out documents by links that work once, for platforms that cannot carry them (`bot.channels.sharing`)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.channels.base import Again, Attachment
from bot.dispatch import Books
from storage.database import Database, Unavailable
from storage.files import FileStore, FolderUnusable
from storage.shared_files import SharedFault, SharedFile

log = logging.getLogger(__name__)

PATH: Final = "/files/"
_SALT_BYTES: Final = 32
"""In front of each content: two links to the same document have two contents, so that each may be removed."""
_PIECE: Final = 64 * 1024
PRUNED_EVERY: Final = timedelta(minutes=10)
"""How often, at most, sharing a file looks for contents that are over."""


class SharedFileStore:
    """Implements `FileSharer`, and gives the files to the page behind the links.

    `public_url`: address of the service without a closing slash.
    """

    def __init__(self, *, database: Database, books: Books, store: FileStore, public_url: str) -> None:
        self._database = database
        self._books = books
        self._store = store
        self._public_url = public_url.rstrip("/")
        self._pruned_at: datetime | None = None

    async def share(self, attachment: Attachment) -> str:
        """A link that opens the file once, within seven days. Raises Again."""
        try:
            stored = await self._store.put(self._content(attachment))
            token = await self._database.transact(
                lambda connection: self._books(connection).share_file(
                    name=attachment.name,
                    mime=attachment.mime,
                    size=len(attachment.data),
                    content_key=stored.key,
                )
            )
        except (Unavailable, FolderUnusable) as fault:
            raise Again("the file cannot be kept") from fault
        now = self._books.clock.now()
        if self._pruned_at is None or now - self._pruned_at >= PRUNED_EVERY:
            self._pruned_at = now
            await self.prune()
        return f"{self._public_url}{PATH}{token}"

    async def find(self, token: str) -> tuple[SharedFile | None, SharedFault | None]:
        """The file of a link and why it cannot be had (None: it can). Raises Unavailable."""

        def look(connection: Connection) -> tuple[SharedFile | None, SharedFault | None]:
            book = self._books(connection)
            found = book.find_shared_file(token)
            return found, SharedFault.UNKNOWN if found is None else found.fault(book.now())

        return await self._database.read(look)

    async def use(self, token: str) -> bool:
        """Use the link up; True for exactly one of all who try. Raises Unavailable."""
        return await self._database.transact(
            lambda connection: self._books(connection).use_shared_file(token)
        )

    async def give_back(self, token: str) -> None:
        """The download broke off: the link is good again. Raises Unavailable."""
        await self._database.transact(lambda connection: self._books(connection).give_back_shared_file(token))

    async def content(self, file: SharedFile) -> AsyncIterator[bytes]:
        """The document's bytes. Raises FileNotFoundError, storage.keys.CannotOpen."""
        pieces = self._store.open(file.content_key)
        salt = _SALT_BYTES
        while (piece := await asyncio.to_thread(next, pieces, None)) is not None:
            yield piece[salt:]
            salt = 0

    async def prune(self) -> int:
        """Remove contents that nobody can get any more; how many. What goes wrong is left to the next time."""
        try:
            over = await self._database.read(lambda connection: self._books(connection).shared_files_over())
            for key in over.values():
                await asyncio.to_thread(self._store.remove, key)
            if over:
                await self._database.transact(
                    lambda connection: self._books(connection).forget_shared_files(over)
                )
        except (Unavailable, FolderUnusable) as fault:
            log.warning("shared_files_not_pruned", extra={"fault": type(fault).__name__})
            return 0
        return len(over)

    async def _content(self, attachment: Attachment) -> AsyncIterator[bytes]:
        yield self._books.vault.random_bytes(_SALT_BYTES)
        for start in range(0, len(attachment.data), _PIECE):
            yield attachment.data[start : start + _PIECE]
