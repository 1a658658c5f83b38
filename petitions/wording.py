"""Words of a message and the phrases found in them, however they were typed.

Vietnamese typed on a phone comes with or without diacritics, with tone marks on either vowel (hoà, hòa),
with hỏi and ngã mixed up, with teencode (ko, dc, ng). Dropping all marks would make everything comparable
but also makes "chùa" (pagoda) and "chưa" (not yet) the same word. So each word keeps two forms: `key`, where
only such spelling habits are levelled, and `bare`, without any mark. A bare match counts only where the
writer left the marks out.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from petitions.wordlists import table

_WORD = re.compile(r"[^\W_]+", re.UNICODE)
_BREAK = re.compile(r"[.!?;,:\n\r…()\[\]\"“”|]+")
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_LEVEL_TONE = {"\u0303": "\u0309"}
"""Ngã is written hỏi: the commonest spelling mistake, and no two phrases of ours differ by it."""
_RUN = re.compile(r"(\w)\1{2,}")
_TAIL = re.compile(r"([aeiuyk])\1+$")
_MAX_CHARS = 20_000
"""What is longer is read up to here: a petition says what it is about before that."""


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `start` and `end` are offsets in `Words.text`."""

    key: str
    bare: str
    start: int
    end: int
    clause: int
    plain: bool
    """Stands in a clause typed without diacritics: its bare form is all the evidence there is."""


@dataclass(frozen=True, slots=True)
class Words:
    """A message cut in words and clauses."""

    text: str
    words: tuple[Word, ...]

    def __len__(self) -> int:
        return len(self.words)

    def clauses(self) -> list[list[Word]]:
        """The words, grouped between punctuation marks."""
        grouped: dict[int, list[Word]] = {}
        for word in self.words:
            grouped.setdefault(word.clause, []).append(word)
        return list(grouped.values())


@lru_cache(maxsize=1)
def _shorthand() -> dict[str, tuple[str, ...]]:
    return {short: tuple(long.split()) for short, long in table("shorthand")["words"].items()}


def _calm(token: str) -> str:
    """Undo stretched letters: "điiii" -> "đi", "okkk" -> "ok"."""
    token = _RUN.sub(r"\1", token)
    return _TAIL.sub(r"\1", token) if len(token) > 2 else token


def _forms(token: str) -> tuple[str, str]:
    """`key` and `bare` of one lower-case word. In `key` the tone stands at the end, wherever it was
    written."""
    if token.isascii():
        return token, token
    letters: list[str] = []
    bare: list[str] = []
    tone = ""
    for char in unicodedata.normalize("NFD", token):
        if char in _TONES:
            tone = _LEVEL_TONE.get(char, char)
        else:
            letters.append(char)
            if not unicodedata.combining(char):
                bare.append("d" if char == "đ" else char)
    return "".join(letters) + tone, "".join(bare)


@lru_cache(maxsize=8192)
def _token_forms(token: str, expand: bool) -> tuple[tuple[str, str], ...]:
    """The words one typed token stands for, teencode written out, each as (key, bare)."""
    token = _calm(token.lower())
    parts = _shorthand().get(token, (token,)) if expand else (token,)
    return tuple(_forms(part) for part in parts)


def _raw_words(text: str, *, expand: bool) -> list[tuple[str, str, int, int, int]]:
    breaks = [match.start() for match in _BREAK.finditer(text)]
    found: list[tuple[str, str, int, int, int]] = []
    clause = passed = 0
    last_break_seen = -1
    for match in _WORD.finditer(text):
        while passed < len(breaks) and breaks[passed] < match.start():
            passed += 1
        if passed != last_break_seen:
            clause += 1
            last_break_seen = passed
        for key, bare in _token_forms(match.group(), expand):
            found.append((key, bare, match.start(), match.end(), clause))
    return found


