"""Updates that are kept, acknowledged and handled right after; and those that a dead process left behind."""

from __future__ import annotations

import asyncio
import random
from collections import defaultdict
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot import codec
from bot.channels.base import Verdict
from bot.dispatch import Books, Dispatcher
from bot.kept import LEFT_AFTER, KeptUpdates
from handlers.messages import Incoming, Outgoing, Text
from handlers.turn import Turn
from storage import inbox, outbox
from storage.database import Database
from storage.records import Queued
from storage.schema import inbox as inbox_table
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform
from tests.conftest import AGENCY
from tests.hand_clock import MORNING, HandClock
from tests.handlers.officers.office import sample_facts


def said(text: str, chat: str = "a", update_id: str = "") -> Incoming:
    return Incoming(
        channel=PLATFORM, account=ACCOUNT, update_id=update_id or text, chat=chat, person=chat,
        content=Text(text=text), at=MORNING,
    )  # fmt: skip


class Process:
    """One process of the service: a dispatcher and its look for kept updates."""

    def __init__(self, database: Database, books: Books, clock: HandClock, platform: Platform) -> None:
        self.database = database
        self.books = books
        self.handled: dict[str, list[str]] = defaultdict(list)
        self.replayed: list[bool] = []
        self.woken: list[Queued] = []
        self.broken = False
        self.dispatcher = Dispatcher(
            database=database,
            books=books,
            clock=clock,
            facts=sample_facts(),
            chance=random.Random(1),
            handle=self._handle,
        )
        self.dispatcher.connect({platform.name: platform}, wake=self.woken.extend)
        self.kept = KeptUpdates(self.dispatcher, database=database, books=books, clock=clock)

    def _handle(self, turn: Turn) -> None:
        if self.broken:
            raise ZeroDivisionError
        incoming = turn.incoming
        assert isinstance(incoming.content, Text)
        self.replayed.append(incoming.replayed)
        self.handled[incoming.chat].append(incoming.update_id)
        turn.send(Outgoing(text=incoming.content.text))

    async def leave(self, incoming: Incoming) -> None:
        """As a process that ends between acknowledging and handling."""

        def work(connection: Connection) -> int | None:
            return inbox.keep(
                connection, incoming.channel, incoming.account, incoming.update_id, raw=codec.dump(incoming),
                agency=AGENCY, at=MORNING, vault=self.books.vault, ids=self.books.ids,
            )  # fmt: skip

        assert await self.database.transact(work) is not None

    async def answers(self) -> list[str]:
        def work(connection: Connection) -> list[str]:
            rows = outbox.due(
                connection, self.books.vault, accounts=[(PLATFORM, ACCOUNT)], now=MORNING + timedelta(days=9),
                limit=1000,
            )  # fmt: skip
            return [row.body["text"] for row in rows]

        return await self.database.read(work)

    async def states(self) -> list[str]:
        def work(connection: Connection) -> list[str]:
            return list(connection.execute(select(inbox_table.c.status)).scalars())

        return sorted(await self.database.read(work))


@pytest.fixture
def new_process(database: Database, books: Books, clock: HandClock, platform: Platform) -> Any:
    return lambda: Process(database, books, clock, platform)


async def test_an_update_is_safe_before_it_is_handled_and_handled_right_after(new_process: Any) -> None:
    process = new_process()
    assert await process.dispatcher.keep(said("một")) is Verdict.DONE
    assert await process.dispatcher.keep(said("một")) is Verdict.DUPLICATE
    await process.dispatcher.close()
    assert await process.answers() == ["một"]
    assert [queued.row.body["text"] for queued in process.woken] == ["một"]
    assert await process.states() == ["done"]
    assert process.replayed == [False]
    assert await process.dispatcher.keep(said("một")) is Verdict.DUPLICATE
    assert await process.dispatcher.handle(said("một")) is Verdict.DUPLICATE


async def test_a_chat_keeps_its_order(new_process: Any) -> None:
    process = new_process()
    for number in range(40):
        assert await process.dispatcher.keep(said("x", f"c{number % 4}", f"{number:03}")) is Verdict.DONE
    await process.dispatcher.close()
    assert len(process.handled) == 4
    assert all(ids == sorted(ids) and len(ids) == 10 for ids in process.handled.values())


