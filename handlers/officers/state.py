"""What an officer's conversation remembers between two messages."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel, Field

from handlers.talk import Talk

KEPT: Final = timedelta(hours=12)
"""A question left open longer is forgotten: words written the next day are not meant for it."""


class Pending(BaseModel):
    """A question put to the officer whose answer is free text, or the text awaiting its confirmation."""

    verb: str
    petition_id: int
    argument: str = ""
    """What was chosen before the text: a unit, an officer, a kind."""
    text: str = ""
    """The answer, once given, while its confirmation is awaited."""
    given: dict[str, Any] = Field(default_factory=dict)
    """What was given so far, by need (`petitions.transition_rows.NEEDS`), as JSON values."""
    asking: str = ""
    """The need that is asked now; empty: free text, or the confirmation."""
    misses: int = 0
    """Answers to the open need that could not be read."""
    asked_at: datetime


class Searched(BaseModel):
    """A search whose further pages may be asked for."""

    number: int
    """Stands in its buttons."""
    typed: str
    codes: bool = True
    begins: bool = False
    at: datetime


class OfficerTalk(BaseModel):
    """The officer's part of a conversation's memory."""

    pending: Pending | None = None
    searches: list[Searched] = Field(default_factory=list)
    """The newest last."""


def load(talk: Talk, now: datetime) -> OfficerTalk:
    """The officer's memory as of `now`, without a question or a search that has grown old."""
    state = OfficerTalk.model_validate(talk.officer)
    if state.pending is not None and now - state.pending.asked_at > KEPT:
        state.pending = None
    state.searches = [each for each in state.searches if now - each.at <= KEPT]
    return state


def save(talk: Talk, state: OfficerTalk) -> None:
    talk.officer = state.model_dump(mode="json", exclude_none=True)
