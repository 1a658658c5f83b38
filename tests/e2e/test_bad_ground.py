"""What the service stands on gives way: no database for a while, no room, no right to write, a wrong profile."""

from __future__ import annotations

import asyncio
import logging
import os
import resource
import shutil
import sqlite3
import sys
from pathlib import Path

import pytest

from storage.records import FileRecord, FileStatus
from tests import postgres_server
from tests.e2e.support.house import House, give_keys, running_house
from tests.e2e.support.ledger import Ledger
from tests.e2e.support.script import Person, file
from tests.e2e.support.service_process import ROOT, ServiceProcess, environment, tiepdan
from tests.e2e.support.waiting import until
from tests.emulators.telegram import TelegramEmulator

STORY = "Quán karaoke Hoa Sữa ở đường Lê Hoàn, Phủ Lý hát tới 1h sáng tối nào cũng vậy"


async def one_petition(house: House, story: str) -> None:
    """Exactly the petition of this story is in the book, and the book holds."""
    kept = await house.ledger.petitions()
    assert [list(each.content.story) for each in kept] == [[story]]
    assert await house.ledger.dead() == []
    assert await house.ledger.broken() == []


async def test_sqlite_held_by_another_process(house: House, sqlite_url: str) -> None:
    """A back-up that takes its time: what came meanwhile is brought again and answered."""
    citizen = house.telegram_citizen()
    path = sqlite_url.partition("///")[2]
    held = sqlite3.connect(path, isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    citizen.person.say(STORY)
    await asyncio.sleep(6.0)  # longer than the service waits for a lock
    assert house.telegram.unconfirmed
    assert citizen.person.said_by_bot() == []
    held.rollback()
    held.close()
    first = await citizen.person.next(timeout=30)
    assert first.text
    await house.quiet()
    done = await file(citizen, await citizen.say("Trần Văn Ba, 0951 000 111"), Person())
    assert len(done.codes) == 1
    await one_petition(house, STORY)


async def test_a_web_visitor_is_told_to_wait_while_sqlite_is_held(house: House, sqlite_url: str) -> None:
    visitor = await house.web_citizen()
    held = sqlite3.connect(sqlite_url.partition("///")[2], isolation_level=None)
    held.execute("BEGIN IMMEDIATE")
    body = {"id": "6f1c7b1e-7d2b-4f7c-8a52-0d4ad2f5c001", "text": STORY}
    async with visitor.http.post("/chat/messages", json=body) as answer:
        assert answer.status == 503
        assert (await answer.json())["text"]
        assert "Retry-After" in answer.headers
    held.rollback()
    held.close()
    status, _ = await visitor.post({"text": STORY}, message_id=body["id"])
    assert status == 200
    await house.quiet()
    assert len(await visitor.all_heard()) == 1


class Refusals(logging.Handler):
    """Counts the updates that dispatch could not commit."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.seen += record.msg == "update_not_committed"


async def test_a_full_disk_loses_nothing(house: House) -> None:
    """SQLite refuses to grow; when there is room again everything goes on where it stood."""
    citizen = house.telegram_citizen()
    await citizen.say("xin chào")
    database = house.service.database

    def shrink(pages: int):  # type: ignore[no-untyped-def]
        def work(connection) -> int:  # type: ignore[no-untyped-def]
            used = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {used if pages == 0 else pages}")
            return int(used)

        return work

    refused = Refusals()
    logging.getLogger("bot.dispatch").addHandler(refused)
    await database.transact(shrink(0))
    pressure = [house.telegram.person() for _ in range(40)]
    for person in pressure:
        person.say(f"{STORY}. " * 45)
    await until(lambda: refused.seen > 0, "an update refused for want of room")
    logging.getLogger("bot.dispatch").removeHandler(refused)
    await database.transact(shrink(1_000_000))
    await until(lambda: not house.telegram.unconfirmed, "updates taken in")
    await house.quiet()
    assert [len(person.said_by_bot()) for person in pressure] == [1] * 40
    assert await house.ledger.dead() == []


@pytest.mark.postgres
async def test_postgresql_is_away_for_a_while(tmp_path: Path) -> None:
    """The server stops and comes back; the platform holds what came, and brings it again."""
    binaries = postgres_server.find_binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL binaries to stop and start")
    folder = Path("/tmp") / f"tiepdan-away-{os.getpid()}"
    try:
        with postgres_server.started(binaries, folder) as server:
            url = postgres_server.create_database(server.url).render_as_string(hide_password=False)
            give_keys(tmp_path / "var")
            settings = environment(data_dir=str(tmp_path / "var"), database_url=url)
            await tiepdan(settings, tmp_path, "migrate")
            async with running_house(url, tmp_path / "var") as house:
                await _away_and_back(house, server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _away_and_back(house: House, server: postgres_server.Server) -> None:
    citizen = house.telegram_citizen()
    await citizen.say(STORY)
    server.stop(cleanly=True)  # its quick settings lose commits when it is killed
    citizen.person.say("Trần Văn Ba, 0951 000 111")
    await asyncio.sleep(5.0)
    assert house.telegram.unconfirmed == 1
    server.start()
    await until(lambda: not house.telegram.unconfirmed, "the update taken in", within=90)
    shown = await citizen.person.expect("Xác nhận gửi", timeout=90)
    await house.quiet()
    done = await file(citizen, await citizen.press("Xác nhận gửi"), Person())
    assert len(done.codes) == 1, shown.line()
    await one_petition(house, STORY)


async def test_an_unwritable_data_folder_is_named(tmp_path: Path) -> None:
    """A file stands where the folder should be: true for root as well."""
    (tmp_path / "var").write_text("no folder")
    said = await tiepdan(environment(data_dir=str(tmp_path / "var")), tmp_path, "run", expect=1)
    assert "TIEPDAN_DATA_DIR" in said
    assert str(tmp_path / "var") in said
    assert "Traceback" not in said


@pytest.mark.skipif(os.geteuid() == 0 and shutil.which("setpriv") is None, reason="root may write anywhere")
async def test_a_read_only_data_folder_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir()
    closed.chmod(0o555)
    tmp_path.chmod(0o755)
    settings = environment(data_dir=str(closed / "var"))
    words = [sys.executable, "-m", "bot.cli", "run"]
    if os.geteuid() == 0:
        words = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", *words]
    process = await asyncio.create_subprocess_exec(
        *words,
        cwd="/",
        env=settings,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    if "No module named" in said or "Permission denied" in said.partition("TIEPDAN")[0]:
        pytest.skip("this user cannot read the checkout")
    assert process.returncode == 1, said
    assert "TIEPDAN_DATA_DIR" in said
    assert "Traceback" not in said


async def test_a_profile_with_an_unknown_unit_is_named_with_its_line(tmp_path: Path) -> None:
    sample = (ROOT / "petitions" / "data" / "agency.yaml").read_text(encoding="utf-8")
    lines = sample.splitlines()
    at = next(number for number, line in enumerate(lines, 1) if "code: karaoke_vu_truong" in line)
    lines[at - 1] = lines[at - 1].replace("unit: ql_van_hoa", "unit: ql_van_hoaa")
    profile = tmp_path / "agency.yaml"
    profile.write_text("\n".join(lines), encoding="utf-8")
    settings = environment(data_dir=str(tmp_path / "var"), agency_file=str(profile))
    said = await tiepdan(settings, tmp_path, "run", expect=1)
    assert f"line {at}" in said
    assert "ql_van_hoaa" in said
    assert "Traceback" not in said


async def test_no_room_for_files_is_waited_out(sqlite_url: str, tmp_path: Path) -> None:
    """A process that may write no file over 64 KiB: the photograph waits, and comes after a restart."""
    async with TelegramEmulator() as telegram:
        settings = {
            "database_url": sqlite_url,
            "telegram_token": telegram.token,
            "telegram_api_url": telegram.url,
            "telegram_rate": "0",
        }
        service = ServiceProcess(tmp_path / "var", **settings)
        async with service, Ledger.opened(sqlite_url, service.data_dir) as ledger:
            assert service.process is not None
            person = telegram.person()
            person.say(STORY)
            await person.next(timeout=30)
            limit = (64 * 1024, resource.RLIM_INFINITY)
            before = resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, limit)
            photo = person.send_photo("ảnh quán")
            await asyncio.sleep(3)
            assert [letter.error for letter in await ledger.dead()] == []
            resource.prlimit(service.process.pid, resource.RLIMIT_FSIZE, before)
            await service.kill()
            await service.start()
            person.say("Trần Văn Ba, 0951 000 111")
            await person.expect("Xác nhận gửi", timeout=60)
            person.press("Xác nhận gửi")
            await person.expect("Mã đơn", timeout=30)

            async def stored() -> bool:
                files = await files_of(ledger)
                return bool(files) and all(each.status is FileStatus.STORED for each in files)

            await until(stored, "the photograph stored", within=90)
            files = await files_of(ledger)
            assert photo.file is not None
            assert [await ledger.bytes_of(each) for each in files] == [photo.file.data]
            assert await ledger.dead() == []


async def files_of(ledger: Ledger) -> list[FileRecord]:
    return [each for kept in await ledger.petitions() for each in kept.files]