async def test_nothing_is_acknowledged_while_the_database_is_away(new_process: Any) -> None:
    process = new_process()
    await process.database.close()
    assert await process.dispatcher.keep(said("một")) is Verdict.RETRY
    await process.database.open()
    assert await process.states() == []
    assert await process.dispatcher.keep(said("một")) is Verdict.DONE
    await process.dispatcher.close()
    assert await process.answers() == ["một"]


async def test_what_a_dead_process_left_is_handled_once_by_another(
    new_process: Any, clock: HandClock
) -> None:
    dead, alive = new_process(), new_process()
    for number in range(150):
        await dead.leave(said("x", f"c{number % 3}", f"{number:03}"))

    assert await alive.kept.look() == 0, "whoever kept it may still be about to handle it"
    clock.forward(LEFT_AFTER)
    assert await alive.kept.look() == 150
    assert all(ids == sorted(ids) and len(ids) == 50 for ids in alive.handled.values())
    assert not any(alive.replayed)
    assert await alive.kept.look() == 0
    assert await alive.dispatcher.keep(said("x", "c0", "000")) is Verdict.DUPLICATE
    assert len(await alive.answers()) == 150


async def test_several_processes_that_look_at_once_handle_nothing_twice(
    new_process: Any, clock: HandClock
) -> None:
    processes = [new_process() for _ in range(3)]
    for number in range(60):
        await processes[0].leave(said("x", f"c{number % 5}", f"{number:03}"))
    clock.forward(LEFT_AFTER)
    await asyncio.gather(*(process.kept.look() for process in processes))
    handled = [one for process in processes for ids in process.handled.values() for one in ids]
    assert sorted(handled) == [f"{number:03}" for number in range(60)]
    assert len(await processes[0].answers()) == 60


async def test_one_that_is_being_handled_here_is_not_begun_again(new_process: Any, clock: HandClock) -> None:
    process = new_process()
    await process.dispatcher.keep(said("một"))
    clock.forward(LEFT_AFTER)
    await process.kept.look()
    await process.dispatcher.close()
    assert await process.answers() == ["một"]


async def test_one_whose_handling_fails_becomes_a_letter(new_process: Any, clock: HandClock) -> None:
    process = new_process()
    process.broken = True
    assert await process.dispatcher.keep(said("một")) is Verdict.DONE
    await process.dispatcher.close()
    await process.leave(said("hai", "b"))
    clock.forward(LEFT_AFTER)
    await process.kept.look()
    letters = await process.database.read(lambda connection: inbox.dead_letters(connection, agency=AGENCY))
    assert [letter.update_id for letter in letters] == ["một", "hai"]
    apology = sample_facts().catalogue.language("vi").get("service.fault")
    assert await process.answers() == [apology, apology]

    process.broken = False
    assert await process.kept.look() == 0, "a letter waits for an operator"
    assert [await process.dispatcher.replay(letter.id) for letter in letters] == [Verdict.DONE] * 2
    assert process.replayed == [True, True]


async def test_one_that_cannot_be_read_stops_no_other(new_process: Any, clock: HandClock) -> None:
    process = new_process()
    await process.leave(said("một"))
    await process.database.transact(
        lambda connection: connection.execute(update(inbox_table).values(raw_enc=b"\x01spoilt"))
    )
    await process.leave(said("hai"))
    clock.forward(LEFT_AFTER)
    assert await process.kept.look() == 1
    assert await process.answers() == ["hai"]
    assert await process.states() == ["dead", "done"]


async def test_it_looks_by_itself_and_outlives_an_outage(
    new_process: Any, clock: HandClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.kept.LOOK_SECONDS", 0.01)
    process = new_process()
    await process.leave(said("một"))
    clock.forward(LEFT_AFTER)
    await process.database.close()
    running = asyncio.create_task(process.kept.run())
    try:
        await asyncio.sleep(0.05)
        await process.database.open()
        async with asyncio.timeout(10):
            while await process.answers() != ["một"]:
                await asyncio.sleep(0.01)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await process.states() == ["done"]
