"""The page of the office's calendar: which days are off or worked, and who may set them."""

from __future__ import annotations

from datetime import date
from typing import Final

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from handlers import console_calendar
from handlers.console_board import Look
from handlers.console_calendar import DayLine
from handlers.console_office import NotAllowed, Wrong, may_manage
from handlers.console_turn import desk_of
from handlers.officers.room import Room

_CALENDAR: Final = "/console/office/calendar"
_DONE: Final = ("days", "day_back")


class CalendarPage:
    """`/console/office/calendar`."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages) -> None:
        self._parts = parts
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_CALENDAR, handle=self.show),
            Route(method="POST", path=_CALENDAR, handle=self.put),
            Route(method="POST", path=f"{_CALENDAR}/back", handle=self.back),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The special days of one year."""
        return await self._page(visit, _year(visit.request.query.get("year", "")))

    async def put(self, visit: Visit) -> web.Response:
        """Set a day or a stretch of days."""
        form = visit.form

        def work(room: Room) -> int:
            if not may_manage(room.officer):
                raise NotAllowed
            first = _day(form.get("day", ""))
            return console_calendar.set_days(
                room,
                first=first,
                last=_day(form.get("last", "")) if form.get("last") else first,
                works=form.get("works") == "1",
                name=form.get("name", ""),
                decision=form.get("decision", ""),
            )

        try:
            await visit.act(lambda turn: work(desk_of(turn)))
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            year = _year(form.get("year", ""))
            return await self._page(visit, year, status=422, problem=visit.texts.get(wrong.key))
        return await self._to(_day(form["day"]).year, "days")

    async def back(self, visit: Visit) -> web.Response:
        """Put a day back as the table has it."""
        try:
            day = _day(visit.form.get("day", ""))
            await visit.act(lambda turn: console_calendar.put_back(desk_of(turn), day))
        except (NotAllowed, Wrong):
            raise NotHere from None
        return await self._to(day.year, "day_back")

    # --- inside

    async def _to(self, year: int, done: str) -> web.Response:
        if self._parts.calendar_changed is not None:
            await self._parts.calendar_changed()
        return web.Response(status=303, headers={"Location": f"{_CALENDAR}?year={year}&done={done}"})

    async def _page(
        self, visit: Visit, year: int | None, *, status: int = 200, problem: str = ""
    ) -> web.Response:
        texts = visit.texts

        def work(look: Look) -> tuple[int, tuple[int, ...], tuple[DayLine, ...]]:
            room = desk_of(visit.turn(look.book))
            years = console_calendar.years(room)
            shown = year if year in years else console_calendar.this_year(room)
            return shown, years, console_calendar.days_of(room, shown)

        try:
            shown, years, days = await visit.look(work)
        except NotAllowed:
            raise NotHere from None
        done = visit.request.query.get("done", "")
        return self._pages.render(
            visit.request,
            "calendar.html",
            visit=visit,
            status=status,
            title=texts.get("console_office.calendar_title"),
            days=days,
            year=shown,
            years=years,
            decided=visit.parts.web.facts.calendar.covers(date(shown, 1, 1)),
            manages=may_manage(visit.officer),
            problem=problem,
            done=texts.get(f"console_office.done_{done}") if done in _DONE and not problem else "",
            given=visit.form,
            longest=console_calendar.LONGEST_WORDS,
        )


def _year(typed: str) -> int | None:
    return whole(typed, digits=4) if len(typed) == 4 else None


def _day(typed: str) -> date:
    """Raises Wrong."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Wrong("console_office.wrong_stretch") from None
