"""Clocks, breaches, tasks and alarms of cases: rows made from the operations that events carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Row, bindparam, insert, select, update

from petitions import clocks as ops
from petitions.clocks import Clock, ClockState, Duty, Operation
from storage.book import Book, holds
from storage.prepared import Prepared
from storage.schema import alarms, breaches, clocks, outbox, petitions, tasks

_FIELDS: Final = tuple(name for name in Clock.__dataclass_fields__)
_OF_PETITION: Final = Prepared(
    select(clocks).where(clocks.c.petition_id == bindparam("petition_id")).order_by(clocks.c.id)
)
_OF_PETITIONS: Final = (
    select(clocks).where(clocks.c.petition_id.in_(bindparam("petition_ids", expanding=True)))
).order_by(clocks.c.id)
_INSERT: Final = Prepared(insert(clocks))
_TASKS: Final = select(tasks).where(tasks.c.petition_id == bindparam("petition_id")).order_by(tasks.c.id)
_INSERT_TASK: Final = insert(tasks)
_BREACHES: Final = (
    select(breaches).where(breaches.c.petition_id == bindparam("petition_id")).order_by(breaches.c.id)
)
_INSERT_BREACH: Final = insert(breaches)
_END_BREACH: Final = (
    update(breaches)
    .where(breaches.c.clock_id == bindparam("of_clock"), breaches.c.ended_on.is_(None))
    .values(ended_on=bindparam("on_day"))
)
_OPEN_BREACH: Final = (
    update(breaches).where(breaches.c.clock_id == bindparam("of_clock")).values(ended_on=None)
)
_RAISE_BREACH: Final = (
    update(breaches).where(breaches.c.clock_id == bindparam("of_clock")).values(level=bindparam("to_level"))
)
_INSERT_ALARM: Final = insert(alarms)
_WAITING_ALARMS: Final = (
    select(alarms)
    .where(alarms.c.officer_id == bindparam("officer_id"), alarms.c.told_at.is_(None))
    .order_by(alarms.c.id)
)
_TELL_ALARMS: Final = (
    update(alarms)
    .where(alarms.c.id.in_(bindparam("alarm_ids", expanding=True)), alarms.c.told_at.is_(None))
    .values(told_at=bindparam("now"), message_id=bindparam("by_message"))
)
_UNTELL_ALARMS: Final = (
    update(alarms).where(alarms.c.message_id == bindparam("by_message")).values(told_at=None, message_id=None)
)
_TOLD_BY: Final = select(alarms).where(alarms.c.message_id == bindparam("by_message")).order_by(alarms.c.id)
_STUCK: Final = (
    select(alarms)
    .join(outbox, outbox.c.id == alarms.c.message_id)
    .where(
        holds(outbox.c.status, "queued"),
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.account == bindparam("of_account"),
        alarms.c.raised_at.is_(None),
    )
    .order_by(alarms.c.id)
    .limit(bindparam("most"))
)
_RAISED: Final = update(alarms).where(alarms.c.id == bindparam("of_alarm")).values(raised_at=bindparam("now"))
_BESIDE: Final = select(alarms.c.officer_id).where(
    alarms.c.petition_id == bindparam("of_petition"),
    alarms.c.clock_id == bindparam("of_clock"),
    alarms.c.what == bindparam("of_what"),
    alarms.c.level == bindparam("of_level"),
    alarms.c.created_at >= bindparam("since"),
    alarms.c.id != bindparam("of_alarm"),
)
_MOVE_ALARMS: Final = (
    update(alarms)
    .where(
        alarms.c.petition_id == bindparam("of_petition"),
        alarms.c.officer_id == bindparam("from_officer"),
        alarms.c.told_at.is_(None),
    )
    .values(officer_id=bindparam("to_officer"))
)
_ONE_EVENT: Final = timedelta(minutes=1)
"""Alarms of one event are made one after the other in one transaction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRecord:
    """A task that a decision in force orders."""

    id: int
    petition_id: int
    unit: str
    officer_id: int | None
    what: str
    due_on: date
    done_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BreachRecord:
    """A date that passed. It stays for ever; `ended_on` says when the duty was done or fell away after all."""

    id: int
    petition_id: int
    clock_id: int
    rule: str
    due_on: date
    unit: str
    officer_id: int | None
    found_at: datetime
    level: int
    ended_on: date | None
    event_seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRecord:
    """Something an officer must hear of a case: `what` is `warn`, `late`, `unassigned`, `task`."""

    id: int
    officer_id: int
    petition_id: int
    clock_id: int | None
    what: str
    level: str
    urgent: bool
    created_at: datetime
    told_at: datetime | None = None
    raised_at: datetime | None = None
    """When the next level heard of it, because this officer could not be told."""


