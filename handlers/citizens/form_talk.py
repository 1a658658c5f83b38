"""What a conversation remembers of a đơn being completed: the question put, the pages sent in so far."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum, unique

from pydantic import BaseModel, Field


@unique
class Flow(StrEnum):
    """Which papers it is about; the values stand in buttons."""

    MAIN = "m"
    """The đơn itself, with what belongs to it (list of signatures, authorisation)."""
    WITHDRAWAL = "w"


@unique
class Way(StrEnum):
    """How a signed paper comes back."""

    PHOTOS = "photos"
    SIGNED = "signed"
    """A PDF signed electronically."""


class FormTalk(BaseModel):
    """Questions for what a paper lacks. The answers are in the petition, not here."""

    petition_id: int
    flow: Flow = Flow.MAIN
    key: str = ""
    """The field asked for now."""
    trail: list[str] = Field(default_factory=list)
    """The fields dealt with so far, answered or left for the hand, oldest first."""
    authorise: bool = False
    """Somebody else is to complain for the person: who?"""
    single: bool = False
    """One field is corrected; nothing else is asked after it."""
    here: bool = False
    """Told of our own page, the citizen types an identity number in a messenger."""


class PagesTalk(BaseModel):
    """A signed paper on its way in."""

    petition_id: int
    flow: Flow = Flow.MAIN
    way: Way = Way.PHOTOS
    file_ids: list[int] = Field(default_factory=list)
    """The pages in order."""
    bad: list[int] = Field(default_factory=list)
    """Pages whose finding was told and that were not sent again yet."""
    replace: int | None = None
    """The page that the next photo is to take the place of."""
    replaced: list[int] = Field(default_factory=list)
    """Pages whose place another photo took; thrown away when the others are handed in."""
    handed_in: bool = False
    """What still comes is a page sent again."""
    album: str = ""
    album_count: int = 0
    at: datetime
