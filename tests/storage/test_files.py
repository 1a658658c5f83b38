"""Files: sealed, synced, kept once, and none forgotten on the way."""

from __future__ import annotations

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from storage import file_queue
from storage.casebook import Casebook
from storage.files import FRAME, FileStore, FolderUnusable, TooLarge, path_of
from storage.keys import CannotOpen, KeyRing, Vault
from storage.records import FileRecord, FileStatus
from tests.conftest import InBook
from tests.hand_clock import MORNING, HandClock
from tests.storage.builders import NASTY, a_file

MINUTE = timedelta(minutes=1)
WEB = [("web", "web")]


async def stream(content: bytes, piece: int = 10_000) -> AsyncIterator[bytes]:
    for start in range(0, len(content), piece):
        yield content[start : start + piece]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "files"


@pytest.fixture
def store(folder: Path, vault: Vault) -> FileStore:
    return FileStore(folder, vault)


def kept(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("piece", [1_000, FRAME, 3 * 1024 * 1024])
@pytest.mark.parametrize(
    "size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 16 * FRAME, 17 * FRAME, 2 * 1024 * 1024 + 5]
)
async def test_content_comes_back_whatever_its_size(
    store: FileStore, folder: Path, size: int, piece: int
) -> None:
    content = random.Random(size).randbytes(size)

    stored = await store.put(stream(content, piece))

    assert stored.size == size
    assert await store.get(stored.key) == content
    assert store.has(stored.key)
    [path] = kept(folder)
    assert path == path_of(folder, stored.key)
    assert size < 32 or content[:32] not in path.read_bytes()
    assert path.stat().st_mode & 0o077 == 0


async def test_the_same_content_is_kept_once(store: FileStore, folder: Path) -> None:
    keys = await asyncio.gather(*(store.put(stream(b"same" * 50_000)) for _ in range(5)))

    assert len({stored.key for stored in keys}) == 1
    assert len(kept(folder)) == 1


async def test_names_tell_nothing_without_the_key(store: FileStore, tmp_path: Path) -> None:
    other = FileStore(tmp_path / "other", Vault(KeyRing.create(tmp_path / "k.json")))

    assert (await store.put(stream(b"same"))).key != (await other.put(stream(b"same"))).key


async def test_too_much_is_refused_and_nothing_remains(store: FileStore, folder: Path) -> None:
    exact = await store.put(stream(b"x" * 300_000), limit=300_000)
    assert exact.size == 300_000

    with pytest.raises(TooLarge):
        await store.put(stream(b"y" * 300_001), limit=300_000)

    assert kept(folder) == [path_of(folder, exact.key)]


async def test_a_stream_that_breaks_leaves_nothing(store: FileStore, folder: Path) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield b"x" * 2_000_000
        raise ConnectionError("platform went away")

    with pytest.raises(ConnectionError):
        await store.put(broken())

    assert kept(folder) == []


async def test_damage_of_any_sort_is_noticed(store: FileStore, folder: Path) -> None:
    stored = await store.put(stream(random.Random(1).randbytes(3 * FRAME + 100)))
    path = path_of(folder, stored.key)
    sound = path.read_bytes()
    header, frame = 37, FRAME + 16
    first, second = sound[header : header + frame], sound[header + frame : header + 2 * frame]
    damaged = {
        "a byte": sound[:50_000] + bytes([sound[50_000] ^ 1]) + sound[50_001:],
        "the header": b"X" + sound[1:],
        "the key id": sound[:4] + b"\xfe" + sound[5:],
        "the salt": sound[:10] + bytes([sound[10] ^ 1]) + sound[11:],
        "the end is cut": sound[:-1],
        "the last frame is cut": sound[: header + 3 * frame],
        "frames are swapped": sound[:header] + second + first + sound[header + 2 * frame :],
        "only the header": sound[:header],
        "empty": b"",
    }
    noticed = []
    for what, content in damaged.items():
        path.write_bytes(content)
        with pytest.raises(CannotOpen):
            await store.get(stored.key)
        noticed.append(what)
    assert noticed == list(damaged)


async def test_one_file_in_the_place_of_another_is_noticed(store: FileStore, folder: Path) -> None:
    first, second = await store.put(stream(b"first")), await store.put(stream(b"second"))
    path_of(folder, first.key).write_bytes(path_of(folder, second.key).read_bytes())

    with pytest.raises(CannotOpen, match="another"):
        await store.get(first.key)


async def test_absent_and_strange_keys(store: FileStore) -> None:
    with pytest.raises(FileNotFoundError):
        await store.get("0" * 64)
    for key in ("../../etc/passwd", "", "0" * 63, "G" * 64):
        with pytest.raises(ValueError, match="not the key"):
            await store.get(key)


async def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path, vault: Vault) -> None:
    (tmp_path / "file").write_text("in the way")
    store = FileStore(tmp_path / "file" / "files", vault)

    with pytest.raises(FolderUnusable, match="file/files"):
        await store.put(stream(b"x"))
    with pytest.raises(FolderUnusable):
        store.check()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a file size limit of its own process")
