"""The platform's refusals as the faults of `bot.channels.base` (Zalo reference, section 3)."""

from __future__ import annotations

from typing import Final

from bot.channels.base import Again, Never, Refusal, SendFault, Stop, Uncertain
from bot.channels.zalo_bot.api import AnswerLost, BotFault, NotReached, Refused, RefusedOnTheWay, ServerFault

TOKEN_REFUSED: Final = frozenset({401, 403})
QUOTA_SECONDS: Final = 300.0
"""How soon to ask again when the package is used up: the platform does not say when it is filled."""

_BAD: Final = (
    ("block", Refusal.BLOCKED, "blocked by the person"),
    ("chat not found", Refusal.GONE, "chat not found"),
    ("user not found", Refusal.GONE, "chat not found"),
)
"""Words in a 400 or 404 that tell more than its code; the platform's own list has none."""


def fault_of(error: BotFault) -> SendFault:
    """What to do after `error`. The reasons are our own words: the server's may quote what was sent."""
    match error:
        case NotReached():
            return Again("not connected")
        case RefusedOnTheWay():
            return Again("refused on the way")
        case ServerFault(told=True):
            return Again(f"server fault {error.code}")
        case ServerFault():
            return Uncertain(f"server fault {error.code}")
        case Refused():
            return _refusal(error)
        case AnswerLost():
            return Uncertain("no answer")
    return Uncertain("no answer")


def _refusal(error: Refused) -> SendFault:
    match error.code:
        case 401 | 403:
            return Stop("token refused")
        case 408:  # it gave up on itself: what it did until then is not known
            return Uncertain("the server ran out of time")
        case 429 if "quota" in error.description.lower():
            return Again("package used up", after=QUOTA_SECONDS)
        case 429:
            return Again("told to wait")
        case code if 400 <= code < 500:
            text = error.description.lower()
            for words, refusal, reason in _BAD:
                if words in text:
                    return Never(reason, refusal=refusal)
            return Never(f"refused with {code}", refusal=Refusal.REFUSED)
    return Again(f"unknown error {error.code}")
