"""Appointments from the web page: a seat for one person only, nothing kept beyond need, kind words for bad input."""

from __future__ import annotations

import asyncio
import html
import re
from collections import Counter
from datetime import date, timedelta
from itertools import product

import aiohttp
import pytest

from storage.reception import KEPT_DAYS, bookings
from tests.hand_clock import HandClock
from tests.web_site import Site

WEDNESDAY = "0-20261125"
"""The 23rd is a Monday; the 24th is off."""
GOOD = {
    "s": WEDNESDAY,
    "time": "0900",
    "name": "Nguyễn Văn <b>Bình</b>",
    "phone": "0912 345 678",
    "matter": "Hỏi về quyết định phạt",
}


async def post(site: Site, path: str, fields: dict[str, str], **headers: str) -> tuple[int, str]:
    async with (
        aiohttp.ClientSession(site.url) as session,
        session.post(path, data=fields, headers=headers) as response,
    ):
        return response.status, html.unescape(await response.text())


async def get(site: Site, path: str) -> tuple[int, str]:
    async with aiohttp.ClientSession(site.url) as session, session.get(path) as response:
        return response.status, html.unescape(await response.text())


async def booked(site: Site, **other: str) -> str:
    """The code of an appointment."""
    status, page = await post(site, "/reception/book", GOOD | other)
    found = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page)
    assert status == 200
    assert found is not None
    return found[0]


async def test_the_schedule_shows_days_of_reception_only(site: Site) -> None:
    _, page = await get(site, "/reception")
    assert "Thứ Tư, 25/11/2026" in page
    assert "24/11/2026" not in page, "a holiday"
    assert "28/11/2026" not in page, "a Saturday"
    assert "21/12/2026" in page
    assert "22/12/2026" not in page, "four weeks are shown"
    assert f'href="/reception/book?s={WEDNESDAY}"' in page
    assert "0-20261123" not in page, "today is too near for an appointment"


async def test_an_appointment_is_made_looked_at_and_cancelled(any_site: Site) -> None:
    code = await booked(any_site)
    status, page = await post(any_site, "/reception/mine", {"code": f" {code.lower()} "})
    assert status == 200
    assert "09:00, Thứ Tư, 25/11/2026" in page
    for secret in ("Bình", "0912", "quyết định phạt"):
        assert secret not in page, "whoever finds the code learns nothing of the person"
    _, page = await post(any_site, "/reception/mine", {"code": code, "cancel": "1"})
    assert "Đã hủy hẹn 09:00" in page
    status, page = await post(any_site, "/reception/mine", {"code": code, "cancel": "1"})
    assert status == 404
    assert "Không có hẹn nào sắp tới mang mã này." in page
    left = await any_site.database.read(
        lambda connection: any_site.books(connection).bookings_on(date(2026, 11, 25), date(2026, 11, 25))
    )
    assert left == []


async def test_what_was_left_is_sealed_and_gone_after_cancelling(site: Site) -> None:
    code = await booked(site)

    rows = await site.database.read(lambda connection: connection.execute(bookings.select()).all())
    assert not any(word in str(rows[0]) for word in ("Bình", "0912", code.replace("-", "")))
    before = rows[0].content_enc
    await post(site, "/reception/mine", {"code": code, "cancel": "1"})
    rows = await site.database.read(lambda connection: connection.execute(bookings.select()).all())
    assert rows[0].content_enc != before
    assert rows[0].phone_hash is None
    opened = await site.database.read(lambda connection: site.books(connection).booking(rows[0].id))
    assert opened is not None
    assert (opened.name, opened.phone, opened.matter) == ("", "", "")


async def test_what_was_left_is_gone_some_time_after_the_day(any_site: Site, clock: HandClock) -> None:
    await booked(any_site)
    clock.forward(timedelta(days=KEPT_DAYS + 10))
    _, page = await get(any_site, "/reception")
    session = re.findall(r"book\?s=(0-\d{8})", page)[0]
    await booked(any_site, s=session, phone="0912345677")
    rows = await any_site.database.read(
        lambda connection: any_site.books(connection).bookings_on(date(2026, 11, 1), date(2027, 12, 1))
    )
    assert [(row.name, row.phone) for row in rows] == [("", ""), (GOOD["name"], "0912345677")]


