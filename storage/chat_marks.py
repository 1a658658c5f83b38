"""Marks that a platform's reports leave on chats and messages: last seen, left to the office, delivered."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, or_, update

from storage.ids import first_id_of
from storage.prepared import Prepared
from storage.records import OutboxStatus
from storage.schema import contacts, outbox

TEMPLATE_REPORTED: Final = timedelta(days=3)
"""A report that names no chat is looked for among the messages of these last days."""

_SEEN: Final = Prepared(
    update(contacts)
    .where(
        contacts.c.id == bindparam("contact_id"),
        or_(contacts.c.seen_at.is_(None), contacts.c.seen_at < bindparam("at")),
    )
    .values(seen_at=bindparam("at"))
)
_MUTE: Final = Prepared(
    update(contacts)
    .where(
        contacts.c.id == bindparam("contact_id"),
        or_(contacts.c.muted_until.is_(None), contacts.c.muted_until < bindparam("until")),
    )
    .values(muted_until=bindparam("until"))
)
_DELIVERED: Final = (
    update(outbox)
    .where(
        outbox.c.contact_id == bindparam("of_contact"),
        outbox.c.platform_ref.in_(bindparam("refs", expanding=True)),
        outbox.c.status == OutboxStatus.SENT,
    )
    .values(status=OutboxStatus.DELIVERED)
)
_REPORTED: Final = (
    update(outbox)
    .where(
        outbox.c.id >= bindparam("first_id"),
        outbox.c.channel == bindparam("of_channel"),
        outbox.c.account == bindparam("of_account"),
        outbox.c.platform_ref == bindparam("ref"),
        outbox.c.status == OutboxStatus.SENT,
    )
    .values(status=OutboxStatus.DELIVERED)
)


def seen(connection: Connection, contact_id: int, at: datetime) -> None:
    """The person did something in this chat at `at`; an earlier deed, told late, changes nothing."""
    _SEEN.run(connection, {"contact_id": contact_id, "at": at})


def mute(connection: Connection, contact_id: int, until: datetime) -> None:
    """A person of the office writes in this chat: the service is silent until then, or longer if it was so."""
    _MUTE.run(connection, {"contact_id": contact_id, "until": until})


def delivered(connection: Connection, contact_id: int, refs: Sequence[str]) -> int:
    """These messages of a chat reached the person's device. Gives how many were only known as sent."""
    if not refs:
        return 0
    return connection.execute(_DELIVERED, {"of_contact": contact_id, "refs": list(refs)}).rowcount


def delivered_somewhere(
    connection: Connection, channel: str, account: str, ref: str, *, now: datetime
) -> bool:
    """As `delivered`, for a report that does not say in which chat (a template sent to a phone)."""
    values = {
        "first_id": first_id_of(now - TEMPLATE_REPORTED),
        "of_channel": channel,
        "of_account": account,
        "ref": ref,
    }
    return connection.execute(_REPORTED, values).rowcount > 0
