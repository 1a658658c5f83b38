"""OAuth v4 of an Official Account: permission page, code, token pairs that renew once (reference 1.2)."""

from __future__ import annotations

import base64
import hashlib
import random
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from .clock import Ticks
from .errors import ZaloError
from .model import Incoming, Settings


@dataclass(slots=True)
class Issued:
    """A code or token and how long it is good."""

    expires: float
    spent: bool = False


class OAuth:
    """The grants of one OA to one application."""

    def __init__(self, settings: Settings, clock: Ticks, chance: random.Random) -> None:
        self._settings = settings
        self._clock = clock
        self._random = chance
        self.codes: dict[str, Issued] = {}
        self.access: dict[str, Issued] = {}
        self.refresh: dict[str, Issued] = {}
        self.withdrawn = 0
        """0, or the code that calls get since the grant was withdrawn (-219, -223)."""
        self.refuse_next = 0
        """So many coming renewals are refused though the token is good; it is spent by that."""
        self.renewals = 0

    def new_code(self) -> str:
        code = self._secret(64)
        self.codes[code] = Issued(self._clock.now() + self._settings.code_life)
        return code

    def pair(self) -> dict[str, str]:
        """A fresh token pair, as a grant, a renewal or the console's API Explorer gives it."""
        now = self._clock.now()
        for token in self.access.values():
            token.spent = True
        access, refresh = self._secret(200), self._secret(220)
        self.access[access] = Issued(now + self._settings.access_life)
        self.refresh[refresh] = Issued(now + self._settings.refresh_life)
        self.withdrawn = 0
        return {
            "access_token": access,
            "refresh_token": refresh,
            "expires_in": str(int(self._settings.access_life)),
        }

    def withdraw(self, code: int) -> None:
        """The OA takes its grant back (or the application is removed): no token works any more."""
        self.withdrawn = code
        for token in (*self.codes.values(), *self.refresh.values()):
            token.spent = True

    def check_access(self, token: str) -> int:
        """0, or the code with which this access token is refused on openapi.zalo.me."""
        known = self.access.get(token)
        if known is None:
            return -216
        if self.withdrawn:
            return self.withdrawn
        if known.spent or self._clock.now() >= known.expires:
            return -220
        return 0

    def permission(self, given: Incoming) -> str:
        """Where the permission page leads once the administrator has agreed."""
        query, settings = given.query, self._settings
        if query.get("app_id") != settings.app_id:
            raise ZaloError(-14002)
        callback = query.get("redirect_uri", "")
        if not callback or (settings.callback and callback != settings.callback):
            raise ZaloError(-14003)
        if query.get("code_challenge", "") != settings.challenge:
            raise ZaloError(-14003)
        parts = urlsplit(callback)
        fields = [*parse_qsl(parts.query), ("code", self.new_code()), ("oa_id", settings.oa_id)]
        if state := query.get("state"):
            fields.append(("state", state))
        return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(fields), ""))

    def token(self, given: Incoming) -> dict[str, Any]:
        """The token endpoint: form fields and the `secret_key` header."""
        if not given.readable or given.text("app_id") != self._settings.app_id:
            raise ZaloError(-14002)
        if given.headers.get("secret_key", "") != self._settings.app_secret:
            raise ZaloError(-14004)
        kind = given.text("grant_type")
        if kind == "authorization_code":
            return self._by_code(given)
        if kind == "refresh_token":
            return self._renew(given)
        raise ZaloError(-14018)

    def _by_code(self, given: Incoming) -> dict[str, Any]:
        code = self.codes.get(given.text("code"))
        if code is None or code.spent or self._clock.now() >= code.expires:
            raise ZaloError(-14005)
        digest = hashlib.sha256(given.text("code_verifier").encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != self._settings.challenge:
            raise ZaloError(-14003)
        code.spent = True
        return self.pair()

    def _renew(self, given: Incoming) -> dict[str, Any]:
        token = self.refresh.get(given.text("refresh_token"))
        if token is None or token.spent or self._clock.now() >= token.expires:
            raise ZaloError(-14014)
        if self.refuse_next > 0:
            self.refuse_next -= 1
            token.spent = True
            raise ZaloError(-14014)
        self.renewals += 1
        if self._settings.keep_refresh:
            fresh = self.pair()
            del self.refresh[fresh["refresh_token"]]
            return {name: value for name, value in fresh.items() if name != "refresh_token"}
        token.spent = True
        return dict(self.pair())

    def _secret(self, length: int) -> str:
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"
        return "".join(self._random.choices(alphabet, k=length))
