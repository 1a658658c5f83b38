"""The agency profile: the shipped one is sound, faults are named by place, routing follows the file."""

from __future__ import annotations

import copy
from importlib.resources import files
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from petitions.agency import Agency, ProfileProblem, Route, UnknownCode, load_agency
from petitions.kinds import Kind

DATA: dict[str, Any] = yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8"))
AGENCY = load_agency(DATA)
TOPICS = [topic.code for topic in AGENCY.topics]


def changed(**sections: Any) -> dict[str, Any]:
    return copy.deepcopy(DATA) | sections


def problems(data: dict[str, Any]) -> list[str]:
    with pytest.raises(ProfileProblem) as caught:
        load_agency(data)
    assert str(caught.value) == "\n".join(map(str, caught.value.problems))
    return [str(problem) for problem in caught.value.problems]


def test_the_shipped_profile_is_sound() -> None:
    assert AGENCY.code == "svhttdl_ha_nam"
    assert AGENCY.name("vi").startswith("Sở Văn hóa")
    assert AGENCY.name("en").startswith("Department of Culture")
    assert AGENCY.unit("bao_tang").name("vi") == "Bảo tàng tỉnh"
    assert AGENCY.topic("le_hoi").name("en") == "Festivals"
    assert "113" in AGENCY.outside_authority("outside:cong_an_tinh").guidance("vi")
    assert (AGENCY.focal_unit, AGENCY.leadership_unit) == ("thanh_tra", "lanh_dao")
    assert AGENCY.zone.key == AGENCY.timezone == "Asia/Ho_Chi_Minh"
    assert len(AGENCY.outside) == 15
    assert AGENCY.emergency.children == "111"


def test_facts_the_file_does_not_tell_stay_unknown() -> None:
    assert AGENCY.office.address_vi is None
    assert AGENCY.office.opening_hours_vi is None
    assert AGENCY.office.phone is None
    assert AGENCY.duty_contacts == ()
    assert AGENCY.kind(Kind.ANONYMOUS_TIP) is None


@pytest.mark.parametrize("code", ["", "x", "outside", "topic_unit"])
def test_unknown_codes_are_refused(code: str) -> None:
    with pytest.raises(UnknownCode):
        AGENCY.unit(code)
    with pytest.raises(UnknownCode):
        AGENCY.topic(code)
    with pytest.raises(UnknownCode):
        AGENCY.outside_authority(code)


@pytest.mark.parametrize(
    ("kind", "topic", "extra", "route"),
    [
        (Kind.FEEDBACK, "karaoke_vu_truong", {}, Route("ql_van_hoa", None, "routing[7]")),
        (Kind.RECOMMENDATION, "hoat_dong_thu_vien", {}, Route("thu_vien", None, "routing[7]")),
        (Kind.FEEDBACK, "hoat_dong_thu_vien", {"against": "thu_vien"}, Route("thu_vien", None, "routing[7]")),
        (Kind.COMPLAINT, "quang_cao_ngoai_troi", {}, Route("thanh_tra", None, "routing[6]")),
        (Kind.COMPLAINT, "hoat_dong_bao_tang", {}, Route("bao_tang", None, "routing[5]")),
        (
            Kind.COMPLAINT,
            "hoat_dong_bao_tang",
            {"second_instance": True},
            Route("lanh_dao", None, "routing[3]"),
        ),
        (Kind.COMPLAINT, "giai_quyet_don", {"against": "thanh_tra"}, Route("lanh_dao", None, "routing[2]")),
        (Kind.DENUNCIATION, "tu_bo_di_tich", {}, Route("thanh_tra", None, "routing[4]")),
        (Kind.DENUNCIATION, None, {"against": "thanh_tra"}, Route("lanh_dao", None, "routing[2]")),
        (
            Kind.DENUNCIATION,
            None,
            {"against": "giam_doc_so"},
            Route("thanh_tra", "outside:ubnd_tinh", "routing[1]"),
        ),
        (Kind.ANONYMOUS_TIP, "tu_bo_di_tich", {}, Route("thanh_tra", None, "routing[4]")),
        (Kind.ANONYMOUS_TIP, None, {"against": "thanh_tra"}, Route("lanh_dao", None, "routing[2]")),
        (Kind.FEEDBACK, None, {}, Route("thanh_tra", None, "no_topic")),
        (Kind.COMPLAINT, "ngoai_tham_quyen", {}, Route("thanh_tra", "outside", "routing[0]")),
        (
            Kind.COMPLAINT,
            "ngoai_tham_quyen",
            {"outside": "outside:so_nnmt"},
            Route("thanh_tra", "outside:so_nnmt", "outside"),
        ),
        (
            Kind.DENUNCIATION,
            None,
            {"against": "lanh_dao"},
            Route("thanh_tra", "outside:ubnd_tinh", "own_case"),
        ),
    ],
)
def test_routing_follows_the_file(kind: Kind, topic: str | None, extra: dict[str, Any], route: Route) -> None:
    assert AGENCY.route(kind, topic, **extra) == route


