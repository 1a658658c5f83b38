"""Drafts of official papers at the console: offered by step, filled in from the case, on record, sealed with it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import pytest
from docx import Document

from petitions.kinds import Action, Kind, Role
from petitions.official_papers import GAP
from storage.records import OfficerRecord, PetitionRecord
from tests.bot.console.rig import Browser, signed_in, somebody
from tests.bot.official.reading import words_of
from tests.handlers.officers.office import ADDRESS, NAME, PHONE, STORY, Office
from tests.web_site import Site

ACCUSED = "Trưởng phòng Bịa Đặt"


@dataclass
class Draft:
    status: int
    name: str
    data: bytes

    @property
    def words(self) -> str:
        return words_of(self.data)


async def draft(one: Browser, petition: PetitionRecord, code: str) -> Draft:
    path = f"/console/cases/{petition.code}/drafts/{code}"
    async with one.session.post(path, data={"proof": one.proof}, allow_redirects=False) as response:
        name = response.headers.get("Content-Disposition", "").rpartition("''")[2]
        return Draft(response.status, name, await response.read())


@pytest.fixture
async def head(office: Office) -> OfficerRecord:
    return await somebody(office, Role.HEAD)


async def eligible(office: Office, head: OfficerRecord, kind: Kind, **fields: object) -> PetitionRecord:
    petition = await office.file(kind=kind, **fields)  # type: ignore[arg-type]
    await office.does(head, petition, Action.TAKE)
    await office.does(head, petition, Action.CONFIRM_FORM, on=office.clock.now().date())
    return await office.does(head, petition, Action.SCREEN_ELIGIBLE)


async def test_a_complaint_s_papers_follow_its_steps_with_limits_and_reasons(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    """Received and accepted on Monday 23/11/2026: thirty days end on 23/12."""
    told = {"decision": "Quyết định số 15/QĐ-XPHC", "identity_number": "035099000001"}
    petition = await eligible(office, head, Kind.COMPLAINT, answers=told)
    today = office.clock.now().date()
    path = f"/console/cases/{petition.code}"
    async with signed_in(site, office, head) as one:
        page = await one.get(path)
        asked, _, later = page.words.partition("Có thể cần ở bước này")
        assert "Thông báo về việc thụ lý giải quyết khiếu nại" in asked
        assert "Đơn đủ điều kiện xử lý: thụ lý bằng văn bản. hạn 03/12/2026" in asked
        assert "Nghị định 155/2026/NĐ-CP · Điều 27" in asked
        assert "không thụ lý giải quyết khiếu nại" in later
        early = await draft(one, petition, "kn_03")
        assert early.status == 200
        assert early.name == f"kn_03-{petition.code}.docx"
        for words in (NAME, ADDRESS, "Quyết định số 15/QĐ-XPHC", "035099000001", "………/TB-SVHTTDL"):
            assert words in early.words, words
        assert "Ủy ban nhân dân tỉnh Hà Nam" in early.words
        assert "Hà Nam, ngày …… tháng …… năm 2026" in early.words
        assert f"thụ lý ngày {GAP}. Thời hạn giải quyết là 30 ngày kể từ ngày thụ lý" in early.words
        assert early.data == (await draft(one, petition, "kn_03")).data, "the same case, the same bytes"
        await office.does(head, petition, Action.ACCEPT, on=today, document="7/TB-SVHTTDL")
        later_draft = (await draft(one, petition, "kn_03")).words
        assert "Số: 7/TB-SVHTTDL" in later_draft
        assert "Hà Nam, ngày 23 tháng 11 năm 2026" in later_draft
        assert "đến hết ngày 23/12/2026" in later_draft
        await office.does(head, petition, Action.VERIFY)
        decision = (await draft(one, petition, "kn_15")).words
        assert STORY in decision
        assert "Trong thời hạn 30 ngày, kể từ ngày nhận được Quyết định này" in decision
        assert "GIÁM ĐỐC" in decision.upper()
        for code in ("kn_16", "tc_04", "no_such", "xld_chuyen"):
            assert (await draft(one, petition, code)).status == 404, code
    events = await office.work(lambda book: book.events(petition.id))
    made = [(e.content["paper"], e.actor.officer_id, e.action) for e in events if e.content.get("paper")]
    assert made == [(code, head.id, Action.NOTE) for code in ("kn_03", "kn_03", "kn_03", "kn_15")]


async def test_reasons_and_destinations_come_from_what_was_recorded(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    refused = await eligible(office, head, Kind.COMPLAINT)
    await office.does(
        head, refused, Action.NOT_ACCEPT, code="too_late", document="9/TB", text="Đã quá thời hạn."
    )
    passed = await office.file(chat="501", destination="outside:ubnd_tinh")
    await office.does(head, passed, Action.TAKE)
    await office.does(
        head, passed, Action.PASS_ON, destination="outside:ubnd_tinh", code="other_level", text="Đã chuyển."
    )
    async with signed_in(site, office, head) as one:
        await one.get("/console")
        words = (await draft(one, refused, "kn_04")).words
        assert "vì: đã hết thời gian luật cho phép gửi mà không có lý do chính đáng" in words
        assert "(khoản 6 Điều 11 Luật Khiếu nại)" in words
        words = (await draft(one, passed, "xld_chuyen")).words
        assert "Kính gửi: UBND tỉnh, Ban Tiếp công dân tỉnh" in words
        assert STORY in words
        page = await one.get(f"/console/cases/{passed.code}")
        assert "Mẫu chưa đối chiếu với văn bản gốc" in page.words


async def test_a_denunciation_s_papers_open_with_it_and_those_for_others_name_nobody(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await eligible(office, head, Kind.DENUNCIATION, answers={})
    await office.does(head, petition, Action.ACCEPT, on=office.clock.now().date(), document="3/QĐ-SVHTTDL")
    path = f"/console/cases/{petition.code}"
    async with signed_in(site, office, head) as one:
        page = await one.get(path)
        assert "Lập dự thảo" not in page.words, "nothing is offered before the story is open"
        assert (await draft(one, petition, "tc_06")).status == 404
        await one.post(f"{path}/open", {"what": "story"})
        page = await one.get(path)
        assert "Xin mở phần “Người gửi” và nêu lý do trước." in page.words
        assert f"{path}/drafts/tc_06" in page.text
        assert f"{path}/drafts/tc_05" not in page.text
        assert (await draft(one, petition, "tc_05")).status == 404
        for code in ("tc_04", "tc_06", "tc_07", "tc_08", "tc_09", "tc_10", "tc_11", "tc_12", "tc_01"):
            made = await draft(one, petition, code)
            assert made.status == 200, code
            for secret in (NAME, PHONE, ADDRESS, STORY, "Minh Khai"):
                assert secret not in made.words, (code, secret)
        assert "Quyết định số 3/QĐ-SVHTTDL ngày 23/11/2026" in (await draft(one, petition, "tc_06")).words
        await one.post(f"{path}/open", {"what": "identity", "reason": "Thông báo thụ lý"})
        notice = await draft(one, petition, "tc_05")
        assert notice.status == 200
        assert f"đơn tố cáo của ông (bà) {NAME}" in notice.words
        assert "đến hết ngày 23/12/2026" in notice.words
        timeline = (await one.get(path)).words
        assert "lập dự thảo văn bản Thông báo việc thụ lý tố cáo, Mẫu số 05" in timeline
    other = await somebody(office, Role.INTAKE)
    async with signed_in(site, office, other) as two:
        await two.get(path)
        assert (await draft(two, petition, "tc_04")).status == 404, "what a colleague opened is not open here"


async def test_a_draft_disturbs_nobody_and_the_citizen_sees_nothing(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await office.file()
    clerk = await somebody(office, Role.OFFICER)
    sent = len(office.everything_sent_to("500"))
    async with signed_in(site, office, head) as one, signed_in(site, office, clerk) as two:
        page = await two.get(f"/console/cases/{petition.code}")
        before = page.value("seq")
        await one.get("/console")
        assert (await draft(one, petition, "tcd_02")).status == 200
        answer = await two.post(f"/console/cases/{petition.code}/do/take", {"seq": before})
        assert answer.status == 303, "nobody has to look again because of a draft"
        first = await one.post(f"/console/cases/{petition.code}/drafts/tcd_02", {"proof": "0" * 64})
        assert first.status == 403
    await office.deliver()
    told = office.everything_sent_to("500")[sent:]
    assert "dự thảo" not in told
    assert "Giấy biên nhận" not in told


async def test_a_subordinate_unit_settles_in_its_own_name(site: Site, office: Office) -> None:
    museum = await office.officer("910", "bao_tang", Role.HEAD)
    petition = await office.file(kind=Kind.COMPLAINT, unit="bao_tang", topic="hoat_dong_bao_tang")
    await office.does(museum, petition, Action.TAKE)
    async with signed_in(site, office, museum) as one:
        made = await draft(one, petition, "kn_03")
        head_cells = [cell.text for cell in Document(io.BytesIO(made.data)).tables[0].rows[0].cells]
    assert head_cells[0].split("\n")[:2] == [
        "Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
        "Bảo tàng tỉnh",
    ]


async def test_a_complaint_kept_secret_names_its_petitioner_only_when_opened(
    site: Site, office: Office, head: OfficerRecord
) -> None:
    petition = await eligible(office, head, Kind.COMPLAINT, confidential=True, instance=2)
    path = f"/console/cases/{petition.code}"
    async with signed_in(site, office, head) as one:
        await one.get(path)
        await one.post(f"{path}/open", {"what": "story"})
        assert (await draft(one, petition, "kn_16")).status == 404
        assert NAME not in (await one.get(path)).words
        await one.post(f"{path}/open", {"what": "identity", "reason": "Ra quyết định"})
        second = await draft(one, petition, "kn_16")
        assert (second.status, NAME in second.words, "(lần hai)" in second.words) == (200, True, True)
        assert (await draft(one, petition, "kn_15")).status == 404
