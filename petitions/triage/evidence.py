"""What the model sees of a story: its grams, and the points that keywords and legal cues give each answer."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from petitions.agency import Agency
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Kind
from petitions.questions import question
from petitions.subject_cues import LexiconCues, Score, danger_points
from petitions.triage.grams import Gram, grams
from petitions.understanding import KeywordEvidence, KeywordSuggester

HEADS: Final = ("petition", "kind", "topic", "severity")
YES: Final = "yes"
NO: Final = "no"
"""Classes of the two heads that answer yes or no: is it a petition, is it urgent."""
_MOST_POINTS: Final = 8.0

Cues = tuple[Mapping[str, float], ...]
"""For one head: several ways to count, each with the points of the classes it speaks for."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything about one story that any head weighs."""

    keywords: KeywordEvidence
    grams: list[Gram]
    cues: dict[str, Cues]
    phrases: dict[str, tuple[str, ...]]
    """By topic or `outside:<authority>`: the phrases found, heaviest first."""
    danger: float
    """Points of all words of danger."""


class EvidenceReader:
    """Reads the evidence for one agency's topics and the authorities beside it."""

    def __init__(self, agency: Agency, keywords: KeywordSuggester) -> None:
        self._keywords = keywords
        self._lexicon = LexiconCues(agency)
        self._away = dict.fromkeys((f"{OUTSIDE}:{authority.code}" for authority in agency.outside), 1.0)

    def read(self, story: str) -> Evidence:
        """The evidence of a story; never raises on any text."""
        found = self._keywords.evidence(story)
        words = found.words
        cue_points = [*found.topics, *(_away(score) for score in found.outside)]
        topics, outside = self._lexicon.find(words)
        lexicon = [*topics, *(_away(score) for score in outside)]
        danger = danger_points(words)
        phrases: dict[str, tuple[str, ...]] = {}
        for score in (*cue_points, *lexicon):
            phrases[score.code] = tuple(dict.fromkeys((*phrases.get(score.code, ()), *score.phrases)))
        cues: dict[str, Cues] = {
            "petition": _petition_cues(found),
            "kind": ({kind.value: max(0.0, points) for kind, points in found.kinds.points.items()},),
            "topic": (_points(cue_points), _points(lexicon), self._away, self._chosen(found)),
            "severity": _severity_cues(found, danger),
        }
        return Evidence(found, grams(words), cues, phrases, found.urgency + danger)

    def _chosen(self, found: KeywordEvidence) -> dict[str, float]:
        """What the keywords alone would say: a matter of substance before one of procedure."""
        subject = self._keywords.subject(found)
        return {subject: 1.0} if subject is not None else {}


def _away(score: Score) -> Score:
    return Score(f"{OUTSIDE}:{score.code}", score.points, score.phrases)


def _points(scores: list[Score]) -> dict[str, float]:
    return {score.code: min(_MOST_POINTS, max(0.0, score.points)) for score in scores}


def _petition_cues(found: KeywordEvidence) -> Cues:
    subject = max((scores[0].points for scores in (found.topics, found.outside) if scores), default=0.0)
    verdict = found.is_petition
    asks = question(found.words.text) is not None
    return (
        {YES: verdict.confidence if verdict.value else -verdict.confidence},
        {YES: math.log1p(min(60, len(found.words)))},
        {YES: min(4.0, subject)},
        {YES: 1.0 if asks else 0.0},
        {YES: 1.0 if found.kinds.explicit else 0.0},
        {YES: 1.0},
    )


def _severity_cues(found: KeywordEvidence, danger: float) -> Cues:
    points = found.kinds.points
    proposal = max(points, key=lambda kind: points[kind]) is Kind.RECOMMENDATION
    return (
        {YES: min(5.0, found.urgency)},
        {YES: min(4.0, danger)},
        {YES: 1.0 if proposal else 0.0},
        {YES: 1.0},
    )
