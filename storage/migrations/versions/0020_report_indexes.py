"""Indexes for what a report looks for among all petitions

Revision: 0020
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


PARTIAL = {
    "ix_petitions_visit": ("petitions", ["agency", "visit_at"], "visit_at IS NOT NULL"),
    "ix_petitions_counter": ("petitions", ["agency", "first_message_at"], "channel = 'counter'"),
    "ix_register_entries_continued": ("register_entries", ["petition_id"], "continued_book IS NOT NULL"),
}


def upgrade() -> None:
    op.create_index("ix_petitions_filed", "petitions", ["agency", "filed_at"])
    for name, (table, columns, where) in PARTIAL.items():
        op.create_index(name, table, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def downgrade() -> None:
    for name, (table, _, _) in PARTIAL.items():
        op.drop_index(name, table)
    op.drop_index("ix_petitions_filed", "petitions")
