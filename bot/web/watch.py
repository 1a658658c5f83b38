"""What operators and machines look at: is it alive, is it ready, how much does it do.

`/healthz` says that the process answers; `/readyz` that it can do its work; `/metrics` counts. The access log
has the method, the route's pattern, the status and the time taken; no address, no query, no cookie.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from bot.web.address import client_address, is_private
from bot.web.faults import route_name
from bot.web.parts import WebParts
from storage.database import Unavailable

log = logging.getLogger("bot.web.access")

_QUIET: Final = frozenset(
    {"/healthz", "/readyz", "/metrics", "/static/{version}/{name}", "/console/static/{version}/{name}"}
)
_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Watch:
    """The routes for machines and the counting of requests."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        registry: CollectorRegistry = parts.registry
        self.requests = Counter(
            "tiepdan_http_requests_total", "Requests answered", ["route", "status"], registry=registry
        )
        self.seconds = Histogram(
            "tiepdan_http_seconds", "Time to answer", ["route"], registry=registry, buckets=_BUCKETS
        )
        pages = Gauge("tiepdan_web_chat_pages", "Open pages of the web chat", registry=registry)
        pages.set_function(lambda: parts.chat.hub.pages)

    def add_routes(self, app: web.Application) -> None:
        app.router.add_get("/healthz", self.healthz)
        app.router.add_get("/readyz", self.readyz)
        app.router.add_get("/metrics", self.metrics)

    async def healthz(self, _request: web.Request) -> web.Response:
        """The process answers."""
        return web.json_response({"status": "ok"})

    async def readyz(self, _request: web.Request) -> web.Response:
        """200 when work can be done, 503 with the reasons when not."""
        try:
            problems = list(await self._parts.ready())
        except Unavailable:
            problems = ["database"]
        status = 503 if problems else 200
        return web.json_response(
            {"status": "not_ready" if problems else "ready", "problems": problems}, status=status
        )

    async def metrics(self, request: web.Request) -> web.Response:
        """Counts for Prometheus; only for this machine and private networks."""
        if not is_private(client_address(request, self._parts.proxies)):
            raise web.HTTPNotFound
        return web.Response(
            body=generate_latest(self._parts.registry),
            headers={"Content-Type": "text/plain; version=0.0.4; charset=utf-8"},
        )


def access_log(watch: Watch, time: Callable[[], float]) -> Middleware:
    """Counts every request and writes one line about it (machines' own look-ups are only counted)."""

    @web.middleware
    async def middleware(request: web.Request, handler: Handler) -> web.StreamResponse:
        begin = time()
        status = 500
        try:
            response = await handler(request)
            status = response.status
        except web.HTTPException as answer:
            status = answer.status
            raise
        else:
            return response
        finally:
            route = route_name(request)
            seconds = time() - begin
            watch.requests.labels(route, str(status)).inc()
            if route != "/chat/events":
                watch.seconds.labels(route).observe(seconds)
            if route not in _QUIET:
                log.info(
                    "http_request",
                    extra={
                        "method": request.method,
                        "route": route,
                        "status": status,
                        "ms": round(seconds * 1e3, 1),
                    },
                )

    return middleware
