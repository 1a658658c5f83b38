"""What a report gives out: its documents, the books of its period, and the cases behind each of its figures."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final

from aiohttp import web
from sqlalchemy import Connection

from bot.console.files import as_download, send_pieces
from bot.console.pages import ConsolePages
from bot.console.report_view import place_of
from bot.console.reports import REPORT, asked, rights_of
from bot.console.typed import whole
from bot.console.visits import NotHere, Route, Visit
from bot.reports import folder
from bot.reports.apart import read_apart
from bot.reports.maker import SALT_BYTES
from handlers import console_reports
from handlers.console_board import Line, Look, lines_of
from handlers.console_office import NotAllowed
from handlers.officers.access import Access, officer_access
from handlers.report_words import period_name
from handlers.texts import DEFAULT_LANGUAGE
from petitions.reports.counting import has_list
from petitions.reports.forms import Cell, Column, column
from petitions.reports.rights import Deed
from storage.files import FileStore
from storage.reporting import Counting
from storage.reporting_behind import Found
from storage.reporting_jobs import BOOKS, ReportJobs, What
from storage.reporting_make import office_of

log = logging.getLogger(__name__)

PAGE: Final = 40
"""Cases of one page."""
_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv",
    "json": "application/json",
    "jsonl": "application/jsonl",
}
_BOOKS: Final = {
    What.REGISTER: ("register", "xlsx"),
    What.RECEPTION: ("reception", "xlsx"),
    What.NATIONAL_CSV: ("national", "csv"),
    What.NATIONAL_JSON: ("national", "jsonl"),
}
"""The name of each book's file (`reports.file_…`) and its ending."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Behind:
    lines: tuple[Line, ...]
    hidden: int
    """Cases of this page that are not this officer's to open."""


class ReportFiles:
    """Downloads of a report, and the lists behind its figures."""

    def __init__(self, pages: ConsolePages, store: FileStore) -> None:
        self._pages = pages
        self._store = store

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path=f"{REPORT}/files/{{ending:xlsx|docx|csv|json}}", handle=self.document),
            Route(method="GET", path=f"{REPORT}/books/{{what:[a-z_]{{1,20}}}}", handle=self.book),
            Route(method="GET", path=f"{REPORT}/cases", handle=self.cases),
        ]

    async def document(self, visit: Visit) -> web.Response:
        """One of the report's documents: of a finished version byte for byte the same each time."""
        period, unit = asked(visit)
        wanted = visit.request.query.get("version", "")
        version = whole(wanted, digits=9)
        try:
            shown = await visit.look(
                lambda look: console_reports.read_report(look, rights_of(visit), period, unit, version)
            )
        except NotAllowed:
            raise NotHere from None
        report, ending = shown.report, visit.request.match_info["ending"]
        if report is None:
            raise NotHere
        texts = visit.parts.web.facts.catalogue.language(DEFAULT_LANGUAGE)
        found = await asyncio.to_thread(folder.document, report, texts, ending)
        if found is None:
            raise NotHere
        name, body = found
        return web.Response(body=body, headers=as_download(_named(name, unit), _TYPES[ending]))

    async def book(self, visit: Visit) -> web.StreamResponse:
        """A book of the period as it was last made."""
        period, unit = asked(visit)
        what = next((one for one in BOOKS if one == visit.request.match_info["what"]), None)
        rights = rights_of(visit)
        if what is None or not rights.may(Deed.SEE, unit) or not rights.may_read_books(unit):
            raise NotHere
        jobs = await visit.look(lambda look: ReportJobs.of(look.book).all_of(period, unit))
        job = jobs.get(what)
        if job is None or not job.content_key:
            raise NotHere
        key, ending = _BOOKS[what]
        texts = visit.parts.web.facts.catalogue.language(DEFAULT_LANGUAGE)
        name = f"{texts.get(f'reports.file_{key}', period=period.code)}.{ending}"
        return await self._send(visit, job.content_key, as_download(_named(name, unit), _TYPES[ending]))

    async def _send(self, visit: Visit, key: str, headers: dict[str, str]) -> web.StreamResponse:
        pieces = _without_salt(self._store.open(key))
        return await send_pieces(visit, pieces, headers, unreadable=_log_unreadable)

    async def cases(self, visit: Visit) -> web.Response:
        """The cases that a figure counts, as the book has them now. Those that are not this officer's to open are
        told as a number only, for the figure has counted them already."""
        period, unit = asked(visit)
        cell, shape = _cell(visit.request.query.get("cell", ""))
        after = visit.request.query.get("after", "")
        number = whole(after) or 0
        agency = visit.parts.web.facts.agency
        try:
            rights_of(visit).check(Deed.SEE, unit)
        except NotAllowed:
            raise NotHere from None

        def search(connection: Connection) -> Found:
            vault = visit.parts.web.books(connection).vault
            counting = Counting(connection, vault, office_of(agency), period)
            return counting.find(cell, unit=unit, after=number, most=PAGE)

        found = await read_apart(visit.parts.web.database, search)
        shown = await visit.look(lambda look: _lines(look, visit, found.ids))
        texts = visit.texts
        following = (
            place_of(period.code, unit, "/cases", cell=str(cell), after=found.after) if found.after else ""
        )
        return self._pages.render(
            visit.request,
            "report_cases.html",
            visit=visit,
            title=texts.get("console_reports.cases_title", form=cell.form, column=shape.code),
            heading=shape.title,
            whose=console_reports.report_name(agency, unit, texts.language),
            of=texts.get("console_reports.report_of", period=period_name(period, texts)),
            back=place_of(period.code, unit, form=int(cell.form[:2])),
            lines=shown.lines,
            hidden=shown.hidden,
            empty=not found.ids,
            following=following,
        )


def _lines(look: Look, visit: Visit, ids: list[int]) -> _Behind:
    agency = look.facts.agency
    found = look.book.petitions_by_id(ids)
    mine = [
        found[one]
        for one in ids
        if one in found and officer_access(agency, found[one], visit.officer) is Access.FULL
    ]
    return _Behind(lines=lines_of(look, mine, visit.texts), hidden=len(ids) - len(mine))


def _log_unreadable(fault: Exception) -> None:
    log.critical("report_book_unreadable", extra={"fault": type(fault).__name__})


def _cell(written: str) -> tuple[Cell, Column]:
    """The column of an address, `02/XLD:6`. Raises NotHere."""
    form, _, ms = written.partition(":")
    number = whole(ms, digits=3)
    if number is None:
        raise NotHere
    cell = Cell(form, number)
    try:
        shape = column(cell)
    except KeyError:
        raise NotHere from None
    if not has_list(cell):
        raise NotHere
    return cell, shape


def _named(name: str, unit: str) -> str:
    """The file of a unit says whose it is."""
    stem, _, ending = name.rpartition(".")
    return f"{stem}-{unit}.{ending}" if unit else name


def _without_salt(pieces: Iterator[bytes]) -> Iterator[bytes]:
    first = next(pieces, b"")
    yield from chain((first[SALT_BYTES:],), pieces)
