"""Alarms by officer and message: told once, told again in another message, raised once."""

from __future__ import annotations

from datetime import timedelta

import pytest

from petitions.kinds import Role
from storage.clocks import AlarmRecord
from storage.records import OfficerRecord
from tests.conftest import InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import a_filing, a_turn

DAY = timedelta(days=1)


@pytest.fixture
async def people(in_book: InBook) -> list[OfficerRecord]:
    """Two officers, and a petition with an alarm of the same event for each of them."""
    found = []
    for number in range(2):
        _, token = await in_book(lambda book: book.invite("thanh_tra", Role.HEAD, "", MORNING + DAY))
        contact = (await in_book(lambda book, chat=f"o{number}": a_turn(book, chat))).contact
        officer = await in_book(lambda book, token=token, to=contact.id: book.accept_invite(token, to))
        assert isinstance(officer, OfficerRecord)
        found.append(officer)
    petition = await in_book(lambda book: book.file(a_filing()))
    for officer in found:
        await in_book(
            lambda book, to=officer.id: book.add_alarm(
                to, petition.id, clock_id=None, what="late", level="head", urgent=False
            )
        )
    return found


async def waiting(in_book: InBook, officer: OfficerRecord) -> list[AlarmRecord]:
    return await in_book(lambda book: book.waiting_alarms(officer.id))


async def test_what_a_message_told_of_is_found_and_may_wait_again(
    in_book: InBook, people: list[OfficerRecord], clock: HandClock
) -> None:
    [alarm] = await waiting(in_book, people[0])
    clock.forward(DAY)
    await in_book(lambda book: book.alarms_told([alarm.id], 77))

    assert await waiting(in_book, people[0]) == []
    [told] = await in_book(lambda book: book.alarms_told_by(77))
    assert (told.id, told.told_at, told.raised_at) == (alarm.id, MORNING + DAY, None)

    await in_book(lambda book: book.alarms_untold(77))
    assert await waiting(in_book, people[0]) == [alarm]
    assert await in_book(lambda book: book.alarms_told_by(77)) == []


async def test_that_it_was_raised_stays(in_book: InBook, people: list[OfficerRecord]) -> None:
    [alarm] = await waiting(in_book, people[0])
    await in_book(lambda book: book.alarm_raised(alarm.id))
    [raised] = await waiting(in_book, people[0])
    assert raised.raised_at == MORNING
