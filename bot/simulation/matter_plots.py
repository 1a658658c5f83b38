"""How several petitions on one matter go through the played office: merged, taken apart, linked, screened anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handlers.officers.access import sealed
from petitions.gathering import alike, may_lead
from petitions.kinds import Action, Stage

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.work import Work
    from storage.records import PetitionRecord


def merge(work: Work) -> Process:
    """Joined to an earlier one of the unit; its sender adds something meanwhile, and it ends with its lead."""
    yield from work.wait(0.5)
    if join(work):
        work.house.begin(work.house.soon(40), work.citizen.add())
        return
    yield from work.take()
    yield from _answered(work)


def merge_undone(work: Work) -> Process:
    """Joined, and a week later found to be another matter after all."""
    yield from work.wait(0.5)
    if join(work):
        yield work.house.work_days(5)
        work.lead(Action.UNMERGE, reason=work.line("apart"))
    yield from work.take()
    yield from _answered(work)


def leaves(work: Work) -> Process:
    """Joined, and then withdrawn by its sender."""
    yield from work.wait(0.5)
    if join(work):
        work.house.begin(work.house.soon(30), work.citizen.withdraw())
        return
    yield from work.take()
    yield from _answered(work)


def linked(work: Work) -> Process:
    """It has to do with an earlier one, and goes its own way."""
    yield from work.take()
    yield from work.wait(0.5)
    earlier = _earlier(work)
    if earlier:
        work.lead(Action.LINK, linked=work.house.one_of(earlier).code)
    yield from _answered(work)


def duplicate_undone(work: Work) -> Process:
    """Registered as a duplicate; the focal unit sees that it is none."""
    yield from work.take()
    yield from work.wait(1)
    earlier = _earlier(work)
    if earlier:
        code = work.house.one_of(earlier).code
        work.step(Action.SCREEN_DUPLICATE, code="same_content", linked=code)
        yield work.house.work_days(3)
        for officer in work.staff.leaders(work.house.agency.focal_unit):
            if work.hand.do(officer, work.id, Action.UNDO_DUPLICATE, reason=work.line("apart")):
                break
    yield from _answered(work)


def join(work: Work) -> bool:
    """Merged into an earlier open petition of the unit by those who lead it."""
    earlier = _earlier(work)
    if not earlier or not work.stands(Stage.RECEIVED, Stage.ASSIGNED, Stage.IN_PROGRESS):
        return False
    return work.lead(Action.MERGE, linked=work.house.one_of(earlier).code, reason=work.line("together"))


def _earlier(work: Work) -> list[PetitionRecord]:
    petition = work.petition
    found = work.house.book.work_of(unit=petition.unit, officer_id=None, limit=40)
    return [
        each
        for each in found
        if each.id < petition.id
        and alike(each, petition)
        and sealed(each) == sealed(petition)
        and may_lead(each.kind, each.stage, each.outcome)
    ]


def _answered(work: Work) -> Process:
    yield from work.wait(3)
    if work.stands(Stage.WITHDRAWN, Stage.MERGED):
        return
    work.step(Action.ANSWER, text=work.line("answer"))
    yield from work.wait(5)
    if work.house.happens(0.8):
        work.step(Action.CLOSE)
