"""What is read from words written to be hard: number words, no diacritics, teencode, lists, look-alikes."""

from __future__ import annotations

from datetime import date

import pytest

from petitions.accused import find_against, is_second_instance
from petitions.extract import Phone, find_dates, find_people, find_phones, find_place
from petitions.kinds import Kind
from petitions.text import fold

TODAY = date(2026, 5, 20)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("25 hộ dân chúng tôi ở xóm Bãi kiến nghị làm lại cống", 25),
        ("Chúng tôi gồm 7 người, cùng làm ở xưởng may", 7),
        ("Chúng tôi gồm có bảy người cùng làm đơn này", 7),
        ("Tập thể 40 tiểu thương chợ Bầu phản ánh việc tăng phí", 40),
        ("hai vc toi", None),
        ("Ba anh em chúng tôi khiếu nại việc chia đất", 3),
        ("mười hai hộ chúng tôi ở ngõ 5", 12),
        ("Hai mươi lăm giáo viên chúng tôi đề nghị", 25),
        ("ba chục hộ dân chúng em ký đơn này", 30),
        ("Chúng tôi, một trăm linh năm hộ dân, kiến nghị", 105),
        ("tui em 6 dua, 6 ban deu mat tien", None),
        ("tụi em 6 người cùng bị mất cọc, mong các anh xử lý", 6),
        ("bọn em có 4 bạn cùng mua tour đó ạ", 4),
        ("Thay mặt 18 hộ thôn Đoài, tôi kiến nghị", 18),
        ("Tôi đại diện cho 60 công nhân gửi đơn này", 60),
        ("Đơn có chữ ký của 31 hộ dân", 31),
        ("Hôm rồi 60 hộ ký tên thống nhất xin gộp hai nhà văn hóa", 60),
        ("Tôi và ba người bạn cùng làm đơn khiếu nại", 4),
        ("Nhóm 11 hộ kinh doanh lưu trú kiến nghị mở lớp tập huấn", 11),
        ("Câu lạc bộ Sưu tầm (23 hội viên) đề nghị bảo tàng phối hợp", 23),
        ("Năm hộ chúng tôi khiếu nại bản đồ khoanh vùng", 5),
        ("We are 12 residents of Phu Ly", 12),
        ("3 of us were overcharged", 3),
        # numbers that count no petitioners
        ("Năm ngoái chúng tôi đã gửi đơn", None),
        ("Bà hàng xóm và chúng tôi cãi nhau", None),
        ("Ba tôi mất, chúng tôi làm đơn xin trợ cấp", None),
        ("Sau đó chúng tôi mới biết", None),
        ("Chúng tôi chờ 3 tháng rồi, gọi 5 lần không ai nghe", None),
        ("chung toi cho 3 thang roi", None),
        ("Quán có 5 nhân viên đánh khách", None),
        ("14 người nôn ói tiêu chảy phải nhập viện", None),
        ("Tai nạn làm 2 người bị thương, tôi đề nghị lắp đèn", None),
        ("Nhà có 4 người ở trong 20 m2", None),
        ("Có 9 hộ cùng chứng kiến", None),
        ("xe chở 60 người nhồi nhét trên xe 45 chỗ", None),
        ("Tổ 5 phường Lê Hồng Phong mất nước", None),
        ("đội 7 thôn Nội kiến nghị sửa đường", None),
        ("Điều 12 khoản 3 quy định người dân được khiếu nại", None),
        ("12/5 chúng tôi nhận quyết định", None),
        ("Tôi 72 tuổi, một mình nuôi hai cháu", None),
    ],
)
def test_petitioners(text: str, count: int | None) -> None:
    assert find_people(text) == count


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("gọi cho em 0951.223.455 nhé", "0951223455"),
        ("sdt: +84 951 223 455", "0951223455"),
        ("ĐT 84-951-223-455", "0951223455"),
        ("zalo 0951 22 34 55", "0951223455"),
        ("(0951)223455", "0951223455"),
        ("số em o951223455", "0951223455"),
        ("０９５１２２３４５５", "0951223455"),
        ("lh chị Nhàn 0951223455 hoặc 0951223456", "0951223455"),
        ("máy bàn 0226 3852 114", "02263852114"),
        ("số CCCD 035903001234, đt 0951223455", "0951223455"),
        ("chuyển 15.000.000 đồng vào stk 19034567891234", None),
        ("mã hồ sơ 000.00.12.H25-240512-0003", None),
        ("ngày 12.05.2026 họ đến", None),
        ("phạt 22.500.000", None),
        ("quyết định số 1234567/QĐ", None),
        ("biển số 90A-12345", None),
    ],
)
def test_phones(text: str, number: str | None) -> None:
    found = [phone.number for phone in find_phones(text) if isinstance(phone, Phone)]
    assert (found[0] if found else None) == number


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("Nhà văn hóa thôn Trung Hiếu Thượng khóa cửa suốt", "thôn Trung Hiếu Thượng"),
        ("quán ở ngõ 12 đường Trần Phú hát to quá", "ngõ 12 đường Trần Phú"),
        ("tai xa Liem Tuyen co quan hat", "xa Liem Tuyen"),
        ("Đình làng Đa Phúc xuống cấp", "Đình làng Đa Phúc"),
        ("chỗ cầu Hồng Phú ấy", "cầu Hồng Phú"),
        ("tổ dân phố số 3, phường Lam Hạ", "tổ dân phố số 3, phường Lam Hạ"),
        ("ở KCN Đồng Văn II", "KCN Đồng Văn II"),
        ("ngã ba Ba Đa có tấm biển sắp đổ", "ngã ba Ba Đa"),
        ("Tôi không đồng ý với quyết định này", None),
        ("Cán bộ trả lời qua loa, đề nghị chấn chỉnh", None),
        ("Sau ba tháng chưa ai giải quyết", None),
    ],
)
def test_places(text: str, place: str | None) -> None:
    found = find_place(text)
    if place is None:
        assert found is None
    else:
        assert found is not None
        assert fold(place) in fold(found) or fold(found) in fold(place)


