"""Warnings and the ladder, with every day counted by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from importlib.resources import files
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import yaml

from petitions.agency import ProfileProblem, load_agency
from petitions.alarm_parts import Deadlines
from petitions.calendar import WorkingCalendar
from petitions.clocks import Clock, ClockState, Duty
from petitions.escalation import Due, Level, Moment, Timing, What, due_now, moments, next_moment

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
TIMING = Timing(Deadlines(), WorkingCalendar.from_packaged(), ZONE)
YEAR = 2026


def a_clock(started: tuple[int, int], due: tuple[int, int], **more: Any) -> Clock:
    """A settling clock of 2026 from one (month, day) to another, due and aim alike unless told."""
    last = dt.date(YEAR, *due)
    known: dict[str, Any] = {
        "id": 1,
        "rule": "C-05",
        "version": dt.date(2012, 7, 1),
        "conditions": "",
        "step": "settle",
        "duty": Duty.OFFICE,
        "started_on": dt.date(YEAR, *started),
        "nominal_on": last,
        "due_on": last,
        "aim_on": last,
    }
    return Clock(**(known | more))


# A complaint accepted on Monday 23/11/2026: 30 days (C-05) end on Wednesday 23/12/2026.
COMPLAINT = a_clock((11, 23), (12, 23))


def at(month: int, day: int, hour: int = 7, minute: int = 30) -> dt.datetime:
    return dt.datetime(YEAR, month, day, hour, minute, tzinfo=ZONE)


def warned(clock: Clock, timing: Timing = TIMING, **more: bool) -> list[dt.datetime]:
    return [moment.at for moment in moments(clock, timing, **more) if moment.what is What.WARN]


def with_policy(**policy: Any) -> Timing:
    return replace(TIMING, policy=Deadlines.model_validate(policy))


def test_the_whole_life_of_a_complaint() -> None:
    # 30 days, so half is 15 before Wednesday 23/12: Tuesday 8/12. Two working days before: Monday 21/12, one:
    # Tuesday 22/12. Late from Thursday 24/12 at 0:00; working mornings after 23/12: 24, 25, 28, 29, 30, 31/12.
    assert moments(COMPLAINT, TIMING) == (
        Moment(at(12, 8), What.WARN, 1),
        Moment(at(12, 21), What.WARN, 2),
        Moment(at(12, 22), What.WARN, 3),
        Moment(at(12, 24, 0, 0), What.BREACH, Level.OFFICER),
        Moment(at(12, 24), What.CLIMB, Level.OFFICER),
        Moment(at(12, 25), What.CLIMB, Level.HEAD),
        Moment(at(12, 29), What.CLIMB, Level.FOCAL),
        Moment(at(12, 31), What.CLIMB, Level.DIRECTOR),
    )


def test_halves_round_down_and_count_back_from_the_aim() -> None:
    # Monday 2/11 to Friday 13/11: 11 days, half rounded down is 5, so Sunday 8/11, told on Monday 9/11.
    clock = a_clock((11, 2), (11, 13))
    assert warned(clock) == [at(11, 9), at(11, 11), at(11, 12)]
    assert warned(clock, urgent=True) == [at(11, 8), at(11, 11), at(11, 12)]


def test_the_aim_counts_and_not_the_due_day() -> None:
    # Nominal end Saturday 5/12: aim Friday 4/12, due Monday 7/12. From Thursday 5/11 to 4/12: 29 days, half 14,
    # Friday 20/11; two working days before the aim: 2/12, one: 3/12. Late from Tuesday 8/12.
    clock = a_clock((11, 5), (12, 7), nominal_on=dt.date(YEAR, 12, 5), aim_on=dt.date(YEAR, 12, 4))
    assert warned(clock) == [at(11, 20), at(12, 2), at(12, 3)]
    assert moments(clock, TIMING)[3].at == at(12, 8, 0, 0)


def test_warnings_of_one_day_are_one() -> None:
    # Monday 5/10 to Friday 9/10: 4 days, half is 2, Wednesday 7/10, which is two working days before as well.
    clock = a_clock((10, 5), (10, 9))
    assert moments(clock, TIMING)[:2] == (Moment(at(10, 7), What.WARN, 2), Moment(at(10, 8), What.WARN, 3))
    # Friday 2/10 to Tuesday 6/10: half is Sunday 4/10, told on Monday, as the one of one working day before.
    assert moments(a_clock((10, 2), (10, 6)), TIMING)[0] == Moment(at(10, 5), What.WARN, 3)


def test_none_on_the_first_day_or_before() -> None:
    # Monday 5/10 to Tuesday 6/10: half of one day is none, one working day before is the first day itself.
    assert warned(a_clock((10, 5), (10, 6))) == []
    # To Wednesday 7/10: half of two days is Tuesday, as one working day before; two before is the first day.
    assert warned(a_clock((10, 5), (10, 7))) == [at(10, 6)]
    # In a long holiday the aim can lie before the first day.
    assert warned(a_clock((10, 5), (10, 7), aim_on=dt.date(YEAR, 10, 2))) == []


def test_after_a_suspension_none_that_would_lie_before_it_went_on() -> None:
    # Suspended from 30/11 to 10/12 (10 days): due 2/1/2027 would be Saturday, so the test sets 31/12 by hand.
    # Half of 38 days is 19: 12/12, a Saturday, told on Monday 14/12, which is after the 10th.
    clock = a_clock((11, 23), (12, 31), suspensions="2026-11-30..2026-12-10")
    assert warned(clock) == [at(12, 14), at(12, 29), at(12, 30)]
    later = a_clock((11, 23), (12, 31), suspensions="2026-11-30..2026-12-20")
    assert warned(later) == [at(12, 29), at(12, 30)]


def test_tet_is_no_time_for_alarms() -> None:
    # Tết 2026: Saturday 14/2 to Sunday 22/2 are off. Due on Friday 13/2: late from 14/2 at 0:00 on record, the
    # working mornings after are 23, 24, 25, 26, 27/2 and Monday 2/3.
    clock = a_clock((1, 14), (2, 13))
    late = [moment for moment in moments(clock, TIMING) if moment.what is not What.WARN]
    assert [moment.at for moment in late] == [
        at(2, 14, 0, 0),
        at(2, 23),
        at(2, 24),
        at(2, 26),
        at(3, 2),
    ]


def test_what_stands_still_or_is_nobody_s_duty_says_nothing() -> None:
    for state in (ClockState.SUSPENDED, ClockState.MET, ClockState.STOPPED, ClockState.REPLACED):
        assert moments(replace(COMPLAINT, state=state), TIMING) == ()
    assert moments(replace(COMPLAINT, duty=Duty.CITIZEN), TIMING) == ()
    assert moments(replace(COMPLAINT, due_on=None, aim_on=None), TIMING) == ()


def test_a_decision_takes_effect_the_morning_after_its_last_day() -> None:
    # The nominal end is Saturday 5/12: the complainant may go on until Monday 7/12 (BLDS Đ148 k5), so Tuesday
    # 8/12 is the first day in effect; nobody is alarmed by it.
    clock = a_clock((11, 5), (12, 7), nominal_on=dt.date(YEAR, 12, 5), duty=Duty.EFFECT)
    assert moments(clock, TIMING) == (Moment(at(12, 8), What.EFFECT),)
    assert due_now(clock, at(12, 7, 23, 59), TIMING) is None
    assert due_now(clock, at(12, 8), TIMING) == Due(What.EFFECT, 0, 0)


def test_each_is_told_in_its_time_and_none_twice() -> None:
    clock, told = COMPLAINT, []
    now = at(11, 23, 9)
    while now < at(12, 31, 23):
        due = due_now(clock, now, TIMING)
        if due is not None:
            told.append((now.date().day, due.what, due.level))
            found = now if due.what is What.BREACH else clock.breached_at
            clock = replace(clock, warned=due.warned, level=due.level, breached_at=found)
        now += dt.timedelta(minutes=30)
    assert told == [
        (8, What.WARN, 0),
        (21, What.WARN, 0),
        (22, What.WARN, 0),
        (24, What.BREACH, 1),
        (25, What.CLIMB, 2),
        (29, What.CLIMB, 3),
        (31, What.CLIMB, 4),
    ]
    assert next_moment([clock], TIMING) is None


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (at(12, 21), Due(What.WARN, 2, 0)),
        (at(12, 23, 23, 59), Due(What.WARN, 3, 0)),
        (at(12, 24, 0, 0), Due(What.BREACH, 3, 1)),
        (at(12, 28), Due(What.BREACH, 3, 2)),
        (at(12, 31), Due(What.BREACH, 3, 4)),
    ],
)
def test_what_a_downtime_missed_becomes_one_the_highest(now: dt.datetime, expected: Due) -> None:
    assert due_now(COMPLAINT, now, TIMING) == expected


def test_a_breach_found_stays_found_when_the_date_moves() -> None:
    # Found late on 24/12; then a changed calendar puts the date to 28/12: no second breach, no warning, and
    # the ladder goes on from the new date: head on the second working morning after, 30/12.
    found = replace(COMPLAINT, breached_at=at(12, 24, 0, 0), level=1, warned=3)
    moved = replace(found, due_on=dt.date(YEAR, 12, 28), aim_on=dt.date(YEAR, 12, 28))
    assert next_moment([moved], TIMING) == at(12, 30)
    assert due_now(moved, at(12, 29, 23), TIMING) is None
    assert due_now(moved, at(12, 30), TIMING) == Due(What.CLIMB, 3, 2)


def test_the_next_look_is_at_the_first_untold_moment_of_all_clocks() -> None:
    other = replace(a_clock((11, 23), (12, 7)), id=2)  # half of 14 days: Monday 30/11
    assert next_moment([COMPLAINT, other], TIMING) == at(11, 30)
    assert next_moment([COMPLAINT, other], TIMING, after=at(11, 30)) == at(12, 3)
    assert next_moment([COMPLAINT, replace(other, warned=3)], TIMING) == at(12, 8, 0, 0)
    assert next_moment([], TIMING) is None


def test_an_office_sets_its_own_warnings_and_ladder() -> None:
    own = with_policy(
        warnings=["25%", "10d"], ladder={"officer": 1, "head": 1, "focal": 2, "director": 2}, morning="08:15"
    )
    # A quarter of 30 days is 7: Wednesday 16/12; ten days before 23/12: Sunday 13/12, told on Monday 14/12.
    # Nobody hears on the first late morning; officer and head on the second (25/12), the others on 28/12.
    assert [(m.at, m.what, m.rank) for m in moments(COMPLAINT, own)] == [
        (at(12, 14, 8, 15), What.WARN, 1),
        (at(12, 16, 8, 15), What.WARN, 2),
        (at(12, 24, 0, 0), What.BREACH, 0),
        (at(12, 25, 8, 15), What.CLIMB, 1),
        (at(12, 25, 8, 15), What.CLIMB, 2),
        (at(12, 28, 8, 15), What.CLIMB, 3),
        (at(12, 28, 8, 15), What.CLIMB, 4),
    ]
    assert with_policy(warnings=[]).policy.warnings == ()


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (at(11, 23, 7, 29), at(11, 23)),  # Monday before the office opens
        (at(11, 23, 7, 30), at(11, 23, 7, 30)),
        (at(11, 23, 17, 59), at(11, 23, 17, 59)),
        (at(11, 23, 18, 0), at(11, 25)),  # 24/11 is a day off (Ngày Văn hóa Việt Nam)
        (at(11, 27, 18, 0), at(11, 30)),  # Friday evening: Monday
        (at(11, 29, 12, 0), at(11, 30)),  # Sunday at noon
        (at(2, 16, 12, 0), at(2, 23)),  # Tết
    ],
)
def test_nobody_is_disturbed_at_night_and_on_days_off(moment: dt.datetime, expected: dt.datetime) -> None:
    assert TIMING.next_allowed(moment.astimezone(dt.UTC)) == expected
    assert TIMING.is_quiet(moment) == (moment != expected)


def test_citizens_are_spared_the_night_only() -> None:
    assert TIMING.after_night(at(11, 29, 12, 0)) == at(11, 29, 12, 0)
    assert TIMING.after_night(at(11, 28, 23, 0)) == at(11, 29)
    assert TIMING.after_night(at(11, 29, 0, 0)) == at(11, 29)


def test_quiet_hours_of_other_shapes() -> None:
    noon = with_policy(quiet={"from": "11:30", "to": "13:30"}, morning="08:00")
    assert noon.next_allowed(at(11, 23, 12, 0)) == at(11, 23, 13, 30)
    assert noon.next_allowed(at(11, 23, 3, 0)) == at(11, 23, 3, 0)
    assert noon.next_allowed(at(11, 28, 12, 0)) == at(11, 30, 0, 0)
    none = with_policy(quiet={"from": "00:00", "to": "00:00"}, morning="00:00")
    assert not none.is_quiet(at(11, 23, 3, 0))
    assert none.is_quiet(at(11, 28, 12, 0))


def fault_of(**section: Any) -> list[str]:
    data = yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8"))
    with pytest.raises(ProfileProblem) as caught:
        load_agency(data | {"deadlines": section})
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("section", "place", "words"),
    [
        ({"warnings": ["half"]}, "deadlines.warnings[0]", "write a share such as '50%'"),
        ({"warnings": ["50%", "100%"]}, "deadlines.warnings[1]", "below 100%"),
        ({"warnings": ["2wd", "2wd"]}, "deadlines.warnings", "given twice"),
        ({"warnings": ["500d"]}, "deadlines.warnings[0]", "more than 120 days"),
        ({"ladder": {"head": 4, "focal": 3}}, "deadlines.ladder", "climbs"),
        ({"ladder": {"king": 4}}, "deadlines.ladder.king", "unknown key"),
        ({"ladder": {"head": -1}}, "deadlines.ladder.head", "greater than or equal to 0"),
        ({"quiet": {"from": "25:00"}}, "deadlines.quiet.from", "no time of day"),
        ({"morning": "06:00"}, "deadlines", "lies in the quiet hours 18:00 to 07:30"),
        ({"digest": {"gather": 1000}}, "deadlines.digest.gather", "less than or equal to 240"),
    ],
)
def test_a_mistake_in_the_profile_is_named_by_its_place(
    section: dict[str, Any], place: str, words: str
) -> None:
    [said] = fault_of(**section)
    assert said.startswith(f"{place}:")
    assert words in said


def test_hours_may_be_written_without_quotes() -> None:
    section = yaml.safe_load("quiet: {from: 19:15, to: 07:00}\nmorning: 08:00\nwarnings: [30%, 1 wd]")
    policy = Deadlines.model_validate(section)
    assert (policy.quiet.start, policy.quiet.end) == (dt.time(19, 15), dt.time(7))
    assert (policy.morning, policy.warnings[1].unit) == (dt.time(8), "wd")
