"""Cards in groups and in private: who sees what, and that they move with the case."""

from __future__ import annotations

import pytest

from handlers.officers.tokens import Press
from petitions.kinds import Kind, Role, Severity, Stage
from tests.handlers.officers.office import ADDRESS, NAME, PHONE, PLACE, STORY, Office

GROUP, HEAD, OFFICER, CITIZEN = "-100", "201", "202", "500"


async def test_a_unit_s_group_gets_the_card_of_a_new_petition(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    petition = await office.file()
    card = office.card(GROUP, petition)
    assert petition.code not in card.text  # people read it in groups of four
    assert card.message.monospace[0].replace("-", "") == petition.code
    for words in (
        "Đơn mới",
        "Phản ánh",
        "Karaoke",
        PLACE,
        "Phòng Quản lý văn hóa và gia đình",
        "chờ phân công",
    ):
        assert words in card.text
    assert "08/12/2026" in card.text
    assert "10 ngày làm việc" in card.text
    assert "Tiếp công dân" in card.text
    for label in ("Nhận xử lý", "Giao cho", "Chuyển đơn vị", "Nhắn người dân", "Ghi chú", "Xem chi tiết"):
        assert card.has(label)


async def test_a_group_never_sees_the_person_or_the_story(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD)
    petition = await office.file()
    card = office.card(GROUP, petition)
    await office.press(GROUP, card.button("Nhận xử lý"), person=HEAD)
    await office.press(GROUP, card.button("Xem chi tiết"), person=HEAD)
    await office.press(HEAD, office.card(GROUP, petition).button("Hỏi người dân"))
    await office.say(HEAD, "Quán ở số mấy ạ?")
    await office.say(HEAD, "gửi")
    await office.as_citizen(CITIZEN, lambda turn: add(turn, petition.id, "Nhà tôi số 7, gọi 0951 223 455"))
    seen = office.everything_sent_to(GROUP)
    for secret in (NAME, "Sen", PHONE, "0951", STORY, "cháu Tí", ADDRESS, "Minh Khai", "số 7", "số mấy"):
        assert secret not in seen
    assert STORY in office.everything_sent_to(HEAD)
    assert NAME in office.everything_sent_to(HEAD)
    assert PHONE in office.everything_sent_to(HEAD)


def add(turn: object, petition_id: int, words: str) -> None:
    from handlers import cases

    cases.add_from_citizen(turn, petition_id, text=words)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("place", "shown"),
    [
        (f"cạnh nhà chị {NAME}, Phủ Lý", ""),
        (ADDRESS, ""),
        ("ngã tư Biên Hòa, gọi 0951 223 455 chỉ đường", "ngã tư Biên Hòa, gọi … chỉ đường"),
    ],
)
async def test_a_place_that_gives_the_person_away_is_not_shown_in_a_group(
    office: Office, place: str, shown: str
) -> None:
    await office.group(GROUP, "ql_van_hoa")
    petition = await office.file(place=place)
    text = office.card(GROUP, petition).text
    assert NAME not in text
    assert "0951" not in text
    assert ADDRESS not in text
    assert (shown in text) if shown else ("Nơi xảy ra" not in text)


async def test_a_discreet_petition_names_no_place_in_a_group(office: Office) -> None:
    await office.group(GROUP, "ql_van_hoa")
    petition = await office.file(discreet=True)
    assert PLACE not in office.card(GROUP, petition).text


@pytest.mark.parametrize(
    "fields", [{"kind": Kind.DENUNCIATION}, {"confidential": True}, {"kind": Kind.ANONYMOUS_TIP}]
)
async def test_a_sealed_case_is_never_told_in_a_group(office: Office, fields: dict[str, object]) -> None:
    await office.group(GROUP, "thanh_tra")
    await office.officer(HEAD, "thanh_tra", Role.HEAD)
    await office.officer(OFFICER, "thanh_tra", Role.OFFICER)
    before = office.everything_sent_to(GROUP)
    petition = await office.file(unit="thanh_tra", topic="tham_nhung_tieu_cuc", **fields)  # type: ignore[arg-type]
    await office.press(HEAD, office.card(HEAD, petition).button("Nhận xử lý"))
    await office.as_citizen(CITIZEN, lambda turn: add(turn, petition.id, "thêm giấy tờ"))
    assert office.everything_sent_to(GROUP) == before
    assert petition.code not in office.everything_sent_to(OFFICER).replace("-", "")
    card = office.card(HEAD, petition)
    assert "giữ bí mật" in card.text
    for secret in (NAME, PHONE, STORY, PLACE, "Tham nhũng", "thêm giấy tờ"):
        assert secret not in office.everything_sent_to(HEAD)


async def test_a_case_that_becomes_a_denunciation_leaves_only_its_code_in_the_group(office: Office) -> None:
    await office.group(GROUP, "thanh_tra")
    await office.officer(HEAD, "thanh_tra", Role.HEAD)
    petition = await office.file(unit="thanh_tra", topic="tham_nhung_tieu_cuc")
    assert "Phản ánh" in office.card(GROUP, petition).text
    await office.command(HEAD, "case", petition.code)
    await office.press(HEAD, office.card(HEAD, petition).button("Sửa phân loại"))
    await office.press(HEAD, office.last(HEAD).button("Loại đơn"))
    await office.press(HEAD, office.last(HEAD).button("Tố cáo"))
    await office.say(HEAD, "Có người bị tố cáo rõ ràng")
    assert "Phản ánh → Tố cáo" in office.last(HEAD).text
    await office.press(HEAD, office.last(HEAD).button("Sửa"))
    after = await office.now(petition)
    assert after.kind is Kind.DENUNCIATION
    assert (after.register_book, after.register_no) == ("to_cao", 1)
    card = office.card(GROUP, petition)
    assert card.edits == 1
    assert not card.buttons
    assert "Tố cáo" not in card.text
    entries = await office.work(lambda book: book.register_entries(petition.id))
    assert [(entry.book, entry.continued_book) for entry in entries] == [
        ("phan_anh", "to_cao"),
        ("to_cao", None),
    ]


