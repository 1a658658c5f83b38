"""Calls of the OpenAPI: what is sent, and what each failure says about what was done."""

from __future__ import annotations

import json

import pytest
from aiohttp import web

from bot.channels.base import Again, Never, SendFault, Stop, Uncertain
from bot.channels.zalo_oa.budget import WINDOW
from bot.channels.zalo_oa.errors import TABLE, Host, Refused, Remedy, fault_of, meaning_of, template_fault_of
from bot.channels.zalo_oa.proof import appsecret_proof
from tests.bot.channels.zalo_oa.rig_out import CS, Rig, rigged
from tests.emulators.zalo_oa import ZaloOaEmulator

HELLO = {"text": "Xin chào"}


def to(user_id: str) -> dict[str, object]:
    return {"recipient": {"user_id": user_id}, "message": HELLO}


async def test_reads_and_posts(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = zalo.person("Nguyễn Văn An")
    an.say("chào")
    assert (await out.client.get("/v2.0/oa/getoa"))["oa_id"] == zalo.settings.oa_id
    detail = await out.client.get("/v3.0/oa/user/detail", {"user_id": an.id}, background=True)
    assert detail["display_name"] == "Nguyễn Văn An"
    sent = await out.client.post(CS, to(an.id))
    assert an.last.id == sent["message_id"]
    assert an.last.text == "Xin chào"
    token = await out.client.upload("/v2.0/oa/upload/file", 'Đơn "1".pdf', "application/pdf", b"%PDF-1.7")
    assert token["token"].startswith("file-")
    assert out.counted == {}


def test_the_proof_of_the_reference() -> None:
    assert (
        appsecret_proof("AccessTokenForTests", "AppSecretForTests")
        == "91a5991fb16794eacade36294f65c4ecafe3e663b17ece208a4450491fbea1e4"
    )


async def test_the_proof_goes_along_where_it_is_set(zalo: ZaloOaEmulator) -> None:
    zalo.settings.demand_proof = True
    async with rigged(zalo, proof=True) as out:
        assert (await out.client.get("/v2.0/oa/getoa"))["name"] == zalo.settings.oa_name
    async with rigged(zalo) as out:
        with pytest.raises(Refused) as caught:
            await out.client.get("/v2.0/oa/getoa")
    assert caught.value.code == -242
    assert isinstance(fault_of(caught.value, tries=0, next_minute=1, morning=1), Stop)
    assert out.counted["alarm:-242"] == 1


async def test_a_refused_token_is_replaced_once(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = zalo.person()
    an.say("chào")
    old = out.tokens.token
    zalo.world.oauth.pair()
    await out.client.post(CS, to(an.id))
    assert out.tokens.replaced == [old]
    assert [call.outcome[:4] for call in out.sends] == ["-220", "ok"]
    out.tokens.useless = True
    zalo.world.oauth.pair()
    with pytest.raises(Refused) as caught:
        await out.client.post(CS, to(an.id))
    assert caught.value.code == -220
    assert isinstance(fault_of(caught.value, tries=0, next_minute=61, morning=1), Again)
    assert len(an.said_by_bot()) == 1


@pytest.mark.parametrize(
    ("kind", "fault", "applied"),
    [
        ("bad_gateway", Uncertain, 0),
        ("gateway_lost", Uncertain, 1),
        ("not_json", Uncertain, 0),
        ("reset_before", Uncertain, 0),
        ("lost_after", Uncertain, 1),
        ("truncated", Uncertain, 1),
    ],
)
async def test_what_is_not_known_is_uncertain(
    zalo: ZaloOaEmulator, out: Rig, kind: str, fault: type[SendFault], applied: int
) -> None:
    an = zalo.person()
    an.say("chào")
    zalo.fault(kind, "message/cs")
    with pytest.raises(fault):
        await out.client.post(CS, to(an.id))
    assert len(an.said_by_bot()) == applied
    zalo.fault(kind, "getoa", count=0)
    with pytest.raises(Again):  # a read may simply be repeated
        await out.client.get("/v2.0/oa/getoa")


async def test_what_surely_never_left_is_again(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = zalo.person()
    an.say("chào")
    await zalo.go_away()
    with pytest.raises(Again):
        await out.client.post(CS, to(an.id))
    await zalo.come_back()
    await out.client.post(CS, to(an.id))
    await out.client.close()
    with pytest.raises(Again):
        await out.client.post(CS, to(an.id))


@pytest.mark.parametrize(
    ("status", "body", "fault"),
    [
        (200, '{"error":"0","data":{"message_id":"m"}}', None),
        (200, '{"error":"-213","message":"x"}', Refused),
        (400, '{"error":-201}', Refused),
        (200, '{"message":"Success"}', Uncertain),
        (200, '{"error":true}', Uncertain),
        (200, '{"error":null}', Uncertain),
        (200, "[]", Uncertain),
        (200, "", Uncertain),
        (200, '"' + "x" * 100, Uncertain),
        (404, "Not Found", Again),
        (302, "", Again),
        (403, '{"fault":"portal"}', Again),
        (408, "", Uncertain),
        (413, "<html>", Never),
        (429, "slow down", Again),
        (500, '{"error":0}', Uncertain),
        (503, "<html>", Uncertain),
    ],
)
async def test_answers_of_every_shape(
    zalo: ZaloOaEmulator, status: int, body: str, fault: type[SendFault] | None
) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=status, text=body)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        async with rigged(zalo) as out:
            object.__setattr__(out.options, "api_url", f"http://127.0.0.1:{runner.addresses[0][1]}")
            if fault is None:
                assert await out.client.post(CS, {}) == {"message_id": "m"}
                return
            with pytest.raises(fault) as caught:
                await out.client.post(CS, {})
            assert "127.0.0.1" not in repr(caught.value)
            assert out.tokens.token not in repr(caught.value)
    finally:
        await runner.cleanup()


async def test_every_request_is_counted_and_too_many_never_leave(zalo: ZaloOaEmulator) -> None:
    async with rigged(zalo, rate=3) as out:
        await out.client.get("/v2.0/oa/getoa")
        zalo.world.oauth.pair()
        await out.client.get("/v2.0/oa/getoa")  # refused for its token, repeated: two requests
        with pytest.raises(Again) as caught:
            await out.client.get("/v2.0/oa/getoa")
        assert caught.value.after == pytest.approx(WINDOW, abs=1)
    assert len(zalo.calls) == 3
    assert zalo.busiest_minute() == 3


async def test_over_the_platforms_limit_the_account_waits_for_the_next_minute(
    zalo: ZaloOaEmulator, out: Rig
) -> None:
    zalo.settings.oa_per_minute = 2
    for _ in range(2):
        await out.client.get("/v2.0/oa/getoa")
    assert out.budget.remaining == 0
    with pytest.raises(Refused) as caught:
        await out.client.get("/v2.0/oa/getoa")
    fault = fault_of(caught.value, tries=0, next_minute=out.client.until_next_minute(), morning=0)
    assert isinstance(fault, Again)
    assert fault.whole_account
    assert fault.after == pytest.approx(62.5)
    with pytest.raises(Again):
        await out.client.get("/v2.0/oa/getoa")
    assert len(zalo.calls) == 3
    assert out.counted["rate_refused"] == 1


async def test_an_unknown_error_is_counted_and_given_up_after_a_few_tries(
    zalo: ZaloOaEmulator, out: Rig
) -> None:
    zalo.fail("getoa", -7777)
    with pytest.raises(Refused) as caught:
        await out.client.get("/v2.0/oa/getoa")
    assert out.counted == {"unknown_error:-7777": 1}
    faults = [fault_of(caught.value, tries=tries, next_minute=1, morning=1) for tries in range(5)]
    assert [type(fault) for fault in faults] == [Again, Again, Again, Never, Never]


def test_every_code_of_the_table_has_a_way_out() -> None:
    for host, codes in TABLE.items():
        for code in codes:
            for means in (fault_of, template_fault_of):
                fault = means(Refused(code, host), tries=9, next_minute=1, morning=1)
                assert isinstance(fault, SendFault)
                assert not isinstance(fault, Refused)
                assert str(code) in fault.reason
            template = template_fault_of(Refused(code, host), tries=9, next_minute=1, morning=1)
            assert not isinstance(template, Never)


def test_a_number_means_what_it_means_on_its_host() -> None:
    assert meaning_of(Host.BUSINESS, -124).remedy is Remedy.RENEW
    assert meaning_of(Host.API, -124).group == "?"
    assert meaning_of(Host.BUSINESS, -230).group == "?"


async def test_words_go_out_as_utf8_and_broken_letters_are_replaced(zalo: ZaloOaEmulator, out: Rig) -> None:
    an = zalo.person()
    an.say("chào")
    await out.client.post(CS, {"recipient": {"user_id": an.id}, "message": {"text": "Đơn \ud83d mới"}})
    assert an.last.text == "Đơn ? mới"
    assert json.dumps(out.sends[0].body)
