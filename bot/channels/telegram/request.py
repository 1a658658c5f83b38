"""Transport of the Bot API on aiohttp, under python-telegram-bot's own client.

PTB's default transport (httpx) costs several times more per call under concurrency. This one also tells a
sender what it must know after a fault: surely not sent (`NotSent`), told to try later (`ServerFault`), or
perhaps accepted (`AnswerLost`). No exception made here carries the address, since it contains the token.
"""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncGenerator
from typing import Any, Final

import aiohttp
from telegram._utils.types import ODVInput
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, RequestData

CHUNK: Final = 64 * 1024
"""Bytes handed on at once when a file is streamed."""


class NotSent(NetworkError):
    """The request surely never reached the server: no connection, no name, no free place in the pool."""


class AnswerLost(NetworkError):
    """The request left, but no usable answer came: it may have been carried out."""


class ServerFault(NetworkError):
    """The server answered 5xx (or 413): `code` says which; `told` when the API itself said so in JSON."""

    def __init__(self, code: int, *, told: bool) -> None:
        super().__init__(f"HTTP {code}")
        self.code = code
        self.told = told


class FloodWait(NetworkError):
    """429: nothing was done; ask again after `seconds`."""

    def __init__(self, seconds: float) -> None:
        super().__init__("told to wait")
        self.seconds = seconds


class TokenRefused(NetworkError):
    """401, or 404 for a token of a wrong form: the account may do nothing."""


class MethodUnknown(NetworkError):
    """404: the server does not know this method."""


class AiohttpRequest(BaseRequest):
    """One connection pool for all calls of one bot. All times in seconds.

    A read time-out below ten seconds would turn the flood waits that Telegram's server absorbs (up to about
    8 s, Telegram reference 2) into false losses, hence 20.
    """

    __slots__ = ("_connect", "_media_write", "_pool", "_pool_size", "_read", "_session", "_write")

    def __init__(
        self,
        *,
        pool_size: int = 100,
        connect_timeout: float = 5.0,
        read_timeout: float = 20.0,
        write_timeout: float = 20.0,
        media_write_timeout: float = 90.0,
        pool_timeout: float = 5.0,
    ) -> None:
        self._pool_size = pool_size
        self._connect = connect_timeout
        self._read = read_timeout
        self._write = write_timeout
        self._media_write = media_write_timeout
        self._pool = pool_timeout
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float | None:
        return self._read

    async def initialize(self) -> None:
        if self._session is None or self._session.closed:
            # Idle connections are given up before Telegram's front servers close them (75 s): a request
            # written into a closing connection could not be told from a lost answer.
            connector = aiohttp.TCPConnector(limit=self._pool_size, keepalive_timeout=45)
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self.USER_AGENT},
                timeout=aiohttp.ClientTimeout(total=None),
            )

    async def shutdown(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """As PTB's, but an unreadable payload is not logged: it may hold people's words."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise AnswerLost("unreadable answer")
        return answer

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        write_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        connect_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
        pool_timeout: ODVInput[float] = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Send one request. Raises the errors of this module."""
        media = request_data is not None and request_data.contains_files
        timeout = self._timeout(
            read=_given(read_timeout, self._read),
            write=_given(write_timeout, self._media_write if media else self._write),
            connect=_given(connect_timeout, self._connect),
            pool=_given(pool_timeout, self._pool),
        )
        code, payload = await self._exchange(method, url, request_data, timeout)
        told = payload.lstrip()[:1] == b"{"
        if code >= 500 or code == 413:
            raise ServerFault(code, told=told)
        if code >= 300 and not told:
            raise NotSent("refused on the way")  # a proxy or portal spoke, not the API
        if code == 429:
            raise FloodWait(self._wish(payload))
        if code == 404 and b"method not found" in payload:
            raise MethodUnknown("method not known to the server")
        if code in (401, 404):
            raise TokenRefused("token refused")
        if code == 200 and method == "POST" and payload[-1:] != b"}":
            raise AnswerLost("unreadable answer")
        return code, payload

    def _wish(self, payload: bytes) -> float:
        """Seconds of a 429, from `parameters.retry_after`; one where it does not say."""
        parameters = self.parse_json_payload(payload).get("parameters")
        seconds = parameters.get("retry_after") if isinstance(parameters, dict) else None
        return float(seconds) if isinstance(seconds, int | float) else 1.0

    async def stream(self, url: str) -> AsyncGenerator[bytes, None]:
        """The body behind `url` in chunks. Raises NotSent, AnswerLost, ServerFault, TelegramError (4xx)."""
        timeout = self._timeout(read=self._read, write=self._write, connect=self._connect, pool=self._pool)
        timeout = aiohttp.ClientTimeout(connect=timeout.connect, sock_read=timeout.sock_read)
        fault: NetworkError | None = None
        try:
            async with self._open().get(url, timeout=timeout, allow_redirects=False) as answer:
                if answer.status >= 500:
                    raise ServerFault(answer.status, told=False)
                if answer.status != 200:
                    raise TelegramError(f"HTTP {answer.status}")
                async for chunk in answer.content.iter_chunked(CHUNK):
                    yield chunk
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _fault(error)
        if fault is not None:
            raise fault

    async def _exchange(
        self, method: str, url: str, request_data: RequestData | None, limits: aiohttp.ClientTimeout
    ) -> tuple[int, bytes]:
        body, headers = _body(request_data)
        try:
            async with self._open().request(
                method, url, data=body, headers=headers, timeout=limits, allow_redirects=False
            ) as answer:
                return answer.status, await answer.read()
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _fault(error)
        raise fault  # outside the handler: the original holds the address, and the address holds the token

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            raise NotSent("not open")
        return self._session

    def _timeout(
        self, *, read: float | None, write: float | None, connect: float | None, pool: float | None
    ) -> aiohttp.ClientTimeout:
        """aiohttp has no write time-out: while a body is uploaded, the read must be as patient."""
        waiting = None if read is None or write is None else read + write
        opening = None if connect is None or pool is None else connect + pool
        whole = None if waiting is None or opening is None else waiting + opening
        return aiohttp.ClientTimeout(total=whole, connect=opening, sock_connect=connect, sock_read=waiting)


def _given(value: Any, default: float) -> float | None:
    if value is BaseRequest.DEFAULT_NONE:
        return default
    return None if value is None else float(value)


def _body(request_data: RequestData | None) -> tuple[bytes | aiohttp.FormData | None, dict[str, str]]:
    """JSON, or multipart where files go along."""
    if request_data is None:
        return None, {}
    if not request_data.contains_files:
        body = json.dumps(request_data.parameters, ensure_ascii=False, separators=(",", ":"))
        return body.encode("utf-8", "replace"), {"Content-Type": "application/json"}
    form = aiohttp.FormData(quote_fields=False)
    for name, value in request_data.json_parameters.items():
        form.add_field(name, value)
    for name, (filename, content, mime) in request_data.multipart_data.items():
        # A name cannot break out of its header; everything else may stay as the person reads it.
        safe = filename.replace('"', "'").replace("\r", " ").replace("\n", " ").replace("\\", "_")
        # As a stream: aiohttp writes large plain bytes in one go, during which nothing else runs.
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        form.add_field(name, stream, filename=safe, content_type=mime)
    return form, {}


def _fault(error: Exception) -> NetworkError:
    """What a transport error means for the request, without its text."""
    unreached = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(error, unreached):
        return NotSent("no connection")
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return AnswerLost("no answer in time")
    return AnswerLost("connection lost")
