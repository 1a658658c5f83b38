"""Identity numbers as people type them: which paper the number is of, and how it is shown again.

Accepted are the papers of Nghị định 154/2026 Đ12 k1: thẻ căn cước, giấy chứng nhận căn cước, số định danh cá
nhân (twelve digits), and the passport (one or two letters, then digits). The nine digits of the old chứng
minh nhân dân are not in that list. Nothing here proves that a number was ever given out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from petitions.text import clean

_SHOWN: Final = 3
"""Digits at the end that a masked number still shows."""
_HIDDEN: Final = "•"
_DIGITS: Final = str.maketrans("０１２３４５６７８９", "0123456789")
_GAP: Final = re.compile(r"(?<=\d)[ .\-–\u00a0\u2009]{1,3}(?=\d)")
_NUMBER: Final = re.compile(r"(?<![^\W_])(?P<letters>[A-Za-z]{0,2}) ?(?P<digits>\d{6,})(?![^\W_])")
_PASSPORT: Final = range(6, 10)
"""Digits of a passport number, after its letters; countries differ."""


@unique
class Paper(StrEnum):
    """What a number is of."""

    CITIZEN = "citizen"
    """Twelve digits: căn cước, giấy chứng nhận căn cước or số định danh cá nhân, which share one number."""
    PASSPORT = "passport"


@unique
class IdentityProblem(StrEnum):
    """Why a number cannot be taken."""

    NONE = "none"
    """There is no number in the words."""
    OLD_CARD = "old_card"
    """Nine digits: chứng minh nhân dân, which is no accepted paper (Nghị định 154/2026 Đ12)."""
    LENGTH = "length"
    """Digits only, but not twelve."""
    SEVERAL = "several"
    """More than one number that could be meant."""


@dataclass(frozen=True, slots=True)
class Identity:
    """A number that can be taken, in capitals and without gaps."""

    number: str
    paper: Paper


def read_identity(text: str) -> Identity | IdentityProblem:
    """The identity number in an answer to the question for it."""
    joined = _GAP.sub("", clean(text).translate(_DIGITS))
    found = [_read(match["letters"], match["digits"]) for match in _NUMBER.finditer(joined)]
    good = list(dict.fromkeys(one for one in found if isinstance(one, Identity)))
    if len(good) > 1:
        return IdentityProblem.SEVERAL
    if good:
        return good[0]
    return found[0] if found else IdentityProblem.NONE


def masked_identity(number: str) -> str:
    """The number for showing again: its last three signs, the others hidden."""
    shown = number[-_SHOWN:] if len(number) > 2 * _SHOWN else ""
    return _HIDDEN * (len(number) - len(shown)) + shown


def _read(letters: str, digits: str) -> Identity | IdentityProblem:
    if letters:
        fits = len(digits) in _PASSPORT
        return Identity((letters + digits).upper(), Paper.PASSPORT) if fits else IdentityProblem.LENGTH
    if len(digits) == 12:
        return Identity(digits, Paper.CITIZEN)
    return IdentityProblem.OLD_CARD if len(digits) == 9 else IdentityProblem.LENGTH
