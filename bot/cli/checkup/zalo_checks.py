"""Checks of the Zalo accounts: the Official Account's settings, grant and API, what only a person can look at, and
the bot of the Bot Platform. Nothing is renewed or changed here, and no token appears in what comes back."""

from __future__ import annotations

import random
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from bot.channels.zalo_bot.api import BotApi, BotFault, Refused
from bot.channels.zalo_bot.webhook import PATH as BOT_PATH
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.options import CHANNEL, PATH, OaOptions
from bot.channels.zalo_oa.parts import options_of, templates_of
from bot.channels.zalo_oa.templates import TemplatesUnusable
from bot.cli.checkup.findings import Finding, fail, ok, warn
from bot.cli.checkup.zalo_errors import AUTHORISE, advice_on, words_of
from bot.profile import ProfileError, read_agency
from bot.setting_rules import ZALO_BOT_API_URL, ZALO_OA_API_URL
from bot.setting_views import ZaloBotSettings, ZaloOaSettings
from bot.settings import Settings
from bot.turns import Books
from petitions.clock import Clock
from storage import grants, oddities
from storage.database import Database, Unavailable
from storage.grants import Grant, GrantState
from storage.ids import IdSource
from storage.keys import CannotOpen, KeyRing, KeyRingUnusable, Vault

_HOME: Final = ZoneInfo("Asia/Ho_Chi_Minh")
_QUIET: Final = timedelta(days=7)
"""So long without any event is worth a look at the console."""
_REFRESH_SOON: Final = timedelta(days=14)


async def check_zalo(settings: Settings, clock: Clock, *, database_ready: bool) -> list[Finding]:
    """The Official Account, in the order in which one mistake hinders the next."""
    account = settings.zalo_oa
    if account is None:
        return [ok("zalo oa", "off (no TIEPDAN_ZALO_OA_ID)")]
    options = options_of(account, public_url=settings.http.public_url, receives=True)
    findings = [ok("zalo oa", f"account {options.oa_id}, application {options.app_id}")]
    findings.append(_address(options))
    if database_ready:
        findings += await _grant_and_events(settings, options, clock)
    else:
        findings.append(warn("zalo grant", "cannot be looked at before the database is ready"))
    findings.append(_templates(account))
    findings.append(_domain(options))
    return findings


def _address(options: OaOptions) -> Finding:
    name = "zalo webhook"
    hook = options.public_url + PATH
    parts = urlsplit(options.public_url)
    if options.api_url != ZALO_OA_API_URL:
        return ok(name, f"{hook}, for a server of your own at {urlsplit(options.api_url).netloc}")
    if parts.scheme != "https":
        message = (
            f"{hook} is not https, and Zalo calls nothing else. Set TIEPDAN_PUBLIC_URL to an https address."
        )
        return fail(name, message)
    if parts.port not in {None, 443}:
        message = f"{hook} has a port of its own, which Zalo does not call. Serve https on 443; see deploy/."
        return fail(name, message)
    return ok(name, f"{hook} is what Zalo's console (Webhook) must have")


async def _grant_and_events(settings: Settings, options: OaOptions, clock: Clock) -> list[Finding]:
    """What the database knows: the pair and when the last event came. Then the API is asked with that token."""
    try:
        agency = read_agency(settings.agency_file)
        vault = Vault(KeyRing.load(settings.storage.key_file))
    except (ProfileError, KeyRingUnusable):
        return []  # other lines of the doctor say so
    ids = IdSource(clock, random.Random(0))  # noqa: S311 - nothing is written with it
    books = Books(vault=vault, ids=ids, clock=clock, agency=agency.code)
    database = Database.from_url(settings.storage.database_url.get_secret_value(), connections=1)
    try:
        await database.open()
        grant = await database.read(lambda c: grants.find_grant(books(c), CHANNEL, options.oa_id))
        heard = await database.read(lambda c: oddities.last_of(c, CHANNEL, options.oa_id, "received"))
    except Unavailable as error:
        return [fail("zalo grant", f"cannot be read: {error}")]
    except CannotOpen:
        return [fail("zalo grant", "does not open with this key ring; restore the ring from its back-up.")]
    finally:
        await database.close()
    now = clock.now()
    findings = [grant_finding(options, grant, now, agency.zone)]
    if grant is not None and grant.alive(now):
        findings.append(await _account(options, grant.access))
    return [*findings, _heard(options, heard, now)]


def grant_finding(options: OaOptions, grant: Grant | None, now: datetime, zone: tzinfo) -> Finding:
    """How the stored pair stands and what to do."""
    name = "zalo grant"

    def moment(when: datetime) -> str:
        return f"{when.astimezone(zone):%d/%m/%Y %H:%M}"

    if grant is None or grant.state is GrantState.NONE:
        if options.refresh_token:
            return ok(name, "the service begins with TIEPDAN_ZALO_OA_REFRESH_TOKEN when it starts")
        return fail(name, f"nobody has authorised the account. {AUTHORISE}")
    ends = (
        f"the access token ends {moment(grant.expires_at)}" if grant.alive(now) and grant.expires_at else ""
    )
    if grant.state is GrantState.REFUSED:
        rest = f"; {ends}, then nothing is sent" if ends else ""
        message = f"Zalo refused the refresh token on {moment(grant.updated_at)}{rest}. {AUTHORISE}"
        return fail(name, message)
    if grant.state is GrantState.UNCERTAIN:
        rest = ends or "there is no access token that works"
        message = (
            f"the answer to a renewal was lost on {moment(grant.updated_at)}; {rest}. The service tries the old "
            f"tokens by itself; if this stays, authorise again. {AUTHORISE}"
        )
        return warn(name, message)
    if grant.refresh_until is not None and now >= grant.refresh_until:
        return fail(name, f"the refresh token ended {moment(grant.refresh_until)}. {AUTHORISE}")
    if not ends:
        return warn(
            name, "no access token that works now. Start the service, which renews it within a minute."
        )
    if grant.refresh_until is not None and grant.refresh_until - now < _REFRESH_SOON:
        message = f"the refresh token ends {moment(grant.refresh_until)}: start the service, which renews it"
        return warn(name, f"{message}.")
    return ok(name, f"good; {ends}, the service renews it before")


