"""What the tests of the emulated Official Account share."""

from __future__ import annotations

from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.telegram import SimClock
from tests.emulators.zalo_oa import ZaloOaEmulator
from tests.emulators.zalo_oa_bench import Bench


@pytest.fixture
def clock() -> SimClock:
    return SimClock(flowing=False)


@pytest.fixture
async def bench(clock: SimClock) -> AsyncIterator[Bench]:
    async with ZaloOaEmulator(clock=clock) as zalo, aiohttp.ClientSession() as http:
        made = Bench(zalo, http)
        app = web.Application()
        app.router.add_post("/hook", made.take)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made.hook = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
        made.token = zalo.world.oauth.pair()["access_token"]
        yield made
        await runner.cleanup()
