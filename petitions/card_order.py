"""What an officer's buttons are sorted by."""

from __future__ import annotations

from typing import Final

from petitions.kinds import Action

CARD_ORDER: Final = (
    Action.TAKE,
    Action.RULE_UNIT,
    Action.ASSIGN,
    Action.START,
    Action.CONFIRM_FORM,
    Action.REQUEST_SUPPLEMENT,
    Action.SCREEN_ELIGIBLE,
    Action.ACCEPT,
    Action.VERIFY,
    Action.ASK_CITIZEN,
    Action.MESSAGE_CITIZEN,
    Action.ANSWER,
    Action.INVITE_DIALOGUE,
    Action.HOLD_DIALOGUE,
    Action.DECIDE,
    Action.CONCLUDE,
    Action.SEND_DECISION,
    Action.PUBLISH_DECISION,
    Action.ORDER_TASK,
    Action.TASK_DONE,
    Action.RESUME,
    Action.CLOSE,
    Action.REOPEN,
    Action.NOT_ACCEPT,
    Action.SCREEN_INELIGIBLE,
    Action.PASS_ON,
    Action.GUIDE,
    Action.MERGE,
    Action.UNMERGE,
    Action.REPRESENT,
    Action.END_REPRESENT,
    Action.SCREEN_DUPLICATE,
    Action.UNDO_DUPLICATE,
    Action.SCREEN_ANONYMOUS,
    Action.FIND_COMPLEX,
    Action.EXTEND,
    Action.SUSPEND,
    Action.DISCONTINUE,
    Action.GO_UP,
    Action.REPORT_UP,
    Action.WITHDRAW_PART,
    Action.KEEP_GOING,
    Action.REFUSE_TRANSFER,
    Action.TRANSFER,
    Action.CORRECT,
    Action.WITHDRAW,
    Action.LINK,
    Action.NOTE,
)
"""The order of an officer's buttons: what moves the case first, what corrects it last."""
