"""Signing in with the code from one's own chat, signing out, and the list of one's sessions.

Opening the link of a code uses nothing up, so that a messenger's preview does no harm; the page's button does. Wrong
codes are counted by network address and over all.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot.console.agents import family
from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.visits import BadForm, NotHere, Route, SessionCookie, Visit, Visits, form_of
from bot.web.address import client_address
from bot.web.language import page_language
from bot.web.limits import Blocklist, Budget, spend_or_refuse
from bot.web.security import is_own_page
from handlers import console_sign_in
from handlers.console_turn import console_turn
from handlers.officers import cards
from handlers.turn import Turn
from storage.casebook import Casebook
from storage.console_sessions import CODE_VALID, IDLE, LONGEST, CodeFault, ConsoleSession
from storage.records import OfficerRecord, Queued

WRONG_PER_ADDRESS: Final = 20
WRONG_PER_ADDRESS_IN: Final = timedelta(minutes=15)
WRONG_OVER_ALL: Final = 300
WRONG_OVER_ALL_IN: Final = timedelta(minutes=10)
SLOWED_SECONDS: Final = 2.0
ONCE: Final = timedelta(hours=1)
"""An app's word is good for minutes; after this it is surely no more."""
OPENED_AT_ONCE: Final = 60
OPENED_PER_SECOND: Final = 1.0
_LONGEST_CODE: Final = 40
_STATUS: Final = {CodeFault.UNKNOWN: 404, CodeFault.EXPIRED: 410, CodeFault.USED: 410}


