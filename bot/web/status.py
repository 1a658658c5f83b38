"""The look-up page: how a petition stands.

Whoever knows a code sees stage and dates only, of a denunciation the stage only. The receipt's secret, or the
browser in which it was sent, shows the petitioner's own view. Only well-formed codes and secrets that do not
exist count as guesses (a slip in typing is told by the code's check letter and costs nothing): too many from
one address close look-up by code alone for a while, there, but never for a right secret; too many over all
slow wrong answers down.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from aiohttp import web
from sqlalchemy import Connection

from bot.channels.webchat.channel import ACCOUNT, NAME
from bot.channels.webchat.visitor import VisitorCookie
from bot.receipts import register_number
from bot.web.address import client_address
from bot.web.language import page_language, remember_language
from bot.web.limits import Blocklist
from bot.web.pages import Pages
from bot.web.parts import WebParts
from bot.web.security import is_own_page
from handlers import gathering_news
from handlers.officers import clock_lines
from handlers.texts import Texts
from handlers.turn import Facts
from petitions.codes import BadCode, TrackingCode
from petitions.kinds import Action, Stage
from petitions.transition_groups import ENDED, FINISHED
from petitions.transitions import SEALED_KINDS
from storage.casebook import Casebook
from storage.records import EventRecord, PetitionRecord

WRONG_PER_ADDRESS: Final = 30
WRONG_PER_ADDRESS_IN: Final = timedelta(minutes=15)
WRONG_OVER_ALL: Final = 600
WRONG_OVER_ALL_IN: Final = timedelta(minutes=10)
SLOWED_SECONDS: Final = 2.0
_LONGEST_FIELD: Final = 100

_TOLD: Final = frozenset(Action) - {
    Action.NOTE,
    Action.LINK,
    Action.UNLINK,
    Action.MEMBER_JOINED,
    Action.MEMBER_LEFT,
    Action.WARN,
    Action.ESCALATE,
    Action.DENIED,
}
"""Events the petitioner sees; the office's own notes are not among them."""
_WITH_WORDS: Final = frozenset(
    {Action.ANSWER, Action.ASK_CITIZEN, Action.MESSAGE_CITIZEN, Action.CITIZEN_ADDS, Action.CLOSE}
)


@dataclass(frozen=True, slots=True)
class _Found:
    """A petition and how much of it may be shown."""

    petition: PetitionRecord
    own: bool
    events: tuple[EventRecord, ...] = ()
    answer: str = ""
    """The office's last answer."""
    story: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    """The legal limits in plain words, in the language of the page."""


@dataclass(frozen=True, slots=True)
class _Look:
    """The page looks at a case as a turn does, and changes nothing."""

    facts: Facts
    book: Casebook
    now: datetime


