"""`tiepdan zalo …`: connect the Official Account, and see how long its access holds."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlsplit

import click

from bot.cli import ground

if TYPE_CHECKING:
    from datetime import datetime

    from bot.channels.zalo_oa.authorise import Authorisation, Result
    from bot.channels.zalo_oa.options import OaOptions
    from storage.grants import Grant

T = TypeVar("T")

_AGAIN = "Run `tiepdan zalo authorise` again for a new link."
_WORDS = {
    "denied": f"Zalo says that the administrator did not agree. {_AGAIN}",
    "other_account": (
        "These tokens are of another Official Account, so they were not kept. Choose the account in "
        "TIEPDAN_ZALO_OA_ID, or mend that setting."
    ),
    "code_bad": f"Zalo refuses the code{{code}}: it works once and for 10 minutes. {_AGAIN}",
    "challenge": (
        "Callback URL or code challenge in Zalo's console are not those of this service{code}. Run `tiepdan zalo "
        "authorise`, put both values it prints into the console, save there, and use the link it shows then."
    ),
    "configuration": (
        "Zalo does not accept the application{code}. Check TIEPDAN_ZALO_OA_APP_ID and "
        "TIEPDAN_ZALO_OA_APP_SECRET, and that the application is activated in Zalo's console."
    ),
    "no_answer": f"No usable answer from {{server}}. Check the network and the firewall. {_AGAIN}",
    "no_verifier": "Nothing was prepared here. Run `tiepdan zalo authorise` without --code first.",
    "token_bad": (
        "That is no pair of tokens. Give the access token in the first line and the refresh token in the second, "
        "or the refresh token alone, each whole and without spaces."
    ),
}
_REASONS = {
    "spent": "Zalo refused the refresh token: it was used or is over",
    "lost": "the answer to a renewal was lost; the old access token is used while it works",
    "lost_again": "the answers to two renewals were lost; it is tried again every 15 minutes",
    "renewing": "a renewal is on its way, or its process died",
    "renewing_again": "a second renewal is on its way, or its process died",
}


@click.group()
def zalo() -> None:
    """Connect the Zalo Official Account of the office."""


@zalo.command()
@click.option("--link", metavar="LINK", help="The permission link that Zalo's console shows.")
@click.option("--new", is_flag=True, help="Make a new challenge; the console needs it then.")
@click.option("--code", metavar="CODE", help="The code, or the whole address that Zalo led the browser to.")
@click.option("--tokens", is_flag=True, help="Read tokens of the console's API Explorer from standard input.")
@click.option("--status", is_flag=True, help="Only say how long the access holds.")
def authorise(link: str | None, new: bool, code: str | None, tokens: bool, status: bool) -> None:
    """Let the service act for the Official Account.

    Without options: shows what to put into Zalo's console, takes the permission link it shows, and prints the
    link that an administrator of the account opens. The running service takes the answer. --code and --tokens
    work without it.
    """
    if sum((status, tokens, code is not None, new or link is not None)) > 1:
        raise click.UsageError("Give one of --status, --tokens and --code, or --link and --new.")
    office = ground.Office.open()
    options = _options(office)
    if status:
        _show_status(office, options)
    elif tokens:
        access, refresh = _read_tokens()
        _report(options, _run(office, options, lambda steps: steps.by_tokens(access, refresh)), bool(access))
    elif code is not None:
        given = _code_of(options, code)
        _report(options, _run(office, options, lambda steps: steps.by_code(given)), has_access=True)
    else:
        _by_browser(office, options, link, new=new)


def _options(office: ground.Office) -> OaOptions:
    from bot.channels.zalo_oa.parts import options_of

    account = office.settings.zalo_oa
    if account is None:
        raise ground.Refusal(
            "The Official Account is not set. Set TIEPDAN_ZALO_OA_ID, TIEPDAN_ZALO_OA_APP_ID, "
            "TIEPDAN_ZALO_OA_APP_SECRET and TIEPDAN_ZALO_OA_SECRET_KEY first; docs/zalo.md says where each stands."
        )
    return options_of(account, public_url=office.settings.http.public_url, receives=False)


def _run(office: ground.Office, options: OaOptions, task: Callable[[Authorisation], Awaitable[T]]) -> T:
    """One step on the office's database. Raises Refusal."""
    from storage.keys import CannotOpen

    try:
        return ground.run(_on_database(office, options, task))
    except CannotOpen:
        raise ground.Refusal(
            "What is stored of the account does not open with this key ring. Restore the key ring from its "
            "back-up; see TIEPDAN_SECRET_KEY_FILE in docs/settings.md."
        ) from None


async def _on_database(
    office: ground.Office, options: OaOptions, task: Callable[[Authorisation], Awaitable[T]]
) -> T:
    from random import SystemRandom

    from bot.channels.zalo_oa.authorise import Authorisation
    from bot.turns import Books
    from storage.database import Database
    from storage.ids import IdSource
    from storage.migrate import head

    books = Books(
        vault=office.vault,
        ids=IdSource(office.clock, SystemRandom()),
        clock=office.clock,
        agency=office.agency.code,
    )
    database = Database.from_url(office.settings.storage.database_url.get_secret_value(), connections=1)
    await database.open()
    try:
        if await database.schema_version() != head():
            raise ground.Refusal("The database has not this version's schema. Run `tiepdan migrate` first.")
        return await task(Authorisation(options, database=database, books=books))
    finally:
        await database.close()


