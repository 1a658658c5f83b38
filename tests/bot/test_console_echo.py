"""Reports of a platform on chats and messages, in the casebook of both engines."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.console_echo import SILENT_FOR, ConsoleEcho
from bot.dispatch import Books
from storage.database import Database, Unavailable
from storage.records import NewOutbox, OutboxStatus
from storage.schema import contacts, outbox
from tests.hand_clock import MORNING, HandClock

POST, US = "post", "p1"


@pytest.fixture
def heard() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def reports(
    database: Database, books: Books, clock: HandClock, heard: list[tuple[str, str, str]]
) -> ConsoleEcho:
    return ConsoleEcho(
        POST, US, database=database, books=books, clock=clock, echoed=lambda *told: heard.append(told)
    )


async def send(database: Database, books: Books, chat: str, *refs: str, status: str = "sent") -> None:
    """Messages that went out to a chat under these ids."""

    def work(connection: Connection) -> None:
        book = books(connection)
        contact = book.open_turn(channel=POST, account=US, chat=chat).contact
        for ref in refs:
            queued = book.queue(
                NewOutbox(contact_id=contact.id, channel=POST, account=US, body={"text": ref})
            )
            connection.execute(
                update(outbox)
                .where(outbox.c.id == queued.row.id)
                .values(status=OutboxStatus(status), platform_ref=ref)
            )

    await database.transact(work)


async def states(database: Database) -> dict[str, str]:
    def work(connection: Connection) -> dict[str, str]:
        return {row.platform_ref: row.status.value for row in connection.execute(select(outbox))}

    return await database.read(work)


async def muted_until(database: Database) -> Any:
    return await database.read(
        lambda connection: connection.execute(select(contacts.c.muted_until)).scalar_one()
    )


async def test_a_receipt_settles_the_messages_of_its_chat(
    reports: ConsoleEcho, database: Database, books: Books
) -> None:
    await send(database, books, "a", "1", "2", "3")
    await send(database, books, "b", "x")
    await send(database, books, "a", "lost", status="refused")
    await reports.arrived("a", ["1", "3", "lost", "x", "nobody's"])
    await reports.arrived("a", ["1"])
    await reports.arrived("never heard of", ["1"])
    await reports.arrived("a", [])
    assert await states(database) == {
        "1": "delivered", "2": "sent", "3": "delivered", "x": "sent", "lost": "refused",
    }  # fmt: skip


async def test_a_report_without_a_chat_is_looked_for_among_the_last_days(
    reports: ConsoleEcho, database: Database, books: Books, clock: HandClock
) -> None:
    await send(database, books, "a", "old")
    clock.forward(timedelta(days=4))
    await send(database, books, "a", "new")
    await reports.arrived("", ["new", "old"])
    assert await states(database) == {"new": "delivered", "old": "sent"}


async def test_the_office_silences_the_service_for_a_while(
    reports: ConsoleEcho, database: Database, clock: HandClock
) -> None:
    await reports.office_wrote("a", MORNING)
    assert await muted_until(database) == MORNING + SILENT_FOR
    await reports.office_wrote("a", MORNING - timedelta(minutes=5))
    assert await muted_until(database) == MORNING + SILENT_FOR
    clock.forward(timedelta(minutes=10))
    await reports.office_wrote("a", MORNING + timedelta(minutes=9))
    assert await muted_until(database) == MORNING + timedelta(minutes=9) + SILENT_FOR


async def test_what_the_office_wrote_long_ago_silences_nothing(
    reports: ConsoleEcho, database: Database, clock: HandClock
) -> None:
    clock.forward(SILENT_FOR)
    await reports.office_wrote("a", MORNING)
    known = await database.read(lambda connection: connection.execute(select(contacts)).all())
    assert known == []


async def test_an_echo_goes_to_whoever_sends(reports: ConsoleEcho, heard: list[tuple[str, str, str]]) -> None:
    await reports.echoed("a", "m1", "Xin chào")
    await reports.left("a")
    assert heard == [("a", "m1", "Xin chào")]


async def test_a_report_that_cannot_be_written_says_so(reports: ConsoleEcho, database: Database) -> None:
    await database.close()
    with pytest.raises(Unavailable):
        await reports.office_wrote("a", MORNING)
    with pytest.raises(Unavailable):
        await reports.arrived("a", ["1"])
