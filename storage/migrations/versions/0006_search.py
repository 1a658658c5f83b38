"""Keyed hashes of the words of petitions for officers' search, and petitions by topic

Revision: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "search_words",
        sa.Column("hash", ID, autoincrement=False, nullable=False),
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "petition_id", name="pk_search_words"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_search_words_petition_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_search_words_petition", "search_words", ["petition_id"])
    known = sa.text("topic IS NOT NULL")
    op.create_index(
        "ix_petitions_topic",
        "petitions",
        ["agency", "topic", "id"],
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    op.drop_index("ix_petitions_topic", "petitions")
    op.drop_table("search_words")
