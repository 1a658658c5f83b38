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
    Action.TAKE: "take",
    Action.ASSIGN: "assign",
    Action.START: "start",
    Action.ASK_CITIZEN: "ask",
    Action.MESSAGE_CITIZEN: "message",
    Action.NOTE: "note",
    Action.ANSWER: "answer",
    Action.CLOSE: "close",
    Action.REOPEN: "reopen",
    Action.TRANSFER: "move",
    Action.CORRECT: "fix",
    Action.WITHDRAW: "withdraw",
    Action.REQUEST_SUPPLEMENT: "lacks",
    Action.CONFIRM_FORM: "formed",
    Action.SCREEN_ELIGIBLE: "eligible",
    Action.SCREEN_INELIGIBLE: "ineligible",
    Action.SCREEN_DUPLICATE: "duplicate",
    Action.SCREEN_ANONYMOUS: "unknown",
    Action.PASS_ON: "passon",
    Action.GUIDE: "guide",
    Action.ACCEPT: "accept",
    Action.NOT_ACCEPT: "notaccept",
    Action.VERIFY: "verify",
    Action.FIND_COMPLEX: "complex",
    Action.EXTEND: "extend",
    Action.SUSPEND: "suspend",
    Action.RESUME: "resume",
    Action.DISCONTINUE: "discontinue",
    Action.INVITE_DIALOGUE: "invite",
    Action.HOLD_DIALOGUE: "dialogue",
    Action.DECIDE: "decide",
    Action.CONCLUDE: "conclude",
    Action.SEND_DECISION: "sent",
    Action.PUBLISH_DECISION: "publish",
    Action.ORDER_TASK: "task",
    Action.TASK_DONE: "taskdone",
    Action.WITHDRAW_PART: "part",
    Action.KEEP_GOING: "keepgoing",
    Action.GO_UP: "goup",
    Action.REPORT_UP: "reportup",
    Action.REFUSE_TRANSFER: "giveback",
    Action.RULE_UNIT: "rule",
    Action.POLICY_GAP: "gap",
    Action.WITHDRAW_GAP: "ungap",
    Action.LINK: "link",
    Action.UNLINK: "unlink",
    Action.MERGE: "merge",
    Action.UNMERGE: "unmerge",
    Action.REPRESENT: "speaks",
    Action.END_REPRESENT: "unspeaks",
    Action.UNDO_DUPLICATE: "unduplicate",
}
"""What an officer can do with a button, and the verb in the button: letters only, short beside a long unit code.
Everything else about a petition is done elsewhere."""
_ACTIONS: Final = {verb: action for action, verb in _VERBS.items()}
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
    """The verb of an action's button. Raises KeyError for what no button does."""
    return _VERBS[action]


def has_button(action: Action) -> bool:
    """Whether an officer does it with a button."""
    return action in _VERBS


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
