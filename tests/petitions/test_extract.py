"""Phones, names, days, places and petitioners in the forms people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.extract import (
    BadPhone,
    Phone,
    find_address,
    find_dates,
    find_name,
    find_people,
    find_phones,
    find_place,
    read_contact_line,
    read_phone,
)

TODAY = date(2026, 5, 20)
NAME_AND_PHONE = frozenset({"name", "phone"})


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("à nhầm, 0951 223 454", "0951223454"),
        ("+84 951 223 455", "0951223455"),
        ("84951223455", "0951223455"),
        ("0084951223455", "0951223455"),
        ("+84 (0)951 223 455", "0951223455"),
        ("0951.223.455", "0951223455"),
        ("0951-223-455", "0951223455"),
        ("０９５１２２３４５５", "0951223455"),
        ("O951 223 455", "0951223455"),
        ("đt:0951223455", "0951223455"),
        ("(024) 3825 1234", "02438251234"),
        ("+44 7911 123456", "+447911123456"),
        ("CCCD 035985000127, điện thoại 0953 771 264", "0953771264"),
        ("052 345 6789", "0523456789"),
    ],
)
def test_a_phone_in_every_form(text: str, number: str) -> None:
    phone = read_phone(text)
    assert isinstance(phone, Phone)
    assert phone.number == number


@pytest.mark.parametrize(
    ("text", "digits", "problem"),
    [
        ("Nguyễn Thị Sen 0951 223 45", "095122345", "too_short"),
        ("0951 223 4556", "09512234556", "too_long"),
        ("số tôi 0111 222 333", "0111222333", "prefix"),
    ],
)
def test_a_wrong_phone_shows_what_was_read(text: str, digits: str, problem: str) -> None:
    phone = read_phone(text)
    assert isinstance(phone, BadPhone)
    assert (phone.digits, phone.problem) == (digits, problem)


@pytest.mark.parametrize(
    "text",
    [
        "ông tên là Trần Văn Điều 79 tuổi",
        "CCCD 035985000127",
        "035985000127",
        "nộp ngày 12-5-2026",
        "trả 1.800.000 đồng",
        "60.000.000",
        "mã hồ sơ trên giấy hẹn: 000.00.17.H25-250403-0012",
        "sáng nay 9h thuyền 47",
        "gọi 113",
    ],
)
def test_other_numbers_are_no_phone(text: str) -> None:
    assert find_phones(text) == []


@given(st.text(max_size=300))
def test_no_text_breaks_the_readers(text: str) -> None:
    for phone in find_phones(text):
        assert text[phone.span[0] : phone.span[1]] == phone.raw
    for day in find_dates(text, TODAY):
        assert (day.date is None) == (day.problem == "impossible")
    line = read_contact_line(text, asked_for=NAME_AND_PHONE)
    assert line.name is None or line.name.strip()
    assert find_place(text, asked=True) != ""
    assert (find_people(text) or 2) >= 2


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("tên tôi Vũ Hải, có 6 phụ huynh", "Vũ Hải"),
        ("ông tên là Trần Văn Điều 79 tuổi", "Trần Văn Điều"),
        ("Cô ấy tên Emma Clarke, số em 0958 220 471", "Emma Clarke"),
        ("Tôi là Đinh Thị Mai, hộ liền kề", "Đinh Thị Mai"),
        ("ten toi la nguyen van hai so 09", "Nguyen Van Hai"),
        ("my name is John Smith and I live here", "John Smith"),
        ("Giám đốc tên Vịnh, em có hóa đơn", None),
        ("Tôi là chủ một cơ sở giết mổ nhỏ", None),
        ("cái quán tên là gì em quên mất rồi", None),
    ],
)
def test_a_name_in_a_story_is_the_writers(text: str, name: str | None) -> None:
    assert find_name(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "không muốn nói",
        "à nhầm, 0951 223 454",
        "ừ",
        "đừng gọi vào số chồng em",
        "tôi không cho tên đâu",
        "a nham, khong phai toi nao, chi thu 6 thu 7 thoi",
        "quen mat, con o pho Bien Hoa nua",
        "a quen noi, ho con dot rac nua",
        "hang xom cung biet",
        "quên mất rồi",
        "lam on xu ly nhanh giup",
    ],
)
def test_an_answer_that_is_no_name(text: str) -> None:
    assert find_name(text, asked=True) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("nguyen thi sen", "Nguyen Thi Sen"),
        ("tran van binh, pho ly", "Tran Van Binh"),
        ("hoang duc thinh 0951223455", "Hoang Duc Thinh"),
        ("lê thị bích ngọc ạ", "Lê Thị Bích Ngọc"),
        ("giang a pao", "Giang A Pao"),
        ("chi huong, 0951 223 455", "Huong"),
        ("thang", "Thang"),
        ("dang quoc viet", "Dang Quoc Viet"),
        ("bui thi nhung", "Bui Thi Nhung"),
    ],
)
def test_a_name_typed_without_capitals_is_a_name(text: str, name: str) -> None:
    assert find_name(text, asked=True) == name


@pytest.mark.parametrize(
    ("text", "name", "phone", "address", "note"),
    [
        ("Phạm Quốc Huy, tổ 5 Đồng Văn, 0955 220 671", "Phạm Quốc Huy", "0955220671", "tổ 5 Đồng Văn", None),
        (
            "ừ cũng được, tên Nguyễn Thị Hoa 0955 412 660, thửa 118 thôn 3",
            "Nguyễn Thị Hoa",
            "0955412660",
            "thửa 118 thôn 3",
            None,
        ),
        ("0951 990 017 tên Thắng, xong chưa?", "Thắng", "0951990017", None, None),
        ("số thằng cháu nội 0953 600 411 nó hay nghe máy hộ ông", None, "0953600411", None, "cháu nội"),
        ("ủa gửi nhầm số con gái, số tôi là 0951 223 455 cơ", None, "0951223455", None, None),
        ("đừng gọi vào số chồng em, số mẹ em 0957 044 318", None, "0957044318", None, "mẹ"),
        ("đừng gọi 0951223455, gọi số mẹ em 0957 044 318", None, "0957044318", None, "mẹ"),
        (
            "thôi em để tên, nhưng giữ bí mật nhé: Bùi Thị Nhàn, 0957 331 209",
            "Bùi Thị Nhàn",
            "0957331209",
            None,
            None,
        ),
        ("tên Lê Bích Ngọc, ko cần đt đâu nhắn ở đây là dc", "Lê Bích Ngọc", None, None, None),
        (
            "anh ơi em là bạn của cô ấy. Cô ấy tên Emma Clarke, số em 0958 220 471, thuyền 47, sáng nay 9h",
            "Emma Clarke",
            "0958220471",
            None,
            "bạn",
        ),
    ],
)
def test_several_answers_in_one_message(
    text: str, name: str | None, phone: str | None, address: str | None, note: str | None
) -> None:
    line = read_contact_line(text, asked_for=NAME_AND_PHONE)
    number = line.phone.number if isinstance(line.phone, Phone) else None
    assert (line.name, number, line.address, line.note) == (name, phone, address, note)


def test_name_and_wrong_phone_are_both_kept() -> None:
    line = read_contact_line("Nguyễn Thị Sen 0951 223 45", asked_for=NAME_AND_PHONE)
    assert line.name == "Nguyễn Thị Sen"
    assert isinstance(line.phone, BadPhone)
    assert line.phone.problem == "too_short"


@pytest.mark.parametrize(
    ("text", "day", "problem"),
    [
        ("10/5", date(2026, 5, 10), None),
        ("ngày 28/8", date(2025, 8, 28), None),
        ("12-5-2026", date(2026, 5, 12), None),
        ("hôm qua", date(2026, 5, 19), None),
        ("hqua", date(2026, 5, 19), None),
        ("sáng nay 9h", date(2026, 5, 20), None),
        ("thứ 6 tuần trước", date(2026, 5, 15), None),
        ("ngày 2 tháng 9 năm 2025", date(2025, 9, 2), None),
        ("on May 12, 2026", date(2026, 5, 12), None),
        ("last Friday", date(2026, 5, 15), None),
        ("cách đây hai hôm", date(2026, 5, 18), None),
        ("31/2", None, "impossible"),
        ("30/2/2026", None, "impossible"),
        ("1/6/2026", date(2026, 6, 1), "future"),
        ("ngày 1/6", date(2026, 6, 1), "future"),
    ],
)
def test_days_as_people_name_them(text: str, day: date | None, problem: str | None) -> None:
    found = find_dates(text, TODAY)
    assert [(f.date, f.problem) for f in found] == [(day, problem)]


@pytest.mark.parametrize(
    "text", ["thương binh hạng 3/4", "hỏng 7/10 cái", "ngõ 35/12", "2.500.000", "0951-223-455"]
)
def test_other_numbers_are_no_day(text: str) -> None:
    assert find_dates(text, TODAY) == []


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("tên tôi Vũ Hải, có 6 phụ huynh cùng kiến nghị", 6),
        ("Chúng tôi, 23 giáo viên nghỉ hưu, đặt tour", 23),
        ("Chúng tôi gồm 12 cán bộ văn hóa xã", 12),
        ("47 hộ dân thôn Thung Mơ kiến nghị cơ quan chức năng", 47),
        ("32 cụ trong làng chúng tôi cùng ký đơn này", 32),
        ("Hello, my wife and I visited the pagoda", 2),
        ("giờ 14 người nôn ói tiêu chảy, 5 người đang trên xe cấp cứu", None),
        ("Đoàn nhà tôi 11 người vào Tam Chúc", None),
        ("Có 9 hộ cùng chứng kiến và đã ký xác nhận", None),
    ],
)
def test_petitioners_are_counted_not_victims(text: str, count: int | None) -> None:
    assert find_people(text) == count


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (
            "Quán karaoke Trăng Thanh ở đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng",
            "đường Nguyễn Văn Trỗi, Phủ Lý",
        ),
        ("bể bơi Sông Xanh ở Hòa Mạc không có ai cứu hộ", "Hòa Mạc"),
        ("cái màn ở ngã tư Vĩnh Trụ ấy, 11 giờ đêm vẫn bật", "ngã tư Vĩnh Trụ"),
        ("Đình Nội Rối quê em được xếp hạng", "Đình Nội Rối"),
        ("Gia đình tôi gồm ba người, chưa ai đến xem", None),
    ],
)
def test_the_place_in_the_citizens_words(text: str, place: str | None) -> None:
    assert find_place(text) == place


def test_the_street_behind_the_name_of_a_shop_is_the_place() -> None:
    told = "Quán karaoke Trăng Thanh đường Nguyễn Văn Trỗi, Phủ Lý hát tới 1h sáng"
    assert find_place(told) == "đường Nguyễn Văn Trỗi, Phủ Lý"
    assert find_place("duong Nguyen Van Troi Phu Ly hat den 1h") == "duong Nguyen Van Troi Phu Ly"


def test_an_asked_place_is_taken_as_it_stands() -> None:
    assert find_place("Đình Cựu Hào, thôn Cựu", asked=True) == "Đình Cựu Hào, thôn Cựu"
    assert (
        find_place("xóm 4 thanh hải nhà ngói cạnh miếu", asked=True) == "xóm 4 thanh hải nhà ngói cạnh miếu"
    )
    assert find_address("số 12 ngõ 3 đường Lê Lợi, phường Lam Hạ, Phủ Lý") == (
        "số 12 ngõ 3 đường Lê Lợi, phường Lam Hạ, Phủ Lý"
    )