def test_the_accused_never_gets_its_own_case_whatever_the_rules_say() -> None:
    lax = load_agency(changed(routing=[{"when": {}, "to": "topic_unit"}]))
    assert lax.route(Kind.DENUNCIATION, "le_hoi", against="ql_van_hoa") == Route("lanh_dao", None, "own_case")
    to_leaders = load_agency(changed(routing=[{"when": {}, "to": "lanh_dao"}]))
    assert to_leaders.route(Kind.DENUNCIATION, None, against="lanh_dao") == Route(
        "thanh_tra", "outside:ubnd_tinh", "own_case"
    )
    away = AGENCY.route(Kind.DENUNCIATION, None, against="thanh_tra", outside="ubnd_tinh")
    assert away == Route("lanh_dao", "outside:ubnd_tinh", "outside")


def test_no_rule_at_all_leads_to_the_focal_unit() -> None:
    bare = load_agency(changed(routing=[]))
    assert bare.route(Kind.FEEDBACK, "le_hoi") == Route("thanh_tra", None, "default")


def test_a_successor_answers_after_a_reorganisation() -> None:
    data = changed()
    next(unit for unit in data["units"] if unit["code"] == "thanh_tra").update(
        active=False, successor="van_phong"
    )
    agency = load_agency(data)
    assert agency.answerable("thanh_tra").code == "van_phong"
    assert agency.unit("thanh_tra").name("vi") == "Thanh tra Sở"
    assert agency.focal_unit == "van_phong"
    assert agency.route(Kind.DENUNCIATION, "le_hoi").unit == "van_phong"
    accused = agency.route(Kind.DENUNCIATION, "le_hoi", against="van_phong")
    assert accused == Route("lanh_dao", None, "routing[2]")


@given(
    st.sampled_from(list(Kind)),
    st.sampled_from([None, *TOPICS]),
    st.sampled_from([None, "giam_doc_so", "pho_giam_doc_so", *(unit.code for unit in AGENCY.units)]),
    st.booleans(),
    st.sampled_from([None, "outside", *(authority.code for authority in AGENCY.outside)]),
)
def test_every_petition_has_one_active_answerable_unit(
    kind: Kind, topic: str | None, against: str | None, second: bool, outside: str | None
) -> None:
    route = AGENCY.route(kind, topic, against=against, second_instance=second, outside=outside)
    assert AGENCY.unit(route.unit).active
    if route.destination is None:
        assert outside is None
        assert topic != "ngoai_tham_quyen"
        sealed = kind in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}
        assert not (sealed and route.unit == against)
    elif route.destination != "outside":
        assert AGENCY.outside_authority(route.destination)


