"""The webhook's end: proves an update authentic, hands it over, and answers 200 only when it is committed.

Nothing is written of what the platform does with a refused delivery. So what could not be committed is refused
(503) and also kept here and tried again; should the platform bring it as well, dispatch knows its id.
"""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from collections import OrderedDict
from typing import Any, Final

from aiohttp import web

from bot.channels.base import Receiver, Verdict
from bot.channels.intake import limited_body, verdict_of
from bot.channels.zalo_bot.parser import UpdateReader
from bot.channels.zalo_bot.polling import Pacing
from handlers.messages import Incoming

log = logging.getLogger(__name__)

PATH: Final = "/webhooks/zalo-bot"
SECRET_HEADER: Final = "X-Bot-Api-Secret-Token"  # noqa: S105 - the header's name
MAX_BODY: Final = 16 * 1024 * 1024
"""Bytes; a text of a million characters, each escaped, has twelve million."""
RETRY_SECONDS: Final = 5
MOST_KEPT: Final = 1_000


class WebhookIntake:
    """Answers POSTs at `PATH`."""

    def __init__(self, secret: str, reader: UpdateReader, receiver: Receiver, pacing: Pacing) -> None:
        if not secret:
            raise ValueError("a webhook needs a secret")
        self._secret = secret.encode()
        self._reader = reader
        self._receiver = receiver
        self._pacing = pacing
        self._kept: OrderedDict[str, Incoming] = OrderedDict()
        self._again: asyncio.Task[None] | None = None
        self.refused = 0
        """Requests without the right secret."""
        self.broken = 0
        """Bodies that were no JSON object."""

    async def handle(self, request: web.Request) -> web.Response:
        given = request.headers.get(SECRET_HEADER, "")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), self._secret):
            self.refused += 1
            self._reader.count("wrong_secret")
            return web.Response(status=403)
        body = await limited_body(request, MAX_BODY)
        if body is None:
            self._reader.count("too_large")
            return web.Response(status=413)
        update = _update(body)
        if update is None:  # broken on its way; the next attempt may arrive whole
            self.broken += 1
            self._reader.count("broken_json")
            return web.Response(status=400)
        incoming = self._reader.read(update)
        if incoming is None or await self._take(incoming):
            return web.Response()
        return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})

    async def close(self) -> None:
        """Try no more; what is kept comes from the platform or, failing that, from the person."""
        task, self._again = self._again, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if self._kept:
            log.error("updates_not_stored", extra={"count": len(self._kept)})

    async def _take(self, incoming: Incoming) -> bool:
        """False where it is not committed. One whose chat has another waiting goes behind that."""
        waits = any(other.chat == incoming.chat for other in self._kept.values())
        if not waits and await verdict_of(self._receiver, incoming) is not Verdict.RETRY:
            return True
        if len(self._kept) < MOST_KEPT:
            self._kept.setdefault(incoming.update_id, incoming)
            if self._again is None or self._again.done():
                self._again = asyncio.create_task(self._try_again(), name="zalo-bot-again")
        return False

    async def _try_again(self) -> None:
        tries = 0
        while self._kept:
            tries += 1
            await asyncio.sleep(self._pacing.after(tries))
            for update_id, incoming in list(self._kept.items()):
                if await verdict_of(self._receiver, incoming) is Verdict.RETRY:
                    log.warning("updates_not_stored", extra={"count": len(self._kept), "tries": tries})
                    break
                del self._kept[update_id]
                tries = 0


def _update(body: bytes) -> dict[str, Any] | None:
    """The update: the envelope `{"ok": true, "result": …}` is repeated around it. None for anything else."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError):
        return None
    if isinstance(data, dict) and isinstance(data.get("result"), dict):
        data = data["result"]
    return data if isinstance(data, dict) else None
