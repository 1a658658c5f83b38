"""A visitor of the web chat as a `Citizen`, over its HTTP API with a cookie jar as a browser has one."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, ClassVar
from uuid import uuid4

import aiohttp

from tests.e2e.support.heard import Document, Exchange, Heard
from tests.e2e.support.people import Quiet, choose
from tests.emulators.telegram import samples

PIECE = 256 * 1024


class WebCitizen:
    """Made by `WebCitizen.visit`, which opens the page and gets the cookie."""

    channel = "web"
    carries: ClassVar = frozenset({"album", "button", "document", "location", "photo", "text", "video"})

    def __init__(self, http: aiohttp.ClientSession, quiet: Quiet) -> None:
        self.http = http
        self.transcript: list[Exchange] = []
        self._quiet = quiet
        self._last = 0
        self._photos = 0
        self.refused: list[tuple[int, dict[str, Any]]] = []
        """Status and body of requests that were not taken, newest last."""

    @classmethod
    async def visit(cls, url: str, quiet: Quiet, *, language: str = "vi") -> WebCitizen:
        http = aiohttp.ClientSession(
            url, cookie_jar=aiohttp.CookieJar(unsafe=True), headers={"Accept-Language": language}
        )
        async with http.get("/") as page:
            page.raise_for_status()
        return cls(http, quiet)

    async def close(self) -> None:
        await self.http.close()

    # --- deeds

    async def start(self) -> Exchange:
        return await self.say("/start")

    async def say(self, text: str) -> Exchange:
        return await self._do(text, {"text": text})

    async def press(self, label: str) -> Exchange:
        message, found, token = choose(label, await self.all_heard())
        return await self._do(f"[{found}]", {"choice": {"token": token, "ref": int(message.ref)}})

    async def press_token(self, token: str, ref: str) -> Exchange:
        return await self._do(f"[{token}]", {"choice": {"token": token, "ref": int(ref)}})

    async def take(self, heard: Heard, place: int) -> Exchange:
        return await self.press_token(heard.tokens[place], heard.ref)

    async def photos(self, count: int = 1, caption: str = "") -> Exchange:
        files = []
        for _ in range(count):
            self._photos += 1
            files.append((f"anh-{self._photos}.jpg", "image/jpeg", samples.jpeg(seed=self._photos)))
        return await self._upload(f"<{count} photos> {caption}", files, caption)

    async def voice(self, seconds: int) -> Exchange:
        return await self._upload(f"<recording {seconds} s>", [("ghi-am.ogg", "audio/ogg", samples.ogg())])

    async def video(self, seconds: int, size: int) -> Exchange:
        return await self._upload("<video>", [("phim.mp4", "video/mp4", _long_video(size))])

    async def document(self, name: str, data: bytes, mime: str = "application/pdf") -> Exchange:
        return await self._upload(f"<document {name}>", [(name, mime, data)])

    async def location(self, latitude: float, longitude: float) -> Exchange:
        return await self._do("<location>", {"location": {"latitude": latitude, "longitude": longitude}})

    async def contact(self, phone: str, name: str) -> Exchange:
        return await self._do("<contact>", {"contact": {"phone": phone, "name": name}})

    async def sticker(self, emoji: str) -> Exchange:
        return await self.say(emoji)

    async def news(self) -> list[Heard]:
        await self._quiet()
        return await self._new()

    async def all_heard(self) -> list[Heard]:
        async with self.http.get("/chat/history") as answer:
            answer.raise_for_status()
            known = await answer.json()
        return [await self._heard(message) for message in known["messages"] if message["from"] == "office"]

    # --- requests

    async def post(self, content: dict[str, Any], *, message_id: str = "") -> tuple[int, dict[str, Any]]:
        """One message, again and again while the service says that nothing was taken in."""
        body = {"id": message_id or str(uuid4()), **content}
        for _ in range(100):
            async with self.http.post("/chat/messages", json=body) as answer:
                status, said = answer.status, await answer.json()
            if status not in (429, 503):
                return status, said
            await asyncio.sleep(0.3)
        raise AssertionError("the web chat takes nothing in")

    async def _do(self, did: str, content: dict[str, Any]) -> Exchange:
        await self._new()
        status, said = await self.post(content)
        return await self._after(did, status, said)

    async def _upload(
        self, did: str, files: list[tuple[str, str, bytes | AsyncIterator[bytes]]], caption: str = ""
    ) -> Exchange:
        await self._new()
        form = aiohttp.FormData()
        form.add_field("id", str(uuid4()))
        form.add_field("caption", caption)
        for name, mime, data in files:
            form.add_field("file", data, filename=name, content_type=mime)
        try:
            async with self.http.post("/chat/files", data=form) as answer:
                status, said = answer.status, await answer.json()
        except aiohttp.ClientConnectionError:
            status, said = 413, {"error": "cut", "text": ""}
        return await self._after(did, status, said)

    async def _after(self, did: str, status: int, said: dict[str, Any]) -> Exchange:
        exchange = Exchange(did)
        if status == 200:
            await self._quiet()
            exchange.answers = await self._new()
        else:
            self.refused.append((status, said))
            exchange.answers = [Heard(ref="0", text=str(said.get("text", "")))]
        self.transcript.append(exchange)
        return exchange

    async def _new(self) -> list[Heard]:
        async with self.http.get("/chat/history") as answer:
            answer.raise_for_status()
            known = await answer.json()
        since, self._last = self._last, known["last"]
        return [
            await self._heard(message)
            for message in known["messages"]
            if message["from"] == "office" and message["changed"] > since
        ]

    async def _heard(self, message: dict[str, Any]) -> Heard:
        buttons = [button for row in message.get("rows", []) for button in row]
        pressable = [button for button in buttons if button.get("token")]
        title = message.get("title", "")
        text = message.get("text", "")
        document = None
        if "file" in message and "url" in message["file"]:
            async with self.http.get(message["file"]["url"]) as answer:
                data = await answer.read() if answer.status == 200 else b""
            document = Document(message["file"].get("name", ""), message["file"].get("mime", ""), data)
        return Heard(
            ref=str(message["seq"]),
            text=f"{title}\n{text}" if title else text,
            labels=tuple(button["label"] for button in pressable),
            tokens=tuple(button["token"] for button in pressable),
            urls=tuple(button["url"] for button in buttons if button.get("url")),
            edited="edited" in message,
            quiet=bool(message.get("quiet")),
            file=document,
        )


async def _long_video(size: int) -> AsyncIterator[bytes]:
    head = samples.mp4(PIECE)
    yield head
    left = size - len(head)
    while left > 0:
        yield bytes(min(PIECE, left))
        left -= PIECE
