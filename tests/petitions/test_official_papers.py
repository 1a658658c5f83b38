"""The table of official papers: which form is offered at which step, and that each row is sound."""

from __future__ import annotations

import pytest

from handlers.texts import LANGUAGES, Catalogue
from petitions.clock_steps import rule_of
from petitions.kinds import Action, Kind, Stage
from petitions.official_papers import (
    FIELDS,
    PERSONAL,
    Fact,
    Fit,
    Situation,
    is_for,
    offered,
    paper_of,
    papers,
)
from petitions.rules import Mark
from tests.petitions.test_workflow import ACase

COMPLAINT, DENUNCIATION = Kind.COMPLAINT, Kind.DENUNCIATION


def codes(
    kind: Kind, stage: Stage, fit: Fit, *, instance: int = 1, running: str = "", fact: Fact | None = None
) -> list[str]:
    case = Situation(
        kind=kind,
        stage=stage,
        instance=instance,
        running=frozenset(running.split()),
        facts=frozenset({fact} if fact else ()),
    )
    return [one.paper.code for one in offered(case) if one.fit is fit]


@pytest.mark.parametrize(
    ("kind", "stage", "more", "now"),
    [
        (COMPLAINT, Stage.ELIGIBLE, {}, ["xld_01", "kn_03"]),
        (COMPLAINT, Stage.ACCEPTED, {}, ["kn_03"]),
        (COMPLAINT, Stage.ACCEPTED, {"instance": 2, "fact": Fact.DIALOGUE}, ["kn_03", "kn_14"]),
        (COMPLAINT, Stage.NOT_ACCEPTED, {}, ["kn_04"]),
        (COMPLAINT, Stage.VERIFYING, {}, ["kn_15"]),
        (COMPLAINT, Stage.VERIFYING, {"instance": 2}, ["kn_16"]),
        (COMPLAINT, Stage.VERIFYING, {"running": "send_resumption"}, ["kn_15", "kn_14b"]),
        (COMPLAINT, Stage.VERIFYING, {"fact": Fact.WISH}, ["kn_15", "kn_14a_dinh"]),
        (COMPLAINT, Stage.SUSPENDED, {"running": "send_suspension"}, ["kn_14a_tam"]),
        (COMPLAINT, Stage.SUSPENDED, {}, []),
        (COMPLAINT, Stage.DISCONTINUED, {}, ["kn_14a_dinh"]),
        (COMPLAINT, Stage.DECIDED, {"running": "send_decision"}, ["kn_15"]),
        (COMPLAINT, Stage.DECIDED, {}, []),
        (COMPLAINT, Stage.GUIDED, {}, ["xld_huong_dan"]),
        (DENUNCIATION, Stage.ELIGIBLE, {}, ["xld_01", "tc_04"]),
        (
            DENUNCIATION,
            Stage.ACCEPTED,
            {"running": "notify_acceptance"},
            ["tc_04", "tc_05", "tc_06", "tc_07"],
        ),
        (DENUNCIATION, Stage.VERIFYING, {}, ["tc_12", "tc_10"]),
        (DENUNCIATION, Stage.VERIFYING, {"fact": Fact.WISH}, ["tc_12", "tc_10", "tc_03"]),
        (DENUNCIATION, Stage.NOT_ACCEPTED, {}, ["tc_05_khong"]),
        (DENUNCIATION, Stage.PASSED_ON, {}, ["xld_03"]),
        (Kind.FEEDBACK, Stage.PASSED_ON, {}, ["xld_chuyen"]),
        (Kind.FEEDBACK, Stage.NOT_ACCEPTED, {"fact": Fact.REFUSED}, ["tcd_01"]),
        (Kind.RECOMMENDATION, Stage.IN_PROGRESS, {}, []),
        (Kind.ANONYMOUS_TIP, Stage.IN_PROGRESS, {}, []),
    ],
)
def test_the_step_at_hand_has_its_papers_first(
    kind: Kind, stage: Stage, more: dict[str, object], now: list[str]
) -> None:
    assert codes(kind, stage, Fit.NOW, **more) == now  # type: ignore[arg-type]


