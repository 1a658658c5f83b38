"""The table of notices: complete, and silent where it must be."""

from __future__ import annotations

import pytest

from petitions.kinds import Action, Kind, Severity
from petitions.notices import TABLE, Audience, Event, Urgency, notices_for

MUST_REACH_THE_CITIZEN = (
    Action.TAKE,
    Action.ASSIGN,
    Action.TRANSFER,
    Action.START,
    Action.ASK_CITIZEN,
    Action.MESSAGE_CITIZEN,
    Action.ANSWER,
    Action.CLOSE,
    Action.WITHDRAW,
    Action.REOPEN,
    Action.CORRECT,
)


def test_every_action_and_event_has_a_row_for_every_kind() -> None:
    for what in (*Action, *Event):
        for kind in Kind:
            assert isinstance(notices_for(what, kind), tuple)
    assert all(isinstance(what, Action | Event) for what, _ in TABLE)


@pytest.mark.parametrize("action", MUST_REACH_THE_CITIZEN)
def test_each_change_of_status_is_told_to_the_citizen(action: Action) -> None:
    for kind in Kind:
        audiences = [notice.audience for notice in notices_for(action, kind)]
        assert audiences.count(Audience.CITIZEN) == 1


def test_notes_and_ratings_are_told_to_nobody() -> None:
    assert notices_for(Action.NOTE, Kind.FEEDBACK) == ()
    assert notices_for(Action.RATE, Kind.FEEDBACK) == ()


@pytest.mark.parametrize("kind", [Kind.DENUNCIATION, Kind.ANONYMOUS_TIP])
def test_a_sealed_case_never_goes_to_a_group(kind: Kind) -> None:
    for action in Action:
        assert all(notice.private_only for notice in notices_for(action, kind))
        assert all(notice.private_only for notice in notices_for(action, Kind.FEEDBACK, confidential=True))
    assert not all(notice.private_only for notice in notices_for(Action.FILE, Kind.FEEDBACK))


def test_not_satisfied_goes_to_the_head() -> None:
    audiences = {notice.audience for notice in notices_for(Action.NOT_SATISFIED, Kind.FEEDBACK)}
    assert audiences == {Audience.HEAD, Audience.OFFICER}


def test_what_is_urgent_reaches_the_unit_as_an_alert() -> None:
    by_audience = {
        notice.audience: notice.urgency
        for notice in notices_for(Action.FILE, Kind.FEEDBACK, severity=Severity.URGENT)
    }
    assert by_audience == {Audience.CITIZEN: Urgency.NOTICE, Audience.UNIT: Urgency.ALERT}
    (danger,) = notices_for(Event.DANGER, None)
    assert (danger.audience, danger.urgency, danger.private_only) == (Audience.FOCAL, Urgency.ALERT, True)


def test_the_answer_rests_on_the_law() -> None:
    (answer,) = notices_for(Action.ANSWER, Kind.COMPLAINT)
    assert answer.legal
