"""Which unit answers for a petition, and why, as codes with parameters; the words stand in the texts (`routing.…`).

The profile's rules decide. Over them stands what the law forbids: nobody examines a complaint or denunciation
against himself (NĐ 31/2019 Đ5 k2, Đ10 k3 for denunciations; Luật Khiếu nại 2011 Đ19–21; Luật Tố cáo 2018 Đ12, Đ13).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum, unique
from typing import TYPE_CHECKING, Any, Final

from petitions.agency_parts import OUTSIDE, SUBORDINATE_TYPE, TOPIC_UNIT, Rule, Topic
from petitions.kinds import Kind

if TYPE_CHECKING:
    from petitions.agency import Agency

NOT_OURS: Final = OUTSIDE
"""Who is complained about or denounced belongs to no unit of the office."""
ACCUSING: Final = frozenset({Kind.COMPLAINT, Kind.DENUNCIATION, Kind.ANONYMOUS_TIP})
"""Kinds with somebody on the other side, who must not handle them."""
_SEALED: Final = frozenset({Kind.DENUNCIATION, Kind.ANONYMOUS_TIP})


@unique
class Why(StrEnum):
    """One ground of a route. The comment names the parameters, all of them codes of the profile."""

    TOPIC = "topic"
    """The matter belongs to a unit: topic, unit."""
    NO_TOPIC = "no_topic"
    """Nobody knows yet what it is about, so the focal unit looks first: unit."""
    OUTSIDE = "outside"
    """Another authority's matter: authority."""
    OUTSIDE_UNKNOWN = "outside_unknown"
    HOLDS = "holds"
    """Until it is passed on this unit answers: unit."""
    SELF = "self"
    """The accused does not examine itself: accused."""
    ABOVE = "above"
    """Against who leads the office, the authority above is competent (Luật Tố cáo Đ13 k4): accused, authority."""
    DEPUTY = "deputy"
    """Against a deputy of the head too (Luật Tố cáo Đ13 k4); the leadership passes it on: authority."""
    SUBORDINATE_FIRST = "subordinate_first"
    """First complaint about a subordinate unit: its head (Luật Khiếu nại Đ19; NĐ 124/2020 Đ14): unit."""
    OFFICE_FIRST = "office_first"
    """First complaint about the office: its head, advised by this unit (Luật Khiếu nại Đ20 k1): unit."""
    SECOND = "second"
    """Second complaint: who stands above the first settler (Luật Khiếu nại Đ20 k2): unit."""
    SECOND_ABOVE = "second_above"
    """Second complaint about the office: the authority above (Luật Khiếu nại Đ21 k2): authority."""
    DENUNCIATION = "denunciation"
    """The head of the office is competent, advised by this unit (Luật Tố cáo Đ13 k3): unit."""
    RULE = "rule"
    """A rule of the office's own: number, counted from one; unit."""
    DEFAULT = "default"
    """No rule fits: the focal unit: unit."""
    SUCCESSOR = "successor"
    """A unit that is no longer active is followed by another: former, unit."""


_BASIS: Final = {
    Why.SUBORDINATE_FIRST: "Điều 19 Luật Khiếu nại; Điều 14 Nghị định 124/2020/NĐ-CP",
    Why.OFFICE_FIRST: "khoản 1 Điều 20 Luật Khiếu nại",
    Why.SECOND: "khoản 2 Điều 20 Luật Khiếu nại",
    Why.SECOND_ABOVE: "khoản 2 Điều 21 Luật Khiếu nại",
    Why.DENUNCIATION: "khoản 3 Điều 13 Luật Tố cáo",
    Why.DEPUTY: "khoản 4 Điều 13 Luật Tố cáo",
}
_SEALED_BASIS: Final = {
    Why.ABOVE: "khoản 4 Điều 13 Luật Tố cáo",
    Why.SELF: "khoản 3 Điều 10 Nghị định 31/2019/NĐ-CP",
}


def basis_of(why: Why, kind: Kind) -> str:
    """The article a ground rests on, as it is shown to people; "" where only the office's own rule stands behind
    it."""
    return _BASIS.get(why) or (_SEALED_BASIS.get(why, "") if kind in _SEALED else "")


@dataclass(frozen=True, slots=True)
class Because:
    """A ground with its parameters."""

    why: Why
    params: Mapping[str, str] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """As an event keeps it."""
        return {"why": self.why.value, **self.params}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Because:
        """Raises ValueError for a ground this version does not know."""
        return cls(Why(kept["why"]), {name: str(value) for name, value in kept.items() if name != "why"})


