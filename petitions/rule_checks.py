"""What must hold for law files and for what an agency sets; every fault is named by file and rule."""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Iterator, Mapping
from itertools import combinations, pairwise
from typing import Any, Final

from pydantic import ValidationError

from petitions.rules import CONDITIONS, AgencyLimit, LawFileProblem, LegalRule, Mark

_DAY: Final = dt.timedelta(days=1)
_Placed = tuple[str, LegalRule]
"""A rule, and the file it stands in."""


def checked_rules(tables: Iterable[Mapping[str, Any]]) -> tuple[LegalRule, ...]:
    """The rules in these tables. Raises LawFileProblem with every fault."""
    placed: list[_Placed] = []
    problems: list[str] = []
    for table in tables:
        fields = dict(table)
        file = str(fields.pop("file", "law"))
        try:
            placed.append((file, LegalRule.model_validate(fields)))
        except ValidationError as fault:
            name = fields.get("id", "a rule without id")
            problems += [f"{file}: {name}: {said}" for said in _said(fault)]
    if not problems:
        problems = [*_periods(placed), *_steps(placed)]
    if not placed and not problems:
        problems = ["law: there is no rule at all"]
    if problems:
        raise LawFileProblem(problems)
    return tuple(rule for _, rule in placed)


def agency_rules(
    rules: Iterable[LegalRule], settings: Mapping[str, Mapping[str, Any] | AgencyLimit]
) -> tuple[LegalRule, ...]:
    """The rules with the agency's amounts in them. Raises LawFileProblem with every fault."""
    rules = tuple(rules)
    problems: list[str] = []
    limits: dict[str, AgencyLimit] = {}
    for rule_id, given in settings.items():
        said = setting_problem(rules, rule_id)
        if said is not None:
            problems.append(f"{rule_id}: {said}")
            continue
        try:
            limits[rule_id] = AgencyLimit.model_validate(given)
        except ValidationError as fault:
            problems += [f"{rule_id}: {said}" for said in _said(fault)]
    if problems:
        raise LawFileProblem(problems)
    changed: list[LegalRule] = []
    for rule in rules:
        changed += _set(rule, limits[rule.id]) if rule.id in limits else [rule]
    return tuple(changed)


def setting_problem(rules: Iterable[LegalRule], rule_id: str) -> str | None:
    """Why an agency may not set that rule, and what it may; None where it may."""
    rows = tuple(rules)
    own = [row for row in rows if row.id == rule_id]
    settable = sorted({row.id for row in rows} - {row.id for row in rows if row.mark is Mark.VERIFIED})
    if not own:
        close = difflib.get_close_matches(rule_id, settable, 1)
        meant = f" (did you mean {close[0]}?)" if close else ""
        return f"there is no rule of that id{meant}; an agency may set {', '.join(settable)}"
    if rule_id not in settable:
        return f"set by {own[-1].article}, not by the agency; an agency may set {', '.join(settable)}"
    return None


def _set(rule: LegalRule, limit: AgencyLimit) -> list[LegalRule]:
    """The rule as the agency has it; from a given day on, the version before stays beside it."""
    since = limit.since
    if since is not None and rule.in_force_to is not None and rule.in_force_to < since:
        return [rule]
    ours = {
        "amount": limit.amount,
        "unit": limit.unit,
        "sentence": "",
        "sentence_vi": "",
        "mark": Mark.AGENCY,
        "note": rule.note
        if rule.mark is Mark.AGENCY
        else f"Set by the agency; shipped as {rule.shown_amount}.",
        "note_vi": rule.note_vi if rule.mark is Mark.AGENCY else "Thời hạn do cơ quan đặt.",
    }
    if since is None or since <= rule.in_force_from:
        return [rule.model_copy(update=ours)]
    return [
        rule.model_copy(update={"in_force_to": since - _DAY}),
        rule.model_copy(update={**ours, "in_force_from": since, "from_mark": Mark.AGENCY}),
    ]


