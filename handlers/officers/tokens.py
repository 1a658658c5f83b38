"""What stands behind an officer's button: `o.<verb>.<petition>[.<argument>]`, ASCII, at most 64 bytes.

The token only says what is wished; who may do it is checked when it is pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

PREFIX: Final = "o"
_SHAPE: Final = re.compile(r"o\.([a-z]{1,12})(?:\.([0-9a-z]{1,13}))?(?:\.([0-9A-Za-z_:-]{1,32}))?")
_DIGITS: Final = "0123456789abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class Press:
    """A button's meaning: the verb, the petition (0 where it is about none) and an argument."""

    verb: str
    petition_id: int
    argument: str = ""

    @property
    def token(self) -> str:
        parts = [PREFIX, self.verb, to_base36(self.petition_id)]
        return ".".join([*parts, self.argument] if self.argument else parts)


def parse(token: str) -> Press | None:
    """The press behind `token`; None for anything we did not make."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    verb, petition, argument = match.groups()
    return Press(verb, int(petition, 36) if petition else 0, argument or "")


def to_base36(number: int) -> str:
    """`number` (>= 0) in base 36, lower case; 63 bits need at most 13 digits."""
    if number < 36:
        return _DIGITS[number]
    return to_base36(number // 36) + _DIGITS[number % 36]
