"""A conversation handed from one chat to another by a one-time link, and brought back.

The link's token is given once and kept as a keyed hash only. While the conversation is away, the chat it came
from has a small conversation of its own, and the taker's former conversation waits; both come back together.
Lock order: the conversation first, then what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    Table,
    bindparam,
    delete,
    insert,
    select,
    text,
    update,
)

from petitions.codes import ALPHABET
from storage.columns import Identifier, Moment, Word, reference
from storage.contacts import Contacts
from storage.schema import conversations, metadata, outbox

VALID_FOR: Final = timedelta(minutes=10)
"""How long a link can be used."""
FORGOTTEN_AFTER: Final = timedelta(days=1)
"""Links nobody used are kept so long, to say kindly that their time is over."""
_TOKEN_LETTERS: Final = 26


handovers: Final = Table(
    "handovers",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("token_hash", LargeBinary, nullable=False, unique=True),
    reference("conversation_id", "conversations"),
    reference("from_contact_id", "contacts"),
    reference("meanwhile_id", "conversations", nullable=True),
    reference("used_by_contact_id", "contacts", nullable=True),
    reference("former_id", "conversations", nullable=True),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=True),
    Column("returned_at", Moment, nullable=True),
)
"""`meanwhile_id`: the small conversation of the first chat; `former_id`: the taker's own, which waits."""
_AWAY: Final = text("used_at IS NOT NULL AND returned_at IS NULL")
Index("ix_handovers_conversation", handovers.c.conversation_id)
Index("ix_handovers_from", handovers.c.from_contact_id)
Index(
    "ix_handovers_taker", handovers.c.used_by_contact_id, sqlite_where=_AWAY, postgresql_where=_AWAY
)  # fmt: skip

_INSERT: Final = insert(handovers)
_INSERT_CONVERSATION: Final = insert(conversations)
_BY_TOKEN: Final = select(handovers).where(
    handovers.c.agency == bindparam("agency"), handovers.c.token_hash == bindparam("token_hash")
)
_BY_ID: Final = select(handovers).where(handovers.c.id == bindparam("handover_id"))
_ACTIVE: Final = select(handovers).where(handovers.c.used_at.is_not(None), handovers.c.returned_at.is_(None))
_ACTIVE_OF: Final = _ACTIVE.where(handovers.c.conversation_id == bindparam("of_id"))
_ACTIVE_FROM: Final = _ACTIVE.where(handovers.c.from_contact_id == bindparam("of_id"))
_ACTIVE_BY: Final = _ACTIVE.where(handovers.c.used_by_contact_id == bindparam("of_id"))
_MEANWHILE_BEFORE: Final = (
    select(handovers.c.meanwhile_id)
    .where(handovers.c.from_contact_id == bindparam("of_id"), handovers.c.meanwhile_id.is_not(None))
    .order_by(handovers.c.id.desc())
    .limit(1)
)
_SENT: Final = (
    select(outbox.c.platform_ref)
    .where(
        outbox.c.contact_id == bindparam("of_id"),
        outbox.c.created_at >= bindparam("since"),
        outbox.c.petition_id.is_(None),
        outbox.c.platform_ref != "",
    )
    .order_by(outbox.c.id)
)
_UNUSED: Final = handovers.c.conversation_id == bindparam("of_id"), handovers.c.used_at.is_(None)


@unique
class HandoverFault(StrEnum):
    """Why a link does not hand the conversation over."""

    UNKNOWN = "unknown"
    EXPIRED = "expired"
    """Its ten minutes are over, or a newer link took its place."""
    USED = "used"
    SAME_CHAT = "same_chat"
    """The conversation is in this chat already. The link stays good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Handover:
    """One link and what became of it."""

    id: int
    conversation_id: int
    from_contact_id: int
    """The chat that the conversation comes from and goes back to."""
    meanwhile_id: int | None
    taker_id: int | None
    """The chat that the conversation was taken to."""
    former_id: int | None
    """The taker's own conversation, which comes back to it."""
    expires_at: datetime
    used_at: datetime | None
    returned_at: datetime | None

    def fault(self, now: datetime) -> HandoverFault | None:
        """Why the link cannot be used any more; None while it can."""
        if self.used_at is not None:
            return HandoverFault.USED
        return HandoverFault.EXPIRED if now >= self.expires_at else None


