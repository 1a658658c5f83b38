"""Each way a send can fail, from the wire to the fault that delivery sees."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.channels.base import Again, Never, Refusal, SendFault, Stop, Uncertain
from bot.channels.zalo_bot.api import BotApi
from handlers.messages import Outgoing
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.zalo_bot import TOKEN, Limits, ZaloBotEmulator

HELLO = Outgoing(text="Xin chào")


async def fault_of_send(rig: Rig, chat: str, message: Outgoing = HELLO) -> SendFault:
    assert rig.channel is not None
    with pytest.raises(SendFault) as caught:
        await rig.channel.send(chat, message, None)
    assert TOKEN not in repr(caught.value) + repr(caught.value.__context__) + repr(caught.value.__cause__)
    assert "Xin chào" not in caught.value.reason
    return caught.value


@pytest.mark.parametrize("status", [0, 200])
@pytest.mark.parametrize(
    ("code", "text", "expected", "refusal"),
    [
        (400, "Bad Request: chat not found", Never, Refusal.GONE),
        (400, "Bad Request: user has blocked the bot", Never, Refusal.BLOCKED),
        (400, "Bad Request: text must have 1 to 2000 characters", Never, Refusal.REFUSED),
        (400, "", Never, Refusal.REFUSED),
        (401, "Unauthorized", Stop, None),
        (404, "Not Found", Never, Refusal.REFUSED),
        (404, "chat not found", Never, Refusal.GONE),
        (408, "Request timeout", Uncertain, None),
        (413, "too large", Never, Refusal.REFUSED),
        (429, "Quota exceeded", Again, None),
        (429, "Too many requests", Again, None),
        (500, "Internal Server Error", Again, None),
        (777, "never heard of", Again, None),
        (-5, "", Again, None),
    ],
)
async def test_refusals(
    rig: Rig,
    zalo: ZaloBotEmulator,
    code: int,
    text: str,
    expected: type[SendFault],
    refusal: Refusal | None,
    status: int,
) -> None:
    await rig.sending_only()
    zalo.fail("sendMessage", code, text, status=status or (code if 400 <= code < 600 else 400))
    fault = await fault_of_send(rig, zalo.person().id)
    assert type(fault) is expected
    assert getattr(fault, "refusal", None) is refusal


async def test_people_who_cannot_be_reached(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.sending_only()
    an = zalo.person()
    an.block()
    blocked = await fault_of_send(rig, an.id)
    gone = await fault_of_send(rig, "nobody")
    assert isinstance(blocked, Never)
    assert isinstance(gone, Never)
    assert (blocked.refusal, gone.refusal) == (Refusal.BLOCKED, Refusal.GONE)


@pytest.mark.parametrize("code", [401, 403])
async def test_revoked_token_stops(rig: Rig, zalo: ZaloBotEmulator, code: int) -> None:
    await rig.sending_only()
    zalo.revoke_token(code)
    assert isinstance(await fault_of_send(rig, zalo.person().id), Stop)


async def test_used_up_package_is_waited_for(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    zalo.world.limits = Limits(users=50, messages=2)
    an = zalo.person()
    for _ in range(2):
        await channel.send(an.id, HELLO, None)
    fault = await fault_of_send(rig, an.id)
    assert isinstance(fault, Again)
    assert fault.after is not None
    assert not fault.whole_account
    zalo.clock.advance(31 * 86400)
    await channel.send(an.id, HELLO, None)
    assert len(an.said_by_bot()) == 3


@pytest.mark.parametrize(
    ("kind", "expected", "arrived"),
    [
        ("bad_gateway", Uncertain, 0),
        ("portal", Again, 0),
        ("reset_before", Uncertain, 0),
        ("gateway_lost", Uncertain, 1),
        ("lost_after", Uncertain, 1),
        ("truncated", Uncertain, 1),
        ("not_json", Uncertain, 1),
    ],
)
async def test_faults_of_the_wire(
    rig: Rig, zalo: ZaloBotEmulator, kind: str, expected: type[SendFault], arrived: int
) -> None:
    await rig.sending_only()
    an = zalo.person()
    zalo.fault(kind, "sendMessage")
    assert type(await fault_of_send(rig, an.id)) is expected
    assert len(an.said_by_bot()) == arrived


@pytest.mark.parametrize("kind", ["slow", "delay"])
async def test_no_answer_in_time_is_uncertain(rig: Rig, zalo: ZaloBotEmulator, kind: str) -> None:
    await rig.make("off", patience=0.1).open()
    zalo.fault(kind, "sendMessage", seconds=0.5)
    assert isinstance(await fault_of_send(rig, zalo.person().id), Uncertain)


async def test_no_connection_is_surely_not_sent(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.sending_only()
    await zalo.go_away()
    await asyncio.sleep(0.05)  # kept connections notice that the other side is gone
    assert isinstance(await fault_of_send(rig, zalo.person().id), Again)
    await zalo.come_back()


async def test_a_channel_that_is_not_open_sends_later(rig: Rig, zalo: ZaloBotEmulator) -> None:
    rig.make("off")
    assert isinstance(await fault_of_send(rig, zalo.person().id), Again)


async def test_a_repeat_goes_on_behind_what_was_accepted(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    an = zalo.person()
    message = Outgoing(text="Một câu dài. " * 400)
    zalo.fault("error", "sendMessage", skip=1)
    assert isinstance(await fault_of_send(rig, an.id, message), Again)
    assert len(an.said_by_bot()) == 1
    await channel.send(an.id, message, None)
    texts = [shown.text for shown in an.said_by_bot()]
    assert " ".join(texts).split() == message.text.split()
    await channel.send(an.id, message, None)  # the same once more is another message
    assert len(an.said_by_bot()) == 2 * len(texts)


async def test_an_answer_without_an_id_is_a_success(rig: Rig, zalo: ZaloBotEmulator) -> None:
    api = BotApi(TOKEN, zalo.url)
    await api.open()
    try:
        assert await api.call("sendChatAction", chat_id=zalo.person().id, action="typing") is True
    finally:
        await api.close()


async def test_logs_hold_neither_token_nor_words(
    rig: Rig, zalo: ZaloBotEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = await rig.polling()
    an = zalo.person("Nguyễn Văn An")
    for kind in ("bad_gateway", "lost_after", "truncated"):
        zalo.fault(kind, "getUpdates")
        zalo.fault(kind, "sendMessage")
        with pytest.raises(SendFault):
            await channel.send(an.id, Outgoing(text="chuyện riêng"), None)
    an.say("điều bí mật")
    await rig.receiver.wait(1)
    zalo.push_raw({"message": {"text": "điều bí mật"}})
    await channel.stop()
    for secret in (TOKEN, TOKEN.partition(":")[2], "bí mật", "chuyện riêng", "Nguyễn"):
        assert secret not in caplog.text
