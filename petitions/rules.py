"""The law as data: every limit in time with its article, its mark, and the days it is in force.

The rules stand in `petitions/law/*.toml`, one entry for each version and each condition of a row. `RuleBook`
answers which rule governs a step on a day; a case keeps what it was told when its clock started (`pinned`).
"""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable, Mapping
from enum import StrEnum, unique
from functools import cache
from importlib.resources import files
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Unit = Literal["d", "wd", "h", "year", "at_once", "none"]
"""Days (ngày), working days (ngày làm việc), hours, years, at once (ngay), no count of its own."""
RuleKind = Literal["reception", "complaint", "discipline", "denunciation", "data", "agency"]
Condition = Literal["complex", "remote", "second", "dismissal"]
"""Vụ việc phức tạp; vùng sâu, vùng xa đi lại khó khăn; lần hai; kỷ luật buộc thôi việc."""
Conditions = frozenset[str]
"""What a case is, of `CONDITIONS`."""

CONDITIONS: Final[tuple[Condition, ...]] = ("complex", "remote", "second", "dismissal")
ORDINARY: Final[frozenset[Condition]] = frozenset()
_COUNTED: Final = frozenset({"d", "wd", "h", "year"})
_LONGEST: Final = 3660
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{1,39}$")]
Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=600)]


@unique
class Mark(StrEnum):
    """How sure a rule is, in the words of the law reference; only VERIFIED binds without a hint."""

    VERIFIED = "VERIFIED"
    SECONDARY = "VERIFIED*"
    """Rests on a secondary page, not on the instrument."""
    RECALLED = "RECALLED"
    """General knowledge, not compared with the text."""
    INFERENCE = "INFERENCE"
    """A conclusion from verified text; no article says it in these words."""
    AGENCY = "AGENCY"
    """The office's own rule, not law."""


class NoRule(LookupError):
    """No rule of that name was in force on that day; the message says what was or will be."""


class LawFileProblem(ValueError):
    """Law files or agency rules that cannot be used; `problems` names each by file and rule."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


class LegalRule(BaseModel):
    """One limit in time as a law, a decree or the agency sets it, in one version, under its conditions."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]-[0-9]{2}$")]
    """The row of the law reference, such as C-03."""
    kind: RuleKind
    step: Slug
    conditions: frozenset[Condition] = ORDINARY
    what: Words
    what_vi: Words
    amount: Annotated[int, Field(ge=1, le=_LONGEST)] | None = None
    unit: Unit
    direction: Literal["after", "before"] = "after"
    """Before: the latest moment ahead of the event (an invitation, a notice)."""
    sentence: str = ""
    """Where the row gives no date: what governs instead."""
    sentence_vi: str = ""
    event: Slug | Literal[""] = ""
    """What starts the clock; empty where nothing is counted."""
    event_vi: str = ""
    who: str = ""
    who_vi: str = ""
    article: Words
    """As it is shown to people: clause, article and the law's name, spelled out in Vietnamese."""
    instrument: Words
    """The number of the law or decree, such as 42/2013/QH13."""
    source: Words
    """As the law reference cites it, such as L42 Đ28 k1."""
    in_force_from: dt.date
    in_force_to: dt.date | None = None
    """The last day it was in force; None: still."""
    from_mark: Mark
    """How sure `in_force_from` is."""
    mark: Mark
    note: str = ""
    note_vi: str = ""

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.unit in _COUNTED and self.amount is None:
            raise ValueError(f"unit {self.unit!r} needs an amount; without one use at_once or none")
        if self.unit not in _COUNTED and self.amount is not None:
            raise ValueError(
                f"unit {self.unit!r} takes no amount; leave it out, or count in d, wd, h or year"
            )
        if (self.unit == "none") != bool(self.sentence and self.sentence_vi):
            raise ValueError("unit none needs sentence and sentence_vi (what governs), other units have none")
        if self.unit != "none" and not (self.event and self.event_vi):
            raise ValueError("event and event_vi must say what starts the clock")
        if self.direction == "before" and self.unit not in {"d", "wd", "h"}:
            raise ValueError("direction before goes with d, wd or h only")
        if self.in_force_to is not None and self.in_force_to < self.in_force_from:
            raise ValueError("in_force_to lies before in_force_from; it is the last day in force")
        return self

    @property
    def verified(self) -> bool:
        """Whether it may be shown without a hint."""
        return self.mark is Mark.VERIFIED

    @property
    def shown_amount(self) -> str:
        """Amount and unit in short, such as `7 wd`; the unit alone where nothing is counted."""
        return self.unit if self.amount is None else f"{self.amount} {self.unit}"

    def in_force(self, on: dt.date) -> bool:
        """Whether it governs what begins on that day."""
        return self.in_force_from <= on and (self.in_force_to is None or on <= self.in_force_to)


