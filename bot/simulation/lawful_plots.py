"""How complaints and denunciations go through the played office, from the signed đơn to the last task."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bot.simulation.lawful_parts import (
    accepted,
    any_code,
    decided,
    extended,
    formed,
    found,
    hear_out,
    settled,
)
from bot.simulation.light_plots import Plot, repeat, wandering
from bot.simulation.office_plots import (
    accused_found,
    accused_late,
    accused_person,
    learnt_in_law,
    sent_to_accused,
)
from petitions.kinds import Action, Kind

if TYPE_CHECKING:
    from bot.simulation.agenda import Process
    from bot.simulation.work import Work

# --- whole lives


def settle(work: Work) -> Process:
    """Accepted, verified, decided, sent, published, carried out."""
    yield from accepted(work)
    yield from work.wait(12)
    yield from settled(work)


def settle_close(work: Work) -> Process:
    """The decision orders nothing."""
    yield from accepted(work)
    yield from work.wait(10)
    yield from decided(work)
    yield from work.wait(3)
    work.step(Action.CLOSE, reason=work.line("close"))


def complex_case(work: Work) -> Process:
    """Found complex in writing, which raises the ceiling."""
    yield from accepted(work)
    yield from work.wait(8)
    found(work, Action.FIND_COMPLEX, "complex_complaint", "QĐ")
    yield from work.wait(20)
    yield from settled(work)


def suspend(work: Work) -> Process:
    """Suspended while another body is waited for, and resumed."""
    yield from accepted(work)
    yield from work.wait(6)
    vocabulary = "suspend_complaint" if work.petition.kind is Kind.COMPLAINT else "suspend_denunciation"
    if found(work, Action.SUSPEND, vocabulary, "QĐ"):
        yield from work.wait(1)
        work.step(Action.SEND_DECISION)
        yield work.house.work_days(14)
        work.step(Action.RESUME, document=work.document("QĐ"))
        yield from work.wait(1)
        work.step(Action.SEND_DECISION)
    yield from work.wait(8)
    yield from settled(work)


def discontinue(work: Work) -> Process:
    """Ended without a decision on the matter."""
    yield from accepted(work)
    yield from work.wait(7)
    vocabulary = (
        "discontinue_complaint" if work.petition.kind is Kind.COMPLAINT else "discontinue_denunciation"
    )
    found(work, Action.DISCONTINUE, vocabulary, "QĐ")
    yield from work.wait(2)
    work.step(Action.SEND_DECISION)
    yield from work.wait(5)
    work.step(Action.CLOSE)


def withdrawn(work: Work) -> Process:
    """The citizen withdraws it before it is accepted; an officer enters the lawful form."""
    yield from formed(work)
    work.house.begin(work.house.soon(20), work.citizen.withdraw())
    yield from work.wait(4)
    work.step(Action.WITHDRAW, reason=work.line("withdrawn"))


def keep_going(work: Work) -> Process:
    """Withdrawn, but there are signs of a violation: it goes on."""
    yield from accepted(work)
    work.house.begin(work.house.soon(20), work.citizen.withdraw())
    yield from work.wait(4)
    work.step(Action.KEEP_GOING, code=any_code(work, "keep_going"), text=work.line("keep_going"))
    yield from work.wait(8)
    yield from settled(work)


def part(work: Work) -> Process:
    """A part is withdrawn, the rest goes on."""
    yield from accepted(work)
    yield from work.wait(5)
    work.step(Action.WITHDRAW_PART, text=work.line("part"))
    yield from work.wait(7)
    yield from settled(work)


def dialogue(work: Work) -> Process:
    """The complainant is invited, heard, and then it is decided."""
    yield from accepted(work)
    yield from hear_out(work)
    yield from settled(work)


def second(work: Work) -> Process:
    """The complainant goes on to the second instance after the first decision."""
    work.citizen.again = True
    yield from accepted(work)
    yield from work.wait(12)
    yield from settled(work)


def second_instance(work: Work) -> Process:
    """The second decision, with the dialogue the law asks for."""
    yield from accepted(work)
    yield from hear_out(work)
    yield from settled(work)


def not_accept(work: Work) -> Process:
    """Refused in writing, with one of the law's grounds."""
    yield from formed(work)
    yield from work.wait(1)
    work.step(Action.SCREEN_ELIGIBLE)
    yield from work.wait(3)
    vocabulary = "not_accept_complaint" if work.petition.kind is Kind.COMPLAINT else "not_accept_denunciation"
    work.step(
        Action.NOT_ACCEPT,
        code=any_code(work, vocabulary),
        document=work.document("TB"),
        text=work.line("text"),
    )
    yield from work.wait(6)
    work.step(Action.CLOSE)


