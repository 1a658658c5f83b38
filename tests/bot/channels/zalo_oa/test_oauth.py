"""The account is connected: PKCE, the permission link, the way back through the browser, pasted codes and tokens."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest

from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.authorise import STATE_LIFE, Authorisation, Outcome, Result
from bot.channels.zalo_oa.callback import AuthorisationCallback
from bot.channels.zalo_oa.oauth import AnswerLost, NotSent, OAuthClient, OAuthRefused, WrongLink
from bot.channels.zalo_oa.options import CALLBACK
from bot.dispatch import Books
from handlers.texts import Catalogue
from storage.database import Database
from storage.grants import GrantState
from storage.ids import IdSource
from storage.keys import Vault
from tests.bot.channels.zalo_oa.token_rig import TokenRig, options_for
from tests.emulators.zalo_oa import VERIFIER, ZaloOaEmulator
from tests.hand_clock import HandClock
from tests.web_site import running

CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
WORD = "word-of-this-authorisation"
BYTES = bytes(range(32))


@pytest.fixture
async def rig(database: Database, books: Books, clock: HandClock) -> AsyncIterator[TokenRig]:
    async with ZaloOaEmulator(clock=clock) as zalo:
        yield TokenRig(zalo, database, books, clock)


@pytest.fixture
def authorisation(rig: TokenRig) -> Authorisation:
    return Authorisation(options_for(rig.zalo), database=rig.database, books=rig.books)


def test_the_vector_of_rfc_7636() -> None:
    assert oauth.challenge_of(VERIFIER) == CHALLENGE
    assert len(oauth.verifier_of(BYTES)) == 43
    assert set(oauth.verifier_of(b"\xff" * 32)) <= set("_-" + "8w")


async def prepared(rig: TokenRig, authorisation: Authorisation) -> str:
    """Verifier made, values saved in the console: the link that the console shows."""
    challenge = await authorisation.prepare(BYTES)
    return rig.zalo.permission_link(oauth.callback_url(options_for(rig.zalo)), challenge)


async def agreed(link: str) -> dict[str, str]:
    """The administrator opens the link and agrees: what the browser brings back."""
    async with aiohttp.ClientSession() as session, session.get(link, allow_redirects=False) as response:
        assert response.status == 302, await response.text()
        where = urlsplit(response.headers["Location"])
        assert where.path == CALLBACK
        return {name: values[0] for name, values in parse_qs(where.query).items()}


async def test_the_whole_way(rig: TokenRig, authorisation: Authorisation) -> None:
    link = await prepared(rig, authorisation)
    until = await authorisation.begin(WORD)
    assert until == rig.clock.now() + STATE_LIFE
    challenge = await authorisation.prepare(b"\0" * 32)
    assert challenge == oauth.challenge_of(oauth.verifier_of(BYTES)), "the verifier is kept"
    back = await agreed(oauth.completed_link(options_for(rig.zalo), challenge, link, WORD))
    assert back["state"] == WORD
    result = await authorisation.finish(word=back["state"], code=back["code"], oa_id=back["oa_id"])
    assert result == Result(Outcome.CONNECTED)
    token = await rig.tokens(refresh_token="").current()
    assert rig.works(token)
    row = await rig.row()
    assert (row.state, row.version) == (GrantState.GOOD, 1)
    assert row.refresh_until == rig.clock.now() + timedelta(days=90)
    exchanged = rig.asked()[0]
    assert exchanged["grant_type"] == "authorization_code"
    assert exchanged["code_verifier"] == oauth.verifier_of(BYTES)


async def test_our_own_link_works_as_the_consoles(rig: TokenRig, authorisation: Authorisation) -> None:
    await prepared(rig, authorisation)
    await authorisation.begin(WORD)
    challenge = await authorisation.prepare(BYTES)
    back = await agreed(oauth.permission_link(options_for(rig.zalo), challenge, WORD))
    assert (await authorisation.finish(word=WORD, code=back["code"], oa_id="")).outcome is Outcome.CONNECTED


async def test_a_state_works_once_in_time_and_only_the_newest(
    rig: TokenRig, authorisation: Authorisation
) -> None:
    await prepared(rig, authorisation)
    code = rig.zalo.world.oauth.new_code

    async def finish(word: str) -> Outcome:
        return (await authorisation.finish(word=word, code=code(), oa_id=rig.zalo.settings.oa_id)).outcome

    assert await finish(WORD) is Outcome.WRONG_STATE, "nothing was begun"
    await authorisation.begin("earlier")
    await authorisation.begin(WORD)
    for wrong in ("", "earlier", "guess", WORD + "x", "ký tự lạ"):
        assert await finish(wrong) is Outcome.WRONG_STATE
    assert not rig.asked()
    assert await finish(WORD) is Outcome.CONNECTED, "guesses did not use it up"
    assert await finish(WORD) is Outcome.WRONG_STATE
    await authorisation.begin(WORD)
    rig.clock.forward(STATE_LIFE)
    assert await finish(WORD) is Outcome.WRONG_STATE
    assert WORD.encode() not in ((await rig.row()).state_hash or b"")


async def test_what_comes_back_may_be_wrong(rig: TokenRig, authorisation: Authorisation) -> None:
    await prepared(rig, authorisation)
    oa_id = rig.zalo.settings.oa_id

    async def finish(code: str, account: str = oa_id) -> Result:
        await authorisation.begin(WORD)
        return await authorisation.finish(word=WORD, code=code, oa_id=account)

    code = rig.zalo.world.oauth.new_code()
    assert await finish("") == Result(Outcome.DENIED)
    assert await finish(code, "999") == Result(Outcome.OTHER_ACCOUNT)
    assert not rig.asked()
    assert await finish("never-given") == Result(Outcome.CODE_BAD, -14005)
    assert await finish("có dấu") == Result(Outcome.CODE_BAD)
    assert (await finish(code)).outcome is Outcome.CONNECTED
    assert await finish(code) == Result(Outcome.CODE_BAD, -14005)
    late = rig.zalo.world.oauth.new_code()
    rig.clock.forward(timedelta(minutes=10))
    assert await finish(late) == Result(Outcome.CODE_BAD, -14005)
    rig.zalo.settings.challenge = CHALLENGE
    assert await finish(rig.zalo.world.oauth.new_code()) == Result(Outcome.CHALLENGE, -14003)
    rig.zalo.fail("access_token", -14002)
    assert await finish(rig.zalo.world.oauth.new_code()) == Result(Outcome.CONFIGURATION, -14002)
    for kind in ("bad_gateway", "lost_after", "not_json"):
        rig.zalo.settings.challenge = await authorisation.prepare(BYTES)
        rig.zalo.fault(kind, "access_token")
        assert (await finish(rig.zalo.world.oauth.new_code())).outcome is Outcome.NO_ANSWER
    assert (await rig.row()).version == 1


async def test_a_code_without_preparation(authorisation: Authorisation) -> None:
    assert await authorisation.by_code("some-code") == Result(Outcome.NO_VERIFIER)


async def test_a_new_verifier_takes_the_place(rig: TokenRig, authorisation: Authorisation) -> None:
    first = await authorisation.prepare(BYTES)
    second = await authorisation.prepare(b"\1" * 32, new=True)
    assert second != first
    assert await authorisation.prepare(BYTES) == second


async def test_pasted_tokens(rig: TokenRig, authorisation: Authorisation) -> None:
    pair = rig.zalo.world.oauth.pair()
    assert await authorisation.by_tokens(pair["access_token"], pair["refresh_token"]) == Result(
        Outcome.CONNECTED
    )
    tokens = rig.tokens(refresh_token="")
    assert await tokens.current() == pair["access_token"]
    assert not rig.asked()
    for access, refresh in (
        ("", ""),
        ("a b", "long-enough"),
        ("long-enough", "ắ" * 9),
        ("same-same", "same-same"),
    ):
        assert (await authorisation.by_tokens(access, refresh)).outcome is Outcome.TOKEN_BAD


@pytest.mark.parametrize("dead", [False, True])
async def test_a_pasted_refresh_token_is_used_by_the_service_alone(
    rig: TokenRig, authorisation: Authorisation, dead: bool
) -> None:
    pair = rig.zalo.world.oauth.pair()
    access = "an-access-token-that-ended" if dead else ""
    assert (await authorisation.by_tokens(access, pair["refresh_token"])).outcome is Outcome.CONNECTED
    assert not rig.asked()
    assert rig.works(await rig.tokens(refresh_token="").current())


async def test_a_pair_of_another_account_is_not_kept(rig: TokenRig, authorisation: Authorisation) -> None:
    good = rig.zalo.world.oauth.pair()
    await authorisation.by_tokens(good["access_token"], good["refresh_token"])
    other = rig.zalo.world.oauth.pair()
    rig.zalo.settings.oa_id = "111"
    result = await authorisation.by_tokens(other["access_token"], other["refresh_token"])
    assert result == Result(Outcome.OTHER_ACCOUNT)
    rig.zalo.settings.oa_id = "388613280878808645"
    assert (await rig.row()).refresh == good["refresh_token"]


async def test_what_the_api_refuses_is_said(rig: TokenRig, authorisation: Authorisation) -> None:
    await prepared(rig, authorisation)
    rig.zalo.fail("getoa", -224)
    result = await authorisation.by_code(rig.zalo.world.oauth.new_code())
    assert result == Result(Outcome.CONNECTED_BUT, -224)
    rig.zalo.fault("bad_gateway", "getoa")
    result = await authorisation.by_code(rig.zalo.world.oauth.new_code())
    assert result == Result(Outcome.CONNECTED), "a server that is away proves nothing"


async def test_proof_goes_along(rig: TokenRig) -> None:
    rig.zalo.settings.demand_proof = True
    options = options_for(rig.zalo)
    access = rig.zalo.world.oauth.pair()["access_token"]
    assert (await oauth.profile_of(options, access)).error == -242
    profile = await oauth.profile_of(options_for(rig.zalo, proof=True), access)
    assert (profile.error, profile.oa_id) == (0, rig.zalo.settings.oa_id)


async def test_an_authorisation_while_the_service_renews(rig: TokenRig, authorisation: Authorisation) -> None:
    """The answer to the old token's renewal comes after the new pair was stored: the new one stays."""
    await prepared(rig, authorisation)
    tokens = rig.tokens()
    rig.zalo.fault("delay", "access_token", seconds=0.3)
    renewing = asyncio.create_task(tokens.current())
    await asyncio.sleep(0.1)
    assert (await authorisation.by_code(rig.zalo.world.oauth.new_code())).outcome is Outcome.CONNECTED
    stored = (await rig.row()).access
    assert await renewing == stored
    assert (await rig.row()).state is GrantState.GOOD
    assert rig.works(stored)


