"""The account's administrator grants the service its access: by the browser, by a pasted code, by pasted tokens.

A pair is asked whose it is before it is stored: one of another account must not take the place of a good one, and
here a person is present who can do it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import AnswerLost, NotSent, OAuthClient, OAuthRefused, TokenPair
from bot.channels.zalo_oa.options import CHANNEL, OaOptions
from storage import grants
from storage.casebook import Casebook
from storage.database import Database
from storage.grants import Grant

T = TypeVar("T")

STATE_LIFE: Final = timedelta(minutes=30)
"""How long the way through the browser may take."""
_TOKEN: Final = re.compile(r"[\x21-\x7e]{6,4096}")
_DEAD: Final = frozenset({-216, -220, -124})


@unique
class Outcome(StrEnum):
    """What became of an authorisation; names its page."""

    CONNECTED = "connected"
    CONNECTED_BUT = "connected_but"
    """The pair is stored, but the API refuses the account for another reason."""
    WRONG_STATE = "wrong_state"
    """Not begun here, over, or used already."""
    DENIED = "denied"
    """The administrator did not agree."""
    OTHER_ACCOUNT = "other_account"
    CODE_BAD = "code_bad"
    CHALLENGE = "challenge"
    CONFIGURATION = "configuration"
    """Application id or secret are wrong."""
    NO_ANSWER = "no_answer"
    NO_VERIFIER = "no_verifier"
    """Nothing was prepared here."""
    TOKEN_BAD = "token_bad"  # noqa: S105 - a word of the vocabulary
    """What was pasted is no token."""


GOOD: Final = frozenset({Outcome.CONNECTED, Outcome.CONNECTED_BUT})


@dataclass(frozen=True, slots=True)
class Result:
    """`code` is the number with which the platform refused, 0 where it did not."""

    outcome: Outcome
    code: int = 0


class Authorisation:
    """The steps of an authorisation. Methods raise Unavailable and CannotOpen."""

    def __init__(
        self,
        options: OaOptions,
        *,
        database: Database,
        books: Callable[[Connection], Casebook],
        client: OAuthClient | None = None,
    ) -> None:
        self._options = options
        self._database = database
        self._books = books
        self._oauth = client or OAuthClient(options)

    async def grant(self) -> Grant | None:
        """What is stored now."""
        return await self._database.read(
            lambda connection: grants.find_grant(self._books(connection), CHANNEL, self._options.oa_id)
        )

    async def prepare(self, random: bytes, *, new: bool = False) -> str:
        """The challenge for the console. Its verifier is kept: the first one, or one of these
        `oauth.VERIFIER_BYTES` random bytes where there is none or a `new` one is wanted."""

        def work(book: Casebook, grant: Grant) -> str:
            if not grant.verifier or new:
                grant = grants.keep_verifier(book, grant, oauth.verifier_of(random))
            return oauth.challenge_of(grant.verifier)

        return await self._change(work)

    async def begin(self, word: str) -> datetime:
        """The browser may come back with this random word until then; an earlier one counts no more."""

        def work(book: Casebook, grant: Grant) -> datetime:
            until = book.now() + STATE_LIFE
            grants.begin_authorisation(book, grant, word, until=until)
            return until

        return await self._change(work)

    async def finish(self, *, word: str, code: str, oa_id: str) -> Result:
        """The browser came back. `word` is used up by it."""
        if not word or not await self._change(
            lambda book, grant: grants.end_authorisation(book, grant, word)
        ):
            return Result(Outcome.WRONG_STATE)
        if not code:
            return Result(Outcome.DENIED)
        if oa_id and oa_id != self._options.oa_id:
            return Result(Outcome.OTHER_ACCOUNT)
        return await self.by_code(code)

    async def by_code(self, code: str) -> Result:
        """Exchange the code of an authorisation and keep the pair."""
        if not _TOKEN.fullmatch(code):
            return Result(Outcome.CODE_BAD)
        grant = await self.grant()
        if grant is None or not grant.verifier:
            return Result(Outcome.NO_VERIFIER)
        try:
            pair = await self._oauth.exchange(code, grant.verifier)
        except (NotSent, AnswerLost):
            return Result(Outcome.NO_ANSWER)
        except OAuthRefused as refusal:
            return Result(_meaning(refusal.code), refusal.code)
        return await self._keep(pair)

    async def by_tokens(self, access: str, refresh: str) -> Result:
        """Keep tokens from the console's API Explorer; `access` may be empty, then the service makes the first
        one. An access token that has ended already is left out."""
        if not _TOKEN.fullmatch(refresh) or (access and not _TOKEN.fullmatch(access)) or access == refresh:
            return Result(Outcome.TOKEN_BAD)
        if not access:
            return await self._keep_refresh(refresh)
        return await self._keep(TokenPair(access, refresh))

    async def _keep(self, pair: TokenPair) -> Result:
        code = await self._owner_fault(pair.access)
        if code is None:
            return Result(Outcome.OTHER_ACCOUNT)
        if code in _DEAD:
            return await self._keep_refresh(pair.refresh)

        def work(book: Casebook, grant: Grant) -> None:
            grants.keep_pair(
                book,
                grant,
                access=pair.access,
                refresh=pair.refresh,
                life=pair.life,
                refresh_life=oauth.REFRESH_LIFE,
            )

        await self._change(work)
        return Result(Outcome.CONNECTED_BUT if code else Outcome.CONNECTED, code)

    async def _keep_refresh(self, refresh: str) -> Result:
        await self._change(
            lambda book, grant: grants.keep_first_token(book, grant, refresh, refresh_life=oauth.REFRESH_LIFE)
        )
        return Result(Outcome.CONNECTED)

    async def _owner_fault(self, access: str) -> int | None:
        """0 where the token is of our account, as far as can be asked; the number of a refusal; None where it is
        of another account."""
        try:
            profile = await oauth.profile_of(self._options, access)
        except (NotSent, AnswerLost):
            return 0
        if profile.error:
            return profile.error
        return 0 if profile.oa_id in {"", self._options.oa_id} else None

    async def _change(self, work: Callable[[Casebook, Grant], T]) -> T:
        def run(connection: Connection) -> T:
            book = self._books(connection)
            return work(book, grants.lock_grant(book, CHANNEL, self._options.oa_id))

        return await self._database.transact(run)


def _meaning(code: int) -> Outcome:
    if code == oauth.CHALLENGE_DIFFERS:
        return Outcome.CHALLENGE
    return Outcome.CONFIGURATION if code in oauth.CONFIGURATION else Outcome.CODE_BAD
