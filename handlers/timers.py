"""What happens when a timer fires: which part of the dialogue wakes up."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.citizens import reminders, unkept
from handlers.turn import Turn
from storage.records import TimerRecord

_BACK_OFF: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Do what `timer` stands for, as a turn of its conversation. Raises LookupError for an unknown name."""
    if timer.what == reminders.TIMER:
        reminders.fire(turn, timer)
        return
    if timer.what == unkept.TIMER:
        unkept.fire(turn, timer)
        return
    raise LookupError(f"no timer is called {timer.what!r}")


def back_off(attempts: int) -> timedelta:
    """How long to wait before a timer that failed `attempts` times before is tried again."""
    return _BACK_OFF[min(attempts, len(_BACK_OFF) - 1)]
