"""Who opened our page inside the app: what the platform signs of it, checked with the bot's token.

The signature is HMAC-SHA256 over all pairs but `hash`, sorted, with a key made of the token (Telegram reference 1.15;
https://core.telegram.org/bots/webapps#validating-data-received-via-the-mini-app).
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import parse_qsl

from bot.channels.telegram.parser import CHANNEL
from bot.console.parts import AppAccount

FRESH: Final = timedelta(minutes=5)
"""How old what was signed may be; the app signs anew each time the page is opened."""
_AHEAD: Final = timedelta(minutes=1)
"""Clocks differ a little."""
_LONGEST: Final = 4096
_MOST_FIELDS: Final = 40


def app_proof(token: str) -> Callable[[str, datetime], AppAccount | None]:
    """Checks what the app of this bot brings along, at a moment."""
    return lambda data, now: read_init_data(data, token=token, now=now)


def read_init_data(data: str, *, token: str, now: datetime) -> AppAccount | None:
    """The private chat of the person the platform vouches for; None for anything it did not sign, or not lately."""
    if not data or len(data) > _LONGEST:
        return None
    try:
        pairs = dict(
            parse_qsl(data, keep_blank_values=True, strict_parsing=True, max_num_fields=_MOST_FIELDS)
        )
    except ValueError:
        return None
    signed = pairs.pop("hash", "")
    text = "\n".join(f"{name}={value}" for name, value in sorted(pairs.items()))
    key = hmac.digest(b"WebAppData", token.encode(), hashlib.sha256)
    wanted = hmac.digest(key, text.encode(), hashlib.sha256).hex()
    if not hmac.compare_digest(wanted.encode(), signed.encode()):
        return None
    person, made_at = _person(pairs.get("user", "")), _moment(pairs.get("auth_date", ""))
    if person is None or made_at is None or not now - FRESH <= made_at <= now + _AHEAD:
        return None
    return AppAccount(channel=CHANNEL, account=token.partition(":")[0], chat=person, mark=signed)


def _person(user: str) -> str | None:
    try:
        found = json.loads(user)
    except ValueError:
        return None
    number = found.get("id") if isinstance(found, dict) else None
    return str(number) if isinstance(number, int) and not isinstance(number, bool) and number > 0 else None


def _moment(typed: str) -> datetime | None:
    if not (typed.isascii() and typed.isdigit() and len(typed) < 12):
        return None
    return datetime.fromtimestamp(int(typed), UTC)
