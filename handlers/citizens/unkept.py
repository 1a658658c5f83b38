"""A file that came and could not be kept after all: the person hears of it, and of what to send instead."""

from __future__ import annotations

from typing import Final

from handlers.citizens.chat import Chat
from handlers.citizens.state import load, save
from handlers.turn import Turn
from storage.records import TimerRecord

TIMER: Final = "file_not_kept"
"""Name of the timer that wakes this up; its data are `file` (id) and `reason`."""
_TOLD: Final = frozenset({"too_large", "file_empty", "file_type", "file_lies"})


def fire(turn: Turn, timer: TimerRecord) -> None:
    """Take the file out of the draft and say why it was not kept; to somebody in danger, say nothing."""
    file_id = int(timer.data.get("file", 0))
    file = turn.book.file_by_id(file_id)
    if file is None:
        return
    state = load(turn.talk)
    if state.draft is not None and file_id in state.draft.files:
        state.draft.files = [kept for kept in state.draft.files if kept != file_id]
    if state.danger is None:
        chat = Chat(turn, state)
        reason = str(timer.data.get("reason", ""))
        key = f"citizen.unkept_{reason}" if reason in _TOLD else "citizen.unkept_gone"
        chat.say(key, name=file.name or chat.text(f"officer.file_{file.kind}"))
    save(turn.talk, state)
