"""The account's row of tokens as one process sees it: read, changed, stored until it is safe, and alarms about it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final, TypeVar

from sqlalchemy import Connection

from bot.channels.base import Again, Stop
from bot.channels.zalo_oa import oauth
from bot.channels.zalo_oa.oauth import TokenPair
from bot.channels.zalo_oa.options import CHANNEL
from petitions.clock import Clock
from storage import grants
from storage.casebook import Casebook
from storage.database import Database, Unavailable
from storage.grants import Grant, GrantState
from storage.keys import CannotOpen

log = logging.getLogger(__name__)

T = TypeVar("T")

FRESH: Final = timedelta(seconds=30)
"""How long what was read is believed: another process may have renewed meanwhile."""
ALARM_EVERY: Final = timedelta(hours=6)
ASK_ALARM_EVERY: Final = timedelta(minutes=15)
"""How often one process asks whether it is time for an alarm."""
_STORE_TRIES: Final = 3


@unique
class Trouble(StrEnum):
    """Why the grant is not good; stands in the row and in the alarm."""

    AUTHORISE = "authorise"
    """Nobody has authorised yet."""
    SPENT = "spent"
    """The refresh token was refused (-14014)."""
    CONFIGURATION = "configuration"
    """Application, secret or console are not as the settings say (-14002, -14003, -14004)."""
    LOST = "lost"
    LOST_AGAIN = "lost_again"
    NO_REFRESH = "no_refresh"
    """A renewal gave no refresh token; the old one is kept."""
    NEW_REFUSED = "new_refused"
    """Fresh access tokens are refused one after the other."""
    UNREADABLE = "unreadable"
    """The stored pair cannot be opened: the key ring is another."""


Alarm = Callable[[Casebook, str], None]
"""Tells those who administer the service, in the given transaction. The word is one of `Trouble`."""


def silent(_: Casebook, __: str) -> None:
    """No alarm but the log line."""


@dataclass(slots=True)
class _Unsaved:
    """A new pair that could not be stored yet; it is not used before."""

    instead_of: str = field(repr=False)
    pair: TokenPair


class KeptGrant:
    """The row of one account. `held` is what was read or written last."""

    def __init__(
        self,
        account: str,
        *,
        database: Database,
        books: Callable[[Connection], Casebook],
        clock: Clock,
        alarm: Alarm,
    ) -> None:
        self.account = account
        self.database = database
        self.held: Grant | None = None
        self._books = books
        self._clock = clock
        self._alarm = alarm
        self._read_at: datetime | None = None
        self._kept_times = 0
        self._unsaved: _Unsaved | None = None
        self._alarmed: dict[Trouble, datetime] = {}

    async def look(self, *, fresh: bool = False) -> Grant | None:
        """What is stored; while its token works, for some seconds from memory, and as long as the database is
        away. Raises Again, Stop."""
        await self.store_unsaved()
        now = self._clock.now()
        known = self.held if self.held is not None and self.held.alive(now) else None
        if known is not None and not fresh and self._read_at is not None and now - self._read_at < FRESH:
            return known
        kept = self._kept_times
        try:
            found = await self.database.read(
                lambda connection: grants.find_grant(self._books(connection), CHANNEL, self.account)
            )
        except Unavailable:
            if known is not None:
                return known
            raise Again("database away") from None
        except CannotOpen:
            raise await self._unreadable() from None
        if kept != self._kept_times:  # a renewal stored a newer row while this one was read
            return self.held
        self.held, self._read_at = found, now
        return found

    def keep(self, grant: Grant) -> Grant:
        """This is what stands in the row now."""
        self._kept_times += 1
        self.held, self._read_at = grant, self._clock.now()
        return grant

    async def change(self, work: Callable[[Casebook, Grant], T]) -> T:
        """One transaction on the locked row. Raises Again, Stop, and what `work` raises."""
        try:
            return await self.database.transact(lambda connection: self._locked(connection, work))
        except Unavailable:
            raise Again("database away") from None
        except CannotOpen:
            raise await self._unreadable() from None

    async def settle(self, sent: Grant, state: GrantState, reason: str) -> Grant:
        """What became of the renewal of `sent`; nothing where somebody authorised meanwhile."""

        def work(book: Casebook, grant: Grant) -> Grant:
            if grant.version != sent.version:
                return grant
            return grants.set_state(book, grant, state, reason)

        return self.keep(await self.change(work))

    async def store(self, instead_of: str, pair: TokenPair) -> None:
        """Store a new pair in place of that refresh token. Raises Again; then the next call of any kind tries
        again, for nothing but this memory knows the pair."""
        self._unsaved = _Unsaved(instead_of, pair)
        await self.store_unsaved()

    async def store_unsaved(self) -> None:
        """Store what could not be stored before. Raises Again."""
        unsaved = self._unsaved
        if unsaved is None:
            return

        def work(book: Casebook, grant: Grant) -> Grant:
            if grant.refresh != unsaved.instead_of:  # a person authorised anew meanwhile
                return grant
            return grants.keep_pair(
                book,
                grant,
                access=unsaved.pair.access,
                refresh=unsaved.pair.refresh or grant.refresh,
                life=unsaved.pair.life,
                refresh_life=oauth.REFRESH_LIFE,
            )

        for attempt in range(1, _STORE_TRIES + 1):
            try:
                grant = await self.change(work)
            except Again:
                log.critical("grant_not_stored", extra={"channel": CHANNEL, "attempt": attempt})
                if attempt == _STORE_TRIES:
                    raise
                await asyncio.sleep(1)
            else:
                if self._unsaved is unsaved:
                    self._unsaved = None
                    self._alarmed.clear()
                self.keep(grant)
                return

    async def raise_alarm(self, trouble: Trouble) -> None:
        """Tell people, at most once in six hours for all processes."""
        now = self._clock.now()
        asked = self._alarmed.get(trouble)
        if asked is not None and now - asked < ASK_ALARM_EVERY:
            return
        self._alarmed[trouble] = now

        def work(book: Casebook, grant: Grant) -> bool:
            due = grants.claim_alarm(book, grant, every=ALARM_EVERY)
            if due:
                self._alarm(book, trouble.value)
            return due

        try:
            due = await self.database.transact(lambda connection: self._locked(connection, work))
        except (Unavailable, CannotOpen):
            due = True
        if due:
            log.critical("grant_alarm", extra={"channel": CHANNEL, "reason": trouble.value})

    def _locked(self, connection: Connection, work: Callable[[Casebook, Grant], T]) -> T:
        book = self._books(connection)
        return work(book, grants.lock_grant(book, CHANNEL, self.account))

    async def _unreadable(self) -> Stop:
        await self.raise_alarm(Trouble.UNREADABLE)
        return Stop("the stored grant does not open with this key ring")
