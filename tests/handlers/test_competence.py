"""Nobody examines a case against himself: not by transfer, assignment, ruling, joining, nor after a correction."""

from __future__ import annotations

from typing import Any

import pytest

from handlers import answerability
from handlers.officers.tokens import Press, to_base36
from petitions.kinds import Action, Kind, Role, Stage
from petitions.workflow import RefusalCode, Refused
from storage.console_board import Choice, Reader, View
from storage.database import Database
from storage.ids import IdSource
from storage.keys import Vault
from storage.records import OfficerRecord, PetitionRecord
from tests.hand_clock import HandClock
from tests.handlers.officers.office import Office

INTAKE, MUSEUM, DIRECTOR, INSPECTOR, HEAD = "901", "902", "903", "904", "905"


@pytest.fixture
def office(sqlite_database: Database, vault: Vault, ids: IdSource, clock: HandClock) -> Office:
    return Office(sqlite_database, vault, ids, clock)


@pytest.fixture
async def intake(office: Office) -> OfficerRecord:
    return await office.officer(INTAKE, "thanh_tra", Role.INTAKE, "Trần Thị Bích Ngọc")


async def refusal(office: Office, *step: Any, **given: Any) -> RefusalCode:
    with pytest.raises(Refused) as refused:
        await office.does(*step, **given)
    return refused.value.code


async def denounced(office: Office, against: str | None, **more: Any) -> PetitionRecord:
    unit = more.pop("unit", "thanh_tra")
    return await office.file(kind=Kind.DENUNCIATION, unit=unit, against=against, confidential=True, **more)


async def test_a_denunciation_is_not_sent_to_the_unit_it_is_against(
    office: Office, intake: OfficerRecord
) -> None:
    petition = await denounced(office, "bao_tang")
    await office.press(INTAKE, Press("move", petition.id).token)
    asked = office.last(INTAKE)
    assert "Bảo tàng" in asked.text  # who is accused is said
    assert not asked.has("Bảo tàng tỉnh")
    assert asked.has("Văn phòng Sở")
    for action in (Action.TRANSFER, Action.RULE_UNIT):
        code = await refusal(office, intake, petition, action, unit="bao_tang", reason="Đúng lĩnh vực")
        assert code is RefusalCode.OWN_CASE
    after = await office.does(intake, petition, Action.TRANSFER, unit="van_phong", reason="Phối hợp")
    assert after.unit == "van_phong"


async def test_what_the_press_of_an_old_button_is_answered(office: Office, intake: OfficerRecord) -> None:
    petition = await denounced(office, "bao_tang")
    await office.press(INTAKE, Press("move", petition.id, "bao_tang").token)
    await office.say(INTAKE, "Đúng lĩnh vực")
    await office.press(INTAKE, office.last(INTAKE).button("Chuyển đơn"))
    assert "Không ai được tự xem xét đơn về mình" in office.last(INTAKE).text
    assert (await office.now(petition)).unit == "thanh_tra"


async def test_a_unit_below_the_accused_one_does_not_get_it_either(
    office: Office, intake: OfficerRecord
) -> None:
    petition = await denounced(office, "giam_doc_so", destination="outside:ubnd_tinh")
    code = await refusal(office, intake, petition, Action.TRANSFER, unit="lanh_dao", reason="Lãnh đạo")
    assert code is RefusalCode.OWN_CASE


async def test_what_is_against_the_head_of_the_office_is_only_passed_on(
    office: Office, intake: OfficerRecord
) -> None:
    petition = await denounced(office, "giam_doc_so", destination="outside:ubnd_tinh")
    await office.does(intake, petition, Action.TAKE)
    await office.does(intake, petition, Action.CONFIRM_FORM, on=office.clock.now().date())
    code = await refusal(office, intake, petition, Action.SCREEN_ELIGIBLE)
    assert code is RefusalCode.FOR_ABOVE
    after = await office.does(
        intake,
        petition,
        Action.PASS_ON,
        destination="outside:ubnd_tinh",
        code="other_level",
        text="Chuyển đúng thẩm quyền",
    )
    assert after.stage is Stage.PASSED_ON


async def test_a_first_complaint_about_the_museum_is_for_its_head(
    office: Office, intake: OfficerRecord
) -> None:
    petition = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", against="bao_tang")
    after = await office.does(intake, petition, Action.TRANSFER, unit="bao_tang", reason="Luật Khiếu nại Đ19")
    assert after.unit == "bao_tang"


async def test_a_second_complaint_about_the_museum_is_not(office: Office) -> None:
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    petition = await office.file(kind=Kind.COMPLAINT, unit="lanh_dao", against="bao_tang", instance=2)
    code = await refusal(office, director, petition, Action.TRANSFER, unit="bao_tang", reason="Của bảo tàng")
    assert code is RefusalCode.OWN_CASE


