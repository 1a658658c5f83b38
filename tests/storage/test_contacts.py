"""Chats and conversations."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from storage.casebook import Casebook
from storage.contacts import StaleConversation
from storage.database import Database
from storage.records import ConversationRow
from storage.schema import contacts, conversations
from tests.conftest import InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import NASTY, a_filing, a_message, a_turn


async def test_the_first_message_makes_chat_and_conversation_the_second_finds_them(in_book: InBook) -> None:
    first = await in_book(lambda book: a_turn(book, language="en"))
    second = await in_book(a_turn)

    assert (first.new, second.new) == (True, False)
    assert second.contact == first.contact
    assert (first.contact.chat, first.contact.language, first.contact.notify) == ("chat-1", "en", "all")
    assert first.conversation.owner_contact_id == first.contact.id
    assert first.conversation.state == {}
    assert not first.has_petitions
    found = await in_book(lambda book: book.open_contact(channel="web", account="web", chat="chat-1"))
    assert found == (second.contact, second.conversation)


@pytest.mark.parametrize("chat", NASTY, ids=range(len(NASTY)))
async def test_any_chat_id_is_kept_as_it_is(in_book: InBook, chat: str) -> None:
    made = await in_book(lambda book: a_turn(book, chat))

    assert made.contact.chat == chat
    assert (await in_book(lambda book: book.contact("web", "web", chat))) == made.contact
    assert (await in_book(lambda book: book.contact("web", "other", chat))) is None


async def test_what_the_dialogue_remembers_comes_back(in_book: InBook, clock: HandClock) -> None:
    def talk(book: Casebook) -> None:
        turn = a_turn(book)
        turn.conversation.state |= {"answers": NASTY, "step": 3}
        book.save_conversation(turn.conversation)

    clock.forward(timedelta(seconds=5))
    await in_book(talk)

    turn = await in_book(a_turn)
    assert turn.conversation.state == {"answers": NASTY, "step": 3}
    assert (turn.conversation.version, turn.conversation.updated_at) == (2, MORNING + timedelta(seconds=5))
    assert await in_book(lambda book: book.conversation(turn.conversation.id)) == turn.conversation
    assert await in_book(lambda book: book.conversation(1)) is None


async def test_a_conversation_saved_twice_from_one_reading_is_refused(in_book: InBook) -> None:
    turn = await in_book(a_turn)
    old = ConversationRow(turn.conversation.id, turn.conversation.version, {"a": 1}, 0, MORNING)
    await in_book(lambda book: book.save_conversation(turn.conversation))

    with pytest.raises(StaleConversation):
        await in_book(lambda book: book.save_conversation(old))


async def test_turns_of_one_chat_wait_for_each_other(database: Database, in_book: InBook) -> None:
    def count(book: Casebook) -> None:
        turn = a_turn(book)
        turn.conversation.state["count"] = turn.conversation.state.get("count", 0) + 1
        book.save_conversation(turn.conversation)

    await asyncio.gather(*(in_book(count) for _ in range(40)))

    turn = await in_book(a_turn)
    assert turn.conversation.state == {"count": 40}
    made = await database.read(
        lambda connection: connection.execute(
            select(
                select(func.count()).select_from(contacts).scalar_subquery(),
                select(func.count()).select_from(conversations).scalar_subquery(),
            )
        ).one()
    )
    assert tuple(made) == (1, 1), "many first messages at once make one chat"


async def test_a_filing_is_seen_by_the_next_turn_that_waited_for_it(in_book: InBook) -> None:
    def confirm(book: Casebook) -> bool:
        turn = a_turn(book)
        if not turn.has_petitions:
            book.file(a_filing(conversation_id=turn.conversation.id))
        book.save_conversation(turn.conversation)
        return turn.has_petitions

    await in_book(a_turn)
    seen = await asyncio.gather(*(in_book(confirm) for _ in range(10)))

    assert sorted(seen) == [False] + [True] * 9


async def test_groups_of_a_unit(in_book: InBook) -> None:
    def bind(book: Casebook) -> list[int]:
        ids = [a_turn(book, f"group-{n}", is_group=True).contact.id for n in range(3)]
        for contact_id in ids:
            book.bind_group(contact_id, "thanh_tra")
        book.mark_blocked(ids[1], MORNING, reason="kicked")
        book.bind_group(ids[2], None)
        return ids

    bound = await in_book(bind)

    assert [contact.id for contact in await in_book(lambda book: book.groups_of("thanh_tra"))] == [bound[0]]
    blocked = await in_book(lambda book: book.contact_by_id(bound[1]))
    assert blocked is not None
    assert (blocked.blocked_at, blocked.blocked_reason) == (MORNING, "kicked")
    await in_book(lambda book: book.mark_blocked(bound[1], None))
    assert len(await in_book(lambda book: book.groups_of("thanh_tra"))) == 2


async def test_a_group_that_moves_keeps_what_was_bound_to_it(in_book: InBook) -> None:
    turn = await in_book(lambda book: a_turn(book, "-100", is_group=True))
    await in_book(lambda book: book.bind_group(turn.contact.id, "thanh_tra"))
    newcomer = await in_book(lambda book: a_turn(book, "-200", is_group=True))
    waiting = await in_book(lambda book: book.queue(a_message(newcomer.contact)))

    await in_book(lambda book: book.migrate_contact(turn.contact.id, "-200"))
    await in_book(lambda book: book.migrate_contact(turn.contact.id, "-200"))  # told twice

    moved = await in_book(lambda book: book.contact("web", "web", "-200"))
    assert moved is not None
    assert (moved.id, moved.unit, moved.chat) == (turn.contact.id, "thanh_tra", "-200")
    assert await in_book(lambda book: book.contact("web", "web", "-100")) is None
    from storage.outbox import of_contact

    rows = await in_book(lambda book: of_contact(book.connection, book.vault, moved.id))
    assert [(row.id, row.chat) for row in rows] == [(waiting.row.id, "-200")]


async def test_what_a_person_chose(in_book: InBook) -> None:
    turn = await in_book(a_turn)

    await in_book(lambda book: book.update_contact(turn.contact.id, language="en", discreet=True))
    await in_book(lambda book: book.update_contact(turn.contact.id, notify="none"))
    await in_book(lambda book: book.update_contact(turn.contact.id))

    chosen = await in_book(lambda book: book.contact_by_id(turn.contact.id))
    assert chosen is not None
    assert (chosen.language, chosen.discreet, chosen.notify) == ("en", True, "none")
