"""The trained artefact: weights packed in bytes, how the heads are fused with cues, how sure they may be.

A zip of `model.json` (classes, fusion, calibration, where it came from) and one file of packed numbers for each
head. Only hashes of grams are in it, no text.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import sys
import zipfile
from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

from petitions.triage.evidence import Evidence
from petitions.triage.grams import Gram, rarity, weights
from petitions.triage.softmax import softmax

FORMAT: Final = 1
_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""The same data and parameters give the same file, byte for byte."""
_FLOOR: Final = 1e-9


class UnreadableModel(Exception):
    """The artefact is damaged, or made for another version of the program."""


def odds_of(probability: float) -> float:
    """The logarithm of the odds, at most 7 either way: nothing read from words is surer than that."""
    low = min(0.999, max(0.001, probability))
    return math.log(low / (1.0 - low))


@dataclass(frozen=True, slots=True)
class Calibration:
    """From a head's own probability to how often it is right: a logistic curve through held-out answers."""

    slope: float = 1.0
    shift: float = 0.0

    def sure(self, probability: float) -> float:
        """The share of right answers among those with this probability, 0.02 to 0.99."""
        return min(0.99, max(0.02, 1.0 / (1.0 + math.exp(-(self.slope * odds_of(probability) + self.shift)))))


@dataclass(slots=True)
class Head:
    """One question: which class. `packed` holds a row of signed bytes for each gram that training kept."""

    classes: list[str]
    rows: dict[int, int]
    scales: Sequence[float]
    packed: bytes
    bias: list[float]
    held: Sequence[int]
    """For each row, how many training texts had the gram."""
    texts: int
    weigh_rarity: bool
    fusion: list[float]
    """Weight of the grams' log-probabilities, then one for each way of counting cues."""

    def values(self, found: Iterable[Gram]) -> dict[int, float]:
        """Row -> value, of the grams that training kept."""
        values = self.all_values(found)
        return {self.rows[key]: value for key, value in values.items() if key in self.rows}

    def all_values(self, found: Iterable[Gram]) -> dict[int, float]:
        """Hash -> value, also of grams that training never kept: they take their share of the length."""
        found = list(found)
        if not self.weigh_rarity:
            return weights(found, None, 1.0)
        known = {
            gram.key: rarity(self.texts, self.held[self.rows[gram.key]])
            for gram in found
            if gram.key in self.rows
        }
        return weights(found, known, rarity(self.texts, 0))

    def row(self, number: int) -> list[float]:
        """The weights of one gram, by class."""
        width, scale = len(self.classes), self.scales[number]
        return [
            scale * cell for cell in memoryview(self.packed)[number * width : (number + 1) * width].cast("b")
        ]

    def gram_scores(self, found: Iterable[Gram]) -> list[float]:
        """Scores by class from the grams alone."""
        scores = list(self.bias)
        for number, value in self.values(found).items():
            scores = [score + value * cell for score, cell in zip(scores, self.row(number), strict=True)]
        return scores

    def spread(self, evidence: Evidence, name: str, also: Iterable[str] = ()) -> dict[str, float]:
        """Probabilities by class; classes in `also` that no text was trained on live from their cues.

        The grams say nothing of those, so where one of their phrases is found they start near the best.
        """
        chances = softmax(self.gram_scores(evidence.grams))
        logs = {code: math.log(max(_FLOOR, p)) for code, p in zip(self.classes, chances, strict=True)}
        named, unnamed = max(logs.values()) + math.log(0.5), math.log(0.1 / max(2, len(logs)))
        found = evidence.phrases
        logs.update({code: named if code in found else unnamed for code in also if code not in logs})
        return fuse(logs, evidence.cues[name], self.fusion)


