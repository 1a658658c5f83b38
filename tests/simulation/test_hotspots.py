"""Planted hotspots are found within two days of the fifth petition, and hardly anything else is found."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.simulation.hotspots import Measured, fifth_of
from bot.simulation.run import Refused, check
from bot.simulation.world import Wish
from storage.hotspots import Deed
from storage.hotspots_tables import hotspot_deeds, hotspots
from storage.swift import run
from tests.simulation.conftest import YEAR, Year, address_in, played

WEEKS = Wish(first=date(2026, 3, 2), last=date(2026, 5, 10), petitions=24, hotspots=2)


def holds(found: Measured) -> None:
    assert found.late == ()
    assert len(found.false) <= found.months


def test_a_few_weeks_find_what_was_planted(tmp_path: Path) -> None:
    """A small fixed sample; the whole years are played by `make soak`."""
    year = played(tmp_path, WEEKS, 3)
    found = year.summary.hotspots
    assert (found.planted, found.in_time) == (2, 2)
    holds(found)
    assert year.summary.holds

    def look(connection: Connection) -> tuple[list[str], set[str]]:
        states = connection.execute(select(hotspots.c.state)).scalars().all()
        deeds = connection.execute(select(hotspot_deeds.c.what)).scalars().all()
        return list(states), set(deeds)

    states, deeds = run(address_in(tmp_path), look)
    assert len(states) >= 2
    assert "new" not in states, "somebody acknowledged each"
    assert {Deed.FOUND.value, Deed.TOLD.value, Deed.ACKNOWLEDGED.value, Deed.SEEN.value} <= deeds


def test_an_ordinary_year_has_at_most_one_false_alarm_a_month(year: Year) -> None:
    found = year.summary.hotspots
    assert found.planted == 0
    assert found.months > 11.9
    holds(found)


def _hour(hours: int) -> datetime:
    return datetime(2026, 3, 2, tzinfo=UTC) + timedelta(hours=hours)


FIVE = [(_hour(hour), 1) for hour in range(5)]
"""Hours since Monday, in which one voice more stands, or one less."""


@pytest.mark.parametrize(
    ("stood", "found", "fifth"),
    [
        (FIVE[:4], None, None),
        (FIVE, None, 4),
        (FIVE, 6, 4),
        ([*FIVE, (_hour(10), -1)], None, None),
        ([*FIVE, (_hour(10), -1)], 6, 4),
        ([*FIVE, (_hour(10), -1), (_hour(90), 1)], None, 90),
        ([*FIVE, (_hour(10), -1), (_hour(90), 1)], 91, 90),
        ([*FIVE, (_hour(10), 1), (_hour(11), -1)], None, 4),
        ([*FIVE, (_hour(60), -1)], None, 4),
        ([*FIVE[:3], (_hour(3), -1), (_hour(4), 1), (_hour(5), 1), (_hour(6), 1)], None, 6),
    ],
)
def test_the_fifth_petition_is_the_one_with_which_five_stand_together(
    stood: list[tuple[datetime, int]], found: int | None, fifth: int | None
) -> None:
    at = None if found is None else _hour(found)
    assert fifth_of(stood, at) == (None if fifth is None else _hour(fifth))


@pytest.mark.parametrize("number", [-1, 61])
def test_a_wish_for_more_hotspots_than_there_are_words_is_refused(number: int) -> None:
    with pytest.raises(Refused, match="hotspots"):
        check(Wish(first=YEAR.first, last=YEAR.last, petitions=5, hotspots=number))


@pytest.mark.soak
@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_year_with_a_hotspot_each_month(tmp_path: Path, seed: int) -> None:
    year = played(tmp_path, Wish(first=YEAR.first, last=YEAR.last, petitions=500, hotspots=12), seed)
    print(year.summary.hotspots)
    holds(year.summary.hotspots)
    assert year.summary.hotspots.planted >= 11
