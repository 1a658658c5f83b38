"""The page behind a one-time link: a button takes a messenger's conversation over to this browser's web chat.

Opening the page uses nothing up, so that a messenger's preview of the link does no harm. The token travels in
the address once and then in the form's body; it stands in no log line, and no page is told of it.
"""

from __future__ import annotations

import hashlib
from typing import Final
from urllib.parse import quote

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.base import Verdict
from bot.channels.webchat.channel import ACCOUNT, NAME
from bot.channels.webchat.visitor import VisitorCookie
from bot.web.language import page_language, remember_language
from bot.web.limits import Budget, spend_or_refuse
from bot.web.pages import Pages
from bot.web.parts import WebParts
from bot.web.security import is_own_page, keep_from_others
from handlers.messages import Incoming, Takeover
from storage.handovers import HandoverFault

OPENED_AT_ONCE: Final = 40
"""Openings of one address at a time: an office or a village behind one number, a messenger's previews."""
OPENED_PER_SECOND: Final = 0.5
_LONGEST: Final = 100
_REFERRER: Final = "strict-origin"
"""No address with a token leaves this page, not even to ourselves. Not "no-referrer": with that, browsers hide
the origin of our own form as well, which is what proves that it is ours."""
_STATUS: Final = {"unknown": 404, "expired": 410, "used": 410, "cookies": 400}


class ContinuePage:
    """`/continue`: what will happen, and the button."""

    def __init__(self, parts: WebParts, pages: Pages, cookie: VisitorCookie) -> None:
        self._parts = parts
        self._pages = pages
        self._cookie = cookie
        self._budget = Budget(burst=OPENED_AT_ONCE, per_second=OPENED_PER_SECOND, time=parts.time)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/continue", self.open)
        app.router.add_post("/continue", self.press)

    async def open(self, request: web.Request) -> web.Response:
        """The page; the browser gets its cookie here."""
        spend_or_refuse(self._budget, request, self._parts.proxies)
        token = request.query.get("t", "").strip()[:_LONGEST]
        problem, own = await self._look(request, token)
        if own:
            raise web.HTTPSeeOther("/")
        response = self._page(request, token="" if problem else token, problem=problem)
        if not problem:
            self._cookie.give(request, response)
        return response

    async def press(self, request: web.Request) -> web.Response:
        """The button: this browser's chat becomes the place of the conversation."""
        if not is_own_page(request, self._parts.public_url):
            raise web.HTTPForbidden
        spend_or_refuse(self._budget, request, self._parts.proxies)
        token = str((await request.post()).get("t", "")).strip()[:_LONGEST]
        chat = self._cookie.chat(request)
        if chat is None:
            return self._page(request, problem="cookies")
        problem, own = await self._look(request, token)
        if not problem and not own:
            if await self._parts.receiver(self._incoming(request, chat, token)) is Verdict.RETRY:
                raise web.HTTPServiceUnavailable(headers={"Retry-After": "2"})
            problem, own = await self._look(request, token)
        if own:
            raise web.HTTPSeeOther("/")
        return self._page(request, problem=problem or HandoverFault.UNKNOWN.value)

    async def _look(self, request: web.Request, token: str) -> tuple[str, bool]:
        """Why the link cannot be used ("" while it can), and whether its conversation is in this browser."""
        chat = self._cookie.chat(request)

        def work(connection: Connection) -> tuple[str, bool]:
            book = self._parts.books(connection)
            found = book.find_handover(token) if token else None
            if found is None:
                return HandoverFault.UNKNOWN.value, False
            contact = book.contact(NAME, ACCOUNT, chat) if chat else None
            own = contact is not None and contact.conversation_id == found.conversation_id
            fault = found.fault(self._parts.clock.now())
            return fault.value if fault is not None else "", own

        return await self._parts.database.read(work)

    def _incoming(self, request: web.Request, chat: str, token: str) -> Incoming:
        """The press as an update of the web chat; the same press again is the same update."""
        update = hashlib.blake2b(f"continue:{chat}:{token}".encode(), digest_size=16).hexdigest()
        return Incoming(
            channel=NAME,
            account=ACCOUNT,
            update_id=update,
            chat=chat,
            person=chat,
            content=Takeover(token=token),
            at=self._parts.clock.now(),
            language=page_language(request),
        )

    def _page(self, request: web.Request, *, token: str = "", problem: str = "") -> web.Response:
        response = self._pages.render(
            request,
            "continue.html",
            status=_STATUS.get(problem, 200),
            title=f"continue_{problem}_title" if problem else "continue_title",
            token=token,
            problem=problem,
            keep=f"t={quote(token)}&" if token else "",
        )
        keep_from_others(response, referrer=_REFERRER)
        remember_language(request, response, secure=self._parts.secure)
        return response