class Clocks(Book):
    """A case's limits as the casebook keeps them. Every change of a clock is part of an event (`record`)."""

    def clocks(self, petition_id: int) -> dict[int, Clock]:
        """Every clock of a case, ended ones too, oldest first."""
        rows = _OF_PETITION.rows(self.connection, {"petition_id": petition_id})
        return {row.id: clock_of(row) for row in rows}

    def clocks_of_many(self, petition_ids: list[int]) -> dict[int, list[Clock]]:
        """The clocks of several cases in one look."""
        found: dict[int, list[Clock]] = {petition_id: [] for petition_id in petition_ids}
        if petition_ids:
            for row in self.connection.execute(_OF_PETITIONS, {"petition_ids": petition_ids}):
                found[row.petition_id].append(clock_of(row))
        return found

    def tasks(self, petition_id: int) -> list[TaskRecord]:
        """What was ordered, oldest first."""
        return [self._task(row) for row in self.connection.execute(_TASKS, {"petition_id": petition_id})]

    def breaches(self, petition_id: int) -> list[BreachRecord]:
        """Every date that passed, oldest first."""
        rows = self.connection.execute(_BREACHES, {"petition_id": petition_id})
        return [
            BreachRecord(**{name: getattr(row, name) for name in BreachRecord.__dataclass_fields__})
            for row in rows
        ]

    def form_values(self, petition_id: int) -> dict[str, Any]:
        """What the citizen told for the form after filing. Raises `keys.CannotOpen`."""
        sealed = self.connection.execute(
            select(petitions.c.form_enc).where(petitions.c.id == petition_id)
        ).scalar_one_or_none()
        if sealed is None:
            return {}
        values: dict[str, Any] = self.vault.open_json(
            sealed, table="petitions", column="form_enc", row=petition_id
        )
        return values

    def set_form_values(self, petition_id: int, values: dict[str, Any]) -> None:
        """Keeps all values for the form, sealed; the event that goes along says who gave them when."""
        sealed = self.vault.seal_json(values, table="petitions", column="form_enc", row=petition_id)
        self.connection.execute(
            update(petitions).where(petitions.c.id == petition_id).values(form_enc=sealed)
        )

    # --- alarms

    def add_alarm(
        self, officer_id: int, petition_id: int, *, clock_id: int | None, what: str, level: str, urgent: bool
    ) -> None:
        """Something this officer must hear of; told together with the others, in working hours."""
        self.connection.execute(
            _INSERT_ALARM,
            {
                "id": self.ids.new(),
                "agency": self.agency,
                "officer_id": officer_id,
                "petition_id": petition_id,
                "clock_id": clock_id,
                "what": what,
                "level": level,
                "urgent": urgent,
                "created_at": self.now(),
            },
        )

    def waiting_alarms(self, officer_id: int) -> list[AlarmRecord]:
        """What this officer was not told yet, oldest first."""
        return _alarms(self.connection.execute(_WAITING_ALARMS, {"officer_id": officer_id}))

    def alarms_told(self, alarm_ids: list[int], message_id: int | None = None) -> None:
        """The officer hears of these; `message_id`: in this message."""
        if alarm_ids:
            values = {"alarm_ids": alarm_ids, "now": self.now(), "by_message": message_id}
            self.connection.execute(_TELL_ALARMS, values)

    def alarms_told_by(self, message_id: int) -> list[AlarmRecord]:
        """What a message told of, oldest first."""
        return _alarms(self.connection.execute(_TOLD_BY, {"by_message": message_id}))

    def alarms_stuck(self, channel: str, account: str, *, limit: int) -> list[AlarmRecord]:
        """Alarms whose message still waits to be sent through this account, and which nobody else heard, oldest
        first."""
        values = {"of_channel": channel, "of_account": account, "most": limit}
        return _alarms(self.connection.execute(_STUCK, values))

    def alarms_untold(self, message_id: int) -> None:
        """What a message was to tell of waits again, to be told in another one."""
        self.connection.execute(_UNTELL_ALARMS, {"by_message": message_id})

    def alarm_raised(self, alarm_id: int) -> None:
        """The next level hears of it, because its officer could not be told; this is done once."""
        self.connection.execute(_RAISED, {"of_alarm": alarm_id, "now": self.now()})

    def heard_beside(self, alarm: AlarmRecord) -> set[int]:
        """The other officers of this level who hear of the same matter, by an alarm made with this one."""
        values = {
            "of_petition": alarm.petition_id,
            "of_clock": alarm.clock_id,
            "of_what": alarm.what,
            "of_level": alarm.level,
            "since": alarm.created_at - _ONE_EVENT,
            "of_alarm": alarm.id,
        }
        return set(self.connection.execute(_BESIDE, values).scalars())

    def move_alarms(self, petition_id: int, from_officer: int, to_officer: int) -> int:
        """What somebody was not told yet of a case goes to who took it over. Gives how much that was."""
        values = {"of_petition": petition_id, "from_officer": from_officer, "to_officer": to_officer}
        return self.connection.execute(_MOVE_ALARMS, values).rowcount

    # --- what an event does

    def _apply_operations(
        self, petition_id: int, unit: str, officer_id: int | None, seq: int, operations: list[Operation]
    ) -> None:
        if not operations:
            return
        before = self.clocks(petition_id)
        self._apply_tasks(petition_id, seq, operations)
        after = ops.apply(before, operations)
        for clock_id, clock in after.items():
            if clock_id not in before:
                self._insert_clock(petition_id, seq, clock)
            elif clock != before[clock_id]:
                self._update_clock(before[clock_id], clock, seq)
            if clock.breached_at is not None and (
                clock_id not in before or before[clock_id].breached_at is None
            ):
                self._breach(petition_id, unit, officer_id, seq, clock)
        self._follow_breaches(before, after)

    def _insert_clock(self, petition_id: int, seq: int, clock: Clock) -> None:
        values = {name: getattr(clock, name) for name in _FIELDS}
        _INSERT.run(
            self.connection,
            {"agency": self.agency, "petition_id": petition_id, "start_seq": seq, **values},
        )

    def _update_clock(self, before: Clock, clock: Clock, seq: int) -> None:
        values = {
            name: getattr(clock, name) for name in _FIELDS if getattr(clock, name) != getattr(before, name)
        }
        if before.alive and not clock.alive:
            values["end_seq"] = seq
        elif clock.alive and not before.alive:
            values["end_seq"] = None
        self.connection.execute(update(clocks).where(clocks.c.id == clock.id).values(values))

    def _breach(self, petition_id: int, unit: str, officer_id: int | None, seq: int, clock: Clock) -> None:
        self.connection.execute(
            _INSERT_BREACH,
            {
                "id": self.ids.new(),
                "agency": self.agency,
                "petition_id": petition_id,
                "clock_id": clock.id,
                "rule": clock.rule,
                "due_on": clock.due_on,
                "unit": unit,
                "officer_id": officer_id,
                "found_at": clock.breached_at,
                "level": clock.level,
                "event_seq": seq,
            },
        )

    def _follow_breaches(self, before: dict[int, Clock], after: dict[int, Clock]) -> None:
        """A breach keeps the highest level told, and the day its duty ended; nothing of it is taken back, but where a
        duty goes on after all, it is open again."""
        for clock_id, clock in after.items():
            if clock.breached_at is None or clock_id not in before:
                continue
            if before[clock_id].level != clock.level:
                self.connection.execute(_RAISE_BREACH, {"of_clock": clock_id, "to_level": clock.level})
            if before[clock_id].alive and not clock.alive:
                self.connection.execute(_END_BREACH, {"of_clock": clock_id, "on_day": clock.ended_on})
            if clock.state is ClockState.RUNNING and before[clock_id].state is not ClockState.RUNNING:
                self.connection.execute(_OPEN_BREACH, {"of_clock": clock_id})

    def _apply_tasks(self, petition_id: int, seq: int, operations: list[Operation]) -> None:
        for operation in operations:
            if operation["op"] == "task":
                self.connection.execute(_INSERT_TASK, self._new_task(petition_id, seq, operation))
            elif operation["op"] in {"task_done", "task_moved"}:
                values: dict[str, Any] = (
                    {"done_on": date.fromisoformat(operation["on"]), "end_seq": seq}
                    if operation["op"] == "task_done"
                    else {"officer_id": operation["officer_id"], "unit": operation["unit"]}
                )
                self.connection.execute(update(tasks).where(tasks.c.id == operation["id"]).values(values))

    def _new_task(self, petition_id: int, seq: int, operation: Operation) -> dict[str, Any]:
        return {
            "id": operation["id"],
            "agency": self.agency,
            "petition_id": petition_id,
            "unit": operation["unit"],
            "officer_id": operation["officer_id"],
            "what_enc": self.vault.seal_text(
                operation["what"], table="tasks", column="what_enc", row=operation["id"]
            ),
            "due_on": date.fromisoformat(operation["due"]),
            "start_seq": seq,
        }

    def _task(self, row: Row[Any]) -> TaskRecord:
        return TaskRecord(
            id=row.id,
            petition_id=row.petition_id,
            unit=row.unit,
            officer_id=row.officer_id,
            what=self.vault.open_text(row.what_enc, table="tasks", column="what_enc", row=row.id),
            due_on=row.due_on,
            done_on=row.done_on,
        )


def _alarms(rows: Iterable[Any]) -> list[AlarmRecord]:
    names = AlarmRecord.__dataclass_fields__
    return [AlarmRecord(**{name: getattr(row, name) for name in names}) for row in rows]


def clock_of(row: Any) -> Clock:
    """A row of `clocks`."""
    values = {name: getattr(row, name) for name in _FIELDS}
    values["duty"] = Duty(values["duty"])
    values["state"] = ClockState(values["state"])
    return Clock(**values)
