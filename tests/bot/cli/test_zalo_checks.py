"""The doctor on the Zalo accounts: what is missing is said, with what to do, and no token is shown."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection

from bot.channels.zalo_oa.errors import TABLE, Host, Remedy
from bot.cli.checkup.findings import Finding
from bot.cli.checkup.zalo_checks import check_zalo, check_zalo_bot
from bot.clock import SystemClock
from bot.profile import read_agency
from bot.settings import Settings
from bot.turns import Books
from storage import grants, oddities
from storage.casebook import Casebook
from storage.grants import Grant, GrantState
from storage.ids import IdSource
from storage.keys import KeyRing, Vault
from storage.oddities import Oddity
from tests.bot.cli.conftest import Command
from tests.conftest import opened
from tests.emulators.telegram import SimClock
from tests.emulators.zalo_bot import ZaloBotEmulator
from tests.emulators.zalo_oa import ZaloOaEmulator
from tests.hand_clock import HandClock

Found = dict[str, Finding]


class Desk:
    """The doctor beside an emulated account, and the row it looks at."""

    def __init__(self, zalo: ZaloOaEmulator, clock: HandClock) -> None:
        self.zalo = zalo
        self.clock = clock
        self.pair = zalo.world.oauth.pair()

    async def look(self, **changes: Any) -> Found:
        given = self.zalo.settings_for_service() | {"zalo_oa_refresh_token": None} | changes
        settings = Settings(_env_file=None, **given)  # type: ignore[call-arg]
        findings = await check_zalo(settings, self.clock, database_ready=True)
        for finding in findings:
            for secret in (*self.pair.values(), self.zalo.settings.app_secret, self.zalo.settings.oa_secret):
                assert secret not in finding.message
        return {finding.name: finding for finding in findings}

    async def change(self, work: Callable[[Casebook, Grant], Any]) -> None:
        vault = Vault(KeyRing.load(Settings.load().storage.key_file))
        ids = IdSource(self.clock, random.Random(1))
        books = Books(vault=vault, ids=ids, clock=self.clock, agency=read_agency(None).code)

        def run(connection: Connection) -> None:
            book = books(connection)
            work(book, grants.lock_grant(book, "zalo_oa", self.zalo.settings.oa_id))

        async with opened(Settings.load().storage.database_url.get_secret_value()) as database:
            await database.transact(run)

    async def authorised(self) -> None:
        access, refresh = self.pair["access_token"], self.pair["refresh_token"]
        life, refresh_life = timedelta(hours=25), timedelta(days=90)
        await self.change(
            lambda book, grant: grants.keep_pair(
                book, grant, access=access, refresh=refresh, life=life, refresh_life=refresh_life
            )
        )


@pytest.fixture
async def desk(ready: str, clock: HandClock) -> AsyncIterator[Desk]:
    del ready
    async with ZaloOaEmulator(clock=clock) as zalo:
        zalo.first_refresh_token()
        yield Desk(zalo, clock)


async def test_off(office_folder: Path) -> None:
    settings = Settings(_env_file=None)  # type: ignore[call-arg]
    found = await check_zalo(settings, SystemClock(), database_ready=True)
    found += await check_zalo_bot(settings)
    assert [finding.level.value for finding in found] == ["OK", "OK"]
    assert all("off" in finding.message for finding in found)


async def test_before_anything_is_authorised(desk: Desk) -> None:
    found = await desk.look()
    assert found["zalo grant"].level.value == "FAIL"
    assert "tiepdan zalo authorise" in found["zalo grant"].message
    assert "zalo account" not in found
    assert found["zalo events"].level.value == "WARN"
    assert "/webhooks/zalo-oa" in found["zalo events"].message
    with_token = await desk.look(zalo_oa_refresh_token=desk.zalo.first_refresh_token())
    assert with_token["zalo grant"].level.value == "OK"


async def test_all_is_well(desk: Desk) -> None:
    await desk.authorised()

    def event(book: Casebook, _: Grant) -> None:
        now = book.now()
        account = desk.zalo.settings.oa_id
        one = Oddity(channel="zalo_oa", account=account, what="received", count=1, first_at=now, last_at=now)
        oddities.add_many(book.connection, [one], agency=book.agency)

    await desk.change(event)
    found = await desk.look()
    assert {finding.level.value for finding in found.values()} == {"OK"}, found
    assert desk.zalo.settings.oa_name in found["zalo account"].message
    assert "24/11/2026 10:00" in found["zalo grant"].message
    assert not desk.zalo.calls_of("/oa/access_token"), "the doctor renews nothing"
    desk.clock.forward(timedelta(days=8))
    assert found["zalo events"].level.value == "OK"
    assert "none since" in (await desk.look())["zalo events"].message


@pytest.mark.parametrize(
    ("state", "reason", "level", "words"),
    [
        (GrantState.REFUSED, "spent", "FAIL", "tiepdan zalo authorise"),
        (GrantState.UNCERTAIN, "lost", "WARN", "was lost"),
        (GrantState.UNCERTAIN, "renewing", "WARN", "was lost"),
    ],
)
async def test_states(desk: Desk, state: GrantState, reason: str, level: str, words: str) -> None:
    await desk.authorised()
    await desk.change(lambda book, grant: grants.set_state(book, grant, state, reason))
    finding = (await desk.look())["zalo grant"]
    assert finding.level.value == level
    assert words in finding.message


async def test_ends(desk: Desk) -> None:
    await desk.authorised()
    desk.clock.forward(timedelta(hours=26))
    assert "Start the service" in (await desk.look())["zalo grant"].message
    desk.clock.forward(timedelta(days=80))
    assert (await desk.look())["zalo grant"].level.value == "WARN"
    desk.clock.forward(timedelta(days=20))
    assert (await desk.look())["zalo grant"].level.value == "FAIL"


ACCOUNT_CODES = sorted(
    code for code, meaning in TABLE[Host.API].items() if meaning.remedy in {Remedy.STOP, Remedy.RENEW}
)


@pytest.mark.parametrize("code", [*ACCOUNT_CODES, -32, -99999])
async def test_each_refusal_of_the_account_is_explained(desk: Desk, code: int) -> None:
    await desk.authorised()
    desk.zalo.fail("getoa", code)
    finding = (await desk.look())["zalo account"]
    assert finding.level.value == "FAIL"
    assert f"({code})" in finding.message
    assert finding.message.endswith(".")
    if code in ACCOUNT_CODES:
        assert "docs/zalo.md" not in finding.message, "it says what to do"


async def test_another_account_and_a_server_that_is_away(desk: Desk) -> None:
    await desk.authorised()
    right = desk.zalo.settings_for_service()
    desk.zalo.settings.oa_id = "111"
    finding = (await desk.look(zalo_oa_id=right["zalo_oa_id"]))["zalo account"]
    assert "for account 111" in finding.message
    desk.zalo.settings.oa_id = right["zalo_oa_id"]
    desk.zalo.fault("bad_gateway", "getoa")
    assert "no usable answer" in (await desk.look())["zalo account"].message


@pytest.mark.parametrize(
    ("public_url", "level", "words"),
    [
        ("http://tiepdan.example.vn", "FAIL", "not https"),
        ("https://tiepdan.example.vn:8443", "FAIL", "port of its own"),
        ("https://tiepdan.example.vn", "OK", "https://tiepdan.example.vn/webhooks/zalo-oa"),
    ],
)
async def test_the_public_address(desk: Desk, public_url: str, level: str, words: str) -> None:
    finding = (await desk.look(public_url=public_url, zalo_oa_api_url="https://openapi.zalo.me"))[
        "zalo webhook"
    ]
    assert finding.level.value == level
    assert words in finding.message


async def test_templates_and_domain(desk: Desk, office_folder: Path) -> None:
    file = office_folder / "templates.toml"
    file.write_text("x = [")
    found = await desk.look(zalo_templates=str(file), zalo_oa_domain_code="Abc123")
    assert found["zalo templates"].level.value == "FAIL"
    assert "zalo_verifierAbc123.html" in found["zalo domain"].message


async def test_another_key_ring(desk: Desk) -> None:
    await desk.authorised()
    key_file = Settings.load().storage.key_file
    key_file.unlink()
    KeyRing.create(key_file)
    finding = (await desk.look())["zalo grant"]
    assert finding.level.value == "FAIL"
    assert "key ring" in finding.message


def test_in_the_whole_report(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("ID", "1"), ("APP_ID", "2"), ("APP_SECRET", "secret-3"), ("SECRET_KEY", "secret-4")):
        monkeypatch.setenv(f"TIEPDAN_ZALO_OA_{name}", value)
    examined = command("doctor")
    assert "zalo grant" in examined.stdout
    assert "before the database is ready" in examined.stdout
    assert "is not https" in examined.stdout
    assert "secret-" not in examined.stdout


# --- the Bot Platform


async def bot(emulator: ZaloBotEmulator, **more: str) -> list[Finding]:
    settings = Settings(
        _env_file=None,  # type: ignore[call-arg]
        zalo_bot_token=emulator.token,
        zalo_bot_api_url=emulator.url,
        **more,
    )
    found = await check_zalo_bot(settings)
    assert all(emulator.token not in finding.message for finding in found)
    return found


async def test_the_bot(office_folder: Path) -> None:
    async with ZaloBotEmulator(clock=SimClock()) as emulator:
        polling = await bot(emulator)
        assert [finding.level.value for finding in polling] == ["OK", "OK"]
        assert "polling" in polling[1].message
        hook = {"zalo_bot_secret": "secret-for-tests", "public_url": "https://tiepdan.example.vn"}
        assert "has no webhook yet" in (await bot(emulator, **hook))[1].message
        emulator.world.token = "1:another"
        settings = Settings(
            _env_file=None,  # type: ignore[call-arg]
            zalo_bot_token="1:wrong-token",
            zalo_bot_api_url=emulator.url,
        )
        refused = await check_zalo_bot(settings)
        assert "Zalo Bot Manager" in refused[0].message
        await emulator.go_away()
        assert "no usable answer" in (await bot(emulator))[0].message
        await emulator.come_back()
