"""OAuth v4 on the wire: PKCE, the permission link, and the endpoint that gives token pairs (D-AUTH, PHP-SDK).

Says of each failure what whoever renews must know: surely not sent, perhaps carried out, refused with a number. No
exception carries a token or an address.
"""

from __future__ import annotations

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiohttp

from bot.channels.zalo_oa.options import CALLBACK, OaOptions
from bot.channels.zalo_oa.proof import appsecret_proof
from bot.channels.zalo_oa.reading import answer_object, error_number

ACCESS_LIFE: Final = timedelta(hours=25)
"""Of an access token where the answer does not say (D-AUTH)."""
REFRESH_LIFE: Final = timedelta(days=90)
"""Of a refresh token: three months (D-AUTH)."""
VERIFIER_BYTES: Final = 32
"""Random bytes of a verifier; as base64url they are 43 letters (PKCEUtil)."""
ANSWER_SECONDS: Final = 30.0
CONNECT_SECONDS: Final = 5.0
_MAX_ANSWER: Final = 64 * 1024
_PERMISSION: Final = "/oa/permission"
_SHORTEST_LIFE, _LONGEST_LIFE = 60, 366 * 24 * 3600

SPENT: Final = -14014
"""The refresh token is invalid, expired or was used already."""
CODE_BAD: Final = -14005
CHALLENGE_DIFFERS: Final = -14003
CONFIGURATION: Final[Mapping[int, str]] = {
    -14002: "application id unknown or inactive",
    CHALLENGE_DIFFERS: "callback or challenge differs from the console",
    -14004: "application secret wrong",
}
"""Refusals that only the settings or the console can mend."""


class NotSent(Exception):
    """The request surely never reached the server."""


class AnswerLost(Exception):
    """The request left, but no usable answer came: it may have been carried out."""


class OAuthRefused(Exception):
    """The server said no, with a number; nothing was done."""

    def __init__(self, code: int) -> None:
        super().__init__(f"oauth {code}")
        self.code = code


@dataclass(frozen=True, slots=True)
class TokenPair:
    """What the endpoint gives. `refresh` is empty where the answer lacks it."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life: timedelta = ACCESS_LIFE


def verifier_of(random: bytes) -> str:
    """The verifier made of `VERIFIER_BYTES` random bytes: 43 letters."""
    return _base64url(random)


def challenge_of(verifier: str) -> str:
    """What stands in the console for this verifier: base64url of its SHA-256, without padding."""
    return _base64url(hashlib.sha256(verifier.encode()).digest())


def callback_url(options: OaOptions) -> str:
    """Where Zalo sends the administrator back to."""
    return options.public_url + CALLBACK


def permission_link(options: OaOptions, challenge: str, state: str) -> str:
    """The page on which an administrator of the account agrees."""
    query = {
        "app_id": options.app_id,
        "redirect_uri": callback_url(options),
        "code_challenge": challenge,
        "state": state,
    }
    return f"{options.oauth_url}{_PERMISSION}?{urlencode(query)}"


class WrongLink(Exception):
    """The link that the console showed is not one of ours; the message says what to mend there."""


def completed_link(options: OaOptions, challenge: str, link: str, state: str) -> str:
    """The console's permission link with our state. Raises WrongLink."""
    parts = urlsplit(link.strip())
    wanted = urlsplit(f"{options.oauth_url}{_PERMISSION}")
    if (parts.netloc, parts.path.rstrip("/")) != (wanted.netloc, wanted.path):
        raise WrongLink(
            f"This is not Zalo's permission link: it begins with {options.oauth_url}{_PERMISSION}."
        )
    query = dict(parse_qsl(parts.query))
    for name, right, words in (
        ("app_id", options.app_id, "is of another application (TIEPDAN_ZALO_OA_APP_ID)"),
        ("redirect_uri", callback_url(options), "has another callback URL"),
        ("code_challenge", challenge, "has another code challenge"),
    ):
        if query.setdefault(name, right) != right:
            raise WrongLink(
                f"The link {words}. Put {right} into Zalo's console, save, and copy the link anew."
            )
    query["state"] = state
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


