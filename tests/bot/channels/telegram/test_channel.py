"""Starting, stopping, menus, and what the channel says of itself."""

from __future__ import annotations

import asyncio

import pytest

from bot.channels.base import Channel
from bot.channels.telegram import command_texts
from handlers.messages import Outgoing, Text, Wish
from handlers.texts import Catalogue
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator

PRIVATE = "all_private_chats::"
GROUPS = "all_group_chats::"


async def test_it_is_a_channel_and_knows_itself(rig: Rig, telegram: TelegramEmulator) -> None:
    channel: Channel = rig.make("off")
    assert (channel.name, channel.account) == ("telegram", telegram.token.split(":")[0])
    await channel.start()
    assert rig.channel is not None
    await asyncio.wait_for(rig.channel.ready.wait(), 5)
    assert channel.account == str(telegram.world.bot.id)
    assert rig.channel.username == telegram.bot_username
    assert channel.capabilities.wishes == {Wish.CONTACT, Wish.LOCATION}
    assert channel.capabilities.groups
    assert channel.capabilities.max_upload == 20 * 1024 * 1024


async def test_polling_first_removes_a_webhook(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    (call,) = telegram.calls_of("deleteWebhook")
    assert call.params.get("drop_pending_updates") is False
    assert telegram.calls_of("setWebhook") == []


async def test_menus_by_language_and_kind_of_chat(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.polling()
    for _ in range(100):
        if len(telegram.calls_of("setMyCommands")) == 4:
            break
        await asyncio.sleep(0.01)
    menus = telegram.world.commands
    assert set(menus) == {(PRIVATE, ""), (PRIVATE, "en"), (GROUPS, ""), (GROUPS, "en")}
    names = [entry["command"] for entry in menus[PRIVATE, ""]]
    assert names == ["start", "status", "mine", "channels", "news", "help", "language"]
    assert [entry["command"] for entry in menus[GROUPS, "en"]] == ["inbox", "case", "find", "link", "help"]
    texts = command_texts(Catalogue.load())
    assert menus[PRIVATE, ""][1]["description"] == texts["vi"]["status"]
    assert menus[PRIVATE, "en"][1]["description"] == texts["en"]["status"]


async def test_unchanged_menus_are_not_set_again(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.polling()
    await asyncio.sleep(0.3)
    await channel.stop()
    before = len(telegram.calls_of("setMyCommands"))
    assert before == 4
    await rig.polling()
    await asyncio.sleep(0.3)
    assert len(telegram.calls_of("setMyCommands")) == before


def test_menu_texts_are_there_in_both_languages() -> None:
    texts = command_texts(Catalogue.load())
    assert list(texts) == ["vi", "en"]
    assert set(texts["vi"]) == set(texts["en"])
    assert all(1 <= len(text) <= 256 for language in texts.values() for text in language.values())


async def test_start_without_telegram_goes_on_in_the_background(rig: Rig, telegram: TelegramEmulator) -> None:
    await telegram.go_away()
    channel = rig.make("polling")
    await asyncio.wait_for(channel.start(), 1)
    assert not channel.ready.is_set()
    telegram.person().say("đến muộn")
    await asyncio.sleep(0.1)
    await telegram.come_back()
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="đến muộn")


async def test_refused_token_is_said_and_tried_again(
    rig: Rig, telegram: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    telegram.revoke_token()
    channel = rig.make("polling")
    await channel.start()
    await asyncio.sleep(0.1)
    assert "telegram_token_refused" in caplog.text
    telegram.revoke_token(revoked=False)
    await asyncio.wait_for(channel.ready.wait(), 5)


async def test_stop_before_telegram_ever_answered(rig: Rig, telegram: TelegramEmulator) -> None:
    await telegram.go_away()
    channel = rig.make("polling")
    await channel.start()
    await asyncio.wait_for(channel.stop(), 2)
    assert not channel.ready.is_set()


async def test_hundred_sends_at_once(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    people = [telegram.person() for _ in range(150)]
    await asyncio.gather(*(channel.send(str(p.id), Outgoing(text=f"chào {p.id}"), None) for p in people))
    assert all(p.last.text == f"chào {p.id}" for p in people)


async def test_intake_can_rest_while_sending_goes_on(rig: Rig, telegram: TelegramEmulator) -> None:
    """Another process may lead the intake and give it back; the sender stays."""
    channel = await rig.polling()
    an = telegram.person()
    an.say("một")
    await rig.receiver.wait(1)
    await channel.pause()
    an.say("hai")
    await channel.send(str(an.id), Outgoing(text="vẫn gửi được"), None)
    assert an.last.text == "vẫn gửi được"
    await asyncio.sleep(0.1)
    assert len(rig.receiver.got) == 1
    await channel.listen()
    got = await rig.receiver.wait(2)
    assert [g.content for g in got] == [Text(text="một"), Text(text="hai")]


async def test_an_opened_channel_sends_without_listening(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = rig.make("polling")
    await channel.open()
    an = telegram.person()
    await channel.send(str(an.id), Outgoing(text="chào"), None)
    assert an.last.text == "chào"
    assert telegram.calls_of("deleteWebhook") == []
