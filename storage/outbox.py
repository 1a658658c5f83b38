"""The outbox as delivery works it: what is due, and what became of each message.

Order of a contact's messages is order of ids. A message that waits for another attempt holds back the later
ones of its contact; one that is only planned for later (`not_before`) does not.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    bindparam,
    exists,
    func,
    literal,
    or_,
    select,
    tuple_,
    update,
)

from storage.book import holds
from storage.ids import IdSource
from storage.keys import CannotOpen, Vault
from storage.notices import SET_CARD, WITH_ADDRESS, outbox_row
from storage.prepared import Prepared
from storage.records import OutboxRow, OutboxStatus
from storage.schema import cards, outbox

log = logging.getLogger(__name__)

_S = OutboxStatus
NEWEST: Final = 2**63 - 1
"""No id is higher."""

BEFORE: Final[dict[OutboxStatus, tuple[OutboxStatus, ...]]] = {
    _S.SENT: (_S.QUEUED, _S.UNCERTAIN, _S.SUPERSEDED),
    _S.DELIVERED: (_S.QUEUED, _S.UNCERTAIN, _S.SUPERSEDED, _S.SENT),
    _S.UNCERTAIN: (_S.QUEUED, _S.SUPERSEDED),
    _S.REFUSED: (_S.QUEUED, _S.UNCERTAIN),
    _S.BLOCKED: (_S.QUEUED, _S.UNCERTAIN),
    _S.EXPIRED: (_S.QUEUED, _S.UNCERTAIN),
    _S.WAITING: (_S.QUEUED, _S.UNCERTAIN),
}
"""From which states an outcome is taken; a report that comes late changes nothing else. A message that was
replaced while it was under way did go out, and its row says so."""


def _is_one_of(states: tuple[OutboxStatus, ...]) -> ColumnElement[bool]:
    """As IN, whose list of values cannot be combined with many rows of parameters."""
    return or_(*(outbox.c.status == state for state in states))


_earlier = outbox.alias("earlier")
_HELD_BACK: Final = exists(
    select(literal(1)).where(
        _earlier.c.contact_id == outbox.c.contact_id,
        holds(_earlier.c.status, "queued"),
        _earlier.c.id < outbox.c.id,
        _earlier.c.attempts > 0,
        _earlier.c.next_at > bindparam("now", type_=outbox.c.next_at.type),
    )
)
_WAITING: Final = (
    WITH_ADDRESS.add_columns(cards.c.platform_ref.label("card_ref"))
    .outerjoin(
        cards,
        and_(cards.c.petition_id == outbox.c.card_petition_id, cards.c.contact_id == outbox.c.contact_id),
    )
    .where(
        holds(outbox.c.status, "queued"),
        tuple_(outbox.c.channel, outbox.c.account).in_(bindparam("accounts", expanding=True)),
        outbox.c.id > bindparam("after"),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_DUE: Final = _WAITING.where(
    outbox.c.next_at <= bindparam("now"),
    or_(outbox.c.sending_until.is_(None), outbox.c.sending_until <= bindparam("now")),
    ~_HELD_BACK,
)
_BEGUN: Final = _WAITING.where(or_(outbox.c.next_at <= bindparam("now"), outbox.c.attempts > 0))
_BEGUN_OF: Final = _BEGUN.where(outbox.c.contact_id.in_(bindparam("contacts", expanding=True)))
_NEXT: Final = select(func.min(outbox.c.next_at)).where(
    holds(outbox.c.status, "queued"),
    tuple_(outbox.c.channel, outbox.c.account).in_(bindparam("accounts", expanding=True)),
)
_STATUSES: Final = select(outbox.c.id, outbox.c.status).where(
    outbox.c.id.in_(bindparam("ids", expanding=True))
)
_MARK: Final = {
    status: Prepared(
        update(outbox)
        .where(outbox.c.id == bindparam("row_id"), _is_one_of(before))
        .values(
            status=status,
            platform_ref=bindparam("to_ref"),
            reason=bindparam("to_reason"),
            finished_at=bindparam("now"),
            sending_until=None,
            attempts=outbox.c.attempts + 1,
        )
    )
    for status, before in BEFORE.items()
}
_RESCHEDULE: Final = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), _is_one_of((_S.QUEUED, _S.UNCERTAIN)))
    .values(
        status=_S.QUEUED,
        next_at=bindparam("until"),
        reason=bindparam("to_reason"),
        attempts=outbox.c.attempts + 1,
        sending_until=bindparam("held_until"),
        finished_at=None,
    )
)
_SENDING: Final = Prepared(
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), holds(outbox.c.status, "queued"))
    .values(sending_until=bindparam("until"))
)
_OF_CONTACT: Final = (
    WITH_ADDRESS.where(outbox.c.contact_id == bindparam("contact_id"), outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id.desc())
    .limit(bindparam("most"))
)
_LET_GO: Final = (
    update(outbox)
    .where(
        outbox.c.contact_id == bindparam("of_contact"),
        holds(outbox.c.status, "queued"),
        outbox.c.id <= bindparam("up_to"),
    )
    .values(status=bindparam("to_status"), reason=bindparam("to_reason"), finished_at=bindparam("now"))
    .returning(outbox.c.id, outbox.c.audience, outbox.c.petition_id, outbox.c.event_seq)
)
_POSTPONE: Final = (
    update(outbox)
    .where(outbox.c.id == bindparam("row_id"), holds(outbox.c.status, "queued"))
    .values(next_at=bindparam("until"), sending_until=None)
)
_ONE: Final = WITH_ADDRESS.where(outbox.c.id == bindparam("row_id"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one message."""

    id: int
    status: OutboxStatus
    platform_ref: str = ""
    reason: str = ""
    contact_id: int = 0
    card_petition_id: int | None = None
    """With a platform reference: that is where the petition's card stands now."""
    audience: str = ""
    petition_id: int | None = None
    event_seq: int | None = None
    """What the message was about, for who must hear that it did not arrive."""


