"""Planted hotspots are found within two days of the fifth petition, and hardly anything else is found."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from bot.simulation.hotspots import Measured
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
