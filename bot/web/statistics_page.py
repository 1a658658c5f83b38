"""`/statistics`: finished quarters in numbers that point at nobody (`petitions.public_figures`).

A quarter is counted on the first look after its end, by one process once, and read from then on; a look costs one
row for each quarter shown.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot.web.language import page_language, remember_language
from bot.web.pages import Pages
from bot.web.parts import WebParts
from handlers.texts import Texts
from petitions.public_figures import THRESHOLD, Cells, Figures, Quarter, over
from storage.public_figures import DONE, OPEN, OTHER

ADDRESS: Final = "/statistics"
SHOWN: Final = 4
"""Quarters on the page."""


@dataclass(frozen=True, slots=True)
class _Bar:
    """A line of a table. `count` None: not told."""

    label: str
    count: int | None
    share: float
    """Of the longest bar, 0 to 100."""


class StatisticsPage:
    """Counts for everybody."""

    def __init__(self, parts: WebParts, pages: Pages) -> None:
        self._parts = parts
        self._pages = pages
        self._counting = asyncio.Lock()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(ADDRESS, self.show)

    async def show(self, request: web.Request) -> web.Response:
        """The newest quarter in detail, the others by their totals."""
        texts = self._parts.facts.catalogue.language(page_language(request))
        figures = await self._figures()
        newest = figures[0]
        response = self._pages.render(
            request,
            "statistics.html",
            heading="statistics_title",
            threshold=THRESHOLD,
            period=self._name(newest.quarter, texts),
            counted=f"{newest.on:%d/%m/%Y}",
            newest=newest,
            tables=self._tables(newest, texts) if newest.total else [],
            quarters=[(self._name(each.quarter, texts), each.total) for each in figures],
        )
        remember_language(request, response, secure=self._parts.secure)
        return response

    async def _figures(self) -> list[Figures]:
        """Raises Unavailable."""
        facts = self._parts.facts
        today = self._parts.clock.now().astimezone(facts.agency.zone).date()
        quarters = over(today, SHOWN)
        found = await self._read(quarters)
        if len(found) < len(quarters):
            async with self._counting:
                topics = [topic.code for topic in facts.agency.topics]

                def count(connection: Connection) -> list[Figures]:
                    book = self._parts.books(connection)
                    known = book.told_quarters(quarters)
                    return [
                        book.count_quarter(quarter, today, zone=facts.agency.zone, topics=topics)
                        for quarter in quarters
                        if quarter not in known
                    ]

                counted = await self._parts.database.read(count)

                def keep(connection: Connection) -> None:
                    for each in counted:
                        self._parts.books(connection).keep_quarter(each)

                await self._parts.database.transact(keep)
            found = await self._read(quarters)
        return [found[quarter] for quarter in quarters]

    async def _read(self, quarters: Sequence[Quarter]) -> dict[Quarter, Figures]:
        return await self._parts.database.read(
            lambda connection: self._parts.books(connection).told_quarters(quarters)
        )

    def _tables(self, figures: Figures, texts: Texts) -> list[tuple[str, list[_Bar]]]:
        agency = self._parts.facts.agency
        topics = {topic.code: topic.name(texts.language) for topic in agency.topics}
        topics[OTHER] = texts.get("public.statistics_other")
        kinds = {kind: texts.get(f"web.kind_{kind}") for kind in figures.kinds}
        states = {state: texts.get(f"public.statistics_{state}") for state in (DONE, OPEN)}
        told = {code: count for code, count in figures.topics.items() if count != 0}
        tables = (
            (texts.get("public.statistics_by_kind"), figures.kinds, kinds),
            (texts.get("public.statistics_by_state"), figures.states, states),
            (texts.get("public.statistics_by_topic"), told, topics),
        )
        return [(title, _bars(cells, names)) for title, cells, names in tables if any(cells.values())]

    def _name(self, quarter: Quarter, texts: Texts) -> str:
        return texts.get(f"public.quarter_{quarter.number}", year=quarter.year)


def _bars(cells: Cells, names: dict[str, str]) -> list[_Bar]:
    """The largest first, what is not told last."""
    most = max((count for count in cells.values() if count), default=1)
    lines = [
        _Bar(names.get(code) or names.get(OTHER, code), count, round(100 * (count or 0) / most, 1))
        for code, count in cells.items()
    ]
    return sorted(lines, key=lambda line: (line.count is None, -(line.count or 0)))
