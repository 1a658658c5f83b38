"""Polling: the same update again and again, what RETRY does, faults and outages; nothing is lost."""

from __future__ import annotations

import asyncio
from collections import Counter

import pytest

from bot.channels.base import Verdict
from handlers.messages import Incoming, Text
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.zalo_bot import ZaloBotEmulator


def words(got: list[Incoming]) -> list[str]:
    return [incoming.content.text for incoming in got if isinstance(incoming.content, Text)]


async def quiet(zalo: ZaloBotEmulator) -> None:
    async with asyncio.timeout(5):
        while zalo.unconfirmed:
            await asyncio.sleep(0.01)


async def test_every_message_once_and_in_order(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    people = [zalo.person() for _ in range(5)]
    for number in range(20):
        for person in people:
            person.say(str(number))
    got = await rig.receiver.wait(100)
    await quiet(zalo)
    assert set(Counter(incoming.update_id for incoming in got).values()) == {1}
    for person in people:
        assert words([g for g in got if g.chat == person.id]) == [str(number) for number in range(20)]


async def test_repeats_are_not_hammered_for(rig: Rig, zalo: ZaloBotEmulator) -> None:
    zalo.habits.most_servings = 10**6
    await rig.polling()
    zalo.person().say("một mình")
    await rig.receiver.wait(1)
    before = zalo.server.updates.polls
    await asyncio.sleep(0.3)
    assert zalo.server.updates.polls - before <= 35
    assert len(rig.receiver.got) == 1


async def test_idle_is_no_fault(rig: Rig, zalo: ZaloBotEmulator, caplog: pytest.LogCaptureFixture) -> None:
    rig.pacing = type(rig.pacing)(poll=0, failures=(30.0,), between=0.001, repeats=(0.001,))
    await rig.polling()
    await asyncio.sleep(0.1)
    zalo.person().say("sau lúc rỗi")
    assert words(await rig.receiver.wait(1)) == ["sau lúc rỗi"]
    assert "poll_failed" not in caplog.text


async def test_what_could_not_be_stored_is_tried_until_it_is(rig: Rig, zalo: ZaloBotEmulator) -> None:
    an = zalo.person()
    tries: Counter[str] = Counter()

    def verdict(incoming: Incoming) -> Verdict:
        tries[incoming.update_id] += 1
        return Verdict.RETRY if tries[incoming.update_id] < 3 else Verdict.DONE

    rig.receiver.verdict = verdict
    await rig.polling()
    an.say("một")
    an.say("hai")
    got = await rig.receiver.wait(6)
    assert words(got) == ["một"] * 3 + ["hai"] * 3


async def test_receiver_that_raises_is_asked_again(rig: Rig, zalo: ZaloBotEmulator) -> None:
    broken = {"times": 1}

    def verdict(_incoming: Incoming) -> Verdict:
        if broken["times"]:
            broken["times"] -= 1
            raise RuntimeError("a fault of dispatch")
        return Verdict.DONE

    rig.receiver.verdict = verdict
    zalo.person().say("không mất")
    await rig.polling()
    assert words(await rig.receiver.wait(1)) == ["không mất"]


async def test_what_was_not_stored_before_the_end_comes_after_the_next_start(
    rig: Rig, zalo: ZaloBotEmulator
) -> None:
    rig.receiver.verdict = lambda _incoming: Verdict.RETRY
    channel = await rig.polling()
    an = zalo.person()
    an.say("một")
    an.say("hai")
    await rig.receiver.wait(1)
    await channel.stop()
    before = len(rig.receiver.got)
    rig.receiver.verdict = lambda _incoming: Verdict.DONE
    await rig.polling()
    await rig.receiver.wait(before + 2)
    await quiet(zalo)
    assert words(rig.receiver.got[before:]) == ["một", "hai"]


async def test_stop_finishes_the_update_in_hand(rig: Rig, zalo: ZaloBotEmulator) -> None:
    rig.receiver.seconds = lambda _incoming: 0.3
    channel = await rig.polling()
    zalo.person().say("đang làm")
    await asyncio.sleep(0.1)
    await channel.stop()
    assert words(rig.receiver.got) == ["đang làm"]


async def test_webhook_in_the_way_is_removed(rig: Rig, zalo: ZaloBotEmulator) -> None:
    zalo.server.pusher.set("http://127.0.0.1:9/none", "another-one")
    await rig.polling()
    assert zalo.server.pusher.url == ""
    zalo.person().say("một")
    await rig.receiver.wait(1)
    zalo.server.pusher.set("http://127.0.0.1:9/none", "another-one")
    zalo.person().say("hai")
    assert words(await rig.receiver.wait(2)) == ["một", "hai"]


@pytest.mark.parametrize(
    ("kind", "settings"),
    [
        ("error", {"code": 500}),
        ("error", {"code": 429, "description": "Quota exceeded"}),
        ("error", {"code": 401, "description": "Unauthorized"}),
        ("error", {"code": 777, "description": "never heard of"}),
        ("bad_gateway", {}),
        ("portal", {}),
        ("reset_before", {}),
        ("lost_after", {}),
        ("truncated", {}),
        ("not_json", {}),
    ],
)
async def test_faults_of_polling_are_survived(
    rig: Rig, zalo: ZaloBotEmulator, kind: str, settings: dict[str, object]
) -> None:
    zalo.fault(kind, "getUpdates", **settings)
    an = zalo.person()
    an.say("qua được")
    an.say("cả tin này")
    await rig.polling()
    assert words(await rig.receiver.wait(2)) == ["qua được", "cả tin này"]


async def test_outage_of_the_platform_is_survived(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.polling()
    await zalo.go_away()
    zalo.person().say("trong lúc mất mạng")
    await asyncio.sleep(0.2)
    await zalo.come_back()
    assert words(await rig.receiver.wait(1)) == ["trong lúc mất mạng"]
