"""The signature's test vectors of the reference (2.2), its variants, and what only looks like one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.channels.zalo_oa.options import OaOptions
from bot.channels.zalo_oa.signature import Signed, is_authentic, mac_of, would_match
from bot.setting_views import Signing

BODY = (
    '{"app_id":"1234567890123456789","sender":{"id":"246845883529197922"},'
    '"user_id_by_app":"552177279717587730","recipient":{"id":"388613280878808645"},'
    '"event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"96d3cdf3af150460909"},'
    '"timestamp":"1763769600000"}'
).encode()
STAMP = "1763769600000"
MAC = "e8d0213c3f21273752694c28fa56db6dba486681617c82652b71381fc9ecf82e"
ESCAPED_MAC = "8bb2c580493533804e982169c4b6b74b1a6aabb68d2e626bc58be0e36b83aa7f"
OPTIONS = OaOptions(
    oa_id="388613280878808645",
    app_id="1234567890123456789",
    app_secret="AppSecretForTests",
    secret_key="OaSecretKeyForTests1",
)


def test_the_vectors_of_the_reference() -> None:
    assert mac_of(OPTIONS.app_id, BODY, STAMP, OPTIONS.secret_key) == MAC
    escaped = BODY.replace("chào".encode(), b"ch\\u00e0o")
    assert mac_of(OPTIONS.app_id, escaped, STAMP, OPTIONS.secret_key) == ESCAPED_MAC
    assert is_authentic(Signed(f"mac={MAC}", BODY, STAMP), OPTIONS)
    assert is_authentic(Signed(f"mac={ESCAPED_MAC}", escaped, STAMP), OPTIONS)


@pytest.mark.parametrize("header", [f"mac={MAC}", f"mac = {MAC.upper()}", f" mac={MAC} ", MAC])
def test_the_header_may_be_written_in_several_ways(header: str) -> None:
    assert is_authentic(Signed(header, BODY, STAMP), OPTIONS)


@pytest.mark.parametrize(
    ("header", "body", "stamp"),
    [
        (f"mac={ESCAPED_MAC}", BODY, STAMP),
        (f"mac={MAC}", BODY + b" ", STAMP),
        (f"mac={MAC}", BODY, "1763769600001"),
        (f"mac={MAC}", BODY, ""),
        (f"mac={MAC[:-1]}", BODY, STAMP),
        (f"mac={MAC}0", BODY, STAMP),
        (f"mac={MAC[:-1]}đ", BODY, STAMP),
        ("mac=", BODY, STAMP),
        ("", BODY, STAMP),
        ("\udcff", BODY, STAMP),
    ],
)
def test_what_differs_in_one_place_is_refused(header: str, body: bytes, stamp: str) -> None:
    assert not is_authentic(Signed(header, body, stamp), OPTIONS)


@pytest.mark.parametrize("signing", Signing)
def test_each_way_is_accepted_only_where_it_is_set_and_named_elsewhere(signing: Signing) -> None:
    first = OPTIONS.oa_id if signing is Signing.OA_ID_FIRST else OPTIONS.app_id
    key = OPTIONS.app_secret if signing is Signing.APP_SECRET else OPTIONS.secret_key
    signed = Signed(f"mac={mac_of(first, BODY, STAMP, key)}", BODY, STAMP, OPTIONS.app_id)
    for configured in Signing:
        options = replace(OPTIONS, signing=configured)
        assert is_authentic(signed, options) is (configured is signing)
        if configured is not signing:
            assert would_match(signed, options) == f"{signing.value}_would_match"


def test_another_application_is_named() -> None:
    mac = mac_of("999", BODY, STAMP, OPTIONS.secret_key)
    assert would_match(Signed(f"mac={mac}", BODY, STAMP, "999"), OPTIONS) == "app_id_of_body_would_match"


def test_where_nothing_matches_nothing_is_named() -> None:
    assert would_match(Signed(f"mac={'0' * 64}", BODY, STAMP, OPTIONS.app_id), OPTIONS) == ""
    assert would_match(Signed("sha1=abc", BODY, STAMP), OPTIONS) == "header_unreadable"
    assert "Secret" not in repr(OPTIONS)
