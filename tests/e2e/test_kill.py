"""`kill -9` in the middle of many dialogues, and a platform that misbehaves: nothing is lost, nothing doubled."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from storage.records import FileStatus
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.platforms import note_telegram
from tests.e2e.support.service_process import ServiceProcess
from tests.e2e.support.steady_citizens import SteadyCitizen, TelegramChat, WebPage, Words
from tests.e2e.support.tally import InFlight, Tally, tally
from tests.e2e.support.waiting import until
from tests.emulators.telegram import FaultKind, TelegramEmulator
from tests.log_watch import note

SEED = 20261123


async def test_killed_three_times_among_twenty(database_url: str, tmp_path: Path) -> None:
    await killed(database_url, tmp_path, citizens=20, kills=3, spread=4.0)


@pytest.mark.soak
async def test_killed_among_two_hundred(database_url: str, tmp_path: Path) -> None:
    await killed(database_url, tmp_path, citizens=200, kills=15, spread=40.0)


async def test_a_platform_full_of_faults(sqlite_url: str, tmp_path: Path) -> None:
    await faulty(sqlite_url, tmp_path, citizens=12, spread=2.0)


@pytest.mark.soak
async def test_a_platform_full_of_faults_in_full(database_url: str, tmp_path: Path) -> None:
    await faulty(database_url, tmp_path, citizens=100, spread=20.0)


@asynccontextmanager
async def town(
    database_url: str, folder: Path
) -> AsyncIterator[tuple[TelegramEmulator, ServiceProcess, Ledger]]:
    """The emulator, the service as a process, and the book beside it."""
    async with TelegramEmulator(seed=SEED) as telegram:
        service = ServiceProcess(
            folder / "var",
            database_url=database_url,
            telegram_token=telegram.token,
            telegram_api_url=telegram.url,
            telegram_rate="0",
        )
        async with service, Ledger.opened(database_url, service.data_dir) as ledger:
            yield telegram, service, ledger
            note_telegram(telegram)


async def killed(database_url: str, folder: Path, *, citizens: int, kills: int, spread: float) -> None:
    chance = random.Random(SEED)
    async with town(database_url, folder) as (telegram, service, ledger):
        people = await crowd(telegram, service, citizens, chance, spread=spread)
        flights = InFlight()
        running = [asyncio.create_task(person.run()) for person in people]
        try:
            counted = await kill_often(service, telegram, ledger, flights, kills, chance, spread=spread)
            await asyncio.gather(*running)
            await brought_again(telegram, ledger, chance)
            await settled(telegram, ledger)
        finally:
            for task in running:
                task.cancel()
            await leave(people)
        found = await tally(ledger, people, flights.by_chat, telegram)
        repeats = sum((p.chat.repeats for p in people if isinstance(p.chat, WebPage)), Counter())
        found.figures |= {
            "kills": kills,
            "in flight": str(counted),
            "web requests repeated": str(dict(repeats)),
        }
        assert "holds" in await service.command("verify")
    conclude(found, ledger)


async def kill_often(
    service: ServiceProcess,
    telegram: TelegramEmulator,
    ledger: Ledger,
    flights: InFlight,
    kills: int,
    chance: random.Random,
    *,
    spread: float,
) -> list[int]:
    """Kill and start again at random moments; how many messages were in flight at each kill."""
    counted = []
    for _ in range(kills):
        await asyncio.sleep(chance.uniform(0.2, 2 * spread / kills))
        await service.kill()
        await asyncio.sleep(0.3)  # what the dead process had sent still arrives
        counted.append(await flights.count(telegram, ledger))
        await service.start()
    return counted


async def faulty(database_url: str, folder: Path, *, citizens: int, spread: float) -> None:
    chance = random.Random(SEED + 1)
    async with town(database_url, folder) as (telegram, service, ledger):
        people = await crowd(telegram, service, citizens, chance, spread=spread, web_share=0)
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
        running = [asyncio.create_task(person.run()) for person in people]
        doubler = asyncio.create_task(bring_twice(telegram, chance))
        try:
            await asyncio.gather(*running)
        finally:
            for task in (*running, doubler):
                task.cancel()
            await leave(people)
        await settled(telegram, ledger)
        unanswered = Counter(
            call.chat
            for call in telegram.server.calls
            if call.chat is not None and call.outcome.startswith("applied")
        )
        # A message whose answer was lost each time it was sent stays uncertain, after three tries.
        found = await tally(ledger, people, unanswered, telegram, may_end=["uncertain"])
        outcomes = Counter(call.outcome[:30] for call in telegram.server.calls if call.outcome != "ok")
        found.figures |= {"calls answered otherwise": str(dict(outcomes))}
    conclude(found, ledger)


async def crowd(
    telegram: TelegramEmulator,
    service: ServiceProcess,
    count: int,
    chance: random.Random,
    *,
    spread: float,
    web_share: int = 4,
) -> list[SteadyCitizen]:
    """Citizens who begin spread over `spread` seconds; every `web_share`-th uses the web chat (0: none)."""
    people = []
    for n in range(count):
        if web_share and n % web_share == 0:
            page = WebPage(service.url)
            await page.open()
            citizen = SteadyCitizen(Words(n), page, chance, thinks=spread / 4)
        else:
            chat = TelegramChat(telegram.person(first_name="Dân"))
            citizen = SteadyCitizen(Words(n), chat, chance, thinks=spread / 4)
        note(citizen.words.story, citizen.words.name)
        note(citizen.words.phone, sort="phone")
        people.append(citizen)
    return people


async def leave(people: Sequence[SteadyCitizen]) -> None:
    for person in people:
        await person.chat.close()


async def brought_again(telegram: TelegramEmulator, ledger: Ledger, chance: random.Random) -> None:
    """The platform brings a third of all updates once more, long after they were confirmed."""
    known = telegram.update_ids
    before = await ledger.count("petitions")
    for update_id in chance.sample(known, len(known) // 3):
        telegram.redeliver(update_id)
    await asyncio.sleep(0.5)
    assert await ledger.count("petitions") == before


async def bring_twice(telegram: TelegramEmulator, chance: random.Random) -> None:
    while True:
        await asyncio.sleep(0.2)
        if telegram.update_ids:
            telegram.redeliver(chance.choice(telegram.update_ids))


async def settled(telegram: TelegramEmulator, ledger: Ledger) -> None:
    """Until every update is confirmed, every message out and every file here."""

    async def quiet() -> bool:
        if telegram.unconfirmed or await ledger.waiting():
            return False
        files = [file for kept in await ledger.petitions() for file in kept.files]
        return all(file.status is not FileStatus.PENDING for file in files)

    await until(quiet, "everything taken in, sent and fetched", within=120)


def conclude(found: Tally, ledger: Ledger) -> None:
    print(f"\n{ledger.database.dialect}: {found.line()}")
    assert not found.wrong, "\n".join(found.wrong)