@lru_cache(maxsize=8)
def read_words(text: str, *, expand: bool = True) -> Words:
    """Cut `text` in words, teencode written out (`expand`). Offsets refer to its NFC form, kept in
    `Words.text`.

    The last few results are kept: one message is looked at by a dozen readers in a row.
    """
    text = unicodedata.normalize("NFC", text)[:_MAX_CHARS]
    raw = _raw_words(text, expand=expand)
    count: dict[int, int] = {}
    marked: dict[int, int] = {}
    for key, bare, start, end, clause in raw:
        count[clause] = count.get(clause, 0) + 1
        typed = text[start:end].lower()
        if key != bare and not typed.isascii():
            marked[clause] = marked.get(clause, 0) + 1
    overall = sum(marked.values()) / max(1, len(raw))
    plain = {
        clause: marked.get(clause, 0) <= number * 0.15 and (overall < 0.4 or number > 4)
        for clause, number in count.items()
    }
    return Words(text, tuple(Word(key, bare, start, end, c, plain[c]) for key, bare, start, end, c in raw))


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase of the book that stands in the message at words `first` (included) to `last` (excluded)."""

    label: str
    phrase: str
    weight: float
    first: int
    last: int
    exact: bool
    """Matched with its diacritics, not only by its bare letters."""


@dataclass(frozen=True, slots=True)
class _Entry:
    label: str
    phrase: str
    weight: float
    keys: tuple[str, ...]


IGNORED = "_"
"""Label of phrases that only cover others: "gia đình" is no đình."""


class Phrasebook:
    """Many phrases, each with a label and a weight, looked up together in one pass over the words."""

    def __init__(self, entries: Iterable[tuple[str, str, float]]) -> None:
        self._entries: dict[str, list[_Entry]] = {}
        self._longest: dict[str, int] = {}
        """Words of the longest phrase by its first word: most words begin none."""
        for label, phrase, weight in entries:
            forms = [(word.key, word.bare) for word in read_words(phrase).words]
            if not forms:
                continue
            first = forms[0][1]
            self._longest[first] = max(self._longest.get(first, 1), len(forms))
            entry = _Entry(label, phrase, weight, tuple(key for key, _ in forms))
            self._entries.setdefault(" ".join(bare for _, bare in forms), []).append(entry)

    @classmethod
    def of_lists(cls, lists: Mapping[str, Sequence[str]], weight: float = 1.0) -> Phrasebook:
        """From label -> phrases; a phrase may end in "=2.5", its own weight."""
        return cls(
            (label, *split_weight(phrase, weight)) for label, phrases in lists.items() for phrase in phrases
        )

    def find(self, words: Words) -> list[Hit]:
        """Every phrase in the message, in reading order; those under an `IGNORED` phrase left out."""
        sequence = words.words
        bares = [word.bare for word in sequence]
        hits: list[Hit] = []
        for first in range(len(bares)):
            longest = self._longest.get(bares[first])
            if longest is None:
                continue
            joined = bares[first]
            for last in range(first + 1, min(len(bares), first + longest) + 1):
                if last > first + 1:
                    joined = f"{joined} {bares[last - 1]}"
                for entry in self._entries.get(joined, ()):
                    exact = _matches(sequence, first, entry.keys)
                    if exact is not None:
                        hits.append(Hit(entry.label, entry.phrase, entry.weight, first, last, exact))
        covers = [hit for hit in hits if hit.label == IGNORED]
        return [hit for hit in hits if hit.label != IGNORED and not _covered(hit, covers)]


def split_weight(phrase: str, weight: float) -> tuple[str, float]:
    """A phrase and its weight, from "phrase" or "phrase=2.5"."""
    text, sign, own = phrase.rpartition("=")
    return (text.strip(), float(own)) if sign else (phrase, weight)


def _matches(sequence: Sequence[Word], first: int, keys: tuple[str, ...]) -> bool | None:
    """Whether the words at `first` are these: True with all marks, False by bare letters, None not at all."""
    exact = True
    for offset, key in enumerate(keys):
        word = sequence[first + offset]
        if word.key == key:
            continue
        if not word.plain or word.key.replace("đ", "d") != word.bare:
            return None
        exact = False
    return exact


def _covered(hit: Hit, covers: Sequence[Hit]) -> bool:
    length = hit.last - hit.first
    return any(c.first <= hit.first and hit.last <= c.last and c.last - c.first > length for c in covers)


def longest_only(hits: Iterable[Hit]) -> list[Hit]:
    """Of overlapping hits with the same label the longest: "tiền công đức" and "công đức" are one mention."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (h.first - h.last, -h.weight, h.first)):
        if not any(k.label == hit.label and k.first < hit.last and hit.first < k.last for k in kept):
            kept.append(hit)
    return sorted(kept, key=lambda h: h.first)
