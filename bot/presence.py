"""Who is there in a chat: the person's last own deed, and people of the office who write in it by hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from handlers.messages import Incoming, Membership, Migrated, Withdrawn
from storage.records import ContactRecord

EXACT_ENOUGH: Final = timedelta(seconds=20)
"""The last deed is written down anew only after this while: a window of two days needs it no finer."""


def own_deed(contact: ContactRecord, incoming: Incoming, now: datetime) -> datetime | None:
    """The moment to write down as the person's last own deed in this chat; None: what is known will do.

    Platforms count a message, a press, a follow; neither a change of rights nor a withdrawn consent. An
    update that comes late counts from when it was made, a clock of the platform that is ahead from now.
    """
    if not is_deed(incoming):
        return None
    at = min(incoming.at, now)
    if contact.seen_at is not None and at - contact.seen_at < EXACT_ENOUGH:
        return None
    return at


def is_deed(incoming: Incoming) -> bool:
    """Whether the person does something here, so that the platform lets us answer."""
    return not incoming.is_group and not isinstance(incoming.content, Membership | Migrated | Withdrawn)


def left_to_office(contact: ContactRecord, incoming: Incoming, now: datetime) -> bool:
    """Whether somebody of the office writes in this chat by hand now, so that the service must be silent.

    What the person says then is answered by that human (`handlers.left_to_office`). Officers are never left
    alone with a silent service, a withdrawn consent is honoured at any time, and what an operator replays was
    meant for the service.
    """
    if contact.muted_until is None or contact.muted_until <= now:
        return False
    if incoming.is_group or incoming.replayed or contact.officer_id is not None:
        return False
    return not isinstance(incoming.content, Membership | Migrated | Withdrawn)
