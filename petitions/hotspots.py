"""Hotspots (điểm nóng): does more come about a topic, from a place, than is usual there? Pure.

A cell is a topic at a place, a place, or a topic with a unit. Its usual rate is learned from its own history and
drawn towards what topic and place lead one to expect (Gamma-Poisson), so that a cell without history has a rate as
well. What came in the last days is compared with the predictive distribution of that rate, a negative binomial: its
upper tail is the p-value. All cells of a look share one allowance of false alarms (Bonferroni). `docs/hotspots.md`
says why, and how often it is wrong.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum, unique
from math import exp, lgamma, log, log1p
from typing import Annotated, Final

from pydantic import Field

from petitions.agency_parts import Part

WINDOWS: Final = (3, 7, 14, 28)
"""Days, the day of the look among them: a sudden wave, a week, and what grows slowly."""
RECENT: Final = 28
"""Days of which each is counted by itself: the longest window."""
HISTORY: Final = 365
"""Days before them that say what is usual: one year, so that each season is among them once."""
PLACE_SHARE: Final = 0.02
"""Share of all petitions that a place has of which nothing is known: a province has some fifty to two hundred
communes, and an office hears of the larger ones first."""
STRENGTH: Final = 1.0
"""What an expectation weighs against a cell's own history, in petitions: a single one. More would hide that some
topics belong to some places."""
FEWEST_TOPICS: Final = 5
"""A profile with fewer topics gives each a share as if there were so many."""
SHAPE: Final = 20.0
"""No rate is taken to be surer than this shape of a Gamma distribution (22 of 100 up or down in a month): weather,
holidays and the news move real rates, however long the history is."""
COMPANY: Final = 1.3
"""Petitions come in company: a household, two neighbours. In a place or a topic as a whole their number varies so
much more than chance alone makes it. A topic at a place is where company shows, and that is what is looked for."""
LEARNING: Final = 56
"""Days of history before which no place and no topic as a whole is judged: nobody knows yet what is usual there. A
topic at a place is rare enough to be judged from the first day."""
CALM: Final = 10.0
"""Petitions that are added to both sides when the whole office's recent days are compared with its usual ones, so
that a handful more is no season."""
BUSY: Final = 4.0
"""A busy season of the whole office raises what is expected at most so many times."""
GROWTH: Final = 2.0
"""Times the usual. Less is no hotspot, however surely it is more: in a large office a tenth more is certain soon."""
DAYS_A_MONTH: Final = 30.4


class HotspotRules(Part):
    """The `hotspots` section of an agency profile. The office's own rules, not law."""

    false_alarms: Annotated[float, Field(gt=0, le=30)] = 0.5
    """False alarms a month that are allowed for, over all cells. Measured are fewer (docs/hotspots.md)."""
    least: Annotated[int, Field(ge=3, le=1000)] = 5
    """Own voices that make a hotspot: different people, of whom those who sent one text count once."""
    growth: Annotated[float, Field(gt=1, le=100)] = 2.0
    """A hotspot that has grown so many times since it was last told of is told of again."""
    remind_days: Annotated[int, Field(ge=1, le=30)] = 1
    """Working days after which an alert that nobody has acknowledged is told again, and once more further up."""
    long_days: Annotated[int, Field(ge=1, le=3650)] = 30
    """Days past its term from which on an open case is long-running (kéo dài)."""
    repeated: Annotated[int, Field(ge=2, le=1000)] = 3
    """Second complaints about one unit within a year that are worth a look; about one matter two are."""


@unique
class CellKind(StrEnum):
    """What is counted together."""

    TOPIC_PLACE = "topic_place"
    PLACE = "place"
    TOPIC_UNIT = "topic_unit"

    @property
    def rank(self) -> int:
        """The more exactly a cell says what is going on, the higher."""
        return {CellKind.TOPIC_UNIT: 1, CellKind.PLACE: 2, CellKind.TOPIC_PLACE: 3}[self]


@dataclass(frozen=True, slots=True)
class Series:
    """How many petitions a cell had: each of the last days, and before them altogether."""

    recent: tuple[int, ...]
    """Today first, then going back; at most `RECENT` days."""
    before: int = 0
    days: float = 0.0
    """How many days `before` stands for."""

    def within(self, window: int) -> int:
        """How many came in the last days."""
        return sum(self.recent[:window])

    def usual(self, window: int) -> tuple[int, float]:
        """How many came before those days, and in how many days."""
        middle = self.recent[window:]
        return self.before + sum(middle), self.days + len(middle)


