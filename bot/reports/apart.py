"""Counting beside the running service: in a thread with a loop and a connection of its own, so that no turn waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from storage.database import Database

T = TypeVar("T")


async def read_apart(database: Database, work: Callable[[Connection], T]) -> T:
    """Runs `work`, which only reads and may take seconds, and gives its result. All of it sees one moment of the
    database. Raises as `Database.read`."""
    return await asyncio.to_thread(_alone, database.apart(), work)


def _alone(database: Database, work: Callable[[Connection], T]) -> T:
    async def read() -> T:
        await database.open()
        try:
            return await database.read_one_moment(work)
        finally:
            await database.close()

    return asyncio.run(read())