class Ended(NamedTuple):
    """A message that is not to be sent any more, and what it was about."""

    id: int
    audience: str
    petition_id: int | None
    event_seq: int | None


def due(
    connection: Connection,
    vault: Vault,
    *,
    accounts: Sequence[tuple[str, str]],
    now: datetime,
    after: int = 0,
    limit: int = 100,
) -> list[OutboxRow]:
    """Messages to send now for these (channel, account) pairs, oldest first, with ids above `after`.

    `after` pages through one look; never remember it between looks, as a commit may show a smaller id.

    A card's row names the message to edit as it is known now.
    """
    values = {"accounts": list(accounts), "now": now, "after": after, "most": limit}
    rows = connection.execute(_DUE, values)
    return [outbox_row(row, vault, card_ref=row.card_ref) for row in rows]


class Page(NamedTuple):
    """Part of one look: what was not known yet, and the id to go on after (None: that was all)."""

    rows: list[OutboxRow]
    last_id: int | None


def page(
    connection: Connection,
    vault: Vault,
    *,
    accounts: Sequence[tuple[str, str]],
    now: datetime,
    known: Callable[[tuple[str, str], int], bool],
    after: int = 0,
    limit: int = 100,
    begun: bool = False,
    contacts: Collection[int] | None = None,
) -> Page:
    """As `due`, without the rows that are `known` (account, id), which are not opened.

    `begun`: whoever begins to send for these accounts also takes over what waits for another try or was being
    sent by its predecessor, as that holds back the later messages of its chat. With `contacts`: the same, of
    these only. A row that cannot be opened is passed over and logged: it must not stop the others.
    """
    values: dict[str, Any] = {"accounts": list(accounts), "now": now, "after": after, "most": limit}
    statement = _BEGUN if begun else _DUE
    if contacts is not None:
        statement, values["contacts"] = _BEGUN_OF, list(contacts)
    found = connection.execute(statement, values).all()
    rows: list[OutboxRow] = []
    damaged = 0
    for row in found:
        if known((row.channel, row.account), row.id):
            continue
        try:
            rows.append(outbox_row(row, vault, card_ref=row.card_ref))
        except CannotOpen:
            damaged += 1
    if damaged:
        log.critical("messages_cannot_be_opened", extra={"count": damaged})
    return Page(rows, found[-1].id if len(found) == limit else None)


def next_due(connection: Connection, *, accounts: Sequence[tuple[str, str]]) -> datetime | None:
    """When the next message of these accounts may go; None where nothing waits."""
    moment: datetime | None = connection.execute(_NEXT, {"accounts": list(accounts)}).scalar()
    return moment