@dataclass(frozen=True, slots=True)
class Route:
    """Where a petition goes."""

    unit: str
    """The answerable unit: always one of the office's own, and active."""
    destination: str | None
    """`outside:<code>` where the matter is for another authority; `outside` while it is not known which."""
    reason: str
    """What decided: `routing[2]` (the rule in the file), `own_case`, `no_topic` or `default`."""
    because: tuple[Because, ...] = field(default=(), compare=False)
    """The grounds, the weightiest first; for people, so two routes to one place are equal without them."""

    def to_json(self) -> dict[str, Any]:
        """As the events FILE and CORRECT keep it, so that it can be asked later why."""
        return {
            "unit": self.unit,
            "destination": self.destination,
            "reason": self.reason,
            "because": [ground.to_json() for ground in self.because],
        }


# --- who may not examine it


def accused_unit(agency: Agency, against: str | None) -> str | None:
    """The unit of the office that `against` stands for: itself, or the one an accused head leads.

    None for nobody, for somebody outside, and for one person of a unit (a deputy), whose unit is not accused.
    """
    if against is None:
        return None
    if agency.has_unit(against):
        return agency.answerable(against).code
    holder = agency.holder(against)
    if holder is None or not holder.heads:
        return None
    return agency.answerable(holder.unit).code if holder.unit else agency.leadership_unit


def is_barred(
    agency: Agency,
    unit: str,
    kind: Kind,
    against: str | None,
    *,
    second_instance: bool = False,
    destination: str | None = None,
) -> bool:
    """Whether `unit` would examine itself, or who stands above it.

    Only the law's own exceptions hold: the head of a subordinate unit settles the first complaint about it, the
    head of the office the first one about the office, whoever of the house advises (Luật Khiếu nại Đ19, Đ20; NĐ
    124/2020 Đ14). What is only kept until another authority has it (`destination`) is examined by nobody here.
    """
    accused = accused_unit(agency, against)
    if kind not in ACCUSING or accused is None:
        return False
    here = agency.answerable(unit).code
    first_complaint = kind is Kind.COMPLAINT and not second_instance
    if accused == agency.leadership_unit:
        if destination is not None:
            return here == accused
        return not first_complaint
    own = here == accused and agency.unit(here).type == SUBORDINATE_TYPE
    if first_complaint and own and destination is None:
        return False
    return accused in agency.line_of(here)


class Router:
    """Applies the rules of one profile."""

    def __init__(self, agency: Agency) -> None:
        self._agency = agency
        self._own_tip_rules = any(Kind.ANONYMOUS_TIP in rule.when.kind for rule in agency.routing)

    def route(
        self, kind: Kind, topic: Topic | None, against: str | None, *, second: bool, outside: str | None
    ) -> Route:
        """See `Agency.route`."""
        case = _Case(self._agency, kind, topic, against, second)
        if outside is not None:
            code = outside.removeprefix(f"{OUTSIDE}:")
            known = code not in ("", OUTSIDE)
            destination = f"{OUTSIDE}:{self._agency.outside_authority(code).code}" if known else OUTSIDE
            return case.away(destination, OUTSIDE, None)
        for place, rule in enumerate(self._agency.routing):
            if self._fits(rule, case):
                return case.follow(rule, place)
        return case.within(self._agency.focal_unit, "default", (case.ground(Why.DEFAULT),))

    def second(self, first_unit: str) -> Route:
        """See `Agency.second_route`."""
        agency = self._agency
        first = agency.answerable(first_unit)
        if first.type == SUBORDINATE_TYPE:
            unit = agency.leadership_unit
            grounds = (Because(Why.SELF, {"accused": first.code}), Because(Why.SECOND, {"unit": unit}))
            return Route(unit, None, "second_instance", grounds)
        case = _Case(agency, Kind.COMPLAINT, None, agency.leadership_unit, second=True)
        return case.upwards("second_instance", Why.SECOND_ABOVE)

    def _fits(self, rule: Rule, case: _Case) -> bool:
        when, topic = rule.when, case.topic
        if when.topic is not None and (topic is None or topic.code != when.topic):
            return False
        if when.kind and case.kind not in when.kind and not self._as_denunciation(case.kind, when.kind):
            return False
        if when.against and not any(_same(self._agency, case.against, accused) for accused in when.against):
            return False
        if when.second_instance is not None and when.second_instance is not case.second:
            return False
        if when.topic_unit_type is not None:
            if topic is None or topic.unit == OUTSIDE:
                return False
            return self._agency.answerable(topic.unit).type == when.topic_unit_type
        return True

    def _as_denunciation(self, kind: Kind, kinds: tuple[Kind, ...]) -> bool:
        """A tip goes the way of a denunciation unless the profile has rules of its own for tips."""
        return kind is Kind.ANONYMOUS_TIP and not self._own_tip_rules and Kind.DENUNCIATION in kinds


def _same(agency: Agency, against: str | None, accused: str) -> bool:
    if against is None:
        return False
    if agency.has_unit(against) and agency.has_unit(accused):
        return agency.answerable(against) == agency.answerable(accused)
    return against == accused