def _by_browser(office: ground.Office, options: OaOptions, link: str | None, *, new: bool) -> None:
    import secrets

    from bot.channels.zalo_oa import oauth

    drawn = secrets.token_bytes(oauth.VERIFIER_BYTES)
    challenge = _run(office, options, lambda steps: steps.prepare(drawn, new=new))
    click.echo(f"Connect the Official Account {options.oa_id} to this service.\n")
    click.echo(
        "1. In Zalo's console (developers.zalo.me) open the application, then Products > Official Account >"
    )
    click.echo("   general settings (Sản phẩm > Official Account > Thiết lập chung). Put in, and save:")
    click.echo(f"     Callback URL     {oauth.callback_url(options)}")
    click.echo(f"     Code challenge   {challenge}")
    if not options.public_url.startswith("https://"):
        click.echo(
            "   Warning: Zalo takes https addresses only. Set TIEPDAN_PUBLIC_URL, or use --tokens.", err=True
        )
    click.echo("2. Copy the permission link that the console shows then (Yêu cầu cấp quyền).")
    if link is None:
        link = click.prompt("   Paste it here (Enter: use a link made here)", default="", show_default=False)
    word = secrets.token_urlsafe(32)
    if link.strip():
        try:
            opened = oauth.completed_link(options, challenge, link, word)
        except oauth.WrongLink as fault:
            raise ground.Refusal(str(fault)) from None
    else:
        opened = oauth.permission_link(options, challenge, word)
    until = _run(office, options, lambda steps: steps.begin(word))
    click.echo(
        "3. Open this link in a browser where an administrator of the account is signed in to Zalo, choose"
    )
    click.echo(f"   the account and agree. It works once, until {_moment(office, until)}:\n")
    click.echo(f"     {opened}\n")
    click.echo(
        "   The running service takes the answer and shows in the browser what became of it. Where the"
    )
    click.echo("   browser cannot reach it, copy the address it was led to and give it within 10 minutes to")
    click.echo(
        "   `tiepdan zalo authorise --code 'ADDRESS'`. Afterwards `tiepdan doctor` checks the account."
    )


def _code_of(options: OaOptions, given: str) -> str:
    """The code alone, also out of a whole address. Raises Refusal where that is of another account."""
    given = given.strip()
    if "code=" not in given:
        return given
    query = parse_qs(urlsplit(given).query or given.lstrip("?"))
    account = query.get("oa_id", [options.oa_id])[0]
    if account != options.oa_id:
        raise ground.Refusal(_WORDS["other_account"])
    return query.get("code", [""])[0]


def _read_tokens() -> tuple[str, str]:
    """Access token (may be empty) and refresh token, not shown while they are typed."""
    if sys.stdin.isatty():
        access = click.prompt(
            "Access token (Enter: only a refresh token)", default="", show_default=False, hide_input=True
        )
        return str(access).strip(), str(click.prompt("Refresh token", hide_input=True)).strip()
    lines = [line.strip() for line in sys.stdin.read(20_000).splitlines() if line.strip()]
    return (lines[0], lines[1]) if len(lines) > 1 else ("", lines[0] if lines else "")


def _report(options: OaOptions, result: Result, has_access: bool) -> None:
    """What became of it. Raises Refusal where nothing was kept."""
    from bot.channels.zalo_oa.errors import Host, meaning_of

    match result.outcome.value:
        case "connected" if has_access:
            click.echo(f"The Official Account {options.oa_id} is connected. `tiepdan doctor` checks it.")
        case "connected":
            click.echo(
                "The refresh token is kept. The running service makes the first access token from it within"
            )
            click.echo("a minute; `tiepdan zalo authorise --status` shows it then.")
        case "connected_but":
            words = meaning_of(Host.API, result.code).words
            click.echo(f"The tokens are kept, but Zalo refuses the account: {words} ({result.code}).")
            click.echo("Run `tiepdan doctor`: it says how to mend that.")
        case other:
            code = f" ({result.code})" if result.code else ""
            server = urlsplit(options.oauth_url).hostname
            raise ground.Refusal(_WORDS[other].format(code=code, server=server))


def _show_status(office: ground.Office, options: OaOptions) -> None:
    """Exit code 1 where a person must authorise."""
    grant = _run(office, options, lambda steps: steps.grant())
    now = office.clock.now()
    click.echo(f"Official Account {options.oa_id}, application {options.app_id}")
    if grant is None or (not grant.refresh and not grant.access):
        first = options.refresh_token
        if first and (grant is None or grant.state.value == "none"):
            click.echo("State: not used yet; the service begins with TIEPDAN_ZALO_OA_REFRESH_TOKEN.")
            return
        _show_waiting(office, grant, now)
        raise ground.Refusal("State: nobody has authorised. Run `tiepdan zalo authorise`.")
    if grant.expires_at is None:
        click.echo("Access token: none yet; the running service makes it within a minute")
    else:
        ended = "ended" if not grant.alive(now) else "until"
        click.echo(f"Access token: {ended} {_moment(office, grant.expires_at)}, pair {grant.version}")
    if grant.refresh_until is not None:
        click.echo(f"Refresh token: until {_moment(office, grant.refresh_until)} at most; it works once")
    _show_waiting(office, grant, now)
    state = grant.state.value
    since = f"since {_moment(office, grant.updated_at)}"
    reason = _REASONS.get(grant.reason, grant.reason)
    if state == "refused":
        raise ground.Refusal(f"State: refused {since}: {reason}. Run `tiepdan zalo authorise`.")
    click.echo(f"State: {state} {since}" + (f": {reason}" if reason else ""))


def _show_waiting(office: ground.Office, grant: Grant | None, now: datetime) -> None:
    if grant is not None and grant.state_until is not None and now < grant.state_until:
        click.echo(f"An authorisation is under way until {_moment(office, grant.state_until)}")


def _moment(office: ground.Office, moment: datetime) -> str:
    return f"{moment.astimezone(office.agency.zone):%d/%m/%Y %H:%M}"
