"""The office's settings: people, invitations, templates, by right and on record; lists kept and given at once."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from petitions.kinds import Action, Kind, Role, Stage
from storage.console_office import MOST_VIEWS
from storage.records import OfficerRecord
from tests.bot.console.rig import signed_in, somebody
from tests.bot.console.test_board import codes
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office
from tests.web_site import Site

OFFICE = "/console/office"


@pytest.fixture
async def admin(office: Office) -> OfficerRecord:
    return await somebody(office, Role.ADMIN, "van_phong")


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await somebody(office, Role.HEAD)


@pytest.fixture
async def clerk(office: Office) -> OfficerRecord:
    return await somebody(office, Role.OFFICER)


def person(officer: OfficerRecord, rest: str = "") -> str:
    return f"{OFFICE}/people/{officer.id}{rest}"


async def test_an_invitation_is_told_once_and_makes_an_officer(
    site: Site, office: Office, admin: OfficerRecord
) -> None:
    async with signed_in(site, office, admin) as one:
        await one.get(OFFICE)
        fields = {"unit": "ql_van_hoa", "role": "officer", "name": "Lê Văn Cán", "days": "3"}
        made = await one.post(f"{OFFICE}/invite", fields)
        told = re.search(r"/link ([0-9A-Z-]{20,})", made.text)
        assert told is not None
        page = await one.get(OFFICE)
        assert told[1] not in page.text
        assert "Lê Văn Cán" in page.words
        [linked] = await office.command("801", "link", told[1])
        assert "Đã liên kết" in linked.text
        page = await one.get(OFFICE)
        assert "tạo mã mời: Lê Văn Cán" in page.words
        for wrong in (
            {"unit": "x"},
            {"role": "boss"},
            {"name": " "},
            {"days": "0"},
            {"days": "91"},
            {"name": "x" * 101},
        ):
            assert (await one.post(f"{OFFICE}/invite", fields | wrong)).status == 422
        second = re.search(r"/link ([0-9A-Z-]{20,})", (await one.post(f"{OFFICE}/invite", fields)).text)
        assert second is not None
        page = await one.get(OFFICE)
        number = re.search(r'name="id" value="(\d+)"', page.text)
        assert number is not None
        assert (await one.post(f"{OFFICE}/invite/end", {"id": number[1]})).status == 303
        assert (await one.post(f"{OFFICE}/invite/end", {"id": number[1]})).status == 404
        [refused] = await office.command("802", "link", second[1])
        assert "hết hạn" in refused.text


async def test_an_absence_moves_the_cases_and_a_return_is_recorded(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord, clock: HandClock
) -> None:
    petition = await office.file()
    await office.does(clerk, petition, Action.TAKE)
    today = clock.now().date()
    days = {"since": today.isoformat(), "until": (today + timedelta(days=4)).isoformat()}
    async with signed_in(site, office, head) as one:
        assert (await one.get(person(clerk))).status == 200
        for wrong in (
            {"until": "x"},
            {"until": (today - timedelta(days=1)).isoformat()},
            {"deputy": str(clerk.id)},
            {"deputy": "7"},
            {"until": (today + timedelta(days=999)).isoformat()},
        ):
            assert (await one.post(person(clerk, "/absence"), days | wrong)).status == 422
        assert (await one.post(person(clerk, "/back"))).status == 404
        done = await one.post(person(clerk, "/absence"), days)
        assert (done.status, done.place) == (303, f"{OFFICE}?done=away&moved=1")
        assert "1 đơn đã chuyển" in (await one.get(done.place)).words
        assert (await office.now(petition)).officer_id == head.id
        assert "vắng tới hết" in (await one.get(person(clerk))).words
        assert (await one.post(person(clerk, "/back"))).status == 303
        assert (await office.now(petition)).officer_id == head.id
    changes = await office.work(lambda book: book.office_changes())
    assert [(change.what, change.officer_id) for change in changes] == [
        ("back", head.id),
        ("absence", head.id),
    ]


async def test_who_goes_to_another_unit_leaves_the_cases_and_who_leaves_is_out(
    site: Site, office: Office, admin: OfficerRecord, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    petition = await office.file()
    await office.does(clerk, petition, Action.TAKE)
    async with signed_in(site, office, admin) as one, signed_in(site, office, clerk) as theirs:
        await one.get(person(clerk))
        fields = {"unit": "thanh_tra", "role": "inspector", "name": "Lê Văn Cán"}
        assert (await one.post(person(clerk, "/change"), fields | {"unit": "x"})).status == 422
        done = await one.post(person(clerk, "/change"), fields)
        assert done.place == f"{OFFICE}?done=changed&moved=1"
        assert (await office.now(petition)).officer_id == head.id
        assert "thanh tra viên" in (await theirs.get("/console")).words, (
            "rights are looked at anew on each page"
        )
        assert (await one.post(person(clerk, "/remove"))).status == 422
        assert (await one.post(person(clerk, "/remove"), {"sure": "1"})).status == 303
        assert (await theirs.get("/console")).status == 303
        assert (await one.get(person(clerk))).status == 404
        assert (await one.post(person(admin, "/remove"), {"sure": "1"})).status == 404, "not oneself"
        assert (await one.post(person(admin, "/change"), fields)).status == 404
    whats = [change.what for change in await office.work(lambda book: book.office_changes())]
    assert whats == ["remove_person", "change_person"]


async def test_units_say_who_leads_and_who_stands_in(
    site: Site,
    office: Office,
    admin: OfficerRecord,
    head: OfficerRecord,
    clerk: OfficerRecord,
    clock: HandClock,
) -> None:
    async with signed_in(site, office, admin) as one:
        page = await one.get(f"{OFFICE}/units")
        rows = re.findall(r"<tr>(.*?)</tr>", page.text, flags=re.DOTALL)
        assert len(rows) == 1 + len(office.facts.agency.units)
        own = next(row for row in rows if f"{OFFICE}/people/{head.id}" in row)
        assert "Karaoke" in own
        assert page.words.count("chưa có ai đứng đầu") == len(rows) - 3, "all but this one and the leadership"
        now = clock.now()
        await office.work(lambda book: book.set_absent(head.id, now + timedelta(days=3), clerk.id, since=now))
        assert re.search(r"vắng tới ngày \S+; .* thay", (await one.get(f"{OFFICE}/units")).words)
    async with signed_in(site, office, clerk) as one:
        assert (await one.get(f"{OFFICE}/units")).status == 404


async def test_templates_begin_messages_of_their_unit(
    site: Site, office: Office, admin: OfficerRecord, head: OfficerRecord
) -> None:
    other = await somebody(office, Role.HEAD, "thanh_tra")
    petition = await office.file()
    await office.does(head, petition, Action.TAKE)
    async with (
        signed_in(site, office, admin) as one,
        signed_in(site, office, head) as two,
        signed_in(site, office, other) as three,
    ):
        place = f"{OFFICE}/templates"
        for browser in (one, two, three):
            await browser.get(place)
        whole = {
            "title": "Mời làm việc",
            "text": "Kính mời Ông/Bà về đơn {code}. {officer}, {unit} <b>",
            "unit": "",
        }
        assert (await one.post(place, whole)).status == 303
        assert (
            await two.post(place, {"title": "Riêng", "text": "Của phòng {x}", "unit": "ql_van_hoa"})
        ).status == 303
        assert (await two.post(place, whole)).status == 404, "the whole office's are not a head's"
        assert (await two.post(place, whole | {"unit": "thanh_tra"})).status == 404
        for wrong in ({"title": " "}, {"text": ""}, {"text": "x" * 3001}, {"unit": "x"}):
            assert (await one.post(place, whole | wrong)).status == 422
        form = await two.get(f"/console/cases/{petition.code}/do/answer")
        assert f"Kính mời Ông/Bà về đơn {petition.code[:4]}-" in form.text
        assert "&lt;b&gt;" in form.text
        assert "Của phòng {x}" in form.text
        note = await two.get(f"/console/cases/{petition.code}/do/note")
        assert "Kính mời" not in note.text
        mine = await two.get(place)
        assert "Mời làm việc" not in mine.words
        number = re.search(r'name="id" value="(\d+)"', mine.text)
        assert number is not None
        changed = {"id": number[1], "title": "Riêng", "text": "Lời mới"}
        assert (await three.post(place, changed)).status == 404
        assert (await three.post(f"{place}/remove", {"id": number[1]})).status == 404
        assert (await two.post(place, changed)).status == 303
        assert (await two.post(f"{place}/remove", {"id": number[1]})).status == 303
        assert "Riêng" not in (await two.get(f"/console/cases/{petition.code}/do/answer")).text


async def test_lists_are_kept_under_a_name_for_oneself(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    async with signed_in(site, office, head) as one, signed_in(site, office, clerk) as two:
        query = "view=unit&kind=phan_anh&due=late&evil=<script>&stage=nowhere"
        saved = await one.post("/console/views", {"name": "<b>Trễ</b>", "query": query})
        assert saved.place == "/console?view=unit&kind=phan_anh&due=late"
        page = await one.get(saved.place)
        assert "★ <b>Trễ</b>" in page.words
        assert "<b>Trễ" not in page.text
        assert "Trễ" not in (await two.get("/console")).text
        number = re.search(r'name="id" value="(\d+)"', page.text)
        assert number is not None
        assert (await two.post("/console/views/forget", {"id": number[1]})).status == 404
        assert (await one.post("/console/views/forget", {"id": "x"})).status == 404
        assert (await one.post("/console/views/forget", {"id": number[1]})).status == 303
        for place in range(MOST_VIEWS + 2):
            await one.post("/console/views", {"name": f"Danh sách {place}", "query": ""})
        assert len(await office.work(lambda book: book.saved_views(head.id))) == MOST_VIEWS
        assert (await one.post("/console/views", {"name": " ", "query": ""})).status == 303


async def test_marked_petitions_are_given_at_once_each_by_its_own_rules(
    site: Site, office: Office, head: OfficerRecord, clerk: OfficerRecord
) -> None:
    stranger = await somebody(office, Role.OFFICER, "thanh_tra")
    fresh, changed, closed = [await office.file(chat=f"50{place}") for place in range(3)]
    hidden = await office.file(chat="509", kind=Kind.DENUNCIATION, unit="thanh_tra")
    await office.does(head, closed, Action.TAKE)
    await office.does(head, closed, Action.ANSWER, text="Xong.")
    async with signed_in(site, office, head) as one:
        page = await one.get("/console?view=unit")
        assert f'value="{fresh.code}.1"' in page.text
        await office.does(clerk, changed, Action.NOTE, text="Chờ đã.")
        picks = [
            f"{fresh.code}.1",
            f"{changed.code}.1",
            f"{closed.code}.3",
            f"{hidden.code}.1",
            "x",
            "7Q2M4KXD9B3E.1",
        ]
        data = [("proof", one.proof), ("officer", str(clerk.id)), *(("pick", pick) for pick in picks)]
        async with one.session.post("/console/board/assign", data=data) as response:
            text = await response.text()
        assert response.status == 200
        assert text.count("đã giao") == 1
        assert text.count("chưa giao") == 2
        assert hidden.code not in text
        assert (await office.now(fresh)).officer_id == clerk.id
        assert (await office.now(changed)).officer_id is None
        assert (await office.now(closed)).stage is Stage.ANSWERED
        for officer in (str(stranger.id), "x", "", "7"):
            data = [("proof", one.proof), ("officer", officer), ("pick", f"{changed.code}.2")]
            async with one.session.post(
                "/console/board/assign", data=data, allow_redirects=False
            ) as response:
                assert response.status in (200, 303, 404)
        assert (await office.now(changed)).officer_id is None
    async with signed_in(site, office, clerk) as one:
        page = await one.get("/console?view=unit")
        assert codes(page)
        assert 'name="pick"' not in page.text
        data = [("proof", one.proof), ("officer", str(clerk.id)), ("pick", f"{changed.code}.2")]
        async with one.session.post("/console/board/assign", data=data) as response:
            assert "chưa giao" in await response.text()