async def test_the_accused_officer_neither_sees_nor_gets_a_denunciation(
    office: Office, intake: OfficerRecord
) -> None:
    accused = await office.officer(INSPECTOR, "lanh_dao", Role.DIRECTOR, "Lê Văn Thành")
    other = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR, "Hà Thị Mai")
    petition = await denounced(office, "pho_giam_doc_so", unit="lanh_dao", accused_id=accused.id)
    await office.command(INSPECTOR, "case", petition.code)
    assert "Không có đơn này" in office.last(INSPECTOR).text
    assert petition.code[:4] not in office.everything_sent_to(INSPECTOR)
    assert office.card(DIRECTOR, petition)
    reader = Reader(officer_id=accused.id, units=("lanh_dao",), sealed_of_unit=True, everywhere=True)
    today = office.clock.now().date()
    choice = Choice(view=View.ALL)
    counts = await office.work(lambda book: book.board_counts(reader, choice, today=today, soon=today))
    listed = await office.work(
        lambda book: book.board(reader, choice, today=today, soon=today, after=None, most=9)
    )
    assert (counts.all, listed) == (0, [])
    code = await refusal(office, other, petition, Action.ASSIGN, officer_id=accused.id)
    assert code is RefusalCode.ACCUSED_OFFICER
    await office.press(DIRECTOR, Press("assign", petition.id).token)
    assert not any("Lê Văn Thành" in button.label for button in office.last(DIRECTOR).buttons)


async def test_the_officer_complained_about_may_read_but_not_act(office: Office) -> None:
    accused = await office.officer(MUSEUM, "bao_tang", Role.OFFICER, "Đỗ Quang Huy")
    petition = await office.file(
        kind=Kind.COMPLAINT, unit="bao_tang", against="bao_tang", accused_id=accused.id
    )
    assert await refusal(office, accused, petition, Action.TAKE) is RefusalCode.ACCUSED_OFFICER
    assert petition.code[:4] not in office.everything_sent_to(MUSEUM)
    await office.command(MUSEUM, "case", petition.code)
    card = office.card(MUSEUM, petition)
    assert not card.has("Nhận xử lý")


async def test_the_accused_found_later_moves_the_case_at_once(office: Office, intake: OfficerRecord) -> None:
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    petition = await denounced(office, None)
    await office.does(intake, petition, Action.TAKE)
    await office.press(INTAKE, Press("fix", petition.id).token)
    await office.press(INTAKE, office.last(INTAKE).button("Người, đơn vị bị khiếu nại"))
    await office.press(INTAKE, office.last(INTAKE).button("Thanh tra Sở"))
    await office.say(INTAKE, "Người bị tố cáo là thanh tra viên")
    preview = office.last(INTAKE)
    assert "Bị khiếu nại, tố cáo: Thanh tra Sở" in preview.text
    assert "không ai được tự xem xét đơn về chính mình" in preview.text
    await office.press(INTAKE, preview.button("Sửa"))
    after = await office.now(petition)
    assert (after.against, after.unit, after.officer_id) == ("thanh_tra", "lanh_dao", None)
    assert after.stage is Stage.RECEIVED
    assert office.card(DIRECTOR, petition)
    last = (await office.work(lambda book: book.events(petition.id)))[-1]
    assert last.content["route"]["because"][0]["why"] == "self"
    await office.press(DIRECTOR, Press("view", petition.id).token)
    assert "Lý do phân công đã lưu ngày" in office.everything_sent_to(DIRECTOR)
    assert director.unit == "lanh_dao"


async def test_an_accepted_case_moves_too_and_somebody_is_named(
    office: Office, intake: OfficerRecord
) -> None:
    director = await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    today = office.clock.now().date()
    petition = await denounced(office, None)
    await office.does(intake, petition, Action.TAKE)
    await office.does(intake, petition, Action.CONFIRM_FORM, on=today)
    await office.does(intake, petition, Action.SCREEN_ELIGIBLE)
    await office.does(intake, petition, Action.ACCEPT, on=today, document="1/TB")
    limits = await office.work(lambda book: book.clocks(petition.id))
    after = await office.does(
        intake, petition, Action.CORRECT, against="thanh_tra", reason="Người bị tố cáo thuộc Thanh tra"
    )
    assert (after.unit, after.officer_id, after.stage) == ("lanh_dao", director.id, Stage.ACCEPTED)
    assert (await office.work(lambda book: book.clocks(petition.id))).keys() == limits.keys()
    assert (await refusal(office, director, petition, Action.CORRECT, topic="le_hoi", reason="x")) is (
        RefusalCode.WRONG_STAGE
    )


