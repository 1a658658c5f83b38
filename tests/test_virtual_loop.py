"""The loop of the long trials: hours pass at once, and real answers are still waited for."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import aiohttp
from aiohttp import web

from tests import virtual_loop


def test_hours_pass_in_moments_and_in_order() -> None:
    async def work() -> list[str]:
        loop = asyncio.get_running_loop()
        woken: list[str] = []

        async def wake(after: float, name: str) -> None:
            await asyncio.sleep(after)
            woken.append(f"{name} {loop.time():.0f}")

        await asyncio.gather(wake(7200, "late"), wake(60, "soon"), wake(3600, "middle"))
        return woken

    begun = time.monotonic()
    assert virtual_loop.run(work()) == ["soon 60", "middle 3600", "late 7200"]
    assert time.monotonic() - begun < 30


def test_a_real_server_is_waited_for() -> None:
    """A time-out of two seconds does not fire while a thread and a socket need some real milliseconds."""

    async def slow(_: web.Request) -> web.Response:
        await asyncio.to_thread(time.sleep, 0.003)
        return web.Response(text="done")

    async def work() -> list[str]:
        app = web.Application()
        app.router.add_get("/", slow)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        try:
            async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=2)) as http:
                answers = []
                for _ in range(50):
                    async with http.get(f"http://127.0.0.1:{port}/") as answer:
                        answers.append(await answer.text())
                    await asyncio.sleep(30)
                return answers
        finally:
            await runner.cleanup()

    assert virtual_loop.run(work()) == ["done"] * 50


def test_the_time_stands_while_a_thread_works() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        ticks = asyncio.create_task(asyncio.sleep(3600))
        begun = loop.time()
        await asyncio.to_thread(time.sleep, 0.2)
        passed = loop.time() - begun
        ticks.cancel()
        return passed

    assert virtual_loop.run(work()) < 1


def test_the_clock_follows_the_loop() -> None:
    async def work() -> tuple[datetime, datetime]:
        clock = virtual_loop.LoopClock(datetime(2026, 11, 2, 0, 0, tzinfo=UTC))
        await asyncio.sleep(90)
        before = clock.now()
        clock.forward(timedelta(days=7))
        return before, clock.now()

    before, after = virtual_loop.run(work())
    assert before.replace(microsecond=0) == datetime(2026, 11, 2, 0, 1, 30, tzinfo=UTC)
    assert after - before == timedelta(days=7)
