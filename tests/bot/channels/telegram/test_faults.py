"""Each way a send can fail, from the wire to the fault that delivery sees."""

from __future__ import annotations

import asyncio
import logging

import pytest

from bot.channels.base import Again, Attachment, ChatMoved, Never, Refusal, SendFault, Stop, Uncertain
from bot.channels.telegram.request import AiohttpRequest, AnswerLost, NotSent
from handlers.messages import Outgoing
from tests.bot.channels.telegram.rig import Rig
from tests.emulators.telegram import TOKEN, Rates, TelegramEmulator

HELLO = Outgoing(text="Xin chào")
BAD = "Bad Request: "
NO = "Forbidden: "


async def fault_of_send(rig: Rig, chat: object, message: Outgoing = HELLO) -> SendFault:
    assert rig.channel is not None
    with pytest.raises(SendFault) as caught:
        await rig.channel.send(str(chat), message, None)
    assert "Token" not in str(caught.value) + caught.value.reason
    assert TOKEN not in repr(caught.value)
    return caught.value


REFUSALS = [
    (400, BAD + "chat not found", Refusal.GONE),
    (400, BAD + "PEER_ID_INVALID", Refusal.GONE),
    (400, BAD + "USER_IS_BLOCKED", Refusal.BLOCKED),
    (400, BAD + "not enough rights to send text messages to the chat", Refusal.BLOCKED),
    (400, BAD + "need administrator rights in the channel chat", Refusal.BLOCKED),
    (400, BAD + "message is too long", Refusal.REFUSED),
    (400, BAD + "message caption is too long", Refusal.REFUSED),
    (400, BAD + "text must be non-empty", Refusal.REFUSED),
    (400, BAD + "BUTTON_DATA_INVALID", Refusal.REFUSED),
    (400, BAD + "reply markup is too long", Refusal.REFUSED),
    (400, BAD + "message thread not found", Refusal.REFUSED),
    (400, BAD + "TOPIC_CLOSED", Refusal.REFUSED),
    (400, BAD + "something nobody has seen before", Refusal.REFUSED),
    (403, NO + "bot was blocked by the user", Refusal.BLOCKED),
    (403, NO + "user is deactivated", Refusal.GONE),
    (403, NO + "bot can't initiate conversation with a user", Refusal.BLOCKED),
    (403, NO + "bot can't send messages to bots", Refusal.REFUSED),
    (403, NO + "bot was kicked from the supergroup chat", Refusal.BLOCKED),
    (403, NO + "bot is not a member of the supergroup chat", Refusal.BLOCKED),
    (403, NO + "the group chat was deleted", Refusal.GONE),
    (404, "Not Found: method not found", Refusal.REFUSED),
    (413, "Request Entity Too Large", Refusal.REFUSED),
]


@pytest.mark.parametrize(("code", "text", "refusal"), REFUSALS)
async def test_refusals(rig: Rig, telegram: TelegramEmulator, code: int, text: str, refusal: Refusal) -> None:
    await rig.sending_only()
    telegram.fail("sendMessage", code, text)
    fault = await fault_of_send(rig, telegram.person().id)
    assert isinstance(fault, Never)
    assert fault.refusal is refusal


