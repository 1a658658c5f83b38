"""Places in people's words: where something happens (`find_place`) and where somebody lives
(`find_address`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from petitions.choices import language_of
from petitions.phones import find_phones
from petitions.wording import Hit, Phrasebook, Words, read_words
from petitions.wordlists import table

_NAME_WORDS = 4
"""Words a proper name behind a head may have at most."""
_MARKER = re.compile(
    r"(?:địa chỉ|dia chi|trú tại|tru tai|thường trú|nhà ở|nha o|sống ở|address)(?: là| la| tôi| "
    r"em)?\s*:?\s*(?P<rest>[^.;\n]+)",
    re.IGNORECASE,
)


@lru_cache(maxsize=1)
def _books() -> tuple[Phrasebook, Phrasebook, frozenset[str]]:
    data = table("places")
    heads = Phrasebook.of_lists(
        {part: data[part] for part in ("heads", "whole", "business", "known", "before", "_")}
    )
    address = Phrasebook.of_lists({"address": data["address_heads"]})
    stops = read_words(" ".join(data["stops"]), expand=False)
    return heads, address, frozenset(w.key for w in stops.words)


@dataclass(frozen=True, slots=True)
class _Candidate:
    first: int
    last: int
    rank: int
    """0 = a place by name, 1 = a name after "ở", 2 = a business."""


def _typed(words: Words, index: int) -> str:
    word = words.words[index]
    return words.text[word.start : word.end]


def _is_name_word(words: Words, index: int) -> bool:
    typed = _typed(words, index)
    return typed[:1].isupper() or typed[:1].isdigit()


def _extend(words: Words, start: int, *, lower: bool) -> int:
    """Index behind the proper name that begins at word `start`; `start` itself where there is none."""
    sequence, stops = words.words, _books()[2]
    end, clause = start, sequence[start - 1].clause
    while end < len(sequence) and sequence[end].clause == clause and end - start < _NAME_WORDS:
        named = _is_name_word(words, end) or (end == start and _small_before_name(words, end))
        gap = words.text[sequence[end - 1].end : sequence[end].start] if end else " "
        if "\n" in gap or (end > start and _is_hour(words, end)):
            break
        if not named:
            small = lower and sequence[end].key not in stops and end - start < 2
            if not small:
                break
        end += 1
    return end


def _small_before_name(words: Words, index: int) -> bool:
    """One small word of a name that goes on with a capital: "bãi rác thung Đá"."""
    following = index + 1
    return (
        following < len(words)
        and words.words[index].clause == words.words[following].clause
        and words.words[index].key not in _books()[2]
        and words.words[index].key != words.words[index].bare[:1]
        and _typed(words, following)[:1].isupper()
        and not _typed(words, following).isupper()
    )


def _is_hour(words: Words, index: int) -> bool:
    return re.fullmatch(r"\d{1,2}(?:h\d*|g)", _typed(words, index).lower()) is not None


def _from_head(
    words: Words, hit: Hit, heads: dict[int, Hit], *, lower: bool, bare: bool
) -> _Candidate | None:
    """A place that begins with a head. `bare`: the whole text is typed without diacritics, so that a head that has
    none anyway ("hang", "khu") is as unsure as the others."""
    exact = hit.exact and not bare
    rank = 2 if hit.label == "business" else 0
    if hit.label in {"whole", "known"}:
        return _Candidate(hit.first, hit.last, 1 if hit.label == "known" else 0)
    if not exact and hit.last - hit.first == 1 and hit.phrase not in _SAFE_BARE:
        lower = False
    end = _extend(words, hit.last, lower=lower)
    if end == hit.last or not _names_something(words, hit, end, exact=exact):
        return None
    end = _with_town(words, heads, hit.last, end)
    while (
        rank != 2  # the street behind a shop's name is the place, and no part of the name
        and end in heads
        and heads[end].label == "heads"
        and words.words[end].clause == words.words[hit.first].clause
    ):
        further = _extend(words, heads[end].last, lower=lower)
        if further == heads[end].last:
            break
        end = further
    return _Candidate(hit.first, end, rank)


def _with_town(words: Words, heads: dict[int, Hit], start: int, end: int) -> int:
    """Behind the town that follows the name without a comma, of which `_extend` may have taken the first word."""
    for at in range(start + 1, min(end + 1, len(words))):
        town = heads.get(at)
        same = words.words[at].clause == words.words[start].clause
        if (
            same
            and town is not None
            and town.label == "known"
            and town.last >= end
            and _is_name_word(words, at)
        ):
            return town.last
    return end


_NUMBERED = frozenset(
    (
        "thôn",
        "xóm",
        "tổ",
        "đội",
        "ngõ",
        "ngách",
        "hẻm",
        "khu",
        "quốc lộ",
        "tỉnh lộ",
        "đường",
        "tổ dân phố",
        "khu phố",
        "kiệt",
    )
)
_SAFE_BARE = frozenset(("thôn", "xóm", "phường", "huyện"))
"""Heads that stay unmistakable without diacritics."""


def _names_something(words: Words, hit: Hit, end: int, *, exact: bool) -> bool:
    """A number alone names a hamlet or a lane, but no pagoda; in bare text a relic needs its capital
    letter."""
    typed = [_typed(words, index) for index in range(hit.last, end)]
    if typed[0][:1].isdigit():
        return hit.phrase in _NUMBERED and len(typed[0]) <= 4
    if not exact and hit.phrase not in _SAFE_BARE and hit.last - hit.first == 1:
        return typed[0][:1].isupper() and not typed[0].isupper()
    return True


def _with_district(words: Words, candidate: _Candidate) -> int:
    """Take ", Phủ Lý" behind the place: one comma, then a proper name."""
    sequence, last = words.words, candidate.last
    if last >= len(sequence) or candidate.rank == 2:
        return last
    gap = words.text[sequence[last - 1].end : sequence[last].start]
    if gap.strip() != "," or not _typed(words, last)[:1].isupper():
        return last
    end = last
    while (
        end < len(sequence)
        and sequence[end].clause == sequence[last].clause
        and _typed(words, end)[:1].isupper()
    ):
        end += 1
    stop = end >= len(sequence) or sequence[end].clause != sequence[last].clause
    return end if end - last in {1, 2, 3} and (stop or end - last >= 2) else last


def _candidates(words: Words) -> list[_Candidate]:
    hits = _books()[0].find(words)
    heads: dict[int, Hit] = {}
    for hit in hits:
        if hit.label != "before" and (hit.first not in heads or hit.last > heads[hit.first].last):
            heads[hit.first] = hit
    bare = all(w.plain for w in words.words)
    lower = bare or words.text == words.text.lower()
    found = [
        c
        for hit in heads.values()
        if (c := _from_head(words, hit, heads, lower=lower, bare=bare)) is not None
    ]
    shops = [c for c in found if c.rank == 2]
    found = [c for c in found if not any(s.first < c.first and c.last <= s.last for s in shops)]
    for hit in hits:
        if hit.label == "before" and hit.exact and hit.last not in heads and hit.last < len(words):
            end = _extend(words, hit.last, lower=False)
            if (
                end > hit.last
                and not _typed(words, hit.last)[:1].isdigit()
                and _typed(words, hit.last).lower() not in {"facebook", "zalo", "tiktok", "sở"}
            ):
                found.append(_Candidate(hit.last, end, 1))
    return found


def find_place(text: str, *, asked: bool = False) -> str | None:
    """Where it happens, in the words of the text: "tổ 4 Lam Hạ", "đình Nội Rối", "đường Nguyễn Văn Trỗi, Phủ
    Lý".

    With `asked` (the message answers "where?") a short answer is taken as it stands.
    """
    words = read_words(text, expand=False)
    found = (
        [c for c in _candidates(words) if c.rank == 1] if language_of(text) == "en" else _candidates(words)
    )
    if found:
        best = min(found, key=lambda c: (c.rank, c.first, c.first - c.last))
        start, end = words.words[best.first].start, words.words[_with_district(words, best) - 1].end
        if not asked or len(words) > 14:
            return words.text[start:end]
    if asked and 1 <= len(words) <= 25 and any(char.isalpha() for char in text):
        return re.sub(r"^(?:dạ|ở|tại|vâng|nó ở|à|ừ)\s+", "", words.text.strip(" .,;!\n"), flags=re.IGNORECASE)
    return None


def _is_address(part: str) -> bool:
    words = read_words(part, expand=False)
    if not words.words:
        return False
    hits = [hit for hit in _books()[1].find(words) if hit.last < len(words)]
    lead = next((hit for hit in hits if hit.first == 0), None)
    number_first = re.match(r"(?:số\s*|so\s*)?\d+\S*\s+(?:đường|phố|ngõ|ngách|[A-ZĐ])", part) is not None
    return (lead is not None and len(words) <= 14) or number_first


def find_address(text: str) -> str | None:
    """Where the writer lives: the part after "địa chỉ", or the parts between commas that begin like an
    address.

    "Phạm Quốc Huy, tổ 5 Đồng Văn, 0955 220 671" -> "tổ 5 Đồng Văn".
    """
    rest = text
    for phone in reversed(find_phones(text)):
        rest = rest[: phone.span[0]] + "\n" + rest[phone.span[1] :]
    marked = _MARKER.search(rest)
    if marked is not None:
        value: str = marked["rest"].strip(" ,:.")
        if _books()[1].find(read_words(value, expand=False)) or re.search(r"\d", value):
            return value
    parts = [part.strip(" .,") for part in re.split(r"[,;\n]+|(?<=\D)\.(?=\s|$)", rest)]
    taken: list[str] = []
    for part in parts:
        named = 1 <= len(part.split()) <= 4 and all(word[:1].isupper() for word in part.split())
        if _is_address(part) or (taken and named):
            taken.append(part)
        elif taken:
            break
    return ", ".join(taken) if taken else None
