"""Access tokens over the emulator: renewed in time, once, and known where an answer was lost."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Connection

from bot.channels.base import Again, SendFault, Stop
from bot.channels.zalo_oa.proof import appsecret_proof
from bot.channels.zalo_oa.tokens import LOST_PAUSE, RENEWING, RENEWING_AGAIN, TOLD_PAUSE, UNDER_WAY
from bot.dispatch import Books
from storage.database import Database, Unavailable
from storage.grants import GrantState
from storage.keys import KeyRing, Vault
from tests.bot.channels.zalo_oa.token_rig import HOUR, TokenRig
from tests.conftest import opened
from tests.emulators.zalo_oa import ZaloOaEmulator
from tests.hand_clock import HandClock

T = TypeVar("T")


@pytest.fixture
async def rig(database: Database, books: Books, clock: HandClock) -> AsyncIterator[TokenRig]:
    async with ZaloOaEmulator(clock=clock) as zalo:
        yield TokenRig(zalo, database, books, clock)


def test_the_proof_of_the_reference() -> None:
    assert (
        appsecret_proof("AccessTokenForTests", "AppSecretForTests")
        == "91a5991fb16794eacade36294f65c4ecafe3e663b17ece208a4450491fbea1e4"
    )


async def test_the_first_token_comes_from_the_settings(rig: TokenRig) -> None:
    tokens = rig.tokens()
    token = await tokens.current()
    assert rig.works(token)
    assert await tokens.current() == token
    row = await rig.row()
    assert (row.state, row.reason, row.access) == (GrantState.GOOD, "", token)
    assert row.expires_at == rig.clock.now() + 25 * HOUR
    assert len(rig.asked()) == 1
    assert rig.counted == ["token_renewals"]
    assert not rig.alarms


async def test_a_restart_uses_what_is_stored(rig: TokenRig) -> None:
    token = await rig.tokens().current()
    rig.clock.forward(HOUR)
    assert await rig.tokens().current() == token
    assert len(rig.asked()) == 1


async def test_it_is_renewed_at_20_hours_and_not_before(rig: TokenRig) -> None:
    tokens = rig.tokens()
    first = await tokens.current()
    rig.clock.forward(20 * HOUR - timedelta(minutes=1))
    assert await tokens.current() == first
    rig.clock.forward(timedelta(minutes=1))
    second = await tokens.current()
    assert second != first
    assert rig.works(second)
    assert not rig.works(first)


async def test_the_background_is_a_little_earlier(rig: TokenRig) -> None:
    tokens = rig.tokens()
    await tokens.tend()
    first = await tokens.current()
    rig.clock.forward(19.7 * HOUR)
    await tokens.tend()
    assert await tokens.current() == first
    rig.clock.forward(0.2 * HOUR)
    await tokens.tend()
    assert await tokens.current() != first
    assert len(rig.asked()) == 2


async def test_the_background_looks_again_and_again(rig: TokenRig) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError
        rig.clock.forward(20 * HOUR)

    tokens = rig.tokens()
    tokens._sleep = sleep
    with pytest.raises(asyncio.CancelledError):
        await tokens.run()
    assert slept == [60.0] * 3
    assert rig.zalo.renewals == 3


async def test_a_year_of_renewals_uses_no_token_twice(rig: TokenRig) -> None:
    tokens = rig.tokens()
    for _ in range(60):
        assert rig.works(await tokens.current())
        rig.clock.forward(20 * HOUR)
    assert rig.zalo.renewals == 60
    assert rig.nothing_used_twice()
    assert not rig.alarms


async def test_many_who_ask_at_once_share_one_renewal(rig: TokenRig) -> None:
    tokens = rig.tokens()
    found = await asyncio.gather(*(tokens.current() for _ in range(30)))
    assert len(set(found)) == 1
    rig.clock.forward(26 * HOUR)
    assert len(set(await asyncio.gather(*(tokens.current() for _ in range(30))))) == 1
    assert rig.zalo.renewals == 2


async def test_of_two_processes_one_renews(rig: TokenRig, database_url: str) -> None:
    first = rig.tokens()
    await first.current()
    async with opened(database_url) as other:
        second = rig.tokens(database=other)
        for round_ in range(1, 4):
            rig.clock.forward(26 * HOUR)
            rig.zalo.fault("delay", "access_token", seconds=0.3)
            results = await asyncio.gather(first.current(), second.current(), return_exceptions=True)
            tokens = {found for found in results if isinstance(found, str)}
            assert len(tokens) == 1, results
            assert all(isinstance(found, str | Again) for found in results)
            assert rig.zalo.renewals == 1 + round_
            assert await first.current() == await second.current() == tokens.pop()
    assert rig.nothing_used_twice()
    assert not rig.alarms


@pytest.mark.postgres
async def test_the_other_process_waits_for_the_answer(
    postgres_database: Database, postgres_url: str, books: Books, clock: HandClock
) -> None:
    async with ZaloOaEmulator(clock=clock) as zalo, opened(postgres_url) as other:
        rig = TokenRig(zalo, postgres_database, books, clock)
        first, second = rig.tokens(), rig.tokens(database=other)
        zalo.fault("delay", "access_token", seconds=0.5)
        found = await asyncio.gather(first.current(), second.current())
        assert found[0] == found[1]
        assert zalo.renewals == 1


async def test_a_refused_token_is_renewed_once(rig: TokenRig) -> None:
    tokens, other = rig.tokens(), rig.tokens()
    first = await tokens.current()
    assert await other.current() == first
    await tokens.refused(first)
    second = await tokens.current()
    assert second != first
    assert rig.works(second)
    await other.refused(first)
    assert await other.current() == second, "replaced meanwhile"
    await tokens.refused("unknown")
    assert rig.zalo.renewals == 2


async def test_fresh_tokens_that_are_refused_spend_no_more(rig: TokenRig) -> None:
    tokens = rig.tokens()
    for _ in range(3):
        await tokens.refused(await tokens.current())
    with pytest.raises(Again):
        await tokens.refused(await tokens.current())
    assert rig.zalo.renewals == 4
    assert rig.alarms == ["new_refused"]
    rig.clock.forward(timedelta(minutes=10))
    await tokens.refused(await tokens.current())
    assert rig.zalo.renewals == 5


# --- lost answers


async def lost(rig: TokenRig, kind: str) -> tuple[str, str]:
    """A first token, then a renewal at 20 hours whose answer is lost: the old token and what is used after."""
    tokens = rig.tokens(seconds=0.2)
    first = await tokens.current()
    rig.clock.forward(20 * HOUR)
    rig.zalo.fault(kind, "access_token", seconds=0.5 if kind == "delay" else 0.0)
    return first, await tokens.current()


@pytest.mark.parametrize("kind", ["bad_gateway", "not_json", "reset_before"])
async def test_a_lost_answer_that_was_not_applied(rig: TokenRig, kind: str) -> None:
    first, after = await lost(rig, kind)
    assert after == first, "the old access token is used while it works"
    row = await rig.row()
    assert (row.state, row.reason) == (GrantState.UNCERTAIN, "lost")
    tokens = rig.tokens()
    rig.clock.forward(4 * HOUR)
    assert await tokens.current() == first
    assert len(rig.asked()) == 2, "nothing is risked before it must be"
    rig.clock.forward(2 * HOUR)
    third = await tokens.current()
    assert rig.works(third)
    assert (await rig.row()).state is GrantState.GOOD
    assert not rig.alarms


@pytest.mark.parametrize("kind", ["lost_after", "gateway_lost", "truncated", "delay"])
async def test_a_lost_answer_that_was_applied(
    rig: TokenRig, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    first, after = await lost(rig, kind)
    assert after == first
    assert not rig.works(first)
    tokens = rig.tokens()
    with pytest.raises(Stop, match="authorise"):
        await tokens.refused(first)
    row = await rig.row()
    assert (row.state, row.reason) == (GrantState.REFUSED, "spent")
    assert rig.alarms == ["spent"]
    with pytest.raises(Stop):
        await tokens.current()
    with pytest.raises(Stop):
        await rig.tokens().current()
    assert len(rig.asked()) == 3, "a refused token is never tried again"
    assert rig.alarms == ["spent"]
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)
    rig.clock.forward(6 * HOUR)
    await tokens.tend()
    assert rig.alarms == ["spent", "spent"]
    for secret in (first, rig.zalo.first_refresh_token(), row.refresh):
        assert secret not in caplog.text


async def test_two_lost_answers_raise_the_alarm_and_go_on_slowly(rig: TokenRig) -> None:
    tokens = rig.tokens()
    rig.zalo.fault("bad_gateway", "access_token", count=2)
    for _ in range(2):
        with pytest.raises(Again):
            await tokens.current()
    assert rig.alarms == ["lost_again"]
    with pytest.raises(Again) as waiting:
        await tokens.current()
    assert waiting.value.after == LOST_PAUSE.total_seconds()
    assert len(rig.asked()) == 2
    rig.clock.forward(LOST_PAUSE)
    assert rig.works(await tokens.current())


async def test_a_server_that_is_away_spends_nothing(rig: TokenRig) -> None:
    tokens = rig.tokens()
    first = await tokens.current()
    await rig.zalo.go_away()
    rig.clock.forward(20 * HOUR)
    assert await tokens.current() == first
    assert (await rig.row()).state is GrantState.GOOD
    rig.clock.forward(6 * HOUR)
    for _ in range(3):
        with pytest.raises(Again):
            await tokens.current()
    await rig.zalo.come_back()
    assert rig.works(await tokens.current())
    assert not rig.alarms


@pytest.mark.parametrize("applied", [False, True])
async def test_a_crash_between_sending_and_storing(rig: TokenRig, applied: bool) -> None:
    first = await rig.tokens().current()
    if applied:
        rig.zalo.world.oauth.pair()
        rig.zalo.world.oauth.refresh[(await rig.row()).refresh].spent = True
    await rig.crash_between(RENEWING)
    tokens = rig.tokens()
    assert await tokens.current() == first
    if not applied:
        rig.clock.forward(26 * HOUR)
        assert rig.works(await tokens.current())
        assert not rig.alarms
        return
    with pytest.raises(Again) as waiting:
        await tokens.refused(first)
    assert waiting.value.after == UNDER_WAY.total_seconds(), "somebody may still get the answer"
    rig.clock.forward(UNDER_WAY)
    with pytest.raises(Stop):
        await tokens.current()
    assert rig.alarms == ["spent"]


async def test_a_crash_in_the_second_try_pauses(rig: TokenRig) -> None:
    await rig.tokens().current()
    rig.clock.forward(26 * HOUR)
    await rig.crash_between(RENEWING_AGAIN)
    rig.clock.forward(UNDER_WAY)
    with pytest.raises(Again):
        await rig.tokens().current()
    rig.clock.forward(LOST_PAUSE)
    assert rig.works(await rig.tokens().current())


async def test_who_is_cancelled_loses_no_pair(rig: TokenRig) -> None:
    tokens = rig.tokens()
    rig.zalo.fault("delay", "access_token", seconds=0.3)
    asking = asyncio.create_task(tokens.current())
    await asyncio.sleep(0.1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await tokens.close()
    assert (await rig.row()).state is GrantState.GOOD
    assert rig.works(await rig.tokens().current())
    assert rig.zalo.renewals == 1


class _Failing(Database):
    """A database that takes no more writes once `full` says so."""

    full: Callable[[], bool] = staticmethod(lambda: False)

    async def transact(self, work: Callable[[Connection], T]) -> T:
        if self.full():
            raise Unavailable("full")
        return await super().transact(work)


async def test_a_pair_is_stored_before_it_is_used(rig: TokenRig, database_url: str) -> None:
    database = _Failing.from_url(database_url)
    await database.open()
    try:
        tokens = rig.tokens(database=database)
        database.full = lambda: rig.zalo.renewals > 0  # type: ignore[attr-defined]
        for _ in range(2):
            with pytest.raises(Again):
                await tokens.current()
        assert (await rig.row()).state is GrantState.UNCERTAIN
        database.full = lambda: False  # type: ignore[attr-defined]
        assert rig.works(await tokens.current())
        assert (await rig.row()).state is GrantState.GOOD
        assert rig.zalo.renewals == 1
    finally:
        await database.close()


# --- what only a person can mend


async def test_nobody_authorised(rig: TokenRig) -> None:
    tokens = rig.tokens(refresh_token="")
    with pytest.raises(Stop, match="tiepdan zalo authorise"):
        await tokens.current()
    await tokens.tend()
    assert not rig.asked()
    assert rig.alarms == ["authorise"]


async def test_a_spent_token_is_refused_while_the_access_token_lives_on(rig: TokenRig) -> None:
    tokens = rig.tokens()
    first = await tokens.current()
    rig.clock.forward(20 * HOUR)
    rig.zalo.refuse_renewals()
    assert await tokens.current() == first
    assert rig.alarms == ["spent"]
    asked = len(rig.asked())
    assert await tokens.current() == first
    assert await rig.tokens().current() == first
    assert len(rig.asked()) == asked
    rig.clock.forward(5 * HOUR)
    with pytest.raises(Stop):
        await tokens.current()
    assert len(rig.asked()) == asked


async def test_another_token_in_the_settings_is_tried_once(rig: TokenRig) -> None:
    await rig.tokens().current()
    rig.clock.forward(26 * HOUR)
    rig.zalo.refuse_renewals()
    with pytest.raises(Stop):
        await rig.tokens().current()
    bad = rig.tokens(refresh_token="another-that-is-bad")
    with pytest.raises(Stop):
        await bad.current()
    with pytest.raises(Stop):
        await bad.current()
    with pytest.raises(Stop):
        await rig.tokens().current()
    assert len(rig.asked()) == 3
    fresh = rig.zalo.world.oauth.pair()["refresh_token"]
    tokens = rig.tokens(refresh_token=fresh)
    assert rig.works(await tokens.current())
    rig.clock.forward(26 * HOUR)
    assert rig.works(await tokens.current()), "its successors go on"


@pytest.mark.parametrize(
    ("code", "words"), [(-14002, "application id"), (-14003, "callback"), (-14004, "application secret")]
)
async def test_configuration_stops_with_a_reason(rig: TokenRig, code: int, words: str) -> None:
    tokens = rig.tokens()
    rig.zalo.fail("access_token", code)
    with pytest.raises(Stop, match=words):
        await tokens.current()
    with pytest.raises(Stop, match=words):
        await tokens.current()
    assert len(rig.asked()) == 1
    assert rig.alarms == ["configuration"]
    rig.clock.forward(TOLD_PAUSE)
    assert rig.works(await tokens.current())


async def test_the_secret_really_is_checked(rig: TokenRig) -> None:
    with pytest.raises(Stop, match="-14004"):
        await rig.tokens(app_secret="WrongSecret").current()
    with pytest.raises(Stop, match="-14002"):
        await rig.tokens(app_id="999").current()
    assert rig.works(await rig.tokens().current()), "nothing was spent by it"


async def test_an_unknown_refusal_waits(rig: TokenRig) -> None:
    tokens = rig.tokens()
    rig.zalo.fail("access_token", -14099)
    for _ in range(2):
        with pytest.raises(Again):
            await tokens.current()
    assert "oauth_refused:-14099" in rig.counted
    rig.clock.forward(TOLD_PAUSE)
    assert rig.works(await tokens.current())


async def test_an_answer_without_a_refresh_token_keeps_the_old_one(rig: TokenRig) -> None:
    rig.zalo.settings.keep_refresh = True
    tokens = rig.tokens()
    assert rig.works(await tokens.current())
    row = await rig.row()
    assert row.refresh == rig.zalo.first_refresh_token()
    assert row.refresh_until == rig.clock.now() + timedelta(days=90)
    assert rig.alarms == ["no_refresh"]
    assert "renewal_without_refresh_token" in rig.counted
    rig.clock.forward(26 * HOUR)
    assert rig.works(await tokens.current())
    assert (await rig.row()).refresh_until == row.refresh_until


async def test_another_key_ring_is_said(rig: TokenRig, tmp_path_factory: pytest.TempPathFactory) -> None:
    await rig.tokens().current()
    ring = KeyRing.create(tmp_path_factory.mktemp("other") / "keys.json")
    rig.books = replace(rig.books, vault=Vault(ring))  # type: ignore[type-var]
    with pytest.raises(Stop, match="key ring"):
        await rig.tokens().current()


async def test_every_way_out_is_a_send_fault(rig: TokenRig) -> None:
    for code in (-14002, -14014, -32, -14018, 0):
        rig.zalo.fail("access_token", code)
        with pytest.raises(SendFault):
            await rig.tokens(refresh_token=f"token-{code}").current()
        rig.zalo.clear_faults()
        rig.clock.forward(HOUR)