@dataclass(frozen=True, slots=True)
class Rate:
    """A daily rate as it is known: a Gamma distribution of `shape` petitions in `days` days."""

    shape: float
    days: float

    @property
    def mean(self) -> float:
        return self.shape / self.days

    def with_history(self, count: int, days: float) -> Rate:
        """What is known after so many petitions were seen in so many days."""
        return Rate(self.shape + count, self.days + days)

    def capped(self, shape: float = SHAPE) -> Rate:
        """The same mean, no surer than a Gamma distribution of this shape."""
        if self.shape <= shape:
            return self
        return Rate(shape, self.days * shape / self.shape)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is usual in a window."""

    window: int
    """Days."""
    rate: Rate
    season: float
    """From 1 to `BUSY`: how much more the rest of the office has now."""
    company: float = 1.0
    """Variance of the petitions that one matter brings, against a matter that brings one: see `COMPANY`."""

    @property
    def mean(self) -> float:
        """Petitions expected in the window."""
        return self.rate.mean * self.window * self.season

    def p(self, count: int) -> float:
        """How probable it is that so many or more come although nothing has changed."""
        rate = self.rate.capped()
        if self.company > 1:
            rate = rate.capped(self.mean / (self.company - 1))
        return tail(count, rate, self.window * self.season)


@dataclass(frozen=True, slots=True)
class Finding:
    """More than usual: so many in the window, against so many expected."""

    window: int
    count: int
    expected: float
    p: float


def tail(count: int, rate: Rate, days: float) -> float:
    """P(X >= count) of the petitions in `days` days, X being negative binomial: Poisson with a rate that is itself
    known only as `rate` says. Exact up to rounding, also far out, where 1 - P(X < count) would be nothing but
    rounding."""
    if count <= 0:
        return 1.0
    if days <= 0:
        return 0.0
    share = days / (rate.days + days)
    mean = rate.shape * days / rate.days
    if count <= mean:
        return max(0.0, 1.0 - _sum(count - 1, rate.shape, share, step=-1))
    return min(1.0, _sum(count, rate.shape, share, step=1))


def _sum(first: int, shape: float, share: float, *, step: int) -> float:
    """The probabilities from `first` on, away from the mean: up for ever, or down to none."""
    logged = lgamma(first + shape) - lgamma(shape) - lgamma(first + 1)
    term = exp(logged + shape * log1p(-share) + first * log(share))
    total, value = term, first
    while value + step >= 0:
        ratio = (value + shape) / (value + 1) * share if step > 0 else value / (value - 1 + shape) / share
        term *= ratio
        total += term
        value += step
        if term <= total * 1e-13 or total < 1e-300:
            break
    return total


def expected(
    kind: CellKind,
    own: Series,
    whole: Series,
    *,
    topic: Series | None = None,
    place: Series | None = None,
    topics: int,
) -> tuple[Expected, ...]:
    """What is usual in each window for a cell.

    Args:
        own: the cell's petitions, without those that stand in a hotspot already.
        whole: all petitions of the office, likewise.
        topic, place: for a topic at a place, what topic and place have by themselves.
        topics: how many topics the profile has.
    """
    found = []
    for window in WINDOWS:
        if len(whole.recent) < window and window != WINDOWS[0] and not whole.days:
            break  # the office is younger than the window; the one before said the same
        if kind is not CellKind.TOPIC_PLACE and whole.usual(window)[1] < LEARNING:
            continue
        office = _office(whole, window)
        mean = office.mean
        if kind is CellKind.TOPIC_UNIT:
            prior = mean / max(FEWEST_TOPICS, topics)
        elif kind is CellKind.PLACE or topic is None or place is None:
            prior = mean * PLACE_SHARE
        else:
            of_topic = _drawn(mean / max(FEWEST_TOPICS, topics), topic, window)
            of_place = _drawn(mean * PLACE_SHARE, place, window)
            prior = of_topic.mean * of_place.mean / mean
        season = _season(whole.within(window) - own.within(window), mean * window)
        company = 1.0 if kind is CellKind.TOPIC_PLACE else COMPANY
        found.append(Expected(window, _drawn(prior, own, window), season, company))
    return tuple(found)


def _office(whole: Series, window: int) -> Rate:
    """How many petitions the office has a day. One that has just begun knows only the window itself."""
    count, days = whole.usual(window)
    if not days:
        count, days = whole.within(window), max(1, len(whole.recent[:window]))
    return Rate(count + 0.5, days + 0.5)


def _drawn(prior: float, series: Series, window: int) -> Rate:
    """A rate of a cell: its history, drawn towards what is expected."""
    return Rate(STRENGTH, STRENGTH / prior).with_history(*series.usual(window))


def _season(others: int, usual: float) -> float:
    return min(BUSY, max(1.0, (max(0, others) + CALM) / (usual + CALM)))


def level(rules: HotspotRules, cells: int) -> float:
    """The p-value from which on a cell is a hotspot: the allowance of a day, shared by all cells and windows that are
    looked at (Bonferroni: however the cells hang together, no more false alarms come than are allowed for).

    Args:
        cells: how many cells had a petition in the longest window.
    """
    return rules.false_alarms / DAYS_A_MONTH / (len(WINDOWS) * max(1, cells))


def judge(
    usual: Sequence[Expected], counts: Mapping[int, int], *, least: int, below: float
) -> Finding | None:
    """The window that stands out most, None where none does.

    Args:
        counts: petitions, or own voices, by window.
        least: fewer are no hotspot.
        below: the level (`level`).
    """
    found: Finding | None = None
    for each in usual:
        count = counts.get(each.window, 0)
        if count < least or count < GROWTH * each.mean:
            continue
        p = each.p(count)
        if p < below and (found is None or p < found.p):
            found = Finding(each.window, count, each.mean, p)
    return found


def has_grown(told: int, now: int, rules: HotspotRules) -> bool:
    """Whether an open hotspot is told of again: it has grown so many times, and by as many as make one."""
    return now >= told * rules.growth and now - told >= rules.least
