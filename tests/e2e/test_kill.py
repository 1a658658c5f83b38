"""`kill -9` in the middle of many dialogues, and platforms that misbehave: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import itertools
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from storage.records import FileStatus
from tests.e2e.support.arrivals import Arrivals, arrivals
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.platforms import ALL_CHANNELS, Platforms
from tests.e2e.support.service_process import ServiceProcess
from tests.e2e.support.steady_citizens import Chat, SteadyCitizen, TelegramChat, WebPage, Words
from tests.e2e.support.steady_zalo import BotChat, OaChat
from tests.e2e.support.tally import InFlight, Tally, tally
from tests.e2e.support.waiting import until
from tests.emulators.telegram import FaultKind, TelegramEmulator
from tests.emulators.zalo_bot import FaultKind as BotFault
from tests.emulators.zalo_oa import FaultKind as OaFault
from tests.log_watch import note

SEED = 20261123
LATE_SECONDS = 3.0
PATIENT = 500.0
"""Seconds: a message of several requests that fails five times in a row is tried again after five minutes."""


async def test_killed_three_times_among_twenty(database_url: str, tmp_path: Path) -> None:
    """A quarter of them on each channel."""
    await killed(database_url, tmp_path, citizens=20, kills=3, spread=4.0)


@pytest.mark.soak
async def test_killed_among_two_hundred(database_url: str, tmp_path: Path) -> None:
    await killed(database_url, tmp_path, citizens=200, kills=15, spread=40.0)


@pytest.mark.parametrize(("channel", "citizens"), [("telegram", 12), ("zalo_oa", 12), ("zalo_bot", 8)])
async def test_a_platform_full_of_faults(
    channel: str, citizens: int, sqlite_url: str, tmp_path: Path
) -> None:
    await faulty(channel, sqlite_url, tmp_path, citizens=citizens, spread=2.0)


@pytest.mark.soak
@pytest.mark.parametrize("channel", ["telegram", "zalo_oa", "zalo_bot"])
async def test_a_platform_full_of_faults_in_full(channel: str, database_url: str, tmp_path: Path) -> None:
    await faulty(channel, database_url, tmp_path, citizens=100, spread=20.0, minutes=True)


@dataclass(slots=True)
class Town:
    """The platforms, the service as a process, and the book beside it."""

    platforms: Platforms
    service: ServiceProcess
    ledger: Ledger
    arrivals: list[Arrivals]
    up: bool = True
    """The service takes requests."""

    async def bring_late(self) -> None:
        """An event that a killed or busy service did not take comes again soon; Zalo itself waits half a minute,
        and gives up after five tries."""
        while True:
            await asyncio.sleep(LATE_SECONDS)
            if self.up and self.platforms.zalo_oa is not None:
                self.platforms.zalo_oa.retry_now()


@asynccontextmanager
async def town(database_url: str, folder: Path, *, channels: Sequence[str]) -> AsyncIterator[Town]:
    async with Platforms(channels, seed=SEED) as platforms:
        settings = {name: str(value) for name, value in platforms.settings().items()}
        service = ServiceProcess(folder / "var", database_url=database_url, **settings)
        async with service, Ledger.opened(database_url, service.data_dir) as ledger:
            await platforms.connect(service.url)
            here = Town(platforms, service, ledger, arrivals(platforms))
            late = asyncio.create_task(here.bring_late())
            try:
                yield here
            finally:
                late.cancel()
            platforms.note_people()


async def killed(database_url: str, folder: Path, *, citizens: int, kills: int, spread: float) -> None:
    chance = random.Random(SEED)
    async with town(database_url, folder, channels=ALL_CHANNELS) as here:
        people = await crowd(here, ALL_CHANNELS, citizens, chance, spread=spread)
        flights = InFlight()
        running = [asyncio.create_task(person.run()) for person in people]
        try:
            counted = await kill_often(here, flights, kills, chance, spread=spread)
            await asyncio.gather(*running)
            await brought_again(here, chance)
            await settled(here)
        finally:
            for task in running:
                task.cancel()
            await leave(people)
        found = await tally(here.ledger, people, flights.by_chat, here.arrivals)
        repeats = sum((p.chat.repeats for p in people if isinstance(p.chat, WebPage)), Counter())
        found.figures |= {
            "kills": kills,
            "in flight": str(counted),
            "web requests repeated": str(dict(repeats)),
        }
        assert "holds" in await here.service.command("verify")
    conclude(found, here.ledger)


async def kill_often(
    here: Town, flights: InFlight, kills: int, chance: random.Random, *, spread: float
) -> list[int]:
    """Kill and start again at random moments; how many messages were in flight at each kill."""
    counted = []
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.2, 2 * spread / kills))
        here.up = False
        await here.service.kill()
        await asyncio.sleep(0.3)  # what the dead process had sent still arrives
        counted.append(await flights.count(here.arrivals, here.ledger))
        await here.service.start()
        here.up = True
    return counted


async def faulty(
    channel: str, database_url: str, folder: Path, *, citizens: int, spread: float, minutes: bool = False
) -> None:
    """`minutes`: also refusals after which a platform wants a minute of silence."""
    chance = random.Random(SEED + 1)
    async with town(database_url, folder, channels=(channel,)) as here:
        people = await crowd(here, (channel,), citizens, chance, spread=spread)
        {"telegram": spoil_telegram, "zalo_oa": spoil_zalo_oa, "zalo_bot": spoil_zalo_bot}[channel](
            here.platforms
        )
        if minutes and here.platforms.zalo_oa is not None:
            here.platforms.zalo_oa.fail("message/cs", -32, count=2, chance=0.02)
        running = [asyncio.create_task(person.run()) for person in people]
        doubler = asyncio.create_task(bring_twice(here.platforms, chance))
        try:
            await asyncio.gather(*running)
        finally:
            for task in (*running, doubler):
                task.cancel()
            await leave(people)
        await settled(here, within=PATIENT if minutes else 120.0)
        unheard = sum([await one.unheard() for one in here.arrivals], Counter())
        # A message whose answer was lost each time it was sent stays uncertain, after three tries.
        found = await tally(here.ledger, people, unheard, here.arrivals, may_end=["uncertain"])
        found.figures |= {"calls answered otherwise": str(dict(outcomes(here.platforms)))}
    conclude(found, here.ledger)


def spoil_telegram(platforms: Platforms) -> None:
    telegram = platforms.telegram
    telegram.world.updates.shuffle = True
    for method in ("sendMessage", "sendDocument"):
        telegram.fault(FaultKind.LOST_AFTER, method, count=0, chance=0.04)
        telegram.fault(FaultKind.GATEWAY_LOST, method, count=0, chance=0.03)
        telegram.fault(FaultKind.TRUNCATED, method, count=0, chance=0.03)
        telegram.fault(FaultKind.RESET_BEFORE, method, count=0, chance=0.03)
        telegram.fault(FaultKind.BAD_GATEWAY, method, count=0, chance=0.03)
        telegram.fault(FaultKind.DELAY, method, count=0, chance=0.05, seconds=0.8)
        telegram.fail(method, 500, "Internal Server Error", count=0, chance=0.03)
        telegram.too_many(method, 1, count=0, chance=0.03)
    telegram.fault(FaultKind.RESET_BEFORE, "getUpdates", count=0, chance=0.05)
    telegram.fault(FaultKind.TRUNCATED, "getUpdates", count=0, chance=0.05)
    telegram.fault(FaultKind.BAD_GATEWAY, "getFile", count=0, chance=0.2)


def spoil_zalo_oa(platforms: Platforms) -> None:
    """Lost answers (with and without the echo that tells of the message), refusals for a while, events twice
    and all at once."""
    oa = platforms.oa
    oa.deliverer.parallel = True
    oa.deliverer.duplicates = 0.2
    for path in ("message/cs", "upload"):
        oa.fault(OaFault.LOST_AFTER, path, count=0, chance=0.04)
        oa.fault(OaFault.GATEWAY_LOST, path, count=0, chance=0.03)
        oa.fault(OaFault.TRUNCATED, path, count=0, chance=0.03)
        oa.fault(OaFault.RESET_BEFORE, path, count=0, chance=0.03)
        oa.fault(OaFault.BAD_GATEWAY, path, count=0, chance=0.03)
        oa.fault(OaFault.NOT_JSON, path, count=0, chance=0.02)
        oa.fault(OaFault.DELAY, path, count=0, chance=0.05, seconds=0.8)
        oa.fault(OaFault.ERROR, path, count=0, chance=0.03, code=-200)
    oa.fault(OaFault.BAD_GATEWAY, "cdn/", count=0, chance=0.2)


def spoil_zalo_bot(platforms: Platforms) -> None:
    bot = platforms.bot
    for kind in (BotFault.LOST_AFTER, BotFault.GATEWAY_LOST, BotFault.TRUNCATED, BotFault.RESET_BEFORE):
        for skip in range(9, 90, 27):
            bot.fault(kind, "sendMessage", skip=skip)
    bot.fail("sendMessage", 500, "Internal Server Error", skip=5, count=2)
    bot.fault(BotFault.BAD_GATEWAY, "sendMessage", skip=14)
    bot.fault(BotFault.DELAY, "sendMessage", skip=20, seconds=0.8)
    for skip, kind in enumerate((BotFault.RESET_BEFORE, BotFault.TRUNCATED, BotFault.BAD_GATEWAY)):
        bot.fault(kind, "getUpdates", skip=5 + 30 * skip)


def outcomes(platforms: Platforms) -> Counter[str]:
    found = Counter(call.outcome[:30] for call in platforms.telegram.server.calls)
    for emulator in (platforms.zalo_oa, platforms.zalo_bot):
        if emulator is not None:
            found += Counter(call.outcome[:30] for call in emulator.calls)
    del found["ok"]
    return found


async def crowd(
    here: Town, channels: Sequence[str], count: int, chance: random.Random, *, spread: float
) -> list[SteadyCitizen]:
    """Citizens on these channels in turn, who begin spread over `spread` seconds."""
    people = []
    for n in range(count):
        words = Words(n)
        chat = await chat_on(here, channels[n % len(channels)])
        people.append(SteadyCitizen(words, chat, chance, thinks=spread / 4))
        note(words.story, words.name)
        note(words.phone, sort="phone")
    return people


async def chat_on(here: Town, channel: str) -> Chat:
    match channel:
        case "web":
            page = WebPage(here.service.url)
            await page.open()
            return page
        case "zalo_oa":
            return OaChat(here.platforms.oa.person())
        case "zalo_bot":
            return BotChat(here.platforms.bot.person())
        case _:
            return TelegramChat(here.platforms.telegram.person(first_name="Dân"))


async def leave(people: Sequence[SteadyCitizen]) -> None:
    for person in people:
        await person.chat.close()


async def brought_again(here: Town, chance: random.Random) -> None:
    """The platforms bring a third of all updates once more, long after they were confirmed."""
    before = await here.ledger.count("petitions")
    bring_telegram_again(here.platforms.telegram, chance, share=3)
    if here.platforms.zalo_oa is not None:
        events = here.platforms.zalo_oa.delivered()
        for event in chance.sample(events, len(events) // 3):
            here.platforms.zalo_oa.deliver_again(event)
    if here.platforms.zalo_bot is not None:
        updates = here.platforms.zalo_bot.server.updates.history.copy()
        for update in chance.sample(updates, len(updates) // 3):
            here.platforms.zalo_bot.redeliver(update.id)
    await asyncio.sleep(0.5)
    assert await here.ledger.count("petitions") == before


def bring_telegram_again(telegram: TelegramEmulator, chance: random.Random, *, share: int) -> None:
    known = telegram.update_ids
    for update_id in chance.sample(known, len(known) // share):
        telegram.redeliver(update_id)


async def bring_twice(platforms: Platforms, chance: random.Random) -> None:
    """Now and then an update comes once more; the Official Account doubles its events itself, and the bot's
    queue is slow: it serves one at a time."""
    for turn in itertools.count():
        await asyncio.sleep(0.2)
        if platforms.telegram.update_ids:
            platforms.telegram.redeliver(chance.choice(platforms.telegram.update_ids))
        if (
            turn % 10 == 0
            and platforms.zalo_bot is not None
            and (known := platforms.zalo_bot.server.updates.history)
        ):
            platforms.zalo_bot.redeliver(chance.choice(known).id)


async def settled(here: Town, *, within: float = 120.0) -> None:
    """Until every update is confirmed, every message out and every file here."""
    left: list[int] = []

    async def quiet() -> bool:
        files = [file for kept in await here.ledger.petitions() for file in kept.files]
        left[:] = (
            here.platforms.unconfirmed,
            await here.ledger.kept(),
            await here.ledger.waiting(),
            sum(file.status is FileStatus.PENDING for file in files),
        )
        return not any(left)

    try:
        await until(quiet, "everything taken in, sent and fetched", within=within)
    except AssertionError as fault:
        raise AssertionError(f"{fault}: updates, kept, messages, files left: {left}") from fault


def conclude(found: Tally, ledger: Ledger) -> None:
    print(f"\n{ledger.database.dialect}: {found.line()}")
    assert not found.wrong, "\n".join(found.wrong)
