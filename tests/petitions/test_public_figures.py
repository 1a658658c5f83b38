"""Numbers for everybody: nothing small is told, and nobody who knows the rules and the total can work it out."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from itertools import product

import pytest

from petitions.public_figures import THRESHOLD, Quarter, over, tell, tellable


@pytest.mark.parametrize(("cells", "largest"), [(2, 16), (3, 16), (4, 11), (5, 7)])
def test_no_small_number_can_be_worked_out(cells: int, largest: int) -> None:
    """Every table there can be: for each small number that was left out, another table looks the same."""
    looks: defaultdict[tuple[int, tuple[int | None, ...]], list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(largest), repeat=cells):
        if sum(counts) >= THRESHOLD:
            shown = tellable({str(place): count for place, count in enumerate(counts)})
            looks[sum(counts), tuple(shown.values())].append(counts)
    for (total, shown), tables in looks.items():
        assert not any(count is not None and 0 < count < THRESHOLD for count in shown)
        if total - sum(count or 0 for count in shown) > largest:
            continue  # tables with larger numbers, which look the same, are not among those that were tried
        for place, count in enumerate(shown):
            known = {counts[place] for counts in tables}
            assert count is not None or len(known) > 1 or min(known) >= THRESHOLD, (total, shown, tables)


def test_large_numbers_and_noughts_are_told_as_they_are() -> None:
    assert tellable({"a": 12, "b": 0, "c": 5}) == {"a": 12, "b": 0, "c": 5}


def test_what_goes_with_a_small_number_is_the_next_in_order() -> None:
    assert tellable({"a": 40, "b": 2, "c": 0, "d": 90, "e": 7}) == {
        "a": 40,
        "b": None,
        "c": 0,
        "d": None,
        "e": 7,
    }


def test_a_quarter_of_few_petitions_tells_nothing() -> None:
    few = {"x": 3, "y": 1}
    told = tell(Quarter(2026, 3), dt.date(2026, 10, 1), kinds=few, topics=few, states=few)
    assert told.total is None
    assert (told.kinds, told.topics, told.states) == ({}, {}, {})
    with pytest.raises(ValueError, match="differently"):
        tell(Quarter(2026, 3), dt.date(2026, 10, 1), kinds={"x": 9}, topics={"x": 8}, states={"x": 9})


def test_only_quarters_that_are_over() -> None:
    assert [each.code for each in over(dt.date(2026, 10, 1), 4)] == ["2026-3", "2026-2", "2026-1", "2025-4"]
    assert [each.code for each in over(dt.date(2026, 9, 30), 2)] == ["2026-2", "2026-1"]
    assert (Quarter(2026, 4).first, Quarter(2026, 4).last) == (dt.date(2026, 10, 1), dt.date(2026, 12, 31))
