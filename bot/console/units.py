"""The page of the office's units: who leads them, who stands in, which of them nobody leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.visits import NotHere, Route, Visit
from handlers import console_units
from handlers.console_office import NotAllowed, may_manage
from handlers.console_turn import desk_of

if TYPE_CHECKING:
    from handlers.console_board import Look
    from handlers.console_units import UnitLine


class UnitsPage:
    """`/console/office/units`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [Route(method="GET", path="/console/office/units", handle=self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """All units, each under the one above it."""

        def work(look: Look) -> tuple[UnitLine, ...]:
            return console_units.units(desk_of(visit.turn(look.book)))

        try:
            units = await visit.look(work)
        except NotAllowed:
            raise NotHere from None
        return self._pages.render(
            visit.request,
            "units.html",
            visit=visit,
            title=visit.texts.get("console_office.units_title"),
            units=units,
            manages=may_manage(visit.officer),
            deepest=3,
        )
