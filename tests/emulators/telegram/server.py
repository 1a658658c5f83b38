"""The HTTP side: paths, authentication, dispatch to methods, faults, rates, the call log."""

from __future__ import annotations

import asyncio
import json
import socket
from collections import deque
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.emulators.fault_plan import FaultPlan

from . import asking, editing, sending
from .errors import ApiError, bad, too_many
from .faults import Fault, FaultKind
from .model import Call
from .params import Params, read_params
from .rates import LIMITED, Rates, retry_after
from .webhook import Hook, WebhookPusher
from .world import World

Method = Callable[[World, Params], Any]
METHODS: dict[str, Method] = {
    "getme": asking.get_me,
    "getfile": asking.get_file,
    "getchat": asking.get_chat,
    "getchatmember": asking.get_chat_member,
    "setmycommands": asking.set_my_commands,
    "getmycommands": asking.get_my_commands,
    "deletemycommands": asking.delete_my_commands,
    "setchatmenubutton": asking.set_chat_menu_button,
    "sendchataction": asking.send_chat_action,
    "sendmessage": sending.send_message,
    "senddocument": sending.send_document,
    "sendphoto": sending.send_photo,
    "sendmediagroup": sending.send_media_group,
    "editmessagetext": editing.edit_message_text,
    "editmessagecaption": editing.edit_message_caption,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "answercallbackquery": editing.answer_callback_query,
}
HTML_502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
BODY_LIMIT = 60 * 1024 * 1024
SECRET_CHARS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")


class Cut(Exception):
    """The connection must be cut without an answer."""


