"""Files of a case: small pictures to look at, and the originals; of a sealed case only on record.

A file is always given out as a download, never shown as a page: what citizens send may be anything.
"""

from __future__ import annotations

import asyncio
import io
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.channels.base import Attachment, Never
from bot.console.case import CODE
from bot.console.denials import Denials
from bot.console.parts import ConsoleParts
from bot.console.visits import NotHere, Route, Visit
from bot.papers.photos import MOST_PIXELS
from bot.web.security import dress_stream
from handlers import console_actions, console_files
from handlers.console_board import Look
from handlers.console_turn import desk_of
from handlers.messages import OutgoingFile
from handlers.turn import Turn
from storage.files import FileStore
from storage.keys import CannotOpen
from storage.records import FileRecord

log = logging.getLogger(__name__)

_FILE: Final = f"/console/cases/{CODE}/files/{{file:[0-9]{{1,18}}}}"
_PAPER: Final = f"/console/cases/{CODE}/papers/{{paper:[a-z_]{{1,30}}}}"
_MIME: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}\Z")
LARGEST_PICTURE: Final = 30 * 1024 * 1024
"""Bytes; a larger one is only downloaded."""
SIDE: Final = 320
"""Pixels of the long side of a small picture."""
_QUALITY: Final = 78


class CaseFiles:
    """What people gave with a case, and the prepared papers of its đơn."""

    def __init__(self, parts: ConsoleParts, denials: Denials) -> None:
        self._parts = parts
        self._denials = denials

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=f"{_FILE}/small", handle=self.small),
            Route(method="GET", path=_FILE, handle=self.original),
            Route(method="POST", path=_FILE, handle=self.sealed_original),
            Route(method="GET", path=_PAPER, handle=self.paper),
        ]

    async def small(self, visit: Visit) -> web.StreamResponse:
        """A small picture, made anew without anything the camera wrote into it. Not of a sealed case."""
        file = await self._find(visit, on_record=False)
        if file.content_key is None or not console_files.is_picture(file):
            raise NotHere
        if (file.size or 0) > LARGEST_PICTURE:
            raise NotHere
        try:
            picture = await asyncio.to_thread(small_picture, self._parts.store, file.content_key)
        except (FileNotFoundError, CannotOpen):
            raise NotHere from None
        if picture is None:
            raise NotHere
        headers = {"Cache-Control": "private, max-age=600", "Content-Disposition": "inline"}
        return web.Response(body=picture, content_type="image/jpeg", headers=headers)

    async def original(self, visit: Visit) -> web.StreamResponse:
        """The file as it was given. Not of a sealed case, whose files are opened by a form."""
        return await self._send(visit, await self._find(visit, on_record=False))

    async def sealed_original(self, visit: Visit) -> web.StreamResponse:
        """The file of a sealed case; that it was opened is on record before the first byte leaves."""
        file = await self._find(visit, on_record=True)
        code, why = visit.request.match_info["code"], visit.texts.get("officer.opened_file")

        def record(turn: Turn) -> bool:
            outcome = console_actions.open_sealed(desk_of(turn), code, "file", why)
            return outcome is not None and outcome.done

        if not await visit.act(record):
            raise NotHere
        return await self._send(visit, file)

    async def paper(self, visit: Visit) -> web.StreamResponse:
        """A prepared paper of the đơn as PDF, to read back and sign at the desk."""
        code, name = visit.request.match_info["code"], visit.request.match_info["paper"]

        def work(look: Look) -> int | None:
            room = desk_of(visit.turn(look.book))
            return console_files.petition_of_paper(room, code, name, since=visit.session.made_at)

        petition_id = await visit.look(work)
        if petition_id is None:
            self._denials.note(visit, code, "paper")
            raise NotHere
        wanted = OutgoingFile(render="paper", paper=f"{name}.pdf", petition_id=petition_id)
        try:
            made: Attachment = await self._parts.render(wanted)
        except Never:
            raise NotHere from None
        return web.Response(body=made.data, headers=as_download(made.name, made.mime))

    async def _find(self, visit: Visit, *, on_record: bool) -> FileRecord:
        code, number = visit.request.match_info["code"], int(visit.request.match_info["file"])

        def work(look: Look) -> FileRecord | None:
            room = desk_of(visit.turn(look.book))
            return console_files.file_of(
                room, code, number, since=visit.session.made_at, sealed_case=on_record
            )

        file = await visit.look(work)
        if file is None:
            self._denials.note(visit, code, "file")
            raise NotHere
        return file

    async def _send(self, visit: Visit, file: FileRecord) -> web.StreamResponse:
        if file.content_key is None:
            raise NotHere
        pieces = self._parts.store.open(file.content_key)
        headers = as_download(file.name or f"{file.kind}-{file.id}", file.mime)
        return await send_pieces(visit, pieces, headers, unreadable=_log_unreadable)


def _log_unreadable(fault: Exception) -> None:
    log.critical("case_file_unreadable", extra={"fault": type(fault).__name__})


async def send_pieces(
    visit: Visit,
    pieces: Iterator[bytes],
    headers: Mapping[str, str],
    *,
    unreadable: Callable[[Exception], None],
) -> web.StreamResponse:
    """A kept file piece by piece. One that cannot be opened is not here (NotHere) and told to `unreadable`; one
    that turns out damaged on the way breaks off."""
    try:
        piece = await asyncio.to_thread(next, pieces, None)
    except (FileNotFoundError, CannotOpen) as fault:
        unreadable(fault)
        raise NotHere from None
    response = web.StreamResponse()
    dress_stream(response)
    response.headers.update(headers)
    await response.prepare(visit.request)
    try:
        while piece is not None:
            await response.write(piece)
            piece = await asyncio.to_thread(next, pieces, None)
        await response.write_eof()
    except CannotOpen as fault:
        unreadable(fault)
        response.force_close()
    except ConnectionError:  # the officer's connection broke
        response.force_close()
    return response


def as_download(name: str, mime: str) -> dict[str, str]:
    """Headers of something that is saved and never shown, whatever it says of itself."""
    return {
        "Content-Type": mime if _MIME.match(mime) else "application/octet-stream",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(name, safe='')}",
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cache-Control": "private, no-store",
        "X-Robots-Tag": "noindex",
    }


def small_picture(store: FileStore, key: str) -> bytes | None:
    """A JPEG of at most `SIDE` pixels; None for what is no picture, or claims to be a huge one. It blocks.

    Raises FileNotFoundError, storage.keys.CannotOpen.
    """
    from PIL import Image, ImageOps

    data = b"".join(_limited(store.open(key)))
    try:
        with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP", "GIF")) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                return None
            picture.draft("RGB", (SIDE * 2, SIDE * 2))
            upright = ImageOps.exif_transpose(picture).convert("RGB")
            upright.thumbnail((SIDE, SIDE))
            made = io.BytesIO()
            upright.save(made, "JPEG", quality=_QUALITY)
    except Exception:  # noqa: BLE001 - a broken file makes the library raise almost anything; none of it is ours
        return None
    return made.getvalue()


def _limited(pieces: Iterator[bytes]) -> Iterator[bytes]:
    left = LARGEST_PICTURE
    for piece in pieces:
        left -= len(piece)
        if left < 0:
            return
        yield piece
