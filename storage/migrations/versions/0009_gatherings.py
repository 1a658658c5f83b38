"""Several petitions on one matter: merged into the first of them, or linked

Revision: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MERGED = sa.text("merged_into IS NOT NULL")


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":  # in place: a large table is not written anew
        op.execute(
            "ALTER TABLE petitions ADD COLUMN merged_into INTEGER"
            " CONSTRAINT fk_petitions_merged_into REFERENCES petitions (id)"
            " CONSTRAINT ck_petitions_lead_first CHECK (merged_into < id)"
        )
    else:
        op.add_column("petitions", sa.Column("merged_into", ID, nullable=True))
        op.create_foreign_key("fk_petitions_merged_into", "petitions", "petitions", ["merged_into"], ["id"])
        op.create_check_constraint(op.f("ck_petitions_lead_first"), "petitions", "merged_into < id")
    op.add_column(
        "petitions", sa.Column("members", sa.Integer(), server_default=sa.text("0"), nullable=False)
    )
    op.add_column("petitions", sa.Column("left_at", sa.BigInteger(), nullable=True))
    op.create_index(
        "ix_petitions_merged",
        "petitions",
        ["merged_into", "id"],
        sqlite_where=MERGED,
        postgresql_where=MERGED,
    )
    op.create_table(
        "links",
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("other_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("petition_id", "other_id", name="pk_links"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_links_petition_id"),
        sa.ForeignKeyConstraint(["other_id"], ["petitions.id"], name="fk_links_other_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_links_other", "links", ["other_id"])


def downgrade() -> None:
    op.drop_table("links")
    op.drop_index("ix_petitions_merged", "petitions")
    if op.get_bind().dialect.name == "sqlite":  # it drops no column that a constraint names
        with op.batch_alter_table("petitions") as petitions:
            petitions.drop_constraint(op.f("ck_petitions_lead_first"), type_="check")
            petitions.drop_column("merged_into")
    else:
        op.drop_column("petitions", "merged_into")
    op.drop_column("petitions", "left_at")
    op.drop_column("petitions", "members")