def fuse(
    logs: Mapping[str, float], cues: Sequence[Mapping[str, float]], weight: Sequence[float]
) -> dict[str, float]:
    """Log-probabilities and cues put together in one weighted sum, again as probabilities."""
    scores = {code: weight[0] * value for code, value in logs.items()}
    for share, way in zip(weight[1:], cues, strict=True):
        for code, points in way.items():
            if code in scores:
                scores[code] += share * points
    return dict(zip(scores, softmax(list(scores.values())), strict=True))


@dataclass(frozen=True, slots=True)
class Model:
    """All heads and how sure each answer may be."""

    heads: dict[str, Head]
    calibrations: dict[str, Calibration]
    """For kind, topic, unit, severity and petition."""
    urgent_from: float
    """Probability from which a story is called urgent: chosen so that few urgent ones are missed."""
    origin: dict[str, Any]
    """Count and hash of the training texts, parameters; `corrections`: how many of them officers decided."""

    @property
    def version(self) -> str:
        """Short name of what was learned: the same texts and parameters, the same name."""
        known = json.dumps(self.origin, sort_keys=True)
        return hashlib.sha256(known.encode()).hexdigest()[:12]


def pack(head: Head) -> bytes:
    """The numbers of a head as little-endian arrays: hashes, counts, scales, weights."""
    keys, held, scales = array("I", head.rows), array("H", head.held), array("f", head.scales)
    if sys.byteorder == "big":
        for numbers in (keys, held, scales):
            numbers.byteswap()
    return keys.tobytes() + held.tobytes() + scales.tobytes() + head.packed


def dump(model: Model) -> bytes:
    """The artefact as one file. The same model always gives the same bytes."""
    about = {
        "format": FORMAT,
        "origin": model.origin,
        "urgent_from": model.urgent_from,
        "calibrations": {name: [c.slope, c.shift] for name, c in model.calibrations.items()},
        "heads": {
            name: {
                "classes": head.classes,
                "rows": len(head.rows),
                "bias": [round(x, 5) for x in head.bias],
                "texts": head.texts,
                "weigh_rarity": head.weigh_rarity,
                "fusion": [round(x, 5) for x in head.fusion],
            }
            for name, head in model.heads.items()
        },
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as store:
        parts = {"model.json": json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True).encode()}
        parts |= {f"{name}.bin": pack(head) for name, head in model.heads.items()}
        for name, data in parts.items():
            store.writestr(zipfile.ZipInfo(name, _TIME), data, zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def load(data: bytes) -> Model:
    """The model in an artefact. Raises UnreadableModel."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as store:
            about = json.loads(store.read("model.json"))
            if about["format"] != FORMAT:
                raise UnreadableModel(f"format {about['format']}")
            heads = {name: _unpack(part, store.read(f"{name}.bin")) for name, part in about["heads"].items()}
        calibrations = {name: Calibration(*pair) for name, pair in about["calibrations"].items()}
        return Model(heads, calibrations, about["urgent_from"], about["origin"])
    except (zipfile.BadZipFile, KeyError, ValueError, TypeError) as fault:
        raise UnreadableModel(type(fault).__name__) from fault


def _unpack(about: Mapping[str, Any], data: bytes) -> Head:
    count, width = about["rows"], len(about["classes"])
    if len(data) != count * (10 + width):
        raise UnreadableModel("length")
    keys, held, scales = array("I"), array("H"), array("f")
    keys.frombytes(data[: 4 * count])
    held.frombytes(data[4 * count : 6 * count])
    scales.frombytes(data[6 * count : 10 * count])
    if sys.byteorder == "big":
        for numbers in (keys, held, scales):
            numbers.byteswap()
    rows = dict(zip(keys, range(count), strict=True))
    return Head(
        about["classes"],
        rows,
        scales,
        data[10 * count :],
        about["bias"],
        held,
        about["texts"],
        about["weigh_rarity"],
        about["fusion"],
    )


@cache
def packaged() -> Model:
    """The model that comes with the program, read once. Raises UnreadableModel."""
    return load((files("petitions.triage") / "model.zip").read_bytes())
