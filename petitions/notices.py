"""The one table of notices: who hears of what, under which text, how fast.

What a citizen does in the chat is answered by the dialogue; the notice to the citizen stands for the cases in
which somebody else did it. Texts never name kind or topic, so that a notice read over a shoulder gives
nothing away; they take `code`, `unit` (its name), `officer`, `text` (what was written), `reason` (the long
text of the reason code), `date` (the day of the event), `due`, `moment`, `document`, `authority`, `guidance`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum, unique
from typing import Final

from petitions.kinds import Action, Kind, Severity
from petitions.transitions import SEALED_KINDS


@unique
class Audience(StrEnum):
    """Who is told."""

    CITIZEN = "citizen"
    """The petitioner, in the chat of the petition."""
    UNIT = "unit"
    """The answerable unit: its group or its people; of a sealed case only those who may see it."""
    OFFICER = "officer"
    """The named officer; the unit while nobody is named."""
    HEAD = "head"
    """The head of the answerable unit; the leadership where it has none."""
    FOCAL = "focal"
    """The people on duty in the focal unit, in private."""
    NAMED = "named"
    """The officer given with the action, where that is somebody else than the named officer of the case."""
    DIRECTOR = "director"
    """Those who lead the office."""


@unique
class Urgency(StrEnum):
    """How fast it goes out."""

    REPLY = "reply"
    """As an answer in a dialogue."""
    NOTICE = "notice"
    ALERT = "alert"
    """At once and with sound: somebody may be in danger."""


@unique
class Event(StrEnum):
    """What is told although it is no action on a petition."""

    DANGER = "danger"
    """Somebody wrote of danger going on and let it be passed on; no petition yet."""
    CALL_BACK = "call_back"
    """Somebody asks for a human being."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One notice: to whom, in which words, how fast."""

    audience: Audience
    text_key: str
    """Key in the texts, area `notices`."""
    urgency: Urgency = Urgency.NOTICE
    legal: bool = False
    """What the law or a promise to the citizen rests on: never replaced by a later one, outcome kept."""
    private_only: bool = False
    """Never into a group (Luật Tố cáo 2018 Đ8 k3, Đ9, Đ56)."""


def _citizen(key: str, *, legal: bool = False) -> Notice:
    return Notice(audience=Audience.CITIZEN, text_key=f"notices.{key}", legal=legal, private_only=True)


def _to(audience: Audience, key: str, urgency: Urgency = Urgency.NOTICE) -> Notice:
    private = audience not in {Audience.UNIT, Audience.OFFICER}
    return Notice(audience=audience, text_key=f"notices.{key}", urgency=urgency, private_only=private)


