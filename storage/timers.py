"""Timers: something to do at a time, as a row; fired once, also when the service was down at its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from storage.book import Book, holds
from storage.keys import CannotOpen, Vault
from storage.records import TimerRecord
from storage.schema import timers

_INSERT: Final = insert(timers)
_DUE: Final = (
    select(timers)
    .where(
        holds(timers.c.status, "waiting"),
        timers.c.agency == bindparam("agency"),
        timers.c.due_at <= bindparam("now"),
    )
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_NEXT: Final = (
    select(timers.c.due_at).where(holds(timers.c.status, "waiting")).order_by(timers.c.due_at).limit(1)
)
_FIRED: Final = (
    update(timers)
    .where(timers.c.id == bindparam("timer_id"), holds(timers.c.status, "waiting"))
    .values(status="fired", finished_at=bindparam("now"))
)
_POSTPONE: Final = (
    update(timers)
    .where(timers.c.id == bindparam("timer_id"), holds(timers.c.status, "waiting"))
    .values(due_at=bindparam("until"), attempts=timers.c.attempts + 1)
)


class Timers(Book):
    """Setting timers and calling them off."""

    def set_timer(
        self,
        what: str,
        due_at: datetime,
        *,
        petition_id: int | None = None,
        conversation_id: int | None = None,
        data: dict[str, Any] | None = None,
    ) -> int:
        """A timer named `what`; `data` (JSON values) is kept sealed. Gives its id."""
        timer_id = self.ids.new()
        sealed = (
            None
            if data is None
            else self.vault.seal_json(data, table="timers", column="data_enc", row=timer_id)
        )
        self.connection.execute(
            _INSERT,
            {
                "id": timer_id,
                "agency": self.agency,
                "what": what,
                "due_at": due_at,
                "petition_id": petition_id,
                "conversation_id": conversation_id,
                "data_enc": sealed,
                "status": "waiting",
            },
        )
        return timer_id

    def cancel_timers(
        self, what: str, *, petition_id: int | None = None, conversation_id: int | None = None
    ) -> int:
        """Calls off the waiting timers of this name for a petition or a conversation. Gives how many."""
        if petition_id is None and conversation_id is None:
            raise ValueError("timers are called off for a petition or a conversation")
        statement = update(timers).where(holds(timers.c.status, "waiting"), timers.c.what == what)
        if petition_id is not None:
            statement = statement.where(timers.c.petition_id == petition_id)
        if conversation_id is not None:
            statement = statement.where(timers.c.conversation_id == conversation_id)
        return self.connection.execute(statement.values(status="cancelled", finished_at=self.now())).rowcount


def due(
    connection: Connection, vault: Vault, *, agency: str, now: datetime, limit: int = 1
) -> list[TimerRecord]:
    """Timers whose time has come, the oldest first. On PostgreSQL they are locked, and those that another
    process holds are passed over; fire them and mark them in this same transaction."""
    rows = connection.execute(_DUE, {"agency": agency, "now": now, "most": limit})
    return [_record(row, vault) for row in rows]


def _record(row: Row[Any], vault: Vault) -> TimerRecord:
    data: dict[str, Any] = {}
    damaged = False
    if row.data_enc is not None:
        try:
            data = vault.open_json(row.data_enc, table="timers", column="data_enc", row=row.id)
        except CannotOpen:
            damaged = True
    return TimerRecord(
        id=row.id,
        what=row.what,
        due_at=row.due_at,
        petition_id=row.petition_id,
        conversation_id=row.conversation_id,
        data=data,
        attempts=row.attempts,
        damaged=damaged,
    )


def next_due(connection: Connection) -> datetime | None:
    """When the next timer falls due; None where none waits."""
    moment: datetime | None = connection.execute(_NEXT).scalar()
    return moment


def fired(connection: Connection, timer_id: int, *, now: datetime) -> bool:
    """Marks a timer as fired. False where it was fired or called off meanwhile: then do nothing."""
    return connection.execute(_FIRED, {"timer_id": timer_id, "now": now}).rowcount == 1


def postpone(connection: Connection, timer_id: int, until: datetime) -> None:
    """Tries a timer again later, after its work failed; counts the attempt."""
    connection.execute(_POSTPONE, {"timer_id": timer_id, "until": until})
