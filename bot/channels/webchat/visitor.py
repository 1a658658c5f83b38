"""Who a visitor is: a random token in a cookie, and nothing else.

The chat's id is a hash of the token. Whoever reads the database learns ids, not tokens, and can impersonate
nobody. There is no account and nothing is stored before the first message.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from aiohttp import web

from bot.web.security import set_private_cookie

TOKEN_BYTES: Final = 32
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NAME: Final = "tiepdan"
_KEPT_SECONDS: Final = 400 * 24 * 3600
"""The longest that browsers keep a cookie."""

NewToken = Callable[[], str]
"""Makes an unguessable token, such as `secrets.token_urlsafe(32)`."""


@dataclass(frozen=True, slots=True)
class VisitorCookie:
    """The visitor's cookie. `secure`: people reach the service over https.

    SameSite is Lax: a link from a message or an e-mail must find the visitor's own chat (Strict would hide
    the cookie then, and a new one would take its place); requests that change something check their origin.
    """

    secure: bool
    new_token: NewToken

    @property
    def name(self) -> str:
        return f"__Host-{_NAME}" if self.secure else _NAME

    def chat(self, request: web.Request) -> str | None:
        """The chat of the visitor; None without a (good) cookie."""
        token = request.cookies.get(self.name, "")
        if not _TOKEN.fullmatch(token):
            return None
        return hashlib.sha256(f"web chat {token}".encode()).hexdigest()

    def give(self, request: web.Request, response: web.StreamResponse) -> None:
        """Make sure that the browser has a cookie, and that it stays for another year."""
        token = request.cookies.get(self.name, "")
        self._set(response, token if _TOKEN.fullmatch(token) else self.new_token(), _KEPT_SECONDS)

    def take(self, response: web.StreamResponse) -> None:
        """Leave this device: the browser forgets the chat."""
        self._set(response, "", 0)

    def _set(self, response: web.StreamResponse, value: str, max_age: int) -> None:
        set_private_cookie(response, self.name, value, max_age=max_age, secure=self.secure, samesite="Lax")
