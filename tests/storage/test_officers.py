"""Officers and the invitations that make them."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from petitions.kinds import Role
from storage.casebook import Casebook
from storage.officers import InviteFault, InviteRefused
from storage.records import GroupBound, OfficerRecord
from tests.conftest import InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import NASTY, a_turn

SOON = MORNING + timedelta(days=7)


def an_officer(
    book: Casebook, chat: str, *, unit: str = "thanh_tra", role: Role = Role.OFFICER
) -> OfficerRecord:
    _, token = book.invite(unit, role, f"Cán bộ {chat}", SOON)
    officer = book.accept_invite(token, a_turn(book, chat).contact.id)
    assert isinstance(officer, OfficerRecord)
    return officer


@pytest.mark.parametrize("name", NASTY, ids=range(len(NASTY)))
async def test_an_invitation_makes_an_officer_of_a_chat(in_book: InBook, name: str) -> None:
    record, token = await in_book(lambda book: book.invite("thanh_tra", Role.HEAD, name, SOON))
    turn = await in_book(a_turn)

    typed = f" {token[:5].lower()}-{token[5:]} "
    officer = await in_book(lambda book: book.accept_invite(typed, turn.contact.id))

    assert isinstance(officer, OfficerRecord)
    assert (officer.unit, officer.role, officer.name, officer.active) == ("thanh_tra", Role.HEAD, name, True)
    assert officer.contact_ids == (turn.contact.id,)
    assert record.used_at is None
    assert await in_book(lambda book: book.officer(officer.id)) == officer
    assert await in_book(lambda book: book.officer_of_contact(turn.contact.id)) == officer
    assert await in_book(lambda book: book.officer_of_chat("web", "web", "chat-1")) == officer
    assert await in_book(lambda book: book.officer_of_chat("web", "web", "chat-2")) is None
    linked = await in_book(a_turn)
    assert linked.contact.officer_id == officer.id


async def refusal(in_book: InBook, token: str, contact_id: int) -> InviteFault:
    with pytest.raises(InviteRefused) as refused:
        await in_book(lambda book: book.accept_invite(token, contact_id))
    return refused.value.code


async def test_wrong_invitations_are_refused_and_stay_as_they_were(in_book: InBook, clock: HandClock) -> None:
    turn = await in_book(a_turn)
    group = await in_book(lambda book: a_turn(book, "-1", is_group=True))
    _, token = await in_book(lambda book: book.invite("thanh_tra", Role.HEAD, "A", SOON))
    _, for_group = await in_book(lambda book: book.invite("thanh_tra", None, "", SOON, for_group=True))
    linked = await in_book(lambda book: an_officer(book, "linked"))

    assert await refusal(in_book, "nonsense \0", turn.contact.id) is InviteFault.UNKNOWN
    assert await refusal(in_book, token, group.contact.id) is InviteFault.WRONG_CHAT
    assert await refusal(in_book, for_group, turn.contact.id) is InviteFault.WRONG_CHAT
    assert await refusal(in_book, token, linked.contact_ids[0]) is InviteFault.ALREADY_LINKED
    clock.forward(timedelta(days=7))
    assert await refusal(in_book, token, turn.contact.id) is InviteFault.EXPIRED
    clock.forward(timedelta(days=-1))
    await in_book(lambda book: book.accept_invite(token, turn.contact.id))
    other = await in_book(lambda book: a_turn(book, "other"))
    assert await refusal(in_book, token, other.contact.id) is InviteFault.USED


async def test_an_invitation_is_taken_once_however_many_try(in_book: InBook) -> None:
    _, token = await in_book(lambda book: book.invite("thanh_tra", Role.HEAD, "A", SOON))
    chats = [(await in_book(lambda book, n=n: a_turn(book, f"c{n}"))).contact.id for n in range(8)]

    taken = await asyncio.gather(
        *(in_book(lambda book, c=contact_id: book.accept_invite(token, c)) for contact_id in chats),
        return_exceptions=True,
    )

    refused = [answer.code for answer in taken if isinstance(answer, InviteRefused)]
    assert refused == [InviteFault.USED] * 7
    assert len(await in_book(lambda book: book.officers())) == 1


async def test_a_group_is_bound_by_its_own_invitation(in_book: InBook) -> None:
    group = await in_book(lambda book: a_turn(book, "-1", is_group=True))
    _, token = await in_book(lambda book: book.invite("van_phong", None, "", SOON, for_group=True))

    bound = await in_book(lambda book: book.accept_invite(token, group.contact.id))

    assert bound == GroupBound(group.contact.id, "van_phong")
    assert [contact.id for contact in await in_book(lambda book: book.groups_of("van_phong"))] == [
        group.contact.id
    ]


async def test_an_officer_links_a_second_chat(in_book: InBook) -> None:
    officer = await in_book(lambda book: an_officer(book, "first"))
    _, token = await in_book(
        lambda book: book.invite(officer.unit, officer.role, officer.name, SOON, officer_id=officer.id)
    )
    second = await in_book(lambda book: a_turn(book, "second"))

    linked = await in_book(lambda book: book.accept_invite(token, second.contact.id))

    assert isinstance(linked, OfficerRecord)
    assert linked.id == officer.id
    assert linked.contact_ids == (*officer.contact_ids, second.contact.id)


async def test_finding_absent_and_removed_officers(in_book: InBook) -> None:
    head = await in_book(lambda book: an_officer(book, "head", role=Role.HEAD))
    deputy = await in_book(lambda book: an_officer(book, "deputy"))
    elsewhere = await in_book(lambda book: an_officer(book, "else", unit="van_phong"))

    await in_book(lambda book: book.set_absent(head.id, SOON, deputy.id))
    absent = await in_book(lambda book: book.officer(head.id))
    assert absent is not None
    assert (absent.absent_until, absent.deputy_id) == (SOON, deputy.id)

    await in_book(lambda book: book.remove_officer(deputy.id))
    assert [o.id for o in await in_book(lambda book: book.officers())] == [head.id, elsewhere.id]
    assert [o.id for o in await in_book(lambda book: book.officers("thanh_tra"))] == [head.id]
    assert [o.id for o in await in_book(lambda book: book.officers(roles={Role.OFFICER}))] == [elsewhere.id]
    assert len(await in_book(lambda book: book.officers(active=None))) == 3
    assert await in_book(lambda book: book.officer_of_contact(deputy.contact_ids[0])) is None
    gone = await in_book(lambda book: book.officer(deputy.id))
    assert gone is not None
    assert (gone.active, gone.name, gone.contact_ids) == (False, "Cán bộ deputy", ())


async def test_a_person_has_a_role_and_a_group_has_none(in_book: InBook) -> None:
    with pytest.raises(ValueError, match="role"):
        await in_book(lambda book: book.invite("thanh_tra", None, "A", SOON))
    with pytest.raises(ValueError, match="role"):
        await in_book(lambda book: book.invite("thanh_tra", Role.HEAD, "A", SOON, for_group=True))
