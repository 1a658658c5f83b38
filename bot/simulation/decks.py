"""Which way each case goes: decks of plots, dealt without putting back, so that every rare one comes about."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Final

from petitions.kinds import Kind
from storage.records import PetitionRecord

_LIGHT: Final = (
    ("answer", 16),
    ("ask", 4),
    ("eligible", 3),
    ("busy", 3),
    ("ineligible", 1),
    ("close", 1),
    ("duplicate", 1),
    ("withdrawn", 1),
    ("taken_back", 1),
    ("head_takes_up", 1),
    ("objection", 2),
    ("objection_kept", 1),
    ("transfer", 2),
    ("wander", 1),
    ("correct", 1),
    ("late", 2),
    ("untaken", 1),
    ("learnt", 2),
    ("merge", 2),
    ("merge_undone", 1),
    ("leaves", 1),
    ("linked", 1),
    ("duplicate_undone", 1),
)
_COMPLAINT: Final = (
    ("settle", 5),
    ("settle_close", 1),
    ("complex", 2),
    ("suspend", 1),
    ("discontinue", 1),
    ("withdrawn", 1),
    ("part", 1),
    ("dialogue", 1),
    ("second", 2),
    ("not_accept", 1),
    ("ineligible", 1),
    ("never_formed", 2),
    ("supplement", 2),
    ("duplicate", 1),
    ("late", 1),
    ("late_again", 1),
    ("wander", 1),
    ("guide", 1),
    ("accused_found", 1),
    ("sent_to_accused", 1),
    ("learnt_in_law", 1),
)
_INSTITUTION: Final = (("second", 3), ("settle", 1), ("complex", 1), ("never_formed", 1), ("late", 1))
"""Complaints against an institution of the office: their second instance stays in the house."""
_DENUNCIATION: Final = (
    ("settle", 3),
    ("settle_close", 1),
    ("extend_once", 2),
    ("extend_twice", 1),
    ("suspend", 1),
    ("discontinue", 1),
    ("withdrawn", 1),
    ("keep_going", 2),
    ("part", 1),
    ("goes_up", 1),
    ("brought_up", 1),
    ("not_accept", 1),
    ("ineligible", 1),
    ("anonymous", 1),
    ("never_formed", 1),
    ("supplement", 1),
    ("duplicate", 1),
    ("accused_found", 1),
    ("accused_late", 1),
    ("accused_person", 1),
    ("sent_to_accused", 1),
)
_TIP: Final = (("answer", 3), ("close", 1), ("eligible", 1), ("ineligible", 1))
_OUTSIDE: Final = (("pass_on", 3), ("guide", 1))
_SECOND: Final = (("second_instance", 3), ("second_changed", 1))

_DECKS: Final = {
    "light": _LIGHT,
    "complaint": _COMPLAINT,
    "institution": _INSTITUTION,
    "denunciation": _DENUNCIATION,
    "tip": _TIP,
    "outside": _OUTSIDE,
    "second": _SECOND,
}
_BY_KIND: Final = {
    Kind.COMPLAINT: "complaint",
    Kind.DENUNCIATION: "denunciation",
    Kind.ANONYMOUS_TIP: "tip",
    Kind.FEEDBACK: "light",
    Kind.RECOMMENDATION: "light",
}


class Decks:
    """Deals a plot to each new case."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._left: dict[str, list[str]] = {}
        self.dealt: Counter[tuple[str, str]] = Counter()

    def deal(self, petition: PetitionRecord, *, institution: bool) -> str:
        """The plot of a case. `institution`: its unit is an institution of the office."""
        name = _BY_KIND[petition.kind]
        if petition.destination is not None:
            name = "outside"
        elif petition.kind is Kind.COMPLAINT and petition.instance > 1:
            name = "second"
        elif petition.kind is Kind.COMPLAINT and institution:
            name = "institution"
        plot = self._draw(name)
        if plot == "guide" and petition.kind is not Kind.COMPLAINT:
            plot = "pass_on"
        self.dealt[name, plot] += 1
        return plot

    def _draw(self, name: str) -> str:
        left = self._left.setdefault(name, [])
        if not left:
            left += [plot for plot, count in _DECKS[name] for _ in range(count)]
            self._chance.shuffle(left)
        return left.pop()
