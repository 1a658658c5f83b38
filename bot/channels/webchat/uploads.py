"""Files from the page: streamed to the spool while their size and type are watched, then one message.

All files of a request arrive as one message (`handlers.messages.Files`), so they are taken in together or
not at all. One file that is refused refuses the request, with its name, and nothing of it is kept.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from aiohttp import BodyPartReader, web

from bot.channels.webchat import wire
from bot.channels.webchat.api import ChatApi, taken
from bot.channels.webchat.channel import MAX_UPLOAD
from bot.filetypes import SNIFFED_BYTES, Refused, judge, safe_name
from handlers.messages import FileKind, IncomingFile
from petitions.text import clean
from storage.database import Unavailable
from storage.files import FolderUnusable, TooLarge
from storage.webchat import Direction

MOST_FILES: Final = 10
LONGEST_CAPTION: Final = 4000
_CHUNK: Final = 64 * 1024
KINDS: Final = {"image": FileKind.PHOTO, "video": FileKind.VIDEO, "audio": FileKind.AUDIO}


class _BadFile(Exception):
    """A file of the request is not taken; `reason` is a key of the page's texts."""

    def __init__(self, reason: str, name: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.name = name


@dataclass(slots=True)
class _Upload:
    """What one request brought so far."""

    client_id: str = ""
    caption: str = ""
    files: list[IncomingFile] = field(default_factory=list)

    def body(self) -> dict[str, Any]:
        return wire.said_files(self.files, self.caption)


class Uploads:
    """The route that takes files in."""

    def __init__(self, api: ChatApi) -> None:
        self._api = api
        self._spool = api.chat.spool

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/chat/files", self.post_files)

    async def post_files(self, request: web.Request) -> web.Response:
        """Take the files of one message in."""
        api = self._api
        chat = await api.visitor(request)
        if request.content_type != "multipart/form-data":
            api.refuse(request, web.HTTPUnsupportedMediaType, "bad_request")
        upload = _Upload()
        try:
            await self._read(request, upload)
            kept = await api.chat.write(
                lambda chat_log: chat_log.add(chat, Direction.IN, upload.body(), client_id=upload.client_id)
            )
        except _BadFile as fault:
            large = fault.reason == "file_large"
            status = web.HTTPRequestEntityTooLarge if large else web.HTTPUnsupportedMediaType
            api.refuse(request, status, fault.reason, name=fault.name)
        except (Unavailable, FolderUnusable):
            api.later(request)
        return taken(kept[0], await api.take(request, chat, kept))

    async def _read(self, request: web.Request, upload: _Upload) -> None:
        try:
            reader = await request.multipart()
            async for part in reader:
                if isinstance(part, BodyPartReader):
                    await self._part(request, part, upload)
        except ValueError:
            self._api.refuse(request, web.HTTPBadRequest, "bad_request")
        if not upload.client_id or not upload.files:
            self._api.refuse(request, web.HTTPBadRequest, "no_file")

    async def _part(self, request: web.Request, part: BodyPartReader, upload: _Upload) -> None:
        match part.name:
            case "id":
                upload.client_id = str(UUID(await _short(part, 64)))
            case "caption":
                upload.caption = clean(await _short(part, LONGEST_CAPTION * 4))[:LONGEST_CAPTION]
            case "file" if len(upload.files) < MOST_FILES:
                upload.files.append(await self._file(request, part))
            case "file":
                self._api.refuse(request, web.HTTPBadRequest, "too_many_files", most=str(MOST_FILES))

    async def _file(self, request: web.Request, part: BodyPartReader) -> IncomingFile:
        name = safe_name(part.filename or "")
        head = b""
        while len(head) < SNIFFED_BYTES and (chunk := await part.read_chunk(_CHUNK)):
            head += chunk
        verdict = judge(head[:SNIFFED_BYTES], part.headers.get("Content-Type", ""), name)
        if isinstance(verdict, Refused):
            raise _BadFile(verdict.reason, name)

        async def pieces() -> AsyncIterator[bytes]:
            chunk = head
            while chunk:
                if not self._api.may_upload(request, len(chunk)):
                    self._api.refuse(request, web.HTTPTooManyRequests, "too_fast", retry_after=60)
                yield chunk
                chunk = await part.read_chunk(_CHUNK)

        try:
            platform_id, size = await self._spool.put(pieces(), limit=MAX_UPLOAD)
        except TooLarge as fault:
            raise _BadFile("file_large", name) from fault
        return IncomingFile(
            kind=KINDS.get(verdict.mime.partition("/")[0], FileKind.DOCUMENT),
            platform_id=platform_id,
            unique_id=platform_id,
            name=name,
            mime=verdict.mime,
            size=size,
        )


async def _short(part: BodyPartReader, limit: int) -> str:
    """A form field's text. Raises ValueError when it is longer than `limit` bytes or no UTF-8."""
    raw = await part.read_chunk(limit + 1)
    if len(raw) > limit or await part.read_chunk(1):
        raise ValueError("form field too long")
    return raw.decode("utf-8")
