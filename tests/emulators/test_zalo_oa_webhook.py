"""Events of the emulated Official Account: odd deliveries, what people send, faults on the way, clocks."""

from __future__ import annotations

import asyncio
import hashlib
import json
from datetime import UTC, datetime

import aiohttp
import pytest

from tests.emulators.telegram import SimClock
from tests.emulators.telegram.samples import jpeg, png
from tests.emulators.zalo_oa import (
    FaultKind,
    NothingCame,
    ZaloOaEmulator,
    signature,
)
from tests.emulators.zalo_oa_bench import Bench, connected

DAY = 86_400.0
CS = "/v3.0/oa/message/cs"
TEMPLATE = {"template_id": "77", "template_data": {"ma": "TD-1"}}


# --- the webhook


async def test_an_address_that_does_not_answer_200_is_not_saved(bench: Bench) -> None:
    bench.status = 500
    assert await bench.zalo.register(bench.hook) == 500
    bench.zalo.person().say("?")
    assert (bench.zalo.unconfirmed, bench.zalo.deliverer.lost) == (0, 1)


async def test_an_answer_after_the_deadline_is_a_failure(bench: Bench) -> None:
    user = await connected(bench)
    assert bench.zalo.deliverer.deadline == 2.0
    bench.zalo.deliverer.deadline = 0.1
    bench.slow = 0.3
    user.say("một")
    while not bench.zalo.deliverer.waiting:
        await asyncio.sleep(0.01)
    assert bench.zalo.delivered()[-1].answers == ["timeout"]
    bench.slow = 0.0
    assert bench.zalo.retry_now() == 1
    await bench.zalo.settled()
    assert bench.zalo.delivered()[-1].answers == ["timeout", "200"]


async def test_duplicates_disorder_and_false_signatures(bench: Bench) -> None:
    user = await connected(bench)
    deliverer = bench.zalo.deliverer
    deliverer.duplicates = 1.0
    user.say("hai lần")
    await bench.zalo.settled()
    assert bench.events[0][2] == bench.events[1][2]
    deliverer.duplicates = 0.0
    bench.events.clear()
    deliverer.hold()
    for word in ("một", "hai", "ba"):
        user.say(word)
    assert bench.zalo.unconfirmed == 3
    deliverer.release("reversed")
    await bench.zalo.settled()
    assert sorted(event["message"]["text"] for event in bench.named("user_send_text")) == ["ba", "hai", "một"]
    bench.zalo.corrupt_signatures()
    user.say("giả")
    user.say("thật")
    await bench.zalo.settled()
    settings = bench.zalo.settings
    right = [
        headers["X-ZEvent-Signature"]
        == signature(settings.app_id, raw, event["timestamp"], settings.oa_secret)
        for event, headers, raw in bench.events[-2:]
    ]
    assert right == [False, True]
    bench.zalo.deliver_again(bench.zalo.delivered()[-1])
    await bench.zalo.settled()
    assert bench.events[-1][2] == bench.events[-2][2]


async def test_anything_can_be_pushed(bench: Bench) -> None:
    await connected(bench)
    bench.status = 403
    refused = bench.zalo.push({"event_name": "novel", "timestamp": "5"}, sign=False, headers={"X-A": "b"})
    await refused.done.wait()
    assert (refused.answers, bench.zalo.unconfirmed) == (["403"], 0)
    bench.status = 200
    raw = b'{"event_name":"novel", "timestamp":5}'
    taken = bench.zalo.push(raw, timestamp="5")
    await taken.done.wait()
    _, headers, came = bench.events[-1]
    settings = bench.zalo.settings
    assert came == raw
    assert headers["X-ZEvent-Signature"] == signature(settings.app_id, raw, "5", settings.oa_secret)
    assert [pair[1].get("X-A") for pair in bench.events] == ["b", None]


async def test_ticks_and_filters_of_the_console(bench: Bench) -> None:
    user = await connected(bench)
    bench.zalo.settings.hash_only = True
    user.say("không có dấu thăng")
    user.say("#tracuu")
    bench.zalo.settings.hash_only = False
    bench.zalo.subscribe("follow")
    user.say("không ai nghe")
    user.follow()
    await bench.zalo.settled()
    assert bench.names() == ["user_send_text", "follow"]


async def test_a_house_clock_makes_retries_due(bench: Bench) -> None:
    now = [datetime(2026, 11, 22, 8, 0, tzinfo=UTC)]
    async with ZaloOaEmulator(clock=lambda: now[0]) as zalo:
        await zalo.register(bench.hook)
        bench.status = 503
        zalo.person().say("một")
        while not zalo.deliverer.waiting:
            await asyncio.sleep(0.01)
        bench.status = 200
        assert zalo.retry_due() == 0
        now[0] = datetime(2026, 11, 22, 8, 0, 31, tzinfo=UTC)
        assert zalo.retry_due() == 1
        await zalo.settled()
        assert json.loads(bench.events[-1][2])["timestamp"] == "1795334400000"