class AgencyLimit(BaseModel):
    """What an agency sets for a rule of its own or one the law reference does not mark VERIFIED."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    amount: Annotated[int, Field(ge=1, le=_LONGEST)]
    unit: Literal["d", "wd", "h"]
    since: Annotated[dt.date | None, Field(alias="from")] = None
    """The first day it holds; clocks that started before keep the shipped rule. None: always."""


class RuleBook:
    """Every rule, by id, step, day and conditions. Does not change; `with_agency` makes another one."""

    def __init__(self, rules: Iterable[LegalRule]) -> None:
        self._rules = tuple(rules)
        self._by_id: dict[str, list[LegalRule]] = {}
        self._by_step: dict[tuple[str, str], list[LegalRule]] = {}
        for rule in self._rules:
            self._by_id.setdefault(rule.id, []).append(rule)
            self._by_step.setdefault((rule.kind, rule.step), []).append(rule)
        self._found: dict[tuple[str, Conditions, bool], tuple[LegalRule, ...]] = {}

    @classmethod
    def packaged(cls) -> RuleBook:
        """The rules shipped with the project. Raises LawFileProblem."""
        return _packaged()

    @classmethod
    def from_tables(cls, tables: Iterable[Mapping[str, Any]]) -> RuleBook:
        """The rules in these tables, one each, as in the files; a key `file` says where it stands.

        Raises:
            LawFileProblem: naming every fault: unknown fields, amounts that do not go with their unit,
                periods that overlap or leave a gap, two rules for one step.
        """
        from petitions.rule_checks import checked_rules

        return cls(checked_rules(tables))

    def with_agency(self, settings: Mapping[str, Mapping[str, Any] | AgencyLimit]) -> RuleBook:
        """These rules with what the agency sets, by id: `{"A-14": {"amount": 7, "unit": "wd"}}`.

        Raises:
            LawFileProblem: an unknown id, a rule marked VERIFIED, or an amount or unit that cannot be.
        """
        from petitions.rule_checks import agency_rules

        return RuleBook(agency_rules(self._rules, settings)) if settings else self

    def rules(self) -> tuple[LegalRule, ...]:
        """Every version of every rule, in the order of the files."""
        return self._rules

    def ids(self) -> tuple[str, ...]:
        """Every id, once."""
        return tuple(self._by_id)

    def steps(self) -> tuple[tuple[str, str], ...]:
        """Every step as (kind, step), once."""
        return tuple(self._by_step)

    def rule(self, rule_id: str, on: dt.date, conditions: Conditions = ORDINARY) -> LegalRule:
        """The rule of exactly that id as in force on `on`. Raises NoRule.

        What the id itself implies (C-07: remote area) need not be named; conditions that make no difference
        to the row are left aside.
        """
        return self._in_force(rule_id, on, conditions, own=True)

    def pinned(self, rule_id: str, version: dt.date, conditions: Conditions = ORDINARY) -> LegalRule:
        """The version a case keeps: the one whose `in_force_from` is `version`.

        Where an agency moved the first day of a rule of its own, the version nearest to it stands in, so that
        a case under way goes on. Raises NoRule for an id there is not.
        """
        try:
            return self._in_force(rule_id, version, conditions, own=True)
        except NoRule:
            fitting = self._found.get((rule_id, conditions, True), ())
            if not fitting:
                raise
            return min(fitting, key=lambda row: abs((row.in_force_from - version).days))

    def pick(
        self,
        rule_id: str,
        on: dt.date,
        *,
        complex: bool = False,  # noqa: A002 - the law's word, as on the command line
        remote: bool = False,
        second: bool = False,
        dismissal: bool = False,
    ) -> LegalRule:
        """The rule of that id's step that governs under these conditions: C-05 with `complex` is C-06.

        Raises:
            NoRule: the id is not known, or nothing governs that step on that day.
        """
        flags = (
            ("complex", complex),
            ("remote", remote),
            ("second", second),
            ("dismissal", dismissal),
        )
        return self._in_force(rule_id, on, frozenset(name for name, given in flags if given), own=False)

    def find(self, kind: str, step: str, on: dt.date, conditions: Conditions = ORDINARY) -> LegalRule:
        """The rule that governs a step, by its name. Raises NoRule."""
        rows = self._by_step.get((kind, step))
        if rows is None:
            raise NoRule(f"no step {step!r} of kind {kind!r}")
        fitting = [row for row in rows if row.conditions <= conditions and row.in_force(on)]
        if not fitting:
            raise NoRule(_not_then(f"{kind} {step}", on, rows))
        return max(fitting, key=lambda row: len(row.conditions))

    def implied(self, rule_id: str) -> Conditions:
        """The conditions an id stands for: C-16 is second instance in a remote area. Raises NoRule."""
        rows = self._by_id.get(rule_id)
        if rows is None:
            raise NoRule(f"there is no rule {rule_id}")
        return frozenset.intersection(*(row.conditions for row in rows))

    def _in_force(self, rule_id: str, on: dt.date, conditions: Conditions, *, own: bool) -> LegalRule:
        key = (rule_id, conditions, own)
        fitting = self._found.get(key)
        if fitting is None:
            fitting = self._found[key] = self._fitting(rule_id, conditions, own=own)
        for row in fitting:
            if row.in_force(on):
                return row
        raise NoRule(_not_then(rule_id, on, self._by_id[rule_id]))

    def _fitting(self, rule_id: str, conditions: Conditions, *, own: bool) -> tuple[LegalRule, ...]:
        """Candidates, the most special first."""
        wanted = self.implied(rule_id) | conditions
        rows = self._by_id[rule_id]
        if not own:
            rows = self._by_step[rows[0].kind, rows[0].step]
        fitting = [row for row in rows if row.conditions <= wanted]
        return tuple(sorted(fitting, key=lambda row: -len(row.conditions)))


def _not_then(name: str, on: dt.date, rows: Iterable[LegalRule]) -> str:
    """That nothing governs on that day, and what does before or after it."""
    known = dict.fromkeys(
        f"{row.shown_amount} from {row.in_force_from.isoformat()}"
        + (f" to {row.in_force_to.isoformat()}" if row.in_force_to is not None else "")
        for row in sorted(rows, key=lambda row: row.in_force_from)
    )
    return f"{name} was not in force on {on.isoformat()}; it is {', '.join(known)}"


def packaged_tables() -> list[dict[str, Any]]:
    """The shipped rules as plain tables, for `RuleBook.from_tables`. Raises LawFileProblem."""
    folder = files("petitions") / "law"
    tables: list[dict[str, Any]] = []
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            tables += tables_in(file.read_text("utf-8"), file.name)
    return tables


def tables_in(text: str, file: str) -> list[dict[str, Any]]:
    """The tables of one law file, each knowing its file. Raises LawFileProblem on text that is no TOML."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as fault:
        raise LawFileProblem([f"{file}: is not TOML: {fault}"]) from None
    rows = data.pop("rule", [])
    if data or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise LawFileProblem([f"{file}: holds [[rule]] entries only"])
    return [{**row, "file": file} for row in rows]


@cache
def _packaged() -> RuleBook:
    return RuleBook.from_tables(packaged_tables())
