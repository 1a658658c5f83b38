"""The agency profile: who does what in an office, and which unit answers for a petition.

`load_agency` reads the file's data and names every fault by its place (`topics[3].unit`); `Agency.route`
applies the routing rules. Reading YAML and adding line numbers is the service's work, not done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator

from petitions.agency_checks import Problem, ProfileProblem, check_law, check_profile, problems_from
from petitions.agency_parts import (
    LEADERSHIP_TYPE,
    OUTSIDE,
    SUBORDINATE_TYPE,
    TOPIC_UNIT,
    DutyContact,
    Emergency,
    KindText,
    Law,
    Office,
    OutsideAuthority,
    Part,
    Rule,
    Topic,
    Unit,
)
from petitions.alarm_parts import Deadlines
from petitions.hotspots import HotspotRules
from petitions.kinds import Kind
from petitions.rules import RuleBook

__all__ = [
    "Agency",
    "DutyContact",
    "Emergency",
    "KindText",
    "OutsideAuthority",
    "Problem",
    "ProfileProblem",
    "Route",
    "Topic",
    "Unit",
    "UnknownCode",
    "load_agency",
]


class UnknownCode(LookupError):
    """No unit, topic or authority of that code in this profile."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a petition goes."""

    unit: str
    """The answerable unit: always one of the office's own, and active."""
    destination: str | None
    """`outside:<code>` where the matter is for another authority; `outside` while it is not known which."""
    reason: str
    """What decided: `routing[2]` (the rule in the file), `own_case`, `no_topic` or `default`."""


