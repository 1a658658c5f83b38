"""Announcements: who asked for them gets each once, after a crash too, and one word ends it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import announcements
from handlers.turn import Turn
from petitions.kinds import Role
from storage import timers
from storage.announcements import AnnouncementState
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import OutboxStatus
from storage.schema import contacts, outbox
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office

MANY = announcements.HANDFUL + 7
WORDS = {
    "title": "Nghỉ tiếp dân <b>24/12</b>",
    "text": "Ngày 24/12 cơ quan không tiếp công dân.\n\nXin thông cảm.",
}


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


@pytest.fixture
def any_office(database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(database, vault, ids, clock)


async def publish(office: Office, **words: str) -> int:
    """An announcement on its way."""
    writer = await office.officer("900", "van_phong", Role.ADMIN, "Đỗ Quản Trị")
    made: list[int] = []

    def work(turn: Turn) -> None:
        number = turn.book.put_announcement(None, WORDS | words, writer.id)
        assert number is not None
        assert turn.book.publish_announcement(number)
        announcements.begin(turn, number)
        made.append(number)

    await office.as_service(work)
    return made[0]


def got(office: Office, chat: str) -> int:
    """How often the announcement came there."""
    return sum(sent.message.title == WORDS["title"] for sent in office.chat(chat))


async def test_asked_for_told_once_and_ended_with_one_word(office: Office) -> None:
    asked = await office.say("501", "Nhận thông báo")
    assert "gửi Ông/Bà tại đây" in asked[-1].text
    assert "rồi" in (await office.say("501", "cho tôi nhận thông báo của cơ quan"))[-1].text
    await office.say("502", "xin chào")
    await publish(office)
    await office.fire_timers()
    told = office.last("501")
    assert told.message.title == WORDS["title"]
    assert "Xin thông cảm." in told.text
    assert "nhắn «tắt»" in told.text
    assert told.row.priority == 2, "replies and notices go first"
    assert (got(office, "501"), got(office, "502")) == (1, 0)
    assert "thôi gửi thông báo" in (await office.say("501", "TẮT"))[-1].text
    await publish(office, title="Tin thứ hai")
    await office.fire_timers()
    assert office.last("501").message.title != "Tin thứ hai"


async def test_the_button_under_each_message_ends_it_however_old(office: Office) -> None:
    await office.say("501", "đăng ký nhận thông báo")
    await publish(office)
    await office.fire_timers()
    button = office.last("501").button("Thôi nhận thông báo")
    await office.say("501", "Quán hát trước nhà tôi ồn tới khuya, đề nghị kiểm tra giúp")
    assert "thôi gửi thông báo" in (await office.press("501", button))[-1].text
    assert "không nhận thông báo nào" in (await office.press("501", button))[-1].text


async def test_the_one_word_means_nothing_to_who_gets_no_announcements(office: Office) -> None:
    """Nor in the middle of a petition, where it may be meant for something else."""
    answer = (await office.say("503", "tắt"))[-1].text
    assert "thông báo" not in answer
    await office.say("504", "nhận thông báo")
    await office.say("504", "Quán karaoke cạnh nhà tôi hát tới 2 giờ sáng, loa rất to")
    await office.say("504", "tắt")
    assert await office.work(lambda book: book.count_of_subscribers() == 1), "a word of a draft ends nothing"
    assert "thôi gửi thông báo" in (await office.say("504", "tắt thông báo"))[-1].text


async def test_the_command_shows_the_latest(office: Office) -> None:
    assert "chưa có thông báo nào" in (await office.command("501", "news"))[-1].text
    await publish(office)
    shown = (await office.command("501", "thongbao"))[-1]
    assert "Nghỉ tiếp dân <b>24/12</b> (23/11/2026)" in shown.text
    assert shown.has("Nhận thông báo")


async def test_handfuls_go_on_after_a_crash_and_nobody_is_told_twice(any_office: Office) -> None:
    """More people than one handful; the first attempt dies at its last moment."""
    office = any_office
    chats = [str(7000 + number) for number in range(MANY)]

    def subscribe(book: Casebook) -> None:
        for chat in chats:
            contact, _ = book.open_contact(channel="telegram", account="bot", chat=chat)
            book.subscribe_to_news(contact.id)

    await office.work(subscribe)
    number = await publish(office)

    class Crash(Exception):
        """The process dies before the commit."""

    def dying(turn: Turn) -> None:
        (timer,) = [
            one
            for one in timers.due(
                turn.book.connection, turn.book.vault, agency=turn.book.agency, now=turn.now, limit=9
            )
            if one.what == announcements.TIMER
        ]
        announcements.fire(turn, timer)
        raise Crash

    with pytest.raises(Crash):
        await office.as_service(dying)
    assert sum(got(office, chat) for chat in chats) == 0
    await office.fire_timers()
    await office.deliver()
    assert sum(got(office, chat) for chat in chats) == announcements.HANDFUL, "a handful at a time"
    await office.live_until(office.clock.now() + timedelta(minutes=2))
    assert [got(office, chat) for chat in chats] == [1] * MANY
    assert not await office.work(lambda book: book.publish_announcement(number)), "it is published once only"


async def test_who_cannot_be_told_now_is_passed_by(office: Office, clock: HandClock) -> None:
    """Blocked chats, and chats of a platform whose time for messages is over; one person with two chats gets one."""
    for chat in ("501", "502", "503", "504"):
        await office.say(chat, "nhận thông báo")
    office.facts = replace(office.facts, windows={"telegram": timedelta(days=7)})
    clock.forward(timedelta(days=7))
    await office.say("502", "xin chào")
    await office.say("503", "xin chào")
    await office.say("504", "xin chào")

    def arrange(book: Casebook) -> None:
        first, second = (book.contact("telegram", "bot", chat) for chat in ("502", "503"))
        assert first is not None
        assert second is not None
        book.connection.execute(
            contacts.update().where(contacts.c.id == second.id).values(conversation_id=first.conversation_id)
        )
        blocked = book.contact("telegram", "bot", "504")
        assert blocked is not None
        book.connection.execute(
            contacts.update().where(contacts.c.id == blocked.id).values(blocked_at=clock.now())
        )

    await office.work(arrange)
    await publish(office)
    await office.fire_timers()
    assert [got(office, chat) for chat in ("501", "502", "503", "504")] == [0, 1, 0, 0]
    waiting = await office.work(
        lambda book: book.connection.execute(
            outbox.select().where(outbox.c.status == OutboxStatus.WAITING)
        ).all()
    )
    assert waiting == [], "nothing is put by to be said weeks later"


async def test_nobody_is_woken_and_what_is_withdrawn_stops(office: Office, clock: HandClock) -> None:
    await office.say("501", "nhận thông báo")
    clock.at = clock.at.replace(hour=16)  # 23:00 at the office
    number = await publish(office)
    await office.fire_timers()
    assert got(office, "501") == 0
    assert await office.work(lambda book: book.withdraw_announcement(number))
    await office.live_until(clock.now() + timedelta(days=1))
    assert got(office, "501") == 0
    found = await office.work(lambda book: book.announcement(number))
    assert found is not None
    assert found.state is AnnouncementState.WITHDRAWN
    await publish(office)
    await office.live_until(clock.now() + timedelta(days=1))
    assert got(office, "501") == 1
