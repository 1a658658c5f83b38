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
from functools import lru_cache
from itertools import compress, groupby, pairwise
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

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
MESSAGES_KEPT = 64
"""Messages whose reading is kept in memory: a turn asks several times what the same words mean."""
_WORDS_KEPT = 16
"""Messages kept as words, which take more room than what was read of them."""
_TOKEN_KEPT = 32
"""Characters of a word whose forms are kept; nobody's words are longer."""


class Word(NamedTuple):
    """One word; `start` and `end` are offsets in `Words.text`."""

    key: str
    bare: str
    start: int
    end: int
    clause: int
    plain: bool
    """Stands in a clause typed without diacritics: its bare form is all the evidence there is."""


class Words:
    """A message cut in words and clauses. Never changed once made: several readers share it."""

    __slots__ = ("bares", "keys", "pairs", "text", "words")

    def __init__(self, text: str, words: tuple[Word, ...]) -> None:
        self.text = text
        self.words = words
        self.keys: Final = tuple([word.key for word in words])
        self.bares: Final = tuple([word.bare for word in words])
        self.pairs: Final = tuple([f"{one} {other}" for one, other in pairwise(self.bares)])
        """Each bare word with the next: what shows almost by itself where a longer phrase begins."""

    def __len__(self) -> int:
        return len(self.words)

    def clauses(self) -> list[list[Word]]:
        """The words, grouped between punctuation marks."""
        return [list(clause) for _, clause in groupby(self.words, key=attrgetter("clause"))]


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


def _read_token(token: str, expand: bool) -> tuple[tuple[tuple[str, str], ...], int, bool]:
    """The words one typed token stands for, teencode written out, each as (key, bare); how many of them were
    typed with a diacritic, and whether it is teencode that was written out."""
    low = token.lower()
    token = _calm(low)
    parts = _shorthand().get(token) if expand else None
    forms = tuple(_forms(part) for part in parts or (token,))
    return forms, 0 if low.isascii() else sum(key != bare for key, bare in forms), parts is not None


_known_token = lru_cache(maxsize=8192)(_read_token)
"""The words of all texts: most come again and again."""


def _raw_words(text: str, *, expand: bool) -> tuple[list[tuple[str, str, int, int, int]], list[bool], bool]:
    """(key, bare, start, end, clause) of every word, which clauses are plain, and whether any teencode was
    written out."""
    found: list[tuple[str, str, int, int, int]] = []
    ends: list[int] = []  # of the clauses, in words
    marked = [0]  # words with marks, by clause
    clause, last, any_expanded = 1, 0, False
    for match in _WORD.finditer(text):
        start, end = match.span()
        if (start - last > 1 or text[last] != " ") and found and _BREAK.search(text, last, start):
            clause += 1
            ends.append(len(found))
            marked.append(0)
        last = end
        token = match.group()
        forms, marks, expanded = (_known_token if end - start <= _TOKEN_KEPT else _read_token)(token, expand)
        if expanded:
            any_expanded = True
        for key, bare in forms:
            found.append((key, bare, start, end, clause))
        if marks:
            marked[-1] += marks
    ends.append(len(found))
    overall = sum(marked) / max(1, len(found))
    counts = [end - begin for begin, end in pairwise([0, *ends])]
    plain = [
        marks <= words * 0.15 and (overall < 0.4 or words > 4)
        for words, marks in zip(counts, marked, strict=True)
    ]
    return found, plain, any_expanded


def read_words(text: str, *, expand: bool = True) -> Words:
    """Cut `text` in words, teencode written out (`expand`). Offsets refer to its NFC form, kept in
    `Words.text`.

    The last few results are kept in memory: one message is looked at by a dozen readers in a row.
    """
    words, expanded = _cut(text, expand=True)
    return words if expand or not expanded else _cut(text, expand=False)[0]


@lru_cache(maxsize=_WORDS_KEPT)
def _cut(text: str, *, expand: bool) -> tuple[Words, bool]:
    text = unicodedata.normalize("NFC", text)[:_MAX_CHARS]
    raw, plain, expanded = _raw_words(text, expand=expand)
    words = [
        tuple.__new__(Word, (key, bare, start, end, clause, plain[clause - 1]))  # half the time of Word(…)
        for key, bare, start, end, clause in raw
    ]
    return Words(text, tuple(words)), expanded


class Hit(NamedTuple):
    """A phrase of the book that stands in the message at words `first` (included) to `last` (excluded)."""

    label: str
    phrase: str
    weight: float
    first: int
    last: int
    exact: bool
    """Matched with its diacritics, not only by its bare letters."""


