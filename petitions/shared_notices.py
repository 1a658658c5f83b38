"""What is done to a lead and told to those whose petitions are merged into it: one table, one decision an action.

Each hears under the own code that something happened. Words that an officer wrote to the lead's petitioner stay with
that person; only the answer to a recommendation or feedback is given to all, for it is the one handling of all. A
decision or conclusion is not told in words: the office sends the document.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from petitions.kinds import Action, Kind
from petitions.transition_groups import LIGHT


@dataclass(frozen=True, slots=True)
class Shared:
    """How a member's citizen hears of it."""

    key: str = ""
    """A text of its own, area `notices`; empty: the one the lead's citizen reads."""
    words: bool = False
    """Whether what the officer wrote goes along."""


_PLAIN: Final = Shared()
_TABLE: Final[Mapping[Action, Shared | None]] = {
    Action.TAKE: _PLAIN,
    Action.ASSIGN: _PLAIN,
    Action.TRANSFER: _PLAIN,
    Action.START: _PLAIN,
    Action.CLOSE: _PLAIN,
    Action.REOPEN: _PLAIN,
    Action.CORRECT: _PLAIN,
    Action.SCREEN_ELIGIBLE: _PLAIN,
    Action.PASS_ON: _PLAIN,
    Action.GUIDE: _PLAIN,
    Action.ACCEPT: _PLAIN,
    Action.VERIFY: _PLAIN,
    Action.FIND_COMPLEX: _PLAIN,
    Action.EXTEND: _PLAIN,
    Action.SUSPEND: _PLAIN,
    Action.RESUME: _PLAIN,
    Action.DISCONTINUE: _PLAIN,
    Action.HOLD_DIALOGUE: _PLAIN,
    Action.PUBLISH_DECISION: _PLAIN,
    Action.TAKE_EFFECT: _PLAIN,
    Action.ORDER_TASK: _PLAIN,
    Action.TASK_DONE: _PLAIN,
    Action.REFUSE_TRANSFER: _PLAIN,
    Action.RULE_UNIT: _PLAIN,
    Action.REASSIGN: _PLAIN,
    Action.RECOMPUTE: _PLAIN,
    Action.GO_UP: _PLAIN,
    Action.REPORT_UP: _PLAIN,
    Action.ANSWER: Shared("notices.member_answered", words=True),
    Action.INVITE_DIALOGUE: Shared("notices.member_dialogue"),
    Action.DECIDE: Shared("notices.member_decided"),
    Action.CONCLUDE: Shared("notices.member_concluded"),
    Action.SEND_DECISION: Shared("notices.member_decision_sent"),
    # Between the office and the lead's own petitioner, or about that person's own đơn:
    Action.FILE: None,
    Action.ASK_CITIZEN: None,
    Action.MESSAGE_CITIZEN: None,
    Action.WITHDRAW: None,
    Action.WITHDRAW_PART: None,
    Action.KEEP_GOING: None,
    Action.REQUEST_SUPPLEMENT: None,
    Action.CONFIRM_FORM: None,
    Action.REMIND_FORM: None,
    Action.REPRESENT: None,
    Action.END_REPRESENT: None,
    # Never done to a lead while others are merged into it, for it has to be decided for each:
    Action.SCREEN_INELIGIBLE: None,
    Action.SCREEN_DUPLICATE: None,
    Action.SCREEN_ANONYMOUS: None,
    Action.NOT_ACCEPT: None,
    Action.MERGE: None,
    Action.UNMERGE: None,
    Action.UNDO_DUPLICATE: None,
}
"""Every action of which citizens are told stands here; a test holds it."""


def shared(action: Action, kind: Kind) -> Shared | None:
    """How those merged into a lead hear of what was done to it; None where they do not."""
    found = _TABLE.get(action)
    if action is Action.ANSWER and kind not in LIGHT:
        return Shared("notices.member_result")
    return found


def decided_on() -> frozenset[Action]:
    """The actions that the table decides on."""
    return frozenset(_TABLE)
