"""Entry by staff: the form, what will become of it, and the petition with its receipt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from aiohttp import web

from bot.channels.base import Never
from bot.console.files import as_download
from bot.console.pages import ConsolePages
from bot.console.parts import ConsoleParts
from bot.console.typed import whole
from bot.console.visits import PROOF, NotHere, Route, Visit
from handlers import console_entry, console_reception
from handlers.console_board import Look, register_shown
from handlers.console_case import found
from handlers.console_entry import Entered, Entry, Review
from handlers.console_office import NotAllowed
from handlers.console_turn import desk_of
from handlers.messages import OutgoingFile
from handlers.officers import cards
from handlers.turn import Turn
from petitions.codes import show_secret

_FIELDS: Final = (
    "channel", "arrived_on", "kind", "story", "topic", "outside", "against", "name", "phone", "address", "place",
    "accused", "respondent", "decision", "received_on", "request", "people", "urgent", "secret", "booking",
)  # fmt: skip
_ONCE: Final = re.compile(r"[A-Za-z0-9_-]{20,64}")


class EntryPage:
    """`/console/entry`."""

    def __init__(self, parts: ConsoleParts, pages: ConsolePages) -> None:
        self._parts = parts
        self._pages = pages

    def routes(self) -> list[Route]:
        return [
            Route(method="GET", path="/console/entry", handle=self.show),
            Route(method="POST", path="/console/entry", handle=self.take),
            Route(method="POST", path="/console/entry/receipt", handle=self.receipt),
        ]

    async def show(self, visit: Visit) -> web.Response:
        """The empty form."""
        today = visit.parts.web.clock.now().astimezone(visit.parts.web.facts.agency.zone).date()
        given = {"channel": "counter", "arrived_on": today.isoformat(), "kind": "phan_anh"}
        booking = whole(visit.request.query.get("booking", "")) or 0
        if booking:
            try:
                given |= await visit.look(
                    lambda look: console_reception.told_at(desk_of(visit.turn(look.book)), booking)
                )
            except NotAllowed:
                raise NotHere from None
        return await self._form(visit, given, {})

    async def take(self, visit: Visit) -> web.Response:
        """What was filled in: shown once more with what becomes of it, then filed; or what is wrong with it."""
        given = {name: visit.form.get(name, "") for name in _FIELDS}
        step, once = visit.form.get("step", ""), visit.form.get("once", "")
        if step == "edit":
            return await self._form(visit, given, {})

        def look(look: Look) -> tuple[Entry, Review] | dict[str, str]:
            room = desk_of(visit.turn(look.book))
            entry = console_entry.read_entry(room, given)
            return entry if isinstance(entry, dict) else (entry, console_entry.review(room, entry))

        read = await visit.look(look)
        if isinstance(read, dict):
            return await self._form(visit, given, read, status=422)
        entry, review = read
        if step != "file" or not _ONCE.fullmatch(once):
            return self._review(visit, given, review)

        def file(turn: Turn) -> tuple[Entered | None, bool]:
            room = desk_of(turn)
            entered = console_entry.file_entry(room, entry, once=once)
            if entered is not None:
                console_reception.became(room, whole(given["booking"]) or 0, entered.petition.id)
            known = entered is not None and found(room, entered.petition.code) is not None
            return entered, known

        entered, known = await visit.act(file)
        if entered is None:
            return self._pages.problem(visit.request, "entered", status=409, visit=visit)
        return self._entered(visit, entered, review, known=known)

    async def receipt(self, visit: Visit) -> web.StreamResponse:
        """The receipt as PDF, for who has its secret: the page that just entered the petition."""
        code, secret = visit.form.get("code", ""), visit.form.get("secret", "")

        def look(look: Look) -> int | None:
            petition = look.book.petition_by_code(code)
            if petition is None or not look.book.check_secret(petition, secret):
                return None
            return petition.id

        petition_id = await visit.look(look)
        if petition_id is None:
            raise NotHere
        wanted = OutgoingFile(
            render="receipt", petition_id=petition_id, secret=secret, language=visit.language
        )
        try:
            made = await self._parts.render(wanted)
        except Never:
            raise NotHere from None
        return web.Response(body=made.data, headers=as_download(made.name, made.mime))

    # --- inside

    async def _form(
        self, visit: Visit, given: Mapping[str, str], problems: Mapping[str, str], *, status: int = 200
    ) -> web.Response:
        choices = await visit.look(lambda look: console_entry.choices(desk_of(visit.turn(look.book))))
        return self._pages.render(
            visit.request,
            "entry.html",
            visit=visit,
            status=status,
            title=visit.texts.get("console_entry.title"),
            given=given,
            problems=problems,
            choices=choices,
            longest=console_entry.LONGEST_STORY,
        )

    def _review(self, visit: Visit, given: Mapping[str, str], review: Review) -> web.Response:
        return self._pages.render(
            visit.request,
            "entry_review.html",
            visit=visit,
            title=visit.texts.get("console_entry.review_title"),
            given={name: value for name, value in given.items() if value and name != PROOF},
            review=review,
            once=visit.parts.web.new_token(),
        )

    def _entered(self, visit: Visit, entered: Entered, review: Review, *, known: bool) -> web.Response:
        return self._pages.render(
            visit.request,
            "entered.html",
            visit=visit,
            title=visit.texts.get("console_entry.entered_title"),
            code=entered.petition.code,
            shown=cards.shown_code(entered.petition),
            secret=entered.secret,
            secret_shown=show_secret(entered.secret),
            register=register_shown(entered.petition),
            review=review,
            known=known,
        )
