"""Delivery where a platform takes messages only for a while after the person's last deed, or not for days."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.channels.base import Again, Closed, Never, Refusal, Uncertain
from handlers import untold
from storage import chat_marks, outbox
from storage.records import ContactRecord, OutboxStatus
from storage.schema import timers
from tests.bot.delivery_rig import Platform, Rig, WindowedPlatform
from tests.hand_clock import MORNING

S = OutboxStatus
HOUR = 3600
DAY = 24 * HOUR
FACTS = {"code": "ABCD-1234-EFGH", "stage": "đã trả lời"}


@pytest.fixture
async def rig(make_rig: Callable[..., Rig], windowed: WindowedPlatform) -> AsyncIterator[Rig]:
    async with make_rig(platform=windowed) as rig:
        yield rig


def notice(key: str = "answer", **given: Any) -> dict[str, Any]:
    """The fields of a notice about an event, apart from its text."""
    body = {"text": f"notice {key}", "notice": key, "facts": FACTS}
    return {"body": body, "audience": "citizen", "petition_id": 7, "event_seq": 2, "priority": 1} | given


async def contact(rig: Rig, chat: str) -> ContactRecord:
    found = await rig.database.read(
        lambda connection: rig.books(connection).contact(rig.platform.name, rig.platform.account, chat)
    )
    assert found is not None
    return found


async def timers_of(rig: Rig) -> list[int]:
    """The messages that somebody will look after."""

    def find(connection: Any) -> list[int]:
        rows = connection.execute(
            select(timers.c.id, timers.c.data_enc).where(timers.c.what == untold.TIMER).order_by(timers.c.id)
        )
        vault = rig.books.vault
        return [
            vault.open_json(row.data_enc, table="timers", column="data_enc", row=row.id)["message"]
            for row in rows
        ]

    return await rig.database.read(find)


async def test_within_the_window_everything_goes(rig: Rig, windowed: WindowedPlatform) -> None:
    await rig.ended(*await rig.come_back("a", "hello"))
    rig.clock.forward(timedelta(days=2))
    assert await rig.ended(*await rig.say("a", "still open", **notice())) == [S.SENT]
    assert windowed.outside == []


async def test_after_it_a_notice_waits_with_its_reason_and_the_next_decides_for_itself(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    windowed.templates = {"answer"}
    await rig.ended(*await rig.come_back("a", "hello"))
    await rig.forward(2 * DAY + 1)
    first = await rig.say("a", "", **notice("taken"))
    second = await rig.say("a", "", **notice("answer"))
    third = await rig.say("a", "a reply", audience="citizen")

    assert await rig.ended(*first, *second, *third) == [S.WAITING, S.SENT, S.WAITING]

    assert windowed.texts("a") == ["hello", "[answer] ABCD-1234-EFGH"]
    assert [(await rig.row(row)).reason for row in (*first, *second, *third)] == [
        "no_template",
        "template 77",
        "window_passed",
    ]
    assert (await contact(rig, "a")).has_waiting
    assert [seen[1:] for seen in windowed.outside] == [("taken", FACTS, ""), ("answer", FACTS, "")]


async def test_the_number_of_the_consent_goes_along(rig: Rig, windowed: WindowedPlatform) -> None:
    windowed.templates = {"answer"}
    await rig.leave("a", "hello")
    who = await contact(rig, "a")
    await rig.database.transact(
        lambda connection: rig.books(connection).set_template_phone(who.id, "0951223455")
    )
    assert await rig.ended(*await rig.say("a", "", **notice())) == [S.SENT]
    assert windowed.outside[0][3] == "0951223455"


async def test_who_never_did_anything_is_told_by_template_only(rig: Rig, windowed: WindowedPlatform) -> None:
    assert await rig.ended(*await rig.say("a", "", **notice())) == [S.WAITING]
    assert windowed.texts("a") == []


async def test_a_platform_without_templates_lets_wait(
    make_rig: Callable[..., Rig], platform: Platform
) -> None:
    platform.capabilities = WindowedPlatform.capabilities
    async with make_rig(platform=platform) as rig:
        rows = await rig.say("a", "", **notice())
        assert await rig.ended(*rows) == [S.WAITING]
        assert (await rig.row(rows[0])).reason == "window_passed"


async def test_a_platform_that_counts_otherwise_is_believed(rig: Rig, windowed: WindowedPlatform) -> None:
    windowed.templates = {"answer"}
    await rig.ended(*await rig.come_back("a", "hello"))
    await rig.forward(30)
    windowed.outcomes["a"] = [Closed("no interaction"), Closed("no interaction")]
    rows = await rig.say("a", "", **notice()) + await rig.say("a", "reply")
    assert await rig.ended(*rows) == [S.SENT, S.WAITING]
    assert windowed.texts("a") == ["hello", "[answer] ABCD-1234-EFGH"]


async def test_what_waited_is_said_first_and_in_order(rig: Rig, windowed: WindowedPlatform) -> None:
    waiting = [(await rig.say("a", "", **notice(key, event_seq=seq)))[0] for seq, key in enumerate("xyz", 2)]
    assert set(await rig.ended(*waiting)) == {S.WAITING}
    await rig.forward(20 * DAY)

    rows = await rig.come_back("a", "the answer")

    assert set(await rig.ended(*rows)) == {S.SENT}
    assert windowed.texts("a") == ["notice x", "notice y", "notice z", "the answer"]
    assert not (await contact(rig, "a")).has_waiting
    rows = await rig.come_back("a", "again")
    assert len(rows) == 1, "nothing is said twice"


async def test_what_waited_is_said_although_the_process_that_held_it_is_gone(
    make_rig: Callable[..., Rig], windowed: WindowedPlatform
) -> None:
    async with make_rig(platform=windowed) as rig:
        held = await rig.say("a", "", **notice())
        assert await rig.ended(*held) == [S.WAITING]
    async with make_rig(platform=windowed) as rig:
        rig.clock.forward(timedelta(days=9))
        rows = await rig.come_back("a", "the answer", wake=False)
        assert set(await rig.ended(*rows, seconds=4)) == {S.SENT}
    assert windowed.texts("a") == ["notice answer", "the answer"]


async def test_one_that_writes_while_a_message_is_being_held_hears_it_now(
    make_rig: Callable[..., Rig], windowed: WindowedPlatform
) -> None:
    """The row in hand still says that nobody was here."""
    async with make_rig(platform=windowed, runs=False) as rig:
        [row] = await rig.leave("a", "", **notice())
        await rig.database.transact(
            lambda connection: chat_marks.seen(connection, row.contact_id, rig.clock.now())
        )
        assert row.seen_at is None
        await rig.delivery.look()  # nothing is due that was not read with the deed
        assert await rig.ended(row) == [S.SENT]
        [late] = await rig.leave("b", "", **notice())
        await rig.database.transact(
            lambda connection: chat_marks.seen(connection, late.contact_id, rig.clock.now())
        )
        rig.sender.behind = False
        rig.sender.take(late)
        await rig.until(lambda: not rig.sender.waiting)
        assert await rig.status(late) in (S.QUEUED, S.SENT)
        await rig.delivery.look()
        assert await rig.ended(late) == [S.SENT]
    assert windowed.texts("b") == ["notice answer"]


async def test_a_lost_answer_outside_is_as_doubtful_as_inside(rig: Rig, windowed: WindowedPlatform) -> None:
    windowed.templates = {"answer"}
    windowed.outside_faults = [Uncertain("no answer")]
    [row] = await rig.say("a", "", **notice())
    assert (await rig.tried(row, 1)).reason == "uncertain: no answer"
    await rig.forward(2)
    assert await rig.ended(row) == [S.SENT]
    assert len(windowed.outside) == 2


async def test_a_blocked_person_is_no_waiting_one(rig: Rig, windowed: WindowedPlatform) -> None:
    windowed.outside_faults = [Never("account is gone", refusal=Refusal.GONE)]
    assert await rig.ended(*await rig.say("a", "", **notice())) == [S.BLOCKED]
    assert (await contact(rig, "a")).blocked_at == MORNING


# --- left to a person of the office


async def test_the_service_is_silent_while_a_person_of_the_office_writes(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    await rig.ended(*await rig.come_back("a", "hello"))
    who = await contact(rig, "a")
    until = rig.clock.now() + timedelta(minutes=30)
    await rig.database.transact(lambda connection: chat_marks.mute(connection, who.id, until))

    rows = await rig.say("a", "", **notice())
    work = await rig.say("a", "for an officer", audience="officer")
    assert await rig.ended(*work) == [S.SENT]
    await rig.until(lambda: not rig.sender.waiting)
    seen = await rig.row(rows[0])
    assert (seen.status, seen.next_at, seen.attempts) == (S.QUEUED, until, 0)
    await rig.forward(29 * 60)
    assert windowed.texts("a") == ["hello", "for an officer"]
    await rig.forward(61)
    assert await rig.ended(*rows) == [S.SENT]


# --- what is not accepted for days


async def test_a_notice_nobody_takes_for_days_waits_for_the_person(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    await rig.ended(*await rig.come_back("a", "hello"))
    windowed.outcomes["a"] = [Again("quota used up", after=HOUR)] * 2 + [Again("server fault 500")] * 2
    [told] = await rig.say("a", "", **notice(legal=True))
    [said] = await rig.say("b", "chatter", not_before=rig.clock.now())
    assert await rig.ended(said) == [S.WAITING], "its window is closed, it needs no three days"
    await rig.tried(told, 1)
    await rig.forward(12 * HOUR)
    await rig.tried(told, 2)

    rig.clock.at += timedelta(hours=61)
    await rig.come_back("a", wake=False)  # the window stays open
    await rig.delivery.look()
    assert await rig.ended(told) == [S.WAITING]
    assert (await rig.row(told)).reason == "server fault 500"

    rows = await rig.come_back("a", "here")
    await rig.tried(told, 1)
    await rig.forward(2)
    assert set(await rig.ended(*rows)) == {S.SENT}
    assert windowed.texts("a") == ["hello", "notice answer", "here"]


async def test_an_answer_nobody_takes_for_days_expires(rig: Rig, windowed: WindowedPlatform) -> None:
    await rig.ended(*await rig.come_back("a", "hello"))
    windowed.outcomes["a"] = [Again("server fault 500")] * 2
    [row] = await rig.say("a", "chatter", audience="citizen")
    await rig.tried(row, 1)
    rig.clock.forward(timedelta(hours=73))
    await rig.come_back("a", wake=False)
    await rig.delivery.look()
    assert await rig.ended(row) == [S.EXPIRED]


async def test_a_used_up_quota_holds_nobody_back_who_writes(rig: Rig, windowed: WindowedPlatform) -> None:
    """Answers within the free window are not counted, so what failed is tried again at once."""
    await rig.ended(*await rig.come_back("a", "hello"))
    windowed.outcomes["a"] = [Again("quota used up", after=HOUR)]
    [told] = await rig.say("a", "", **notice())
    await rig.tried(told, 1)
    rig.clock.forward(timedelta(seconds=60))
    rows = await rig.come_back("a", "the answer")
    assert set(await rig.ended(told, *rows)) == {S.SENT}
    assert windowed.texts("a") == ["hello", "notice answer", "the answer"]


async def test_one_that_is_to_be_tried_soon_waits_as_the_platform_asked(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    await rig.ended(*await rig.come_back("a", "hello"))
    windowed.outcomes["a"] = [Again("too fast", after=60)]
    [told] = await rig.say("a", "", **notice())
    await rig.tried(told, 1)
    rig.clock.forward(timedelta(seconds=30))
    await rig.come_back("a", "the answer")
    await asyncio.sleep(0.05)
    assert windowed.texts("a") == ["hello"]


# --- who looks after it


async def test_somebody_looks_after_what_was_not_told_and_after_nothing_else(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    citizen = [(await rig.say("a", "", **notice(event_seq=seq)))[0] for seq in (2, 3)]
    reply = await rig.say("a", "a reply", audience="citizen")
    card = await rig.say("o", "a card brought up to date", audience="officer", petition_id=7)
    news = await rig.say("o", "", **notice(audience="officer"))
    digest = await rig.say("o", "alarms", audience="officer", priority=2)
    assert set(await rig.ended(*citizen, *reply, *card, *news, *digest)) == {S.WAITING}
    await rig.until(lambda: not rig.sender.waiting)
    assert sorted(await timers_of(rig)) == [row.id for row in (*citizen, *news, *digest)]


async def test_somebody_looks_after_what_a_block_ended(rig: Rig, windowed: WindowedPlatform) -> None:
    await rig.ended(*await rig.come_back("o", "hello"))
    windowed.outcomes["o"] = [Never("blocked", refusal=Refusal.BLOCKED)]
    rows = await rig.say("o", "1", "2", **notice(audience="officer"))
    assert set(await rig.ended(*rows)) == {S.BLOCKED}
    await rig.until(lambda: not rig.sender.waiting)
    assert await timers_of(rig) == [row.id for row in rows]


async def test_a_refused_message_for_an_officer_is_looked_after_too(
    rig: Rig, windowed: WindowedPlatform
) -> None:
    await rig.ended(*await rig.come_back("o", "hello"))
    windowed.outcomes["o"] = [Never("too long", refusal=Refusal.REFUSED)]
    [row] = await rig.say("o", "alarms", audience="officer", priority=2)
    assert await rig.ended(row) == [S.REFUSED]
    assert await timers_of(rig) == [row.id]
    found = await rig.database.read(lambda connection: outbox.one(connection, rig.books.vault, row.id))
    assert found is not None
    assert found.status is S.REFUSED
