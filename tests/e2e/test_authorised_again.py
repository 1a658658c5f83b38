"""The account's grant ends while people write: an administrator hears of it, authorises anew, nobody is forgotten."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import aiohttp

from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.authorise import Authorisation
from bot.channels.zalo_oa.options import OaOptions
from bot.channels.zalo_oa.parts import options_of
from petitions.kinds import Role
from storage.records import OutboxStatus
from tests import virtual_loop
from tests.e2e.support.town import CALM, Town, town

MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
MOMENT = 90.0
"""Seconds, longer than the pauses between two looks at the token and after a refused account."""


def test_a_grant_that_ended_is_given_again(tmp_path: Path) -> None:
    virtual_loop.run(given_again(tmp_path))


async def given_again(folder: Path) -> None:
    async with town(folder, start=MONDAY, seed=7, per_minute=100) as here:
        desk = await here.officer("lanh_dao", Role.ADMIN)
        citizen = here.zalo.person("Sen")
        citizen.say("xin chào")
        await here.until_still()
        heard = len(citizen.messages)
        assert heard > 1, "the account answers"

        here.zalo.refuse_renewals(1)
        here.clock.forward(timedelta(hours=26))
        await asyncio.sleep(MOMENT)
        citizen.say("tôi muốn gửi phản ánh")
        await asyncio.sleep(MOMENT)
        assert len(citizen.messages) == heard + 1, "nothing can be said"
        assert await alarms(here, desk) == 1

        await by_browser(here)
        await here.until_still()
        await asyncio.sleep(CALM)
        assert any(shown.from_oa for shown in citizen.messages[heard + 1 :]), "what waited was said"
        renewals = here.zalo.renewals
        here.clock.forward(timedelta(hours=21))
        await asyncio.sleep(MOMENT)
        assert here.zalo.renewals == renewals + 1, "the new pair is renewed by itself"
        assert await alarms(here, desk) == 1


async def alarms(here: Town, desk: str) -> int:
    """How many alarms about the account stand in the administrator's chat."""
    return sum(
        "tiepdan zalo authorise" in row.body["text"]
        for row in await here.ledger.messages()
        if row.chat == desk and row.status in {OutboxStatus.SENT, OutboxStatus.DELIVERED}
    )


async def by_browser(here: Town) -> None:
    """What the command line prepares, and then the administrator's browser does."""
    options = options_here(here)
    steps = Authorisation(options, database=here.service.database, books=here.service.books)
    challenge = await steps.prepare(bytes(32))
    shown = here.zalo.permission_link(oauth.callback_url(options), challenge)
    await steps.begin("word-of-the-test")
    link = oauth.completed_link(options, challenge, shown, "word-of-the-test")
    async with aiohttp.ClientSession() as browser:
        async with browser.get(link, allow_redirects=False) as response:
            back = urlsplit(response.headers["Location"])
        url = f"http://127.0.0.1:{here.service.port}{back.path}?{back.query}"
        async with browser.get(url) as response:
            assert response.status == 200
            assert "Đã kết nối" in await response.text()


def options_here(here: Town) -> OaOptions:
    settings = here.service.settings
    assert settings.zalo_oa is not None
    return options_of(settings.zalo_oa, public_url=settings.http.public_url, receives=True)
