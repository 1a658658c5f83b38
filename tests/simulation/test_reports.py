"""Reports reconcile: every number of the played year equals an independent count straight from the events."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Connection

from petitions.reports.forms import Cell, check, column
from petitions.reports.periods import Period
from petitions.reports.report import FLOWS, Report
from storage import reporting_behind, reporting_rows
from storage.casebook import Casebook
from storage.ids import IdSource
from storage.reporting import Counting
from storage.reporting_make import make, office_of, reporting_units
from tests.hand_clock import HandClock
from tests.simulation import report_counter
from tests.simulation.conftest import AGENCY, Year

PERIODS = ("2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4", "2026-6M", "2026-9M", "2026", "2027-Q1")
TODAY = date(2027, 3, 20)


def made(year: Year, written: str, unit: str = "") -> Report:
    def work(connection: Connection) -> Report:
        clock = HandClock()
        ids = IdSource(clock, random.Random(1))
        book = Casebook(connection, vault=year.vault, ids=ids, clock=clock, agency=AGENCY.code)
        return make(book, AGENCY, Period.parse(written), today=TODAY, unit=unit)

    return year.look(work)


@pytest.fixture(scope="module")
def reports(year: Year) -> dict[str, Report]:
    return {written: made(year, written) for written in PERIODS}


@pytest.fixture(scope="module")
def expected(year: Year) -> Callable[[str], tuple[report_counter.Cells, report_counter.Flows]]:
    def of(written: str) -> tuple[report_counter.Cells, report_counter.Flows]:
        period = Period.parse(written)
        until = datetime.combine(period.last + timedelta(days=1), datetime.min.time(), report_counter.VIETNAM)
        read = year.look(lambda connection: report_counter.read(connection, year.vault, until))
        return report_counter.count(read, period.first, period.last, AGENCY)

    return of


@pytest.mark.parametrize("written", PERIODS)
def test_every_number_is_that_of_an_independent_count(
    reports: dict[str, Report],
    expected: Callable[[str], tuple[report_counter.Cells, report_counter.Flows]],
    written: str,
) -> None:
    cells, flows = expected(written)
    report = reports[written]
    ours = Counter(
        {
            (row.unit, cell.form, cell.ms): number
            for row in report.rows
            for cell, number in row.figures.items()
        }
    )
    assert sum(cells.values()) > 50
    assert {key: (ours[key], cells[key]) for key in {*ours, *cells} if ours[key] != cells[key]} == {}
    for name in FLOWS:
        flow = report.flow(name)
        assert [flow.opening, flow.received, flow.ended, flow.carried] == flows[name], name


@pytest.mark.parametrize("written", PERIODS)
def test_rows_and_total_obey_the_rules_of_the_forms_and_balance(
    reports: dict[str, Report], written: str
) -> None:
    report = reports[written]
    assert [row.unit for row in report.rows] == list(reporting_units(AGENCY))
    for row in report.rows:
        assert list(check(row.figures)) == [], row.unit
        assert all(flow.holds for flow in row.flows.values())
    assert list(check(report.total)) == []
    assert (
        report.total[Cell("02/XLD", 1)]
        == report.flow("petitions").opening + report.flow("petitions").received
    )
    assert report.total[Cell("02/XLD", 2)] == report.flow("petitions").ended


@pytest.mark.parametrize(
    ("before", "after"), [("2026-Q1", "2026-Q2"), ("2026-Q2", "2026-Q3"), ("2026", "2027-Q1")]
)
def test_what_a_period_carries_over_opens_the_next(
    reports: dict[str, Report], before: str, after: str
) -> None:
    for name in FLOWS:
        assert reports[before].flow(name).carried == reports[after].flow(name).opening, name


def test_quarters_add_up_to_the_year_in_what_is_received_handled_and_decided(
    reports: dict[str, Report],
) -> None:
    quarters = [reports[f"2026-Q{number}"] for number in (1, 2, 3, 4)]
    for cell in (Cell("02/XLD", 2), Cell("03/GQKN", 7), Cell("04/GQTC", 7), Cell("05/KQTH", 2)):
        assert sum(each.total[cell] for each in quarters) == reports["2026"].total[cell]
    received = sum(each.flow("petitions").received for each in quarters)
    assert received == reports["2026"].flow("petitions").received


def test_the_list_behind_each_number_has_as_many_cases(year: Year, reports: dict[str, Report]) -> None:
    """Amounts apart, where the list is what they come from."""

    def work(connection: Connection) -> int:
        counting = Counting(connection, year.vault, office_of(AGENCY), Period.parse("2026-Q3"))
        looked = 0
        for row in reports["2026-Q3"].rows[:4]:
            for cell, number in row.figures.items():
                behind = counting.behind(cell, unit=row.unit)
                assert len(set(behind)) == len(behind)
                if column(cell).unit in ("petitions", "matters", "decisions"):
                    assert len(behind) == number, cell
                else:
                    assert behind, cell
                looked += 1
        whole = counting.behind(Cell("02/XLD", 1))
        assert counting.behind(Cell("02/XLD", 1), after=whole[9], most=5) == whole[10:15]
        return looked

    assert year.look(work) > 40


def test_a_count_in_many_stretches_is_the_same(
    year: Year, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting_rows, "STRETCH", 40)
    assert made(year, "2026-Q3").rows == reports["2026-Q3"].rows


def test_a_page_of_cases_looks_on_where_the_last_one_ended(
    year: Year, reports: dict[str, Report], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reporting_behind, "FOR_A_PAGE", (5, 11))

    def work(connection: Connection) -> int:
        counting = Counting(connection, year.vault, office_of(AGENCY), Period.parse("2026-Q3"))
        pages = 0
        cells = ("01/TCD", 1), ("02/XLD", 1), ("02/XLD", 9), ("02/XLD", 24), ("03/GQKN", 2), ("05/KQTH", 3)
        for cell in (Cell(*each) for each in cells):
            ids, after = list[int](), 0
            while True:
                found = counting.find(cell, unit="", after=after, most=4)
                assert len(found.ids) <= 4
                ids += found.ids
                pages += 1
                after = found.after
                if not after:
                    break
            assert ids == counting.behind(cell), cell
            assert ids == sorted(set(ids))
        return pages

    assert year.look(work) > 30


def test_a_long_count_is_given_up_between_its_steps(year: Year) -> None:
    steps = []

    def pause() -> None:
        steps.append(len(steps))
        if len(steps) > 1:
            raise reporting_rows.Interrupted

    def work(connection: Connection) -> None:
        Counting(connection, year.vault, office_of(AGENCY), Period.parse("2026-Q3"), pause).by_unit()

    with pytest.raises(reporting_rows.Interrupted):
        year.look(work)
    assert steps == [0, 1]


def test_a_units_own_report_has_the_row_that_the_whole_has(year: Year, reports: dict[str, Report]) -> None:
    own = made(year, "2026-Q2", "thanh_tra")
    [row] = own.rows
    assert row == next(each for each in reports["2026-Q2"].rows if each.unit == "thanh_tra")
    assert own.unit_name == "Thanh tra Sở"


def test_periods_are_set_beside_the_one_before_and_that_of_last_year(reports: dict[str, Report]) -> None:
    report = reports["2026-Q2"]
    assert report.previous is not None
    assert report.previous.period.code == "2026-Q1"
    assert Counter(report.previous.figures) == reports["2026-Q1"].total
    assert report.same_last_year is not None
    assert report.same_last_year.period.code == "2025-Q2"
    assert not any(report.same_last_year.figures.values())
