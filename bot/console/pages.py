"""The console's pages: a template, the texts of one language, and what stands on every page of an officer."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web
from jinja2 import Environment, PackageLoader, StrictUndefined

from bot.console.parts import ConsoleParts
from bot.console.visits import PROOF, Visit
from bot.web.assets import Assets
from bot.web.language import page_language, remember_language
from bot.web.pages import LANGUAGE_NAMES, paragraphs
from bot.web.security import keep_from_others
from handlers.console_office import may_look
from handlers.console_overview import may_look as has_overview
from handlers.console_reception import may_keep, may_receive
from handlers.console_reports import has_reports
from handlers.officers.access import unit_name
from handlers.officers.cards import officer_name
from handlers.texts import LANGUAGES
from petitions.agency import Agency

STATIC: Final = "/console/static"
_DAY_LENGTH: Final = 10
_REFERRER: Final = "same-origin"
_HTMX: Final = (
    '{"allowEval":false,"includeIndicatorStyles":false,"historyCacheSize":0,"selfRequestsOnly":true,'
    '"responseHandling":[{"code":"204","swap":false},{"code":"[23]..","swap":true},{"code":"...","swap":false}]}'
)
"""No code from strings, no style of its own, no pages kept in the browser's storage."""


def _rooms(visit: Visit | None, agency: Agency) -> list[tuple[str, str]]:
    """The parts of the console this officer has: key and address."""
    rooms = [("board", "/console"), ("find", "/console/find"), ("entry", "/console/entry")]
    if visit is not None and has_overview(visit.officer):
        rooms.insert(1, ("overview", "/console/overview"))
    if visit is not None and may_keep(agency, visit.officer):
        receives = may_receive(agency, visit.officer)
        rooms.append(("reception", "/console/reception" if receives else "/console/reception/schedule"))
    if visit is not None and has_reports(agency, visit.officer):
        rooms.append(("reports", "/console/reports"))
    if visit is not None and may_look(visit.officer):
        rooms.append(("office", "/console/office"))
    return rooms


def _day_first(words: str) -> str:
    """A day as a form holds it, as people write it here; anything else as it is."""
    try:
        return f"{date.fromisoformat(words):%d/%m/%Y}" if len(words) == _DAY_LENGTH else words
    except ValueError:
        return words


@cache
def _environment() -> Environment:
    """The templates, compiled once in a process."""
    environment = Environment(
        loader=PackageLoader("bot.console", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["paragraphs"] = paragraphs
    environment.filters["day"] = _day_first
    environment.globals["proof_name"] = PROOF
    return environment


class ConsolePages:
    """Renders templates of `bot/console/templates`; everything put into them is escaped."""

    def __init__(self, parts: ConsoleParts) -> None:
        self._parts = parts
        self.assets = Assets("bot.console", STATIC)
        self._environment = _environment()

    def render(
        self,
        request: web.Request,
        template: str,
        *,
        visit: Visit | None = None,
        status: int = 200,
        title: str = "",
        **values: Any,
    ) -> web.Response:
        """The page, or the part of one, in the language of the request. `title` is ready to be read."""
        language = page_language(request)
        texts = self._parts.web.facts.catalogue.language(language)
        agency = self._parts.web.facts.agency
        keep = [(name, value) for name, value in request.query.items() if name != "lang"]
        html = self._environment.get_template(template).render(
            t=texts.get,
            has_text=texts.__contains__,
            language=language,
            other_languages=[(code, LANGUAGE_NAMES[code]) for code in LANGUAGES if code != language],
            keep=f"{urlencode(keep)}&" if keep and request.method == "GET" else "",
            agency=agency.name(language),
            asset=self.assets.url,
            htmx=_HTMX,
            path=request.path,
            title=title,
            visit=visit,
            me=officer_name(visit.officer, texts) if visit is not None else "",
            my_unit=unit_name(agency, visit.officer.unit, language) if visit is not None else "",
            proof=visit.proof if visit is not None else "",
            rooms=_rooms(visit, agency),
            **values,
        )
        response = web.Response(text=html, status=status, content_type="text/html", charset="utf-8")
        keep_from_others(response, referrer=_REFERRER)
        remember_language(request, response, secure=self._parts.web.secure)
        return response

    def problem(self, request: web.Request, kind: str, *, status: int, visit: Visit | None) -> web.Response:
        """A page for what cannot be shown or done; the same words for what is absent and what is forbidden."""
        texts = self._parts.web.facts.catalogue.language(page_language(request))
        return self.render(
            request,
            "problem.html",
            visit=visit,
            status=status,
            title=texts.get(f"console.problem_{kind}_title"),
            words=texts.get(f"console.problem_{kind}"),
        )
