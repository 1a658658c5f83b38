"""The whole channel behind a web server: events in, messages out, one budget for all of it."""

from __future__ import annotations

import asyncio
import io
import socket
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from PIL import Image

from bot.channels.base import Again, Channel, Never, Refusal, Verdict, Windowed
from bot.channels.zalo_bot import file_texts
from bot.channels.zalo_oa.card import CARD_PATH, card_url
from bot.channels.zalo_oa.channel import ZaloOaChannel, approved_templates
from bot.channels.zalo_oa.options import PATH, OaOptions
from bot.channels.zalo_oa.templates import Template
from handlers.messages import Incoming, Outgoing, Text, Wish
from handlers.texts import Catalogue
from tests.bot.channels.zalo_oa.rig_out import ConsoleTokens, Links
from tests.emulators.zalo_oa import ZaloOaEmulator


@dataclass
class Office:
    """What events bring about, noted."""

    said: list[Incoming] = field(default_factory=list)
    echoes: list[tuple[str, str, str]] = field(default_factory=list)
    wrote: list[str] = field(default_factory=list)
    reached: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    counted: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    async def receive(self, incoming: Incoming) -> Verdict:
        self.said.append(incoming)
        return Verdict.DONE

    async def office_wrote(self, chat: str, at: datetime) -> None:
        self.wrote.append(chat)

    async def arrived(self, chat: str, message_ids: Sequence[str]) -> None:
        self.reached += message_ids

    async def echoed(self, chat: str, message_id: str, text: str) -> None:
        self.echoes.append((chat, message_id, text))

    async def left(self, chat: str) -> None:
        self.gone.append(chat)

    def count(self, channel: str, account: str, what: str) -> None:
        self.counted[channel, account, what] += 1


@dataclass
class House:
    channel: ZaloOaChannel
    office: Office
    url: str


def options(zalo: ZaloOaEmulator, **more: Any) -> OaOptions:
    return OaOptions(
        oa_id=zalo.settings.oa_id,
        app_id=zalo.settings.app_id,
        app_secret=zalo.settings.app_secret,
        secret_key=zalo.settings.oa_secret,
        api_url=zalo.api_url,
        business_url=zalo.business_url,
        public_url="https://tiepdan.example.vn",
        **{"rate": 0, **more},
    )


def made(zalo: ZaloOaEmulator, office: Office, **more: Any) -> ZaloOaChannel:
    templates = [Template("answer", "7", False, {"ma": "code"})]
    return ZaloOaChannel(
        options(zalo, **more),
        office.receive,
        effects=office,
        tokens=ConsoleTokens(zalo),
        share=Links(),
        texts=file_texts(Catalogue.load()),
        now=lambda: datetime.fromtimestamp(zalo.clock.now(), UTC),
        chance=lambda: 0.5,
        count=office.count,
        templates=templates,
    )


@pytest.fixture
async def house(zalo: ZaloOaEmulator) -> AsyncIterator[House]:
    office = Office()
    channel = made(zalo, office)
    app = web.Application()
    app.add_routes(channel.routes())
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    await web.TCPSite(runner, "127.0.0.1", port).start()
    await channel.start()
    url = f"http://127.0.0.1:{port}"
    assert await zalo.register(f"{url}{PATH}") == 200
    try:
        yield House(channel, office, url)
    finally:
        await channel.stop()
        await runner.cleanup()


async def test_a_person_is_answered_and_the_echo_settles_what_was_uncertain(
    zalo: ZaloOaEmulator, house: House
) -> None:
    an = zalo.person()
    an.say("Xin chào")
    await zalo.settled()
    (incoming,) = house.office.said
    assert incoming.content == Text(text="Xin chào")
    assert (incoming.channel, incoming.account, incoming.chat) == ("zalo_oa", zalo.settings.oa_id, an.id)
    zalo.fault("lost_after", "message/cs")
    receipt = await house.channel.send(incoming.chat, Outgoing(text="Chào Ông/Bà"), None)
    assert receipt.message_ref == an.last.id
    await zalo.settled()
    assert house.office.echoes == [(an.id, an.last.id, "Chào Ông/Bà")]
    assert an.last.id in house.office.reached
    assert house.office.counted["zalo_oa", zalo.settings.oa_id, "settled_by_echo"] == 1


