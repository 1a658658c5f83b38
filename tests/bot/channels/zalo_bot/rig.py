"""A channel connected to an emulator, with a receiver that notes what comes in."""

from __future__ import annotations

import asyncio
import socket
from collections import Counter
from datetime import UTC, datetime

from aiohttp import web

from bot.channels.base import Attachment, SendFault
from bot.channels.zalo_bot import Pacing, ZaloBotChannel, ZaloBotOptions, file_texts
from handlers.texts import Catalogue
from tests.bot.channels.telegram.rig import Receiver
from tests.emulators.zalo_bot import ZaloBotEmulator

SECRET = "s3cret_Token-of-the-webhook"


class Shelf:
    """Stands where the service's file links will stand: keeps each file with the emulator's media."""

    def __init__(self, zalo: ZaloBotEmulator) -> None:
        self._zalo = zalo
        self.shared: list[Attachment] = []
        self.fault: SendFault | None = None

    async def share(self, attachment: Attachment) -> str:
        if self.fault is not None:
            raise self.fault
        self.shared.append(attachment)
        return self._zalo.world.add_media(attachment.data, attachment.mime, "bin")


class Rig:
    def __init__(self, zalo: ZaloBotEmulator) -> None:
        self.zalo = zalo
        self.receiver = Receiver()
        self.shelf = Shelf(zalo)
        self.channel: ZaloBotChannel | None = None
        self._made: list[ZaloBotChannel] = []
        self.webhook_url = ""
        self.pacing = Pacing(
            failures=(0.05, 0.1, 0.2), refused=0.2, poll=5, between=0.001, repeats=(0.001, 0.01)
        )
        self.counted: Counter[str] = Counter()
        """What the doctor would be told."""
        self._runner: web.AppRunner | None = None

    def make(self, mode: str = "polling", **options: object) -> ZaloBotChannel:
        settings = ZaloBotOptions(
            token=str(options.pop("token", self.zalo.token)),
            api_url=str(options.pop("api_url", self.zalo.url)),
            pacing=self.pacing,
            mode=mode,  # type: ignore[arg-type]
            **options,  # type: ignore[arg-type]
        )
        self.channel = ZaloBotChannel(
            settings,
            self.receiver,
            now=lambda: datetime.now(UTC),
            texts=file_texts(Catalogue.load()),
            share=self.shelf,
            count=self._count,
        )
        self._made.append(self.channel)
        return self.channel

    def _count(self, channel: str, account: str, what: str) -> None:
        assert (channel, account) == ("zalo_bot", self.zalo.token.partition(":")[0])
        self.counted[what] += 1

    async def polling(self) -> ZaloBotChannel:
        return await self._started(self.make("polling"))

    async def sending_only(self) -> ZaloBotChannel:
        return await self._started(self.make("off"))

    async def webhook(self) -> ZaloBotChannel:
        """The channel behind a web server of its own, as the service's server would serve it."""
        app = web.Application()
        self._runner = web.AppRunner(app, access_log=None)
        port = _free_port()
        self.webhook_url = f"http://127.0.0.1:{port}"
        channel = self.make("webhook", webhook_url=self.webhook_url, webhook_secret=SECRET)
        app.add_routes(channel.routes())
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        return await self._started(channel)

    async def _started(self, channel: ZaloBotChannel) -> ZaloBotChannel:
        await channel.start()
        async with asyncio.timeout(5):
            await channel.ready.wait()
        return channel

    async def close(self) -> None:
        for channel in self._made:
            await channel.stop()
        if self._runner is not None:
            await self._runner.cleanup()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
