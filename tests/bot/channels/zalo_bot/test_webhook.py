"""The webhook: the secret, the envelope, what RETRY does, bad bodies."""

from __future__ import annotations

import asyncio
import io
import json
from collections import Counter
from typing import Any

import aiohttp
import pytest

from bot.channels.base import Verdict
from bot.channels.zalo_bot.webhook import PATH, SECRET_HEADER
from handlers.messages import Files, Incoming, Text
from tests.bot.channels.channel_rig import SECRET
from tests.bot.channels.zalo_bot.rig import Rig
from tests.bot.channels.zalo_bot.test_polling import quiet, words
from tests.emulators.zalo_bot import ZaloBotEmulator


async def post(rig: Rig, body: bytes, secret: str = SECRET) -> int:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            rig.webhook_url + PATH, data=io.BytesIO(body), headers={SECRET_HEADER: secret}
        ) as answer,
    ):
        return answer.status


def update(text: str, message_id: str = "m1") -> dict[str, Any]:
    return {
        "event_name": "message.text.received",
        "message": {
            "message_id": message_id,
            "date": 1_795_312_800_000,
            "from": {"id": "p"},
            "chat": {"id": "p", "chat_type": "PRIVATE"},
            "text": text,
        },
    }


async def test_messages_come_by_webhook_in_order(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.webhook()
    an = zalo.person()
    for number in range(10):
        an.say(str(number))
    an.send_photo("ảnh")
    got = await rig.receiver.wait(11)
    assert words(got) == [str(number) for number in range(10)]
    assert isinstance(got[-1].content, Files)
    await quiet(zalo)
    assert set(zalo.server.pusher.answers) == {200}


async def test_what_waited_while_polling_comes_by_webhook(rig: Rig, zalo: ZaloBotEmulator) -> None:
    zalo.person().say("đợi")
    await rig.webhook()
    assert words(await rig.receiver.wait(1)) == ["đợi"]


@pytest.mark.parametrize("secret", ["", "wrong", SECRET + "x", "mật khẩu".encode().decode("latin-1")])
async def test_only_the_secret_opens(rig: Rig, zalo: ZaloBotEmulator, secret: str) -> None:
    channel = await rig.webhook()
    assert await post(rig, json.dumps({"ok": True, "result": update("x")}).encode(), secret) == 403
    assert rig.receiver.got == []
    assert channel.intake is not None
    assert channel.intake.refused == 1
    assert rig.counted == {"wrong_secret": 1}


async def test_with_and_without_envelope(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.webhook()
    assert await post(rig, json.dumps({"ok": True, "result": update("một")}).encode()) == 200
    assert await post(rig, json.dumps(update("hai", "m2")).encode()) == 200
    assert words(rig.receiver.got) == ["một", "hai"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"not json", 400),
        (b"[]", 400),
        (b"5", 400),
        (b"[" * 100_000, 400),
        (b'{"ok":true,"result":{"event_name"', 400),
        (b"\xff\xfe", 400),
        (b"{}", 200),
        (b'{"ok":true,"result":null}', 200),
        (b'{"ok":true,"result":{"event_name":"message.new","message":7}}', 200),
        (b"x" * (16 * 1024 * 1024 + 1), 413),
    ],
)
async def test_bad_bodies(rig: Rig, zalo: ZaloBotEmulator, body: bytes, status: int) -> None:
    channel = await rig.webhook()
    assert await post(rig, body) == status
    assert channel.intake is not None
    assert channel.intake.broken + channel.reader.unreadable == (0 if status == 413 else 1)
    assert rig.counted.total() == 1
    zalo.person().say("vẫn nhận")
    assert words(await rig.receiver.wait(1)) == ["vẫn nhận"]


async def test_a_text_of_a_million_characters(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.webhook()
    body = json.dumps({"ok": True, "result": update("ữ" * 1_000_000)}, ensure_ascii=True).encode()
    assert await post(rig, body) == 200
    assert rig.receiver.got[0].content == Text(text="ữ" * 1_000_000)


@pytest.mark.parametrize("platform_tries_again", [True, False])
async def test_what_could_not_be_stored_is_handled_again(
    rig: Rig, zalo: ZaloBotEmulator, platform_tries_again: bool
) -> None:
    zalo.habits.webhook_again = (0.1, 0.1) if platform_tries_again else ()
    tries: Counter[str] = Counter()
    done: list[str] = []

    def verdict(incoming: Incoming) -> Verdict:
        tries[incoming.update_id] += 1
        if tries[incoming.update_id] < 3:
            return Verdict.RETRY
        done.extend(words([incoming]))
        return Verdict.DONE if words([incoming]) not in done[:-1] else Verdict.DUPLICATE

    rig.receiver.verdict = verdict
    await rig.webhook()
    an = zalo.person()
    an.say("một")
    an.say("hai")
    async with asyncio.timeout(5):
        while set(done) != {"một", "hai"}:
            await asyncio.sleep(0.01)
    assert list(dict.fromkeys(done)) == ["một", "hai"]
    assert 503 in zalo.server.pusher.answers


async def test_the_same_update_twice_has_the_same_id(rig: Rig, zalo: ZaloBotEmulator) -> None:
    await rig.webhook()
    said = zalo.person().say("một")
    await rig.receiver.wait(1)
    zalo.redeliver(said.id)
    first, second = await rig.receiver.wait(2)
    assert first == second


def test_a_webhook_needs_a_secret(rig: Rig) -> None:
    with pytest.raises(ValueError, match="secret"):
        rig.make("webhook", webhook_url="https://tiepdan.vn")
