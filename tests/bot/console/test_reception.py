"""Reception at the console: the schedule citizens see, who comes, and who is told when it does not take place."""

from __future__ import annotations

import asyncio
import random
import re
from datetime import UTC, date, datetime, timedelta

import aiohttp

from handlers import cases, console_reception, reception
from handlers.console_turn import console_turn, desk_of
from handlers.turn import Turn
from petitions.kinds import Action, Kind, Role
from petitions.reception_schedule import BookingState, Mode, ScheduleLine
from storage.casebook import Casebook
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.reception import Booking, NewBooking
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

SCHEDULE = "/console/reception/schedule"
WEEKLY = {
    "when": "week",
    "pick": "wed",
    "hours": "08:00-10:00",
    "minutes": "60",
    "seats": "1",
    "mode": "in_person",
    "receiver": "Bà <b>Phạm Thị Lan</b>, Chánh Thanh tra",
    "place": "Phòng 102",
}
WEDNESDAY = date(2026, 11, 25)
NINE = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
FOCAL = "thanh_tra"


def come(turn: Turn, petition_id: int) -> None:
    cases.perform(turn, petition_id, Action.BOOK_VISIT, cases.CITIZEN, moment=NINE)


async def public(site: Site) -> str:
    async with aiohttp.ClientSession(site.url) as session, session.get("/reception") as response:
        return await response.text()


async def add(one: Browser, **other: str) -> str:
    """Adds a line; gives its id."""
    await one.get(SCHEDULE)
    answer = await one.post(SCHEDULE, WEEKLY | other)
    assert (answer.status, answer.place) == (303, f"{SCHEDULE}?done=line"), answer.words
    return re.findall(r'name="id" value="(\d+)"', (await one.get(SCHEDULE)).text)[-1]


async def book(office: Office, line: str, **more: object) -> Booking:
    values: dict[str, object] = {"line_id": int(line), "at": NINE, "day": WEDNESDAY, "seats": 1}
    values |= {"mode": Mode.IN_PERSON, "name": "Nguyễn <i>Bình</i>", "phone": "0912345678", "matter": "Hỏi"}
    taken = await office.work(lambda book: book.take_seat(NewBooking(**(values | more))))  # type: ignore[arg-type]
    assert taken is not None
    return await now(office, taken[0])


async def now(office: Office, booking_id: int) -> Booking:
    found = await office.work(lambda book: book.booking(booking_id))
    assert found is not None
    return found


async def test_a_line_takes_the_place_of_the_profiles_hours_and_is_on_record(
    site: Site, office: Office
) -> None:
    admin = await somebody(office, Role.ADMIN)
    async with signed_in(site, office, admin) as one:
        assert "Thứ Hai" in await public(site)
        line = await add(one)
        page = await public(site)
        assert "Bà &lt;b&gt;Phạm Thị Lan&lt;/b&gt;, Chánh Thanh tra" in page
        assert f"s={line}-20261125" in page
        assert "s=0-" not in page
        answer = await one.get("/console/office")
        assert "thêm dòng vào lịch tiếp công dân: Thứ Tư, 08:00-10:00" in answer.words
        assert (await one.get("/console/reception")).status == 404, "who comes is not for administrators"


async def test_what_cannot_be_is_said(site: Site, office: Office) -> None:
    head = await somebody(office, Role.HEAD, FOCAL)
    day = {"when": "day", "on": "2026-12-10", "pick": ""}
    async with signed_in(site, office, head) as one:
        for wrong, words in (
            ({"pick": "tomorrow"}, "ít nhất một ngày trong tuần"),
            ({"hours": "10:00-08:00"}, "Giờ chưa đúng"),
            ({"hours": "08:00-10:00, 09:00-11:00"}, "Giờ chưa đúng"),
            ({"hours": "x" * 9000}, "Giờ chưa đúng"),
            ({"minutes": "5"}, "10 đến 240 phút"),
            ({"seats": "99"}, "1 đến 20 người"),
            ({"receiver": "x" * 201}, "không quá 200 chữ cái"),
            (day | {"on": "2026-11-23"}, "từ ngày mai"),
            (day | {"on": "2026-11-24"}, "là ngày nghỉ"),
            (day | {"on": "hôm nay"}, "từ ngày mai"),
            (day | {"on": "2026-11-30", "head": "1"}, "trước ít nhất 05 ngày làm việc"),
        ):
            await one.get(SCHEDULE)
            answer = await one.post(SCHEDULE, WEEKLY | wrong)
            assert answer.status == 422
            assert words in answer.words, (wrong, answer.words[:600])
        assert "chưa có ngày Thủ trưởng tiếp" in (await one.get(SCHEDULE)).words
        await add(one, **day, head="1")
        await add(one, **(day | {"on": "2026-11-30"}), head="1", extra="1")
        assert "chưa có ngày Thủ trưởng tiếp" not in (await one.get(SCHEDULE)).words


