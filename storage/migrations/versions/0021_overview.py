"""What the overview counts by week, and indexes for what it lists

Revision: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BOARD = ("stage", "unit", "officer_id", "kind", "confidential", "topic")
OPEN = "stage NOT IN ('closed', 'withdrawn')"
DONE = "stage IN ('closed', 'withdrawn')"


def _partial(name: str, table: str, columns: list[str], where: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _board(columns: tuple[str, ...]) -> None:
    """The indexes of the console's lists, with these columns to narrow by."""
    op.drop_index("ix_petitions_open", "petitions")
    op.drop_index("ix_petitions_done", "petitions")
    _partial("ix_petitions_open", "petitions", ["agency", "due_on", "id", *columns], OPEN)
    _partial("ix_petitions_done", "petitions", ["agency", "id", *columns], DONE)


def upgrade() -> None:
    op.create_table(
        "overview_counts",
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("about", sa.String(), nullable=False),
        sa.Column("week", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.Column("sealed", sa.Boolean(), nullable=False),
        sa.Column("hidden_from", ID, autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Integer(), server_default=sa.text("0"), nullable=False)
            for name in ("received", "settled", "in_time", "late")
        ),
        sa.PrimaryKeyConstraint(
            "agency", "about", "week", "unit", "value", "sealed", "hidden_from", name="pk_overview_counts"
        ),
    )
    op.create_table(
        "overview_cases",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_overview_cases_petition_id"),
        sa.PrimaryKeyConstraint("petition_id", name="pk_overview_cases"),
    )
    op.create_index("ix_overview_cases_agency", "overview_cases", ["agency", "petition_id"])
    op.create_index("ix_breaches_due", "breaches", ["agency", "due_on", "id"])
    _partial("ix_tasks_open", "tasks", ["agency", "due_on", "id"], "done_on IS NULL")
    op.add_column("sightings", sa.Column("unit", sa.String(), nullable=True))
    op.execute(
        "UPDATE sightings SET unit = (SELECT unit FROM petitions WHERE petitions.id = sightings.petition_id)"
    )
    columns = ["agency", "day", "unit", "hash", "petition_id"]
    _partial("ix_sightings_places", "sightings", columns, "kind = 'place'")
    _board((*BOARD, "accused_id"))


def downgrade() -> None:
    _board(BOARD)
    op.drop_index("ix_sightings_places", "sightings")
    op.drop_column("sightings", "unit")
    op.drop_index("ix_tasks_open", "tasks")
    op.drop_index("ix_breaches_due", "breaches")
    op.drop_table("overview_cases")
    op.drop_table("overview_counts")
