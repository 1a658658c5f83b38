"""Fetches announced files from their platform in the background and keeps them encrypted.

The platform's id of a file is committed with the message that brought it, so a crash before or during the
download loses nothing: what is pending is fetched after the next start.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection

from bot.channels.base import Again, Channel, Never, Refusal, SendFault
from bot.dispatch import Books, fault_place
from bot.filetypes import Accepted, Refused, judge
from bot.papers.findings import CHECKED, find
from bot.papers.signatures import root_files
from handlers.citizens import form_pages, unkept
from petitions.clock import Clock
from storage import file_queue
from storage.database import Database, Unavailable
from storage.files import FileStore, FolderUnusable, StoredContent, TooLarge
from storage.keys import Vault
from storage.records import FileRecord

log = logging.getLogger(__name__)

LOOK_SECONDS: Final = 1.0
AT_ONCE: Final = 4
"""Downloads under way at once."""
BACK_OFF: Final = (2.0, 10.0, 60.0, 300.0, 1800.0)
"""Seconds before another try; the last one repeats."""
KEPT_TRYING: Final = timedelta(days=7)
"""A file its platform does not give for so long is given up. What is wrong on our side (the folder, the
token, the database) never ends it."""
SNIFFED: Final = 4096
"""Bytes of the head that the type is judged by."""
CLAIM: Final = timedelta(seconds=20)
"""How long a file is kept from other processes; a claim is renewed while the file is being fetched, so that
what a killed process left is fetched soon."""
RENEW_SECONDS: Final = 5.0


class Fetcher:
    """Brings pending files in, a few at once. Pages of a signed paper and electronically signed files are
    looked at on the way in, so that none is here without its finding."""

    def __init__(
        self,
        channels: Mapping[str, Channel],
        *,
        database: Database,
        store: FileStore,
        vault: Vault,
        books: Books,
        clock: Clock,
        max_size: int,
        trust_roots: Path | None = None,
    ) -> None:
        self._channels = channels
        self._database = database
        self._store = store
        self._vault = vault
        self._books = books
        self._clock = clock
        self._max_size = max_size
        self._trust_roots = trust_roots
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
                except Exception as fault:  # noqa: BLE001 - the edge of this part: it must never end
                    log.critical("files_failed", extra={"fault": fault_place(fault)})
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
        before = frozenset(self._busy)  # one that ends while the list is read stands in it as if it waited

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
        return [row for row in rows if row.id not in self._busy | before][:limit]

    async def _one(self, record: FileRecord) -> None:
        claim = asyncio.create_task(self._keep_claim(record.id))
        try:
            await self._fetch(record)
        except Unavailable:
            log.error("file_outcome_not_written")
            await asyncio.sleep(LOOK_SECONDS)
        except Exception as fault:  # noqa: BLE001 - the edge of one file: a fault of ours stops no other
            log.critical("file_failed", extra={"fault": fault_place(fault)})
            await asyncio.sleep(LOOK_SECONDS)
        finally:
            claim.cancel()
            await asyncio.gather(claim, return_exceptions=True)
            self._busy.discard(record.id)

    async def _keep_claim(self, file_id: int) -> None:
        """Where other processes fetch as well, say now and then that this file is still being fetched."""
        while self._database.dialect != "sqlite":
            await asyncio.sleep(RENEW_SECONDS)
            until = self._clock.now() + CLAIM
            try:
                await self._database.transact(
                    lambda connection, until=until: file_queue.hold(connection, file_id, until=until)  # type: ignore[misc]
                )
            except Unavailable:
                log.warning("file_claim_not_renewed")

    async def _fetch(self, record: FileRecord) -> None:
        if not record.platform_id:
            log.critical("file_cannot_be_opened")
            await self._later(record, "its place cannot be opened")
            return
        try:
            verdict, stored = await self._download(record)
            finding = await self._look_at(record, stored)
        except TooLarge:
            await self._refuse(record, "too_large")
        except Never as fault:
            if fault.refusal is Refusal.GONE:
                await self._fail(record, fault.reason)
            else:
                await self._refuse(record, fault.reason)
        except Again as fault:
            if self._clock.now() - record.created_at > KEPT_TRYING:
                await self._fail(record, fault.reason)
            else:
                await self._later(record, fault.reason, fault.after)
        except SendFault as fault:  # the account is refused: no fault of this file
            await self._later(record, fault.reason)
        except FolderUnusable:
            log.critical("file_store_unusable")
            await self._later(record, "the folder of files cannot be written")
        except Unavailable:
            raise
        except Exception as fault:  # noqa: BLE001 - the edge of one download: it is tried again with the others
            log.critical("download_broken", extra={"fault": fault_place(fault)})
            await self._later(record, "fault of the service")
        else:
            await self._database.transact(
                lambda connection: self._keep(connection, record, verdict, stored, finding)
            )

    async def _download(self, record: FileRecord) -> tuple[Accepted, StoredContent]:
        """Raises what downloading and storing raise, and Never for a type that is not taken."""
        pieces = self._channels[record.channel].download(record.platform_id)
        async with _closing(pieces):
            head, whole = await _head(pieces)
            verdict = judge(head, record.mime, record.name)
            if isinstance(verdict, Refused):
                raise Never(verdict.reason, refusal=Refusal.REFUSED)
            return verdict, await self._store.put(whole, limit=self._max_size)

    async def _look_at(self, record: FileRecord, stored: StoredContent) -> dict[str, Any] | None:
        """What is found on a handed-in page or signed file; None for any other file."""
        if record.purpose not in CHECKED:
            return None
        data = await self._store.get(stored.key)
        roots = root_files(self._trust_roots)
        return await asyncio.to_thread(find, record.purpose, data, roots, moment=self._clock.now())

    def _keep(
        self,
        connection: Connection,
        record: FileRecord,
        verdict: Accepted,
        stored: StoredContent,
        finding: dict[str, Any] | None,
    ) -> None:
        """The file is here. What was found on it wakes its conversation, by a timer that is due at once."""
        new = file_queue.mark_stored(
            connection, record.id, content_key=stored.key, size=stored.size, mime=verdict.mime
        )
        if not new or finding is None:
            return
        book = self._books(connection)
        book.set_finding(record.id, finding)
        file = book.file_by_id(record.id)  # by now it may belong to a petition
        if file is not None and file.conversation_id is not None:
            book.set_timer(
                form_pages.TIMER,
                self._clock.now(),
                petition_id=file.petition_id,
                conversation_id=file.conversation_id,
                data={"file": file.id, "petition": file.petition_id},
            )

    async def _refuse(self, record: FileRecord, reason: str) -> None:
        log.warning("file_refused", extra={"reason": reason})
        await self._database.transact(
            lambda connection: self._tell(
                connection, record, reason, file_queue.refuse(connection, record.id, reason=reason)
            )
        )

    async def _fail(self, record: FileRecord, reason: str) -> None:
        log.error("file_lost", extra={"reason": reason, "attempts": record.attempts})
        await self._database.transact(
            lambda connection: self._tell(
                connection, record, reason, file_queue.fail(connection, record.id, reason=reason)
            )
        )

    def _tell(self, connection: Connection, record: FileRecord, reason: str, ended: bool) -> None:
        """Who sent the file hears of it, by a timer that is due at once."""
        if ended and record.conversation_id is not None:
            self._books(connection).set_timer(
                unkept.TIMER,
                self._clock.now(),
                petition_id=record.petition_id,
                conversation_id=record.conversation_id,
                data={"file": record.id, "reason": reason},
            )

    async def _later(self, record: FileRecord, reason: str, wished: float | None = None) -> None:
        log.warning("file_later", extra={"reason": reason, "attempts": record.attempts})
        seconds = wished or BACK_OFF[min(record.attempts, len(BACK_OFF) - 1)]
        until = self._clock.now() + timedelta(seconds=seconds)
        await self._database.transact(
            lambda connection: file_queue.put_off(connection, record.id, until=until, reason=reason)
        )


@asynccontextmanager
async def _closing(pieces: AsyncIterator[bytes]) -> AsyncIterator[None]:
    """Ends a download that is not read to its end, so that its connection is free again."""
    try:
        yield
    finally:
        if isinstance(pieces, AsyncGenerator):
            await pieces.aclose()


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
