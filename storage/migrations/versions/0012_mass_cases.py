"""Matters of many people, and who represents them

Revision: 0012
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("mass_at", "represents_at"):
        op.add_column("petitions", sa.Column(name, sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for name in ("represents_at", "mass_at"):
        op.drop_column("petitions", name)