TABLE: Final[dict[tuple[Action | Event, Kind | None], tuple[Notice, ...]]] = {
    (Action.FILE, None): (_citizen("filed", legal=True), _to(Audience.UNIT, "unit_filed")),
    (Action.TAKE, None): (_citizen("taken"),),
    (Action.ASSIGN, None): (_citizen("assigned"), _to(Audience.OFFICER, "officer_assigned")),
    (Action.TRANSFER, None): (_citizen("transferred", legal=True), _to(Audience.UNIT, "unit_transferred")),
    (Action.START, None): (_citizen("started"),),
    (Action.ASK_CITIZEN, None): (_citizen("asked", legal=True),),
    (Action.CITIZEN_ADDS, None): (_to(Audience.OFFICER, "officer_citizen_adds"),),
    (Action.MESSAGE_CITIZEN, None): (_citizen("message", legal=True),),
    (Action.NOTE, None): (),
    (Action.POLICY_GAP, None): (),
    (Action.WITHDRAW_GAP, None): (),
    (Action.ANSWER, None): (_citizen("answered", legal=True),),
    (Action.CLOSE, None): (_citizen("closed", legal=True),),
    (Action.WITHDRAW, None): (_citizen("withdrawn", legal=True), _to(Audience.OFFICER, "officer_withdrawn")),
    (Action.ASK_WITHDRAW, None): (
        _to(Audience.OFFICER, "officer_ask_withdraw"),
        _to(Audience.HEAD, "officer_ask_withdraw"),
    ),
    (Action.RATE, None): (),
    (Action.NOT_SATISFIED, None): (
        _to(Audience.HEAD, "head_not_satisfied"),
        _to(Audience.OFFICER, "officer_not_satisfied"),
    ),
    (Action.REOPEN, None): (_citizen("reopened", legal=True), _to(Audience.OFFICER, "officer_reopened")),
    (Action.CORRECT, None): (_citizen("corrected", legal=True), _to(Audience.OFFICER, "officer_corrected")),
    (Action.LINK, None): (_to(Audience.OFFICER, "officer_linked"),),
    (Action.UNLINK, None): (_to(Audience.OFFICER, "officer_unlinked"),),
    (Action.MERGE, None): (_citizen("merged", legal=True), _to(Audience.OFFICER, "officer_merged")),
    (Action.UNMERGE, None): (_citizen("unmerged", legal=True), _to(Audience.OFFICER, "officer_unmerged")),
    (Action.MEMBER_JOINED, None): (),
    (Action.MEMBER_LEFT, None): (),
    (Action.FOLLOW_LEAD, None): (),
    (Action.BECOME_MASS, None): (
        _to(Audience.HEAD, "officer_mass"),
        _to(Audience.FOCAL, "officer_mass"),
        _to(Audience.DIRECTOR, "officer_mass"),
    ),
    (Action.REPRESENT, None): (_citizen("represent", legal=True),),
    (Action.END_REPRESENT, None): (_citizen("end_represent", legal=True),),
    (Action.UNDO_DUPLICATE, None): (
        _citizen("screened_anew", legal=True),
        _to(Audience.OFFICER, "officer_screened_anew"),
    ),
    (Action.GIVE_FORM_VALUES, None): (),
    (Action.HAND_IN_FORM, None): (_to(Audience.OFFICER, "officer_form_given"),),
    (Action.BOOK_VISIT, None): (_to(Audience.OFFICER, "officer_visit"),),
    (Action.CANCEL_VISIT, None): (_to(Audience.OFFICER, "officer_visit_off"),),
    (Action.REQUEST_SUPPLEMENT, None): (_citizen("supplement", legal=True),),
    (Action.CONFIRM_FORM, None): (_citizen("form_confirmed", legal=True),),
    (Action.SCREEN_ELIGIBLE, None): (_citizen("eligible", legal=True),),
    (Action.SCREEN_INELIGIBLE, None): (_citizen("ineligible", legal=True),),
    (Action.SCREEN_DUPLICATE, None): (_citizen("duplicate", legal=True),),
    (Action.SCREEN_ANONYMOUS, None): (_citizen("as_information", legal=True),),
    (Action.PASS_ON, None): (_citizen("passed_on", legal=True),),
    (Action.GUIDE, None): (_citizen("guided", legal=True),),
    (Action.ACCEPT, None): (_citizen("accepted", legal=True),),
    (Action.NOT_ACCEPT, None): (_citizen("not_accepted", legal=True),),
    (Action.VERIFY, None): (_citizen("verifying"),),
    (Action.FIND_COMPLEX, None): (_citizen("found_complex", legal=True),),
    (Action.EXTEND, None): (_citizen("extended", legal=True),),
    (Action.SUSPEND, None): (_citizen("suspended", legal=True),),
    (Action.RESUME, None): (_citizen("resumed", legal=True),),
    (Action.DISCONTINUE, None): (_citizen("discontinued", legal=True),),
    (Action.INVITE_DIALOGUE, None): (_citizen("dialogue", legal=True),),
    (Action.HOLD_DIALOGUE, None): (_citizen("dialogue_held", legal=True),),
    (Action.DECIDE, None): (_citizen("decided", legal=True),),
    (Action.CONCLUDE, None): (_citizen("concluded", legal=True),),
    (Action.SEND_DECISION, None): (_citizen("decision_sent", legal=True),),
    (Action.PUBLISH_DECISION, None): (_citizen("published", legal=True),),
    (Action.PUBLISH_DECISION, Kind.DENUNCIATION): (_citizen("published_sealed", legal=True),),
    (Action.TAKE_EFFECT, None): (
        _citizen("in_effect", legal=True),
        _to(Audience.OFFICER, "officer_in_effect"),
    ),
    (Action.ORDER_TASK, None): (_citizen("task_ordered"), _to(Audience.NAMED, "officer_task")),
    (Action.TASK_DONE, None): (_citizen("task_done", legal=True),),
    (Action.WITHDRAW_PART, None): (_citizen("withdrawn_part", legal=True),),
    (Action.KEEP_GOING, None): (_citizen("keeps_going", legal=True),),
    (Action.COMPLAIN_AGAIN, None): (
        _to(Audience.OFFICER, "officer_again"),
        _to(Audience.HEAD, "officer_again"),
    ),
    (Action.GO_UP, None): (
        _citizen("gone_up", legal=True),
        _to(Audience.OFFICER, "officer_gone_up"),
        _to(Audience.HEAD, "officer_gone_up"),
        _to(Audience.DIRECTOR, "officer_gone_up"),
    ),
    (Action.REPORT_UP, None): (_citizen("reported_up", legal=True),),
    (Action.REFUSE_TRANSFER, None): (
        _citizen("given_back", legal=True),
        _to(Audience.UNIT, "unit_given_back"),
    ),
    (Action.RULE_UNIT, None): (_citizen("ruled", legal=True), _to(Audience.UNIT, "unit_ruled")),
    (Action.REASSIGN, None): (_citizen("reassigned"), _to(Audience.OFFICER, "officer_assigned")),
    (Action.RECOMPUTE, None): (
        _citizen("date_moved", legal=True),
        _to(Audience.OFFICER, "officer_date_moved"),
    ),
    (Action.WARN, None): (),
    (Action.BREACH, None): (),
    (Action.ESCALATE, None): (),
    (Action.REMIND_FORM, None): (_citizen("remind_form"),),
    (Action.DENIED, None): (),
    (Event.DANGER, None): (_to(Audience.FOCAL, "focal_danger", Urgency.ALERT),),
    (Event.CALL_BACK, None): (_to(Audience.FOCAL, "focal_call_back"),),
}
"""A row for a kind of its own goes before the row for all kinds (None). A change of category is told under
`legal` because the citizen may object to it; ratings, notes, and who joined a lead or left it are seen on the card
and told to nobody. What is done to a lead is told to those merged into it by `petitions.shared_notices`.
Warnings and alarms go through the officers' digests (`handlers.alarms`), in working hours; here they tell
nobody."""


_ALERTING: Final = frozenset(
    {Action.FILE, Action.TRANSFER, Action.ASSIGN, Action.REFUSE_TRANSFER, Action.RULE_UNIT, Action.REASSIGN}
)
"""What brings a case to somebody new."""


def notices_for(
    what: Action | Event,
    kind: Kind | None,
    *,
    confidential: bool = False,
    severity: Severity = Severity.NORMAL,
) -> tuple[Notice, ...]:
    """The notices that follow from `what`, in the order they are written.

    A sealed case (denunciation, tip, or marked confidential) is told in private only; an urgent one reaches
    the unit as an alert when it is filed or comes from another unit.
    """
    rows = TABLE.get((what, kind), TABLE[what, None])
    if confidential or kind in SEALED_KINDS:
        rows = tuple(replace(notice, private_only=True) for notice in rows)
    if severity is Severity.URGENT and what in _ALERTING:
        rows = tuple(
            notice if notice.audience is Audience.CITIZEN else replace(notice, urgency=Urgency.ALERT)
            for notice in rows
        )
    return rows
