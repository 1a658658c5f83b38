"""The emulator behaves as section 3 of the Zalo reference says, seen with a plain HTTP client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.telegram import samples
from tests.emulators.zalo_bot import Limits, NothingCame, ZaloBotEmulator


class Bot:
    """A bare client: `await bot("sendMessage", chat_id=…)` gives (status, body)."""

    def __init__(self, emulator: ZaloBotEmulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self.session = session

    async def __call__(self, method: str, *, token: str = "", **params: Any) -> tuple[int, Any]:
        url = f"{self.emulator.url}/bot{token or self.emulator.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            return answer.status, await answer.json()

    async def result(self, method: str, **params: Any) -> Any:
        status, body = await self(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> int:
        status, body = await self(method, **params)
        assert body["ok"] is False
        assert body["description"]
        return status

    async def poll(self) -> Any:
        """The update of one poll, None when it was idle."""
        status, body = await self("getUpdates", timeout=0)
        if status == 408:
            assert body == {"ok": False, "description": "Request timeout"}
            return None
        return body["result"]

    async def polled(self, count: int) -> list[str]:
        return [(await self.poll())["message"]["text"] for _ in range(count)]


@pytest.fixture
async def zalo() -> AsyncIterator[ZaloBotEmulator]:
    async with ZaloBotEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(zalo: ZaloBotEmulator) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(zalo, session)


class Hooked:
    """A webhook that notes what comes and answers what it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[Any, str]] = []
        self.answers: list[int] = []
        self.url = ""
        self._came = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        self.got.append((await request.json(), request.headers.get("X-Bot-Api-Secret-Token", "")))
        self._came.set()
        return web.Response(status=self.answers.pop(0) if self.answers else 200)

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self._came.clear()
                await self._came.wait()

    def texts(self) -> list[str]:
        return [body["result"]["message"]["text"] for body, _ in self.got]


