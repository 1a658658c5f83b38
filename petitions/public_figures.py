"""What the office tells everybody in numbers: finished quarters only, and no number that could point at somebody.

Four rules, each against one way to find a person in a table:

* A number from 1 to 4 is not told, and never can be worked out: with it others are left out, until what the total
  leaves over stands for several cells together (`tellable`; a test tries every table). A nought tells of nobody.
* What is sealed (tố cáo, anonymous tips, what was asked to be kept secret; Luật Tố cáo Đ8, Đ9, Đ56) is counted
  nowhere, not in totals either: a total with it beside rows without it gives its number by subtraction, and in a
  small office a change of that number alone tells the accused that somebody spoke.
* Only whole quarters that are over: of two looks on following days the difference would be one person.
* A quarter is counted once and kept as told: counted again after a case changed, the difference would be that case.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

THRESHOLD: Final = 5
"""The smallest number that is told of people."""
TOLD_KINDS: Final = ("khieu_nai", "kien_nghi", "phan_anh")
"""Kinds that are counted for everybody to read."""
_APART: Final = 2 * THRESHOLD
"""What is left out of a table must come to so much together."""
_MONTHS: Final = 3
Cells = Mapping[str, int | None]
"""Numbers by code; None: not told."""


@dataclass(frozen=True, slots=True, order=True)
class Quarter:
    """A quarter of the calendar year (quý dương lịch), 1 to 4."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """As `2026-3`."""
        return f"{self.year}-{self.number}"

    @property
    def first(self) -> dt.date:
        return dt.date(self.year, (self.number - 1) * _MONTHS + 1, 1)

    @property
    def last(self) -> dt.date:
        return self.next.first - dt.timedelta(days=1)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def before(self) -> Quarter:
        return Quarter(self.year - (self.number == 1), (self.number - 2) % 4 + 1)


def over(today: dt.date, most: int) -> tuple[Quarter, ...]:
    """The latest quarters that are over on `today`, the newest first."""
    quarter = Quarter(today.year, (today.month - 1) // _MONTHS + 1)
    found = []
    for _ in range(most):
        quarter = quarter.before
        found.append(quarter)
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A quarter as it is told; counted on `on` and never again."""

    quarter: Quarter
    on: dt.date
    total: int | None
    """None: there were fewer than `THRESHOLD`, and nothing more is told."""
    kinds: Cells
    topics: Cells
    states: Cells


def tell(
    quarter: Quarter,
    on: dt.date,
    *,
    kinds: Mapping[str, int],
    topics: Mapping[str, int],
    states: Mapping[str, int],
) -> Figures:
    """The quarter as it may be told. Each mapping holds the same petitions, arranged in another way.

    Raises ValueError where their sums differ.
    """
    total = sum(kinds.values())
    if total != sum(topics.values()) or total != sum(states.values()):
        raise ValueError("the same petitions were counted differently")
    if 0 < total < THRESHOLD:
        nothing = dict[str, int | None]()
        return Figures(quarter=quarter, on=on, total=None, kinds=nothing, topics=nothing, states=nothing)
    return Figures(
        quarter=quarter,
        on=on,
        total=total,
        kinds=tellable(kinds),
        topics=tellable(topics),
        states=tellable(states),
    )


def tellable(cells: Mapping[str, int]) -> dict[str, int | None]:
    """The cells with those left out that are small, or would give a small one away beside the total.

    What is left out is at least two cells, one of them not small, and `_APART` petitions together; what goes with the
    small ones is the next in order, never chosen by its number, for a choice by number could be read backwards. Where
    that is not to be had, nothing is told, noughts neither.
    """
    names = list(cells)
    hidden = {name for name in names if 0 < cells[name] < THRESHOLD}
    if not hidden:
        return dict(cells)
    after = max(names.index(name) for name in hidden) + 1
    others = [name for name in names[after:] + names[:after] if cells[name] >= THRESHOLD]
    while others and not _apart([cells[name] for name in hidden]):
        hidden.add(others.pop(0))
    if not _apart([cells[name] for name in hidden]):
        return dict.fromkeys(names)
    return {name: None if name in hidden else count for name, count in cells.items()}


def _apart(counts: list[int]) -> bool:
    return max(counts) >= THRESHOLD and sum(counts) >= _APART
