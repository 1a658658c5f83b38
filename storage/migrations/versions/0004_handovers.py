"""Links that hand a conversation over to another chat

Revision: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_AWAY = sa.text("used_at IS NOT NULL AND returned_at IS NULL")
_REFERS = {
    "conversation_id": "conversations",
    "from_contact_id": "contacts",
    "meanwhile_id": "conversations",
    "used_by_contact_id": "contacts",
    "former_id": "conversations",
}


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("from_contact_id", ID, nullable=False),
        sa.Column("meanwhile_id", ID, nullable=True),
        sa.Column("used_by_contact_id", ID, nullable=True),
        sa.Column("former_id", ID, nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("used_at", sa.BigInteger(), nullable=True),
        sa.Column("returned_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
        sa.UniqueConstraint("token_hash", name="uq_handovers_token_hash"),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=f"fk_handovers_{column}")
            for column, table in _REFERS.items()
        ),
    )
    op.create_index("ix_handovers_conversation", "handovers", ["conversation_id"])
    op.create_index("ix_handovers_from", "handovers", ["from_contact_id"])
    op.create_index(
        "ix_handovers_taker",
        "handovers",
        ["used_by_contact_id"],
        sqlite_where=_AWAY,
        postgresql_where=_AWAY,
    )


def downgrade() -> None:
    op.drop_table("handovers")
