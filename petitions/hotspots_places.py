"""The same place written differently: what makes a place comparable, for counting petitions by place. Pure.

"tổ 4, phường Lam Hạ", "To 4 Lam Ha" and "Lam Hạ" meet in "lam ha", the first two also in "lam ha#4". A place gives
up to three keys, the closest first: what is told exactly counts for the hamlet and for its commune. Words that name
no place ("gần nhà tôi", "không rõ") give none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from petitions.places import find_place
from petitions.text import clean, fold
from petitions.wordlists import table

MOST: Final = 3
"""Keys of a place."""
_LONGEST: Final = 6
"""Words of a name; more are a sentence, in which the place is looked for."""
_READ: Final = 400
"""Characters of a place that are read."""
_CUT: Final = re.compile(r"[,;()\n|]|\s[-–—/]\s")
_NUMBER: Final = re.compile(r"\d{1,4}[a-z]?|[ivx]{2,4}")
_SHORT: Final = {
    "p": "phuong", "x": "xa", "h": "huyen", "q": "huyen", "tt": "thi tran", "tx": "thi xa", "tp": "thanh pho",
    "tdp": "to dan pho", "ql": "quoc lo", "tl": "tinh lo", "dg": "duong",
}  # fmt: skip
_SHORTENED: Final = re.compile(rf"\b({'|'.join(_SHORT)})(?:\.\s*|\s+)(?=[a-z0-9])")
"""As people write before a name: "P. Minh Khai", "tt Quế"."""
_SENTENCE: Final = 10
"""Words between two commas; more tell a story."""
_SURE: Final = frozenset({"o", "tai", "gan", "thuoc", "at", "in", "near", "dia chi"})
"""What stands before a name and is hardly part of one."""
_GRID: Final = 0.01
"""Degrees: about a kilometre. A place that was sent as a point counts for the square it lies in."""

_NO_NAMES: Final = ("nowhere", "wide", "commune", "hamlet", "local", "road", "start")

_Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of a place by itself."""

    level: str
    """`local` (says something only with the next one), `name`, or `wide`."""
    name: str


@lru_cache(maxsize=1)
def _lists() -> dict[str, tuple[_Phrase, ...]]:
    """Longest first."""
    return {
        name: tuple(sorted((tuple(phrase.split()) for phrase in phrases), key=len, reverse=True))
        for name, phrases in table("hotspot_places").items()
    }


def place_keys(place: str) -> tuple[str, ...]:
    """What this place is counted under, the closest first; empty where it names none. Never raises."""
    place = place[:_READ]
    if any(len(part.split()) > _SENTENCE for part in _CUT.split(place)):
        place = find_place(place) or ""
    return _keys(place)


def point_key(latitude: float | None, longitude: float | None) -> str | None:
    """What a point on the map is counted under."""
    if latitude is None or longitude is None or not (abs(latitude) <= 90 and abs(longitude) <= 180):
        return None
    return f"@{round(latitude / _GRID)}:{round(longitude / _GRID)}"


@lru_cache(maxsize=256)
def _keys(place: str) -> tuple[str, ...]:
    pieces: list[_Piece] = []
    for segment in _CUT.split(fold(clean(place))):
        written = _SHORTENED.sub(lambda found: f"{_SHORT[found[1]]} ", segment)
        pieces += _read(re.findall(r"[a-z0-9]+", written))
    if any(piece.level == "name" for piece in pieces):
        pieces = [piece for piece in pieces if piece.level != "wide"]
    names = [piece.name for piece in pieces if piece.level != "local"]
    keys: list[str] = []
    for at, piece in enumerate(pieces):
        if piece.level == "local":
            nearest = next((p.name for p in pieces[at + 1 :] if p.level != "local"), None) or next(
                (p.name for p in reversed(pieces[:at]) if p.level != "local"), None
            )
            if nearest is not None:
                keys.append(f"{nearest}#{piece.name}")
    if not names:
        names = [f"thon {piece.name}" for piece in pieces if not _NUMBER.fullmatch(piece.name)]
    return tuple(dict.fromkeys([*keys[:1], *names]))[:MOST]


