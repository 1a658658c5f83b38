"""Short answers to a choice: a kind of petition, one of several labels, the language a person writes in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import Literal

from petitions.kinds import Kind
from petitions.wording import MESSAGES_KEPT, Hit, Phrasebook, Word, Words, longest_only, read_words
from petitions.wordlists import table

_KIND_LONGEST = 12
"""Words: in a longer message the kind must be named at its beginning."""
_KIND_LEAD = 9


_KINDS = frozenset(Kind)


@lru_cache(maxsize=1)
def _kind_book() -> Phrasebook:
    return Phrasebook.of_lists(table("choices")["kinds"])


@lru_cache(maxsize=1)
def _filler_book() -> Phrasebook:
    lists = table("choices")
    return Phrasebook.of_lists({"filler": [*table("intents")["fillers"]["words"], *lists["fillers"]]})


@lru_cache(maxsize=1)
def _language_book() -> Phrasebook:
    return Phrasebook.of_lists(table("choices")["language"])


def chosen_kind(text: str) -> Kind | None:
    """The kind somebody names: "phản ánh nhé", "cho em tố cáo được không", "chuyển sang phản ánh …".

    None where several are named without a decision, or where a kind is only asked about.
    """
    return _chosen_kind(text)


@lru_cache(maxsize=MESSAGES_KEPT)
def _chosen_kind(text: str) -> Kind | None:
    words = read_words(text)
    hits = longest_only(_kind_book().find(words))
    if not hits:
        return None
    if any(hit.label == "asked" for hit in hits):
        return None
    decided = [hit for hit in hits if hit.label.startswith("to_") and hit.label != Kind.DENUNCIATION]
    if decided:
        return Kind(decided[-1].label.removeprefix("to_"))
    limit = len(words) if len(words) <= _KIND_LONGEST else _KIND_LEAD
    named = {hit.label for hit in hits if hit.first < limit and hit.label in _KINDS}
    return Kind(named.pop()) if len(named) == 1 else None


def match_choice(text: str, labels: Sequence[tuple[str, Sequence[str]]]) -> str | None:
    """The token whose label or synonym was typed, or whose number was ("2", "số 2", "cái thứ hai", "cuối
    cùng").

    `labels` are (token, [label, synonyms …]) in the order shown. None where nothing or more than one fits.
    """
    words = read_words(text)
    if not words.words or len(words) > 14:
        return None
    said = _content(words)
    by_number = _number(said or list(words.words), len(labels))
    if by_number is not None:
        return labels[by_number][0]
    if not said:
        return None
    # As typed first: without diacritics "di sản" holds a word of politeness ("đi").
    for content in (lambda w: list(w.words), _content):
        typed = content(words)
        texts = [(token, [content(read_words(name)) for name in names]) for token, names in labels]
        for fits in (_same, _inside, _part, _alike):
            found = {token for token, names in texts if any(name and fits(typed, name) for name in names)}
            if len(found) == 1:
                return found.pop()
            if found:
                return None
    return None


def _content(words: Words) -> list[Word]:
    skipped = {i for hit in _filler_book().find(words) for i in range(hit.first, hit.last)}
    kept = [word for index, word in enumerate(words.words) if index not in skipped]
    return kept or list(words.words)


_ORDINALS = {
    "mot": 1, "nhat": 1, "dau": 1, "first": 1, "one": 1, "hai": 2, "nhi": 2, "second": 2, "two": 2, "ba": 3,
    "third": 3, "three": 3, "bon": 4, "tu": 4, "four": 4, "fourth": 4, "nam": 5, "five": 5, "sau": 6, "six":
    6, "bay": 7, "seven": 7, "tam": 8, "eight": 8, "chin": 9, "nine": 9, "muoi": 10, "ten": 10, "cuoi": -1,
    "last": -1,
}  # fmt: skip
_NUMBER_WORDS = frozenset(
    "so chon cau cai muc y thu tien cung number option lua phuong an".split()  # noqa: SIM905 - words
)
_ALONE = frozenset({"mot", "hai", "ba", "bon", "one", "two", "three", "four", "first", "last"})
"""Number words that mean a number also when nothing else is said ("sau" is "later", "nam" a name)."""


def _number(words: Sequence[Word], count: int) -> int | None:
    """Index of the choice whose number is all that was said."""
    found: list[int] = []
    for word in words:
        if word.bare.isdecimal():
            found.append(int(word.bare))
        elif word.bare in _ORDINALS and (len(words) > 1 or word.bare in _ALONE):
            found.append(_ORDINALS[word.bare])
        elif word.bare not in _NUMBER_WORDS:
            return None
    if len(set(found)) != 1:
        return None
    number = count if found[0] == -1 else found[0]
    return number - 1 if 1 <= number <= count else None


def _equal(one: Word, other: Word) -> bool:
    return one.key == other.key or (one.bare == other.bare and one.bare in {one.key, other.key})


def _same(said: Sequence[Word], name: Sequence[Word]) -> bool:
    return len(said) == len(name) and all(map(_equal, said, name))


def _run(short: Sequence[Word], long: Sequence[Word]) -> bool:
    return any(
        all(map(_equal, short, long[start : start + len(short)]))
        for start in range(len(long) - len(short) + 1)
    )


def _inside(said: Sequence[Word], name: Sequence[Word]) -> bool:
    """The whole label stands in what was said."""
    return len(name) <= len(said) and _run(name, said)


def _part(said: Sequence[Word], name: Sequence[Word]) -> bool:
    """What was said is a part of the label."""
    return len(said) <= len(name) and _run(said, name) and sum(len(w.bare) for w in said) >= 3


def _alike(said: Sequence[Word], name: Sequence[Word]) -> bool:
    one, other = (" ".join(w.bare for w in side) for side in (said, name))
    return len(one) >= 5 and SequenceMatcher(None, one, other).ratio() >= 0.84


_LINK = re.compile(r"https?://\S+")


def language_of(text: str) -> Literal["vi", "en"] | None:
    """The language a message is written in; None without clear evidence ("ok", a name, a number)."""
    return _language_of(text)


@lru_cache(maxsize=MESSAGES_KEPT)
def _language_of(text: str) -> Literal["vi", "en"] | None:
    words = read_words(_LINK.sub(" ", text), expand=False)
    hits: list[Hit] = longest_only(_language_book().find(words))
    vi = sum(hit.weight * (1.0 if hit.exact else 0.6) for hit in hits if hit.label == "vi")
    en = sum(hit.weight for hit in hits if hit.label == "en")
    if en >= 2 and en > 1.5 * vi:
        return "en"
    if vi >= 1.8 and vi > en:
        return "vi"
    return None
