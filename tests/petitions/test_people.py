"""How many people bring a petition, in the many ways in which people say it; victims and onlookers do not count."""

from __future__ import annotations

import pytest

from petitions.people import find_people

CASES = (
    ("20 hộ dân thôn Bói, xã Thanh Phong chúng tôi kiến nghị tỉnh hỗ trợ", 20),
    ("Tập thể 40 tiểu thương chợ Bầu đề nghị", 40),
    ("Tôi đại diện cho tập thể 15 giáo viên trường Lam Hạ kiến nghị", 15),
    ("thay mặt 35 hộ dân xóm Chùa tôi làm đơn này", 35),
    ("Chúng tôi là những người dân xóm 3, tổng cộng 18 hộ, xin phản ánh", 18),
    ("Nhóm chúng tôi (7 người) gửi đơn", 7),
    ("tôi là Lan, thay mặt các hộ (12 hộ) ở ngõ 5", 12),
    ("Hợp tác xã gồm 17 hộ kính đề nghị Sở", 17),
    ("Câu lạc bộ Sông Châu (23 hội viên) đề nghị Bảo tàng", 23),
    ("kèm 45 chữ ký của bà con", 45),
    ("Văn bản có chữ ký của 31 gia đình", 31),
    ("đơn này có 32 người ký tên", 32),
    ("cả xóm 50 hộ ký vào đơn", 50),
    ("30 người dân tổ 4 đồng ký tên", 30),
    ("bà con 60 hộ dân thôn Đoài cùng đứng đơn", 60),
    ("tôi cùng 5 người nữa làm đơn", 6),
    ("Tôi và 3 bạn cùng phòng ký đơn", 4),
    ("Tôi với năm hộ bên cạnh làm đơn mãi không được", 6),
    ("tui em 9 nguoi de nghi tra tien", 9),
    ("bon minh 4 ng phan anh quan net", 4),
    ("hơn 30 hộ dân chúng tôi đề nghị", 30),
    ("Năm hộ chúng tôi khiếu nại Quyết định", 5),
    ("Mười một cựu thanh niên xung phong thôn tôi kiến nghị", 11),
    ("Một trăm hai mươi hộ dân tổ 5 kiến nghị", 120),
    ("một trăm linh năm hộ dân tổ 5 kiến nghị", 105),
    ("hai mươi lăm phụ huynh lớp 3A đề nghị", 25),
    ("hai mươi tám hộ chúng tôi", 28),
    ("chung toi gom muoi nguoi lam don", 10),
    ("We are 12 residents of the alley", 12),
    ("we are seven students", 7),
    ("there were 6 of us on the boat", 6),
    ("My wife and I were cheated", 2),
)
NOBODY = (
    "hàng chục hộ dân phản ánh",
    "14 người nôn ói sau khi ăn",
    "đoàn 45 khách bị bỏ rơi",
    "thu của đoàn chúng tôi 35 người tiền phòng",
    "Em tố cáo nhóm 4 người tự xưng nhà báo",
    "chúng tôi gọi 2 lần không ai nghe",
    "chúng tôi thấy 5 người say rượu đánh nhau",
    "Năm 2025 người dân kiến nghị mãi",
    "hai năm gia đình tôi kiến nghị",
    "Điều 28 người dân có quyền khiếu nại",
    "biên bản chỉ có chữ ký của hai cán bộ",
    "có 8 nhân viên chứng kiến",
    "200 người xem chen chúc, một cháu bé ngất",
    "bà Nam, ông Sáu ở xóm Ba",
    "mỗi hộ 2 người",
    "99999 người ký đơn",
    "",
)


@pytest.mark.parametrize(("text", "people"), CASES)
def test_those_who_bring_it_are_counted(text: str, people: int) -> None:
    assert find_people(text) == people


@pytest.mark.parametrize("text", NOBODY)
def test_others_are_not(text: str) -> None:
    assert find_people(text) is None


def test_a_text_of_any_length_is_read_quickly_enough_to_end() -> None:
    assert find_people("một hai ba bốn năm sáu " * 2000) is None
    assert find_people("chúng tôi " * 5000) is None
