"""Messages that wait for a person's next deed: held once, said in order, and never twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage import chat_marks, outbox, waiting
from storage.casebook import Casebook
from storage.records import ContactRecord, OutboxRow, OutboxStatus, Queued
from tests.conftest import InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import a_message, a_turn

WEB = [("web", "web")]
HOUR = timedelta(hours=1)


@pytest.fixture
async def contact(in_book: InBook) -> ContactRecord:
    return (await in_book(a_turn)).contact


async def queue(in_book: InBook, contact: ContactRecord, *texts: str, **given: Any) -> list[OutboxRow]:
    messages = [a_message(contact, text, **given) for text in texts]
    return [item.row for item in await in_book(lambda book: book.queue_many(messages))]


def hold(book: Casebook, row: OutboxRow) -> bool:
    return waiting.hold(book.connection, row, reason="window_passed", now=book.now())


def release(book: Casebook, contact: ContactRecord, **given: Any) -> list[Queued]:
    return waiting.release_waiting(book.connection, book.vault, contact.id, now=book.now(), **given)


async def statuses(in_book: InBook, rows: list[OutboxRow]) -> list[OutboxStatus]:
    ids = [row.id for row in rows]
    found = await in_book(lambda book: outbox.statuses(book.connection, ids))
    return [found[row_id] for row_id in ids]


async def flag(in_book: InBook, contact: ContactRecord) -> bool:
    found = await in_book(lambda book: book.contact_by_id(contact.id))
    assert found is not None
    return found.has_waiting


async def test_what_waits_is_not_due_and_comes_back_in_order_with_the_new_deed(
    in_book: InBook, contact: ContactRecord, clock: HandClock
) -> None:
    rows = await queue(in_book, contact, "1", "2", petition_id=5, event_seq=1)
    for row in rows:
        assert await in_book(lambda book, row=row: hold(book, row))
    assert await flag(in_book, contact)
    assert (
        await in_book(lambda book: outbox.due(book.connection, book.vault, accounts=WEB, now=book.now()))
        == []
    )
    kept = await in_book(lambda book: waiting.held(book.connection, book.vault, contact.id))
    assert [(row.reason, row.finished_at) for row in kept] == [("window_passed", MORNING)] * 2

    clock.forward(HOUR)

    def come_back(book: Casebook) -> list[Queued]:
        chat_marks.seen(book.connection, contact.id, book.now())
        return release(book, contact)

    released = [item.row for item in await in_book(come_back)]
    assert [row.body["text"] for row in released] == ["1", "2"]
    assert {(row.status, row.seen_at, row.next_at, row.released_at) for row in released} == {
        (OutboxStatus.QUEUED, MORNING + HOUR, MORNING + HOUR, MORNING + HOUR)
    }
    assert {row.tried_since for row in released} == {MORNING + HOUR}
    assert not await flag(in_book, contact)
    assert await in_book(lambda book: release(book, contact)) == []


async def test_who_wrote_meanwhile_is_not_held(
    in_book: InBook, contact: ContactRecord, clock: HandClock
) -> None:
    [row] = await queue(in_book, contact, "1")
    assert row.seen_at is None
    await in_book(lambda book: chat_marks.seen(book.connection, contact.id, book.now()))

    assert not await in_book(lambda book: hold(book, row))

    assert await statuses(in_book, [row]) == [OutboxStatus.QUEUED]
    assert not await flag(in_book, contact)
    [fresh] = await in_book(
        lambda book: outbox.due(book.connection, book.vault, accounts=WEB, now=book.now())
    )
    assert fresh.seen_at == MORNING
    clock.forward(HOUR)
    assert await in_book(lambda book: hold(book, fresh)), "nothing was heard since"


async def test_of_one_key_only_the_newest_is_said_but_every_legal_notice(
    in_book: InBook, contact: ContactRecord
) -> None:
    digests = [(await queue(in_book, contact, f"digest {n}", coalesce_key=f"d{n}"))[0] for n in range(2)]
    for row in digests:
        await in_book(lambda book, row=row: hold(book, row))
    later = [(await queue(in_book, contact, "digest 3", coalesce_key="d0"))[0]]
    legal = await queue(in_book, contact, "law 1", coalesce_key="law", legal=True)
    for row in (*later, *legal):
        await in_book(lambda book, row=row: hold(book, row))
    legal += await queue(in_book, contact, "law 2", coalesce_key="law", legal=True)
    await in_book(lambda book: hold(book, legal[1]))

    released = await in_book(lambda book: release(book, contact))

    assert [item.row.body["text"] for item in released] == ["digest 1", "digest 3", "law 1", "law 2"]
    assert await statuses(in_book, digests) == [OutboxStatus.SUPERSEDED, OutboxStatus.QUEUED]
    replaced = await in_book(lambda book: outbox.one(book.connection, book.vault, digests[0].id))
    assert replaced is not None
    assert replaced.superseded_by == later[0].id


async def test_what_is_not_wanted_any_more_ends_with_its_reason(
    in_book: InBook, contact: ContactRecord
) -> None:
    rows = await queue(in_book, contact, "1", "2")
    for row in rows:
        await in_book(lambda book, row=row: hold(book, row))
    released = await in_book(lambda book: release(book, contact, unwanted={rows[0].id: "not_theirs"}))
    assert [item.row.id for item in released] == [rows[1].id]
    ended = await in_book(lambda book: outbox.one(book.connection, book.vault, rows[0].id))
    assert ended is not None
    assert (ended.status, ended.reason) == (OutboxStatus.EXPIRED, "not_theirs")


async def test_a_long_wait_for_another_try_ends_when_the_person_is_there(
    in_book: InBook, contact: ContactRecord
) -> None:
    rows = await queue(in_book, contact, "an hour", "soon", "planned", "fine")
    later = {rows[0].id: MORNING + HOUR, rows[1].id: MORNING + timedelta(seconds=30)}
    for row_id, until in later.items():
        await in_book(
            lambda book, row_id=row_id, until=until: outbox.reschedule(
                book.connection, row_id, until=until, reason="quota"
            )
        )
    await in_book(lambda book: outbox.postpone(book.connection, rows[2].id, until=MORNING + HOUR))

    released = await in_book(lambda book: release(book, contact))

    assert [(item.row.id, item.row.next_at) for item in released] == [(rows[0].id, MORNING)]
    planned = await in_book(lambda book: outbox.one(book.connection, book.vault, rows[2].id))
    assert planned is not None
    assert (planned.next_at, planned.attempts) == (MORNING + HOUR, 0)


async def test_a_contact_may_be_expected_without_a_message(in_book: InBook, contact: ContactRecord) -> None:
    await in_book(lambda book: waiting.expect(book.connection, contact.id))
    assert await flag(in_book, contact)
    assert await in_book(lambda book: release(book, contact)) == []
    assert not await flag(in_book, contact)


async def test_one_that_was_told_otherwise_is_not_said_again(in_book: InBook, contact: ContactRecord) -> None:
    [row] = await queue(in_book, contact, "1")
    await in_book(lambda book: waiting.keep(book.connection, row, reason="server fault 500", now=book.now()))
    assert await statuses(in_book, [row]) == [OutboxStatus.WAITING]
    await in_book(lambda book: waiting.end(book.connection, row.id, reason="told_elsewhere"))
    assert await in_book(lambda book: release(book, contact)) == []
    assert await statuses(in_book, [row]) == [OutboxStatus.SUPERSEDED]
