"""Tracking codes and receipt secrets: random, speakable, and hard to mistype unnoticed.

A code is eleven random letters of a 32-letter alphabet (without I, L, O and U) and one check letter. The
letters are read as elements of the field GF(32), each place has a weight of its own, and the weighted sum of
a good code is a constant. In a field no product of non-zero elements is zero, so one wrong letter changes the
sum by ``weight * difference != 0``, and swapping two letters changes it by
``(weight - other weight) * difference != 0``, because all twelve weights differ: every single substitution
and every swap (not only of neighbours) is caught.

Every group of four holds a digit and a letter, and the code at least two digits other than 0 and 1. That
costs about one bit (53 remain of 55) and lets a code be told from words, phone numbers and years in running
text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Final, Literal, NamedTuple, Protocol

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: what is easily misread for another sign is left out."""

CODE_LENGTH: Final = 12
GROUP: Final = 4
_SECRET_LENGTH: Final = 16
_VALUE: Final = {letter: value for value, letter in enumerate(ALPHABET)}
_READ_AS: Final = str.maketrans({"O": "0", "I": "1", "L": "1"})
"""Letters that are taken for digits, in capitals."""
_STRONG_DIGITS: Final = frozenset("23456789")
_SEPARATORS: Final = re.compile(r"[\s.\-_·‐‑‒–—−]+")


class Randomness(Protocol):
    """Where random bits come from; `random.SystemRandom()` in the running service."""

    def getrandbits(self, k: int, /) -> int:
        """A whole number of `k` random bits."""


def _times(left: int, right: int) -> int:
    """Product in GF(32) with the polynomial x^5 + x^2 + 1, of which x is a primitive element."""
    result = 0
    while right:
        if right & 1:
            result ^= left
        left <<= 1
        if left & 0b100000:
            left ^= 0b100101
        right >>= 1
    return result


def _weights() -> tuple[int, ...]:
    """The powers x^11 … x^1 for the random letters, x^0 for the check letter: all different, none zero."""
    powers = [1]
    while len(powers) < CODE_LENGTH:
        powers.append(_times(powers[-1], 2))
    return tuple(reversed(powers))


_WEIGHTS: Final = _weights()
_WEIGHTED: Final = tuple(tuple(_times(weight, value) for value in range(32)) for weight in _WEIGHTS)
_GOOD_SUM: Final = 11
"""Not zero, so that a row of equal digits such as 0000-0000-0000 is no code."""


def _sum(letters: str) -> int:
    total = 0
    for table, letter in zip(_WEIGHTED, letters, strict=False):
        total ^= table[_VALUE[letter]]
    return total


class BadCode(ValueError):
    """What was typed is no code. `reason`: "shape" (length, signs) or "check" (a slip in typing)."""

    def __init__(self, reason: Literal["shape", "check"]) -> None:
        super().__init__(f"not a tracking code: {reason}")
        self.reason: Literal["shape", "check"] = reason


def canonical(typed: str) -> str:
    """As it is kept and compared: capitals without separators, O read as 0, I and L as 1."""
    return _SEPARATORS.sub("", typed).upper().translate(_READ_AS)


def signs_of(typed: str) -> str:
    """As `canonical`, whatever stands between: of a code that is only typed back, never looked for in a text."""
    return "".join(sign for sign in typed.upper() if sign.isalnum()).translate(_READ_AS)


