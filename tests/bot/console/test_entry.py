"""Entry by staff: the same rules, numbers and limits as from a chat, filed once; and files the office adds."""

from __future__ import annotations

import re
from datetime import timedelta

import aiohttp
import pytest

from petitions.kinds import Action, Kind, Role, Severity, Stage
from storage.records import OfficerRecord, PetitionRecord
from tests.bot.console.rig import Answer, Browser, signed_in, somebody
from tests.browser.test_console import a_picture
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

STORY = "Quán hát sau đình mở loa tới hai giờ sáng."


@pytest.fixture
async def intake(office: Office) -> OfficerRecord:
    return await somebody(office, Role.INTAKE, "thanh_tra")


def fields(clock: HandClock, **more: str) -> dict[str, str]:
    return {
        "channel": "counter",
        "arrived_on": clock.now().date().isoformat(),
        "kind": "phan_anh",
        "story": STORY,
        "topic": "karaoke_vu_truong",
        "name": "Nguyễn Thị Sen",
        "phone": "0951 223 455",
        "step": "review",
        **more,
    }


async def enter(one: Browser, given: dict[str, str]) -> Answer:
    """Fill in, look over, file."""
    review = await one.post("/console/entry", given)
    assert review.status == 200, review.words
    return await one.post("/console/entry", given | {"step": "file", "once": review.value("once")})


async def filed(office: Office, answer: Answer) -> PetitionRecord:
    code = re.search(r'name="code" value="([0-9A-Z]{12})"', answer.text)
    assert code is not None, answer.words
    found = await office.work(lambda book: book.petition_by_code(code[1]))
    assert found is not None
    return found


async def test_a_petition_of_the_desk_is_one_like_any_other(
    site: Site, office: Office, intake: OfficerRecord, clock: HandClock
) -> None:
    head = await office.officer("900", "ql_van_hoa", Role.HEAD)
    by_chat = await office.file()
    async with signed_in(site, office, intake) as one:
        await one.get("/console/entry")
        review = await one.post("/console/entry", fields(clock))
        assert "Phòng Quản lý văn hóa và gia đình" in review.words
        assert "khoản 1 Điều 28" in review.words
        assert len(await office.work(lambda book: book.open_of_unit("ql_van_hoa"))) == 1, (
            "nothing is filed yet"
        )
        given = fields(clock) | {"step": "file", "once": review.value("once")}
        done = await one.post("/console/entry", given)
        petition = await filed(office, done)
        again = await one.post("/console/entry", given)
        assert (again.status, "đã được ghi nhận" in again.words) == (409, True)
        receipt = {"code": petition.code, "secret": done.value("secret")}
        async with one.session.post("/console/entry/receipt", data={"proof": one.proof} | receipt) as pdf:
            assert (await pdf.read())[:5] == b"%PDF-"
        for wrong in ({"secret": "0" * 16}, {"code": by_chat.code}, {"code": "x"}, {"secret": ""}):
            assert (await one.post("/console/entry/receipt", receipt | wrong)).status == 404
        edited = await one.post("/console/entry", fields(clock, step="edit"))
        assert (edited.status, STORY in edited.text) == (200, True)
        page = await one.get(f"/console/cases/{petition.code}")
        assert "tại nơi tiếp công dân" in page.words
        assert "không có chat với cơ quan" in page.words
    assert (petition.kind, petition.unit, petition.channel) == (Kind.FEEDBACK, "ql_van_hoa", "counter")
    assert petition.register_no == by_chat.register_no + 1
    assert petition.due_on == by_chat.due_on
    content = await office.work(lambda book: book.content(petition))
    assert (content.name, content.phone, content.story) == ("Nguyễn Thị Sen", "0951223455", (STORY,))
    [event] = await office.work(lambda book: book.events(petition.id))
    assert (event.action, event.actor.officer_id) == (Action.FILE, intake.id)
    await office.deliver()
    assert office.card("900", petition), "the unit hears of it"
    await office.does(head, petition, Action.TAKE)
    await office.does(head, petition, Action.ANSWER, text="Đã nhắc nhở.")
    assert (await office.now(petition)).stage is Stage.ANSWERED


async def test_the_limits_run_from_the_day_it_came(
    site: Site, office: Office, intake: OfficerRecord, clock: HandClock
) -> None:
    today = clock.now().date()
    async with signed_in(site, office, intake) as one:
        await one.get("/console/entry")
        came = (today - timedelta(days=10)).isoformat()
        early = await filed(office, await enter(one, fields(clock, channel="post", arrived_on=came)))
        now = await filed(office, await enter(one, fields(clock, urgent="1")))
        assert early.due_on is not None
        assert now.due_on is not None
        assert early.due_on < now.due_on
        assert now.severity is Severity.URGENT
        for day in (
            "",
            "x",
            "2026-02-30",
            (today + timedelta(days=1)).isoformat(),
            (today - timedelta(days=91)).isoformat(),
        ):
            answer = await one.post("/console/entry", fields(clock, arrived_on=day))
            assert (answer.status, STORY in answer.text) == (422, True), "what was typed is kept"


