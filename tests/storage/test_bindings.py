"""Several chats of one citizen: asked, bound, told where they wish, and let go with what is theirs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest
from sqlalchemy import update

from petitions.kinds import Role
from storage.bindings import ASKED_FOR, NOTIFY_LAST, BindFault, Binding
from storage.casebook import Casebook
from storage.records import ContactRecord, OpenTurn, PetitionRecord
from storage.schema import contacts
from tests.conftest import InBook
from tests.hand_clock import HandClock
from tests.storage.builders import a_file, a_filing

FIRST, SECOND, THIRD = "an", "binh", "chi"
NO_WINDOWS: Mapping[str, timedelta] = {}


def chat(book: Casebook, name: str = FIRST, *, channel: str = "post") -> OpenTurn:
    return book.open_turn(channel=channel, account="p1", chat=name)


def filed(book: Casebook, name: str = FIRST, *, channel: str = "post") -> PetitionRecord:
    """A petition with one file, filed from a chat."""
    turn = chat(book, name, channel=channel)
    file_id = book.add_file(a_file(conversation_id=turn.conversation.id))
    return book.file(
        a_filing(conversation_id=turn.conversation.id, contact_id=turn.contact.id, file_ids=(file_id,))
    )


def asked(book: Casebook, petition: PetitionRecord, name: str = SECOND, *, of: str = FIRST) -> Binding:
    found = book.ask_binding(petition, asking=chat(book, name).contact, asked=chat(book, of).contact)
    assert isinstance(found, Binding)
    return found


def bound(book: Casebook, petition: PetitionRecord, name: str = SECOND) -> Binding:
    found = book.bind(asked(book, petition, name).id)
    assert isinstance(found, Binding)
    return found


def seen(book: Casebook, name: str, clock: HandClock, *, ago: timedelta) -> None:
    book.connection.execute(
        update(contacts).where(contacts.c.id == chat(book, name).contact.id).values(seen_at=clock.now() - ago)
    )


async def test_both_chats_share_the_petitions_of_both(in_book: InBook) -> None:
    one, two = await in_book(filed), await in_book(lambda book: filed(book, SECOND))
    binding = await in_book(lambda book: bound(book, one))
    here, there = await in_book(chat), await in_book(lambda book: chat(book, SECOND))
    assert here.conversation.id == there.conversation.id == one.conversation_id
    assert there.has_petitions
    found = await in_book(lambda book: book.petitions_of(here.conversation.id))
    assert {petition.id for petition in found} == {one.id, two.id}
    files = await in_book(lambda book: book.files_of(two.id))
    assert [file.conversation_id for file in files] == [here.conversation.id]
    assert binding.former_id == two.conversation_id
    assert await in_book(lambda book: book.bound_to(there.contact.id)) == binding
    assert await in_book(lambda book: book.bindings_in(here.conversation.id)) == [binding]
    assert await in_book(lambda book: book.bound_to(here.contact.id)) is None


async def test_let_go_a_chat_takes_back_what_it_filed(in_book: InBook) -> None:
    one, two = await in_book(filed), await in_book(lambda book: filed(book, SECOND))
    await in_book(lambda book: bound(book, one))
    later = await in_book(lambda book: filed(book, SECOND))
    contact = (await in_book(lambda book: chat(book, SECOND))).contact
    ended = await in_book(lambda book: book.unbind(contact.id))
    assert ended is not None
    assert ended.ended_at is not None
    there = await in_book(lambda book: chat(book, SECOND))
    assert there.conversation.id == two.conversation_id
    assert there.conversation.owner_contact_id == contact.id
    own = await in_book(lambda book: book.petitions_of(there.conversation.id))
    assert {petition.id for petition in own} == {two.id, later.id}
    kept = await in_book(lambda book: book.petitions_of(one.conversation_id or 0))
    assert [petition.id for petition in kept] == [one.id]
    assert await in_book(lambda book: book.unbind(contact.id)) is None


async def test_a_question_is_answered_once_and_in_time(in_book: InBook, clock: HandClock) -> None:
    petition = await in_book(filed)
    first = await in_book(lambda book: asked(book, petition))
    assert await in_book(lambda book: book.open_question(first.conversation_id, first.asked_id)) == first
    second = await in_book(lambda book: asked(book, petition))
    assert await in_book(lambda book: book.bind(first.id)) is BindFault.OVER
    assert await in_book(lambda book: book.refuse_binding(second.id))
    assert not await in_book(lambda book: book.refuse_binding(second.id))
    assert await in_book(lambda book: book.bind(second.id)) is BindFault.OVER
    third = await in_book(lambda book: asked(book, petition))
    clock.forward(ASKED_FOR)
    assert await in_book(lambda book: book.bind(third.id)) is BindFault.OVER
    assert await in_book(lambda book: book.open_question(third.conversation_id, third.asked_id)) is None


async def test_who_cannot_be_bound(in_book: InBook, clock: HandClock) -> None:
    one, two = await in_book(filed), await in_book(lambda book: filed(book, THIRD))

    def ask(book: Casebook, name: str, petition: PetitionRecord, of: str = FIRST) -> Binding | BindFault:
        return book.ask_binding(petition, asking=chat(book, name).contact, asked=chat(book, of).contact)

    assert await in_book(lambda book: ask(book, FIRST, one)) is BindFault.SAME
    await in_book(lambda book: bound(book, one))
    assert await in_book(lambda book: ask(book, SECOND, two, THIRD)) is BindFault.BOUND

    def officer(book: Casebook) -> None:
        _, token = book.invite("thanh_tra", Role.HEAD, "Bà Trưởng", clock.now() + timedelta(days=1))
        book.accept_invite(token, chat(book, "officer").contact.id)

    await in_book(officer)
    assert await in_book(lambda book: ask(book, "officer", one)) is BindFault.OFFICIAL
    assert await in_book(lambda book: ask(book, "new", two, "officer")) is BindFault.OFFICIAL

    def hand_over(book: Casebook) -> None:
        opened = chat(book, "away")
        token = book.offer_handover(opened.conversation.id, opened.contact.id)
        book.take_handover(token, chat(book, "page").contact.id, meanwhile={})

    await in_book(hand_over)
    assert await in_book(lambda book: ask(book, "away", one)) is BindFault.AWAY
    assert await in_book(lambda book: ask(book, "page", one)) is BindFault.AWAY


async def test_a_chat_that_others_joined_brings_them_along(in_book: InBook) -> None:
    one, two = await in_book(filed), await in_book(lambda book: filed(book, SECOND))
    inner = await in_book(lambda book: bound(book, two, THIRD))
    await in_book(lambda book: bound(book, one))
    third = await in_book(lambda book: chat(book, THIRD))
    assert third.conversation.id == one.conversation_id
    assert len(await in_book(lambda book: book.bindings_in(third.conversation.id))) == 2
    await in_book(lambda book: book.unbind(third.contact.id))
    assert (await in_book(lambda book: chat(book, THIRD))).conversation.id == inner.former_id


async def test_the_chat_used_last_is_told_best_one_that_can_be_told_now(
    in_book: InBook, clock: HandClock
) -> None:
    petition = await in_book(filed)

    async def told(windows: Mapping[str, timedelta] = NO_WINDOWS) -> list[str]:
        found = await in_book(lambda book: book.notice_contacts(petition, windows))
        return [contact.chat for contact in found]

    assert await told() == [FIRST]
    await in_book(lambda book: bound(book, petition))
    assert await told() == [FIRST]  # nobody was seen yet: the chat that filed
    await in_book(lambda book: seen(book, SECOND, clock, ago=timedelta(days=3)))
    assert await told() == [SECOND]
    await in_book(lambda book: seen(book, FIRST, clock, ago=timedelta(days=9)))
    assert await told() == [SECOND]
    assert await told({"post": timedelta(days=7)}) == [SECOND]
    await in_book(lambda book: book.set_notify(petition.conversation_id or 0, "all"))
    assert await told() == [FIRST, SECOND]
    other = await in_book(lambda book: filed(book, THIRD, channel="paper"))
    assert other.conversation_id is not None


async def test_a_window_that_passed_leaves_the_notice_to_another_chat(
    in_book: InBook, clock: HandClock
) -> None:
    petition = await in_book(filed)

    def join(book: Casebook) -> None:
        asking = book.open_turn(channel="paper", account="p1", chat=SECOND).contact
        found = book.ask_binding(petition, asking=asking, asked=chat(book).contact)
        assert isinstance(found, Binding)
        assert isinstance(book.bind(found.id), Binding)

    await in_book(join)
    await in_book(lambda book: seen(book, FIRST, clock, ago=timedelta(days=8)))
    windows = {"post": timedelta(days=7)}
    told = await in_book(lambda book: book.notice_contacts(petition, windows))
    assert [contact.channel for contact in told] == ["paper"]
    told = await in_book(lambda book: book.notice_contacts(petition))
    assert [contact.channel for contact in told] == ["post"]


async def test_a_blocked_chat_is_passed_over_unless_it_is_the_only_one(
    in_book: InBook, clock: HandClock
) -> None:
    petition = await in_book(filed)

    def block(book: Casebook, name: str) -> None:
        book.mark_blocked(chat(book, name).contact.id, clock.now(), reason="blocked")

    def told(book: Casebook) -> list[ContactRecord]:
        return book.notice_contacts(petition)

    await in_book(lambda book: block(book, FIRST))
    assert [contact.chat for contact in await in_book(told)] == [FIRST]
    await in_book(lambda book: bound(book, petition))
    assert [contact.chat for contact in await in_book(told)] == [SECOND]
    await in_book(lambda book: block(book, SECOND))
    assert [contact.chat for contact in await in_book(told)] == [FIRST]


async def test_what_was_chosen_stays_when_a_third_chat_joins(in_book: InBook) -> None:
    petition = await in_book(filed)
    await in_book(lambda book: bound(book, petition))
    home = petition.conversation_id or 0
    assert {c.notify for c in await in_book(lambda book: book.chats_in(home))} == {NOTIFY_LAST}
    await in_book(lambda book: book.set_notify(home, "all"))
    await in_book(lambda book: bound(book, petition, THIRD))
    assert {c.notify for c in await in_book(lambda book: book.chats_in(home))} == {"all"}


async def test_a_chat_is_let_go_only_while_its_conversation_is_here(in_book: InBook) -> None:
    petition = await in_book(filed)
    await in_book(lambda book: bound(book, petition))

    def hand_over(book: Casebook) -> int:
        opened = chat(book, SECOND)
        token = book.offer_handover(opened.conversation.id, opened.contact.id)
        book.take_handover(token, chat(book, "page").contact.id, meanwhile={})
        return opened.contact.id

    contact_id = await in_book(hand_over)
    with pytest.raises(ValueError, match="elsewhere"):
        await in_book(lambda book: book.unbind(contact_id))

    def back_and_go(book: Casebook) -> Binding | None:
        held = book.handed_over(contact_id)
        assert held is not None
        book.bring_back(held.id)
        return book.unbind(contact_id)

    assert await in_book(back_and_go) is not None
    here = await in_book(chat)
    assert here.conversation.id == petition.conversation_id
    assert here.conversation.owner_contact_id == here.contact.id


async def test_the_number_for_templates_is_kept_sealed_and_can_be_taken_back(in_book: InBook) -> None:
    contact_id = (await in_book(chat)).contact.id

    def number(book: Casebook) -> str:
        found = book.contact_by_id(contact_id)
        assert found is not None
        return found.template_phone

    assert await in_book(number) == ""
    await in_book(lambda book: book.set_template_phone(contact_id, "0951223455"))
    assert await in_book(number) == "0951223455"
    await in_book(lambda book: book.set_template_phone(contact_id, None))
    assert await in_book(number) == ""