@pytest.fixture
async def hooked() -> AsyncIterator[Hooked]:
    made = Hooked()
    runner = web.ServerRunner(web.Server(made.handle, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    made.url = f"http://127.0.0.1:{runner.addresses[0][1]}/hook"
    yield made
    await runner.cleanup()


async def test_the_bot_knows_itself(zalo: ZaloBotEmulator, bot: Bot) -> None:
    me = await bot.result("getMe")
    assert me["id"] == zalo.token.split(":")[0]
    assert set(me) == {"id", "account_name", "account_type", "can_join_groups"}


@pytest.mark.parametrize("code", [401, 403])
async def test_bad_tokens(zalo: ZaloBotEmulator, bot: Bot, code: int) -> None:
    assert await bot.refusal("getMe", token="1:wrong") == 401
    zalo.revoke_token(code)
    assert await bot.refusal("getMe") == code
    zalo.revoke_token(revoked=False)
    assert await bot.result("getMe")


async def test_unknown_methods_and_paths(zalo: ZaloBotEmulator, bot: Bot) -> None:
    assert await bot.refusal("editMessageText", chat_id="1", text="x") == 404
    async with bot.session.get(f"{zalo.url}/else") as answer:
        assert answer.status == 404


async def test_an_update_is_one_object_and_its_fields(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person("An")
    said = an.say("Xin chào")
    update = await bot.poll()
    assert update["event_name"] == "message.text.received"
    message = update["message"]
    assert message["text"] == "Xin chào"
    assert message["message_id"] == said.id
    assert message["from"] == {"id": an.id, "display_name": "An", "is_bot": False}
    assert message["chat"] == {"id": an.id, "chat_type": "PRIVATE"}
    assert isinstance(message["date"], int)
    assert message["date"] > 10**12


async def test_every_kind_of_event(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    zalo.habits.servings = 1
    an.send_photo("ảnh", data=b"\xff\xd8\xff-photo")
    an.send_voice()
    an.send_sticker()
    an.send_unsupported()
    photo, voice, sticker, unsupported = [await bot.poll() for _ in range(4)]
    assert photo["event_name"] == "message.image.received"
    assert photo["message"]["caption"] == "ảnh"
    async with bot.session.get(photo["message"]["photo_url"]) as answer:
        assert await answer.read() == b"\xff\xd8\xff-photo"
    assert voice["message"]["voice_url"].endswith(".aac")
    assert set(sticker["message"]) >= {"sticker", "url"}
    assert unsupported["event_name"] == "message.unsupported.received"
    assert "text" not in unsupported["message"]


async def test_photos_chosen_together_come_one_by_one(zalo: ZaloBotEmulator, bot: Bot) -> None:
    zalo.habits.servings = 1
    zalo.person().send_photos(3, "ba ảnh")
    got = [(await bot.poll())["message"] for _ in range(3)]
    assert [message.get("caption", "") for message in got] == ["ba ảnh", "", ""]
    assert len({message["message_id"] for message in got}) == 3


async def test_groups_tell_only_what_mentions_the_bot(zalo: ZaloBotEmulator, bot: Bot) -> None:
    group = zalo.group()
    group.say(zalo.person("An"), "chuyện riêng", mention=False)
    assert await bot.poll() is None
    group.say(zalo.person("An"), "có ai không")
    message = (await bot.poll())["message"]
    assert message["chat"]["chat_type"] == "GROUP"
    assert message["text"].endswith("có ai không")


async def test_the_same_update_comes_until_a_later_one_replaces_it(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    an.say("một")
    assert await bot.polled(3) == ["một", "một", "một"]
    an.say("hai")
    an.say("ba")
    assert await bot.polled(4) == ["hai", "hai", "ba", "ba"]
    assert zalo.unconfirmed == 0


async def test_an_update_that_nothing_replaces_is_idle_in_the_end(zalo: ZaloBotEmulator, bot: Bot) -> None:
    zalo.person().say("một")
    assert await bot.polled(4) == ["một"] * 4
    assert await bot.poll() is None


async def test_nothing_counts_as_taken_before_the_next_poll(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    an.say("một")
    an.say("hai")
    assert zalo.unconfirmed == 2
    await bot.poll()
    assert zalo.unconfirmed == 2
    await bot.poll()
    assert zalo.unconfirmed == 1


async def test_a_bot_that_died_gets_its_last_update_again(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    for word in ("một", "hai"):
        an.say(word)
    for _ in range(3):
        async with aiohttp.ClientSession() as session:
            assert await Bot(zalo, session).polled(1) == ["một"]
    assert await bot.polled(3) == ["một", "một", "hai"]


async def test_a_poll_waits_for_what_comes(zalo: ZaloBotEmulator, bot: Bot) -> None:
    poll = asyncio.create_task(bot("getUpdates", timeout=5))
    await asyncio.sleep(0.05)
    zalo.person().say("đến rồi")
    status, body = await poll
    assert status == 200
    assert body["result"]["message"]["text"] == "đến rồi"


async def test_webhook_and_polling_exclude_each_other(
    zalo: ZaloBotEmulator, bot: Bot, hooked: Hooked
) -> None:
    assert await bot.refusal("getWebhookInfo") == 404
    assert await bot.refusal("setWebhook", url=hooked.url) == 400
    assert await bot.refusal("setWebhook", url=hooked.url, secret_token="short") == 400
    assert await bot.refusal("setWebhook", url="http://example.vn", secret_token="x" * 8) == 400
    info = await bot.result("setWebhook", url=hooked.url, secret_token="a-secret")
    assert info["url"] == hooked.url
    assert await bot.result("getWebhookInfo") == info
    assert await bot.refusal("getUpdates", timeout=0) == 400
    await bot.result("deleteWebhook")
    assert await bot.refusal("deleteWebhook") == 404
    assert await bot.poll() is None


async def test_webhook_repeats_the_envelope_and_sends_the_secret(
    zalo: ZaloBotEmulator, bot: Bot, hooked: Hooked
) -> None:
    await bot.result("setWebhook", url=hooked.url, secret_token="a-secret")
    zalo.person().say("Xin chào")
    await hooked.wait(1)
    body, secret = hooked.got[0]
    assert secret == "a-secret"
    assert set(body) == {"ok", "result"}
    assert body["result"]["event_name"] == "message.text.received"


async def test_refused_deliveries_come_again_in_order(
    zalo: ZaloBotEmulator, bot: Bot, hooked: Hooked
) -> None:
    zalo.habits.webhook_again = (0.05, 0.05)
    hooked.answers = [503, 500]
    await bot.result("setWebhook", url=hooked.url, secret_token="a-secret")
    an = zalo.person()
    an.say("một")
    an.say("hai")
    assert zalo.unconfirmed == 2
    await hooked.wait(4)
    assert hooked.texts() == ["một", "một", "một", "hai"]
    await asyncio.sleep(0.05)
    assert zalo.unconfirmed == 0
    zalo.redeliver(an.messages[0].id)
    await hooked.wait(5)
    assert hooked.got[4] == hooked.got[0]


async def test_messages_to_people(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    sent = await bot.result("sendMessage", chat_id=an.id, text="Chào\n\n1. Một\n2. Hai")
    assert an.last.id == sent["message_id"]
    assert an.last.choices == {1: "Một", 2: "Hai"}
    assert an.press("hai").text == "2"
    with pytest.raises(NothingCame):
        an.press("ba")
    shown = await an.next()
    assert shown.labels == ["Một", "Hai"]
    await an.expect_silence(0.01)


@pytest.mark.parametrize(
    ("text", "taken"),
    [("x" * 2000, True), ("x" * 2001, False), ("😀" * 1001, False), ("", False), (7, False)],
)
async def test_text_has_1_to_2000_characters(
    zalo: ZaloBotEmulator, bot: Bot, text: object, taken: bool
) -> None:
    status, _ = await bot("sendMessage", chat_id=zalo.person().id, text=text)
    assert status == (200 if taken else 400)


async def test_chats_that_cannot_be_written_to(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    an.block()
    assert await bot.refusal("sendMessage", chat_id=an.id, text="x") == 403
    assert await bot.refusal("sendMessage", chat_id="nobody", text="x") == 400
    assert await bot.refusal("sendMessage", chat_id=12345, text="x") == 400
    an.say("lại đây")
    assert await bot.result("sendMessage", chat_id=an.id, text="x")


async def test_photos_go_by_link_only(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    picture = samples.png()
    link = zalo.world.add_media(picture, "image/png", "png")
    await bot.result("sendPhoto", chat_id=an.id, photo=link, caption="bản đồ")
    assert (an.last.kind, an.last.text, an.last.photo) == ("image", "bản đồ", picture)
    for photo in ("attachment-id", "http://127.0.0.1:9/none.jpg", f"{zalo.url}/else", None):
        assert await bot.refusal("sendPhoto", chat_id=an.id, photo=photo) == 400


async def test_stickers_voice_and_typing(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    await bot.result("sendSticker", chat_id=an.id, sticker="46956")
    await bot.result("sendVoice", chat_id=an.id, voice_url="https://example.vn/a.aac")
    assert [shown.kind for shown in an.said_by_bot()] == ["sticker", "voice"]
    assert await bot.refusal("sendVoice", chat_id=zalo.group().id, voice_url="https://e.vn/a.aac") == 400
    assert await bot.result("sendChatAction", chat_id=an.id, action="typing") is True
    assert await bot.refusal("sendChatAction", chat_id=an.id, action="upload_photo") == 400


async def test_the_real_package_has_50_users_and_3000_messages(zalo: ZaloBotEmulator, bot: Bot) -> None:
    zalo.world.limits = Limits.real()
    people = [zalo.person() for _ in range(51)]
    for person in people[:50]:
        await bot.result("sendMessage", chat_id=person.id, text="x")
    status, body = await bot("sendMessage", chat_id=people[50].id, text="x")
    assert (status, body["description"]) == (429, "Quota exceeded")
    assert "parameters" not in body
    zalo.world.limits = Limits(users=60, messages=51)
    await bot.result("sendMessage", chat_id=people[0].id, text="x")
    assert await bot.refusal("sendMessage", chat_id=people[0].id, text="x") == 429
    zalo.clock.advance(31 * 86400)
    await bot.result("sendMessage", chat_id=people[0].id, text="x")


@pytest.mark.parametrize(
    ("kind", "applied"),
    [
        ("bad_gateway", False),
        ("portal", False),
        ("reset_before", False),
        ("gateway_lost", True),
        ("lost_after", True),
        ("truncated", True),
        ("not_json", True),
    ],
)
async def test_faults_on_order(zalo: ZaloBotEmulator, bot: Bot, kind: str, applied: bool) -> None:
    an = zalo.person()
    fault = zalo.fault(kind, "sendMessage", chat=an.id)
    with pytest.raises((aiohttp.ClientError, ValueError)):
        await bot("sendMessage", chat_id=an.id, text="x")
    assert fault.hits == 1
    assert len(an.said_by_bot()) == int(applied)
    await bot.result("sendMessage", chat_id=an.id, text="y")


async def test_late_answers_and_any_error(zalo: ZaloBotEmulator, bot: Bot) -> None:
    an = zalo.person()
    for kind in ("slow", "delay"):
        zalo.fault(kind, seconds=0.05)
        began = asyncio.get_running_loop().time()
        await bot.result("sendMessage", chat_id=an.id, text="x")
        assert asyncio.get_running_loop().time() - began >= 0.05
    zalo.fail("sendMessage", 777, "who knows", status=200)
    assert await bot.refusal("sendMessage", chat_id=an.id, text="x") == 200
    assert [call.outcome for call in zalo.calls_of("sendMessage")][-1] == "777 who knows"


async def test_it_can_go_away_and_come_back(zalo: ZaloBotEmulator, bot: Bot) -> None:
    await zalo.go_away()
    with pytest.raises(aiohttp.ClientError):
        await bot("getMe")
    await zalo.come_back()
    assert await bot.result("getMe")


async def test_media_can_die(zalo: ZaloBotEmulator, bot: Bot) -> None:
    shown = zalo.person().send_photo()
    zalo.media(shown).gone = True
    async with bot.session.get(shown.stored.media) as answer:
        assert answer.status == 404
