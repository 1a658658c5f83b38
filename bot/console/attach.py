"""Officers add files to a case: scans of what came by post, minutes, papers of the office."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Final

from aiohttp import BodyPartReader, web

from bot.channels.webchat.channel import MAX_UPLOAD
from bot.channels.webchat.uploads import KINDS
from bot.console.case import CODE
from bot.console.denials import Denials
from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.visits import PROOF, BadForm, NotHere, Route, Visit, is_proven
from bot.filetypes import SNIFFED_BYTES, Refused, judge, safe_name
from handlers import console_files
from handlers.console_case import found
from handlers.console_files import Given
from handlers.console_turn import desk_of
from handlers.messages import FileKind
from petitions.text import clean
from storage.files import FolderUnusable, TooLarge

MOST_FILES: Final = 10
LONGEST_WORDS: Final = 1000
_CHUNK: Final = 64 * 1024
_SHORT: Final = 8 * 1024


class BadFile(Exception):
    """A file of the form is not taken; `reason` is a key of the web chat's texts."""

    def __init__(self, reason: str, **params: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.params = params


@dataclass(slots=True)
class _Upload:
    """What the form brought so far."""

    proven: bool = False
    words: str = ""
    files: list[Given] = field(default_factory=list)


class AttachFiles:
    """`POST /console/cases/{code}/attach`: files and words, the form's proof first."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages, denials: Denials) -> None:
        self._parts = parts
        self._pages = pages
        self._denials = denials

    def routes(self) -> list[Route]:
        path = f"/console/cases/{CODE}/attach"
        return [Route(method="POST", path=path, handle=self.take, streams=True)]

    async def take(self, visit: Visit) -> web.Response:
        """Read the form, keep the files, and put them into the case with a note."""
        code = visit.request.match_info["code"]
        if await visit.look(lambda look: found(desk_of(visit.turn(look.book)), code)) is None:
            self._denials.note(visit, code, "attach")
            raise NotHere
        upload = _Upload()
        try:
            await self._read(visit, upload)
        except BadFile as fault:
            return self._problem(visit, visit.texts.get(f"web.fault_{fault.reason}", **fault.params))
        except FolderUnusable:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "30"}) from None
        if not upload.files:
            return self._problem(visit, visit.texts.get("console_case.attach_none"))
        words = upload.words or visit.texts.get("console_case.attach_words", count=len(upload.files))
        outcome = await visit.act(lambda turn: console_files.attach(desk_of(turn), code, upload.files, words))
        if outcome is None:
            raise NotHere
        if not outcome.done:
            return self._problem(visit, outcome.problem)
        return web.Response(status=303, headers={"Location": f"/console/cases/{code}?done=note"})

    async def _read(self, visit: Visit, upload: _Upload) -> None:
        """Raises BadForm for what is none of our forms, BadFile for a file that is not taken."""
        if visit.request.content_type != "multipart/form-data":
            raise BadForm
        try:
            async for part in await visit.request.multipart():
                if not isinstance(part, BodyPartReader):
                    raise BadForm
                await self._part(visit, part, upload)
        except (ValueError, AssertionError):  # the library's words for a body that is cut off or malformed
            raise BadForm from None

    async def _part(self, visit: Visit, part: BodyPartReader, upload: _Upload) -> None:
        if part.name == PROOF:
            upload.proven = is_proven(visit.proof, {PROOF: await _short(part)})
        if not upload.proven:
            raise BadForm
        if part.name == "words":
            upload.words = clean(await _short(part))[:LONGEST_WORDS]
        elif part.name == "file" and part.filename:
            if len(upload.files) == MOST_FILES:
                raise BadFile("too_many_files", most=str(MOST_FILES))
            upload.files.append(await self._file(part))

    async def _file(self, part: BodyPartReader) -> Given:
        name, head = safe_name(part.filename or ""), b""
        while len(head) < SNIFFED_BYTES and (chunk := await part.read_chunk(_CHUNK)):
            head += chunk
        verdict = judge(head[:SNIFFED_BYTES], part.headers.get("Content-Type", ""), name)
        if isinstance(verdict, Refused):
            raise BadFile(verdict.reason, name=name)

        async def pieces() -> AsyncIterator[bytes]:
            chunk = head
            while chunk:
                yield chunk
                chunk = await part.read_chunk(_CHUNK)

        try:
            stored = await self._parts.store.put(pieces(), limit=MAX_UPLOAD)
        except TooLarge as fault:
            raise BadFile("file_large", name=name) from fault
        kind = KINDS.get(verdict.mime.partition("/")[0], FileKind.DOCUMENT)
        return Given(name=name, kind=kind.value, mime=verdict.mime, key=stored.key, size=stored.size)

    def _problem(self, visit: Visit, words: str) -> web.Response:
        code = visit.request.match_info["code"]
        return self._pages.render(
            visit.request,
            "problem.html",
            visit=visit,
            status=422,
            title=visit.texts.get("console_case.attach"),
            words=words,
            back=f"/console/cases/{code}",
        )


async def _short(part: BodyPartReader) -> str:
    """A field's text. Raises BadForm for a long one, ValueError for one that is no UTF-8."""
    raw = await part.read_chunk(_SHORT + 1)
    if len(raw) > _SHORT:
        raise BadForm
    return raw.decode("utf-8")