class Handovers(Contacts):
    """Links that hand a conversation over, and where each conversation is now."""

    def offer_handover(self, conversation_id: int, contact_id: int) -> str:
        """A token for a link that takes the conversation from this chat to the one that uses it.

        130 random bits, valid once and for ten minutes; earlier unused links of the conversation end here.
        """
        now = self.now()
        self._end_unused(conversation_id)
        token = "".join(self.ids.random.choice(ALPHABET) for _ in range(_TOKEN_LETTERS))
        self.connection.execute(
            _INSERT,
            {
                "id": self.ids.new(),
                "agency": self.agency,
                "token_hash": self._handover_hash(token),
                "conversation_id": conversation_id,
                "from_contact_id": contact_id,
                "created_at": now,
                "expires_at": now + VALID_FOR,
            },
        )
        return token

    def find_handover(self, token: str) -> Handover | None:
        """The link with this token, whatever became of it. Uses nothing up."""
        values = {"agency": self.agency, "token_hash": self._handover_hash(token)}
        return self._handover(self.connection.execute(_BY_TOKEN, values).first())

    def handover_of(self, conversation_id: int) -> Handover | None:
        """The handover under which this conversation is away from its first chat."""
        return self._handover(self.connection.execute(_ACTIVE_OF, {"of_id": conversation_id}).first())

    def handed_over(self, contact_id: int) -> Handover | None:
        """The handover under which the conversation of this first chat is elsewhere."""
        return self._handover(self.connection.execute(_ACTIVE_FROM, {"of_id": contact_id}).first())

    def taken_by(self, contact_id: int) -> Handover | None:
        """The handover under which this chat holds another chat's conversation."""
        return self._handover(self.connection.execute(_ACTIVE_BY, {"of_id": contact_id}).first())

    def take_handover(
        self, token: str, contact_id: int, *, meanwhile: Mapping[str, Any]
    ) -> Handover | HandoverFault:
        """Makes this chat the place of the link's conversation; what is refused changes nothing.

        The chat it comes from gets a small conversation with the state `meanwhile`. A taker that held it
        before gets its own conversation back. Raises ValueError where this chat holds another chat's
        conversation: that one is brought back first.
        """
        found = self.find_handover(token)
        if found is None:
            return HandoverFault.UNKNOWN
        self.conversation(found.conversation_id)
        found = self.find_handover(token)  # as it stands under the lock
        taker = self.contact_by_id(contact_id)
        if found is None or taker is None:
            return HandoverFault.UNKNOWN
        fault = found.fault(self.now())
        if fault is not None:
            return fault
        if contact_id == found.from_contact_id or taker.conversation_id == found.conversation_id:
            return HandoverFault.SAME_CHAT
        if self.taken_by(contact_id) is not None:
            raise ValueError("this chat holds another chat's conversation")
        before = self.handover_of(found.conversation_id)
        if before is not None:
            self._give_back_place(before)
        here = before.meanwhile_id if before is not None else None
        if here is None:
            here = self._meanwhile(found.from_contact_id, meanwhile)
            self._change(found.from_contact_id, conversation_id=here)
        self._change(contact_id, conversation_id=found.conversation_id)
        self._own(found.conversation_id, contact_id)
        self._set(
            found.id,
            used_at=self.now(),
            used_by_contact_id=contact_id,
            former_id=taker.conversation_id,
            meanwhile_id=here,
        )
        return self._by_id(found.id)

    def bring_back(self, handover_id: int) -> Handover | None:
        """Gives the conversation back to its first chat, and the taker its own; None where that is so
        already."""
        found = self._by_id(handover_id)
        self.conversation(found.conversation_id)
        found = self._by_id(handover_id)  # as it stands under the lock
        if found.used_at is None or found.returned_at is not None:
            return None
        self._give_back_place(found)
        self._end_unused(found.conversation_id)
        self._change(found.from_contact_id, conversation_id=found.conversation_id)
        self._own(found.conversation_id, found.from_contact_id)
        return self._by_id(handover_id)

    def sent_since(self, contact_id: int, since: datetime) -> list[str]:
        """The platform's ids of our messages in a chat since then; not of those about a filed petition."""
        values = {"of_id": contact_id, "since": since}
        return [row.platform_ref for row in self.connection.execute(_SENT, values)]

    # --- inside

    def _give_back_place(self, held: Handover) -> None:
        """The taker goes back to its own conversation."""
        taker = self.contact_by_id(held.taker_id) if held.taker_id is not None else None
        if taker is not None and taker.conversation_id == held.conversation_id:
            self._change(taker.id, conversation_id=held.former_id)
        self._set(held.id, returned_at=self.now())

    def _meanwhile(self, contact_id: int, state: Mapping[str, Any]) -> int:
        """The small conversation of the first chat, the one of an earlier handover where there was one."""
        row_id = self.connection.execute(_MEANWHILE_BEFORE, {"of_id": contact_id}).scalar_one_or_none()
        if row_id is not None:
            self.connection.execute(
                update(conversations)
                .where(conversations.c.id == row_id)
                .values(
                    version=conversations.c.version + 1,
                    state_enc=self._sealed_state(row_id, dict(state)),
                    updated_at=self.now(),
                )
            )
            return int(row_id)
        made = self.ids.new()
        self.connection.execute(
            _INSERT_CONVERSATION,
            {
                "id": made,
                "agency": self.agency,
                "version": 1,
                "state_enc": self._sealed_state(made, dict(state)),
                "owner_contact_id": contact_id,
                "updated_at": self.now(),
            },
        )
        return made

    def _end_unused(self, conversation_id: int) -> None:
        """Links of the conversation that nobody used are over; those long over are forgotten."""
        now, of = self.now(), {"of_id": conversation_id}
        self.connection.execute(
            delete(handovers).where(*_UNUSED, handovers.c.expires_at < now - FORGOTTEN_AFTER), of
        )
        self.connection.execute(
            update(handovers).where(*_UNUSED, handovers.c.expires_at > now).values(expires_at=now), of
        )

    def _own(self, conversation_id: int, contact_id: int) -> None:
        self.connection.execute(
            update(conversations)
            .where(conversations.c.id == conversation_id)
            .values(owner_contact_id=contact_id)
        )

    def _set(self, handover_id: int, **values: Any) -> None:
        self.connection.execute(update(handovers).where(handovers.c.id == handover_id).values(values))

    def _by_id(self, handover_id: int) -> Handover:
        found = self._handover(self.connection.execute(_BY_ID, {"handover_id": handover_id}).first())
        if found is None:
            raise LookupError(f"no handover {handover_id}")
        return found

    def _handover_hash(self, token: str) -> bytes:
        return self.vault.blind("handover", token)

    @staticmethod
    def _handover(row: Any) -> Handover | None:
        if row is None:
            return None
        return Handover(
            id=row.id,
            conversation_id=row.conversation_id,
            from_contact_id=row.from_contact_id,
            meanwhile_id=row.meanwhile_id,
            taker_id=row.used_by_contact_id,
            former_id=row.former_id,
            expires_at=row.expires_at,
            used_at=row.used_at,
            returned_at=row.returned_at,
        )
