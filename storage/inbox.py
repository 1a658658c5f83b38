"""The inbox: which updates were seen, and the few that are kept because they could not be handled.

An update is entered in the same transaction as everything it causes, so "seen" and "done" are one thing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, literal_column, select, update

from storage.book import holds, insert_new, upsert
from storage.ids import IdSource
from storage.keys import CannotOpen, Vault
from storage.prepared import Prepared
from storage.records import DeadLetter
from storage.schema import inbox

DONE: Final = "done"
KEPT: Final = "kept"
"""Acknowledged to the platform and stored, but not handled yet."""
DEAD: Final = "dead"
"""Failed again and again with a healthy database; waits for an operator."""

_KEY: Final = ["channel", "account", "update_id"]
_NOT_DONE: Final = inbox.c.status != literal_column("'done'")
_ENTER: Final = insert_new(inbox, unless=_KEY)
_KEEP_DEAD: Final = upsert(
    inbox,
    key=_KEY,
    change=lambda row: {
        "id": row.id,
        "status": row.status,
        "raw_enc": row.raw_enc,
        "error": row.error,
        "attempts": inbox.c.attempts + row.attempts,
    },
    where=_NOT_DONE,
)
_OPEN: Final = {
    status: select(inbox)
    .where(_NOT_DONE, holds(inbox.c.status, status), inbox.c.agency == bindparam("agency"))
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
    for status in (KEPT, DEAD)
}
_TAKE: Final = (
    select(inbox).where(inbox.c.id == bindparam("letter_id"), _NOT_DONE).with_for_update(skip_locked=True)
)
_KEPT_SINCE: Final = (
    select(inbox)
    .where(
        _NOT_DONE,
        holds(inbox.c.status, KEPT),
        inbox.c.agency == bindparam("agency"),
        inbox.c.id > bindparam("after"),
        inbox.c.received_at <= bindparam("before"),
    )
    .order_by(inbox.c.id)
    .limit(bindparam("most"))
)
_TAKE_KEPT: Final = Prepared(
    update(inbox)
    .where(inbox.c.id == bindparam("letter_id"), _NOT_DONE, holds(inbox.c.status, KEPT))
    .values(status=DONE, raw_enc=None)
)
_BURY_KEPT: Final = (
    update(inbox)
    .where(inbox.c.id == bindparam("letter_id"), _NOT_DONE, holds(inbox.c.status, KEPT))
    .values(status=DEAD, error=bindparam("to_error"))
)
_SEEN: Final = select(inbox.c.update_id).where(
    inbox.c.channel == bindparam("channel"),
    inbox.c.account == bindparam("account"),
    inbox.c.update_id.in_(bindparam("update_ids", expanding=True)),
)
_FINISH: Final = (
    update(inbox)
    .where(inbox.c.id == bindparam("letter_id"), _NOT_DONE)
    .values(status=DONE, raw_enc=None, error=None)
)


def first_time(
    connection: Connection, channel: str, account: str, update_id: str, *, agency: str, at: datetime
) -> bool:
    """Enters an update as done. False where it was seen before: then drop it."""
    values = {
        "channel": channel,
        "account": account,
        "update_id": update_id,
        "agency": agency,
        "status": DONE,
        "received_at": at,
    }
    return _ENTER.run(connection, values) == 1


def seen_among(
    connection: Connection, channel: str, account: str, update_ids: Sequence[str]
) -> frozenset[str]:
    """Which of these updates of an account were seen."""
    values = {"channel": channel, "account": account, "update_ids": list(update_ids)}
    return frozenset(connection.execute(_SEEN, values).scalars())


def keep(
    connection: Connection,
    channel: str,
    account: str,
    update_id: str,
    *,
    raw: bytes,
    agency: str,
    at: datetime,
    vault: Vault,
    ids: IdSource,
) -> int | None:
    """Stores the authentic update before it is handled, so that it can be acknowledged at once.

    Gives the id to take it by, or None where it was seen before.
    """
    values = _letter(channel, account, update_id, raw=raw, agency=agency, at=at, vault=vault, ids=ids)
    values |= {"status": KEPT}
    entered = _ENTER.run(connection, values) == 1
    return values["id"] if entered else None


def keep_dead(
    connection: Connection,
    channel: str,
    account: str,
    update_id: str,
    *,
    raw: bytes,
    error: str,
    attempts: int,
    agency: str,
    at: datetime,
    vault: Vault,
    ids: IdSource,
) -> int | None:
    """Keeps an update whose turn fails again and again. `error` names the fault, without anybody's words.

    One that was kept before keeps its place and counts further. Gives the letter's id, or None where another
    process got the update done meanwhile: then it must not be run again.
    """
    values = _letter(channel, account, update_id, raw=raw, agency=agency, at=at, vault=vault, ids=ids)
    values |= {"status": DEAD, "error": error, "attempts": attempts}
    kept = _KEEP_DEAD.run(connection, values) == 1
    return values["id"] if kept else None


def dead_letters(connection: Connection, *, agency: str, limit: int = 100) -> list[DeadLetter]:
    """The letters that wait for an operator, oldest first, unopened."""
    return _letters(connection, DEAD, agency, limit)


def kept(connection: Connection, *, agency: str, limit: int = 100) -> list[DeadLetter]:
    """Updates that were acknowledged and not handled, as after a crash; oldest first, unopened."""
    return _letters(connection, KEPT, agency, limit)


def open_kept(
    connection: Connection, *, agency: str, vault: Vault, before: datetime, after: int = 0, limit: int = 100
) -> list[DeadLetter]:
    """As `kept`, opened, of those received at `before` or earlier with ids above `after`. One that cannot be
    opened has no `raw`."""
    values = {"agency": agency, "before": before, "after": after, "most": limit}
    letters = []
    for row in connection.execute(_KEPT_SINCE, values):
        try:
            raw = vault.open(row.raw_enc, table="inbox", column="raw_enc", row=row.id)
        except CannotOpen:
            raw = None
        letters.append(_record(row, raw))
    return letters


def take_kept(connection: Connection, letter_id: int) -> bool:
    """Takes a kept update out, to handle it in this same transaction: if that fails, it is still there. False
    where it was handled, or became a dead letter, meanwhile."""
    return _TAKE_KEPT.run(connection, {"letter_id": letter_id}) == 1


def bury_kept(connection: Connection, letter_id: int, *, error: str) -> bool:
    """Makes a dead letter of a kept update that cannot even be read. False where it is no longer kept."""
    return connection.execute(_BURY_KEPT, {"letter_id": letter_id, "to_error": error}).rowcount == 1


def take_for_replay(connection: Connection, letter_id: int, *, vault: Vault) -> DeadLetter | None:
    """Takes a kept update or a dead letter out, opened, to handle it in this same transaction: if that fails,
    the letter is still there. None where it is gone or somebody else handles it now. Raises `CannotOpen`."""
    row = connection.execute(_TAKE, {"letter_id": letter_id}).first()
    if row is None:
        return None
    raw = vault.open(row.raw_enc, table="inbox", column="raw_enc", row=row.id)
    connection.execute(_FINISH, {"letter_id": letter_id})
    return _record(row, raw)


def _letters(connection: Connection, status: str, agency: str, limit: int) -> list[DeadLetter]:
    rows = connection.execute(_OPEN[status], {"agency": agency, "most": limit})
    return [_record(row, None) for row in rows]


def _letter(
    channel: str,
    account: str,
    update_id: str,
    *,
    raw: bytes,
    agency: str,
    at: datetime,
    vault: Vault,
    ids: IdSource,
) -> dict[str, Any]:
    letter_id = ids.new()
    return {
        "channel": channel,
        "account": account,
        "update_id": update_id,
        "id": letter_id,
        "agency": agency,
        "raw_enc": vault.seal(raw, table="inbox", column="raw_enc", row=letter_id),
        "received_at": at,
    }


def _record(row: Row[Any], raw: bytes | None) -> DeadLetter:
    return DeadLetter(
        id=row.id,
        channel=row.channel,
        account=row.account,
        update_id=row.update_id,
        status=row.status,
        error=row.error or "",
        attempts=row.attempts,
        received_at=row.received_at,
        raw=raw,
    )
