"""Lives of cases in which the office learns something of itself: who is accused, and where a rule fails."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.simulation.lawful_parts import accepted, formed, settled
from handlers.officers.lists import PAGE
from handlers.officers.tokens import Press, to_base36
from petitions.kinds import Action, Role, Stage

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.staff import Officer
    from bot.simulation.work import Work

_LAWS = ("Nghị định 38/2021/NĐ-CP", "ND 38/2021", "Luật Di sản văn hóa", "Thông tư 15/2010/TT-BVHTTDL")
"""Legal texts as officers write them."""


def learnt(work: Work) -> Process:
    """Answered, and a loophole of the law marked; now and then taken back."""
    yield from work.take()
    yield from work.wait(2)
    mark(work)
    yield from work.wait(1)
    work.step(Action.ANSWER, text=work.line("answer"))
    yield from work.wait(4)
    if work.house.happens(0.4):
        take_back(work)


def learnt_in_law(work: Work) -> Process:
    """A complaint or denunciation shows where the law fails."""
    yield from accepted(work)
    yield from work.wait(9)
    mark(work)
    yield from settled(work)


def accused_found(work: Work) -> Process:
    """Somebody reads whom it is against before it is taken up: the very unit that has it. It moves at once."""
    yield from work.take()
    yield from work.wait(0.5)
    _accuse(work)
    yield from formed(work)
    yield from accepted(work)
    yield from work.wait(8)
    yield from settled(work)


def accused_late(work: Work) -> Process:
    """Only while it is verified the accused turns out to be of the unit; somebody of another one goes on."""
    yield from accepted(work)
    yield from work.wait(3)
    _accuse(work)
    yield from work.wait(8)
    yield from settled(work)


def accused_person(work: Work) -> Process:
    """One officer of the unit is accused by name."""
    yield from work.take()
    petition = work.petition
    others = [each for each in work.staff.here(petition.unit) if each.id != petition.officer_id]
    if others:
        unit = work.house.agency.answerable(petition.unit).code
        person = next((each for each in others if each.role is Role.OFFICER), others[0])
        _corrected(work, ("accused", "people", f"pin:{unit}", f"ao:{to_base36(person.id)}"))
    yield from accepted(work)
    yield from work.wait(8)
    yield from settled(work)


def sent_to_accused(work: Work) -> Process:
    """Against another unit of the house; somebody tries to send it there, which nobody may."""
    yield from work.take()
    yield from work.wait(0.5)
    agency = work.house.agency
    here = agency.answerable(work.petition.unit).code
    chosen = work.house.one_of(
        [u.code for u in agency.units if u.active and u.code not in {here, agency.leadership_unit}]
    )
    _corrected(work, _path_to(work, chosen))
    for officer in work.people()[:1]:
        _try(work, officer, chosen)
    yield from accepted(work)
    yield from work.wait(10)
    yield from settled(work)


def mark(work: Work) -> bool:
    """A loophole marked in the case."""
    return work.step(
        Action.POLICY_GAP,
        law=work.house.one_of(_LAWS),
        article=work.house.one_of(("none", "Điều 17", "khoản 2 Điều 5")),
        text=work.line("flaw"),
        proposal=work.house.one_of(("none", work.line("proposal"))),
    )


def take_back(work: Work) -> bool:
    """The latest loophole of the case taken back by who may."""
    gaps = work.house.book.gaps_of(work.id)
    if not gaps:
        return False
    return work.lead(Action.WITHDRAW_GAP, gap=to_base36(gaps[-1].seq), reason=work.line("correct"))


def _accuse(work: Work) -> None:
    _corrected(work, _path_to(work, work.house.agency.answerable(work.petition.unit).code))


def _path_to(work: Work, unit: str) -> tuple[str, ...]:
    """The presses that lead to a unit in the list of who may be accused, which has pages."""
    agency = work.house.agency
    listed = ["people", *(holder.code for holder in agency.office_holders)]
    listed += [each.code for each in agency.units if each.active]
    page = listed.index(unit) // PAGE
    return ("accused", *([f"accused:{page}"] if page else []), f"a:{unit}")


def _corrected(work: Work, path: tuple[str, ...]) -> bool:
    """Who oversees puts on record whom it is against."""
    people = {each.id: each for each in (*work.staff.leaders(work.house.agency.focal_unit), *work.people())}
    for officer in people.values():
        if work.hand.offers(officer, work.id, Action.CORRECT):
            return work.hand.do(officer, work.id, Action.CORRECT, path=path, reason=work.line("correct"))
    return False


def _try(work: Work, officer: Officer, unit: str) -> None:
    """An old button, or a made-up one: pressed, reasoned, confirmed, and refused."""
    if not work.stands(Stage.ASSIGNED, Stage.IN_PROGRESS):
        return
    house = work.house
    house.press(officer.chat, Press("move", work.id, unit).token)
    house.say(officer.chat, work.line("reason"))
    house.press(officer.chat, Press("yes", work.id).token)
