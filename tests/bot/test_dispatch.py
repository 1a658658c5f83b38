"""Dispatch: one update is one transaction, once; what fails is kept, told kindly and can be run again."""

from __future__ import annotations

import asyncio
import random
import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from bot.channels.base import Verdict
from bot.dispatch import Books, Dispatcher
from handlers.citizens import reminders
from handlers.messages import (
    Choice,
    Content,
    Files,
    Incoming,
    Membership,
    MembershipChange,
    Outgoing,
    Text,
)
from handlers.turn import Turn
from storage import inbox, outbox, timers
from storage.database import Database
from storage.records import OutboxRow, Queued
from storage.schema import contacts, conversations
from storage.schema import inbox as inbox_table
from storage.schema import outbox as outbox_table
from storage.schema import timers as timers_table
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform
from tests.conftest import AGENCY
from tests.hand_clock import MORNING, HandClock
from tests.handlers.officers.office import sample_facts

Handle = Callable[[Turn], None]


@dataclass
class Desk:
    """A dispatcher on a database, and what it handed on."""

    dispatcher: Dispatcher
    database: Database
    books: Books
    platform: Platform
    woken: list[Queued] = field(default_factory=list)
    files: int = 0

    async def take(self, text: str, *, chat: str = "a", update_id: str = "", **given: Any) -> Verdict:
        return await self.dispatcher.handle(an_update(Text(text=text), chat, update_id or text, **given))

    async def count(self, table: Any) -> int:
        return await self.database.read(
            lambda connection: connection.execute(select(func.count()).select_from(table)).scalar_one()
        )

    async def letters(self) -> list[Any]:
        return await self.database.read(lambda connection: inbox.dead_letters(connection, agency=AGENCY))

    async def waiting(self) -> list[OutboxRow]:
        def work(connection: Connection) -> list[OutboxRow]:
            return outbox.due(
                connection, self.books.vault, accounts=[(PLATFORM, ACCOUNT)], now=MORNING + timedelta(days=9)
            )

        return await self.database.read(work)


def an_update(content: Content, chat: str = "a", update_id: str = "1", **given: Any) -> Incoming:
    return Incoming(
        channel=PLATFORM, account=ACCOUNT, update_id=update_id, chat=chat, person=chat, content=content,
        at=MORNING, **given,
    )  # fmt: skip


def count_up(turn: Turn) -> None:
    """Answers with how many messages the conversation has had, as its memory says."""
    turn.talk.citizen = {"n": turn.talk.citizen.get("n", 0) + 1}
    turn.send(Outgoing(text=str(turn.talk.citizen["n"])))


Open = Callable[..., Desk]


@pytest.fixture
def desk_with(database: Database, books: Books, clock: HandClock, platform: Platform) -> Open:
    def make(handle: Handle = count_up) -> Desk:
        dispatcher = Dispatcher(
            database=database,
            books=books,
            clock=clock,
            facts=sample_facts(),
            chance=random.Random(1),
            handle=handle,
        )
        desk = Desk(dispatcher, database, books, platform)

        def file_came() -> None:
            desk.files += 1

        dispatcher.connect({platform.name: platform}, wake=desk.woken.extend, files=file_came)
        return desk

    return make


# --- once, and all or nothing


async def test_an_update_is_done_once(desk_with: Open) -> None:
    desk = desk_with()
    assert [await desk.take("chào", update_id="7") for _ in range(3)] == [
        Verdict.DONE,
        Verdict.DUPLICATE,
        Verdict.DUPLICATE,
    ]
    assert [row.body["text"] for row in await desk.waiting()] == ["1"]
    assert [queued.row.body["text"] for queued in desk.woken] == ["1"]


async def test_many_updates_twice_and_at_once_lose_and_double_nothing(desk_with: Open) -> None:
    chance = random.Random(3)
    desk = desk_with()
    updates = [(f"chat-{n % 12}", f"u{n}") for n in range(120)]
    brought = updates + chance.sample(updates, 60)
    chance.shuffle(brought)

    verdicts = await asyncio.gather(
        *(desk.take("x", chat=chat, update_id=update_id) for chat, update_id in brought)
    )

    assert (verdicts.count(Verdict.DONE), verdicts.count(Verdict.DUPLICATE)) == (120, 60)
    said = defaultdict(list)
    for row in await desk.waiting():
        said[row.chat].append(int(row.body["text"]))
    if not said:
        pytest.fail("nothing was said")
    rows = await desk.database.read(
        lambda connection: connection.execute(select(func.count()).select_from(outbox_table)).scalar_one()
    )
    assert rows == 120
    assert all(numbers == sorted(numbers) for numbers in said.values())
    assert len(desk.woken) == 120


