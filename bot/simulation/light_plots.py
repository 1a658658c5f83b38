"""How feedback, recommendations and tips go through the played office."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from bot.simulation import matter_plots, office_plots
from bot.simulation.lawful_parts import any_code
from bot.simulation.staff import Manner
from handlers.officers.access import sealed
from petitions.kinds import Action, Role, Stage

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.work import Work

_LATE_DAYS: Final = 17
"""Working days after which the first answer is late by more than a week."""


def answer(work: Work) -> Process:
    """Taken and answered in time; mostly closed as well."""
    yield from work.take()
    yield from _answer(work, 1 + 4 * work.house.chance.random())


def ask(work: Work) -> Process:
    """The officer asks first; with or without the citizen's words the work goes on."""
    yield from work.take()
    yield from work.wait(1)
    work.step(Action.ASK_CITIZEN, text=work.line("ask"))
    yield from work.wait(3)
    if work.stands(Stage.WAITING_CITIZEN):
        work.step(Action.START)
    yield from _answer(work, 1)


def eligible(work: Work) -> Process:
    """The citizen is told first what becomes of it."""
    yield from work.take()
    yield from work.wait(1)
    work.step(Action.SCREEN_ELIGIBLE)
    yield from _answer(work, 6)


def busy(work: Work) -> Process:
    """Much is looked up, noted and written meanwhile."""
    yield from work.take()
    yield from work.wait(0.5)
    for officer in work.people()[:1]:
        work.hand.look(officer, work.id)
        work.hand.look(officer, work.id, "log")
    work.step(Action.START)
    work.meddle(Action.ANSWER)
    work.step(Action.NOTE, text=work.line("note"))
    yield from work.wait(1)
    work.step(Action.MESSAGE_CITIZEN, text=work.line("message"))
    work.house.begin(work.house.soon(30), work.citizen.ask_status())
    work.house.begin(work.house.soon(50), work.citizen.add())
    yield from _answer(work, 4)


def ineligible(work: Work) -> Process:
    """Not to be handled, with one of the reasons."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.SCREEN_INELIGIBLE, code=any_code(work, "ineligible"), text=work.line("text"))
    yield from _close(work)


def close(work: Work) -> Process:
    """Closed with a reason and without an answer."""
    yield from work.take()
    yield from work.wait(2)
    work.lead(Action.CLOSE, reason=work.line("close"))


def duplicate(work: Work) -> Process:
    """The same matter as an earlier one of the unit."""
    yield from work.take()
    yield from work.wait(1)
    if not repeat(work):
        yield from _answer(work, 2)


def pass_on(work: Work) -> Process:
    """Another authority's: passed on, the citizen told where and why."""
    yield from work.take()
    yield from work.wait(2)
    destination = (work.petition.destination or "").removeprefix("outside:")
    known = {authority.code for authority in work.house.agency.outside_authorities}
    if destination not in known:
        destination = "ubnd_xa" if "ubnd_xa" in known else sorted(known)[0]
    work.step(
        Action.PASS_ON, destination=destination, code=any_code(work, "outside"), text=work.line("outside")
    )
    yield from _close(work)


def withdrawn(work: Work) -> Process:
    """The citizen withdraws it."""
    work.house.begin(work.house.soon(40), work.citizen.withdraw())
    yield from work.take()
    yield from work.until(Stage.WITHDRAWN, days=2, most=5)
    if not work.stands(Stage.WITHDRAWN):
        yield from _answer(work, 1)


def taken_back(work: Work) -> Process:
    """Withdrawn, and the next week taken up again by the citizen."""
    yield from withdrawn(work)
    work.house.begin(work.house.soon(90), work.citizen.reopen())
    yield from work.until(Stage.RECEIVED, days=2, most=8)
    yield from work.take()
    yield from _answer(work, 3)


def head_takes_up(work: Work) -> Process:
    """Withdrawn, but the head finds that the matter goes on."""
    yield from withdrawn(work)
    yield work.house.work_days(3)
    if work.lead(Action.REOPEN, reason=work.line("reopen")):
        yield from work.take()
        yield from _answer(work, 3)


def objection(work: Work) -> Process:
    """The citizen is not satisfied, the head finds that right, the officer answers once more."""
    work.citizen.objects = True
    yield from work.take()
    yield from _answer(work, 3, closes=False)
    yield from _objected(work)
    work.citizen.objects = False
    if work.lead(Action.REOPEN, reason=work.line("reopen")):
        yield from _answer(work, 5)


def objection_kept(work: Work) -> Process:
    """The citizen is not satisfied, and the head leaves it as it is."""
    work.citizen.objects = True
    yield from work.take()
    yield from _answer(work, 3, closes=False)
    yield from _objected(work)
    yield from _close(work)


def transfer(work: Work) -> Process:
    """A wrong address, put right once."""
    yield from work.take()
    yield from work.wait(0.5)
    hand_on(work)
    yield from work.take()
    yield from _answer(work, 3)


def wander(work: Work) -> Process:
    """From unit to unit and back, until the focal unit rules."""
    yield from wandering(work)
    yield from work.take()
    yield from _answer(work, 2)


