"""The key ring, and the vault that seals values with it (AES-256-GCM) and makes blind indexes (HMAC)."""

from __future__ import annotations

import errno
import hashlib
import hmac
import json
import os
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic_core import from_json

_KEY_BYTES: Final = 32
_NONCE_BYTES: Final = 12
_TAG_BYTES: Final = 16
_BLIND_BYTES: Final = 16
_HIGHEST_KEY_ID: Final = 255

_COMPACT: Final = json.JSONEncoder(separators=(",", ":"))

RandomBytes = Callable[[int], bytes]


class KeyRingUnusable(Exception):
    """The key ring file is missing, unreadable or not a key ring; the message says which, never a key."""


class CannotOpen(Exception):
    """A sealed value is damaged, belongs to another row, or its key is not in the ring."""


@dataclass(frozen=True, slots=True, repr=False)
class KeyRing:
    """All keys of the service. Data keys have ids (one byte): old values stay readable after rotation."""

    current: int
    data: Mapping[int, bytes]
    index: bytes
    """For blind indexes and keyed content addresses; never rotates, or look-ups would miss."""
    chain: bytes
    """For the hash chain of events; apart from the data keys, so that rotation leaves the chain valid."""

    def __post_init__(self) -> None:
        if self.current not in self.data:
            raise KeyRingUnusable("the current data key is not in the ring")
        if not all(0 <= key_id <= _HIGHEST_KEY_ID for key_id in self.data):
            raise KeyRingUnusable("data key ids must be 0 to 255")
        if any(len(key) != _KEY_BYTES for key in (*self.data.values(), self.index, self.chain)):
            raise KeyRingUnusable("every key must have 32 bytes")

    def __repr__(self) -> str:
        return f"KeyRing(current={self.current}, data keys={sorted(self.data)})"

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Reads a ring. Raises KeyRingUnusable with what is wrong."""
        try:
            content = json.loads(path.read_bytes())
            return cls(
                current=int(content["current"]),
                data={int(key_id): b64decode(key, validate=True) for key_id, key in content["data"].items()},
                index=b64decode(content["index"], validate=True),
                chain=b64decode(content["chain"], validate=True),
            )
        except OSError as fault:
            raise KeyRingUnusable(f"cannot read the key ring {path}: {fault.strerror}") from fault
        except (ValueError, KeyError, TypeError, AttributeError) as fault:
            raise KeyRingUnusable(f"{path} is not a key ring ({type(fault).__name__})") from fault

    @classmethod
    def create(cls, path: Path, *, random_bytes: RandomBytes = os.urandom) -> KeyRing:
        """Makes a new ring in a new file that only its owner can read (mode 0600).

        An existing file is never replaced: losing a ring means losing every petition. Raises KeyRingUnusable.
        """
        ring = cls(
            current=1,
            data={1: random_bytes(_KEY_BYTES)},
            index=random_bytes(_KEY_BYTES),
            chain=random_bytes(_KEY_BYTES),
        )
        try:
            _write_new_file(path, ring.to_json())
        except OSError as fault:
            raise KeyRingUnusable(f"cannot write the key ring {path}: {fault.strerror}") from fault
        return ring

    def to_json(self) -> bytes:
        """The file's content. Secret."""
        content = {
            "version": 1,
            "current": self.current,
            "data": {str(key_id): b64encode(key).decode() for key_id, key in self.data.items()},
            "index": b64encode(self.index).decode(),
            "chain": b64encode(self.chain).decode(),
        }
        return json.dumps(content, indent=2).encode() + b"\n"


