"""Who may act for a bot account when several processes run on PostgreSQL: the holder of an advisory lock.

The lock has a connection of its own. Whoever had to wait for it also waits out the longest send of the former
holder, so that two never write to one chat at once. On SQLite one process runs every part and always leads.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

log = logging.getLogger(__name__)

BEAT_SECONDS = 2.0
"""How often the holder proves that its connection, and so its lock, still lives."""


class Leader:
    """Leadership of one `name`. `leads` is the answer to ask before every act.

    `longest_act` and `beat` in seconds; `time` is a monotonic clock.
    """

    def __init__(
        self,
        engine: AsyncEngine | None,
        name: str,
        *,
        time: Callable[[], float],
        longest_act: float,
        beat: float = BEAT_SECONDS,
    ) -> None:
        self._engine = engine
        self._key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), signed=True)
        self._name = name
        self._time = time
        self._longest_act = longest_act
        self._beat = beat
        self._proven_at: float | None = None
        self.epoch = 0

    @property
    def leads(self) -> bool:
        """True while the lock was proven held within the last two beats; always on SQLite."""
        if self._engine is None:
            return True
        return self._proven_at is not None and self._time() - self._proven_at < 2 * self._beat

    async def run(self) -> None:
        """Try for the lock, hold it, try again when it is lost; ends by cancellation."""
        if self._engine is None:
            return
        while True:
            try:
                async with self._engine.connect() as connection:
                    await connection.execution_options(isolation_level="AUTOCOMMIT")
                    try:
                        await self._hold(connection)
                    finally:  # the lock must not live on in the pool
                        await connection.invalidate()
            except Exception as fault:  # noqa: BLE001 - the driver's own classes come here as well; it must never end
                log.warning("leadership_lost", extra={"leader": self._name, "fault": type(fault).__name__})
            finally:
                self._proven_at = None
            await asyncio.sleep(self._beat)

    async def _hold(self, connection: AsyncConnection) -> None:
        waited = False
        while not await self._try(connection):
            waited = True
            await asyncio.sleep(self._beat)
        if waited:
            await asyncio.sleep(self._longest_act + 2 * self._beat)
        self.epoch += 1
        log.info("leadership_taken", extra={"leader": self._name, "epoch": self.epoch})
        while True:
            asked_at = self._time()
            async with asyncio.timeout(self._beat):
                await connection.execute(text("SELECT 1"))
            self._proven_at = asked_at
            await asyncio.sleep(self._beat / 2)

    async def _try(self, connection: AsyncConnection) -> bool:
        statement = text("SELECT pg_try_advisory_lock(:key)")
        return bool((await connection.execute(statement, {"key": self._key})).scalar())
