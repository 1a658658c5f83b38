"""What a platform granted an account: a token pair that is renewed, and the authorisation that is under way.

One row for each account. The pair is sealed; what guards an authorisation is kept as a keyed hash. Whoever changes
a row has it from `lock_grant` in the same transaction.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum, unique
from hashlib import blake2b
from typing import Any, Final

from sqlalchemy import bindparam, select, text, update

from storage.book import Book, insert_new
from storage.database import Database, Unavailable
from storage.faults import unavailable
from storage.schema import grants

_ROW: Final = select(grants).where(
    grants.c.channel == bindparam("of_channel"), grants.c.account == bindparam("of_account")
)
_ROW_LOCKED: Final = _ROW.with_for_update()
_UPDATE: Final = update(grants).where(
    grants.c.channel == bindparam("of_channel"), grants.c.account == bindparam("of_account")
)
_INSERT: Final = insert_new(grants, unless=["channel", "account"])
_MOST_MARKS: Final = 16
"""Configured tokens that are remembered as used."""


@unique
class GrantState(StrEnum):
    """How far the pair can be trusted."""

    NONE = "none"
    """Nobody has authorised yet."""
    GOOD = "good"
    UNCERTAIN = "uncertain"
    """The answer to a renewal was lost, or one is on its way: the refresh token may be spent."""
    REFUSED = "refused"
    """The refresh token is spent or withdrawn: a person must authorise again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One account's row, opened."""

    channel: str
    account: str
    state: GrantState
    reason: str
    """A short word of whoever set the state; empty when all is well."""
    verifier: str = field(repr=False)
    access: str = field(repr=False)
    refresh: str = field(repr=False)
    marks: tuple[str, ...] = field(repr=False)
    """Keyed hashes of the configured tokens that were used already."""
    state_hash: bytes | None = field(repr=False)
    state_until: datetime | None
    issued_at: datetime | None
    expires_at: datetime | None
    """When the access token ends."""
    refresh_until: datetime | None
    version: int
    """One more with every new pair."""
    alarmed_at: datetime | None
    updated_at: datetime

    def alive(self, now: datetime) -> bool:
        """Whether the access token should still work."""
        return bool(self.access) and self.expires_at is not None and now < self.expires_at


def find_grant(book: Book, channel: str, account: str) -> Grant | None:
    """The account's row, None before the first authorisation was begun. Raises CannotOpen."""
    row = book.connection.execute(_ROW, {"of_channel": channel, "of_account": account}).first()
    return None if row is None else _grant(book, row)


def lock_grant(book: Book, channel: str, account: str) -> Grant:
    """The account's row, made where there is none, locked until the transaction ends. Raises CannotOpen."""
    key = {"of_channel": channel, "of_account": account}
    row = book.connection.execute(_ROW_LOCKED, key).first()
    if row is None:
        _INSERT.run(
            book.connection,
            {
                "channel": channel,
                "account": account,
                "agency": book.agency,
                "state": GrantState.NONE.value,
                "version": 0,
                "reason": "",
                "updated_at": book.now(),
            },
        )
        row = book.connection.execute(_ROW_LOCKED, key).one()
    return _grant(book, row)


def keep_pair(
    book: Book, grant: Grant, *, access: str, refresh: str, life: timedelta, refresh_life: timedelta
) -> Grant:
    """A new pair, good from now. `life` of the access token, `refresh_life` of the refresh token; where that is
    the one that stood there, its end stands as well."""
    now = book.now()
    until = grant.refresh_until if refresh == grant.refresh else now + refresh_life
    return _change(
        book,
        grant,
        state=GrantState.GOOD,
        reason="",
        access=access,
        refresh=refresh,
        issued_at=now,
        expires_at=now + life,
        refresh_until=until,
        version=grant.version + 1,
        alarmed_at=None,
    )


def keep_first_token(book: Book, grant: Grant, refresh: str, *, refresh_life: timedelta) -> Grant:
    """A refresh token from elsewhere, without an access token; it is remembered as used once."""
    return _change(
        book,
        grant,
        state=GrantState.GOOD,
        reason="",
        access="",
        refresh=refresh,
        marks=(*grant.marks, mark_of(book, refresh))[-_MOST_MARKS:],
        issued_at=book.now(),
        expires_at=None,
        refresh_until=book.now() + refresh_life,
        version=grant.version + 1,
        alarmed_at=None,
    )


def mark_of(book: Book, token: str) -> str:
    """By which a configured token is known again."""
    return book.vault.blind("grant_token", token).hex()


def set_state(book: Book, grant: Grant, state: GrantState, reason: str) -> Grant:
    """What is known of the pair now, and why. That a person must authorise again is told at once, whatever was
    told before."""
    if state is GrantState.REFUSED and grant.state is not state:
        return _change(book, grant, state=state, reason=reason, alarmed_at=None)
    return _change(book, grant, state=state, reason=reason)


