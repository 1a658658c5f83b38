"""What a person says while somebody of the office writes in the chat by hand.

That human answers; the service takes nothing down then and says so once, when the silence is over, so that nobody
believes in a petition that is none. Words of danger go to the people on duty all the same.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from handlers.messages import Arrived, Files, Outgoing, Text
from handlers.notices import alert_danger
from petitions.danger import find_danger

if TYPE_CHECKING:
    from handlers.turn import Turn
    from storage.records import ContactRecord, TimerRecord

TIMER: Final = "left_to_office"
"""Name of the timer that says what was not taken down; its data name the chat."""
ALERTS: Final = 3
ALERTS_PER: Final = timedelta(minutes=30)


def leave(turn: Turn) -> None:
    """Leave this update to the human in the chat."""
    content = turn.incoming.content
    if isinstance(content, Arrived):
        return
    if isinstance(content, Text | Files):
        _alert(turn, content.text if isinstance(content, Text) else content.caption)
    _plan(turn, turn.contact)


def fire(turn: Turn, timer: TimerRecord) -> None:
    """The silence is over, or somebody of the office wrote again meanwhile and it goes on."""
    contact = turn.book.contact_by_id(int(timer.data["contact"]))
    if contact is None or contact.blocked_at is not None:
        return
    if contact.muted_until is not None and contact.muted_until > turn.now:
        _plan(turn, contact)
        return
    turn.send(Outgoing(text=turn.text("service.left_to_office")), to=contact)


def _plan(turn: Turn, contact: ContactRecord) -> None:
    """Said once, when the silence ends as far as is known now."""
    if contact.muted_until is None:
        return
    turn.book.cancel_timers(TIMER, conversation_id=turn.conversation_id)
    turn.book.set_timer(
        TIMER, contact.muted_until, conversation_id=turn.conversation_id, data={"contact": contact.id}
    )


def _alert(turn: Turn, words: str) -> None:
    if find_danger(words) is None:
        return
    if turn.book.throttle(f"left:{turn.contact.id}", limit=ALERTS, per=ALERTS_PER):
        alert_danger(turn, words)
