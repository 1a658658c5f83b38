"""The link of a document: looking at it uses nothing up, its button downloads the file once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import aiohttp
import pytest

from bot.channels.base import Attachment
from bot.web.file_page import OPENED_AT_ONCE, shown_size
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.shared_files import REMOVED_AFTER, VALID_FOR
from tests.hand_clock import HandClock
from tests.web_site import Site, running

NAME = "Bảng kê <b>2026</b>.xlsx"
DATA = bytes(range(256)) * 1024
PAPER = Attachment(name=NAME, mime="application/vnd.ms-excel", data=DATA)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "site"


@pytest.fixture
async def site(
    sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock, folder: Path
) -> AsyncIterator[Site]:
    async with running(
        sqlite_database,
        vault=vault,
        ids=ids,
        clock=clock,
        folder=folder,
        now=lambda: 0.0,
        public_url="https://tiepdan.example.vn",
    ) as site:
        yield site


@pytest.fixture
async def browser(site: Site) -> AsyncIterator[aiohttp.ClientSession]:
    async with site.visitor() as session:
        yield session


async def path_of(site: Site, attachment: Attachment = PAPER) -> str:
    link = await site.shared.share(attachment)
    assert link.startswith("https://tiepdan.example.vn/files/")
    return urlsplit(link).path


def contents(folder: Path) -> list[Path]:
    return [path for path in (folder / "files").rglob("*") if path.is_file()]


async def test_a_look_uses_nothing_up_and_the_button_downloads(
    site: Site, browser: aiohttp.ClientSession
) -> None:
    path = await path_of(site)
    for _ in range(3):
        async with browser.get(path) as answer:
            page = await answer.text()
            assert answer.status == 200
            assert answer.headers["Referrer-Policy"] == "strict-origin"
            assert answer.headers["X-Robots-Tag"] == "noindex"
            assert answer.headers["Cache-Control"] == "no-store"
            assert "Bảng kê &lt;b&gt;2026&lt;/b&gt;.xlsx" in page
            assert "262,1 KB" in page
    async with browser.post(path) as answer:
        assert answer.status == 200
        assert await answer.read() == DATA
        assert answer.headers["Content-Type"] == "application/vnd.ms-excel"
        assert answer.headers["Content-Disposition"] == f"attachment; filename*=UTF-8''{quote(NAME, safe='')}"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Cache-Control"] == "private, no-store"
    for method in ("get", "post"):
        async with browser.request(method, path) as answer:
            assert answer.status == 410
            page = await answer.text()
            assert "Tài liệu đã được tải" in page
            assert "Bảng kê" not in page


async def test_two_presses_at_once_give_one_file(site: Site, browser: aiohttp.ClientSession) -> None:
    path = await path_of(site)

    async def press() -> int:
        async with browser.post(path) as answer:
            await answer.read()
            return answer.status

    assert sorted(await asyncio.gather(*(press() for _ in range(5)))) == [200, 410, 410, 410, 410]


async def test_links_that_are_none_and_links_that_are_over(
    site: Site, browser: aiohttp.ClientSession, clock: HandClock
) -> None:
    path = await path_of(site)
    async with browser.get("/files/0000000000000000000000000A") as answer:
        assert answer.status == 404
        assert "Đường dẫn không dùng được" in await answer.text()
    async with browser.get("/files/..%2Fkeys") as answer:
        assert answer.status == 404
    clock.forward(VALID_FOR)
    async with browser.post(path + "?lang=en") as answer:
        assert answer.status == 410
        assert "The link&#39;s time is over" in await answer.text()


async def test_another_site_cannot_press(site: Site, browser: aiohttp.ClientSession) -> None:
    path = await path_of(site)
    async with browser.post(path, headers={"Origin": "https://elsewhere.example"}) as answer:
        assert answer.status == 403
    async with browser.post(path) as answer:
        assert answer.status == 200


async def test_who_tries_many_links_is_slowed_down(site: Site, browser: aiohttp.ClientSession) -> None:
    statuses = []
    for number in range(OPENED_AT_ONCE + 2):
        async with browser.get(f"/files/{number:026d}") as answer:
            statuses.append(answer.status)
    assert statuses == [404] * OPENED_AT_ONCE + [429] * 2


async def test_contents_are_sealed_and_go_when_they_are_over(
    site: Site, browser: aiohttp.ClientSession, clock: HandClock, folder: Path
) -> None:
    first, second = await path_of(site), await path_of(site)
    kept = contents(folder)
    assert len(kept) == 2  # the same document twice: each may go without the other
    assert all(DATA[:64] not in path.read_bytes() for path in kept)
    async with browser.post(first) as answer:
        assert await answer.read() == DATA
    clock.forward(REMOVED_AFTER)
    third = await path_of(site)  # sharing something cleans up behind
    assert len(contents(folder)) == 2
    for path in (second, third):
        async with browser.post(path) as answer:
            assert await answer.read() == DATA
    clock.forward(VALID_FOR)
    assert await site.shared.prune() == 2
    assert contents(folder) == []


async def test_a_file_that_is_gone_is_said_so_and_uses_nothing_up(
    site: Site, browser: aiohttp.ClientSession, folder: Path
) -> None:
    path = await path_of(site)
    (there,) = contents(folder)
    sealed = there.read_bytes()
    there.unlink()
    async with browser.post(path) as answer:
        assert answer.status == 410
    there.write_bytes(sealed)
    async with browser.post(path) as answer:
        assert await answer.read() == DATA


async def test_an_empty_file_and_a_strange_type(site: Site, browser: aiohttp.ClientSession) -> None:
    path = await path_of(site, Attachment(name="a\r\nb", mime="text/html\r\nX: 1", data=b""))
    async with browser.post(path) as answer:
        assert answer.status == 200
        assert await answer.read() == b""
        assert answer.headers["Content-Type"] == "application/octet-stream"


@pytest.mark.parametrize(
    ("size", "vi", "en"),
    [(0, "0 B", "0 B"), (1_400_000, "1,4 MB", "1.4 MB"), (5_000, "5 KB", "5 KB"), (999, "999 B", "999 B")],
)
def test_sizes_are_written_as_people_read_them(size: int, vi: str, en: str) -> None:
    assert shown_size(size, "vi") == vi
    assert shown_size(size, "en") == en


async def test_robots_keep_out(browser: aiohttp.ClientSession) -> None:
    async with browser.get("/robots.txt") as answer:
        assert "Disallow: /files/" in await answer.text()
