"""Why a case ends or turns: the closed lists of reason codes, each with the article it rests on.

A code is a wire value: stored, counted in reports, never renamed. Its short and long text stand in the
texts under `reasons.short_<code>` and `reasons.long_<code>`.
"""

from __future__ import annotations

from typing import Final

SUPPLEMENT: Final = "supplement"
INELIGIBLE: Final = "ineligible"
NOTHING_NEW: Final = "nothing_new"
"""The one ineligible case that the law answers with a written refusal (D154 Đ4 k1h, k3; rule A-05)."""

CODES: Final[dict[str, tuple[str, ...]]] = {
    # What a đơn still lacks (L02 Đ8 k2; L25 Đ23 k1; Thông tư 05/2021 Đ6; L42 Đ29 for groups).
    SUPPLEMENT: (
        "lacks_signature",
        "lacks_identity",
        "lacks_address",
        "lacks_contact",
        "lacks_date",
        "lacks_other_side",
        "lacks_content",
        "lacks_documents",
        "lacks_representative",
        "lacks_translation",
        "page_unreadable",
    ),
    # Không đủ điều kiện xử lý (Thông tư 05/2021 Đ6 k2); D154 Đ4 k1h for what was answered before.
    INELIGIBLE: (
        "unsigned",
        "no_name_address",
        "no_content",
        "not_vietnamese",
        "unreadable",
        "insulting",
        "many_bodies",
        "guided_once",
        NOTHING_NEW,
        "settled_before",
        "form_never_completed",
    ),
    # Không thụ lý khiếu nại: the nine grounds of L02 Đ11.
    "not_accept_complaint": (
        "internal_act",
        "not_own_right",
        "no_capacity",
        "unlawful_representative",
        "unsigned",
        "too_late",
        "second_decision_made",
        "not_continued",
        "in_court",
    ),
    # Không thụ lý tố cáo: the conditions of L25 Đ29 k1 that are not met.
    "not_accept_denunciation": (
        "not_in_form",
        "denouncer_no_capacity",
        "not_competent",
        "no_basis",
        "after_settled_complaint",
    ),
    # Thông tin nặc danh: L25 Đ25 k1.
    "anonymous": ("name_unclear", "denouncer_unknown", "borrowed_name", "not_in_form"),
    # Ngoài thẩm quyền: L42 Đ26; L25 Đ24 k2, Đ27 k1; Thông tư 05/2021 Đ15.
    "outside": ("other_field", "other_level", "other_place", "court_matter", "crime_signs", "party_matter"),
    # The same matter twice (L25 Đ24 k3 and Thông tư 05/2021 Đ6 support it).
    "duplicate": ("same_content", "sent_again"),
    # Phức tạp: the seven criteria of D124 Đ3a (D155 Đ2), of which one suffices.
    "complex_complaint": (
        "several_places",
        "several_contents",
        "many_people",
        "foreign_element",
        "several_bodies",
        "bodies_differ",
        "conflicting_evidence",
    ),
    # Gia hạn giải quyết tố cáo: L25 Đ30 k2–3; D31 Đ3 k2–3 (the criteria are named in the decision).
    "extend_denunciation": ("one_criterion", "several_criteria"),
    # Tạm đình chỉ: L02 Đ11a k1; L25 Đ34 k1.
    "suspend_complaint": ("complainant_kept_away", "waiting_other_body"),
    "suspend_denunciation": ("waiting_other_body", "waiting_other_case", "waiting_expert"),
    # Đình chỉ: L02 Đ11a k2; L25 Đ34 k3.
    "discontinue_complaint": ("all_withdrawn", "no_successor", "nothing_left", "court_took_it"),
    "discontinue_denunciation": ("all_withdrawn", "denounced_died", "final_judgment"),
    # A withdrawn denunciation goes on: L25 Đ33 k3; D156 Đ1 k4.
    "keep_going": ("violation_signs", "coerced", "threatened", "bribed", "slander"),
    # Results as the report forms count them (C06 03/GQKN cols 8–12, 04/GQTC cols 8–13).
    "result_first": ("complaint_right", "complaint_wrong", "complaint_partly"),
    "result_second": ("first_upheld", "first_changed"),
    "result_denunciation": ("denunciation_true", "denunciation_untrue", "denunciation_partly"),
    # Why somebody else answers now.
    "reassign": ("officer_away", "officer_left", "unit_dissolved", "group_gone", "nobody_left", "own_case"),
}

RESULT_OF: Final = {
    "complaint_right": 8,
    "complaint_wrong": 9,
    "complaint_partly": 10,
    "first_upheld": 11,
    "first_changed": 12,
}
"""Column of form 03/GQKN that counts a decision with this result."""

ALL_CODES: Final = frozenset(code for codes in CODES.values() for code in codes)


def codes_of(vocabulary: str) -> tuple[str, ...]:
    """The codes of a list, in the order they are offered. Raises KeyError for a list there is not."""
    return CODES[vocabulary]


_BASIS: Final = {
    SUPPLEMENT: "Điều 6 Thông tư 05/2021/TT-TTCP",
    INELIGIBLE: "khoản 2 Điều 6 Thông tư 05/2021/TT-TTCP",
    "not_accept_denunciation": "khoản 1 Điều 29 Luật Tố cáo",
    "anonymous": "khoản 1 Điều 25 Luật Tố cáo",
    "outside": "Điều 26 Luật Tiếp công dân",
    "complex_complaint": "Điều 3a Nghị định 124/2020/NĐ-CP",
    "extend_denunciation": "Điều 30 Luật Tố cáo",
    "suspend_complaint": "khoản 1 Điều 11a Luật Khiếu nại",
    "suspend_denunciation": "khoản 1 Điều 34 Luật Tố cáo",
    "discontinue_complaint": "khoản 2 Điều 11a Luật Khiếu nại",
    "discontinue_denunciation": "khoản 3 Điều 34 Luật Tố cáo",
    "keep_going": "khoản 3 Điều 33 Luật Tố cáo",
    "result_first": "Điều 31 Luật Khiếu nại",
    "result_second": "Điều 40 Luật Khiếu nại",
    "result_denunciation": "Điều 35 Luật Tố cáo",
}


def basis_of(vocabulary: str, code: str) -> str:
    """The article a code of that list rests on, as it is shown to people; "" where no article names it.

    The nine grounds of Luật Khiếu nại Đ11 have a clause each, in their order.
    """
    if vocabulary == "not_accept_complaint":
        return f"khoản {CODES[vocabulary].index(code) + 1} Điều 11 Luật Khiếu nại"
    if code == NOTHING_NEW:
        return "điểm h khoản 1 Điều 4 Nghị định 154/2026/NĐ-CP"
    return _BASIS.get(vocabulary, "")
