"""A linear softmax, trained by gradient descent in plain Python: no library, the same result every time.

Some hundreds of thousands of weights and some thousand texts take seconds, so an office can train again from
its officers' corrections on the machine that runs the service.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

Row = list[float]


@dataclass(frozen=True, slots=True)
class Example:
    """One training text: its features (row, value), what the keywords give each class, the right class."""

    features: tuple[tuple[int, float], ...]
    cues: tuple[float, ...]
    label: int
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Plan:
    """How long and how strongly one head is trained."""

    epochs: int = 12
    rate: float = 6.0
    decay: float = 2e-4
    cue_start: float = 1.0


@dataclass(frozen=True, slots=True)
class Fitted:
    """The weights: one row a feature, one column a class."""

    rows: list[Row]
    bias: Row
    cue_weight: float


def softmax(scores: Sequence[float]) -> list[float]:
    """Probabilities that sum to one."""
    top = max(scores)
    powers = [math.exp(score - top) for score in scores]
    total = sum(powers)
    return [power / total for power in powers]


def fit(examples: Sequence[Example], features: int, classes: int, plan: Plan, seed: int) -> Fitted:
    """Weights that make the right classes likely; of the second half of the epochs the mean is kept.

    Plain gradient steps, the rate falling with time, weights shrunk a little after each epoch. `cue_weight`
    is one number for all classes, so that it also fits classes no text was seen of.
    """
    rows = [[0.0] * classes for _ in range(features)]
    bias, cue_weight = [0.0] * classes, plan.cue_start
    kept = Fitted([[0.0] * classes for _ in range(features)], [0.0] * classes, 0.0)
    sums, sum_bias, sum_cue, taken = kept.rows, kept.bias, 0.0, 0
    for epoch in range(plan.epochs):
        order = sorted(range(len(examples)), key=lambda place: crc32(f"{seed} {epoch} {place}".encode()))
        rate = plan.rate / (1.0 + 0.25 * epoch)
        for place in order:
            example = examples[place]
            errors = _errors(example, rows, bias, cue_weight, classes)
            step = rate * example.weight
            for row, value in example.features:
                by = step * value
                rows[row] = [weight - by * error for weight, error in zip(rows[row], errors, strict=True)]
            bias = [weight - 0.02 * step * error for weight, error in zip(bias, errors, strict=True)]
            pull = sum(error * cue for error, cue in zip(errors, example.cues, strict=True))
            cue_weight = max(0.0, cue_weight - 0.002 * step * pull)
        shrink = 1.0 - min(0.5, rate * plan.decay * len(examples))
        rows = [[weight * shrink for weight in row] for row in rows]
        if epoch * 2 >= plan.epochs:
            taken += 1
            sums = [[a + b for a, b in zip(s, row, strict=True)] for s, row in zip(sums, rows, strict=True)]
            sum_bias = [a + b for a, b in zip(sum_bias, bias, strict=True)]
            sum_cue += cue_weight
    share = 1.0 / max(1, taken)
    return Fitted([[x * share for x in row] for row in sums], [x * share for x in sum_bias], sum_cue * share)


def _errors(example: Example, rows: Sequence[Row], bias: Row, cue_weight: float, classes: int) -> Row:
    """Probability minus truth, by class."""
    scores = [b + cue_weight * cue for b, cue in zip(bias, example.cues, strict=True)] if classes else []
    for row, value in example.features:
        scores = [score + value * weight for score, weight in zip(scores, rows[row], strict=True)]
    errors = softmax(scores)
    errors[example.label] -= 1.0
    return errors
