"""Training: from labelled texts to a model, with the answers it gave about texts it had not seen.

Everything is fixed by the texts and the parameters, so anybody gets the same artefact.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from petitions.agency import Agency
from petitions.triage.desks import Desks
from petitions.triage.evidence import HEADS, NO, YES, Evidence, EvidenceReader
from petitions.triage.fusing import HeldOut, fit_calibration, fit_fusion
from petitions.triage.grams import rarity, weights
from petitions.triage.judging import Judged, judge
from petitions.triage.model import Calibration, Head, Model, fuse
from petitions.triage.softmax import Example, Fitted, Plan, fit, softmax
from petitions.triage.texts import LabelledText, fingerprint
from petitions.understanding import KeywordSuggester

FOLDS: Final = 5
_SEED: Final = 5
_LEAST_MATTERS: Final = 2
"""A gram that texts of fewer matters have tells nothing about others, and might be somebody's name."""
_URGENT_RECALL: Final = 0.89
_PLANS: Final = {
    "petition": Plan(epochs=15, rate=6.0, decay=0.0),
    "kind": Plan(epochs=12, rate=4.0, decay=0.0),
    "topic": Plan(epochs=8, rate=12.0, decay=0.0),
    "severity": Plan(epochs=15, rate=6.0, decay=0.0),
}
_WEIGH_RARITY: Final = frozenset({"topic", "severity"})


@dataclass(slots=True)
class Answers:
    """What the model said of one text while it was held out."""

    text: LabelledText
    spreads: dict[str, dict[str, float]] = field(default_factory=dict)
    """By head, and "unit": probability by class."""


@dataclass(frozen=True, slots=True)
class Trained:
    """The model, and what its twins said that were trained without the texts they were asked about."""

    model: Model
    held_out: list[Judged]
    kept: tuple[str, ...] = ()
    """Heads that the texts show one class of, so that those of the model to fall back on were kept."""


def train(
    texts: Sequence[LabelledText],
    agency: Agency,
    note: Callable[[str], None] = lambda _: None,
    about: Mapping[str, Any] | None = None,
    fall_back: Model | None = None,
) -> Trained:
    """Learn from the texts. `note` is told which head is trained; `about` is kept in the artefact's origin.

    A head that the texts show fewer than two classes of is taken from `fall_back`; without one ValueError is raised.
    """
    reader = EvidenceReader(agency, KeywordSuggester(agency))
    seen = [reader.read(text.text) for text in texts]
    groups = [text.group for text in texts]
    fold_of = folds(groups)
    heads: dict[str, Head] = {}
    twins: list[dict[str, Head]] = [{} for _ in range(FOLDS)]
    answers = [Answers(text) for text in texts]
    for name in HEADS:
        note(name)
        wanted = [label_of(name, text) for text in texts]
        places = [place for place, label in enumerate(wanted) if label is not None]
        labels = {place: label for place, label in enumerate(wanted) if label is not None}
        logs: dict[int, dict[str, float]] = {}
        if fall_back is not None and len(set(labels.values())) < 2:
            heads[name] = _keep(fall_back.heads[name], name, seen, answers, twins)
            continue
        for fold in range(FOLDS):
            head = _fit_head(name, [p for p in places if fold_of[p] != fold], seen, labels, groups)
            twins[fold][name] = head
            for place in range(len(texts)):
                if fold_of[place] == fold:
                    logs[place] = _logs(head, seen[place])
        held = [HeldOut(logs[p], seen[p].cues[name], labels[p]) for p in places]
        fusion = fit_fusion(held, len(seen[0].cues[name]))
        for place, said in enumerate(answers):
            said.spreads[name] = fuse(logs[place], seen[place].cues[name], fusion)
        heads[name] = _fit_head(name, places, seen, labels, groups)
        for head in (heads[name], *(twin[name] for twin in twins)):
            head.fusion = fusion
    desks = Desks(agency)
    for said, evidence in zip(answers, seen, strict=True):
        kinds, subjects = said.spreads["kind"], said.spreads["topic"]
        said.spreads["unit"] = desks.spread(evidence.keywords.words.text, kinds, subjects)
    parameters = {name: asdict(plan) for name, plan in _PLANS.items()}
    origin = {
        "texts": len(texts),
        "sha256": fingerprint(texts),
        "parameters": parameters | {"least_matters": _LEAST_MATTERS, "seed": _SEED},
        **(about or {}),
    }
    kept = tuple(name for name in HEADS if fall_back is not None and heads[name] is fall_back.heads[name])
    calibrations, urgent_from = _calibrations(answers), _urgent_from(answers)
    if fall_back is not None and kept:
        origin["kept"] = list(kept)
        calibrations |= {name: fall_back.calibrations[name] for name in kept}
        urgent_from = fall_back.urgent_from if "severity" in kept else urgent_from
    model = Model(heads, calibrations, urgent_from, origin)
    held_out = []
    for fold, twin in enumerate(twins):
        mine = [text for text, number in zip(texts, fold_of, strict=True) if number == fold]
        held_out += judge(replace(model, heads=twin), agency, mine)
    return Trained(model, held_out, kept)


