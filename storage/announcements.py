"""The office's announcements, and the chats that asked to get them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    Table,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from storage.book import insert_new
from storage.columns import Identifier, Moment, Vocabulary, Word, reference
from storage.contacts import Contacts
from storage.records import ContactRecord
from storage.schema import contacts, metadata

MOST: Final = 200
"""Announcements read at once: the newest."""


@unique
class AnnouncementState(StrEnum):
    """How far an announcement has come. Wire values."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


announcements: Final = Table(
    "announcements",
    metadata,
    Column("id", Identifier, primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("state", Vocabulary(AnnouncementState), nullable=False),
    Column("content_enc", LargeBinary, nullable=False),
    reference("officer_id", "officers"),
    Column("changed_at", Moment, nullable=False),
    Column("published_at", Moment, nullable=True),
)
"""Once published, the words never change: one that is wrong is withdrawn, and another takes its place."""
Index("ix_announcements_agency", announcements.c.agency, announcements.c.id)

news_subscriptions: Final = Table(
    "news_subscriptions",
    metadata,
    Column("contact_id", Identifier, ForeignKey("contacts.id"), primary_key=True, autoincrement=False),
    Column("agency", Word, nullable=False),
    Column("since", Moment, nullable=False),
)
"""Chats that asked for announcements; who asks no more has no row."""
Index("ix_news_subscriptions_agency", news_subscriptions.c.agency, news_subscriptions.c.contact_id)

_SUBSCRIBE: Final = insert_new(news_subscriptions, unless=["contact_id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcement:
    """An announcement. English words may be empty."""

    id: int
    state: AnnouncementState
    title: str
    text: str
    title_en: str
    text_en: str
    changed_at: datetime
    published_at: datetime | None


class Announcements(Contacts):
    """Reading and changing them, inside a transaction."""

    def announcements(self, *, published: bool = False, most: int = MOST) -> list[Announcement]:
        """The newest first; all of them, or what everybody may read."""
        of = announcements.c
        statement = select(announcements).where(of.agency == self.agency)
        if published:
            statement = statement.where(of.state == AnnouncementState.PUBLISHED).order_by(
                of.published_at.desc()
            )
        rows = self.connection.execute(statement.order_by(of.id.desc()).limit(most))
        return [self._announcement(row) for row in rows]

    def announcement(self, announcement_id: int) -> Announcement | None:
        of = announcements.c
        row = self.connection.execute(
            select(announcements).where(of.id == announcement_id, of.agency == self.agency)
        ).first()
        return None if row is None else self._announcement(row)

    def put_announcement(
        self, announcement_id: int | None, words: dict[str, str], officer_id: int
    ) -> int | None:
        """Makes a draft, or puts other words into one; gives its id. None for one that is no draft any more."""
        row_id = announcement_id if announcement_id is not None else self.ids.new()
        values = {
            "content_enc": self.vault.seal_json(
                words, table="announcements", column="content_enc", row=row_id
            ),
            "officer_id": officer_id,
            "changed_at": self.now(),
        }
        if announcement_id is None:
            new = {"id": row_id, "agency": self.agency, "state": AnnouncementState.DRAFT}
            self.connection.execute(insert(announcements).values(**new, **values))
            return row_id
        return row_id if self._change_announcement(row_id, (AnnouncementState.DRAFT,), values) else None

    def publish_announcement(self, announcement_id: int) -> bool:
        """From now on everybody may read it. False for what is no draft: it is published once only."""
        now = self.now()
        values = {"state": AnnouncementState.PUBLISHED, "published_at": now, "changed_at": now}
        return self._change_announcement(announcement_id, (AnnouncementState.DRAFT,), values)

    def withdraw_announcement(self, announcement_id: int) -> bool:
        """Nobody reads it any more. False where it was withdrawn already."""
        values = {"state": AnnouncementState.WITHDRAWN, "changed_at": self.now()}
        states = (AnnouncementState.DRAFT, AnnouncementState.PUBLISHED)
        return self._change_announcement(announcement_id, states, values)

    # --- who asked for them

    def subscribe_to_news(self, contact_id: int) -> bool:
        """The chat gets announcements from now on. False where it got them already."""
        values = {"contact_id": contact_id, "agency": self.agency, "since": self.now()}
        return _SUBSCRIBE.run(self.connection, values) == 1

    def unsubscribe_from_news(self, contact_id: int) -> bool:
        """The chat gets no more. False where it got none."""
        gone = delete(news_subscriptions).where(news_subscriptions.c.contact_id == contact_id)
        return self.connection.execute(gone).rowcount == 1

    def gets_news(self, contact_id: int) -> bool:
        of = news_subscriptions.c
        return (
            self.connection.execute(select(of.since).where(of.contact_id == contact_id)).first() is not None
        )

    def count_of_subscribers(self) -> int:
        of = news_subscriptions.c
        statement = select(func.count()).select_from(news_subscriptions).where(of.agency == self.agency)
        return int(self.connection.execute(statement).scalar_one())

    def subscribers(self, after: int, most: int) -> list[ContactRecord]:
        """The next chats above the id `after`, in order of ids. Chats that share a conversation are one person's:
        only the first of them is given."""
        of, other, others = news_subscriptions.c, news_subscriptions.alias(), contacts.alias()
        earlier = exists(
            select(other.c.contact_id)
            .join(others, others.c.id == other.c.contact_id)
            .where(
                others.c.conversation_id == contacts.c.conversation_id,
                other.c.contact_id < of.contact_id,
                others.c.blocked_at.is_(None),
            )
        )
        rows = self.connection.execute(
            select(contacts)
            .join(news_subscriptions, of.contact_id == contacts.c.id)
            .where(
                of.agency == self.agency,
                of.contact_id > after,
                contacts.c.blocked_at.is_(None),
                ~earlier,
            )
            .order_by(of.contact_id)
            .limit(most)
        )
        return [self._contact(row) for row in rows]

    # --- inside

    def _change_announcement(
        self, announcement_id: int, states: tuple[AnnouncementState, ...], values: dict[str, Any]
    ) -> bool:
        of = announcements.c
        changed = (
            update(announcements)
            .where(of.id == announcement_id, of.agency == self.agency, of.state.in_(states))
            .values(values)
        )
        return self.connection.execute(changed).rowcount == 1

    def _announcement(self, row: Any) -> Announcement:
        words = self.vault.open_json(row.content_enc, table="announcements", column="content_enc", row=row.id)
        return Announcement(
            id=row.id,
            state=row.state,
            title=words["title"],
            text=words["text"],
            title_en=words.get("title_en", ""),
            text_en=words.get("text_en", ""),
            changed_at=row.changed_at,
            published_at=row.published_at,
        )
