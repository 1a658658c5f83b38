"""The overview: how much comes in and is done, how much is open and how old, whether limits are kept; by unit,
officer, topic and limit. Heads see their own unit, the inspectorate and the leadership all of it.

Every figure holds only what its reader may know, and opens the list of what it counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from handlers.console_board import days_of, reader_of
from handlers.officers import cards
from handlers.officers.access import Access, officer_access, same_unit, unit_name, unit_today
from handlers.officers.clock_lines import rule_words
from handlers.officers.place_words import public_place, short
from petitions.agency import UnknownCode
from petitions.kinds import Role
from petitions.text import fold
from petitions.transition_groups import OVERSIGHT
from storage.console_board import Age, Choice, Colour, View
from storage.overview import Flow, OpenPart
from storage.overview_counts import OFFICER, RULE, TOPIC, week_of

if TYPE_CHECKING:
    from handlers.console_board import Look
    from handlers.texts import Texts
    from petitions.agency import Agency
    from storage.console_board import Reader
    from storage.records import OfficerRecord

PERIODS: Final = (4, 13, 26, 52)
"""Weeks a period can have; a quarter is shown first."""
FIRST_PERIOD: Final = 13
YEAR: Final = 52
LINES: Final = 15
"""Officers, topics and limits of a table, those with the most first."""
PLACES: Final = 6
PLACE_DAYS: Final = 28
_PLACES_READ: Final = 10
_WEEK: Final = 7
ROLES: Final = frozenset({Role.HEAD, Role.INSPECTOR, Role.DIRECTOR})


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the figures are about."""

    view: View
    unit: str
    """The one unit that was chosen; empty: everything the reader may know."""
    units: tuple[str, ...]
    """All codes that mean it today."""
    weeks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """One week of the last year."""

    first: date
    flow: Flow

    @property
    def rate(self) -> int | None:
        return rate_of(self.flow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One unit, officer, topic or limit. A link is empty where there is no list for it."""

    name: str
    flow: Flow
    open: int = 0
    late: int = 0
    soon: int = 0
    link: str = ""
    late_link: str = ""
    passed_link: str = ""
    inside: str = ""
    """The overview of this part alone."""

    @property
    def rate(self) -> int | None:
        return rate_of(self.flow)


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLine:
    """Open petitions that have been here for so long."""

    age: Age
    number: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceLine:
    """A place about which petitions came in."""

    name: str
    number: int
    link: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All numbers of the page."""

    whole: bool
    """False while petitions of before are still being counted."""
    at: str
    first: date
    last: date
    now: Part
    """Open now, and what happened in the period."""
    before: Flow
    """What happened in as many weeks before."""
    year: tuple[Week, ...]
    ages: tuple[AgeLine, ...]
    units: tuple[Part, ...]
    officers: tuple[Part, ...]
    topics: tuple[Part, ...]
    rules: tuple[Part, ...]
    places: tuple[PlaceLine, ...]
    soon_link: str


def may_look(officer: OfficerRecord) -> bool:
    """Whether the officer has this page."""
    return officer.role in ROLES


def read_scope(agency: Agency, officer: OfficerRecord, asked: Mapping[str, str]) -> Scope:
    """What an address asks for; a unit or a period that is not there counts as not asked."""
    everywhere = officer.role in OVERSIGHT
    unit = next((unit.code for unit in agency.units if unit.code == asked.get("unit")), "")
    unit = unit if everywhere else ""
    weeks = next((weeks for weeks in PERIODS if str(weeks) == asked.get("weeks")), FIRST_PERIOD)
    return Scope(
        view=View.ALL if everywhere else View.UNIT,
        unit=unit,
        units=tuple(each.code for each in agency.units if same_unit(agency, each.code, unit)) if unit else (),
        weeks=weeks,
    )


def choice_of(scope: Scope) -> Choice:
    """The scope as the board's lists know it."""
    return Choice(view=scope.view, units=scope.units)


def rate_of(flow: Flow) -> int | None:
    """Limits that were kept, of a hundred that were kept or passed; None where there were none."""
    over = flow.in_time + flow.late
    return round(flow.in_time * 100 / over) if over else None


def period_of(look: Look, weeks: int) -> tuple[date, date]:
    """The first and the last day of so many weeks, this one among them."""
    today, _ = days_of(look)
    monday = week_of(today)
    return date.fromordinal(monday - _WEEK * (weeks - 1)), date.fromordinal(monday + _WEEK - 1)


def figures(look: Look, officer: OfficerRecord, scope: Scope, texts: Texts) -> Figures:
    """Everything that is counted: one look for what is open, one for each breakdown, however many petitions."""
    return _Counting(look, officer, scope, texts).all()


class _Counting:
    """One page's figures in the making."""

    def __init__(self, look: Look, officer: OfficerRecord, scope: Scope, texts: Texts) -> None:
        self._look, self._officer, self._scope, self._texts = look, officer, scope, texts
        self._agency, self._book = look.facts.agency, look.book
        self._reader: Reader = reader_of(self._agency, officer)
        self._first, self._last = period_of(look, scope.weeks)

    def all(self) -> Figures:
        today, soon = days_of(self._look)
        parts = self._book.open_parts(self._reader, choice_of(self._scope), today=today, soon=soon)
        year = self._year()
        units, total, before = self._units(parts), self._total(year), self._before(year)
        zone = self._agency.zone
        return Figures(
            whole=self._book.overview_is_whole(),
            at=cards.shown_moment(self._look.now.astimezone(zone), self._texts),
            first=self._first,
            last=self._last,
            now=self._part("", total, parts, {}),
            before=before,
            year=year,
            ages=tuple(
                AgeLine(
                    age=age, number=sum(part.ages[place] for part in parts), link=self._board(age=age.value)
                )
                for place, age in enumerate(Age)
            ),
            units=units,
            officers=self._officers(parts),
            topics=self._topics(parts),
            rules=self._rules(),
            places=self._places(today),
            soon_link=self._board(due=Colour.SOON.value),
        )

    # --- by time

    def _year(self) -> tuple[Week, ...]:
        last = week_of(self._last)
        first = last - _WEEK * (YEAR - 1)
        found = self._flow("week", first=first)
        return tuple(
            Week(first=date.fromordinal(each), flow=found.get(each, Flow()))
            for each in range(first, last + 1, _WEEK)
        )

    def _total(self, year: Iterable[Week]) -> Flow:
        return _sum(week.flow for week in year if week.first >= self._first)

    def _before(self, year: tuple[Week, ...]) -> Flow:
        """As many weeks before the period, also where they are more than a year ago."""
        first = self._first - timedelta(weeks=self._scope.weeks)
        if first >= year[0].first:
            return _sum(week.flow for week in year if first <= week.first < self._first)
        found = self._book.flow_by(
            self._reader,
            "week",
            first=first.toordinal(),
            last=self._first.toordinal() - 1,
            units=self._scope.units,
        )
        return _sum(found.values())

    # --- by unit, officer, topic, limit

    def _units(self, parts: list[OpenPart]) -> tuple[Part, ...]:
        flows: dict[str, list[Flow]] = defaultdict(list)
        for code, flow in self._flow("unit").items():
            flows[unit_today(self._agency, code)].append(flow)
        grouped = _grouped(parts, lambda part: unit_today(self._agency, part.unit))
        order = {unit.code: place for place, unit in enumerate(self._agency.units)}
        codes = sorted({*flows, *grouped}, key=lambda code: (order.get(code, len(order)), code))
        return tuple(
            replace(
                self._part(
                    unit_name(self._agency, code, self._texts.language),
                    _sum(flows[code]),
                    grouped.get(code, []),
                    {"unit": code},
                ),
                inside=self._inside(code),
            )
            for code in codes
        )

    def _officers(self, parts: list[OpenPart]) -> tuple[Part, ...]:
        flows = self._flow("value", about=OFFICER)
        grouped = _grouped(parts, lambda part: str(part.officer_id) if part.officer_id is not None else "0")
        people = {str(each.id): each for each in self._book.officers(active=None)}
        lines = []
        for value in {*flows, *grouped}:
            person = people.get(value)
            name = cards.officer_name(person, self._texts) if person is not None else ""
            if not name and value != "0":
                continue
            name = name or self._texts.get("console.officer_nobody")
            lines.append(
                self._part(name, flows.get(value, Flow()), grouped.get(value, []), {"officer": value})
            )
        return _most(lines)

    def _topics(self, parts: list[OpenPart]) -> tuple[Part, ...]:
        flows = self._flow("value", about=TOPIC)
        grouped = _grouped(parts, lambda part: part.topic or "")
        lines, unknown, flow_of_unknown = [], list[OpenPart](), Flow()
        for code in sorted({*flows, *grouped}):
            try:
                name = self._agency.topic(code).name(self._texts.language)
            except UnknownCode:
                flow_of_unknown = _sum([flow_of_unknown, flows.get(code, Flow())])
                unknown += grouped.get(code, [])
                continue
            lines.append(self._part(name, flows.get(code, Flow()), grouped.get(code, []), {"topic": code}))
        if unknown or flow_of_unknown != Flow():
            lines.append(self._part(self._texts.get("cards.no_topic"), flow_of_unknown, unknown, None))
        return _most(replace(line, passed_link="") for line in lines)

    def _rules(self) -> tuple[Part, ...]:
        lines = [
            Part(
                name=rule_words(self._agency.rules, rule, self._texts),
                flow=flow,
                passed_link=self._passed(rule=rule),
            )
            for rule, flow in self._flow("value", about=RULE).items()
        ]
        return tuple(sorted(lines, key=lambda line: (-line.flow.late, -line.flow.in_time, line.name))[:LINES])

    # --- by place

    def _places(self, today: date) -> tuple[PlaceLine, ...]:
        """Where most petitions of the last weeks come from, in the words of one of them that an office may show."""
        scope, day = self._scope, today.toordinal()
        units = scope.units or (() if self._reader.everywhere else self._reader.units)
        found = self._book.busy_places(units, first=day - PLACE_DAYS + 1, last=day, most=_PLACES_READ)
        newest = self._book.petitions_by_id([each.newest for each in found])
        told = self._book.places_told(
            [(newest[each.newest], each.place_hash) for each in found if each.newest in newest]
        )
        lines: list[PlaceLine] = []
        for each in found:
            petition = newest.get(each.newest)
            if petition is None or officer_access(self._agency, petition, self._officer) is not Access.FULL:
                continue
            words, content = told.get(petition.id, ("", None))
            shown = (
                short(public_place(petition, replace(content, place=words))) if content is not None else ""
            )
            if shown and fold(shown) not in {fold(line.name) for line in lines}:
                link = f"/console/find?{urlencode({'q': shown})}"
                lines.append(PlaceLine(name=shown, number=each.number, link=link))
            if len(lines) == PLACES:
                break
        return tuple(lines)

    # --- inside

    def _flow(self, what: str, *, about: str = "all", first: int | None = None) -> dict[Any, Flow]:
        return self._book.flow_by(
            self._reader,
            what,
            about=about,
            first=self._first.toordinal() if first is None else first,
            last=self._last.toordinal(),
            units=self._scope.units,
        )

    def _part(self, name: str, flow: Flow, parts: list[OpenPart], query: Mapping[str, str] | None) -> Part:
        known = query is not None
        query = query or {}
        return Part(
            name=name,
            flow=flow,
            open=sum(part.open for part in parts),
            late=sum(part.late for part in parts),
            soon=sum(part.soon for part in parts),
            link=self._board(**query) if known else "",
            late_link=self._board(**query, due=Colour.LATE.value) if known else "",
            passed_link=self._passed(**query) if known and query.get("officer") != "0" else "",
        )

    def _board(self, **query: str) -> str:
        unit = {"unit": self._scope.unit} if self._scope.unit else {}
        named = {"view": self._scope.view.value} | unit | query
        if self._scope.view is not View.ALL:
            named.pop("unit", None)
        return f"/console?{urlencode(named)}"

    def _passed(self, **query: str) -> str:
        unit = {"unit": self._scope.unit} if self._scope.unit else {}
        named = unit | query | {"first": self._first.isoformat(), "last": self._last.isoformat()}
        return f"/console/overview/passed?{urlencode(named)}"

    def _inside(self, unit: str) -> str:
        if self._scope.view is not View.ALL or self._scope.unit:
            return ""
        return f"/console/overview?{urlencode({'unit': unit, 'weeks': str(self._scope.weeks)})}"


def _grouped(parts: list[OpenPart], key: Callable[[OpenPart], str]) -> dict[str, list[OpenPart]]:
    found: dict[str, list[OpenPart]] = defaultdict(list)
    for part in parts:
        found[key(part)].append(part)
    return found


def _sum(flows: Iterable[Flow]) -> Flow:
    total = Flow()
    for flow in flows:
        total = Flow(
            received=total.received + flow.received,
            settled=total.settled + flow.settled,
            in_time=total.in_time + flow.in_time,
            late=total.late + flow.late,
        )
    return total


def _most(lines: Iterable[Part]) -> tuple[Part, ...]:
    def weight(line: Part) -> tuple[int, int, int, str]:
        return (-line.open, -line.late, -(line.flow.received + line.flow.settled), line.name)

    return tuple(sorted(lines, key=weight)[:LINES])
