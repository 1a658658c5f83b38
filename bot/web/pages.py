"""Pages made on the server: a template, the texts of one language, and the headers that go with them."""

from __future__ import annotations

from typing import Any, Final

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from bot.web.assets import Assets
from bot.web.language import page_language
from bot.web.parts import WebParts
from handlers.texts import LANGUAGES, Texts

LANGUAGE_NAMES: Final = {"vi": "Tiếng Việt", "en": "English"}
MENU: Final = (
    ("/", "web.nav_chat"),
    ("/status", "web.nav_status"),
    ("/reception", "public.nav_reception"),
    ("/kinds", "public.nav_kinds"),
    ("/announcements", "public.nav_announcements"),
    ("/statistics", "public.nav_statistics"),
    ("/privacy", "web.nav_privacy"),
)
"""Every page for citizens: address and the key of its name."""
MOST_USED: Final = 2
"""So many of them are always in sight; on a phone the others are behind one word."""


class Pages:
    """Renders templates of `bot/web/templates`; everything put into them is escaped."""

    def __init__(self, parts: WebParts, assets: Assets) -> None:
        self._parts = parts
        self._assets = assets
        self._environment = Environment(
            loader=PackageLoader("bot.web", "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters["paragraphs"] = paragraphs

    def render(
        self,
        request: web.Request,
        template: str,
        *,
        status: int = 200,
        title: str = "",
        heading: str = "",
        **values: Any,
    ) -> web.Response:
        """The page `template`; `title` is the key of its title in the area `web`, `heading` one in the area
        `public`."""
        language = page_language(request)
        texts = self._parts.facts.catalogue.language(language)
        agency = self._parts.facts.agency
        html = self._environment.get_template(template).render(
            t=_short(texts, "web"),
            p=_short(texts, "public"),
            has=texts.__contains__,
            menu=[(where, texts.get(key)) for where, key in MENU],
            most_used=MOST_USED,
            language=language,
            other_languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES if code != language],
            agency=agency.name(language),
            office=agency.office,
            emergency=agency.emergency,
            asset=self._assets.url,
            path=request.path,
            title=texts.get(f"web.{title}") if title else texts.get(f"public.{heading}") if heading else "",
            **values,
        )
        return web.Response(text=html, status=status, content_type="text/html", charset="utf-8")


def _short(texts: Texts, area: str) -> Any:
    def get(key: str, **params: object) -> str:
        return texts.get(f"{area}.{key}", **params)

    return get


def paragraphs(text: str) -> Markup:
    """Plain text as paragraphs, with line breaks; nothing in it is markup."""
    blocks = [block.strip() for block in text.split("\n\n") if block.strip()]
    lines = (Markup("<br>").join(escape(line) for line in block.split("\n")) for block in blocks)
    return Markup("").join(Markup("<p>{}</p>").format(line) for line in lines)


PAGES: Final = web.AppKey("pages", Pages)
"""Where routes of other rooms find the pages of the application they are served in."""
