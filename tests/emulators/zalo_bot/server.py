"""The HTTP side: paths, the token, polls, the webhook's settings, faults, the call log, media."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any, Final

from aiohttp import web

from tests.emulators.fault_plan import FaultPlan

from . import methods
from .faults import Fault, FaultKind
from .model import ApiError, Call, World, bad
from .updates import UpdateQueue
from .webhook import Pusher

HTML_502: Final = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
BODY_LIMIT: Final = 4 * 1024 * 1024


class Cut(Exception):
    """The connection must be cut without an answer."""


class ApiServer:
    """Speaks the Bot Platform's API for one bot on one port."""

    def __init__(self, world: World, *, keep_calls: bool) -> None:
        self.world = world
        self.faults = FaultPlan[Fault](world.random)
        self.calls: list[Call] = []
        self.updates = UpdateQueue(world.habits)
        self.pusher = Pusher(self.updates, world.clock, world.habits)
        self.port = 0
        self._keep_calls = keep_calls
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str, port: int) -> None:
        if self._runner is None:
            server = web.Server(self._handle, request_factory=_request, access_log=None)
            self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
            await self._runner.setup()
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        self.port = sock.getsockname()[1]
        self.world.url = f"http://{host}:{self.port}"
        await web.SockSite(self._runner, sock, backlog=1024).start()

    async def close_port(self) -> None:
        """Refuse connections (and cut those there are) until `start` is called again."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def stop(self) -> None:
        await self.pusher.close()
        await self.close_port()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            if request.path.startswith("/media/"):
                return await self._media(request.path.removeprefix("/media/"))
            if request.path in self.world.moved:
                return web.Response(status=302, headers={"Location": self.world.moved[request.path]})
            head, _, method = request.path.removeprefix("/bot").rpartition("/")
            if not request.path.startswith("/bot") or not head:
                raise ApiError(404, "Not Found", told=False)
            if head != self.world.token:
                raise ApiError(401, "Unauthorized")
            if self.world.refused_with:
                raise ApiError(self.world.refused_with, "Forbidden: token was revoked")
            return await self._method(method.lower(), request)
        except ApiError as error:
            return _json(error.body(), error.status)
        except Cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    async def _media(self, name: str) -> web.StreamResponse:
        media = self.world.media.get(name)
        if media is None or media.gone:
            raise ApiError(404, "Not Found", told=False)
        media.served += 1
        await asyncio.sleep(media.seconds)
        return web.Response(body=media.data, content_type=media.mime)

    async def _method(self, method: str, request: web.BaseRequest) -> web.StreamResponse:
        params = await _params(request)
        chat = params.get("chat_id")
        call = Call(method, chat if isinstance(chat, str) else None, params, self.world.clock.now())
        if self._keep_calls and method != "getupdates":
            self.calls.append(call)
        if self.world.habits.latency:
            await asyncio.sleep(self.world.habits.latency)
        fault = self.faults.next_for(method, call.chat)
        try:
            page = await self._before(fault)
            if page is not None:
                call.outcome = "not applied"
                return page
            result = await self._apply(method, params, request)
        except ApiError as error:
            call.outcome = f"{error.code} {error.description}"
            raise
        call.outcome = "ok"
        return await self._after(fault, call, {"ok": True, "result": result})

    async def _before(self, fault: Fault | None) -> web.Response | None:
        if fault is None:
            return None
        match fault.kind:
            case FaultKind.ERROR:
                raise ApiError(fault.code, fault.description, status=fault.status)
            case FaultKind.RESET_BEFORE:
                raise Cut
            case FaultKind.BAD_GATEWAY:
                return web.Response(status=502, text=HTML_502, content_type="text/html")
            case FaultKind.PORTAL:
                return web.Response(status=403, text="<html>blocked</html>", content_type="text/html")
            case FaultKind.SLOW:
                await asyncio.sleep(fault.seconds)
        return None

    async def _after(self, fault: Fault | None, call: Call, answer: dict[str, Any]) -> web.StreamResponse:
        if fault is None:
            return _json(answer)
        call.outcome = "applied, answer lost"
        if call.method == "getupdates":
            self.updates.not_served()
        match fault.kind:
            case FaultKind.LOST_AFTER:
                await asyncio.sleep(fault.seconds)
                raise Cut
            case FaultKind.GATEWAY_LOST:
                return web.Response(status=502, text=HTML_502, content_type="text/html")
            case FaultKind.TRUNCATED:
                text = json.dumps(answer, ensure_ascii=False)
                return web.Response(text=text[: len(text) // 2], content_type="application/json")
            case FaultKind.NOT_JSON:
                return web.Response(text="OK", content_type="text/plain")
            case FaultKind.DELAY:
                await asyncio.sleep(fault.seconds)
        call.outcome = "ok"
        return _json(answer)

    async def _apply(self, method: str, params: dict[str, Any], request: web.BaseRequest) -> Any:
        match method:
            case "getme":
                return methods.get_me(self.world)
            case "getupdates":
                return await self._poll(params, request)
            case "setwebhook" | "deletewebhook" | "getwebhookinfo":
                return self._webhook(method, params)
            case "sendmessage":
                return methods.send_message(self.world, params)
            case "sendphoto":
                return await methods.send_photo(self.world, params)
            case "sendsticker":
                return methods.send_sticker(self.world, params)
            case "sendvoice":
                return methods.send_voice(self.world, params)
            case "sendchataction":
                return methods.send_chat_action(self.world, params)
        raise ApiError(404, "Not Found", told=False)

    async def _poll(self, params: dict[str, Any], request: web.BaseRequest) -> Any:
        if self.pusher.url:
            raise bad("can't use getUpdates while webhook is active")
        seconds = params.get("timeout", 30)
        if not isinstance(seconds, int | float) or not 0 <= seconds <= 60:
            raise bad("timeout is invalid")
        result = await self.updates.next(request.transport, float(seconds))
        if result is None:
            raise ApiError(408, "Request timeout", told=False)
        return result

    def _webhook(self, method: str, params: dict[str, Any]) -> Any:
        if method == "setwebhook":
            url, secret = params.get("url"), params.get("secret_token")
            if not isinstance(url, str) or not url.startswith(("https://", "http://127.0.0.1:")):
                raise bad("url must be https")
            if not isinstance(secret, str) or not 8 <= len(secret) <= 256:
                raise bad("secret_token must have 8 to 256 characters")
            return self.pusher.set(url, secret)
        if not self.pusher.url:
            raise ApiError(404, "Not Found", told=False)
        info = self.pusher.info()
        if method == "deletewebhook":
            self.pusher.drop()
        return info


async def _params(request: web.BaseRequest) -> dict[str, Any]:
    values: dict[str, Any] = dict(request.query)
    if request.body_exists:
        try:
            given = json.loads(await request.read())
        except ValueError:
            raise bad("body is not valid JSON") from None
        if not isinstance(given, dict):
            raise bad("object expected")
        values.update(given)
    return values


def _json(body: dict[str, Any], status: int = 200) -> web.Response:
    text = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return web.Response(body=text, status=status, content_type="application/json")


def _request(*parts: Any) -> web.BaseRequest:
    message, payload, protocol, writer, task = parts
    return web.BaseRequest(
        message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=BODY_LIMIT
    )
