"""The board: lists of petitions, narrowed by choice, kept up to date while they are looked at."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.visits import Route, Visit
from handlers.console_board import (
    Board,
    Look,
    Wish,
    board,
    read_wish,
    views_of,
)
from handlers.console_bulk import ASSIGNING, colleagues
from handlers.console_turn import desk_of
from handlers.officers.access import same_unit, unit_today
from handlers.officers.cards import officer_name
from handlers.texts import Texts
from petitions.kinds import Kind, Stage
from petitions.transition_groups import FINISHED
from storage.console_board import Age, Colour, View
from storage.console_office import SavedView
from storage.records import OfficerRecord

LONGEST_TYPED: Final = 200
_OPEN_STAGES: Final = tuple(stage for stage in Stage if stage not in FINISHED)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """What one look at the casebook gives for the page."""

    board: Board
    people: tuple[OfficerRecord, ...]
    saved: tuple[SavedView, ...]
    colleagues: tuple[tuple[str, str], ...]
    """Whom petitions can be given to; empty where several are not given at once here."""


class BoardPage:
    """`/console`, and the parts of it that the page asks for by itself."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages) -> None:
        self._parts = parts
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path="/console", handle=self.show),
            Route(method="GET", path="/console/board", handle=self.part),
            Route(method="GET", path="/console/board/live", handle=self.live, quiet=True),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The whole page."""
        wish, shown = await self._look(visit)
        return self._page(visit, "board.html", wish, shown)

    async def part(self, visit: Visit) -> web.Response:
        """The list alone, or the lines of its next page."""
        wish, shown = await self._look(visit)
        template = "board_rows.html" if wish.after is not None else "board_list.html"
        return self._page(visit, template, wish, shown)

    async def live(self, visit: Visit) -> web.Response:
        """The list again where something of it changed since it had the mark `seen`; else nothing."""
        wish, shown = await self._look(visit)
        if visit.request.query.get("seen", "") == mark_of(shown.board):
            return web.Response(status=204)
        return self._page(visit, "board_list.html", wish, shown)

    async def _look(self, visit: Visit) -> tuple[Wish, _Shown]:
        agency, officer = self._parts.web.facts.agency, visit.officer
        asked = {name: value[:LONGEST_TYPED] for name, value in visit.request.query.items()}
        wish = read_wish(agency, officer, asked)

        def work(look: Look) -> _Shown:
            everybody = look.book.officers()
            near = wish.choice.view is View.UNIT
            people = [o for o in everybody if not near or same_unit(agency, o.unit, officer.unit)]
            given = wish.choice.view is View.UNIT and not wish.choice.done and officer.role in ASSIGNING
            return _Shown(
                board=board(look, officer, wish, visit.texts),
                people=tuple(people),
                saved=tuple(look.book.saved_views(officer.id)),
                colleagues=tuple(colleagues(desk_of(visit.turn(look.book)))) if given else (),
            )

        return wish, await visit.look(work)

    def _page(self, visit: Visit, template: str, wish: Wish, shown: _Shown) -> web.Response:
        texts = visit.texts
        view = wish.choice.view

        def address(**changes: str) -> str:
            """The same list with these choices instead; an empty one is taken back."""
            query = {name: value for name, value in (dict(wish.query) | changes).items() if value}
            return f"/console?{urlencode(query)}"

        def part_of(path: str, **more: str) -> str:
            return f"{path}?{urlencode(dict(wish.query) | more)}"

        return self._pages.render(
            visit.request,
            template,
            visit=visit,
            title=texts.get(f"console.view_{view}"),
            wish=wish,
            board=shown.board,
            typed="",
            address=address,
            part_of=part_of,
            mark=mark_of(shown.board),
            views=[(each.value, texts.get(f"console.view_{each}")) for each in views_of(visit.officer)],
            colours=[each.value for each in Colour],
            choices=self._choices(visit, wish, shown, texts),
            done=_done_words(visit, texts),
            saved=[
                (view.id, view.name, f"/console?{view.query}", view.query == urlencode(dict(wish.query)))
                for view in shown.saved
            ],
            here=urlencode(dict(wish.query)),
            colleagues=shown.colleagues,
        )

    def _choices(self, visit: Visit, wish: Wish, shown: _Shown, texts: Texts) -> dict[str, Any]:
        """What the filters offer, by the name of the field: value and words."""
        agency, query = self._parts.web.facts.agency, wish.query
        offered: dict[str, list[tuple[str, str]]] = {
            "stage": [(stage.value, texts.get(f"cards.stage_{stage}")) for stage in _OPEN_STAGES]
            + [("done", texts.get("console.stage_done"))],
            "kind": [(kind.value, texts.get(f"cards.kind_{kind}")) for kind in Kind],
            "topic": [(topic.code, topic.name(texts.language)) for topic in agency.topics],
            "age": [(age.value, texts.get(f"console.age_{age}")) for age in Age],
        }
        if wish.choice.view is View.ALL:
            offered["unit"] = [(unit.code, unit.name(texts.language)) for unit in agency.units if unit.active]
        if wish.choice.view is not View.MINE:
            here = unit_today(agency, visit.officer.unit)
            people = sorted(
                shown.people, key=lambda o: (unit_today(agency, o.unit) != here, officer_name(o, texts))
            )
            offered["officer"] = [("0", texts.get("console.officer_nobody"))]
            offered["officer"] += [(str(o.id), officer_name(o, texts)) for o in people]
        return {
            "offered": offered,
            "chosen": {name: query.get(name, "") for name in offered},
            "any": any(query.get(name) for name in offered),
        }


def _done_words(visit: Visit, texts: Texts) -> str:
    """What was done to a case that is this officer's no more."""
    key = f"officer.done_{visit.request.query.get('done', '')}"
    return texts.get(key) if key in texts else ""


def mark_of(shown: Board) -> str:
    """What a list looks like, in few signs: another mark, another list."""
    told = [(line.code, line.version, line.colour, line.left) for line in shown.lines]
    return hashlib.blake2b(repr((told, shown.counts)).encode(), digest_size=9).hexdigest()