def test_a_full_disk_is_said_so_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for the full disk; it must be set in a process of its own."""
    script = f"""
import asyncio, resource, signal, sys
from pathlib import Path
from storage.files import FileStore, FolderUnusable
from storage.keys import KeyRing, Vault
async def stream():
    for _ in range(40): yield b"x" * 100_000
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
vault = Vault(KeyRing.create(Path({str(tmp_path / "k.json")!r})))
resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))
try:
    asyncio.run(FileStore(Path({str(tmp_path / "files")!r}), vault).put(stream()))
except FolderUnusable as fault:
    print("REFUSED", fault)
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env=os.environ
    )

    assert done.stdout.startswith("REFUSED cannot use the folder of files")
    assert kept(tmp_path / "files") == []


def pending(book: Casebook, claim_until: object = None) -> list[FileRecord]:
    return file_queue.pending(
        book.connection,
        book.vault,
        accounts=WEB,
        now=book.now(),
        claim_until=claim_until,  # type: ignore[arg-type]
    )


async def only_file(in_book: InBook, file_id: int) -> FileRecord:
    found = await in_book(lambda book: book.file_by_id(file_id))
    assert found is not None
    return found


@pytest.mark.parametrize("words", NASTY, ids=range(len(NASTY)))
async def test_what_a_platform_announced_is_kept_at_once(in_book: InBook, words: str) -> None:
    file_id = await in_book(
        lambda book: book.add_file(
            a_file(platform_id=words, name=words, caption=words, album=words, mime=words[:20])
        )
    )

    [file] = await in_book(pending)
    assert (file.id, file.platform_id, file.name, file.caption) == (file_id, words, words, words)
    assert (file.status, file.content_key, file.draft) == (FileStatus.PENDING, None, True)


async def test_a_file_is_fetched_once(in_book: InBook) -> None:
    file_id = await in_book(lambda book: book.add_file(a_file()))

    def store_it(book: Casebook) -> bool:
        return file_queue.mark_stored(
            book.connection, file_id, content_key="a" * 64, size=5, mime="image/png"
        )

    assert await in_book(store_it)
    assert not await in_book(store_it)
    stored = await only_file(in_book, file_id)
    assert (stored.status, stored.size, stored.mime, stored.attempts) == (
        FileStatus.STORED,
        5,
        "image/png",
        1,
    )
    assert await in_book(pending) == []


async def test_a_fetch_that_fails_is_tried_again_and_given_up_in_the_end(
    in_book: InBook, clock: HandClock
) -> None:
    file_id = await in_book(lambda book: book.add_file(a_file()))

    await in_book(
        lambda book: file_queue.put_off(book.connection, file_id, until=MORNING + MINUTE, reason="503")
    )
    assert await in_book(pending) == []
    clock.forward(MINUTE)
    [again] = await in_book(pending)
    assert (again.attempts, again.reason) == (1, "503")

    assert await in_book(lambda book: file_queue.fail(book.connection, file_id, reason="gone"))
    assert not await in_book(lambda book: file_queue.refuse(book.connection, file_id, reason="late"))
    assert (await only_file(in_book, file_id)).status is FileStatus.FAILED


async def test_a_claimed_file_is_due_again_when_its_fetcher_died(in_book: InBook, clock: HandClock) -> None:
    await in_book(lambda book: book.add_file(a_file()))

    assert len(await in_book(lambda book: pending(book, MORNING + MINUTE))) == 1
    assert await in_book(pending) == []
    clock.forward(MINUTE)
    assert len(await in_book(pending)) == 1
