"""The webhook on a server of its own, with a dispatcher and a casebook behind it."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from bot.channels.base import Verdict
from bot.channels.zalo_oa.options import PATH, OaOptions
from bot.channels.zalo_oa.webhook import Webhook
from bot.console_echo import ConsoleEcho
from bot.dispatch import Books, Dispatcher
from handlers.messages import Incoming, Outgoing
from handlers.turn import Turn
from storage.database import Database
from tests.emulators.zalo_oa import Delivery, ZaloOaEmulator
from tests.handlers.officers.office import sample_facts


def options_of(zalo: ZaloOaEmulator, **more: Any) -> OaOptions:
    options = OaOptions(
        oa_id=zalo.settings.oa_id,
        app_id=zalo.settings.app_id,
        app_secret=zalo.settings.app_secret,
        secret_key=zalo.settings.oa_secret,
        api_url=zalo.api_url,
    )
    return replace(options, **more)


class RealClock:
    """This machine's time, moved by a step."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


class Intake:
    """What comes in ends in `handled`; `counted` holds the oddities."""

    def __init__(self, zalo: ZaloOaEmulator, database: Database, books: Books, **options: Any) -> None:
        self.zalo = zalo
        self.database = database
        self.clock = RealClock()
        self.books = replace(books, clock=self.clock)
        self.counted: Counter[str] = Counter()
        self.handled: list[Incoming] = []
        self.echoed: list[tuple[str, str, str]] = []
        self.handling: Callable[[Turn], None] = lambda _: None
        self.delay = 0.0
        """Seconds before an update is committed."""
        self.dispatcher = Dispatcher(
            database=database,
            books=self.books,
            clock=self.clock,
            facts=sample_facts(),
            chance=random.Random(1),
            handle=self._handle,
        )
        effects = ConsoleEcho(
            "zalo_oa",
            zalo.settings.oa_id,
            database=database,
            books=self.books,
            clock=self.clock,
            echoed=lambda *told: self.echoed.append(told),
        )
        self.options = options_of(zalo, **options)
        self.webhook = Webhook(
            self.options,
            self._keep,
            effects,
            now=self.clock.now,
            count=lambda what: self.counted.update([what]),
        )
        self.dispatcher.connect(
            {}, wake=lambda _: None, note=lambda _channel, _account, what: self.counted.update([what])
        )

    async def _keep(self, incoming: Incoming) -> Verdict:
        await asyncio.sleep(self.delay)
        return await self.dispatcher.keep(incoming)

    def _handle(self, turn: Turn) -> None:
        self.handling(turn)
        self.handled.append(turn.incoming)
        turn.send(Outgoing(text="ok"))

    async def settled(self) -> None:
        """Until every event is answered and what was kept is handled."""
        await self.zalo.settled()
        await self.dispatcher.close()

    async def push(self, event: Any, **given: Any) -> str:
        """The webhook's answer to one event."""
        delivery: Delivery = self.zalo.push(event, **given)
        async with asyncio.timeout(10):
            await delivery.done.wait()
        return delivery.answers[-1]


@asynccontextmanager
async def intake(
    zalo: ZaloOaEmulator, database: Database, books: Books, **options: Any
) -> AsyncIterator[Intake]:
    """Registered with the emulator."""
    rig = Intake(zalo, database, books, **options)
    app = web.Application()
    app.add_routes(rig.webhook.routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        zalo.settings.receipts = False
        assert await zalo.register(f"http://127.0.0.1:{port}{PATH}") == 200
        yield rig
    finally:
        await rig.webhook.close()
        await rig.dispatcher.close()
        await runner.cleanup()
