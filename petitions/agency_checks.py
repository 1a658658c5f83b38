"""What must fit together in an agency profile, and how a fault is named."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from petitions.agency_parts import (
    LEADERSHIP_TYPE,
    OUTSIDE,
    TOPIC_UNIT,
    DutyContact,
    KindText,
    Law,
    Office,
    OfficeHolder,
    OutsideAuthority,
    Rule,
    Topic,
    Unit,
)
from petitions.kinds import Kind
from petitions.rule_checks import setting_problem
from petitions.rules import RuleBook

Path = tuple[str | int, ...]
LEGAL_KINDS = (Kind.COMPLAINT, Kind.DENUNCIATION, Kind.RECOMMENDATION, Kind.FEEDBACK)


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: where it stands in the data, and what is wrong, for the person who wrote the file."""

    path: Path
    message: str

    @property
    def place(self) -> str:
        """The path as people read it: `topics[3].unit`."""
        place = ""
        for step in self.path:
            if isinstance(step, int):
                place += f"[{step}]"
            else:
                place += f".{step}" if place else step
        return place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.path else self.message


class ProfileProblem(ValueError):
    """A profile that cannot be used, with every fault found in it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def problems_from(fault: ValidationError) -> list[Problem]:
    """The faults of a failed validation in plain words; what we found ourselves comes through as it is."""
    problems: list[Problem] = []
    for error in fault.errors():
        path: Path = error["loc"]
        own = error.get("ctx", {}).get("error")
        if isinstance(own, ProfileProblem):
            problems.extend(own.problems)
        elif error["type"] == "extra_forbidden":
            problems.append(Problem(path, f"unknown key {str(path[-1])!r}"))
        elif error["type"] == "missing":
            problems.append(Problem(path[:-1], f"key {str(path[-1])!r} is missing"))
        else:
            message = str(own) if own is not None else error["msg"]
            if path and path[-1] == "[key]":
                path = path[:-1]
            problems.append(Problem(path, f"{message[:1].lower()}{message[1:]}"))
    return problems


def check_profile(
    office: Office,
    kinds: Mapping[Kind, KindText],
    routing: Sequence[Rule],
    units: Sequence[Unit],
    topics: Sequence[Topic],
    authorities: Sequence[OutsideAuthority],
    duty_contacts: Sequence[DutyContact],
    holders: Sequence[OfficeHolder],
) -> list[Problem]:
    """Every reference that leads nowhere, every code given twice, every circle of successors."""
    unit_codes = {unit.code for unit in units}
    topic_codes = {topic.code for topic in topics}
    outside_codes = {authority.code for authority in authorities}
    return [
        *_twice("units", [unit.code for unit in units]),
        *_twice("topics", [topic.code for topic in topics]),
        *_twice("outside_authorities", [authority.code for authority in authorities]),
        *_check_office(office, units, outside_codes),
        *(
            Problem(("kinds",), f"kind {kind.value!r} is missing")
            for kind in LEGAL_KINDS
            if kind not in kinds
        ),
        *_check_units(units, topics),
        *(
            Problem(("topics", place, "unit"), f"unknown unit {topic.unit!r}")
            for place, topic in enumerate(topics)
            if topic.unit != OUTSIDE and topic.unit not in unit_codes
        ),
        *_check_routing(routing, units, topic_codes, outside_codes),
        *_check_holders(holders, unit_codes),
        *(
            Problem(("duty_contacts", place, "unit"), f"unknown unit {contact.unit!r}")
            for place, contact in enumerate(duty_contacts)
            if contact.unit not in unit_codes
        ),
    ]


def _twice(section: str, codes: Sequence[str]) -> Iterator[Problem]:
    seen: dict[str, int] = {}
    for place, code in enumerate(codes):
        if code in {OUTSIDE, TOPIC_UNIT}:
            yield Problem((section, place, "code"), f"{code!r} is a word of the file itself, not a code")
        if code in seen:
            yield Problem((section, place, "code"), f"{code!r} is already used by {section}[{seen[code]}]")
        seen.setdefault(code, place)


def _check_office(office: Office, units: Sequence[Unit], outside_codes: set[str]) -> Iterator[Problem]:
    codes = {unit.code for unit in units}
    for key in ("focal_unit", "leadership_unit", "publishing_unit"):
        code = getattr(office, key)
        if code is not None and code not in codes:
            yield Problem(("agency", key), f"unknown unit {code!r}")
    if office.leadership_unit is None and all(unit.type != LEADERSHIP_TYPE for unit in units):
        message = f"no unit is of type {LEADERSHIP_TYPE!r}; name one in leadership_unit"
        yield Problem(("agency", "leadership_unit"), message)
    if office.parent_code is not None and office.parent_code not in outside_codes:
        yield Problem(("agency", "parent_code"), f"unknown outside authority {office.parent_code!r}")


def _check_units(units: Sequence[Unit], topics: Sequence[Topic]) -> Iterator[Problem]:
    by_code = {unit.code: unit for unit in units}
    owner = {topic.code: topic.unit for topic in topics}
    for place, unit in enumerate(units):
        for key in ("parent", "successor"):
            code = getattr(unit, key)
            if code is not None and code not in by_code:
                yield Problem(("units", place, key), f"unknown unit {code!r}")
            elif code is not None and _runs_in_a_circle(unit, key, by_code):
                yield Problem(("units", place, key), f"{code!r} leads back to {unit.code!r}")
        if not unit.active and unit.successor is None:
            message = f"{unit.code!r} is not active: say who answers for its petitions"
            yield Problem(("units", place, "successor"), message)
        for number, topic in enumerate(unit.topics):
            if topic not in owner:
                yield Problem(("units", place, "topics", number), f"unknown topic {topic!r}")
            elif owner[topic] != unit.code:
                message = f"topic {topic!r} belongs to {owner[topic]!r}, not to {unit.code!r}"
                yield Problem(("units", place, "topics", number), message)


def _runs_in_a_circle(unit: Unit, key: str, by_code: Mapping[str, Unit]) -> bool:
    seen: set[str] = set()
    code: str | None = getattr(unit, key)
    while code is not None and code in by_code and code not in seen:
        if code == unit.code:
            return True
        seen.add(code)
        code = getattr(by_code[code], key)
    return False


def _check_routing(
    routing: Sequence[Rule], units: Sequence[Unit], topic_codes: set[str], outside_codes: set[str]
) -> Iterator[Problem]:
    codes = {unit.code for unit in units}
    types = {unit.type for unit in units}
    for place, rule in enumerate(routing):
        if rule.when.topic is not None and rule.when.topic not in topic_codes:
            yield Problem(("routing", place, "when", "topic"), f"unknown topic {rule.when.topic!r}")
        wanted = rule.when.topic_unit_type
        if wanted is not None and wanted not in types:
            yield Problem(("routing", place, "when", "topic_unit_type"), f"no unit is of type {wanted!r}")
        head, _, authority = rule.to.partition(":")
        if authority and authority not in outside_codes:
            yield Problem(("routing", place, "to"), f"unknown outside authority {authority!r}")
        elif not authority and head not in codes | {OUTSIDE, TOPIC_UNIT}:
            yield Problem(("routing", place, "to"), f"unknown unit {head!r}")


def _check_holders(holders: Sequence[OfficeHolder], unit_codes: set[str]) -> Iterator[Problem]:
    yield from _twice("office_holders", [holder.code for holder in holders])
    for place, holder in enumerate(holders):
        if holder.code in unit_codes:
            yield Problem(("office_holders", place, "code"), f"{holder.code!r} is a unit's code already")
        if holder.unit is not None and holder.unit not in unit_codes:
            yield Problem(("office_holders", place, "unit"), f"unknown unit {holder.unit!r}")


def check_law(law: Law) -> Iterator[Problem]:
    """Every rule the office sets must be one it may set. Raises LawFileProblem (of the shipped law files)."""
    if not law.rules:
        return
    shipped = RuleBook.packaged().rules()
    for rule_id in law.rules:
        message = setting_problem(shipped, rule_id)
        if message is not None:
            yield Problem(("law", "rules", rule_id), message)
