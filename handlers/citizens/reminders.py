"""The one reminder of an unsent draft, sent only to who agreed to it."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from handlers.citizens import drafts
from handlers.citizens.chat import Chat
from handlers.citizens.state import load, save
from handlers.turn import Turn
from storage.records import TimerRecord

TIMER: Final = drafts.REMINDER
"""Name of the timer that wakes this up."""

_STILL_AT_IT: Final = timedelta(hours=1)


def fire(turn: Turn, timer: TimerRecord) -> None:  # noqa: ARG001 - every timer is fired alike
    """Say once that the draft waits, and put its pending question. Saves the memory in `turn.talk`.

    Nothing where there is no draft any more, where danger was spoken of, or where the citizen was here within
    the hour.
    """
    state = load(turn.talk)
    draft = state.draft
    if draft is None or not draft.remind or draft.from_danger or state.danger is not None:
        return
    draft.remind = False
    if turn.now - draft.touched_at >= _STILL_AT_IT:
        chat = Chat(turn, state)
        chat.lead("citizen.reminder")
        drafts.resume(chat, draft)
        chat.flush()
    save(turn.talk, state)
