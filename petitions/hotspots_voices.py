"""How many people speak of their own in some petitions: who writes ten times is one, so are those who send one text.

A signed circular of many people is a mass case (đông người), not a place at which something grows; it shows in the
list of such cases.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from petitions import copies

COMPARED: Final = 200
"""Petitions whose texts are compared, the newest: more voices than that leave no doubt."""
_SHORT: Final = 30
"""Pairs of words."""
_SHORT_COPY: Final = 0.6
"""Likeness of short texts; with 20 words of 100 changed copies have that in the middle (docs/duplicates.md)."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A petition and what tells who speaks in it."""

    petition_id: int
    ago: int
    """Days since it was filed; today is 0."""
    signs: tuple[Hashable, ...]
    """Chat, conversation, phone: whoever shares one of them is the same person. None: somebody by themselves."""
    text: str


def own_voices(heard: Sequence[Heard], windows: Iterable[int]) -> Mapping[int, int]:
    """How many own voices each window has."""
    groups = together(heard)
    return {window: len({groups[h.petition_id] for h in heard if h.ago < window}) for window in windows}


def together(heard: Sequence[Heard]) -> dict[int, int]:
    """The voice of each petition: the place in `heard` of the first petition with the same one."""
    leader = list(range(len(heard)))

    def find(place: int) -> int:
        while leader[place] != place:
            leader[place] = leader[leader[place]]
            place = leader[place]
        return place

    def join(one: int, other: int) -> None:
        first, second = sorted((find(one), find(other)))
        leader[second] = first

    by_sign: dict[Hashable, int] = {}
    for place, each in enumerate(heard):
        for sign in each.signs:
            join(by_sign.setdefault(sign, place), place)
    read = [copies.read(each.text) for each in heard]
    for one, other in combinations(range(len(heard)), 2):
        if find(one) != find(other) and _one_text(read[one], read[other]):
            join(one, other)
    return {each.petition_id: find(place) for place, each in enumerate(heard)}


def _one_text(one: copies.Reading, other: copies.Reading) -> bool:
    """A copy, where both speak of the same thing at the same place anyway: in a short text that alone makes them
    alike, so more must be the same."""
    if not copies.are_copies(one, other):
        return False
    short = min(len(one.pairs), len(other.pairs)) < _SHORT
    return not short or copies.likeness(one, other) >= _SHORT_COPY
