"""Uploads: multipart part `file`, by kind with type, size and monthly number (reference 1.8)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from .errors import ZaloError
from .model import Asset, Incoming
from .world import World

MIB = 1024 * 1024
LIMITS = {"image": MIB, "gif": 5 * MIB, "file": 5 * MIB}


def upload(kind: str) -> Callable[[World, Incoming], dict[str, Any]]:
    """The method for `image`, `gif` or `file`.

    Which codes the real service gives for a wrong type (here -201) and a large file (-210) is RECALLED.
    """

    def method(world: World, given: Incoming) -> dict[str, Any]:
        if "file" not in given.files:
            raise ZaloError(-201, "file")
        name, data = given.files["file"]
        if not _is_of(kind, name, data):
            raise ZaloError(-201, "file type")
        if len(data) > LIMITS[kind]:
            raise ZaloError(-210, "file size")
        month = f"{kind} {datetime.fromtimestamp(world.clock.now(), UTC):%Y-%m}"
        if world.uploads.get(month, 0) >= world.settings.uploads_per_month:
            raise ZaloError(-211)
        world.uploads[month] = world.uploads.get(month, 0) + 1
        asset_id = f"{world.random.getrandbits(160):040x}"
        expires = world.clock.now() + world.settings.asset_life
        world.assets[asset_id] = Asset(kind, name, data, expires)
        return {"token": asset_id} if kind == "file" else {"attachment_id": asset_id}

    return method


def _is_of(kind: str, name: str, data: bytes) -> bool:
    if kind == "image":
        return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"))
    if kind == "gif":
        return data.startswith((b"GIF87a", b"GIF89a"))
    ending = name.rpartition(".")[2].lower()
    starts = {"pdf": b"%PDF", "doc": b"\xd0\xcf\x11\xe0", "docx": b"PK", "csv": b""}
    return ending in starts and data.startswith(starts[ending]) and bool(data)
