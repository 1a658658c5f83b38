"""Announcements at the console: written, published once, withdrawn, each on record, and never markup."""

from __future__ import annotations

import re

import aiohttp
import pytest

from petitions.kinds import Role
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.handlers.officers.office import Office
from tests.web_site import Site

PAGE = "/console/office/announcements"
WORDS = {"title": "Nghỉ <b>lễ</b> 24/12", "text": "<script>alert(1)</script>\n\nXin thông cảm."}


async def public(site: Site, language: str = "vi") -> str:
    async with (
        aiohttp.ClientSession(site.url) as session,
        session.get(f"/announcements?lang={language}") as response,
    ):
        return await response.text()


async def draft(one: Browser, **other: str) -> str:
    """Writes a draft; gives its id."""
    await one.get(PAGE)
    answer = await one.post(PAGE, WORDS | other)
    assert answer.place == f"{PAGE}?done=saved", answer.words
    return re.findall(r'name="id" value="(\d+)"', (await one.get(PAGE)).text)[0]


async def test_a_draft_is_changed_published_and_withdrawn(site: Site, office: Office) -> None:
    admin = await somebody(office, Role.ADMIN)
    await office.say("501", "nhận thông báo")
    async with signed_in(site, office, admin) as one:
        number = await draft(one)
        assert "Chưa có thông báo nào." in await public(site)
        changed = WORDS | {"id": number, "title_en": "Closed on <i>24/12</i>", "text_en": "We are sorry."}
        assert (await one.post(PAGE, changed)).status == 303
        assert "1 kênh trò chuyện" in (await one.get(PAGE)).words
        answer = await one.post(f"{PAGE}/publish", {"id": number})
        assert answer.place == f"{PAGE}?done=published"
        page = await public(site)
        assert "Nghỉ &lt;b&gt;lễ&lt;/b&gt; 24/12" in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "<script>alert" not in page
        assert "Closed on &lt;i&gt;24/12" in await public(site, "en")
        for path, fields in ((PAGE, changed), (f"{PAGE}/publish", {"id": number})):
            again = await one.post(path, fields)
            assert again.status == 422
            assert "không còn là bản nháp" in again.words
        await office.fire_timers()
        assert sum(sent.message.title == WORDS["title"] for sent in office.chat("501")) == 1
        assert (await one.post(f"{PAGE}/withdraw", {"id": number})).status == 303
        assert (await one.post(f"{PAGE}/withdraw", {"id": number})).status == 422
        assert "Chưa có thông báo nào." in await public(site)
        record = (await one.get("/console/office")).words
        for did in ("viết thông báo", "sửa bản nháp thông báo", "đăng thông báo", "thu hồi thông báo"):
            assert f"{did}: Nghỉ <b>lễ</b> 24/12" in record


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"title": " \u200b"}, "ghi tiêu đề và nội dung"),
        ({"text": ""}, "ghi tiêu đề và nội dung"),
        ({"title": "x" * 151}, "không quá 150"),
        ({"text": "x" * 200_000}, "không quá 6000"),
        ({"title_en": "Closed"}, "cả tiêu đề và nội dung"),
        ({"id": "77"}, "không còn là bản nháp"),
    ],
)
async def test_bad_input_is_said_and_kept(
    site: Site, office: Office, wrong: dict[str, str], words: str
) -> None:
    admin = await somebody(office, Role.ADMIN)
    async with signed_in(site, office, admin) as one:
        await one.get(PAGE)
        answer = await one.post(PAGE, WORDS | wrong)
        assert answer.status == 422
        assert words in answer.words
        assert "<script>alert" not in answer.text
        assert await office.work(lambda book: book.announcements()) == []
