"""What of a petition's words can be searched: single words and words that follow each other, folded. Pure.

Words that nearly every petition has are left out alone ("của", "tôi") but kept beside another ("nhà tôi"). Long
numbers are left out: an identity number or a phone in a story is nothing to search people by.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Final

from petitions.text import fold

_WORD: Final = re.compile(r"[^\W_]+")
_LONGEST_WORD: Final = 32
_LONGEST_NUMBER: Final = 8
"""Digits. Phones, identity and account numbers have more."""
LONGEST_TEXT: Final = 20_000
"""Characters of one text that are made searchable."""
_IDLE: Final = """
ai boi cac cho chung cua dang de den deu duoc gi hay hon khi khong la lai lam len luc ma mong mot muon nay nen neu
ngay nguoi nhieu nhu nhung noi o ong qua rang rat roi sao se tai the theo thi thoi toi trong tren va van vao ve vi
viec voi vua xin
and at in is it my of that the this to was we
"""
STOP: Final = frozenset(_IDLE.split())
"""Folded words that say nothing alone."""


def words_of(text: str) -> tuple[str, ...]:
    """The words of a text in their order, folded, without long numbers; also those of `STOP`."""
    found = _WORD.findall(fold(text[:LONGEST_TEXT]))
    return tuple(word for word in found if len(word) <= _LONGEST_WORD and not _is_long_number(word))


def terms_of(text: str) -> frozenset[str]:
    """What can be searched of a text: its words but for those of `STOP`, and every two that follow each other."""
    words = words_of(text)
    return frozenset(word for word in words if word not in STOP) | frozenset(pairs_of(words))


def pairs_of(words: tuple[str, ...]) -> tuple[str, ...]:
    """Each word with the next one."""
    return tuple(f"{one} {other}" for one, other in pairwise(words))


def phrase_terms(phrase: str) -> tuple[str, ...]:
    """What a petition must have that holds this phrase: its pairs of words, or its only word."""
    words = words_of(phrase)
    return words if len(words) == 1 else pairs_of(words)


def _is_long_number(word: str) -> bool:
    return len(word) > _LONGEST_NUMBER and word.isdigit()
