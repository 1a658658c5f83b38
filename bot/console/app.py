"""All routes of the console and the one guard before them.

Without a session every address of the console leads to the sign-in, also one that does not exist. With one, what is
absent and what is not this officer's are answered alike. A POST must come from a form of this very session.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final
from urllib.parse import quote

from aiohttp import web

from bot.console.announcements import AnnouncementPages
from bot.console.attach import AttachFiles
from bot.console.board import BoardPage
from bot.console.calendar import CalendarPage
from bot.console.case import CasePage
from bot.console.denials import Denials
from bot.console.drafts import CaseDrafts
from bot.console.entry import EntryPage
from bot.console.files import CaseFiles
from bot.console.find import FindPage
from bot.console.lists import ListDeeds
from bot.console.office import OfficePages
from bot.console.overview import OverviewPage
from bot.console.pages import STATIC, ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.reception import ReceptionPages
from bot.console.report_files import ReportFiles
from bot.console.reports import ReportPages
from bot.console.sign_in import SignIn
from bot.console.units import UnitsPage
from bot.console.visits import BadForm, NotHere, Route, SessionCookie, Visit, Visits, form_of, is_proven
from bot.reports.maker import ReportMaker
from bot.web.security import is_own_page

log = logging.getLogger(__name__)

ENTER: Final = "/console/enter"
APP: Final = "/console/app"
_EVERYTHING: Final = "/console/{rest:.*}"


class Console:
    """The console of one web server."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        self._cookie = SessionCookie(secure=parts.web.secure)
        self._pages = ConsolePages(parts)
        self._visits = Visits(parts, self._cookie)
        self._denials = Denials()
        self.reports = ReportMaker(parts.web, parts.store)
        self._sign_in = SignIn(parts, self._pages, self._visits, self._cookie)
        self.overview = OverviewPage(parts, self._pages)
        self.routes: tuple[Route, ...] = (
            *self._sign_in.routes(),
            *BoardPage(parts, self._pages).routes(),
            *ListDeeds(self._pages).routes(),
            *FindPage(self._pages).routes(),
            *EntryPage(parts, self._pages).routes(),
            *self.overview.routes(),
            *OfficePages(self._pages).routes(),
            *ReceptionPages(self._pages).routes(),
            *AnnouncementPages(self._pages).routes(),
            *UnitsPage(self._pages).routes(),
            *CalendarPage(parts, self._pages).routes(),
            *ReportPages(self._pages, self.reports).routes(),
            *ReportFiles(self._pages, parts.store).routes(),
            *CasePage(self._pages, self._denials).routes(),
            *CaseFiles(parts, self._denials).routes(),
            *CaseDrafts(parts, self._pages, self._denials).routes(),
            *AttachFiles(parts, self._pages, self._denials).routes(),
        )

    def add_routes(self, app: web.Application) -> None:
        """The sign-in, the console's own files, every guarded route, and an answer to all other addresses."""
        app.router.add_get(f"{STATIC}/{{version}}/{{name}}", self._pages.assets.serve)
        app.router.add_get(ENTER, self._unguarded(self._sign_in.open))
        app.router.add_post(ENTER, self._unguarded(self._sign_in.press))
        app.router.add_get(APP, self._unguarded(self._sign_in.open_app))
        app.router.add_post(APP, self._unguarded(self._sign_in.press_app))
        for route in self.routes:
            app.router.add_route(route.method, route.path, self._guarded(route))
        app.on_shutdown.append(self._denials.finish)
        app.on_shutdown.append(self.reports.finish)
        nowhere = self._guarded(Route(method="*", path=_EVERYTHING, handle=_nowhere, quiet=True))
        app.router.add_route("*", _EVERYTHING, nowhere)

    def _unguarded(
        self, handle: Callable[[web.Request], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                return await handle(request)
            except NotHere:
                return self._pages.problem(request, "absent", status=404, visit=None)
            except BadForm:
                return self._pages.problem(request, "form", status=403, visit=None)

        return answer

    def _guarded(self, route: Route) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
        async def answer(request: web.Request) -> web.StreamResponse:
            visit = await self._visits.of(request, quiet=route.quiet)
            if visit is None:
                return self._to_sign_in(request)
            try:
                if request.method not in ("GET", "HEAD"):
                    visit = await self._with_form(visit, streams=route.streams)
                return await route.handle(visit)
            except NotHere:
                return self._pages.problem(request, "absent", status=404, visit=visit)
            except BadForm:
                log.warning("console_form_refused", extra={"route": route.path})
                return self._pages.problem(request, "form", status=403, visit=visit)

        return answer

    async def _with_form(self, visit: Visit, *, streams: bool) -> Visit:
        """The visit with what its form says. Raises BadForm for a form of another page or session."""
        if not is_own_page(visit.request, self._parts.web.public_url):
            raise BadForm
        if streams:
            return visit
        form, picks = await form_of(visit.request)
        if not is_proven(visit.proof, form):
            raise BadForm
        return replace(visit, form=form, picks=picks)

    def _to_sign_in(self, request: web.Request) -> web.StreamResponse:
        target = f"{ENTER}?next={quote(request.path_qs, safe='')}" if request.method == "GET" else ENTER
        if request.headers.get("HX-Request") == "true":
            return web.Response(status=401, headers={"HX-Redirect": ENTER})
        if request.method == "GET" and request.headers.get("Sec-Fetch-Site") == "cross-site":
            # The cookie is not sent along from a link in another site or app: asked again from here, it is.
            return self._pages.render(request, "again.html", title="", target=request.path_qs)
        return web.Response(status=303, headers={"Location": target})


async def _nowhere(_visit: Visit) -> web.StreamResponse:
    raise NotHere


def add_console(app: web.Application, parts: ConsoleParts) -> Console:
    """Serve the console in `app`."""
    console = Console(parts)
    console.add_routes(app)
    return console
