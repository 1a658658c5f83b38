"""Checks of the bot: is the token good, does the server answer, is the webhook as set, is the clock right."""

from __future__ import annotations

from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from bot.cli.checkup.findings import Finding, fail, ok, warn
from bot.setting_rules import TELEGRAM_API_URL
from bot.setting_views import TelegramMode, TelegramSettings
from bot.settings import Settings
from petitions.clock import Clock

_PATIENCE = aiohttp.ClientTimeout(total=10)
_WEBHOOK_PORTS = frozenset({443, 80, 88, 8443})
"""Ports the public server calls (Bot API, setWebhook notes)."""
_WEBHOOK_PATH = "/webhooks/telegram"
_SHORT_SECRET = 16
_SMALL_SKEW, _LARGE_SKEW = 30.0, 300.0
"""Seconds. Dates told to citizens are computed from this clock."""


class _NoAnswerError(Exception):
    """The server could not be asked; the message has no address in it, for that holds the token."""


async def check_telegram(settings: Settings, clock: Clock) -> list[Finding]:
    """Ask the server who the bot is. The token never appears in what comes back."""
    telegram = settings.telegram
    if telegram is None:
        return [ok("telegram", "off (no TIEPDAN_TELEGRAM_TOKEN); the web chat works without it")]
    try:
        async with aiohttp.ClientSession(timeout=_PATIENCE) as session:
            status, answer, server_time = await _ask(session, telegram, "getMe")
            findings = [_identity(status, answer)]
            findings += _skew(server_time, clock.now())
            if status == 200:
                _, webhook, _ = await _ask(session, telegram, "getWebhookInfo")
                findings += _webhook(settings, telegram, webhook.get("result") or {})
            return findings
    except _NoAnswerError as error:
        message = f"{error}. Check TIEPDAN_TELEGRAM_API_URL, the network and the firewall."
        return [fail("telegram", message)]


async def _ask(
    session: aiohttp.ClientSession, telegram: TelegramSettings, method: str
) -> tuple[int, dict[str, Any], datetime | None]:
    host = urlsplit(telegram.api_url).hostname
    try:
        url = f"{telegram.api_url}/bot{telegram.token.get_secret_value()}/{method}"
        async with session.get(url) as response:
            answer = await response.json(content_type=None)
            told = response.headers.get("Date")
            moment = parsedate_to_datetime(told) if told else None
            return response.status, answer if isinstance(answer, dict) else {}, moment
    except TimeoutError:
        raise _NoAnswerError(f"{host} did not answer within {_PATIENCE.total:g} s") from None
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise _NoAnswerError(f"{host} could not be asked ({type(error).__name__})") from None


def _identity(status: int, answer: dict[str, Any]) -> Finding:
    bot = answer.get("result")
    if status == 200 and isinstance(bot, dict):
        return ok("telegram", f"the bot is @{bot.get('username')} (id {bot.get('id')})")
    if status in {401, 404}:
        message = (
            "the token is refused. Copy TIEPDAN_TELEGRAM_TOKEN anew from @BotFather (/mybots, API Token)."
        )
        return fail("telegram", message)
    return fail("telegram", f"the server answers with status {status}; try again later.")


def _skew(server_time: datetime | None, now: datetime) -> list[Finding]:
    if server_time is None or server_time.tzinfo is None:
        return []
    seconds = abs((now - server_time).total_seconds())
    message = f"this machine's clock differs by {seconds:.0f} s from the server's"
    if seconds > _LARGE_SKEW:
        return [
            fail("clock", f"{message}: legal dates would be wrong. Switch on NTP (timedatectl set-ntp true).")
        ]
    if seconds > _SMALL_SKEW:
        return [warn("clock", f"{message}. Switch on NTP (timedatectl set-ntp true).")]
    return [ok("clock", message)]


def _webhook(settings: Settings, telegram: TelegramSettings, info: dict[str, Any]) -> list[Finding]:
    current = str(info.get("url") or "")
    if telegram.mode is TelegramMode.POLLING:
        if current:
            return [
                warn("telegram updates", "polling; a webhook is set at the server and is removed at start.")
            ]
        return [ok("telegram updates", "polling, no public address needed")]
    findings = []
    expected = settings.http.public_url + _WEBHOOK_PATH
    address = urlsplit(expected)
    port = address.port or (443 if address.scheme == "https" else 80)
    if telegram.api_url == TELEGRAM_API_URL and port not in _WEBHOOK_PORTS:
        message = f"port {port} is never called; use 443, 80, 88 or 8443 in TIEPDAN_PUBLIC_URL."
        findings.append(fail("telegram updates", message))
    secret = telegram.webhook_secret
    if secret is not None and len(secret.get_secret_value()) < _SHORT_SECRET:
        findings.append(
            warn("telegram updates", "TIEPDAN_TELEGRAM_WEBHOOK_SECRET is short; take 32 letters.")
        )
    if current and current != expected:
        findings.append(
            warn("telegram updates", f"the server calls another address; {expected} is set at start.")
        )
    if info.get("last_error_date"):
        waiting = info.get("pending_update_count", 0)
        message = (
            f"the server's last call failed, {waiting} updates wait. Is {expected} reachable from outside?"
        )
        findings.append(warn("telegram updates", message))
    return findings or [ok("telegram updates", f"webhook {expected}")]
