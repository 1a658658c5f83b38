"""Files that people sent are fetched by their link: within a limit, while it lives, and never from inside."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from bot.channels.base import Never, Refusal
from bot.channels.linked_files import LinkedFiles
from bot.channels.zalo_oa.download import make_downloads
from tests.bot.channels.zalo_oa.rig_in import options_of
from tests.emulators.zalo_oa import ZaloOaEmulator


@pytest.fixture
async def downloads(zalo: ZaloOaEmulator) -> AsyncIterator[LinkedFiles]:
    made = make_downloads(options_of(zalo), limit=50_000)
    await made.open()
    yield made
    await made.close()


async def fetched(downloads: LinkedFiles, link: str) -> bytes:
    return b"".join([chunk async for chunk in downloads.stream(link)])


async def refused(downloads: LinkedFiles, link: str) -> Refusal:
    with pytest.raises(Never) as caught:
        await fetched(downloads, link)
    assert link not in str(caught.value)
    return caught.value.refusal


async def test_what_was_sent_is_what_comes(zalo: ZaloOaEmulator, downloads: LinkedFiles) -> None:
    data = b"%PDF-1.4 " + b"x" * 40_000
    link = zalo.person().send_file("don.pdf", data).attachments[0].url
    assert await fetched(downloads, link) == data


@pytest.mark.parametrize("status", [403, 404])
async def test_a_dead_link_is_gone(zalo: ZaloOaEmulator, downloads: LinkedFiles, status: int) -> None:
    link = zalo.person().send_photo(expired=status).attachments[0].url
    assert await refused(downloads, link) is Refusal.GONE


async def test_what_is_too_large_or_no_address_is_refused(
    zalo: ZaloOaEmulator, downloads: LinkedFiles
) -> None:
    large = zalo.person().send_file("lon.pdf", b"x" * 50_001).attachments[0].url
    for link in (large, "ftp://a.vn/x", "file:///etc/passwd", "https://"):
        assert await refused(downloads, link) is Refusal.REFUSED


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "10.0.0.8", "[::1]", "169.254.169.254"])
async def test_the_public_platform_never_leads_inside(zalo: ZaloOaEmulator, host: str) -> None:
    public = make_downloads(options_of(zalo, api_url="https://openapi.zalo.me"))
    await public.open()
    try:
        assert await refused(public, f"http://{host}:{zalo.server.port}/cdn/x") is Refusal.REFUSED
    finally:
        await public.close()
