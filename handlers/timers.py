"""What happens when a timer fires: which part of the dialogue or of the service wakes up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Final

from handlers import (
    alarms,
    announcements,
    answerability,
    digests,
    hotspots,
    left_to_office,
    report_reminders,
    summaries,
    untold,
)
from handlers.citizens import form_pages, form_reminder, reminders, unkept
from handlers.turn import Turn
from storage.records import TimerRecord

_BACK_OFF: Final = (timedelta(minutes=1), timedelta(minutes=10), timedelta(hours=1), timedelta(hours=6))

_DEEDS: Final[Mapping[str, Callable[[Turn, TimerRecord], None]]] = {
    reminders.TIMER: reminders.fire,
    unkept.TIMER: unkept.fire,
    form_pages.TIMER: form_pages.fire,
    form_reminder.TIMER: form_reminder.fire,
    alarms.TIMER: alarms.fire,
    digests.TIMER: digests.fire,
    summaries.HEADS: summaries.fire_heads,
    summaries.WEEKLY: summaries.fire_weekly,
    answerability.AWAY: answerability.fire_away,
    untold.TIMER: untold.fire,
    left_to_office.TIMER: left_to_office.fire,
    hotspots.TIMER: hotspots.fire,
    untold.NO_CHAT: untold.fire_no_chat,
    untold.ACCOUNT: untold.fire_account,
    report_reminders.TIMER: report_reminders.fire,
    announcements.TIMER: announcements.fire,
}
"""Timers of a conversation are turns of it, all others turns of the service (`handlers.service_turn`)."""


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Do what `timer` stands for. Raises LookupError for an unknown name."""
    deed = _DEEDS.get(timer.what)
    if deed is None:
        raise LookupError(f"no timer is called {timer.what!r}")
    deed(turn, timer)


def back_off(attempts: int) -> timedelta:
    """How long to wait before a timer that failed `attempts` times before is tried again."""
    return _BACK_OFF[min(attempts, len(_BACK_OFF) - 1)]
