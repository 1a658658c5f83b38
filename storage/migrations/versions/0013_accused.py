"""Who is complained about or denounced, so that no unit and no officer examines a case against itself

Revision: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("petitions", sa.Column("against", sa.String(), nullable=True))
    op.add_column("petitions", sa.Column("accused_id", ID, nullable=True))
    known = sa.text("against IS NOT NULL")
    op.create_index(
        "ix_petitions_against",
        "petitions",
        ["agency", "against", "stage"],
        sqlite_where=known,
        postgresql_where=known,
    )


def downgrade() -> None:
    op.drop_index("ix_petitions_against", "petitions")
    op.drop_column("petitions", "accused_id")
    op.drop_column("petitions", "against")