async def test_receipts_can_be_late_or_off(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    settings = bench.zalo.settings
    settings.echoes = False
    settings.receipt_delay = 60.0
    await bench.say(user, "một")
    await asyncio.sleep(0.02)
    assert bench.zalo.unconfirmed == 0
    clock.advance(61)
    await asyncio.sleep(0.02)
    await bench.zalo.settled()
    settings.receipts = False
    await bench.say(user, "hai")
    user.read()
    await bench.zalo.settled()
    assert bench.names() == ["user_received_message"]


# --- what people send


async def test_every_kind_of_message_has_its_event(bench: Bench) -> None:
    user = await connected(bench)
    user.send_gif()
    user.send_file("đơn.pdf")
    user.send_voice(4)
    user.send_video()
    user.send_sticker()
    user.send_location(20.5, 105.9)
    user.send_link()
    user.send_business_card("0901234567")
    await bench.zalo.settled()
    found = {event["event_name"]: event["message"]["attachments"][0] for event, _, _ in bench.events}
    assert {name.removeprefix("user_send_"): one["type"] for name, one in found.items()} == {
        "gif": "gif",
        "file": "file",
        "audio": "audio",
        "video": "video",
        "sticker": "sticker",
        "location": "location",
        "link": "link",
        "business_card": "link",
    }
    assert found["user_send_location"]["payload"]["coordinates"] == {"latitude": "20.5", "longitude": "105.9"}
    card = json.loads(found["user_send_business_card"]["payload"]["description"])
    assert card["phone"] == "0901234567"
    file = found["user_send_file"]["payload"]
    async with bench.http.get(file["url"]) as answer:
        data = await answer.read()
    assert (str(len(data)), hashlib.md5(data).hexdigest(), file["type"]) == (
        file["size"],
        file["checksum"],
        "pdf",
    )


async def test_links_lead_astray_and_end(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    user.send_photo("chữ", b"<html>", content_type="text/html")
    user.send_file("to.pdf", announced=900_000_000)
    await bench.zalo.settled()
    photo = bench.events[0][0]["message"]["attachments"][0]["payload"]["url"]
    async with bench.http.get(photo) as answer:
        assert (answer.content_type, await answer.read()) == ("text/html", b"<html>")
    assert bench.events[1][0]["message"]["attachments"][0]["payload"]["size"] == "900000000"
    bench.zalo.fault(FaultKind.BAD_GATEWAY, "cdn/")
    async with bench.http.get(photo) as answer:
        assert answer.status == 502
    clock.advance(bench.zalo.settings.cdn_life + 1)
    async with bench.http.get(photo) as answer:
        assert answer.status == 403


async def test_details_may_come_in_the_older_form(bench: Bench) -> None:
    user = await connected(bench)
    user.share_info("Sen", "84901234567", "Phủ Lý", older=True)
    await bench.zalo.settled()
    info = bench.events[0][0]["info"]
    assert (info["phone"], info["address"], "full_address" in info) == (84901234567, "Phủ Lý", False)


async def test_the_console_sends_pictures(bench: Bench) -> None:
    user = await connected(bench)
    bench.zalo.settings.echoes = False
    bench.zalo.console_sends_photo(user, png())
    await bench.zalo.settled()
    [event] = bench.named("oa_send_image")
    assert event["sender"]["admin_id"]
    assert user.last.attachments[0].data == png()


async def test_waiting_for_what_comes(bench: Bench) -> None:
    user = await connected(bench)
    await bench.say(user, "Chào Ông/Bà")
    await bench.say(user, "Xin chọn việc")
    assert (await user.expect("CHỌN")).text == "Xin chọn việc"
    await user.expect_silence(0.05)
    with pytest.raises(NothingCame):
        await user.next(0.05)


# --- faults


async def test_answers_that_are_none(bench: Bench) -> None:
    user = await connected(bench)
    url, headers = f"{bench.zalo.api_url}{CS}", {"access_token": bench.token}
    body = {"recipient": {"user_id": user.id}, "message": {"text": "chào"}}
    seen = []
    for kind in (FaultKind.BAD_GATEWAY, FaultKind.GATEWAY_LOST, FaultKind.NOT_JSON, FaultKind.TRUNCATED):
        bench.zalo.fault(kind, "message/cs", user=user.id)
        async with bench.http.post(url, json=body, headers=headers) as answer:
            text = await answer.text()
            seen.append((answer.status, text.startswith("<"), len(user.said_by_bot())))
        with pytest.raises(ValueError, match=r"JSON|Expecting|Unterminated|delimiter"):
            json.loads(text)
    assert seen == [(502, True, 0), (502, True, 1), (200, True, 1), (200, False, 2)]


async def test_faults_are_counted_skipped_and_slow(bench: Bench) -> None:
    user = await connected(bench)
    fault = bench.zalo.fail("message/cs", -200, skip=1, count=2)
    assert [(await bench.say(user, "?"))["error"] for _ in range(4)] == [0, -200, -200, 0]
    assert fault.hits == 2
    bench.zalo.fault(FaultKind.DELAY, "message/cs", seconds=0.2)
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert (await bench.say(user, "?"))["error"] == 0
    assert loop.time() - began >= 0.2
    bench.zalo.fail("", -248, count=0)
    bench.zalo.clear_faults()
    assert (await bench.say(user, "?"))["error"] == 0


async def test_the_platform_can_be_away(bench: Bench) -> None:
    user = await connected(bench)
    await bench.zalo.go_away()
    with pytest.raises(aiohttp.ClientError):
        await bench.say(user, "?")
    await bench.zalo.come_back()
    assert (await bench.say(user, "?"))["error"] == 0


async def test_uploads_have_a_monthly_number(bench: Bench) -> None:
    bench.zalo.settings.uploads_per_month = 1
    assert (await bench.upload("image", "a.png", png()))["error"] == 0
    assert (await bench.upload("image", "a.png", png()))["error"] == -211
    assert (await bench.upload("gif", "a.gif", b"GIF89a" + b"\0" * 20))["error"] == 0
    assert (await bench.upload("gif", "a.gif", jpeg(2_000)))["error"] == -201
    assert (await bench.post("/v2.0/oa/upload/file", {}))["error"] == -201
