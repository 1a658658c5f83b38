"""What the intakes of the platforms have in common: asking again patiently, and ending neither silently nor early."""

from __future__ import annotations

import asyncio
import logging
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from itertools import count
from typing import Any, TypeVar

from aiohttp import web

from bot.channels.base import Receiver, Verdict
from handlers.messages import Incoming

log = logging.getLogger(__name__)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pacing:
    """Seconds to wait after each kind of failure."""

    failures: tuple[float, ...] = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
    """After the first, second … failure in a row; the last repeats."""
    refused: float = 60.0
    """After a refused token."""
    poll: int = 30
    """How long the server may hold a poll open when there is nothing."""

    def after(self, failures: int) -> float:
        return nth(self.failures, failures)


def nth(steps: tuple[float, ...], number: int) -> float:
    """The step of the first, second … time; the last one repeats."""
    return steps[min(max(number, 1), len(steps)) - 1]


class PollLoop(ABC):
    """Asks a platform for updates until stopped; a subclass says what one round is."""

    def __init__(self, pacing: Pacing) -> None:
        self._pacing = pacing
        self._failures = 0
        self._stopping = asyncio.Event()

    @abstractmethod
    async def _round(self) -> None:
        """Ask once and hand over what came."""

    async def run(self) -> None:
        """Poll for ever; ends only after `stop`. A fault of any kind costs a pause, never the loop."""
        while not self._stopping.is_set():
            try:
                await self._round()
            except Exception as error:  # noqa: BLE001 - the documented edge: polling must never end silently
                log.error("poll_round_failed", extra={"fault": type(error).__name__})
                await self._pause(self._next_pause())

    def stop(self) -> None:
        """Finish what is in hand, and end."""
        self._stopping.set()

    async def _unless_stopped(self, work: Coroutine[Any, Any, T], *, within: float | None = None) -> T | None:
        """What `work` gives; None where polling ends, or `within` seconds pass, before it does. Raises what it
        raises."""
        task = asyncio.ensure_future(work)
        stop = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({task, stop}, timeout=within, return_when=asyncio.FIRST_COMPLETED)
            return task.result() if task.done() else None
        finally:
            for each in (task, stop):
                each.cancel()
            await asyncio.gather(task, stop, return_exceptions=True)

    def _next_pause(self) -> float:
        self._failures += 1
        return self._pacing.after(self._failures)

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


class IntakeTask:
    """The task in which a channel receives. `run` is begun anew after each end; `failed` says in the log that it
    ended by a fault."""

    def __init__(
        self,
        run: Callable[[], Coroutine[Any, Any, None]],
        *,
        name: str,
        failed: Callable[[BaseException], None],
    ) -> None:
        self._run = run
        self._name = name
        self._failed = failed
        self._task: asyncio.Task[None] | None = None
        self.ready = asyncio.Event()
        """Set by `run` when the account is known and the intake runs."""

    def begin(self) -> None:
        """Does nothing where it runs already."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=self._name)
            self._task.add_done_callback(self._report)

    async def end(self) -> None:
        """Wait for what is in hand, unless the start is not through yet."""
        task, self._task = self._task, None
        if task is not None:
            if not self.ready.is_set():
                task.cancel()
            _, late = await asyncio.wait({task}, timeout=15)
            for unfinished in late:
                unfinished.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self.ready.clear()

    def _report(self, task: asyncio.Task[None]) -> None:
        """The intake never ends silently."""
        if not task.cancelled() and (error := task.exception()) is not None:
            self._failed(error)


async def until_done(
    step: Callable[[], Awaitable[None]],
    faults: tuple[type[Exception], ...],
    pause_after: Callable[[int, Exception], float],
) -> None:
    """Repeat a step of the start until the server takes it. `pause_after` says how long to wait after the first,
    second … fault, and tells the log what is missing."""
    for tries in count(1):
        try:
            await step()
            return
        except faults as fault:
            pause = pause_after(tries, fault)
        await asyncio.sleep(pause)


async def verdict_of(receiver: Receiver, incoming: Incoming) -> Verdict:
    """What dispatch makes of an update; RETRY where it fails: a fault of ours loses nothing."""
    try:
        return await receiver(incoming)
    except Exception as error:  # noqa: BLE001 - the documented edge: the platform must bring it again
        log.error("receiver_failed", extra={"fault": type(error).__name__})
        return Verdict.RETRY


async def limited_body(request: web.Request, limit: int) -> bytes | None:
    """The body, None when it is larger than `limit` bytes; no more than that is read."""
    if (request.content_length or 0) > limit:
        return None
    body = bytearray()
    async for chunk in request.content.iter_any():
        body += chunk
        if len(body) > limit:
            return None
    return bytes(body)
