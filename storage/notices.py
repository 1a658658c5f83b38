"""Messages to send: queued in the transaction that causes them; and the cards that are edited in place."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, insert, or_, select, update

from storage.book import Book, Chat, holds, upsert
from storage.contacts import opened_phone
from storage.keys import Vault
from storage.prepared import Prepared
from storage.records import CardRecord, NewOutbox, OutboxRow, OutboxStatus, Queued
from storage.schema import cards, contacts, outbox

_INSERT: Final = Prepared(insert(outbox))
_SUPERSEDE: Final = Prepared(
    update(outbox)
    .where(
        outbox.c.contact_id == bindparam("to_contact"),
        outbox.c.coalesce_key == bindparam("of_key"),
        holds(outbox.c.status, "queued"),
        outbox.c.legal.is_(False),
        or_(outbox.c.sending_until.is_(None), outbox.c.sending_until <= bindparam("now")),
    )
    .values(
        status=OutboxStatus.SUPERSEDED, superseded_by=bindparam("successor"), finished_at=bindparam("now")
    )
    .returning(outbox.c.id)
)
_CHAT: Final = Prepared(
    select(
        contacts.c.address_enc, contacts.c.seen_at, contacts.c.muted_until, contacts.c.template_phone_enc
    ).where(contacts.c.id == bindparam("contact_id"))
)
_CARD: Final = Prepared(
    select(cards).where(
        cards.c.petition_id == bindparam("petition_id"), cards.c.contact_id == bindparam("contact_id")
    )
)
_CARDS: Final = select(cards).where(cards.c.petition_id == bindparam("petition_id")).order_by(cards.c.id)
SET_CARD: Final = upsert(
    cards,
    key=["petition_id", "contact_id"],
    change=lambda row: {"platform_ref": row.platform_ref, "version": cards.c.version + 1},
)
WITH_ADDRESS: Final = select(
    outbox,
    contacts.c.address_enc,
    contacts.c.seen_at,
    contacts.c.muted_until,
    contacts.c.template_phone_enc,
).join(contacts, contacts.c.id == outbox.c.contact_id)
_OF_PETITION: Final = WITH_ADDRESS.where(outbox.c.petition_id == bindparam("petition_id")).order_by(
    outbox.c.id
)

_WITH_CARD: Final = Prepared(
    select(outbox.c.contact_id)
    .where(
        outbox.c.petition_id == bindparam("petition_id"),
        outbox.c.card_petition_id == bindparam("card_of"),
    )
    .distinct()
)
_CARD_ON_THE_WAY: Final = Prepared(
    select(outbox.c.contact_id)
    .where(
        outbox.c.petition_id == bindparam("petition_id"),
        outbox.c.card_petition_id == bindparam("card_of"),
        or_(outbox.c.status == OutboxStatus.QUEUED, outbox.c.status == OutboxStatus.WAITING),
    )
    .distinct()
)
_NEWS: Final = Prepared(
    select(
        outbox.c.id,
        outbox.c.contact_id,
        outbox.c.audience,
        outbox.c.event_seq,
        outbox.c.status,
        outbox.c.reason,
        outbox.c.finished_at,
        outbox.c.created_at,
    )
    .where(outbox.c.petition_id == bindparam("petition_id"), outbox.c.event_seq.is_not(None))
    .order_by(outbox.c.id)
)
_ABOUT: Final = (
    select(outbox.c.petition_id)
    .where(
        outbox.c.contact_id == bindparam("contact_id"),
        outbox.c.platform_ref == bindparam("platform_ref"),
        outbox.c.petition_id.is_not(None),
        outbox.c.audience.in_(bindparam("audiences", expanding=True)),
    )
    .order_by(outbox.c.id.desc())
    .limit(1)
)


class News(NamedTuple):
    """A message about an event of a petition, without its words."""

    id: int
    contact_id: int
    audience: str
    event_seq: int
    status: OutboxStatus
    reason: str
    finished_at: datetime | None
    created_at: datetime

    @property
    def at(self) -> datetime:
        """When its outcome was written down; of one that is under way, when it was queued."""
        return self.finished_at or self.created_at


class Notices(Book):
    """Queueing messages and looking at what became of them."""

    def queue(self, message: NewOutbox) -> Queued:
        """Queues a message in this transaction; see `queue_many`."""
        return self.queue_many([message])[0]

    def queue_many(self, messages: Sequence[NewOutbox]) -> list[Queued]:
        """Queues messages in their order, in one insert.

        A message with a coalesce key replaces earlier ones of the same contact and key that are still queued,
        on record; never a legal notice, nor one that is being sent or whose fate is uncertain. What comes
        back is for delivery to take up after the commit, without reading it again.
        """
        now = self.now()
        queued: list[Queued] = []
        waiting: list[dict[str, Any]] = []
        for message in messages:
            if message.coalesce_key:  # it may replace one of those before it
                self._insert_messages(waiting)
            item = self._prepare(message, now)
            queued.append(item)
            waiting.append(self._values(item.row))
        self._insert_messages(waiting)
        return queued

    def notices_of(self, petition_id: int) -> list[OutboxRow]:
        """Every message about a petition and what became of it, oldest first."""
        rows = self.connection.execute(_OF_PETITION, {"petition_id": petition_id})
        return [outbox_row(row, self.vault) for row in rows]

    def card(self, petition_id: int, contact_id: int) -> CardRecord | None:
        """Where the petition's card stands in a chat; None where none arrived yet."""
        row = _CARD.first(self.connection, {"petition_id": petition_id, "contact_id": contact_id})
        return None if row is None else _card_record(row)

    def cards(self, petition_id: int) -> list[CardRecord]:
        return [_card_record(row) for row in self.connection.execute(_CARDS, {"petition_id": petition_id})]

    def contacts_with_card(self, petition_id: int, *, on_the_way: bool = False) -> set[int]:
        """The chats to which the petition's card was sent, or in which it waits to go out (`on_the_way`: only
        these)."""
        values = {"petition_id": petition_id, "card_of": petition_id}
        statement = _CARD_ON_THE_WAY if on_the_way else _WITH_CARD
        return {row.contact_id for row in statement.rows(self.connection, values)}

    def news_of(self, petition_id: int) -> list[News]:
        """What became of every message that told of the petition's events, oldest first; their words stay sealed."""
        rows = _NEWS.rows(self.connection, {"petition_id": petition_id})
        return [News(*row) for row in rows if row.status is not OutboxStatus.SUPERSEDED]

    def petition_of_message(
        self, contact_id: int, platform_ref: str, *, audiences: Sequence[str]
    ) -> int | None:
        """The petition that one of our messages in a chat is about, by the platform's id of the message."""
        values = {"contact_id": contact_id, "platform_ref": platform_ref, "audiences": list(audiences)}
        return self.connection.execute(_ABOUT, values).scalar_one_or_none()

    def set_card(self, petition_id: int, contact_id: int, platform_ref: str) -> None:
        """Remembers where a card stands, or that it was edited."""
        values = {
            "id": self.ids.new(),
            "agency": self.agency,
            "petition_id": petition_id,
            "contact_id": contact_id,
            "platform_ref": platform_ref,
            "version": 1,
        }
        SET_CARD.run(self.connection, values)

    def _insert_messages(self, waiting: list[dict[str, Any]]) -> None:
        if waiting:
            _INSERT.run_many(self.connection, waiting)
            waiting.clear()

    def _prepare(self, message: NewOutbox, now: datetime) -> Queued:
        message_id = self.ids.new()
        superseded: tuple[int, ...] = ()
        if message.coalesce_key:
            superseded = self._supersede(message, message_id, now)
        edit_of_ref = message.edit_of_ref
        if message.card_petition_id is not None and not edit_of_ref:
            card = self.card(message.card_petition_id, message.contact_id)
            edit_of_ref = card.platform_ref if card is not None else ""
        chat = self._chat(message.contact_id)
        row = OutboxRow(
            id=message_id,
            contact_id=message.contact_id,
            channel=message.channel,
            account=message.account,
            chat=chat.address,
            status=OutboxStatus.QUEUED,
            audience=message.audience,
            priority=message.priority,
            body=message.body,
            petition_id=message.petition_id,
            event_seq=message.event_seq,
            coalesce_key=message.coalesce_key,
            card_petition_id=message.card_petition_id,
            edit_of_ref=edit_of_ref,
            legal=message.legal,
            attempts=0,
            next_at=message.not_before or now,
            created_at=now,
            finished_at=None,
            platform_ref="",
            reason="",
            superseded_by=None,
            seen_at=chat.seen_at,
            muted_until=chat.muted_until,
            phone=chat.phone,
        )
        return Queued(row, superseded)

    def _supersede(self, message: NewOutbox, successor: int, now: datetime) -> tuple[int, ...]:
        values = {
            "to_contact": message.contact_id,
            "of_key": message.coalesce_key,
            "now": now,
            "successor": successor,
        }
        return tuple(row.id for row in _SUPERSEDE.rows(self.connection, values))

    def _chat(self, contact_id: int) -> Chat:
        chat = self._chats.get(contact_id)
        if chat is None:
            [row] = _CHAT.rows(self.connection, {"contact_id": contact_id})
            address = self.vault.open_text(
                row.address_enc, table="contacts", column="address_enc", row=contact_id
            )
            phone = opened_phone(self.vault, contact_id, row.template_phone_enc)
            chat = Chat(address, row.seen_at, row.muted_until, phone)
            self._chats[contact_id] = chat
        return chat

    def _values(self, row: OutboxRow) -> dict[str, Any]:
        return {
            "id": row.id,
            "agency": self.agency,
            "contact_id": row.contact_id,
            "channel": row.channel,
            "account": row.account,
            "status": row.status,
            "audience": row.audience,
            "priority": row.priority,
            "body_enc": self.vault.seal_json(row.body, table="outbox", column="body_enc", row=row.id),
            "petition_id": row.petition_id,
            "event_seq": row.event_seq,
            "coalesce_key": row.coalesce_key,
            "card_petition_id": row.card_petition_id,
            "edit_of_ref": row.edit_of_ref,
            "legal": row.legal,
            "next_at": row.next_at,
            "created_at": row.created_at,
            "platform_ref": "",
            "reason": "",
        }


