"""Counting beside the running service: in a thread with a loop and a connection of its own, so that no turn waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import Connection

from storage.database import Database

T = TypeVar("T")


async def read_apart(url: str, work: Callable[[Connection], T]) -> T:
    """Runs `work`, which only reads and may take seconds, and gives its result. Raises as `Database.read`."""
    return await asyncio.to_thread(_alone, url, work)


def _alone(url: str, work: Callable[[Connection], T]) -> T:
    async def read() -> T:
        database = Database.from_url(url, connections=1)
        await database.open()
        try:
            return await database.read(work)
        finally:
            await database.close()

    return asyncio.run(read())
