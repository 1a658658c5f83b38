"""Loopholes in policy and law that officers mark, gathered for the recommendation report

Revision: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("petitions", sa.Column("gaps", sa.Integer(), nullable=False, server_default=sa.text("0")))
    op.create_table(
        "policy_gaps",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("marked_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("petition_id", "seq", name="pk_policy_gaps"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_policy_gaps_petition_id"),
    )
    standing = sa.text("withdrawn_at IS NULL")
    op.create_index(
        "ix_policy_gaps_marked",
        "policy_gaps",
        ["agency", "marked_at"],
        sqlite_where=standing,
        postgresql_where=standing,
    )


def downgrade() -> None:
    op.drop_index("ix_policy_gaps_marked", "policy_gaps")
    op.drop_table("policy_gaps")
    op.drop_column("petitions", "gaps")
