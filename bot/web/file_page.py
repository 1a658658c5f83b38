"""The page behind the link of a document: it shows name and size, and its button downloads the file, once.

Opening the page uses nothing up, so that a messenger's preview of the link does no harm. The token stands in no
log line: a route is logged by its pattern.
"""

from __future__ import annotations

import logging
import re
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.shared_files import PATH
from bot.web.language import page_language, remember_language
from bot.web.limits import Budget, spend_or_refuse
from bot.web.pages import Pages
from bot.web.parts import WebParts
from bot.web.security import dress_stream, is_own_page, keep_from_others
from storage.database import Unavailable
from storage.keys import CannotOpen
from storage.shared_files import SharedFault, SharedFile

log = logging.getLogger(__name__)

OPENED_AT_ONCE: Final = 40
"""Openings of one address at a time: an office or a village behind one number, a messenger's previews."""
OPENED_PER_SECOND: Final = 0.5
_REFERRER: Final = "strict-origin"
"""No address with a token leaves this page; "no-referrer" would hide the origin of our own form as well."""
_STATUS: Final = {SharedFault.UNKNOWN: 404, SharedFault.EXPIRED: 410, SharedFault.USED: 410}
_MIME: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}\Z")
_UNITS: Final = ((1_000_000, "MB"), (1_000, "KB"))


class FilePage:
    """`/files/{token}`."""

    def __init__(self, parts: WebParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._budget = Budget(burst=OPENED_AT_ONCE, per_second=OPENED_PER_SECOND, time=parts.time)

    def add_routes(self, app: web.Application) -> None:
        path = PATH + r"{token:[0-9A-Za-z]{1,64}}"
        app.router.add_get(path, self.open)
        app.router.add_post(path, self.press)

    async def open(self, request: web.Request) -> web.Response:
        """What file it is, and the button."""
        spend_or_refuse(self._budget, request, self._parts.proxies)
        found, fault = await self._parts.shared.find(request.match_info["token"])
        return self._page(request, found, fault)

    async def press(self, request: web.Request) -> web.StreamResponse:
        """The button: the file itself, to be saved and not shown."""
        if not is_own_page(request, self._parts.public_url):
            raise web.HTTPForbidden
        spend_or_refuse(self._budget, request, self._parts.proxies)
        token = request.match_info["token"]
        found, fault = await self._parts.shared.find(token)
        if found is None or fault is not None:
            return self._page(request, found, fault)
        if not await self._parts.shared.use(token):
            return self._page(request, found, SharedFault.USED)
        response, done = web.StreamResponse(), False
        try:
            done = await self._download(request, found, response)
        finally:
            if not done:
                await self._give_back(token)
        return response if response.prepared else self._page(request, found, SharedFault.EXPIRED)

    async def _download(self, request: web.Request, file: SharedFile, response: web.StreamResponse) -> bool:
        """Send the file; True when all of it left. Nothing has left where it could not be read at all."""
        dress_stream(response)
        response.headers["Content-Type"] = file.mime if _MIME.match(file.mime) else "application/octet-stream"
        response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file.name, safe='')}"
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = _REFERRER
        response.content_length = file.size
        try:
            async for piece in self._parts.shared.content(file):
                if not response.prepared:
                    await response.prepare(request)
                await response.write(piece)
            await response.write_eof()
        except (FileNotFoundError, CannotOpen) as fault:
            log.critical("shared_file_unreadable", extra={"fault": type(fault).__name__})
            response.force_close()
            return False
        except ConnectionError:  # the visitor's connection broke
            return False
        return True

    async def _give_back(self, token: str) -> None:
        try:
            await self._parts.shared.give_back(token)
        except Unavailable:
            log.warning("shared_file_not_given_back")

    def _page(self, request: web.Request, file: SharedFile | None, fault: SharedFault | None) -> web.Response:
        problem = fault.value if fault is not None else ""
        response = self._pages.render(
            request,
            "file.html",
            status=_STATUS[fault] if fault is not None else 200,
            title=f"file_{problem}_title" if problem else "file_title",
            problem=problem,
            name=file.name if file is not None and fault is None else "",
            size=shown_size(file.size, page_language(request)) if file is not None else "",
        )
        keep_from_others(response, referrer=_REFERRER)
        remember_language(request, response, secure=self._parts.secure)
        return response


def shown_size(size: int, language: str) -> str:
    """Bytes as people read them: `1,4 MB` in Vietnamese, `1.4 MB` in English."""
    for unit, name in _UNITS:
        if size >= unit:
            number = f"{size / unit:.1f}".removesuffix(".0")
            return f"{number.replace('.', ',') if language == 'vi' else number} {name}"
    return f"{size} B"