@pytest.mark.parametrize(
    ("text", "against"),
    [
        ("Tôi tố cáo ông Nguyễn Văn X, Giám đốc Sở, bao che sai phạm", "giam_doc_so"),
        ("Tôi tố cáo giám đốc Sở Văn hóa nhận hối lộ", "giam_doc_so"),
        ("to cao giam doc so bo nhiem nguoi nha", "giam_doc_so"),
        ("Tôi xin tố cáo bà giám đốc sở ký khống chứng từ", "giam_doc_so"),
        ("Em muốn tố cáo người đứng đầu Sở nhận tiền chạy việc", "giam_doc_so"),
        ("Tôi tố cáo ông phó giám đốc Sở nhận phong bì", "pho_giam_doc_so"),
        ("tố cáo PGĐ Sở phụ trách du lịch ăn chặn", "pho_giam_doc_so"),
        ("Tôi tố cáo Phó Giám đốc phụ trách thể thao của Sở gợi ý lại quả", "pho_giam_doc_so"),
        ("Tôi tố cáo thanh tra viên Lê Văn T nhận 5 triệu", "thanh_tra"),
        ("Tôi tố cáo cán bộ Thanh tra Sở báo trước lịch kiểm tra", "thanh_tra"),
        ("Tôi tố cáo ông Chánh Thanh tra Sở ém đơn", "thanh_tra"),
        ("Ông Trần Văn Y, Chánh Thanh tra Sở, đã nhận tiền của quán. Tôi tố cáo ông Y.", "thanh_tra"),
        ("Kính gửi Giám đốc Sở. Tôi tố cáo ông chủ quán karaoke", None),
        ("Kính gửi Thanh tra Sở. Tôi tố cáo chị kế toán bảo tàng", None),
        ("Tôi tố cáo giám đốc công ty du lịch Mây Trắng lừa khách", None),
        ("Tôi tố cáo ông giám đốc Bảo tàng tỉnh bán hiện vật", None),
        ("Đề nghị Giám đốc Sở xử lý. Tôi tố cáo trưởng thôn thu tiền sai", None),
    ],
)
def test_whom_a_denunciation_is_against(text: str, against: str | None) -> None:
    assert find_against(text, Kind.DENUNCIATION) == against


@pytest.mark.parametrize(
    ("text", "second"),
    [
        ("Tôi khiếu nại lần hai đối với quyết định của giám đốc thư viện", True),
        ("khieu nai lan 2 vi khong dong y ket qua", True),
        ("Tôi không đồng ý với quyết định giải quyết khiếu nại lần đầu số 12", True),
        ("Không nhất trí kết quả giải quyết khiếu nại của Bảo tàng, tôi khiếu nại tiếp lên Sở", True),
        ("Bảo tàng đã ra quyết định giải quyết khiếu nại bác đơn của tôi, tôi không chấp nhận", True),
        ("Thư viện trả lời khiếu nại là giữ nguyên mức phạt, em không đồng ý nên gửi tiếp lên Sở", True),
        ("Tôi khiếu nại quyết định xử phạt số 12", False),
        ("Tôi gửi đơn khiếu nại hai lần chưa ai trả lời", False),
        ("Công ty không giải quyết khiếu nại của khách hàng", False),
        ("Lần đầu tôi đi thư viện bị phạt", False),
    ],
)
def test_second_complaints(text: str, second: bool) -> None:
    assert is_second_instance(text) is second


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("lễ hội ngày mùng 5 tháng 5", None),  # of the lunar calendar
        ("hôm 12/5 vừa rồi", date(2026, 5, 12)),
        ("ngày 03 tháng 02 năm 2026", date(2026, 2, 3)),
        ("ngày 3-2-2026", date(2026, 2, 3)),
        ("chieu qua luc 5h", date(2026, 5, 19)),
        ("thứ 7 tuần trước", date(2026, 5, 16)),
        ("từ 1/1/2026 đến nay", date(2026, 1, 1)),
        ("mở từ 8h đến 11h30", None),
        ("điểm 9/10", None),
        ("nhà số 12/5", None),
    ],
)
def test_days(text: str, day: date | None) -> None:
    found = [each.date for each in find_dates(text, TODAY) if not each.problem]
    assert (found[0] if found else None) == day
