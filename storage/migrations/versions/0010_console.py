"""The console's one-time codes and sessions, and what its lists are read by

Revision: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_BOARD = ["stage", "unit", "officer_id", "kind", "confidential", "topic"]
_OPEN = sa.text("stage NOT IN ('closed', 'withdrawn')")
_DONE = sa.text("stage IN ('closed', 'withdrawn')")


def upgrade() -> None:
    op.create_table(
        "console_codes",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_console_codes"),
        sa.UniqueConstraint("token_hash", name="uq_console_codes_token_hash"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_console_codes_officer_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_console_codes_contact_id"),
    )
    op.create_index("ix_console_codes_officer", "console_codes", ["officer_id"])
    op.create_table(
        "console_sessions",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_console_sessions"),
        sa.UniqueConstraint("token_hash", name="uq_console_sessions_token_hash"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_console_sessions_officer_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_console_sessions_contact_id"),
    )
    op.create_index("ix_console_sessions_officer", "console_sessions", ["officer_id", "id"])
    op.create_index(
        "ix_petitions_open",
        "petitions",
        ["agency", "due_on", "id", *_BOARD],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index(
        "ix_petitions_done",
        "petitions",
        ["agency", "id", *_BOARD],
        sqlite_where=_DONE,
        postgresql_where=_DONE,
    )


def downgrade() -> None:
    op.drop_index("ix_petitions_done", "petitions")
    op.drop_index("ix_petitions_open", "petitions")
    op.drop_table("console_sessions")
    op.drop_table("console_codes")