async def _account(options: OaOptions, access: str) -> Finding:
    name = "zalo account"
    try:
        profile = await oauth.profile_of(options, access)
    except (oauth.NotSent, oauth.AnswerLost) as error:
        host = urlsplit(options.api_url).hostname
        return fail(name, f"{host} gave no usable answer ({error}). Check the network and the firewall.")
    if profile.error:
        words = words_of(profile.error)
        return fail(name, f"Zalo refuses: {words} ({profile.error}). {advice_on(profile.error)}")
    if profile.oa_id and profile.oa_id != options.oa_id:
        message = f"the stored access is for account {profile.oa_id}, the settings name {options.oa_id}."
        return fail(name, f"{message} Mend TIEPDAN_ZALO_OA_ID, or authorise the right account. {AUTHORISE}")
    return ok(name, f"the access works: {profile.name or options.oa_id}")


def _heard(options: OaOptions, last: datetime | None, now: datetime) -> Finding:
    """Whether the console sends events cannot be asked; that some came proves it, and the signature too."""
    name = "zalo events"
    look = (
        f"In Zalo's console see that the webhook is {options.public_url}{PATH}, that the events are ticked and the "
        "filter for texts with # is off"
    )
    if last is None:
        return warn(
            name, f"none has come yet. {look}, then write to the account from a phone (docs/zalo.md)."
        )
    day = f"{last.astimezone(_HOME):%d/%m/%Y %H:%M}"
    if now - last > _QUIET:
        return warn(name, f"none since {day}. {look}; after failures Zalo stops calling without a word.")
    return ok(name, f"authentic events come, last on {day}")


def _templates(account: ZaloOaSettings) -> Finding:
    name = "zalo templates"
    if account.templates is None:
        return ok(name, "none (no TIEPDAN_ZALO_TEMPLATES): a notice after the window waits for the person")
    try:
        found = templates_of(account)
    except TemplatesUnusable as error:
        return fail(name, str(error))
    return ok(
        name, f"{len(found)} from {account.templates}; whether Zalo approved them stands in its console"
    )


def _domain(options: OaOptions) -> Finding:
    name = "zalo domain"
    if not options.domain_code:
        message = (
            "no TIEPDAN_ZALO_OA_DOMAIN_CODE: if the console does not show this domain as verified, put the code of "
            "its file zalo_verifier….html there."
        )
        return ok(name, message)
    return ok(
        name, f"the service gives {options.public_url}/zalo_verifier{options.domain_code}.html to the console"
    )


async def check_zalo_bot(settings: Settings) -> list[Finding]:
    """The bot of the Bot Platform: who it is, and how its updates come."""
    bot = settings.zalo_bot
    if bot is None:
        return [ok("zalo bot", "off (no TIEPDAN_ZALO_BOT_TOKEN)")]
    api = BotApi(bot.token.get_secret_value(), bot.api_url)
    await api.open()
    try:
        found = [_bot(await api.call("getMe"))]
        return [*found, await _bot_updates(settings, bot, api)]
    except Refused as refusal:
        if refusal.code in {401, 403, 404}:
            message = (
                "the token is refused. Copy TIEPDAN_ZALO_BOT_TOKEN anew from the chat of Zalo Bot Manager."
            )
            return [fail("zalo bot", message)]
        return [fail("zalo bot", f"the server refuses with {refusal.code}; try again later.")]
    except BotFault as fault:
        host = urlsplit(bot.api_url).hostname
        message = (
            f"{host} gave no usable answer ({type(fault).__name__}). Check the network and the firewall."
        )
        return [fail("zalo bot", message)]
    finally:
        await api.close()


def _bot(me: Any) -> Finding:
    known = me if isinstance(me, dict) else {}
    return ok("zalo bot", f"the bot is {known.get('account_name') or '?'} (id {known.get('id') or '?'})")


async def _bot_updates(settings: Settings, bot: ZaloBotSettings, api: BotApi) -> Finding:
    name = "zalo bot updates"
    try:
        info = await api.call("getWebhookInfo")
    except Refused as refusal:
        if refusal.code != 404:  # measured: so it answers where none is set
            raise
        info = None
    current = str(info.get("url") or "") if isinstance(info, dict) else ""
    if bot.secret is None:
        if current:
            return warn(name, "polling; a webhook is set at the server and is removed at start.")
        return ok(name, "polling, no public address needed")
    expected = settings.http.public_url + BOT_PATH
    if bot.api_url == ZALO_BOT_API_URL and not settings.http.secure:
        return fail(name, f"{expected} is not https, and Zalo calls nothing else. Set TIEPDAN_PUBLIC_URL.")
    if current != expected:
        where = "calls another address" if current else "has no webhook yet"
        return warn(name, f"the server {where}; {expected} is set at start.")
    return ok(name, f"webhook {expected}")
