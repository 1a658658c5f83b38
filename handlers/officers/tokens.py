"""What stands behind an officer's button: `o.<verb>.<petition>[.<argument>]`, ASCII, at most 64 bytes.

The token only says what is wished; who may do it is checked when it is pressed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from petitions.kinds import Action

PREFIX: Final = "o"
_SHAPE: Final = re.compile(r"o\.([a-z]{1,12})(?:\.([0-9a-z]{1,13}))?(?:\.([0-9A-Za-z_:-]{1,42}))?")
_VERBS: Final = {
    Action.ASK_CITIZEN: "ask",
    Action.MESSAGE_CITIZEN: "message",
    Action.TRANSFER: "move",
    Action.CORRECT: "fix",
}
"""Verbs that differ from the action's wire value: letters only, and short beside a long unit code."""
_ACTIONS: Final = {
    _VERBS.get(action, action.value): action
    for action in (
        Action.TAKE,
        Action.ASSIGN,
        Action.START,
        Action.ASK_CITIZEN,
        Action.MESSAGE_CITIZEN,
        Action.NOTE,
        Action.ANSWER,
        Action.CLOSE,
        Action.REOPEN,
        Action.TRANSFER,
        Action.CORRECT,
        Action.WITHDRAW,
    )
}
"""What an officer can do with a button; everything else about a petition is done elsewhere."""
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


def verb_of(action: Action) -> str:
    """The verb of an action's button."""
    return _VERBS.get(action, action.value)


def action_of(verb: str) -> Action | None:
    """The action behind a verb; None for a verb that only shows something."""
    return _ACTIONS.get(verb)


def parse(token: str) -> Press | None:
    """The press behind `token`; None for anything we did not make."""
    match = _SHAPE.fullmatch(token)
    if match is None:
        return None
    verb, petition, argument = match.groups()
    return Press(verb, read_number(petition or "0"), argument or "")


def read_number(typed: str, base: int = 36) -> int:
    """An id in a button; 0, which names nothing, for anything that can be none (more than 63 bits)."""
    try:
        number = int(typed, base)
    except ValueError:
        return 0
    return number if 0 <= number < 2**63 else 0


def to_base36(number: int) -> str:
    """`number` (>= 0) in base 36, lower case; 63 bits need at most 13 digits."""
    if number < 36:
        return _DIGITS[number]
    return to_base36(number // 36) + _DIGITS[number % 36]
