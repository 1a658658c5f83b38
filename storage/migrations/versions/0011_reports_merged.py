"""The index that reports count by knows merges too

Revision: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


FORMER = (
    "'screen_eligible', 'screen_ineligible', 'screen_duplicate', 'pass_on', 'guide', 'answer', 'close', 'withdraw', "
    "'not_accept', 'discontinue', 'decide', 'conclude', 'task_done'"
)


def _index(words: str) -> None:
    counted = sa.text(f"type IN ({words})")
    op.drop_index("ix_events_report", "events")
    op.create_index(
        "ix_events_report",
        "events",
        ["petition_id", "type", "at", "seq"],
        sqlite_where=counted,
        postgresql_where=counted,
    )


def upgrade() -> None:
    _index(f"{FORMER}, 'merge'")


def downgrade() -> None:
    _index(FORMER)