def _keep(
    head: Head,
    name: str,
    seen: Sequence[Evidence],
    answers: Sequence[Answers],
    twins: Sequence[dict[str, Head]],
) -> Head:
    for twin in twins:
        twin[name] = head
    for evidence, said in zip(seen, answers, strict=True):
        said.spreads[name] = head.spread(evidence, name)
    return head


def label_of(head: str, text: LabelledText) -> str | None:
    """The right class for a head; None where the text teaches it nothing."""
    if head == "petition":
        return YES if text.kind is not None else NO
    if text.kind is None:
        return None
    if head == "severity":
        return None if text.urgent is None else YES if text.urgent else NO
    if head == "unit":
        return text.unit
    return text.kind.value if head == "kind" else text.topic


def folds(groups: Sequence[str]) -> list[int]:
    """A fold for each text; one group is never in two. Depends on the groups' names alone."""
    order = sorted(set(groups), key=lambda group: hashlib.sha256(f"{_SEED} {group}".encode()).digest())
    fold = {group: number % FOLDS for number, group in enumerate(order)}
    return [fold[group] for group in groups]


def best(spread: dict[str, float]) -> str:
    """The most likely class."""
    return max(spread, key=lambda code: spread[code])


def _fit_head(
    name: str,
    places: Iterable[int],
    seen: Sequence[Evidence],
    labels: Mapping[int, str],
    groups: Sequence[str],
) -> Head:
    places = list(places)
    classes = sorted({labels[place] for place in places})
    if len(classes) < 2:
        # all texts of a rare class are in the one fold: the twin knows of the class, but nothing that speaks for it
        classes = sorted(set(labels.values()))
    if len(classes) < 2:
        raise ValueError(f"{name}: fewer than two classes")
    number = {code: place for place, code in enumerate(classes)}
    held = Counter(gram.key for place in places for gram in seen[place].grams)
    matters = Counter(
        key for _, key in {(groups[place], gram.key) for place in places for gram in seen[place].grams}
    )
    kept = sorted(key for key, many in matters.items() if many >= _LEAST_MATTERS)
    rows = {key: row for row, key in enumerate(kept)}
    known = {key: rarity(len(places), held[key]) for key in kept} if name in _WEIGH_RARITY else None
    unknown, none = rarity(len(places), 0), (0.0,) * len(classes)
    examples = []
    for place in places:
        values = weights(seen[place].grams, known, unknown)
        features = tuple((rows[key], value) for key, value in values.items() if key in rows)
        examples.append(Example(features, none, number[labels[place]]))
    fitted = fit(examples, len(kept), len(classes), _PLANS[name], _SEED)
    scales, packed = _quantise(fitted)
    return Head(
        classes,
        rows,
        scales,
        packed,
        fitted.bias,
        [min(65_535, held[key]) for key in kept],
        len(places),
        name in _WEIGH_RARITY,
        [1.0],
    )


def _quantise(fitted: Fitted) -> tuple[list[float], bytes]:
    """Each row as signed bytes and one scale: a quarter of the size, and no visible loss."""
    scales = [max(1e-9, max(abs(weight) for weight in row) / 127.0) for row in fitted.rows]
    cells = bytearray()
    for row, scale in zip(fitted.rows, scales, strict=True):
        cells += bytes(round(weight / scale) & 0xFF for weight in row)
    return scales, bytes(cells)


def _logs(head: Head, evidence: Evidence) -> dict[str, float]:
    chances = softmax(head.gram_scores(evidence.grams))
    return {code: math.log(max(1e-9, chance)) for code, chance in zip(head.classes, chances, strict=True)}


def _calibrations(answers: Sequence[Answers]) -> dict[str, Calibration]:
    found = {}
    for name in (*HEADS, "unit"):
        pairs = []
        for said in answers:
            right = label_of(name, said.text)
            if right is not None:
                top = best(said.spreads[name])
                pairs.append((said.spreads[name][top], top == right))
        found[name] = fit_calibration(pairs)
    return found


def _urgent_from(answers: Sequence[Answers]) -> float:
    """The highest threshold that would have found nearly all urgent texts, at most one half."""
    urgent = sorted((s.spreads["severity"][YES] for s in answers if s.text.urgent), reverse=True)
    if not urgent:
        return 0.5
    return round(max(0.02, min(0.5, urgent[min(len(urgent) - 1, int(_URGENT_RECALL * len(urgent)))])), 4)
