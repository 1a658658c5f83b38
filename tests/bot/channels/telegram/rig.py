"""A channel connected to an emulator, with a receiver that notes what comes in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime

from aiohttp import web

from bot.channels.base import Verdict
from bot.channels.telegram import TelegramChannel, TelegramOptions, command_texts
from bot.channels.telegram.polling import Pacing
from handlers.messages import Incoming
from handlers.texts import Catalogue
from tests.emulators.telegram import TelegramEmulator

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


class Rig:
    def __init__(self, telegram: TelegramEmulator) -> None:
        self.telegram = telegram
        self.receiver = Receiver()
        self.channel: TelegramChannel | None = None
        self._runner: web.AppRunner | None = None
        self.webhook_url = ""
        self.pacing = Pacing(failures=(0.05, 0.1, 0.2), refused=0.2)

    def make(self, mode: str = "polling", **options: object) -> TelegramChannel:
        settings = TelegramOptions(
            token=str(options.pop("token", self.telegram.token)),
            api_url=str(options.pop("api_url", self.telegram.url)),
            pacing=self.pacing,
            mode=mode,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        self.channel = TelegramChannel(
            settings, self.receiver, now=lambda: datetime.now(UTC), texts=command_texts(Catalogue.load())
        )
        return self.channel

    async def polling(self) -> TelegramChannel:
        return await self._started(self.make("polling"))

    async def sending_only(self) -> TelegramChannel:
        return await self._started(self.make("off"))

    async def webhook(self) -> TelegramChannel:
        """The channel behind a web server of its own, as the service's server would serve it."""
        app = web.Application()
        self._runner = web.AppRunner(app, access_log=None)
        site_port = _free_port()
        self.webhook_url = f"http://127.0.0.1:{site_port}"
        channel = self.make("webhook", webhook_url=self.webhook_url, webhook_secret=SECRET)
        app.add_routes(channel.routes())
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", site_port).start()
        return await self._started(channel)

    async def _started(self, channel: TelegramChannel) -> TelegramChannel:
        await channel.start()
        async with asyncio.timeout(5):
            await channel.ready.wait()
        return channel

    async def close(self) -> None:
        if self.channel is not None:
            await self.channel.stop()
        if self._runner is not None:
            await self._runner.cleanup()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
