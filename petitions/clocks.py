"""A case's legal clocks: what each is, and what an operation does to it. Pure; the casebook stores them.

An event of the petition's history carries the operations it made, so the clocks can be replayed from the
history alone (`apply`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum, unique
from typing import Any, Final


@unique
class Duty(StrEnum):
    """Whose limit it is, which decides who is warned."""

    OFFICE = "office"
    """The office's own duty under a law: warned, escalated, its breach kept."""
    AGENCY = "agency"
    """The office's own rule: warned and escalated alike, never called law."""
    TASK = "task"
    """A task ordered by a decision in force."""
    CITIZEN = "citizen"
    """The citizen's limit (second complaint); nobody of the office is alarmed."""
    EFFECT = "effect"
    """At its end a decision takes legal effect."""


@unique
class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    MET = "met"
    STOPPED = "stopped"
    """Its ground fell away: withdrawn, discontinued, passed on."""
    REPLACED = "replaced"
    """Another rule governs now: complex, extended, a corrected kind."""
    MERGED = "merged"
    """Stands still while the case is merged into another, whose clocks count; its last day stays what it is."""


ALIVE: Final = frozenset({ClockState.RUNNING, ClockState.SUSPENDED, ClockState.MERGED})
ALARMED: Final = frozenset({Duty.OFFICE, Duty.AGENCY, Duty.TASK})
"""Limits whose approach and passing somebody of the office hears of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """One limit of one case. Days are the office's; `due` is the last day in time, `aim` the day worked towards."""

    id: int
    rule: str
    version: dt.date
    """The rule's `in_force_from`: the case keeps this version."""
    conditions: str
    """Words joined by commas: `complex,remote`."""
    step: str
    duty: Duty
    started_on: dt.date
    nominal_on: dt.date | None
    due_on: dt.date | None
    aim_on: dt.date | None
    state: ClockState = ClockState.RUNNING
    suspended_on: dt.date | None = None
    suspensions: str = ""
    """Ended suspensions as `FROM..TO`, joined by commas; TO is the day of resumption."""
    ended_on: dt.date | None = None
    provisional: bool = False
    task_id: int | None = None
    warned: int = 0
    """How many of its warnings were given or fell together with a later one."""
    level: int = 0
    """The highest level of the ladder that was told."""
    breached_at: dt.datetime | None = None

    @property
    def alive(self) -> bool:
        return self.state in ALIVE

    @property
    def spans(self) -> tuple[tuple[dt.date, dt.date], ...]:
        """The ended suspensions."""
        return read_spans(self.suspensions)

    def late_on(self, day: dt.date) -> bool:
        """Whether `day` is after the last day in time, while the clock runs."""
        return self.state is ClockState.RUNNING and self.due_on is not None and day > self.due_on


def read_spans(text: str) -> tuple[tuple[dt.date, dt.date], ...]:
    """`FROM..TO,FROM..TO` as pairs of days."""
    pairs = (span.split("..") for span in text.split(",") if span)
    return tuple((dt.date.fromisoformat(start), dt.date.fromisoformat(end)) for start, end in pairs)


def write_spans(spans: Iterable[tuple[dt.date, dt.date]]) -> str:
    return ",".join(f"{start.isoformat()}..{end.isoformat()}" for start, end in spans)


Operation = dict[str, Any]
"""One change of one clock as JSON values: `op`, `id`, and what changes."""

_DATES: Final = frozenset(
    {"version", "started_on", "nominal_on", "due_on", "aim_on", "suspended_on", "ended_on"}
)


def start(clock: Clock) -> Operation:
    """The operation that starts `clock`."""
    values = {name: _plain(value) for name, value in asdict(clock).items()}
    return {
        "op": "start",
        **{name: value for name, value in values.items() if value not in (None, "", False)},
    }


def change(clock_id: int, **values: Any) -> Operation:
    """The operation that changes fields of a clock."""
    return {"op": "change", "id": clock_id, **{name: _plain(value) for name, value in values.items()}}


def apply(clocks: Mapping[int, Clock], operations: Iterable[Operation]) -> dict[int, Clock]:
    """The clocks after the operations. Operations on tasks are passed over.

    Raises:
        KeyError: an operation on a clock that was never started.
    """
    after = dict(clocks)
    for operation in operations:
        values = {name: _read(name, value) for name, value in operation.items() if name != "op"}
        if operation["op"] == "start":
            blank: dict[str, Any] = {"conditions": "", "nominal_on": None, "due_on": None, "aim_on": None}
            after[operation["id"]] = Clock(**(blank | values))
        elif operation["op"] == "change":
            after[operation["id"]] = replace(after[operation["id"]], **values)
    return after


def _plain(value: Any) -> Any:
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, dt.date) else value


def _read(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name in _DATES:
        return dt.date.fromisoformat(value)
    if name == "breached_at":
        return dt.datetime.fromisoformat(value)
    if name == "duty":
        return Duty(value)
    return ClockState(value) if name == "state" else value
