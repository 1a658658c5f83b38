"""Every announced file ends in the store, or with a reason on record; a fault of ours loses none."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from bot.channels.base import Again, Never, Refusal, Stop
from bot.dispatch import Books
from bot.fetcher import KEPT_TRYING, Fetcher
from storage.database import Database
from storage.files import FileStore
from storage.records import FileRecord, FileStatus, NewFile
from storage.schema import files
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform
from tests.hand_clock import HandClock

JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(range(256)) * 40
PROGRAM = b"MZ" + bytes(5000)
F = FileStatus


class Fetching:
    """A fetcher at work on one database, folder and platform."""

    def __init__(
        self, database: Database, books: Books, clock: HandClock, platform: Platform, folder: Path
    ) -> None:
        self.database = database
        self.books = books
        self.clock = clock
        self.platform = platform
        self.folder = folder
        self.store = FileStore(folder, books.vault)
        self.asked: list[str] = []
        self.max_size = 100_000
        self.trust_roots: Path | None = None

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[Fetcher]:
        fetcher = Fetcher(
            {PLATFORM: self.platform},
            database=self.database,
            store=self.store,
            vault=self.books.vault,
            books=self.books,
            clock=self.clock,
            max_size=self.max_size,
            trust_roots=self.trust_roots,
        )
        task = asyncio.create_task(fetcher.run())
        try:
            yield fetcher
        finally:
            assert not task.done(), "a fetcher never ends by itself"
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def on_platform(
        self, name: str, *parts: bytes | Exception | float, closed: list[str] | None = None
    ) -> None:
        """What a download brings: pieces, pauses in seconds, faults."""

        async def download() -> AsyncIterator[bytes]:
            self.asked.append(name)
            try:
                for part in parts:
                    if isinstance(part, Exception):
                        raise part
                    if isinstance(part, float):
                        await asyncio.sleep(part)
                    else:
                        yield part
            finally:
                if closed is not None:
                    closed.append(name)

        self.platform.files[name] = download

    async def announce(self, *names: str) -> list[int]:
        def work(connection: Connection) -> list[int]:
            book = self.books(connection)
            return [
                book.add_file(NewFile(channel=PLATFORM, account=ACCOUNT, kind="photo", platform_id=name))
                for name in names
            ]

        return await self.database.transact(work)

    async def file(self, file_id: int) -> FileRecord:
        found = await self.database.read(lambda connection: self.books(connection).file_by_id(file_id))
        assert found is not None
        return found

    async def until(self, file_id: int, true: Callable[[FileRecord], bool]) -> FileRecord:
        async with asyncio.timeout(5):
            while not true(found := await self.file(file_id)):
                await asyncio.sleep(0.01)
        return found

    async def ended(self, file_id: int) -> FileRecord:
        return await self.until(file_id, lambda found: found.status is not F.PENDING)

    async def tried(self, file_id: int, times: int) -> FileRecord:
        return await self.until(file_id, lambda found: found.attempts >= times)


@pytest.fixture
def fetching(
    database: Database, books: Books, clock: HandClock, platform: Platform, tmp_path: Path
) -> Fetching:
    return Fetching(database, books, clock, platform, tmp_path / "files")


async def test_an_announced_file_is_fetched_and_kept_sealed(fetching: Fetching) -> None:
    fetching.on_platform("p", JPEG[:10], JPEG[10:])
    async with fetching.at_work() as fetcher:
        [file_id] = await fetching.announce("p")
        fetcher.wake()
        found = await fetching.ended(file_id)
    assert (found.status, found.size, found.mime) == (F.STORED, len(JPEG), "image/jpeg")
    assert found.content_key is not None
    assert await fetching.store.get(found.content_key) == JPEG
    assert all(JPEG[20:60] not in path.read_bytes() for path in fetching.folder.rglob("*") if path.is_file())


async def test_what_was_announced_before_a_crash_is_fetched_after_it(fetching: Fetching) -> None:
    fetching.on_platform("p", JPEG, 30.0, b"never")
    [first] = await fetching.announce("p")
    async with fetching.at_work():
        await asyncio.sleep(0.2)
        assert fetching.asked == ["p"]
    fetching.on_platform("p", JPEG)
    fetching.clock.forward(timedelta(minutes=11))
    async with fetching.at_work():
        assert (await fetching.ended(first)).status is F.STORED


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ((PROGRAM,), "type_not_allowed"),
        ((JPEG, *[bytes(50_000)] * 3), "too_large"),
        ((Never("file too big", refusal=Refusal.REFUSED),), "file too big"),
    ],
)
async def test_what_cannot_be_taken_is_refused_with_a_reason_and_its_download_ended(
    fetching: Fetching, content: tuple[bytes | Exception, ...], reason: str
) -> None:
    closed: list[str] = []
    fetching.on_platform("p", *content, b"more", closed=closed)
    [file_id] = await fetching.announce("p")
    async with fetching.at_work():
        found = await fetching.ended(file_id)
        assert closed == ["p"]
    assert found.status is F.REFUSED
    assert found.reason
    if reason != "type_not_allowed":
        assert found.reason == reason
    assert found.content_key is None


async def test_what_the_platform_no_longer_has_failed(fetching: Fetching) -> None:
    fetching.on_platform("p", Never("the upload is gone", refusal=Refusal.GONE))
    [file_id] = await fetching.announce("p")
    async with fetching.at_work():
        assert (await fetching.ended(file_id)).status is F.FAILED


@pytest.mark.parametrize("fault", [Again("not connected"), Stop("token refused"), ZeroDivisionError()])
async def test_a_fault_is_tried_again_later_and_does_not_spin(fetching: Fetching, fault: Exception) -> None:
    fetching.on_platform("p", JPEG, fault)
    [file_id] = await fetching.announce("p")
    async with fetching.at_work() as fetcher:
        await fetching.tried(file_id, 1)
        await asyncio.sleep(0.05)
        assert fetching.asked == ["p"]
        fetching.on_platform("p", JPEG)
        fetching.clock.forward(timedelta(seconds=3))
        fetcher.wake()
        found = await fetching.ended(file_id)
    assert (found.status, found.attempts) == (F.STORED, 2)


async def test_a_folder_that_cannot_be_written_loses_nothing_however_long(fetching: Fetching) -> None:
    fetching.folder.write_bytes(b"a file where the folder should be")
    fetching.on_platform("p", JPEG)
    [file_id] = await fetching.announce("p")
    async with fetching.at_work() as fetcher:
        await fetching.tried(file_id, 1)
        fetching.clock.forward(KEPT_TRYING * 2)
        fetcher.wake()
        found = await fetching.tried(file_id, 2)
        assert found.status is F.PENDING
        fetching.folder.unlink()
        fetching.clock.forward(timedelta(hours=1))
        fetcher.wake()
        assert (await fetching.ended(file_id)).status is F.STORED


async def test_a_platform_that_never_gives_it_is_given_up_after_days(fetching: Fetching) -> None:
    fetching.on_platform("p", Again("file not ready"))
    [file_id] = await fetching.announce("p")
    async with fetching.at_work() as fetcher:
        await fetching.tried(file_id, 1)
        fetching.clock.forward(KEPT_TRYING + timedelta(hours=1))
        fetcher.wake()
        found = await fetching.ended(file_id)
    assert (found.status, found.reason) == (F.FAILED, "file not ready")


async def test_a_file_that_cannot_be_opened_stops_no_other(fetching: Fetching) -> None:
    for name in "abcdef":
        fetching.on_platform(name, JPEG)
    ids = await fetching.announce(*"abcdef")
    await fetching.database.transact(
        lambda connection: connection.execute(
            update(files).where(files.c.id.in_(ids[:5])).values(platform_id_enc=b"\x01spoilt")
        )
    )
    async with fetching.at_work():
        assert (await fetching.ended(ids[5])).status is F.STORED
    assert fetching.asked == ["f"]


async def test_many_come_in_a_few_at_once_and_each_is_asked_for_once(fetching: Fetching) -> None:
    running, most = 0, 0
    names = [f"p{number}" for number in range(12)]

    def slow(name: str) -> Callable[[], AsyncIterator[bytes]]:
        async def download() -> AsyncIterator[bytes]:
            nonlocal running, most
            fetching.asked.append(name)
            running += 1
            most = max(most, running)
            await asyncio.sleep(0.03)
            yield JPEG + name.encode()
            running -= 1

        return download

    for name in names:
        fetching.platform.files[name] = slow(name)
    ids = await fetching.announce(*names)
    async with fetching.at_work() as first, fetching.at_work() as second:
        if fetching.database.dialect == "sqlite":  # one process does everything there
            del second
        first.wake()
        for file_id in ids:
            assert (await fetching.ended(file_id)).status is F.STORED
    if fetching.database.dialect == "postgresql":
        assert sorted(fetching.asked) == sorted(names)
    assert 2 <= most <= 8


async def test_a_database_that_is_away_does_not_end_it(fetching: Fetching) -> None:
    fetching.on_platform("p", JPEG)
    async with fetching.at_work() as fetcher:
        await fetching.database.close()
        fetcher.wake()
        await asyncio.sleep(0.05)
        await fetching.database.open()
        [file_id] = await fetching.announce("p")
        fetcher.wake()
        assert (await fetching.ended(file_id)).status is F.STORED
