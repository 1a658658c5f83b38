"""The papers: which there are, what the law wants in each, how many may represent a group."""

from __future__ import annotations

from dataclasses import replace

import pytest

from petitions.kinds import Kind
from petitions.papers import (
    FIELDS,
    Extent,
    Need,
    Paper,
    Person,
    missing,
    paper_of,
    representatives_allowed,
    value_of,
    withdrawal_of,
)
from tests.bot.papers.sample import EMPTY, FULL, HANH, LAN, PEOPLE

IDENTITY = ("identity_number", "identity_issued_on", "identity_issued_by")


def test_wire_values_stay() -> None:
    assert [paper.value for paper in Paper] == [
        "complaint",
        "authorisation",
        "complaint_withdrawal",
        "denunciation",
        "denunciation_withdrawal",
        "recommendation",
        "feedback",
        "group_list",
    ]
    assert [extent.value for extent in Extent] == ["all", "part"]


def test_each_kind_has_its_paper_and_nobody_signs_a_tip() -> None:
    papers = {kind: paper_of(kind) for kind in Kind}
    assert papers == {
        Kind.COMPLAINT: Paper.COMPLAINT,
        Kind.DENUNCIATION: Paper.DENUNCIATION,
        Kind.RECOMMENDATION: Paper.RECOMMENDATION,
        Kind.FEEDBACK: Paper.FEEDBACK,
        Kind.ANONYMOUS_TIP: None,
    }
    assert {kind: withdrawal_of(kind) for kind in Kind if withdrawal_of(kind)} == {
        Kind.COMPLAINT: Paper.COMPLAINT_WITHDRAWAL,
        Kind.DENUNCIATION: Paper.DENUNCIATION_WITHDRAWAL,
    }


def test_every_field_can_be_read_and_names_its_article() -> None:
    assert set(FIELDS) == set(Paper)
    for paper, fields in FIELDS.items():
        keys = [field.key for field in fields]
        assert len(set(keys)) == len(keys), paper
        for field in fields:
            assert value_of(field.key, FULL) is not None, (paper, field.key)
            assert any(word in field.article for word in ("Luật", "Nghị định", "Thông tư"))
            assert field.sensitive == ("identity" in field.key)
            assert field.required == (field.need is Need.ALWAYS)


@pytest.mark.parametrize(
    ("paper", "lacking"),
    [
        (
            Paper.COMPLAINT,
            ("written_on", "name", *IDENTITY, "address", "respondent", "decision", "story", "request"),
        ),
        (
            Paper.AUTHORISATION,
            (
                "written_on", "name", "address", *IDENTITY,
                "authorised_name", "authorised_address", *(f"authorised_{key}" for key in IDENTITY), "scope",
            ),
        ),
        (Paper.COMPLAINT_WITHDRAWAL, ("written_on", "name", "address")),
        (Paper.DENUNCIATION, ("written_on", "name", "address", "phone", "accused", "story")),
        (Paper.DENUNCIATION_WITHDRAWAL, ("written_on", "name", "address", "phone")),
        (Paper.RECOMMENDATION, ("written_on", "name", "address", "story")),
        (Paper.FEEDBACK, ("written_on", "name", "address", "story")),
        (Paper.GROUP_LIST, ("written_on", "people", "scope")),
    ],
)  # fmt: skip
def test_what_the_law_wants_of_an_empty_and_a_full_paper(paper: Paper, lacking: tuple[str, ...]) -> None:
    """Luật Khiếu nại Đ8 k2 with Mẫu 01; Luật Tố cáo Đ23 k1; Thông tư 05/2021 Đ6; Nghị định 124/2020 Đ7."""
    assert missing(paper, EMPTY) == lacking
    full = replace(FULL, people=PEOPLE, representatives=(HANH, LAN)) if paper is Paper.GROUP_LIST else FULL
    assert missing(paper, full) == ()


def test_blank_words_are_no_answer() -> None:
    blank = replace(FULL, petitioner=replace(HANH, name=" \n"), story=("  ", ""), request="\t")
    assert missing(Paper.COMPLAINT, blank) == ("name", "story", "request")


def test_an_authorised_person_is_identified_as_well() -> None:
    known = replace(FULL, authorised=Person(name="Lê Văn Lân"))
    assert missing(Paper.COMPLAINT, known) == tuple(f"authorised_{key}" for key in IDENTITY)
    assert missing(Paper.COMPLAINT, replace(FULL, authorised=Person())) == ()


@pytest.mark.parametrize("paper", [Paper.COMPLAINT_WITHDRAWAL, Paper.DENUNCIATION_WITHDRAWAL])
def test_a_part_that_is_withdrawn_is_named(paper: Paper) -> None:
    part = replace(FULL, extent=Extent.PART)
    assert missing(paper, part) == ("withdrawn",)
    assert missing(paper, replace(part, withdrawn="Phần về tiền phạt")) == ()


@pytest.mark.parametrize(
    ("people", "fewest", "most"),
    [(2, 0, 2), (4, 0, 4), (5, 1, 2), (10, 1, 2), (11, 1, 5), (200, 1, 5)],
)
def test_how_many_may_represent_a_group(people: int, fewest: int, most: int) -> None:
    """Luật Tiếp công dân Đ29: 5 to 10 people 1 or 2; more than 10 at most 5."""
    allowed = representatives_allowed(people)
    assert (allowed[0], allowed[-1]) == (fewest, most)


def test_representatives_are_some_of_the_people_and_not_too_many() -> None:
    group = replace(FULL, people=PEOPLE)
    assert len(PEOPLE) == 6
    right = [(HANH,), (HANH, LAN), (Person(name="nguyễn thị hạnh"),)]
    wrong = [(), (HANH, LAN, PEOPLE[2]), (Person(name="Người Lạ"),), (HANH, HANH)]
    for chosen in right:
        assert missing(Paper.GROUP_LIST, replace(group, representatives=chosen)) == (), chosen
    for chosen in wrong:
        assert missing(Paper.GROUP_LIST, replace(group, representatives=chosen)) == ("representatives",), (
            chosen
        )


def test_each_of_a_group_has_name_and_address_and_a_denouncer_a_way_to_be_reached() -> None:
    group = replace(FULL, people=PEOPLE, representatives=(HANH,))
    unreachable = replace(group, people=(*PEOPLE, Person(name="Ngô Thị Út", address="Thôn 1")))
    homeless = replace(group, people=(*PEOPLE, Person(name="Ngô Thị Út", phone="0912345678")))
    assert missing(Paper.GROUP_LIST, unreachable) == ()
    assert missing(Paper.GROUP_LIST, homeless) == ("people",)
    assert missing(Paper.GROUP_LIST, replace(unreachable, kind=Kind.DENUNCIATION)) == ("people",)


def test_a_denunciation_of_several_names_who_represents_them() -> None:
    """Luật Tố cáo Đ23 k1."""
    several = replace(FULL, kind=Kind.DENUNCIATION, people=PEOPLE[:3])
    assert missing(Paper.DENUNCIATION, several) == ("representatives",)
    assert missing(Paper.DENUNCIATION, replace(several, representatives=(LAN,))) == ()
    assert missing(Paper.DENUNCIATION, replace(several, people=PEOPLE[:1])) == ()
