"""Which desk a story is likely for: the probabilities of kind and subject, sent through the agency's routing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from petitions.accused import find_against, is_second_instance
from petitions.agency import Agency, Route
from petitions.agency_parts import OUTSIDE
from petitions.kinds import Kind

_LEAST = 0.0005
"""Pairs less likely than this change nothing."""


class Desks:
    """The routing of one agency, applied to many possible readings of a story at once."""

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        self._route: Callable[..., Route] = lru_cache(maxsize=4096)(agency.route)

    def subjects(self) -> list[str]:
        """Every topic of the office and every authority beside it, as `outside:<authority>`."""
        away = self._agency.outside_topic
        topics = [topic.code for topic in self._agency.topics if topic.code != away]
        return topics + ([f"{OUTSIDE}:{a.code}" for a in self._agency.outside] if away is not None else [])

    def spread(
        self, text: str, kinds: Mapping[str, float], subjects: Mapping[str, float]
    ) -> dict[str, float]:
        """Probability of every unit or `outside:<authority>`, best first.

        Whom a complaint or denunciation is against, and that it is a second one, are read from the text.
        """
        found: dict[str, float] = {}
        second = is_second_instance(text)
        for kind, chance in kinds.items():
            against = find_against(text, Kind(kind))
            for subject, share in subjects.items():
                if chance * share >= _LEAST:
                    desk = self.desk(Kind(kind), subject, against, second=second)
                    found[desk] = found.get(desk, 0.0) + chance * share
        whole = sum(found.values()) or 1.0
        return dict(sorted(((d, p / whole) for d, p in found.items()), key=lambda pair: (-pair[1], pair[0])))

    def desk(self, kind: Kind, subject: str, against: str | None, *, second: bool) -> str:
        """The unit or `outside:<authority>` the routing names for one reading."""
        asked: dict[str, Any] = {"against": against, "second_instance": second}
        if subject.startswith(f"{OUTSIDE}:"):
            asked["outside"] = subject.removeprefix(f"{OUTSIDE}:")
            subject = self._agency.outside_topic or subject
        route = self._route(kind, subject, **asked)
        return route.destination or route.unit
