"""Files by their address: what is fetched, what is refused, what may be asked for again."""

from __future__ import annotations

import aiohttp
import pytest

from bot.channels.base import Again, Never, Refusal, SendFault
from bot.channels.linked_files import Forbidden, LinkedFiles, PublicOnly, is_inside, stands_inside
from tests.bot.channels.zalo_bot.rig import Rig
from tests.emulators.telegram import samples
from tests.emulators.zalo_bot import ZaloBotEmulator


async def fetched(files: LinkedFiles, link: str) -> bytes:
    await files.open()
    try:
        return b"".join([part async for part in files.stream(link)])
    finally:
        await files.close()


async def refusal_of(files: LinkedFiles, link: str) -> SendFault:
    with pytest.raises(SendFault) as caught:
        await fetched(files, link)
    assert not link or link not in repr(caught.value) + repr(caught.value.__context__)
    return caught.value


async def test_a_file_comes_whole(rig: Rig, zalo: ZaloBotEmulator) -> None:
    channel = await rig.sending_only()
    data = samples.jpeg(size=500_000)
    link = zalo.person().send_photo(data=data).stored.media
    assert b"".join([part async for part in channel.download(link)]) == data


async def test_a_file_is_never_larger_than_the_limit(zalo: ZaloBotEmulator) -> None:
    link = zalo.person().send_photo(data=b"x" * 1001).stored.media
    assert len(await fetched(LinkedFiles(limit=1001, inside=True), link)) == 1001
    fault = await refusal_of(LinkedFiles(limit=1000, inside=True), link)
    assert isinstance(fault, Never)
    assert fault.refusal is Refusal.REFUSED


async def test_dead_links_are_gone_and_outages_are_not(zalo: ZaloBotEmulator) -> None:
    shown = zalo.person().send_photo()
    zalo.media(shown).gone = True
    dead = await refusal_of(LinkedFiles(limit=10**6, inside=True), shown.stored.media)
    assert isinstance(dead, Never)
    assert dead.refusal is Refusal.GONE
    await zalo.go_away()
    assert isinstance(await refusal_of(LinkedFiles(limit=10**6, inside=True), shown.stored.media), Again)
    await zalo.come_back()


@pytest.mark.parametrize(
    "link",
    [
        "",
        "file:///etc/passwd",
        "ftp://example.vn/a",
        "//example.vn/a",
        "http://",
        "http://[::1",
        "http://127.0.0.1/a",
        "http://127.1/a",
        "http://10.0.0.7/a",
        "http://192.168.1.1/a",
        "http://169.254.169.254/latest/meta-data",
        "http://[::1]/a",
        "http://[::ffff:127.0.0.1]/a",
        "http://[fe80::1%25eth0]/a",
        "http://0.0.0.0/a",
        "http://localhost:8080/a",
        "http://LOCALHOST./a",
        "http://any.localhost/a",
        "https://[fd00::1]/a",
        "http://100.64.0.1/a",
        "http://224.0.0.1/a",
        "http://127。0。0。1/a",
        "http://１２７.０.０.１/a",
        "http://①②⑦.0.0.1/a",
        "http://2130706433/a",
        "http://127.0.0.1./a",
        "http://[64:ff9b::7f00:1]/a",
        "http://[2002:7f00:1::]/a",
    ],
)
async def test_links_that_lead_inside_are_refused(link: str) -> None:
    fault = await refusal_of(LinkedFiles(limit=10**6), link)
    assert isinstance(fault, Never)
    assert fault.refusal is Refusal.REFUSED


async def test_redirections_are_followed_but_not_inside(zalo: ZaloBotEmulator) -> None:
    link = zalo.world.add_media(b"moved", "image/jpeg", "jpg")
    zalo.world.moved["/moved/a"] = link
    zalo.world.moved["/moved/round"] = "/moved/round"
    zalo.world.moved["/moved/file"] = "file:///etc/passwd"
    files = LinkedFiles(limit=10**6, inside=True)
    assert await fetched(files, f"{zalo.url}/moved/a") == b"moved"
    for path in ("/moved/round", "/moved/file"):
        assert isinstance(await refusal_of(files, zalo.url + path), Never)


async def test_names_that_lead_inside_are_refused(zalo: ZaloBotEmulator) -> None:
    """Of a name only the resolver can tell; its refusal must be known again in what the client makes of it."""
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(resolver=PublicOnly())) as session:
        with pytest.raises(aiohttp.ClientConnectorError) as caught:
            await session.get(f"http://localhost:{zalo.server.port}/media/a")
    assert isinstance(caught.value.os_error, Forbidden)


def test_what_is_inside() -> None:
    assert not is_inside("8.8.8.8")
    assert not is_inside("cdn.zalo.vn")
    assert not is_inside("2001:4860:4860::8888")
    assert not is_inside("64:ff9b::808:808")
    assert is_inside("64:ff9b::a00:1")
    assert stands_inside("http://127.0.0.1:8081")
    assert not stands_inside("https://bot-api.zaloplatforms.com")


@pytest.mark.parametrize("inside", [True, False])
async def test_only_a_platform_inside_has_files_inside(zalo: ZaloBotEmulator, inside: bool) -> None:
    link = zalo.person().send_photo(data=b"x").stored.media
    files = LinkedFiles(limit=10, inside=inside)
    if inside:
        assert await fetched(files, link) == b"x"
    else:
        assert isinstance(await refusal_of(files, link), Never)
