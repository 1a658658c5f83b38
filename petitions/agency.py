"""The agency profile: who does what in an office, and which unit answers for a petition.

`load_agency` reads the file's data and names every fault by its place (`topics[3].unit`); `Agency.route`
applies the routing rules. Reading YAML and adding line numbers is the service's work, not done here.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, model_validator

from petitions.accused import AccusedUnits, find_against
from petitions.agency_checks import Problem, ProfileProblem, check_law, check_profile, problems_from
from petitions.agency_parts import (
    LEADERSHIP_TYPE,
    OUTSIDE,
    STANDARD_HOLDERS,
    DutyContact,
    Emergency,
    KindText,
    Law,
    Office,
    OfficeHolder,
    OutsideAuthority,
    PaperHead,
    Part,
    Rule,
    Topic,
    Unit,
)
from petitions.alarm_parts import Deadlines
from petitions.hotspots import HotspotRules
from petitions.kinds import Kind
from petitions.reports.reminding import Reporting
from petitions.routing import Route, Router
from petitions.rules import RuleBook

__all__ = [
    "Agency",
    "DutyContact",
    "Emergency",
    "KindText",
    "OfficeHolder",
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


class Agency(Part):
    """An office as its profile describes it. The fields are the sections of the file."""

    office: Office = Field(alias="agency")
    kinds: dict[Kind, KindText]
    routing: tuple[Rule, ...] = ()
    units: tuple[Unit, ...]
    topics: tuple[Topic, ...]
    outside_authorities: tuple[OutsideAuthority, ...] = ()
    office_holders: tuple[OfficeHolder, ...] = STANDARD_HOLDERS
    emergency: Emergency = Emergency()
    duty_contacts: tuple[DutyContact, ...] = ()
    papers: PaperHead = PaperHead()
    law: Law = Law()
    deadlines: Deadlines = Deadlines()
    hotspots: HotspotRules = HotspotRules()
    reports: Reporting = Reporting()

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
            self.office_holders,
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
    def _accused_units(self) -> AccusedUnits:
        return AccusedUnits(unit for unit in self.units if unit.active and unit.type != LEADERSHIP_TYPE)

    @cached_property
    def _router(self) -> Router:
        return Router(self)

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

    def has_unit(self, code: str) -> bool:
        """Whether a unit of that code stands in the profile."""
        return code in self._units

    def holder(self, code: str) -> OfficeHolder | None:
        """The office holder of that code, whom a complaint or denunciation may be against."""
        return next((holder for holder in self.office_holders if holder.code == code), None)

    def accused_in(self, text: str, kind: Kind) -> str | None:
        """Whom of the office the words accuse: an office holder the rules know, or a unit by its name."""
        return find_against(text, kind) or self._accused_units.find(text, kind)

    def line_of(self, code: str) -> frozenset[str]:
        """The unit that answers for `code` today and every unit above it; the leadership only where the file
        says so."""
        line: set[str] = set()
        unit: Unit | None = self.answerable(code)
        while unit is not None and unit.code not in line:
            line.add(unit.code)
            unit = self.answerable(unit.parent) if unit.parent is not None else None
        return frozenset(line)

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

        Whatever the rules say, no unit gets what is against itself or who stands above it: it goes to the
        leadership, and from an accused leadership to the authority above (Luật Tố cáo 2018 Đ12, Đ13). Only the
        first complaint goes to the head of the body it is about, for the law says so (Luật Khiếu nại Đ19, Đ20).

        Raises:
            UnknownCode: the topic or authority does not exist.
        """
        subject = None if topic is None else self.topic(topic)
        return self._router.route(kind, subject, against, second=second_instance, outside=outside)

    def second_route(self, first_unit: str) -> Route:
        """Who settles a second complaint, by who settled the first one (Luật Khiếu nại Đ19–21).

        The head of a subordinate unit settled it: the head of the office is next. The office itself settled
        it: the authority above is, and the focal unit answers until it is passed on.
        """
        return self._router.second(first_unit)


def load_agency(data: Mapping[str, Any]) -> Agency:
    """The profile in these data (as read from the file).

    Raises:
        ProfileProblem: with every fault found, each with its place.
    """
    try:
        return Agency.model_validate(data)
    except ValidationError as fault:
        raise ProfileProblem(problems_from(fault)) from fault
