"""Makes reports and their books apart from the requests that ask for them, one after the other.

A page asks for one, is answered at once, and looks now and then whether it is there. What is made is kept in the
database, so that every process of the service can show it; a process that ends leaves its job to be asked for again.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Final, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from bot.dispatch import fault_place
from bot.reports import plain
from bot.reports.apart import read_apart
from bot.reports.books import Books
from bot.reports.recommendations import with_recommendations
from handlers.texts import DEFAULT_LANGUAGE
from petitions.reports.periods import Period
from petitions.reports.report import Report
from storage.database import Unavailable
from storage.files import FileStore, StoredContent
from storage.reporting_books import ReportBooks
from storage.reporting_jobs import Job, ReportJobs, What
from storage.reporting_make import make, office_of
from storage.reporting_rows import Interrupted

if TYPE_CHECKING:
    from bot.web.parts import WebParts
    from storage.casebook import Casebook

log = logging.getLogger(__name__)

T = TypeVar("T")

SALT_BYTES: Final = 32
"""In front of each book: two with the same content lie at two addresses, so that each may be removed."""


class ReportMaker:
    """Makes what was asked for. One of a process, so that a second big report waits for the first."""

    def __init__(self, parts: WebParts, store: FileStore) -> None:
        self._parts = parts
        self._store = store
        self._turn = asyncio.Semaphore(1)
        self._under_way: set[asyncio.Task[None]] = set()
        self._ending = threading.Event()

    def start(self, job: Job) -> None:
        """Make it in the background; the job is committed already."""
        task = asyncio.create_task(self._run(job))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def finish(self, _app: web.Application | None = None) -> None:
        """The service stops: what is under way is given up at the next step, and said to have failed."""
        self._ending.set()
        await self.settle()

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def _run(self, job: Job) -> None:
        try:
            async with self._turn:
                await (self._figures(job) if job.what == What.FIGURES else self._book(job))
        except (Unavailable, Interrupted) as fault:
            log.warning("report_not_made", extra={"what": job.what, "fault": type(fault).__name__})
            await self._failed(job)
        except Exception as fault:  # noqa: BLE001 - the edge of this part: who waits for the report must be told
            log.critical("report_failed", extra={"what": job.what, "fault": fault_place(fault)})
            await self._failed(job)

    async def _failed(self, job: Job) -> None:
        try:
            await self._keep(lambda jobs: jobs.failed(job))
        except Unavailable:
            log.error("report_state_not_kept", extra={"what": job.what})

    async def _figures(self, job: Job) -> None:
        agency, period = self._parts.facts.agency, Period.parse(job.period)
        texts = self._parts.facts.catalogue.language(DEFAULT_LANGUAGE)
        today = self._parts.clock.now().astimezone(agency.zone).date()

        def work(book: Casebook) -> Report:
            made = make(book, agency, period, today=today, unit=job.unit, pause=self._pause)
            return with_recommendations(book, agency, made, texts)

        made = await self._apart(work)
        await self._keep(lambda jobs: jobs.made_report(job, made))

    async def _book(self, job: Job) -> None:
        def work(book: Casebook) -> StoredContent:
            return self._store.put_pieces(self._pieces(book, job))

        stored = await self._apart(work)
        former = await self._keep(lambda jobs: jobs.made_book(job, stored.key))
        if former:
            await asyncio.to_thread(self._store.remove, former)
        await self.prune()

    async def prune(self) -> None:
        """Remove the books whose day is over."""
        for job_id, key in (await self._keep(lambda jobs: jobs.over())).items():
            await asyncio.to_thread(self._store.remove, key)
            await self._keep(lambda jobs, job_id=job_id, key=key: jobs.forget(job_id, key))  # type: ignore[misc]

    def _pieces(self, book: Casebook, job: Job) -> Iterator[bytes]:
        yield book.vault.random_bytes(SALT_BYTES)
        for piece in self._written(book, job):
            self._pause()
            yield piece if isinstance(piece, bytes) else piece.encode()

    def _written(self, book: Casebook, job: Job) -> Iterable[bytes | str]:
        agency, period = self._parts.facts.agency, Period.parse(job.period)
        texts = self._parts.facts.catalogue.language(DEFAULT_LANGUAGE)
        office, books = office_of(agency), ReportBooks.of(book)
        if job.what == What.REGISTER:
            lines = self._paused(books.register(office, period, unit=job.unit))
            return (Books(agency, texts).register(lines, period),)
        if job.what == What.RECEPTION:
            visits = self._paused(books.reception(office, period, unit=job.unit))
            return (Books(agency, texts).reception(visits, period),)
        cases = books.national(office, period, unit=job.unit)
        write = plain.national_csv if job.what == What.NATIONAL_CSV else plain.national_json
        return write(cases, agency.zone)

    def _paused(self, lines: Iterable[T]) -> Iterator[T]:
        for line in lines:
            self._pause()
            yield line

    def _pause(self) -> None:
        """Called between the steps of a long work. Raises Interrupted."""
        if self._ending.is_set():
            raise Interrupted

    async def _apart(self, work: Callable[[Casebook], T]) -> T:
        def read(connection: Connection) -> T:
            return work(self._parts.books(connection))

        return await read_apart(self._parts.database, read)

    async def _keep(self, work: Callable[[ReportJobs], T]) -> T:
        def change(connection: Connection) -> T:
            return work(ReportJobs.of(self._parts.books(connection)))

        return await self._parts.database.transact(change)
