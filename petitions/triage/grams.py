"""The evidence the model weighs: syllables and pairs of syllables, as hashes of their letters without marks.

Folded letters make a story typed with and without diacritics the same evidence. Only hashes are kept, so that
an artefact trained from an office's own petitions spells out nobody's name.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from zlib import crc32

from petitions.wording import Words

MOST_WORDS = 700
"""Words of a story that are weighed: a petition says what it is about before that."""
_LONGEST = 24
"""Letters of a syllable that are looked at; what is longer is keyboard play."""


class Gram(NamedTuple):
    """One or two syllables that follow each other: their hash, how often they come, the first place."""

    key: int
    times: int
    first: int
    last: int
    """Words `first` (included) to `last` (excluded) of the message; equal for an end of the message."""


def key_of(text: str) -> int:
    """The hash under which a feature is kept: 32 bits, the same on every machine."""
    return crc32(text.encode())


def grams(words: Words) -> list[Gram]:
    """Every syllable and pair of syllables of a message, each once, in reading order; figures count alike."""
    bares = ["#" if bare.isdecimal() else bare[:_LONGEST] for bare in words.bares[:MOST_WORDS]]
    count: dict[int, int] = {}
    place: dict[int, tuple[int, int]] = {}
    before = "<"
    for at, bare in enumerate(bares):
        for key, first in ((key_of(f"1{bare}"), at), (key_of(f"2{before} {bare}"), max(0, at - 1))):
            count[key] = count.get(key, 0) + 1
            place.setdefault(key, (first, at + 1))
        before = bare
    if bares:
        key = key_of(f"2{before} >")
        count[key] = count.get(key, 0) + 1
        place.setdefault(key, (len(bares) - 1, len(bares)))
    return [Gram(key, many, *place[key]) for key, many in count.items()]


def rarity(texts: int, holding: int) -> float:
    """How much a gram tells that `holding` of `texts` training texts contain (inverse document frequency)."""
    return math.log((texts + 1) / (holding + 1)) + 1.0


def weights(found: Iterable[Gram], rarities: Mapping[int, float] | None, unknown: float) -> dict[int, float]:
    """The grams' values, together of length 1, whatever the length of the story.

    Args:
        rarities: of the grams known from training, by hash; None to count all alike.
        unknown: the rarity of a gram that training never saw.
    """
    values = {
        gram.key: (1.0 + math.log(gram.times))
        * (1.0 if rarities is None else rarities.get(gram.key, unknown))
        for gram in found
    }
    length = math.sqrt(sum(value * value for value in values.values()))
    return {key: value / length for key, value in values.items()} if length else {}
