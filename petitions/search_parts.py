"""What an officer looks for, as it was read (`petitions.search_query`). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

from petitions.codes import CODE_LENGTH
from petitions.kinds import Stage

Sort = Literal[
    "unknown_filter", "no_unit", "no_stage", "no_topic", "bad_phone", "bad_code", "bad_date", "bad_number"
]


@dataclass(frozen=True, slots=True)
class Problem:
    """Something typed that was not understood, and the words of it."""

    sort: Sort
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What units, topics and stages are called, in every language; compared folded."""

    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stages: Mapping[Stage, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """What is looked for. Words are folded; days count in the office's zone, both included."""

    words: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    phone: str = ""
    code: str = ""
    """A tracking code or its beginning, canonical."""
    guessed: str = ""
    """The word as typed, where nothing but its look made it a code."""
    number: str = ""
    """A register number."""
    begins: bool = False
    """Whether `number` was said to be a beginning ("12*")."""
    book: str = ""
    """The letters of the register book that stood with the number ("PA")."""
    year: int | None = None
    units: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    topics: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    problems: tuple[Problem, ...] = ()

    @property
    def whole_code(self) -> bool:
        return len(self.code) == CODE_LENGTH

    @property
    def asks(self) -> bool:
        """Whether anything is looked for."""
        return replace(self, problems=(), guessed="", begins=False, book="", year=None) != Query()
