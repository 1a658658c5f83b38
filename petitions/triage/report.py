"""Figures of a model on labelled texts: what is right, what is missed, how much is sure and how sure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from petitions.kinds import Severity
from petitions.triage.judging import Judged
from petitions.triage.suggester import SURE
from petitions.understanding import Guess


def lines(judged: Sequence[Judged]) -> list[str]:
    """The figures as lines of text."""
    return [f"{name:<34} {value}" for name, value in figures(judged).items()]


def figures(judged: Sequence[Judged]) -> dict[str, str]:
    """The figures by name, shares from 0 to 1; "sure" stands with the share it covers and the share right."""
    petitions = [each for each in judged if each.text.kind is not None]
    others = [each for each in judged if each.text.kind is None]
    found = {"petitions, others": f"{len(petitions)}, {len(others)}"}
    told = [(each.text.kind is not None) is each.seen.is_petition.value for each in judged]
    caught = sum(each.seen.is_petition.value is False for each in others)
    found["petition or not"] = f"{_mean(told):.3f}, others caught {caught}/{len(others)}"
    sent = [each for each in petitions if each.text.unit is not None]
    kinds = [(each.text.kind, each.seen.kind.value) for each in petitions]
    found["kind, macro F1"] = f"{macro_f1(kinds):.3f}, right {_mean([a == b for a, b in kinds]):.3f}"
    found["unit first, among three"] = (
        f"{_mean([each.text.unit == each.seen.unit.value for each in sent]):.3f}, "
        f"{_mean([each.text.unit in each.desks for each in sent]):.3f}"
    )
    away = [(_is_away(each.text.unit), _is_away(each.seen.unit.value)) for each in sent]
    found["outside: recall, precision"] = _recall_precision(away)
    urgent = [
        (each.text.urgent, each.seen.severity.value is Severity.URGENT)
        for each in petitions
        if each.text.urgent is not None
    ]
    found["urgent: recall, precision"] = _recall_precision(urgent)
    found[f"kind sure (from {SURE})"] = _sure([(e.seen.kind, e.text.kind) for e in petitions])
    found[f"unit sure (from {SURE})"] = _sure([(e.seen.unit, e.text.unit) for e in sent])
    return found


def macro_f1(pairs: Sequence[tuple[Any, Any]]) -> float:
    """The mean over the right classes of twice the hits by the sum of asked and given."""
    scores = []
    for code in {right for right, _ in pairs}:
        hits = sum(right == code == given for right, given in pairs)
        scores.append(2 * hits / sum((right == code) + (given == code) for right, given in pairs))
    return _mean(scores)


def _is_away(unit: str | None) -> bool:
    return (unit or "").startswith("outside")


def _recall_precision(pairs: Sequence[tuple[bool, bool]]) -> str:
    hits = sum(right and given for right, given in pairs)
    recall, precision = hits / max(1, sum(r for r, _ in pairs)), hits / max(1, sum(g for _, g in pairs))
    return f"{recall:.3f}, {precision:.3f}"


def _sure(pairs: Sequence[tuple[Guess[Any], Any]]) -> str:
    sure = [guess.value == right for guess, right in pairs if guess.confidence >= SURE]
    return f"covers {len(sure) / max(1, len(pairs)):.2f}, right {_mean(sure):.3f}"


def _mean(values: Sequence[float]) -> float:
    return sum(values) / max(1, len(values))
