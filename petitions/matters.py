"""The same matter told in other words: how much two petitions speak of the same things. Pure.

No meaning is guessed at: petitions on one matter share its topic and its rare words, the names of places, houses and
people, numbers, unusual things. Each word, and each pair of words in a row, counts by how rare it is
(`petitions/data/rarity.txt`, and the other petitions at hand). The result is a suggestion with the words it rests
on; nothing is ever joined because of it.
"""

from __future__ import annotations

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from importlib.resources import files
from itertools import pairwise
from math import log, sqrt
from typing import Final

from petitions.copies import read as read_words_only
from petitions.names import find_name
from petitions.text import clean
from petitions.wording import read_words

TERMS: Final = 24
"""Rarest terms of a petition that are kept as keyed hashes."""
SUGGESTED: Final = 3
"""Suggestions for one petition, at most."""
ENOUGH: Final = 0.066
"""From this score on a petition is suggested. Measured (docs/duplicates.md): one wrong suggestion in five to ten
petitions among some hundred."""
_OTHER_TOPIC: Final = 0.5
"""What a score is worth where the topics differ: they are guessed, and one matter has several sides."""
_PLACE: Final = 1.0
"""How much more words of the place count."""
_NEW_PAIR: Final = 0.5
_PLACE_FIRST: Final = 1.3
_LONGEST: Final = 600
"""Words read of a petition: what it is about is said before that, and lists of names say nothing."""
_FREQUENT: Final = 120
"""Holders of a term; what so many speak of finds nobody."""
_PHONE: Final = 8
"""Digits; a number as long is a phone's or a person's own."""


@dataclass(frozen=True, slots=True)
class Told:
    """A petition as it is compared: terms (folded words and pairs of them), those of its place, and its topic."""

    terms: frozenset[str]
    place: frozenset[str]
    topic: str | None


@dataclass(frozen=True, slots=True)
class Similar:
    """Another petition, perhaps of the same matter. `reason`: the rarest words both have, folded; never logged."""

    place: int
    score: float
    reason: tuple[str, ...]


class Rarity:
    """How rare terms are: counted in the packaged list and, where given, in the petitions at hand."""

    def __init__(self, petitions: int, counts: Mapping[str, int], more: Iterable[Told] = ()) -> None:
        self._counts = counts
        self._more: Counter[str] = Counter()
        total = petitions
        for told in more:
            self._more.update(told.terms)
            total += 1
        self._total = max(2, total)
        self._rarest = log(self._total) ** 2
        self._known = {term: self._weight(term) for term in {*counts, *self._more}}

    def weight(self, term: str) -> float:
        """The square of the logarithm of how many petitions there are for one that has the term."""
        return self._known.get(term, self._rarest)

    def _weight(self, term: str) -> float:
        held = self._counts.get(term, 0) + self._more.get(term, 0)
        return log(self._total / max(1, held)) ** 2

    def with_more(self, more: Iterable[Told]) -> Rarity:
        """The same list, and these petitions counted too."""
        return Rarity(self._total, self._counts, more)

    def rarest(self, told: Told, most: int = TERMS) -> list[str]:
        """Its rarest terms that others may use as well, rarest first; alike on every machine.

        Almost every pair of words is new, so a pair is taken to be no rarer than its words, and only half as
        telling where the list does not know it. What names the place goes before.
        """
        return heapq.nsmallest(most, told.terms, key=lambda term: (-self._telling(term, told), term))

    def _telling(self, term: str, told: Told) -> float:
        weight = self.weight(term)
        one, _, other = term.partition(" ")
        if other:
            weight = min(weight, sqrt(self.weight(one) * self.weight(other)))
            weight *= 1.0 if term in self._counts else _NEW_PAIR
        return weight * (_PLACE_FIRST if term in told.place else 1.0)

    def length(self, told: Told) -> float:
        """The size of a petition's terms, which scores are measured by."""
        return sqrt(sum(map(self.weight, told.terms))) or 1.0


