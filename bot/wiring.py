"""Where real time, real chance and the real network come in: how a process of the service is started."""

from __future__ import annotations

import asyncio
import secrets
import signal
from collections.abc import Callable, Iterable
from random import SystemRandom

from bot import footprint
from bot.channels.base import Verdict
from bot.clock import SystemClock
from bot.service import PartRole, Service
from bot.settings import Settings


async def serve(settings: Settings, roles: Iterable[str], *, started: Callable[[], None]) -> None:
    """Run until SIGTERM or SIGINT, then stop when all that was begun is done. Raises as `Service.start`.

    `started` is called when every part runs.
    """
    footprint.share_heaps()
    service = make(settings, roles)
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    footprint.few_threads(loop)
    for wanted in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(wanted, stopped.set)
    async with service:
        footprint.settle()
        started()
        await stopped.wait()


def make(settings: Settings, roles: Iterable[str]) -> Service:
    """A service of this machine's time and chance; nothing is opened yet."""
    return Service(
        settings,
        clock=SystemClock(),
        chance=SystemRandom(),
        new_token=lambda: secrets.token_urlsafe(32),
        roles=frozenset(PartRole(role) for role in roles),
    )


async def replay(settings: Settings, letters: Iterable[int]) -> list[tuple[int, Verdict]]:
    """Run dead letters again, each in its own transaction, and say what became of them.

    Answers are only queued: the running service sends them. Raises as `Service.prepare`.
    """
    async with make(settings, ()) as service:
        return [(letter_id, await service.dispatcher.replay(letter_id)) for letter_id in letters]
