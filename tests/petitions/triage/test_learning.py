"""Which decided petitions teach what."""

from __future__ import annotations

from dataclasses import replace

import pytest
import yaml

from petitions.agency import load_agency
from petitions.kinds import Action, Kind, Severity
from petitions.triage.learning import Decision, labelled, learn
from petitions.wordlists import files

AGENCY = load_agency(
    yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text(encoding="utf-8"))
)
ANSWERED = Decision(
    name="1",
    words="Quán hát cạnh nhà mở tới hai giờ sáng, cả xóm không ngủ được.",
    kind=Kind.FEEDBACK,
    topic="karaoke_vu_truong",
    unit="ql_van_hoa",
    destination=None,
    severity=Severity.NORMAL,
    second=False,
    acts=frozenset({Action.ANSWER}),
    suggested={
        "kind": ["phan_anh", 0.9],
        "topic": ["le_hoi", 0.5],
        "unit": ["ql_van_hoa", 0.8],
        "severity": ["urgent", 0.4],
        "chosen": [],
        "version": "x",
    },
)


def test_what_an_officer_worked_on_as_it_was_is_learned_whole() -> None:
    text = labelled(ANSWERED, AGENCY)
    assert text is not None
    assert (text.kind, text.topic, text.unit, text.urgent) == (
        Kind.FEEDBACK,
        "karaoke_vu_truong",
        "ql_van_hoa",
        False,
    )


def test_what_was_only_suggested_teaches_nothing() -> None:
    assert labelled(replace(ANSWERED, acts=frozenset()), AGENCY) is None
    assert labelled(replace(ANSWERED, words="  "), AGENCY) is None


def test_the_suggestions_that_were_right_are_counted_by_field() -> None:
    learned = learn([ANSWERED, replace(ANSWERED, acts=frozenset())], AGENCY)
    assert (learned.looked_at, len(learned.texts)) == (2, 1)
    assert learned.right == {"kind": (1, 1), "topic": (0, 1), "unit": (1, 1), "severity": (0, 1)}


def test_a_transfer_alone_says_the_unit_but_not_the_topic() -> None:
    moved = labelled(replace(ANSWERED, unit="ql_di_san", acts=frozenset({Action.TRANSFER})), AGENCY)
    assert moved is not None
    assert (moved.unit, moved.topic, moved.urgent) == ("ql_di_san", None, None)
    museum = labelled(replace(ANSWERED, unit="bao_tang", acts=frozenset({Action.TRANSFER})), AGENCY)
    assert museum is not None
    assert museum.topic == "hoat_dong_bao_tang"


@pytest.mark.parametrize(
    ("destination", "topic"),
    [("outside:so_nnmt", "outside:so_nnmt"), ("outside:unheard_of", None), ("outside", None)],
)
def test_another_authority_is_the_subject(destination: str, topic: str | None) -> None:
    away = replace(
        ANSWERED,
        topic="ngoai_tham_quyen",
        unit="thanh_tra",
        destination=destination,
        acts=frozenset({Action.PASS_ON}),
    )
    text = labelled(away, AGENCY)
    assert text is not None
    assert (text.topic, text.unit) == (topic, destination)


def test_a_tip_is_learned_as_the_denunciation_it_came_as() -> None:
    tip = labelled(replace(ANSWERED, kind=Kind.ANONYMOUS_TIP, unit="thanh_tra"), AGENCY)
    assert tip is not None
    assert tip.kind is Kind.DENUNCIATION


def test_the_citizens_own_word_counts_before_an_officer_looks() -> None:
    own = replace(
        ANSWERED,
        kind=Kind.RECOMMENDATION,
        acts=frozenset(),
        suggested=dict(ANSWERED.suggested) | {"chosen": ["kind"]},
    )
    text = labelled(own, AGENCY)
    assert text is not None
    assert (text.kind, text.topic, text.urgent) == (Kind.RECOMMENDATION, None, None)
    assert labelled(replace(own, kind=Kind.FEEDBACK), AGENCY) is None


def test_copies_of_one_text_share_a_group() -> None:
    other = replace(
        ANSWERED, name="2", words="Thư viện tỉnh đóng cửa cả tháng, bạn đọc không mượn được sách nào."
    )
    texts = learn([ANSWERED, other, replace(ANSWERED, name="3")], AGENCY).texts
    assert texts[0].group == texts[2].group != texts[1].group


def test_a_topic_the_profile_no_longer_has_is_no_subject() -> None:
    gone = labelled(replace(ANSWERED, topic="gone"), AGENCY)
    assert gone is not None
    assert (gone.topic, gone.unit) == (None, "ql_van_hoa")
