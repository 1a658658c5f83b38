"""Processes that renew the tokens of one emulated account, each with a database of its own to the same file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection

from bot.channels.zalo_oa.oauth import OAuthClient
from bot.channels.zalo_oa.options import CHANNEL, OaOptions
from bot.channels.zalo_oa.tokens import OaTokens
from storage import grants
from storage.casebook import Casebook
from storage.database import Database
from storage.grants import Grant, GrantState
from tests.emulators.zalo_oa import ZaloOaEmulator
from tests.hand_clock import HandClock

HOUR = timedelta(hours=1)


def options_for(zalo: ZaloOaEmulator, **changes: Any) -> OaOptions:
    given: dict[str, Any] = {
        "oa_id": zalo.settings.oa_id,
        "app_id": zalo.settings.app_id,
        "app_secret": zalo.settings.app_secret,
        "secret_key": zalo.settings.oa_secret,
        "refresh_token": zalo.first_refresh_token(),
        "api_url": zalo.api_url,
        "oauth_url": zalo.oauth_url,
        "public_url": "https://tiepdan.example.vn",
    }
    return OaOptions(**(given | changes))


@dataclass
class TokenRig:
    """One database and one emulated account."""

    zalo: ZaloOaEmulator
    database: Database
    books: Callable[[Connection], Casebook]
    clock: HandClock
    counted: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)

    def tokens(self, *, seconds: float = 2.0, database: Database | None = None, **changes: Any) -> OaTokens:
        """A process's tokens; `seconds` of patience with the endpoint."""
        options = options_for(self.zalo, **changes)
        return OaTokens(
            options,
            database=database or self.database,
            books=self.books,
            clock=self.clock,
            jitter=lambda: 0.5,
            count=self.counted.append,
            alarm=lambda _, reason: self.alarms.append(reason),
            client=OAuthClient(options, seconds=seconds),
        )

    async def in_row(self, work: Callable[[Casebook, Grant], Any]) -> Any:
        def run(connection: Connection) -> Any:
            book = self.books(connection)
            return work(book, grants.lock_grant(book, CHANNEL, self.zalo.settings.oa_id))

        return await self.database.transact(run)

    async def row(self) -> Grant:
        found: Grant = await self.in_row(lambda _, grant: grant)
        return found

    async def crash_between(self, reason: str) -> None:
        """As a process leaves the row that died after it sent the refresh token."""
        await self.in_row(lambda book, grant: grants.set_state(book, grant, GrantState.UNCERTAIN, reason))

    def works(self, token: str) -> bool:
        """Whether the platform takes the access token now."""
        return self.zalo.world.oauth.check_access(token) == 0

    def asked(self) -> list[dict[str, Any]]:
        """Every request to the token endpoint."""
        return [call.body for call in self.zalo.calls_of("/oa/access_token")]

    def nothing_used_twice(self) -> bool:
        """Whether no refresh token was accepted and then sent again."""
        sent = [
            call.body["refresh_token"]
            for call in self.zalo.calls_of("/oa/access_token")
            if call.outcome == "ok"
        ]
        return len(sent) == len(set(sent))
