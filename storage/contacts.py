"""Chats and conversations. A conversation is a row of its own and chats point to it; the lock is on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, insert, select, update

from storage.book import Book, Chat, holds, insert_new
from storage.keys import Vault
from storage.prepared import Prepared
from storage.records import ContactRecord, ConversationRow, OpenTurn
from storage.schema import contacts, conversations, outbox

NOTIFY_ALL: Final = "all"

_CONTACT: Final = select(contacts)
_BY_HASH: Final = Prepared(_CONTACT.where(contacts.c.chat_hash == bindparam("chat_hash")))
_BY_ID: Final = Prepared(_CONTACT.where(contacts.c.id == bindparam("contact_id")))
_GROUPS: Final = _CONTACT.where(
    contacts.c.agency == bindparam("agency"),
    contacts.c.unit == bindparam("unit"),
    contacts.c.is_group.is_(True),
    contacts.c.blocked_at.is_(None),
).order_by(contacts.c.id)
_UNITS_WITH_GROUPS: Final = (
    select(contacts.c.unit)
    .where(
        contacts.c.agency == bindparam("agency"),
        contacts.c.unit.is_not(None),
        contacts.c.is_group.is_(True),
        contacts.c.blocked_at.is_(None),
    )
    .distinct()
)
_TURN: Final = Prepared(
    select(
        contacts,
        conversations.c.version,
        conversations.c.state_enc,
        conversations.c.owner_contact_id,
        conversations.c.has_petitions,
        conversations.c.updated_at,
    )
    .join(conversations, conversations.c.id == contacts.c.conversation_id)
    .where(contacts.c.chat_hash == bindparam("chat_hash"))
    .with_for_update(of=conversations, key_share=True)
)
_CONVERSATION_LOCKED: Final = Prepared(
    select(conversations)
    .where(conversations.c.id == bindparam("conversation_id"))
    .with_for_update(key_share=True)
)
_INSERT_CONVERSATION: Final = Prepared(insert(conversations))
_INSERT_CONTACT: Final = insert_new(contacts, unless=["chat_hash"], returning=contacts.c.id)
_DROP_CONVERSATION: Final = delete(conversations).where(conversations.c.id == bindparam("conversation_id"))
_SAVE: Final = Prepared(
    update(conversations)
    .where(conversations.c.id == bindparam("of_id"), conversations.c.version == bindparam("of_version"))
    .values(
        version=bindparam("version"), state_enc=bindparam("state_enc"), updated_at=bindparam("updated_at")
    )
)


def opened_phone(vault: Vault, contact_id: int, sealed: bytes | None) -> str:
    """The number by which a person agreed to be told. Raises `keys.CannotOpen`."""
    if sealed is None:
        return ""
    return vault.open_text(sealed, table="contacts", column="template_phone_enc", row=contact_id)


class StaleConversation(Exception):
    """The conversation was saved by another turn since it was read: it was not locked in this transaction."""


class Contacts(Book):
    """Chats and conversations as a turn needs them."""

    def open_turn(
        self, *, channel: str, account: str, chat: str, is_group: bool = False, language: str = ""
    ) -> OpenTurn:
        """The chat and its conversation, locked, in one statement; both are made at its first message."""
        chat_hash = self._chat_hash(channel, account, chat)
        row = _TURN.first(self.connection, {"chat_hash": chat_hash})
        new = row is None
        if row is None:
            self._begin_contact(channel, account, chat, chat_hash, is_group=is_group, language=language)
            [row] = _TURN.rows(self.connection, {"chat_hash": chat_hash})
        if row.owner_contact_id != row.id:  # handed to another chat while we waited for the lock
            [row] = _TURN.rows(self.connection, {"chat_hash": chat_hash})
        contact = self._contact(row)
        conversation = self._conversation(
            contact.conversation_id, row.version, row.state_enc, row.owner_contact_id, row.updated_at
        )
        return OpenTurn(contact=contact, conversation=conversation, has_petitions=row.has_petitions, new=new)

    def open_contact(
        self, *, channel: str, account: str, chat: str, is_group: bool = False, language: str = ""
    ) -> tuple[ContactRecord, ConversationRow]:
        """As `open_turn`, the contact and the locked conversation only."""
        turn = self.open_turn(
            channel=channel, account=account, chat=chat, is_group=is_group, language=language
        )
        return turn.contact, turn.conversation

    def contact(self, channel: str, account: str, chat: str) -> ContactRecord | None:
        return self._find(_BY_HASH, {"chat_hash": self._chat_hash(channel, account, chat)})

    def contact_by_id(self, contact_id: int) -> ContactRecord | None:
        return self._find(_BY_ID, {"contact_id": contact_id})

    def keep_in_mind(self, contact: ContactRecord) -> None:
        """The chat is known as in `contact` for the messages of this transaction."""
        self._chats[contact.id] = Chat(
            contact.chat, contact.seen_at, contact.muted_until, contact.template_phone
        )

    def groups_of(self, unit: str) -> list[ContactRecord]:
        """The groups bound to a unit that we can still write to."""
        rows = self.connection.execute(_GROUPS, {"agency": self.agency, "unit": unit})
        return [self._contact(row) for row in rows]

    def units_with_groups(self) -> set[str]:
        """The units that have such a group."""
        return set(self.connection.execute(_UNITS_WITH_GROUPS, {"agency": self.agency}).scalars())

    def conversation(self, conversation_id: int) -> ConversationRow | None:
        """A conversation, locked; for timers, which come without a chat."""
        row = _CONVERSATION_LOCKED.first(self.connection, {"conversation_id": conversation_id})
        if row is None:
            return None
        return self._conversation(row.id, row.version, row.state_enc, row.owner_contact_id, row.updated_at)

    def save_conversation(self, conversation: ConversationRow) -> None:
        """Writes the state. Raises StaleConversation where the row was not locked in this transaction."""
        now = self.now()
        saved = _SAVE.run(
            self.connection,
            {
                "of_id": conversation.id,
                "of_version": conversation.version,
                "version": conversation.version + 1,
                "state_enc": self._sealed_state(conversation.id, conversation.state),
                "updated_at": now,
            },
        )
        if saved != 1:
            raise StaleConversation(f"conversation {conversation.id} is past version {conversation.version}")
        conversation.version += 1
        conversation.updated_at = now

    def mark_blocked(self, contact_id: int, at: datetime | None, *, reason: str = "") -> None:
        """The chat no longer takes messages from us since `at`; None: it does again."""
        self._change(contact_id, blocked_at=at, blocked_reason=reason or None if at else None)

    def update_contact(
        self,
        contact_id: int,
        *,
        language: str | None = None,
        notify: str | None = None,
        discreet: bool | None = None,
    ) -> None:
        """What the person chose; None leaves it as it is."""
        chosen = {"language": language, "notify": notify, "discreet": discreet}
        values = {name: value for name, value in chosen.items() if value is not None}
        if values:
            self._change(contact_id, **values)

    def set_template_phone(self, contact_id: int, phone: str | None) -> None:
        """The number by which the person agreed to be told through an approved template; None takes the
        consent back."""
        sealed = None
        if phone:
            sealed = self.vault.seal_text(
                phone, table="contacts", column="template_phone_enc", row=contact_id
            )
        self._change(contact_id, template_phone_enc=sealed)

    def bind_group(self, contact_id: int, unit: str | None) -> None:
        """Binds a group to a unit; None unbinds it."""
        self._change(contact_id, unit=unit)

    def migrate_contact(self, contact_id: int, new_chat: str) -> None:
        """The platform gave the chat a new id. What was bound to the old one stays bound.

        Where the new id was heard of already, that newer contact gives it up and its waiting messages.
        """
        [row] = _BY_ID.rows(self.connection, {"contact_id": contact_id})
        new_hash = self._chat_hash(row.channel, row.account, new_chat)
        other = _BY_HASH.first(self.connection, {"chat_hash": new_hash})
        if other is not None and other.id == contact_id:
            return
        if other is not None:
            self._change(other.id, chat_hash=self.vault.blind("gone", str(other.id)))
            self.connection.execute(
                update(outbox)
                .where(outbox.c.contact_id == other.id, holds(outbox.c.status, "queued"))
                .values(contact_id=contact_id)
            )
        self._change(contact_id, chat_hash=new_hash, address_enc=self._sealed_address(contact_id, new_chat))

    def _begin_contact(
        self, channel: str, account: str, chat: str, chat_hash: bytes, *, is_group: bool, language: str
    ) -> None:
        now, contact_id, conversation_id = self.now(), self.ids.new(), self.ids.new()
        _INSERT_CONVERSATION.run(
            self.connection,
            {
                "id": conversation_id,
                "agency": self.agency,
                "version": 1,
                "state_enc": self._sealed_state(conversation_id, {}),
                "owner_contact_id": contact_id,
                "updated_at": now,
            },
        )
        begun = _INSERT_CONTACT.first(
            self.connection,
            {
                "id": contact_id,
                "agency": self.agency,
                "channel": channel,
                "account": account,
                "chat_hash": chat_hash,
                "address_enc": self._sealed_address(contact_id, chat),
                "is_group": is_group,
                "language": language,
                "conversation_id": conversation_id,
                "notify": NOTIFY_ALL,
                "created_at": now,
            },
        )
        if begun is None:  # another process met the same new chat in the same moment, and was first
            self.connection.execute(_DROP_CONVERSATION, {"conversation_id": conversation_id})

    def _change(self, contact_id: int, **values: Any) -> None:
        self._chats.pop(contact_id, None)
        self.connection.execute(update(contacts).where(contacts.c.id == contact_id).values(values))

    def _find(self, statement: Prepared, values: dict[str, Any]) -> ContactRecord | None:
        row = statement.first(self.connection, values)
        return None if row is None else self._contact(row)

    def _contact(self, row: Any) -> ContactRecord:
        chat = self.vault.open_text(row.address_enc, table="contacts", column="address_enc", row=row.id)
        phone = opened_phone(self.vault, row.id, row.template_phone_enc)
        self._chats[row.id] = Chat(chat, row.seen_at, row.muted_until, phone)
        return ContactRecord(
            id=row.id,
            channel=row.channel,
            account=row.account,
            chat=chat,
            is_group=row.is_group,
            language=row.language,
            blocked_at=row.blocked_at,
            blocked_reason=row.blocked_reason,
            conversation_id=row.conversation_id,
            unit=row.unit,
            officer_id=row.officer_id,
            notify=row.notify,
            discreet=row.discreet,
            seen_at=row.seen_at,
            muted_until=row.muted_until,
            has_waiting=row.has_waiting,
            template_phone=phone,
        )

    def _conversation(
        self, conversation_id: int, version: int, sealed: bytes, owner: int, updated_at: datetime
    ) -> ConversationRow:
        state = self.vault.open_json(sealed, table="conversations", column="state_enc", row=conversation_id)
        return ConversationRow(conversation_id, version, state, owner, updated_at)

    def _sealed_state(self, conversation_id: int, state: dict[str, Any]) -> bytes:
        return self.vault.seal_json(state, table="conversations", column="state_enc", row=conversation_id)

    def _sealed_address(self, contact_id: int, chat: str) -> bytes:
        return self.vault.seal_text(chat, table="contacts", column="address_enc", row=contact_id)

    def _chat_hash(self, channel: str, account: str, chat: str) -> bytes:
        return self.vault.blind("chat", f"{channel}|{account}|{chat}")