async def test_what_the_office_types_by_hand_is_told(zalo: ZaloOaEmulator, house: House) -> None:
    an = zalo.person()
    an.say("Xin chào")
    zalo.console_says(an, "Tôi là cán bộ đây")
    await zalo.settled()
    assert house.office.wrote == [an.id]


async def test_after_the_window_a_template_goes(zalo: ZaloOaEmulator, house: House) -> None:
    zalo.approve_template("7", {"ma": 30}, "Hồ sơ <ma> đã có kết quả.")
    an = zalo.person()
    message = Outgoing(text="…", notice="answer", facts={"code": "7Q2M"})
    receipt = await house.channel.send_outside(an.id, message, phone="")
    assert receipt.note == "template 7"
    assert an.last.text == "Hồ sơ 7Q2M đã có kết quả."


async def test_the_picture_of_the_card(house: House) -> None:
    async with aiohttp.ClientSession() as session, session.get(f"{house.url}{CARD_PATH}") as answer:
        assert answer.status == 200
        assert answer.content_type == "image/png"
        data = await answer.read()
    with Image.open(io.BytesIO(data)) as picture:
        assert picture.format == "PNG"
        assert picture.size == (640, 320)
    assert len(data) < 50_000


@pytest.mark.parametrize(
    ("public", "url"),
    [
        ("https://tiepdan.example.vn", "https://tiepdan.example.vn/webhooks/zalo-oa/card.png"),
        ("http://127.0.0.1:8080", ""),
        ("", ""),
    ],
)
def test_without_a_public_https_address_there_is_no_card(public: str, url: str) -> None:
    assert card_url(public) == url


async def test_what_the_channel_says_of_itself(zalo: ZaloOaEmulator) -> None:
    channel = made(zalo, Office(), receives=False)
    whole: Channel = channel
    assert isinstance(whole, Windowed)
    assert (channel.name, channel.account) == ("zalo_oa", zalo.settings.oa_id)
    assert not channel.is_group("246845883529197922")
    assert channel.capabilities.numbered
    assert not channel.capabilities.can_edit
    assert channel.capabilities.wishes == {Wish.CONTACT}
    assert channel.capabilities.window == timedelta(days=7)
    assert made(zalo, Office(), paid_replies=False).capabilities.window == timedelta(hours=48)
    assert [route.path for route in channel.routes()] == [CARD_PATH]
    assert await channel.delete("1", "m1") is False
    await channel.acknowledge("", "x")
    with pytest.raises(Never) as caught:
        await channel.edit("1", "m1", Outgoing(text="x"))
    assert caught.value.refusal is Refusal.EDIT_IMPOSSIBLE
    with pytest.raises(Again):
        await channel.send("1", Outgoing(text="x"), None)
    assert approved_templates(options(zalo), notices=(), languages=("vi",)) == []


async def test_no_minute_has_more_requests_than_granted(zalo: ZaloOaEmulator) -> None:
    """Many chats at once, pieces, files and refused tokens: the emulator counts every request."""
    zalo.settings.oa_per_minute = 30
    channel = made(zalo, Office(), rate=30)
    people = [zalo.person() for _ in range(40)]
    for person in people:
        person.say("chào")
    await channel.start()
    try:
        message = Outgoing(text="Một câu dài. " * 200)
        sends = [channel.send(person.id, message, None) for person in people]
        outcomes = await asyncio.gather(*sends, return_exceptions=True)
    finally:
        await channel.stop()
    assert zalo.busiest_minute() == 30
    assert zalo.server.rates.refused == 0
    put_off = [fault for fault in outcomes if isinstance(fault, BaseException)]
    assert put_off
    assert all(isinstance(fault, Again) and fault.after for fault in put_off)
