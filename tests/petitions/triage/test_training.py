"""Training: the same texts give the same artefact, nothing is learned from held-out texts, bad lines are told."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from petitions.agency import load_agency
from petitions.triage.fusing import HeldOut, fit_calibration, fit_fusion
from petitions.triage.model import dump, load, packaged
from petitions.triage.texts import BadText, LabelledText, fingerprint, packaged_texts, read_lines
from petitions.triage.training import FOLDS, folds, train
from petitions.wordlists import files

AGENCY = load_agency(
    yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text(encoding="utf-8"))
)


def few() -> list[LabelledText]:
    texts = packaged_texts(AGENCY)
    return [text for text in texts if text.topic in {None, "karaoke_vu_truong", "hoat_dong_thu_vien"}]


def test_the_same_texts_give_the_same_artefact() -> None:
    one, other = train(few(), AGENCY), train(few(), AGENCY)
    assert dump(one.model) == dump(other.model)
    assert len(one.held_out) == len(few())
    inside = [each for each in one.held_out if each.text.kind is not None]
    assert sum(each.seen.topic.value == each.text.topic for each in inside) > 0.8 * len(inside)


def test_the_artefact_holds_what_was_trained() -> None:
    model = packaged()
    assert load(dump(model)).heads["topic"].packed == model.heads["topic"].packed
    assert model.origin["sha256"] == fingerprint(packaged_texts(AGENCY))


def test_a_class_that_stands_in_one_fold_alone_is_learned_all_the_same() -> None:
    texts = [replace(text, urgent=False) for text in few()[::4]]
    texts[-1] = replace(next(text for text in reversed(texts) if text.kind is not None), urgent=True)
    found = train(texts, AGENCY)
    assert found.kept == ()
    assert found.model.heads["severity"].classes == ["no", "yes"]


def test_texts_of_one_matter_are_never_parted() -> None:
    groups = [f"g{number % 40}" for number in range(200)]
    by_group: dict[str, set[int]] = {}
    for group, fold in zip(groups, folds(groups), strict=True):
        by_group.setdefault(group, set()).add(fold)
    assert all(len(found) == 1 for found in by_group.values())
    assert len(set(folds(groups))) == FOLDS


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"text": "a"}', json.dumps({"text": "a", "kind": "none", "topic": "le_hoi"}),
     json.dumps({"text": "a", "kind": "phan_anh", "topic": "no_such_topic"})],
)  # fmt: skip
def test_a_bad_line_is_told_with_its_number(line: str) -> None:
    with pytest.raises(BadText, match="line 2"):
        read_lines(["", line], AGENCY, "file")


def test_cues_that_tell_more_weigh_more() -> None:
    flat = {"a": -0.7, "b": -0.7}
    texts = [HeldOut(flat, ({"a": 1.0}, {"b": float(n % 2)}), "a") for n in range(40)]
    weights = fit_fusion(texts, 2)
    assert weights[1] > 1.0 > weights[2]


def test_calibration_lowers_what_is_too_sure() -> None:
    curve = fit_calibration([(0.99, number % 10 < 7) for number in range(200)])
    assert 0.6 < curve.sure(0.99) < 0.8
