"""Periods end on the 14th, forms are the circular's, and their rules are held."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from petitions.facts import CARRIED_OUT, DECIDED
from petitions.kinds import Kind, Role
from petitions.reports.counting import (
    Acceptance,
    Case,
    Decision,
    Outcome,
    decision_cells,
    left_of,
    matter_cells,
    matter_heads,
    petition_cells,
)
from petitions.reports.forms import Cell, Head, check, form, forms
from petitions.reports.periods import Part, Period, UnknownPeriod, ending_on_or_after
from petitions.reports.report import Compared, Flow, Report, Row
from petitions.reports.rights import Deed, may

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.mark.parametrize(
    ("written", "first", "last", "narrative", "due"),
    [
        ("2026-Q1", date(2025, 12, 15), date(2026, 3, 14), True, date(2026, 3, 17)),
        ("2026-Q2", date(2026, 3, 15), date(2026, 6, 14), False, date(2026, 6, 17)),
        ("2026-Q3", date(2026, 6, 15), date(2026, 9, 14), False, date(2026, 9, 17)),
        ("2026-Q4", date(2026, 9, 15), date(2026, 12, 14), False, date(2026, 12, 17)),
        ("2026-6M", date(2025, 12, 15), date(2026, 6, 14), True, date(2026, 6, 17)),
        ("2026-9M", date(2025, 12, 15), date(2026, 9, 14), True, date(2026, 9, 17)),
        ("2026", date(2025, 12, 15), date(2026, 12, 14), True, date(2026, 12, 17)),
    ],
)
def test_periods_are_those_of_the_circular(
    written: str, first: date, last: date, narrative: bool, due: date
) -> None:
    """Thông tư 06/2025/TT-TTCP Đ4, Đ7."""
    period = Period.parse(written)

    assert (period.first, period.last, period.has_narrative, period.due()) == (first, last, narrative, due)
    assert period.due("inspectorate").day == 20
    assert period.code == written
    assert period.since(VIETNAM) == datetime(first.year, first.month, 15, tzinfo=VIETNAM)
    assert period.until(VIETNAM) == datetime(last.year, last.month, 15, tzinfo=VIETNAM)
    assert not period.has_ended(last)
    assert period.has_ended(date(last.year, last.month, 15))


@pytest.mark.parametrize("written", ["2026-q1", " 2026-Q1 ", "2026Q1", "2026/Q1"])
def test_small_slips_of_writing_are_understood(written: str) -> None:
    assert Period.parse(written).code == "2026-Q1"


@pytest.mark.parametrize(
    "written", ["", "Q1", "2026-Q5", "2026-Q0", "2026-3M", "26-Q1", "2026-Q1-Q2", "1900", "9999", "quý I"]
)
def test_an_unknown_spelling_is_refused_with_the_known_ones(written: str) -> None:
    with pytest.raises(UnknownPeriod, match=r"2026-Q1.*2026-6M.*2026 for the year"):
        Period.parse(written)


@given(year=st.integers(2001, 2199))
def test_quarters_follow_one_another_without_gap_and_make_up_the_year(year: int) -> None:
    quarters = Period(year, Part.YEAR).quarters

    assert [each.part.value for each in quarters] == ["Q1", "Q2", "Q3", "Q4"]
    assert all((b.first - a.last).days == 1 for a, b in pairwise(quarters))
    assert (quarters[0].first, quarters[-1].last) == (
        Period(year, Part.YEAR).first,
        Period(year, Part.YEAR).last,
    )
    assert [each.code for each in Period(year, Part.SIX_MONTHS).quarters] == [f"{year}-Q1", f"{year}-Q2"]
    assert Period(year, Part.Q1).previous == Period(year - 1, Part.Q4)
    assert Period(year, Part.Q3).previous == Period(year, Part.Q2)
    assert (
        Period(year, Part.YEAR).previous
        == Period(year, Part.YEAR).same_last_year
        == Period(year - 1, Part.YEAR)
    )


@pytest.mark.parametrize(
    ("day", "codes"),
    [
        (date(2026, 3, 14), ["2026-Q1"]),
        (date(2026, 3, 15), ["2026-Q2", "2026-6M"]),
        (date(2026, 12, 14), ["2026-Q4", "2026"]),
        (date(2026, 12, 15), ["2027-Q1"]),
    ],
)
def test_the_next_periods_to_report(day: date, codes: list[str]) -> None:
    assert [each.code for each in ending_on_or_after(day)] == codes


def test_there_are_six_forms_with_the_columns_of_the_circular() -> None:
    assert {each.code: len(each.columns) for each in forms()} == {
        "01/TCD": 21,
        "02/XLD": 25,
        "03/GQKN": 23,
        "04/GQTC": 25,
        "05/KQTH": 31,
        "06/QLKNTC": 17,
    }
    for each in forms():
        assert [column.ms for column in each.columns] == list(range(1, len(each.columns) + 1))
        assert each.notes == len(each.columns) + 1
        assert all(column.hand for column in each.columns) is (each.code == "06/QLKNTC")


def test_headings_merge_as_in_the_circular() -> None:
    heads = form("02/XLD").merged()

    assert Head("Số đơn thuộc thẩm quyền", 0, 0, 5, 21) in heads
    assert Head("Số đơn thuộc thẩm quyền", 0, 3, 3, 3) in heads
    assert Head("Khiếu nại", 1, 1, 5, 10) in heads
    assert Head("Số đơn không thuộc thẩm quyền", 0, 1, 22, 24) in heads
    assert Head("Phân loại theo kết quả xử lý", 2, 2, 23, 24) in heads
    for each in forms():
        covered = Counter(
            (row, place)
            for head in each.merged()
            for row in range(head.top, head.bottom + 1)
            for place in range(head.left, head.right + 1)
        )
        assert set(covered.values()) == {1}, each.code
        assert len(covered) == each.depth * len(each.columns)


def test_broken_rules_are_named() -> None:
    broken = set(check({Cell("02/XLD", 1): 1, Cell("02/XLD", 2): 2, Cell("03/GQKN", 1): 1}))

    assert {(each.form, each.rule) for each in broken} == {
        ("02/XLD", "2<=1"),
        ("03/GQKN", "1=02/XLD:6"),
    }
    assert list(check({})) == []


cases = st.builds(
    Case,
    unit=st.sampled_from(["a", "b"]),
    kind=st.sampled_from(Kind),
    instance=st.sampled_from([1, 2]),
    topic=st.just(""),
    received=st.booleans(),
    handled=st.booleans(),
    outcome=st.sampled_from(Outcome),
    acceptance=st.sampled_from(Acceptance),
    count=st.integers(1, 5),
)
amounts = st.integers(0, 50)
decided = st.fixed_dictionaries({fact.key: amounts for fact in DECIDED})
carried = st.fixed_dictionaries({fact.key: amounts for fact in CARRIED_OUT})


def field_of(kind: Kind, topic: str) -> str:
    return "administrative" if kind in (Kind.DENUNCIATION, Kind.ANONYMOUS_TIP) else "other"


@given(found=st.lists(cases, max_size=30))
def test_whatever_there_is_the_rules_hold(found: list[Case]) -> None:
    figures: Counter[Cell] = Counter()
    for case in found:
        for cell in petition_cells(case, field_of):
            figures[cell] += case.count
        for head in matter_heads(case):
            for cell in matter_cells(head, case.acceptance):
                figures[cell] += case.count

    assert list(check(figures)) == []


@given(ordered=decided, before=carried, within=carried, second=st.booleans(), is_new=st.booleans())
def test_a_decision_counts_what_it_orders_and_what_is_left(
    ordered: dict[str, int], before: dict[str, int], within: dict[str, int], second: bool, is_new: bool
) -> None:
    decision = Decision(
        unit="a",
        kind=Kind.COMPLAINT,
        instance=2 if second else 1,
        result="first_changed" if second else "complaint_right",
        is_new=is_new,
        is_done=False,
        ordered=ordered,
        left=left_of(ordered, before),
        within=within,
    )

    cells = Counter(decision_cells(decision))

    assert cells[Cell("03/GQKN", 7)] == cells[Cell("03/GQKN", 12 if second else 8)] == int(is_new)
    assert cells[Cell("03/GQKN", 13)] == (ordered["recover_money"] if is_new else 0)
    assert cells[Cell("05/KQTH", 1)] == 1
    assert cells[Cell("05/KQTH", 3)] == max(0, ordered["recover_money"] - before["recovered_money"])
    assert cells[Cell("05/KQTH", 5)] == within["recovered_money"]
    assert not any(cell.form == "04/GQTC" for cell in cells)


def a_report(**more: object) -> Report:
    given: dict[str, object] = {
        "agency": "so",
        "office": "Sở Văn hóa, Thể thao và Du lịch",
        "superior": "Ủy ban nhân dân tỉnh",
        "place": "Hà Nam",
        "period": Period(2026, Part.Q1),
        "unit": "",
        "unit_name": "",
        "made_on": date(2026, 3, 16),
        "provisional": False,
        "rows": (
            Row(
                unit="a",
                name="Phòng A",
                figures={Cell("02/XLD", 1): 3, Cell("01/TCD", 5): 2},
                flows={"petitions": Flow(1, 2, 2, 1)},
                by_hand=frozenset({Cell("01/TCD", 5)}),
                missing=frozenset({Cell("06/QLKNTC", 1)}),
                booked=4,
            ),
        ),
        "previous": Compared(period=Period(2025, Part.Q4), figures={Cell("02/XLD", 1): 9}, from_report=True),
        "topics": (("Lễ hội", 3),),
        "texts": {"02:III.1": "Đã làm tốt\n=1+1"},
    }
    return Report(**(given | more))  # type: ignore[arg-type]


def test_a_kept_report_comes_back_as_it_was() -> None:
    report = a_report()

    again = Report.from_json(report.figures_json(), report.texts_json())

    assert again == report
    assert again.sha256 == report.sha256
    assert "Đã làm tốt" not in report.figures_json()


@pytest.mark.parametrize(
    "more", [{"texts": {"02:III.1": "khác"}}, {"made_on": date(2026, 3, 17)}, {"rows": ()}, {"unit": "a"}]
)
def test_any_change_changes_the_hash(more: dict[str, object]) -> None:
    assert a_report(**more).sha256 != a_report().sha256


def test_another_layout_is_refused() -> None:
    kept = a_report().figures_json().replace('"layout":1', '"layout":2')

    with pytest.raises(ValueError, match="layout 2"):
        Report.from_json(kept)


@pytest.mark.parametrize("deed", Deed)
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("own_unit", [True, False])
@pytest.mark.parametrize("in_focal", [True, False])
@pytest.mark.parametrize("whole", [True, False])
def test_rights_to_reports(
    deed: Deed, role: Role | None, own_unit: bool, in_focal: bool, whole: bool
) -> None:
    allowed = may(deed, role, own_unit=own_unit, in_focal=in_focal, whole=whole)
    focal = in_focal and role in (Role.INTAKE, Role.HEAD, Role.INSPECTOR)

    if role in (None, Role.ADMIN):
        assert not allowed
    if role is Role.OFFICER:
        assert not allowed
    if deed in (Deed.FINISH, Deed.SEND):
        assert allowed is (whole and (role is Role.DIRECTOR or focal))
    if whole and deed in (Deed.SUBMIT,):
        assert not allowed
    if deed in (Deed.ENTER, Deed.SUBMIT) and allowed and not (focal or role is Role.DIRECTOR):
        assert own_unit
        assert role in (Role.HEAD, Role.INTAKE)
    if deed is Deed.SEE and role is Role.INSPECTOR:
        assert allowed
    if deed is Deed.SEE and role is Role.HEAD and not in_focal:
        assert allowed is (own_unit and not whole)
