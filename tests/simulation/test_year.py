"""A simulated year reaches every way a petition can go, and ends with everything in order."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection, select

from bot.profile import read_calendar
from petitions.escalation import Level, Timing
from petitions.kinds import Action, Kind, Stage
from petitions.reasons import CODES
from storage.records import OutboxStatus
from storage.schema import alarms, breaches, contacts, outbox, petitions
from storage.verify import verify
from tests.simulation.conftest import AGENCY, Year

NOT_PLAYED = {Action.UNLINK, Action.REPRESENT, Action.END_REPRESENT, Action.RECOMPUTE}
"""A link is taken away in the details, where nobody looks for it here; a group's representatives sign on paper; the
calendar does not change meanwhile."""


def test_everything_that_can_be_done_to_a_petition_is_done(year: Year) -> None:
    done = year.summary.counts.actions
    never = {action for action in Action if not done[action.value]}
    assert never == NOT_PLAYED


@pytest.mark.parametrize(
    "action",
    [
        Action.SCREEN_ELIGIBLE,
        Action.SCREEN_INELIGIBLE,
        Action.SCREEN_DUPLICATE,
        Action.SCREEN_ANONYMOUS,
        Action.PASS_ON,
        Action.GUIDE,
        Action.ACCEPT,
        Action.NOT_ACCEPT,
        Action.REQUEST_SUPPLEMENT,
        Action.VERIFY,
        Action.FIND_COMPLEX,
        Action.EXTEND,
        Action.SUSPEND,
        Action.RESUME,
        Action.DISCONTINUE,
        Action.HOLD_DIALOGUE,
        Action.DECIDE,
        Action.CONCLUDE,
        Action.ANSWER,
        Action.SEND_DECISION,
        Action.PUBLISH_DECISION,
        Action.TAKE_EFFECT,
        Action.ORDER_TASK,
        Action.TASK_DONE,
        Action.CLOSE,
        Action.WITHDRAW,
        Action.WITHDRAW_PART,
        Action.KEEP_GOING,
        Action.REOPEN,
        Action.COMPLAIN_AGAIN,
        Action.GO_UP,
        Action.REFUSE_TRANSFER,
        Action.RULE_UNIT,
        Action.REASSIGN,
        Action.BREACH,
        Action.DENIED,
        Action.LINK,
        Action.MERGE,
        Action.UNMERGE,
        Action.MEMBER_JOINED,
        Action.MEMBER_LEFT,
        Action.FOLLOW_LEAD,
        Action.UNDO_DUPLICATE,
    ],
)
def test_each_outcome_comes_about_a_few_times(year: Year, action: Action) -> None:
    assert year.summary.counts.actions[action.value] >= 2


def test_an_extension_is_given_once_and_twice(year: Year) -> None:
    def extended(connection: Connection) -> set[int]:
        return set(connection.execute(select(petitions.c.extensions)).scalars())

    assert year.look(extended) >= {0, 1, 2}


def test_every_ending_and_result_stands_somewhere(year: Year) -> None:
    counts = year.summary.counts
    assert {stage.value for stage in Stage} - set(counts.stages) <= {
        Stage.WAITING_CITIZEN.value,
        Stage.MERGED.value,
        Stage.SUSPENDED.value,
        Stage.RECEIVED.value,
        Stage.ASSIGNED.value,
        Stage.IN_PROGRESS.value,
        Stage.ELIGIBLE.value,
        Stage.ACCEPTED.value,
        Stage.GUIDED.value,
        Stage.DISCONTINUED.value,
    }
    assert set(counts.kinds) == {kind.value for kind in Kind}
    assert counts.seconds >= 5
    for results in ("result_first", "result_second", "result_denunciation"):
        assert set(CODES[results]) & set(counts.outcomes), results


def test_nobody_was_left_without_an_answer_and_history_holds(year: Year) -> None:
    summary = year.summary
    assert summary.replayed.petitions >= 490
    assert summary.unanswerable == ()
    assert summary.replayed.differences == ()
    assert summary.broken == 0
    assert summary.holds
    assert year.look(lambda connection: list(verify(connection, year.vault, AGENCY.code))) == []


def test_what_officers_were_offered_was_nearly_always_possible(year: Year) -> None:
    """A button that leads to a refusal is a card that promises too much."""
    assert year.summary.refused <= 10


def test_dates_pass_and_the_ladder_climbs_to_the_director(year: Year) -> None:
    assert set(year.summary.counts.breaches) >= {level.value for level in Level}

    def look(connection: Connection) -> list[str]:
        return list(connection.execute(select(breaches.c.rule).distinct()).scalars())

    rules = set(year.look(look))
    assert {"A-01", "U-01", "C-05", "D-09"} <= rules


def test_no_alarm_is_told_at_night_or_on_a_day_off(year: Year) -> None:
    timing = Timing(policy=AGENCY.deadlines, calendar=read_calendar(None), zone=AGENCY.zone)

    def told(connection: Connection) -> list[datetime]:
        statement = select(alarms.c.told_at).where(alarms.c.urgent.is_(False), alarms.c.told_at.is_not(None))
        return list(connection.execute(statement).scalars())

    moments = year.look(told)
    assert len(moments) > 200
    assert [moment for moment in moments if timing.is_quiet(moment)] == []


def test_digests_arrive_in_working_hours_only(year: Year) -> None:
    timing = Timing(policy=AGENCY.deadlines, calendar=read_calendar(None), zone=AGENCY.zone)

    def arrived(connection: Connection) -> list[datetime]:
        statement = (
            select(outbox.c.finished_at)
            .join(contacts, contacts.c.id == outbox.c.contact_id)
            .where(outbox.c.priority == 2, contacts.c.officer_id.is_not(None))
        )
        return list(connection.execute(statement).scalars())

    moments = year.look(arrived)
    assert len(moments) > 500
    assert [moment for moment in moments if timing.is_quiet(moment)] == []


def test_every_message_arrived_in_the_chat_of_the_simulation(year: Year) -> None:
    def states(connection: Connection) -> set[tuple[str, OutboxStatus]]:
        rows = connection.execute(select(outbox.c.channel, outbox.c.status).distinct())
        return {(row.channel, row.status) for row in rows}

    assert year.look(states) <= {
        ("sim", OutboxStatus.SENT),
        ("sim", OutboxStatus.SUPERSEDED),
        ("sim", OutboxStatus.QUEUED),
    }
    assert year.summary.waiting < 50


def test_more_is_told_in_the_week_and_before_tet(year: Year) -> None:
    def filed(connection: Connection) -> list[datetime]:
        return list(connection.execute(select(petitions.c.filed_at)).scalars())

    days = [moment.astimezone(AGENCY.zone).date() for moment in year.look(filed)]
    weekdays = [sum(day.weekday() == number for day in days) for number in range(7)]
    assert min(weekdays[:5]) > max(weekdays[5:]) * 0.8
    assert sum(weekdays[:5]) / 5 > sum(weekdays[5:]) / 2 * 1.3
    before_tet = sum(
        datetime(2026, 1, 20, tzinfo=UTC).date() <= day < datetime(2026, 2, 14, tzinfo=UTC).date()
        for day in days
    )
    assert before_tet / 25 > len(days) / 365
