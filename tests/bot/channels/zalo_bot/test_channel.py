"""Starting, stopping, and what the channel says of itself."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.base import Channel
from handlers.messages import Outgoing, Text
from tests.bot.channels.channel_rig import SECRET
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.zalo_bot import ZaloBotEmulator


async def test_it_is_a_channel_and_knows_itself(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel: Channel = await rig.sending_only()
    assert (channel.name, channel.account) == ("zalo_bot", zalo.token.split(":")[0])
    can = channel.capabilities
    assert (can.max_text, can.max_buttons, can.numbered, can.albums) == (2000, 0, True, False)
    assert (can.can_edit, can.can_delete, can.groups, can.foreign) == (False, False, False, True)
    assert can.wishes == frozenset()
    assert not channel.is_group("any")
    assert zalo.token not in repr(rig.make("off"))


async def test_routes_are_there_for_a_webhook_only(rig: Rig, zalo: ZaloBotEmulator) -> None:
    assert rig.make("polling").routes() == []
    assert rig.make("off").routes() == []
    channel = await rig.webhook()
    (route,) = channel.routes()
    assert route.path == "/webhooks/zalo-bot"
    (call,) = zalo.calls_of("setWebhook")
    assert call.params == {"url": f"{rig.webhook_url}/webhooks/zalo-bot", "secret_token": SECRET}


async def test_start_without_the_platform_goes_on_in_the_background(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await zalo.go_away()
    channel = rig.make("polling")
    await asyncio.wait_for(channel.start(), 1)
    assert not channel.ready.is_set()
    zalo.person().say("đến muộn")
    await asyncio.sleep(0.1)
    await zalo.come_back()
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="đến muộn")


async def test_refused_token_is_said_and_tried_again(
    rig: Rig, zalo: ZaloBotEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    zalo.revoke_token()
    channel = rig.make("polling")
    await channel.start()
    await asyncio.sleep(0.1)
    assert "zalo_bot_token_refused" in caplog.text
    zalo.revoke_token(revoked=False)
    await asyncio.wait_for(channel.ready.wait(), 5)


async def test_stop_before_the_platform_ever_answered(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await zalo.go_away()
    channel = rig.make("polling")
    await channel.start()
    await asyncio.wait_for(channel.stop(), 2)
    assert not channel.ready.is_set()


async def test_intake_can_rest_while_sending_goes_on(rig: Rig, zalo: ZaloBotEmulator) -> None:
    """Another process may lead the intake and give it back; the sender stays."""
    channel = await rig.polling()
    an = zalo.person()
    an.say("một")
    await rig.receiver.wait(1)
    await channel.pause()
    an.say("hai")
    await channel.send(an.id, Outgoing(text="vẫn gửi được"), None)
    assert an.last.text == "vẫn gửi được"
    await asyncio.sleep(0.05)
    before = len(rig.receiver.got)
    await channel.listen()
    got = await rig.receiver.wait(before + 1)
    assert got[-1].content == Text(text="hai") or (await rig.receiver.next()).content == Text(text="hai")


async def test_an_opened_channel_sends_without_listening(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = rig.make("polling")
    await channel.open()
    an = zalo.person()
    await channel.send(an.id, Outgoing(text="chào"), None)
    assert an.last.text == "chào"
    assert zalo.calls_of("getMe") == []


async def test_hundred_sends_at_once(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.polling()
    people = [zalo.person() for _ in range(150)]
    await asyncio.gather(*(channel.send(p.id, Outgoing(text=f"chào {p.name}"), None) for p in people))
    assert all(p.last.text == f"chào {p.name}" for p in people)