async def test_a_named_officer_as_the_accused(office: Office, intake: OfficerRecord) -> None:
    accused = await office.officer(INSPECTOR, "thanh_tra", Role.INSPECTOR, "Phạm Đức Long")
    await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    petition = await denounced(office, None)
    await office.press(INTAKE, Press("fix", petition.id, "pin:thanh_tra").token)
    await office.press(INTAKE, office.last(INTAKE).button("Phạm Đức Long"))
    await office.say(INTAKE, "Đơn nêu đích danh")
    assert "Phạm Đức Long" in office.last(INTAKE).text
    await office.press(INTAKE, office.last(INTAKE).button("Sửa"))
    after = await office.now(petition)
    assert (after.unit, after.against, after.accused_id) == ("lanh_dao", "thanh_tra", accused.id)


async def test_a_case_that_stands_wrong_only_moves(office: Office, intake: OfficerRecord) -> None:
    """As after a reorganisation: the unit that holds it has become the one it is against."""
    petition = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", against="thanh_tra")
    card = office.card(INTAKE, petition)
    assert "Phải chuyển" in card.text
    assert not card.has("Nhận xử lý")
    assert card.has("Chuyển đơn vị")
    assert await refusal(office, intake, petition, Action.TAKE) is RefusalCode.MUST_MOVE
    await office.press(INTAKE, Press("take", petition.id).token)
    assert "Xin chuyển đơn vị" in office.acknowledged
    await office.does(intake, petition, Action.NOTE, text="Đã đề nghị chuyển")
    after = await office.does(intake, petition, Action.TRANSFER, unit="lanh_dao", reason="Đơn về Thanh tra")
    assert after.unit == "lanh_dao"


async def test_the_daily_look_moves_what_stands_wrong(office: Office, intake: OfficerRecord) -> None:
    await office.officer(DIRECTOR, "lanh_dao", Role.DIRECTOR)
    petition = await office.file(kind=Kind.COMPLAINT, unit="thanh_tra", against="thanh_tra")
    right = await office.file("511", kind=Kind.COMPLAINT, unit="thanh_tra", against="bao_tang")
    found = await office.work(lambda book: [each.id for each in book.open_with_accused()])
    assert found == [petition.id, right.id]
    await office.as_service(lambda turn: answerability.settle(turn, petition.id))
    after = await office.now(petition)
    assert after.unit == "lanh_dao"
    last = (await office.work(lambda book: book.events(petition.id)))[-1]
    assert last.content["code"] == "own_case"
    assert (await office.now(right)).unit == "thanh_tra"


async def test_a_case_is_not_joined_to_one_that_the_accused_handles(
    office: Office, intake: OfficerRecord
) -> None:
    first = await office.file("510", unit="bao_tang")
    petition = await denounced(office, "bao_tang")
    await office.does(intake, petition, Action.TAKE)
    code = await refusal(
        office, intake, petition, Action.SCREEN_DUPLICATE, code="same_content", linked=first.id
    )
    assert code is RefusalCode.OWN_CASE


async def test_a_third_transfer_ends_with_the_leadership_where_the_focal_unit_is_accused(
    office: Office,
) -> None:
    petition = await office.file(kind=Kind.COMPLAINT, unit="van_phong", against="thanh_tra")
    units = ["van_phong", "ql_di_san", "ql_du_lich"]
    heads = {unit: await office.officer(f"95{n}", unit, Role.HEAD) for n, unit in enumerate(units)}
    for unit, to in zip(units, [*units[1:], "ql_the_thao"], strict=True):
        petition = await office.does(
            heads[unit], petition, Action.TRANSFER, unit=to, reason="Không thuộc lĩnh vực"
        )
    assert petition.unit == "lanh_dao"


async def test_the_receiving_unit_reads_why_it_came(office: Office, intake: OfficerRecord) -> None:
    await office.officer(HEAD, "ql_di_san", Role.HEAD)
    petition = await office.file(unit="ql_van_hoa", topic="tu_bo_di_tich")
    await office.does(intake, petition, Action.TRANSFER, unit="ql_di_san", reason="Về tu bổ đình làng")
    card = office.card(HEAD, petition)
    assert "Lý do chuyển: Về tu bổ đình làng" in card.text
    assert "Vì sao ở đây: vì đơn nói về “Tu bổ, chống xuống cấp di tích”" in card.text


async def test_the_history_of_an_unknown_ground_is_passed_over(office: Office, intake: OfficerRecord) -> None:
    petition = await office.file(unit="thanh_tra", event={"route": {"unit": "x", "because": [{"why": "?"}]}})
    await office.press(INTAKE, Press("view", petition.id).token)
    assert "Lý do phân công đã lưu" not in office.everything_sent_to(INTAKE)
    await office.press(INTAKE, Press("fix", petition.id, f"ao:{to_base36(99)}").token)
    assert (await office.now(petition)).accused_id is None
