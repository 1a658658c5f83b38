"""Plays citizens against a bot under test, closed loop, and measures what they feel and what it costs."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from benchmarks.steps import CODE, STEPS
from tests.emulators.telegram import NothingCame, Person, TelegramEmulator

PATIENCE = 60.0


@dataclass(slots=True)
class Result:
    """What one run showed."""

    bot: str
    citizens: int
    seconds: float = 0.0
    submissions: int = 0
    updates: int = 0
    replies: list[float] = field(default_factory=list)
    cpu: float = 0.0
    rss: int = 0
    stuck: int = 0
    ready: float = 0.0

    def row(self) -> dict[str, str]:
        ordered = sorted(self.replies) or [0.0]

        def percentile(share: float) -> str:
            return f"{1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]:.1f}"

        done = max(self.submissions, 1)
        return {
            "bot": self.bot,
            "citizens": str(self.citizens),
            "subm/s": f"{self.submissions / self.seconds:.1f}",
            "upd/s": f"{self.updates / self.seconds:.0f}",
            "p50 ms": percentile(0.50),
            "p95 ms": percentile(0.95),
            "p99 ms": percentile(0.99),
            "cpu ms/subm": f"{1000 * self.cpu / done:.1f}",
            "rss MiB": f"{self.rss / 2**20:.0f}",
            "ready s": f"{self.ready:.2f}",
            "stuck": str(self.stuck),
        }


class BotProcess:
    """A bot as a process of its own, pinned to one core; the driver keeps the other."""

    def __init__(self, command: Sequence[str], env: dict[str, str], log: Path) -> None:
        self._command = list(command)
        self._env = {**os.environ, **env}
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        cores = sorted(os.sched_getaffinity(0))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command,
                env=self._env,
                stdout=log,
                stderr=log,
                preexec_fn=lambda: os.sched_setaffinity(0, {cores[-1]}),
            )

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    @property
    def usage(self) -> tuple[float, int]:
        """CPU seconds so far and resident bytes now."""
        assert self._process is not None
        seen = psutil.Process(self._process.pid)
        times = seen.cpu_times()
        return times.user + times.system, seen.memory_info().rss

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None


@contextmanager
def driver_core():
    """Keep the driver on the first core while a bot runs on the last."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def service_bot(folder: Path, emulator: TelegramEmulator, *, rate: float, database: str = "") -> BotProcess:
    port = 20_000 + random.randrange(20_000)
    env = {
        "TIEPDAN_DATA_DIR": str(folder),
        "TIEPDAN_TELEGRAM_TOKEN": emulator.token,
        "TIEPDAN_TELEGRAM_API_URL": emulator.url,
        "TIEPDAN_TELEGRAM_RATE": str(rate),
        "TIEPDAN_HTTP_PORT": str(port),
        "TIEPDAN_LOG_FORMAT": "json",
    }
    if database:
        env["TIEPDAN_DATABASE_URL"] = database
    return BotProcess([sys.executable, "-m", "bot.cli", "run"], env, folder / "service.log")


def plain_bot(folder: Path, emulator: TelegramEmulator) -> BotProcess:
    env = {"PLAIN_TOKEN": emulator.token, "PLAIN_API_URL": emulator.url}
    command = [sys.executable, "-m", "benchmarks.plain_bot", str(folder)]
    return BotProcess(command, env, folder / "plain.log")


async def ready(emulator: TelegramEmulator, bot: BotProcess) -> float:
    """Seconds until the bot answers its first /start."""
    began = time.perf_counter()
    scout = emulator.person(499_999_999)
    scout.say("/start")
    await scout.next(timeout=PATIENCE)
    if not bot.alive:
        raise RuntimeError("the bot under test ended by itself")
    return time.perf_counter() - began


async def citizen(
    person: Person,
    number: int,
    result: Result,
    until: float,
    think: Callable[[], float],
    codes: set[str],
    *,
    finish: bool = False,
) -> None:
    """Submit again and again until the time is over; `finish`: end the dialogue in hand even so."""
    while time.perf_counter() < until:
        code = ""
        for step in STEPS:
            await asyncio.sleep(think())
            if not finish and time.perf_counter() >= until:
                return
            person.skip_seen()
            acted = time.perf_counter()
            step.act(person, code, number)
            try:
                while True:
                    shown = await person.next(timeout=PATIENCE)
                    if step.answered(shown):
                        break
            except NothingCame:
                result.stuck += 1
                return
            if acted < until:
                result.replies.append(time.perf_counter() - acted)
                result.updates += 1
            if found := CODE.search(shown.text):
                code = found[0]
        codes.add(code)
        if time.perf_counter() < until:
            result.submissions += 1


async def run(
    name: str,
    emulator: TelegramEmulator,
    bot: BotProcess,
    *,
    citizens: int,
    seconds: float,
    think: Callable[[], float] = lambda: 0.0,
    warm: float = 3.0,
) -> tuple[Result, set[str]]:
    """One measured run after a short warm-up; the bot is started and stopped here."""
    result = Result(name, citizens)
    bot.start()
    try:
        result.ready = await ready(emulator, bot)
        codes: set[str] = set()
        end_warm = time.perf_counter() + warm
        people = [emulator.person() for _ in range(citizens)]
        await asyncio.gather(
            *(citizen(p, i, Result("warm", 0), end_warm, think, codes) for i, p in enumerate(people))
        )
        cpu_before, _ = bot.usage
        began = time.perf_counter()
        work = asyncio.gather(
            *(citizen(p, i, result, began + seconds, think, codes) for i, p in enumerate(people))
        )
        peak = asyncio.create_task(_peak(bot, result))
        await asyncio.sleep(seconds)
        result.cpu = bot.usage[0] - cpu_before
        result.seconds = time.perf_counter() - began
        await work
        peak.cancel()
    finally:
        bot.stop()
    return result, codes


async def _peak(bot: BotProcess, result: Result) -> None:
    while bot.alive:
        result.rss = max(result.rss, bot.usage[1])
        await asyncio.sleep(0.2)


def table(rows: Sequence[dict[str, str]]) -> str:
    names = list(rows[0])
    widths = {name: max(len(name), *(len(row[name]) for row in rows)) for name in names}
    lines = ["  ".join(name.rjust(widths[name]) for name in names)]
    lines += ["  ".join(row[name].rjust(widths[name]) for name in names) for row in rows]
    return "\n".join(lines)
