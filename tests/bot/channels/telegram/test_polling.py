"""Long polling: order, concurrency, what RETRY, duplicates, conflicts and outages do to the offset."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from bot.channels.base import Verdict
from handlers.messages import Incoming, Text
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator


def words(got: list[Incoming], chat: int | None = None) -> list[str]:
    return [g.content.text for g in got if isinstance(g.content, Text) and chat in (None, int(g.chat))]


async def test_one_chat_in_order_and_chats_side_by_side(rig: Rig, telegram: TelegramEmulator) -> None:
    people = [telegram.person() for _ in range(8)]
    for number in range(5):
        for person in people:
            person.say(str(number))
    rig.receiver.seconds = lambda incoming: 0.02 if int(incoming.chat) % 2 else 0.0
    await rig.polling()
    got = await rig.receiver.wait(40)
    for person in people:
        assert words(got, person.id) == ["0", "1", "2", "3", "4"]
    assert rig.receiver.overlapped == set()
    assert rig.receiver.most_at_once >= 4


async def test_updates_out_of_order_are_put_in_order(rig: Rig, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    telegram.world.updates.shuffle = True
    for number in range(30):
        an.say(str(number))
    await rig.polling()
    got = await rig.receiver.wait(30)
    assert words(got) == [str(number) for number in range(30)]


async def test_offset_moves_only_past_what_is_done(rig: Rig, telegram: TelegramEmulator) -> None:
    an, binh = telegram.person(), telegram.person()
    an.say("a1")
    binh.say("b1")
    an.say("a2")
    away = {"yes": True}

    def verdict(incoming: Incoming) -> Verdict:
        return Verdict.RETRY if away["yes"] and incoming.chat == str(an.id) else Verdict.DONE

    rig.receiver.verdict = verdict
    await rig.polling()
    await rig.receiver.wait(4)
    assert telegram.unconfirmed == 3
    assert set(words(rig.receiver.got, an.id)) == {"a1"}  # a2 is not tried before a1 is done
    away["yes"] = False
    while "a2" not in words(rig.receiver.got):
        await rig.receiver.next()
    assert words(rig.receiver.got, an.id)[-2:] == ["a1", "a2"]
    ids = [g.update_id for g in rig.receiver.got if g.chat == str(binh.id)]
    assert len(ids) >= 2  # what was done comes again, with the same id: dispatch drops it
    assert len(set(ids)) == 1
    an.say("a3")
    await rig.receiver.next()
    assert words(rig.receiver.got)[-1] == "a3"
    assert telegram.unconfirmed == 1


async def test_receiver_that_raises_is_asked_again(rig: Rig, telegram: TelegramEmulator) -> None:
    broken = {"times": 1}

    def verdict(_incoming: Incoming) -> Verdict:
        if broken["times"]:
            broken["times"] -= 1
            raise RuntimeError("a fault of dispatch")
        return Verdict.DONE

    rig.receiver.verdict = verdict
    telegram.person().say("không mất")
    await rig.polling()
    got = await rig.receiver.wait(1)
    assert words(got) == ["không mất"]


async def test_stop_confirms_what_was_done(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.polling()
    telegram.person().say("xong")
    await rig.receiver.wait(1)
    await asyncio.sleep(0.05)
    await channel.stop()
    assert telegram.unconfirmed == 0


async def test_stop_finishes_the_batch_in_hand(rig: Rig, telegram: TelegramEmulator) -> None:
    rig.receiver.seconds = lambda _incoming: 0.3
    channel = await rig.polling()
    telegram.person().say("đang làm")
    await asyncio.sleep(0.1)
    await channel.stop()
    assert words(rig.receiver.got) == ["đang làm"]
    assert telegram.unconfirmed == 0


async def test_redelivered_update_comes_with_its_old_id(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    telegram.person().say("một")
    first = (await rig.receiver.wait(1))[0]
    telegram.redeliver(int(first.update_id))
    again = (await rig.receiver.wait(2))[1]
    assert again == first
    telegram.person().say("hai")
    assert words(await rig.receiver.wait(3))[-1] == "hai"


async def test_numbers_that_jump_back_lose_nothing(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    an = telegram.person()
    an.say("trước")
    await rig.receiver.wait(1)
    await asyncio.sleep(0.05)
    telegram.world.updates.jump(1000)
    an.say("sau")
    assert words(await rig.receiver.wait(2)) == ["trước", "sau"]


async def test_webhook_in_the_way_is_removed_without_dropping_updates(
    rig: Rig, telegram: TelegramEmulator
) -> None:
    from tests.emulators.telegram.webhook import Hook

    telegram.server.pusher.set(Hook("http://127.0.0.1:9/none"))
    telegram.person().say("đợi")
    await rig.polling()
    assert words(await rig.receiver.wait(1)) == ["đợi"]
    assert telegram.server.pusher.hook is None
    telegram.server.pusher.set(Hook("http://127.0.0.1:9/none"))
    telegram.world.updates.wake_poll()
    telegram.person().say("đợi nữa")
    assert words(await rig.receiver.wait(2)) == ["đợi", "đợi nữa"]


async def test_other_poller_does_not_end_ours(
    rig: Rig, telegram: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    rig.pacing = replace(rig.pacing, conflict=0.05)
    await rig.polling()
    await asyncio.sleep(0.05)
    intruder = await telegram.world.updates.get(offset=0, limit=1, wait=0)
    assert intruder == "[]"
    telegram.person().say("vẫn nhận")
    assert words(await rig.receiver.wait(1)) == ["vẫn nhận"]
    assert "token_polled_elsewhere" in caplog.text


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("error", {"code": 500}),
        ("bad_gateway", {}),
        ("reset_before", {}),
        ("truncated", {}),
        ("error", {"code": 429, "parameters": {"retry_after": 1}}),
        ("error", {"code": 401, "description": "Unauthorized"}),
    ],
)
async def test_faults_of_polling_are_survived(
    rig: Rig, telegram: TelegramEmulator, kind: str, settings: dict[str, object]
) -> None:
    rig.pacing = replace(rig.pacing, refused=0.05)
    telegram.fault(kind, "getUpdates", **settings)
    telegram.person().say("qua được")
    await rig.polling()
    assert words(await rig.receiver.wait(1)) == ["qua được"]


async def test_outage_of_the_api_is_survived(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    await telegram.go_away()
    telegram.person().say("trong lúc mất mạng")
    await asyncio.sleep(0.3)
    await telegram.come_back()
    assert words(await rig.receiver.wait(1)) == ["trong lúc mất mạng"]


async def test_only_the_wanted_updates_are_asked_for(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    await asyncio.sleep(0.05)
    assert telegram.world.updates.allowed == {"message", "edited_message", "callback_query", "my_chat_member"}
