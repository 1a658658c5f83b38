"""The reception schedule, what was called off of it, and its appointments

Revision: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_PETITION = sa.text("petition_id IS NOT NULL")
_PHONE = sa.text("phone_hash IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "reception_lines",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_reception_lines"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_reception_lines_officer_id"),
    )
    op.create_index("ix_reception_lines_agency", "reception_lines", ["agency", "id"])
    op.create_table(
        "reception_off",
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("line_id", ID, autoincrement=False, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("words_enc", sa.LargeBinary(), nullable=False),
        sa.Column("officer_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "line_id", "day", name="pk_reception_off"),
        sa.ForeignKeyConstraint(["officer_id"], ["officers.id"], name="fk_reception_off_officer_id"),
    )
    op.create_table(
        "bookings",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("agency", sa.String(), nullable=False),
        sa.Column("line_id", ID, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("seat", sa.Integer(), nullable=True),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("phone_hash", sa.LargeBinary(), nullable=True),
        sa.Column("content_enc", sa.LargeBinary(), nullable=False),
        sa.Column("petition_id", ID, nullable=True),
        sa.Column("contact_id", ID, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("code_hash", name="uq_bookings_code_hash"),
        sa.UniqueConstraint("agency", "line_id", "at", "seat", name="uq_bookings_agency_line_id_at_seat"),
        sa.ForeignKeyConstraint(["petition_id"], ["petitions.id"], name="fk_bookings_petition_id"),
        sa.ForeignKeyConstraint(["contact_id"], ["contacts.id"], name="fk_bookings_contact_id"),
    )
    op.create_index("ix_bookings_day", "bookings", ["agency", "day", "at"])
    op.create_index(
        "ix_bookings_petition",
        "bookings",
        ["petition_id"],
        sqlite_where=_PETITION,
        postgresql_where=_PETITION,
    )
    op.create_index(
        "ix_bookings_phone", "bookings", ["phone_hash"], sqlite_where=_PHONE, postgresql_where=_PHONE
    )


def downgrade() -> None:
    op.drop_table("bookings")
    op.drop_table("reception_off")
    op.drop_table("reception_lines")
