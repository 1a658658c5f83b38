"""The signature of an event: a plain SHA-256 over app id, body, timestamp and key (reference 2.2).

Which key, and which id stands first, is told differently in different places, so it is a setting. Where the
configured way fails the others are tried only to say which would have matched; they never let an event in.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bot.channels.zalo_oa.options import OaOptions
from bot.setting_views import Signing

HEADER: Final = "X-ZEvent-Signature"
_MAC: Final = re.compile(r"\s*(?:mac\s*=\s*)?([0-9a-fA-F]{64})\s*\Z")


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request brings: the header, the bytes as they came, and the timestamp as the body writes it."""

    header: str
    body: bytes
    timestamp: str
    body_app_id: str = ""
    """The application that the body names; only for saying what is wrong."""


def mac_of(first: str, body: bytes, timestamp: str, key: str) -> str:
    """The lower-case hex of `first + body + timestamp + key`, as Zalo computes it."""
    digest = hashlib.sha256(_bytes(first))
    for part in (body, _bytes(timestamp), _bytes(key)):
        digest.update(part)
    return digest.hexdigest()


def is_authentic(signed: Signed, options: OaOptions) -> bool:
    """Whether the configured way gives the signature of the header. Takes the same time wherever they differ."""
    given = _given(signed.header)
    return given is not None and _same(given, _way(options, options.signing, signed))


def would_match(signed: Signed, options: OaOptions) -> str:
    """Which other way gives the signature, as a word for counting; empty where none does."""
    given = _given(signed.header)
    if given is None:
        return "header_unreadable"
    found = ""
    for name, mac in _others(signed, options):
        if _same(given, mac):
            found = found or f"{name}_would_match"
    return found


def _others(signed: Signed, options: OaOptions) -> Iterator[tuple[str, str]]:
    for signing in Signing:
        if signing is not options.signing:
            yield signing.value, _way(options, signing, signed)
    if signed.body_app_id not in ("", options.app_id):
        yield "app_id_of_body", mac_of(signed.body_app_id, signed.body, signed.timestamp, options.secret_key)
    key, text = _bytes(options.secret_key), _bytes(options.app_id) + signed.body + _bytes(signed.timestamp)
    yield "hmac", hmac.new(key, text, hashlib.sha256).hexdigest()


def _way(options: OaOptions, signing: Signing, signed: Signed) -> str:
    first = options.oa_id if signing is Signing.OA_ID_FIRST else options.app_id
    key = options.app_secret if signing is Signing.APP_SECRET else options.secret_key
    return mac_of(first, signed.body, signed.timestamp, key)


def _given(header: str) -> str | None:
    match = _MAC.match(header)
    return None if match is None else match.group(1).lower()


def _same(given: str, computed: str) -> bool:
    return hmac.compare_digest(given.encode(), computed.encode())


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
