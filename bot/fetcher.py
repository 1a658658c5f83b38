"""Fetches announced files from their platform in the background and keeps them encrypted.

The platform's id of a file is committed with the message that brought it, so a crash before or during the
download loses nothing: what is pending is fetched after the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta

from bot.channels.base import Again, Channel, Never, SendFault, Stop
from bot.filetypes import Refused, judge
from petitions.clock import Clock
from storage import files
from storage.database import Database, Unavailable
from storage.files import FileStore, FileTooLarge, StoreUnwritable
from storage.keys import Vault
from storage.records import FileRecord

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0
AT_ONCE = 4
"""Downloads under way at once."""
BACK_OFF = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Seconds before another try; the last one repeats until GIVE_UP_AFTER tries."""
GIVE_UP_AFTER = 20
SNIFFED = 4096
"""Bytes of the head that the type is judged by."""


class Fetcher:
    """Brings pending files in, a few at once."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        database: Database,
        store: FileStore,
        vault: Vault,
        clock: Clock,
        max_size: int,
    ) -> None:
        self._channels = channels
        self._database = database
        self._store = store
        self._vault = vault
        self._clock = clock
        self._max_size = max_size
        self._busy: set[int] = set()
        self._wakened = asyncio.Event()

    def wake(self) -> None:
        """A committed turn announced a file."""
        self._wakened.set()

    async def run(self) -> None:
        """Fetch for ever; ends by cancellation."""
        tasks: set[asyncio.Task[None]] = set()
        try:
            while True:
                self._wakened.clear()
                try:
                    for record in await self._pending(AT_ONCE - len(tasks)):
                        self._busy.add(record.id)
                        task = asyncio.create_task(self._one(record))
                        tasks.add(task)
                        task.add_done_callback(tasks.discard)
                        task.add_done_callback(lambda _: self._wakened.set())
                except Unavailable:
                    log.error("files_unreachable")
                try:
                    async with asyncio.timeout(LOOK_SECONDS):
                        await self._wakened.wait()
                except TimeoutError:
                    continue
        finally:
            for task in tasks:
                task.cancel()

    async def _pending(self, limit: int) -> list[FileRecord]:
        if limit <= 0:
            return []
        now = self._clock.now()
        rows = await self._database.read(
            lambda connection: files.pending(
                connection, vault=self._vault, now=now, limit=limit + len(self._busy)
            )
        )
        return [row for row in rows if row.id not in self._busy and row.channel in self._channels][:limit]

    async def _one(self, record: FileRecord) -> None:
        try:
            await self._fetch(record)
        except Unavailable:
            log.error("file_outcome_not_written")
            await asyncio.sleep(LOOK_SECONDS)
        finally:
            self._busy.discard(record.id)

    async def _fetch(self, record: FileRecord) -> None:
        channel = self._channels[record.channel]
        try:
            stream = channel.download(record.platform_id)
            head, rest = await _head(stream)
            verdict = judge(head, record.mime, record.name)
            if isinstance(verdict, Refused):
                await self._refuse(record, verdict.reason)
                return
            stored = await self._store.put(rest, limit=self._max_size)
        except FileTooLarge:
            await self._refuse(record, "too_large")
        except Never as fault:
            await self._refuse(record, fault.reason)
        except (Again, Stop) as fault:
            await self._later(record, fault)
        except StoreUnwritable as fault:
            log.critical("file_store_unwritable")
            await self._later(record, Again(type(fault).__name__))
        else:
            now = self._clock.now()
            await self._database.transact(
                lambda connection: files.mark_stored(
                    connection, record.id, key=stored.key, size=stored.size, mime=verdict.mime, now=now
                )
            )

    async def _refuse(self, record: FileRecord, reason: str) -> None:
        log.warning("file_refused", extra={"reason": reason})
        await self._database.transact(lambda connection: files.mark_refused(connection, record.id, reason))

    async def _later(self, record: FileRecord, fault: SendFault) -> None:
        log.warning("file_later", extra={"reason": fault.reason})
        after = getattr(fault, "after", None) or BACK_OFF[min(record.attempts, len(BACK_OFF) - 1)]
        at = self._clock.now() + timedelta(seconds=after)
        final = record.attempts + 1 >= GIVE_UP_AFTER
        await self._database.transact(
            lambda connection: files.mark_failed(connection, record.id, next_at=None if final else at)
        )


async def _head(stream: AsyncIterator[bytes]) -> tuple[bytes, AsyncIterator[bytes]]:
    """The first bytes of a stream, and the whole stream again."""
    parts: list[bytes] = []
    size = 0
    async for part in stream:
        parts.append(part)
        size += len(part)
        if size >= SNIFFED:
            break

    async def whole() -> AsyncIterator[bytes]:
        for part in parts:
            yield part
        async for part in stream:
            yield part

    return b"".join(parts)[:SNIFFED], whole()