def correct(work: Work) -> Process:
    """The focal unit puts another kind and subject under it."""
    yield work.house.work_hours(3)
    agency = work.house.agency
    for officer in work.staff.leaders(agency.focal_unit)[::-1][:1]:  # receives, or inspects
        kind = "kien_nghi" if work.petition.kind.value == "phan_anh" else "phan_anh"
        work.hand.do(
            officer, work.id, Action.CORRECT, path=("kind", f"k:{kind}"), reason=work.line("correct")
        )
    yield from work.take()
    yield from _answer(work, 3)


def late(work: Work) -> Process:
    """A slow officer lets the date pass."""
    yield from work.take(manner=Manner.SLOW)
    yield work.house.work_days(_LATE_DAYS)
    yield from _answer(work, 1)


def untaken(work: Work) -> Process:
    """Nobody takes it until the head, told so, names somebody."""
    yield from work.until(Stage.ASSIGNED, days=2, most=9)
    if work.stands(Stage.RECEIVED):
        yield from work.take()
    yield from _answer(work, 2)


# --- parts that lawful plots use as well


def repeat(work: Work) -> bool:
    """Joined to an earlier petition of the unit that whoever acts may see."""
    petition = work.petition
    for officer in work.people()[:2]:
        earlier = [
            each
            for each in work.house.book.work_of(
                unit=petition.unit, officer_id=None, open_only=False, limit=40
            )
            if each.id < petition.id
            and each.kind is petition.kind
            and each.linked_to != petition.id
            and (officer.leads or each.officer_id == officer.id or not sealed(each))
        ]
        if not earlier:
            return False
        linked = work.house.one_of(earlier).code
        if work.hand.do(
            officer, work.id, Action.SCREEN_DUPLICATE, code=any_code(work, "duplicate"), linked=linked
        ):
            return True
    return False


def hand_on(work: Work, *, to: str = "") -> bool:
    """To another unit, with a reason."""
    agency = work.house.agency
    here = agency.answerable(work.petition.unit).code
    units = [
        unit.code
        for unit in agency.units
        if unit.active and unit.code not in {here, agency.focal_unit, agency.leadership_unit}
    ]
    unit = to or work.house.one_of(units)
    return unit != here and work.step(Action.TRANSFER, unit=unit, reason=work.line("reason"))


def wandering(work: Work) -> Process:
    """Sent on, given back, sent on, given back once more: now the focal unit decides."""
    first = work.house.agency.answerable(work.petition.unit).code
    for _ in range(2):
        yield from work.take(manner=Manner.SHIRKING)
        yield from work.wait(0.7)
        if not hand_on(work):
            break
        yield work.house.work_days(1)
        _give_back(work)
        yield work.house.work_days(1)
    agency = work.house.agency
    focal = agency.focal_unit
    if first == focal:  # it cannot name itself; the matter goes to whoever knows the rules
        others = [unit.code for unit in agency.units if unit.active and unit.code != focal]
        first = work.house.one_of(others)
    for officer in work.staff.leaders(focal)[:2]:
        if work.hand.do(officer, work.id, Action.RULE_UNIT, unit=first, reason=work.line("rule")):
            return


def _give_back(work: Work) -> bool:
    people = work.staff.here(work.petition.unit)
    people.sort(key=lambda each: each.role is not Role.HEAD)
    return any(
        work.hand.do(officer, work.id, Action.REFUSE_TRANSFER, reason=work.line("refuse"))
        for officer in people[:2]
    )


def _answer(work: Work, days: float, *, closes: bool = True) -> Process:
    yield from work.wait(days)
    if work.stands(Stage.WITHDRAWN):
        return
    work.step(Action.ANSWER, text=work.line("answer"))
    if closes:
        yield from _close(work)


def _close(work: Work) -> Process:
    """What is settled is mostly closed some days later."""
    yield from work.wait(5)
    if work.house.happens(0.8):
        work.step(Action.CLOSE)


def _objected(work: Work) -> Process:
    for _ in range(8):
        if work.petition.not_satisfied_at is not None:
            return
        yield work.house.work_days(1)


Plot = Callable[["Work"], "Process"]

LIGHT_PLOTS: Final[dict[str, Plot]] = {
    "answer": answer,
    "ask": ask,
    "eligible": eligible,
    "busy": busy,
    "ineligible": ineligible,
    "close": close,
    "duplicate": duplicate,
    "pass_on": pass_on,
    "withdrawn": withdrawn,
    "taken_back": taken_back,
    "head_takes_up": head_takes_up,
    "objection": objection,
    "objection_kept": objection_kept,
    "transfer": transfer,
    "wander": wander,
    "correct": correct,
    "late": late,
    "untaken": untaken,
    "learnt": office_plots.learnt,
    "merge": matter_plots.merge,
    "merge_undone": matter_plots.merge_undone,
    "leaves": matter_plots.leaves,
    "linked": matter_plots.linked,
    "duplicate_undone": matter_plots.duplicate_undone,
}
