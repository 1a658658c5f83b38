"""Years of petitions as numbers (day, topic, place, unit), to measure how often a hotspot is found that is none, and
how soon one is found that was planted.

Noise is harder than a plain Poisson stream: topics and places are of very different size and belong together
unevenly, the week and the year have their seasons with a rush before Tết, topics have lively and quiet weeks, and
now and then a few people write about one thing.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from random import Random

from petitions.hotspots import (
    HISTORY,
    RECENT,
    WINDOWS,
    CellKind,
    Finding,
    HotspotRules,
    Series,
    expected,
    has_grown,
    judge,
    level,
)

WEEK = (1.15, 1.05, 1.0, 1.0, 0.95, 0.6, 0.5)
MONTHS = (1.1, 1.5, 1.15, 1.1, 1.0, 1.05, 1.1, 1.05, 0.95, 1.0, 1.0, 1.05)
PLACELESS = 0.35
Key = tuple[str, ...]


@dataclass(frozen=True)
class Office:
    """What kind of year it is."""

    petitions: int
    """A year."""
    topics: int = 40
    places: int = 60
    bond: float = 0.4
    """Shape of the Gamma by which topics and places belong together; small is uneven."""
    lively: float = 8.0
    """Shape of the Gamma of a topic's weeks."""
    company: float = 0.04
    """Share of petitions that one or two others join within days: neighbours, a household."""


@dataclass
class Planted:
    """A hotspot put among the noise."""

    topic: int
    place: int
    days: list[int]


@dataclass
class Found:
    """An alarm. `grown`: of a hotspot that was found before."""

    day: int
    kind: CellKind
    key: Key
    finding: Finding
    petitions: list[int]
    grown: bool = False


@dataclass
class Look:
    """One office looked at every evening, as the service does."""

    topics: int
    rules: HotspotRules = field(default_factory=HotspotRules)
    kinds: dict[Key, CellKind] = field(default_factory=dict)
    days: dict[Key, defaultdict[int, list[int]]] = field(default_factory=dict)
    before: Counter[Key] = field(default_factory=Counter)
    ranks: dict[int, int] = field(default_factory=dict)
    open: dict[Key, Found] = field(default_factory=dict)
    members: dict[Key, set[int]] = field(default_factory=dict)
    first: int | None = None

    def add(self, day: int, number: int, topic: int, places: tuple[int, ...]) -> None:
        """A petition is filed."""
        self.first = day if self.first is None else self.first
        cells: list[tuple[Key, CellKind | None]] = [
            (("all",), None),
            (("t", str(topic)), CellKind.TOPIC_UNIT),
        ]
        for place in places:
            cells += [
                (("p", str(place)), CellKind.PLACE),
                (("tp", str(topic), str(place)), CellKind.TOPIC_PLACE),
            ]
        for key, kind in cells:
            self.days.setdefault(key, defaultdict(list))[day].append(number)
            if kind is not None:
                self.kinds[key] = kind

    def series(self, key: Key, day: int, rank: int) -> Series:
        age = day - (self.first or 0) + 1
        mine = self.days.get(key, {})
        recent = tuple(
            sum(self.ranks.get(number, 0) < rank for number in mine.get(day - back, ()))
            for back in range(min(RECENT, age))
        )
        oldest = day - RECENT - HISTORY
        before = sum(
            sum(not self.ranks.get(number, 0) for number in numbers)
            for when, numbers in mine.items()
            if oldest < when <= day - RECENT
        )
        return Series(recent, before, float(min(HISTORY, max(0, age - RECENT))))

    def evening(self, day: int) -> list[Found]:
        """Every alarm of a day."""
        active = {}
        for key, kind in self.kinds.items():
            mine = self.days[key]
            count = sum(len(mine.get(day - back, ())) for back in range(RECENT))
            if count:
                active[key] = (kind, count)
        below = level(self.rules, len(active))
        alarms, hits = [], []
        whole = self.series(("all",), day, 1)
        for key, (kind, count) in active.items():
            if key in self.open:
                alarms += self._grow(key, day, whole, below)
            elif count >= self.rules.least and (finding := self._test(key, kind, day, whole, below)):
                hits.append((kind, finding, key))
        for kind, _, key in sorted(hits, key=lambda hit: (-hit[0].rank, hit[1].p)):
            finding = self._test(key, kind, day, whole, below)  # the one before may have taken its petitions
            if finding is not None:
                alarms.append(self._open(key, kind, day, finding))
        return alarms

    def _test(
        self, key: Key, kind: CellKind, day: int, whole: Series, below: float, *, rank: int = 0
    ) -> Finding | None:
        own = self.series(key, day, rank or kind.rank)
        topic = place = None
        if kind is CellKind.TOPIC_PLACE:
            topic, place = self.series(("t", key[1]), day, 1), self.series(("p", key[2]), day, 1)
        usual = expected(kind, own, whole, topic=topic, place=place, topics=self.topics)
        counts = {window: own.within(window) for window in WINDOWS}
        return judge(usual, counts, least=self.rules.least, below=below)

    def _open(self, key: Key, kind: CellKind, day: int, finding: Finding) -> Found:
        numbers = [
            number
            for back in range(finding.window)
            for number in self.days[key].get(day - back, ())
            if self.ranks.get(number, 0) < kind.rank
        ]
        for number in numbers:
            self.ranks[number] = max(self.ranks.get(number, 0), kind.rank)
        found = Found(day, kind, key, finding, numbers)
        self.open[key] = found
        self.members[key] = set(numbers)
        return found

    def _grow(self, key: Key, day: int, whole: Series, below: float) -> list[Found]:
        told, kind = self.open[key], self.kinds[key]
        for back in range(RECENT):
            if day - back < told.day - RECENT:
                break
            for number in self.days[key].get(day - back, ()):
                self.members[key].add(number)
                self.ranks[number] = max(self.ranks.get(number, 0), kind.rank)
        finding = self._test(key, kind, day, whole, below, rank=9)
        if finding is None:
            if day - told.day > RECENT:
                del self.open[key]  # somebody ends the tracking once it is quiet
            return []
        if not has_grown(len(told.petitions), len(self.members[key]), self.rules):
            return []
        grown = Found(day, kind, key, told.finding, sorted(self.members[key]), grown=True)
        self.open[key] = grown
        return [grown]


