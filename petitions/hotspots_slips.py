"""Slips of the thumb in the name of a place: "Thanh Hươmg" is "Thanh Hương" where the office knows that name. Pure.

A name is mended only to one that the office has met, only where exactly one such name is a single slip away, and only
where the name is doubtful: it holds what is no Vietnamese syllable, or it was typed without capitals and nobody has
ever named that place. "Thanh Tân" and "Thanh Tâm" are two communes; written with capitals neither is doubtful.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_WORDS: Final = (2, 3)
"""Words of a name that is mended, fewest and most; a single word is one letter off from too many others."""
_LETTERS: Final = 6
"""Letters of such a name at least, where each of its words is a syllable."""
_ONSET: Final = r"(?:ngh?|nh|gh?|gi|kh?|ph|qu|t[hr]?|ch?|[bdhlmnprsvx])?"
_RIME: Final = (
    r"(?:a(?:ch?|i|m|ng?|nh|o|p|t|u|y)?|e(?:ch?|m|ng?|nh|o|p|t|u)?|i(?:a|ch?|e(?:c|m|ng?|p|t|u)|m|nh?|p|t|u)?"
    r"|o(?:a(?:ch?|i|m|ng?|nh|o|p|t|y)?|c|e(?:n|o|t)?|i|m|ng?|ong?|p|t)?"
    r"|u(?:a(?:n|ng|t|y)?|c|e(?:ch|nh)?|i|m|ng?|o(?:c|i|m|ng?|p|t|u)?|p|t|u|y(?:a|ch|en?|et|nh?|t|u)?)?"
    r"|y(?:e(?:m|ng?|t|u)|m|nh?|t)?)"
)
_SYLLABLE: Final = re.compile(_ONSET + _RIME)
_ROWS: Final = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_LETTER: Final = "abcdeghiklmnopqrstuvxy"
"""Letters that Vietnamese syllables are made of, without marks."""


def is_written(name: str) -> bool:
    """Whether every word of a folded name could be a Vietnamese syllable."""
    return all(_SYLLABLE.fullmatch(word) is not None for word in name.split())


@lru_cache(maxsize=256)
def one_slip_away(name: str) -> tuple[str, ...]:
    """Names that may have been meant by a folded one: one word of it with a neighbouring key, a letter too many or
    too few, or two letters changed about. Empty for a name that is too short to tell."""
    words = name.split()
    if not _WORDS[0] <= len(words) <= _WORDS[1] or not name.isascii():
        return ()
    if len(name.replace(" ", "")) < _LETTERS and is_written(name):
        return ()
    found = [
        " ".join([*words[:at], meant, *words[at + 1 :]])
        for at, word in enumerate(words)
        for meant in _meant(word)
        if meant != word and _SYLLABLE.fullmatch(meant) is not None
    ]
    return tuple(dict.fromkeys(found))


def _meant(word: str) -> Iterator[str]:
    for at, letter in enumerate(word):
        yield word[:at] + word[at + 1 :]
        for near in _neighbours().get(letter, ""):
            yield word[:at] + near + word[at + 1 :]
        if at + 1 < len(word):
            yield word[:at] + word[at + 1] + letter + word[at + 2 :]
    for at in range(len(word) + 1):
        for letter in _LETTER:
            yield word[:at] + letter + word[at:]


@lru_cache(maxsize=1)
def _neighbours() -> dict[str, str]:
    """Which keys lie around a key of a telephone."""
    places = {letter: (row, at) for row, keys in enumerate(_ROWS) for at, letter in enumerate(keys)}
    return {
        letter: "".join(
            other
            for other, (its_row, its_at) in places.items()
            if other != letter and abs(its_row - row) <= 1 and abs(its_at + its_row / 2 - at - row / 2) <= 1
        )
        for letter, (row, at) in places.items()
    }