def test_links_that_are_not_ours() -> None:
    options = options_for(ZaloOaEmulator(), oauth_url="https://oauth.zaloapp.com/v4", refresh_token="")
    right = oauth.permission_link(options, CHALLENGE, "").removesuffix("&state=")
    completed = oauth.completed_link(options, CHALLENGE, f"  {right}\n", WORD)
    assert completed == oauth.permission_link(options, CHALLENGE, WORD)
    bare = f"https://oauth.zaloapp.com/v4/oa/permission?app_id={options.app_id}"
    assert oauth.completed_link(options, CHALLENGE, bare, WORD) == completed
    for link, words in (
        ("https://evil.example/v4/oa/permission?app_id=1", "not Zalo's permission link"),
        ("https://oauth.zaloapp.com/v4/permission?app_id=1", "not Zalo's permission link"),
        ("nonsense", "not Zalo's permission link"),
        (right.replace(options.app_id, "77"), "another application"),
        (right.replace("tiepdan.example.vn", "other.example.vn"), "another callback"),
        (right.replace(CHALLENGE, "A" * 43), "another code challenge"),
    ):
        with pytest.raises(WrongLink, match=words):
            oauth.completed_link(options, CHALLENGE, link, WORD)


# --- the wire


async def test_the_form_of_a_request(rig: TokenRig) -> None:
    client = OAuthClient(options_for(rig.zalo))
    pair = await client.renew(rig.zalo.first_refresh_token())
    assert pair.life == timedelta(hours=25)
    call = rig.zalo.calls_of("/oa/access_token")[0]
    assert set(call.body) == {"app_id", "grant_type", "refresh_token"}
    assert pair.access not in repr(pair)
    with pytest.raises(OAuthRefused) as refused:
        await client.renew(rig.zalo.first_refresh_token())
    assert refused.value.code == -14014


