"""Reports and their books are made apart from the requests that ask for them, and kept until they are made again

Revision: 0023
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "report_jobs",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("run", ID, nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("asked_by", ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("done_at", sa.BigInteger(), nullable=True),
        sa.Column("figures", sa.Text(), nullable=True),
        sa.Column("texts_enc", sa.LargeBinary(), nullable=True),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("content_key", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_jobs"),
        sa.UniqueConstraint(
            "agency", "period", "unit", "what", name="uq_report_jobs_agency_period_unit_what"
        ),
    )


def downgrade() -> None:
    op.drop_table("report_jobs")
