"""Uploaded files on their way into the file store.

A file waits here, sealed, from the upload until the fetcher has stored it; its address is what the casebook
remembers as the platform's id, so that a crash in between loses nothing. A file that was read to its end is
only marked: the store may still fail, and then it is read again. `sweep` removes it later.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from storage.files import FileStore, path_of
from storage.keys import CannotOpen, Vault

_WAITING: Final = 0o600
_READ: Final = 0o400
_READ_KEPT_SECONDS: Final = 24 * 3600.0
_UNREAD_KEPT_SECONDS: Final = 30 * 24 * 3600.0


class NotInSpool(LookupError):
    """There is no such file (any more), or it is damaged."""


class Spool:
    """The folder of waiting uploads: a file store of its own, swept by age."""

    def __init__(self, folder: Path, *, vault: Vault) -> None:
        self._folder = folder
        self._store = FileStore(folder, vault)

    async def put(self, pieces: AsyncIterator[bytes], *, limit: int) -> tuple[str, int]:
        """Keep a file durably; its name here and its size in bytes.

        Raises `storage.files.TooLarge` beyond `limit` bytes, and FolderUnusable; nothing is left behind then.
        """
        stored = await self._store.put(pieces, limit=limit)
        await asyncio.to_thread(self._mark, stored.key, _WAITING)
        return stored.key, stored.size

    async def read(self, name: str) -> AsyncIterator[bytes]:
        """The bytes of a waiting file. Raises NotInSpool."""
        try:
            opened = self._store.open(name)
            while (piece := await asyncio.to_thread(next, opened, None)) is not None:
                yield piece
            await asyncio.to_thread(self._mark, name, _READ)
        except (OSError, ValueError, CannotOpen) as fault:
            raise NotInSpool(type(fault).__name__) from fault

    def sweep(self, now: float) -> int:
        """Remove files read a day ago, or not asked for in a month; how many. `now`: Unix seconds."""
        removed = 0
        for path in self._folder.rglob("*"):
            with suppress(FileNotFoundError):  # an upload under way is renamed when it is complete
                about = path.stat()
                read = about.st_mode & 0o777 == _READ
                kept = _READ_KEPT_SECONDS if read else _UNREAD_KEPT_SECONDS
                if path.is_file() and now - about.st_mtime > kept:
                    path.unlink()
                    removed += 1
        return removed

    def _mark(self, name: str, mode: int) -> None:
        """Note in the file's rights whether it was read, and the time of that as its own time."""
        path = path_of(self._folder, name)
        path.chmod(mode)
        os.utime(path)
