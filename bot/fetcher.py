"""Fetches announced files from their platform in the background and keeps them encrypted.

The platform's id of a file is committed with the message that brought it, so a crash before or during the
download loses nothing: what is pending is fetched after the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from bot.channels.base import Again, Channel, Never, SendFault, Stop
from bot.filetypes import Refused, judge
from petitions.clock import Clock
from storage import file_queue
from storage.database import Database, Unavailable
from storage.files import FileStore, FolderUnusable, TooLarge
from storage.keys import Vault
from storage.records import FileRecord

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
AT_ONCE: Final = 4
"""Downloads under way at once."""
BACK_OFF: Final = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Seconds before another try; the last one repeats until GIVE_UP_AFTER tries."""
GIVE_UP_AFTER: Final = 20
SNIFFED: Final = 4096
"""Bytes of the head that the type is judged by."""
CLAIM: Final = timedelta(minutes=10)
"""How long a file is kept from other processes while it is being fetched."""


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
                await self._rest()
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _rest(self) -> None:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                await self._wakened.wait()
        except TimeoutError:
            return

    async def _pending(self, limit: int) -> list[FileRecord]:
        if limit <= 0:
            return []
        now = self._clock.now()
        accounts = [(channel.name, channel.account) for channel in self._channels.values()]
        alone = self._database.dialect == "sqlite"
        wanted = limit + len(self._busy) if alone else limit

        def look(connection: Connection) -> list[FileRecord]:
            return file_queue.pending(
                connection,
                self._vault,
                accounts=accounts,
                now=now,
                limit=wanted,
                claim_until=None if alone else now + CLAIM,
            )

        rows = await (self._database.read(look) if alone else self._database.transact(look))
        return [row for row in rows if row.id not in self._busy][:limit]

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
            head, whole = await _head(channel.download(record.platform_id))
            verdict = judge(head, record.mime, record.name)
            if isinstance(verdict, Refused):
                await self._refuse(record, verdict.reason)
                return
            stored = await self._store.put(whole, limit=self._max_size)
        except TooLarge:
            await self._refuse(record, "too_large")
        except Never as fault:
            await self._refuse(record, fault.reason)
        except (Again, Stop) as fault:
            await self._later(record, fault)
        except FolderUnusable:
            log.critical("file_store_unusable")
            await self._later(record, Again("the folder of files cannot be written"))
        else:
            await self._database.transact(
                lambda connection: file_queue.mark_stored(
                    connection, record.id, content_key=stored.key, size=stored.size, mime=verdict.mime
                )
            )

    async def _refuse(self, record: FileRecord, reason: str) -> None:
        log.warning("file_refused", extra={"reason": reason})
        await self._database.transact(
            lambda connection: file_queue.refuse(connection, record.id, reason=reason)
        )

    async def _later(self, record: FileRecord, fault: SendFault) -> None:
        log.warning("file_later", extra={"reason": fault.reason, "attempts": record.attempts})
        if record.attempts + 1 >= GIVE_UP_AFTER:
            await self._database.transact(
                lambda connection: file_queue.fail(connection, record.id, reason=fault.reason)
            )
            return
        wished = fault.after if isinstance(fault, Again) else None
        until = self._clock.now() + timedelta(
            seconds=wished or BACK_OFF[min(record.attempts, len(BACK_OFF) - 1)]
        )
        await self._database.transact(
            lambda connection: file_queue.put_off(connection, record.id, until=until, reason=fault.reason)
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
