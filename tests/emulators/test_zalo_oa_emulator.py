"""The emulated Official Account behaves as the reference says of the real one (sections 1, 2 and 5)."""

from __future__ import annotations

import asyncio
import hashlib
from typing import Any

import aiohttp
import pytest
from yarl import URL

from tests.emulators.telegram import SimClock
from tests.emulators.telegram.samples import jpeg, pdf
from tests.emulators.zalo_oa import VERIFIER, FaultKind, Settings, signature
from tests.emulators.zalo_oa_bench import Bench, connected

DAY = 86_400.0


# --- OAuth


async def test_a_code_becomes_a_pair_once(bench: Bench) -> None:
    link = bench.zalo.permission_link("https://x.example.vn/oauth/zalo", bench.zalo.settings.challenge)
    async with bench.http.get(f"{link}&state=abc", allow_redirects=False) as page:
        assert page.status == 302
        place = URL(page.headers["Location"])
    assert (place.query["oa_id"], place.query["state"]) == (bench.zalo.settings.oa_id, "abc")
    fields = {"grant_type": "authorization_code", "code": place.query["code"], "code_verifier": VERIFIER}

    wrong = await bench.oauth(**(fields | {"code_verifier": "x" * 43}))
    pair = await bench.oauth(**fields)
    again = await bench.oauth(**fields)

    assert wrong["error"] == -14003
    assert pair["expires_in"] == "90000"
    assert again["error"] == -14005


async def test_a_refresh_token_works_once_and_ends_the_old_access_token(bench: Bench) -> None:
    first = bench.zalo.world.oauth.pair()
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}

    second = await bench.oauth(**fields)
    spent = await bench.oauth(**fields)

    assert second["refresh_token"] != first["refresh_token"]
    assert (spent["error"], spent["access_token"]) == (-14014, "")
    bench.token = first["access_token"]
    assert (await bench.get("/v2.0/oa/getoa", {}))["error"] == -220
    bench.token = second["access_token"]
    assert (await bench.get("/v2.0/oa/getoa", {}))["data"]["oa_id"] == bench.zalo.settings.oa_id


async def test_tokens_end_with_time(bench: Bench, clock: SimClock) -> None:
    pair = bench.zalo.world.oauth.pair()
    bench.token = pair["access_token"]
    clock.advance(90_001)
    assert (await bench.get("/v2.0/oa/getoa", {}))["error"] == -220
    clock.advance(90 * DAY)
    answer = await bench.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert answer["error"] == -14014


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"app_id": "1", "grant_type": "refresh_token"}, -14002),
        ({"secret": "wrong", "grant_type": "refresh_token"}, -14004),
        ({"grant_type": "password"}, -14018),
    ],
)
async def test_oauth_refuses_with_200(bench: Bench, fields: dict[str, str], code: int) -> None:
    assert (await bench.oauth(**fields))["error"] == code


async def test_a_renewal_whose_answer_is_lost_was_made(bench: Bench) -> None:
    first = bench.zalo.world.oauth.pair()
    bench.zalo.fault(FaultKind.LOST_AFTER, "access_token")
    fields = {"grant_type": "refresh_token", "refresh_token": first["refresh_token"]}
    with pytest.raises(aiohttp.ClientError):
        await bench.oauth(**fields)
    assert (await bench.oauth(**fields))["error"] == -14014
    assert bench.zalo.renewals == 1


async def test_a_renewal_can_be_refused_and_the_grant_withdrawn(bench: Bench) -> None:
    pair = bench.zalo.world.oauth.pair()
    bench.zalo.refuse_renewals()
    fields = {"grant_type": "refresh_token", "refresh_token": pair["refresh_token"]}
    assert (await bench.oauth(**fields))["error"] == -14014
    bench.token = bench.zalo.world.oauth.pair()["access_token"]
    bench.zalo.withdraw_grant(-223)
    assert (await bench.get("/v2.0/oa/getoa", {}))["error"] == -223


# --- sending


async def test_texts_and_their_limits(bench: Bench) -> None:
    user = await connected(bench)
    sent = await bench.say(user, "Chào Ông/Bà")
    assert sent["data"]["message_id"] == user.last.id
    assert sent["data"]["quota"]["quota_type"] == "reply"
    assert user.last.text == "Chào Ông/Bà"
    assert (await bench.say(user, "a" * 2000))["error"] == 0
    assert (await bench.say(user, "a" * 2001))["error"] == -210
    assert (await bench.say(user, "  "))["error"] == -201
    nobody = {"recipient": {"user_id": "1"}, "message": {"text": "?"}}
    assert (await bench.post("/v3.0/oa/message/cs", nobody))["error"] == -213
    number = {"recipient": {"user_id": 12}, "message": {"text": "?"}}
    assert (await bench.post("/v3.0/oa/message/cs", number))["error"] == -201
    assert (await bench.post("/v3.0/oa/message/cs", number, token="bad"))["error"] == -216


def with_buttons(count: int, payload: str = "#b:x") -> dict[str, Any]:
    button = {"title": "Có", "type": "oa.query.hide", "payload": payload}
    return {"text": "?", "attachment": {"type": "template", "payload": {"buttons": [button] * count}}}


