"""The reception at the console: who comes today, and the schedule that citizens see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any, Final

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from handlers import console_reception, reception
from handlers.console_board import Look
from handlers.console_office import NotAllowed, Wrong
from handlers.console_reception import BookingLine, may_keep, may_receive
from handlers.console_turn import desk_of
from handlers.officers.room import Room
from petitions.reception import WEEKDAYS
from petitions.reception_schedule import LONGEST_WORDS, OFFICE_HOURS

_DAY_LIST: Final = "/console/reception"
SCHEDULE: Final = f"{_DAY_LIST}/schedule"
_DONE: Final = ("line", "removed", "off", "marked", "cancelled")


class ReceptionPages:
    """`/console/reception`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_DAY_LIST, handle=self.day),
            Route(method="POST", path=f"{_DAY_LIST}/mark", handle=self.mark),
            Route(method="POST", path=f"{_DAY_LIST}/cancel", handle=self.cancel),
            Route(method="GET", path=SCHEDULE, handle=self.schedule),
            Route(method="POST", path=SCHEDULE, handle=self.add),
            Route(method="POST", path=f"{SCHEDULE}/remove", handle=self.remove),
            Route(method="POST", path=f"{SCHEDULE}/off", handle=self.call_off),
        ]

    async def day(self, visit: Visit) -> web.Response:
        """Who comes on one day."""
        if not may_receive(visit.parts.web.facts.agency, visit.officer):
            raise NotHere
        return await self._day_page(visit, _day(visit.request.query.get("day", "")))

    async def mark(self, visit: Visit) -> web.Response:
        state, number = visit.form.get("state", ""), whole(visit.form.get("id", "")) or 0
        return await self._after(visit, lambda room: console_reception.mark(room, number, state), "marked")

    async def cancel(self, visit: Visit) -> web.Response:
        number = whole(visit.form.get("id", "")) or 0
        return await self._after(visit, lambda room: console_reception.cancel(room, number), "cancelled")

    async def schedule(self, visit: Visit) -> web.Response:
        """The lines and the coming sessions."""
        return await self._schedule_page(visit)

    async def add(self, visit: Visit) -> web.Response:
        def work(room: Room) -> int:
            console_reception.add_line(room, visit.form, visit.picks)
            return 0

        return await self._after_schedule(visit, work, "line")

    async def remove(self, visit: Visit) -> web.Response:
        number, words = whole(visit.form.get("id", "")) or 0, visit.form.get("words", "")
        return await self._after_schedule(
            visit, lambda room: console_reception.remove_line(room, number, words), "removed"
        )

    async def call_off(self, visit: Visit) -> web.Response:
        key, words = visit.form.get("key", ""), visit.form.get("words", "")
        return await self._after_schedule(
            visit, lambda room: console_reception.call_off(room, key, words), "off"
        )

    # --- inside

    async def _after(self, visit: Visit, work: Callable[[Room], date], done: str) -> web.Response:
        try:
            day = await visit.act(lambda turn: work(desk_of(turn)))
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            shown = _day(visit.form.get("day", ""))
            return await self._day_page(visit, shown, status=422, problem=visit.texts.get(wrong.key))
        return web.Response(
            status=303, headers={"Location": f"{_DAY_LIST}?day={day.isoformat()}&done={done}"}
        )

    async def _after_schedule(self, visit: Visit, work: Callable[[Room], int], done: str) -> web.Response:
        try:
            to_call = await visit.act(lambda turn: work(desk_of(turn)))
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            return await self._schedule_page(visit, status=422, problem=visit.texts.get(wrong.key))
        return web.Response(
            status=303,
            headers={"Location": f"{SCHEDULE}?done={done}" + (f"&call={to_call}" if to_call else "")},
        )

    async def _day_page(
        self, visit: Visit, day: date | None, *, status: int = 200, problem: str = ""
    ) -> web.Response:
        def work(look: Look) -> tuple[date, date, tuple[BookingLine, ...], list[dict[str, Any]]]:
            today = reception.today_of(look)
            shown = day or today
            lines = console_reception.day_list(desk_of(visit.turn(look.book)), shown)
            found = reception.open_sessions(look, first=shown, last=shown)
            return today, shown, lines, [_session(look, one, visit) for one in found]

        today, shown, lines, sessions = await visit.look(work)
        return self._pages.render(
            visit.request,
            "reception.html",
            visit=visit,
            status=status,
            title=visit.texts.get("console_reception.title"),
            lines=lines,
            sessions=sessions,
            day=reception.shown_day(shown, visit.texts),
            iso=shown.isoformat(),
            before=(shown - timedelta(days=1)).isoformat(),
            after=(shown + timedelta(days=1)).isoformat(),
            is_today=shown == today,
            over=shown <= today,
            problem=problem,
            done=_done(visit, problem),
        )

    async def _schedule_page(self, visit: Visit, *, status: int = 200, problem: str = "") -> web.Response:
        if not may_keep(visit.parts.web.facts.agency, visit.officer):
            raise NotHere

        def work(look: Look) -> dict[str, Any]:
            lines = reception.schedule(look)
            return {
                "lines": [{"id": line_id, **_line(look, line, visit)} for line_id, line in lines.items()],
                "usual": OFFICE_HOURS in lines,
                "sessions": [_session(look, one, visit) for one in reception.open_sessions(look)],
                "lacks_head": console_reception.lacks_head(desk_of(visit.turn(look.book))),
            }

        shown = await visit.look(work)
        return self._pages.render(
            visit.request,
            "reception_schedule.html",
            visit=visit,
            status=status,
            title=visit.texts.get("console_reception.schedule_title"),
            receives=may_receive(visit.parts.web.facts.agency, visit.officer),
            weekdays=[(day, visit.texts.get(f"public.weekday_{day}")) for day in WEEKDAYS],
            longest=LONGEST_WORDS,
            given=visit.form,
            picks=visit.picks,
            problem=problem,
            done=_done(visit, problem),
            to_call=whole(visit.request.query.get("call", "")) or 0 if visit.request.method == "GET" else 0,
            **shown,
        )


def _session(look: Look, one: reception.OpenSession, visit: Visit) -> dict[str, Any]:
    session = one.session
    return {
        "key": session.key,
        "day": reception.shown_day(session.day, visit.texts),
        "called_off": session.called_off,
        "free": len(one.free),
        **_line(look, session.line, visit),
    }


def _line(look: Look, line: Any, visit: Visit) -> dict[str, Any]:
    texts = visit.texts
    return {
        "days": reception.shown_day(line.on, texts)
        if line.on is not None
        else ", ".join(texts.get(f"public.weekday_{day}") for day in line.days),
        "hours": ", ".join(span.replace("-", "–") for span in line.hours),
        "receiver": reception.receiver_of(line, texts),
        "place": reception.place_of(look, line, texts),
        "mode": texts.get(f"public.mode_{line.mode}"),
        "head": line.head,
        "seats": line.seats,
        "minutes": line.minutes,
        "note": line.note,
    }


def _done(visit: Visit, problem: str) -> str:
    done = visit.request.query.get("done", "")
    return visit.texts.get(f"console_reception.done_{done}") if done in _DONE and not problem else ""


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