async def test_the_focal_unit_sees_who_comes_and_notes_it(
    site: Site, office: Office, clock: HandClock
) -> None:
    clerk = await somebody(office, Role.OFFICER, FOCAL)
    async with signed_in(site, office, clerk) as one:
        booking = await book(office, await add(one))
        answer = await one.get("/console/reception?day=2026-11-25")
        assert "09:00" in answer.words
        assert "Nguyễn <i>Bình</i>" in answer.words
        assert "<i>Bình" not in answer.text
        early = await one.post("/console/reception/mark", {"id": str(booking.id), "state": "came"})
        assert early.status == 422
        assert "Chưa tới ngày hẹn" in early.words
        clock.forward(timedelta(days=2))
    async with signed_in(site, office, clerk) as one:
        await one.get("/console/reception")
        for state in ("came", "missed", "came"):
            answer = await one.post("/console/reception/mark", {"id": str(booking.id), "state": state})
            assert answer.place == "/console/reception?day=2026-11-25&done=marked"
        assert (await now(office, booking.id)).state is BookingState.CAME
        for fields in ({"id": str(booking.id), "state": "cancelled"}, {"id": "7", "state": "came"}):
            assert (await one.post("/console/reception/mark", fields)).status == 404


async def test_what_was_told_at_an_appointment_becomes_a_petition(
    site: Site, office: Office, clock: HandClock
) -> None:
    """The entry begins with what was booked; the petition stands beside the appointment for who may know of it."""
    clerk = await somebody(office, Role.INTAKE, FOCAL)
    async with signed_in(site, office, clerk) as one:
        booking = await book(office, await add(one), name="Nguyễn Bình")
        assert (await one.get(f"/console/entry?booking={booking.id}")).status == 404, "nobody came yet"
    clock.forward(timedelta(days=2))
    async with signed_in(site, office, clerk) as one:
        await one.get("/console/reception")
        await one.post("/console/reception/mark", {"id": str(booking.id), "state": "came"})
        page = await one.get(f"/console/entry?booking={booking.id}")
        assert 'value="Nguyễn Bình"' in page.text
        assert 'value="0912345678"' in page.text
        entry = {"channel": "counter", "kind": "phan_anh", "arrived_on": "2026-11-25", "story": "Hỏi về phạt"}
        entry |= {"name": "Nguyễn Bình", "phone": "0912345678", "booking": page.value("booking")}
        review = await one.post("/console/entry", entry)
        assert review.value("booking") == str(booking.id)
        done = await one.post("/console/entry", entry | {"step": "file", "once": review.value("once")})
        assert done.status == 200, done.words
        linked = (await now(office, booking.id)).petition_id
        assert linked is not None
        petition = await office.work(lambda book: book.petition(linked))
        assert petition is not None
        day = await one.get("/console/reception?day=2026-11-25")
        assert petition.code in day.words
        assert "Nguyễn Bình" in day.words
    stranger = await somebody(office, Role.OFFICER, "ql_van_hoa")
    async with signed_in(site, office, stranger) as one:
        assert (await one.get(f"/console/entry?booking={booking.id}")).status == 404


