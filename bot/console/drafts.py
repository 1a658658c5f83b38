"""Drafts of the official papers of a case, as Word files; that one was made is on record before it leaves."""

from __future__ import annotations

from typing import Final

from aiohttp import web

from bot.console.case import CODE
from bot.console.denials import Denials
from bot.console.files import as_download
from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.visits import NotHere, Route, Visit
from handlers import official_papers
from handlers.console_turn import desk_of
from handlers.messages import OutgoingFile
from handlers.official_papers import NotMade

_DRAFT: Final = f"/console/cases/{CODE}/drafts/{{draft:[a-z0-9_]{{3,30}}}}"


class CaseDrafts:
    """`POST /console/cases/{code}/drafts/{draft}`."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages, denials: Denials) -> None:
        self._parts = parts
        self._pages = pages
        self._denials = denials

    def routes(self) -> list[Route]:
        return [Route(method="POST", path=_DRAFT, handle=self.make)]

    async def make(self, visit: Visit) -> web.Response:
        """The draft, filled in from the case as it is now."""
        code, draft = visit.request.match_info["code"], visit.request.match_info["draft"]
        since = visit.session.made_at
        made = await visit.act(lambda turn: official_papers.make(desk_of(turn), code, draft, since=since))
        if made is None:
            self._denials.note(visit, code, "draft")
            raise NotHere
        if isinstance(made, NotMade):
            return self._pages.render(
                visit.request,
                "problem.html",
                visit=visit,
                status=422,
                title=visit.texts.get("drafts.title"),
                words=made.problem,
                back=f"/console/cases/{code}",
            )
        wanted = OutgoingFile(render="draft", paper=made.paper.code, petition_id=made.petition_id)
        file = await self._parts.render(wanted)
        return web.Response(body=file.data, headers=as_download(file.name, file.mime))
