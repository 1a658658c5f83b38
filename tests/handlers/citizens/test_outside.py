"""Before anything is filed: whose matter it is and why, where to go, what to take along; and who answers, with the
reason."""

from __future__ import annotations

import copy
from dataclasses import replace
from importlib.resources import files
from typing import Any

import pytest
import yaml

from handlers.turn import Facts
from petitions.agency import ProfileProblem, load_agency
from petitions.kinds import Kind
from petitions.triage.suggester import suggester_for
from tests.handlers.harness import Person
from tests.handlers.officers.office import Office, sample_facts

ROAD = "Ổ gà to trên đường làng, xe máy ngã liên tục, xã bảo chờ Sở Xây dựng"
PERSON = "Trần Văn Long, 0912 345 678"
DATA: dict[str, Any] = yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8"))
KNOWN = {
    "address_vi": "Số 1 đường Trần Phú",
    "phone": "0226 385 0000",
    "website": "https://sxd.example.gov.vn",
    "hours_vi": "Thứ Hai đến thứ Sáu, 7h30–11h30",
    "bring_vi": ["ảnh hiện trường"],
}


def facts_with(**more: Any) -> Facts:
    data = copy.deepcopy(DATA)
    next(a for a in data["outside_authorities"] if a["code"] == "so_xaydung").update(more)
    agency = load_agency(data)
    return replace(sample_facts(), agency=agency, suggester=suggester_for(agency))


async def test_the_authority_is_named_with_the_words_it_rests_on(person: Person) -> None:
    answer = await person.say(ROAD)
    assert "không thuộc thẩm quyền của Sở mà của Sở Xây dựng." in answer.text
    assert "Vì Ông/Bà viết: “" in answer.text
    assert "Việc về đường sá" in answer.text  # the profile's own guidance
    assert "xin Ông/Bà mang theo" in answer.text
    assert "căn cước" in answer.text
    assert "Địa chỉ" not in answer.text  # the sample has none, and none is invented
    assert await person.petitions() == []


async def test_where_it_is_and_what_it_asks_for_stand_in_the_profile(person: Person, office: Office) -> None:
    office.facts = facts_with(**KNOWN)
    answer = await person.say(ROAD)
    for told in (
        "Số 1 đường Trần Phú",
        "0226 385 0000",
        "https://sxd.example.gov.vn",
        "7h30",
        "ảnh hiện trường",
    ):
        assert told in answer.text


async def test_going_there_files_nothing_and_gives_the_words_back(person: Person) -> None:
    await person.say(ROAD)
    answer = await person.press("Tôi sẽ gửi nơi đó")
    assert "Chưa có đơn nào được gửi ở đây" in answer.answers[0].text
    assert "mang theo" in answer.answers[0].text
    assert ROAD in answer.answers[-1].text
    assert await person.petitions() == []
    fresh = await person.say("quán karaoke ồn ở phố Trần Phú")
    assert ROAD not in fresh.text


async def test_filing_here_all_the_same_reaches_the_focal_unit(person: Person, office: Office) -> None:
    await person.say(ROAD)
    await person.press("Vẫn gửi tại đây")
    card = await person.say(PERSON)
    if "Xác nhận gửi" not in str(card.answers[-1].labels):
        card = await person.say("thôn Đông, xã Liêm Tuyền")
    assert "tiếp nhận và chuyển tới Sở Xây dựng, vì việc này thuộc thẩm quyền của Sở Xây dựng" in card.text
    await person.press("Xác nhận gửi")
    [petition] = await person.petitions()
    assert (petition.unit, petition.destination) == ("thanh_tra", "outside:so_xaydung")
    [event] = await office.work(lambda book: book.events(petition.id))
    assert event.content["route"]["destination"] == "outside:so_xaydung"
    assert [ground["why"] for ground in event.content["route"]["because"]] == ["outside", "holds"]


async def test_telling_it_better_can_change_whose_it_is(person: Person) -> None:
    await person.say(ROAD)
    answer = await person.press("Sửa nội dung")
    assert "Ông/Bà bổ sung hoặc kể lại" in answer.text


async def test_the_head_of_the_office_is_above_it(person: Person, office: Office) -> None:
    await person.say("Tôi tố cáo Giám đốc Sở nhận 500 triệu của nhà thầu lễ hội, có ghi âm")
    answer = await person.say("giữ bí mật")
    told = "\n".join(exchange.text for exchange in person.transcript)
    assert "thuộc thẩm quyền của cấp trên là UBND tỉnh" in told
    assert "đơn tố cáo có ký tên" in told
    gone = await person.press("Tôi sẽ gửi nơi đó")
    assert "nhà thầu" not in gone.text  # what is secret is not written out again
    assert answer.answers
    assert await person.petitions() == []


async def test_a_unit_is_named_with_the_reason(person: Person) -> None:
    understood = await person.say("Quán karaoke Ánh Sao hát quá 12 giờ đêm, cả phố Trần Phú mất ngủ")
    assert "Vì Ông/Bà viết: “" in understood.text
    assert "Phòng Quản lý văn hóa và gia đình, vì đơn nói về “Karaoke" in understood.text
    card = await person.say(PERSON)
    assert "• Nơi trả lời: Phòng Quản lý văn hóa và gia đình, vì đơn nói về “Karaoke" in card.text


async def test_who_denounces_an_inspector_hears_why_it_goes_to_the_leadership(
    person: Person, office: Office
) -> None:
    await person.say("Tôi tố cáo thanh tra viên của Thanh tra Sở vòi tiền, tôi có ghi âm")
    await person.say("giữ bí mật")
    card = await person.say(PERSON)
    for _ in range(4):
        if "mà không ai được tự xem xét" in card.text:
            break
        card = await person.say("bỏ qua")
    assert (
        "Lãnh đạo Sở, vì đơn nói về Thanh tra Sở, mà không ai được tự xem xét đơn về chính mình" in card.text
    )
    await person.press("Gửi")
    [petition] = await person.petitions()
    assert (petition.unit, petition.against, petition.kind) == ("lanh_dao", "thanh_tra", Kind.DENUNCIATION)


async def test_an_officer_denounced_by_name_is_kept_from_the_case(person: Person, office: Office) -> None:
    from petitions.kinds import Role

    accused = await office.officer("905", "thanh_tra", Role.INSPECTOR, "Vũ Đình Khải")
    await person.say("Tôi tố cáo ông Vũ Đình Khải nhận tiền của quán bar để bỏ qua biên bản")
    await person.say("giữ bí mật")
    card = await person.say(PERSON)
    for _ in range(4):
        if "Lãnh đạo Sở" in card.text:
            break
        card = await person.say("bỏ qua")
    await person.press("Gửi")
    [petition] = await person.petitions()
    assert (petition.unit, petition.against, petition.accused_id) == ("lanh_dao", "thanh_tra", accused.id)
    assert petition.code[:4] not in office.everything_sent_to("905")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("phone", "gọi anh Ba"),
        ("website", "sxd.gov.vn"),
        ("address_vi", " "),
        ("bring_vi", [""]),
        ("fax", "1"),
    ],
)
def test_a_fault_in_an_authority_is_named(field: str, value: Any) -> None:
    with pytest.raises(ProfileProblem, match=r"outside_authorities\[4\]"):
        facts_with(**{field: value})
