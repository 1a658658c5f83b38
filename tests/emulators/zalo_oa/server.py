"""The HTTP side: hosts as path prefixes, authentication, dispatch, faults, rates, the call log."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from collections import deque
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

from . import reads, sending, uploads, zbs
from .errors import ZaloError
from .faults import Fault, FaultKind, FaultPlan
from .model import Call, Incoming
from .rates import Rates
from .world import World

Method = Callable[[World, Incoming], Any]
API: dict[tuple[str, str], Method] = {
    ("POST", "/v3.0/oa/message/cs"): sending.message_cs,
    ("POST", "/v2.0/oa/message"): sending.message_v2,
    ("POST", "/v3.0/oa/message/template"): zbs.by_user_id,
    ("POST", "/v2.0/oa/upload/image"): uploads.upload("image"),
    ("POST", "/v2.0/oa/upload/gif"): uploads.upload("gif"),
    ("POST", "/v2.0/oa/upload/file"): uploads.upload("file"),
    ("GET", "/v3.0/oa/user/detail"): reads.user_detail,
    ("GET", "/v3.0/oa/user/getlist"): reads.user_list,
    ("GET", "/v2.0/oa/getoa"): reads.get_oa,
    ("POST", "/v3.0/oa/quota/message"): reads.quota_message,
    ("GET", "/v2.0/oa/listrecentchat"): reads.recent_chats,
    ("GET", "/v2.0/oa/conversation"): reads.conversation,
}
BUSINESS: dict[tuple[str, str], Method] = {
    ("POST", "/message/template"): zbs.by_phone,
    ("GET", "/message/status"): zbs.message_status,
    ("GET", "/message/quota"): zbs.message_quota,
    ("GET", "/template/all"): zbs.all_templates,
    ("GET", "/template/info/v2"): zbs.template_info,
}
PREFIXES = {"oauth": "/oauth/v4", "api": "/api", "business": "/business", "cdn": "/cdn"}
HTML_502 = "<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>\r\n"
HTML_200 = "<!DOCTYPE html>\r\n<html><body>Zalo is under maintenance</body></html>\r\n"
BODY_LIMIT = 32 * 1024 * 1024


class Cut(Exception):
    """The connection must be cut without an answer."""


class ZaloServer:
    """Speaks as Zalo's hosts for one OA on one port."""

    def __init__(self, world: World, *, keep_calls: int | None) -> None:
        self.world = world
        self.faults = FaultPlan(world.random)
        self.rates = Rates()
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.latency = 0.0
        """Seconds every answer takes."""
        self._runner: web.ServerRunner | None = None
        self.port = 0

    async def start(self, host: str, port: int) -> None:
        self._runner = web.ServerRunner(
            web.Server(self._handle, request_factory=_request, access_log=None), shutdown_timeout=0.2
        )
        await self._runner.setup()
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((host, port))
        self.port = sock.getsockname()[1]
        self.world.base_url = f"http://{host}:{self.port}"
        await web.SockSite(self._runner, sock, backlog=1024).start()

    async def close_port(self) -> None:
        """Refuse connections (and cut those there are) until `start` is called again."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        host = next((h for h, prefix in PREFIXES.items() if request.path.startswith(prefix + "/")), "")
        if not host:
            return web.Response(status=404, text=HTML_502.replace("502 Bad Gateway", "404"))
        path = request.path if host == "cdn" else request.path.removeprefix(PREFIXES[host])
        given = await _read(request, host, path)
        call = Call(host, path, _user_of(given), given.body, self.world.clock.now())
        self.calls.append(call)
        if self.latency:
            await asyncio.sleep(self.latency)
        fault = self.faults.next_for(path, call.user)
        try:
            early = await self._before(fault, call)
            answer = early or self._answer(given, call)
            return await self._after(None if early else fault, call, answer)
        except Cut:
            if request.transport is not None:
                request.transport.abort()
            return web.Response()

    def _answer(self, given: Incoming, call: Call) -> web.Response:
        if given.host == "cdn":
            return self._download(given.path, call)
        headers: dict[str, str] = {}
        try:
            if given.host == "oauth":
                return self._oauth(given, call)
            self._pace(headers)
            self._authorise(given)
            table = API if given.host == "api" else BUSINESS
            method = table.get((given.method, given.path))
            if method is None:
                raise ZaloError(-209)
            if not given.readable:
                raise ZaloError(-201, "body")
            data = method(self.world, given)
        except ZaloError as error:
            call.outcome = str(error)
            if given.host == "oauth":
                shape = self.world.settings.oauth_shape
                short = shape == "short" or (shape == "mixed" and error.code == -14014)
                return _json(error.oauth_body(short=short))
            return _json(error.body(), headers)
        call.outcome = "ok"
        if isinstance(data, dict):
            call.message_id = str(data.get("message_id") or data.get("msg_id") or "")
        return _json({"data": data, "error": 0, "message": "Success"}, headers)

    def _oauth(self, given: Incoming, call: Call) -> web.Response:
        oauth = self.world.oauth
        if (given.method, given.path) == ("GET", "/oa/permission"):
            target = oauth.permission(given)
            call.outcome = "ok"
            return web.Response(status=302, headers={"Location": target})
        if (given.method, given.path) == ("POST", "/oa/access_token"):
            answer = oauth.token(given)
            call.outcome = "ok"
            return _json(answer)
        call.outcome = "404"
        return web.Response(status=404, text=HTML_200, content_type="text/html")

    def _pace(self, headers: dict[str, str]) -> None:
        limit = min(self.world.settings.app_per_minute, self.world.settings.oa_per_minute)
        left = self.rates.take(self.world.clock.now(), limit)
        headers["X-RateLimit-Limit"] = str(limit)
        headers["X-RateLimit-Remain"] = str(left or 0)
        if left is None:
            raise ZaloError(-32)

    def _authorise(self, given: Incoming) -> None:
        business = given.host == "business"
        token = given.headers.get("access_token", "")
        code = self.world.oauth.check_access(token)
        if code:
            raise ZaloError(-124 if business and code in (-216, -220) else code)
        if self.world.settings.demand_proof:
            secret = self.world.settings.app_secret.encode()
            wanted = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
            if given.headers.get("appsecret_proof", "") != wanted:
                raise ZaloError(-1241 if business else -242)

    def _download(self, path: str, call: Call) -> web.Response:
        file = self.world.cdn.get(path)
        status = 404 if file is None else file.status
        if file is not None and status == 200 and self.world.clock.now() >= file.expires:
            status = 403
        call.outcome = "ok" if status == 200 else str(status)
        if file is None or status != 200:
            return web.Response(status=status, text=HTML_200, content_type="text/html")
        return web.Response(body=file.data, content_type=file.content_type)

    async def _before(self, fault: Fault | None, call: Call) -> web.Response | None:
        if fault is None:
            return None
        if fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        elif fault.kind is FaultKind.RESET_BEFORE:
            call.outcome = "not applied, reset"
            raise Cut
        elif fault.kind is FaultKind.BAD_GATEWAY:
            call.outcome = "not applied, 502"
            return web.Response(status=502, text=HTML_502, content_type="text/html")
        elif fault.kind is FaultKind.NOT_JSON:
            call.outcome = "not applied, not JSON"
            return web.Response(text=HTML_200, content_type="text/html")
        elif fault.kind is FaultKind.ERROR:
            error = ZaloError(fault.code)
            call.outcome = str(error)
            return _json(error.oauth_body(short=False) if call.host == "oauth" else error.body())
        return None

    async def _after(self, fault: Fault | None, call: Call, answer: web.Response) -> web.Response:
        if fault is None:
            return answer
        if fault.kind in (FaultKind.DELAY, FaultKind.LOST_AFTER) and fault.seconds:
            await asyncio.sleep(fault.seconds)
        applied = "applied" if call.outcome == "ok" else call.outcome
        if fault.kind is FaultKind.LOST_AFTER:
            call.outcome = f"{applied}, answer lost"
            raise Cut
        if fault.kind is FaultKind.GATEWAY_LOST:
            call.outcome = f"{applied}, answer lost"
            return web.Response(status=502, text=HTML_502, content_type="text/html")
        if fault.kind is FaultKind.TRUNCATED and isinstance(answer.body, bytes):
            call.outcome = f"{applied}, answer truncated"
            half = answer.body[: len(answer.body) // 2]
            return web.Response(status=answer.status, body=half, content_type=answer.content_type)
        return answer


def _user_of(given: Incoming) -> str:
    recipient = given.body.get("recipient")
    holder = recipient if isinstance(recipient, dict) else given.body
    found = [holder[name] for name in ("user_id", "anonymous_id", "phone") if holder.get(name)]
    return str(found[0]) if found else ""


async def _read(request: web.BaseRequest, host: str, path: str) -> Incoming:
    query = dict(parse_qsl(request.query_string, keep_blank_values=True))
    headers = {name.lower(): value for name, value in request.headers.items()}
    given = Incoming(request.method, host, path, {}, query, headers)
    kind = request.content_type
    if request.method == "GET":
        _take_json(given, query["data"]) if "data" in query else None
    elif host == "oauth":
        form = (await request.read()).decode("utf-8", "replace")
        given.readable = kind == "application/x-www-form-urlencoded"
        given.body = dict(parse_qsl(form, keep_blank_values=True)) if given.readable else {}
    elif kind == "multipart/form-data":
        given.readable = "/upload/" in path
        for name, value in (await request.post()).items():
            if isinstance(value, web.FileField):
                with value.file as stream:
                    given.files[name] = (value.filename, stream.read())
    else:
        text = (await request.read()).decode("utf-8", "replace")
        if kind == "application/json":
            _take_json(given, text)
        else:
            given.readable = False
    return given


def _take_json(given: Incoming, text: str) -> None:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    given.readable = isinstance(found, dict)
    given.body = found if isinstance(found, dict) else {}


def _request(*parts: Any) -> web.BaseRequest:
    """A request that may be as large as uploads are."""
    message, payload, protocol, writer, task = parts
    return web.BaseRequest(
        message, payload, protocol, writer, task, asyncio.get_running_loop(), client_max_size=BODY_LIMIT
    )


def _json(answer: Any, headers: dict[str, str] | None = None) -> web.Response:
    body = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    return web.Response(body=body, content_type="application/json", headers=headers)