class ApiServer:
    """Speaks the Bot API for one bot on one port."""

    def __init__(self, world: World, *, keep_calls: int | None) -> None:
        self.world = world
        self.faults = FaultPlan[Fault](world.random)
        self.rates: Rates | None = None
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.pusher = WebhookPusher(world.updates, world.clock, world.random, self._webhook_reply)
        self.control: Callable[[web.BaseRequest], Any] | None = None
        self.latency = 0.0
        """Seconds every answer takes, half on the way in and half on the way out."""
        self._api = f"/bot{world.token}/"
        self._files = f"/file/bot{world.token}/"
        self._last_set_webhook = float("-inf")
        self._runner: web.ServerRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        if self._runner is None:
            server = web.Server(self._handle, request_factory=_request, access_log=None)
            self._runner = web.ServerRunner(server, shutdown_timeout=0.2)
            await self._runner.setup()
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        self.port = sock.getsockname()[1]
        await web.SockSite(self._runner, sock, backlog=1024).start()

    async def close_port(self) -> None:
        """Refuse connections (and cut those there are) until `start` is called again."""
        self.world.updates.wake_poll()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def stop(self) -> None:
        await self.pusher.close()
        await self.close_port()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        path = request.path
        try:
            if path.startswith(self._api):
                return await self._method(path[len(self._api) :].lower().removeprefix("test/"), request)
            if path.startswith(self._files):
                return self._download(path[len(self._files) :])
            if path.startswith("/sim/") and self.control is not None:
                answer = await self.control(request)
                return _json(answer)
            if path.startswith(("/bot", "/file/bot")) and path.count("/") >= 2:
                raise ApiError(401, "Unauthorized: invalid token specified")
            raise ApiError(404, "Not Found")
        except ApiError as error:
            return _refusal(error)
        except Cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    async def _method(self, method: str, request: web.BaseRequest) -> web.StreamResponse:
        if self.world.token_revoked:
            await request.read()
            raise ApiError(401, "Unauthorized")
        params = await read_params(request)
        loop = asyncio.get_running_loop()
        began = loop.time()
        chat = params.integer("chat_id", 0) or None
        call = Call(method, chat, params.values, self.world.clock.now())
        if method != "getupdates":
            self.calls.append(call)
        if self.latency:
            await asyncio.sleep(self.latency / 2)
        try:
            return await self._run(method, params, call)
        except ApiError as error:
            call.outcome = f"{error.code} {error.description}"
            raise
        finally:
            if self.latency:
                await asyncio.sleep(self.latency / 2)
            call.seconds = loop.time() - began

    async def _run(self, method: str, params: Params, call: Call) -> web.StreamResponse:
        fault = self.faults.next_for(method, call.chat) if self.faults else None
        if fault is not None:
            await self._before(fault, call)
        if self.rates is not None and method in LIMITED and call.chat is not None:
            await self._pace(self.rates, call.chat)
        if method == "getupdates":
            text = await self._get_updates(params)
            return await self._after(fault, call, '{"ok":true,"result":' + text + "}")
        result: Any
        body: dict[str, Any] = {"ok": True}
        if method in METHODS:
            result = METHODS[method](self.world, params)
        elif method in ("setwebhook", "deletewebhook", "getwebhookinfo"):
            result, body = self._webhook(method, params)
        else:
            raise ApiError(404, "Not Found: method not found")
        if isinstance(result, dict):
            call.message_id = result.get("message_id")
        call.outcome = "ok"
        return await self._after(fault, call, json.dumps({**body, "result": result}, ensure_ascii=False))

    async def _before(self, fault: Fault, call: Call) -> None:
        if fault.kind is FaultKind.ERROR:
            raise ApiError(fault.code, fault.description, dict(fault.parameters) or None)
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault.kind is FaultKind.RESET_BEFORE:
            call.outcome = "not applied, reset"
            raise Cut
        elif fault.kind is FaultKind.BAD_GATEWAY:
            call.outcome = "not applied, 502"
            raise ApiError(502, HTML_502)

    async def _after(self, fault: Fault | None, call: Call, text: str) -> web.StreamResponse:
        if fault is not None:
            if fault.kind in (FaultKind.DELAY, FaultKind.LOST_AFTER) and fault.seconds:
                await asyncio.sleep(fault.seconds)
            if fault.kind is FaultKind.LOST_AFTER:
                call.outcome = "applied, answer lost"
                raise Cut
            if fault.kind is FaultKind.GATEWAY_LOST:
                call.outcome = "applied, answer lost"
                return web.Response(status=502, text=HTML_502, content_type="text/html")
            if fault.kind is FaultKind.TRUNCATED:
                call.outcome = "applied, answer truncated"
                text = text[: len(text) // 2]
        return web.Response(body=text.encode("utf-8", "replace"), content_type="application/json")

    async def _pace(self, rates: Rates, chat: int) -> None:
        while (wait := rates.wait(self.world.clock, chat)) > 0:
            if wait > rates.absorb:
                raise too_many(retry_after(wait))
            await self.world.clock.sleep(wait)

    async def _get_updates(self, params: Params) -> str:
        allowed = params.json("allowed_updates", "allowed_updates")
        self.world.updates.set_allowed(allowed if isinstance(allowed, list) else None)
        limit = params.integer("limit", 100)
        return await self.world.updates.get(
            offset=params.integer("offset"),
            limit=limit if 1 <= limit <= 100 else 100,
            wait=float(min(max(params.integer("timeout"), 0), 50)),
        )

    def _webhook(self, method: str, params: Params) -> tuple[Any, dict[str, Any]]:
        queue, hook = self.world.updates, self.pusher.hook
        if method == "getwebhookinfo":
            queue.drop_expired()
            return _webhook_info(hook, len(queue.pending), queue.allowed), {"ok": True}
        url = params.text("url") if method == "setwebhook" else ""
        if method == "setwebhook":
            now = self.world.clock.now()
            if now - self._last_set_webhook < 1:
                raise too_many(1)
            secret = params.text("secret_token")
            if len(secret) > 256:
                raise bad("secret token is too long")
            if not set(secret) <= SECRET_CHARS:
                raise bad("secret token contains unallowed characters")
            self._last_set_webhook = now
            allowed = params.json("allowed_updates", "allowed_updates")
            queue.set_allowed(allowed if isinstance(allowed, list) else None)
        if params.flag("drop_pending_updates"):
            queue.pending.clear()
        if not url:
            self.pusher.set(None)
            return True, {
                "ok": True,
                "description": "Webhook was deleted" if hook else "Webhook is already deleted",
            }
        new = Hook(url, params.text("secret_token"), min(max(params.integer("max_connections", 40), 1), 100))
        if hook and (hook.url, hook.secret, hook.max_connections) == (
            new.url,
            new.secret,
            new.max_connections,
        ):
            return True, {"ok": True, "description": "Webhook is already set"}
        queue.end_poll("terminated by setWebhook request")
        self.pusher.set(new)
        return True, {"ok": True, "description": "Webhook was set"}

    async def _webhook_reply(self, method: str, values: dict[str, Any]) -> None:
        handler = METHODS.get(method.lower())
        if handler is None:
            return
        call = Call(method.lower(), int(values.get("chat_id") or 0) or None, values, self.world.clock.now())
        self.calls.append(call)
        try:
            handler(self.world, Params(values))
            call.outcome = "ok"
        except ApiError as error:
            call.outcome = f"{error.code} {error.description}"

    def _download(self, path: str) -> web.StreamResponse:
        file = self.world.paths.get(path)
        if file is None or self.world.token_revoked:
            raise ApiError(404, "Not Found")
        call = Call("download", None, {"path": path}, self.world.clock.now(), outcome="ok")
        self.calls.append(call)
        fault = self.faults.next_for("download", None) if self.faults else None
        if fault is not None and fault.kind is FaultKind.RESET_BEFORE:
            call.outcome = "not applied, reset"
            raise Cut
        if fault is not None and fault.kind is FaultKind.BAD_GATEWAY:
            raise ApiError(502, HTML_502)
        if fault is not None and fault.kind is FaultKind.TRUNCATED:
            return web.Response(
                body=file.data[: len(file.data) // 2], content_type="application/octet-stream"
            )
        return web.Response(body=file.data, content_type="application/octet-stream")


def _webhook_info(hook: Hook | None, pending: int, allowed: frozenset[str] | None) -> dict[str, Any]:
    info: dict[str, Any] = {
        "url": hook.url if hook else "",
        "has_custom_certificate": False,
        "pending_update_count": pending,
    }
    if hook is not None:
        info["max_connections"] = hook.max_connections
        if hook.last_error_at is not None:
            info.update(last_error_date=hook.last_error_at, last_error_message=hook.last_error)
    if allowed is not None:
        info["allowed_updates"] = sorted(allowed)
    return info


def _request(*parts: Any) -> web.BaseRequest:
    """A request that may be as large as Telegram's uploads."""
    message, payload, protocol, writer, task = parts
    return web.BaseRequest(
        message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=BODY_LIMIT
    )


def _json(answer: Any) -> web.Response:
    return web.Response(
        body=json.dumps(answer, ensure_ascii=False, default=str).encode(), content_type="application/json"
    )


def _refusal(error: ApiError) -> web.Response:
    if error.code == 502:
        return web.Response(status=502, text=error.description, content_type="text/html")
    response = web.Response(
        status=error.code,
        body=json.dumps(error.body(), ensure_ascii=False).encode(),
        content_type="application/json",
    )
    if error.parameters and "retry_after" in error.parameters:
        response.headers["Retry-After"] = str(error.parameters["retry_after"])
    return response
