"""What was said in a web chat, both ways, so that the page can show it again after a reload.

The rows are a copy for the page: what the dialogue knows stands in the casebook. Bodies are sealed; the id
of a chat is kept only as a keyed hash. `seq` numbers the messages of a chat, `changed` the last change of
each (an edit takes a new number), so that a page asks for "all changes after n" and misses nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import (
    Column,
    Connection,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    Table,
    UniqueConstraint,
    delete,
    func,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from petitions.clock import Clock
from storage.columns import Identifier, Moment, Vocabulary, Word
from storage.ids import IdSource
from storage.keys import Vault
from storage.schema import metadata


@unique
class Direction(StrEnum):
    """Who said it."""

    IN = "in"
    """The visitor."""
    OUT = "out"
    """The office."""


web_chats: Final = Table(
    "web_chats",
    metadata,
    Column("chat_hash", LargeBinary, primary_key=True),
    Column("agency", Word, nullable=False),
    Column("last_seq", Integer, nullable=False),
    Column("created_at", Moment, nullable=False),
)

web_messages: Final = Table(
    "web_messages",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("chat_hash", LargeBinary, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("changed", Integer, nullable=False),
    Column("direction", Vocabulary(Direction), nullable=False),
    Column("client_id", Word, nullable=True),
    Column("body_enc", LargeBinary, nullable=False),
    Column("file_key", Word, nullable=True),
    Column("sent_at", Moment, nullable=False),
    Column("edited_at", Moment, nullable=True),
    UniqueConstraint("chat_hash", "seq", name="uq_web_messages_seq"),
    UniqueConstraint("chat_hash", "client_id", name="uq_web_messages_client_id"),
)
Index("ix_web_messages_changed", web_messages.c.chat_hash, web_messages.c.changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class WebMessage:
    """One message of a web chat, opened."""

    seq: int
    changed: int
    direction: Direction
    client_id: str
    """The id that the visitor's page gave it; empty for the office's messages."""
    body: dict[str, Any]
    file_key: str
    """Address of the attached document in the file store; empty without one."""
    sent_at: datetime
    edited_at: datetime | None


class ChatLog:
    """The messages of web chats, inside one transaction."""

    def __init__(
        self, connection: Connection, *, vault: Vault, ids: IdSource, clock: Clock, agency: str
    ) -> None:
        self._connection = connection
        self._vault = vault
        self._ids = ids
        self._clock = clock
        self._agency = agency

    def key(self, chat: str) -> bytes:
        """The keyed hash that stands for `chat` in the tables."""
        return chat_key(self._vault, chat)

    def add(
        self,
        chat: str,
        direction: Direction,
        body: dict[str, Any],
        *,
        client_id: str = "",
        file_key: str = "",
    ) -> tuple[WebMessage, bool]:
        """Keep a message as the chat's next one.

        One with a `client_id` that was kept before is given back as it was, with False beside it.
        """
        key = self.key(chat)
        seq = self._next(key)
        if client_id and (kept := self._one(key, web_messages.c.client_id == client_id)) is not None:
            return kept, False
        row_id = self._ids.new()
        now = self._clock.now()
        self._connection.execute(
            web_messages.insert().values(
                id=row_id,
                agency=self._agency,
                chat_hash=key,
                seq=seq,
                changed=seq,
                direction=direction,
                client_id=client_id or None,
                body_enc=self._seal(body, row_id),
                file_key=file_key or None,
                sent_at=now,
            )
        )
        message = WebMessage(
            seq=seq,
            changed=seq,
            direction=direction,
            client_id=client_id,
            body=body,
            file_key=file_key,
            sent_at=now,
            edited_at=None,
        )
        return message, True

    def change(self, chat: str, seq: int, body: dict[str, Any]) -> bool:
        """Put `body` in the place of an office message's own. False where there is no such message."""
        key = self.key(chat)
        found = self._connection.execute(
            select(web_messages.c.id).where(
                web_messages.c.chat_hash == key,
                web_messages.c.seq == seq,
                web_messages.c.direction == Direction.OUT,
            )
        ).scalar_one_or_none()
        if found is None:
            return False
        self._connection.execute(
            update(web_messages)
            .where(web_messages.c.id == found)
            .values(body_enc=self._seal(body, found), changed=self._next(key), edited_at=self._clock.now())
        )
        return True

    def forget(self, chat: str, client_id: str) -> None:
        """Take back a visitor's message that could not be taken in after all; its page will send it again."""
        self._connection.execute(
            delete(web_messages).where(
                web_messages.c.chat_hash == self.key(chat), web_messages.c.client_id == client_id
            )
        )

    def message(self, chat: str, seq: int) -> WebMessage | None:
        return self._one(self.key(chat), web_messages.c.seq == seq)

    def latest(self, chat: str, limit: int) -> list[WebMessage]:
        """The last `limit` messages of the chat, oldest first."""
        key = self.key(chat)
        query = select(web_messages).where(web_messages.c.chat_hash == key)
        return self._many(query.order_by(web_messages.c.seq.desc()).limit(limit))[::-1]

    def after(self, chat: str, changed: int, limit: int) -> list[WebMessage]:
        """What was said or edited after the change numbered `changed`, in that order."""
        query = select(web_messages).where(
            web_messages.c.chat_hash == self.key(chat), web_messages.c.changed > changed
        )
        return self._many(query.order_by(web_messages.c.changed).limit(limit))

    def last_change(self, chat: str) -> int:
        """The number of the chat's last change; 0 for a chat that has said nothing yet."""
        found = select(web_chats.c.last_seq).where(web_chats.c.chat_hash == self.key(chat))
        return self._connection.execute(found).scalar_one_or_none() or 0

    def count(self) -> int:
        """How many messages are kept, of all chats."""
        return self._connection.execute(select(func.count()).select_from(web_messages)).scalar_one()

    def _next(self, key: bytes) -> int:
        """The chat's next number. Its row stays locked to the end of the transaction, so that numbers become
        visible in their order and nobody who asks for "after n" can miss one."""
        insert = postgresql.insert if self._connection.dialect.name == "postgresql" else sqlite.insert
        fresh = insert(web_chats).values(
            chat_hash=key, agency=self._agency, last_seq=1, created_at=self._clock.now()
        )
        taken = fresh.on_conflict_do_update(
            index_elements=[web_chats.c.chat_hash], set_={"last_seq": web_chats.c.last_seq + 1}
        ).returning(web_chats.c.last_seq)
        return int(self._connection.execute(taken).scalar_one())

    def _one(self, key: bytes, condition: Any) -> WebMessage | None:
        found = self._many(select(web_messages).where(web_messages.c.chat_hash == key, condition))
        return found[0] if found else None

    def _many(self, query: Select[Any]) -> list[WebMessage]:
        return [self._opened(row) for row in self._connection.execute(query)]

    def _opened(self, row: Row[Any]) -> WebMessage:
        return WebMessage(
            seq=row.seq,
            changed=row.changed,
            direction=row.direction,
            client_id=row.client_id or "",
            body=self._vault.open_json(row.body_enc, table="web_messages", column="body", row=row.id),
            file_key=row.file_key or "",
            sent_at=row.sent_at,
            edited_at=row.edited_at,
        )

    def _seal(self, body: dict[str, Any], row_id: int) -> bytes:
        return self._vault.seal_json(body, table="web_messages", column="body", row=row_id)


def chat_key(vault: Vault, chat: str) -> bytes:
    """The keyed hash that stands for a web chat."""
    return vault.blind("web_chat", chat)


def last_changes(connection: Connection, keys: Collection[bytes]) -> dict[bytes, int]:
    """The number of the last change of each of these chats (by `chat_key`): another process may have sent."""
    found: Iterable[Row[Any]] = connection.execute(
        select(web_chats.c.chat_hash, web_chats.c.last_seq).where(web_chats.c.chat_hash.in_(keys))
    )
    return {bytes(row.chat_hash): row.last_seq for row in found}
