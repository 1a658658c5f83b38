"""Timers: something to do at a time, as a row; fired once, also when the service was down at its time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, case, insert, select, text, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.book import Book, holds
from storage.keys import CannotOpen, Vault
from storage.prepared import Prepared
from storage.records import TimerRecord
from storage.schema import OF_OFFICER, ONE_LOOK, timers

HOTSPOTS: Final = "hotspots"
"""Name of the timer that looks for hotspots; an agency has one."""

_INSERT: Final = Prepared(insert(timers))
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
_DUE_IDS: Final = (
    select(timers.c.id)
    .where(
        holds(timers.c.status, "waiting"),
        timers.c.agency == bindparam("agency"),
        timers.c.due_at <= bindparam("now"),
    )
    .order_by(timers.c.due_at, timers.c.id)
    .limit(bindparam("most"))
)
_TAKE: Final = (
    select(timers)
    .where(
        timers.c.id == bindparam("timer_id"),
        holds(timers.c.status, "waiting"),
        timers.c.due_at <= bindparam("now"),
    )
    .with_for_update(skip_locked=True)
)
_NEXT: Final = Prepared(
    select(timers.c.due_at).where(holds(timers.c.status, "waiting")).order_by(timers.c.due_at).limit(1)
)
_FIRED: Final = Prepared(
    update(timers)
    .where(timers.c.id == bindparam("timer_id"), holds(timers.c.status, "waiting"))
    .values(status="fired", finished_at=bindparam("now"))
)
_POSTPONE: Final = (
    update(timers)
    .where(timers.c.id == bindparam("timer_id"), holds(timers.c.status, "waiting"))
    .values(due_at=bindparam("until"), attempts=timers.c.attempts + 1)
)
_MOVE: Final = Prepared(
    update(timers)
    .where(
        timers.c.id.in_(
            select(timers.c.id)
            .where(
                timers.c.petition_id == bindparam("of_petition"),
                timers.c.what == bindparam("called"),
                holds(timers.c.status, "waiting"),
            )
            .with_for_update(skip_locked=True)
        )
    )
    .values(due_at=bindparam("until"), attempts=0)
)
"""One that another process is about to fire is passed over: it waits for the petition's lock, which is held here,
and must not be waited for in turn."""
_PLANNED: Final = select(timers.c.petition_id, timers.c.due_at).where(
    timers.c.petition_id.in_(bindparam("petition_ids", expanding=True)),
    timers.c.what == bindparam("called"),
    holds(timers.c.status, "waiting"),
)


def _of_officer(build: Any) -> Any:
    """The earlier of two moments counts: what is urgent does not wait for what is not."""
    statement = build(timers)
    due_at = statement.excluded.due_at
    return statement.on_conflict_do_update(
        index_elements=[timers.c.officer_id, timers.c.what],
        index_where=text(OF_OFFICER),
        set_={"due_at": case((due_at < timers.c.due_at, due_at), else_=timers.c.due_at)},
    )


_SET_FOR_OFFICER: Final = Prepared(
    sqlite=_of_officer(sqlite.insert), postgresql=_of_officer(postgresql.insert)
)


def _one_look(build: Any) -> Any:
    """The earlier of two moments counts; what is remembered with the one that waits stays."""
    statement = build(timers)
    due_at = statement.excluded.due_at
    return statement.on_conflict_do_update(
        index_elements=[timers.c.agency],
        index_where=text(ONE_LOOK),
        set_={"due_at": case((due_at < timers.c.due_at, due_at), else_=timers.c.due_at)},
    )


_SET_LOOK: Final = Prepared(sqlite=_one_look(sqlite.insert), postgresql=_one_look(postgresql.insert))


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
        values = self._timer(timer_id, what, due_at)
        values |= {"petition_id": petition_id, "conversation_id": conversation_id, "data_enc": sealed}
        _INSERT.run(self.connection, values)
        return timer_id

    def set_officer_timer(self, what: str, due_at: datetime, officer_id: int) -> None:
        """The officer's one waiting timer of this name; where there is one already, the earlier time counts."""
        values = self._timer(self.ids.new(), what, due_at) | {"officer_id": officer_id}
        _SET_FOR_OFFICER.run(self.connection, values)

    def set_hotspot_timer(self, due_at: datetime, data: dict[str, Any] | None = None) -> None:
        """The agency's one waiting look for hotspots; where there is one already, the earlier time counts, and its
        data stay."""
        timer_id = self.ids.new()
        sealed = self.vault.seal_json(data or {}, table="timers", column="data_enc", row=timer_id)
        values = self._timer(timer_id, HOTSPOTS, due_at) | {"data_enc": sealed}
        _SET_LOOK.run(self.connection, values)

    def set_petition_timer(self, what: str, due_at: datetime | None, petition_id: int) -> None:
        """The petition's one waiting timer of this name, moved to `due_at`; None: called off.

        The petition must be locked in this transaction.
        """
        if due_at is None:
            self.cancel_timers(what, petition_id=petition_id)
            return
        values = {"of_petition": petition_id, "called": what, "until": due_at}
        if not _MOVE.run(self.connection, values):
            self.set_timer(what, due_at, petition_id=petition_id)

    def planned(self, what: str, petition_ids: list[int]) -> dict[int, datetime]:
        """When the waiting timers of this name are due, by petition; the earliest of each."""
        if not petition_ids:
            return {}
        found: dict[int, datetime] = {}
        for row in self.connection.execute(_PLANNED, {"petition_ids": petition_ids, "called": what}):
            found[row.petition_id] = min(row.due_at, found.get(row.petition_id, row.due_at))
        return found

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

    def _timer(self, timer_id: int, what: str, due_at: datetime) -> dict[str, Any]:
        return {"id": timer_id, "agency": self.agency, "what": what, "due_at": due_at, "status": "waiting"}


def due(
    connection: Connection, vault: Vault, *, agency: str, now: datetime, limit: int = 1
) -> list[TimerRecord]:
    """Timers whose time has come, the oldest first. On PostgreSQL they are locked, and those that another
    process holds are passed over; fire them and mark them in this same transaction."""
    rows = connection.execute(_DUE, {"agency": agency, "now": now, "most": limit})
    return [_record(row, vault) for row in rows]


def due_ids(connection: Connection, *, agency: str, now: datetime, limit: int) -> list[int]:
    """Which timers are due, the oldest first; nothing is locked, each is then `take`n on its own."""
    values = {"agency": agency, "now": now, "most": limit}
    return list(connection.execute(_DUE_IDS, values).scalars())


def take(connection: Connection, vault: Vault, timer_id: int, *, now: datetime) -> list[TimerRecord]:
    """This timer, locked as by `due`; empty where it was fired, moved or called off meanwhile, or is in other
    hands."""
    rows = connection.execute(_TAKE, {"timer_id": timer_id, "now": now})
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
        officer_id=row.officer_id,
        damaged=damaged,
    )


def next_due(connection: Connection) -> datetime | None:
    """When the next timer falls due; None where none waits."""
    row = _NEXT.first(connection, {})
    moment: datetime | None = None if row is None else row.due_at
    return moment


def fired(connection: Connection, timer_id: int, *, now: datetime) -> bool:
    """Marks a timer as fired. False where it was fired or called off meanwhile: then do nothing."""
    return _FIRED.run(connection, {"timer_id": timer_id, "now": now}) == 1


def postpone(connection: Connection, timer_id: int, until: datetime) -> None:
    """Tries a timer again later, after its work failed; counts the attempt."""
    connection.execute(_POSTPONE, {"timer_id": timer_id, "until": until})