async def test_buttons_come_back_as_text_and_are_hidden(bench: Bench) -> None:
    user = await connected(bench)
    assert (await bench.say(user, with_buttons(5)))["error"] == 0
    assert (await bench.say(user, with_buttons(6)))["error"] == -210
    assert (await bench.say(user, with_buttons(1, "x" * 1001)))["error"] == -210
    await bench.zalo.settled()
    bench.events.clear()
    before = len(user.messages)
    user.press("Có")
    await bench.zalo.settled()
    event = bench.events[-1][0]
    assert (event["event_name"], event["message"]["text"]) == ("user_send_text", "#b:x")
    assert len(user.messages) == before
    bench.zalo.settings.buttons = "reject"
    assert (await bench.say(user, with_buttons(1)))["error"] == -233


async def test_windows_and_states_of_a_person(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    clock.advance(3 * DAY)
    bench.token = bench.zalo.world.oauth.pair()["access_token"]
    assert (await bench.say(user, "sau ba ngày"))["data"]["quota"]["quota_type"] == "sub_quota"
    bench.zalo.settings.package_quota = 0
    assert (await bench.say(user, "hết hạn mức"))["error"] == -211
    clock.advance(5 * DAY)
    bench.token = bench.zalo.world.oauth.pair()["access_token"]
    assert (await bench.say(user, "sau tám ngày"))["error"] == -230
    user.say("tôi đây")
    assert (await bench.say(user, "chào lại"))["error"] == 0
    user.block()
    assert (await bench.say(user, "?"))["error"] == -244
    silent = bench.zalo.person("Im")
    assert (await bench.say(silent, "?"))["error"] == -232


async def test_uploads_are_checked_and_end(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    photo = await bench.upload("image", "a.jpg", jpeg(20_000))
    element = {"media_type": "image", "attachment_id": photo["data"]["attachment_id"]}
    picture = {
        "text": "ảnh",
        "attachment": {"type": "template", "payload": {"template_type": "media", "elements": [element]}},
    }
    assert (await bench.say(user, picture))["error"] == 0
    assert user.last.attachments[0].data.startswith(b"\xff\xd8")
    paper = await bench.upload("file", "don.pdf", pdf())
    file = {"attachment": {"type": "file", "payload": {"token": paper["data"]["token"]}}}
    assert (await bench.say(user, file))["error"] == 0
    assert user.last.attachments[0].name == "don.pdf"
    assert (await bench.upload("image", "a.jpg", jpeg(1_100_000)))["error"] == -210
    assert (await bench.upload("file", "a.xlsx", b"PK"))["error"] == -201
    clock.advance(7 * DAY + 1)
    user.say("lại")
    bench.token = bench.zalo.world.oauth.pair()["access_token"]
    assert (await bench.say(user, file))["error"] == -100


async def test_the_rate_is_counted(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    bench.zalo.settings.oa_per_minute = 5
    clock.advance(61)
    answers = [(await bench.say(user, str(n)))["error"] for n in range(7)]
    assert answers == [0] * 5 + [-32] * 2
    clock.advance(61)
    assert (await bench.say(user, "wieder"))["error"] == 0
    assert bench.zalo.busiest_minute() == 7


async def test_templates_by_user_and_by_phone(bench: Bench) -> None:
    user = bench.zalo.person("Sen", "84901234567")
    bench.zalo.approve_template("77", {"ma": 20}, "Hồ sơ <ma> đã có kết quả")
    by_user = {"user_id": user.id, "template_id": "77", "template_data": {"ma": "ABC"}}
    assert (await bench.post("/v3.0/oa/message/template", by_user))["error"] == 0
    assert user.last.text == "Hồ sơ ABC đã có kết quả"
    missing = {**by_user, "template_data": {}}
    assert (await bench.post("/v3.0/oa/message/template", missing))["error"] == -1122
    long = {**by_user, "template_data": {"ma": "A" * 21}}
    assert (await bench.post("/v3.0/oa/message/template", long))["error"] == -1121
    headers = {"access_token": bench.token}
    body = {"phone": "84901234567", "template_id": "77", "template_data": {"ma": "X"}, "tracking_id": "t1"}
    url = f"{bench.zalo.business_url}/message/template"
    async with bench.http.post(url, json=body, headers=headers) as answer:
        assert (await answer.json())["data"]["msg_id"] == user.last.id
    async with bench.http.post(url, json={**body, "phone": "84900000000"}, headers=headers) as answer:
        assert (await answer.json())["error"] == -118


async def test_what_a_demanded_proof_must_be(bench: Bench) -> None:
    user = await connected(bench)
    bench.zalo.settings.demand_proof = True
    assert (await bench.say(user, "?"))["error"] == -242


async def test_recent_chats_can_be_read_back(bench: Bench) -> None:
    user = await connected(bench)
    await bench.say(user, "chào")
    [newest] = (await bench.get("/v2.0/oa/listrecentchat", {"offset": 0, "count": 10}))["data"]
    assert (newest["src"], newest["message"]) == (0, "chào")
    whole = await bench.get("/v2.0/oa/conversation", {"user_id": user.id, "offset": 0, "count": 10})
    assert [told["src"] for told in whole["data"]] == [0, 1]
    assert (await bench.get("/v2.0/oa/listrecentchat", {"offset": 0, "count": 11}))["error"] == -210


# --- the webhook


async def failed(bench: Bench, attempts: int) -> None:
    """Until the newest event has failed so often and waits for its next attempt."""
    async with asyncio.timeout(5):
        while len(bench.zalo.delivered()[-1].answers) < attempts or not bench.zalo.deliverer.waiting:
            await asyncio.sleep(0.005)


async def test_events_are_signed_over_their_bytes(bench: Bench) -> None:
    assert await bench.zalo.register(bench.hook) == 200
    assert bench.events[0][0] == {}
    assert "X-ZEvent-Signature" not in bench.events[0][1]
    user = bench.zalo.person()
    user.say("Đường hỏng")
    await bench.zalo.settled()
    event, headers, raw = bench.events[-1]
    settings = bench.zalo.settings
    whole = settings.app_id.encode() + raw + event["timestamp"].encode() + settings.oa_secret.encode()
    assert headers["X-ZEvent-Signature"] == "mac=" + hashlib.sha256(whole).hexdigest()
    assert headers["X-ZEvent-Signature"] == signature(
        settings.app_id, raw, event["timestamp"], settings.oa_secret
    )
    assert "Đường hỏng".encode() in raw
    assert event["sender"]["id"] == user.id


async def test_photos_chosen_together_are_events_of_their_own(bench: Bench) -> None:
    user = await connected(bench)
    user.send_photos(3, "ba ảnh")
    await bench.zalo.settled()
    assert bench.names() == ["user_send_image"] * 3
    url = bench.events[0][0]["message"]["attachments"][0]["payload"]["url"]
    async with bench.http.get(url) as answer:
        assert (await answer.read()).startswith(b"\xff\xd8")


async def test_what_is_not_taken_comes_again(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    bench.status = 503
    user.say("một")
    await failed(bench, 1)
    assert bench.zalo.unconfirmed == 1
    bench.status = 200
    clock.advance(31)
    await bench.zalo.settled()
    assert bench.events[-1][1]["num_retry"] == "1"
    assert bench.events[-1][2] == bench.events[0][2]


async def test_after_the_last_attempt_the_webhook_is_taken_off(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    bench.status = 500
    user.say("một")
    for attempt, seconds in enumerate((30, 300, 900, 1800, 3600), start=1):
        await failed(bench, attempt)
        clock.advance(seconds + 1)
    await bench.zalo.settled()
    assert len(bench.events) == 6
    assert bench.zalo.deliverer.deregistered == 1


async def test_echoes_receipts_and_the_console(bench: Bench) -> None:
    user = await connected(bench)
    await bench.say(user, "chào")
    bench.zalo.console_says(user, "tôi là cán bộ")
    user.read()
    await bench.zalo.settled()
    echoes = [event for event, _, _ in bench.events if event["event_name"] == "oa_send_text"]
    assert ["admin_id" in event["sender"] for event in echoes] == [False, True]
    assert bench.names().count("user_received_message") == 2
    seen = next(event for event, _, _ in bench.events if event["event_name"] == "user_seen_message")
    assert len(seen["message"]["msg_ids"]) == 2


async def test_follow_info_and_withdrawal(bench: Bench) -> None:
    user = await connected(bench)
    user.follow()
    user.click_chatnow()
    user.share_info("Sen", "84901234567", "Phủ Lý")
    user.unfollow()
    user.withdraw()
    await bench.zalo.settled()
    assert bench.names() == ["follow", "user_click_chatnow", "user_submit_info", "unfollow", "user_withdraw"]
    assert bench.events[0][0]["follower"]["id"] == user.id
    assert bench.events[2][0]["info"]["phone"] == "84901234567"


# --- faults


async def test_a_send_may_be_lost_before_or_after(bench: Bench) -> None:
    user = await connected(bench)
    count = len(user.messages)
    bench.zalo.fault(FaultKind.RESET_BEFORE, "message/cs")
    with pytest.raises(aiohttp.ClientError):
        await bench.say(user, "mất")
    assert len(user.messages) == count
    bench.zalo.fault(FaultKind.LOST_AFTER, "message/cs")
    with pytest.raises(aiohttp.ClientError):
        await bench.say(user, "đến")
    assert user.last.text == "đến"
    bench.zalo.fail("message/cs", -987_654)
    assert (await bench.say(user, "?"))["error"] == -987_654
    bench.zalo.fault(FaultKind.NOT_JSON, "message/cs")
    with pytest.raises(ValueError, match="Expecting"):
        await bench.say(user, "?")


async def test_dead_links(bench: Bench) -> None:
    user = await connected(bench)
    user.send_photo(expired=404)
    await bench.zalo.settled()
    url = bench.events[-1][0]["message"]["attachments"][0]["payload"]["url"]
    async with bench.http.get(url) as answer:
        assert answer.status == 404


def test_limits_begin_high() -> None:
    assert Settings().oa_per_minute > 100_000
