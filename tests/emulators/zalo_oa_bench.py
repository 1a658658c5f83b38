"""An application as the emulated Official Account meets it: a client with a token, and a webhook."""

from __future__ import annotations

import asyncio
import io
import json
from typing import Any

import aiohttp
from aiohttp import web

from tests.emulators.zalo_oa import ZaloOaEmulator, ZaloUser


class Bench:
    """An application of our own: an HTTP client with a token, and a webhook that keeps what comes."""

    def __init__(self, zalo: ZaloOaEmulator, http: aiohttp.ClientSession) -> None:
        self.zalo = zalo
        self.http = http
        self.token = ""
        self.events: list[tuple[dict[str, Any], dict[str, str], bytes]] = []
        self.status = 200
        self.slow = 0.0
        self.hook = ""

    async def oauth(self, **fields: str) -> dict[str, Any]:
        headers = {"secret_key": fields.pop("secret", self.zalo.settings.app_secret)}
        data = {"app_id": self.zalo.settings.app_id, **fields}
        async with self.http.post(f"{self.zalo.oauth_url}/oa/access_token", data=data, headers=headers) as a:
            assert a.status == 200, "errors come with 200 as well"
            return _object(await a.json(content_type=None))

    async def post(self, path: str, body: dict[str, Any], *, token: str | None = None) -> dict[str, Any]:
        headers = {"access_token": self.token if token is None else token}
        async with self.http.post(f"{self.zalo.api_url}{path}", json=body, headers=headers) as answer:
            assert answer.status == 200
            return _object(await answer.json(content_type=None))

    async def get(self, path: str, data: dict[str, Any]) -> dict[str, Any]:
        async with self.http.get(
            f"{self.zalo.api_url}{path}",
            params={"data": json.dumps(data)},
            headers={"access_token": self.token},
        ) as answer:
            return _object(await answer.json(content_type=None))

    async def say(self, user: ZaloUser, message: dict[str, Any] | str) -> dict[str, Any]:
        known = {"text": message} if isinstance(message, str) else message
        return await self.post("/v3.0/oa/message/cs", {"recipient": {"user_id": user.id}, "message": known})

    async def upload(self, kind: str, name: str, data: bytes) -> dict[str, Any]:
        form = aiohttp.FormData()
        form.add_field("file", io.BytesIO(data), filename=name)
        async with self.http.post(
            f"{self.zalo.api_url}/v2.0/oa/upload/{kind}", data=form, headers={"access_token": self.token}
        ) as answer:
            return _object(await answer.json(content_type=None))

    async def take(self, request: web.Request) -> web.Response:
        raw = await request.read()
        if self.slow:
            await asyncio.sleep(self.slow)
        self.events.append((json.loads(raw), dict(request.headers), raw))
        return web.Response(status=self.status)

    async def business(
        self, method: str, path: str, body: dict[str, Any] | None = None, **query: str
    ) -> dict[str, Any]:
        url = f"{self.zalo.business_url}{path}"
        async with self.http.request(
            method, url, json=body, params=query, headers={"access_token": self.token}
        ) as answer:
            return _object(await answer.json(content_type=None))

    def named(self, name: str) -> list[dict[str, Any]]:
        """The events of this name that came, oldest first."""
        return [event for event, _, _ in self.events if event.get("event_name") == name]

    def names(self) -> list[str]:
        return [event.get("event_name", "") for event, _, _ in self.events]


def _object(answer: Any) -> dict[str, Any]:
    assert isinstance(answer, dict)
    return answer


async def connected(bench: Bench) -> ZaloUser:
    assert await bench.zalo.register(bench.hook) == 200
    bench.events.clear()
    user = bench.zalo.person("Sen")
    user.say("xin chào")
    await bench.zalo.settled()
    bench.events.clear()
    return user
