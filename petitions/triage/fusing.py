"""How much the grams and each way of counting cues are worth, and how sure an answer may be.

A handful of numbers, found from answers about texts the grams' weights were not trained on.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from petitions.triage.evidence import Cues
from petitions.triage.model import Calibration, odds_of
from petitions.triage.softmax import softmax

_STEPS = 60
_PULL = 1e-3
"""Keeps the weights small."""


@dataclass(frozen=True, slots=True)
class HeldOut:
    """A text's log-probabilities by class from grams alone, its cues, and the right class."""

    logs: Mapping[str, float]
    cues: Cues
    right: str


def fit_fusion(texts: Sequence[HeldOut], ways: int) -> list[float]:
    """The weights that make the right answers likely, by resilient batch gradient steps."""
    rows = [_numbers(text) for text in texts if text.right in text.logs]
    weights = [1.0] + [0.5] * ways
    steps, before = [0.1] * len(weights), [0.0] * len(weights)
    for _ in range(_STEPS):
        slopes = [_PULL * weight for weight in weights]
        for logs, cues, right in rows:
            _add_slopes(slopes, weights, logs, cues, right, 1.0 / len(rows))
        for place, slope in enumerate(slopes):
            same = slope * before[place]
            steps[place] = min(0.5, steps[place] * 1.2) if same > 0 else max(1e-4, steps[place] * 0.5)
            if same >= 0:
                weights[place] -= math.copysign(steps[place], slope) if slope else 0.0
                before[place] = slope
            else:
                before[place] = 0.0
    return [max(0.0, weights[0]), *weights[1:]]


def fit_calibration(answers: Sequence[tuple[float, bool]]) -> Calibration:
    """A logistic curve through (probability, was right), by Newton's method."""
    points = [(odds_of(p), float(right)) for p, right in answers]
    slope, shift = 0.5, 0.0
    for _ in range(50):
        first = [1e-3 * (slope - 1.0), 1e-3 * shift]
        second = [1e-3, 0.0, 1e-3]
        for odds, right in points:
            chance = 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, slope * odds + shift))))
            gap, spread = chance - right, chance * (1.0 - chance)
            first[0] += gap * odds
            first[1] += gap
            second[0] += spread * odds * odds
            second[1] += spread * odds
            second[2] += spread
        whole = second[0] * second[2] - second[1] ** 2
        if whole <= 1e-12:
            break
        slope -= _step((second[2] * first[0] - second[1] * first[1]) / whole)
        shift -= _step((second[0] * first[1] - second[1] * first[0]) / whole)
    return Calibration(max(0.05, slope), shift)


def _step(wanted: float) -> float:
    """Newton's step, kept short so that it cannot run away."""
    return max(-0.3, min(0.3, wanted))


_Sparse = list[list[tuple[int, float]]]


def _numbers(text: HeldOut) -> tuple[list[float], _Sparse, int]:
    place = {code: number for number, code in enumerate(text.logs)}
    cues = [[(place[code], points) for code, points in way.items() if code in place] for way in text.cues]
    return list(text.logs.values()), cues, place[text.right]


def _add_slopes(
    slopes: list[float],
    weights: Sequence[float],
    logs: Sequence[float],
    cues: _Sparse,
    right: int,
    share: float,
) -> None:
    scores = [weights[0] * value for value in logs]
    for weight, way in zip(weights[1:], cues, strict=True):
        for place, points in way:
            scores[place] += weight * points
    errors = softmax(scores)
    errors[right] -= 1.0
    slopes[0] += share * sum(error * value for error, value in zip(errors, logs, strict=True))
    for number, way in enumerate(cues, 1):
        slopes[number] += share * sum(errors[place] * points for place, points in way)
