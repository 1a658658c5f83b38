"""`tiepdan zalo authorise` as an operator uses it, against the emulator and both databases."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from click.testing import Result
from sqlalchemy import Connection

from bot.channels.zalo_oa.authorise import Authorisation, Outcome
from bot.channels.zalo_oa.parts import options_of
from bot.clock import SystemClock
from bot.profile import read_agency
from bot.settings import Settings
from bot.turns import Books
from storage import grants
from storage.grants import Grant, GrantState
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from tests.bot.cli.conftest import Command
from tests.conftest import opened
from tests.emulators.zalo_oa import ZaloOaEmulator

Zalo = Callable[..., Awaitable[Result]]
PUBLIC = "https://tiepdan.example.vn"


@pytest.fixture
async def emulator() -> AsyncIterator[ZaloOaEmulator]:
    async with ZaloOaEmulator(clock=SystemClock()) as emulator:
        yield emulator


@pytest.fixture
def zalo(command: Command, ready: str, emulator: ZaloOaEmulator, monkeypatch: pytest.MonkeyPatch) -> Zalo:
    """`await zalo("--status")` runs `tiepdan zalo authorise --status` beside the emulator."""
    monkeypatch.setenv("TIEPDAN_PUBLIC_URL", PUBLIC)
    for name, value in emulator.settings_for_service().items():
        if name != "zalo_oa_refresh_token":
            monkeypatch.setenv(f"TIEPDAN_{name.upper()}", value)

    def run(*words: str, typed: str | None = None) -> Awaitable[Result]:
        return asyncio.to_thread(command, "zalo", "authorise", *words, typed=typed)

    return run


def books() -> Books:
    settings = Settings.load()
    clock = SystemClock()
    vault = Vault(KeyRing.load(settings.storage.key_file))
    return Books(
        vault=vault, ids=IdSource(clock, random.Random(1)), clock=clock, agency=read_agency(None).code
    )


async def stored(work: Callable[[Authorisation], Awaitable[object]] | None = None) -> Grant:
    """The row after `work`, as the running service sees it."""
    settings = Settings.load()
    assert settings.zalo_oa is not None
    options = options_of(settings.zalo_oa, public_url=PUBLIC, receives=True)
    async with opened(settings.storage.database_url.get_secret_value()) as database:
        steps = Authorisation(options, database=database, books=books())
        if work is not None:
            await work(steps)
        found = await steps.grant()
    assert found is not None
    return found


def shown(result: Result, begins: str) -> str:
    """The last word in the output that begins so."""
    return [word for word in result.stdout.split() if word.startswith(begins)][-1]


async def agreed(link: str) -> dict[str, str]:
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as response:
        assert response.status == 302
        query = parse_qs(urlsplit(response.headers["Location"]).query)
        return {name: values[0] for name, values in query.items()}


async def test_without_the_account(command: Command, ready: str) -> None:
    del ready
    result = await asyncio.to_thread(command, "zalo", "authorise")
    assert result.exit_code == 1
    assert "TIEPDAN_ZALO_OA_ID" in result.stderr


async def test_the_whole_way(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    status = await zalo("--status")
    assert (status.exit_code, "nobody has authorised" in status.stderr) == (1, True)
    first = await zalo(typed="\n")
    assert first.exit_code == 0, first.stderr
    challenge = first.stdout.partition("Code challenge")[2].split()[0]
    assert f"{PUBLIC}/oauth/zalo" in first.stdout
    link = emulator.permission_link(f"{PUBLIC}/oauth/zalo", challenge)
    second = await zalo(typed=f"{link}\n")
    assert second.exit_code == 0, second.stderr
    assert "under way" in (await zalo("--status")).stdout
    back = await agreed(shown(second, emulator.oauth_url))

    async def comes_back(steps: Authorisation) -> None:
        result = await steps.finish(word=back["state"], code=back["code"], oa_id=back["oa_id"])
        assert result.outcome is Outcome.CONNECTED

    row = await stored(comes_back)
    after = await zalo("--status")
    assert after.exit_code == 0
    assert "State: good" in after.stdout
    assert "Access token: until" in after.stdout
    assert "Refresh token: until" in after.stdout
    for result in (first, second, after):
        for secret in (row.access, row.refresh, row.verifier):
            assert secret not in result.output


async def test_a_link_that_does_not_fit(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    other = emulator.permission_link(f"{PUBLIC}/oauth/zalo", "A" * 43)
    result = await zalo("--link", other)
    assert result.exit_code == 1
    assert "another code challenge" in result.stderr
    assert "not Zalo's permission link" in (await zalo("--link", "https://example.vn/")).stderr
    assert (await stored()).state_hash is None


async def test_a_new_challenge(zalo: Zalo) -> None:
    def challenge(result: Result) -> str:
        return result.stdout.partition("Code challenge")[2].split()[0]

    first = challenge(await zalo("--link", ""))
    assert challenge(await zalo("--link", "")) == first
    assert challenge(await zalo("--link", "", "--new")) != first


async def test_a_code_is_pasted(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    assert "Nothing was prepared" in (await zalo("--code", "some-code")).stderr
    first = await zalo("--link", "")
    challenge = first.stdout.partition("Code challenge")[2].split()[0]
    emulator.permission_link(f"{PUBLIC}/oauth/zalo", challenge)
    code = emulator.world.oauth.new_code()
    result = await zalo("--code", code)
    assert (result.exit_code, "is connected" in result.stdout) == (0, True)
    again = await zalo("--code", code)
    assert again.exit_code == 1
    assert "works once and for 10 minutes" in again.stderr
    address = f"{PUBLIC}/oauth/zalo?code={emulator.world.oauth.new_code()}&oa_id="
    assert "another Official Account" in (await zalo("--code", f"{address}111")).stderr
    assert (await zalo("--code", address + emulator.settings.oa_id)).exit_code == 0
    emulator.settings.challenge = "B" * 43
    assert "Code challenge".lower() in (await zalo("--code", emulator.world.oauth.new_code())).stderr.lower()
    emulator.fault("bad_gateway", "access_token")
    assert "No usable answer from 127.0.0.1" in (await zalo("--code", code)).stderr
    emulator.fail("access_token", -14004)
    assert "TIEPDAN_ZALO_OA_APP_SECRET" in (await zalo("--code", code)).stderr


async def test_tokens_are_pasted(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    pair = emulator.world.oauth.pair()
    access, refresh = pair["access_token"], pair["refresh_token"]
    result = await zalo("--tokens", typed=f"{access}\n{refresh}\n")
    assert (result.exit_code, "is connected" in result.stdout) == (0, True)
    assert access not in result.output
    row = await stored()
    assert (row.access, row.refresh, row.state) == (access, refresh, GrantState.GOOD)
    alone = await zalo("--tokens", typed=f"{refresh}\n")
    assert "within\na minute" in alone.stdout
    assert "Access token: none yet" in (await zalo("--status")).stdout
    assert (await zalo("--tokens", typed="")).exit_code == 1
    assert "no pair of tokens" in (await zalo("--tokens", typed="a b\nc d\n")).stderr


async def test_what_zalo_refuses_is_said(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    pair = emulator.world.oauth.pair()
    emulator.fail("getoa", -224)
    result = await zalo("--tokens", typed=f"{pair['access_token']}\n{pair['refresh_token']}\n")
    assert "higher package (-224)" in result.stdout


async def test_states_are_told(zalo: Zalo, emulator: ZaloOaEmulator) -> None:
    pair = emulator.world.oauth.pair()
    await zalo("--tokens", typed=f"{pair['access_token']}\n{pair['refresh_token']}\n")

    async def to(state: GrantState, reason: str) -> Result:
        def work(connection: Connection) -> None:
            book = books()(connection)
            grant = grants.lock_grant(book, "zalo_oa", emulator.settings.oa_id)
            grants.set_state(book, grant, state, reason)

        async with opened(Settings.load().storage.database_url.get_secret_value()) as database:
            await database.transact(work)
        return await zalo("--status")

    refused = await to(GrantState.REFUSED, "spent")
    assert refused.exit_code == 1
    assert "Run `tiepdan zalo authorise`" in refused.stderr
    lost = await to(GrantState.UNCERTAIN, "lost")
    assert lost.exit_code == 0
    assert "the answer to a renewal was lost" in lost.stdout


async def test_one_thing_at_a_time(zalo: Zalo) -> None:
    for words in (("--status", "--tokens"), ("--code", "x", "--new"), ("--tokens", "--link", "x")):
        result = await zalo(*words)
        assert result.exit_code == 2