@lru_cache(maxsize=1)
def packaged_rarity() -> Rarity:
    """The list that comes with the service (made by `docs/make_rarity.py`)."""
    lines = (files("petitions") / "data" / "rarity.txt").read_text("utf-8").splitlines()
    counts = {}
    for line in lines[1:]:
        count, _, term = line.partition(" ")
        counts[term] = int(count)
    return Rarity(int(lines[0]), counts)


def read(text: str, *, topic: str | None = None, place: str = "") -> Told:
    """The petition for comparing, without its writer's name and numbers. Never raises."""
    words = read_words_only(text).words[:_LONGEST]
    own = frozenset(read_words_only(find_name(text) or "").words)
    kept = tuple(w for w in words if w not in own and not (len(w) >= _PHONE and w.isdigit()))
    where = read_words_only(place).words
    return Told(frozenset(_terms(kept)), frozenset(_terms(where)), topic)


def _terms(words: Sequence[str]) -> Iterator[str]:
    yield from words
    for one, other in pairwise(words):
        yield f"{one} {other}"


def score(one: Told, other: Told, rarity: Rarity, *, length: float = 0.0) -> float:
    """From 0 to about 1: the weight of what both tell, by the weight of what each tells.

    `length`: that of `one`, where it is compared with many.
    """
    return _score(one, other, rarity, length or rarity.length(one), rarity.length(other))


def _score(one: Told, other: Told, rarity: Rarity, length: float, other_length: float) -> float:
    where = one.place | other.place
    both = sum(rarity.weight(term) * (1 + _PLACE * (term in where)) for term in one.terms & other.terms)
    same = one.topic == other.topic or one.topic is None or other.topic is None
    return both / (length * other_length) * (1.0 if same else _OTHER_TOPIC)


def reason(one: Told, other: Told, rarity: Rarity, most: int = 4) -> tuple[str, ...]:
    """The rarest terms of both; no word twice."""
    shown: list[str] = []
    shared = heapq.nsmallest(12, one.terms & other.terms, key=lambda term: (-rarity.weight(term), term))
    for term in shared:
        if not any(set(term.split()) & set(before.split()) for before in shown):
            shown.append(term)
    return tuple(shown[:most])


def as_written(term: str, text: str) -> str:
    """A folded term as the writer of `text` typed it; the term itself where the text has it not."""
    words, wanted = read_words(clean(text), expand=False), tuple(term.split())
    for place in range(len(words) - len(wanted) + 1 if wanted else 0):
        if words.bares[place : place + len(wanted)] == wanted:
            return words.text[words.words[place].start : words.words[place + len(wanted) - 1].end]
    return term


def suggest(petitions: Sequence[Told], rarity: Rarity, *, enough: float = ENOUGH) -> list[list[Similar]]:
    """For each petition at most `SUGGESTED` others of the set that may be on its matter, the likeliest first."""
    counted = rarity.with_more(petitions)
    lengths = [counted.length(told) for told in petitions]
    holders: defaultdict[str, list[int]] = defaultdict(list)
    for place, told in enumerate(petitions):
        for term in told.terms:
            holders[term].append(place)
    found = []
    for place, told in enumerate(petitions):
        shared: Counter[int] = Counter()
        for term in told.terms:
            if len(holders[term]) <= _FREQUENT:
                weight = counted.weight(term)
                for other in holders[term]:
                    shared[other] += int(weight * 100)
        shared.pop(place, None)
        scored = [
            (_score(told, petitions[other], counted, lengths[place], lengths[other]), other)
            for other, _ in shared.most_common(40)
        ]
        best = sorted((pair for pair in scored if pair[0] >= enough), key=lambda pair: (-pair[0], pair[1]))
        found.append(
            [
                Similar(other, value, reason(told, petitions[other], counted))
                for value, other in best[:SUGGESTED]
            ]
        )
    return found


def term_hashes(told: Told, key: bytes, rarity: Rarity, most: int = TERMS) -> dict[int, float]:
    """Keyed hashes (63 bits) of the rarest terms, with the weight of each. `key` as for `copies.sketch`."""
    return {_hash(term, key): rarity.weight(term) for term in rarity.rarest(told, most)}


def _hash(term: str, key: bytes) -> int:
    digest = blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8, key=key, person=b"term").digest()
    return int.from_bytes(digest, "big") >> 1
