"""Who asks: the session behind a request, what its forms must bring along, and the routes' common guard.

A session's token is in a cookie that no script and no other site's request gets. Of two who ask for what is not
there and for what is not theirs, neither can tell which it was.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

from aiohttp import web
from sqlalchemy import Connection

from bot.console.parts import ConsoleParts
from bot.web.language import page_language
from bot.web.security import set_private_cookie
from handlers.console_board import Look
from handlers.console_turn import console_turn
from handlers.texts import Texts
from handlers.turn import Turn
from storage.casebook import Casebook
from storage.console_sessions import LONGEST, SEEN_EVERY, ConsoleSession
from storage.records import OfficerRecord, Queued

T = TypeVar("T")
PROOF: Final = "proof"
"""Name of the form field that shows that a form is of this very session."""
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_NAME: Final = "tiepdan_console"


class NotHere(Exception):
    """No such page or case, or none this officer may know of: answered alike."""


class BadForm(Exception):
    """A form that is none of this session's own pages."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One request of a signed-in officer."""

    request: web.Request
    parts: ConsoleParts
    session: ConsoleSession
    officer: OfficerRecord
    proof: str
    language: str
    form: Mapping[str, str] = field(default_factory=dict)
    """What a form brought along; every value is text."""
    picks: tuple[str, ...] = ()
    """The values of its boxes `pick`."""

    @property
    def texts(self) -> Texts:
        return self.parts.web.facts.catalogue.language(self.language)

    @property
    def fragment(self) -> bool:
        """Whether the page asks for a part of itself."""
        return self.request.headers.get("HX-Request") == "true"

    async def look(self, work: Callable[[Look], T]) -> T:
        """Read without changing anything. Raises Unavailable."""

        def read(connection: Connection) -> T:
            return work(self._look(self.parts.web.books(connection)))

        return await self.parts.web.database.read(read)

    async def act(self, work: Callable[[Turn], T]) -> T:
        """Do something as this officer, in one transaction; what it queues goes out after the commit. The officer is
        read again in it, for rights may have ended meanwhile. Raises NotHere, Unavailable, and what `work` raises."""
        queued: list[Queued] = []

        def transact(connection: Connection) -> T:
            book = self.parts.web.books(connection)
            turn = self.turn(book)
            result = work(turn)
            queued[:] = turn.queued
            return result

        result = await self.parts.web.database.transact(transact)
        if queued:
            self.parts.wake(queued)
        return result

    def turn(self, book: Casebook) -> Turn:
        """A turn of this officer as on record now. Raises NotHere for one who has left."""
        officer = book.officer(self.officer.id)
        if officer is None or not officer.active:
            raise NotHere
        return console_turn(
            book,
            self.parts.web.facts,
            self.parts.web.clock.now(),
            self.parts.chance,
            officer=officer,
            language=self.language,
        )

    def _look(self, book: Casebook) -> Look:
        return Look(self.parts.web.facts, book, self.parts.web.clock.now())


Handle = Callable[[Visit], Awaitable[web.StreamResponse]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A page or deed of the console. All of them need a session; a POST needs the session's own form as well."""

    method: str
    path: str
    handle: Handle
    quiet: bool = False
    """The page asks by itself: it does not keep a session awake."""
    streams: bool = False
    """It reads its form itself, and looks itself whether the form is of this session."""


class SessionCookie:
    """The cookie that holds a session's token. `secure`: people reach the service over https."""

    def __init__(self, *, secure: bool) -> None:
        self._secure = secure

    @property
    def name(self) -> str:
        return f"__Host-{_NAME}" if self._secure else _NAME

    def token(self, request: web.Request) -> str:
        """The token as the browser sent it; empty for none that can be one."""
        token = request.cookies.get(self.name, "")
        return token if _TOKEN.fullmatch(token) else ""

    def give(self, response: web.StreamResponse, token: str) -> None:
        self._set(response, token, int(LONGEST.total_seconds()))

    def take(self, response: web.StreamResponse) -> None:
        self._set(response, "", 0)

    def _set(self, response: web.StreamResponse, value: str, max_age: int) -> None:
        set_private_cookie(
            response, self.name, value, max_age=max_age, secure=self._secure, samesite="Strict"
        )


class Visits:
    """Finds the session of a request."""

    def __init__(self, parts: ConsoleParts, cookie: SessionCookie) -> None:
        self._parts = parts
        self._cookie = cookie

    async def of(self, request: web.Request, *, quiet: bool = False) -> Visit | None:
        """The visit; None without a session that counts. Work is noted, looking for news is not."""
        token = self._cookie.token(request)
        if not token:
            return None
        web_parts = self._parts.web

        def find(connection: Connection) -> tuple[ConsoleSession, OfficerRecord, str] | None:
            book = web_parts.books(connection)
            found = book.console_session(token)
            return None if found is None else (*found, book.console_proof(token))

        found = await web_parts.database.read(find)
        if found is None:
            return None
        session, officer, proof = found
        if not quiet and web_parts.clock.now() - session.seen_at >= SEEN_EVERY:
            await web_parts.database.transact(
                lambda connection: web_parts.books(connection).console_seen(session)
            )
        return Visit(
            request=request,
            parts=self._parts,
            session=session,
            officer=officer,
            proof=proof,
            language=page_language(request),
        )


PICK: Final = "pick"
"""Name of the boxes of which several can be chosen."""


async def form_of(request: web.Request) -> tuple[dict[str, str], tuple[str, ...]]:
    """The fields of a form, the last of each name, and every value of `PICK`. Raises BadForm for a body that is no
    form."""
    if request.content_type != "application/x-www-form-urlencoded":
        raise BadForm
    try:
        posted = await request.post()
    except (ValueError, LookupError):  # no UTF-8, too many fields, an unknown charset
        raise BadForm from None
    picks = tuple(value for value in posted.getall(PICK, []) if isinstance(value, str))
    return {name: value for name, value in posted.items() if isinstance(value, str)}, picks


def is_proven(proof: str, form: Mapping[str, str]) -> bool:
    """Whether the form was made for this session."""
    return hmac.compare_digest(form.get(PROOF, "").encode(), proof.encode())
