"""The words an answer rests on, as the citizen wrote them."""

from __future__ import annotations

import re

from petitions.triage.evidence import Evidence
from petitions.triage.grams import Gram
from petitions.triage.model import Head
from petitions.wording import Words, read_words

_MOST = 4
_LEAST_LETTERS = 3
_HEAVIEST = 12
_COMMON = 0.06
"""Share of the training texts that have a gram from which on it says nothing to a reader: "của tôi", "không"."""


def reason(head: Head, evidence: Evidence, code: str, phrases: tuple[str, ...]) -> str:
    """Phrases of the lists that were found, then what the story says with most weight for the class."""
    words = evidence.keywords.words
    told: list[str] = []
    taken: set[str] = set()
    for phrase in dict.fromkeys(phrases):
        if len(told) < _MOST - 1:
            _add(told, taken, _found(words, phrase) or phrase)
    if code in head.classes:
        for gram in _heaviest(head, evidence.grams, head.classes.index(code)):
            if len(told) >= _MOST:
                break
            if _in_one_clause(words, gram):
                _add(told, taken, _written(words, gram.first, gram.last))
    return ", ".join(told)


def _add(told: list[str], taken: set[str], said: str) -> None:
    """Keeps what says something that was not said yet."""
    parts = set(re.findall(r"\w+", said.lower()))
    if len(said) >= _LEAST_LETTERS and not parts <= taken:
        told.append(said)
        taken |= parts


def _found(words: Words, phrase: str) -> str:
    """The phrase as it stands in the story; "" where it is not found word for word."""
    wanted = read_words(phrase).bares
    many = len(wanted)
    for first in range(len(words.bares) - many + 1):
        if words.bares[first : first + many] == wanted:
            return _written(words, first, first + many)
    return ""


def _heaviest(head: Head, found: list[Gram], column: int) -> list[Gram]:
    """The grams that speak for a class rather than for the others, most telling first."""
    values = head.values(found)
    weighed = []
    for gram in found:
        number = head.rows.get(gram.key)
        if number is not None and head.held[number] <= _COMMON * head.texts:
            row = head.row(number)
            pull = values[number] * (row[column] - sum(row) / len(row))
            if pull > 0:
                weighed.append((pull, gram))
    return [gram for _, gram in sorted(weighed, key=lambda pair: (-pair[0], pair[1].first))[:_HEAVIEST]]


def _in_one_clause(words: Words, gram: Gram) -> bool:
    span = words.words[gram.first : gram.last]
    return bool(span) and span[0].clause == span[-1].clause


def _written(words: Words, first: int, last: int) -> str:
    span = words.words[first:last]
    return " ".join(words.text[span[0].start : span[-1].end].split()) if span else ""
