"""The office's reception hours: which days and times are offered, and what a profile may not say."""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest
import yaml
from pydantic import ValidationError

from petitions.agency import ProfileProblem, load_agency
from petitions.calendar import WorkingCalendar
from petitions.reception import Reception

CALENDAR = WorkingCalendar.from_packaged()


def test_the_usual_hours_are_whole_hours_of_the_morning_and_afternoon() -> None:
    assert [time.strftime("%H:%M") for time in Reception().times()] == [
        "08:00",
        "09:00",
        "10:00",
        "14:00",
        "15:00",
    ]


def test_days_off_are_passed_over() -> None:
    # Monday 23/11/2026; 24/11 is the new holiday, 28 and 29/11 are a weekend
    days = Reception().next_days(dt.date(2026, 11, 23), CALENDAR, 4)
    assert days == tuple(dt.date(2026, 11, day) for day in (25, 26, 27, 30))


def test_an_office_may_receive_on_few_days_and_in_short_turns() -> None:
    few = Reception.model_validate({"days": ["tue"], "hours": ["13:30-14:30"], "minutes": 30})
    assert few.times() == (dt.time(13, 30), dt.time(14, 0))
    assert few.next_days(dt.date(2026, 11, 23), CALENDAR, 1) == (dt.date(2026, 12, 1),)


def test_an_office_may_offer_no_appointments() -> None:
    none = Reception(days=())
    assert none.next_days(dt.date(2026, 11, 23), CALENDAR, 3) == ()


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": ["11:00-08:00"]},
        {"hours": ["14:00-16:00", "08:00-11:00"]},
        {"hours": ["25:00-26:00"]},
        {"hours": []},
        {"days": ["monday"]},
        {"minutes": 5},
        {"hour": ["08:00-11:00"]},
    ],
)
def test_hours_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Reception.model_validate(wrong)


def test_a_profile_names_what_is_wrong_with_its_hours_by_place() -> None:
    data = yaml.safe_load((files("petitions") / "data" / "agency.yaml").read_text("utf-8"))
    data["agency"]["reception"] = {"days": ["mon"], "hours": ["08:00-11:00"], "minutes": 30}
    assert len(load_agency(data).office.reception.times()) == 6
    data["agency"]["reception"] = {"hours": ["11:00-08:00"]}
    with pytest.raises(ProfileProblem) as fault:
        load_agency(data)
    assert "agency.reception: " in str(fault.value)
    assert "must end after they begin: 11:00-08:00" in str(fault.value)
