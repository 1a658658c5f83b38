"""What is done with a whole list: it is kept under a name, and several of its petitions are given to somebody."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import parse_qsl, urlencode

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.visits import NotHere, Route, Visit
from handlers.console_board import read_wish
from handlers.console_bulk import MOST, assign_many
from handlers.console_turn import desk_of
from petitions.text import clean

LONGEST_NAME: Final = 60
_PICK: Final = re.compile(r"([0-9A-Z]{12})\.(\d{1,8})")
_ID: Final = re.compile(r"\d{1,18}")


class ListDeeds:
    """`/console/views` and `/console/board/assign`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="POST", path="/console/views", handle=self.save),
            Route(method="POST", path="/console/views/forget", handle=self.forget),
            Route(method="POST", path="/console/board/assign", handle=self.assign),
        ]

    async def save(self, visit: Visit) -> web.Response:
        """Keep the list under a name; only choices that are known are kept."""
        name = clean(visit.form.get("name", ""))[:LONGEST_NAME]
        query = self._query(visit, visit.form.get("query", ""))
        if name:
            await visit.act(lambda turn: turn.book.save_view(visit.officer.id, name, query))
        return web.Response(status=303, headers={"Location": f"/console?{query}"})

    async def forget(self, visit: Visit) -> web.Response:
        """Forget one of the officer's own lists."""
        wanted = visit.form.get("id", "")
        if not _ID.fullmatch(wanted):
            raise NotHere
        if not await visit.act(lambda turn: turn.book.forget_view(visit.officer.id, int(wanted))):
            raise NotHere
        return web.Response(status=303, headers={"Location": "/console"})

    async def assign(self, visit: Visit) -> web.Response:
        """Give each petition that was picked to the officer that was chosen; the page says what became of each."""
        officer = visit.form.get("officer", "")
        matches = [_PICK.fullmatch(pick) for pick in visit.picks[:MOST]]
        picks = [(match[1], int(match[2])) for match in matches if match is not None]
        query = self._query(visit, visit.form.get("query", ""))
        if not picks or not _ID.fullmatch(officer):
            return web.Response(status=303, headers={"Location": f"/console?{query}"})
        lines = await visit.act(lambda turn: assign_many(desk_of(turn), picks, int(officer)))
        if lines is None:
            raise NotHere
        return self._pages.render(
            visit.request,
            "bulk.html",
            visit=visit,
            title=visit.texts.get("console.bulk_title"),
            lines=lines,
            back=f"/console?{query}",
        )

    def _query(self, visit: Visit, typed: str) -> str:
        """The choices of a list as they are known here; whatever else an address held is left out."""
        asked = dict(parse_qsl(typed[:1000], max_num_fields=20))
        wish = read_wish(visit.parts.web.facts.agency, visit.officer, asked)
        return urlencode(dict(wish.query))
