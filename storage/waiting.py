"""Messages that a platform takes only after the person does something again.

Where the time after a person's last deed has passed, a message waits in the outbox and is said first at the next
contact. `contacts.has_waiting` says that there may be such messages, so that a turn need not look.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, Connection, bindparam, or_, update

from storage.book import holds
from storage.keys import CannotOpen, Vault
from storage.notices import WITH_ADDRESS, outbox_row
from storage.prepared import Prepared
from storage.records import OutboxRow, OutboxStatus, Queued
from storage.schema import contacts, outbox

log = logging.getLogger(__name__)

LONG_WAIT: Final = timedelta(minutes=2)
"""A message that was to be tried again later than this is tried at once when its person is there; one that is due
sooner waits for its time, as the platform asked."""


def _hold(known: ColumnElement[bool]) -> Prepared:
    """Only where no other deed of the person is known by now."""
    return Prepared(
        update(contacts).where(contacts.c.id == bindparam("of_contact"), known).values(has_waiting=True)
    )


_HOLD: Final = _hold(contacts.c.seen_at <= bindparam("known_seen_at"))
_HOLD_UNSEEN: Final = _hold(contacts.c.seen_at.is_(None))
_MARK: Final = Prepared(
    update(contacts).where(contacts.c.id == bindparam("of_contact")).values(has_waiting=True)
)
_WAIT: Final = Prepared(
    update(outbox)
    .where(
        outbox.c.id == bindparam("row_id"),
        or_(outbox.c.status == OutboxStatus.QUEUED, outbox.c.status == OutboxStatus.UNCERTAIN),
    )
    .values(
        status=OutboxStatus.WAITING,
        reason=bindparam("to_reason"),
        finished_at=bindparam("now"),
        sending_until=None,
    )
)
_AGAIN: Final = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), holds(outbox.c.status, "queued"))
    .values(sending_until=None)
)
_LET_IN: Final = Prepared(
    update(contacts)
    .where(contacts.c.id == bindparam("of_contact"), contacts.c.has_waiting.is_(True))
    .values(has_waiting=False)
)
_HELD: Final = WITH_ADDRESS.where(
    outbox.c.contact_id == bindparam("contact_id"), holds(outbox.c.status, "waiting")
).order_by(outbox.c.id)
_RELEASE: Final = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), holds(outbox.c.status, "waiting"))
    .values(
        status=OutboxStatus.QUEUED,
        next_at=bindparam("now"),
        released_at=bindparam("now"),
        attempts=0,
        finished_at=None,
        sending_until=None,
        superseded_by=None,
    )
)
_DROP: Final = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), holds(outbox.c.status, "waiting"))
    .values(
        status=bindparam("to_status"), reason=bindparam("to_reason"), superseded_by=bindparam("successor")
    )
)
_HASTEN: Final = (
    update(outbox)
    .where(
        outbox.c.contact_id == bindparam("of_contact"),
        holds(outbox.c.status, "queued"),
        outbox.c.attempts > 0,
        outbox.c.next_at > bindparam("later_than"),
    )
    .values(next_at=bindparam("now"))
    .returning(outbox.c.id)
)
_BY_IDS: Final = WITH_ADDRESS.where(outbox.c.id.in_(bindparam("ids", expanding=True))).order_by(outbox.c.id)


def hold(connection: Connection, row: OutboxRow, *, reason: str, now: datetime) -> bool:
    """The message waits for the person's next deed. `row.seen_at` is the last deed that was known when it was not
    taken; where the person did something since, the message stays queued, to be tried again. False where it does not
    wait, or waited already."""
    if row.seen_at is None:
        held_back = _HOLD_UNSEEN.run(connection, {"of_contact": row.contact_id})
    else:
        values = {"of_contact": row.contact_id, "known_seen_at": row.seen_at}
        held_back = _HOLD.run(connection, values)
    if not held_back:
        _AGAIN.run(connection, {"row_id": row.id})
        return False
    return _WAIT.run(connection, {"row_id": row.id, "to_reason": reason, "now": now}) == 1


def keep(connection: Connection, row: OutboxRow, *, reason: str, now: datetime) -> bool:
    """The message waits for the person's next deed, although its chat may be open: it was not taken for too long."""
    _MARK.run(connection, {"of_contact": row.contact_id})
    return _WAIT.run(connection, {"row_id": row.id, "to_reason": reason, "now": now}) == 1


def expect(connection: Connection, contact_id: int) -> None:
    """The person's next deed in this chat is of note, although no message waits there."""
    _MARK.run(connection, {"of_contact": contact_id})


def held(connection: Connection, vault: Vault, contact_id: int) -> list[OutboxRow]:
    """What waits for the next deed in this chat, oldest first. What cannot be opened is passed over and logged."""
    opened: list[OutboxRow] = []
    damaged = 0
    for row in connection.execute(_HELD, {"contact_id": contact_id}):
        try:
            opened.append(outbox_row(row, vault))
        except CannotOpen:
            damaged += 1
    if damaged:
        log.critical("messages_cannot_be_opened", extra={"count": damaged})
    return opened


def release_waiting(
    connection: Connection,
    vault: Vault,
    contact_id: int,
    *,
    now: datetime,
    unwanted: Mapping[int, str] | None = None,
) -> list[Queued]:
    """The person did something: what waited is said now, in the order in which it came, before any answer.

    Of several messages with one coalesce key only the newest goes out, unless they are legal notices.
    `unwanted`: messages that are not to be said any more, with the reason. What was to be tried much later is tried
    now as well. Call it after the deed was written down, for the rows carry it.
    """
    _LET_IN.run(connection, {"of_contact": contact_id})
    waiting = held(connection, vault, contact_id)
    newest = {row.coalesce_key: row.id for row in waiting if row.coalesce_key}
    released: list[int] = []
    for row in waiting:
        successor = newest.get(row.coalesce_key, row.id)
        values = {"row_id": row.id, "to_reason": row.reason, "successor": None}
        if unwanted is not None and row.id in unwanted:
            values |= {"to_status": OutboxStatus.EXPIRED, "to_reason": unwanted[row.id]}
            _DROP.run(connection, values)
        elif successor != row.id and not row.legal:
            _DROP.run(connection, values | {"to_status": OutboxStatus.SUPERSEDED, "successor": successor})
        else:
            _RELEASE.run(connection, {"row_id": row.id, "now": now})
            released.append(row.id)
    released += hasten(connection, contact_id, now=now)
    if not released:
        return []
    rows = connection.execute(_BY_IDS, {"ids": released})
    return [Queued(outbox_row(row, vault), ()) for row in rows]


def hasten(connection: Connection, contact_id: int, *, now: datetime) -> list[int]:
    """What could not be sent and was to be tried again much later is tried now: the person is there."""
    values = {"of_contact": contact_id, "now": now, "later_than": now + LONG_WAIT}
    return [row.id for row in connection.execute(_HASTEN, values)]


def end(connection: Connection, row_id: int, *, reason: str) -> None:
    """A waiting message is not to be said any more: it was told in another way."""
    values = {"row_id": row_id, "to_status": OutboxStatus.SUPERSEDED, "to_reason": reason, "successor": None}
    _DROP.run(connection, values)
