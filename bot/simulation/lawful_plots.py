"""How complaints and denunciations go through the played office, from the signed đơn to the last task."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Final

from bot.simulation.light_plots import Plot, repeat, wandering
from petitions.kinds import Action, Kind, Stage
from petitions.reasons import codes_of

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.work import Work

_SETTLING: Final = (Stage.ACCEPTED, Stage.VERIFYING)


# --- whole lives


def settle(work: Work) -> Process:
    """Accepted, verified, decided, sent, published, carried out."""
    yield from _accepted(work)
    yield from work.wait(12)
    yield from _decided(work)
    yield from _carried_out(work)


def settle_close(work: Work) -> Process:
    """The decision orders nothing."""
    yield from _accepted(work)
    yield from work.wait(10)
    yield from _decided(work)
    yield from work.wait(3)
    work.step(Action.CLOSE, reason=work.line("close"))


def complex_case(work: Work) -> Process:
    """Found complex in writing, which raises the ceiling."""
    yield from _accepted(work)
    yield from work.wait(8)
    _found(work, Action.FIND_COMPLEX, "complex_complaint", "QĐ")
    yield from work.wait(20)
    yield from _decided(work)
    yield from _carried_out(work)


def suspend(work: Work) -> Process:
    """Suspended while another body is waited for, and resumed."""
    yield from _accepted(work)
    yield from work.wait(6)
    vocabulary = "suspend_complaint" if work.petition.kind is Kind.COMPLAINT else "suspend_denunciation"
    if _found(work, Action.SUSPEND, vocabulary, "QĐ"):
        yield from work.wait(1)
        work.step(Action.SEND_DECISION)
        yield work.house.work_days(14)
        work.step(Action.RESUME, document=work.document("QĐ"))
        yield from work.wait(1)
        work.step(Action.SEND_DECISION)
    yield from work.wait(8)
    yield from _decided(work)
    yield from _carried_out(work)


def discontinue(work: Work) -> Process:
    """Ended without a decision on the matter."""
    yield from _accepted(work)
    yield from work.wait(7)
    vocabulary = (
        "discontinue_complaint" if work.petition.kind is Kind.COMPLAINT else "discontinue_denunciation"
    )
    _found(work, Action.DISCONTINUE, vocabulary, "QĐ")
    yield from work.wait(2)
    work.step(Action.SEND_DECISION)
    yield from work.wait(5)
    work.step(Action.CLOSE)


def withdrawn(work: Work) -> Process:
    """The citizen withdraws it before it is accepted; an officer enters the lawful form."""
    yield from _formed(work)
    work.house.begin(work.house.soon(20), work.citizen.withdraw())
    yield from work.wait(4)
    work.step(Action.WITHDRAW, reason=work.line("withdrawn"))


def keep_going(work: Work) -> Process:
    """Withdrawn, but there are signs of a violation: it goes on."""
    yield from _accepted(work)
    work.house.begin(work.house.soon(20), work.citizen.withdraw())
    yield from work.wait(4)
    work.step(Action.KEEP_GOING, code=_code(work, "keep_going"), text=work.line("keep_going"))
    yield from work.wait(8)
    yield from _decided(work)
    yield from _carried_out(work)


def part(work: Work) -> Process:
    """A part is withdrawn, the rest goes on."""
    yield from _accepted(work)
    yield from work.wait(5)
    work.step(Action.WITHDRAW_PART, text=work.line("part"))
    yield from work.wait(7)
    yield from _decided(work)
    yield from _carried_out(work)


def dialogue(work: Work) -> Process:
    """The complainant is invited, heard, and then it is decided."""
    yield from _accepted(work)
    yield from _dialogue(work)
    yield from _decided(work)
    yield from _carried_out(work)


def second(work: Work) -> Process:
    """The complainant goes on to the second instance after the first decision."""
    work.citizen.again = True
    yield from _accepted(work)
    yield from work.wait(12)
    yield from _decided(work)
    yield from _carried_out(work)


def second_instance(work: Work) -> Process:
    """The second decision, with the dialogue the law asks for."""
    yield from _accepted(work)
    yield from _dialogue(work)
    yield from _decided(work)
    yield from _carried_out(work)


def not_accept(work: Work) -> Process:
    """Refused in writing, with one of the law's grounds."""
    yield from _formed(work)
    yield from work.wait(1)
    work.step(Action.SCREEN_ELIGIBLE)
    yield from work.wait(3)
    vocabulary = "not_accept_complaint" if work.petition.kind is Kind.COMPLAINT else "not_accept_denunciation"
    work.step(
        Action.NOT_ACCEPT, code=_code(work, vocabulary), document=work.document("TB"), text=work.line("text")
    )
    yield from work.wait(6)
    work.step(Action.CLOSE)


def ineligible(work: Work) -> Process:
    """Screened out, with the reason."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.SCREEN_INELIGIBLE, code=_code(work, "ineligible"), text=work.line("text"))
    yield from work.wait(6)
    work.step(Action.CLOSE)


def never_formed(work: Work) -> Process:
    """The signed đơn never comes."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.REQUEST_SUPPLEMENT, code="lacks_signature", text=work.line("supplement"))
    yield work.house.work_days(22)
    if work.petition.formed_on is None:
        work.step(Action.SCREEN_INELIGIBLE, code="form_never_completed", text=work.line("text"))


