"""Lists under the overview: decisions to be carried out, dates that passed (they stand for ever), hotspots.

A line names its case only where the reader may know of the case now; dates that passed are counted all the same with
the unit that answered then.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from handlers import hotspots_told as told
from handlers.console_board import Line, days_of, lines_of, reader_of
from handlers.console_overview import choice_of, may_look, period_of
from handlers.officers import cards
from handlers.officers.access import Access, in_unit, officer_access, same_unit, sealed, unit_name
from handlers.officers.clock_lines import pinned_words, rule_words
from petitions.kinds import Role
from petitions.transition_groups import OVERSIGHT
from storage.overview import Mark, Narrow

if TYPE_CHECKING:
    from handlers.console_board import Look
    from handlers.console_overview import Scope
    from handlers.texts import Texts
    from handlers.turn import Turn
    from petitions.agency import Agency
    from storage.hotspots import HotspotRecord
    from storage.overview import Ordered, Passed
    from storage.records import OfficerRecord, PetitionRecord

PAGE: Final = 40
SHORT: Final = 6
"""Lines of a list on the overview itself."""
MOST_HOTSPOTS: Final = 40
_MARK: Final = re.compile(r"(\d{4}-\d{2}-\d{2})\.(\d{1,19})")
_TOLD_TWICE: Final = 2
"""Reminders after which others may follow a hotspot as well."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line: of a task, or of a date that passed. `code` is empty for a case the reader may not know of now."""

    code: str
    shown: str
    secret: bool
    what: str
    unit: str
    officer: str
    due: str
    days: int
    """Days late, or days left below 0."""
    late: bool
    over: str
    """When a duty that passed its date was done; empty while it goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Lines and where the next page begins; empty on the last one."""

    lines: tuple[Entry, ...]
    following: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HotspotLine:
    """A hotspot that is tracked."""

    id: int
    where: str
    number: int
    since: str
    state: str
    acknowledged: bool


# --- decisions to be carried out


def decisions(
    look: Look,
    officer: OfficerRecord,
    scope: Scope,
    texts: Texts,
    *,
    people: Mapping[int, str],
    after: Mark | None,
    most: int,
) -> Page:
    """Tasks of decisions in force that are not done, the soonest first."""
    reader, (today, _) = reader_of(look.facts.agency, officer), days_of(look)
    found = look.book.open_tasks(reader, choice_of(scope), after=after, most=most + 1)
    lines = tuple(
        _task(look, officer, task, petition, people, today, texts) for task, petition in found[:most]
    )
    last = found[most - 1][0] if len(found) > most else None
    return Page(lines=lines, following=f"{last.due_on.isoformat()}.{last.id}" if last is not None else "")


def decision_counts(look: Look, officer: OfficerRecord, scope: Scope) -> tuple[int, int]:
    """How many such tasks there are, and how many are late."""
    today, _ = days_of(look)
    return look.book.open_task_counts(reader_of(look.facts.agency, officer), choice_of(scope), today)


# --- dates that passed


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedWish:
    """Which of them an address asks for, and the wish as it stands in an address."""

    wanted: Narrow
    query: Mapping[str, str]
    after: Mark | None


def read_passed(look: Look, officer: OfficerRecord, asked: Mapping[str, str]) -> PassedWish:
    """What is not there counts as not asked; without days the last quarter is meant."""
    agency = look.facts.agency
    unit = next((unit.code for unit in agency.units if unit.code == asked.get("unit")), "")
    unit = unit if officer.role in OVERSIGHT else ""
    first, last = _day(asked.get("first", "")), _day(asked.get("last", ""))
    if first is None and last is None and "first" not in asked:
        first, last = period_of(look, 13)
    number = asked.get("officer", "")
    named = int(number) if re.fullmatch(r"[1-9]\d{0,17}", number) else None
    rule = asked.get("rule", "")
    rule = rule if rule == "TASK" or rule in agency.rules.ids() else ""
    open_only = asked.get("open") == "1"
    wanted = Narrow(
        units=tuple(each.code for each in agency.units if same_unit(agency, each.code, unit)) if unit else (),
        officer_id=named,
        rule=rule,
        first=first,
        last=last,
        open_only=open_only,
    )
    query = {
        "unit": unit,
        "officer": number if named is not None else "",
        "rule": rule,
        "first": first.isoformat() if first is not None else "",
        "last": last.isoformat() if last is not None else "",
        "open": "1" if open_only else "",
    }
    return PassedWish(wanted=wanted, query=query, after=read_mark(asked.get("after", "")))


def passed(
    look: Look,
    officer: OfficerRecord,
    wish: PassedWish,
    texts: Texts,
    *,
    people: Mapping[int, str],
    most: int,
) -> Page:
    """Limits that were not kept, the newest first: which, by which article, by how long, who answered."""
    reader, (today, _) = reader_of(look.facts.agency, officer), days_of(look)
    found = look.book.passed_dates(reader, wish.wanted, after=wish.after, most=most + 1)
    lines = tuple(
        _passed(look, officer, date_, petition, people, today, texts) for date_, petition in found[:most]
    )
    last = found[most - 1][0] if len(found) > most else None
    return Page(lines=lines, following=f"{last.due_on.isoformat()}.{last.id}" if last is not None else "")


def rules_offered(agency: Agency, texts: Texts) -> list[tuple[str, str]]:
    """Every limit a date of which can pass: id and words."""
    alarmed = {rule.id for rule in agency.rules.rules() if rule.amount is not None}
    offered = [(rule, rule_words(agency.rules, rule, texts)) for rule in sorted(alarmed)]
    return [*offered, ("TASK", texts.get("clocks.task_named"))]


