"""One legal text written in many ways is one; what names none is known to name none."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.policy_gaps import LegalText, gather, read_legal_text


@dataclass(frozen=True)
class Mark:
    law: str
    unit: str = "ql_di_san"


DECREE = LegalText(type="nd", number="38", year="2021")


@pytest.mark.parametrize(
    "written",
    [
        "Nghị định 38/2021/NĐ-CP",
        "ND 38/2021",
        "nghị định số 38 năm 2021",
        "38/2021/NĐ-CP",
        "khoản 2 Điều 17 Nghị định số 038/2021/NĐ-CP ngày 29/3/2021",
        "NGHI DINH 38 / 2021 / NĐ-CP của Chính phủ",
    ],
)
def test_a_decree_is_one_however_it_is_written(written: str) -> None:
    assert read_legal_text(written) == DECREE
    assert read_legal_text(written).is_named


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Thông tư 05/2021/TT-TTCP", LegalText("tt", "5", "2021", "ttcp")),
        ("QĐ 12/2020/QĐ-UBND", LegalText("qd", "12", "2020", "ubnd")),
        ("Quyết định 12/QĐ-UBND ngày 3/5/2020", LegalText("qd", "12", "2020", "ubnd")),
        ("Luật Tố cáo", LegalText("luat", "25", "2018")),
        ("Luật 25/2018/QH14", LegalText("luat", "25", "2018")),
        ("Luật Di sản văn hóa 2024", LegalText("luat", "", "2024", "", "di san van hoa")),
        ("Luật số 84/2025/QH15 về thanh tra", LegalText("luat", "84", "2025")),
    ],
)
def test_type_number_year_and_issuer_are_read(written: str, text: LegalText) -> None:
    assert read_legal_text(written) == text


@pytest.mark.parametrize(
    "written",
    [
        "",
        "🙂",
        "không biết",
        "2021",
        "cái quy định về công đức",
        "quy chế tiếp công dân",
        "ngày 3/5/2020",
        "<script>",
    ],
)
def test_what_names_no_text_is_known_to_name_none(written: str) -> None:
    assert not read_legal_text(written).is_named


@given(st.text(max_size=400))
def test_any_words_are_read(written: str) -> None:
    assert gather([Mark(written)])[0].gaps == (Mark(written),)


def test_what_lacks_the_year_belongs_to_the_only_one_it_can_be() -> None:
    marks = [
        Mark("Nghị định 38/2021/NĐ-CP"),
        Mark("ND 38/2021", "bao_tang"),
        Mark("nghị định 38"),
        Mark("Luật Di sản văn hóa"),
        Mark("luat di san van hoa nam 2024"),
        Mark("Quyết định 7/QĐ-UBND"),
    ]
    decree, law, decision = gather(marks)
    assert (decree.title, len(decree.gaps)) == ("Nghị định 38/2021/NĐ-CP", 3)
    assert decree.by_unit == {"ql_di_san": 2, "bao_tang": 1}
    assert len(law.gaps) == 2
    assert decision.title == "Quyết định 7/QĐ-UBND"


def test_what_could_be_two_is_neither() -> None:
    found = gather([Mark("TT 05/2021"), Mark("Thông tư 05/2021/TT-TTCP"), Mark("05/2021/TT-BVHTTDL")])
    assert [len(group.gaps) for group in found] == [1, 1, 1]


@given(
    st.lists(st.sampled_from(["ND 38/2021", "nghị định 38", "Nghị định 38/2021/NĐ-CP", "x", "Luật Tố cáo"]))
)
def test_nothing_is_lost_in_gathering(written: list[str]) -> None:
    groups = gather(Mark(law) for law in written)
    assert sorted(gap.law for group in groups for gap in group.gaps) == sorted(written)