def mark_sending(connection: Connection, ids: Sequence[int], *, until: datetime) -> frozenset[int]:
    """Says that these messages are being sent until `until`: nothing replaces them meanwhile.

    Gives those that are still to be sent; the others were replaced or sent by somebody else.
    """
    return frozenset(
        row_id for row_id in ids if _SENDING.run(connection, {"row_id": row_id, "until": until}) == 1
    )


def mark_many(
    connection: Connection, outcomes: Iterable[Outcome], *, now: datetime, ids: IdSource, agency: str
) -> None:
    """Writes down what became of messages; each state is only taken from those it can follow (`BEFORE`)."""
    known = list(outcomes)
    for status, statement in _MARK.items():
        rows = [
            {"row_id": outcome.id, "to_ref": outcome.platform_ref, "to_reason": outcome.reason, "now": now}
            for outcome in known
            if outcome.status is status
        ]
        if rows:
            statement.run_many(connection, rows)
    arrived = [
        _card(outcome, ids.new(), agency)
        for outcome in known
        if outcome.card_petition_id is not None and outcome.platform_ref
    ]
    if arrived:
        SET_CARD.run_many(connection, arrived)


def mark_sent(
    connection: Connection,
    row: OutboxRow,
    *,
    platform_ref: str,
    delivered: bool,
    now: datetime,
    ids: IdSource,
    agency: str,
) -> None:
    """Writes down that one message went out."""
    outcome = Outcome(
        id=row.id,
        status=OutboxStatus.DELIVERED if delivered else OutboxStatus.SENT,
        platform_ref=platform_ref,
        contact_id=row.contact_id,
        card_petition_id=row.card_petition_id,
    )
    mark_many(connection, [outcome], now=now, ids=ids, agency=agency)


def reschedule(
    connection: Connection, row_id: int, *, until: datetime, reason: str, held_until: datetime | None = None
) -> bool:
    """Tries a message again at `until`, also one whose fate was uncertain where its platform allows it.

    Counts the attempt and holds back later ones of its contact; until `held_until` nothing replaces it. False
    where it is no longer to be sent.
    """
    values = {"row_id": row_id, "until": until, "to_reason": reason, "held_until": held_until}
    return connection.execute(_RESCHEDULE, values).rowcount == 1


def statuses(connection: Connection, ids: Sequence[int]) -> dict[int, OutboxStatus]:
    """The state of messages, for looking before sending."""
    if not ids:
        return {}
    return {row.id: row.status for row in connection.execute(_STATUSES, {"ids": list(ids)})}


def let_go(
    connection: Connection,
    contact_id: int,
    *,
    status: OutboxStatus,
    reason: str,
    now: datetime,
    up_to: int = NEWEST,
) -> list[Ended]:
    """What waits for a contact ends here (blocked, gone), up to this id. Gives these messages."""
    values = {
        "of_contact": contact_id,
        "to_status": status,
        "to_reason": reason,
        "now": now,
        "up_to": up_to,
    }
    return [Ended(*row) for row in connection.execute(_LET_GO, values)]


def postpone(connection: Connection, row_id: int, *, until: datetime) -> None:
    """Not before `until`; no attempt is counted, and later messages of the chat are not held back."""
    connection.execute(_POSTPONE, {"row_id": row_id, "until": until})


def one(connection: Connection, vault: Vault, row_id: int) -> OutboxRow | None:
    """A message by its id, whatever became of it. Raises `keys.CannotOpen`."""
    row = connection.execute(_ONE, {"row_id": row_id}).first()
    return None if row is None else outbox_row(row, vault)


def of_contact(
    connection: Connection, vault: Vault, contact_id: int, *, after: int = 0, limit: int = 100
) -> list[OutboxRow]:
    """The newest messages to a contact with ids above `after`, oldest first; whatever became of them."""
    rows = connection.execute(_OF_CONTACT, {"contact_id": contact_id, "after": after, "most": limit})
    return [outbox_row(row, vault) for row in rows][::-1]


def _card(outcome: Outcome, card_id: int, agency: str) -> dict[str, Any]:
    return {
        "id": card_id,
        "agency": agency,
        "petition_id": outcome.card_petition_id,
        "contact_id": outcome.contact_id,
        "platform_ref": outcome.platform_ref,
        "version": 1,
    }