async def test_people_who_cannot_be_reached(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.sending_only()
    stranger, blocker, gone = telegram.person(started=False), telegram.person(), telegram.person()
    blocker.block()
    gone.delete_account()
    kicked, deleted = telegram.group(), telegram.group()
    kicked.kick_bot()
    deleted.delete()
    refusals = []
    for chat in (stranger.id, blocker.id, gone.id, kicked.id, deleted.id, 123456):
        fault = await fault_of_send(rig, chat)
        assert isinstance(fault, Never)
        refusals.append(fault.refusal)
    blocked, lost = Refusal.BLOCKED, Refusal.GONE
    assert refusals == [blocked, blocked, lost, blocked, lost, lost]


async def test_migrated_group_tells_its_new_id(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    group = telegram.group(supergroup=False)
    old = group.id
    new = group.migrate()
    fault = await fault_of_send(rig, old)
    assert isinstance(fault, ChatMoved)
    assert fault.new_chat == str(new)
    await channel.send(fault.new_chat, HELLO, None)
    assert group.said_by_bot()[-1].text == "Xin chào"


async def test_429_is_waited_for_and_several_mean_the_account(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.sending_only()
    telegram.too_many("sendMessage", 7, count=0)
    faults = [await fault_of_send(rig, telegram.person().id) for _ in range(3)]
    assert all(isinstance(fault, Again) and fault.after == 7 for fault in faults)
    assert [isinstance(fault, Again) and fault.whole_account for fault in faults] == [False, False, True]


async def test_real_flood_limits_answer_429(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    telegram.server.rates = Rates(absorb=0)
    group = telegram.group()
    for _ in range(3):
        await channel.send(str(group.id), HELLO, None)
    fault = await fault_of_send(rig, group.id)
    assert isinstance(fault, Again)
    assert fault.after == 1


async def test_revoked_token_stops(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.sending_only()
    telegram.revoke_token()
    assert isinstance(await fault_of_send(rig, telegram.person().id), Stop)


@pytest.mark.parametrize(
    ("kind", "settings", "expected", "arrived"),
    [
        ("error", {"code": 500}, Again, 0),
        ("bad_gateway", {}, Uncertain, 0),
        ("gateway_lost", {}, Uncertain, 1),
        ("reset_before", {}, Uncertain, 0),
        ("lost_after", {}, Uncertain, 1),
        ("truncated", {}, Uncertain, 1),
        ("error", {"code": 409, "description": "Conflict: x"}, Again, 0),
    ],
)
async def test_what_is_surely_not_sent_and_what_is_not_known(
    rig: Rig,
    telegram: TelegramEmulator,
    kind: str,
    settings: dict[str, object],
    expected: type[SendFault],
    arrived: int,
) -> None:
    await rig.sending_only()
    an = telegram.person()
    telegram.fault(kind, "sendMessage", **settings)
    assert type(await fault_of_send(rig, an.id)) is expected
    assert len(an.said_by_bot()) == arrived


async def test_uncertain_edit_may_be_repeated(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    receipt = await channel.send(str(an.id), HELLO, None)
    telegram.fault("lost_after", "editMessageText")
    with pytest.raises(Again):
        await channel.edit(str(an.id), receipt.message_ref, Outgoing(text="mới"))
    assert an.last.text == "mới"
    assert await channel.edit(str(an.id), receipt.message_ref, Outgoing(text="mới")) == receipt


async def test_a_lost_or_delayed_deletion_may_be_repeated(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    mine = an.say("xin xóa")
    telegram.fault("lost_after", "deleteMessage")
    with pytest.raises(Again):
        await channel.delete(str(an.id), str(mine.id))
    assert await channel.delete(str(an.id), str(mine.id))


async def test_refused_connection_is_surely_not_sent(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    await telegram.go_away()
    await asyncio.sleep(0.05)  # the closing of the idle connection has been noticed
    assert type(await fault_of_send(rig, an.id)) is Again
    await telegram.come_back()
    await channel.send(str(an.id), HELLO, None)
    assert len(an.said_by_bot()) == 1


async def test_unknown_host_is_surely_not_sent() -> None:
    request = AiohttpRequest()
    await request.initialize()
    with pytest.raises(NotSent) as caught:
        await request.post(f"http://no-such-host.invalid/bot{TOKEN}/getMe")
    assert TOKEN not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    await request.shutdown()


async def test_time_outs_tell_a_full_pool_from_a_lost_answer(
    telegram: TelegramEmulator,
) -> None:
    request = AiohttpRequest(
        pool_size=1, read_timeout=0.3, write_timeout=0.1, connect_timeout=0.1, pool_timeout=0.1
    )
    await request.initialize()
    telegram.fault("delay", "getMe", seconds=0.8)
    url = f"{telegram.url}/bot{telegram.token}/getMe"
    first = asyncio.create_task(request.post(url))
    await asyncio.sleep(0.05)
    with pytest.raises(NotSent):
        await request.post(url)
    with pytest.raises(AnswerLost):
        await first
    await request.shutdown()


async def test_html_from_a_proxy_is_no_refusal(rig: Rig, telegram: TelegramEmulator) -> None:
    """A captive portal's 403 page must neither block the person nor stop the account."""
    from aiohttp import web

    async def portal(_request: web.BaseRequest) -> web.Response:
        return web.Response(status=403, text="<html>portal</html>", content_type="text/html")

    runner = web.ServerRunner(web.Server(portal))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    channel = rig.make("off", api_url=f"http://127.0.0.1:{port}")
    await channel.start()
    assert type(await fault_of_send(rig, 5)) is Again
    await runner.cleanup()


async def test_slow_answer_within_patience_is_no_fault(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    telegram.fault("delay", "sendMessage", seconds=0.4)
    await channel.send(str(an.id), HELLO, None)
    assert len(an.said_by_bot()) == 1


async def test_large_document_travels_whole(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    an = telegram.person()
    data = bytes(range(256)) * 40_000
    await channel.send(str(an.id), HELLO, Attachment("lớn.bin", "application/octet-stream", data))
    assert an.last.file is not None
    assert an.last.file.data == data


async def test_acknowledging_never_fails(rig: Rig, telegram: TelegramEmulator) -> None:
    channel = await rig.sending_only()
    await channel.acknowledge("never-was-one")
    telegram.fault("reset_before", "answerCallbackQuery")
    await channel.acknowledge("x")
    await telegram.go_away()
    await channel.acknowledge("y")
    assert [call.outcome for call in telegram.calls_of("answerCallbackQuery")] == [
        "400 Bad Request: query is too old and response timeout expired or query ID is invalid",
        "not applied, reset",
    ]
    await telegram.come_back()


# --- downloads


async def download(rig: Rig, file_id: str) -> bytes:
    assert rig.channel is not None
    return b"".join([chunk async for chunk in rig.channel.download(file_id)])


async def test_download_over_twenty_megabytes_is_refused(rig: Rig, telegram: TelegramEmulator) -> None:
    await rig.sending_only()
    shown = telegram.person().send_video(size=21 * 1024 * 1024)
    assert shown.file is not None
    with pytest.raises(Never) as fault:
        await download(rig, shown.file.file_id)
    assert fault.value.refusal is Refusal.REFUSED


@pytest.mark.parametrize(
    ("kind", "method", "settings", "expected"),
    [
        ("error", "getFile", {"code": 500}, Again),
        ("bad_gateway", "getFile", {}, Again),
        ("reset_before", "getFile", {}, Again),
        ("error", "getFile", {"code": 429, "parameters": {"retry_after": 3}}, Again),
        (
            "error",
            "getFile",
            {"code": 400, "description": BAD + "wrong file identifier/HTTP URL specified"},
            Never,
        ),
        ("error", "getFile", {"code": 401, "description": "Unauthorized"}, Stop),
        ("bad_gateway", "download", {}, Again),
        ("reset_before", "download", {"count": 2}, Again),
        ("truncated", "download", {}, Again),
    ],
)
async def test_download_faults(
    rig: Rig,
    telegram: TelegramEmulator,
    kind: str,
    method: str,
    settings: dict[str, object],
    expected: type[SendFault],
) -> None:
    await rig.sending_only()
    shown = telegram.person().send_photo()
    assert shown.file is not None
    telegram.fault(kind, method, **settings)
    with pytest.raises(SendFault) as caught:
        await download(rig, shown.file.file_id)
    assert type(caught.value) is expected
    if expected is Again:
        assert await download(rig, shown.file.file_id) == shown.file.data


async def test_unknown_file_may_come_back(rig: Rig) -> None:
    await rig.sending_only()
    with pytest.raises(Again):
        await download(rig, "AgACAgUAAxkNoSuchFile")


async def test_logs_hold_neither_token_nor_words_nor_chats(
    rig: Rig, telegram: TelegramEmulator, caplog: pytest.LogCaptureFixture
) -> None:
    private = Outgoing(text="lời riêng")  # its own name: tracebacks quote the lines of this test
    caplog.set_level(logging.DEBUG)
    channel = await rig.polling()
    an = telegram.person(987654321)
    an.say("bí mật của tôi")
    await rig.receiver.wait(1)
    telegram.fault("truncated", "sendMessage")
    for _ in range(2):
        try:
            await channel.send(str(an.id), private, None)
        except SendFault as fault:
            logging.getLogger("test").exception("send failed: %s", fault.reason)
    await telegram.go_away()
    await asyncio.sleep(0.2)
    try:
        await channel.send(str(an.id), private, None)
    except SendFault:
        logging.getLogger("test").exception("send failed")
    await telegram.come_back()
    lines = "\n".join(record.getMessage() + str(record.exc_text or "") for record in caplog.records)
    formatted = caplog.text + lines
    for secret in (telegram.token, telegram.token.split(":")[1], "bí mật", "lời riêng", "987654321"):
        assert secret not in formatted
