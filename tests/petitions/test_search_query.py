"""What officers type to search is read forgivingly; what is not understood is named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from petitions.kinds import Stage
from petitions.search_parts import Names, Problem, Query
from petitions.search_query import MOST_PROBLEMS, read
from petitions.search_terms import phrase_terms, terms_of, words_of
from tests.storage.builders import NASTY

TODAY = date(2026, 11, 28)
NAMES = Names(
    units={
        "thanh_tra": ("thanh_tra", "Thanh tra Sở", "Departmental Inspectorate"),
        "ql_van_hoa": ("ql_van_hoa", "Phòng Quản lý văn hóa và gia đình"),
        "ql_di_san": ("ql_di_san", "Phòng Quản lý di sản văn hóa"),
    },
    topics={"karaoke": ("karaoke", "Karaoke, vũ trường"), "le_hoi": ("le_hoi", "Lễ hội")},
    stages={
        Stage.RECEIVED: ("đã tiếp nhận, chờ phân công", "đã tiếp nhận", "received"),
        Stage.ACCEPTED: ("đã thụ lý", "accepted"),
        Stage.NOT_ACCEPTED: ("không được thụ lý", "not accepted"),
    },
)


def d(day: int, month: int = 11, year: int = 2026) -> date:
    return date(year, month, day)


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("", {}),
        ("🙂", {}),
        ("của tôi là", {}),
        ("Karaoke ỒN ào", {"words": ("karaoke", "on", "ao")}),
        ('"lễ hội" chùa Bà', {"phrases": ("le hoi",), "words": ("chua", "ba")}),
        ("“lễ hội”", {"phrases": ("le hoi",)}),
        ("karaoke đơn vị: thanh tra", {"words": ("karaoke",), "units": ("thanh_tra",)}),
        ("đơn vị: thanh tra karaoke", {"words": ("karaoke",), "units": ("thanh_tra",)}),
        ("unit:ql_di_san", {"units": ("ql_di_san",)}),
        ("don vi: quan ly", {"units": ("ql_van_hoa", "ql_di_san")}),
        ('phòng: "Thanh tra Sở" nhà', {"units": ("thanh_tra",), "words": ("nha",)}),
        ("trạng thái: đã thụ lý", {"stages": (Stage.ACCEPTED,)}),
        ("stage: accepted", {"stages": (Stage.ACCEPTED,)}),
        ("karaoke da thu ly", {"words": ("karaoke",), "stages": (Stage.ACCEPTED,)}),
        ("đã tiếp nhận", {"stages": (Stage.RECEIVED,)}),
        ("lĩnh vực: kara", {"topics": ("karaoke",)}),
        ("topic: hội", {"problems": (Problem("no_topic", "hội"),)}),
        ("người: Nguyễn Thị Sen", {"names": ("nguyen", "thi", "sen")}),
        ("name: Sen, karaoke", {"names": ("sen",), "words": ("karaoke",)}),
        ("0951 223 455", {"phone": "0951223455"}),
        ("sđt: +84951223455", {"phone": "0951223455"}),
        ("từ 1/11 đến 15/11", {"since": d(1), "until": d(15)}),
        ("from 1/11 to 15/11 noise", {"since": d(1), "until": d(15), "words": ("noise",)}),
        ("1/11 - 3/11", {"since": d(1), "until": d(3)}),
        ("đến 15/11 từ 1/11", {"since": d(1), "until": d(15)}),
        ("từ 15/11 đến 1/11", {"since": d(1), "until": d(15)}),
        ("từ ngày 1/11/2025", {"since": d(1, year=2025)}),
        ("ngày 3/11", {"since": d(3), "until": d(3)}),
        ("hôm qua karaoke", {"since": d(27), "until": d(27), "words": ("karaoke",)}),
        ("tháng 10", {"since": d(1, 10), "until": d(31, 10)}),
        ("tháng 12", {"since": d(1, 12, 2025), "until": d(31, 12, 2025)}),
        ("tháng 2/2024", {"since": d(1, 2, 2024), "until": d(29, 2, 2024)}),
        ("7K3F", {"code": "7K3F", "guessed": "7K3F"}),
        ("7k3f-9x2", {"code": "7K3F9X2", "guessed": "7k3f-9x2"}),
        ("mã: 7k3", {"code": "7K3"}),
        ("QE9V-6YGF-JP9E", {"code": "QE9V6YGFJP9E"}),
        ("qe9v6ygfjp9e", {"code": "QE9V6YGFJP9E"}),
        ("12", {"number": "12"}),
        ("số 00012/2026", {"number": "12", "year": 2026}),
        ("00012/PA-2026", {"number": "12", "book": "PA", "year": 2026}),
        ("12/KN", {"number": "12", "book": "KN"}),
        ("12*", {"number": "12", "begins": True}),
        ("số: 12*/2026", {"number": "12", "begins": True, "year": 2026}),
        ("số: 12 karaoke", {"number": "12", "words": ("karaoke",)}),
        ("số nhà 12", {"words": ("so", "nha", "12")}),
        ("xyz: abc", {"problems": (Problem("unknown_filter", "xyz:"),), "words": ("abc",)}),
        ("đơn vị: Bộ Tài chính", {"problems": (Problem("no_unit", "Bộ Tài chính"),)}),
        ("stage: nowhere", {"problems": (Problem("no_stage", "nowhere"),)}),
        ("điện thoại: 123", {"problems": (Problem("bad_phone", "123"),)}),
        ("mã: a", {"problems": (Problem("bad_code", "a"),)}),
        ("số: mười", {"problems": (Problem("bad_number", "mười"),)}),
        ("ngày 31/2", {"problems": (Problem("bad_date", "31/2"),)}),
        ("tháng 13", {"problems": (Problem("bad_date", "thang 13"),)}),
    ],
)
def test_what_is_typed_is_understood(typed: str, wanted: dict[str, Any]) -> None:
    assert read(typed, NAMES, TODAY) == Query(**wanted)


def test_a_road_that_looks_like_a_code_can_be_read_as_a_word() -> None:
    assert read("QL21 hư", NAMES, TODAY).guessed == "QL21"
    assert read("QL21 hư", NAMES, TODAY, codes=False) == Query(words=("ql21", "hu"))


def test_whether_anything_is_asked() -> None:
    assert not read("", NAMES, TODAY).asks
    assert not read("đơn vị: Bộ Tài chính", NAMES, TODAY).asks
    assert read("12", NAMES, TODAY).asks
    assert read("QE9V-6YGF-JP9E", NAMES, TODAY).whole_code
    assert not read("QE9V-6YGF", NAMES, TODAY).whole_code


@pytest.mark.parametrize(
    "typed",
    [
        *NASTY,
        "x:" * 100,
        "a b: " * 80,
        '"' * 200,
        "1/1 " * 90,
        "từ đến " * 60,
        ":::",
        "0951223455 " * 30,
        "“" * 9,
    ],
    ids=lambda typed: ascii(typed[:12]),
)
def test_strange_words_do_no_harm(typed: str) -> None:
    query = read(typed, NAMES, TODAY)
    assert len(query.problems) <= MOST_PROBLEMS
    assert len(query.words) <= 12


def test_what_can_be_searched_of_a_text() -> None:
    assert terms_of("Tôi ở Đọi, tôi ở") == {"doi", "toi o", "o doi", "doi toi"}
    assert words_of("số 0951223455 và 12345678") == ("so", "va", "12345678")
    assert phrase_terms("Chùa") == ("chua",)
    assert phrase_terms("chùa bà đanh") == ("chua ba", "ba danh")
    assert phrase_terms("") == ()
