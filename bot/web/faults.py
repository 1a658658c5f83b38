"""Pages for what goes wrong: friendly, in the visitor's language, without a word about the inside."""

from __future__ import annotations

import logging
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from bot.web.language import page_language
from bot.web.pages import Pages
from handlers.texts import Catalogue
from storage.database import Unavailable

log = logging.getLogger(__name__)

_OWN_WORDS: Final = frozenset({400, 401, 403, 404, 405, 413, 415, 429, 500, 503})
_MACHINES: Final = (
    "/chat/",
    "/webhooks/",
    "/oauth/",
    "/api/",
    "/healthz",
    "/readyz",
    "/metrics",
    "/static/",
    "/console/static/",
)


def friendly_faults(pages: Pages, catalogue: Catalogue) -> Middleware:
    """Answers every fault with a page, or with JSON where a program asked."""

    def answer(request: web.Request, status: int) -> web.Response:
        kind = status if status in _OWN_WORDS else (500 if status >= 500 else 400)
        if request.path.startswith(_MACHINES):
            text = catalogue.language(page_language(request)).get(f"web.error_{kind}_title")
            return web.json_response({"error": str(status), "text": text}, status=status)
        return pages.render(request, "error.html", status=status, title=f"error_{kind}_title", kind=kind)

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException as fault:
            if fault.status < 400 or fault.content_type == "application/json":
                raise
            response = answer(request, fault.status)
            for name in ("Allow", "Retry-After"):
                if name in fault.headers:
                    response.headers[name] = fault.headers[name]
            return response
        except Unavailable:
            log.warning("web_database_unavailable")
            response = answer(request, 503)
            response.headers["Retry-After"] = "5"
            return response
        except Exception:  # the edge of the web server: one request fails, the others go on
            log.exception("web_request_failed", extra={"route": route_name(request)})
            return answer(request, 500)

    return middleware


def route_name(request: web.Request) -> str:
    """The route's pattern, never the address as typed (which may hold a code)."""
    resource = request.match_info.route.resource
    return resource.canonical if resource is not None else "-"