def _write_new_file(path: Path, content: bytes) -> None:
    """The whole file or none: written beside, synced, then linked to its name (which fails if it exists)."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(beside, path)
        except OSError as fault:  # some mounted folders know no links
            if fault.errno == errno.EEXIST or path.exists():
                raise
            beside.rename(path)
    finally:
        beside.unlink(missing_ok=True)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Makes a new or renamed entry of the folder outlast a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


class Vault:
    """Seals and opens values with the keys of a ring.

    A sealed value is one byte of key id, a nonce of 12 bytes, and the AES-256-GCM text with its tag. Table,
    column and row are its associated data: put into another row it does not open.
    """

    def __init__(self, ring: KeyRing, *, random_bytes: RandomBytes = os.urandom) -> None:
        self._ciphers = {key_id: AESGCM(key) for key_id, key in ring.data.items()}
        self._data = ring.data
        self._current = ring.current
        self._current_prefix = bytes([ring.current])
        self._index = ring.index
        self.random_bytes = random_bytes
        self.chain_key = ring.chain

    def seal(self, plain: bytes, *, table: str, column: str, row: int) -> bytes:
        nonce = self.random_bytes(_NONCE_BYTES)
        sealed = self._ciphers[self._current].encrypt(nonce, plain, f"{table}:{column}:{row}".encode())
        return self._current_prefix + nonce + sealed

    def open(self, sealed: bytes, *, table: str, column: str, row: int) -> bytes:
        """The plain bytes. Raises CannotOpen."""
        where = f"{table}:{column}:{row}"
        if len(sealed) < 1 + _NONCE_BYTES + _TAG_BYTES:
            raise CannotOpen(f"{where} is too short to be a sealed value")
        cipher = self._ciphers.get(sealed[0])
        if cipher is None:
            raise CannotOpen(f"{where} needs data key {sealed[0]}, which is not in the key ring")
        nonce, text = sealed[1 : 1 + _NONCE_BYTES], sealed[1 + _NONCE_BYTES :]
        try:
            return cipher.decrypt(nonce, text, where.encode())
        except InvalidTag as fault:
            raise CannotOpen(f"{where} is damaged or belongs to another row") from fault

    def seal_text(self, plain: str, *, table: str, column: str, row: int) -> bytes:
        """Any text, also one with lone surrogates, letter for letter."""
        return self.seal(plain.encode("utf-8", "surrogatepass"), table=table, column=column, row=row)

    def open_text(self, sealed: bytes, *, table: str, column: str, row: int) -> str:
        """Raises CannotOpen."""
        return self.open(sealed, table=table, column=column, row=row).decode("utf-8", "surrogatepass")

    def seal_json(self, value: Any, *, table: str, column: str, row: int) -> bytes:
        return self.seal(to_json(value), table=table, column=column, row=row)

    def open_json(self, sealed: bytes, *, table: str, column: str, row: int) -> Any:
        """Raises CannotOpen."""
        return json.loads(self.open(sealed, table=table, column=column, row=row))

    def blind(self, kind: str, value: str) -> bytes:
        """A keyed hash of 16 bytes to look a value up without storing it. `kind` keeps uses apart."""
        plain = kind.encode() + b"|" + value.encode("utf-8", "surrogatepass")
        return hmac.digest(self._index, plain, hashlib.sha256)[:_BLIND_BYTES]

    def content_hash(self) -> hmac.HMAC:
        """A running keyed hash (SHA-256) for the address of a file's content."""
        return hmac.new(self._index, b"file|", hashlib.sha256)

    def frame_sealer(self) -> FrameSealer:
        """For a new file: a fresh key of its own, made from the current data key and a random salt."""
        salt = self.random_bytes(FrameSealer.HEADER - 1)
        return FrameSealer(self._file_key(self._current, salt), bytes([self._current]) + salt)

    def frame_opener(self, header: bytes) -> FrameSealer:
        """For the file that begins with `header`. Raises CannotOpen."""
        if len(header) != FrameSealer.HEADER:
            raise CannotOpen("the file is too short")
        if header[0] not in self._data:
            raise CannotOpen(f"the file needs data key {header[0]}, which is not in the key ring")
        return FrameSealer(self._file_key(header[0], header[1:]), header)

    def _file_key(self, key_id: int, salt: bytes) -> bytes:
        return hmac.digest(self._data[key_id], b"file|" + salt, hashlib.sha256)

    def fingerprint(self, kind: str, value: bytes) -> bytes:
        """A keyed hash of 32 bytes."""
        return hmac.digest(self._index, kind.encode() + b"|" + value, hashlib.sha256)


class FrameSealer:
    """Seals or opens the frames of one file, in order.

    The nonce is the frame's number and a mark on the last, which is safe because every file has a key of its
    own; a missing or moved frame does not open.
    """

    HEADER: Final = 33
    """Bytes of the header: key id and salt."""

    def __init__(self, key: bytes, header: bytes) -> None:
        self.header = header
        self._cipher = AESGCM(key)
        self._number = 0

    def seal(self, plain: bytes, *, last: bool) -> bytes:
        return self._cipher.encrypt(self._nonce(last=last), plain, None)

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        """Raises CannotOpen."""
        try:
            return self._cipher.decrypt(self._nonce(last=last), sealed, None)
        except InvalidTag as fault:
            raise CannotOpen(f"frame {self._number} of the file is damaged or missing") from fault

    def _nonce(self, *, last: bool) -> bytes:
        self._number += 1
        return self._number.to_bytes(_NONCE_BYTES - 1, "big") + bytes([last])


def read_json(plain: bytes) -> Any:
    """As `json.loads`, several times as fast, for what is opened by the hundred thousand."""
    try:
        return from_json(plain)
    except ValueError:  # a lone surrogate, which only Python's own reader takes
        return json.loads(plain)


def to_json(value: Any) -> bytes:
    """Compact JSON. ASCII only, so that every text, also one with lone surrogates, comes back as it was."""
    return _COMPACT.encode(value).encode()
