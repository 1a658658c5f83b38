"""The pages for everybody: kinds of petition with the law of the day, and numbers that point at nobody."""

from __future__ import annotations

import re
from datetime import timedelta

import aiohttp
import pytest

from petitions.kinds import Kind
from storage.casebook import Casebook
from tests.hand_clock import HandClock
from tests.storage.builders import a_filing
from tests.web_site import Site


async def get(site: Site, path: str) -> str:
    async with aiohttp.ClientSession(site.url) as session, session.get(path) as response:
        assert response.status == 200
        return await response.text()


def words(html: str) -> str:
    return re.sub(r" (?=[,.])", "", " ".join(re.sub(r"<[^>]+>", " ", html).split()))


async def test_the_kinds_are_explained_with_the_limits_of_the_day(site: Site) -> None:
    page = words(await get(site, "/kinds"))
    for said in (
        "Ông/Bà gửi khiếu nại lần đầu: 90 ngày",
        "việc làm bị khiếu nại Điều 9 Luật Khiếu nại.",
        "07 ngày làm việc, tính từ ngày nhận tố cáo Khoản 1 Điều 24 Luật Tố cáo.",
        "10 ngày làm việc, tính từ ngày nhận nội dung Khoản 1 Điều 28 Luật Tiếp công dân.",
        "Luật không định số ngày",
        "Sở Xây dựng",
        "khởi kiện vụ án hành chính",
        "113",
    ):
        assert said in page, said


@pytest.mark.parametrize(
    "path", ["/", "/kinds", "/statistics", "/privacy", "/status", "/kinds?lang=en", "/reception?lang=en"]
)
async def test_every_page_leads_to_every_other(site: Site, path: str) -> None:
    html = await get(site, path)
    menu = html[html.index("<nav class") : html.index("</nav>")]
    for other in ("/", "/status", "/reception", "/kinds", "/announcements", "/statistics", "/privacy"):
        assert f'href="{other}"' in menu
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", html)
    if path.endswith("en"):
        assert "Ông/Bà" not in html


async def test_statistics_tell_a_finished_quarter_once(any_site: Site, clock: HandClock) -> None:
    """Small and sealed numbers are nowhere, and a later change of the case changes nothing that was told."""

    def year(book: Casebook) -> None:
        for kind, topic, count in (
            (Kind.FEEDBACK, "di_tich", 12),
            (Kind.FEEDBACK, "karaoke", 3),
            (Kind.RECOMMENDATION, "karaoke", 9),
            (Kind.COMPLAINT, "di_tich", 2),
            (Kind.DENUNCIATION, "di_tich", 77),
        ):
            for _ in range(count):
                book.file(a_filing(kind=kind, topic=topic))
        for _ in range(33):
            book.file(a_filing(confidential=True, topic="di_tich"))

    def more(book: Casebook) -> None:
        for _ in range(50):
            book.file(a_filing(topic="di_tich"))

    await any_site.database.transact(lambda connection: year(any_site.books(connection)))
    assert "Không có đơn nào." in words(await get(any_site, "/statistics")), "its quarter is not over"
    clock.forward(timedelta(days=60))
    first = await get(any_site, "/statistics")
    told = words(first)
    assert "26 đơn đã vào sổ" in told
    assert "Quý IV năm 2026 26" in told
    assert "Phản ánh 15" in told
    assert "Kiến nghị không nêu" in told, "with the 2 complaints, so that the total does not give them away"
    assert "Khiếu nại không nêu" in told
    assert not {"77", "33", "133", "100"} & set(told.split())
    assert "Tố cáo" not in told.split("Vì sao")[0]
    await any_site.database.transact(lambda connection: more(any_site.books(connection)))
    assert words(await get(any_site, "/statistics")) == told