def read_mark(typed: str) -> Mark | None:
    """Where a page begins, as an address has it; None for anything else."""
    match = _MARK.fullmatch(typed)
    day = _day(match[1]) if match is not None else None
    if match is None or day is None or int(match[2]) >= 2**63:
        return None
    return Mark(day, int(match[2]))


# --- hotspots


def hotspots(
    turn: Turn, officer: OfficerRecord, texts: Texts, *, people: Mapping[int, str]
) -> tuple[HotspotLine, ...]:
    """Those that are tracked and this officer may follow, the newest first."""
    everybody = any(each.id == officer.id for each in told.circle(turn))
    tracked = [
        each
        for each in reversed(turn.book.open_hotspots())
        if everybody or (_may_concern(turn, each, officer) and told.may_follow(turn, each, officer))
    ][:MOST_HOTSPOTS]
    ids = [each.id for each in tracked]
    places, sizes = turn.book.hotspot_places(ids), turn.book.hotspot_sizes(ids)
    return tuple(
        HotspotLine(
            id=each.id,
            where=told.where(turn, each, places.get(each.id, ""), texts),
            number=sizes.get(each.id, 0),
            since=cards.shown_date(date.fromordinal(each.since_day), texts),
            state=_state(turn, each, people, texts),
            acknowledged=each.acknowledged_at is not None,
        )
        for each in tracked
    )


def hotspot(
    turn: Turn, officer: OfficerRecord, hotspot_id: int, texts: Texts
) -> tuple[HotspotLine, tuple[Line, ...]] | None:
    """One of them with those of its petitions that this officer may see; None where it is none of theirs."""
    found = turn.book.hotspot(hotspot_id)
    if found is None or not may_look(officer) or not told.may_follow(turn, found, officer):
        return None
    ids = turn.book.hotspot_petitions(found.id)
    known = turn.book.petitions_by_id(ids)
    seen = told.visible(turn, officer, [known[each] for each in ids if each in known])
    place = turn.book.hotspot_places([found.id]).get(found.id, "")
    line = HotspotLine(
        id=found.id,
        where=told.where(turn, found, place, texts),
        number=turn.book.hotspot_sizes([found.id]).get(found.id, 0),
        since=cards.shown_date(date.fromordinal(found.since_day), texts),
        state=_state(turn, found, people_of(turn, texts), texts),
        acknowledged=found.acknowledged_at is not None,
    )
    return line, lines_of(turn, seen[:PAGE], texts)


# --- inside


def _may_concern(turn: Turn, found: HotspotRecord, officer: OfficerRecord) -> bool:
    own = found.unit is not None and in_unit(turn.facts.agency, officer, found.unit)
    return found.reminded >= _TOLD_TWICE or (officer.role is Role.HEAD and own)


def _state(turn: Turn, found: HotspotRecord, people: Mapping[int, str], texts: Texts) -> str:
    if found.closed_at is not None or found.acknowledged_at is None or found.acknowledged_by is None:
        return told.state_line(turn, found, texts)
    return texts.get(
        "hotspots.state_acknowledged",
        name=people.get(found.acknowledged_by, texts.get("hotspots.somebody")),
        date=told.shown_moment_day(turn, found.acknowledged_at, texts),
    )


def people_of(look: Look | Turn, texts: Texts) -> dict[int, str]:
    """The name of everybody who works or worked here, by id."""
    return {each.id: cards.officer_name(each, texts) for each in look.book.officers(active=None)}


def _task(
    look: Look,
    officer: OfficerRecord,
    task: Ordered,
    petition: PetitionRecord,
    people: Mapping[int, str],
    today: date,
    texts: Texts,
) -> Entry:
    words = texts.get("console_overview.sealed_task") if sealed(petition) else task.what
    return _entry(
        look, officer, petition, texts, what=words, unit=task.unit, named=people.get(task.officer_id or 0, ""),
        due_on=task.due_on, days=(today - task.due_on).days, over=None,
    )  # fmt: skip


def _passed(
    look: Look,
    officer: OfficerRecord,
    found: Passed,
    petition: PetitionRecord,
    people: Mapping[int, str],
    today: date,
    texts: Texts,
) -> Entry:
    until = found.ended_on or max(today, found.due_on + timedelta(days=1))
    words = pinned_words(look.facts.agency.rules, found.rule, found.version, found.conditions, texts)
    return _entry(
        look, officer, petition, texts, what=words, unit=found.unit, named=people.get(found.officer_id or 0, ""),
        due_on=found.due_on, days=(until - found.due_on).days, over=found.ended_on,
    )  # fmt: skip


def _entry(
    look: Look,
    officer: OfficerRecord,
    petition: PetitionRecord,
    texts: Texts,
    *,
    what: str,
    unit: str,
    named: str,
    due_on: date,
    days: int,
    over: date | None,
) -> Entry:
    agency = look.facts.agency
    seen = officer_access(agency, petition, officer) is Access.FULL
    return Entry(
        code=petition.code if seen else "",
        shown=cards.shown_code(petition) if seen else "",
        secret=sealed(petition),
        what=what,
        unit=unit_name(agency, unit, texts.language),
        officer=named,
        due=cards.shown_date(due_on, texts),
        days=days,
        late=days > 0,
        over=cards.shown_date(over, texts) if over is not None else "",
    )


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed) if len(typed) == 10 else None
    except ValueError:
        return None
