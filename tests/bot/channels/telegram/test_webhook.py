"""The webhook: who may post, what is acknowledged when, and how Telegram's retries meet it."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import aiohttp
import pytest

from bot.channels.base import Verdict
from bot.channels.telegram.webhook import MAX_BODY, SECRET_HEADER
from handlers.messages import Choice, Incoming, Text
from tests.bot.channels.channel_rig import SECRET
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TelegramEmulator

UPDATE = {
    "update_id": 7,
    "message": {
        "message_id": 1,
        "date": 1_790_000_000,
        "chat": {"id": 5, "type": "private", "first_name": "An"},
        "from": {"id": 5, "is_bot": False, "first_name": "An"},
        "text": "xin chào",
    },
}


async def post(rig: Rig, body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{rig.webhook_url}/webhooks/telegram", data=io.BytesIO(body), headers=headers
        ) as answer,
    ):
        return answer.status, dict(answer.headers), await answer.read()


def proven() -> dict[str, str]:
    return {SECRET_HEADER: SECRET, "Content-Type": "application/json"}


async def test_updates_are_confirmed_after_the_receiver(rig: Rig, telegram: TelegramEmulator) -> None:
    rig.receiver.seconds = lambda _incoming: 0.1
    await rig.webhook()
    telegram.person().say("một")
    await asyncio.sleep(0.05)
    assert telegram.unconfirmed == 1
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="một")
    await asyncio.sleep(0.05)
    assert telegram.unconfirmed == 0


async def test_set_webhook_keeps_what_waited_and_says_what_is_wanted(
    rig: Rig, telegram: TelegramEmulator
) -> None:
    telegram.person().say("gửi lúc dịch vụ nghỉ")
    await rig.webhook()
    (got,) = await rig.receiver.wait(1)
    assert got.content == Text(text="gửi lúc dịch vụ nghỉ")
    (call,) = telegram.calls_of("setWebhook")
    assert call.params["secret_token"] == SECRET
    assert call.params["max_connections"] == 40
    assert call.params["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    assert call.params["drop_pending_updates"] is False


@pytest.mark.parametrize("given", [None, "", SECRET + "x", SECRET[:-1], "é"])
async def test_wrong_or_missing_secret(rig: Rig, given: str | None) -> None:
    headers = {} if given is None else {SECRET_HEADER: given}
    await rig.webhook()
    status, _, body = await post(rig, json.dumps(UPDATE).encode(), **headers)
    assert (status, body) == (403, b"")
    assert rig.receiver.got == []


BROKEN = [b"", b"{", b"[]", b"null", b'"text"', b"\xff\xfe\x00", b'{"update_id": "7"}', b"{}", b"[" * 100_000]


@pytest.mark.parametrize("body", BROKEN, ids=range(len(BROKEN)))
async def test_malformed_json(rig: Rig, body: bytes) -> None:
    await rig.webhook()
    status, _, _ = await post(rig, body, **proven())
    assert status == 400
    assert rig.receiver.got == []


async def test_oversized_body(rig: Rig) -> None:
    await rig.webhook()
    status, _, _ = await post(rig, b" " * (MAX_BODY + 1), **proven())
    assert status == 413


@pytest.mark.parametrize(
    "update",
    [
        {"update_id": 8, "message": {"message_id": "?"}},
        {"update_id": 8, "callback_query": 5},
        {"update_id": 8, "quantum_message": {}},
        {"update_id": 8},
    ],
)
async def test_authentic_but_strange_updates_do_not_stick(rig: Rig, update: dict[str, Any]) -> None:
    await rig.webhook()
    status, _, _ = await post(rig, json.dumps(update).encode(), **proven())
    assert status == 200
    assert rig.receiver.got == []


async def test_nothing_committed_asks_for_a_repeat(rig: Rig, telegram: TelegramEmulator) -> None:
    rig.receiver.verdict = lambda _incoming: Verdict.RETRY
    await rig.webhook()
    status, headers, _ = await post(rig, json.dumps(UPDATE).encode(), **proven())
    assert (status, headers["Retry-After"]) == (503, "5")


async def test_receiver_that_raises_asks_for_a_repeat(rig: Rig) -> None:
    def verdict(_incoming: Incoming) -> Verdict:
        raise RuntimeError("a fault of dispatch")

    rig.receiver.verdict = verdict
    await rig.webhook()
    status, _, body = await post(rig, json.dumps(UPDATE).encode(), **proven())
    assert (status, body) == (503, b"")


@pytest.mark.parametrize("verdict", [Verdict.DONE, Verdict.DUPLICATE, Verdict.KEPT])
async def test_every_other_verdict_is_acknowledged(rig: Rig, verdict: Verdict) -> None:
    rig.receiver.verdict = lambda _incoming: verdict
    await rig.webhook()
    status, _, _ = await post(rig, json.dumps(UPDATE).encode(), **proven())
    assert status == 200


async def test_retried_update_comes_after_the_wait_and_holds_only_its_chat(
    rig: Rig, telegram: TelegramEmulator
) -> None:
    an, binh = telegram.person(), telegram.person()
    away = {"yes": True}

    def verdict(incoming: Incoming) -> Verdict:
        return Verdict.RETRY if away["yes"] and incoming.chat == str(an.id) else Verdict.DONE

    rig.receiver.verdict = verdict
    await rig.webhook()
    an.say("a1")
    an.say("a2")
    binh.say("b1")
    got = await rig.receiver.wait(2)
    await asyncio.sleep(0.05)
    assert sorted(g.content.text for g in got if isinstance(g.content, Text)) == ["a1", "b1"]
    info = telegram.server.pusher.hook
    assert info is not None
    assert info.last_error == "Wrong response from the webhook: 503 Service Unavailable"
    away["yes"] = False
    telegram.clock.advance(6)  # Retry-After: 5
    got = await rig.receiver.wait(4)
    assert [g.content.text for g in got if isinstance(g.content, Text) and g.chat == str(an.id)] == [
        "a1",
        "a1",
        "a2",
    ]


async def test_lost_acknowledgement_brings_the_update_again(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.webhook()
    telegram.server.pusher.lose_replies = 1
    telegram.person().say("một lần")
    got = await rig.receiver.wait(2)
    assert got[0] == got[1]


async def test_press_may_overtake_a_message(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.webhook()
    an = telegram.person()
    telegram.server.pusher.hold(("chat", an.id))
    an.say("chữ trước")
    an.press_data("ok:1")
    (first,) = await rig.receiver.wait(1)
    assert isinstance(first.content, Choice)
    telegram.server.pusher.release(("chat", an.id))
    assert (await rig.receiver.wait(2))[1].content == Text(text="chữ trước")


async def test_many_chats_at_once_each_in_order(rig: Rig, telegram: TelegramEmulator) -> None:
    rig.receiver.seconds = lambda _incoming: 0.01
    await rig.webhook()
    people = [telegram.person() for _ in range(20)]
    for number in range(4):
        for person in people:
            person.say(str(number))
    got = await rig.receiver.wait(80)
    for person in people:
        mine = [g.content.text for g in got if g.chat == str(person.id) and isinstance(g.content, Text)]
        assert mine == ["0", "1", "2", "3"]
    assert rig.receiver.overlapped == set()
    assert rig.receiver.most_at_once > 5


async def test_a_webhook_without_a_secret_is_not_made(rig: Rig) -> None:
    with pytest.raises(ValueError, match="secret"):
        rig.make("webhook", webhook_url="https://x.example", webhook_secret="")
