"""Files that a platform announced and that are still to be fetched."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, tuple_, update

from storage.attachments import file_record
from storage.book import holds
from storage.keys import CannotOpen, Vault
from storage.records import FileRecord, FileStatus
from storage.schema import files

_PENDING: Final = (
    select(files)
    .where(
        holds(files.c.status, "pending"),
        files.c.next_at <= bindparam("now"),
        tuple_(files.c.channel, files.c.account).in_(bindparam("accounts", expanding=True)),
    )
    .order_by(files.c.next_at, files.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_OPEN: Final = update(files).where(files.c.id == bindparam("file_id"), holds(files.c.status, "pending"))
_PUT_OFF: Final = _OPEN.values(
    next_at=bindparam("until"), reason=bindparam("why"), attempts=files.c.attempts + 1
)
_HOLD: Final = _OPEN.where(files.c.next_at < bindparam("until")).values(next_at=bindparam("until"))
_END: Final = _OPEN.values(
    status=bindparam("outcome"), reason=bindparam("why"), attempts=files.c.attempts + 1
)
_STORED: Final = _OPEN.values(
    status=FileStatus.STORED,
    content_key=bindparam("address"),
    size=bindparam("bytes_stored"),
    mime=bindparam("found_mime"),
    reason=None,
    attempts=files.c.attempts + 1,
)


def pending(
    connection: Connection,
    vault: Vault,
    *,
    accounts: list[tuple[str, str]],
    now: datetime,
    limit: int = 20,
    claim_until: datetime | None = None,
) -> list[FileRecord]:
    """Files to fetch now from these (channel, account) pairs, oldest first.

    `claim_until` keeps them from other processes until then; a fetcher that dies leaves them due again then.
    """
    values: dict[str, Any] = {"accounts": list(accounts), "now": now, "most": limit}
    found = [_record(row, vault) for row in connection.execute(_PENDING, values)]
    if claim_until is not None and found:
        connection.execute(
            update(files).where(files.c.id.in_([file.id for file in found])).values(next_at=claim_until)
        )
    return found


def hold(connection: Connection, file_id: int, *, until: datetime) -> bool:
    """Renews a claim while the file is being fetched; never shortens a wait."""
    return connection.execute(_HOLD, {"file_id": file_id, "until": until}).rowcount == 1


def _record(row: Row[Any], vault: Vault) -> FileRecord:
    """One that cannot be opened comes without the platform's id: it must not stop those behind it."""
    try:
        return file_record(row, vault)
    except CannotOpen:
        return file_record(row, None)


def mark_stored(connection: Connection, file_id: int, *, content_key: str, size: int, mime: str) -> bool:
    """The bytes are in the file store; `mime` is what they are. False where the file was decided before."""
    values = {"file_id": file_id, "address": content_key, "bytes_stored": size, "found_mime": mime}
    return connection.execute(_STORED, values).rowcount == 1


def put_off(connection: Connection, file_id: int, *, until: datetime, reason: str) -> bool:
    """Tries again at `until`; counts the attempt."""
    return connection.execute(_PUT_OFF, {"file_id": file_id, "until": until, "why": reason}).rowcount == 1


def refuse(connection: Connection, file_id: int, *, reason: str) -> bool:
    """Seen and not taken (too large, or not what it says it is)."""
    return _end(connection, file_id, FileStatus.REFUSED, reason)


def fail(connection: Connection, file_id: int, *, reason: str) -> bool:
    """The platform no longer gives it."""
    return _end(connection, file_id, FileStatus.FAILED, reason)


def _end(connection: Connection, file_id: int, outcome: FileStatus, reason: str) -> bool:
    values = {"file_id": file_id, "outcome": outcome, "why": reason}
    return connection.execute(_END, values).rowcount == 1
