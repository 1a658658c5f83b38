"""The page where announcements are written, published and withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from handlers import console_announcements
from handlers.console_board import Look
from handlers.console_office import NotAllowed, Wrong
from handlers.console_turn import desk_of
from handlers.officers import cards
from handlers.officers.room import Room

_PAGE: Final = "/console/office/announcements"
_DONE: Final = ("saved", "published", "withdrawn")


class AnnouncementPages:
    """`/console/office/announcements`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=_PAGE, handle=self.show),
            Route(method="POST", path=_PAGE, handle=self.put),
            Route(method="POST", path=f"{_PAGE}/publish", handle=self.publish),
            Route(method="POST", path=f"{_PAGE}/withdraw", handle=self.withdraw),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """Everything that was written."""
        return await self._page(visit)

    async def put(self, visit: Visit) -> web.Response:
        """A new draft, or other words in one."""
        number = whole(visit.form.get("id", "")) or None
        return await self._after(
            visit, lambda room: console_announcements.put(room, number, visit.form), "saved"
        )

    async def publish(self, visit: Visit) -> web.Response:
        number = whole(visit.form.get("id", "")) or 0
        return await self._after(visit, lambda room: console_announcements.publish(room, number), "published")

    async def withdraw(self, visit: Visit) -> web.Response:
        number = whole(visit.form.get("id", "")) or 0
        return await self._after(
            visit, lambda room: console_announcements.withdraw(room, number), "withdrawn"
        )

    async def _after(self, visit: Visit, work: Callable[[Room], object], done: str) -> web.Response:
        try:
            await visit.act(lambda turn: work(desk_of(turn)))
        except NotAllowed:
            raise NotHere from None
        except Wrong as wrong:
            return await self._page(visit, status=422, problem=visit.texts.get(wrong.key))
        return web.Response(status=303, headers={"Location": f"{_PAGE}?done={done}"})

    async def _page(self, visit: Visit, *, status: int = 200, problem: str = "") -> web.Response:
        texts, zone = visit.texts, visit.parts.web.facts.agency.zone

        def work(look: Look) -> tuple[list[dict[str, Any]], int]:
            room = desk_of(visit.turn(look.book))
            shown = [
                {"one": one, "at": cards.shown_moment(one.changed_at.astimezone(zone), texts)}
                for one in console_announcements.written(room)
            ]
            return shown, look.book.count_of_subscribers()

        try:
            shown, subscribers = await visit.look(work)
        except NotAllowed:
            raise NotHere from None
        done = visit.request.query.get("done", "")
        return self._pages.render(
            visit.request,
            "announcements.html",
            visit=visit,
            status=status,
            title=texts.get("console_announcements.title"),
            written=shown,
            subscribers=subscribers,
            problem=problem,
            done=texts.get(f"console_announcements.done_{done}") if done in _DONE and not problem else "",
            given=visit.form if problem else {},
            longest_title=console_announcements.LONGEST_TITLE,
            longest_text=console_announcements.LONGEST_TEXT,
        )
