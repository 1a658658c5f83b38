"""The one table of notices: who hears of what, under which text, how fast.

What a citizen does in the chat is answered by the dialogue; the notice to the citizen stands for the cases in
which somebody else did it. Texts never name kind or topic, so that a notice read over a shoulder gives
nothing away; they take `code`, `unit` (its name), `stage` (its words) and `text` (what was written).
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
    private = audience in {Audience.HEAD, Audience.FOCAL}
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
    (Event.DANGER, None): (_to(Audience.FOCAL, "focal_danger", Urgency.ALERT),),
    (Event.CALL_BACK, None): (_to(Audience.FOCAL, "focal_call_back"),),
}
"""A row for a kind of its own goes before the row for all kinds (None). A change of category is told under
`legal` because the citizen may object to it; ratings and notes are seen on the card and told to nobody."""


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
    if severity is Severity.URGENT and what in {Action.FILE, Action.TRANSFER, Action.ASSIGN}:
        rows = tuple(
            notice if notice.audience is Audience.CITIZEN else replace(notice, urgency=Urgency.ALERT)
            for notice in rows
        )
    return rows
