"""Files of citizens: where their bytes are kept, sealed, and which ones still have to be fetched.

A file's name is a keyed hash of its content, so the same content is kept once and names tell nothing. Bytes
are sealed in frames, each with a counter and the last one marked: memory stays small for any size, and frames
cannot be cut off, swapped or mixed between files.
"""

from __future__ import annotations

import asyncio
import errno
import hmac
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from storage.file_queue import fail, mark_stored, pending, put_off, refuse
from storage.keys import CannotOpen, FrameSealer, Vault, sync_folder

__all__ = [
    "FileStore",
    "FolderUnusable",
    "StoredContent",
    "TooLarge",
    "fail",
    "mark_stored",
    "pending",
    "put_off",
    "refuse",
]

FRAME: Final = 64 * 1024
_SEALED_FRAME: Final = FRAME + 16
_BATCH: Final = 16 * FRAME
_MAGIC: Final = b"TDF1"
_KEY_LETTERS: Final = 64


class FolderUnusable(Exception):
    """The folder of files cannot be written or read (rights, full disk); the message says why and where."""


class TooLarge(Exception):
    """The content is larger than is taken; nothing of it was kept."""


@dataclass(frozen=True, slots=True)
class StoredContent:
    """What was put: its address and its size in bytes."""

    key: str
    size: int


class FileStore:
    """A folder of sealed files. Safe for several processes on one folder."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault

    async def put(self, stream: AsyncIterator[bytes], *, limit: int | None = None) -> StoredContent:
        """Keeps what the stream brings; it is on disk, synced, when this returns.

        What the stream raises comes back, and nothing is kept. Raises TooLarge above `limit` bytes, and
        FolderUnusable.
        """
        writing = await asyncio.to_thread(_Writing, self._folder, self._vault)
        try:
            waiting = bytearray()
            async for piece in stream:
                waiting += piece
                if limit is not None and writing.size + len(waiting) > limit:
                    raise TooLarge(f"more than {limit} bytes")
                if len(waiting) > _BATCH:
                    full = len(waiting) // FRAME * FRAME
                    if full == len(waiting):  # the last frame gets a mark: one is left for the end
                        full -= FRAME
                    await asyncio.to_thread(writing.add, bytes(waiting[:full]))
                    del waiting[:full]
            return await asyncio.to_thread(writing.finish, bytes(waiting))
        except BaseException:
            await asyncio.to_thread(writing.abandon)
            raise

    def put_pieces(self, pieces: Iterable[bytes]) -> StoredContent:
        """As `put`, for what is made piece by piece in a thread of its own: it blocks."""
        writing = _Writing(self._folder, self._vault)
        try:
            waiting = bytearray()
            for piece in pieces:
                waiting += piece
                if len(waiting) > _BATCH:
                    full = (len(waiting) - 1) // FRAME * FRAME
                    writing.add(bytes(waiting[:full]))
                    del waiting[:full]
            return writing.finish(bytes(waiting))
        except BaseException:
            writing.abandon()
            raise

    def open(self, key: str) -> Iterator[bytes]:
        """The content in pieces of at most 64 KiB, each authentic. It blocks: for a thread.

        Raises:
            FileNotFoundError: there is no such content.
            CannotOpen: it is damaged; the pieces given before were sound.
        """
        with self._path(key).open("rb") as file:
            yield from self._frames(file, key)

    async def get(self, key: str) -> bytes:
        """The whole content. Raises as `open`."""
        return await asyncio.to_thread(lambda: b"".join(self.open(key)))

    def has(self, key: str) -> bool:
        return self._path(key).exists()

    def remove(self, key: str) -> None:
        """Takes content away for good; nothing where there is none. Only for content that is surely nobody
        else's. It blocks. Raises FolderUnusable."""
        try:
            self._path(key).unlink(missing_ok=True)
        except OSError as fault:
            raise _unusable(self._folder, fault) from fault

    def check(self) -> None:
        """Proves that the folder can be written. Raises FolderUnusable."""
        probe = _Writing(self._folder, self._vault)
        probe.abandon()

    def _path(self, key: str) -> Path:
        return path_of(self._folder, key)

    def _frames(self, file: BinaryIO, key: str) -> Iterator[bytes]:
        header = file.read(len(_MAGIC) + FrameSealer.HEADER)
        if not header.startswith(_MAGIC):
            raise CannotOpen("the file does not begin as a stored file does")
        sealer = self._vault.frame_opener(header[len(_MAGIC) :])
        address = self._vault.content_hash()
        sealed = file.read(_SEALED_FRAME)
        while True:
            following = file.read(_SEALED_FRAME)
            plain = sealer.open(sealed, last=not following)
            address.update(plain)
            if not following and not hmac.compare_digest(address.hexdigest(), key):
                raise CannotOpen("the file holds the content of another one")
            yield plain
            if not following:
                return
            sealed = following


class _Writing:
    """One file on its way: sealed into a hidden file beside, renamed to its address at the end."""

    def __init__(self, folder: Path, vault: Vault) -> None:
        self._folder = folder
        self._vault = vault
        self._address = vault.content_hash()
        self._sealer = vault.frame_sealer()
        self.size = 0
        self._beside = folder / f".{vault.random_bytes(12).hex()}"
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._file = os.fdopen(
                os.open(self._beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=0
            )
        except OSError as fault:
            raise _unusable(folder, fault) from fault
        self._write(_MAGIC + self._sealer.header)

    def add(self, plain: bytes) -> None:
        """Whole frames, none of them the last."""
        for start in range(0, len(plain), FRAME):
            self._frame(plain[start : start + FRAME], last=False)

    def finish(self, rest: bytes) -> StoredContent:
        """The last frames; then the file is synced and gets its name, unless its content is there already."""
        starts = range(0, max(len(rest), 1), FRAME)
        for start in starts:
            self._frame(rest[start : start + FRAME], last=start == starts[-1])
        key = self._address.hexdigest()
        path = path_of(self._folder, key)
        try:
            os.fsync(self._file.fileno())
            self._file.close()
            if path.exists():
                self._beside.unlink()
            else:
                _make_folder(path.parent, self._folder)
                self._beside.rename(path)
            sync_folder(path.parent)
        except OSError as fault:
            raise _unusable(self._folder, fault) from fault
        return StoredContent(key, self.size)

    def abandon(self) -> None:
        self._file.close()
        with suppress(FileNotFoundError):
            self._beside.unlink()

    def _frame(self, plain: bytes, *, last: bool) -> None:
        self._address.update(plain)
        self.size += len(plain)
        self._write(self._sealer.seal(plain, last=last))

    def _write(self, sealed: bytes) -> None:
        rest = memoryview(sealed)
        try:
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as fault:
            self.abandon()
            raise _unusable(self._folder, fault) from fault


def path_of(folder: Path, key: str) -> Path:
    """Where content lies: two levels of folders, so that none grows huge. ValueError for a strange key."""
    if len(key) != _KEY_LETTERS or not set(key) <= set("0123456789abcdef"):
        raise ValueError("not the key of stored content")
    return folder / key[:2] / key[2:4] / key


def _make_folder(folder: Path, root: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    sync_folder(folder.parent)
    sync_folder(root)


def _unusable(folder: Path, fault: OSError) -> FolderUnusable:
    full = fault.errno in {errno.ENOSPC, errno.EDQUOT}
    reason = "the disk is full" if full else (fault.strerror or type(fault).__name__)
    return FolderUnusable(f"cannot use the folder of files {folder}: {reason}")
