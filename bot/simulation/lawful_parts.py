"""Stretches that the lives of complaints and denunciations share: formed, accepted, heard, decided, carried out."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from handlers.officers.access import sealed
from petitions.kinds import Action, Kind, Stage
from petitions.reasons import codes_of

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.work import Work

_SETTLING: Final = (Stage.ACCEPTED, Stage.VERIFYING)


def formed(work: Work) -> Process:
    """The complete, signed đơn comes, in whichever way; the officer confirms it."""
    if work.petition.form_given_at is None:
        work.house.begin(work.house.soon(30), work.citizen.complete_form())
    yield from work.take()
    for _ in range(9):
        yield from work.wait(1.5)
        petition = work.petition
        came = petition.visit_at is not None and petition.visit_at < work.house.now
        if petition.form_given_at is not None or came or work.house.happens(0.08):
            break
    if work.people():
        for officer in work.people()[:1]:
            work.hand.look(officer, work.id)
    work.step(Action.CONFIRM_FORM)


def accepted(work: Work) -> Process:
    """From the first look to the beginning of verifying, with the notice of acceptance sent."""
    yield from formed(work)
    yield from work.wait(1)
    work.step(Action.SCREEN_ELIGIBLE)
    yield from work.wait(2)
    if not work.step(Action.ACCEPT, document=work.document("TB")):
        return
    yield from work.wait(0.6)
    work.step(Action.SEND_DECISION)
    yield from work.wait(1)
    work.step(Action.VERIFY)


def found(work: Work, action: Action, vocabulary: str, kind: str) -> bool:
    """A written decision with a reason of that list."""
    return work.step(
        action, code=any_code(work, vocabulary), document=work.document(kind), text=work.line("text")
    )


def extended(work: Work, code: str) -> bool:
    """One more decided extension."""
    return work.step(Action.EXTEND, code=code, document=work.document("QĐ"), text=work.line("text"))


def hear_out(work: Work) -> Process:
    """Invited at least five days before, and heard."""
    yield from work.wait(4)
    zone = work.house.agency.zone
    day = work.in_days(7)
    moment = datetime.combine(day, time(9), zone)
    shown = f"{moment:%H:%M} {moment:%d/%m/%Y}"
    if work.step(Action.INVITE_DIALOGUE, moment=shown, text=work.line("dialogue")):
        yield work.house.hours.open(moment + timedelta(hours=3))
    yield from work.wait(0.2)
    work.step(Action.HOLD_DIALOGUE, document=work.document("BB"), text=work.line("text"))
    yield from work.wait(2)


def decided(work: Work) -> Process:
    """The decision or conclusion, sent and published."""
    petition = work.petition
    if petition.stage not in _SETTLING:
        return
    complaint = petition.kind is Kind.COMPLAINT
    action = Action.DECIDE if complaint else Action.CONCLUDE
    vocabulary = "result_denunciation"
    if complaint:
        vocabulary = "result_second" if petition.instance > 1 else "result_first"
    facts = work.house.one_of(("none", f"1={work.house.chance.randrange(1, 90)}", "3=12; 6=2"))
    done = work.step(
        action,
        code=any_code(work, vocabulary),
        document=work.document("QĐ" if complaint else "KL"),
        facts=facts,
        text=work.line("text"),
    )
    if not done:
        return
    yield from work.wait(1)
    work.step(Action.SEND_DECISION)
    yield from work.wait(4)
    work.step(Action.PUBLISH_DECISION, text=work.line("published"))


def carried_out(work: Work) -> Process:
    """A decision in force is carried out, task by task, and the case closed."""
    if not work.stands(Stage.DECIDED):
        return
    if work.petition.kind is Kind.COMPLAINT:
        yield from work.until(Stage.ENFORCING, days=5, most=14)
        if not work.stands(Stage.ENFORCING) or work.citizen.seconds:
            return
    else:
        yield from work.wait(1)
    orders = work.house.chance.randrange(1, 3)
    people = work.people() if sealed(work.petition) else work.staff.here(work.petition.unit)
    if not people:
        return
    for _ in range(orders):
        officer = work.house.one_of(people)
        due = work.later(work.house.chance.randrange(6, 25))
        work.step(Action.ORDER_TASK, officer=officer.id, task=work.line("task"), due=f"{due:%d/%m/%Y}")
    late_tasks = work.house.happens(0.2)
    for _ in range(orders):
        yield from work.wait(18 if late_tasks else 5)
        work.step(Action.TASK_DONE, facts="none", text=work.line("done"))
    yield from work.wait(2)
    work.step(Action.CLOSE)


def any_code(work: Work, vocabulary: str) -> str:
    """One of the reasons of a list."""
    return work.house.one_of(codes_of(vocabulary))


def settled(work: Work) -> Process:
    """Decided or concluded, and carried out."""
    yield from decided(work)
    yield from carried_out(work)
