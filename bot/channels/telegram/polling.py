"""Long polling: updates in order per chat; the offset moves only past what is done."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from telegram import Bot
from telegram.error import Conflict, TelegramError

from bot.channels import intake
from bot.channels.base import Receiver, Verdict
from bot.channels.intake import PollLoop, verdict_of
from bot.channels.telegram.parser import ALLOWED_UPDATES, Unreadable, UpdateReader
from bot.channels.telegram.request import FloodWait, TokenRefused
from handlers.messages import Incoming

log = logging.getLogger(__name__)

GET_UPDATES: Final = "getupdates"
"""Method names know no case; spelt as PTB does, it would ask for Bot.get_updates, which will not do here."""
BATCH: Final = 100
HANGS_AFTER: Final = 45.0
"""A poll without any answer so long after its own time is over is dropped and made again (PTB issue 4405)."""
SLOW_BATCH: Final = 30.0


@dataclass(frozen=True, slots=True)
class Pacing(intake.Pacing):
    """As every intake waits, and after a poll that another process makes with the same token."""

    conflict: float = 15.0


class Poller(PollLoop):
    """Polls one bot until stopped. `reclaim` removes a webhook that got in the way."""

    _pacing: Pacing

    def __init__(
        self,
        bot: Bot,
        reader: UpdateReader,
        receiver: Receiver,
        *,
        reclaim: Callable[[], Awaitable[None]],
        pacing: Pacing = Pacing(),
    ) -> None:
        super().__init__(pacing)
        self._bot = bot
        self._reader = reader
        self._receiver = receiver
        self._reclaim = reclaim
        self._offset: int | None = None
        self.last_answer: float | None = None
        """Loop time of the last answered poll; the watchdog of the service may look at it."""
        self.unreadable = 0
        """Authentic updates that could not be read at all."""

    async def run(self) -> None:
        """As `PollLoop.run`; at the end the server is told what was done."""
        await super().run()
        await self._confirm()

    async def _round(self) -> None:
        batch = await self._fetch()
        if batch is None:
            return
        self._failures = 0
        if not batch:
            return
        undone = await self._deliver(batch)
        if undone:
            self._offset = min(undone)
            self._failures += 1
            log.warning("updates_not_stored", extra={"count": len(undone)})
            await self._pause(self._pacing.after(self._failures))
        else:
            self._offset = max(int(update["update_id"]) for update in batch) + 1

    async def _fetch(self) -> list[dict[str, Any]] | None:
        """The next updates; None after a fault (already waited for) or when stopping."""
        now = asyncio.get_running_loop().time
        try:
            batch = await self._unless_stopped(
                self._get_updates(self._pacing.poll), within=self._pacing.poll + HANGS_AFTER
            )
        except TelegramError as error:
            self.last_answer = now()
            await self._after_fault(error)
            return None
        if batch is not None:
            self.last_answer = now()
        elif not self._stopping.is_set():
            log.warning("poll_hangs")
        return batch

    async def _get_updates(self, seconds: int) -> list[dict[str, Any]]:
        # Not Bot.get_updates: that reads all updates at once, and a single unreadable one would block all.
        wanted: dict[str, Any] = {
            "timeout": seconds,
            "limit": BATCH,
            "allowed_updates": list(ALLOWED_UPDATES),
        }
        if self._offset is not None:
            wanted["offset"] = self._offset
        answer = await self._bot.do_api_request(GET_UPDATES, api_kwargs=wanted, read_timeout=seconds + 15)
        updates = answer if isinstance(answer, list) else []
        return [u for u in updates if isinstance(u, dict) and isinstance(u.get("update_id"), int)]

    async def _after_fault(self, error: TelegramError) -> None:
        if isinstance(error, Conflict):
            if "webhook" in error.message.lower():
                log.error("webhook_in_the_way", extra={"do": "removing it"})
                await self._reclaim()
                await self._pause(self._pacing.after(1))
            else:
                log.error("token_polled_elsewhere", extra={"do": "stop the other instance"})
                await self._pause(self._pacing.conflict)
        elif isinstance(error, TokenRefused):
            log.critical("telegram_token_refused", extra={"check": "TIEPDAN_TELEGRAM_TOKEN"})
            await self._pause(self._pacing.refused)
        elif isinstance(error, FloodWait):
            await self._pause(error.seconds)
        else:
            pause = self._next_pause()
            log.warning("poll_failed", extra={"fault": type(error).__name__, "again_in": pause})
            await self._pause(pause)

    async def _deliver(self, batch: list[dict[str, Any]]) -> list[int]:
        """Hand over a batch, chats side by side, each in order. Returns the ids still to be brought."""
        lines: dict[str, list[Incoming]] = {}
        for data in sorted(batch, key=lambda update: int(update["update_id"])):
            try:
                incoming = self._reader.read(data)
            except Unreadable:
                self.unreadable += 1
                log.error("update_unreadable", extra={"so_far": self.unreadable})
                continue
            if incoming is not None:
                lines.setdefault(incoming.chat, []).append(incoming)
        began = asyncio.get_running_loop().time()
        undone = await asyncio.gather(*(self._deliver_line(line) for line in lines.values()))
        took = asyncio.get_running_loop().time() - began
        if took > SLOW_BATCH:
            log.warning("batch_slow", extra={"updates": len(batch), "seconds": took})
        return [update_id for line in undone for update_id in line]

    async def _deliver_line(self, line: list[Incoming]) -> list[int]:
        for index, incoming in enumerate(line):
            if await verdict_of(self._receiver, incoming) is Verdict.RETRY:
                return [int(rest.update_id) for rest in line[index:]]
        return []

    async def _confirm(self) -> None:
        """Tell the server what was done, so that the next start does not get it again. Best effort."""
        if self._offset is None:
            return
        try:
            async with asyncio.timeout(3):
                await self._bot.do_api_request(
                    GET_UPDATES, api_kwargs={"offset": self._offset, "limit": 1, "timeout": 0}
                )
        except (TelegramError, TimeoutError) as error:
            log.info("offset_not_confirmed", extra={"fault": type(error).__name__})
