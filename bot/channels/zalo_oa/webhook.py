"""The webhook's end (reference 2.1): proves an event authentic, has it committed, and answers within two seconds.

An answer other than 200 is repeated for two hours and then ends the delivery of all events, so everything
authentic is answered 200, also what cannot be used; only what could not be committed gets 503. What is not
authentic gets 403. Every oddity is counted by a fixed word.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from aiohttp import web

from bot.channels.base import Receiver, Verdict
from bot.channels.intake import limited_body
from bot.channels.zalo_oa.options import PATH, OaOptions
from bot.channels.zalo_oa.parser import Echo, Effect, EventReader, Left, OfficeWrote, Reading, Receipt
from bot.channels.zalo_oa.reading import ident, json_object, word
from bot.channels.zalo_oa.signature import HEADER, Signed, is_authentic, would_match

log = logging.getLogger(__name__)

MAX_BODY: Final = 8 * 1024 * 1024
"""Bytes. A text of a million characters must pass: refusing it would end the delivery of events."""
MAX_PROBE: Final = 1024
"""Bytes that are read of a request without a signature."""
PATIENCE: Final = 1.5
"""Seconds until an answer is given; Zalo waits 2."""
RETRY_SECONDS: Final = 5
DIAGNOSE_EVERY: Final = timedelta(seconds=1)
"""A flood of forged requests must not cost several hashes each."""
TIMESTAMP_HEADER: Final = "X-ZEvent-Timestamp"
"""Unconfirmed; only asked where the body names no time."""
SERVER_HEADER: Final = "X-ZEvent-Server"
RETRY_HEADER: Final = "num_retry"
RECEIVED: Final = "received"
"""Counted for every authentic event that is safe with us: until then nothing is missing, and the doctor knows that
events come."""
NOT_COMMITTED: Final = "not_committed"
_STAMP: Final = re.compile(rb'"timestamp"\s*:\s*"?([0-9]{9,16})')

Count = Callable[[str], None]


class Effects(Protocol):
    """What events bring about that is no turn. Each raises `storage.database.Unavailable` where it could not be
    committed and must come again."""

    async def office_wrote(self, chat: str, at: datetime) -> None:
        """A person of the office typed in this chat: the service is silent there for a while."""

    async def arrived(self, chat: str, message_ids: Sequence[str]) -> None:
        """These messages of ours reached the person; `chat` is empty where it is not known."""

    async def echoed(self, chat: str, message_id: str, text: str) -> None:
        """A message of ours was accepted under this id."""

    async def left(self, chat: str) -> None:
        """The person follows the account no more."""


class Webhook:
    """Answers at `PATH`. `receiver` commits an update and has it handled later (`Dispatcher.keep`)."""

    def __init__(
        self,
        options: OaOptions,
        receiver: Receiver,
        effects: Effects,
        *,
        now: Callable[[], datetime],
        count: Count,
    ) -> None:
        self._options = options
        self._receiver = receiver
        self._effects = effects
        self._now = now
        self._count = count
        self._reader = EventReader(options.oa_id, now=now)
        self._diagnosed_at: datetime | None = None
        self._under_way: set[asyncio.Task[bool]] = set()

    def routes(self) -> list[web.RouteDef]:
        """What the web server must serve."""
        return [web.post(PATH, self.handle), web.get(PATH, _probe)]

    async def close(self) -> None:
        """Wait for commits whose request was answered already."""
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=PATIENCE)

    async def handle(self, request: web.Request) -> web.Response:
        header = request.headers.get(HEADER, "")
        body = await limited_body(request, MAX_BODY if header else MAX_PROBE)
        if not header:
            return self._unsigned(body)
        if body is None:
            self._count("too_large")
            return web.Response(status=413)
        event = json_object(body)
        signed = self._authentic(header, body, event, request.headers.get(TIMESTAMP_HEADER, ""))
        if signed is not None:
            return self._refused(signed)
        if request.headers.get(RETRY_HEADER, "0").strip() not in ("", "0"):
            self._count("retried_delivery")
        if event is None:
            self._count("broken_json")
            return web.Response()
        template = request.headers.get(SERVER_HEADER, "").strip().upper() == "ZNS"
        return await self._accept(self._reader.read(event, template=template))

    def _unsigned(self, body: bytes | None) -> web.Response:
        """Saving the address in the console sends `{}` without a signature and wants 200."""
        if body is not None and json_object(body) == {}:
            self._count("registration_ping")
            return web.Response()
        self._count("unsigned")
        return web.Response(status=403)

    def _authentic(self, header: str, body: bytes, event: dict[str, Any] | None, stamp: str) -> Signed | None:
        """None for an authentic request; else what it brought."""
        app_id = ident(event, "app_id")
        stamps = [word(event, "timestamp") or stamp]
        if event is None:  # broken on its way: the time is still looked for
            stamps = [stamp, *(found.decode() for found in _STAMP.findall(body)[-2:])]
        tried = [Signed(header, body, one, app_id) for one in stamps]
        if any(is_authentic(signed, self._options) for signed in tried):
            return None
        return tried[-1]

    def _refused(self, signed: Signed) -> web.Response:
        self._count("wrong_signature")
        now = self._now()
        if self._diagnosed_at is None or now - self._diagnosed_at >= DIAGNOSE_EVERY:
            self._diagnosed_at = now
            matched = would_match(signed, self._options)
            if matched:
                self._count(f"signature:{matched}")
            log.warning("event_signature_wrong", extra={"alternative": matched or "none"})
        return web.Response(status=403)

    async def _accept(self, reading: Reading) -> web.Response:
        task = asyncio.create_task(self._commit(reading))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        done, _ = await asyncio.wait({task}, timeout=PATIENCE)
        if done and task.result():
            for oddity in reading.oddities:
                self._count(oddity)
            self._count(RECEIVED)
            return web.Response()
        self._count(NOT_COMMITTED)
        return web.Response(status=503, headers={"Retry-After": str(RETRY_SECONDS)})

    async def _commit(self, reading: Reading) -> bool:
        """Whether all of it is safe. Never raises."""
        try:
            for incoming in reading.incomings:
                verdict = await self._receiver(incoming)
                if verdict is Verdict.RETRY:
                    return False
                if verdict is Verdict.DUPLICATE:
                    self._count("duplicate_event")
            for effect in reading.effects:
                await self._bring_about(effect)
        except Exception as fault:  # noqa: BLE001 - the documented edge: the platform must bring it again
            log.error("event_failed", extra={"fault": type(fault).__name__})
            return False
        return True

    async def _bring_about(self, effect: Effect) -> None:
        match effect:
            case OfficeWrote(chat=chat, at=at):
                await self._effects.office_wrote(chat, at)
            case Receipt(chat=chat, message_ids=message_ids):
                await self._effects.arrived(chat, message_ids)
            case Echo(chat=chat, message_id=message_id, text=text):
                await self._effects.echoed(chat, message_id, text)
            case Left(chat=chat):
                await self._effects.left(chat)


async def _probe(_: web.Request) -> web.Response:
    return web.Response()
