"""Where a petition happened, as keys to count it by: from the place that was told, from the story, and from names
that the office has met before. Pure.

People name a place in many ways and often only in the story, without a capital and without diacritics. Names that
stood behind "xã", "phường", "thôn" with a capital letter are sure; a later story that holds such a name, however it
is typed, is taken to happen there where it names no place surely itself.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from petitions.hotspots_places import MOST, place_keys, point_key
from petitions.hotspots_slips import is_written, one_slip_away
from petitions.places import find_place
from petitions.text import clean, fold
from petitions.wordlists import table

_STORY: Final = 4_000
"""Characters of a story that are read."""
_SPANS: Final = (3, 2)
"""Words of a name that is looked for in a story, the longer first."""
_MOST_SPANS: Final = 600
_LONGEST: Final = 4
_BARE: Final = 2
"""Words of a name in text without capitals, where nobody sees its end: nearly all communes have two."""
_BEFORE: Final = frozenset({"ở", "tại"})
"""Before two capital words, and where the text has capitals, they name a place as well."""
_WORD: Final = re.compile(r"\w+")
_BREAK: Final = re.compile(r"[.,;:!?()\n]")


@dataclass(frozen=True, slots=True)
class ToldPlace:
    """Where something happened as far as it was told."""

    words: str
    """As it was written; empty where only names in the story tell."""
    keys: tuple[str, ...]
    """What it is counted under, the closest first."""
    sure: tuple[str, ...]
    """Those of the names that surely are names of places."""
    doubtful: tuple[str, ...] = ()
    """Names that may hold a slip; which names may have been meant says `asked_for`."""


def told_place(
    place: str,
    latitude: float | None,
    longitude: float | None,
    story: str,
    *,
    known: Collection[str] = (),
) -> ToldPlace:
    """Where it happened: the place that was told, else the point on the map, else what the story names.

    Args:
        known: names of places the office has met (`asked_for` tells which may be of use); they count where nothing
            surer was told, and where a doubtful name is one slip away from one of them.
    """
    story = story[:_STORY]
    words, keys = place, place_keys(place)
    named = _names(place) + _names(story)
    sure = tuple(dict.fromkeys(name for name, is_sure in named if is_sure))
    point = None if keys else point_key(latitude, longitude)
    if point is not None:
        words, keys = f"{latitude:.2f}, {longitude:.2f}", (point,)
    elif not keys:
        words = find_place(story) or ""
        keys = place_keys(words)
    more = [name for name, _ in named]
    if not sure:
        more += [span for span in spans_of(place, story) if span in known][:1]
    doubtful = _doubtful(named, keys)
    meant = {name: better for name in doubtful if (better := _mended(name, known)) is not None}
    found = [_with_name(key, meant) for key in [*(key for key in keys if "#" in key), *more, *keys]]
    words = words if keys else (more[0] if more else "")
    return ToldPlace(words, tuple(dict.fromkeys(found))[:MOST], sure, doubtful)


def asked_for(told: ToldPlace, place: str, story: str) -> tuple[str, ...]:
    """Names that `told_place` has a use for where the office has met them."""
    spans = () if told.sure else spans_of(place, story)
    near = [name for doubtful in told.doubtful for name in (doubtful, *one_slip_away(doubtful))]
    return tuple(dict.fromkeys([*spans, *near]))


def _doubtful(named: Sequence[tuple[str, bool]], keys: Sequence[str]) -> tuple[str, ...]:
    """Names that hold no Vietnamese syllable somewhere, or were not surely told; without those too short to mend."""
    sure = {name for name, is_sure in named if is_sure}
    names = dict.fromkeys([*(name for name, _ in named), *(key.partition("#")[0] for key in keys)])
    return tuple(name for name in names if (name not in sure or not is_written(name)) and one_slip_away(name))


def _mended(name: str, known: Collection[str]) -> str | None:
    """The one known name that may have been meant; None where none or several may, or the name is a known one."""
    if name in known and is_written(name):
        return None
    near = [other for other in one_slip_away(name) if other in known]
    return near[0] if len(near) == 1 else None


def _with_name(key: str, meant: Mapping[str, str]) -> str:
    name, mark, local = key.partition("#")
    return meant.get(name, name) + mark + local


def spans_of(place: str, story: str) -> tuple[str, ...]:
    """Words in a row that may be the name of a known place, the longer first; at most some hundred."""
    words = fold(clean(f"{place}. {story[:_STORY]}"))
    spans = []
    for length in _SPANS:
        for part in _BREAK.split(words):
            row = _WORD.findall(part)
            spans += [" ".join(row[at : at + length]) for at in range(len(row) - length + 1)]
    return tuple(dict.fromkeys(spans))[:_MOST_SPANS]


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[tuple[str, ...]], frozenset[tuple[str, ...]], frozenset[str], frozenset[str]]:
    """Heads as written and bare, words that begin no name, and those with which bodies and buildings begin."""
    written = ("xã", "phường", "thị trấn", "thôn", "làng", "xóm", "ấp", "tổ dân phố", "khu phố")
    stops = {fold(word) for word in table("places")["stops"]}
    lists = table("hotspot_places")
    stops |= {
        word for name in ("before", "after", "nowhere", "wide", "local", "road") for word in lists[name]
    }
    heads = frozenset(tuple(head.split()) for head in written)
    return (
        heads,
        frozenset(tuple(fold(part) for part in head) for head in heads),
        frozenset(stops),
        frozenset(lists["offices"]),
    )


@lru_cache(maxsize=64)
def _names(text: str) -> tuple[tuple[str, bool], ...]:
    """Names behind "xã", "phường", "thôn" …, in order, with whether they surely are names."""
    text = clean(text)
    bare = fold(text) == " ".join(text.lower().split())
    written, plain, stops, offices = _lists()
    heads = plain if bare else written
    tokens = [(found[0], found.start(), found.end()) for found in _WORD.finditer(text)]
    found: list[tuple[str, bool]] = []
    at = 0
    while at < len(tokens):
        length = next(
            (n for n in (3, 2, 1) if tuple(word.lower() for word, _, _ in tokens[at : at + n]) in heads), 0
        )
        before = not length and not bare and tokens[at][0].lower() in _BEFORE
        at += length or 1
        if not length and not before:
            continue
        name = _name(text, tokens, at, bare=bare, stops=stops)
        if name and not (before and (len(name) < _BARE or name[0] in offices)):
            found.append((" ".join(name), not bare and len(name) > 1))
            at += len(name)
    return tuple(dict.fromkeys(found))


def _name(
    text: str, tokens: list[tuple[str, int, int]], at: int, *, bare: bool, stops: frozenset[str]
) -> list[str]:
    """The words of the name that begins here, folded; empty where none does."""
    name: list[str] = []
    for place in range(at, min(len(tokens), at + (_BARE if bare else _LONGEST))):
        word, start, _ = tokens[place]
        gap = text[tokens[place - 1][2] : start]
        if (place > at and gap.strip()) or not word[:1].isalpha():
            break
        folded = fold(word)
        if (bare and folded in stops) or (not bare and not word[0].isupper()):
            break
        name.append(folded)
    if bare and len(name) < _BARE:
        return []
    return name if len(" ".join(name)) > 1 else []