def _grouped(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def _is_well_mixed(letters: str) -> bool:
    """Whether a code may look like this: each group mixed, and two digits that no letter is read as."""
    groups = (letters[start : start + GROUP] for start in range(0, len(letters), GROUP))
    return all(_is_mixed(group) for group in groups) and sum(c in _STRONG_DIGITS for c in letters) >= 2


def _is_mixed(group: str) -> bool:
    digits = sum(character.isdigit() for character in group)
    return 0 < digits < len(group)


@dataclass(frozen=True, slots=True)
class TrackingCode:
    """A good code. `value` is canonical (capitals, no dashes); `str()` is the form people see."""

    value: str

    def __post_init__(self) -> None:
        if len(self.value) != CODE_LENGTH or not _VALUE.keys() >= set(self.value):
            raise BadCode("shape")
        if _sum(self.value) != _GOOD_SUM:
            raise BadCode("check")

    def __str__(self) -> str:
        return _grouped(self.value)

    @classmethod
    def parse(cls, typed: str) -> TrackingCode:
        """Reads a code as people type it: case, spaces, dashes and dots do not matter; O is 0, I and L are 1.

        Raises:
            BadCode: `shape` where it cannot be a code, `check` where one was mistyped.
        """
        return cls(canonical(typed))

    @classmethod
    def generate(cls, random: Randomness) -> TrackingCode:
        """A new code from more than 53 random bits."""
        while True:
            letters = random_letters(random, CODE_LENGTH - 1)
            letters += ALPHABET[_sum(letters) ^ _GOOD_SUM]
            if _is_well_mixed(letters):
                return cls(letters)


def random_letters(random: Randomness, count: int) -> str:
    """So many letters of the alphabet, five random bits each."""
    bits = random.getrandbits(5 * count)
    return "".join(ALPHABET[bits >> 5 * place & 31] for place in range(count))


def new_secret(random: Randomness) -> str:
    """A receipt secret of 80 random bits: sixteen letters, canonical. Show it with `show_secret`."""
    return random_letters(random, _SECRET_LENGTH)


def show_secret(secret: str) -> str:
    """The secret in groups of four, as it is printed on the receipt."""
    return _grouped(secret)


def read_secret(typed: str) -> str:
    """The canonical form of a secret as typed, for comparing with what is kept.

    Raises:
        BadCode: `shape` where it cannot be a secret.
    """
    return read_short(typed, _SECRET_LENGTH)


def read_short(typed: str, length: int) -> str:
    """The canonical form of any row of `length` letters of ours as typed.

    Raises:
        BadCode: `shape` where it cannot be one.
    """
    letters = canonical(typed)
    if len(letters) != length or not _VALUE.keys() >= set(letters):
        raise BadCode("shape")
    return letters


@dataclass(frozen=True, slots=True)
class FoundCode:
    """A code-like thing in a text: where it stands, and the code, or None where it was mistyped."""

    span: tuple[int, int]
    code: TrackingCode | None


class _Token(NamedTuple):
    start: int
    end: int
    letters: str

    @property
    def length(self) -> int:
        return self.end - self.start


_WORD: Final = re.compile(r"[^\W_]+")
_GAP: Final = re.compile(r"[ \t\u00a0.\-_·‐‑‒–—−]{1,3}")
_TIGHT_GAP: Final = re.compile(r"[\-_‐‑‒–—−]{1,3}")
_GROUP_SPLITS: Final = ((4, 4, 4), (8, 4), (4, 8), (12,))
"""The groups as shown, with dashes forgotten."""
_EVEN_SPLITS: Final = ((3,) * 4, (6,) * 2, (2,) * 6, (1,) * 12)
"""Other ways to write twelve letters, taken only where the check letter is right."""
_SLIP_SPLITS: Final = tuple(
    lengths for lengths in product((3, 4, 5), repeat=3) if sum(lengths) in {CODE_LENGTH - 1, CODE_LENGTH + 1}
)
"""Groups with one letter left out or typed twice: never good, but with dashes clearly meant as a code."""


def _by_first(splits: tuple[tuple[int, ...], ...]) -> dict[int, tuple[tuple[int, ...], ...]]:
    return {first: tuple(split for split in splits if split[0] == first) for first in {s[0] for s in splits}}


_GOOD_BY_FIRST: Final = _by_first(_GROUP_SPLITS + _EVEN_SPLITS)
_SLIPS_BY_FIRST: Final = _by_first(_GROUP_SPLITS + _SLIP_SPLITS)


def find_codes(text: str) -> list[FoundCode]:
    """Every code-like thing in a text, in order: valid ones, and slips of one sign as `code=None`.

    Takes lower case, spaces, dots, missing dashes and O for 0 in the middle of a sentence. Words, years,
    phone and identity numbers are not taken for codes. Expects text that went through
    `petitions.text.clean`.
    """
    tokens = [_Token(match.start(), match.end(), match.group()) for match in _WORD.finditer(text)]
    starts = _possible_starts(tokens)
    if not starts:
        return []
    lengths = [token.length if token.letters.isascii() else 0 for token in tokens]
    found: dict[int, FoundCode] = {}
    used: set[int] = set()
    for splits, read in ((_GOOD_BY_FIRST, _good_code), (_SLIPS_BY_FIRST, _slip)):
        for at, split in ((start, split) for start in starts for split in splits.get(lengths[start], ())):
            if tuple(lengths[at : at + len(split)]) != split:
                continue
            places = range(at, at + len(split))
            window = tokens[at : at + len(split)]
            if not used.isdisjoint(places) or not _belong_together(text, window):
                continue
            result = read(text, window)
            if result is not None:
                found[at] = result
                used.update(places)
    return [found[at] for at in sorted(found)]


def _possible_starts(tokens: list[_Token]) -> list[int]:
    """Where a code may begin: it always has digits, so one of its at most twelve tokens shows one."""
    with_digit = [
        at
        for at, token in enumerate(tokens)
        if not token.letters.isalpha() and any(map(str.isdigit, token.letters))
    ]
    return sorted({start for at in with_digit for start in range(max(0, at - CODE_LENGTH + 1), at + 1)})


def _belong_together(text: str, window: list[_Token]) -> bool:
    """Whether only narrow gaps stand between these tokens, and nothing is tied to their ends."""
    if not all(_GAP.fullmatch(text, left.end, right.start) for left, right in pairwise(window)):
        return False
    return not _goes_on(text, window[0].start, window[-1].end)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether a dash ties more signs to it: then it is the number of another system, or a receipt secret."""
    after = _TIGHT_GAP.match(text, end)
    if after and after.end() < len(text) and text[after.end()].isalnum():
        return True
    before = text[max(0, start - 2) : start]
    return len(before) == 2 and _TIGHT_GAP.fullmatch(before[1]) is not None and before[0].isalnum()


def _good_code(text: str, window: list[_Token]) -> FoundCode | None:
    """The code in these tokens. Two typed digits that no letter stands for keep plain words out."""
    span = (window[0].start, window[-1].end)
    typed = text[slice(*span)]
    letters = canonical(typed)
    if sum(character in _STRONG_DIGITS for character in typed) < 2 or not _is_well_mixed(letters):
        return None
    try:
        return FoundCode(span, TrackingCode(letters))
    except BadCode:
        return None


def _slip(text: str, window: list[_Token]) -> FoundCode | None:
    """A mistyped code. It must look more like one than a good code does: nothing else vouches for it."""
    typed = "".join(token.letters for token in window)
    dashed = len(window) > 1 and all(
        _TIGHT_GAP.fullmatch(text, left.end, right.start) for left, right in pairwise(window)
    )
    if len(typed) != CODE_LENGTH:
        looks_so = dashed and sum(_is_mixed(token.letters) for token in window) >= 2
    else:
        groups = [typed[start : start + GROUP] for start in range(0, CODE_LENGTH, GROUP)]
        as_read = [canonical(group) for group in groups]
        strange = sum(character not in _VALUE for character in "".join(as_read))
        looks_so = (
            strange <= 1
            and sum(map(_is_mixed, groups)) >= (1 if dashed else 2)
            and sum(map(_is_mixed, as_read)) >= 2
        )
    return FoundCode((window[0].start, window[-1].end), None) if looks_so else None
