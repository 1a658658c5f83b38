"""What a model says of labelled texts, through the same door as the service."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from petitions.agency import Agency
from petitions.text import fold
from petitions.triage.model import Model
from petitions.triage.suggester import TrainedSuggester
from petitions.triage.texts import LabelledText
from petitions.understanding import Understanding

_DAY: Final = date(2026, 11, 20)
"""Any day: nothing measured hangs on it."""
_DESKS = 3


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled text, what was said of it, and the likeliest desks, best first."""

    text: LabelledText
    seen: Understanding
    desks: tuple[str, ...]


def judge(model: Model, agency: Agency, texts: Iterable[LabelledText]) -> list[Judged]:
    """Ask a model about texts it should not have been trained on."""
    suggester = TrainedSuggester(agency, model)
    found = []
    for text in texts:
        seen = suggester.understand(text.text, today=_DAY)
        desks = tuple(suggester.desks(text.text))[:_DESKS] if seen.is_petition.value else ()
        found.append(Judged(text, seen, desks))
    return found


def without_marks(texts: Sequence[LabelledText]) -> list[LabelledText]:
    """The same texts as they are typed without diacritics."""
    return [replace(text, text=fold(text.text)) for text in texts]
