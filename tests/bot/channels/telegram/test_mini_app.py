"""What the app signs of its person is believed only as signed, by this bot's token, and for a few minutes."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from bot.channels.telegram.mini_app import FRESH, app_proof, read_init_data

TOKEN = "123456:TEST"
AT = datetime.fromtimestamp(1763769600, UTC)
FIELDS = {
    "auth_date": "1763769600",
    "query_id": "AAE",
    "user": '{"id":42,"first_name":"An","language_code":"vi"}',
}
HASH = "8f0ec09e7831dca6999da1fb73524f33cb880c40c6c22efee384585b58019150"
"""The test vector of the reference (telegram.md 1.15)."""


def signed(token: str = TOKEN, **changed: str) -> str:
    fields = FIELDS | changed
    text = "\n".join(f"{name}={value}" for name, value in sorted(fields.items()))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    return urlencode(fields | {"hash": hmac.digest(key, text.encode(), hashlib.sha256).hex()})


def test_the_vector_of_the_reference_is_believed() -> None:
    found = read_init_data(urlencode(FIELDS | {"hash": HASH}), token=TOKEN, now=AT)
    assert found is not None
    assert (found.channel, found.account, found.chat, found.mark) == ("telegram", "123456", "42", HASH)
    assert app_proof(TOKEN)(signed(signature="s%2F=", start_param="x"), AT) is not None


@pytest.mark.parametrize("late", [FRESH + timedelta(seconds=1), -timedelta(minutes=2)])
def test_old_words_and_those_of_the_future_are_not(late: timedelta) -> None:
    assert read_init_data(signed(), token=TOKEN, now=AT + late) is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "hash=" + HASH,
        urlencode(FIELDS),
        urlencode(FIELDS | {"hash": HASH.upper()}),
        urlencode(FIELDS | {"hash": "é"}),
        signed().replace("42", "43"),
        signed("654321:OTHER"),
        signed(user='{"id":"42"}'),
        signed(user='{"id":true}'),
        signed(user='{"id":-42}'),
        signed(user="[42]"),
        signed(user="{"),
        signed(auth_date="x"),
        signed(auth_date="9" * 15),
        signed() + "&extra=1",
        "&".join(f"a{n}=1" for n in range(100)),
        "x" * 5000,
    ],
)
def test_anything_else_is_not(data: str) -> None:
    assert read_init_data(data, token=TOKEN, now=AT) is None


@given(some.text(max_size=300))
def test_nothing_typed_is_ever_believed_or_breaks_it(data: str) -> None:
    assert read_init_data(data, token=TOKEN, now=AT) is None
