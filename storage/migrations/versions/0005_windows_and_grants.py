"""Windows of a chat, grants of an account, files by link, shared chats, and counts of what was refused

Revision: 0005
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ID, autoincrement=False, nullable=nullable)


def _word(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _bytes(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=nullable)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def upgrade() -> None:
    op.add_column("contacts", _moment("seen_at", nullable=True))
    op.add_column("contacts", _moment("muted_until", nullable=True))
    op.add_column("contacts", _flag("has_waiting"))
    op.add_column("contacts", _bytes("template_phone_enc"))
    waiting = sa.text("status = 'waiting'")
    op.create_index(
        "ix_outbox_held", "outbox", ["contact_id", "id"], sqlite_where=waiting, postgresql_where=waiting
    )
    op.add_column("outbox", _moment("released_at", nullable=True))
    op.add_column("alarms", _id("message_id", nullable=True))
    op.add_column("alarms", _moment("raised_at", nullable=True))
    told = sa.text("message_id IS NOT NULL")
    op.create_index("ix_alarms_message", "alarms", ["message_id"], sqlite_where=told, postgresql_where=told)
    _grants()
    _oddities()
    _shared_files()
    _bindings()


def _grants() -> None:
    op.create_table(
        "grants",
        _word("channel"),
        _word("account"),
        _word("agency"),
        _word("state"),
        _bytes("verifier_enc"),
        _bytes("state_hash"),
        _moment("state_until", nullable=True),
        _bytes("access_enc"),
        _bytes("refresh_enc"),
        _moment("issued_at", nullable=True),
        _moment("expires_at", nullable=True),
        _moment("refresh_until", nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _word("reason"),
        _moment("alarmed_at", nullable=True),
        _moment("updated_at"),
        sa.PrimaryKeyConstraint("channel", "account", name="pk_grants"),
        sqlite_with_rowid=False,
    )


def _oddities() -> None:
    op.create_table(
        "oddities",
        _word("channel"),
        _word("account"),
        _word("what"),
        _word("agency"),
        _id("count"),
        _moment("first_at"),
        _moment("last_at"),
        sa.PrimaryKeyConstraint("channel", "account", "what", name="pk_oddities"),
        sqlite_with_rowid=False,
    )


def _shared_files() -> None:
    op.create_table(
        "shared_files",
        _id("id"),
        _word("agency"),
        _bytes("token_hash", nullable=False),
        _bytes("name_enc", nullable=False),
        _word("mime"),
        _id("size"),
        _word("content_key"),
        _moment("created_at"),
        _moment("expires_at"),
        _moment("used_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_shared_files"),
        sa.UniqueConstraint("token_hash", name="uq_shared_files_token_hash"),
    )
    op.create_index("ix_shared_files_expires", "shared_files", ["expires_at"])


def _bindings() -> None:
    refers = {
        "petition_id": "petitions",
        "conversation_id": "conversations",
        "asking_id": "contacts",
        "asked_id": "contacts",
        "former_id": "conversations",
    }
    op.create_table(
        "bindings",
        _id("id"),
        _word("agency"),
        _id("petition_id"),
        _id("conversation_id"),
        _id("asking_id"),
        _id("asked_id"),
        _id("former_id", nullable=True),
        _moment("asked_at"),
        _moment("expires_at"),
        _moment("answered_at", nullable=True),
        _flag("agreed"),
        _moment("ended_at", nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_bindings"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_bindings_{column}")
            for column, table in refers.items()
        ),
    )
    op.create_index("ix_bindings_asking", "bindings", ["asking_id", "id"])
    op.create_index("ix_bindings_conversation", "bindings", ["conversation_id"])


def downgrade() -> None:
    for table in ("bindings", "shared_files", "oddities", "grants"):
        op.drop_table(table)
    op.drop_index("ix_outbox_held", "outbox")
    op.execute("UPDATE outbox SET status = 'queued' WHERE status = 'waiting'")
    for column in ("template_phone_enc", "has_waiting", "muted_until", "seen_at"):
        op.drop_column("contacts", column)
    op.drop_index("ix_alarms_message", "alarms")
    for column in ("message_id", "raised_at"):
        op.drop_column("alarms", column)
    op.drop_column("outbox", "released_at")
