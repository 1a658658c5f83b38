"""The page's own files (style, scripts, icon), read once; their address holds a hash of them all.

A new release has new addresses, so browsers may keep what they have for good.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

from aiohttp import web

_TYPES: Final = {
    "css": "text/css",
    "js": "text/javascript",
    "svg": "image/svg+xml",
    "txt": "text/plain",
}


@dataclass(frozen=True, slots=True)
class _Asset:
    mime: str
    plain: bytes
    packed: bytes


class Assets:
    """All files of the folder `static` of a package, given out under `path`."""

    def __init__(self, package: str = "bot.web", path: str = "/static") -> None:
        self._path = path
        self._assets: dict[str, _Asset] = {}
        digest = hashlib.sha256()
        for file in sorted(files(package).joinpath("static").iterdir(), key=lambda file: file.name):
            mime = _TYPES.get(file.name.rpartition(".")[2])
            if mime is None:
                continue
            plain = file.read_bytes()
            digest.update(file.name.encode() + b"\0" + plain)
            self._assets[file.name] = _Asset(mime, plain, gzip.compress(plain, 9, mtime=0))
        self.version = digest.hexdigest()[:12]

    def url(self, name: str) -> str:
        """Where the page finds the file `name`. Raises KeyError for one that does not exist."""
        self._assets[name]
        return f"{self._path}/{self.version}/{name}"

    async def serve(self, request: web.Request) -> web.Response:
        """`…/{version}/{name}`; an older version gets the file of today, which is not to be kept."""
        asset = self._assets.get(request.match_info["name"])
        if asset is None:
            raise web.HTTPNotFound
        current = request.match_info["version"] == self.version
        response = web.Response(content_type=asset.mime, charset="utf-8", headers={"Vary": "Accept-Encoding"})
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if current else "no-cache"
        if "gzip" in request.headers.get("Accept-Encoding", ""):
            response.headers["Content-Encoding"] = "gzip"
            response.body = asset.packed
        else:
            response.body = asset.plain
        return response
