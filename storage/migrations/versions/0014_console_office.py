"""What an office sets for itself at the console: saved lists, reply templates, and the record of changes

Revision: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "console_views",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("name_enc", sa.LargeBinary(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_views"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_console_views_officer_id"),
    )
    op.create_index("ix_console_views_officer", "console_views", ["officer_id", "id"])
    op.create_table(
        "reply_templates",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("title_enc", sa.LargeBinary(), nullable=False),
        sa.Column("text_enc", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reply_templates"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_reply_templates_officer_id"),
    )
    op.create_index("ix_reply_templates_agency", "reply_templates", ["agency", "id"])
    op.create_table(
        "console_changes",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_console_changes"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_console_changes_officer_id"),
    )
    op.create_index("ix_console_changes_agency", "console_changes", ["agency", "id"])


def downgrade() -> None:
    op.drop_table("console_changes")
    op.drop_table("reply_templates")
    op.drop_table("console_views")
