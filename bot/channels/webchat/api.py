"""The web chat over HTTP: what the page calls. JSON in and out, the visitor known by the cookie.

| | |
|---|---|
| `POST /chat/messages` | one message (`wire.MessageIn`); 200 once committed, 503: send the same again |
| `POST /chat/files` | multipart: `id`, `caption`, then one or more `file`; answers as above (`uploads.py`) |
| `GET /chat/events?after=n` | server-sent events: `message` (id: number of the change), `pressed` |
| `GET /chat/history` | the last 200 messages of both sides and the number to follow from |
| `GET /chat/files/{seq}` | the document that came with a message of the office |
| `POST /chat/leave` | the browser forgets this chat |

A fault is `{"error": key, "text": sentence}`. What changes something is taken from our own page only.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections import OrderedDict
from collections.abc import Callable, Collection
from typing import Any, Final, NoReturn
from urllib.parse import quote

from aiohttp import web
from pydantic import ValidationError

from bot.channels.base import Receiver, Verdict
from bot.channels.webchat import wire
from bot.channels.webchat.channel import ACCOUNT, NAME, WebChat
from bot.channels.webchat.hub import Listener, TooManyListeners
from bot.channels.webchat.visitor import VisitorCookie
from bot.web.address import LOOPBACK, Network, client_address
from bot.web.language import page_language
from bot.web.limits import Budget
from bot.web.security import dress_stream, is_own_page
from handlers.messages import Incoming
from handlers.texts import Catalogue
from storage.database import Unavailable
from storage.webchat import ChatLog, Direction, WebMessage

log = logging.getLogger(__name__)

HISTORY: Final = 200
BATCH: Final = 50
HEARTBEAT_SECONDS: Final = 15.0
RETRY_SECONDS: Final = 2
LONGEST_JSON: Final = 256 * 1024
_KNOWN_CHATS: Final = 20_000


class ChatApi:
    """The routes of the web chat."""

    def __init__(
        self,
        chat: WebChat,
        *,
        receive: Receiver,
        cookie: VisitorCookie,
        catalogue: Catalogue,
        public_url: str,
        time: Callable[[], float],
        proxies: Collection[Network] = LOOPBACK,
    ) -> None:
        self.chat = chat
        self.receive = receive
        self.cookie = cookie
        self._catalogue = catalogue
        self._public_url = public_url
        self._proxies = proxies
        # A person types a message in seconds; a page that repeats what was lost sends a few at once.
        self._messages = Budget(burst=30, per_second=1.0, time=time)
        self._upload_bytes = Budget(burst=400e6, per_second=4e6, time=time)
        # New visitors of one address: a commune hall, a school, a mobile network behind one number.
        self._visitors = Budget(burst=300, per_second=1.0, time=time)
        self._known: OrderedDict[str, None] = OrderedDict()

    def add_routes(self, app: web.Application) -> None:
        app.router.add_post("/chat/messages", self.post_message)
        app.router.add_get("/chat/events", self.events)
        app.router.add_get("/chat/history", self.history)
        app.router.add_get("/chat/files/{seq:[0-9]{1,9}}", self.get_file)
        app.router.add_post("/chat/leave", self.leave)

    # --- incoming

    async def post_message(self, request: web.Request) -> web.Response:
        """Take one message in."""
        chat = await self.visitor(request)
        if request.content_type != "application/json":
            self.refuse(request, web.HTTPUnsupportedMediaType, "bad_request")
        message = await self._message(request)
        kept = await self._keep(request, chat, message)
        verdict = await self.take(request, chat, kept)
        return taken(kept[0], verdict)

    async def take(self, request: web.Request, chat: str, kept: tuple[WebMessage, bool]) -> Verdict:
        """Give a kept message to the dialogue. RETRY takes it back and ends the request with 503."""
        row, fresh = kept
        self.chat.hub.wake(chat)
        verdict = await self.receive(incoming(chat, row, page_language(request)))
        if verdict is Verdict.RETRY:
            if fresh:
                await self._take_back(chat, row.client_id)
            self.later(request)
        return verdict

    async def _message(self, request: web.Request) -> wire.MessageIn:
        too_long = False
        try:
            return wire.MessageIn.model_validate_json(await request.read())
        except web.HTTPRequestEntityTooLarge:
            too_long = True
        except ValidationError as fault:
            too_long = any(error["type"] == "string_too_long" for error in fault.errors())
        if too_long:
            self.refuse(request, web.HTTPRequestEntityTooLarge, "too_long")
        return self.refuse(request, web.HTTPBadRequest, "bad_request")

    async def _keep(
        self, request: web.Request, chat: str, message: wire.MessageIn
    ) -> tuple[WebMessage, bool]:
        choice = message.choice

        def work(chat_log: ChatLog) -> tuple[WebMessage, bool] | None:
            label: str | None = ""
            if choice is not None:
                shown_in = chat_log.message(chat, choice.ref)
                label = wire.button_label(shown_in.body, choice.token) if shown_in is not None else None
                if label is None:
                    return None
            body = wire.said(message, label or "")
            return chat_log.add(chat, Direction.IN, body, client_id=str(message.id))

        try:
            kept = await self.chat.write(work)
        except wire.EmptyText:
            self.refuse(request, web.HTTPBadRequest, "empty")
        except Unavailable:
            self.later(request)
        if kept is None:
            self.refuse(request, web.HTTPConflict, "button_unknown")
        return kept

    async def _take_back(self, chat: str, client_id: str) -> None:
        try:
            await self.chat.write(lambda chat_log: chat_log.forget(chat, client_id))
        except Unavailable:
            log.warning("web_chat_message_not_taken_back")

    # --- outgoing

    async def history(self, request: web.Request) -> web.Response:
        """The last messages of both sides."""
        chat = self.visitor_or_none(request)
        if chat is None:
            return web.json_response({"messages": [], "last": 0})

        def work(chat_log: ChatLog) -> tuple[list[WebMessage], int]:
            return chat_log.latest(chat, HISTORY), chat_log.last_change(chat)

        try:
            messages, last = await self.chat.read(work)
        except Unavailable:
            self.later(request)
        await self._take_unanswered(chat, messages, page_language(request))
        return web.json_response({"messages": [wire.shown(message) for message in messages], "last": last})

    async def _take_unanswered(self, chat: str, messages: list[WebMessage], language: str) -> None:
        """Give what nobody answered yet to the dialogue again: the service may have stopped between keeping a
        message and taking it in. What was taken in is known by its id and dropped there."""
        for row in unanswered(messages):
            if await self.receive(incoming(chat, row, language)) is Verdict.RETRY:
                return

    async def events(self, request: web.Request) -> web.StreamResponse:
        """What is said from now on, as it is said."""
        chat = self.visitor_or_none(request)
        if chat is None:
            raise web.HTTPNoContent  # tells the browser not to come back
        after = _number(request.headers.get("Last-Event-ID") or request.query.get("after", ""))
        response = web.StreamResponse(
            headers={
                "Content-Type": "text/event-stream; charset=utf-8",
                "Cache-Control": "no-store",
                "X-Accel-Buffering": "no",
            }
        )
        dress_stream(response)
        transport = request.transport
        try:
            with self.chat.hub.listen(
                chat, lambda: transport is not None and not transport.is_closing()
            ) as listener:
                await response.prepare(request)
                await response.write(f"retry: {RETRY_SECONDS * 1000}\n\n".encode())
                await self._follow(response, listener, chat, after)
        except TooManyListeners:
            raise web.HTTPServiceUnavailable(headers={"Retry-After": "30"}) from None
        except ConnectionError:
            pass
        return response

    async def _follow(self, response: web.StreamResponse, listener: Listener, chat: str, after: int) -> None:
        while not listener.closed:
            while listener.passing:
                event, data = listener.passing.popleft()
                await response.write(_event(event, data))
            try:
                changed = await self.chat.read(lambda chat_log: chat_log.after(chat, after, BATCH))  # noqa: B023 - awaited at once
            except Unavailable:
                log.warning("web_chat_events_unreadable")
                await asyncio.sleep(1)
                changed = []
            for message in changed:
                await response.write(_event("message", wire.shown(message), message.changed))
                after = message.changed
            if len(changed) < BATCH and not await listener.wait(HEARTBEAT_SECONDS):
                await response.write(b": still here\n\n")

    async def get_file(self, request: web.Request) -> web.StreamResponse:
        """The document of a message of this chat."""
        chat = self.visitor_or_none(request)
        seq = int(request.match_info["seq"])
        message = await self.chat.read(lambda chat_log: chat_log.message(chat, seq)) if chat else None
        if message is None or not message.file_key:
            raise web.HTTPNotFound
        about = message.body.get("file", {})
        name = quote(str(about.get("name", "tep")))
        try:
            data = await self.chat.attachment(message.file_key)
        except FileNotFoundError:
            raise web.HTTPNotFound from None
        return web.Response(
            body=data,
            headers={
                "Content-Type": str(about.get("mime", "application/octet-stream")),
                "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
                "Cache-Control": "private, no-store",
            },
        )

    async def leave(self, request: web.Request) -> web.Response:
        """Leave this device: the cookie goes, the chat stays where it is."""
        self.require_own_page(request)
        response = web.json_response({"left": True})
        self.cookie.take(response)
        return response

    # --- who and how much

    async def visitor(self, request: web.Request) -> str:
        """The chat that may say something now. Raises 403, 401, 429 or 503 with a sentence."""
        self.require_own_page(request)
        chat = self.visitor_or_none(request)
        if chat is None:
            self.refuse(request, web.HTTPUnauthorized, "no_cookie")
        wait = self._messages.spend(chat)
        if wait == 0 and chat not in self._known:
            wait = await self._greet(request, chat)
        if wait > 0:
            self.refuse(request, web.HTTPTooManyRequests, "too_fast", retry_after=wait)
        return chat

    def visitor_or_none(self, request: web.Request) -> str | None:
        return self.cookie.chat(request)

    def require_own_page(self, request: web.Request) -> None:
        if not is_own_page(request, self._public_url):
            self.refuse(request, web.HTTPForbidden, "foreign_page")

    def may_upload(self, request: web.Request, size: int) -> bool:
        """Whether this address may bring `size` more bytes now."""
        return self._upload_bytes.spend(self._address(request), size) == 0

    def refuse(
        self,
        request: web.Request,
        status: type[web.HTTPException],
        key: str,
        *,
        retry_after: float | None = None,
        **details: str,
    ) -> NoReturn:
        """End the request with a fault the page can show."""
        text = self._catalogue.language(page_language(request)).get(f"web.fault_{key}", **details)
        body = json.dumps({"error": key, "text": text}, ensure_ascii=False)
        extra: dict[str, Any] = {}
        if status is web.HTTPRequestEntityTooLarge:
            extra = {"max_size": 0, "actual_size": 0}
        fault = status(text=body, content_type="application/json", **extra)
        if retry_after is not None:
            fault.headers["Retry-After"] = str(max(1, round(retry_after)))
        raise fault

    def later(self, request: web.Request) -> NoReturn:
        """Nothing was taken in; the page sends the same again."""
        self.refuse(request, web.HTTPServiceUnavailable, "again", retry_after=RETRY_SECONDS)

    async def _greet(self, request: web.Request, chat: str) -> float:
        """0 for a chat that said something before or may begin now, else the seconds to wait."""
        try:
            known = await self.chat.read(lambda chat_log: chat_log.last_change(chat)) > 0
        except Unavailable:
            self.later(request)
        wait = 0.0 if known else self._visitors.spend(self._address(request))
        if wait == 0:
            self._known[chat] = None
            while len(self._known) > _KNOWN_CHATS:
                self._known.popitem(last=False)
        return wait

    def _address(self, request: web.Request) -> str:
        return client_address(request, self._proxies)


def incoming(chat: str, row: WebMessage, language: str) -> Incoming:
    """The update that the message in `row` makes; the same row makes the same update again."""
    # A hash, so that a row of the inbox does not name its chat.
    update = hashlib.blake2b(f"{chat}:{row.client_id}".encode(), digest_size=16).hexdigest()
    return Incoming(
        channel=NAME,
        account=ACCOUNT,
        update_id=update,
        chat=chat,
        person=chat,
        content=wire.content_of(row.body, chat, row.client_id),
        at=row.sent_at,
        language=language,
        message_ref=str(row.seq),
    )


def unanswered(messages: list[WebMessage]) -> list[WebMessage]:
    """The visitor's messages after the office's last one."""
    last = max((row.seq for row in messages if row.direction is Direction.OUT), default=0)
    return [row for row in messages if row.direction is Direction.IN and row.seq > last]


def taken(row: WebMessage, verdict: Verdict) -> web.Response:
    """The answer to a message that was taken in."""
    return web.json_response({"verdict": verdict.value, "message": wire.shown(row)})


def _event(name: str, data: dict[str, Any], number: int | None = None) -> bytes:
    """One server-sent event; JSON has no line ends, so one `data` line is enough."""
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n".encode()


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
