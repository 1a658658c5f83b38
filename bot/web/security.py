"""What every answer of the web server carries, and who may change something.

The pages load nothing from elsewhere, hold no inline script or style, and cannot be framed. A request that
changes something must come from a page of ours: browsers say so themselves in `Sec-Fetch-Site` or `Origin`.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
_HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not "no-referrer": with that, browsers hide the origin of our own forms as well.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(), microphone=(), payment=(), usb=()",
}
_HSTS: Final = "max-age=31536000"


def security_headers(*, secure: bool) -> Middleware:
    """Puts the headers on every answer, also on faults; `secure`: people reach the service over https."""

    def dress(response: web.StreamResponse) -> None:
        for name, value in _HEADERS.items():
            response.headers.setdefault(name, value)
        response.headers.setdefault("Cache-Control", "no-store")
        if secure:
            response.headers.setdefault("Strict-Transport-Security", _HSTS)
        response.headers["Server"] = "tiepdan"

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            response = await handler(request)
        except web.HTTPException as answer:
            dress(answer)
            raise
        if not response.prepared:
            dress(response)
        return response

    return middleware


def dress_stream(response: web.StreamResponse) -> None:
    """The same headers for an answer that is sent while its handler runs."""
    response.headers.update(_HEADERS)


def is_own_page(request: web.Request, public_url: str) -> bool:
    """Whether a request that changes something was made by our own page.

    Every browser of today says so in `Sec-Fetch-Site`, older ones in `Origin`. Neither: it is no browser, so
    no visitor's cookie was sent along without the sender knowing it.
    """
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site == "same-origin"
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    public = urlsplit(public_url)
    return origin == f"{public.scheme}://{public.netloc}" or urlsplit(origin).netloc == request.host


def set_private_cookie(
    response: web.StreamResponse, name: str, value: str, *, max_age: int, secure: bool, samesite: str
) -> None:
    """A cookie that no script reads; `max_age` in seconds, 0 lets the browser forget it."""
    response.set_cookie(
        name, value, max_age=max_age, path="/", secure=secure, httponly=True, samesite=samesite
    )


def keep_from_others(response: web.Response, *, referrer: str) -> None:
    """A page behind a secret address: search engines leave it out, and links from it tell `referrer` at most."""
    response.headers["Referrer-Policy"] = referrer
    response.headers["X-Robots-Tag"] = "noindex"