def year(office: Office, chance: Random, *, days: int = 365) -> Iterator[tuple[int, int, int | None]]:
    """Day, topic and place of each petition of the noise, in order of days."""
    topic_shares = [chance.gammavariate(0.8, 1) + 0.02 for _ in range(office.topics)]
    place_shares = [chance.gammavariate(0.8, 1) + 0.02 for _ in range(office.places)]
    places_of = []
    for _ in range(office.topics):
        shares = [share * chance.gammavariate(office.bond, 1 / office.bond) + 1e-6 for share in place_shares]
        places_of.append(list(accumulate(shares)))
    start = dt.date(2026, 1, 1)
    base = office.petitions / 365 / (sum(WEEK) / 7)
    told: list[tuple[int, int, int | None]] = []
    weeks: list[float] = []
    for day in range(days):
        if day % 7 == 0:
            weeks = [
                share * chance.gammavariate(office.lively, 1 / office.lively) / sum(topic_shares)
                for share in topic_shares
            ]
        date = start + dt.timedelta(days=day)
        rate = base * WEEK[date.weekday()] * MONTHS[date.month - 1] * sum(weeks)
        cumulated = list(accumulate(weeks))
        for _ in range(_poisson(rate / (1 + office.company * 1.5), chance)):
            topic = _draw(cumulated, chance)
            place = None if chance.random() < PLACELESS else _draw(places_of[topic], chance)
            told.append((day, topic, place))
            if chance.random() < office.company:
                told += [
                    (min(days - 1, day + chance.randrange(4)), topic, place)
                    for _ in range(chance.randrange(1, 3))
                ]
    yield from sorted(told, key=lambda each: each[0])


def plant(office: Office, chance: Random, *, day: int) -> Planted:
    """Six to fourteen petitions of one topic and place within one to three weeks."""
    length = chance.randrange(5, 21)
    days = sorted(day + chance.randrange(length) for _ in range(chance.randrange(6, 15)))
    return Planted(chance.randrange(office.topics), chance.randrange(office.places), days)


def _draw(cumulated: list[float], chance: Random) -> int:
    return min(bisect_right(cumulated, chance.random() * cumulated[-1]), len(cumulated) - 1)


def _poisson(mean: float, chance: Random) -> int:
    """Counted by waiting times."""
    count, gone = -1, 0.0
    while gone < mean:
        gone += chance.expovariate(1)
        count += 1
    return max(0, count)


@dataclass
class Measured:
    """What came of a run."""

    months: float
    false: list[Found]
    planted: int = 0
    late: list[int | None] = field(default_factory=list)
    """Days from the fifth petition to the alarm; None: never."""

    @property
    def a_month(self) -> float:
        return len(self.false) / self.months

    @property
    def in_time(self) -> int:
        return sum(each is not None and each <= 2 for each in self.late)


def play(office: Office, seed: int, *, years: int = 1, plants: int = 0) -> Measured:
    """Looks at every evening of some years, with so many planted hotspots a year."""
    chance, days = Random(seed), 365 * years
    noise = list(year(office, chance, days=days))
    planted = [plant(office, chance, day=chance.randrange(20, days - 30)) for _ in range(plants * years)]
    events = [(day, topic, place, None) for day, topic, place in noise]
    events += [(day, each.topic, each.place, n) for n, each in enumerate(planted) for day in each.days]
    events.sort(key=lambda event: event[0])
    look, owner = Look(office.topics), {}
    at = 0
    measured = Measured(days / 30.4, [], len(planted))
    first: dict[int, int] = {}
    for day in range(days):
        while at < len(events) and events[at][0] == day:
            _, topic, place, of = events[at]
            if of is not None:
                owner[at] = of
            look.add(day, at, topic, () if place is None else (place,))
            at += 1
        for found in look.evening(day):
            mine = Counter(owner[number] for number in found.petitions if number in owner)
            if not mine:
                measured.false.append(found)
            for of in mine:
                first.setdefault(of, day)
    measured.late = [None if of not in first else first[of] - each.days[4] for of, each in enumerate(planted)]
    return measured