def outbox_row(row: Row[Any], vault: Vault, *, card_ref: str | None = None) -> OutboxRow:
    """A row of `WITH_ADDRESS`, opened. Raises `keys.CannotOpen`."""
    return OutboxRow(
        id=row.id,
        contact_id=row.contact_id,
        channel=row.channel,
        account=row.account,
        chat=vault.open_text(row.address_enc, table="contacts", column="address_enc", row=row.contact_id),
        status=row.status,
        audience=row.audience,
        priority=row.priority,
        body=vault.open_json(row.body_enc, table="outbox", column="body_enc", row=row.id),
        petition_id=row.petition_id,
        event_seq=row.event_seq,
        coalesce_key=row.coalesce_key,
        card_petition_id=row.card_petition_id,
        edit_of_ref=row.edit_of_ref or card_ref or "",
        legal=row.legal,
        attempts=row.attempts,
        next_at=row.next_at,
        created_at=row.created_at,
        finished_at=row.finished_at,
        platform_ref=row.platform_ref,
        reason=row.reason,
        superseded_by=row.superseded_by,
        seen_at=row.seen_at,
        muted_until=row.muted_until,
        phone=opened_phone(vault, row.contact_id, row.template_phone_enc),
        released_at=row.released_at,
    )


def _card_record(row: Any) -> CardRecord:
    return CardRecord(
        id=row.id,
        petition_id=row.petition_id,
        contact_id=row.contact_id,
        platform_ref=row.platform_ref,
        version=row.version,
    )
