"""Drafts of the official papers at a case: which are offered to whom and why, and the making of one, on record.

A draft leaves the case as it is; that it was made, which and by whom stands in the history, before it is handed out.
Of a sealed case an officer gets one only after opening the story, and one that names the petitioner only after
opening who that is (Luật Tố cáo 2018 Đ9, Đ56).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from handlers import cases
from handlers.console_case import IDENTITY, STORY, found, opened
from handlers.officers import cards
from handlers.officers.access import sealed
from handlers.official_situation import has_papers, situation_of
from handlers.official_values import DRAFT
from petitions.clocks import ClockState
from petitions.kinds import Action
from petitions.official_papers import Fit, OfficialPaper, is_for, offered
from petitions.workflow import Refused

if TYPE_CHECKING:
    from datetime import datetime

    from handlers.officers.room import Room
    from storage.records import PetitionRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One paper in the list."""

    code: str
    title: str
    form: str
    """Number of the form and where it is from."""
    article: str
    fit: str
    why: str
    """Why it is offered now, in words; empty for one of another step."""
    due: str
    """The limit it has to keep, where one runs."""
    unsure: bool
    """Its source was not compared with the text."""
    own_words: bool
    """The words are not the form's."""
    locked: bool
    """It names the petitioner, who was not opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A draft to be filled in and handed out."""

    paper: OfficialPaper
    petition_id: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMade:
    """Why there is no draft, in words."""

    problem: str


def lines_of(room: Room, petition: PetitionRecord, *, identity: bool) -> tuple[DraftLine, ...]:
    """The papers of a case whose story is open, what is needed now first; `identity`: who wrote it is open too."""
    if not has_papers(petition):
        return ()
    clocks = list(room.turn.book.clocks(petition.id).values())
    due = {
        clock.step: clock.due_on
        for clock in clocks
        if clock.state is ClockState.RUNNING and clock.due_on is not None
    }
    return tuple(
        DraftLine(
            code=one.paper.code,
            title=one.paper.title,
            form=", ".join(part for part in (one.paper.form, one.paper.source) if part),
            article=one.paper.article,
            fit=one.fit.value,
            why=room.text(f"drafts.why_{one.why}") if one.why else "",
            due=cards.shown_date(due[one.paper.step], room.texts)
            if one.fit is Fit.NOW and one.paper.step in due
            else "",
            unsure=not one.paper.verified,
            own_words=one.paper.wording != "form",
            locked=one.paper.names and not identity,
        )
        for one in offered(situation_of(petition, clocks))
    )


def make(room: Room, code: str, paper_code: str, *, since: datetime) -> Made | NotMade | None:
    """Put on record that this officer makes a draft.

    None: no such case or paper for this officer, or of a sealed case not opened since the session began at `since`.
    """
    petition = found(room, code)
    paper = is_for(paper_code, petition.kind, petition.instance) if petition is not None else None
    if petition is None or paper is None or not has_papers(petition):
        return None
    if sealed(petition):
        events = room.turn.book.events(petition.id)
        wanted = (STORY, IDENTITY) if paper.names else (STORY,)
        if not all(opened(room, events, what, since=since) for what in wanted):
            return None
    words = ", ".join(part for part in (paper.title, paper.form) if part)
    try:
        cases.perform(
            room.turn,
            petition.id,
            Action.NOTE,
            room.actor,
            text=words,
            extra={"opened": DRAFT, "paper": paper.code},
        )
    except cases.UnknownPetition:
        return None
    except Refused:
        return NotMade(problem=room.text("officer.refused_wrong_role"))
    return Made(paper=paper, petition_id=petition.id)