async def test_of_many_who_want_the_last_seats_no_two_get_the_same(any_site: Site) -> None:
    """Two seats at nine o'clock, six people at once, each from a telephone of their own."""
    answers = await asyncio.gather(
        *(post(any_site, "/reception/book", GOOD | {"phone": f"091234567{n}"}) for n in range(6))
    )
    assert Counter(status for status, _ in answers) == {200: 2, 422: 4}
    assert all("vừa có người khác hẹn trước" in page for status, page in answers if status == 422)
    _, page = await get(any_site, f"/reception/book?s={WEDNESDAY}")
    assert 'value="0900"' not in page
    assert 'value="1000"' in page


async def test_one_telephone_takes_two_appointments_and_never_the_same_twice(site: Site) -> None:
    await booked(site)
    status, page = await post(site, "/reception/book", GOOD)
    assert (status, "không cần đặt lại" in page) == (422, True)
    await booked(site, time="1000")
    status, page = await post(site, "/reception/book", GOOD | {"time": "1400"})
    assert (status, "đang có hai hẹn" in page) == (422, True)


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"phone": "12345"}, 422, "Số điện thoại chưa đúng"),
        ({"name": " \u200b "}, 422, "ghi họ tên"),
        ({"name": "x" * 101}, 422, "ghi họ tên"),
        ({"matter": ""}, 422, "ghi vài chữ"),
        ({"matter": "<script>" + "x" * 20_000}, 422, "dài quá 300 chữ cái"),
        ({"time": "0905"}, 422, "vừa có người khác"),
        ({"time": ""}, 422, "chọn một giờ"),
        ({"time": "9" * 5000}, 422, "vừa có người khác"),
        ({"s": "0-20261124"}, 410, "không còn nhận hẹn"),
        ({"s": "0-20261123"}, 410, "không còn nhận hẹn"),
        ({"s": "0-20261120"}, 410, "không còn nhận hẹn"),
        ({"s": "7-20261125"}, 410, "không còn nhận hẹn"),
        ({"s": "0-20270325"}, 410, "không còn nhận hẹn"),
        ({"s": "'; DROP"}, 410, "không còn nhận hẹn"),
        ({"s": "²-20261125"}, 410, "không còn nhận hẹn"),
    ],
)
async def test_bad_input_is_answered_kindly(
    site: Site, wrong: dict[str, str], status: int, words: str
) -> None:
    got, page = await post(site, "/reception/book", GOOD | wrong)
    assert got == status
    assert words in page
    rows = await site.database.read(lambda connection: connection.execute(bookings.select()).all())
    assert rows == []


async def test_what_was_typed_stays_and_is_no_markup(site: Site) -> None:
    async with (
        aiohttp.ClientSession(site.url) as session,
        session.post("/reception/book", data=GOOD | {"phone": "1"}) as response,
    ):
        page = await response.text()
    assert "Nguyễn Văn &lt;b&gt;Bình&lt;/b&gt;" in page


async def test_a_form_of_another_site_is_refused(site: Site) -> None:
    for path in ("/reception/book", "/reception/mine"):
        status, _ = await post(site, path, GOOD | {"code": "x"}, **{"Sec-Fetch-Site": "cross-site"})
        assert status == 403


async def test_one_address_neither_fills_the_weeks_nor_guesses_codes(site: Site) -> None:
    places = product(("0-20261125", "0-20261126"), ("0800", "0900", "1000", "1400", "1500"), "12")
    for number, (session, time, _) in enumerate(places):
        await booked(site, s=session, time=time, phone=f"09123456{number:02d}")
    status, page = await post(site, "/reception/book", GOOD | {"s": "0-20261127", "phone": "0912345699"})
    assert (status, "quá nhiều lượt đặt hẹn" in page) == (422, True)
    for number in range(30):
        status, _ = await post(site, "/reception/mine", {"code": f"AAAA-AA{number:02d}"})
        assert status == 404
    assert (await post(site, "/reception/mine", {"code": "AAAA-AAAA"}))[0] == 429
    assert (await post(site, "/reception/mine", {"code": "AAAA"}))[0] == 400