class Agency(Part):
    """An office as its profile describes it. The fields are the sections of the file."""

    office: Office = Field(alias="agency")
    kinds: dict[Kind, KindText]
    routing: tuple[Rule, ...] = ()
    units: tuple[Unit, ...]
    topics: tuple[Topic, ...]
    outside_authorities: tuple[OutsideAuthority, ...] = ()
    emergency: Emergency = Emergency()
    duty_contacts: tuple[DutyContact, ...] = ()
    law: Law = Law()
    deadlines: Deadlines = Deadlines()
    hotspots: HotspotRules = HotspotRules()

    @model_validator(mode="after")
    def _fits_together(self) -> Agency:
        problems = check_profile(
            self.office,
            self.kinds,
            self.routing,
            self.units,
            self.topics,
            self.outside_authorities,
            self.duty_contacts,
        )
        problems += check_law(self.law)
        if problems:
            raise ProfileProblem(problems)
        return self

    @property
    def code(self) -> str:
        return self.office.code

    def name(self, language: str) -> str:
        """The office's full name."""
        return self.office.name(language)

    @property
    def timezone(self) -> str:
        return self.office.timezone

    @cached_property
    def zone(self) -> ZoneInfo:
        """The time zone in which the office counts its days."""
        return ZoneInfo(self.office.timezone)

    @property
    def outside(self) -> tuple[OutsideAuthority, ...]:
        return self.outside_authorities

    @cached_property
    def rules(self) -> RuleBook:
        """The law of deadlines with the times this office has set itself. Raises LawFileProblem."""
        return RuleBook.packaged().with_agency(self.law.rules)

    @cached_property
    def _units(self) -> dict[str, Unit]:
        return {unit.code: unit for unit in self.units}

    @cached_property
    def _topics(self) -> dict[str, Topic]:
        return {topic.code: topic for topic in self.topics}

    @cached_property
    def _outside(self) -> dict[str, OutsideAuthority]:
        return {authority.code: authority for authority in self.outside_authorities}

    @cached_property
    def focal_unit(self) -> str:
        """The unit that answers as focal unit today."""
        return self.answerable(self.office.focal_unit).code

    @cached_property
    def leadership_unit(self) -> str:
        """The unit that leads the office."""
        named = self.office.leadership_unit
        code = named or next(unit.code for unit in self.units if unit.type == LEADERSHIP_TYPE)
        return self.answerable(code).code

    @cached_property
    def outside_topic(self) -> str | None:
        """The topic that stands for matters of other authorities."""
        return next((topic.code for topic in self.topics if topic.unit == OUTSIDE), None)

    def unit(self, code: str) -> Unit:
        """The unit of that code, also one that is no longer active. Raises UnknownCode."""
        try:
            return self._units[code]
        except KeyError:
            raise UnknownCode(code) from None

    def answerable(self, code: str) -> Unit:
        """Who answers today for that unit: itself, or its successor. Raises UnknownCode."""
        unit = self.unit(code)
        while not unit.active and unit.successor is not None:
            unit = self.unit(unit.successor)
        return unit

    def topic(self, code: str) -> Topic:
        """Raises UnknownCode."""
        try:
            return self._topics[code]
        except KeyError:
            raise UnknownCode(code) from None

    def outside_authority(self, code: str) -> OutsideAuthority:
        """The authority of that code; `outside:` before it does not matter. Raises UnknownCode."""
        try:
            return self._outside[code.removeprefix(f"{OUTSIDE}:")]
        except KeyError:
            raise UnknownCode(code) from None

    def kind(self, kind: Kind) -> KindText | None:
        """How the profile explains a kind; None for one it leaves out (the anonymous tip)."""
        return self.kinds.get(kind)

    def route(
        self,
        kind: Kind,
        topic: str | None,
        *,
        against: str | None = None,
        second_instance: bool = False,
        outside: str | None = None,
    ) -> Route:
        """Which unit answers, by the first routing rule that fits.

        Args:
            topic: None while nobody knows it; the focal unit then finds out.
            against: the unit or office holder complained about or denounced, where it is one of the office.
            second_instance: a complaint about how the first one was settled.
            outside: the authority whose matter it is (with or without `outside:`); it decides alone.

        A unit accused in a denunciation or tip never gets it, whatever the rules say: it goes to the
        leadership, and from an accused leadership to the authority above (Luật Tố cáo 2018 Đ12, Đ13). For a
        complaint the rules decide, for the law itself sends the first one to the head of the unit it is about
        (Luật Khiếu nại 2011 Đ19, Đ20).

        Raises:
            UnknownCode: the topic or authority does not exist.
        """
        subject = None if topic is None else self.topic(topic)
        if outside is not None and outside != OUTSIDE:
            code = self.outside_authority(outside).code
            return self._away(kind, f"{OUTSIDE}:{code}", against, OUTSIDE)
        if outside == OUTSIDE:
            return self._away(kind, OUTSIDE, against, OUTSIDE)
        for place, rule in enumerate(self.routing):
            if self._fits(rule, kind, subject, against, second_instance):
                return self._follow(rule.to, kind, subject, against, f"routing[{place}]")
        return self._within(kind, self.focal_unit, against, "default")

    def second_route(self, first_unit: str) -> Route:
        """Who settles a second complaint, by who settled the first one (Luật Khiếu nại Đ19–21).

        The head of a subordinate unit settled it: the head of the office is next. The office itself settled
        it: the authority above is, and the focal unit answers until it is passed on.
        """
        if self.answerable(first_unit).type == SUBORDINATE_TYPE:
            return Route(self.leadership_unit, None, "second_instance")
        above = self.office.parent_code
        return Route(self.focal_unit, f"{OUTSIDE}:{above}" if above else OUTSIDE, "second_instance")

    def _fits(
        self, rule: Rule, kind: Kind, topic: Topic | None, against: str | None, second_instance: bool
    ) -> bool:
        when = rule.when
        if when.topic is not None and (topic is None or topic.code != when.topic):
            return False
        if when.kind and kind not in when.kind and not self._as_denunciation(kind, when.kind):
            return False
        if when.against and not any(self._is_about(against, accused) for accused in when.against):
            return False
        if when.second_instance is not None and when.second_instance is not second_instance:
            return False
        if when.topic_unit_type is not None:
            if topic is None or topic.unit == OUTSIDE:
                return False
            return self.answerable(topic.unit).type == when.topic_unit_type
        return True

    def _as_denunciation(self, kind: Kind, kinds: tuple[Kind, ...]) -> bool:
        """A tip goes the way of a denunciation unless the profile has rules of its own for tips."""
        own_rules = any(Kind.ANONYMOUS_TIP in rule.when.kind for rule in self.routing)
        return kind is Kind.ANONYMOUS_TIP and not own_rules and Kind.DENUNCIATION in kinds

    def _is_about(self, against: str | None, accused: str) -> bool:
        if against is None:
            return False
        if against in self._units and accused in self._units:
            return self.answerable(against) == self.answerable(accused)
        return against == accused

    def _follow(self, to: str, kind: Kind, topic: Topic | None, against: str | None, reason: str) -> Route:
        if to == TOPIC_UNIT and topic is None:
            return self._within(kind, self.focal_unit, against, "no_topic")
        if to == TOPIC_UNIT and topic is not None:
            to = topic.unit
        if to.partition(":")[0] == OUTSIDE:
            return self._away(kind, to, against, reason)
        return self._within(kind, to, against, reason)

    def _within(self, kind: Kind, unit: str, against: str | None, reason: str) -> Route:
        """A unit of the office, but never the accused one."""
        code = self.answerable(unit).code
        if kind not in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP} or not self._is_about(against, code):
            return Route(code, None, reason)
        if code != self.leadership_unit:
            return Route(self.leadership_unit, None, "own_case")
        above = self.office.parent_code
        return self._away(kind, f"{OUTSIDE}:{above}" if above else OUTSIDE, against, "own_case")

    def _away(self, kind: Kind, destination: str, against: str | None, reason: str) -> Route:
        """For another authority: the focal unit answers until it is passed on, unless it is the accused."""
        unit = self.focal_unit
        sealed = kind in {Kind.DENUNCIATION, Kind.ANONYMOUS_TIP}
        if sealed and self._is_about(against, unit) and unit != self.leadership_unit:
            unit = self.leadership_unit
        return Route(unit, destination, reason)


def load_agency(data: Mapping[str, Any]) -> Agency:
    """The profile in these data (as read from the file).

    Raises:
        ProfileProblem: with every fault found, each with its place.
    """
    try:
        return Agency.model_validate(data)
    except ValidationError as fault:
        raise ProfileProblem(problems_from(fault)) from fault
