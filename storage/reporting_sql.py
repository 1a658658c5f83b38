"""The statements behind the reports: one row for each petition that a period touches, aggregated by the database.

A report counts groups of petitions that are alike, so that a year of a million petitions gives some thousand rows;
the list behind a number asks the same statement for the ids of the groups that the number counted.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
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

from petitions.kinds import Action, Kind, Stage
from petitions.reports.counting import ENDS_EXAMINATION, OUTCOME_OF, Acceptance
from storage.columns import Identifier
from storage.schema import REPORTED, assignments, events, petitions, register_entries

_ENDS_OTHERWISE: Final = tuple(action for action in ENDS_EXAMINATION if action is not Action.WITHDRAW)
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
LOW: Final = bindparam("low", type_=Identifier, literal_execute=True)
HIGH: Final = bindparam("high", type_=Identifier, literal_execute=True)
"""A stretch of petitions by their ids: after the one, up to the other. A statement looks at one stretch at a time, so
that none is long, what it sorts and groups stays in memory, and the work can be given up in between. The bounds are
written into the statement: a planner that knows them reads only that part of each index."""


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


def _told(name: str, *which: ColumnElement[bool]) -> Subquery:
    """What these events of each petition say, one row a petition; read from their index, so without the agency."""
    return (
        select(
            events.c.petition_id,
            _first(*_ENDS_OTHERWISE).label("ended_at"),
            _first(Action.WITHDRAW).label("withdrawn_at"),
            _LAST_OUTCOME.label("last_outcome"),
            _first(Action.NOT_ACCEPT).label("not_accepted_at"),
            _first(Action.DISCONTINUE).label("discontinued_at"),
            _first(Action.DECIDE, Action.CONCLUDE).label("decided_at"),
            func.max(case((is_one_of(Action.CLOSE), _AT))).label("closed_at"),
            func.max(case((is_one_of(Action.MERGE), _AT))).label("merged_at"),
        )
        .where(IS_REPORTED, *which)
        .group_by(events.c.petition_id)
        .subquery(name)
    )


def _stretch(petition_id: Any) -> tuple[ColumnElement[bool], ...]:
    return petition_id > LOW, petition_id <= HIGH


TOLD: Final = _told("told", *_stretch(events.c.petition_id))
"""Of every petition of the stretch."""
_STOPPED: Final = _told("stopped", *_stretch(events.c.petition_id), is_one_of(Action.DISCONTINUE))
_CLOSED: Final = _told(
    "closed", *_stretch(events.c.petition_id), is_one_of(Action.DECIDE, Action.CONCLUDE, Action.CLOSE)
)
"""The same of few events, which takes a fraction of the time."""

_MOVED: Final = (
    select(register_entries.c.petition_id)
    .where(register_entries.c.continued_book.is_not(None))
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


def answering(moment: Any, *which: ColumnElement[bool]) -> Any:
    """The assignment in force at a moment."""
    until = type_coerce(assignments.c.until, Identifier)
    return and_(
        assignments.c.petition_id == petitions.c.id,
        *which,
        type_coerce(assignments.c.since, Identifier) <= moment,
        or_(until.is_(None), until > moment),
    )


_FILED: Final = type_coerce(petitions.c.filed_at, Identifier)
_LAWFUL: Final = (Kind.COMPLAINT.value, Kind.DENUNCIATION.value)


def _handled_at(petition: Any, told: Any) -> Any:
    """When its examination ended by an event of its own. A lead whose own petitioner left goes on for the others."""
    goes_on = and_(petition.c.left_at.is_not(None), petition.c.stage != Stage.WITHDRAWN)
    return case(
        (or_(told.c.withdrawn_at.is_(None), goes_on), told.c.ended_at),
        (or_(told.c.ended_at.is_(None), told.c.withdrawn_at < told.c.ended_at), told.c.withdrawn_at),
        else_=told.c.ended_at,
    )


def _acceptance(petition: Any, told: Any) -> Any:
    """Of the case of its own, or of the lead's, whose decision is the one for all."""
    discontinued = and_(told.c.discontinued_at < UNTIL, petition.c.outcome == "all_withdrawn")
    return case(
        (KIND_THEN.in_([Kind.ANONYMOUS_TIP.value]), int(Acceptance.NOT_ACCEPTED)),
        (KIND_THEN.not_in(_LAWFUL), int(Acceptance.NONE)),
        (discontinued, int(Acceptance.WITHDRAWN)),
        (petition.c.accepted_on <= LAST, int(Acceptance.ACCEPTED)),
        (told.c.not_accepted_at < UNTIL, int(Acceptance.NOT_ACCEPTED)),
        (and_(told.c.withdrawn_at < UNTIL, petition.c.left_at.is_(None)), int(Acceptance.WITHDRAWN)),
        else_=int(Acceptance.EXAMINED),
    )


KEYS: Final = ("unit", "kind", "instance", "topic", "received", "handled", "outcome", "acceptance")
"""What makes petitions alike in the eyes of a report."""


