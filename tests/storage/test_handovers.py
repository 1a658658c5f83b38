"""A conversation goes to another chat by a link that works once, and comes back with nothing lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import Connection, select

from storage import engines
from storage.casebook import Casebook
from storage.handovers import VALID_FOR, Handover, HandoverFault, handovers
from storage.records import OpenTurn
from tests.conftest import InBook, opened
from tests.hand_clock import HandClock

AWAY = {"language": "vi", "citizen": {"handed_over": True}}
TOLD = {"citizen": {"draft": "held"}}


def messenger(book: Casebook, chat: str = "an") -> OpenTurn:
    return book.open_turn(channel="post", account="p1", chat=chat)


def browser(book: Casebook, chat: str = "web1") -> OpenTurn:
    return book.open_turn(channel="web", account="web", chat=chat)


def offer(book: Casebook, chat: str = "an") -> str:
    """A link for the conversation of a chat that has told something already."""
    opened = messenger(book, chat)
    if opened.new:
        opened.conversation.state = TOLD
        book.save_conversation(opened.conversation)
    return book.offer_handover(opened.conversation.id, opened.contact.id)


def take(book: Casebook, token: str, chat: str = "web1") -> Handover | HandoverFault:
    return book.take_handover(token, browser(book, chat).contact.id, meanwhile=AWAY)


def taken(book: Casebook, token: str, chat: str = "web1") -> Handover:
    found = take(book, token, chat)
    assert isinstance(found, Handover)
    return found


async def test_the_conversation_goes_over_and_the_first_chat_has_a_small_one(in_book: InBook) -> None:
    begun = await in_book(messenger)
    token = await in_book(offer)
    own = await in_book(browser)
    handover = await in_book(lambda book: taken(book, token))

    there = await in_book(browser)
    assert there.conversation.id == begun.conversation.id == handover.conversation_id
    assert there.conversation.owner_contact_id == there.contact.id == handover.taker_id
    here = await in_book(messenger)
    assert here.conversation.state == AWAY
    assert here.conversation.id == handover.meanwhile_id
    assert here.conversation.owner_contact_id == here.contact.id == handover.from_contact_id
    assert handover.former_id == own.conversation.id
    assert await in_book(lambda book: book.handed_over(here.contact.id)) == handover
    assert await in_book(lambda book: book.taken_by(there.contact.id)) == handover
    assert await in_book(lambda book: book.handover_of(begun.conversation.id)) == handover


async def test_brought_back_each_chat_has_its_own_again(in_book: InBook) -> None:
    token = await in_book(offer)
    begun = await in_book(messenger)

    def own_draft(book: Casebook) -> int:
        opened = browser(book)
        opened.conversation.state = {"citizen": {"draft": "of the browser"}}
        book.save_conversation(opened.conversation)
        return opened.conversation.id

    own = await in_book(own_draft)
    handover = await in_book(lambda book: taken(book, token))
    back = await in_book(lambda book: book.bring_back(handover.id))

    assert back is not None
    assert back.returned_at is not None
    here, there = await in_book(messenger), await in_book(browser)
    assert (here.conversation.id, here.conversation.state) == (begun.conversation.id, TOLD)
    assert here.conversation.owner_contact_id == here.contact.id
    assert there.conversation.id == own
    assert there.conversation.state == {"citizen": {"draft": "of the browser"}}
    assert await in_book(lambda book: book.bring_back(handover.id)) is None
    assert await in_book(lambda book: book.handed_over(here.contact.id)) is None
    assert await in_book(lambda book: book.taken_by(there.contact.id)) is None


async def test_a_link_works_once_and_for_ten_minutes(in_book: InBook, clock: HandClock) -> None:
    token = await in_book(offer)
    clock.forward(VALID_FOR - timedelta(seconds=1))
    assert isinstance(await in_book(lambda book: take(book, token)), Handover)
    assert await in_book(lambda book: take(book, token, "web2")) is HandoverFault.USED

    late = await in_book(lambda book: offer(book, "bình"))
    clock.forward(VALID_FOR)
    before = await in_book(lambda book: messenger(book, "bình"))
    assert await in_book(lambda book: take(book, late, "web3")) is HandoverFault.EXPIRED
    assert await in_book(lambda book: take(book, "0" * 26, "web3")) is HandoverFault.UNKNOWN
    assert await in_book(lambda book: messenger(book, "bình")) == before


async def test_a_new_link_ends_the_earlier_one(in_book: InBook) -> None:
    first = await in_book(offer)
    second = await in_book(offer)

    assert await in_book(lambda book: take(book, first)) is HandoverFault.EXPIRED
    assert isinstance(await in_book(lambda book: take(book, second)), Handover)


async def test_links_nobody_used_are_forgotten_at_last(in_book: InBook, clock: HandClock) -> None:
    for _ in range(3):
        await in_book(offer)
    clock.forward(timedelta(days=2))
    await in_book(offer)

    rows = await in_book(lambda book: book.connection.execute(select(handovers.c.id)).all())
    assert len(rows) == 1


async def test_only_a_keyed_hash_of_the_token_is_stored(in_book: InBook) -> None:
    token = await in_book(offer)
    [row] = await in_book(lambda book: book.connection.execute(select(handovers)).all())

    assert len(token) == 26
    assert token.encode() not in b"|".join(bytes(v) for v in row if isinstance(v, bytes))
    assert not any(token in str(value) for value in row)


async def test_a_link_pressed_where_the_conversation_is_stays_good(in_book: InBook) -> None:
    token = await in_book(offer)
    own = await in_book(messenger)
    fault = await in_book(lambda book: book.take_handover(token, own.contact.id, meanwhile=AWAY))
    assert fault is HandoverFault.SAME_CHAT
    await in_book(lambda book: taken(book, token))

    again = await in_book(lambda book: book.offer_handover(own.conversation.id, own.contact.id))
    assert await in_book(lambda book: take(book, again)) is HandoverFault.SAME_CHAT
    assert isinstance(await in_book(lambda book: take(book, again, "web2")), Handover)


async def test_a_second_browser_takes_over_and_the_first_gets_its_own_back(in_book: InBook) -> None:
    own = await in_book(browser)
    first = await in_book(lambda book: taken(book, offer(book)))
    here = await in_book(messenger)
    token = await in_book(lambda book: book.offer_handover(first.conversation_id, here.contact.id))
    second = await in_book(lambda book: taken(book, token, "web2"))

    assert (await in_book(browser)).conversation.id == own.conversation.id
    there = await in_book(lambda book: browser(book, "web2"))
    assert there.conversation.id == first.conversation_id
    assert (await in_book(messenger)).conversation.id == first.meanwhile_id == second.meanwhile_id
    await in_book(lambda book: book.bring_back(second.id))
    assert (await in_book(messenger)).conversation.id == first.conversation_id


async def test_a_browser_holds_one_conversation_of_another_chat(in_book: InBook) -> None:
    await in_book(lambda book: taken(book, offer(book)))
    token = await in_book(lambda book: offer(book, "bình"))

    with pytest.raises(ValueError, match="another chat's"):
        await in_book(lambda book: take(book, token))


async def test_the_small_conversation_is_used_again(in_book: InBook) -> None:
    first = await in_book(lambda book: taken(book, offer(book)))
    await in_book(lambda book: book.bring_back(first.id))
    second = await in_book(lambda book: taken(book, offer(book)))

    assert second.meanwhile_id == first.meanwhile_id
    assert (await in_book(messenger)).conversation.state == AWAY


async def test_of_two_browsers_that_press_at_once_one_wins(in_book: InBook) -> None:
    token = await in_book(offer)

    results = await asyncio.gather(
        in_book(lambda book: take(book, token, "web1")), in_book(lambda book: take(book, token, "web2"))
    )

    assert sum(isinstance(result, Handover) for result in results) == 1
    assert HandoverFault.USED in results


@pytest.mark.postgres
async def test_a_message_that_waited_for_the_lock_finds_the_small_conversation(
    postgres_url: str, make_book: Callable[[Connection], Casebook]
) -> None:
    """The first chat's next turn reads where its conversation is before the handover is committed."""
    engine = engines.postgresql(engines.read_url(postgres_url))
    async with opened(postgres_url) as database:
        token = await database.transact(lambda connection: offer(make_book(connection)))
        async with engine.connect() as connection:
            await connection.run_sync(lambda inside: taken(make_book(inside), token))
            late = asyncio.create_task(
                database.transact(lambda waiting: messenger(make_book(waiting)).conversation.state)
            )
            await asyncio.sleep(0.3)
            assert not late.done()
            await connection.commit()
        assert await late == AWAY
    await engine.dispose()
