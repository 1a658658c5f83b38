"""Finding petitions by words, code, number, person, unit, stage and days; the same search as in chat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

from aiohttp import web

from bot.console.pages import ConsolePages
from bot.console.typed import whole
from bot.console.visits import Route, Visit
from handlers.console_board import Line, lines_of
from handlers.console_turn import desk_of
from handlers.officers import find, finding
from handlers.officers.finding import Ask, Found
from handlers.turn import Turn
from petitions.matters import as_written

MOST: Final = 20
"""Petitions of one page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Answer:
    found: Found
    lines: tuple[Line, ...]
    said: tuple[str, ...]


class FindPage:
    """`/console/find`."""

    def __init__(self, pages: ConsolePages) -> None:
        self._pages = pages

    def routes(self) -> list[Route]:
        return [Route(method="GET", path="/console/find", handle=self.show)]

    async def show(self, visit: Visit) -> web.Response:
        """A page of what was found. It is a deed, for looking for people is counted and an attempt at a hidden case
        is kept."""
        query = visit.request.query
        typed = query.get("q", "").strip()[: finding.LONGEST]
        answer = await visit.act(lambda turn: _answer(turn, typed, query)) if typed else None
        return self._pages.render(
            visit.request,
            "find.html",
            visit=visit,
            title=visit.texts.get("console.find_title"),
            typed=typed,
            lines=answer.lines if answer is not None else (),
            said=answer.said if answer is not None else (),
            asks_nothing=answer is not None and not answer.found.query.asks,
            following=_following(answer.found) if answer is not None else "",
        )


def _answer(turn: Turn, typed: str, query: Mapping[str, str]) -> _Answer:
    room, texts = desk_of(turn), turn.texts
    below = query.get("below", "")
    ask = Ask(typed=typed, codes=query.get("codes") != "0", begins=query.get("begins") == "1")
    number = whole(below)
    found = finding.find(turn.book, turn.facts, room.officer, ask, below=number, most=MOST)
    if found.refused is not None:
        said = [texts.get(f"search.{found.refused}")]
    elif found.common:
        words = ", ".join(as_written(word, found.ask.typed) for word in found.common)
        said = [texts.get("search.common", words=words), *find.problems(found, texts)]
    elif not found.query.asks:
        said = find.problems(found, texts)
    else:
        said = [find.heading(found, texts, first=number is None)]
        understood = list(find.understood(room, found, texts, private=True))
        if understood and number is None:
            said.append(texts.get("search.understood", what="; ".join(understood)))
        said += find.problems(found, texts)
    return _Answer(found=found, lines=lines_of(turn, list(found.cases), texts), said=tuple(said))


def _following(found: Found) -> str:
    """Where the next page is; empty where there is none."""
    if found.below is None:
        return ""
    asked = {"q": found.ask.typed, "below": str(found.below)}
    asked |= {} if found.ask.codes else {"codes": "0"}
    asked |= {"begins": "1"} if found.ask.begins else {}
    return f"/console/find?{urlencode(asked)}"
