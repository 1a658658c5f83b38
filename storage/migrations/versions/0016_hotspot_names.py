"""Keyed hashes of the names of places, so that a later story that holds one is counted there

Revision: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hotspot_names",
        sa.Column("hash", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name="pk_hotspot_names"),
    )
    op.create_index("ix_hotspot_names_kept", "hotspot_names", ["agency", "kept_at"])


def downgrade() -> None:
    op.drop_table("hotspot_names")
