"""OpenAPI v3 on aiohttp: bare `access_token` header, HTTP 200 with `error`, one renewal of a refused token.

Says of each failure what a sender must know: surely not sent (Again), perhaps carried out (Uncertain), refused
with a number (`errors.Refused`). No exception and no log line carries an address, a token or what was sent.
"""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Mapping
from typing import Any, Final

import aiohttp

from bot.channels.base import Again, Never, Refusal, SendFault, Uncertain
from bot.channels.zalo_oa.budget import BACKGROUND, MinuteBudget
from bot.channels.zalo_oa.errors import Host, Refused, Remedy, is_known
from bot.channels.zalo_oa.options import AccessTokens, OaOptions
from bot.channels.zalo_oa.proof import appsecret_proof
from bot.channels.zalo_oa.reading import answer_object, error_number

log = logging.getLogger(__name__)

CONNECT_SECONDS: Final = 5.0
ANSWER_SECONDS: Final = 20.0
UPLOAD_SECONDS: Final = 40.0
MAX_ANSWER: Final = 4 * 1024 * 1024
"""Bytes; ten messages of a conversation stay far below."""
POOL: Final = 20
TOKEN_HEADER: Final = "access_token"  # noqa: S105 - its name
PROOF_HEADER: Final = "appsecret_proof"
"""RECALLED that it is a header as the token is; the SDK only computes the value."""
REMAIN: Final = "X-RateLimit-Remain"
MINUTE: Final = 60.0
JITTER: Final = 5.0

Count = Callable[[str], None]
"""Counts an occurrence by name, for `doctor` and the metrics."""


class OaClient:
    """Calls for one account. Every request, also a repeated one, is taken from `budget` first.

    `time`: monotonic seconds. `chance`: 0 to 1, spreads retries. Methods give the answer's `data`.
    """

    def __init__(
        self,
        options: OaOptions,
        tokens: AccessTokens,
        *,
        budget: MinuteBudget,
        time: Callable[[], float],
        chance: Callable[[], float],
        count: Count,
    ) -> None:
        self._options = options
        self._tokens = tokens
        self._budget = budget
        self._time = time
        self._chance = chance
        self._count = count
        self._session: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        """Make the connection pool."""
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                # Idle connections are given up early: a request written into one that the server is closing
                # could not be told from a lost answer.
                connector=aiohttp.TCPConnector(limit=POOL, keepalive_timeout=30),
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None),
            )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def get(self, path: str, data: Mapping[str, Any] | None = None, *, background: bool = False) -> Any:
        """Read something; `data` goes as one JSON parameter. `background`: leave the budget to who waits.

        Raises Again, Never, Stop, Refused.
        """
        query = {} if data is None else {"data": _json(data)}
        priority = BACKGROUND if background else 0
        try:
            return await self._call("GET", Host.API, path, params=query, priority=priority)
        except Uncertain as fault:
            raise Again(fault.reason) from None

    async def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Raises Again, Uncertain, Never, Stop, Refused."""
        return await self._call("POST", Host.API, path, body=body)

    async def business_post(self, path: str, body: Mapping[str, Any]) -> Any:
        """As `post`, on the host of templates by phone number."""
        return await self._call("POST", Host.BUSINESS, path, body=body)

    async def upload(self, path: str, name: str, mime: str, data: bytes) -> Any:
        """Upload a file; nobody sees it yet, so a lost answer only means again. Raises Again, Never, Stop,
        Refused."""
        try:
            return await self._call("POST", Host.API, path, file=(name, mime, data))
        except Uncertain as fault:
            raise Again(fault.reason) from None

    def until_next_minute(self) -> float:
        """Seconds to wait after -32: no answer says when the minute began."""
        return MINUTE + JITTER * self._chance()

    async def _call(self, method: str, host: Host, path: str, *, priority: int = 0, **sent: Any) -> Any:
        token = await self._tokens.current()
        try:
            return await self._once(method, host, path, token, priority, **sent)
        except Refused as refused:
            if refused.meaning.remedy is not Remedy.RENEW:
                raise
        await self._tokens.refused(token)
        token = await self._tokens.current()
        return await self._once(method, host, path, token, priority, **sent)

    async def _once(self, method: str, host: Host, path: str, token: str, priority: int, **sent: Any) -> Any:
        await self._budget.enter(self._time, priority=priority)
        status, headers, payload = await self._exchange(method, host, path, token, **sent)
        self._note_rate(headers)
        answer = answer_object(payload)
        code = error_number(answer)
        if answer is None or (status >= 300 and not code):
            raise _without_envelope(status)
        if code is None:
            raise Uncertain("answer without a result")
        if code:
            raise self._noted(code, host)
        return answer.get("data")

    async def _exchange(
        self,
        method: str,
        host: Host,
        path: str,
        token: str,
        *,
        params: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        file: tuple[str, str, bytes] | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        if self._session is None:
            raise Again("not open")
        base = self._options.api_url if host is Host.API else self._options.business_url
        headers = {TOKEN_HEADER: token}
        if self._options.proof:
            headers[PROOF_HEADER] = appsecret_proof(token, self._options.app_secret)
        content: aiohttp.FormData | bytes | None = None
        if file is not None:
            content = _form(*file)
        elif body is not None:
            content, headers["Content-Type"] = _json(body).encode(), "application/json"
        seconds = ANSWER_SECONDS if file is None else UPLOAD_SECONDS
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        try:
            async with self._session.request(
                method,
                base.rstrip("/") + path,
                params=params,
                data=content,
                headers=headers,
                timeout=limits,
                allow_redirects=False,
            ) as answer:
                return answer.status, answer.headers, await _limited(answer)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _transport_fault(error)
        raise fault  # outside the handler: the original holds the address and what stands in it

    def _noted(self, code: int, host: Host) -> Refused:
        refused = Refused(code, host)
        if not is_known(host, code):
            self._count(f"unknown_error:{code}")
        if refused.meaning.alarm:
            self._count(f"alarm:{code}")
            log.error("zalo_refused", extra={"code": code, "host": host.value, "reason": refused.reason})
        if refused.meaning.remedy is Remedy.NEXT_MINUTE:
            self._count("rate_refused")
            self._budget.close_for(self.until_next_minute(), self._time())
        return refused

    def _note_rate(self, headers: Mapping[str, str]) -> None:
        remain = headers.get(REMAIN, "")
        if remain.isdecimal():
            self._budget.remaining = int(remain[:9])


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace").decode()


def _form(name: str, mime: str, data: bytes) -> aiohttp.FormData:
    form = aiohttp.FormData(quote_fields=False)
    # A name cannot break out of its header; everything else may stay as the person reads it.
    safe = name.replace('"', "'").replace("\r", " ").replace("\n", " ").replace("\\", "_")
    form.add_field("file", io.BytesIO(data), filename=safe, content_type=mime)
    return form


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise Uncertain("answer too large")
    return bytes(body)


def _without_envelope(status: int) -> SendFault:
    """A proxy's page or an empty body: what it says of the message."""
    match status:
        case 413:
            return Never("too big", refusal=Refusal.REFUSED)
        case 429:
            return Again("told to wait", after=MINUTE, whole_account=True)
        case 408:
            return Uncertain("the server ran out of time")
        case _ if 300 <= status < 500:
            return Again("refused on the way")  # the API itself answers 200
        case _ if status >= 500:
            return Uncertain(f"server fault {status}")
    return Uncertain("unreadable answer")


def _transport_fault(error: Exception) -> SendFault:
    unreached = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(error, unreached):
        return Again("not connected")
    return Uncertain("no answer in time" if isinstance(error, TimeoutError) else "connection lost")