def end_access(book: Book, grant: Grant) -> Grant:
    """The platform refuses the access token: nobody shall use it any more."""
    return _change(book, grant, expires_at=book.now())


def keep_verifier(book: Book, grant: Grant, verifier: str) -> Grant:
    """The secret half of the challenge that stands in the platform's console."""
    return _change(book, grant, verifier=verifier)


def begin_authorisation(book: Book, grant: Grant, word: str, *, until: datetime) -> Grant:
    """An authorisation is under way until then; whoever comes back must bring `word`. An earlier one ends."""
    return _change(book, grant, state_hash=_word_hash(book, word), state_until=until)


def end_authorisation(book: Book, grant: Grant, word: str) -> bool:
    """Whether `word` belongs to the authorisation under way; then it is used up."""
    if grant.state_hash is None or grant.state_until is None:
        return False
    same = hmac.compare_digest(grant.state_hash, _word_hash(book, word))
    if not same or book.now() >= grant.state_until:
        return False
    _change(book, grant, state_hash=None, state_until=None)
    return True


def claim_alarm(book: Book, grant: Grant, *, every: timedelta) -> bool:
    """Whether an alarm may go out now: none went out within `every`."""
    if grant.alarmed_at is not None and book.now() - grant.alarmed_at < every:
        return False
    _change(book, grant, alarmed_at=book.now())
    return True


@asynccontextmanager
async def only_renewer(database: Database, channel: str, account: str) -> AsyncIterator[bool]:
    """Whether this process may renew now; True for one process at a time on PostgreSQL.

    The lock has a connection of its own, so that no transaction waits for the platform. On SQLite one process
    renews; there the row's state alone keeps others away. Raises Unavailable.
    """
    engine = database.lockers
    if engine is None:
        yield True
        return
    name = f"grant:{channel}:{account}".encode()
    key = int.from_bytes(blake2b(name, digest_size=8).digest(), signed=True)
    try:
        connection = await engine.connect()
    except Exception as fault:
        reason = unavailable(fault)
        if reason is None:
            raise
        raise Unavailable(reason) from fault
    try:
        try:
            await connection.execution_options(isolation_level="AUTOCOMMIT")
            asked = await connection.execute(text("SELECT pg_try_advisory_lock(:key)"), {"key": key})
            ours = bool(asked.scalar())
        except Exception as fault:
            reason = unavailable(fault)
            if reason is None:
                raise
            raise Unavailable(reason) from fault
        yield ours
    finally:
        await connection.invalidate()  # the lock must not live on in the pool
        await connection.close()


# --- inside


def _row_of(book: Book, channel: str, account: str) -> int:
    """Sealed values name their row by a number; this table's key is text."""
    return int.from_bytes(book.vault.blind("grant", f"{channel}|{account}")[:7])


def _word_hash(book: Book, word: str) -> bytes:
    return book.vault.blind("grant_state", word)


def _grant(book: Book, row: Any) -> Grant:
    number = _row_of(book, row.channel, row.account)

    def opened(column: str) -> Any:
        sealed = getattr(row, column)
        return (
            None
            if sealed is None
            else book.vault.open_json(sealed, table="grants", column=column, row=number)
        )

    renewing = opened("refresh_enc") or {}
    return Grant(
        channel=row.channel,
        account=row.account,
        state=GrantState(row.state),
        reason=row.reason,
        verifier=opened("verifier_enc") or "",
        access=opened("access_enc") or "",
        refresh=renewing.get("token", ""),
        marks=tuple(renewing.get("marks", ())),
        state_hash=row.state_hash,
        state_until=row.state_until,
        issued_at=row.issued_at,
        expires_at=row.expires_at,
        refresh_until=row.refresh_until,
        version=row.version,
        alarmed_at=row.alarmed_at,
        updated_at=row.updated_at,
    )


def _change(book: Book, grant: Grant, **changes: Any) -> Grant:
    """The row with these fields; a change of the pair's state is what `updated_at` dates."""
    if "state" in changes:
        changes["updated_at"] = book.now()
    changed = replace(grant, **changes)
    number = _row_of(book, grant.channel, grant.account)

    def sealed(column: str, value: Any) -> bytes:
        return book.vault.seal_json(value, table="grants", column=column, row=number)

    values = {
        name: value
        for name, value in changes.items()
        if name not in {"verifier", "access", "refresh", "marks"}
    }
    if "verifier" in changes:
        values["verifier_enc"] = sealed("verifier_enc", changed.verifier)
    if "access" in changes:
        values["access_enc"] = sealed("access_enc", changed.access)
    if "refresh" in changes or "marks" in changes:
        values["refresh_enc"] = sealed(
            "refresh_enc", {"token": changed.refresh, "marks": list(changed.marks)}
        )
    key = {"of_channel": grant.channel, "of_account": grant.account}
    book.connection.execute(_UPDATE.values(values), key)
    return changed