def ineligible(work: Work) -> Process:
    """Screened out, with the reason."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.SCREEN_INELIGIBLE, code=any_code(work, "ineligible"), text=work.line("text"))
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
    work.step(Action.REQUEST_SUPPLEMENT, code=any_code(work, "supplement"), text=work.line("supplement"))
    yield from accepted(work)
    yield from work.wait(12)
    yield from settled(work)


def duplicate(work: Work) -> Process:
    """The same matter as an earlier one."""
    yield from work.take()
    yield from work.wait(1)
    if not repeat(work):
        yield from settle(work)


def late(work: Work) -> Process:
    """The time for settling passes; the ladder climbs; then it is decided."""
    yield from accepted(work)
    yield work.house.work_days(34)
    yield from settled(work)


def late_again(work: Work) -> Process:
    """No decision in time: the complainant goes on without one."""
    yield from accepted(work)
    yield work.house.work_days(26)
    work.house.begin(work.house.soon(30), work.citizen.complain_again())
    yield work.house.work_days(8)
    yield from decided(work)


def goes_up(work: Work) -> Process:
    """The time for a denunciation passes; the denouncer takes it up to the superior."""
    yield from accepted(work)
    yield work.house.work_days(26)
    work.house.begin(work.house.soon(30), work.citizen.go_up())
    yield work.house.work_days(5)
    work.step(Action.REPORT_UP, document=work.document("BC"), text=work.line("report_up"))
    yield work.house.work_days(3)
    yield from settled(work)


def brought_up(work: Work) -> Process:
    """The time passes; those who follow up bring it before the superior themselves."""
    yield from accepted(work)
    yield work.house.work_days(28)
    for officer in work.staff.leaders(work.house.agency.focal_unit)[::-1]:
        if work.hand.do(officer, work.id, Action.GO_UP, text=work.line("go_up")):
            break
    yield work.house.work_days(3)
    work.step(Action.REPORT_UP, document=work.document("BC"), text=work.line("report_up"))
    yield work.house.work_days(3)
    yield from decided(work)


def extend_once(work: Work) -> Process:
    """One criterion of complexity: extended once."""
    yield from accepted(work)
    yield from work.wait(11)
    extended(work, "one_criterion")
    yield work.house.work_days(16)
    yield from settled(work)


def extend_twice(work: Work) -> Process:
    """Several criteria: extended twice."""
    yield from accepted(work)
    yield from work.wait(11)
    extended(work, "several_criteria")
    yield work.house.work_days(18)
    extended(work, "several_criteria")
    yield work.house.work_days(18)
    yield from settled(work)


def anonymous(work: Work) -> Process:
    """Who sent it cannot be made out: handled as information."""
    yield from work.take()
    yield from work.wait(2)
    work.step(Action.SCREEN_ANONYMOUS, code=any_code(work, "anonymous"), text=work.line("text"))
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
    work.step(
        Action.GUIDE, destination=destination, code=any_code(work, "outside"), text=work.line("outside")
    )
    yield from work.wait(5)
    work.step(Action.CLOSE)


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
    "accused_found": accused_found,
    "accused_late": accused_late,
    "accused_person": accused_person,
    "sent_to_accused": sent_to_accused,
    "learnt_in_law": learnt_in_law,
}
