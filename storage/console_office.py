"""What an office sets for itself at the console: saved lists, reply templates, people and invitations.

Every change of what others work with stands in the record of changes, with who made it; nothing deletes from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import (
    Column,
    Index,
    LargeBinary,
    Table,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from petitions.kinds import Role
from storage.columns import Moment, Word, reference
from storage.officers import Officers
from storage.records import InviteRecord, OfficerRecord
from storage.schema import invites, metadata, officers, own_id

MOST_VIEWS: Final = 12
"""Saved lists of one officer: more of them find nothing faster."""
MOST_TEMPLATES: Final = 200


console_views: Final = Table(
    "console_views",
    metadata,
    own_id(),
    Column("agency", Word, nullable=False),
    reference("officer_id", "officers"),
    Column("name_enc", LargeBinary, nullable=False),
    Column("query", Word, nullable=False),
    Column("created_at", Moment, nullable=False),
)
"""`query`: the choices of a list as they stand in its address; codes only, no words of people."""
Index("ix_console_views_officer", console_views.c.officer_id, console_views.c.id)

reply_templates: Final = Table(
    "reply_templates",
    metadata,
    own_id(),
    Column("agency", Word, nullable=False),
    Column("unit", Word, nullable=True),
    Column("title_enc", LargeBinary, nullable=False),
    Column("text_enc", LargeBinary, nullable=False),
    reference("officer_id", "officers"),
    Column("changed_at", Moment, nullable=False),
    Column("removed_at", Moment, nullable=True),
)
"""Words an officer may begin a message with. `unit` None: the whole office's."""
Index("ix_reply_templates_agency", reply_templates.c.agency, reply_templates.c.id)

