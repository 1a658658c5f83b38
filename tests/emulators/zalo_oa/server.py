"""HTTP: the four hosts of Zalo as path prefixes of one server."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import Mapping
from typing import Any, Final

from aiohttp import web

from tests.emulators.fault_plan import FaultPlan

from .api import METHODS, message_status
from .errors import ZaloError
from .faults import Fault, FaultKind
from .model import Call, Incoming
from .rates import Rates
from .templates import by_phone, message_quota
from .world import World

PREFIXES: Final = {"oauth": "/oauth/v4", "api": "/api", "business": "/business"}
HTML: Final = "<html><body><h1>502 Bad Gateway</h1></body></html>"
BUSINESS: Final = {
    ("POST", "/message/template"): by_phone,
    ("GET", "/message/status"): message_status,
    ("GET", "/message/quota"): message_quota,
}
UNTOUCHED: Final = (FaultKind.ERROR, FaultKind.BAD_GATEWAY, FaultKind.NOT_JSON, FaultKind.RESET_BEFORE)
"""Faults whose call is never applied."""
LIMITED: Final = frozenset({"api", "business"})


class Server:
    """Listens on a free port; everything that is asked is in `calls`."""

    def __init__(self, world: World, *, keep_calls: int | None = None) -> None:
        self.world = world
        self.faults = FaultPlan[Fault](world.random)
        self.rates = Rates()
        self.calls: deque[Call] = deque(maxlen=keep_calls)
        self.port = 0
        self._runner: web.AppRunner | None = None

    async def start(self, host: str, port: int) -> None:
        app = web.Application(client_max_size=64 * 1024 * 1024)
        app.router.add_route("*", "/{tail:.*}", self._handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, port).start()
        self.port = self._runner.addresses[0][1]
        self.world.base_url = f"http://{host}:{self.port}"

    async def stop(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _handle(self, request: web.Request) -> web.StreamResponse:
        if request.path.startswith("/cdn/"):
            return await self._cdn(request)
        for host, prefix in PREFIXES.items():
            if request.path.startswith(f"{prefix}/"):
                return await self._call(request, host, request.path.removeprefix(prefix))
        return web.Response(status=404, text="Not Found")

    async def _cdn(self, request: web.Request) -> web.StreamResponse:
        call = self._log(Incoming("GET", "cdn", request.path, {}, {}, {}))
        fault = self.faults.next_for(request.path, "")
        if fault is not None:
            if fault.seconds:
                await asyncio.sleep(fault.seconds)
            if fault.kind in (FaultKind.BAD_GATEWAY, FaultKind.GATEWAY_LOST):
                call.outcome = "502"
                return web.Response(status=502, text=HTML, content_type="text/html")
            if fault.kind in (FaultKind.RESET_BEFORE, FaultKind.LOST_AFTER, FaultKind.TRUNCATED):
                return self._cut(request, call, "reset")
        file = self.world.cdn.get(request.path)
        if file is None or file.status != 200:
            call.outcome = str(file.status if file is not None else 404)
            return web.Response(status=file.status if file is not None else 404, text="gone")
        if self.world.clock.now() >= file.expires:
            call.outcome = "403"
            return web.Response(status=403, text="expired")
        call.outcome = "ok"
        return web.Response(body=file.data, content_type=file.content_type)

    async def _call(self, request: web.Request, host: str, path: str) -> web.StreamResponse:
        given = await _read(request, host, path)
        call = self._log(given)
        fault = self.faults.next_for(f"{host}{path}", call.user)
        if fault is not None and fault.kind is FaultKind.SLOW:
            await asyncio.sleep(fault.seconds)
        if fault is not None and fault.kind in UNTOUCHED:
            return self._untouched(request, call, fault)
        answer, headers = self._answer(given, call)
        if isinstance(answer, web.Response):
            return answer
        body = json.dumps(answer, ensure_ascii=False)
        if fault is None or fault.kind is FaultKind.SLOW:
            return web.Response(text=body, content_type="application/json", headers=headers)
        return await self._spoilt(request, call, fault, body)

    def _untouched(self, request: web.Request, call: Call, fault: Fault) -> web.StreamResponse:
        if fault.kind is FaultKind.ERROR:
            error = ZaloError(fault.code)
            call.outcome = str(error)
            answer = error.oauth_body(short=True) if call.host == "oauth" else error.body()
            return web.json_response(answer)
        if fault.kind is FaultKind.RESET_BEFORE:
            return self._cut(request, call, "not applied, reset")
        call.outcome = f"not applied, {fault.kind}"
        status = 502 if fault.kind is FaultKind.BAD_GATEWAY else 200
        return web.Response(status=status, text=HTML, content_type="text/html")

    async def _spoilt(self, request: web.Request, call: Call, fault: Fault, body: str) -> web.StreamResponse:
        """The call was applied, its answer suffers."""
        call.outcome = f"applied ({call.outcome}), {fault.kind}"
        if fault.seconds:
            await asyncio.sleep(fault.seconds)
        if fault.kind is FaultKind.LOST_AFTER:
            return self._cut(request, call, call.outcome)
        if fault.kind is FaultKind.GATEWAY_LOST:
            return web.Response(status=502, text=HTML, content_type="text/html")
        if fault.kind is FaultKind.TRUNCATED:
            return web.Response(text=body[: len(body) // 2], content_type="application/json")
        return web.Response(text=body, content_type="application/json")

    def _cut(self, request: web.Request, call: Call, outcome: str) -> web.StreamResponse:
        call.outcome = outcome
        if request.transport is not None:
            request.transport.abort()
        raise web.HTTPBadGateway

    def _answer(self, given: Incoming, call: Call) -> tuple[Any, dict[str, str]]:
        if given.host == "oauth":
            return self._oauth(given, call), {}
        headers: dict[str, str] = {}
        try:
            self._limited(headers)
            self._authorised(given)
            method = self._method(given)
            if method is None:
                call.outcome = "404"
                return web.Response(status=404, text="Not Found"), {}
            if not given.readable:
                raise ZaloError(-201, "body")
            data = method(self.world, given)
        except ZaloError as error:
            call.outcome = str(error)
            return error.body(), headers
        call.outcome = "ok"
        if isinstance(data, dict):
            call.message_id = str(data.get("message_id") or data.get("msg_id") or "")
        return {"data": data, "error": 0, "message": "Success"}, headers

    def _method(self, given: Incoming) -> Any:
        known: Mapping[tuple[str, str], Any] = METHODS if given.host == "api" else BUSINESS
        return known.get((given.method, given.path))

    def _limited(self, headers: dict[str, str]) -> None:
        """Counts the request and tells what is left in the answer's headers, also of a refusal."""
        settings, now = self.world.settings, self.world.clock.now()
        limit = min(settings.oa_per_minute, settings.app_per_minute)
        left = self.rates.take(now, limit)
        headers.update({"X-RateLimit-Limit": str(limit), "X-RateLimit-Remain": str(left or 0)})
        if left is None:
            raise ZaloError(-32)

    def _authorised(self, given: Incoming) -> None:
        token = given.headers.get("access_token", "")
        code = self.world.oauth.check_access(token)
        if code:
            raise ZaloError(-124 if given.host == "business" and code in (-216, -220) else code)
        if not self.world.settings.demand_proof:
            return
        right = hmac.new(self.world.settings.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
        if given.headers.get("appsecret_proof", given.query.get("appsecret_proof", "")) != right:
            raise ZaloError(-1241 if given.host == "business" else -242)

    def _oauth(self, given: Incoming, call: Call) -> Any:
        oauth = self.world.oauth
        try:
            if given.path == "/oa/permission" and given.method == "GET":
                call.outcome = "ok"
                return web.Response(status=302, headers={"Location": oauth.permission(given)})
            if given.path != "/oa/access_token" or given.method != "POST":
                call.outcome = "404"
                return web.Response(status=404, text="Not Found")
            answer = oauth.token(given)
            call.outcome = "ok"
            return answer
        except ZaloError as error:
            call.outcome = str(error)
            shape = self.world.settings.oauth_shape
            return error.oauth_body(short=shape == "short" or (shape == "mixed" and error.code == -14014))

    def _log(self, given: Incoming) -> Call:
        recipient = given.body.get("recipient")
        user = recipient.get("user_id", "") if isinstance(recipient, dict) else ""
        user = user or given.body.get("user_id") or given.body.get("phone") or ""
        call = Call(given.host, given.path, str(user), given.body, self.world.clock.now())
        self.calls.append(call)
        return call


async def _read(request: web.Request, host: str, path: str) -> Incoming:
    headers = {name.lower(): value for name, value in request.headers.items()}
    given = Incoming(request.method, host, path, {}, dict(request.query), headers)
    if request.content_type == "multipart/form-data":
        fields = await request.post()
        for name, value in fields.items():
            if isinstance(value, web.FileField):
                given.files[name] = (value.filename, value.file.read())
    elif host == "oauth" and request.method == "POST":
        given.readable = request.content_type == "application/x-www-form-urlencoded"
        given.body = {name: str(value) for name, value in (await request.post()).items()}
    elif request.method == "GET":
        given.body = _object(request.query.get("data", "{}"), given)
    else:
        given.body = _object((await request.read()).decode("utf-8", "replace"), given)
    return given


def _object(text: str, given: Incoming) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    given.readable = isinstance(found, dict)
    return found if isinstance(found, dict) else {}
