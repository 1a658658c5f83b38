"""Messages on their way: queued once, in order, replaced only where that is allowed, their fate on record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from storage import outbox
from storage.casebook import Casebook
from storage.outbox import Outcome
from storage.records import ContactRecord, OutboxRow, OutboxStatus
from tests.conftest import AGENCY, InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import NASTY, a_filing, a_message, a_turn

WEB = [("web", "web")]
MINUTE = timedelta(minutes=1)


@pytest.fixture
async def contact(in_book: InBook) -> ContactRecord:
    return (await in_book(a_turn)).contact


def due(book: Casebook, **given: Any) -> list[OutboxRow]:
    return outbox.due(book.connection, book.vault, **{"accounts": WEB, "now": book.now(), **given})


def mark(book: Casebook, *outcomes: Outcome) -> None:
    outbox.mark_many(book.connection, outcomes, now=book.now(), ids=book.ids, agency=AGENCY)


async def status(in_book: InBook, row_id: int) -> OutboxStatus:
    found = await in_book(lambda book: outbox.statuses(book.connection, [row_id]))
    return found[row_id]


async def test_what_is_queued_is_due_in_order_with_address_and_words(
    in_book: InBook, contact: ContactRecord
) -> None:
    messages = [a_message(contact, words, audience="citizen", petition_id=5, event_seq=1) for words in NASTY]

    queued = await in_book(lambda book: book.queue_many(messages))
    waiting = await in_book(due)

    assert waiting == [item.row for item in queued], "delivery need not read again what was queued"
    assert [row.body["text"] for row in waiting] == NASTY
    assert {row.chat for row in waiting} == {"chat-1"}
    assert [row.id for row in waiting] == sorted(row.id for row in waiting)


async def test_due_pages_and_knows_accounts_and_times(
    in_book: InBook, contact: ContactRecord, clock: HandClock
) -> None:
    first = await in_book(lambda book: book.queue(a_message(contact)))
    later = await in_book(lambda book: book.queue(a_message(contact, not_before=MORNING + MINUTE)))
    last = await in_book(lambda book: book.queue(a_message(contact)))

    assert [row.id for row in await in_book(due)] == [first.row.id, last.row.id]
    assert [row.id for row in await in_book(lambda book: due(book, after=first.row.id))] == [last.row.id]
    assert [row.id for row in await in_book(lambda book: due(book, limit=1))] == [first.row.id]
    assert await in_book(lambda book: due(book, accounts=[("web", "other"), ("zalo", "web")])) == []
    assert await in_book(lambda book: outbox.next_due(book.connection, accounts=WEB)) == MORNING
    await in_book(
        lambda book: mark(
            book, *(Outcome(id=item.row.id, status=OutboxStatus.SENT) for item in (first, last))
        )
    )
    assert await in_book(lambda book: outbox.next_due(book.connection, accounts=WEB)) == MORNING + MINUTE
    clock.forward(MINUTE)
    assert [row.id for row in await in_book(due)] == [later.row.id]


async def test_a_message_that_is_tried_again_holds_back_the_later_ones_of_its_chat(
    in_book: InBook, contact: ContactRecord, clock: HandClock
) -> None:
    other = (await in_book(lambda book: a_turn(book, "other"))).contact
    first = await in_book(lambda book: book.queue(a_message(contact, "1")))
    await in_book(
        lambda book: outbox.reschedule(book.connection, first.row.id, until=MORNING + MINUTE, reason="429")
    )
    second = await in_book(lambda book: book.queue(a_message(contact, "2")))
    elsewhere = await in_book(lambda book: book.queue(a_message(other, "3")))

    assert [row.id for row in await in_book(due)] == [elsewhere.row.id]
    clock.forward(MINUTE)
    rows = await in_book(due)
    assert [row.id for row in rows] == [first.row.id, second.row.id, elsewhere.row.id]
    assert (rows[0].attempts, rows[0].reason) == (1, "429")


async def test_a_later_message_replaces_one_that_is_still_queued(
    in_book: InBook, contact: ContactRecord
) -> None:
    other = (await in_book(lambda book: a_turn(book, "other"))).contact
    kept = await in_book(lambda book: book.queue(a_message(other, coalesce_key="album")))
    unlike = await in_book(lambda book: book.queue(a_message(contact, coalesce_key="card")))
    first = await in_book(lambda book: book.queue(a_message(contact, "1 tệp", coalesce_key="album")))

    second = await in_book(lambda book: book.queue(a_message(contact, "2 tệp", coalesce_key="album")))

    assert second.superseded == (first.row.id,)
    assert [row.id for row in await in_book(due)] == [kept.row.id, unlike.row.id, second.row.id]
    rows = await in_book(lambda book: outbox.of_contact(book.connection, book.vault, contact.id))
    assert [(row.status, row.superseded_by) for row in rows] == [
        (OutboxStatus.QUEUED, None),
        (OutboxStatus.SUPERSEDED, second.row.id),
        (OutboxStatus.QUEUED, None),
    ]


async def test_messages_of_one_turn_replace_each_other_too(in_book: InBook, contact: ContactRecord) -> None:
    messages = [a_message(contact, str(n), coalesce_key="album") for n in range(3)]

    queued = await in_book(lambda book: book.queue_many(messages))

    assert [len(item.superseded) for item in queued] == [0, 1, 1]
    assert [row.body["text"] for row in await in_book(due)] == ["2"]


@pytest.mark.parametrize("state", ["legal", "sending", "uncertain", "sent"])
async def test_some_messages_are_never_replaced(in_book: InBook, contact: ContactRecord, state: str) -> None:
    first = await in_book(
        lambda book: book.queue(a_message(contact, coalesce_key="k", legal=state == "legal"))
    )
    if state == "sending":
        taken = await in_book(
            lambda book: outbox.mark_sending(book.connection, [first.row.id], until=MORNING + MINUTE)
        )
        assert taken == {first.row.id}
    if state in {"uncertain", "sent"}:
        await in_book(lambda book: mark(book, Outcome(id=first.row.id, status=OutboxStatus(state))))

    second = await in_book(lambda book: book.queue(a_message(contact, coalesce_key="k")))

    assert second.superseded == ()
    assert await status(in_book, first.row.id) is not OutboxStatus.SUPERSEDED


async def test_one_being_sent_is_not_due_again_until_its_time(
    in_book: InBook, contact: ContactRecord, clock: HandClock
) -> None:
    queued = await in_book(lambda book: book.queue(a_message(contact)))
    await in_book(lambda book: outbox.mark_sending(book.connection, [queued.row.id], until=MORNING + MINUTE))

    assert await in_book(due) == []
    clock.forward(MINUTE)
    assert [row.id for row in await in_book(due)] == [queued.row.id]
    assert await in_book(lambda book: outbox.mark_sending(book.connection, [], until=MORNING)) == frozenset()


ALLOWED = {(before, after) for after, befores in outbox.BEFORE.items() for before in befores}


@pytest.mark.parametrize("after", list(outbox.BEFORE))
@pytest.mark.parametrize("before", [OutboxStatus.QUEUED, *outbox.BEFORE])
async def test_an_outcome_that_comes_late_changes_nothing_it_should_not(
    sqlite_database: Any, make_book: Any, before: OutboxStatus, after: OutboxStatus
) -> None:
    def work(connection: Any) -> tuple[OutboxStatus, str]:
        book = make_book(connection)
        row = book.queue(a_message(a_turn(book).contact)).row
        mark(book, Outcome(id=row.id, status=before, reason="1")) if before in outbox.BEFORE else None
        mark(book, Outcome(id=row.id, status=after, reason="2"))
        [kept] = outbox.of_contact(connection, book.vault, row.contact_id)
        return kept.status, kept.reason

    kept, reason = await sqlite_database.transact(work)

    if (before, after) in ALLOWED:
        assert (kept, reason) == (after, "2")
    else:
        assert (kept, reason) == (before, "1")


async def test_one_that_went_out_while_it_was_replaced_says_so(
    in_book: InBook, contact: ContactRecord
) -> None:
    first = await in_book(lambda book: book.queue(a_message(contact, coalesce_key="k")))
    await in_book(lambda book: book.queue(a_message(contact, coalesce_key="k")))

    await in_book(
        lambda book: mark(book, Outcome(id=first.row.id, status=OutboxStatus.SENT, platform_ref="77"))
    )

    assert await status(in_book, first.row.id) is OutboxStatus.SENT
    assert not await in_book(
        lambda book: outbox.reschedule(book.connection, first.row.id, until=MORNING, reason="")
    ), "what was sent is not sent again"


async def test_officers_see_what_became_of_each_notice(in_book: InBook, contact: ContactRecord) -> None:
    rows = await in_book(
        lambda book: book.queue_many([a_message(contact, str(n), petition_id=9) for n in range(3)])
    )
    outcomes = [
        Outcome(id=rows[0].row.id, status=OutboxStatus.DELIVERED, platform_ref="m\0 1"),
        Outcome(id=rows[1].row.id, status=OutboxStatus.BLOCKED, reason="bot was blocked\ud800"),
    ]
    await in_book(lambda book: mark(book, *outcomes))

    seen = await in_book(lambda book: book.notices_of(9))

    assert [(row.status, row.platform_ref, row.reason) for row in seen] == [
        (OutboxStatus.DELIVERED, "m\ufffd 1", ""),
        (OutboxStatus.BLOCKED, "", "bot was blocked?"),
        (OutboxStatus.QUEUED, "", ""),
    ]
    assert seen[0].finished_at == MORNING


async def test_a_card_is_edited_where_it_arrived(in_book: InBook, contact: ContactRecord) -> None:
    petition = await in_book(lambda book: book.file(a_filing()))
    card = {"card_petition_id": petition.id, "coalesce_key": f"card-{petition.id}"}
    first = await in_book(lambda book: book.queue(a_message(contact, "thẻ", **card)))
    assert first.row.edit_of_ref == ""

    update = await in_book(lambda book: book.queue(a_message(contact, "thẻ 2", **card, legal=True)))
    await in_book(
        lambda book: outbox.mark_sent(
            book.connection,
            first.row,
            platform_ref="m1",
            delivered=False,
            now=MORNING,
            ids=book.ids,
            agency=AGENCY,
        )
    )

    [waiting] = await in_book(due)
    assert (waiting.id, waiting.edit_of_ref) == (update.row.id, "m1"), (
        "its place is known by the time it is due"
    )
    following = await in_book(lambda book: book.queue(a_message(contact, "thẻ 3", **card)))
    assert following.row.edit_of_ref == "m1"
    arrived = Outcome(
        id=update.row.id,
        status=OutboxStatus.SENT,
        platform_ref="m1",
        contact_id=contact.id,
        card_petition_id=petition.id,
    )
    await in_book(lambda book: mark(book, arrived))
    kept = await in_book(lambda book: book.card(petition.id, contact.id))
    assert kept is not None
    assert (kept.platform_ref, kept.version) == ("m1", 2)
    await in_book(lambda book: book.set_card(petition.id, contact.id, "m9"))
    assert [card.platform_ref for card in await in_book(lambda book: book.cards(petition.id))] == ["m9"]


async def test_everything_for_a_chat_that_is_gone_ends(in_book: InBook, contact: ContactRecord) -> None:
    await in_book(lambda book: book.queue_many([a_message(contact), a_message(contact)]))

    ended = await in_book(
        lambda book: outbox.let_go(
            book.connection, contact.id, status=OutboxStatus.BLOCKED, reason="blocked", now=MORNING
        )
    )

    assert [message.audience for message in ended] == ["", ""]
    assert await in_book(due) == []