async def test_who_booked_hears_when_a_session_is_called_off(site: Site, office: Office) -> None:
    """By their chat where one is known; else the office is told whom to call. The seat is nobody's any more."""
    clerk = await somebody(office, Role.INTAKE, FOCAL)
    filed = await office.file(chat="640", kind=Kind.COMPLAINT, unit=FOCAL)
    async with signed_in(site, office, clerk) as one:
        line = await add(one, seats="3")
        unknown = await book(office, line, seats=3)
        visit = await book(office, line, seats=3, name="", phone="", matter="", petition_id=filed.id)
        await office.as_citizen("640", lambda turn: come(turn, filed.id))
        assert (await office.now(filed)).visit_at == NINE
        answer = await one.post(
            f"{SCHEDULE}/off", {"key": f"{line}-20261125", "words": "Tiếp bù ngày 27/11."}
        )
        assert answer.place == f"{SCHEDULE}?done=off&call=1", answer.words
        answer = await one.post(f"{SCHEDULE}/off", {"key": f"{line}-20261125", "words": "Lần nữa"})
        assert answer.status == 422
        day = await one.get("/console/reception?day=2026-11-25")
        assert "cần gọi báo" in day.words
        assert "0912345678" in day.words
    for booking in (unknown, visit):
        assert (await now(office, booking.id)).state is BookingState.CALLED_OFF
    assert (await office.now(filed)).visit_at is None
    await office.deliver()
    told = office.last("640")
    assert "Hẹn của Ông/Bà lúc 09:00, Thứ Tư, 25/11/2026 không thực hiện được" in told.text
    assert "Tiếp bù ngày 27/11." in told.text
    assert told.has("Hẹn lại")
    page = await public(site)
    assert "Buổi này không diễn ra." in page
    assert f"s={line}-20261125" not in page


async def test_nobody_books_in_a_session_that_is_being_called_off(
    database: Database, vault: Vault, ids: IdSource, clock: HandClock
) -> None:
    """Six people and the office at the same moment: whoever came first was ended, whoever came later was refused."""
    office = Office(database, vault, ids, clock)
    clerk = await office.officer("710", FOCAL, Role.INTAKE)
    line = ScheduleLine(days=("wed",), hours=("08:00-10:00",), seats=6)
    number = await office.work(lambda book: book.add_reception_line(line, clerk.id))
    key = f"{number}-20261125"

    def turn_of(book: Casebook) -> Turn:
        return console_turn(book, office.facts, clock.now(), random.Random(7), officer=clerk, language="vi")

    async def books(place: int) -> bool:
        def work(book: Casebook) -> bool:
            phone = f"091234567{place}"
            try:
                reception.book(
                    turn_of(book), key, "0900", name="An", phone=phone, matter="Hỏi", contact_id=None
                )
            except reception.NotBooked:
                return False
            return True

        return await office.work(work)

    async def calls_off() -> None:
        await office.work(
            lambda book: console_reception.call_off(desk_of(turn_of(book)), key, "Tiếp bù ngày 27/11.")
        )

    await asyncio.gather(
        *(books(place) for place in range(3)), calls_off(), *(books(3 + n) for n in range(3))
    )
    left = await office.work(lambda book: book.bookings_on(WEDNESDAY, WEDNESDAY))
    assert {booking.state for booking in left} <= {BookingState.CALLED_OFF}


async def test_a_line_that_is_removed_ends_its_appointments(site: Site, office: Office) -> None:
    admin = await somebody(office, Role.ADMIN)
    async with signed_in(site, office, admin) as one:
        line = await add(one)
        booking = await book(office, line)
        assert (await one.post(f"{SCHEDULE}/remove", {"id": line, "words": " "})).status == 422
        answer = await one.post(f"{SCHEDULE}/remove", {"id": line, "words": "Đổi lịch."})
        assert answer.place == f"{SCHEDULE}?done=removed&call=1"
        assert "1 người không có kênh nhắn tin" in (await one.get(answer.place)).words
        assert (await one.post(f"{SCHEDULE}/remove", {"id": line, "words": "Đổi lịch."})).status == 404
    assert (await now(office, booking.id)).state is BookingState.CALLED_OFF


async def test_a_visit_tells_nothing_of_its_case_to_who_may_not_know_it(site: Site, office: Office) -> None:
    """A denunciation that another unit answers for, and an officer of the focal unit who receives."""
    clerk = await somebody(office, Role.OFFICER, FOCAL)
    filed = await office.file(chat="641", kind=Kind.DENUNCIATION, unit="ql_van_hoa")
    async with signed_in(site, office, clerk) as one:
        booking = await book(office, await add(one), name="", phone="", matter="", petition_id=filed.id)
        answer = await one.get("/console/reception?day=2026-11-25")
        assert "Đến ký đơn" in answer.words
        assert filed.code not in answer.text
        assert (await one.post("/console/reception/cancel", {"id": str(booking.id)})).status == 422
