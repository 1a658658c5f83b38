"""No unit gets a case against itself, whatever tree and rules a profile has; every route says why."""

from __future__ import annotations

import copy
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from petitions.accused import AccusedUnits
from petitions.agency import Agency, load_agency
from petitions.agency_parts import OUTSIDE, SUBORDINATE_TYPE
from petitions.kinds import Kind
from petitions.routing import ACCUSING, NOT_OURS, Because, Why, accused_unit, basis_of, is_barred
from tests.handlers.officers.office import sample_agency

DATA: dict[str, Any] = yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8"))
SAMPLE = sample_agency()


@st.composite
def offices(draw: st.DrawFn) -> Agency:
    """An office with any tree of units, any of them no longer active, any rules."""
    count = draw(st.integers(2, 7))
    codes = [f"u{number}" for number in range(count)]
    units = [{"code": "top", "name_vi": "Lãnh đạo", "name_en": "Top", "type": "lanh_dao"}]
    for number, code in enumerate(codes):
        parent = draw(st.sampled_from([None, "top", *codes[:number]]))
        kind = draw(st.sampled_from(["phong", SUBORDINATE_TYPE]))
        gone = number > 0 and draw(st.booleans())
        successor = draw(st.sampled_from(codes[:number])) if gone else None
        units.append(
            {
                "code": code,
                "name_vi": f"Đơn vị {number}",
                "name_en": f"Unit {number}",
                "type": kind,
                "parent": parent,
                "active": not gone,
                "successor": successor,
            }
        )
    topics = [
        {"code": f"t{number}", "unit": code, "name_vi": "Việc", "name_en": "Matter"}
        for number, code in enumerate([*codes, OUTSIDE])
    ]
    targets = st.sampled_from(["topic_unit", "top", *codes, OUTSIDE, "outside:ubnd_tinh"])
    kinds = st.sampled_from([kind.value for kind in Kind])
    against = st.sampled_from(["giam_doc_so", "pho_giam_doc_so", "top", *codes])
    when = st.fixed_dictionaries(
        {},
        optional={
            "kind": kinds,
            "against": against,
            "topic": st.sampled_from([topic["code"] for topic in topics]),
            "second_instance": st.booleans(),
            "topic_unit_type": st.just("lanh_dao"),
        },
    )
    rules = draw(st.lists(st.fixed_dictionaries({"when": when, "to": targets}), max_size=6))
    data = copy.deepcopy(DATA) | {"units": units, "topics": topics, "routing": rules}
    data["agency"] = data["agency"] | {
        "focal_unit": draw(st.sampled_from(codes)),
        "leadership_unit": "top",
        "publishing_unit": None,
        "parent_code": draw(st.sampled_from([None, "ubnd_tinh"])),
    }
    return load_agency(data)


def _above(agency: Agency, unit: str) -> set[str]:
    """The unit and everything above it, worked out apart from the code that is tested."""
    found: set[str] = set()
    code: str | None = agency.answerable(unit).code
    while code is not None and code not in found:
        found.add(code)
        parent = agency.unit(code).parent
        code = agency.answerable(parent).code if parent is not None else None
    return found


@settings(max_examples=400, deadline=None)
@given(offices(), st.sampled_from(list(Kind)), st.booleans(), st.data())
def test_nobody_examines_a_case_against_himself(
    agency: Agency, kind: Kind, second: bool, data: st.DataObject
) -> None:
    codes = [unit.code for unit in agency.units]
    topic = data.draw(st.sampled_from([None, *(topic.code for topic in agency.topics)]))
    against = data.draw(st.sampled_from([None, NOT_OURS, "giam_doc_so", "pho_giam_doc_so", *codes]))
    outside = data.draw(st.sampled_from([None, OUTSIDE, "so_yte"]))
    route = agency.route(kind, topic, against=against, second_instance=second, outside=outside)
    assert agency.unit(route.unit).active
    assert route.because
    accused = accused_unit(agency, against)
    if kind not in ACCUSING or accused is None:
        return
    first_complaint = kind is Kind.COMPLAINT and not second
    if accused == agency.leadership_unit:
        if not first_complaint:  # the authority above is competent; somebody else keeps it until then
            assert route.destination is not None
            assert route.unit != accused
    elif route.destination is None and first_complaint and route.unit == accused:
        assert agency.unit(accused).type == SUBORDINATE_TYPE  # its head settles it first (Đ19)
    else:
        spare = {
            unit.code for unit in agency.units if unit.active and accused not in _above(agency, unit.code)
        }
        assert accused not in _above(agency, route.unit) or not spare


@given(st.sampled_from(list(Kind)), st.data(), st.booleans())
def test_a_route_is_never_barred_by_the_rule_that_transfers_obey(
    kind: Kind, data: st.DataObject, second: bool
) -> None:
    topic = data.draw(st.sampled_from([None, *(topic.code for topic in SAMPLE.topics)]))
    against = data.draw(
        st.sampled_from([None, "giam_doc_so", "pho_giam_doc_so", *(unit.code for unit in SAMPLE.units)])
    )
    route = SAMPLE.route(kind, topic, against=against, second_instance=second)
    assert not is_barred(
        SAMPLE, route.unit, kind, against, second_instance=second, destination=route.destination
    )


