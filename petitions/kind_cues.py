"""Which kind of petition a story is, and how urgent, from the words it uses.

The law decides by what is asked, not by the word used: a quarrel with a business is feedback even where
"khiếu nại" is typed (Luật Khiếu nại 2011 Đ2); a wish about how things should be is a recommendation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from petitions.choices import chosen_kind
from petitions.kinds import Kind
from petitions.wording import Hit, Phrasebook, Words, longest_only
from petitions.wordlists import table

_URGENT = 1.3
_URGENT_PROPOSAL = 2.6
_BUSINESS_QUARREL = 0.5
"""Points of "khiếu nại" said of a business: below the lead of feedback."""
_REACH = 5
"""Words between "đề nghị (Sở …)" and the verb that says what is wanted."""


@dataclass(frozen=True, slots=True)
class KindScores:
    """Points for each of the four kinds and the words behind the best."""

    points: dict[Kind, float]
    said: dict[str, tuple[str, ...]]
    explicit: bool
    """A word for a kind was used."""


@lru_cache(maxsize=1)
def _book() -> Phrasebook:
    data = table("kind_cues")
    lists: dict[str, list[str]] = {f"word:{kind}": phrases for kind, phrases in data["words"].items()}
    for group in ("proposal", "grievance", "state_act", "own_claim", "accusation"):
        lists.update({f"{group}:{part}": phrases for part, phrases in data[group].items()})
    lists["_"] = data["not_meant"]["_"]
    return Phrasebook.of_lists(lists)


@lru_cache(maxsize=1)
def _severity_book() -> Phrasebook:
    return Phrasebook.of_lists(table("severity_cues")["cues"])


class _Found:
    def __init__(self, words: Words) -> None:
        self.words = words
        self.by_label: dict[str, list[Hit]] = {}
        for hit in longest_only(_book().find(words)):
            self.by_label.setdefault(hit.label, []).append(hit)

    def hits(self, label: str) -> list[Hit]:
        return self.by_label.get(label, [])

    def points(self, label: str, most: float = 99.0) -> float:
        if label not in self.by_label:
            return 0.0
        seen: dict[str, float] = {hit.phrase: hit.weight for hit in self.hits(label)}
        return min(most, sum(seen.values()))

    def phrases(self, *labels: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(hit.phrase for label in labels for hit in self.hits(label)))


def _wishes(found: _Found) -> tuple[float, float]:
    """Points for (something new is proposed, something is to be checked or stopped)."""
    proposals = checks = 0.0
    for lead in found.hits("proposal:lead"):
        clause = found.words.words[lead.first].clause
        near = [
            hit
            for label in ("proposal:verbs", "proposal:check")
            for hit in found.hits(label)
            if lead.last <= hit.first <= lead.last + _REACH and found.words.words[hit.first].clause == clause
        ]
        if not near:
            continue
        first = min(near, key=lambda hit: (hit.first, hit.first - hit.last))
        opening = lead.first <= 3
        if first.label == "proposal:verbs":
            proposals += 2.2 if opening else 1.1
        else:
            checks += 1.0
    return min(proposals, 3.5), min(checks, 2.0)


def score_kinds(words: Words) -> KindScores:
    """Points per kind. Feedback has a small lead: it is what a told event is when nothing else shows."""
    found = _Found(words)
    said = {
        kind: found.points(f"word:{kind}", 4.0) for kind in ("to_cao", "khieu_nai", "kien_nghi", "phan_anh")
    }
    proposals, checks = _wishes(found)
    grievance = min(1.6, 0.4 * len(found.phrases("grievance:words")))
    state, business = found.points("state_act:words", 4.0), found.points("state_act:business", 4.0)
    claim = found.points("own_claim:words", 4.0)
    accusation = found.points("accusation:words", 4.0)
    person = found.points("accusation:person", 1.5)
    points = {
        Kind.FEEDBACK: 1.0 + said["phan_anh"] + grievance + 0.5 * checks,
        Kind.RECOMMENDATION: said["kien_nghi"] + proposals - 0.3 * grievance,
        Kind.DENUNCIATION: 1.6 * said["to_cao"]
        + (0.9 * accusation + 0.5 * person if accusation and person else 0.0),
        Kind.COMPLAINT: _complaint(said["khieu_nai"], state, business, claim),
    }
    picked = chosen_kind(words.text)
    if picked in points and (len(words) <= 12 or f"sang {_WORD[picked]}" in words.text.lower()):
        points[picked] += 0.0 if points[picked] == _BUSINESS_QUARREL else 4.0
    phrases = {
        Kind.FEEDBACK.value: found.phrases("word:phan_anh", "grievance:words"),
        Kind.RECOMMENDATION.value: found.phrases("word:kien_nghi", "proposal:lead"),
        Kind.DENUNCIATION.value: found.phrases("word:to_cao", "accusation:words"),
        Kind.COMPLAINT.value: found.phrases("word:khieu_nai", "own_claim:words", "state_act:words"),
    }
    return KindScores(points, phrases, any(said.values()))


_WORD = {
    Kind.FEEDBACK: "phản ánh",
    Kind.RECOMMENDATION: "kiến nghị",
    Kind.COMPLAINT: "khiếu nại",
    Kind.DENUNCIATION: "tố cáo",
}


def _complaint(said: float, state: float, business: float, claim: float) -> float:
    """ "Khiếu nại" counts fully against an act of the state, little against a business alone."""
    if said:
        about_business_only = business >= 0.6 and state < 0.8 and claim < 1.0
        return _BUSINESS_QUARREL if about_business_only else 1.5 * said + min(state, 1.5)
    return 0.0 if state < 1.0 else 0.9 * claim + (0.4 * state if claim >= 1.0 else 0.0)


def best_kind(scores: KindScores) -> tuple[Kind, float, str]:
    """The kind with the most points, the confidence in it and the words it rests on."""
    ranked = sorted(scores.points.items(), key=lambda item: -item[1])
    (kind, first), (_, second) = ranked[0], ranked[1]
    confidence = max(
        0.3, min(0.97, 0.5 + 0.12 * (first - max(second, 0.0)) + (0.1 if scores.explicit else 0.0))
    )
    return kind, confidence, ", ".join(scores.said.get(kind.value, ())[:4])


def urgency(words: Words) -> tuple[float, tuple[str, ...]]:
    """How urgent a story sounds; from `is_urgent` on somebody must look today. With the phrases, heaviest
    first."""
    best: dict[str, float] = {}
    for hit in _severity_book().find(words):
        weight = hit.weight if hit.exact or hit.last - hit.first > 1 else hit.weight * 0.4
        best[hit.phrase] = max(best.get(hit.phrase, 0.0), weight)
    phrases = sorted(best, key=lambda phrase: -best[phrase])
    return sum(best.values()), tuple(phrases)


def is_urgent(points: float, kind: Kind) -> bool:
    """Whether these points of `urgency` make a petition urgent. A proposal speaks of dangers in general."""
    return points >= (_URGENT_PROPOSAL if kind is Kind.RECOMMENDATION else _URGENT)