class SignIn:
    """`/console/enter`, which alone needs no session, and what an officer does with sessions."""

    def __init__(
        self, parts: ConsoleParts, pages: ConsolePages, visits: Visits, cookie: SessionCookie
    ) -> None:
        self._parts = parts
        self._pages = pages
        self._visits = visits
        self._cookie = cookie
        self._budget = Budget(burst=OPENED_AT_ONCE, per_second=OPENED_PER_SECOND, time=parts.web.time)
        self._closed = Blocklist(seconds=WRONG_PER_ADDRESS_IN.total_seconds(), time=parts.web.time)

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path="/console/sessions", handle=self.sessions),
            Route(method="POST", path="/console/sessions/end", handle=self.end),
            Route(method="POST", path="/console/leave", handle=self.leave),
        ]

    async def open(self, request: web.Request) -> web.Response:
        """The form for the code; with a code in the address, the button that uses it."""
        spend_or_refuse(self._budget, request, self._parts.web.proxies)
        code = request.query.get("c", "").strip()[:_LONGEST_CODE]
        if not code:
            return self._page(request)

        def look(connection: Connection) -> CodeFault | None:
            return self._parts.web.books(connection).find_console_code(code)[1]

        fault = await self._parts.web.database.read(look)
        return self._page(request, code="" if fault else code, fault=fault)

    async def press(self, request: web.Request) -> web.Response:
        """Use the code; the browser gets its session."""
        if not is_own_page(request, self._parts.web.public_url):
            raise BadForm
        spend_or_refuse(self._budget, request, self._parts.web.proxies)
        form, _ = await form_of(request)
        if client_address(request, self._parts.web.proxies) in self._closed:
            return self._page(request, too_often=True)
        code = form.get("code", "").strip()[:_LONGEST_CODE]
        token = self._parts.web.new_token()
        former = await self._visits.of(request, quiet=True)
        opened = await self._use(request, code, token, former)
        if isinstance(opened, CodeFault):
            return await self._wrong(request, opened)
        response = web.Response(status=303, headers={"Location": own_path(form.get("next", ""))})
        self._cookie.give(response, token)
        return response

    async def _use(
        self, request: web.Request, code: str, token: str, former: Visit | None
    ) -> ConsoleSession | CodeFault:
        """Opens the session and tells the officer's chat of it; a former session of this browser ends."""
        web_parts = self._parts.web
        queued: list[Queued] = []
        agent = family(request.headers.get("User-Agent", ""))

        def work(connection: Connection) -> ConsoleSession | CodeFault:
            book = web_parts.books(connection)
            opened = book.open_console(code, token=token, agent=agent)
            if isinstance(opened, CodeFault):
                return opened
            if former is not None:
                book.end_console(former.officer.id, former.session.id)
            officer = book.officer(opened.officer_id)
            if officer is not None:
                turn = self._turn(book, officer, request)
                console_sign_in.tell_signed_in(turn, opened)
                queued[:] = turn.queued
            return opened

        opened = await web_parts.database.transact(work)
        self._parts.wake(queued)
        return opened

    async def _wrong(self, request: web.Request, fault: CodeFault) -> web.Response:
        address = client_address(request, self._parts.web.proxies)

        def count(connection: Connection) -> tuple[bool, bool]:
            book = self._parts.web.books(connection)
            here = book.throttle(f"console {address}", limit=WRONG_PER_ADDRESS, per=WRONG_PER_ADDRESS_IN)
            return here, book.throttle("console", limit=WRONG_OVER_ALL, per=WRONG_OVER_ALL_IN)

        here, over_all = await self._parts.web.database.transact(count)
        if not over_all:
            await asyncio.sleep(SLOWED_SECONDS)
        if not here:
            self._closed.add(address)
            return self._page(request, too_often=True)
        return self._page(request, fault=fault)

    async def open_app(self, request: web.Request) -> web.Response:
        """The page a platform's app shows: it hands on what the app says of its person."""
        spend_or_refuse(self._budget, request, self._parts.web.proxies)
        if self._parts.app_proof is None:
            raise NotHere
        texts = self._parts.web.facts.catalogue.language(page_language(request))
        return self._pages.render(request, "app.html", title=texts.get("console.enter_title"))

    async def press_app(self, request: web.Request) -> web.Response:
        """Sign in whom the app vouches for: the officer linked to that private chat, once for each word of it."""
        if not is_own_page(request, self._parts.web.public_url):
            raise BadForm
        spend_or_refuse(self._budget, request, self._parts.web.proxies)
        if self._parts.app_proof is None:
            raise NotHere
        form, _ = await form_of(request)
        web_parts, token = self._parts.web, self._parts.web.new_token()
        proven = self._parts.app_proof(form.get("data", ""), web_parts.clock.now())
        if proven is None:
            return await self._wrong(request, CodeFault.UNKNOWN)
        agent = family(request.headers.get("User-Agent", ""))
        queued: list[Queued] = []

        def work(connection: Connection) -> ConsoleSession | CodeFault:
            book = web_parts.books(connection)
            if not book.throttle(f"app {proven.mark}", limit=1, per=ONCE):
                return CodeFault.USED
            contact = book.contact(proven.channel, proven.account, proven.chat)
            officer = book.officer_of_contact(contact.id) if contact is not None else None
            if contact is None or contact.is_group or officer is None:
                return CodeFault.UNKNOWN
            opened = book.begin_console(officer.id, contact.id, token=token, agent=agent)
            turn = self._turn(book, officer, request)
            console_sign_in.tell_signed_in(turn, opened)
            queued[:] = turn.queued
            return opened

        opened = await web_parts.database.transact(work)
        if isinstance(opened, CodeFault):
            return await self._wrong(request, opened)
        self._parts.wake(queued)
        response = web.Response(status=303, headers={"Location": "/console"})
        self._cookie.give(response, token)
        return response

    def _turn(self, book: Casebook, officer: OfficerRecord, request: web.Request) -> Turn:
        web_parts = self._parts.web
        return console_turn(
            book,
            web_parts.facts,
            web_parts.clock.now(),
            self._parts.chance,
            officer=officer,
            language=page_language(request),
        )

    def _page(
        self,
        request: web.Request,
        *,
        code: str = "",
        fault: CodeFault | None = None,
        too_often: bool = False,
    ) -> web.Response:
        texts = self._parts.web.facts.catalogue.language(page_language(request))
        problem = texts.get("console.enter_too_often") if too_often else ""
        if fault is not None and not too_often:
            problem = texts.get(f"console.enter_{fault}")
        return self._pages.render(
            request,
            "enter.html",
            status=429 if too_often else _STATUS[fault] if fault is not None else 200,
            title=texts.get("console.enter_title"),
            code=code,
            problem=problem,
            minutes=int(CODE_VALID.total_seconds() // 60),
            next=own_path(request.query.get("next", "")),
        )

    # --- with a session

    async def sessions(self, visit: Visit) -> web.Response:
        """Every browser that is or was signed in as this officer, this one first marked."""
        found = await visit.look(lambda look: look.book.console_sessions_of(visit.officer))
        zone, texts = self._parts.web.facts.agency.zone, visit.texts

        def moment(session: ConsoleSession, name: str) -> str:
            at = getattr(session, name)
            return cards.shown_moment(at.astimezone(zone), texts) if at is not None else ""

        lines = [
            {
                "id": session.id,
                "agent": console_sign_in.agent_shown(session.agent, texts),
                "made": moment(session, "made_at"),
                "seen": moment(session, "seen_at"),
                "ended": moment(session, "ended_at"),
                "here": session.id == visit.session.id,
            }
            for session in found
        ]
        return self._pages.render(
            visit.request,
            "sessions.html",
            visit=visit,
            title=texts.get("console.sessions_title"),
            lines=lines,
            idle=int(IDLE.total_seconds() // 60),
            longest=int(LONGEST.total_seconds() // 3600),
        )

    async def end(self, visit: Visit) -> web.Response:
        """End one session, or all but this one. One that is not this officer's is not here."""
        wanted = visit.form.get("session", "")
        if wanted == "others":
            await visit.act(lambda turn: turn.book.end_console(visit.officer.id, but=visit.session.id))
        elif wanted.isascii() and wanted.isdigit() and len(wanted) < 19:
            ended = await visit.act(lambda turn: turn.book.end_console(visit.officer.id, int(wanted)))
            if not ended:
                raise NotHere
        else:
            raise NotHere
        return web.Response(status=303, headers={"Location": "/console/sessions"})

    async def leave(self, visit: Visit) -> web.Response:
        """Sign out of this browser."""
        await visit.act(lambda turn: turn.book.end_console(visit.officer.id, visit.session.id))
        response = web.Response(status=303, headers={"Location": "/console/enter"})
        self._cookie.take(response)
        return response


def own_path(path: str) -> str:
    """Where to go on after signing in: a page of the console, whatever an address wished."""
    within = path == "/console" or path.startswith(("/console/", "/console?"))
    clean = (
        path.isascii() and path.isprintable() and "\\" not in path and ".." not in path and "//" not in path
    )
    return path if within and clean and not path.startswith("/console/enter") else "/console"