def _edit(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    data: Any = changed()
    spot = data
    for step in path[:-1]:
        spot = spot[step]
    if value is None:
        del spot[path[-1]]
    else:
        spot[path[-1]] = value
    return dict(data)


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("topics", 3, "unit"), "ql_vanhoa", "topics[3].unit: unknown unit 'ql_vanhoa'"),
        (("routing", 4, "to"), "thanhtra", "routing[4].to: unknown unit 'thanhtra'"),
        (("routing", 1, "to"), "outside:x", "routing[1].to: unknown outside authority 'x'"),
        (("routing", 0, "when", "topic"), "x", "routing[0].when.topic: unknown topic 'x'"),
        (
            ("routing", 5, "when", "topic_unit_type"),
            "x",
            "routing[5].when.topic_unit_type: no unit is of type 'x'",
        ),
        (("routing", 4, "when", "kinds"), "to_cao", "routing[4].when.kinds: unknown key 'kinds'"),
        (("agency", "focal_unit"), "x", "agency.focal_unit: unknown unit 'x'"),
        (("agency", "focal_unit"), None, "agency: key 'focal_unit' is missing"),
        (("agency", "parent_code"), "x", "agency.parent_code: unknown outside authority 'x'"),
        (("agency", "timezone"), "Asia/Hanoi", "agency.timezone: no such time zone: Asia/Hanoi"),
        (("agency", "adress_vi"), "12 Lê Lợi", "agency.adress_vi: unknown key 'adress_vi'"),
        (("units", 2, "successor"), "x", "units[2].successor: unknown unit 'x'"),
        (("units", 2, "active"), False, "units[2].successor: 'thanh_tra' is not active: say who answers"),
        (("units", 1, "topics", 0), "x", "units[1].topics[0]: unknown topic 'x'"),
        (("units", 1, "topics", 0), "le_hoi", "units[1].topics[0]: topic 'le_hoi' belongs to 'ql_van_hoa'"),
        (("units", 3, "code"), "van_phong", "units[3].code: 'van_phong' is already used by units[1]"),
        (("units", 3, "code"), "outside", "units[3].code: 'outside' is a word of the file itself"),
        (("units", 3, "code"), "Văn phòng", "units[3].code: string should match pattern"),
        (("units", 3, "name_vi"), "  ", "units[3].name_vi: string should have at least 1 character"),
        (("units", 0, "type"), "phong", "agency.leadership_unit: no unit is of type 'lanh_dao'"),
        (("kinds", "to_cao"), None, "kinds: kind 'to_cao' is missing"),
        (("topics",), None, "key 'topics' is missing"),
        (("emergency",), {"polis": "113"}, "emergency.polis: unknown key 'polis'"),
        (
            ("duty_contacts",),
            [{"unit": "x", "name": "Trực ban", "phone": "0226 000 000"}],
            "duty_contacts[0].unit: unknown unit 'x'",
        ),
    ],
)
def test_a_fault_in_the_file_is_named_by_its_place(
    path: tuple[str | int, ...], value: Any, message: str
) -> None:
    assert any(problem.startswith(message) for problem in problems(_edit(path, value))), message


def test_an_unknown_kind_is_named() -> None:
    faults = problems(_edit(("kinds", "khieunai"), {"name_vi": "a", "name_en": "b", "meaning_vi": "c"}))
    assert any(fault.startswith("kinds.khieunai: ") for fault in faults)


def test_circular_successors_are_named_once_for_each_unit() -> None:
    data = changed()
    for code, successor in (("thanh_tra", "van_phong"), ("van_phong", "thanh_tra")):
        unit = next(unit for unit in data["units"] if unit["code"] == code)
        unit.update(active=False, successor=successor)
    assert problems(data) == [
        "units[1].successor: 'thanh_tra' leads back to 'van_phong'",
        "units[2].successor: 'van_phong' leads back to 'thanh_tra'",
    ]


def test_the_fields_of_the_file_cannot_be_changed_afterwards() -> None:
    with pytest.raises(ValueError, match="frozen"):
        AGENCY.units[0].active = False
    assert Agency.model_validate(DATA) == AGENCY


def test_topics_name_the_field_of_the_report_forms() -> None:
    agency = load_agency(changed())
    corruption, personnel = agency.topic("tham_nhung_tieu_cuc"), agency.topic("to_chuc_can_bo")
    assert corruption.report_field(Kind.DENUNCIATION) == "corruption"
    assert corruption.report_field(Kind.COMPLAINT) == "other"
    assert personnel.report_field(Kind.COMPLAINT) == "policy"
    assert agency.topic("le_hoi").report_field(Kind.DENUNCIATION) == "administrative"
    assert agency.topic("gop_y_chinh_sach").report_field(Kind.RECOMMENDATION) == "policy"


def test_a_field_the_forms_do_not_have_is_named() -> None:
    data = changed()
    data["topics"][0]["report"] = {"complaint": "karaoke"}
    with pytest.raises(ProfileProblem, match=r"topics\[0\]\.report\.complaint"):
        load_agency(data)