def _periods(placed: Iterable[_Placed]) -> Iterator[str]:
    """Two versions of one rule must follow each other day on day."""
    versions: dict[tuple[str, frozenset[str]], list[_Placed]] = {}
    for file, rule in placed:
        versions.setdefault((rule.id, frozenset(rule.conditions)), []).append((file, rule))
    for rows in versions.values():
        rows.sort(key=lambda row: row[1].in_force_from)
        for (_, earlier), (file, later) in pairwise(rows):
            name, day = _name(later), later.in_force_from
            if earlier.in_force_to is None or earlier.in_force_to >= day:
                yield (
                    f"{file}: {name}: the version from {earlier.in_force_from} overlaps the one from {day}; "
                    f"give the earlier one in_force_to = {day - _DAY}"
                )
            elif earlier.in_force_to < day - _DAY:
                yield (
                    f"{file}: {name}: nothing is in force from {earlier.in_force_to + _DAY} to {day - _DAY}; "
                    f"let the earlier version end on {day - _DAY} or the later one begin sooner"
                )


def _steps(placed: Iterable[_Placed]) -> Iterator[str]:
    """One id is one step of one kind, and under any conditions one rule alone governs a step."""
    steps: dict[str, tuple[str, str]] = {}
    rows: dict[tuple[str, str], list[_Placed]] = {}
    for file, rule in placed:
        place: tuple[str, str] = (rule.kind, rule.step)
        if steps.setdefault(rule.id, place) != place:
            yield f"{file}: {_name(rule)}: is {' '.join(steps[rule.id])} elsewhere; one id is one step"
        rows.setdefault(place, []).append((file, rule))
    wanted = [
        frozenset(some) for size in range(len(CONDITIONS) + 1) for some in combinations(CONDITIONS, size)
    ]
    for (kind, step), candidates in rows.items():
        for first, second in _rivals(candidates, wanted):
            file, rule = second
            yield (
                f"{file}: {_name(rule)}: {_name(first[1])} governs {kind} {step} on the same days under "
                f"conditions of the same weight; give one of them another step, period or condition"
            )


def _rivals(candidates: list[_Placed], wanted: Iterable[frozenset[str]]) -> Iterator[tuple[_Placed, _Placed]]:
    told: set[tuple[int, int]] = set()
    for conditions in wanted:
        fitting = [number for number, row in enumerate(candidates) if row[1].conditions <= conditions]
        weight = max((len(candidates[number][1].conditions) for number in fitting), default=0)
        heaviest = [number for number in fitting if len(candidates[number][1].conditions) == weight]
        for one, other in combinations(heaviest, 2):
            first, second = candidates[one][1], candidates[other][1]
            versions = (first.id, first.conditions) == (second.id, second.conditions)
            if versions or not _meet(first, second) or (one, other) in told:
                continue
            told.add((one, other))
            yield candidates[one], candidates[other]


def _meet(first: LegalRule, second: LegalRule) -> bool:
    """Whether both are in force on some day."""
    last = min(first.in_force_to or dt.date.max, second.in_force_to or dt.date.max)
    return max(first.in_force_from, second.in_force_from) <= last


def _name(rule: LegalRule) -> str:
    conditions = ", ".join(sorted(rule.conditions))
    return f"{rule.id} ({conditions})" if conditions else rule.id


def _said(fault: ValidationError) -> Iterator[str]:
    for error in fault.errors():
        own = error.get("ctx", {}).get("error")
        place = ".".join(str(step) for step in error["loc"])
        if error["type"] == "extra_forbidden":
            yield f"unknown field {place!r}; known are {', '.join(LegalRule.model_fields)}"
        elif error["type"] == "missing":
            yield f"field {place!r} is missing"
        else:
            message = str(own) if own is not None else error["msg"]
            yield f"{place}: {message}" if place else message
