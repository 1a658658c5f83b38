"""The account's access token: kept in the database, renewed before it ends, by one process at a time.

A refresh token works once. That one was sent is written down before it leaves, and the new pair is stored before
its first use, so that a crash or a lost answer at any moment is known afterwards: the old access token is used while
it works, then the old refresh token once more, then a person must help (reference 1.2, token-store rules).
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from bot.channels.base import Again, SendFault, Stop
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.kept_grant import Alarm, KeptGrant, Trouble, silent
from bot.channels.zalo_oa.oauth import AnswerLost, NotSent, OAuthClient, OAuthRefused
from bot.channels.zalo_oa.options import CHANNEL, OaOptions
from petitions.clock import Clock
from storage import grants
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.grants import Grant, GrantState

log = logging.getLogger(__name__)

RENEWED_AT: Final = 0.8
"""Part of its life at which an access token is renewed: 20 of 25 hours."""
AHEAD: Final = 0.02
"""The background does so up to this part earlier, so that several processes rarely begin together."""
UNDER_WAY: Final = timedelta(seconds=oauth.ANSWER_SECONDS + 15)
"""Within this time after a renewal was sent its answer may still come to whoever sent it."""
LOST_PAUSE: Final = timedelta(minutes=15)
"""Between tries after two answers were lost."""
TOLD_PAUSE: Final = timedelta(minutes=5)
"""After a refusal that only a person can mend, in this process; a restart tries at once."""
LOOK_SECONDS: Final = 60.0
_LOCK_SECONDS: Final = 0.2
_LOCK_TRIES: Final = 200
_MOST_FORCED: Final = 3
_FORCED_WITHIN: Final = timedelta(minutes=10)

RENEWING: Final = "renewing"
RENEWING_AGAIN: Final = "renewing_again"
"""Reasons of a row whose renewal is on its way; the second for the try after a lost answer."""
_TRIED_TWICE: Final = frozenset({RENEWING_AGAIN, Trouble.LOST_AGAIN.value})

_WORDS: Final = {
    Trouble.AUTHORISE: "nobody has authorised the account yet: tiepdan zalo authorise",
    Trouble.SPENT: "the grant ended, a person must authorise again: tiepdan zalo authorise",
}


def _uncounted(_: str) -> None:
    """Nothing counts."""


class OaTokens:
    """Implements `options.AccessTokens`. `run` renews ahead of time; without it `current` renews when asked.

    `jitter`: 0 to 1, when within the last hundredths the background renews. `alarm`: at most once in six hours for
    all processes. `sleep`: as asyncio's, for the background's pauses.
    """

    def __init__(
        self,
        options: OaOptions,
        *,
        database: Database,
        books: Callable[[Connection], Casebook],
        clock: Clock,
        jitter: Callable[[], float],
        count: Callable[[str], None] = _uncounted,
        alarm: Alarm = silent,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        client: OAuthClient | None = None,
    ) -> None:
        self._configured = options.refresh_token
        self._kept = KeptGrant(options.oa_id, database=database, books=books, clock=clock, alarm=alarm)
        self._clock = clock
        self._count = count
        self._sleep = sleep
        self._oauth = client or OAuthClient(options)
        self._ahead = 1 - AHEAD * jitter()
        self._renewal: asyncio.Task[None] | None = None
        self._not_before: datetime | None = None
        self._told: SendFault | None = None
        self._forced: list[datetime] = []
        self._configured_is_old = False
        self._last_reason = ""

    # --- what the client asks

    async def current(self) -> str:
        """See `AccessTokens.current`."""
        grant = await self._kept.look()
        now = self._clock.now()
        if grant is None or not grant.alive(now):
            return (await self._renewed(grant)).access
        if self._due(grant, now) and not self._paused(now):
            try:
                grant = await self._renewed(grant)
            except SendFault as fault:
                self._note(fault.reason)
        return grant.access

    async def refused(self, token: str) -> None:
        """See `AccessTokens.refused`."""
        grant = await self._kept.look(fresh=True)
        if grant is None or grant.access != token:
            return
        now = self._clock.now()
        if grant.alive(now):
            self._forced = [moment for moment in self._forced if now - moment < _FORCED_WITHIN]
            if len(self._forced) >= _MOST_FORCED:
                self._count("access_token_refused_anew")
                await self._kept.raise_alarm(Trouble.NEW_REFUSED)
                raise Again("fresh access tokens are refused", after=60, whole_account=True)
            self._forced.append(now)

            def end(book: Casebook, known: Grant) -> Grant:
                return grants.end_access(book, known) if known.access == token else known

            grant = self._kept.keep(await self._kept.change(end))
        await self._renewed(grant)

    # --- the background

    async def run(self) -> None:
        """Renew ahead of time and raise alarms; ends by cancellation."""
        while True:
            await self.tend()
            await self._sleep(LOOK_SECONDS)

    async def tend(self) -> None:
        """One look: renew where it is time, or where there is no token that works."""
        try:
            grant = await self._kept.look(fresh=True)
            now = self._clock.now()
            if grant is not None and grant.alive(now) and not self._due(grant, now, part=self._ahead):
                self._last_reason = ""
            elif not self._paused(now):
                await self._renewed(grant, ahead=True)
                self._last_reason = ""
        except SendFault as fault:
            self._note(fault.reason)

    async def close(self) -> None:
        """Let a renewal that is on its way come to its end."""
        if self._renewal is not None:
            await asyncio.wait({self._renewal}, timeout=UNDER_WAY.total_seconds())

    # --- one renewal

    def _due(self, grant: Grant, now: datetime, *, part: float = 1.0) -> bool:
        """Whether it is time to renew a token that still works. An uncertain one is used to its end first, and
        where a person must help it is used as long as it works."""
        if grant.issued_at is None or grant.expires_at is None:
            return True
        match grant.state:
            case GrantState.GOOD:
                life = grant.expires_at - grant.issued_at
                return now >= grant.issued_at + life * RENEWED_AT * part
            case GrantState.REFUSED:
                return bool(self._configured) and not self._configured_is_old
        return False

    def _paused(self, now: datetime) -> bool:
        return self._not_before is not None and now < self._not_before

    async def _renewed(self, known: Grant | None, *, ahead: bool = False) -> Grant:
        """The grant after a renewal by whichever task or process; all that ask meanwhile share one. It goes on
        where who asked for it is cancelled. Raises Stop, Again."""
        if self._told is not None and self._paused(self._clock.now()):
            raise self._told
        if self._renewal is None or self._renewal.done():
            version = known.version if known is not None else 0
            self._renewal = asyncio.create_task(self._renew(version, ahead=ahead), name="grant-renewal")
            self._renewal.add_done_callback(_noticed)
        await asyncio.shield(self._renewal)
        grant = self._kept.held
        if grant is None or not grant.alive(self._clock.now()):
            raise Again("no access token yet")
        return grant

    async def _renew(self, version: int, *, ahead: bool) -> None:
        for _ in range(_LOCK_TRIES):
            try:
                async with grants.only_renewer(self._kept.database, CHANNEL, self._kept.account) as ours:
                    if ours:
                        await self._renew_alone(ahead=ahead)
                        return
            except Unavailable:
                raise Again("database away") from None
            await asyncio.sleep(_LOCK_SECONDS)
            grant = await self._kept.look(fresh=True)
            if grant is not None and grant.version != version and grant.alive(self._clock.now()):
                return
        raise Again("another process renews")

    async def _renew_alone(self, *, ahead: bool) -> None:
        await self._kept.store_unsaved()
        part = self._ahead if ahead else 1.0
        grant, before = await self._kept.change(lambda book, known: self._begin(book, known, part))
        self._kept.keep(grant)
        if before is None:
            if not grant.alive(self._clock.now()):
                await self._help_needed(grant)
            return
        self._count("token_renewals")
        try:
            pair = await self._oauth.renew(grant.refresh)
        except NotSent as fault:
            await self._nothing_done(before, grant)
            raise Again(f"tokens cannot be renewed: {fault}") from None
        except AnswerLost:
            await self._lost(before, grant)
            raise Again("the answer to a renewal was lost") from None
        except OAuthRefused as refusal:
            await self._not_renewed(refusal.code, before, grant)
            return
        await self._kept.store(grant.refresh, pair)
        self._not_before = self._told = None
        log.info("grant_renewed", extra={"channel": CHANNEL})
        if not pair.refresh:
            self._count("renewal_without_refresh_token")
            await self._kept.raise_alarm(Trouble.NO_REFRESH)

    def _begin(self, book: Casebook, grant: Grant, part: float) -> tuple[Grant, Grant | None]:
        """The row once its refresh token is marked as sent, and as it was before: None where nothing is to be
        sent. Raises Again."""
        now = book.now()
        if grant.alive(now) and not self._due(grant, now, part=part):
            return grant, None
        if grant.state in {GrantState.NONE, GrantState.REFUSED} or not grant.refresh:
            if not self._has_new_token(book, grant):
                return grant, None
            grant = grants.keep_first_token(book, grant, self._configured, refresh_life=oauth.REFRESH_LIFE)
        again = grant.state is GrantState.UNCERTAIN
        if again:
            _wait_for_others(grant, now)
        sent = RENEWING_AGAIN if again else RENEWING
        return grants.set_state(book, grant, GrantState.UNCERTAIN, sent), grant

    def _has_new_token(self, book: Casebook, grant: Grant) -> bool:
        """Whether the settings hold a token that was never tried."""
        new = bool(self._configured) and grants.mark_of(book, self._configured) not in grant.marks
        self._configured_is_old = not new
        return new

    async def _nothing_done(self, before: Grant, sent: Grant) -> None:
        """As before; where the answer of an earlier renewal is unknown, so it stays."""
        uncertain = before.state is GrantState.UNCERTAIN
        await self._kept.settle(sent, before.state, Trouble.LOST.value if uncertain else before.reason)

    async def _lost(self, before: Grant, sent: Grant) -> None:
        self._count("renewal_answer_lost")
        twice = before.state is GrantState.UNCERTAIN
        trouble = Trouble.LOST_AGAIN if twice else Trouble.LOST
        log.error("grant_uncertain", extra={"channel": CHANNEL, "reason": trouble.value})
        await self._kept.settle(sent, GrantState.UNCERTAIN, trouble.value)
        if twice:
            await self._kept.raise_alarm(trouble)

    async def _not_renewed(self, code: int, before: Grant, sent: Grant) -> None:
        """The endpoint said no. Raises Stop, Again."""
        self._count(f"oauth_refused:{code}")
        log.error("grant_not_renewed", extra={"channel": CHANNEL, "code": code})
        if code == oauth.SPENT:
            grant = await self._kept.settle(sent, GrantState.REFUSED, Trouble.SPENT.value)
            if grant.state is not GrantState.REFUSED:
                return  # a person authorised anew meanwhile
            if await self._kept.change(self._has_new_token):
                raise Again("the configured token is tried next", after=1)
            await self._help_needed(grant)
        await self._nothing_done(before, sent)
        self._not_before = self._clock.now() + TOLD_PAUSE
        words = oauth.CONFIGURATION.get(code)
        if words is None:
            self._told = Again(f"tokens are not renewed (oauth {code})", after=TOLD_PAUSE.total_seconds())
        else:
            self._told = Stop(f"zalo oauth {code}: {words}")
            await self._kept.raise_alarm(Trouble.CONFIGURATION)
        raise self._told

    async def _help_needed(self, grant: Grant) -> None:
        """A person must authorise. Raises Stop."""
        trouble = Trouble.SPENT if grant.state is GrantState.REFUSED else Trouble.AUTHORISE
        await self._kept.raise_alarm(trouble)
        raise Stop(_WORDS[trouble])

    def _note(self, reason: str) -> None:
        """The same fault is logged once, not every minute."""
        if reason != self._last_reason:
            log.warning("grant_renewal_failed", extra={"channel": CHANNEL, "reason": reason})
        self._last_reason = reason


def _wait_for_others(grant: Grant, now: datetime) -> None:
    """Raises Again while the answer of somebody else's renewal may still come, or two were lost lately."""
    since = now - grant.updated_at
    if grant.reason in {RENEWING, RENEWING_AGAIN} and since < UNDER_WAY:
        raise Again("a renewal is on its way", after=(UNDER_WAY - since).total_seconds())
    if grant.reason in _TRIED_TWICE and since < LOST_PAUSE:
        raise Again("answers to renewals are lost", after=(LOST_PAUSE - since).total_seconds())


def _noticed(task: asyncio.Task[None]) -> None:
    """Whoever asked may have been cancelled; the fault was told where it happened."""
    if not task.cancelled():
        task.exception()
