"""Polling: one update at a time, the same one again and again; the next is asked for when this one is done.

The platform has neither offset nor acknowledgement, and a later update replaces an earlier one. So an update
that could not be committed is kept in hand and tried again here, before anything else is asked for.
"""

from __future__ import annotations

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.channels.base import Receiver, Verdict
from bot.channels.zalo_bot.api import BotApi, BotFault, Refused
from bot.channels.zalo_bot.faults import TOKEN_REFUSED
from bot.channels.zalo_bot.parser import UpdateReader
from handlers.messages import Incoming

log = logging.getLogger(__name__)

REMEMBERED: Final = 5_000
"""Updates known to be done; forgetting one costs a look into the inbox."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """Seconds to wait between polls and after each kind of failure."""

    failures: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    """After the first, second … failure in a row; the last repeats."""
    refused: float = 60.0
    poll: int = 30
    """How long the server may hold a poll open when there is nothing."""
    between: float = 0.1
    """After a new update: the server answers at once as long as it has any (measured: 12 times a second)."""
    repeats: tuple[float, ...] = (0.1, 0.3, 0.6, 1.0)
    """After the first, second … answer in a row that brought nothing new; the last repeats."""

    def after(self, failures: int) -> float:
        return self.failures[min(max(failures, 1), len(self.failures)) - 1]

    def after_repeat(self, repeats: int) -> float:
        return self.repeats[min(max(repeats, 1), len(self.repeats)) - 1]


class Poller:
    """Polls one bot until stopped. `reclaim` removes a webhook that got in the way."""

    def __init__(
        self,
        api: BotApi,
        reader: UpdateReader,
        receiver: Receiver,
        *,
        reclaim: Callable[[], Awaitable[None]],
        pacing: Pacing = Pacing(),
    ) -> None:
        self._api = api
        self._reader = reader
        self._receiver = receiver
        self._reclaim = reclaim
        self._pacing = pacing
        self._done: OrderedDict[str, None] = OrderedDict()
        self._failures = 0
        self._repeats = 0
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        """Poll for ever; ends only after `stop`. A fault of any kind costs a pause, never the loop."""
        while not self._stopping.is_set():
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001 - the documented edge: polling must never end silently
                log.error("poll_round_failed", extra={"fault": type(error).__name__})
                await self._pause(self._next_pause())

    def stop(self) -> None:
        """Finish the update in hand, and end."""
        self._stopping.set()

    async def _round(self) -> None:
        answer = await self._fetch()
        if answer is None:
            return
        fresh = False
        for update in answer if isinstance(answer, list) else [answer]:
            fresh = await self._take(update) or fresh
        self._repeats = 0 if fresh else self._repeats + 1
        await self._pause(self._pacing.between if fresh else self._pacing.after_repeat(self._repeats))

    async def _fetch(self) -> Any:
        """The next update; None where there is none, after a fault (already waited for), or when stopping."""
        work = asyncio.ensure_future(self._api.poll(self._pacing.poll))
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({work, stop}, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                return None
            answer = work.result()
            self._failures = 0
            return answer
        except BotFault as error:
            await self._after_fault(error)
            return None
        finally:
            for task in (work, stop):
                task.cancel()
            await asyncio.gather(work, stop, return_exceptions=True)

    async def _after_fault(self, error: BotFault) -> None:
        if isinstance(error, Refused) and error.code in TOKEN_REFUSED:
            log.critical("zalo_bot_token_refused", extra={"check": "TIEPDAN_ZALO_BOT_TOKEN"})
            await self._pause(self._pacing.refused)
            return
        if isinstance(error, Refused) and "webhook" in error.description.lower():
            log.error("webhook_in_the_way", extra={"do": "removing it"})
            await self._reclaim()
        pause = self._next_pause()
        log.warning("poll_failed", extra={"fault": type(error).__name__, "again_in": pause})
        await self._pause(pause)

    async def _take(self, update: Any) -> bool:
        """Hand an update over, until it is done; False for one that was done before."""
        key = self._reader.key(update)
        if key in self._done:
            return False
        incoming = self._reader.read(update)
        if incoming is not None and not await self._handled(incoming):
            return True
        self._done[key] = None
        if len(self._done) > REMEMBERED:
            self._done.popitem(last=False)
        return True

    async def _handled(self, incoming: Incoming) -> bool:
        """False only where polling ends before it could be committed; then it comes again after the start."""
        tries = 0
        while await self._verdict(incoming) is Verdict.RETRY:
            tries += 1
            log.warning("updates_not_stored", extra={"count": 1, "tries": tries})
            await self._pause(self._pacing.after(tries))
            if self._stopping.is_set():
                return False
        return True

    async def _verdict(self, incoming: Incoming) -> Verdict:
        try:
            return await self._receiver(incoming)
        except Exception as error:  # noqa: BLE001 - the documented edge: a fault of dispatch loses nothing
            log.error("receiver_failed", extra={"fault": type(error).__name__})
            return Verdict.RETRY

    def _next_pause(self) -> float:
        self._failures += 1
        return self._pacing.after(self._failures)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return
