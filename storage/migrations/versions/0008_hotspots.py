"""Hotspots: what is counted of petitions by topic and place, the hotspots found, and the cases to be kept an eye on

Revision: 0008
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
GRAVE = "complex IS TRUE OR extensions > 0 OR instance > 1 OR people >= 5"
ONE_LOOK = "status = 'waiting' AND what = 'hotspots'"


def upgrade() -> None:
    op.create_table(
        "sightings",
        sa.Column("hash", ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("topic_hash", ID, nullable=True),
        sa.Column("place_hash", ID, nullable=True),
        sa.Column("listed", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash", "day", "petition_id", name="pk_sightings"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_sightings_petition_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_sightings_petition", "sightings", ["petition_id"])
    op.create_index("ix_sightings_kept", "sightings", ["agency", "kept_at"])
    op.create_table(
        "hotspots",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cell_hash", ID, nullable=False),
        sa.Column("topic", sa.String(), nullable=True),
        sa.Column("unit", sa.String(), nullable=True),
        sa.Column("place_enc", sa.LargeBinary(), nullable=True),
        sa.Column("since_day", sa.Integer(), nullable=False),
        sa.Column("window", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("expected", sa.Float(), nullable=False),
        sa.Column("p", sa.Float(), nullable=False),
        sa.Column("found_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=False),
        sa.Column("digested", sa.Integer(), nullable=False),
        sa.Column("reminded", sa.Integer(), nullable=False, server_default=sa.text("0")),
        sa.Column("remind_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        sa.Column("acknowledged_by", ID, nullable=True),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("closed_by", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_hotspots"),
    )
    still_open = sa.text("state <> 'closed'")
    op.create_index(
        "uq_hotspots_open",
        "hotspots",
        ["agency", "cell_hash"],
        unique=True,
        sqlite_where=still_open,
        postgresql_where=still_open,
    )
    op.create_table(
        "hotspot_petitions",
        sa.Column("hotspot_id", ID, autoincrement=False, nullable=False),
        sa.Column("petition_id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hotspot_id", "petition_id", name="pk_hotspot_petitions"),
        sa.ForeignKeyConstraint(["hotspot_id"], ["hotspots.id"], name="fk_hotspot_petitions_hotspot_id"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_hotspot_petitions_petition_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_hotspot_petitions_petition", "hotspot_petitions", ["petition_id"])
    op.create_table(
        "hotspot_deeds",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("hotspot_id", ID, nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("officer_id", ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_hotspot_deeds"),
        sa.ForeignKeyConstraint(["hotspot_id"], ["hotspots.id"], name="fk_hotspot_deeds_hotspot_id"),
    )
    op.create_index("ix_hotspot_deeds_hotspot", "hotspot_deeds", ["hotspot_id", "id"])
    grave, one_look = sa.text(GRAVE), sa.text(ONE_LOOK)
    op.create_index(
        "ix_petitions_grave",
        "petitions",
        ["agency", "stage", "id"],
        sqlite_where=grave,
        postgresql_where=grave,
    )
    op.create_index(
        "uq_timers_hotspots",
        "timers",
        ["agency"],
        unique=True,
        sqlite_where=one_look,
        postgresql_where=one_look,
    )


def downgrade() -> None:
    op.drop_index("uq_timers_hotspots", "timers")
    op.drop_index("ix_petitions_grave", "petitions")
    op.drop_table("hotspot_deeds")
    op.drop_table("hotspot_petitions")
    op.drop_table("hotspots")
    op.drop_table("sightings")
