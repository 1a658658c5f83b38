"""Announcements, and the chats that asked for them

Revision: 0022
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_announcements"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_announcements_officer_id"),
    )
    op.create_index("ix_announcements_agency", "announcements", ["agency", "id"])
    op.create_table(
        "news_subscriptions",
        sa.Column("contact_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("contact_id", name="pk_news_subscriptions"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_news_subscriptions_contact_id"),
    )
    op.create_index("ix_news_subscriptions_agency", "news_subscriptions", ["agency", "contact_id"])


def downgrade() -> None:
    op.drop_table("news_subscriptions")
    op.drop_table("announcements")
