"""Handed-in pages and signed files are looked at on their way into the store, and their conversation is woken."""

from __future__ import annotations

import asyncio
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import Connection

from bot.dispatch import Books
from bot.papers.printer import PaperPrinter
from handlers.citizens import form_pages
from handlers.texts import Catalogue
from petitions.papers import Paper
from storage.database import Database
from storage.records import FileStatus, TimerRecord
from storage.timers import due_ids, take
from tests.bot.delivery_rig import ACCOUNT, PLATFORM, Platform
from tests.bot.papers.sample import FULL
from tests.bot.papers.signing import authority, person, sign
from tests.bot.test_fetcher import Fetching
from tests.hand_clock import HandClock
from tests.storage.builders import a_file, a_filing, a_turn


@pytest.fixture
def fetching(
    database: Database, books: Books, clock: HandClock, platform: Platform, tmp_path: Path
) -> Fetching:
    made = Fetching(database, books, clock, platform, tmp_path / "files")
    made.max_size = 10_000_000
    return made


def dark_page() -> bytes:
    out = io.BytesIO()
    Image.new("L", (1200, 1600), 20).save(out, "JPEG")
    return out.getvalue()


async def announce(fetching: Fetching, name: str, purpose: str, *, filed: bool) -> tuple[int, int, int]:
    """A file of a conversation, handed in for `purpose`; gives ids of file, conversation and petition."""

    def work(connection: Connection) -> tuple[int, int, int]:
        book = fetching.books(connection)
        turn = a_turn(book)
        file_id = book.add_file(
            a_file(
                channel=PLATFORM,
                account=ACCOUNT,
                kind="document",
                platform_id=name,
                conversation_id=turn.conversation.id,
            )
        )
        if purpose:
            book.set_purpose([file_id], purpose)
        petition_id = 0
        if filed:
            filing = a_filing(conversation_id=turn.conversation.id, file_ids=(file_id,))
            petition_id = book.file(filing).id
        return file_id, turn.conversation.id, petition_id

    return await fetching.database.transact(work)


async def timers(fetching: Fetching) -> list[TimerRecord]:
    def look(connection: Connection) -> list[TimerRecord]:
        now = fetching.clock.now()
        ids = due_ids(connection, agency=fetching.books.agency, now=now, limit=50)
        found = [timer for id_ in ids for timer in take(connection, fetching.books.vault, id_, now=now)]
        return [timer for timer in found if timer.what == form_pages.TIMER]

    return await fetching.database.transact(look)


async def test_a_page_has_its_finding_when_it_is_here(fetching: Fetching) -> None:
    fetching.on_platform("p", dark_page())
    file_id, conversation, petition = await announce(fetching, "p", "page", filed=True)
    async with fetching.at_work():
        file = await fetching.ended(file_id)
    assert file.status is FileStatus.STORED
    assert file.finding is not None
    assert file.finding["check"] == "page"
    assert "too_dark" in file.finding["problems"]
    [timer] = await timers(fetching)
    assert (timer.conversation_id, timer.petition_id) == (conversation, petition)
    assert timer.data == {"file": file_id, "petition": petition}


async def test_a_page_of_a_bundle_that_is_not_handed_in_yet(fetching: Fetching) -> None:
    fetching.on_platform("p", dark_page())
    file_id, conversation, _ = await announce(fetching, "p", "page", filed=False)
    async with fetching.at_work():
        await fetching.ended(file_id)
    [timer] = await timers(fetching)
    assert (timer.conversation_id, timer.petition_id) == (conversation, None)
    assert timer.data == {"file": file_id, "petition": None}


async def test_a_signed_file_is_checked_against_the_folder_of_roots(
    fetching: Fetching, tmp_path: Path
) -> None:
    root = authority()
    folder = tmp_path / "roots"
    folder.mkdir()
    pdf = PaperPrinter(Catalogue.load()).pdf(Paper.COMPLAINT, FULL)
    signed = await asyncio.to_thread(sign, pdf, person("NGUYỄN THỊ HẠNH", root), tmp_path)
    fetching.trust_roots = folder
    findings: list[dict[str, Any]] = []
    for name in ("before", "after"):
        fetching.on_platform(name, signed)
        file_id, _, _ = await announce(fetching, name, "esigned", filed=False)
        async with fetching.at_work():
            file = await fetching.ended(file_id)
        assert file.finding is not None
        findings.append(file.finding)
        root.pem(folder / "root.pem")  # put there while the service runs
    assert [found["trusted"] for found in findings] == [False, True]
    assert [found["problems"] for found in findings] == [["no_trust_roots"], []]
    assert findings[1]["signer_name"] == "NGUYỄN THỊ HẠNH"


async def test_other_files_are_not_looked_at(fetching: Fetching) -> None:
    fetching.on_platform("p", dark_page())
    file_id, _, _ = await announce(fetching, "p", "", filed=False)
    async with fetching.at_work():
        file = await fetching.ended(file_id)
    assert (file.status, file.finding) == (FileStatus.STORED, None)
    assert await timers(fetching) == []