@pytest.mark.parametrize(
    ("answer", "life"),
    [
        ({"expires_in": "3600"}, timedelta(hours=1)),
        ({"expires_in": 7200}, timedelta(hours=2)),
        ({"expires_in": "soon"}, oauth.ACCESS_LIFE),
        ({"expires_in": "-5"}, oauth.ACCESS_LIFE),
        ({"expires_in": True}, oauth.ACCESS_LIFE),
        ({"expires_in": 1e300}, oauth.ACCESS_LIFE),
        ({}, oauth.ACCESS_LIFE),
    ],
)
def test_how_long_a_token_lives(answer: dict[str, object], life: timedelta) -> None:
    assert oauth._life(answer) == life


async def test_faults_on_the_way(rig: TokenRig) -> None:
    client = OAuthClient(options_for(rig.zalo), seconds=0.3)
    token = rig.zalo.first_refresh_token()
    for kind in ("bad_gateway", "not_json", "reset_before"):
        rig.zalo.fault(kind, "access_token")
        with pytest.raises(AnswerLost) as lost:
            await client.renew(token)
        assert lost.value.__context__ is None
    rig.zalo.fault("slow", "access_token", seconds=1)
    with pytest.raises(AnswerLost):
        await client.renew(token)
    await rig.zalo.go_away()
    with pytest.raises(NotSent) as unsent:
        await client.renew(token)
    assert unsent.value.__context__ is None
    await rig.zalo.come_back()


