"""Facts that an outcome creates and that the report forms count (Thông tư 06/2025/TT-TTCP, law.md 4.3).

Each is a whole number of 0 or more: money in millions of đồng, land in square metres, people, bodies, matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


class BadFact(ValueError):
    """A fact that the forms cannot count; `key` names it, `problem` is `unknown`, `number` or `more_than`."""

    def __init__(self, key: str, problem: str, other: str = "") -> None:
        super().__init__(f"{key}: {problem}")
        self.key = key
        self.problem = problem
        self.other = other


@dataclass(frozen=True, slots=True)
class Fact:
    """One number. `complaint` and `denunciation` are its columns in 03/GQKN and 04/GQTC (05/KQTH for what was
    carried out); 0: that form does not ask it."""

    key: str
    complaint: int
    denunciation: int
    part_of: str = ""
    """The fact that this one is a part of, so it cannot be more."""


DECIDED: Final = (
    Fact("recover_money", 13, 14),
    Fact("recover_land", 14, 15),
    Fact("return_money", 15, 16),
    Fact("return_land", 16, 17),
    Fact("return_organisations", 17, 18),
    Fact("return_people", 18, 19),
    Fact("discipline_organisations", 0, 20),
    Fact("discipline_people", 19, 21),
    Fact("discipline_officials", 20, 22, part_of="discipline_people"),
    Fact("investigation_matters", 21, 23),
    Fact("investigation_people", 22, 24),
    Fact("investigation_officials", 23, 25, part_of="investigation_people"),
)
CARRIED_OUT: Final = (
    Fact("recovered_money", 5, 20),
    Fact("recovered_land", 6, 21),
    Fact("returned_money", 9, 24),
    Fact("returned_land", 10, 25),
    Fact("disciplined_organisations", 0, 26),
    Fact("disciplined_people", 11, 27),
    Fact("disciplined_officials", 12, 28, part_of="disciplined_people"),
    Fact("prosecuted_cases", 13, 29),
    Fact("prosecuted_people", 14, 30),
    Fact("prosecuted_officials", 15, 31, part_of="prosecuted_people"),
)
GROUPS: Final[dict[str, tuple[Fact, ...]]] = {"decided": DECIDED, "carried_out": CARRIED_OUT}
_MOST: Final = 10**12


def facts_of(group: str, *, denunciation: bool) -> tuple[Fact, ...]:
    """The facts that an outcome asks, in the order of the form; those the form does not count are left out."""
    return tuple(fact for fact in GROUPS[group] if (fact.denunciation if denunciation else fact.complaint))


def check_facts(group: str, given: Mapping[str, object], *, denunciation: bool) -> dict[str, int]:
    """All facts of the group, those not given as 0.

    Raises:
        BadFact: an unknown key, no whole number of 0 or more, or a part that is more than its whole.
    """
    known = {fact.key: fact for fact in facts_of(group, denunciation=denunciation)}
    for key, value in given.items():
        if key not in known:
            raise BadFact(key, "unknown")
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _MOST:
            raise BadFact(key, "number")
    complete = {key: int(str(given.get(key, 0))) for key in known}
    for key, fact in known.items():
        if fact.part_of and complete[key] > complete[fact.part_of]:
            raise BadFact(key, "more_than", fact.part_of)
    return complete
