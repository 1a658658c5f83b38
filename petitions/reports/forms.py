"""The six forms of Thông tư 06/2025/TT-TTCP as data: columns, headings, and the rules their numbers obey.

`forms.toml` holds them in the circular's words; nothing here knows a column by itself.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib import resources
from typing import Annotated, Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

RECEPTION: Final = "01/TCD"
HANDLED: Final = "02/XLD"
COMPLAINTS: Final = "03/GQKN"
DENUNCIATIONS: Final = "04/GQTC"
CARRIED_OUT: Final = "05/KQTH"
MANAGEMENT: Final = "06/QLKNTC"

Counts = Literal[
    "petitions",
    "matters",
    "visits",
    "people",
    "groups",
    "days",
    "decisions",
    "money",
    "land",
    "bodies",
    "papers",
    "classes",
    "inspections",
    "conclusions",
]
"""What a number counts: money in millions of đồng, land in square metres."""


class Cell(NamedTuple):
    """A column of a form: the form's code and the column's code (MS)."""

    form: str
    ms: int

    def __str__(self) -> str:
        return f"{self.form}:{self.ms}"


Figures = Mapping[Cell, int]
"""The numbers of one row; a column that is not there is 0."""


class Column(BaseModel):
    """One numbered column."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    ms: Annotated[int, Field(ge=1)]
    head: Annotated[tuple[str, ...], Field(min_length=1, max_length=4)]
    """Headings from the top row down; "" continues the cell above it."""
    formula: str = ""
    """As the row MS prints it; empty: the number alone."""
    unit: Counts = "petitions"
    hand: bool = False
    """Only the office knows it: typed in, never made up."""
    stock: bool = False
    """Counts what stands open, so that quarters cannot be added up."""

    @property
    def title(self) -> str:
        """The headings in one line."""
        return " – ".join(each for each in self.head if each)

    @property
    def code(self) -> str:
        """What the row MS prints."""
        return self.formula or str(self.ms)


class Form(BaseModel):
    """One form (biểu)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    title: str
    notes: int
    """Number of the line Ghi chú."""
    columns: tuple[Column, ...]
    sums: tuple[str, ...] = ()
    at_most: tuple[str, ...] = ()

    @cached_property
    def by_ms(self) -> dict[int, Column]:
        return {column.ms: column for column in self.columns}

    def cell(self, ms: int) -> Cell:
        return Cell(self.code, ms)

    @property
    def depth(self) -> int:
        """Rows of headings."""
        return max(len(column.head) for column in self.columns)

    def merged(self) -> list[Head]:
        """The headings as cells, each with what it spans; columns count from 0, rows from the top."""
        depth = self.depth
        grid = [_grown(column.head, depth) for column in self.columns]
        found = []
        for row in range(depth):
            place = 0
            while place < len(grid):
                label, begins = grid[place][row], place
                while place + 1 < len(grid) and grid[place + 1][: row + 1] == grid[begins][: row + 1]:
                    place += 1
                place += 1
                if row and label is grid[begins][row - 1]:
                    continue
                below = row
                while below + 1 < depth and all(
                    grid[each][below + 1] is grid[each][row] for each in range(begins, place)
                ):
                    below += 1
                found.append(Head(label.text, row, below, begins, place - 1))
        return found


class Head(NamedTuple):
    """A cell of the headings: text, first and last row, first and last column."""

    text: str
    top: int
    bottom: int
    left: int
    right: int


class _Label:
    """A heading of one column's path; the same label below itself is one cell."""

    def __init__(self, text: str, alone: int) -> None:
        self.text = text
        self._key = (text, alone)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Label) and other._key == self._key

    def __hash__(self) -> int:
        return hash(self._key)


def _grown(head: tuple[str, ...], depth: int) -> list[_Label]:
    """A column's path in every row: "" and what is missing at the end continue what stands above."""
    path: list[_Label] = []
    for row in range(depth):
        text = head[row] if row < len(head) else ""
        path.append(_Label(text, row) if text else path[-1])
    return path


class Broken(NamedTuple):
    """A rule of a form that a row does not obey."""

    form: str
    rule: str


_CELL: Final = re.compile(r"(?:(?P<form>\d\d/[A-Z]+):)?(?P<ms>\d+)")


@cache
def forms() -> tuple[Form, ...]:
    """All six, in order."""
    text = resources.files("petitions.reports").joinpath("forms.toml").read_text("utf-8")
    return tuple(Form.model_validate(each) for each in tomllib.loads(text)["forms"])


def form(code: str) -> Form:
    """The form of that code. Raises KeyError."""
    return _by_code()[code]


def column(cell: Cell) -> Column:
    """Raises KeyError."""
    return form(cell.form).by_ms[cell.ms]


@cache
def _by_code() -> dict[str, Form]:
    return {each.code: each for each in forms()}


@cache
def sums_of(code: str) -> tuple[tuple[Cell, tuple[Cell, ...]], ...]:
    """Each sum rule of a form as (total, its parts)."""
    rules = []
    for rule in form(code).sums:
        total, _, parts = rule.partition("=")
        rules.append((_cell(code, total), tuple(_cell(code, part) for part in parts.split("+"))))
    return tuple(rules)


def check(figures: Figures) -> Iterator[Broken]:
    """The rules of the forms that these numbers of one row do not obey; nothing where all is well."""
    for each in forms():
        for (total, parts), rule in zip(sums_of(each.code), each.sums, strict=True):
            if figures.get(total, 0) != sum(figures.get(part, 0) for part in parts):
                yield Broken(each.code, rule)
        for rule in each.at_most:
            less, _, more = rule.partition("<=")
            if figures.get(_cell(each.code, less), 0) > figures.get(_cell(each.code, more), 0):
                yield Broken(each.code, rule)


def _cell(code: str, written: str) -> Cell:
    found: Any = _CELL.fullmatch(written)
    return Cell(found["form"] or code, int(found["ms"]))