# --- the page


@dataclass
class Browser:
    """The service's web server with the way back from Zalo."""

    session: aiohttp.ClientSession
    rig: TokenRig
    authorisation: Authorisation
    counted: list[str] = field(default_factory=list)

    async def come_back(self, **query: str) -> tuple[int, str, str]:
        """Status, page and last address of coming back with this."""
        async with self.session.get(CALLBACK, params=query) as response:
            return response.status, await response.text(), str(response.url)


@pytest.fixture
async def browser(
    sqlite_database: Database, books: Books, vault: Vault, ids: IdSource, clock: HandClock, tmp_path: Path
) -> AsyncIterator[Browser]:
    async with ZaloOaEmulator(clock=clock) as zalo:
        rig = TokenRig(zalo, sqlite_database, books, clock)
        authorisation = Authorisation(options_for(zalo), database=sqlite_database, books=books)
        counted: list[str] = []
        callback = AuthorisationCallback(authorisation, count=counted.append)
        async with (
            running(
                sqlite_database, vault=vault, ids=ids, clock=clock, folder=tmp_path, routes=callback.routes()
            ) as site,
            aiohttp.ClientSession(site.url) as session,
        ):
            yield Browser(session, rig, authorisation, counted)


async def test_the_browser_comes_back(browser: Browser, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    link = await prepared(browser.rig, browser.authorisation)
    await browser.authorisation.begin(WORD)
    back = await agreed(f"{link}&state={WORD}")
    status, page, address = await browser.come_back(**back)
    assert status == 200
    assert "Đã kết nối" in page
    assert address.endswith("?done=connected"), "the code stands in no address bar"
    row = await browser.rig.row()
    for secret in (row.access, row.refresh, row.verifier, back["code"], WORD):
        assert secret not in page + address
        assert secret not in caplog.text
    status, page, _ = await browser.come_back(**back)
    assert status == 400
    assert "không dùng được nữa" in page
    assert browser.counted == ["oauth_wrong_state"]


async def test_wrong_ways_back_are_counted(browser: Browser) -> None:
    assert (await browser.come_back())[0] == 400
    assert (await browser.come_back(state="x" * 3000, code="y" * 3000, oa_id="z"))[0] == 400
    await browser.authorisation.begin(WORD)
    assert "Chưa được cho phép" in (await browser.come_back(state=WORD))[1]
    await browser.authorisation.begin(WORD)
    assert "tài khoản khác" in (await browser.come_back(state=WORD, code="c", oa_id="1"))[1]
    assert browser.counted == [
        "oauth_wrong_state",
        "oauth_wrong_state",
        "oauth_denied",
        "oauth_other_account",
    ]
    assert (await browser.rig.row()).version == 0


async def test_looking_does_not_use_it_up(browser: Browser) -> None:
    await prepared(browser.rig, browser.authorisation)
    await browser.authorisation.begin(WORD)
    query = {"state": WORD, "code": browser.rig.zalo.world.oauth.new_code()}
    async with browser.session.head(CALLBACK, params=query) as response:
        assert response.status == 405
    assert (await browser.come_back(**query))[0] == 200


async def test_each_page_in_both_languages(browser: Browser) -> None:
    for language in ("vi", "en"):
        texts = Catalogue.load().language(language)
        for outcome in Outcome:
            status, page, _ = await browser.come_back(done=outcome.value, lang=language)
            assert status in {200, 400}
            assert texts.get(f"web.grant_{outcome.value}_title") in page
            assert f"?done={outcome.value}&amp;lang=" in page
    assert (await browser.come_back(done="nonsense"))[0] == 404


async def test_a_flood_is_slowed(browser: Browser) -> None:
    statuses = [(await browser.come_back(state="guess", code="c"))[0] for _ in range(25)]
    assert statuses[:20] == [400] * 20
    assert 429 in statuses[20:]
