"""`/kinds`: what each kind of petition is, what to bring, how long it takes, and where else to go."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.web.language import page_language, remember_language
from bot.web.pages import Pages
from bot.web.parts import WebParts
from handlers.public_law import KINDS, law_lines

ADDRESS: Final = "/kinds"


class KindsPage:
    """Words for citizens; limits and articles come from the law as data, authorities from the profile."""

    def __init__(self, parts: WebParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(ADDRESS, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The page, as the law is today."""
        facts, language = self._parts.facts, page_language(request)
        texts = facts.catalogue.language(language)
        today = self._parts.clock.now().astimezone(facts.agency.zone).date()
        response = self._pages.render(
            request,
            "kinds.html",
            heading="kinds_title",
            limits={kind: law_lines(facts.agency.rules, kind, today, texts) for kind in KINDS},
            authorities=[
                {
                    "name": each.name(language),
                    "guidance": (each.guidance_en if language == "en" else "") or each.guidance_vi,
                    "address": each.address(language),
                    "phone": each.phone,
                    "website": each.website,
                }
                for each in facts.agency.outside_authorities
            ],
        )
        remember_language(request, response, secure=self._parts.secure)
        return response
