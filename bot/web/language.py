"""In which language a page is shown: chosen on the page, else what the browser asks for, else Vietnamese."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from handlers.texts import DEFAULT_LANGUAGE, LANGUAGES

COOKIE: Final = "tiepdan_language"
_KEPT_SECONDS: Final = 400 * 24 * 3600


def page_language(request: web.Request) -> str:
    """The language of this request's answer."""
    for chosen in (request.query.get("lang", ""), request.cookies.get(COOKIE, "")):
        if chosen in LANGUAGES:
            return chosen
    wanted = [
        part.partition(";")[0].strip().lower()[:2]
        for part in request.headers.get("Accept-Language", "").split(",")
    ]
    if DEFAULT_LANGUAGE in wanted:
        # Many phones here are set to English and name Vietnamese second: their owners read Vietnamese.
        return DEFAULT_LANGUAGE
    return next((code for code in wanted if code in LANGUAGES), DEFAULT_LANGUAGE)


def remember_language(request: web.Request, response: web.StreamResponse, *, secure: bool) -> None:
    """Keep a choice made by the link in the page's corner."""
    chosen = request.query.get("lang", "")
    if chosen in LANGUAGES:
        response.set_cookie(
            COOKIE, chosen, max_age=_KEPT_SECONDS, path="/", secure=secure, httponly=True, samesite="Lax"
        )
