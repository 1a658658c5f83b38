"""What is worth asking where a story can be read in two ways: the one question that separates the likeliest two."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from petitions.agency_parts import OUTSIDE
from petitions.kinds import Kind
from petitions.understanding import Doubt, Guess

NOT_SURE: Final = 0.65
"""Confidence under which a guess is asked about."""
_SECOND: Final = 0.25
"""Share of the likeliest reading's chance under which another one is not worth a question."""
_LEAST: Final = 0.05


def find_doubt(
    kind: Guess[Kind],
    unit: Guess[str],
    kinds: Mapping[str, float],
    subjects: Mapping[str, float],
    subject: str | None,
    desk_of: Callable[[str], str],
) -> Doubt | None:
    """The less sure of kind and subject, where it is not sure and another reading is likely.

    Args:
        subject: the one that was guessed; None where no phrase points to any.
        desk_of: the desk a subject leads to for the likeliest kind: two subjects of one desk need no question.
    """
    found: list[tuple[float, Doubt]] = []
    if kind.value is not None and kind.confidence < NOT_SURE:
        least = max(_LEAST, _SECOND * kinds[kind.value])
        others = [code for code in _ranked(kinds) if code != kind.value and kinds[code] >= least]
        if others:
            found.append((kind.confidence, Doubt("kind", kind.value.value, others[0])))
    if subject is not None and not subject.startswith(OUTSIDE) and unit.confidence < NOT_SURE:
        here, least = desk_of(subject), max(_LEAST, _SECOND * subjects[subject])
        for code in _ranked(subjects):
            if subjects[code] < least:
                break
            if code != subject and desk_of(code) != here:
                found.append((unit.confidence, Doubt("topic", subject, code)))
                break
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _ranked(chances: Mapping[str, float]) -> list[str]:
    return sorted(chances, key=lambda code: (-chances[code], code))
