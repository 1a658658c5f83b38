"""A person comes back: dispatch says first what waited, and hands it to delivery before the answer."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest
from sqlalchemy import Connection

from bot.channels.base import Verdict
from bot.dispatch import Books, Dispatcher
from handlers.messages import Content, Incoming, Membership, MembershipChange, Outgoing, Text, Withdrawn
from handlers.turn import Turn
from storage import waiting
from storage.database import Database
from storage.records import Queued
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform, WindowedPlatform
from tests.hand_clock import MORNING, HandClock
from tests.handlers.officers.office import sample_facts
from tests.storage.builders import a_message


class Desk:
    def __init__(self, database: Database, books: Books, clock: HandClock, platform: Platform) -> None:
        self.database = database
        self.books = books
        self.clock = clock
        self.woken: list[Queued] = []
        self._number = 0
        self.dispatcher = Dispatcher(
            database=database, books=books, clock=clock, facts=sample_facts(), chance=random.Random(1),
            handle=self._handle,
        )  # fmt: skip
        self.dispatcher.connect({platform.name: platform}, wake=self.woken.extend)

    def _handle(self, turn: Turn) -> None:
        turn.send(Outgoing(text="the answer"))

    async def take(self, content: Content) -> list[str]:
        """One update of the person; the texts that delivery was handed."""
        self._number += 1
        self.woken.clear()
        incoming = Incoming(
            channel=PLATFORM, account=ACCOUNT, update_id=str(self._number), chat="a", person="a",
            content=content, at=self.clock.now(),
        )  # fmt: skip
        assert await self.dispatcher.handle(incoming) is Verdict.DONE
        return [item.row.body["text"] for item in self.woken]

    async def hold(self, text: str, audience: str) -> None:
        def work(connection: Connection) -> None:
            book = self.books(connection)
            contact = book.open_turn(channel=PLATFORM, account=ACCOUNT, chat="a").contact
            row = book.queue(a_message(contact, text, audience=audience)).row
            assert waiting.hold(connection, row, reason="window_passed", now=book.now())

        await self.database.transact(work)


@pytest.fixture
def desk(database: Database, books: Books, clock: HandClock, windowed: WindowedPlatform) -> Desk:
    return Desk(database, books, clock, windowed)


async def test_what_waited_is_handed_over_before_the_answer(desk: Desk, clock: HandClock) -> None:
    await desk.take(Text(text="xin chào"))
    await desk.hold("one", "citizen")
    await desk.hold("two", "citizen")
    now = clock.forward(timedelta(days=9))
    assert await desk.take(Text(text="còn đó không")) == ["one", "two", "the answer"]
    assert {item.row.seen_at for item in desk.woken} == {now}, "delivery finds the window open"
    assert await desk.take(Text(text="cảm ơn")) == ["the answer"]


@pytest.mark.parametrize("content", [Withdrawn(), Membership(change=MembershipChange.UNBLOCKED)])
async def test_what_is_no_deed_lets_nothing_go(desk: Desk, content: Content) -> None:
    await desk.take(Text(text="xin chào"))
    await desk.hold("one", "citizen")
    assert await desk.take(content) == ["the answer"]
    assert await desk.take(Text(text="xin chào")) == ["one", "the answer"]


async def test_it_is_so_on_a_platform_without_a_window_too(
    database: Database, books: Books, clock: HandClock, platform: Platform
) -> None:
    """There a notice waits that was not taken for days."""
    desk = Desk(database, books, clock, platform)
    await desk.take(Text(text="xin chào"))
    await desk.hold("one", "citizen")
    assert await desk.take(Text(text="xin chào")) == ["one", "the answer"]


async def test_what_waited_for_an_officer_is_not_for_the_citizen_of_today(desk: Desk) -> None:
    await desk.take(Text(text="xin chào"))
    await desk.hold("a card", "officer")
    await desk.hold("for the citizen", "citizen")
    assert await desk.take(Text(text="xin chào")) == ["for the citizen", "the answer"]
    assert desk.woken[-1].row.seen_at == MORNING
