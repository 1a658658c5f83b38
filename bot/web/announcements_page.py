"""`/announcements`: what the office announces."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.web.language import page_language, remember_language
from bot.web.pages import Pages
from bot.web.parts import WebParts
from handlers.announcements import words_of

ADDRESS: Final = "/announcements"
SHOWN: Final = 30


class AnnouncementsPage:
    """Published announcements, the newest first."""

    def __init__(self, parts: WebParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(ADDRESS, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The page; their words are text, never markup."""
        texts = self._parts.facts.catalogue.language(page_language(request))
        zone = self._parts.facts.agency.zone
        found = await self._parts.database.read(
            lambda connection: self._parts.books(connection).announcements(published=True, most=SHOWN)
        )
        shown = [
            {"title": title, "text": text, "day": f"{one.published_at.astimezone(zone):%d/%m/%Y}"}
            for one in found
            if one.published_at is not None
            for title, text in (words_of(one, texts),)
        ]
        response = self._pages.render(
            request, "announcements.html", heading="announcements_title", announcements=shown
        )
        remember_language(request, response, secure=self._parts.secure)
        return response
