"""The name of the person who writes (or of the one they write for), found in their words.

Names of accused people stand in petitions too: in a story only first-person wordings count; the looser
reading of a bare name is for answers (`asked`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from petitions.phones import find_phones
from petitions.text import fold
from petitions.wordlists import table

_WORD = r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*\.?(?:-[^\W\d_]+)?"
_FIRST = (
    r"(?:tôi|toi|em|mình|minh|mk|cháu|chau|tui|con|ông|ong|bà|ba|cô|co|chú|chu|bác|bac|anh|chị|chi|cụ|cu|"
    r"(?:cô|anh|chị|bạn|ông|bà|co|ban|chi) (?:ấy|ay|tôi|em)|(?:mẹ|bố|bạn|vợ|chồng) (?:tôi|em|mình))"
)
_SELF = (
    rf"(?:(?<!\w){_FIRST} t[êe]n(?: l[àa])?|(?<!\w)t[êe]n (?:c[ủu]a )?{_FIRST}(?: l[àa]|:)?|"
    r"(?<!\w)h[ọo] (?:v[àa] )?t[êe]n(?: (?:tôi|em|mình))?(?: l[àa])?|(?<!\w)đại diện|"
    r"(?<!\w)my (?:full )?name(?:'s| is)|(?<!\w)name(?= ?:))"
)
_INTRODUCED = re.compile(rf"{_SELF}\s*[:\-]?\s*(?P<name>{_WORD}(?:\s+{_WORD}){{0,6}})", re.IGNORECASE)
_ANCHOR = re.compile(r"[tT][eEêÊ][nN]|[đĐ][ạẠ]|[nN][aA][mM][eE]")
"""What no introduction is without; patterns that may begin with so many words are slow to try everywhere."""
_ANCHOR_AT = 16
"""Letters an introduction may have before its anchor, at most ("chồng mình tên")."""
_I_AM = re.compile(
    rf"(?<!\w)(?:tôi|em|mình|cháu|tên|ông|bà|toi|tôi tên)(?: l[àa]|,)\s+(?:nhiếp ảnh gia tự do\s+|ông\s+|"
    rf"bà\s+)?(?P<name>{_WORD}(?:\s+{_WORD}){{1,5}})",
    re.IGNORECASE,
)
_ENGLISH_AM = re.compile(r"(?<!\w)(?:I am|I'm|this is)\s+(?P<name>[A-Z][a-z]+(?:\s+[A-Z][a-z]+){1,3})")
_JUST_TEN = re.compile(
    rf"(?<!\w)t[êe]n(?:\s+l[àa])?\s*[:\-]?\s*(?P<name>{_WORD}(?:\s+{_WORD}){{0,5}})", re.IGNORECASE
)
_PART = re.compile(r"[,;\n:/|()–]+|\s-\s|\.(?=\s|$)")


_HONORIFICS = frozenset({"anh", "chị", "chi", "ông", "ong", "bà", "cô", "chú", "bác", "em", "cháu", "cụ"})


@lru_cache(maxsize=1)
def _lists() -> tuple[frozenset[str], frozenset[str], frozenset[str], frozenset[str]]:
    data = table("names")
    surnames = frozenset(data["surnames"])
    return (
        surnames,
        frozenset(fold(word) for word in surnames),
        frozenset(data["not_names"]),
        frozenset(data["stops"]),
    )


def _starts_like_name(words: list[str]) -> bool:
    surnames, bare, _, _ = _lists()
    first = words[0].lower()
    return first in surnames or (first.isascii() and first in bare)


def _trim(captured: str) -> str | None:
    """The name at the beginning of `captured`: capitalised words, or lower-case ones up to the first stop
    word."""
    _, _, _, stops = _lists()
    words: list[str] = []
    raw = captured.split()
    capitals = raw[0][:1].isupper()
    for word in raw:
        low = word.lower().rstrip(".")
        if not capitals and word.isascii() and low in _bare_stops():
            break
        if capitals and not word[:1].isupper():
            break
        if low in stops and not (words and word[:1].isupper()):
            break
        if len(words) == 5:
            break
        words.append(word)
    if not words or len("".join(words)) < 2:
        return None
    return _present(words)


@lru_cache(maxsize=1)
def _bare_stops() -> frozenset[str]:
    """Stop words as typed without diacritics, but for those that are common in names (nam, an, ha, co …)."""
    return frozenset(fold(word) for word in _lists()[3]) - frozenset(
        ("nam", "dang", "la", "con", "ai", "sinh", "o", "co", "to", "thon", "dung")
    )


def _present(words: list[str]) -> str:
    if len(words) > 1 and words[0] in _HONORIFICS:
        words = words[1:]
    joined = " ".join(words)
    joined = joined if re.search(r"(?<!\w)\w\.$", joined) else joined.rstrip(".")
    return joined if joined != joined.lower() else " ".join(w[:1].upper() + w[1:] for w in joined.split())


def _plausible(part: str) -> bool:
    """Whether a whole answer part may be a name: few words, letters only, no word of ordinary speech."""
    _, _, not_names, _ = _lists()
    words = part.split()
    if not 1 <= len(words) <= 6 or not all(re.fullmatch(_WORD, word) for word in words):
        return False
    lows = [word.lower().rstrip(".") for word in words]
    if len(words) > 1 and part == part.lower():
        return _all_name_words(lows) and (_starts_like_name(words) or not_names.isdisjoint(lows))
    ordinary = any(
        low in not_names and not (index and word[:1].isupper())
        for index, (low, word) in enumerate(zip(lows, words, strict=True))
    )
    if ordinary and not (_starts_like_name(words) and all(w[:1].isupper() for w in words)):
        return False
    if _starts_like_name(words) and len(words) >= 2:
        return True
    return all(word[:1].isupper() for word in words) or len(words) <= 4


def _all_name_words(lows: Sequence[str]) -> bool:
    """Whether each word stands in names. Without capitals nothing else tells "nguyen thi sen" from "quen mat roi"."""
    return all(low in _HONORIFICS or fold(low) in _name_words() for low in lows)


@lru_cache(maxsize=1)
def _name_words() -> frozenset[str]:
    return frozenset(table("names")["name_words"]) | _lists()[1]


def _introductions(text: str) -> Iterator[re.Match[str]]:
    """The matches of `_INTRODUCED`, in order, looked for only around what none is without."""
    at = 0
    for anchor in _ANCHOR.finditer(text):
        at = max(at, anchor.start() - _ANCHOR_AT)
        while at <= anchor.start():
            match = _INTRODUCED.match(text, at)
            if match is not None:
                yield match
            at = match.end() if match is not None else at + 1


def find_name(text: str, *, asked: bool = False) -> str | None:
    """The name the writer gives: "tên tôi Vũ Hải", "ông tên là Trần Văn Điều 79 tuổi", "Cô ấy tên Emma
    Clarke".

    With `asked` (the message answers "your name?") also a bare name ("Nguyễn Thị Sen 0951 223 45") or "tên
    Thắng".
    """
    for match in _introductions(text):
        name = _trim(match["name"])
        if name and _lists()[2].isdisjoint(w.lower() for w in name.split()[:1] if not w[:1].isupper()):
            return name
    for pattern in (_I_AM, _ENGLISH_AM):
        for found in pattern.finditer(text):
            name = _trim(found["name"])
            words = name.split() if name else []
            capitals = bool(words) and all(w[:1].isupper() for w in words)
            if (
                name
                and len(words) >= 2
                and (pattern is _ENGLISH_AM or (capitals and _starts_like_name(words)))
            ):
                return name
    return _asked_name(text) if asked else None


def _asked_name(text: str) -> str | None:
    rest = text
    for phone in reversed(find_phones(text)):
        rest = rest[: phone.span[0]] + "\n" + rest[phone.span[1] :]
    introduced = _JUST_TEN.search(rest)
    if introduced is not None:
        name = _trim(introduced["name"])
        if name and introduced["name"].split()[0].lower() not in _lists()[2]:
            return name
    parts = [
        re.sub(r"^(?:dạ|vâng|ừ|à|ạ|thì|là|dạ là)\s+", "", part.strip(), flags=re.IGNORECASE)
        for part in _PART.split(rest)
    ]
    parts = [re.sub(r"\s+(?:ạ|nhé|nha|\d+ tuổi)$", "", part) for part in parts]
    named = [part for part in parts if part and _plausible(part)]
    if (
        len([part for part in parts if part]) > 1
    ):  # a lone small word is a name only where nothing else is said
        named = [part for part in named if part != part.lower() or len(part.split()) > 1]
    for part in named:
        if _starts_like_name(part.split()) and len(part.split()) >= 2:
            return _present(part.split())
    return _present(named[0].split()) if named else None