@dataclass(frozen=True, slots=True)
class _Case:
    """One petition on its way through the rules."""

    agency: Agency
    kind: Kind
    topic: Topic | None
    against: str | None
    second: bool

    def ground(self, why: Why, **params: str) -> Because:
        return Because(why, params)

    def follow(self, rule: Rule, place: int) -> Route:
        reason = f"routing[{place}]"
        to = rule.to
        if to == TOPIC_UNIT and self.topic is None:
            return self.within(self.agency.focal_unit, "no_topic", (self.ground(Why.NO_TOPIC),))
        if to == TOPIC_UNIT and self.topic is not None:
            to = self.topic.unit
        if to.partition(":")[0] == OUTSIDE:
            return self.away(to, reason, rule)
        return self.within(to, reason, self._grounds(rule, to, place))

    def within(self, unit: str, reason: str, grounds: tuple[Because, ...]) -> Route:
        """A unit of the office, but never one that would examine itself."""
        code = self.agency.answerable(unit).code
        if not self._barred(code):
            moved = (self.ground(Why.SUCCESSOR, former=unit),) if code != unit else ()
            return Route(code, None, reason, self._completed((*grounds, *moved), code))
        leaders = self.agency.leadership_unit
        if not self._barred(leaders):
            accused = self.ground(Why.SELF, accused=self.against or code)
            return Route(leaders, None, "own_case", self._completed((accused,), leaders))
        return self.upwards("own_case", Why.SECOND_ABOVE if self.second else Why.ABOVE)

    def upwards(self, reason: str, why: Why) -> Route:
        """To the authority above the office."""
        above = self.agency.office.parent_code
        destination = f"{OUTSIDE}:{above}" if above else OUTSIDE
        unit = self._holder(destination)
        accused = {"accused": self.against or self.agency.leadership_unit}
        grounds = (Because(why, {**accused, "authority": destination}), self.ground(Why.HOLDS))
        return Route(unit, destination, reason, self._completed(grounds, unit))

    def away(self, destination: str, reason: str, rule: Rule | None) -> Route:
        """For another authority: the focal unit answers until it is passed on, unless it is the accused."""
        unit = self._holder(destination)
        known = destination != OUTSIDE
        ground = Because(
            Why.OUTSIDE if known else Why.OUTSIDE_UNKNOWN, {"authority": destination} if known else {}
        )
        if rule is not None and rule.when.against and known:
            ground = self.ground(Why.ABOVE, accused=self.against or "", authority=destination)
        grounds = (ground, self.ground(Why.HOLDS))
        return Route(unit, destination, reason, self._completed(grounds, unit))

    def _holder(self, destination: str) -> str:
        """Who keeps it until it is passed on: the focal unit, the leadership, or any unit that is not accused."""
        agency = self.agency
        every = (agency.focal_unit, agency.leadership_unit, *(u.code for u in agency.units if u.active))
        free = (code for code in every if not self._barred(code, destination))
        return next(free, agency.focal_unit)

    def _barred(self, unit: str, destination: str | None = None) -> bool:
        return is_barred(
            self.agency,
            unit,
            self.kind,
            self.against,
            second_instance=self.second,
            destination=destination,
        )

    def _grounds(self, rule: Rule, to: str, place: int) -> tuple[Because, ...]:
        """Why this rule sends it there, in the words of the law where the rule says what the law says."""
        when, unit = rule.when, self.agency.answerable(to)
        if when.against:
            own = (self.ground(Why.SELF, accused=self.against or ""),)
            above = self.agency.office.parent_code
            deputy = self.kind in _SEALED and accused_unit(self.agency, self.against) is None
            if deputy and above and self.agency.holder(self.against or "") is not None:
                return (*own, self.ground(Why.DEPUTY, authority=f"{OUTSIDE}:{above}"))
            return own
        if self.second and when.second_instance:
            return (self.ground(Why.SECOND),)
        if self.kind in _SEALED and when.kind and unit.code == self.agency.focal_unit:
            return (self.ground(Why.DENUNCIATION),)
        if self.kind is Kind.COMPLAINT and rule.to == TOPIC_UNIT and unit.type == SUBORDINATE_TYPE:
            return (self.ground(Why.SUBORDINATE_FIRST),)
        if self.kind is Kind.COMPLAINT and when.kind and unit.code == self.agency.focal_unit:
            return (self.ground(Why.OFFICE_FIRST),)
        if self.topic is not None and unit == self._owner(self.topic):
            return (self.ground(Why.TOPIC, topic=self.topic.code),)
        return (self.ground(Why.RULE, number=str(place + 1)),)

    def _owner(self, topic: Topic) -> object:
        return None if topic.unit == OUTSIDE else self.agency.answerable(topic.unit)

    def _completed(self, grounds: tuple[Because, ...], unit: str) -> tuple[Because, ...]:
        """Every ground also knows the unit it leads to."""
        return tuple(Because(ground.why, {**ground.params, "unit": unit}) for ground in grounds)
