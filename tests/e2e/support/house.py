"""A running service inside the test's process, with its emulated platforms and a clock that can be moved."""

from __future__ import annotations

import asyncio
import os
import secrets
from collections.abc import AsyncIterator, Collection
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import SystemRandom
from typing import Any

from bot.service import Service
from bot.settings import Settings
from storage.keys import KeyRing
from storage.records import FileStatus
from tests import log_watch
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.people import Citizen
from tests.e2e.support.platforms import Platforms
from tests.e2e.support.shifted_clock import ShiftedClock
from tests.e2e.support.telegram_citizen import TelegramCitizen
from tests.e2e.support.waiting import until
from tests.e2e.support.web_citizen import WebCitizen
from tests.e2e.support.zalo_bot_citizen import ZaloBotCitizen
from tests.e2e.support.zalo_oa_citizen import ZaloOaCitizen
from tests.emulators.telegram import Group, Person
from tests.free_port import free_port

PATIENCE = 20.0


class House:
    """Made by `running_house`."""

    def __init__(self, settings: Settings, clock: ShiftedClock, platforms: Platforms) -> None:
        self.settings = settings
        self.clock = clock
        self.platforms = platforms
        self.telegram = platforms.telegram
        self.service: Service
        self.ledger: Ledger
        self._visitors: list[WebCitizen] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.service.port}"

    # --- running

    async def open(self) -> None:
        self.service = Service(
            self.settings,
            clock=self.clock,
            chance=SystemRandom(),
            new_token=lambda: secrets.token_urlsafe(32),
        )
        try:
            await self.service.start()
        except BaseException:
            await self.service.stop()
            raise
        self.ledger = Ledger(self.service.database, self.settings.storage.data_dir)
        await self._until_reachable()
        await self.platforms.connect(self.url)

    async def close(self) -> None:
        await self.service.stop()

    async def _until_reachable(self) -> None:
        """Every intake polls (or has its webhook), and a leader sends."""
        async with asyncio.timeout(PATIENCE):
            for channel in self.service.channels.values():
                if isinstance(ready := getattr(channel, "ready", None), asyncio.Event):
                    await ready.wait()
        senders = self.service.delivery._senders.values()
        await until(lambda: all(sender.leads for sender in senders), "somebody sends", within=PATIENCE)

    async def quiet(self) -> None:
        """Until every update is taken in and every message sent."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        calm = 0
        while calm < 2:
            busy = self.platforms.unconfirmed or sum(self.service.delivery.waiting.values())
            # Rows that a leader has not looked at yet are known to the book only.
            busy = busy or (calm > 0 and (await self.ledger.kept() or await self.ledger.waiting()))
            calm = 0 if busy else calm + 1
            if loop.time() > deadline:
                waiting = dict(self.service.delivery.waiting)
                raise AssertionError(f"not quiet: {self.platforms.unconfirmed} updates, {waiting} messages")
            await asyncio.sleep(0.005)

    async def files_fetched(self) -> None:
        """Until no file of a petition waits to be fetched from its platform."""

        async def fetched() -> bool:
            files = [file for kept in await self.ledger.petitions() for file in kept.files]
            return all(file.status is not FileStatus.PENDING for file in files)

        await until(fetched, "files fetched", within=PATIENCE)

    async def pass_time(self, step: timedelta) -> None:
        """Let time pass; timers that fall due meanwhile fire."""
        self.clock.forward(step)
        await asyncio.sleep(1.2)  # the ticker looks once a second
        await self.quiet()

    # --- people

    def telegram_citizen(
        self, person: Person | None = None, *, group: Group | None = None
    ) -> TelegramCitizen:
        return TelegramCitizen(person or self.telegram.person(), self.quiet, group=group)

    async def web_citizen(self, *, language: str = "vi") -> WebCitizen:
        visitor = await WebCitizen.visit(self.url, self.quiet, language=language)
        self._visitors.append(visitor)
        return visitor

    async def citizen(self, channel: str, *, language: str = "vi") -> Citizen:
        """Somebody on that channel; `language` is what the platform tells of it, where it tells any."""
        match channel:
            case "web":
                return await self.web_citizen(language=language)
            case "zalo_oa":
                return ZaloOaCitizen(self.platforms.oa.person(), self.quiet)
            case "zalo_bot":
                return ZaloBotCitizen(self.platforms.bot.person(), self.quiet)
            case _:
                return self.telegram_citizen(self.telegram.person(language_code=language))

    async def leave(self) -> None:
        """Everybody goes home; what they said may stand in no log line."""
        for visitor in self._visitors:
            note_said(visitor)
            await visitor.close()
        self.platforms.note_people()
        for row in await self.ledger.messages():
            log_watch.note((row.body.get("file") or {}).get("secret", ""), sort="secret")


def note_said(visitor: WebCitizen) -> None:
    log_watch.note(*(exchange.did for exchange in visitor.transcript))
    log_watch.note(*(cookie.value for cookie in visitor.http.cookie_jar), sort="secret")


def make_settings(database_url: str, data_dir: Path, platforms: Platforms | None, **more: Any) -> Settings:
    """Settings of a service for tests: a free port, no pacing, nothing from the environment."""
    for name in list(os.environ):
        assert not name.startswith("TIEPDAN_") or name.startswith("TIEPDAN_TEST_"), f"{name} is set"
    known: dict[str, Any] = {
        "data_dir": data_dir,
        "database_url": database_url,
        "http_port": 0,
        "public_url": "http://127.0.0.1:8080",
    }
    if platforms is not None:
        known |= platforms.settings()
    return Settings(_env_file=None, **(known | more))  # type: ignore[call-arg]


@asynccontextmanager
async def running_house(
    database_url: str,
    data_dir: Path,
    *,
    channels: Collection[str] = ("telegram", "web"),
    webhook: bool = False,
    at: datetime | None = None,
    **settings: Any,
) -> AsyncIterator[House]:
    """A service on this database until the end of the block. `webhook`: updates are pushed, not polled.

    `channels`: Telegram, where the officers are, and the web chat always run; other platforms run when named.
    `at`: the moment the house opens; now where none is given.
    """
    clock = ShiftedClock()
    if at is not None:
        clock.forward(at - clock.now())
    async with AsyncExitStack() as stack:
        platforms = await stack.enter_async_context(Platforms(channels, clock=clock.platforms))
        if (
            platforms.zalo_bot is not None
        ):  # served twice is enough to be taken for new again; then polls wait
            platforms.zalo_bot.habits.most_servings = 2
        if webhook or {"zalo_oa", "zalo_bot"} & set(channels):
            port = free_port()
            settings |= {"http_port": port, "public_url": f"http://127.0.0.1:{port}"}
        if webhook:
            settings |= platforms.webhooks()
        give_keys(data_dir)
        house = House(make_settings(database_url, data_dir, platforms, **settings), clock, platforms)
        await house.open()
        try:
            yield house
        finally:
            await house.leave()
            await house.close()


def give_keys(data_dir: Path) -> None:
    """A key ring, as `tiepdan migrate` makes it for an empty database."""
    data_dir.mkdir(parents=True, exist_ok=True)
    if not (data_dir / "keys.json").exists():
        KeyRing.create(data_dir / "keys.json")
