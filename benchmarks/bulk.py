"""Many rows at once: made in a SQLite file, copied to PostgreSQL."""

from __future__ import annotations

import sqlite3
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import Boolean, Date

from storage.schema import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import asyncpg


async def copy_table(connection: asyncpg.Connection[Any], source: sqlite3.Connection, name: str) -> None:
    """Every row of the table as it stands in `source`."""
    cursor = source.execute(f"SELECT * FROM {name}")
    names = [column[0] for column in cursor.description]
    columns = metadata.tables[name].c
    flags = [place for place, column in enumerate(names) if isinstance(columns[column].type, Boolean)]
    days = [place for place, column in enumerate(names) if isinstance(columns[column].type, Date)]
    while rows := list(islice(cursor, 100_000)):
        await connection.copy_records_to_table(name, records=_as_there(rows, flags, days), columns=names)


def _as_there(
    rows: Sequence[tuple[Any, ...]], flags: list[int], days: list[int]
) -> Iterator[tuple[Any, ...]]:
    """SQLite keeps flags as numbers and days as words."""
    for row in rows:
        values = list(row)
        for place in flags:
            values[place] = bool(values[place])
        for place in days:
            values[place] = date.fromisoformat(values[place]) if values[place] is not None else None
        yield tuple(values)
