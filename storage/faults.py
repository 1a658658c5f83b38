"""Which database faults mean "away for now", and which mean "run it again"."""

from __future__ import annotations

import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout


class Unavailable(Exception):
    """The database is away or full: nothing was committed, try later. The message has no personal data."""


_SQLITE_AWAY: Final = (
    "database is locked",
    "database table is locked",
    "disk i/o error",
    "database or disk is full",
    "attempt to write a readonly database",
    "unable to open database file",
    "file is not a database",
    "database disk image is malformed",
)
_RUN_AGAIN: Final = frozenset({"40001", "40P01", "55P03"})
"""Serialisation failure, deadlock, lock not granted in time."""
_AWAY_CLASSES: Final = frozenset({"08", "53", "57", "58"})
"""Connection, resources (disk full, too many connections), operator (shutdown, time-out), system faults."""
_AWAY_CODES: Final = frozenset({"25006", "28000", "28P01", "3D000"})
"""Read-only, and the database or its user not (yet) there."""
_WORDS: Final = {
    "3D000": "there is no database of this name",
    "28000": "this user may not log in",
    "28P01": "wrong user or password",
    "25006": "the server takes no writes now (a standby?)",
    "53300": "too many connections",
    "53100": "the server's disk is full",
}


def unavailable(fault: BaseException) -> str | None:
    """Why the database cannot commit now, in a few words without values; None for any other fault."""
    if isinstance(fault, PoolTimeout):
        return "no free connection"
    if isinstance(fault, DBAPIError):
        return _away_by_driver(fault)
    if isinstance(fault, sqlite3.Error):
        return _sqlite_away(fault)
    if isinstance(fault, OSError):
        return f"cannot reach the database ({type(fault).__name__})"
    code = getattr(fault, "sqlstate", None)  # asyncpg raises its own class while it connects
    if isinstance(code, str) and (code[:2] in _AWAY_CLASSES or code in _AWAY_CODES):
        return _refusal(code)
    return None


def _refusal(code: str) -> str:
    """What a SQLSTATE means to whoever set the address of the database."""
    known = _WORDS.get(code)
    return (
        f"the database refuses: {known} (SQLSTATE {code})"
        if known
        else f"the database refuses (SQLSTATE {code})"
    )


def _away_by_driver(fault: DBAPIError) -> str | None:
    if fault.connection_invalidated:
        return "the connection was lost"
    code = sqlstate(fault)
    if code is not None:
        away = code[:2] in _AWAY_CLASSES or code in _AWAY_CODES
        return _refusal(code) if away else None
    return None if fault.orig is None else _sqlite_away(fault.orig)


def _sqlite_away(fault: BaseException) -> str | None:
    message = str(fault).lower()
    return next((known for known in _SQLITE_AWAY if known in message), None)


def run_again(fault: BaseException) -> bool:
    """True where a fresh run may well succeed: deadlock, serialisation, lost connection, an id met twice."""
    if not isinstance(fault, DBAPIError):
        return False
    if fault.connection_invalidated or sqlstate(fault) in _RUN_AGAIN:
        return True
    return isinstance(fault, IntegrityError) and _own_id_taken(str(fault.orig))


def _own_id_taken(message: str) -> bool:
    """Two processes drew the same id in the same millisecond (`ids.IdSource`)."""
    first = message.partition("\n")[0]
    return (first.startswith("UNIQUE constraint failed: ") and first.endswith(".id")) or (
        '"pk_' in first and "unique constraint" in first
    )


def sqlstate(fault: DBAPIError) -> str | None:
    """The SQLSTATE of PostgreSQL, None on SQLite."""
    code = getattr(fault.orig, "sqlstate", None) or getattr(fault.orig, "pgcode", None)
    return code if isinstance(code, str) else None
