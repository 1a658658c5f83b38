"""The Bot Platform's HTTP API on aiohttp (Zalo reference, section 3).

Says of each failure what a sender must know: surely not reached, perhaps carried out, or refused with a code.
No exception made here carries the address, since it contains the token.
"""

from __future__ import annotations

import json
from typing import Any, Final

import aiohttp

SECONDS: Final = 20.0
CONNECT_SECONDS: Final = 5.0
MAX_ANSWER: Final = 16 * 1024 * 1024
"""Bytes; an update with a text of a million characters, each escaped, has twelve million."""


class BotFault(Exception):
    """A call that did not succeed."""


class NotReached(BotFault):
    """The request surely never reached the server."""


class AnswerLost(BotFault):
    """The request left, but no usable answer came: it may have been carried out."""


class ServerFault(BotFault):
    """5xx. `told`: the API itself said so in JSON; a proxy's page says nothing of what was done."""

    def __init__(self, code: int, *, told: bool) -> None:
        super().__init__(f"HTTP {code}")
        self.code = code
        self.told = told


class RefusedOnTheWay(BotFault):
    """A proxy or portal spoke, not the API: nothing was done."""


class Refused(BotFault):
    """The API's own refusal; `description` may quote what was sent and is never shown."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(f"refused with {code}")
        self.code = code
        self.description = description


class BotApi:
    """Calls for one bot. Polls have a connection of their own, so that they hold up no send."""

    def __init__(self, token: str, api_url: str, *, pool_size: int = 20, patience: float = SECONDS) -> None:
        """`patience`: seconds until an answer is given up, on top of what a poll may take."""
        self._base = f"{api_url.rstrip('/')}/bot{token}/"
        self._pool_size = pool_size
        self._patience = patience
        self._calls: aiohttp.ClientSession | None = None
        self._polls: aiohttp.ClientSession | None = None

    async def open(self) -> None:
        if self._calls is None:
            self._calls = _session(self._pool_size)
            self._polls = _session(1)

    async def close(self) -> None:
        for session in (self._calls, self._polls):
            if session is not None:
                await session.close()
        self._calls = self._polls = None

    async def call(self, method: str, **params: Any) -> Any:
        """The `result` of one call. Raises the faults of this module."""
        return await self._exchange(self._calls, method, params, self._patience)

    async def poll(self, seconds: int) -> Any:
        """The next update (`getUpdates`), None when there is none. Raises the faults of this module."""
        try:
            return await self._exchange(
                self._polls, "getUpdates", {"timeout": seconds}, seconds + self._patience
            )
        except Refused as refusal:
            if refusal.code == 408:  # measured: an idle poll ends so
                return None
            raise

    async def _exchange(
        self, session: aiohttp.ClientSession | None, method: str, params: dict[str, Any], seconds: float
    ) -> Any:
        if session is None:
            raise NotReached("not open")
        body = json.dumps(params, ensure_ascii=False).encode("utf-8", "replace")
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        fault: BotFault
        try:
            async with session.post(
                self._base + method,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=limits,
                allow_redirects=False,
            ) as answer:
                return _result(answer.status, await _limited(answer))
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            fault = _transport_fault(error)
        raise fault  # outside the handler: the original holds the address, and the address holds the token


def _session(connections: int) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        # Idle connections are given up early: a request written into one that the server is closing could not
        # be told from a lost answer.
        connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=None),
    )


async def _limited(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for chunk in answer.content.iter_any():
        body += chunk
        if len(body) > MAX_ANSWER:
            raise AnswerLost("answer too large")
    return bytes(body)


def _result(status: int, payload: bytes) -> Any:
    """The result in an answer. A refusal may come with any HTTP status, also 200."""
    answer = _object(payload)
    if answer is None:
        if status >= 500:
            raise ServerFault(status, told=False)
        if status >= 300:
            raise RefusedOnTheWay(f"HTTP {status}")
        raise AnswerLost("unreadable answer")
    if answer.get("ok") is True and status < 300:
        return answer.get("result")
    code = _code(answer.get("error_code"), status)
    if 500 <= code < 600:
        raise ServerFault(code, told=True)
    raise Refused(code, str(answer.get("description", ""))[:200])


def _object(payload: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(payload)
    except (ValueError, RecursionError):
        return None
    return answer if isinstance(answer, dict) and "ok" in answer else None


def _code(given: object, status: int) -> int:
    """The API's own code where it gives a readable one, else the HTTP status."""
    try:
        return int(given) if isinstance(given, int | str) and not isinstance(given, bool) else status
    except ValueError:
        return status


def _transport_fault(error: Exception) -> BotFault:
    unreached = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)
    if isinstance(error, unreached):
        return NotReached("no connection")
    if isinstance(error, TimeoutError):
        return AnswerLost("no answer in time")
    return AnswerLost("connection lost")
