"""Copies of one text: sent twice, by many, forwarded, without diacritics, with some words changed. Pure.

Three steps, each on the words without marks and case:

* `sketch`: the smallest keyed hashes of the text's shingles (three words in a row), all the store needs to find
  candidates. Nobody reads a word from them without the key.
* `likeness`: where both texts are at hand, the share of the shorter one's pairs of words that stands in the
  other as well. A text forwarded with a preface stays whole in the longer one.
* `group`: texts that are copies of each other, through others too, but never two that have nothing in common.

A copy is a suggestion to a person, not a decision; who joins petitions is said in `docs/duplicates.md`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import combinations, pairwise
from typing import Final

from petitions.text import clean
from petitions.wording import read_words
from petitions.wordlists import table

SKETCH: Final = 16
"""Hashes kept of a text."""
SHARED: Final = 2
"""Hashes two sketches must share, so that the texts are looked at."""
COPY: Final = 0.42
"""From this likeness on a text is a copy. Measured (docs/duplicates.md): with 20 words of 100 changed copies have
0.6 in the middle, other petitions of one matter at most 0.43, unrelated ones of this length at most 0.36."""
_SHORT_COPY: Final = 0.6
_INNER: Final = 0.25
"""The least likeness of what stands between an opening and an ending that both texts have."""
_SHORT: Final = 12
"""Pairs of words; of a shorter text more must be the same, for a phrase of daily use fills it."""
_LEAST: Final = 7
"""Words. Shorter texts are copies only where they are the same as a whole."""
_SAYS_SOMETHING: Final = 4
"""Words. Less is a greeting or an answer, and two of them are no copies."""
_TOGETHER: Final = 0.2
"""The least likeness of any two texts of a group."""
_CHECKED: Final = 6
"""Members of a group whose likeness with newcomers is looked at."""
_WIDE: Final = 48
"""Hashes for texts that are compared at once, where nothing has to be stored."""
_CROWD: Final = 64
"""Texts that share a hash; of more only the first are compared, each with the next ones."""

Words = tuple[str, ...]
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A text as it is compared: its words without greetings and marks, and which follow each other."""

    words: tuple[str, ...]
    pairs: frozenset[Pair]


@lru_cache(maxsize=1)
def _phrases() -> tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...], frozenset[tuple[str, ...]]]:
    """Openings and closings, the longest first, and the shingles of phrases that say nothing."""
    lists = table("boilerplate")

    def read(name: str) -> list[tuple[str, ...]]:
        return sorted((_bare(phrase) for phrase in lists[name]), key=len, reverse=True)

    idle = frozenset(shingle for phrase in read("phrases") for shingle in _shingles(phrase))
    return tuple(read("openings")), tuple(read("closings")), idle


def _bare(text: str) -> tuple[str, ...]:
    return read_words(clean(text), expand=False).bares


def _shingles(words: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    return zip(words, words[1:], words[2:], strict=False)


@lru_cache(maxsize=64)
def read(text: str) -> Reading:
    """The text for comparing. Never raises; of a very long text the first 20,000 characters count.

    The last few are kept in memory: copies and matters are looked for in the same texts.
    """
    words = _bare(text)
    openings, closings, _ = _phrases()
    first, last = 0, len(words)
    while (phrase := next((p for p in openings if words[first : first + len(p)] == p), None)) is not None:
        first += len(phrase)
    while (
        phrase := next((p for p in closings if words[max(first, last - len(p)) : last] == p), None)
    ) is not None:
        last -= len(phrase)
    kept = words[first:last]
    return Reading(kept, frozenset(pairwise(kept)))


def sketch(reading: Reading, key: bytes, *, size: int = SKETCH) -> tuple[int, ...]:
    """At most `size` keyed hashes (63 bits), smallest first; none for a text that says nothing.

    Args:
        key: up to 64 bytes; texts of different keys never share a hash, so that a key for each agency and
            each degree of secrecy keeps them apart.
    """
    if len(reading.words) < _SAYS_SOMETHING:
        return ()
    idle = _phrases()[2]
    kept = {" ".join(shingle) for shingle in _shingles(reading.words) if shingle not in idle}
    if len(reading.words) < _LEAST or not kept:
        whole = " ".join(reading.words)
        return tuple(sorted(_hash(f"{place}|{whole}", key) for place in range(SHARED)))
    return tuple(sorted(_hash(shingle, key) for shingle in kept)[:size])


def _hash(words: str, key: bytes) -> int:
    digest = blake2b(words.encode("utf-8", "surrogatepass"), digest_size=8, key=key).digest()
    return int.from_bytes(digest, "big") >> 1


def likeness(one: Reading, other: Reading) -> float:
    """From 0 to 1: how much of the shorter text stands in the longer one.

    What both begin or end with alike is not enough where something else is left: the same preface of a group, or
    the same name and address of one sender, stand before and after different matters.
    """
    if one.words == other.words:
        return 1.0
    first, last = _common(one.words, other.words), _common(one.words[::-1], other.words[::-1])
    if min(len(one.words), len(other.words)) - first - last >= _LEAST:
        inner = _share(_middle(one, first, last), _middle(other, first, last))
        if inner < _INNER:
            return inner
    return _share(one, other)


def _share(one: Reading, other: Reading) -> float:
    least = min(len(one.pairs), len(other.pairs))
    return len(one.pairs & other.pairs) / least if least else 0.0


def _common(one: Words, other: Words) -> int:
    return next((place for place, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), 0)


def _middle(reading: Reading, first: int, last: int) -> Reading:
    if not first and not last:
        return reading
    words = reading.words[first : len(reading.words) - last]
    return Reading(words, frozenset(pairwise(words)))


def are_copies(one: Reading, other: Reading) -> bool:
    """Whether one text is a copy of the other, or was taken over in it."""
    shorter = min(len(one.words), len(other.words))
    if shorter < _SAYS_SOMETHING:
        return False
    if shorter < _LEAST:
        return one.words == other.words
    least = min(len(one.pairs), len(other.pairs))
    return likeness(one, other) >= (_SHORT_COPY if least < _SHORT else COPY)


def group(texts: Iterable[str]) -> list[list[int]]:
    """The places of texts that are copies, a list for each group of two and more, in the order of the texts."""
    readings = [read(text) for text in texts]
    likely = sorted(
        (
            (likeness(readings[one], readings[other]), one, other)
            for one, other in _candidates(readings)
            if are_copies(readings[one], readings[other])
        ),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    groups = {place: [place] for place in range(len(readings))}
    for _, one, other in likely:
        first, second = groups[one], groups[other]
        if first is not second and _belong_together(readings, first, second):
            first.extend(second)
            for place in second:
                groups[place] = first
    found = {id(members): sorted(members) for members in groups.values() if len(members) > 1}
    return sorted(found.values())


def _belong_together(readings: list[Reading], first: list[int], second: list[int]) -> bool:
    """A text that quotes two others does not make these two one."""
    return all(
        likeness(readings[one], readings[other]) >= _TOGETHER
        for one in first[:_CHECKED]
        for other in second[:_CHECKED]
    )


def _candidates(readings: list[Reading]) -> Iterator[tuple[int, int]]:
    holders: defaultdict[int, list[int]] = defaultdict(list)
    for place, reading in enumerate(readings):
        for value in sketch(reading, b"", size=_WIDE):
            holders[value].append(place)
    shared: Counter[tuple[int, int]] = Counter()
    for places in holders.values():
        if len(places) <= _CROWD:
            shared.update(combinations(places, 2))
        else:
            shared.update(dict.fromkeys(pairwise(places), SHARED))
    return (pair for pair, count in shared.items() if count >= SHARED)
