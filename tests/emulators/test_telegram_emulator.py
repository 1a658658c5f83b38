"""The emulator behaves as the Telegram reference says (section 5), seen with a plain HTTP client."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from tests.emulators.telegram import ButtonMissing, NothingCame, Rates, SimClock, TelegramEmulator


class Bot:
    """A bare client: `await bot("sendMessage", chat_id=…)` gives (status, body)."""

    def __init__(self, emulator: TelegramEmulator, session: aiohttp.ClientSession) -> None:
        self.emulator = emulator
        self.session = session

    async def __call__(self, method: str, **params: Any) -> tuple[int, Any]:
        url = f"{self.emulator.url}/bot{self.emulator.token}/{method}"
        async with self.session.post(url, json=params) as answer:
            return answer.status, await answer.json()

    async def result(self, method: str, **params: Any) -> Any:
        status, body = await self(method, **params)
        assert (status, body["ok"]) == (200, True), body
        return body["result"]

    async def refusal(self, method: str, **params: Any) -> str:
        status, body = await self(method, **params)
        assert body["ok"] is False
        assert status == body["error_code"]
        return f"{status} {body['description']}"

    async def updates(self, **params: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = await self.result("getUpdates", **params)
        return found


@pytest.fixture
async def telegram() -> AsyncIterator[TelegramEmulator]:
    async with TelegramEmulator() as emulator:
        yield emulator


@pytest.fixture
async def bot(telegram: TelegramEmulator) -> AsyncIterator[Bot]:
    async with aiohttp.ClientSession() as session:
        yield Bot(telegram, session)


class Hooked:
    """A webhook that notes what comes and answers what it is told."""

    def __init__(self) -> None:
        self.got: list[tuple[int, str]] = []
        self.answers: list[web.Response] = []
        self.seconds = 0.0
        self.url = ""
        self.came = asyncio.Event()

    async def handle(self, request: web.BaseRequest) -> web.Response:
        body = await request.json()
        await asyncio.sleep(self.seconds)
        self.got.append((body["update_id"], request.headers.get("X-Telegram-Bot-Api-Secret-Token", "")))
        self.came.set()
        return self.answers.pop(0) if self.answers else web.Response()

    async def wait(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.came.clear()
                await self.came.wait()


@pytest.fixture
async def hooked() -> AsyncIterator[Hooked]:
    hook = Hooked()
    runner = web.ServerRunner(web.Server(hook.handle), shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    hook.url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    yield hook
    await runner.cleanup()


# --- wire format


async def test_tokens_methods_and_bodies(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    base = f"{telegram.url}/bot{telegram.token}"
    async with bot.session.get(f"{base}/GETME") as answer:
        assert (await answer.json())["result"]["id"] == int(telegram.token.split(":")[0])
    form = {
        "chat_id": str(an.id),
        "text": "biểu mẫu",
        "reply_markup": '{"inline_keyboard":[[{"text":"a","callback_data":"b"}]]}',
    }
    async with bot.session.post(f"{base}/sendMessage?text=ưu tiên", data=form) as answer:
        assert (await answer.json())["result"]["text"] == "ưu tiên"
    assert an.last.labels == ["a"]
    async with bot.session.post(f"{telegram.url}/bot1:wrong/getMe") as answer:
        assert (answer.status, (await answer.json())["description"]) == (
            401,
            "Unauthorized: invalid token specified",
        )
    assert await bot.refusal("flyToMoon") == "404 Not Found: method not found"
    telegram.revoke_token()
    assert await bot.refusal("getMe") == "401 Unauthorized"


# --- getUpdates


async def test_offset_limit_and_negative_offset(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    for number in range(5):
        an.say(str(number))
    first = await bot.updates(limit=2)
    assert [u["message"]["text"] for u in first] == ["0", "1"]
    assert [u["update_id"] for u in await bot.updates()] == [100000, 100001, 100002, 100003, 100004]
    assert len(await bot.updates(offset=100003)) == 2
    assert [u["message"]["text"] for u in await bot.updates(offset=-1)] == ["4"]
    assert await bot.updates(offset=100005) == []


async def test_long_poll_wakes_and_conflicts(bot: Bot, telegram: TelegramEmulator) -> None:
    poll = asyncio.create_task(bot("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    telegram.person().say("dậy")
    status, body = await asyncio.wait_for(poll, 1)
    assert (status, body["result"][0]["message"]["text"]) == (200, "dậy")
    old = asyncio.create_task(bot.refusal("getUpdates", timeout=20, offset=100001))
    await asyncio.sleep(0.05)
    assert await bot.updates(offset=100001) == []
    other = "terminated by other getUpdates request; make sure that only one bot instance is running"
    assert await old == f"409 Conflict: {other}"


async def test_poll_excludes_webhook(bot: Bot, telegram: TelegramEmulator, hooked: Hooked) -> None:
    poll = asyncio.create_task(bot.refusal("getUpdates", timeout=20))
    await asyncio.sleep(0.05)
    await bot.result("setWebhook", url=hooked.url)
    assert await poll == "409 Conflict: terminated by setWebhook request"
    assert "can't use getUpdates method while webhook is active" in await bot.refusal("getUpdates")
    await bot.result("deleteWebhook")
    assert await bot.updates() == []


async def test_allowed_updates_are_remembered_and_expiry_follows_the_clock(
    bot: Bot, telegram: TelegramEmulator
) -> None:
    an = telegram.person()
    await bot.updates(allowed_updates=["message", "callback_query", "nonsense"])
    said = an.say("một")
    an.edit(said, "hai")
    an.press_data("x")
    assert [set(u) - {"update_id"} for u in await bot.updates()] == [{"message"}, {"callback_query"}]
    telegram.clock.advance(151)
    assert [set(u) - {"update_id"} for u in await bot.updates()] == [{"message"}]
    telegram.clock.advance(86_400)
    assert await bot.updates() == []


async def test_redelivery_is_byte_for_byte(bot: Bot, telegram: TelegramEmulator) -> None:
    telegram.person().say("một")
    first = await bot.updates()
    assert await bot.updates(offset=100001) == []
    telegram.redeliver(100000)
    assert await bot.updates(offset=100001) == first


# --- webhook


async def test_webhook_order_and_secret(bot: Bot, telegram: TelegramEmulator, hooked: Hooked) -> None:
    await bot.result("setWebhook", url=hooked.url, secret_token="abc")
    hooked.seconds = 0.02
    an, binh = telegram.person(), telegram.person()
    for _ in range(3):
        an.say("x")
        binh.say("y")
    await hooked.wait(6)
    mine = [update for update, _ in hooked.got if update % 2 == 0]
    assert mine == sorted(mine)
    assert {secret for _, secret in hooked.got} == {"abc"}
    await asyncio.sleep(0.05)
    assert (await bot.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_retry_at_once_then_later_and_the_key_is_stuck(
    bot: Bot, telegram: TelegramEmulator, hooked: Hooked
) -> None:
    await bot.result("setWebhook", url=hooked.url)
    hooked.answers = [web.Response(status=500), web.Response(status=500)]
    an, binh = telegram.person(), telegram.person()
    an.say("hỏng")
    an.say("đợi sau")
    await hooked.wait(2)
    binh.say("không bị chặn")
    await hooked.wait(3)
    assert [update for update, _ in hooked.got] == [100000, 100000, 100002]
    info = await bot.result("getWebhookInfo")
    assert info["pending_update_count"] == 2
    assert info["last_error_message"] == "Wrong response from the webhook: 500 Internal Server Error"
    telegram.clock.advance(2.1)
    await hooked.wait(5)
    assert [update for update, _ in hooked.got[3:]] == [100000, 100001]


async def test_retry_after_is_honoured_and_old_presses_are_dropped(
    bot: Bot, telegram: TelegramEmulator, hooked: Hooked
) -> None:
    await bot.result("setWebhook", url=hooked.url)
    hooked.answers = [web.Response(status=503, headers={"Retry-After": "200"})]
    telegram.person().press_data("x")
    await hooked.wait(1)
    await asyncio.sleep(0.05)
    assert len(hooked.got) == 1
    assert (await bot.result("getWebhookInfo"))["pending_update_count"] == 0


async def test_reply_in_the_webhook_answer_is_carried_out(
    bot: Bot, telegram: TelegramEmulator, hooked: Hooked
) -> None:
    await bot.result("setWebhook", url=hooked.url)
    an = telegram.person()
    call = {"method": "sendMessage", "chat_id": an.id, "text": "ngay"}
    hooked.answers = [web.Response(text=json.dumps(call))]
    an.say("x")
    assert (await an.next()).text == "ngay"


async def test_set_webhook_checks(bot: Bot, telegram: TelegramEmulator, hooked: Hooked) -> None:
    too_long = await bot.refusal("setWebhook", url=hooked.url, secret_token="a" * 257)
    assert too_long == "400 Bad Request: secret token is too long"
    spaced = await bot.refusal("setWebhook", url=hooked.url, secret_token="a b")
    assert spaced == "400 Bad Request: secret token contains unallowed characters"
    _, body = await bot("setWebhook", url=hooked.url)
    assert body["description"] == "Webhook was set"
    assert await bot.refusal("setWebhook", url=hooked.url) == "429 Too Many Requests: retry after 1"
    telegram.clock.advance(2)
    _, body = await bot("setWebhook", url=hooked.url)
    assert body["description"] == "Webhook is already set"


# --- sending

BUTTON = {"inline_keyboard": [[{"text": "Có", "callback_data": "y"}]]}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"text": "x"}, "400 Bad Request: chat_id is empty"),
    ({"chat_id": 1, "text": ""}, "400 Bad Request: message text is empty"),
    ({"chat_id": 1, "text": " \u200b "}, "400 Bad Request: text must be non-empty"),
    ({"chat_id": 1, "text": "x" * 5000}, "400 Bad Request: chat not found"),
    ({"chat_id": 42, "text": "x" * 4097}, "400 Bad Request: message is too long"),
    ({"chat_id": 42, "text": "x" * 33_000}, "400 Bad Request: text is too long"),
    (
        {"chat_id": 42, "text": "<b>x", "parse_mode": "HTML"},
        "400 Bad Request: can't parse entities: Can't find end tag corresponding to start tag \"b\"",
    ),
    (
        {"chat_id": 42, "text": "đ<div>x</div>", "parse_mode": "HTML"},
        '400 Bad Request: can\'t parse entities: Unsupported start tag "div" at byte offset 2',
    ),
    (
        {"chat_id": 42, "text": "<b><i>x</b></i>", "parse_mode": "HTML"},
        (
            "400 Bad Request: can't parse entities: Unmatched end tag at byte offset 7, "
            'expected "</i>", found "</b>"'
        ),
    ),
    (
        {"chat_id": 42, "text": "a.b", "parse_mode": "MarkdownV2"},
        (
            "400 Bad Request: can't parse entities: Character '.' is reserved and must be escaped "
            "with the preceding '\\'"
        ),
    ),
    (
        {"chat_id": 42, "text": "x", "reply_parameters": {"message_id": 999}},
        "400 Bad Request: message to be replied not found",
    ),
    (
        {
            "chat_id": 42,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "đ" * 33}]]},
        },
        "400 Bad Request: BUTTON_DATA_INVALID",
    ),
    (
        {"chat_id": 42, "text": "x", "reply_markup": {"inline_keyboard": [[{"text": "a"}]]}},
        (
            "400 Bad Request: can't parse InlineKeyboardButton: "
            "Text buttons are not allowed in the inline keyboard"
        ),
    ),
    (
        {
            "chat_id": 42,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "url": "http://localhost/"}]]},
        },
        "400 Bad Request: inline keyboard button URL 'http://localhost/' is invalid: Wrong HTTP URL",
    ),
    (
        {
            "chat_id": 42,
            "text": "x",
            "reply_markup": {"inline_keyboard": [[{"text": "a", "callback_data": "b"}]] * 101},
        },
        "400 Bad Request: reply markup is too long",
    ),
]


@pytest.mark.parametrize(("params", "expected"), REFUSED)
async def test_refusals_in_the_servers_order_and_words(
    bot: Bot, telegram: TelegramEmulator, params: dict[str, Any], expected: str
) -> None:
    telegram.person(42)
    assert await bot.refusal("sendMessage", **params) == expected


async def test_text_is_cleaned_and_entities_counted_in_utf16(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    sent = await bot.result(
        "sendMessage", chat_id=an.id, text="  😀 <b>Chào</b> &lt;x&gt;\r\n ", parse_mode="HTML"
    )
    assert sent["text"] == "😀 Chào <x>"
    assert sent["entities"] == [{"type": "bold", "offset": 3, "length": 4}]
    assert an.last.parts("bold") == ["Chào"]


async def test_message_ids_per_kind_of_chat(bot: Bot, telegram: TelegramEmulator) -> None:
    an, binh, group = telegram.person(), telegram.person(), telegram.group()
    ids = [
        (await bot.result("sendMessage", chat_id=chat.id, text="x"))["message_id"]
        for chat in (an, binh, group, an, group)
    ]
    assert ids == [1, 2, 1, 3, 2]


async def test_edit_and_delete_rules(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    sent = (await bot.result("sendMessage", chat_id=an.id, text="a", reply_markup=BUTTON))["message_id"]
    same = await bot.refusal("editMessageText", chat_id=an.id, message_id=sent, text="a", reply_markup=BUTTON)
    assert same.startswith("400 Bad Request: message is not modified")
    await bot.result("editMessageText", chat_id=an.id, message_id=sent, text="b")
    assert (an.last.text, an.last.labels, an.last.edited) == ("b", [], True)
    await bot.result("editMessageReplyMarkup", chat_id=an.id, message_id=sent, reply_markup=BUTTON)
    assert an.last.labels == ["Có"]
    gone = await bot.refusal("editMessageText", chat_id=an.id, message_id=99, text="b")
    assert gone == "400 Bad Request: message to edit not found"
    own = an.say("của tôi").id
    foreign = await bot.refusal("editMessageText", chat_id=an.id, message_id=own, text="b")
    assert foreign == "400 Bad Request: message can't be edited"
    await bot.result("deleteMessage", chat_id=an.id, message_id=sent)
    assert an.said_by_bot() == []
    again = await bot.refusal("deleteMessage", chat_id=an.id, message_id=sent)
    assert again == "400 Bad Request: message to delete not found"
    late = (await bot.result("sendMessage", chat_id=an.id, text="a"))["message_id"]
    telegram.clock.advance(49 * 3600)
    too_late = await bot.refusal("deleteMessage", chat_id=an.id, message_id=late)
    assert too_late == "400 Bad Request: message can't be deleted"


async def test_presses_answers_and_old_queries(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    await bot.result("sendMessage", chat_id=an.id, text="?", reply_markup=BUTTON)
    with pytest.raises(ButtonMissing, match="Có"):
        an.press("Không")
    press = an.press("có")
    (update,) = await bot.updates()
    query = update["callback_query"]
    assert (query["data"], query["from"]["id"]) == ("y", an.id)
    await bot.result("answerCallbackQuery", callback_query_id=query["id"], text="ừ")
    assert (await press.wait_answer())["text"] == "ừ"  # type: ignore[union-attr]
    old = "400 Bad Request: query is too old and response timeout expired or query ID is invalid"
    assert await bot.refusal("answerCallbackQuery", callback_query_id=query["id"]) == old
    late = an.press_data("y")
    telegram.clock.advance(200)
    assert await bot.refusal("answerCallbackQuery", callback_query_id=late.id) == old


async def test_uploads_albums_and_downloads(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    base = f"{telegram.url}/bot{telegram.token}"
    form = aiohttp.FormData({"chat_id": str(an.id), "media": json.dumps([
        {"type": "photo", "media": "attach://a", "caption": "<b>hai</b>", "parse_mode": "HTML"},
        {"type": "photo", "media": "attach://b"},
    ])})  # fmt: skip
    form.add_field("a", b"\xff\xd8\xff one", filename="a.jpg")
    form.add_field("b", b"\xff\xd8\xff two", filename="b.jpg")
    async with bot.session.post(f"{base}/sendMediaGroup", data=form) as answer:
        sent = (await answer.json())["result"]
    assert len({message["media_group_id"] for message in sent}) == 1
    assert [shown.text for shown in an.said_by_bot()] == ["hai", ""]
    file_id = sent[1]["photo"][-1]["file_id"]
    path = (await bot.result("getFile", file_id=file_id))["file_path"]
    async with bot.session.get(f"{telegram.url}/file/bot{telegram.token}/{path}") as answer:
        assert await answer.read() == b"\xff\xd8\xff two"
    big = an.send_document(size=20 * 1024 * 1024 + 1)
    assert big.file is not None
    assert await bot.refusal("getFile", file_id=big.file.file_id) == "400 Bad Request: file is too big"


async def test_contact_key_is_for_private_chats_only(bot: Bot, telegram: TelegramEmulator) -> None:
    an, group = telegram.person(), telegram.group()
    markup = {"keyboard": [[{"text": "Gửi số", "request_contact": True}]], "one_time_keyboard": True}
    refused = await bot.refusal("sendMessage", chat_id=group.id, text="x", reply_markup=markup)
    assert refused == "400 Bad Request: phone number can be requested in private chats only"
    await bot.result("sendMessage", chat_id=an.id, text="x", reply_markup=markup)
    an.press("Gửi số")
    (update,) = await bot.updates()
    assert update["message"]["contact"]["user_id"] == an.id
    with pytest.raises(ButtonMissing):
        an.press("Gửi số")


async def test_commands_per_scope_and_language(bot: Bot) -> None:
    one = [{"command": "start", "description": "Bắt đầu"}]
    scope = {"type": "all_private_chats"}
    await bot.result("setMyCommands", commands=one, scope=scope, language_code="en")
    assert await bot.result("getMyCommands", scope=scope) == []
    assert await bot.result("getMyCommands", scope=scope, language_code="en") == one
    bad = [{"command": "Start!", "description": "x"}]
    assert await bot.refusal("setMyCommands", commands=bad) == "400 Bad Request: BOT_COMMAND_INVALID"
    await bot.result("deleteMyCommands", scope=scope, language_code="en")
    assert await bot.result("getMyCommands", scope=scope, language_code="en") == []


# --- people and groups


async def test_unreachable_people_and_membership(bot: Bot, telegram: TelegramEmulator) -> None:
    an, stranger, gone = telegram.person(), telegram.person(started=False), telegram.person()
    gone.delete_account()
    an.block()
    assert (
        await bot.refusal("sendMessage", chat_id=an.id, text="x")
        == "403 Forbidden: bot was blocked by the user"
    )
    never = await bot.refusal("sendMessage", chat_id=stranger.id, text="x")
    assert never == "403 Forbidden: bot can't initiate conversation with a user"
    assert await bot.refusal("sendMessage", chat_id=gone.id, text="x") == "403 Forbidden: user is deactivated"
    stranger.start("p")
    an.say("tôi quay lại")
    await bot.result("sendMessage", chat_id=stranger.id, text="x")
    await bot.result("sendMessage", chat_id=an.id, text="x")
    kinds = [(next(iter(set(u) - {"update_id"}))) for u in await bot.updates()]
    assert kinds == ["my_chat_member", "message", "my_chat_member", "message"]


async def test_privacy_mode(bot: Bot, telegram: TelegramEmulator) -> None:
    officer = telegram.person()
    group = telegram.group(members=(officer,))
    card = (await bot.result("sendMessage", chat_id=group.id, text="thẻ"))["message_id"]
    officer.say("chuyện riêng", chat=group)
    officer.say("/inbox", chat=group)
    officer.say("/inbox@another_bot", chat=group)
    officer.say("ghi chú", chat=group, reply_to=card)
    assert [u["message"]["text"] for u in await bot.updates()] == ["/inbox", "ghi chú"]
    group.promote_bot()
    officer.say("giờ thì thấy", chat=group)
    assert (await bot.updates())[-1]["message"]["text"] == "giờ thì thấy"


async def test_migration_of_a_group(bot: Bot, telegram: TelegramEmulator) -> None:
    group = telegram.group(supergroup=False)
    old = group.id
    new = group.migrate()
    status, body = await bot("sendMessage", chat_id=old, text="x")
    assert (status, body["parameters"]) == (400, {"migrate_to_chat_id": new})
    assert body["description"] == "Bad Request: group chat was upgraded to a supergroup chat"
    first, second = await bot.updates()
    assert first["message"]["migrate_to_chat_id"] == new
    assert second["message"]["migrate_from_chat_id"] == old


async def test_waiting_for_words_edits_and_silence(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    await bot.result("sendMessage", chat_id=an.id, text="một")
    sent = await bot.result("sendMessage", chat_id=an.id, text="Hai BA", reply_markup=BUTTON)
    shown = await an.expect("hai ba", "có")
    assert shown.id == sent["message_id"]
    await an.expect_silence(0.05)
    later = asyncio.create_task(an.expect_edit("bốn"))
    await bot.result("editMessageText", chat_id=an.id, message_id=sent["message_id"], text="bốn")
    assert (await later).id == sent["message_id"]
    with pytest.raises(NothingCame, match="năm"):
        await an.expect("năm", timeout=0.05)
    assert [line.line() for line in telegram.transcript(an.id)] == ["BOT: một", "BOT: bốn (edited)"]


# --- limits and faults


async def test_flood_limits_refuse_or_absorb(bot: Bot, telegram: TelegramEmulator) -> None:
    an = telegram.person()
    telegram.server.rates = Rates(absorb=0)
    for _ in range(3):
        await bot.result("sendMessage", chat_id=an.id, text="x")
    async with bot.session.post(
        f"{telegram.url}/bot{telegram.token}/sendMessage", json={"chat_id": an.id, "text": "x"}
    ) as answer:
        body = await answer.json()
        assert (answer.status, answer.headers["Retry-After"]) == (429, "1")
    assert (body["description"], body["parameters"]) == (
        "Too Many Requests: retry after 1",
        {"retry_after": 1},
    )
    telegram.server.rates = Rates(absorb=8, chat_burst=1, chat_per_second=20)
    began = asyncio.get_running_loop().time()
    for _ in range(4):
        await bot.result("sendMessage", chat_id=an.id, text="x")
    assert asyncio.get_running_loop().time() - began >= 0.14


async def test_group_limit_is_twenty_a_minute(bot: Bot) -> None:
    clock = SimClock(flowing=False, start=1_790_000_000)
    async with TelegramEmulator(clock=clock, rates=Rates(absorb=0)) as telegram:
        own = Bot(telegram, bot.session)
        group = telegram.group()
        for _ in range(20):
            await own.result("sendMessage", chat_id=group.id, text="x")
            clock.advance(1)
        assert (
            await own.refusal("sendMessage", chat_id=group.id, text="x")
            == "429 Too Many Requests: retry after 40"
        )
        clock.advance(40)
        await own.result("sendMessage", chat_id=group.id, text="x")


async def test_faults_by_method_chat_and_count(bot: Bot, telegram: TelegramEmulator) -> None:
    an, binh = telegram.person(), telegram.person()
    telegram.fail("sendMessage", 500, "Internal Server Error: restart", chat=an.id, count=2, skip=1)
    outcomes = [(await bot("sendMessage", chat_id=chat.id, text="x"))[0] for chat in (an, an, binh, an, an)]
    assert outcomes == [200, 500, 200, 500, 200]
    telegram.fault("lost_after", "sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot("sendMessage", chat_id=an.id, text="đã tới")
    assert an.last.text == "đã tới"
    telegram.fault("reset_before", "sendMessage")
    with pytest.raises(aiohttp.ClientError):
        await bot("sendMessage", chat_id=an.id, text="chưa tới")
    assert an.last.text == "đã tới"
    assert [call.outcome for call in telegram.calls_of("sendMessage")][-2:] == [
        "applied, answer lost",
        "not applied, reset",
    ]
    telegram.fault("bad_gateway", "sendMessage")
    async with bot.session.post(
        f"{telegram.url}/bot{telegram.token}/sendMessage", json={"chat_id": an.id, "text": "x"}
    ) as answer:
        assert (answer.status, answer.content_type) == (502, "text/html")


async def test_control_over_http(bot: Bot, telegram: TelegramEmulator) -> None:
    async with bot.session.post(f"{telegram.url}/sim/say", json={"person": 9, "text": "từ xa"}) as answer:
        assert (await answer.json())["text"] == "từ xa"
    await bot.result("sendMessage", chat_id=9, text="đáp", reply_markup=BUTTON)
    async with bot.session.post(f"{telegram.url}/sim/press", json={"person": 9, "button": "Có"}) as answer:
        assert answer.status == 200
    async with bot.session.get(f"{telegram.url}/sim/transcript?chat=9") as answer:
        assert [line["text"] for line in await answer.json()] == ["từ xa", "đáp"]
    async with bot.session.post(f"{telegram.url}/sim/press", json={"person": 9, "button": "Không"}) as answer:
        assert answer.status == 400
    async with bot.session.get(f"{telegram.url}/sim/state") as answer:
        assert (await answer.json())["unconfirmed"] == 2


async def test_retries_can_be_hurried_after_a_restart(bot: Bot, telegram: TelegramEmulator) -> None:
    await bot.result("setWebhook", url="http://127.0.0.1:9/")
    telegram.person().say("trong lúc dịch vụ chết")
    async with asyncio.timeout(5):
        while len(telegram.server.pusher.log) < 2:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    assert [entry[2] for entry in telegram.server.pusher.log] == ["Connection refused"] * 2
    telegram.retry_now()
    await asyncio.sleep(0.1)
    assert len(telegram.server.pusher.log) == 3
    assert telegram.unconfirmed == 1


async def test_two_hundred_citizens_at_once(bot: Bot, telegram: TelegramEmulator, hooked: Hooked) -> None:
    """A small load: every message of 200 people is delivered and answered, in order per person."""
    await bot.result("setWebhook", url=hooked.url, max_connections=100)
    people = [telegram.person() for _ in range(200)]

    async def citizen(index: int) -> list[str]:
        heard = []
        for step in range(3):
            people[index].say(f"{index}/{step}")
            await bot.result("sendMessage", chat_id=people[index].id, text=f"{index}/{step}")
            heard.append((await people[index].next(10)).text)
        return heard

    heard = await asyncio.gather(*(citizen(index) for index in range(200)))
    await hooked.wait(600)
    assert heard == [[f"{index}/{step}" for step in range(3)] for index in range(200)]
    assert len({update for update, _ in hooked.got}) == 600
