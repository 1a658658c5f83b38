"""The rest of the emulated Official Account: grants, what a message may be, reads, templates."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.emulators.telegram import SimClock
from tests.emulators.zalo_oa import (
    VERIFIER,
    ButtonMissing,
    Settings,
    signature,
)
from tests.emulators.zalo_oa.rates import Rates
from tests.emulators.zalo_oa_bench import Bench, connected

DAY = 86_400.0
CS = "/v3.0/oa/message/cs"
TEMPLATE = {"template_id": "77", "template_data": {"ma": "TD-1"}}


def template(payload: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"attachment": {"type": "template", "payload": payload}, **more}


# --- test vectors


def test_the_references_vectors_hold() -> None:
    body = (
        '{"app_id":"1234567890123456789","sender":{"id":"246845883529197922"},'
        '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
        '"event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"96d3cdf3af150460909"},'
        '"timestamp":"1763769600000"}'
    )
    args = ("1234567890123456789", body.encode(), "1763769600000", "OaSecretKeyForTests1")
    assert signature(*args) == "mac=e8d0213c3f21273752694c28fa56db6dba486681617c82652b71381fc9ecf82e"
    digest = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=")
    assert digest.decode() == Settings().challenge


# --- OAuth


async def test_the_permission_page_takes_only_what_the_console_has(bench: Bench) -> None:
    settings = bench.zalo.settings
    bench.zalo.permission_link("https://x.example.vn/oauth/zalo", settings.challenge)
    right = {
        "app_id": settings.app_id,
        "redirect_uri": "https://x.example.vn/oauth/zalo",
        "code_challenge": settings.challenge,
    }
    for wrong, code in (
        ({"app_id": "9"}, -14002),
        ({"redirect_uri": "https://evil.example"}, -14003),
        ({"code_challenge": "x"}, -14003),
    ):
        page = f"{bench.zalo.oauth_url}/oa/permission"
        async with bench.http.get(page, params=right | wrong, allow_redirects=False) as answer:
            assert answer.status == 200
            found = await answer.json(content_type=None)
        assert found["error"] == code
        assert set(found) == {"error", "error_name", "error_reason", "error_description", "ref_doc"}


async def test_a_code_ends_after_ten_minutes(bench: Bench, clock: SimClock) -> None:
    code = bench.zalo.world.oauth.new_code()
    clock.advance(601)
    answer = await bench.oauth(grant_type="authorization_code", code=code, code_verifier=VERIFIER)
    assert answer["error"] == -14005


async def test_oauth_errors_come_in_either_shape(bench: Bench) -> None:
    fields = {"grant_type": "refresh_token", "refresh_token": "unknown"}
    assert "access_token" in await bench.oauth(**fields)
    bench.zalo.settings.oauth_shape = "long"
    assert "ref_doc" in await bench.oauth(**fields)
    bench.zalo.settings.oauth_shape = "short"
    assert "access_token" in await bench.oauth(grant_type="password")


async def test_a_body_that_is_no_form_is_not_read(bench: Bench) -> None:
    url = f"{bench.zalo.oauth_url}/oa/access_token"
    headers = {"secret_key": bench.zalo.settings.app_secret}
    async with bench.http.post(url, json={"app_id": bench.zalo.settings.app_id}, headers=headers) as answer:
        assert (await answer.json(content_type=None))["error"] == -14002


async def test_a_renewal_may_keep_the_refresh_token(bench: Bench) -> None:
    bench.zalo.settings.keep_refresh = True
    pair = bench.zalo.world.oauth.pair()
    for _ in range(2):
        fresh = await bench.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])
        assert set(fresh) == {"access_token", "expires_in"}
    bench.token = fresh["access_token"]
    assert (await bench.get("/v2.0/oa/getoa", {}))["error"] == 0


async def test_a_withdrawn_grant_ends_events_and_tokens(bench: Bench) -> None:
    user = await connected(bench)
    pair = bench.zalo.world.oauth.pair()
    bench.zalo.withdraw_grant(-219)
    user.say("nghe không?")
    assert bench.zalo.unconfirmed == 0
    bench.token = pair["access_token"]
    assert (await bench.say(user, "?"))["error"] == -219
    answer = await bench.oauth(grant_type="refresh_token", refresh_token=pair["refresh_token"])
    assert answer["error"] == -14014
    bench.token = bench.zalo.world.oauth.pair()["access_token"]
    assert (await bench.say(user, "lại"))["error"] == 0


async def test_the_proof_is_a_keyed_hash_of_the_token(bench: Bench) -> None:
    bench.zalo.settings.demand_proof = True
    secret, token = bench.zalo.settings.app_secret.encode(), bench.token.encode()
    proof = hmac.new(secret, token, hashlib.sha256).hexdigest()
    headers = {"access_token": bench.token, "appsecret_proof": proof}
    async with bench.http.get(f"{bench.zalo.api_url}/v2.0/oa/getoa", headers=headers) as answer:
        assert (await answer.json())["error"] == 0
    assert (await bench.business("GET", "/message/quota"))["error"] == -1241


# --- what a message may be


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ({}, -201),
        ({"text": 5}, -201),
        ({"attachment": {"type": "template"}}, -201),
        ({"attachment": {"type": "video", "payload": {}}}, -201),
        ({"attachment": {"type": "file", "payload": {"token": "unknown"}}}, -241),
        (template({"template_type": "media", "elements": []}), -201),
        (template({"template_type": "media", "elements": [{"media_type": "image"}]}), -201),
        (
            template(
                {
                    "template_type": "media",
                    "elements": [{"media_type": "image", "url": "https://x/y.jpg", "attachment_id": "z"}],
                }
            ),
            -201,
        ),
        (
            template({"template_type": "media", "elements": [{"media_type": "gif", "url": "https://x/y"}]}),
            -201,
        ),
        (template({"template_type": "list", "elements": [{"title": "a", "subtitle": "b"}]}), -233),
        (template({"buttons": []}, text="?"), -201),
        (template({"buttons": [{"title": "a", "type": "oa.query.show"}]}, text="?"), -201),
        (
            template({"buttons": [{"title": "a" * 101, "type": "oa.query.show", "payload": "x"}]}, text="?"),
            -210,
        ),
        (template({"buttons": [{"title": "a", "type": "oa.open.url", "payload": {}}]}, text="?"), -201),
        (template({"buttons": [{"title": "a", "type": "oa.nothing", "payload": "x"}]}, text="?"), -201),
        ({"text": "x", "quote_message_id": "of somebody else"}, -201),
        ({"text": "🙂" * 1001}, -210),
    ],
)
async def test_what_is_refused(bench: Bench, message: dict[str, Any], code: int) -> None:
    user = await connected(bench)
    assert (await bench.say(user, message))["error"] == code
    assert not user.said_by_bot()


async def test_what_is_shown(bench: Bench) -> None:
    user = await connected(bench)
    bench.zalo.settings.lists = "accept"
    buttons = [
        {"title": "Gọi", "type": "oa.open.phone", "payload": {"phone_code": "84901234567"}},
        {"title": "Trang", "type": "oa.open.url", "payload": {"url": "https://x.example.vn"}},
    ]
    assert (await bench.say(user, template({"buttons": buttons}, text="?")))["error"] == 0
    assert [button.phone or button.url for button in user.last.buttons] == [
        "84901234567",
        "https://x.example.vn",
    ]
    assert user.press("Trang").url == "https://x.example.vn"
    with pytest.raises(ButtonMissing):
        user.press("Không có")
    asked = {"title": "Thông tin", "subtitle": "Xin chia sẻ", "image_url": "https://x/y.jpg"}
    wish = template({"template_type": "request_user_info", "elements": [asked]})
    assert (await bench.say(user, wish))["error"] == 0
    assert (user.last.kind, user.last.attachments[0].title) == ("request_user_info", "Thông tin")
    line = {"title": "Một", "subtitle": "x", "default_action": {"type": "oa.query.show", "payload": "#1"}}
    listed = template({"template_type": "list", "elements": [line]})
    assert (await bench.say(user, listed))["error"] == 0
    user.press("Một")
    assert [shown.text for shown in user.messages][-1] == "#1"
    first = user.messages[0]
    await bench.say(user, {"text": "trả lời", "quote_message_id": first.id})
    assert user.last.quote == first.id
    await bench.zalo.settled()
    assert bench.names().count("oa_send_list") == 1
    assert bench.names().count("oa_send_template") == 1


async def test_the_units_of_length_are_a_setting(bench: Bench) -> None:
    user = await connected(bench)
    bench.zalo.settings.utf16_length = False
    assert (await bench.say(user, "🙂" * 2000))["error"] == 0


async def test_strangers_and_the_inactive(bench: Bench) -> None:
    stranger = bench.zalo.person(follower=False)
    assert (await bench.say(stranger, "?"))["error"] == -213
    assert (await bench.get("/v3.0/oa/user/detail", {"user_id": stranger.id}))["error"] == -213
    stranger.click_chatnow()
    assert (await bench.say(stranger, "Chào"))["error"] == 0
    stranger.account.inactive = True
    assert (await bench.say(stranger, "?"))["error"] == -227
    bench.zalo.settings.never_interacted = -230
    assert (await bench.say(bench.zalo.person(), "?"))["error"] == -230


async def test_anonymous_visitors_are_answered_in_their_conversation(bench: Bench) -> None:
    await connected(bench)
    visitor = bench.zalo.person(anonymous=True)
    visitor.say("ẩn danh")
    await bench.zalo.settled()
    [event] = bench.named("anonymous_send_text")
    recipient = {"anonymous_id": visitor.id, "conversation_id": event["message"]["conversation_id"]}
    body = {"recipient": recipient, "message": {"text": "chào"}}
    assert (await bench.post("/v2.0/oa/message", body))["error"] == 0
    assert visitor.last.text == "chào"
    body["recipient"] = {**recipient, "conversation_id": "1"}
    assert (await bench.post(CS, body))["error"] == -201
    await bench.zalo.settled()
    assert len(bench.named("oa_send_anonymous_text")) == 1
    closed = {"recipient": {"user_id": visitor.id}, "message": {"text": "x"}}
    assert (await bench.post("/v2.0/oa/message", closed))["error"] == -240


# --- reads


async def test_reads_of_people_and_quotas(bench: Bench, clock: SimClock) -> None:
    user = await connected(bench)
    for number in range(4):
        bench.zalo.person(f"Người {number}")
    user.share_info("Sen", "84901234567", "Phủ Lý")
    detail = (await bench.get("/v3.0/oa/user/detail", {"user_id": user.id}))["data"]
    assert (detail["display_name"], detail["user_is_follower"]) == ("Sen", True)
    assert detail["shared_info"]["phone"] == "84901234567"
    page = (await bench.get("/v3.0/oa/user/getlist", {"offset": 3, "count": 50}))["data"]
    assert (page["total"], len(page["users"])) == (5, 2)
    assert (await bench.get("/v3.0/oa/user/getlist", {"offset": 0, "count": 51}))["error"] == -210
    told = (await bench.post("/v3.0/oa/quota/message", {"user_id": user.id}))["data"]
    assert told["last_interaction"] == str(round(clock.now() * 1000))
    [owned] = (await bench.post("/v3.0/oa/quota/message", {}))["data"]
    assert owned["quota_type"] == "sub_quota"


async def test_requests_that_cannot_be_read(bench: Bench) -> None:
    headers = {"access_token": bench.token, "Content-Type": "application/json"}
    for raw in (b"{", b"[]", b"\xff"):
        async with bench.http.post(f"{bench.zalo.api_url}{CS}", data=raw, headers=headers) as answer:
            assert (await answer.json())["error"] == -201
    async with bench.http.get(f"{bench.zalo.api_url}/v9/nothing", headers=headers) as answer:
        assert answer.status == 404
    assert bench.zalo.calls_of("message/cs")[0].outcome.startswith("-201")


async def test_the_rate_is_told_in_headers(bench: Bench) -> None:
    bench.zalo.settings.oa_per_minute = 2
    found = []
    for _ in range(3):
        async with bench.http.get(
            f"{bench.zalo.api_url}/v2.0/oa/getoa", headers={"access_token": bench.token}
        ) as answer:
            left = answer.headers["X-RateLimit-Remain"]
            found.append(((await answer.json())["error"], answer.headers["X-RateLimit-Limit"], left))
    assert found == [(0, "2", "1"), (0, "2", "0"), (-32, "2", "0")]


def test_the_busiest_minute_slides() -> None:
    rates = Rates()
    for second in (0.0, 59.0, 60.0, 61.0, 200.0):
        rates.take(second, 100)
    assert rates.busiest == 3


# --- templates


async def test_the_rules_of_templates(clock: SimClock, bench: Bench) -> None:
    zalo, settings = bench.zalo, bench.zalo.settings
    user = zalo.person("Sen", "84901234567")
    zalo.approve_template("77", {"ma": 20}, "Hồ sơ <ma>", tag=2)
    zalo.approve_template("78", {"ma": 20}, "Hồ sơ <ma>", approved=False)
    body = {"phone": "84901234567", **TEMPLATE}

    async def sent(**more: Any) -> int:
        return int((await bench.business("POST", "/message/template", body | more))["error"])

    assert await sent(phone="0901234567") == -108
    assert await sent(template_id="78") == -131
    assert await sent(template_id="unknown") == -201
    assert await sent(mode="development") == -126
    zalo.person("Quản trị", "84907654321", admin=True)
    assert await sent(mode="development", phone="84907654321") == 0
    user.account.refuses_templates = True
    assert await sent() == -139
    user.account.refuses_templates = False
    settings.night_window = True
    hour = datetime.fromtimestamp(clock.now(), UTC).hour
    clock.advance(((16 - hour) % 24) * 3600.0)  # 23:00 in Vietnam
    bench.token = zalo.world.oauth.pair()["access_token"]
    assert await sent() == -133
    settings.night_window = False
    settings.template_quota = 1
    assert await sent() == 0
    assert await sent() == -144
    assert (await bench.business("GET", "/message/quota"))["data"]["remainingQuota"] == "0"
    bench.token = "unknown"
    assert await sent() == -124


async def test_delivery_of_a_template_is_told(bench: Bench) -> None:
    await connected(bench)
    user = bench.zalo.person("Sen", "84901234567")
    user.go_offline()
    bench.zalo.approve_template("77", {"ma": 20}, "Hồ sơ <ma>")
    body = {"phone": "84901234567", **TEMPLATE, "tracking_id": "notice-5"}
    sent = (await bench.business("POST", "/message/template", body))["data"]

    async def status(message_id: str) -> int:
        found = await bench.business("GET", "/message/status", message_id=message_id)
        return int(found["data"]["status"])

    assert [await status("nothing"), await status(sent["msg_id"])] == [-1, 0]
    user.come_online()
    assert await status(sent["msg_id"]) == 1
    await bench.zalo.settled()
    event, headers, _ = bench.events[-1]
    assert headers["X-ZEvent-Server"] == "ZNS"
    assert (event["event_name"], event["recipient"]["id"]) == ("user_received_message", "84901234567")
    assert event["message"]["tracking_id"] == "notice-5"
