"""A client and a sender connected to the emulator, with its echoes coming back."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from bot.channels.base import Attachment
from bot.channels.zalo_bot import file_texts
from bot.channels.zalo_oa.budget import MinuteBudget
from bot.channels.zalo_oa.client import OaClient
from bot.channels.zalo_oa.options import OaOptions
from bot.channels.zalo_oa.sender import OaSender
from handlers.texts import Catalogue
from tests.emulators.zalo_oa import Call, ZaloOaEmulator

PICTURE = "https://tiepdan.example.vn/contact.png"
CS = "/v3.0/oa/message/cs"


class ConsoleTokens:
    """Access tokens from the console: a refused one is replaced by hand."""

    def __init__(self, zalo: ZaloOaEmulator) -> None:
        self.zalo = zalo
        self.token = zalo.world.oauth.pair()["access_token"]
        self.replaced: list[str] = []
        self.useless = False
        """What is had instead is refused as well."""

    async def current(self) -> str:
        return self.token

    async def refused(self, token: str) -> None:
        self.replaced.append(token)
        if not self.useless:
            self.token = self.zalo.world.oauth.pair()["access_token"]


class Links:
    """Gives out links and keeps what they lead to."""

    def __init__(self) -> None:
        self.shared: list[Attachment] = []

    async def share(self, attachment: Attachment) -> str:
        self.shared.append(attachment)
        return f"https://tiepdan.example.vn/files/{len(self.shared)}"


class Rig:
    """Sends to the emulator as the service would. `now`: aware UTC, moved by hand."""

    def __init__(self, zalo: ZaloOaEmulator, **options: Any) -> None:
        self.zalo = zalo
        self.tokens = ConsoleTokens(zalo)
        self.links = Links()
        self.counted: Counter[str] = Counter()
        self.now = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
        self.budget = MinuteBudget(options.pop("rate", 0))
        self.options = OaOptions(
            oa_id=zalo.settings.oa_id,
            app_id=zalo.settings.app_id,
            app_secret=zalo.settings.app_secret,
            secret_key=zalo.settings.oa_secret,
            api_url=zalo.api_url,
            business_url=zalo.business_url,
            **options,
        )
        time = asyncio.get_running_loop().time
        self.client = OaClient(
            self.options,
            self.tokens,
            budget=self.budget,
            time=time,
            chance=lambda: 0.5,
            count=self.count,
        )
        self.sender = OaSender(
            self.client,
            share=self.links,
            texts=file_texts(Catalogue.load()),
            buttons=self.options.buttons,
            image_url=PICTURE,
            time=time,
            now=lambda: self.now,
            chance=lambda: 0.5,
            count=self.count,
        )

    def count(self, what: str) -> None:
        self.counted[what] += 1

    @property
    def sends(self) -> list[Call]:
        return self.zalo.calls_of(CS)

    async def echo(self, request: web.Request) -> web.Response:
        """The webhook, for what the account itself sent."""
        event = await request.json()
        if str(event.get("event_name", "")).startswith("oa_send_"):
            message = event["message"]
            self.sender.echoes.echoed(event["recipient"]["id"], message["msg_id"], message.get("text", ""))
        return web.Response()


@asynccontextmanager
async def rigged(zalo: ZaloOaEmulator, *, echoes: bool = False, **options: Any) -> AsyncIterator[Rig]:
    """An open rig; `echoes`: the emulator's events come back to it."""
    rig = Rig(zalo, **options)
    await rig.client.open()
    runner = None
    if echoes:
        app = web.Application()
        app.router.add_post("/hook", rig.echo)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        await zalo.register(f"http://127.0.0.1:{runner.addresses[0][1]}/hook")
    try:
        yield rig
    finally:
        await rig.client.close()
        if runner is not None:
            await runner.cleanup()
