"""A petition with every field told, and one with none."""

from __future__ import annotations

import random
from datetime import date

from petitions.codes import TrackingCode
from petitions.kinds import Kind
from petitions.papers import PaperData, Person

CODE = TrackingCode.generate(random.Random(4))

HANH = Person(
    name="Nguyễn Thị Hạnh",
    identity_number="035180001234",
    identity_issued_on=date(2021, 5, 3),
    identity_issued_by="Cục Cảnh sát quản lý hành chính về trật tự xã hội",
    address="Số 12 đường Trần Hưng Đạo, phường Phủ Lý, tỉnh Ninh Bình",
    phone="0912 345 678",
)
LAN = Person(
    name="Lê Văn Lân",
    identity_number="035080005678",
    identity_issued_on=date(2022, 2, 28),
    identity_issued_by="Bộ Công an",
    address="Thôn Ô Cách, xã Thanh Liêm, tỉnh Ninh Bình",
    phone="lan@example.vn",
)
PEOPLE = (
    HANH,
    LAN,
    *(
        Person(name=name, address=f"Thôn {number}, xã Thanh Liêm", phone=f"091234567{number}")
        for number, name in enumerate(("Phạm Thị Mười", "Trần Đình Ổn", "Đỗ Ngọc Ẩn", "Vũ Thị Ước"))
    ),
)
FULL = PaperData(
    code=CODE.value,
    kind=Kind.COMPLAINT,
    sealed=False,
    addressee="Sở Văn hóa, Thể thao và Du lịch tỉnh Hà Nam",
    written_on=date(2026, 11, 23),
    petitioner=HANH,
    authorised=LAN,
    respondent="Phòng Quản lý văn hóa và gia đình, số 9 đường Trần Phú",
    accused="Ông Trần Văn Bình, Trưởng phòng Quản lý văn hóa",
    decision="Quyết định số 15/QĐ-XPHC ngày 02/11/2026 về xử phạt vi phạm hành chính",
    received_on=date(2026, 11, 5),
    story=(
        "Ngày 20/10/2026 đoàn kiểm tra đến quán của tôi lúc 21 giờ.",
        "Tôi đã xuất trình đủ giấy phép nhưng vẫn bị lập biên bản.\nBiên bản ghi sai giờ kiểm tra.",
    ),
    reason="Quyết định dựa trên một biên bản sai.",
    request="Hủy Quyết định số 15/QĐ-XPHC và trả lại tiền phạt 10.000.000 đồng.",
    place="Quán cà phê Hạnh, phường Phủ Lý",
    documents=("Ảnh số 1: Biên bản kiểm tra", "Tệp số 2: Quyết định 15.pdf"),
    scope="Thay mặt tôi làm việc về Quyết định số 15/QĐ-XPHC.",
)
EMPTY = PaperData(code=CODE.value, kind=Kind.COMPLAINT, sealed=False)
