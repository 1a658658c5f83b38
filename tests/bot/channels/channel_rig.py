"""A channel connected to an emulator, with a receiver that notes what comes in; the same for every platform."""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

from aiohttp import web

from bot.channel_parts import Platform
from bot.channels.base import Verdict
from handlers.messages import Incoming
from tests.free_port import free_port

SECRET = "s3cret_Token-of-the-webhook"


class Receiver:
    """Stands where dispatch will stand: notes every update and answers with `verdict`."""

    def __init__(self) -> None:
        self.got: list[Incoming] = []
        self.verdict: Callable[[Incoming], Verdict] = lambda _incoming: Verdict.DONE
        self.seconds: Callable[[Incoming], float] = lambda _incoming: 0.0
        self.running: dict[str, int] = {}
        self.most_at_once = 0
        self.overlapped: set[str] = set()
        self._came = asyncio.Event()

    async def __call__(self, incoming: Incoming) -> Verdict:
        if self.running.get(incoming.chat):
            self.overlapped.add(incoming.chat)
        self.running[incoming.chat] = self.running.get(incoming.chat, 0) + 1
        self.most_at_once = max(self.most_at_once, sum(self.running.values()))
        try:
            await asyncio.sleep(self.seconds(incoming))
            verdict = self.verdict(incoming)
        finally:
            self.running[incoming.chat] -= 1
        self.got.append(incoming)
        self._came.set()
        return verdict

    async def wait(self, count: int, seconds: float = 5.0) -> list[Incoming]:
        """All updates so far, once there are `count` of them."""
        async with asyncio.timeout(seconds):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()
        return self.got

    async def next(self, seconds: float = 5.0) -> Incoming:
        """The newest update, once one more has come than there were."""
        return (await self.wait(len(self.got) + 1, seconds))[-1]


class Intaking(Platform, Protocol):
    """A channel that says when it receives."""

    ready: asyncio.Event


C = TypeVar("C", bound=Intaking)


class ChannelRig(ABC, Generic[C]):
    """Starts channels of one platform and stops them at the end."""

    def __init__(self) -> None:
        self.receiver = Receiver()
        self.channel: C | None = None
        self._made: list[C] = []
        self._runner: web.AppRunner | None = None
        self.webhook_url = ""

    @abstractmethod
    def build(self, mode: str, **options: object) -> C:
        """A channel for the emulator, not opened yet."""

    def make(self, mode: str = "polling", **options: object) -> C:
        self.channel = self.build(mode, **options)
        self._made.append(self.channel)
        return self.channel

    async def polling(self) -> C:
        return await self._started(self.make("polling"))

    async def sending_only(self) -> C:
        return await self._started(self.make("off"))

    async def webhook(self) -> C:
        """The channel behind a web server of its own, as the service's server would serve it."""
        app = web.Application()
        self._runner = web.AppRunner(app, access_log=None)
        port = free_port()
        self.webhook_url = f"http://127.0.0.1:{port}"
        channel = self.make("webhook", webhook_url=self.webhook_url, webhook_secret=SECRET)
        app.add_routes(channel.routes())
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return await self._started(channel)

    async def _started(self, channel: C) -> C:
        await channel.start()
        async with asyncio.timeout(5):
            await channel.ready.wait()
        return channel

    async def close(self) -> None:
        for channel in self._made:
            await channel.stop()
        if self._runner is not None:
            await self._runner.cleanup()