def test_what_may_be_needed_comes_next_and_the_rest_of_the_kind_last() -> None:
    assert codes(DENUNCIATION, Stage.VERIFYING, Fit.MAY)[:3] == ["tc_05", "tc_06", "tc_07"]
    assert "tc_01" in codes(DENUNCIATION, Stage.ACCEPTED, Fit.MAY)
    assert "kn_04" in codes(COMPLAINT, Stage.ELIGIBLE, Fit.MAY)
    assert "kn_15" in codes(COMPLAINT, Stage.ELIGIBLE, Fit.OTHER)
    assert "kn_16" not in codes(COMPLAINT, Stage.ELIGIBLE, Fit.OTHER)
    case = Situation(kind=COMPLAINT, stage=Stage.ACCEPTED, instance=1, running=frozenset(), facts=frozenset())
    order = [one.fit for one in offered(case)]
    assert order == sorted(order, key=list(Fit).index)


def test_every_form_of_the_law_reference_is_there() -> None:
    """law.md section 10, without the papers that citizens write (`petitions.papers`) and the reception book."""
    numbered = {(paper.form, paper.source.partition("/")[0]) for paper in papers() if paper.form}
    assert numbered == {
        *((f"Mẫu số {number}/TCD", "Nghị định 154") for number in ("01", "02")),
        *((f"Mẫu số {number}", "Nghị định 155") for number in ("03", "04", "14", "14a", "14b")),
        *((f"Mẫu số {number}", "Nghị định 124") for number in ("11", "12", "15", "16")),
        *((f"Mẫu số {number:02d}", "Nghị định 31") for number in (1, *range(4, 13))),
        ("Mẫu số 03", "Nghị định 156"),
        *((f"Mẫu số {number}", "Thông tư 05") for number in ("01", "03")),
    }


def test_every_row_is_sound() -> None:
    texts = [Catalogue.load().language(language) for language in LANGUAGES]
    for paper in papers():
        assert paper.article, paper.code
        assert paper.article[0].isalpha(), paper.code
        assert paper.verified or (paper.mark is Mark.RECALLED and not paper.form), paper.code
        assert set(paper.kinds) <= {*Kind} - {Kind.ANONYMOUS_TIP}, paper.code
        for when in (*paper.now, *paper.may):
            assert all(f"drafts.why_{when.why}" in each for each in texts), (paper.code, when.why)
        assert set(paper.events) <= {*Action}
    reasons = {when.why for paper in papers() for when in (*paper.now, *paper.may)}
    keys = texts[0].keys()
    told = {key.rpartition("why_")[2] for key in keys if key.startswith("drafts.why_")}
    assert reasons == told
    assert PERSONAL < FIELDS


def test_each_limit_a_paper_names_is_one_of_the_case() -> None:
    for paper in papers():
        if paper.step:
            rules = [
                rule_of(
                    paper.step,
                    ACase(kind=kind, instance=paper.instance or 1, destination="outside:ubnd_tinh"),
                )
                for kind in paper.kinds
            ]
            assert any(rules), paper.code


def test_what_goes_to_others_in_a_denunciation_names_nobody() -> None:
    others = {"tc_01", "tc_04", "tc_06", "tc_07", "tc_08", "tc_09", "tc_10", "tc_11", "tc_12"}
    assert {paper.code for paper in papers() if not paper.names} == others


def test_a_paper_is_for_its_kind_and_instance_only() -> None:
    assert is_for("kn_16", COMPLAINT, 3) is paper_of("kn_16")
    assert is_for("kn_16", COMPLAINT, 1) is None
    assert is_for("tc_04", COMPLAINT, 1) is None
    assert is_for("nothing_here", COMPLAINT, 1) is None
