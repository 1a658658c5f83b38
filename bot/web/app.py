"""The web server: the chat page and its API, look-up, privacy notice, and what machines look at."""

from __future__ import annotations

import json

from aiohttp import web

from bot.channels.webchat.api import LONGEST_JSON, ChatApi
from bot.channels.webchat.uploads import Uploads
from bot.channels.webchat.visitor import VisitorCookie
from bot.web.announcements_page import AnnouncementsPage
from bot.web.assets import Assets
from bot.web.continue_page import ContinuePage
from bot.web.faults import friendly_faults
from bot.web.file_page import FilePage
from bot.web.kinds_page import KindsPage
from bot.web.language import page_language, remember_language
from bot.web.pages import PAGES, Pages
from bot.web.parts import WebParts
from bot.web.reception_page import ReceptionPage
from bot.web.security import security_headers
from bot.web.statistics_page import StatisticsPage
from bot.web.status import StatusPage
from bot.web.watch import Watch, access_log
from handlers.public_law import law_lines

__all__ = ["WebParts", "build_app"]

_BROWSER_WORDS = ".".join(("web", "chat_"))
"""How the keys begin whose texts the chat page needs in the browser."""
_NOT_FOR_ROBOTS = ("/chat/", "/status", "/reception/", "/continue", "/files/", "/webhooks/", "/console")
_ROBOTS = "User-agent: *\n" + "".join(f"Disallow: {path}\n" for path in _NOT_FOR_ROBOTS)


def build_app(parts: WebParts) -> web.Application:
    """All routes of the service. Opens nothing; the web chat is started by whoever started `parts.chat`."""
    assets = Assets()
    pages = Pages(parts, assets)
    watch = Watch(parts)
    cookie = VisitorCookie(secure=parts.secure, new_token=parts.new_token)
    app = web.Application(
        client_max_size=LONGEST_JSON,
        middlewares=[
            access_log(watch, parts.time),
            security_headers(secure=parts.secure),
            friendly_faults(pages, parts.facts.catalogue),
        ],
    )
    app[PAGES] = pages
    api = ChatApi(
        parts.chat,
        receive=parts.receiver,
        cookie=cookie,
        catalogue=parts.facts.catalogue,
        public_url=parts.public_url,
        time=parts.time,
        proxies=parts.proxies,
    )
    api.add_routes(app)
    Uploads(api).add_routes(app)
    watch.add_routes(app)
    StatusPage(parts, pages, cookie).add_routes(app)
    ContinuePage(parts, pages, cookie).add_routes(app)
    FilePage(parts, pages).add_routes(app)
    KindsPage(parts, pages).add_routes(app)
    StatisticsPage(parts, pages).add_routes(app)
    AnnouncementsPage(parts, pages).add_routes(app)
    ReceptionPage(parts, pages, cookie).add_routes(app)
    _OpenPages(parts, pages, cookie).add_routes(app)
    app.router.add_get("/static/{version}/{name}", assets.serve)
    app.router.add_routes(list(parts.routes))

    async def end_streams(_: web.Application) -> None:
        parts.chat.hub.close()

    app.on_shutdown.append(end_streams)
    return app


class _OpenPages:
    """The pages anybody may read."""

    def __init__(self, parts: WebParts, pages: Pages, cookie: VisitorCookie) -> None:
        self._parts = parts
        self._pages = pages
        self._cookie = cookie

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/", self.home)
        app.router.add_get("/privacy", self.privacy)
        app.router.add_get("/robots.txt", self.robots)

    async def home(self, request: web.Request) -> web.Response:
        """The chat page; here the visitor gets the cookie."""
        texts = self._parts.facts.catalogue.language(page_language(request))
        words = {
            key.removeprefix(_BROWSER_WORDS): texts.get(key)
            for key in sorted(texts.keys())
            if key.startswith(_BROWSER_WORDS)
        }
        response = self._pages.render(
            request,
            "home.html",
            words=json.dumps(words, ensure_ascii=False),
            zone=self._parts.facts.agency.timezone,
            max_bytes=self._parts.chat.capabilities.max_upload,
        )
        self._cookie.give(request, response)
        remember_language(request, response, secure=self._parts.secure)
        return response

    async def privacy(self, request: web.Request) -> web.Response:
        """What is collected, why, who sees it, how long, and one's rights."""
        facts = self._parts.facts
        texts = facts.catalogue.language(page_language(request))
        today = self._parts.clock.now().astimezone(facts.agency.zone).date()
        rights = law_lines(facts.agency.rules, "privacy", today, texts)
        response = self._pages.render(request, "privacy.html", title="privacy_title", rights=rights)
        remember_language(request, response, secure=self._parts.secure)
        return response

    async def robots(self, _request: web.Request) -> web.Response:
        """Search engines are welcome on the front page only."""
        return web.Response(text=_ROBOTS)
