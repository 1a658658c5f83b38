"""What a story is about: its topic in the office's field, or the other authority whose matter it is.

Scores are sums of phrase weights; a phrase said twice counts a little more than once. The profile's own
keywords count beside the packaged cues, so that a profile with other topics works without any.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from petitions.agency import Agency
from petitions.wording import IGNORED, Hit, Phrasebook, Words, longest_only, split_weight
from petitions.wordlists import table

_KEYWORD = 1.0
_KEYWORD_ONE_WORD = 0.6
_UNIT_KEYWORD = 0.5
_AGAIN = 0.35
"""Share of its weight a repeated phrase adds."""
_BARE_ONE_WORD = 0.35
"""Share of a one-word phrase matched without diacritics: "den" may be đền, đến or đèn."""


@dataclass(frozen=True, slots=True)
class Score:
    """Points of one topic or authority and the phrases they come from, heaviest first."""

    code: str
    points: float
    phrases: tuple[str, ...]


def _weighted(phrases: Iterable[str], weight: float, one_word: float) -> Iterable[tuple[str, float]]:
    for phrase in phrases:
        text, own = split_weight(phrase, weight)
        yield text, own if "=" in phrase or " " in text else min(own, one_word)


def _entries(
    cues: Mapping[str, list[str]], keywords: Mapping[str, Iterable[str]]
) -> list[tuple[str, str, float]]:
    """(code, phrase, weight), the packaged cues first; a keyword that is a cue too keeps the cue's weight."""
    known: dict[tuple[str, str], float] = {}
    for code, phrases in cues.items():
        if code in keywords or code == IGNORED:
            known.update({(code, text): weight for text, weight in _weighted(phrases, 1.0, 1.0)})
    for code, words in keywords.items():
        for text, weight in _weighted(words, _KEYWORD, _KEYWORD_ONE_WORD):
            known.setdefault((code, text.lower()), weight)
    return [(code, text, weight) for (code, text), weight in known.items()]


def _points(hit: Hit) -> float:
    one_word = hit.last - hit.first == 1
    return hit.weight * (_BARE_ONE_WORD if one_word and not hit.exact else 1.0)


def _sum_up(hits: Iterable[Hit]) -> dict[str, list[tuple[float, str]]]:
    found: dict[str, list[tuple[float, str]]] = {}
    said: set[tuple[str, str]] = set()
    for hit in hits:
        again = (hit.label, hit.phrase) in said
        said.add((hit.label, hit.phrase))
        found.setdefault(hit.label, []).append((_points(hit) * (_AGAIN if again else 1.0), hit.phrase))
    return found


def _ranked(found: Mapping[str, list[tuple[float, str]]]) -> list[Score]:
    scores = [
        Score(code, sum(p for p, _ in parts), tuple(dict.fromkeys(w for _, w in sorted(parts, reverse=True))))
        for code, parts in found.items()
    ]
    return sorted(scores, key=lambda score: (-score.points, score.code))


class SubjectCues:
    """The phrases of one agency's topics and of the authorities beside it, ready for look-up."""

    def __init__(self, agency: Agency) -> None:
        inside = {topic.code: topic.keywords for topic in agency.topics if topic.code != agency.outside_topic}
        outside = {authority.code: authority.keywords for authority in agency.outside}
        self._topics = Phrasebook(_entries(table("topic_cues"), inside))
        self._outside = Phrasebook(_entries(table("outside_cues"), outside))
        self._units = Phrasebook(
            (unit.code, keyword, _UNIT_KEYWORD) for unit in agency.units for keyword in unit.keywords
        )
        self._topics_of = {
            unit.code: [topic.code for topic in agency.topics if topic.unit == unit.code]
            for unit in agency.units
        }

    def topics(self, words: Words) -> list[Score]:
        """The topics with points, best first. A unit's keywords lift those of its topics that have points
        already."""
        found = _sum_up(self._topics.find(words))
        for hit in longest_only(self._units.find(words)):
            for code in self._topics_of.get(hit.label, ()):
                if code in found:
                    found[code].append((_points(hit) * 0.3, hit.phrase))
        return _ranked(found)

    def authorities(self, words: Words) -> list[Score]:
        """The outside authorities with points, best first."""
        return _ranked(_sum_up(self._outside.find(words)))


class LexiconCues:
    """Words in which people tell of a matter, much wider than the cues: they prove nothing alone, and are
    weighed together with all else."""

    def __init__(self, agency: Agency) -> None:
        lists = table("triage_lexicon")
        self._topics = _lexicon(lists["topics"], (topic.code for topic in agency.topics))
        self._outside = _lexicon(lists["outside"], (authority.code for authority in agency.outside))

    def find(self, words: Words) -> tuple[list[Score], list[Score]]:
        """The topics and the outside authorities with points, best first."""
        topics, outside = self._topics.find(words), self._outside.find(words)
        return _ranked(_sum_up(longest_only(topics))), _ranked(_sum_up(longest_only(outside)))


def danger_points(words: Words) -> float:
    """How much is said of danger in words that `severity_cues` has not; each phrase counts once."""
    best: dict[str, float] = {}
    for hit in _danger_book().find(words):
        best[hit.phrase] = max(best.get(hit.phrase, 0.0), _points(hit))
    return sum(best.values())


@cache
def _danger_book() -> Phrasebook:
    return Phrasebook.of_lists(table("triage_lexicon")["danger"])


def _lexicon(lists: Mapping[str, list[str]], codes: Iterable[str]) -> Phrasebook:
    return Phrasebook.of_lists({code: lists[code] for code in codes if code in lists})
