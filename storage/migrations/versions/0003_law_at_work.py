"""Legal clocks, breaches, tasks of decisions in force, alarms, and what a case is in law

Revision: 0003
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _count(name: str, default: str = "0") -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), server_default=sa.text(default), nullable=False)


def _flag(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Boolean(), server_default=sa.false(), nullable=False)


def _day(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=nullable)


def _moment(name: str, *, nullable: bool = True) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _word(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _id(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, ID, autoincrement=False, nullable=nullable)


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{target}.id"], name=f"fk_{table}_{column}")


def _petition_columns() -> list[sa.Column[Any]]:
    return [
        _count("refusals"),
        _flag("bound"),
        _count("instance", "1"),
        _flag("remote"),
        _flag("complex"),
        _count("extensions"),
        _day("formed_on"),
        _day("accepted_on"),
        _day("decided_on"),
        _day("effective_on"),
        _word("outcome", nullable=True),
        _moment("asked_at"),
        _moment("dialogue_at"),
        _moment("dialogue_held_at"),
        _moment("form_given_at"),
        _moment("visit_at"),
        _moment("gone_up_at"),
        sa.Column("form_enc", sa.LargeBinary(), nullable=True),
    ]


def upgrade() -> None:
    for column in _petition_columns():
        op.add_column("petitions", column)
    op.add_column("officers", _moment("absent_from"))
    op.add_column("timers", _id("officer_id", nullable=True))
    waiting = sa.text("status = 'waiting' AND officer_id IS NOT NULL")
    op.create_index(
        "uq_timers_officer",
        "timers",
        ["officer_id", "what"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.add_column("files", _word("purpose", nullable=True))
    op.add_column("files", sa.Column("finding_enc", sa.LargeBinary(), nullable=True))
    _make_tasks()
    _make_clocks()
    _make_breaches()
    _make_alarms()


def _make_tasks() -> None:
    op.create_table(
        "tasks",
        _id("id"),
        _word("agency"),
        _id("petition_id"),
        _word("unit"),
        _id("officer_id", nullable=True),
        sa.Column("what_enc", sa.LargeBinary(), nullable=False),
        _day("due_on", nullable=False),
        _day("done_on"),
        sa.Column("start_seq", sa.Integer(), nullable=False),
        sa.Column("end_seq", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_tasks"),
        _refers("tasks", "petition_id", "petitions"),
        _refers("tasks", "officer_id", "officers"),
    )
    op.create_index("ix_tasks_petition", "tasks", ["petition_id", "id"])
    undone = sa.text("done_on IS NULL AND officer_id IS NOT NULL")
    op.create_index("ix_tasks_officer", "tasks", ["officer_id"], sqlite_where=undone, postgresql_where=undone)


def _make_clocks() -> None:
    op.create_table(
        "clocks",
        _id("id"),
        _word("agency"),
        _id("petition_id"),
        _word("rule"),
        _day("version", nullable=False),
        _word("conditions"),
        _word("step"),
        _word("duty"),
        _day("started_on", nullable=False),
        _day("nominal_on"),
        _day("due_on"),
        _day("aim_on"),
        _word("state"),
        _day("suspended_on"),
        _word("suspensions"),
        _day("ended_on"),
        _flag("provisional"),
        _id("task_id", nullable=True),
        sa.Column("start_seq", sa.Integer(), nullable=False),
        sa.Column("end_seq", sa.Integer(), nullable=True),
        _moment("warned_at"),
        _count("warned"),
        _count("level"),
        _moment("breached_at"),
        sa.PrimaryKeyConstraint("id", name="pk_clocks"),
        _refers("clocks", "petition_id", "petitions"),
        _refers("clocks", "task_id", "tasks"),
    )
    op.create_index("ix_clocks_petition", "clocks", ["petition_id", "id"])
    running = sa.text("state = 'running'")
    op.create_index(
        "ix_clocks_running", "clocks", ["agency", "due_on"], sqlite_where=running, postgresql_where=running
    )


def _make_breaches() -> None:
    op.create_table(
        "breaches",
        _id("id"),
        _word("agency"),
        _id("petition_id"),
        _id("clock_id"),
        _word("rule"),
        _day("due_on", nullable=False),
        _word("unit"),
        _id("officer_id", nullable=True),
        _moment("found_at", nullable=False),
        _count("level"),
        _day("ended_on"),
        sa.Column("event_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_breaches"),
        sa.UniqueConstraint("clock_id", name="uq_breaches_clock_id"),
        _refers("breaches", "petition_id", "petitions"),
        _refers("breaches", "clock_id", "clocks"),
        _refers("breaches", "officer_id", "officers"),
    )
    op.create_index("ix_breaches_petition", "breaches", ["petition_id"])


def _make_alarms() -> None:
    op.create_table(
        "alarms",
        _id("id"),
        _word("agency"),
        _id("officer_id"),
        _id("petition_id"),
        _id("clock_id", nullable=True),
        _word("what"),
        _word("level"),
        _flag("urgent"),
        _moment("created_at", nullable=False),
        _moment("told_at"),
        sa.PrimaryKeyConstraint("id", name="pk_alarms"),
        _refers("alarms", "officer_id", "officers"),
        _refers("alarms", "petition_id", "petitions"),
        _refers("alarms", "clock_id", "clocks"),
    )
    waiting = sa.text("told_at IS NULL")
    op.create_index(
        "ix_alarms_waiting",
        "alarms",
        ["officer_id", "id"],
        sqlite_where=waiting,
        postgresql_where=waiting,
    )
    op.create_index("ix_alarms_petition", "alarms", ["petition_id"])


def downgrade() -> None:
    for table in ("alarms", "breaches", "clocks", "tasks"):
        op.drop_table(table)
    op.drop_column("files", "finding_enc")
    op.drop_column("files", "purpose")
    op.drop_index("uq_timers_officer", "timers")
    op.drop_column("timers", "officer_id")
    op.drop_column("officers", "absent_from")
    for column in reversed(_petition_columns()):
        op.drop_column("petitions", column.name)
