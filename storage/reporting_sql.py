"""The statements behind the reports: one row for each petition that a period touches, aggregated by the database.

A report counts groups of petitions that are alike, so that a year of a million petitions gives some thousand rows;
the list behind a number asks the same statement for the ids of the groups that the number counted.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    Subquery,
    and_,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    type_coerce,
)

from petitions.kinds import Action, Kind
from petitions.reports.counting import ENDS_EXAMINATION, OUTCOME_OF, Acceptance
from storage.columns import Identifier
from storage.schema import REPORTED, assignments, events, petitions, register_entries

_SEQ_SPAN: Final = 8
"""Sequence and outcome in one number: the last outcome is the highest of them."""


def words(*actions: Action) -> Any:
    """Written into the statement: a planner that sees parameters would not use the partial index."""
    return [literal_column(f"'{action.value}'", String) for action in actions]


def is_one_of(*actions: Action) -> ColumnElement[bool]:
    return type_coerce(events.c.type, String).in_(words(*actions))


_TYPE: Final = type_coerce(events.c.type, String)
IS_REPORTED: Final = _TYPE.in_([literal_column(f"'{word}'", String) for word in REPORTED])
"""The condition of the index `ix_events_report`, word for word, which is what SQLite asks for."""
_AT: Final = type_coerce(events.c.at, Identifier)
UNTIL: Final = bindparam("until", type_=Identifier)
SINCE: Final = bindparam("since", type_=Identifier)
LAST: Final = bindparam("last", type_=petitions.c.accepted_on.type)
FIRST: Final = bindparam("first", type_=petitions.c.accepted_on.type)
AGENCY: Final = bindparam("agency", type_=String)


def _first(*actions: Action) -> Any:
    return func.min(case((is_one_of(*actions), _AT)))


_LAST_OUTCOME: Final = func.max(
    case(
        *(
            (and_(is_one_of(action), _AT < UNTIL), events.c.seq * _SEQ_SPAN + int(outcome))
            for action, outcome in OUTCOME_OF.items()
        )
    )
)
TOLD: Final[Subquery] = (
    select(
        events.c.petition_id,
        _first(*ENDS_EXAMINATION).label("handled_at"),
        _LAST_OUTCOME.label("last_outcome"),
        _first(Action.NOT_ACCEPT).label("not_accepted_at"),
        _first(Action.DISCONTINUE).label("discontinued_at"),
        _first(Action.WITHDRAW).label("withdrawn_at"),
        _first(Action.DECIDE, Action.CONCLUDE).label("decided_at"),
        func.max(case((is_one_of(Action.CLOSE), _AT))).label("closed_at"),
    )
    .where(IS_REPORTED)
    .group_by(events.c.petition_id)
    .subquery("told")
)
"""What the events of each petition say, one row a petition; read from the index alone, so without the agency."""

_MOVED: Final = (
    select(register_entries.c.petition_id)
    .where(register_entries.c.agency == AGENCY, register_entries.c.continued_book.is_not(None))
    .distinct()
    .subquery("moved")
)
"""Petitions that were entered in another book: their kind was put right."""
_BOOK_THEN: Final = (
    select(register_entries.c.book)
    .where(
        register_entries.c.petition_id == petitions.c.id,
        type_coerce(register_entries.c.entered_at, Identifier) < UNTIL,
    )
    .order_by(register_entries.c.entered_at.desc(), register_entries.c.book)
    .limit(1)
    .correlate(petitions)
    .scalar_subquery()
)
KIND_THEN: Final = case(
    (_MOVED.c.petition_id.is_not(None), func.coalesce(_BOOK_THEN, type_coerce(petitions.c.kind, String))),
    else_=type_coerce(petitions.c.kind, String),
)
"""The kind in whose book the petition stood at the end of the period."""


def matter_of() -> ColumnElement[int]:
    """The petition that leads the matter: the one it was merged into, else itself."""
    merged = petitions.c.get("merged_into")
    return petitions.c.id if merged is None else func.coalesce(merged, petitions.c.id)


def shares_its_matter() -> ColumnElement[bool]:
    """Whether the petition was merged into another, or another into it."""
    merged = petitions.c.get("merged_into")
    if merged is None:
        return literal_column("1", Integer) == literal_column("0", Integer)
    others = petitions.alias("others")
    leads = select(others.c.merged_into).where(others.c.agency == AGENCY, others.c.merged_into.is_not(None))
    return or_(merged.is_not(None), petitions.c.id.in_(leads))


def answering(moment: Any) -> Any:
    """The assignment in force at a moment."""
    until = type_coerce(assignments.c.until, Identifier)
    return and_(
        assignments.c.petition_id == petitions.c.id,
        type_coerce(assignments.c.since, Identifier) <= moment,
        or_(until.is_(None), until > moment),
    )


_MOMENT: Final = case((TOLD.c.handled_at < UNTIL, TOLD.c.handled_at), else_=UNTIL - 1)
"""When the answering unit is asked for: as it was handled, else at the end of the period."""
_FILED: Final = type_coerce(petitions.c.filed_at, Identifier)
_LAWFUL: Final = (Kind.COMPLAINT.value, Kind.DENUNCIATION.value)


def _acceptance() -> Any:
    discontinued = and_(TOLD.c.discontinued_at < UNTIL, petitions.c.outcome == "all_withdrawn")
    return case(
        (KIND_THEN.in_([Kind.ANONYMOUS_TIP.value]), int(Acceptance.NOT_ACCEPTED)),
        (KIND_THEN.not_in(_LAWFUL), int(Acceptance.NONE)),
        (discontinued, int(Acceptance.WITHDRAWN)),
        (petitions.c.accepted_on <= LAST, int(Acceptance.ACCEPTED)),
        (TOLD.c.not_accepted_at < UNTIL, int(Acceptance.NOT_ACCEPTED)),
        (TOLD.c.withdrawn_at < UNTIL, int(Acceptance.WITHDRAWN)),
        else_=int(Acceptance.EXAMINED),
    )


KEYS: Final = ("unit", "kind", "instance", "topic", "received", "handled", "outcome", "acceptance")
"""What makes petitions alike in the eyes of a report."""


def cases() -> Subquery:
    """Each petition that was received in the period or left over from before it."""
    return (
        select(
            petitions.c.id,
            matter_of().label("matter"),
            assignments.c.unit,
            KIND_THEN.label("kind"),
            petitions.c.instance,
            func.coalesce(petitions.c.topic, "").label("topic"),
            case((_FILED >= SINCE, 1), else_=0).label("received"),
            case((TOLD.c.handled_at < UNTIL, 1), else_=0).label("handled"),
            func.coalesce(TOLD.c.last_outcome % _SEQ_SPAN, 0).label("outcome"),
            _acceptance().label("acceptance"),
            case((shares_its_matter(), 1), else_=0).label("shared"),
        )
        .select_from(petitions)
        .outerjoin(TOLD, TOLD.c.petition_id == petitions.c.id)
        .outerjoin(_MOVED, _MOVED.c.petition_id == petitions.c.id)
        .join(assignments, answering(_MOMENT))
        .where(
            petitions.c.agency == AGENCY,
            _FILED < UNTIL,
            or_(TOLD.c.handled_at.is_(None), TOLD.c.handled_at >= SINCE),
        )
        .subquery("cases")
    )


def decisions() -> Any:
    """Each decision and conclusion that was issued in the period or left over to be carried out."""
    closed = TOLD.c.closed_at
    moment = case((and_(closed.is_not(None), closed < UNTIL), closed), else_=UNTIL - 1)
    moment = case((moment < TOLD.c.decided_at, TOLD.c.decided_at), else_=moment)
    return (
        select(
            petitions.c.id,
            assignments.c.unit,
            type_coerce(petitions.c.kind, String).label("kind"),
            petitions.c.instance,
            petitions.c.outcome.label("result"),
            case((petitions.c.decided_on >= FIRST, 1), else_=0).label("is_new"),
            case((and_(closed >= SINCE, closed < UNTIL), 1), else_=0).label("is_done"),
        )
        .select_from(petitions)
        .join(TOLD, TOLD.c.petition_id == petitions.c.id)
        .join(assignments, answering(moment))
        .where(
            petitions.c.agency == AGENCY,
            petitions.c.decided_on.is_not(None),
            petitions.c.decided_on <= LAST,
            or_(petitions.c.decided_on >= FIRST, closed.is_(None), closed >= SINCE),
        )
        .order_by(petitions.c.id)
    )


def settling() -> Any:
    """Accepted complaints and denunciations: open before, accepted, ended in the period, by unit and kind."""
    decided, stopped = petitions.c.decided_on, TOLD.c.discontinued_at
    ended = or_(decided <= LAST, stopped < UNTIL)
    before = or_(decided < FIRST, stopped < SINCE)
    keys = (
        assignments.c.unit,
        type_coerce(petitions.c.kind, String).label("kind"),
        case((petitions.c.accepted_on >= FIRST, 1), else_=0).label("received"),
        case((ended, 1), else_=0).label("ended"),
    )
    moment = case((_FILED < UNTIL, UNTIL - 1), else_=_FILED)
    return (
        select(*keys, func.count().label("number"))
        .select_from(petitions)
        .outerjoin(TOLD, TOLD.c.petition_id == petitions.c.id)
        .join(assignments, answering(moment))
        .where(
            petitions.c.agency == AGENCY,
            petitions.c.accepted_on <= LAST,
            case((before, 1), else_=0) == 0,
        )
        .group_by(*keys)
    )