console_changes: Final = Table(
    "console_changes",
    metadata,
    own_id(),
    Column("agency", Word, nullable=False),
    Column("at", Moment, nullable=False),
    reference("officer_id", "officers"),
    Column("what", Word, nullable=False),
    Column("content_enc", LargeBinary, nullable=False),
)
"""What was changed at the console, by whom and when."""
Index("ix_console_changes_agency", console_changes.c.agency, console_changes.c.id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedView:
    """A list an officer comes back to."""

    id: int
    name: str
    query: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyTemplate:
    """Words to begin with. `unit` None: everybody's."""

    id: int
    unit: str | None
    title: str
    text: str
    changed_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeChange:
    """One line of the record of changes."""

    at: datetime
    officer_id: int
    what: str
    content: dict[str, Any]


class ConsoleOffice(Officers):
    """Reading and changing it, inside a transaction."""

    # --- saved lists

    def saved_views(self, officer_id: int) -> list[SavedView]:
        """The officer's saved lists, in the order they were made."""
        rows = self.connection.execute(
            select(console_views)
            .where(console_views.c.officer_id == officer_id)
            .order_by(console_views.c.id)
            .limit(MOST_VIEWS)
        )
        return [
            SavedView(
                id=row.id,
                name=self.vault.open_text(row.name_enc, table="console_views", column="name_enc", row=row.id),
                query=row.query,
            )
            for row in rows
        ]

    def save_view(self, officer_id: int, name: str, query: str) -> bool:
        """Keeps a list under a name. False where the officer has as many as there may be."""
        count = (
            select(func.count()).select_from(console_views).where(console_views.c.officer_id == officer_id)
        )
        if self.connection.execute(count).scalar_one() >= MOST_VIEWS:
            return False
        view_id = self.ids.new()
        self.connection.execute(
            insert(console_views).values(
                id=view_id,
                agency=self.agency,
                officer_id=officer_id,
                name_enc=self.vault.seal_text(name, table="console_views", column="name_enc", row=view_id),
                query=query,
                created_at=self.now(),
            )
        )
        return True

    def forget_view(self, officer_id: int, view_id: int) -> bool:
        """Forgets one of the officer's own lists. False where there is none."""
        gone = delete(console_views).where(
            console_views.c.id == view_id, console_views.c.officer_id == officer_id
        )
        return self.connection.execute(gone).rowcount == 1

    # --- reply templates

    def reply_templates(self, units: tuple[str, ...] | None) -> list[ReplyTemplate]:
        """The office's templates and those of these units; None: of every unit. By their titles."""
        of = reply_templates.c
        statement = select(reply_templates).where(of.agency == self.agency, of.removed_at.is_(None))
        if units is not None:
            statement = statement.where(or_(of.unit.is_(None), of.unit.in_(units)))
        rows = self.connection.execute(statement.order_by(of.id).limit(MOST_TEMPLATES))
        found = [
            ReplyTemplate(
                id=row.id,
                unit=row.unit,
                title=self._opened_words(row, "title_enc"),
                text=self._opened_words(row, "text_enc"),
                changed_at=row.changed_at,
            )
            for row in rows
        ]
        return sorted(found, key=lambda template: (template.unit or "", template.title))

    def put_template(
        self, template_id: int | None, *, unit: str | None, title: str, text: str, officer_id: int
    ) -> int:
        """Makes a template, or puts other words into one. Gives its id. Raises LookupError for one there is not."""
        row_id = template_id if template_id is not None else self.ids.new()
        values = {
            "title_enc": self._sealed_words("title_enc", row_id, title),
            "text_enc": self._sealed_words("text_enc", row_id, text),
            "officer_id": officer_id,
            "changed_at": self.now(),
        }
        if template_id is None:
            new = {"id": row_id, "agency": self.agency, "unit": unit}
            self.connection.execute(insert(reply_templates).values(**new, **values))
            return row_id
        changed = (
            update(reply_templates)
            .where(reply_templates.c.id == row_id, reply_templates.c.removed_at.is_(None))
            .values(values)
        )
        if self.connection.execute(changed).rowcount != 1:
            raise LookupError("no such template")
        return row_id

    def remove_template(self, template_id: int) -> None:
        """The template is offered no more; its row stays."""
        self.connection.execute(
            update(reply_templates)
            .where(reply_templates.c.id == template_id, reply_templates.c.removed_at.is_(None))
            .values(removed_at=self.now())
        )

    # --- people and invitations

    def change_officer(self, officer_id: int, *, unit: str, role: Role, name: str) -> None:
        """Another unit, role or name from now on; what was done stays under the same person."""
        self.connection.execute(
            update(officers)
            .where(officers.c.id == officer_id, officers.c.agency == self.agency)
            .values(
                unit=unit,
                role=role,
                name_enc=self.vault.seal_text(name, table="officers", column="name_enc", row=officer_id),
            )
        )

    def open_invites(self) -> list[InviteRecord]:
        """Invitations that can still be taken, newest first."""
        rows = self.connection.execute(
            select(invites)
            .where(
                invites.c.agency == self.agency,
                invites.c.used_at.is_(None),
                invites.c.expires_at > self.now(),
            )
            .order_by(invites.c.id.desc())
            .limit(MOST_TEMPLATES)
        )
        return [
            InviteRecord(
                id=row.id,
                unit=row.unit,
                role=row.role,
                name=self.vault.open_text(row.name_enc, table="invites", column="name_enc", row=row.id),
                for_group=row.for_group,
                officer_id=row.officer_id,
                expires_at=row.expires_at,
                used_at=row.used_at,
            )
            for row in rows
        ]

    def end_invite(self, invite_id: int) -> bool:
        """The invitation is over. False where it was already, or there is none."""
        now = self.now()
        over = (
            update(invites)
            .where(
                invites.c.id == invite_id,
                invites.c.agency == self.agency,
                invites.c.used_at.is_(None),
                invites.c.expires_at > now,
            )
            .values(expires_at=now)
        )
        return self.connection.execute(over).rowcount == 1

    # --- the record

    def note_change(self, officer: OfficerRecord, what: str, content: dict[str, Any]) -> None:
        """Puts a change on record."""
        row_id = self.ids.new()
        self.connection.execute(
            insert(console_changes).values(
                id=row_id,
                agency=self.agency,
                at=self.now(),
                officer_id=officer.id,
                what=what,
                content_enc=self.vault.seal_json(
                    content, table="console_changes", column="content_enc", row=row_id
                ),
            )
        )

    def office_changes(self, *, most: int = 100) -> list[OfficeChange]:
        """The latest changes, newest first."""
        rows = self.connection.execute(
            select(console_changes)
            .where(console_changes.c.agency == self.agency)
            .order_by(console_changes.c.id.desc())
            .limit(most)
        )
        return [
            OfficeChange(
                at=row.at,
                officer_id=row.officer_id,
                what=row.what,
                content=self.vault.open_json(
                    row.content_enc, table="console_changes", column="content_enc", row=row.id
                ),
            )
            for row in rows
        ]

    def _sealed_words(self, column: str, row_id: int, words: str) -> bytes:
        return self.vault.seal_text(words, table="reply_templates", column=column, row=row_id)

    def _opened_words(self, row: Any, column: str) -> str:
        return self.vault.open_text(getattr(row, column), table="reply_templates", column=column, row=row.id)