def _read(words: list[str]) -> list[_Piece]:
    """The parts of one segment: each head with what follows it up to the next one."""
    words = _without_ends(words)
    if not words or _is(words, "nowhere"):
        return []
    heads = _heads(words)
    pieces: list[_Piece] = []
    first = heads[0][0] if heads else len(words)
    if first:
        pieces += _plain(words[:first], alone=not heads)
    for place, (at, length, level) in enumerate(heads):
        end = heads[place + 1][0] if place + 1 < len(heads) else len(words)
        pieces += _headed(words[at : at + length], words[at + length : end], level)
    return pieces


def _heads(words: list[str]) -> list[tuple[int, int, str]]:
    """Where the heads stand: place, length, level. One with no name behind it is part of a name itself."""
    found: list[tuple[int, int, str]] = []
    at = 0
    while at < len(words):
        level, length = _head_at(words, at)
        if length and at + length < len(words) and not (found and at == sum(found[-1][:2])):
            found.append((at, length, level))
            at += length + 1
        else:
            at += 1
    return found


def _head_at(words: list[str], at: int) -> tuple[str, int]:
    """The head that stands here. A number must follow "tổ", "khu", "ngõ"; a road's head begins a segment."""
    for level in ("wide", "commune", "hamlet", "local", "road"):
        for phrase in _lists()[level]:
            if tuple(words[at : at + len(phrase)]) != phrase:
                continue
            following = words[at + len(phrase) : at + len(phrase) + 2]
            numbered = bool(following) and (
                _NUMBER.fullmatch(following[0]) is not None
                or (following[0] == "so" and len(following) > 1 and following[1].isdigit())
            )
            begins = at == 0 or words[at - 1].isdigit() or _NUMBER.fullmatch(words[at - 1]) is not None
            if level == "local" and not numbered:
                continue
            if level == "road" and (not begins or len(words) - at - len(phrase) < 2) and not numbered:
                continue
            return level, len(phrase)
    return "", 0


def _headed(head: list[str], words: list[str], level: str) -> list[_Piece]:
    if words[:1] == ["so"] and len(words) > 1:
        words = words[1:]
    words = _without_ends(words)
    if not words:
        return []
    number, rest = (words[0], words[1:]) if _NUMBER.fullmatch(words[0]) else ("", words)
    if number and level in ("hamlet", "local"):
        return [_Piece("local", number), *(_plain(rest, alone=False) if rest else [])]
    if number and level == "road":
        return [_Piece("name", " ".join([*head, number])), *(_plain(rest, alone=False) if rest else [])]
    name = " ".join(words[:_LONGEST])
    if level == "hamlet" and len(words) == 1:
        return [_Piece("local", name)]
    if len(name) < 2:
        return []
    return [_Piece("wide" if level == "wide" else "name", name)]


def _plain(words: list[str], *, alone: bool) -> list[_Piece]:
    """A name without a head, or behind a word that says what kind of place it is. A house number is none."""
    if words and words[0] == "so" and len(words) > 1:
        words = words[2:]
    while words and _NUMBER.fullmatch(words[0]) and len(words) > 1:
        words = words[1:]
    kept = words
    while (phrase := _starts(kept, "start")) and len(kept) - len(phrase) >= 2:
        kept = kept[len(phrase) :]
    kept = _without_ends(kept)
    if not alone and _starts(kept, "start") == tuple(kept):
        return []  # "đình" before "làng Mai Cầu"
    name = " ".join(kept)
    if not kept or len(kept) > _LONGEST or len(name) < 3 or _NUMBER.fullmatch(name):
        return []
    if any(_is(kept, kind) for kind in _NO_NAMES) or len(set(name.replace(" ", ""))) < 2:
        return []
    return [_Piece("name", name)]


def _without_ends(words: list[str]) -> list[str]:
    while phrase := _starts(words, "before"):
        left = len(words) - len(phrase)
        if left < (1 if " ".join(phrase) in _SURE else 2):
            break
        words = words[len(phrase) :]
    while True:
        phrase = next(
            (p for p in _lists()["after"] if len(words) > len(p) and tuple(words[-len(p) :]) == p), ()
        )
        if not phrase:
            return words
        words = words[: -len(phrase)]


def _starts(words: list[str], name: str) -> _Phrase:
    return next((p for p in _lists()[name] if tuple(words[: len(p)]) == p), ())


def _is(words: list[str], name: str) -> bool:
    return tuple(words) in _lists()[name]
