"""`/reception`: the schedule of the coming weeks, and appointments: made, looked at and cancelled without any script.

Only what is needed is asked. A code, told once, is what cancels; wrong codes are counted as at the look-up page.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any, Final

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.channel import ACCOUNT, NAME
from bot.channels.webchat.visitor import VisitorCookie
from bot.web.address import client_address
from bot.web.language import page_language, remember_language
from bot.web.pages import Pages
from bot.web.parts import WebParts
from bot.web.security import is_own_page
from handlers import reception
from handlers.reception import LONGEST_MATTER, LONGEST_NAME, NotBooked, OpenSession
from handlers.texts import Texts
from handlers.turn import Facts
from petitions.codes import BadCode
from petitions.reception_schedule import WEEKS_SHOWN, Mode
from storage.casebook import Casebook
from storage.reception import Booking

ADDRESS: Final = "/reception"
BOOK: Final = f"{ADDRESS}/book"
MINE: Final = f"{ADDRESS}/mine"
MADE_PER_ADDRESS: Final = 20
MADE_PER_ADDRESS_IN: Final = timedelta(days=1)
"""A whole village may book behind one address; nobody fills the weeks from one."""
WRONG_PER_ADDRESS: Final = 30
WRONG_PER_ADDRESS_IN: Final = timedelta(minutes=15)
_LONGEST_CODE: Final = 40
_FIELDS: Final = ("s", "time", "name", "phone", "matter")


@dataclass(frozen=True, slots=True)
class _Look:
    facts: Facts
    book: Casebook
    now: datetime


class ReceptionPage:
    """The routes."""

    def __init__(self, parts: WebParts, pages: Pages, cookie: VisitorCookie) -> None:
        self._parts = parts
        self._pages = pages
        self._cookie = cookie

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get(ADDRESS, self.show)
        app.router.add_get(BOOK, self.ask)
        app.router.add_post(BOOK, self.book)
        app.router.add_get(MINE, self.mine)
        app.router.add_post(MINE, self.mine)

    async def show(self, request: web.Request) -> web.Response:
        """Who receives when, and what is still free."""
        texts = self._texts(request)

        def work(connection: Connection) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
            look = self._look(connection)
            regular = (line for line in reception.schedule(look).values() if line.days)
            lines = [self._line_shown(look, line, texts) for line in regular]
            days = [
                {
                    "day": reception.shown_day(day, texts),
                    "sessions": [self._shown(look, one, texts) for one in found],
                }
                for day, found in groupby(reception.open_sessions(look), lambda one: one.session.day)
            ]
            return lines, days

        lines, days = await self._parts.database.read(work)
        return self._page(
            request, "reception.html", "reception_title", lines=lines, days=days, weeks=WEEKS_SHOWN
        )

    async def ask(self, request: web.Request) -> web.Response:
        """The form for one session."""
        return await self._form(request, {"s": request.query.get("s", "")[:_LONGEST_CODE]})

    async def book(self, request: web.Request) -> web.Response:
        """Enter somebody; what is wrong is said above the form, which keeps what was typed."""
        form = await self._posted(request)
        texts = self._texts(request)
        address = client_address(request, self._parts.proxies)

        def work(connection: Connection) -> tuple[str, Booking, str, str]:
            look = self._look(connection)
            if not look.book.throttle(
                f"web booking {address}", limit=MADE_PER_ADDRESS, per=MADE_PER_ADDRESS_IN
            ):
                raise NotBooked("public.book_too_many")
            booking, code = reception.book(
                look,
                form["s"][:_LONGEST_CODE],
                form["time"][:_LONGEST_CODE],
                name=form["name"],
                phone=form["phone"],
                matter=form["matter"],
                contact_id=self._contact(request, look.book),
            )
            return code, booking, *self._told(look, booking, texts)

        try:
            code, booking, when, where = await self._parts.database.transact(work)
        except NotBooked as fault:
            return await self._form(request, form, problem=texts.get(fault.key))
        return self._page(
            request,
            "booked.html",
            "booked_title",
            code=code,
            when=when,
            where=where,
            online=booking.mode is Mode.ONLINE,
        )

    async def mine(self, request: web.Request) -> web.Response:
        """An appointment by its code; a second press gives it up."""
        if request.method == "GET":
            return self._mine(request)
        form = await self._posted(request, ("code", "cancel"))
        texts, typed = self._texts(request), form["code"].strip()[:_LONGEST_CODE]
        address = client_address(request, self._parts.proxies)

        def work(connection: Connection) -> tuple[str, dict[str, str]]:
            look = self._look(connection)
            try:
                booking = reception.find_booking(look, typed)
            except BadCode:
                return "mine_bad", {}
            if booking is None:
                good = look.book.throttle(
                    f"web booking code {address}", limit=WRONG_PER_ADDRESS, per=WRONG_PER_ADDRESS_IN
                )
                return ("mine_unknown" if good else "mine_too_many"), {}
            when, where = self._told(look, booking, texts)
            if form["cancel"] == "1" and reception.cancel(look, typed) is not None:
                return "mine_cancelled", {"when": when}
            return "", {"when": when, "where": where, "code": typed}

        note, shown = await self._parts.database.transact(work)
        status = {"mine_bad": 400, "mine_unknown": 404, "mine_too_many": 429}.get(note, 200)
        done = note == "mine_cancelled"
        words = texts.get(f"public.{note}", **(shown if done else {})) if note else ""
        return self._mine(
            request,
            status=status,
            note=words if done else "",
            fault="" if done else words,
            found={} if done else shown,
            typed=typed if status != 200 else "",
        )

    # --- inside

    async def _posted(self, request: web.Request, names: tuple[str, ...] = _FIELDS) -> dict[str, str]:
        """The fields of a form of ours. Raises HTTPForbidden, HTTPBadRequest."""
        if not is_own_page(request, self._parts.public_url):
            raise web.HTTPForbidden
        try:
            posted = await request.post()
        except (ValueError, LookupError):  # no UTF-8, too many fields, an unknown charset
            raise web.HTTPBadRequest from None
        return {name: str(posted.get(name, "")) for name in names}

    async def _form(
        self, request: web.Request, form: Mapping[str, str], *, problem: str = ""
    ) -> web.Response:
        texts = self._texts(request)

        def work(connection: Connection) -> dict[str, Any] | None:
            look = self._look(connection)
            found = reception.find_session(look, form["s"][:_LONGEST_CODE])
            if found is None or not found.free:
                return None
            day = reception.shown_day(found.session.day, texts)
            return {"day": day, "key": found.session.key, **self._shown(look, found, texts)}

        session = await self._parts.database.read(work)
        if session is None:
            words = problem or texts.get("public.book_gone")
            return self._page(request, "book.html", "book_title", status=410, session=None, problem=words)
        return self._page(
            request,
            "book.html",
            "book_title",
            status=422 if problem else 200,
            session=session,
            problem=problem,
            given={name: form.get(name, "")[: 2 * LONGEST_MATTER] for name in _FIELDS},
            longest_name=LONGEST_NAME,
            longest_matter=LONGEST_MATTER,
            keep=f"s={session['key']}&",
        )

    def _mine(
        self,
        request: web.Request,
        *,
        status: int = 200,
        note: str = "",
        fault: str = "",
        found: Mapping[str, str] | None = None,
        typed: str = "",
    ) -> web.Response:
        return self._page(
            request,
            "booking.html",
            "mine_title",
            status=status,
            note=note,
            fault=fault,
            found=dict(found) if found else None,
            typed=typed,
        )

    def _shown(self, look: _Look, one: OpenSession, texts: Texts) -> dict[str, Any]:
        line = one.session.line
        return {
            "key": one.session.key,
            "hours": ", ".join(span.replace("-", "–") for span in line.hours),
            "receiver": reception.receiver_of(line, texts),
            "place": reception.place_of(look, line, texts),
            "mode": texts.get(f"public.mode_{line.mode}"),
            "online": line.mode is Mode.ONLINE,
            "head": line.head,
            "note": line.note,
            "called_off": one.session.called_off,
            "bookable": one.bookable,
            "times": [(f"{at:%H%M}", f"{at:%H:%M}") for at in one.free],
        }

    def _line_shown(self, look: _Look, line: Any, texts: Texts) -> dict[str, Any]:
        return {
            "days": ", ".join(texts.get(f"public.weekday_{day}") for day in line.days),
            "hours": ", ".join(span.replace("-", "–") for span in line.hours),
            "receiver": reception.receiver_of(line, texts),
            "place": reception.place_of(look, line, texts),
            "mode": texts.get(f"public.mode_{line.mode}"),
        }

    def _told(self, look: _Look, booking: Booking, texts: Texts) -> tuple[str, str]:
        line = reception.line_of(look, booking)
        when = reception.shown_moment(look, booking.at, texts)
        return when, reception.place_of(look, line, texts) if line is not None else ""

    def _contact(self, request: web.Request, book: Casebook) -> int | None:
        """This browser's chat, so that the person hears in it when the session is called off."""
        chat = self._cookie.chat(request)
        contact = book.contact(NAME, ACCOUNT, chat) if chat else None
        return contact.id if contact is not None else None

    def _look(self, connection: Connection) -> _Look:
        return _Look(self._parts.facts, self._parts.books(connection), self._parts.clock.now())

    def _texts(self, request: web.Request) -> Texts:
        return self._parts.facts.catalogue.language(page_language(request))

    def _page(
        self, request: web.Request, template: str, heading: str, *, status: int = 200, **values: Any
    ) -> web.Response:
        response = self._pages.render(request, template, status=status, heading=heading, **values)
        remember_language(request, response, secure=self._parts.secure)
        return response
