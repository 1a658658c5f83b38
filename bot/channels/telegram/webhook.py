"""The webhook's end: proves an update authentic, hands it over, and answers 200 only when it is committed."""

from __future__ import annotations

import hmac
import json
import logging
from typing import Any, Final

from aiohttp import web

from bot.channels.base import Receiver, Verdict
from bot.channels.intake import limited_body, verdict_of
from bot.channels.telegram.parser import Unreadable, UpdateReader

log = logging.getLogger(__name__)

PATH: Final = "/webhooks/telegram"
SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_BODY: Final = 1024 * 1024
"""Bytes; updates are a few kilobytes, files come by their id."""
RETRY_SECONDS: Final = 5


class WebhookIntake:
    """Answers POSTs at `PATH`. Telegram retries everything but 2xx and holds that chat's queue meanwhile."""

    def __init__(self, secret: str, reader: UpdateReader, receiver: Receiver) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._secret = secret.encode()
        self._reader = reader
        self._receiver = receiver
        self.unreadable = 0
        """Authentic updates that could not be read at all."""
        self.refused = 0
        """Requests without the right secret."""

    async def handle(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            self.refused += 1
            return web.Response(status=403)
        body = await limited_body(request, MAX_BODY)
        if body is None:
            return web.Response(status=413)
        data = _object(body)
        if data is None:  # broken on its way; the next attempt may arrive whole
            return web.Response(status=400)
        return await self._accept(data)

    async def _accept(self, data: dict[str, Any]) -> web.Response:
        try:
            incoming = self._reader.read(data)
        except Unreadable:
            # Refusing it would stop this chat's queue for a day, and it would be no more readable then.
            self.unreadable += 1
            log.error("update_unreadable", extra={"so_far": self.unreadable})
            return web.Response()
        if incoming is None:
            return web.Response()
        if await verdict_of(self._receiver, incoming) is Verdict.RETRY:
            return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})
        return web.Response()


def _object(body: bytes) -> dict[str, Any] | None:
    """The JSON object with an update id, None for anything else."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict) or not isinstance(data.get("update_id"), int):
        return None
    return data
