"""A turn of the service itself: no chat, no conversation, nobody to answer.

Timers, the command line and the simulation act on petitions through it. It locks petitions only (lock order:
conversation, then petition), and no talk is saved after it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from handlers.clock_timers import timing_of
from handlers.messages import Capabilities, Incoming, Outgoing, Unusable
from handlers.talk import Talk
from handlers.turn import Facts, Priority, Turn
from storage.records import ContactRecord

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from storage.casebook import Casebook

NO_CHAT: Final = ContactRecord(
    id=0,
    channel="",
    account="",
    chat="",
    is_group=False,
    language="",
    blocked_at=None,
    blocked_reason=None,
    conversation_id=0,
    unit=None,
    officer_id=None,
    notify="",
    discreet=False,
)
"""Where nobody is answered in a chat."""


class ServiceTurn(Turn):
    """What the service does by itself at night is read in the morning; only an alert goes out at once, and a card
    that is edited where it stands, which makes no sound."""

    def send(
        self,
        message: Outgoing,
        *,
        to: ContactRecord | None = None,
        priority: Priority = Priority.REPLY,
        delay: timedelta | None = None,
        card_of: int | None = None,
        **more: Any,
    ) -> None:
        """As `Turn.send`; a notice or digest that is made in a quiet hour waits for its end."""
        if delay is None and priority is not Priority.REPLY:
            morning = timing_of(self.facts).after_night(self.now)
            if morning > self.now and not self._stands(card_of, to):
                delay = morning - self.now
        super().send(message, to=to, priority=priority, delay=delay, card_of=card_of, **more)

    def _stands(self, petition_id: int | None, contact: ContactRecord | None) -> bool:
        """Whether the petition's card is in that chat already."""
        if petition_id is None or contact is None:
            return False
        card = self.book.card(petition_id, contact.id)
        return card is not None and card.platform_ref != ""


def from_nowhere(what: str, now: datetime, *, language: str = "") -> Incoming:
    """What stands for a message where none came: the service or the console acts, and no chat is answered."""
    return Incoming(
        channel="",
        account="",
        update_id="",
        chat="",
        person="",
        content=Unusable(what=what),
        at=now,
        language=language,
    )


def service_turn(book: Casebook, facts: Facts, now: datetime, random: Random) -> Turn:
    """A turn in the casebook's transaction; what it queues stands in `queued`."""
    return ServiceTurn(
        incoming=from_nowhere("service", now),
        now=now,
        facts=facts,
        book=book,
        contact=NO_CHAT,
        conversation_id=0,
        talk=Talk(),
        capabilities=Capabilities(),
        random=random,
    )