async def test_a_focal_unit_that_is_accused_does_not_learn_of_the_case(office: Office) -> None:
    await office.officer("301", "thanh_tra", Role.HEAD)
    await office.officer("302", "lanh_dao", Role.DIRECTOR)
    petition = await office.file(unit="lanh_dao", kind=Kind.DENUNCIATION, topic="tham_nhung_tieu_cuc")
    code = petition.code
    assert code not in office.everything_sent_to("301").replace("-", "")
    assert code in office.everything_sent_to("302").replace("-", "")
    await office.command("301", "case", code)
    assert "Không có đơn này" in office.last("301").text
    await office.command("301", "case", "2345-6789-ABCD")
    await office.press("301", f"o.view.{_base36(petition.id)}")
    assert "Không có đơn này" in office.last("301").text


async def test_the_accused_unit_does_not_learn_of_it_either_when_nobody_else_is_linked(
    office: Office,
) -> None:
    await office.officer("301", "thanh_tra", Role.HEAD)
    await office.officer("303", "van_phong", Role.ADMIN)
    petition = await office.file(unit="lanh_dao", kind=Kind.DENUNCIATION, topic="tham_nhung_tieu_cuc")
    assert petition.code not in office.everything_sent_to("301").replace("-", "")
    told = office.last("303").text
    assert petition.code in told.replace("-", "")
    assert "Tố cáo" not in told
    assert "chưa báo được" in told


async def test_without_a_group_the_unit_s_people_get_the_card_in_private(office: Office) -> None:
    first = await office.officer("201", "ql_van_hoa", Role.HEAD)
    await office.officer("202", "ql_van_hoa", Role.OFFICER)
    await office.officer("203", "bao_tang", Role.OFFICER)
    petition = await office.file()
    assert "Phản ánh" in office.card("201", petition).text
    assert "Phản ánh" in office.card("202", petition).text
    assert petition.code not in office.everything_sent_to("203").replace("-", "")
    assert first.unit == "ql_van_hoa"


async def test_where_nobody_of_the_unit_is_linked_the_focal_unit_hears(office: Office) -> None:
    await office.officer("301", "thanh_tra", Role.INTAKE)
    petition = await office.file()
    assert petition.code in office.everything_sent_to("301").replace("-", "")


async def test_absent_officers_are_left_in_peace_while_somebody_else_is_there(office: Office) -> None:
    from datetime import timedelta

    away = await office.officer("201", "ql_van_hoa", Role.OFFICER)
    here = await office.officer("202", "ql_van_hoa", Role.OFFICER)
    until = office.clock.now() + timedelta(days=3)
    await office.work(lambda book: book.set_absent(away.id, until, here.id))
    petition = await office.file()
    assert petition.code not in office.everything_sent_to("201").replace("-", "")
    assert petition.code in office.everything_sent_to("202").replace("-", "")


async def test_cards_still_waiting_to_be_sent_are_replaced_by_the_later_state(office: Office) -> None:
    await office.officer("201", "ql_van_hoa", Role.HEAD)
    await office.officer("202", "ql_van_hoa", Role.OFFICER)
    petition = await office.file()
    await office.press("202", office.card("202", petition).button("Nhận xử lý"), deliver=False)
    await office.press("202", office.card("202", petition).button("Nhận xử lý"), deliver=False)
    rows = await office.work(lambda book: book.notices_of(petition.id))
    waiting = [row for row in rows if row.card_petition_id and row.status == "queued"]
    assert len({row.contact_id for row in waiting}) == len(waiting)
    await office.deliver()
    assert "Người xử lý: Cán bộ 202" in office.card("201", petition).text
    assert office.card("201", petition).edits == 1
    assert (await office.now(petition)).stage is Stage.ASSIGNED


def _base36(number: int) -> str:
    from handlers.officers.tokens import to_base36

    return to_base36(number)


async def test_a_case_stays_workable_when_the_profile_forgets_its_unit_and_topic(office: Office) -> None:
    await office.officer("301", "thanh_tra", Role.INTAKE)
    petition = await office.file(unit="phong_cu", topic="viec_cu", destination="outside:co_quan_cu")
    card = office.card("301", petition)
    assert "phong_cu" in card.text
    assert "chưa rõ lĩnh vực" in card.text
    await office.press("301", card.button("Chuyển đơn vị"))
    await office.press("301", office.last("301").button("Bảo tàng tỉnh"))
    await office.say("301", "Phòng cũ không còn")
    await office.press("301", office.last("301").button("Chuyển đơn"))
    assert (await office.now(petition)).unit == "bao_tang"


async def test_urgency_is_put_right_like_the_class(office: Office) -> None:
    await office.officer(HEAD, "ql_van_hoa", Role.HEAD)
    petition = await office.file("500", severity=Severity.URGENT)
    await office.press(HEAD, Press("fix", petition.id).token)
    await office.press(HEAD, office.last(HEAD).button("Mức độ: bình thường"))
    await office.say(HEAD, "Không có nguy hiểm")
    assert "Mức độ: bình thường." in office.last(HEAD).text
    await office.press(HEAD, office.last(HEAD).button("Sửa"))
    assert (await office.now(petition)).severity is Severity.NORMAL
    await office.press(HEAD, Press("fix", petition.id).token)
    assert office.last(HEAD).has("Mức độ: khẩn")
