"""The overview and the lists under it. Figures are kept for a minute for each reader; lists are always read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.console import charts
from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.visits import NotHere, Route, Visit
from handlers import console_ledger as ledger
from handlers import console_overview
from handlers.console_overview import PERIODS, Figures, Scope
from handlers.officers import cards
from handlers.officers.access import unit_name
from petitions.transition_groups import OVERSIGHT

if TYPE_CHECKING:
    from handlers.console_board import Line, Look
    from handlers.console_ledger import HotspotLine, Page, PassedWish

KEPT_SECONDS: Final = 60.0
MOST_KEPT: Final = 200
_OVERVIEW: Final = "/console/overview"
_HOTSPOT: Final = f"{_OVERVIEW}/hotspots/{{hotspot:[0-9]{{1,18}}}}"
_LONGEST: Final = 40
_LABELS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What one look gives for the page."""

    figures: Figures
    hotspots: tuple[HotspotLine, ...]
    decisions: Page
    ordered: tuple[int, int]
    passed: Page


class OverviewPage:
    """`/console/overview`."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages) -> None:
        self._parts = parts
        self._pages = pages
        self._kept: dict[tuple[Any, ...], tuple[float, Figures]] = {}

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_OVERVIEW, handle=self.show),
            Route(method="GET", path=f"{_OVERVIEW}/decisions", handle=self.decisions),
            Route(method="GET", path=f"{_OVERVIEW}/passed", handle=self.passed),
            Route(method="GET", path=_HOTSPOT, handle=self.hotspot),
        ]

    def forget(self) -> None:
        """Count anew at the next look."""
        self._kept.clear()

    async def show(self, visit: Visit) -> web.Response:
        """The whole page."""
        scope, officer, texts = self._scope(visit), visit.officer, visit.texts

        def work(look: Look) -> _Shown:
            turn = visit.turn(look.book)
            wish = ledger.read_passed(look, officer, self._period(look, scope))
            people = ledger.people_of(look, texts)
            return _Shown(
                figures=self._figures(visit, look, scope),
                hotspots=ledger.hotspots(turn, officer, texts, people=people),
                decisions=ledger.decisions(
                    look, officer, scope, texts, people=people, after=None, most=ledger.SHORT
                ),
                ordered=ledger.decision_counts(look, officer, scope),
                passed=ledger.passed(look, officer, wish, texts, people=people, most=ledger.SHORT),
            )

        shown = await visit.look(work)
        figures = shown.figures
        return self._pages.render(
            visit.request,
            "overview.html",
            visit=visit,
            title=self._title(visit, scope),
            scope=scope,
            figures=figures,
            shown=shown,
            flow=charts.flow_plot(
                [week.flow.received for week in figures.year], [week.flow.settled for week in figures.year]
            ),
            rates=charts.rate_plot([week.rate for week in figures.year]),
            labels=self._labels(visit, figures),
            day=lambda day: cards.shown_date(day, texts),
            share=charts.share_of,
            periods=PERIODS,
            address=lambda **changes: _address(scope, changes),
            units=self._units(visit),
        )

    async def decisions(self, visit: Visit) -> web.Response:
        """All tasks that are not done."""
        scope, after = self._scope(visit), ledger.read_mark(visit.request.query.get("after", ""))

        def work(look: Look) -> tuple[Page, tuple[int, int]]:
            officer, texts = visit.officer, visit.texts
            people = ledger.people_of(look, texts)
            page = ledger.decisions(look, officer, scope, texts, people=people, after=after, most=ledger.PAGE)
            return page, ledger.decision_counts(look, officer, scope)

        page, counts = await visit.look(work)
        query = {"unit": scope.unit} if scope.unit else {}
        return self._list(
            visit, "overview_decisions.html", page, f"{_OVERVIEW}/decisions", query,
            title=visit.texts.get("console_overview.decisions"), counts=counts, chosen=query,
        )  # fmt: skip

    async def passed(self, visit: Visit) -> web.Response:
        """Every date that passed, narrowed as wished."""
        self._scope(visit)
        asked = {name: value[:_LONGEST] for name, value in visit.request.query.items()}

        def work(look: Look) -> tuple[Page, PassedWish, list[tuple[str, str]]]:
            texts = visit.texts
            wish = ledger.read_passed(look, visit.officer, asked)
            people, asked_for = ledger.people_of(look, texts), wish.wanted.officer_id
            page = ledger.passed(look, visit.officer, wish, texts, people=people, most=ledger.PAGE)
            named = [(str(asked_for), people[asked_for])] if asked_for in people and asked_for else []
            return page, wish, named

        page, wish, named = await visit.look(work)
        return self._list(
            visit, "overview_passed.html", page, f"{_OVERVIEW}/passed", wish.query,
            title=visit.texts.get("console_overview.passed"), chosen=wish.query, named=named,
            rules=ledger.rules_offered(self._parts.web.facts.agency, visit.texts),
        )  # fmt: skip

    async def hotspot(self, visit: Visit) -> web.Response:
        """One hotspot and its petitions."""
        self._scope(visit)
        number = int(visit.request.match_info["hotspot"])

        def work(look: Look) -> tuple[HotspotLine, tuple[Line, ...]] | None:
            return ledger.hotspot(visit.turn(look.book), visit.officer, number, visit.texts)

        found = await visit.look(work)
        if found is None:
            raise NotHere
        line, lines = found
        return self._pages.render(
            visit.request, "overview_hotspot.html", visit=visit, title=line.where, hotspot=line, lines=lines
        )

    # --- inside

    def _scope(self, visit: Visit) -> Scope:
        """Raises NotHere for those who have no overview."""
        if not console_overview.may_look(visit.officer):
            raise NotHere
        asked = {name: value[:_LONGEST] for name, value in visit.request.query.items()}
        return console_overview.read_scope(self._parts.web.facts.agency, visit.officer, asked)

    def _figures(self, visit: Visit, look: Look, scope: Scope) -> Figures:
        officer, now = visit.officer, self._parts.web.time()
        today = look.now.astimezone(self._parts.web.facts.agency.zone).date()
        key = (officer.id, officer.role, officer.unit, scope, visit.language, today)
        until, kept = self._kept.get(key, (0.0, None))
        if kept is not None and now < until:
            return kept
        made = console_overview.figures(look, officer, scope, visit.texts)
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        if made.whole:
            self._kept[key] = (now + KEPT_SECONDS, made)
        return made

    def _period(self, look: Look, scope: Scope) -> dict[str, str]:
        first, last = console_overview.period_of(look, scope.weeks)
        return {"unit": scope.unit, "first": first.isoformat(), "last": last.isoformat()}

    def _title(self, visit: Visit, scope: Scope) -> str:
        agency, texts = self._parts.web.facts.agency, visit.texts
        if scope.unit:
            return unit_name(agency, scope.unit, texts.language)
        if visit.officer.role in OVERSIGHT:
            return texts.get("console_overview.title")
        return unit_name(agency, visit.officer.unit, texts.language)

    def _labels(self, visit: Visit, figures: Figures) -> list[str]:
        """Days under a chart: of every quarter of its weeks."""
        steps = len(figures.year) // _LABELS
        return [cards.shown_date(figures.year[place * steps].first, visit.texts) for place in range(_LABELS)]

    def _units(self, visit: Visit) -> list[tuple[str, str]]:
        if visit.officer.role not in OVERSIGHT:
            return []
        return [
            (unit.code, unit.name(visit.language))
            for unit in self._parts.web.facts.agency.units
            if unit.active
        ]

    def _list(
        self, visit: Visit, template: str, page: Page, path: str, query: Any, **values: Any
    ) -> web.Response:
        asked = {name: value for name, value in dict(query).items() if value or name in ("first", "last")}
        following = f"{path}?{urlencode(asked | {'after': page.following})}" if page.following else ""
        return self._pages.render(
            visit.request,
            template,
            visit=visit,
            page=page,
            following=following,
            units=self._units(visit),
            **values,
        )


def _address(scope: Scope, changes: dict[str, str]) -> str:
    query = {"unit": scope.unit, "weeks": str(scope.weeks)} | changes
    return f"{_OVERVIEW}?{urlencode({name: value for name, value in query.items() if value})}"
