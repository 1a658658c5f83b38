"""`make bench`: this service beside a plain bot, in one run, on the same ten citizen steps.

The bot under test runs alone on one core, the emulated Bot API and the citizens on the other. Figures are
reported, never gates; quote ratios from one run.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks import console, hotspots, reports, search, similar
from benchmarks.load import (
    BotProcess,
    Result,
    citizen,
    driver_core,
    plain_bot,
    ready,
    run,
    service_bot,
    table,
)
from tests.emulators.telegram import Rates, TelegramEmulator

Make = Callable[[Path, TelegramEmulator], BotProcess]
MAKERS: dict[str, Make] = {
    "tiepdan": lambda folder, emulator: service_bot(folder, emulator, rate=0),
    "plain": plain_bot,
}
TABLES = {"tiepdan": "tiepdan.db", "plain": "plain.db"}


async def saturated(name: str, make: Make, *, citizens: int, seconds: float) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramEmulator(keep_calls=0) as emulator:
            bot = make(Path(folder), emulator)
            result, _ = await run(name, emulator, bot, citizens=citizens, seconds=seconds)
    return result


async def far_away(name: str, make: Make, *, citizens: int, seconds: float) -> Result:
    """The Bot API 50 ms away; citizens think half a second to one and a half."""
    chance = random.Random(7)
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramEmulator(keep_calls=0) as emulator:
            emulator.server.latency = 0.05
            bot = make(Path(folder), emulator)
            result, _ = await run(
                name,
                emulator,
                bot,
                citizens=citizens,
                seconds=seconds,
                think=lambda: chance.uniform(0.5, 1.5),
            )
    return result


async def paced(*, citizens: int, seconds: float) -> Result:
    """The service as it is set by default: at most 30 messages a second, one a second in a chat."""
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramEmulator(keep_calls=0, rates=Rates()) as emulator:
            bot = service_bot(Path(folder), emulator, rate=30)
            result, _ = await run("tiepdan 30/s", emulator, bot, citizens=citizens, seconds=seconds, warm=5.0)
    return result


async def killed(name: str, make: Make, *, citizens: int) -> dict[str, str]:
    """kill -9 in mid-load, restart on the same state; what citizens and the database say afterwards."""
    chance = random.Random(11)
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramEmulator(keep_calls=0) as emulator:
            bot = make(Path(folder), emulator)
            bot.start()
            try:
                await ready(emulator, bot)
                result, codes = Result(name, citizens), set[str]()
                until = time.perf_counter() + 8
                people = [emulator.person() for _ in range(citizens)]
                work = asyncio.gather(
                    *(
                        citizen(p, i, result, until, lambda: chance.uniform(0.15, 0.45), codes, finish=True)
                        for i, p in enumerate(people)
                    )
                )
                await asyncio.sleep(4)
                bot.kill()
                began = time.perf_counter()
                bot.start()
                await work
                waited = time.perf_counter() - began
            finally:
                bot.stop()
            with sqlite3.connect(Path(folder) / TABLES[name]) as database:
                stored = database.execute("SELECT count(*) FROM petitions").fetchone()[0]
    told = len(codes - {""})
    return {
        "bot": name,
        "dialogues": str(citizens),
        "lost dialogues": str(result.stuck),
        "codes told": str(told),
        "rows stored": str(stored),
        "stored, code not told": str(max(0, stored - told)),
        "told, not stored": str(max(0, told - stored)),
        "seconds": f"{waited:.0f}",
    }


async def main() -> None:
    words = argparse.ArgumentParser(prog="make bench", description=__doc__)
    words.add_argument("--seconds", type=float, default=15.0, help="length of each measured run")
    words.add_argument("--rounds", type=int, default=3, help="how often the two take turns")
    words.add_argument("--only", choices=("saturated", "far", "paced", "kill"))
    asked = words.parse_args()
    with driver_core():
        if asked.only in (None, "saturated"):
            rows = []
            for _ in range(asked.rounds):
                for name, make in MAKERS.items():
                    rows.append((await saturated(name, make, citizens=50, seconds=asked.seconds)).row())
            print(f"\nSaturated: 50 citizens, no pause, API at once, no pacing\n{table(rows)}")
        if asked.only in (None, "paced"):
            row = (await paced(citizens=50, seconds=asked.seconds)).row()
            print(f"\nWith pacing at 30 messages a second\n{table([row])}")
        if asked.only in (None, "far"):
            rows = []
            for name, make in MAKERS.items():
                rows.append((await far_away(name, make, citizens=200, seconds=asked.seconds)).row())
            print(f"\nAPI 50 ms away, 200 citizens who think about one second\n{table(rows)}")
        if asked.only in (None, "kill"):
            rows = [await killed(name, make, citizens=50) for name, make in MAKERS.items()]
            print(f"\nkill -9 in mid-load, restart on the same state\n{table(rows)}")


MANY_ROWS: dict[str, Callable[[list[str]], None]] = {
    "similar": similar.main,
    "search": search.main,
    "hotspots": hotspots.main,
    "console": console.main,
    "reports": reports.main,
}
"""What is measured at many rows, each by its name on the command line."""


if __name__ == "__main__":
    at_rows = MANY_ROWS.get(sys.argv[1]) if len(sys.argv) > 1 else None
    if at_rows is not None:
        at_rows(sys.argv[2:])
    else:
        asyncio.run(main())