async def test_a_chat_passes_in_order_and_others_side_by_side(desk_with: Open) -> None:
    inside: set[str] = set()
    overlapped: list[str] = []
    order = defaultdict(list)
    lock = threading.Lock()

    def handle(turn: Turn) -> None:
        chat = turn.incoming.chat
        with lock:
            overlapped.extend({chat} & inside)
            inside.add(chat)
        order[chat].append(turn.incoming.update_id)
        turn.book.connection.execute(select(func.count()).select_from(contacts))  # a place to be interrupted
        with lock:
            inside.discard(chat)

    desk = desk_with(handle)
    await asyncio.gather(
        *(desk.take("x", chat=f"c{n % 6}", update_id=f"{n:03}") for n in range(60)),
    )
    assert overlapped == []
    assert len(order) == 6
    assert all(ids == sorted(ids) for ids in order.values())


async def test_nothing_is_stored_while_the_database_is_away(desk_with: Open) -> None:
    desk = desk_with()
    await desk.database.close()
    assert await desk.take("chào") is Verdict.RETRY
    await desk.database.open()
    assert await desk.count(inbox_table) == await desk.count(contacts) == 0
    assert await desk.take("chào") is Verdict.DONE
    assert [row.body["text"] for row in await desk.waiting()] == ["1"]


# --- what fails


async def test_a_fault_that_passes_is_not_noticed(desk_with: Open) -> None:
    rounds = []

    def handle(turn: Turn) -> None:
        count_up(turn)
        rounds.append(1)
        if len(rounds) == 1:
            raise ZeroDivisionError

    desk = desk_with(handle)
    assert await desk.take("chào") is Verdict.DONE
    assert [row.body["text"] for row in await desk.waiting()] == ["1"]
    assert await desk.letters() == []


async def test_a_fault_that_stays_becomes_a_letter_the_person_is_told_and_it_is_run_again(
    desk_with: Open,
) -> None:
    broken = True
    seen = []

    def handle(turn: Turn) -> None:
        seen.append(turn.incoming)
        count_up(turn)
        if broken:
            raise ZeroDivisionError("the words of a person")

    desk = desk_with(handle)
    assert await desk.take("đơn của tôi", language="vi") is Verdict.KEPT
    [letter] = await desk.letters()
    assert letter.error.startswith("ZeroDivisionError at bot/test_dispatch.py:")
    assert "words" not in letter.error
    [apology] = await desk.waiting()
    assert apology.body["text"] == sample_facts().catalogue.language("vi").get("service.fault")
    assert await desk.take("đơn của tôi") is Verdict.DUPLICATE
    assert await desk.dispatcher.replay(letter.id) is Verdict.KEPT

    broken = False
    assert await desk.dispatcher.replay(letter.id) is Verdict.DONE
    assert seen[-1].replayed
    assert seen[-1].content == Text(text="đơn của tôi")
    assert await desk.dispatcher.replay(letter.id) is Verdict.DUPLICATE
    assert await desk.letters() == []
    assert [row.body["text"] for row in await desk.waiting()][-1] == "1"


async def test_many_faults_in_a_row_apologise_once(desk_with: Open) -> None:
    def handle(turn: Turn) -> None:
        raise ZeroDivisionError

    desk = desk_with(handle)
    for number in range(3):
        assert await desk.take(str(number)) is Verdict.KEPT
    assert len(await desk.letters()) == 3
    assert len(await desk.waiting()) == 1


async def test_a_memory_that_cannot_be_read_loses_no_update(desk_with: Open, books: Books) -> None:
    desk = desk_with()
    assert await desk.take("1") is Verdict.DONE

    def spoil(connection: Connection) -> None:
        connection.execute(update(conversations).values(state_enc=b"\x01spoilt"))

    await desk.database.transact(spoil)
    assert await desk.take("2") is Verdict.KEPT, "or the platform would bring it for ever"
    [letter] = await desk.letters()
    assert letter.update_id == "2"
    assert await desk.take("3", chat="b") is Verdict.DONE


async def test_half_a_letter_is_no_reason_to_lose_an_update(desk_with: Open) -> None:
    broken = True

    def handle(turn: Turn) -> None:
        if broken:
            raise ZeroDivisionError
        assert isinstance(turn.incoming.content, Text)
        turn.send(Outgoing(text=turn.incoming.content.text))

    desk = desk_with(handle)
    assert await desk.take("nửa \ud800 chữ\0", update_id="1") is Verdict.KEPT
    broken = False
    [letter] = await desk.letters()
    assert await desk.dispatcher.replay(letter.id) is Verdict.DONE
    assert [row.body["text"] for row in await desk.waiting()][-1] == "nửa \ud800 chữ\0"