class OAuthClient:
    """The token endpoint of one application. Holds nothing open between calls, which are a day apart."""

    def __init__(self, options: OaOptions, *, seconds: float = ANSWER_SECONDS) -> None:
        self._options = options
        self._seconds = seconds

    async def exchange(self, code: str, verifier: str) -> TokenPair:
        """A pair for the code of an authorisation. Raises NotSent, AnswerLost, OAuthRefused."""
        return await self._ask(
            {"code": code, "grant_type": "authorization_code", "code_verifier": verifier}, needs_refresh=True
        )

    async def renew(self, refresh: str) -> TokenPair:
        """The next pair; uses `refresh` up. Raises NotSent, AnswerLost, OAuthRefused."""
        return await self._ask({"refresh_token": refresh, "grant_type": "refresh_token"}, needs_refresh=False)

    async def _ask(self, fields: dict[str, str], *, needs_refresh: bool) -> TokenPair:
        url = f"{self._options.oauth_url}/oa/access_token"
        answer = await _exchange(
            "POST",
            url,
            seconds=self._seconds,
            headers={"secret_key": self._options.app_secret},
            data={"app_id": self._options.app_id, **fields},
        )
        code = error_number(answer)
        if code:
            raise OAuthRefused(code)
        pair = TokenPair(_word(answer, "access_token"), _word(answer, "refresh_token"), _life(answer))
        if not pair.access or (needs_refresh and not pair.refresh):
            raise AnswerLost("answer without tokens")
        return pair


@dataclass(frozen=True, slots=True)
class Profile:
    """What the API says of the account behind a token. `error` 0: all is well."""

    error: int
    oa_id: str = ""
    name: str = ""


async def profile_of(options: OaOptions, access: str, *, seconds: float = 10.0) -> Profile:
    """Ask whose token this is (`/v2.0/oa/getoa`). Raises NotSent, AnswerLost."""
    headers = {"access_token": access}
    if options.proof:
        headers["appsecret_proof"] = appsecret_proof(access, options.app_secret)
    answer = await _exchange("GET", f"{options.api_url}/v2.0/oa/getoa", seconds=seconds, headers=headers)
    code = error_number(answer)
    if code:
        return Profile(code)
    data = answer.get("data")
    if code is None or not isinstance(data, dict):
        raise AnswerLost("answer without a result")
    return Profile(0, str(data.get("oa_id") or data.get("oaid") or ""), _word(data, "name"))


async def _exchange(
    method: str,
    url: str,
    *,
    seconds: float,
    headers: Mapping[str, str],
    data: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """The JSON object in the answer. Raises NotSent, AnswerLost."""
    limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
    try:
        async with (
            aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar(), timeout=limits) as session,
            session.request(method, url, headers=headers, data=data, allow_redirects=False) as response,
        ):
            status, payload = response.status, await response.content.read(_MAX_ANSWER)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        fault = _transport_fault(error)
    else:
        answer = answer_object(payload)
        if answer is not None and (status < 300 or error_number(answer)):
            return answer
        if status == 429 or 300 <= status < 400 or status in {401, 403, 404, 413}:
            fault = NotSent(f"refused on the way, status {status}")  # a proxy spoke: Zalo itself answers 200
        else:
            fault = AnswerLost(f"unreadable answer, status {status}")
    raise fault  # outside the handler: the original holds what was sent


def _transport_fault(error: Exception) -> NotSent | AnswerLost:
    unreached = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(error, unreached):
        return NotSent("not connected")
    return AnswerLost("no answer in time" if isinstance(error, TimeoutError) else "connection lost")


def _word(answer: Mapping[str, Any], name: str) -> str:
    found = answer.get(name)
    return found if isinstance(found, str) else ""


def _life(answer: Mapping[str, Any]) -> timedelta:
    """`expires_in` comes as text of seconds; what cannot be read means the documented 25 hours."""
    given = answer.get("expires_in")
    if isinstance(given, str) and given.strip().isdecimal() and len(given) < 12:
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int | float):
        return ACCESS_LIFE
    if not _SHORTEST_LIFE <= given <= _LONGEST_LIFE:
        return ACCESS_LIFE
    return timedelta(seconds=given)


def _base64url(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()