def supplement(work: Work) -> Process:
    """What the đơn lacks is asked for; then it goes its way."""
    yield from work.take()
    yield from work.wait(1)
    work.step(Action.REQUEST_SUPPLEMENT, code=_code(work, "supplement"), text=work.line("supplement"))
    yield from _accepted(work)
    yield from work.wait(12)
    yield from _decided(work)
    yield from _carried_out(work)


def duplicate(work: Work) -> Process:
    """The same matter as an earlier one."""
    yield from work.take()
    yield from work.wait(1)
    if not repeat(work):
        yield from settle(work)


def late(work: Work) -> Process:
    """The time for settling passes; the ladder climbs; then it is decided."""
    yield from _accepted(work)
    yield work.house.work_days(34)
    yield from _decided(work)
    yield from _carried_out(work)


def late_again(work: Work) -> Process:
    """No decision in time: the complainant goes on without one."""
    yield from _accepted(work)
    yield work.house.work_days(26)
    work.house.begin(work.house.soon(30), work.citizen.complain_again())
    yield work.house.work_days(8)
    yield from _decided(work)


def goes_up(work: Work) -> Process:
    """The time for a denunciation passes; the denouncer takes it up to the superior."""
    yield from _accepted(work)
    yield work.house.work_days(26)
    work.house.begin(work.house.soon(30), work.citizen.go_up())
    yield work.house.work_days(8)
    yield from _decided(work)
    yield from _carried_out(work)


def brought_up(work: Work) -> Process:
    """The time passes; those who follow up bring it before the superior themselves."""
    yield from _accepted(work)
    yield work.house.work_days(28)
    for officer in work.staff.leaders(work.house.agency.focal_unit)[::-1]:
        if work.hand.do(officer, work.id, Action.GO_UP, text=work.line("go_up")):
            break
    yield work.house.work_days(3)
    yield from _decided(work)


def extend_once(work: Work) -> Process:
    """One criterion of complexity: extended once."""
    yield from _accepted(work)
    yield from work.wait(11)
    _extended(work, "one_criterion")
    yield work.house.work_days(16)
    yield from _decided(work)
    yield from _carried_out(work)


def extend_twice(work: Work) -> Process:
    """Several criteria: extended twice."""
    yield from _accepted(work)
    yield from work.wait(11)
    _extended(work, "several_criteria")
    yield work.house.work_days(18)
    _extended(work, "several_criteria")
    yield work.house.work_days(18)
    yield from _decided(work)
    yield from _carried_out(work)


def anonymous(work: Work) -> Process:
    """Who sent it cannot be made out: handled as information."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.SCREEN_ANONYMOUS, code=_code(work, "anonymous"), text=work.line("text"))
    yield from work.wait(8)
    work.step(Action.ANSWER, text=work.line("answer"))


def wander(work: Work) -> Process:
    """Sent from unit to unit until the focal unit rules."""
    yield from wandering(work)
    yield from settle(work)


def guide(work: Work) -> Process:
    """Outside the office's competence: the complainant is guided."""
    yield from work.take()
    yield from work.wait(2)
    destination = (work.petition.destination or "").removeprefix("outside:")
    known = [authority.code for authority in work.house.agency.outside_authorities]
    if destination not in known:
        destination = work.house.one_of(known)
    work.step(Action.GUIDE, destination=destination, code=_code(work, "outside"), text=work.line("outside"))
    yield from work.wait(5)
    work.step(Action.CLOSE)


# --- parts


def _formed(work: Work) -> Process:
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


def _accepted(work: Work) -> Process:
    yield from _formed(work)
    yield from work.wait(1)
    work.step(Action.SCREEN_ELIGIBLE)
    yield from work.wait(2)
    if not work.step(Action.ACCEPT, document=work.document("TB")):
        return
    yield from work.wait(0.6)
    work.step(Action.SEND_DECISION)
    yield from work.wait(1)
    work.step(Action.VERIFY)


def _found(work: Work, action: Action, vocabulary: str, kind: str) -> bool:
    return work.step(
        action, code=_code(work, vocabulary), document=work.document(kind), text=work.line("text")
    )


def _extended(work: Work, code: str) -> bool:
    return work.step(Action.EXTEND, code=code, document=work.document("QĐ"), text=work.line("text"))


def _dialogue(work: Work) -> Process:
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


def _decided(work: Work) -> Process:
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
        code=_code(work, vocabulary),
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


def _carried_out(work: Work) -> Process:
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
    people = [each for each in work.staff.here(work.petition.unit) if each.is_here(work.house.now)]
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


def _code(work: Work, vocabulary: str) -> str:
    return work.house.one_of(codes_of(vocabulary))


LAWFUL_PLOTS: Final[dict[str, Plot]] = {
    "settle": settle,
    "settle_close": settle_close,
    "complex": complex_case,
    "suspend": suspend,
    "discontinue": discontinue,
    "withdrawn": withdrawn,
    "keep_going": keep_going,
    "part": part,
    "dialogue": dialogue,
    "second": second,
    "second_instance": second_instance,
    "second_changed": second_instance,
    "not_accept": not_accept,
    "ineligible": ineligible,
    "never_formed": never_formed,
    "supplement": supplement,
    "duplicate": duplicate,
    "late": late,
    "late_again": late_again,
    "goes_up": goes_up,
    "brought_up": brought_up,
    "extend_once": extend_once,
    "extend_twice": extend_twice,
    "anonymous": anonymous,
    "wander": wander,
    "guide": guide,
}