class StatusPage:
    """`/status`: the form and its answer. A secret is only ever taken from a form, never from an address."""

    def __init__(self, parts: WebParts, pages: Pages, cookie: VisitorCookie) -> None:
        self._parts = parts
        self._pages = pages
        self._cookie = cookie
        self._closed = Blocklist(seconds=WRONG_PER_ADDRESS_IN.total_seconds(), time=parts.time)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/status", self.look)
        app.router.add_post("/status", self.look)
        app.router.add_post("/status/leave", self.leave)

    async def look(self, request: web.Request) -> web.Response:
        """The form, or the answer to it."""
        if request.method == "POST":
            if not is_own_page(request, self._parts.public_url):
                raise web.HTTPForbidden
            form = await request.post()
            typed, secret = str(form.get("code", "")), str(form.get("secret", "")).strip()
        else:
            typed, secret = request.query.get("code", ""), ""
        typed = typed.strip()[:_LONGEST_FIELD]
        response = await self._answer(request, typed, secret[:_LONGEST_FIELD])
        remember_language(request, response, secure=self._parts.secure)
        return response

    async def leave(self, request: web.Request) -> web.Response:
        """Leave this device: the browser forgets its chat, and the page shows no case any more."""
        if not is_own_page(request, self._parts.public_url):
            raise web.HTTPForbidden
        response = self._page(request, "", note="status_left")
        self._cookie.take(response)
        return response

    async def _answer(self, request: web.Request, typed: str, secret: str) -> web.Response:
        if not typed:
            return self._page(request, typed)
        try:
            code = TrackingCode.parse(typed)
        except BadCode as fault:
            return self._page(request, typed, fault=f"status_bad_{fault.reason}", status=400)
        address = client_address(request, self._parts.proxies)
        found = await self._parts.database.read(
            lambda connection: self._find(connection, request, code, secret)
        )
        if found is not None and (found.own or not secret) and (found.own or address not in self._closed):
            return self._page(request, str(code), found=found)
        if found is not None and not secret:
            return self._page(request, str(code), fault="status_too_many", status=429)
        return await self._wrong(request, str(code), secret, address)

    async def _wrong(self, request: web.Request, code: str, secret: str, address: str) -> web.Response:
        def count(connection: Connection) -> tuple[bool, bool]:
            book = self._parts.books(connection)
            here = book.throttle(f"web status {address}", limit=WRONG_PER_ADDRESS, per=WRONG_PER_ADDRESS_IN)
            return here, book.throttle("status", limit=WRONG_OVER_ALL, per=WRONG_OVER_ALL_IN)

        here, over_all = await self._parts.database.transact(count)
        if not here:
            self._closed.add(address)
        if not over_all:
            await asyncio.sleep(SLOWED_SECONDS)
        if address in self._closed:
            return self._page(request, code, fault="status_too_many", status=429)
        return self._page(request, code, fault="status_wrong" if secret else "status_unknown", status=404)

    def _find(
        self, connection: Connection, request: web.Request, code: TrackingCode, secret: str
    ) -> _Found | None:
        book = self._parts.books(connection)
        petition = book.petition_by_code(code.value)
        if petition is None:
            return None
        own = book.check_secret(petition, secret) if secret else self._is_own(book, request, petition)
        if not own:
            return _Found(petition, own=False)
        events = book.events(petition.id)
        return _Found(
            petition,
            own=True,
            events=tuple(events),
            answer=gathering_news.answer_told(book, events),
            story=book.content(petition).story,
            limits=tuple(self._limits(book, petition, page_language(request))),
        )

    def _limits(self, book: Casebook, petition: PetitionRecord, language: str) -> list[str]:
        if petition.stage in _NO_MORE_DUE:
            return []
        facts = self._parts.facts
        texts = facts.catalogue.language(language)
        return clock_lines.citizen_lines(_Look(facts, book, self._parts.clock.now()), petition, texts)

    def _is_own(self, book: Casebook, request: web.Request, petition: PetitionRecord) -> bool:
        """Whether this browser's chat is the one that sent it."""
        chat = self._cookie.chat(request)
        contact = book.contact(NAME, ACCOUNT, chat) if chat else None
        return contact is not None and (
            contact.conversation_id == petition.conversation_id or contact.id == petition.contact_id
        )

    # --- showing

    def _page(
        self,
        request: web.Request,
        typed: str,
        *,
        found: _Found | None = None,
        fault: str = "",
        note: str = "",
        status: int = 200,
    ) -> web.Response:
        texts = self._parts.facts.catalogue.language(page_language(request))
        return self._pages.render(
            request,
            "status.html",
            status=status,
            title="status_title",
            typed=typed,
            fault=texts.get(f"web.{fault}") if fault else "",
            note=texts.get(f"web.{note}") if note else "",
            case=self._case(found, texts) if found is not None else None,
        )

    def _case(self, found: _Found, texts: Texts) -> dict[str, Any]:
        petition = found.petition
        facts: list[tuple[str, str]] = []

        def fact(key: str, value: str) -> None:
            facts.append((texts.get(f"web.status_{key}"), value))

        dates = found.own or not _is_secret(petition)
        if found.own and not petition.discreet:
            fact("kind", texts.get(f"web.kind_{petition.kind.value}"))
            fact("register", register_number(petition))
        if dates:
            fact("received", self._moment(petition.filed_at, texts))
            if petition.due_on is not None and petition.stage not in _NO_MORE_DUE:
                fact("due", _day(petition.due_on))
            if petition.updated_at > petition.filed_at:
                fact("changed", self._moment(petition.updated_at, texts))
        if found.own:
            fact("unit", self._parts.facts.agency.unit(petition.unit).name(texts.language))
        return {
            "code": str(TrackingCode(petition.code)),
            "stage": texts.get(f"web.stage_{petition.stage.value}"),
            "meaning": texts.get(f"web.stage_{petition.stage.value}_meaning"),
            "step": _STEPS[petition.stage],
            "own": found.own,
            "facts": facts,
            "limits": list(found.limits),
            "history": [line for event in found.events if (line := self._line(event, texts))],
            "answer": found.answer,
            "story": found.story,
        }

    def _line(self, event: EventRecord, texts: Texts) -> dict[str, str] | None:
        if event.action not in _TOLD or event.content.get("opened"):
            return None
        words = str(event.content.get("text", "")) if event.action in _WITH_WORDS else ""
        return {
            "at": self._moment(event.at, texts),
            "iso": event.at.isoformat(timespec="minutes"),
            "what": texts.get(f"web.event_{event.told_as}"),
            "words": words,
        }

    def _moment(self, at: datetime, texts: Texts) -> str:
        local = at.astimezone(self._parts.facts.agency.zone)
        return texts.get("web.moment", time=f"{local:%H:%M}", date=_day(local.date()))


_NO_MORE_DUE: Final = ENDED | FINISHED
_STEPS: Final = {
    Stage.RECEIVED: 1,
    Stage.ASSIGNED: 2,
    Stage.IN_PROGRESS: 3,
    Stage.WAITING_CITIZEN: 3,
    Stage.ELIGIBLE: 3,
    Stage.ACCEPTED: 3,
    Stage.VERIFYING: 3,
    Stage.MERGED: 3,
    Stage.SUSPENDED: 3,
    Stage.DECIDED: 4,
    Stage.ENFORCING: 4,
    **dict.fromkeys(ENDED | FINISHED, 4),
}
"""How far along the four steps of the picture a stage is."""


def _is_secret(petition: PetitionRecord) -> bool:
    return petition.confidential or petition.kind in SEALED_KINDS


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