@pytest.mark.parametrize(
    ("kind", "topic", "more", "grounds"),
    [
        (Kind.FEEDBACK, "le_hoi", {}, [Why.TOPIC]),
        (Kind.FEEDBACK, None, {}, [Why.NO_TOPIC]),
        (Kind.DENUNCIATION, "le_hoi", {}, [Why.DENUNCIATION]),
        (Kind.DENUNCIATION, None, {"against": "thanh_tra"}, [Why.SELF]),
        (Kind.DENUNCIATION, None, {"against": "pho_giam_doc_so"}, [Why.SELF, Why.DEPUTY]),
        (Kind.DENUNCIATION, None, {"against": "giam_doc_so"}, [Why.ABOVE, Why.HOLDS]),
        (Kind.COMPLAINT, "hoat_dong_bao_tang", {}, [Why.SUBORDINATE_FIRST]),
        (Kind.COMPLAINT, "le_hoi", {}, [Why.OFFICE_FIRST]),
        (Kind.COMPLAINT, "hoat_dong_bao_tang", {"second_instance": True}, [Why.SECOND]),
        (Kind.COMPLAINT, "le_hoi", {"second_instance": True, "against": "giam_doc_so"}, [Why.SECOND_ABOVE]),
        (Kind.FEEDBACK, None, {"outside": "so_yte"}, [Why.OUTSIDE, Why.HOLDS]),
        (Kind.FEEDBACK, "ngoai_tham_quyen", {}, [Why.OUTSIDE_UNKNOWN, Why.HOLDS]),
    ],
)
def test_a_route_carries_its_grounds(
    kind: Kind, topic: str | None, more: dict[str, Any], grounds: list[Why]
) -> None:
    route = SAMPLE.route(kind, topic, **more)
    assert [ground.why for ground in route.because][: len(grounds)] == grounds


def test_a_successor_is_named_as_such() -> None:
    data = copy.deepcopy(DATA)
    next(u for u in data["units"] if u["code"] == "thanh_tra").update(active=False, successor="van_phong")
    route = load_agency(data).route(Kind.DENUNCIATION, "le_hoi")
    assert route.unit == "van_phong"
    assert Because(Why.SUCCESSOR, {"former": "thanh_tra", "unit": "van_phong"}) in route.because


def test_the_articles_stand_beside_what_the_law_decides() -> None:
    assert basis_of(Why.ABOVE, Kind.DENUNCIATION) == "khoản 4 Điều 13 Luật Tố cáo"
    assert basis_of(Why.ABOVE, Kind.COMPLAINT) == ""
    assert basis_of(Why.SUBORDINATE_FIRST, Kind.COMPLAINT).startswith("Điều 19 Luật Khiếu nại")
    assert basis_of(Why.TOPIC, Kind.FEEDBACK) == ""


@given(st.sampled_from(list(Why)), st.dictionaries(st.sampled_from(["unit", "topic"]), st.text(max_size=9)))
def test_a_ground_outlives_the_event_that_keeps_it(why: Why, params: dict[str, str]) -> None:
    ground = Because(why, params)
    assert Because.from_json(ground.to_json()) == ground


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [
        ("Tôi tố cáo ông Nguyễn Văn A, Giám đốc Bảo tàng tỉnh, khai khống", Kind.DENUNCIATION, "bao_tang"),
        ("to cao nhan vien thu vien lay tien the", Kind.DENUNCIATION, "thu_vien"),
        ("Khiếu nại quyết định số 12/QĐ của Thư viện tỉnh", Kind.COMPLAINT, "thu_vien"),
        ("tố cáo trưởng phòng di sản nhận tiền", Kind.DENUNCIATION, "ql_di_san"),
        ("Tố cáo Nhà hát Chèo thu tiền vé khống", Kind.DENUNCIATION, "tt_vhnt"),
        ("tố cáo thanh tra viên vòi tiền", Kind.DENUNCIATION, "thanh_tra"),
        ("Tôi khiếu nại, kính gửi Giám đốc Bảo tàng tỉnh xem xét", Kind.COMPLAINT, None),
        ("tố cáo ông A bán vé trước cổng Bảo tàng tỉnh", Kind.DENUNCIATION, None),
        ("Phản ánh nhân viên thư viện tỉnh", Kind.FEEDBACK, None),
        ("", Kind.DENUNCIATION, None),
        ("🙂" * 50, Kind.DENUNCIATION, None),
        ("tố cáo " * 4000, Kind.DENUNCIATION, None),
    ],
)
def test_the_accused_unit_is_found_by_its_name(text: str, kind: Kind, code: str | None) -> None:
    assert SAMPLE.accused_in(text, kind) == code


def test_a_unit_with_a_short_name_is_not_looked_for() -> None:
    [unit] = [u for u in SAMPLE.units if u.code == "bao_tang"]
    assert (
        AccusedUnits([unit.model_copy(update={"name_vi": "Đội 1"})]).find("tố cáo đội 1", Kind.DENUNCIATION)
        is None
    )


def test_holders_of_an_office_of_its_own() -> None:
    holder = {"code": "chu_tich_xa", "name_vi": "Chủ tịch UBND xã", "heads": True}
    agency = load_agency(copy.deepcopy(DATA) | {"office_holders": [holder]})
    assert accused_unit(agency, "chu_tich_xa") == "lanh_dao"
    assert accused_unit(agency, "giam_doc_so") is None
    route = agency.route(Kind.DENUNCIATION, None, against="chu_tich_xa")
    assert route.destination == "outside:ubnd_tinh"
