"""Polling: one update at a time, the same one again and again; the next is asked for when this one is done.

The platform has neither offset nor acknowledgement, and a later update replaces an earlier one. So an update
that could not be committed is kept in hand and tried again here, before anything else is asked for.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from bot.channels import intake
from bot.channels.base import Receiver, Verdict
from bot.channels.intake import PollLoop, nth, verdict_of
from bot.channels.zalo_bot.api import BotApi, BotFault, Refused
from bot.channels.zalo_bot.faults import TOKEN_REFUSED
from bot.channels.zalo_bot.parser import UpdateReader
from handlers.messages import Incoming

log = logging.getLogger(__name__)

REMEMBERED: Final = 5_000
"""Updates known to be done; forgetting one costs a look into the inbox."""


@dataclass(frozen=True, slots=True)
class Pacing(intake.Pacing):
    """As every intake waits, and between polls."""

    between: float = 0.1
    """After a new update: the server answers at once as long as it has any (measured: 12 times a second)."""
    repeats: tuple[float, ...] = (0.1, 0.3, 0.6, 1.0)
    """After the first, second … answer in a row that brought nothing new; the last repeats."""

    def after_repeat(self, repeats: int) -> float:
        return nth(self.repeats, repeats)


class Poller(PollLoop):
    """Polls one bot until stopped. `reclaim` removes a webhook that got in the way."""

    _pacing: Pacing

    def __init__(
        self,
        api: BotApi,
        reader: UpdateReader,
        receiver: Receiver,
        *,
        reclaim: Callable[[], Awaitable[None]],
        pacing: Pacing = Pacing(),
    ) -> None:
        super().__init__(pacing)
        self._api = api
        self._reader = reader
        self._receiver = receiver
        self._reclaim = reclaim
        self._done: OrderedDict[str, None] = OrderedDict()
        self._repeats = 0

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
        try:
            answer = await self._unless_stopped(self._api.poll(self._pacing.poll))
        except BotFault as error:
            await self._after_fault(error)
            return None
        self._failures = 0
        return answer

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
        while await verdict_of(self._receiver, incoming) is Verdict.RETRY:
            tries += 1
            log.warning("updates_not_stored", extra={"count": 1, "tries": tries})
            await self._pause(self._pacing.after(tries))
            if self._stopping.is_set():
                return False
        return True