def _cases(
    handled_at: Any,
    outcome: Any,
    acceptance: Any,
    source: Any,
    *which: ColumnElement[bool],
    of_assignments: tuple[ColumnElement[bool], ...] = (),
) -> Any:
    """Each petition of `source` that was received in the period or left over from before it.

    The unit is the one that answered as it was handled, else at the end of the period.
    """
    moment = case((handled_at < UNTIL, handled_at), else_=UNTIL - 1)
    return (
        select(
            petitions.c.id,
            func.coalesce(petitions.c.merged_into, petitions.c.id).label("matter"),
            assignments.c.unit,
            KIND_THEN.label("kind"),
            petitions.c.instance,
            func.coalesce(petitions.c.topic, "").label("topic"),
            case((_FILED >= SINCE, 1), else_=0).label("received"),
            case((handled_at < UNTIL, 1), else_=0).label("handled"),
            func.coalesce(outcome % _SEQ_SPAN, 0).label("outcome"),
            acceptance.label("acceptance"),
        )
        .select_from(
            source.outerjoin(_MOVED, _MOVED.c.petition_id == petitions.c.id).join(
                assignments, answering(moment, *of_assignments)
            )
        )
        .where(
            petitions.c.agency == AGENCY,
            _FILED < UNTIL,
            or_(handled_at.is_(None), handled_at >= SINCE),
            *which,
        )
    )


def _alone(
    told: Subquery, *which: ColumnElement[bool], of_assignments: tuple[ColumnElement[bool], ...] = ()
) -> Any:
    merged_later = told.c.merged_at >= UNTIL
    return _cases(
        _handled_at(petitions, told),
        told.c.last_outcome,
        _acceptance(petitions, told),
        petitions.outerjoin(told, told.c.petition_id == petitions.c.id),
        or_(petitions.c.merged_into.is_(None), merged_later),
        *which,
        of_assignments=of_assignments,
    )


def cases() -> Subquery:
    """Petitions of the stretch that stand for themselves; those that lead others are told by `leads`."""
    which = petitions.c.members == 0, *_stretch(petitions.c.id)
    of_assignments = _stretch(assignments.c.petition_id)
    return _alone(TOLD, *which, of_assignments=of_assignments).subquery("cases")  # type: ignore[no-any-return]


def leads() -> Subquery:
    """Petitions that others were merged into, of any stretch: they are few."""
    members = petitions.alias("members")
    led = select(members.c.merged_into).where(members.c.agency == AGENCY, members.c.merged_into.is_not(None))
    told = _told("told_of_leads", events.c.petition_id.in_(led))
    which = petitions.c.id.in_(led), petitions.c.members > 0
    return _alone(told, *which).subquery("leads")  # type: ignore[no-any-return]


def members() -> Subquery:
    """Petitions that were merged into another one: handled with it, and not before they were merged.

    The matter of a petition is that of its lead (`matter`); so is its outcome and where it stands.
    """
    lead = petitions.alias("lead")
    merged = petitions.alias("merged")
    in_a_merge = merged.c.agency == AGENCY, merged.c.merged_into.is_not(None)
    own = _told("own", events.c.petition_id.in_(select(merged.c.id).where(*in_a_merge)))
    leads = _told("leads", events.c.petition_id.in_(select(merged.c.merged_into).where(*in_a_merge)))
    with_lead = _handled_at(lead, leads)
    with_lead = case((with_lead < own.c.merged_at, own.c.merged_at), else_=with_lead)
    alone = _handled_at(petitions, own)
    handled_at = case(
        (alone.is_(None), with_lead),
        (with_lead.is_(None), alone),
        (with_lead < alone, with_lead),
        else_=alone,
    )
    source = (
        petitions.join(own, own.c.petition_id == petitions.c.id)
        .join(lead, lead.c.id == petitions.c.merged_into)
        .outerjoin(leads, leads.c.petition_id == lead.c.id)
    )
    return _cases(  # type: ignore[no-any-return]
        handled_at,
        func.coalesce(leads.c.last_outcome, own.c.last_outcome),
        _acceptance(lead, leads),
        source,
        petitions.c.merged_into.is_not(None),
        own.c.merged_at < UNTIL,
    ).subquery("members")


def decisions() -> Any:
    """Each decision and conclusion of the stretch that was issued in the period or left over to be carried out."""
    closed = _CLOSED.c.closed_at
    moment = case((and_(closed.is_not(None), closed < UNTIL), closed), else_=UNTIL - 1)
    moment = case((moment < _CLOSED.c.decided_at, _CLOSED.c.decided_at), else_=moment)
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
        .join(_CLOSED, _CLOSED.c.petition_id == petitions.c.id)
        .join(assignments, answering(moment, *_stretch(assignments.c.petition_id)))
        .where(
            petitions.c.agency == AGENCY,
            *_stretch(petitions.c.id),
            petitions.c.decided_on.is_not(None),
            petitions.c.decided_on <= LAST,
            or_(petitions.c.decided_on >= FIRST, closed.is_(None), closed >= SINCE),
        )
        .order_by(petitions.c.id)
    )


def settling() -> Any:
    """Accepted complaints and denunciations of the stretch: open before, accepted, ended in the period, by unit and
    kind."""
    decided, stopped = petitions.c.decided_on, _STOPPED.c.discontinued_at
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
        .outerjoin(_STOPPED, _STOPPED.c.petition_id == petitions.c.id)
        .join(assignments, answering(moment, *_stretch(assignments.c.petition_id)))
        .where(
            petitions.c.agency == AGENCY,
            *_stretch(petitions.c.id),
            petitions.c.accepted_on <= LAST,
            case((before, 1), else_=0) == 0,
        )
        .group_by(*keys)
    )
