"""The last own deed of a person is written down, and a chat is left to the office while it writes there."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.channels.base import Verdict
from bot.dispatch import Books, Dispatcher
from bot.presence import left_to_office
from handlers.messages import (
    Arrived,
    Content,
    Incoming,
    Membership,
    MembershipChange,
    Outgoing,
    Text,
    Withdrawn,
)
from handlers.turn import Turn
from storage import chat_marks
from storage.database import Database
from storage.records import ContactRecord
from storage.schema import contacts, outbox
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform
from tests.hand_clock import MORNING, HandClock
from tests.handlers.officers.office import sample_facts


class Desk:
    def __init__(self, database: Database, books: Books, clock: HandClock, platform: Platform) -> None:
        self.database = database
        self.clock = clock
        self.counted: Counter[tuple[str, str, str]] = Counter()
        self.seen_in_turn: list[datetime | None] = []
        self._number = 0
        self.dispatcher = Dispatcher(
            database=database, books=books, clock=clock, facts=sample_facts(), chance=random.Random(1),
            handle=self._handle,
        )  # fmt: skip

        def note(channel: str, account: str, what: str) -> None:
            self.counted[channel, account, what] += 1

        self.dispatcher.connect({platform.name: platform}, wake=lambda _: None, note=note)

    def _handle(self, turn: Turn) -> None:
        self.seen_in_turn.append(turn.contact.seen_at)
        turn.send(Outgoing(text="ok"))

    async def take(self, content: Content, at: datetime | None = None, **given: Any) -> None:
        self._number += 1
        incoming = Incoming(
            channel=PLATFORM, account=ACCOUNT, update_id=str(self._number), chat="a", person="a",
            content=content, at=at or self.clock.now(), **given,
        )  # fmt: skip
        assert await self.dispatcher.handle(incoming) is Verdict.DONE

    async def seen_at(self) -> datetime | None:
        def work(connection: Connection) -> datetime | None:
            return connection.execute(select(contacts.c.seen_at)).scalar_one()

        return await self.database.read(work)

    async def change(self, **values: Any) -> None:
        await self.database.transact(lambda connection: connection.execute(update(contacts).values(values)))

    async def answers(self) -> int:
        rows = await self.database.read(lambda connection: connection.execute(select(outbox.c.id)).all())
        return len(rows)


@pytest.fixture
def desk(database: Database, books: Books, clock: HandClock, platform: Platform) -> Desk:
    return Desk(database, books, clock, platform)


async def test_the_last_deed_is_written_when_it_is_news(desk: Desk, clock: HandClock) -> None:
    await desk.take(Text(text="1"))
    assert await desk.seen_at() == MORNING
    clock.forward(timedelta(seconds=19))
    await desk.take(Text(text="2"))
    assert await desk.seen_at() == MORNING
    later = clock.forward(timedelta(seconds=1))
    await desk.take(Arrived())
    assert await desk.seen_at() == later
    assert desk.seen_in_turn == [MORNING, MORNING, later]


async def test_the_moment_is_that_of_the_deed(desk: Desk, clock: HandClock) -> None:
    now = clock.forward(timedelta(days=3))
    await desk.take(Text(text="đọc lại"), at=now - timedelta(days=1))
    assert await desk.seen_at() == now - timedelta(days=1)
    await desk.take(Text(text="muộn hơn"), at=now - timedelta(days=2))
    assert await desk.seen_at() == now - timedelta(days=1)
    await desk.take(Text(text="đồng hồ nhanh"), at=now + timedelta(days=2))
    assert await desk.seen_at() == now


@pytest.mark.parametrize(
    ("content", "given"),
    [
        (Membership(change=MembershipChange.UNBLOCKED), {}),
        (Withdrawn(), {}),
        (Text(text="nhóm"), {"is_group": True}),
    ],
)
async def test_what_is_no_deed_of_the_person(desk: Desk, content: Content, given: dict[str, Any]) -> None:
    await desk.take(content, **given)
    assert await desk.seen_at() is None


async def test_while_the_office_writes_the_service_is_silent_and_counts(desk: Desk, clock: HandClock) -> None:
    await desk.take(Text(text="chào"))
    await desk.change(muted_until=MORNING + timedelta(minutes=30))
    clock.forward(timedelta(minutes=29))
    await desk.take(Text(text="cứu với"))
    await desk.take(Arrived())
    assert await desk.answers() == 1
    assert desk.counted == {(PLATFORM, ACCOUNT, "muted"): 2}
    assert await desk.seen_at() == clock.now(), "it was a deed all the same"
    await desk.take(Withdrawn())
    await desk.take(Text(text="lá thư"), replayed=True)
    assert await desk.answers() == 3
    clock.forward(timedelta(minutes=1))
    await desk.take(Text(text="còn đó không"))
    assert await desk.answers() == 4


def test_an_officer_is_never_left_without_answer() -> None:
    citizen = ContactRecord(
        id=1, channel=PLATFORM, account=ACCOUNT, chat="a", is_group=False, language="vi", blocked_at=None,
        blocked_reason=None, conversation_id=1, unit=None, officer_id=None, notify="all", discreet=False,
        muted_until=MORNING + timedelta(minutes=1),
    )  # fmt: skip
    said = Incoming(
        channel=PLATFORM, account=ACCOUNT, update_id="1", chat="a", person="a", content=Text(text="x"),
        at=MORNING,
    )  # fmt: skip
    assert left_to_office(citizen, said, MORNING)
    assert not left_to_office(replace(citizen, officer_id=7), said, MORNING)
    assert not left_to_office(citizen, replace(said, is_group=True), MORNING)


async def test_marks_only_move_forward(desk: Desk) -> None:
    await desk.take(Text(text="chào"))

    def work(connection: Connection) -> tuple[datetime, datetime]:
        contact_id = connection.execute(select(contacts.c.id)).scalar_one()
        for minutes in (20, 10):
            chat_marks.mute(connection, contact_id, MORNING + timedelta(minutes=minutes))
            chat_marks.seen(connection, contact_id, MORNING + timedelta(minutes=minutes))
        row = connection.execute(select(contacts.c.muted_until, contacts.c.seen_at)).one()
        return row.muted_until, row.seen_at

    until = MORNING + timedelta(minutes=20)
    assert await desk.database.transact(work) == (until, until)