@pytest.mark.parametrize("fault", [StopIteration, RecursionError, MemoryError, KeyError])
async def test_faults_of_every_class_hurt_only_their_own_turn(
    desk_with: Open, fault: type[Exception]
) -> None:
    def handle(turn: Turn) -> None:
        if turn.incoming.chat == "bad":
            raise fault
        count_up(turn)

    desk = desk_with(handle)
    async with asyncio.timeout(10):
        verdicts = await asyncio.gather(
            *(desk.take(str(n), chat="bad" if n == 5 else f"c{n}") for n in range(10))
        )
    assert verdicts == [Verdict.KEPT if n == 5 else Verdict.DONE for n in range(10)]


async def test_a_letter_never_covers_what_was_done(desk_with: Open) -> None:
    """Another process may have got the same update done between two failures of this one."""
    desk = desk_with()
    await desk.take("1")

    def keep(connection: Connection) -> int | None:
        return inbox.keep_dead(
            connection, PLATFORM, ACCOUNT, "1", raw=b"{}", error="x", attempts=2, agency=AGENCY, at=MORNING,
            vault=desk.books.vault, ids=desk.books.ids,
        )  # fmt: skip

    assert await desk.database.transact(keep) is None
    assert await desk.letters() == []


# --- what goes along


async def test_whoever_writes_can_be_written_to_again(desk_with: Open) -> None:
    desk = desk_with(lambda turn: turn.send(Outgoing(text=str(turn.contact.blocked_at))))
    await desk.take("1")
    await desk.database.transact(
        lambda connection: connection.execute(update(contacts).values(blocked_at=MORNING))
    )

    blocked = Membership(change=MembershipChange.BLOCKED)
    await desk.dispatcher.handle(an_update(blocked, update_id="2"))
    assert (await desk.waiting())[-1].body["text"] == str(MORNING), "this shows the opposite"
    await desk.take("3")
    assert (await desk.waiting())[-1].body["text"] == "None"

    def at(connection: Connection) -> Any:
        return connection.execute(select(contacts.c.blocked_at)).scalar_one()

    assert await desk.database.read(at) is None


async def test_presses_are_acknowledged_and_files_announced(desk_with: Open, platform: Platform) -> None:
    def handle(turn: Turn) -> None:
        turn.acknowledgement = "Đã nhận"

    desk = desk_with(handle)
    await desk.dispatcher.handle(an_update(Choice(token="c.1.x", callback_id="cb"), update_id="1"))
    await desk.dispatcher.handle(an_update(Files(files=()), update_id="2"))
    await desk.dispatcher.close()
    assert platform.acknowledged == [("cb", "Đã nhận")]
    assert desk.files == 1


# --- timers


async def set_timers(desk: Desk, *names: str, chat: str = "a") -> None:
    await desk.take("chào", chat=chat)

    def work(connection: Connection) -> None:
        book = desk.books(connection)
        opened = book.open_turn(channel=PLATFORM, account=ACCOUNT, chat=chat)
        for minute, name in enumerate(names):
            due_at = MORNING + timedelta(minutes=minute)
            book.set_timer(name, due_at, conversation_id=opened.conversation.id, data={"n": minute})

    await desk.database.transact(work)


async def timer_states(desk: Desk) -> list[tuple[str, int]]:
    def work(connection: Connection) -> list[tuple[str, int]]:
        rows = connection.execute(select(timers_table).order_by(timers_table.c.id))
        return [(row.status, row.attempts) for row in rows]

    return await desk.database.read(work)


async def test_a_timer_is_fired_once_in_its_time(desk_with: Open) -> None:
    desk = desk_with()
    await set_timers(desk, reminders.TIMER, reminders.TIMER)
    assert await desk.dispatcher.fire(MORNING)
    assert not await desk.dispatcher.fire(MORNING)
    assert await timer_states(desk) == [("fired", 0), ("waiting", 0)]
    later = MORNING + timedelta(days=3)
    assert await asyncio.gather(*(desk.dispatcher.fire(later) for _ in range(4))) != [False] * 4
    assert await timer_states(desk) == [("fired", 0), ("fired", 0)]


async def test_a_timer_that_fails_is_tried_later_and_stops_no_other(desk_with: Open) -> None:
    desk = desk_with()
    await set_timers(desk, "nobody knows it", reminders.TIMER)
    now = MORNING + timedelta(minutes=5)
    while await desk.dispatcher.fire(now):
        pass
    assert await timer_states(desk) == [("waiting", 1), ("fired", 0)]
    moment = await desk.database.read(timers.next_due)
    assert moment == now + timedelta(minutes=1)


async def test_a_timer_that_cannot_be_read_is_no_silent_end(desk_with: Open) -> None:
    desk = desk_with()
    await set_timers(desk, reminders.TIMER, reminders.TIMER)
    spoil = update(timers_table).where(timers_table.c.due_at == MORNING).values(data_enc=b"\x01spoilt")
    await desk.database.transact(lambda connection: connection.execute(spoil))
    now = MORNING + timedelta(minutes=5)
    while await desk.dispatcher.fire(now):
        pass
    assert await timer_states(desk) == [("waiting", 1), ("fired", 0)]