class _Entry(NamedTuple):
    label: str
    phrase: str
    weight: float
    keys: tuple[str, ...]


class _Node:
    """The phrases that end with this word, and the words that lead on to longer ones."""

    __slots__ = ("entries", "following")

    def __init__(self) -> None:
        self.entries: list[_Entry] = []
        self.following: dict[str, _Node] = {}


IGNORED = "_"
"""Label of phrases that only cover others: "gia đình" is no đình."""


class Phrasebook:
    """Many phrases, each with a label and a weight, looked up together in one pass over the words."""

    def __init__(self, entries: Iterable[tuple[str, str, float]]) -> None:
        self._words: dict[str, list[_Entry]] = {}
        """Phrases of one word."""
        self._pairs: dict[str, _Node] = {}
        """Longer phrases, by their first two words."""
        for label, phrase, weight in entries:
            words = read_words(phrase)
            if not words.words:
                continue
            entry = _Entry(label, phrase, weight, words.keys)
            if not words.pairs:
                self._words.setdefault(words.bares[0], []).append(entry)
                continue
            node = self._pairs.setdefault(words.pairs[0], _Node())
            for bare in words.bares[2:]:
                node = node.following.setdefault(bare, _Node())
            node.entries.append(entry)

    @classmethod
    def of_lists(cls, lists: Mapping[str, Sequence[str]], weight: float = 1.0) -> Phrasebook:
        """From label -> phrases; a phrase may end in "=2.5", its own weight."""
        return cls(
            (label, *split_weight(phrase, weight)) for label, phrases in lists.items() for phrase in phrases
        )

    def find(self, words: Words) -> list[Hit]:
        """Every phrase in the message, in reading order; those under an `IGNORED` phrase left out."""
        hits: list[Hit] = []
        bares, pairs = words.bares, words.pairs
        for first in compress(range(len(bares)), map(self._words.__contains__, bares)):
            _add(hits, self._words[bares[first]], words, first, first + 1)
        short = len(hits)
        for first in compress(range(len(pairs)), map(self._pairs.__contains__, pairs)):
            node: _Node | None = self._pairs[pairs[first]]
            last = first + 2
            while node is not None:
                if node.entries:
                    _add(hits, node.entries, words, first, last)
                node = node.following.get(bares[last]) if last < len(bares) else None
                last += 1
        if 0 < short < len(hits):
            hits.sort(key=_PLACE)
        covers = [hit for hit in hits if hit.label == IGNORED]
        if not covers:
            return hits
        return [hit for hit in hits if hit.label != IGNORED and not _covered(hit, covers)]


_PLACE = itemgetter(3, 4)
"""First and last word of a hit."""


def _add(hits: list[Hit], entries: list[_Entry], words: Words, first: int, last: int) -> None:
    """Add those of `entries`, whose bare words stand at `first`, that fit as they were typed."""
    typed = words.keys[first:last]
    plain = words.words[first].plain
    for label, phrase, weight, keys in entries:
        exact = typed == keys
        if exact or ((plain or typed[0] == keys[0]) and _matches_bare(words, first, keys)):
            hits.append(tuple.__new__(Hit, (label, phrase, weight, first, last, exact)))


def split_weight(phrase: str, weight: float) -> tuple[str, float]:
    """A phrase and its weight, from "phrase" or "phrase=2.5"."""
    text, sign, own = phrase.rpartition("=")
    return (text.strip(), float(own)) if sign else (phrase, weight)


def _matches_bare(words: Words, first: int, keys: tuple[str, ...]) -> bool:
    """Whether words typed without marks may be these, which have the same bare letters."""
    return all(
        word.key == key or (word.plain and word.key.replace("đ", "d") == word.bare)
        for word, key in zip(words.words[first : first + len(keys)], keys, strict=True)
    )


def _covered(hit: Hit, covers: Sequence[Hit]) -> bool:
    length = hit.last - hit.first
    return any(c.first <= hit.first and hit.last <= c.last and c.last - c.first > length for c in covers)


def longest_only(hits: Iterable[Hit]) -> list[Hit]:
    """Of overlapping hits with the same label the longest: "tiền công đức" and "công đức" are one mention."""
    hits = sorted(hits, key=_PLACE)
    if all(one.last <= other.first for one, other in pairwise(hits)):
        return hits
    kept: list[Hit] = []
    taken: dict[str, set[int]] = {}
    for hit in sorted(hits, key=lambda h: (h.first - h.last, -h.weight, h.first)):
        places = range(hit.first, hit.last)
        mine = taken.setdefault(hit.label, set())
        if mine.isdisjoint(places):
            mine.update(places)
            kept.append(hit)
    return sorted(kept, key=lambda h: h.first)
