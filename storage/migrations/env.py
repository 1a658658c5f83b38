"""Runs migrations on the connection that `storage.migrate` hands over; there is no offline mode."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy.types import TypeDecorator

from storage import (  # noqa: F401 - their tables belong to the metadata as well
    announcements,
    handovers,
    hotspots_tables,
    overview_tables,
    public_figures,
    reception,
    webchat,
)
from storage.schema import metadata


def render_plain(kind: str, item: Any, _autogen: AutogenContext) -> str | Literal[False]:
    """Migrations name plain types: they must still run when a type of ours has long changed."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{type(item.impl_instance).__name__}()"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    # SQLite rolls back tables as well, once BEGIN is sent by hand (`engines._begin_immediate`).
    transactional_ddl=True,
    render_item=render_plain,
    compare_server_default=True,
)

with context.begin_transaction():
    context.run_migrations()
