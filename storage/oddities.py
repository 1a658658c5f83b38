"""Counts of what platforms sent and the service refused or did not understand; never its content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, bindparam, case, delete, select

from storage.book import as_record, upsert
from storage.schema import oddities

_ADD: Final = upsert(
    oddities,
    key=["channel", "account", "what"],
    change=lambda row: {
        "count": oddities.c.count + row.count,
        "last_at": case((row.last_at > oddities.c.last_at, row.last_at), else_=oddities.c.last_at),
    },
)
_MARK: Final = upsert(
    oddities,
    key=["channel", "account", "what"],
    change=lambda row: {"first_at": row.first_at, "last_at": row.last_at},
)
_UNMARK: Final = delete(oddities).where(
    oddities.c.channel == bindparam("of_channel"),
    oddities.c.account == bindparam("of_account"),
    oddities.c.what == bindparam("of_what"),
)
_ALL: Final = (
    select(
        oddities.c.channel,
        oddities.c.account,
        oddities.c.what,
        oddities.c.count,
        oddities.c.first_at,
        oddities.c.last_at,
    )
    .where(oddities.c.agency == bindparam("agency"))
    .order_by(oddities.c.channel, oddities.c.account, oddities.c.what)
)
_LAST: Final = select(oddities.c.last_at).where(
    oddities.c.channel == bindparam("channel"),
    oddities.c.account == bindparam("account"),
    oddities.c.what == bindparam("what"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """How often something odd came from an account's platform, and between when."""

    channel: str
    account: str
    what: str
    """A fixed word such as `wrong_signature`."""
    count: int
    first_at: datetime
    last_at: datetime


def add_many(connection: Connection, counted: Iterable[Oddity], *, agency: str) -> None:
    """Adds these counts to those that stand there."""
    rows = [_values(one, agency) for one in counted]
    # In one order in every process, so that two of them never wait for each other's rows.
    _ADD.run_many(connection, sorted(rows, key=lambda row: (row["channel"], row["account"], row["what"])))


def all_of(connection: Connection, agency: str) -> list[Oddity]:
    """Every count, by channel, account and kind."""
    return [as_record(Oddity, row) for row in connection.execute(_ALL, {"agency": agency})]


def set_mark(connection: Connection, mark: Oddity, *, agency: str) -> None:
    """A moment that must outlast this process, in place of an earlier one of the same name."""
    _MARK.run(connection, _values(mark, agency))


def clear_mark(connection: Connection, channel: str, account: str, what: str) -> None:
    """The mark is no longer needed; does nothing where there is none."""
    values = {"of_channel": channel, "of_account": account, "of_what": what}
    connection.execute(_UNMARK, values)


def last_of(connection: Connection, channel: str, account: str, what: str) -> datetime | None:
    """When this was last counted; None: never."""
    values = {"channel": channel, "account": account, "what": what}
    moment: datetime | None = connection.execute(_LAST, values).scalar()
    return moment


def _values(one: Oddity, agency: str) -> dict[str, Any]:
    return {
        "channel": one.channel,
        "account": one.account,
        "what": one.what,
        "agency": agency,
        "count": one.count,
        "first_at": one.first_at,
        "last_at": one.last_at,
    }