async def test_a_denunciation_never_reaches_the_accused_unit_and_a_tip_has_no_name(
    site: Site, office: Office, intake: OfficerRecord, clock: HandClock
) -> None:
    async with signed_in(site, office, intake) as one:
        await one.get("/console/entry")
        given = fields(clock, kind="to_cao", accused="Ông Chánh Thanh tra", against="thanh_tra", topic="")
        done = await enter(one, given)
        about_us = await filed(office, done)
        assert about_us.unit == "lanh_dao"
        assert about_us.confidential
        assert "Mở đơn" not in done.words, "who entered it may not open it"
        assert (await one.get(f"/console/cases/{about_us.code}")).status == 404
        for lacking in ({"phone": "", "address": ""}, {"name": " "}, {"phone": "12345"}):
            assert (await one.post("/console/entry", given | lacking)).status == 422
        tip = await filed(
            office, await enter(one, fields(clock, kind="thong_tin_nac_danh", name="Kẻ Giấu Tên"))
        )
        assert tip.anonymous
        content = await office.work(lambda book: book.content(tip))
        assert (content.name, content.phone) == ("", "")
        assert "Giấu" not in str(content)
        complaint = fields(
            clock, kind="khieu_nai", address="Tổ 5", decision="15/QĐ", received_on="2026-11-20", people="3"
        )
        entered = await filed(office, await enter(one, complaint))
        told = await office.work(lambda book: book.content(entered))
        assert told.answers == {"decision": "15/QĐ", "received_on": "2026-11-20"}
        assert entered.people == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "x"},
        {"channel": "telegram"},
        {"story": "   "},
        {"story": "x" * 20_001},
        {"topic": "x"},
        {"outside": "x"},
        {"against": "x"},
        {"people": "0"},
        {"people": "-3"},
        {"name": "x" * 301},
        {"received_on": "x", "kind": "khieu_nai"},
    ],
)
async def test_what_cannot_be_is_told_by_field(
    site: Site, office: Office, intake: OfficerRecord, clock: HandClock, wrong: dict[str, str]
) -> None:
    async with signed_in(site, office, intake) as one:
        await one.get("/console/entry")
        answer = await one.post("/console/entry", fields(clock, step="file", once="x" * 30) | wrong)
        assert answer.status == 422
        assert 'aria-invalid="true"' in answer.text
    assert await office.work(lambda book: book.units_in_use()) == []


async def send(
    one: Browser, petition: PetitionRecord, *parts: tuple[str, object, dict[str, str]]
) -> tuple[int, str]:
    form = aiohttp.FormData(quote_fields=False)
    for name, value, more in parts:
        form.add_field(name, value, **more)
    place = f"/console/cases/{petition.code}/attach"
    async with one.session.post(place, data=form, allow_redirects=False) as response:
        return response.status, await response.text()


def a_file(
    data: bytes, name: str = "biên bản.jpg", mime: str = "image/jpeg"
) -> tuple[str, object, dict[str, str]]:
    return "file", data, {"filename": name, "content_type": mime}


async def test_the_office_adds_files_with_a_note(site: Site, office: Office) -> None:
    head = await somebody(office, Role.HEAD)
    petition = await office.file()
    hidden = await office.file(chat="501", kind=Kind.DENUNCIATION, unit="thanh_tra")
    async with signed_in(site, office, head) as one:
        proof = ("proof", one.proof, {})
        assert (await send(one, petition, proof, ("words", "Biên bản làm việc", {}), a_file(a_picture())))[
            0
        ] == 303
        page = await one.get(f"/console/cases/{petition.code}")
        assert "biên bản.jpg" in page.words
        assert "Biên bản làm việc" in page.words
        [file] = await office.work(lambda book: book.files_of(petition.id))
        assert (file.purpose, file.mime) == ("office", "image/jpeg")
        async with one.session.get(f"/console/cases/{petition.code}/files/{file.id}") as response:
            assert await response.read() == a_picture()
        status, text = await send(one, petition, proof, a_file(b"MZ\x90\0" + b"\0" * 100))
        assert (status, "không đúng với loại" in text) == (422, True)
        assert (await send(one, petition, proof, ("words", "x", {"content_type": "text/plain"})))[0] == 422
        assert (await send(one, petition, proof, *[a_file(a_picture())] * 11))[0] == 422
        assert (await send(one, petition, a_file(a_picture()), proof))[0] == 403, "the proof comes first"
        assert (await send(one, petition, ("proof", "0" * 64, {}), a_file(a_picture())))[0] == 403
        assert (await send(one, hidden, proof, a_file(a_picture())))[0] == 404
        evil = await send(one, petition, proof, a_file(a_picture(), name="../../etc/<b>passwd.jpg"))
        assert evil[0] == 303
        page = await one.get(f"/console/cases/{petition.code}")
        assert "<b>passwd" not in page.text
        assert "../" not in page.text.replace("/console", "")
    assert len(await office.work(lambda book: book.files_of(petition.id))) == 2
    assert await office.work(lambda book: book.files_of(hidden.id)) == []
