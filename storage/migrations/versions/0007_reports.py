"""Reports: what is typed in for them, the finished ones, and an index that counts what happened

Revision: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REPORTED = (
    "type IN ('screen_eligible', 'screen_ineligible', 'screen_duplicate', 'pass_on', 'guide', 'answer', 'close', "
    "'withdraw', 'not_accept', 'discontinue', 'decide', 'conclude', 'task_done')"
)


def upgrade() -> None:
    op.create_table(
        "report_entries",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("value", ID, nullable=True),
        sa.Column("text_enc", sa.LargeBinary(), nullable=True),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_report_entries"),
    )
    op.create_index("ix_report_entries_period", "report_entries", ["agency", "period", "id"])
    op.create_table(
        "reports",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("texts_enc", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", ID, nullable=True),
        sa.Column("sent_at", sa.BigInteger(), nullable=True),
        sa.Column("sent_by", ID, nullable=True),
        sa.Column("sent_to", sa.String(), nullable=False),
        sa.Column("sent_number", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reports"),
        sa.UniqueConstraint(
            "agency", "period", "unit", "version", name="uq_reports_agency_period_unit_version"
        ),
    )
    counted = sa.text(REPORTED)
    op.create_index(
        "ix_events_report",
        "events",
        ["petition_id", "type", "at", "seq"],
        sqlite_where=counted,
        postgresql_where=counted,
    )


def downgrade() -> None:
    op.drop_index("ix_events_report", "events")
    op.drop_table("reports")
    op.drop_table("report_entries")
