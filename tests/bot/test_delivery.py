"""Delivery: order in each chat, one try after the other, and an outcome on record for every message."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.channels.base import Again, Attachment, ChatMoved, Never, Refusal, Stop, Uncertain
from bot.pacing import Pace
from handlers.messages import OutgoingFile
from storage.files import FolderUnusable
from storage.records import OutboxStatus
from tests.bot.delivery_rig import Platform, Rig
from tests.hand_clock import MORNING

S = OutboxStatus
MakeRig = Callable[..., Rig]


async def test_each_chat_in_order_and_many_side_by_side(rig: Rig, platform: Platform) -> None:
    chance = random.Random(7)
    platform.delay = lambda _chat: chance.random() * 0.02
    chats = [f"chat-{number}" for number in range(30)]
    texts = [str(number) for number in range(8)]

    rows = [row for part in (texts[:3], texts[3:]) for chat in chats for row in await rig.say(chat, *part)]

    assert set(await rig.ended(*rows)) == {S.SENT}
    assert all(platform.texts(chat) == texts for chat in chats)
    assert platform.overlapped == set()
    assert platform.most_at_once > 5


async def test_what_a_process_that_died_left_is_sent_and_goes_before_what_comes_now(
    make_rig: MakeRig, platform: Platform
) -> None:
    async with make_rig(runs=False) as rig:
        left = await rig.leave("a", "1", "2") + await rig.leave("b", "1")
        new = await rig.say("a", "3")
        await asyncio.sleep(0.02)
        assert platform.sends == [], "nothing goes out before the first look"

        await rig.delivery.look()

        assert set(await rig.ended(*left, *new)) == {S.SENT}
    assert (platform.texts("a"), platform.texts("b")) == (["1", "2", "3"], ["1"])


async def test_more_than_one_page_is_left(make_rig: MakeRig, platform: Platform) -> None:
    async with make_rig(runs=False) as rig:
        texts = [str(number) for number in range(450)]
        rows = await rig.leave("a", *texts)
        await rig.delivery.look()
        assert set(await rig.ended(*rows)) == {S.SENT}
    assert platform.texts("a") == texts


async def test_what_another_process_queued_is_found_by_the_look(rig: Rig, platform: Platform) -> None:
    [row] = await rig.leave("a", "1")
    assert await rig.ended(row, seconds=3) == [S.SENT]


async def test_a_message_that_failed_is_tried_again_later_and_holds_back_the_next(
    rig: Rig, platform: Platform
) -> None:
    platform.outcomes["a"] = [Again("not connected"), Again("not connected")]
    rows = await rig.say("a", "1", "2")
    other = await rig.say("b", "1")
    assert await rig.ended(*other) == [S.SENT]
    seen = await rig.tried(rows[0], 1)
    assert (seen.next_at, seen.reason) == (MORNING + timedelta(seconds=1), "not connected")

    await rig.forward(0.9)
    await asyncio.sleep(0.02)
    assert len(platform.sends) == 2, "not before its time, and nothing past it"
    await rig.forward(0.2)
    seen = await rig.tried(rows[0], 2)
    assert (seen.next_at - rig.clock.now()).total_seconds() == pytest.approx(2)
    await rig.forward(2.1)

    assert set(await rig.ended(*rows)) == {S.SENT}
    assert platform.texts("a") == ["1", "2"]


async def test_one_that_waits_for_another_try_holds_back_the_next_also_after_a_restart(
    make_rig: MakeRig, platform: Platform
) -> None:
    platform.outcomes["a"] = [Again("told to wait", after=30)]
    async with make_rig() as rig:
        first = await rig.say("a", "1")
        await rig.tried(first[0], 1)
    async with make_rig() as rig:
        second = await rig.say("a", "2")
        await asyncio.sleep(0.05)
        assert platform.texts("a") == []
        await rig.forward(30.1)
        assert set(await rig.ended(*first, *second)) == {S.SENT}
    assert platform.texts("a") == ["1", "2"]


async def test_a_planned_message_lets_later_ones_pass(rig: Rig, platform: Platform) -> None:
    near = await rig.say("a", "in a second", not_before=MORNING + timedelta(seconds=1))
    far = await rig.say("a", "in an hour", not_before=MORNING + timedelta(hours=1))
    now = await rig.say("a", "now")
    assert await rig.ended(*now) == [S.SENT]
    await rig.delivery.look()
    assert rig.sender.waiting == 1, "what is far away does not wait in memory"
    await rig.forward(1.1)
    assert await rig.ended(*near) == [S.SENT]
    await rig.forward(3600)
    assert await rig.ended(*far) == [S.SENT]
    assert platform.texts("a") == ["now", "in a second", "in an hour"]


async def test_a_wait_asked_of_a_chat_stops_no_other(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Again("told to wait", after=30)]
    waiting = await rig.say("a", "1")
    seen = await rig.tried(waiting[0], 1)
    assert (seen.next_at - MORNING).total_seconds() == 30
    assert await rig.ended(*await rig.say("b", "1")) == [S.SENT]
    await rig.forward(30.1)
    assert await rig.ended(*waiting) == [S.SENT]


async def test_a_wait_asked_of_the_account_stops_all(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Again("told to wait", after=0.3, whole_account=True)]
    began = asyncio.get_running_loop().time()
    waiting = await rig.say("a", "1")
    await rig.tried(waiting[0], 1)

    other = await rig.say("b", "1")
    assert await rig.ended(*other) == [S.SENT]

    assert platform.sends[-1][0] - began >= 0.3
    await rig.forward(1.1)
    assert await rig.ended(*waiting) == [S.SENT]


async def test_a_wish_of_no_seconds_does_not_spin(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Again("told to wait", after=0.0)] * 3
    [row] = await rig.say("a", "1")
    await rig.tried(row, 1)
    await asyncio.sleep(0.05)
    assert len(platform.sends) == 1


async def test_whoever_blocked_us_hears_no_more_until_they_are_back(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Never("blocked by the person", refusal=Refusal.BLOCKED)]
    rows = await rig.say("a", "1", "2", "3")
    planned = await rig.leave("a", "4", not_before=MORNING + timedelta(hours=1))

    assert await rig.ended(*rows) == [S.BLOCKED] * 3
    found = await rig.database.read(
        lambda connection: rig.books(connection).contact(platform.name, platform.account, "a")
    )
    assert found is not None
    assert (found.blocked_at, found.blocked_reason) == (MORNING, "blocked by the person")
    assert (await rig.row(rows[0])).reason == "blocked by the person"

    later = await rig.say("a", "5")
    assert await rig.ended(*later) == [S.SENT], "what is queued later finds out for itself"
    assert await rig.status(planned[0]) is S.QUEUED


async def test_a_refused_message_lets_the_next_pass(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Never("message too long", refusal=Refusal.REFUSED)]
    rows = await rig.say("a", "1", "2")
    assert await rig.ended(*rows) == [S.REFUSED, S.SENT]
    assert (await rig.row(rows[0])).reason == "message too long"


async def test_a_group_that_moved_is_followed(rig: Rig, platform: Platform) -> None:
    platform.outcomes["-1"] = [ChatMoved("group has a new id", new_chat="-100")]
    rows = await rig.say("-1", "1", "2")
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert (platform.texts("-1"), platform.texts("-100")) == ([], ["1", "2"])
    found = await rig.database.read(
        lambda connection: rig.books(connection).contact(platform.name, platform.account, "-100")
    )
    assert found is not None
    assert found.id == rows[0].contact_id
    assert await rig.ended(*await rig.say("-100", "3")) == [S.SENT]


async def test_a_group_that_moves_in_circles_does_not_spin(rig: Rig, platform: Platform) -> None:
    platform.outcomes["-1"] = [ChatMoved("moved", new_chat="-2")] * 50
    platform.outcomes["-2"] = [ChatMoved("moved", new_chat="-1")] * 50
    [row] = await rig.say("-1", "1")
    await rig.tried(row, 1)
    await asyncio.sleep(0.05)
    assert len(platform.sends) == 2
    assert await rig.status(row) is S.QUEUED


async def test_an_unknown_outcome_is_tried_again_and_at_last_left_as_unknown(
    rig: Rig, platform: Platform
) -> None:
    platform.outcomes["a"] = [Uncertain("no answer")] * 3
    platform.lost = {"1"}
    rows = await rig.say("a", "1", "2")
    seen = await rig.tried(rows[0], 1)
    assert seen.reason == "uncertain: no answer"
    await rig.forward(1.1)
    await rig.tried(rows[0], 2)
    await rig.forward(2.1)

    assert await rig.ended(*rows) == [S.UNCERTAIN, S.SENT]
    assert platform.texts("a") == ["1", "1", "1", "2"]
    assert (await rig.row(rows[0])).reason == "no answer"


async def test_an_unknown_outcome_may_end_well(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Uncertain("no answer")]
    [row] = await rig.say("a", "1")
    await rig.tried(row, 1)
    await rig.forward(1.1)
    assert await rig.ended(row) == [S.SENT]


async def test_one_that_may_have_arrived_is_not_replaced(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Uncertain("no answer")]
    platform.lost = {"1"}
    first = await rig.say("a", "1", coalesce_key="k")
    await rig.tried(first[0], 1)
    second = await rig.say("a", "2", coalesce_key="k")
    await rig.forward(1.1)
    assert await rig.ended(*first, *second) == [S.SENT, S.SENT]


async def test_one_nobody_takes_for_days_expires(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Again("server fault 500")] * 2 + [Again("not connected")]
    rows = await rig.say("a", "1", "2")
    await rig.tried(rows[0], 1)
    await rig.forward(73 * 3600)
    assert await rig.ended(rows[0]) == [S.EXPIRED]
    assert (await rig.row(rows[0])).reason == "server fault 500"


async def test_a_refused_account_stops_but_loses_nothing(make_rig: MakeRig, platform: Platform) -> None:
    platform.outcomes["a"] = [Stop("token refused")]
    async with make_rig() as rig:
        rows = await rig.say("a", "1")
        await rig.until(lambda: len(platform.sends) == 1)
        rows += await rig.say("b", "1")
        await asyncio.sleep(0.05)
        assert len(platform.sends) == 1
        assert [await rig.status(row) for row in rows] == [S.QUEUED, S.QUEUED]
    async with make_rig() as rig:
        assert await rig.ended(*rows) == [S.SENT, S.SENT]


# --- faults of ours


async def test_a_message_that_cannot_be_read_stops_no_chat(rig: Rig, platform: Platform) -> None:
    broken = await rig.say("a", "1", body={"text": "1", "no such field": True})
    fine = await rig.say("a", "2")
    assert await rig.ended(*broken, *fine) == [S.REFUSED, S.SENT]


async def test_a_document_that_cannot_be_made_is_given_up_after_some_tries(
    make_rig: MakeRig, platform: Platform
) -> None:
    made: list[OutgoingFile] = []

    async def render(wanted: OutgoingFile) -> Attachment:
        made.append(wanted)
        if wanted.name == "broken":
            raise FolderUnusable("no room")
        return Attachment(name=wanted.name, mime="text/plain", data=b"x")

    async with make_rig(render=render) as rig:
        broken = await rig.say("a", "", body={"text": "1", "file": {"name": "broken", "file_id": 1}})
        fine = await rig.say("a", "", body={"text": "2", "file": {"name": "fine.txt", "file_id": 2}})
        for tries in (1, 2, 3):
            await rig.tried(broken[0], tries)
            await rig.forward(6)
        assert await rig.ended(*broken, *fine) == [S.REFUSED, S.SENT]
    assert [wanted.name for wanted in made] == ["broken"] * 4 + ["fine.txt"]
    assert platform.texts("a") == ["2 [fine.txt]"]


async def test_a_fault_inside_the_channel_counts_as_unknown(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [ZeroDivisionError()] * 3
    rows = await rig.say("a", "1", "2")
    for tries in (1, 2):
        await rig.tried(rows[0], tries)
        await rig.forward(3)
    assert await rig.ended(*rows) == [S.UNCERTAIN, S.SENT]


async def test_outcomes_outlast_a_database_that_is_away(make_rig: MakeRig, platform: Platform) -> None:
    platform.outcomes["a"] = [0.1]
    async with make_rig(runs=False) as rig:
        rows = await rig.leave("a", "1", "2")
        await rig.delivery.look()
        await rig.until(lambda: bool(platform.sends))
        await rig.database.close()
        await rig.until(lambda: platform.texts("a") == ["1", "2"])
        await asyncio.sleep(0.05)
        await rig.database.open()
        await rig.delivery.look()
        assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert platform.texts("a") == ["1", "2"], "nothing is sent again because its outcome was late"


async def test_one_outcome_that_cannot_be_written_takes_no_other_along(rig: Rig, platform: Platform) -> None:
    def broken(_connection: object) -> None:
        raise ZeroDivisionError

    platform.outcomes["a"] = platform.outcomes["b"] = []
    rig.sender._ledger.change(broken)
    rows = await rig.say("a", "1")
    rig.sender._ledger.change(broken)
    rows += await rig.say("b", "1")
    rig.sender._ledger.change(broken)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert len(platform.sends) == 2


async def test_a_row_sealed_with_a_lost_key_stops_no_other(rig: Rig, platform: Platform) -> None:
    from sqlalchemy import update

    from storage.schema import outbox

    [damaged] = await rig.leave("a", "1")
    await rig.database.transact(
        lambda connection: connection.execute(
            update(outbox).where(outbox.c.id == damaged.id).values(body_enc=b"\x01damaged")
        )
    )
    fine = await rig.leave("b", "1")
    assert await rig.ended(*fine, seconds=3) == [S.SENT]


# --- one message in the place of another


async def test_an_album_gets_one_answer(rig: Rig, platform: Platform) -> None:
    quiet = timedelta(seconds=1.5)
    rows = []
    for number in (1, 2, 3):
        rows += await rig.say(
            "a", f"{number} ảnh", coalesce_key="album:7", not_before=rig.clock.now() + quiet
        )
        await rig.forward(0.5)
    await rig.forward(0.9)
    await asyncio.sleep(0.02)
    assert platform.sends == []
    await rig.forward(0.2)

    assert await rig.ended(*rows) == [S.SUPERSEDED, S.SUPERSEDED, S.SENT]
    assert platform.texts("a") == ["3 ảnh"]
    assert (await rig.row(rows[0])).superseded_by == rows[1].id


async def test_one_being_sent_is_not_replaced(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [0.1]
    first = await rig.say("a", "1", coalesce_key="k")
    await rig.until(lambda: bool(platform.sends))
    second = await rig.say("a", "2", coalesce_key="k")
    assert await rig.ended(*first, *second) == [S.SENT, S.SENT]
    assert platform.texts("a") == ["1", "2"]
    assert (await rig.row(first[0])).superseded_by is None


async def test_a_legal_notice_is_never_replaced(rig: Rig, platform: Platform) -> None:
    later = MORNING + timedelta(seconds=1)
    first = await rig.say("a", "1", coalesce_key="k", legal=True, not_before=later)
    second = await rig.say("a", "2", coalesce_key="k", not_before=later)
    await rig.forward(1.1)
    assert await rig.ended(*first, *second) == [S.SENT, S.SENT]


async def test_replaced_while_it_waits_for_another_try(rig: Rig, platform: Platform) -> None:
    platform.outcomes["a"] = [Again("not connected")]
    first = await rig.say("a", "1", coalesce_key="k")
    await rig.tried(first[0], 1)
    second = await rig.say("a", "2", coalesce_key="k")
    assert await rig.ended(*first, *second) == [S.SUPERSEDED, S.SENT]
    assert platform.texts("a") == ["2"]


async def a_petition(rig: Rig) -> int:
    from tests.storage.builders import a_filing

    filed = await rig.database.transact(lambda connection: rig.books(connection).file(a_filing()))
    return filed.id


async def test_a_card_is_edited_in_place_also_while_its_first_form_is_under_way(
    rig: Rig, platform: Platform
) -> None:
    card = {"card_petition_id": await a_petition(rig), "coalesce_key": "card"}
    platform.outcomes["a"] = [0.05]
    rows = await rig.say("a", "thẻ 1", **card)
    await rig.until(lambda: bool(platform.sends))
    rows += await rig.say("a", "thẻ 2", **card)
    assert await rig.ended(*rows) == [S.SENT, S.SENT]
    [shown] = platform.chats["a"]
    assert (shown.text, shown.edits) == ("thẻ 2", 1)


async def test_a_card_keeps_its_place_over_a_restart(make_rig: MakeRig, platform: Platform) -> None:
    async with make_rig() as rig:
        card = {"card_petition_id": await a_petition(rig), "coalesce_key": "card"}
        await rig.ended(*await rig.say("a", "thẻ 1", **card))
        waiting = await rig.leave("a", "thẻ 2", **card)
    async with make_rig() as rig:
        assert await rig.ended(*waiting, seconds=3) == [S.SENT]
        await rig.ended(*await rig.say("a", "thẻ 3", **card))
        [shown] = platform.chats["a"]
        assert (shown.text, shown.edits) == ("thẻ 3", 2)

        platform.chats["a"].clear()  # the officer deleted it
        assert await rig.ended(*await rig.say("a", "thẻ 4", **card)) == [S.SENT]
        await rig.ended(*await rig.say("a", "thẻ 5", **card))
        [shown] = platform.chats["a"]
        assert (shown.text, shown.edits) == ("thẻ 5", 1)


async def test_an_asked_for_card_comes_anew_and_is_the_one_kept_up_to_date(
    rig: Rig, platform: Platform
) -> None:
    card = {"card_petition_id": await a_petition(rig), "coalesce_key": "card"}
    await rig.ended(*await rig.say("a", "thẻ 1", **card))
    await rig.ended(*await rig.say("a", "thẻ 2", **card | {"body": {"text": "thẻ 2", "fresh": True}}))
    await rig.ended(*await rig.say("a", "thẻ 3", **card))
    assert [(shown.text, shown.edits) for shown in platform.chats["a"]] == [("thẻ 1", 0), ("thẻ 3", 1)]


# --- under stress


async def test_nothing_twice_and_nothing_lost_while_looks_and_wakes_race(
    rig: Rig, platform: Platform
) -> None:
    chance = random.Random(11)
    platform.delay = lambda _chat: chance.random() * 0.003
    chats = [f"c{number}" for number in range(20)]
    said: dict[str, list[str]] = {chat: [] for chat in chats}
    rows = []

    async def talk(chat: str) -> None:
        for number in range(12):
            text = f"{chat}-{number}"
            said[chat].append(text)
            rows.extend(await rig.say(chat, text, wake=chance.random() < 0.7))
            await asyncio.sleep(chance.random() * 0.004)

    async def look() -> None:
        while True:
            await rig.delivery.look()
            await asyncio.sleep(0)

    looking = [asyncio.create_task(look()) for _ in range(2)]
    await asyncio.gather(*(talk(chat) for chat in chats))
    await rig.until(lambda: len(platform.sends) >= 240)
    assert set(await rig.ended(*rows)) == {S.SENT}
    for task in looking:
        task.cancel()
    await asyncio.gather(*looking, return_exceptions=True)

    assert sorted(text for _, _, text in platform.sends) == sorted(
        t for texts in said.values() for t in texts
    )
    if rig.database.dialect == "postgresql":  # every row comes by a look there, in the order of the chat
        assert {chat: platform.texts(chat) for chat in chats} == said


async def test_replacing_under_load_ends_with_the_last_word(rig: Rig, platform: Platform) -> None:
    chance = random.Random(5)
    platform.delay = lambda _chat: chance.random() * 0.004
    rows = []
    for number in range(40):
        for chat in ("a", "b", "c"):
            rows += await rig.say(chat, str(number), coalesce_key="card")
    outcomes = await rig.ended(*rows)

    assert set(outcomes) <= {S.SENT, S.SUPERSEDED}
    assert outcomes.count(S.SENT) == len(platform.sends)
    for chat in ("a", "b", "c"):
        numbers = [int(text) for text in platform.texts(chat)]
        assert numbers == sorted(set(numbers))
        assert numbers[-1] == 39


async def test_memory_is_given_back(rig: Rig, platform: Platform) -> None:
    rows = [row for number in range(50) for row in await rig.say(f"c{number}", "1", coalesce_key="k")]
    assert set(await rig.ended(*rows)) == {S.SENT}
    await rig.until(lambda: rig.sender.waiting == 0)
    await rig.delivery.look()
    await rig.delivery.look()
    assert (rig.sender._lanes, rig.sender._uncertain) == ({}, {})
    assert not any(rig.sender.knows(row.id) for row in rows)


async def test_closing_finishes_what_is_under_way_and_leaves_the_rest(
    make_rig: MakeRig, platform: Platform
) -> None:
    platform.outcomes["a"] = [0.1]
    async with make_rig() as rig:
        rows = await rig.say("a", "1", "2")
        await rig.until(lambda: bool(platform.sends))
    assert platform.texts("a") == ["1"]
    async with make_rig() as rig:
        assert await rig.ended(*rows) == [S.SENT, S.SENT]
    assert platform.texts("a") == ["1", "2"]


# --- pacing


async def test_a_reply_goes_before_notices_that_wait(make_rig: MakeRig, platform: Platform) -> None:
    platform.outcomes["n0"] = [0.3]
    async with make_rig(pace=Pace(per_second=0.0, in_flight=1)) as rig:
        rows = [row for number in range(4) for row in await rig.say(f"n{number}", "notice", priority=1)]
        rows += await rig.say("person", "reply", priority=0)
        await rig.until(lambda: rig.sender.waiting == 5)
        await rig.ended(*rows)
    assert [chat for _, chat, _ in platform.sends][:2] == ["n0", "person"]


async def test_a_chat_is_not_flooded(make_rig: MakeRig, platform: Platform) -> None:
    pace = Pace(per_second=1000, chat_per_second=20, chat_burst=2, group_per_minute=1200, group_burst=1)
    async with make_rig(pace=pace) as rig:
        rows = await rig.say("a", *"12345") + await rig.say("-g", *"12345")
        assert set(await rig.ended(*rows)) == {S.SENT}
    for chat, burst in (("a", 2), ("-g", 1)):
        times = [at for at, where, _ in platform.sends if where == chat]
        assert times[burst - 1] - times[0] < 0.04
        assert times[-1] - times[0] >= (5 - burst) * 0.05 - 0.02
