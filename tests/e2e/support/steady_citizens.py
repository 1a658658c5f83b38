"""Citizens who carry on through crashes: they look at what stands in the chat and do the next thing once."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

import aiohttp

from tests.e2e.support.heard import Heard
from tests.e2e.support.script import place_of
from tests.e2e.support.telegram_citizen import heard as heard_on_telegram
from tests.emulators.telegram import Person, Shown, samples

LOOK_SECONDS = 0.05
PATIENCE = 900.0
"""Longer than all restarts of a long kill test together, also on a busy machine."""
FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Thị", "Văn", "Minh", "Ngọc", "Thanh")
GIVEN = ("Sen", "Hải", "Hoa", "Thắng", "Nhàn", "Lan", "Tùng", "Mai", "Dũng", "Hằng")
PLACES = ("Phủ Lý", "Duy Tiên", "Kim Bảng", "Lý Nhân", "Bình Lục", "Thanh Liêm")


@dataclass(frozen=True, slots=True)
class Words:
    """What citizen number `n` says; no two say the same."""

    n: int

    @property
    def story(self) -> str:
        place = PLACES[self.n % len(PLACES)]
        return (
            f"Quán karaoke số {self.n} ở đường Nguyễn Văn Trỗi, {place} hát tới một giờ sáng, tối nào cũng vậy, "
            f"nhà tôi có {self.n % 7 + 2} người không ngủ được"
        )

    @property
    def name(self) -> str:
        return f"{FAMILIES[self.n % 10]} {MIDDLES[self.n // 10 % 5]} {GIVEN[self.n // 50 % 10]}"

    @property
    def phone(self) -> str:
        return f"0951{self.n:06d}"

    @property
    def photo(self) -> bytes:
        return samples.jpeg(size=20_000, seed=700_000 + self.n)


class Chat(Protocol):
    """The few things a steady citizen does; each is accepted by the platform before it returns."""

    async def say(self, text: str) -> None: ...
    async def photo(self, data: bytes) -> None: ...
    async def take(self, heard: Heard, place: int) -> None: ...
    async def since_last_deed(self) -> list[Heard]: ...
    async def everything(self) -> list[Heard]: ...
    async def close(self) -> None: ...


class TelegramChat:
    """The platform takes everything at once and keeps it until the bot has asked for it."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._deed = 0

    async def say(self, text: str) -> None:
        self._deed = self.person.say(text).id

    async def photo(self, data: bytes) -> None:
        self._deed = self.person.send_photo(data=data).id

    async def take(self, heard: Heard, place: int) -> None:
        messages = self.person.chat.messages
        self._deed = max(messages)
        self.person.press_data(heard.tokens[place], on=Shown(self.person.chat, messages[int(heard.ref)]))

    async def since_last_deed(self) -> list[Heard]:
        return [heard for heard in await self.everything() if int(heard.ref) > self._deed]

    async def everything(self) -> list[Heard]:
        chat = self.person.chat
        return [heard_on_telegram(Shown(chat, stored)) for stored in chat.messages.values() if stored.by_bot]

    async def close(self) -> None:
        return


class WebPage:
    """As the page does: what got no answer is sent again with the same id until it is taken in."""

    def __init__(self, url: str) -> None:
        self.http = aiohttp.ClientSession(
            url,
            cookie_jar=aiohttp.CookieJar(unsafe=True),
            headers={"Accept-Language": "vi"},
            timeout=aiohttp.ClientTimeout(total=15),
        )
        self.repeats: Counter[str] = Counter()
        self._deed = 0

    async def open(self) -> None:
        async with self.http.get("/") as page:
            page.raise_for_status()

    async def say(self, text: str) -> None:
        await self._post("/chat/messages", {"text": text})

    async def take(self, heard: Heard, place: int) -> None:
        choice = {"token": heard.tokens[place], "ref": int(heard.ref)}
        await self._post("/chat/messages", {"choice": choice})

    async def photo(self, data: bytes) -> None:
        message_id = str(uuid4())

        def form() -> aiohttp.FormData:
            parts = aiohttp.FormData()
            parts.add_field("id", message_id)
            parts.add_field("file", data, filename="anh.jpg", content_type="image/jpeg")
            return parts

        await self._until_taken("/chat/files", lambda: {"data": form()})

    async def _post(self, path: str, content: dict[str, object]) -> None:
        body = {"id": str(uuid4()), **content}
        await self._until_taken(path, lambda: {"json": body})

    async def _until_taken(self, path: str, request) -> None:  # type: ignore[no-untyped-def]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while loop.time() < deadline:
            try:
                async with self.http.post(path, **request()) as answer:
                    said = await answer.json()
                    if answer.status == 200:
                        self._deed = said["message"]["seq"]
                        return
                    assert answer.status in (429, 503), (answer.status, said)
                    self.repeats[str(answer.status)] += 1
            except (aiohttp.ClientError, TimeoutError) as fault:
                self.repeats[type(fault).__name__] += 1
            await asyncio.sleep(0.3)
        raise AssertionError("the page's message was never taken in")

    async def since_last_deed(self) -> list[Heard]:
        return [heard for heard in await self.everything() if int(heard.ref) > self._deed]

    async def everything(self) -> list[Heard]:
        try:
            async with self.http.get("/chat/history") as answer:
                if answer.status != 200:
                    return []
                known = await answer.json()
        except (aiohttp.ClientError, TimeoutError):
            return []
        return [_heard_on_web(message) for message in known["messages"] if message["from"] == "office"]

    async def close(self) -> None:
        await self.http.close()


def _heard_on_web(message: dict) -> Heard:  # type: ignore[type-arg]
    buttons = [button for row in message.get("rows", []) for button in row if button.get("token")]
    return Heard(
        ref=str(message["seq"]),
        text=message.get("text", ""),
        labels=tuple(button["label"] for button in buttons),
        tokens=tuple(button["token"] for button in buttons),
    )


class SteadyCitizen:
    """Files one petition: story, photograph, name and phone, confirmation; then waits for the code."""

    def __init__(self, words: Words, chat: Chat, chance: random.Random, *, thinks: float) -> None:
        self.words = words
        self.chat = chat
        self.codes: set[str] = set()
        self.done = False
        self._chance = chance
        self._thinks = thinks

    async def run(self) -> None:
        await self._think()
        await self.chat.say(self.words.story)
        await self._until(lambda heard: True)
        await self._think()
        await self.chat.photo(self.words.photo)
        await self._until(lambda heard: True)
        await self._think()
        await self.chat.say(f"{self.words.name}, {self.words.phone}")
        await self._confirm()
        self.done = True

    async def _confirm(self) -> None:
        """Press the newest confirm button, or pass over what is still asked, until a code is there."""
        pressed: set[tuple[str, int]] = set()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while loop.time() < deadline:
            everything = await self.chat.everything()
            self.codes = {code for heard in everything for code in heard.codes}
            if self.codes:
                return
            step = _next_press(await self.chat.since_last_deed())
            if step is not None and (step[0].ref, step[1]) not in pressed:
                pressed.add((step[0].ref, step[1]))
                await self._think()
                await self.chat.take(*step)
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(
            f"citizen {self.words.n} never got a code; last: {(await self.chat.everything())[-2:]}"
        )

    async def _until(self, cue) -> None:  # type: ignore[no-untyped-def]
        loop = asyncio.get_running_loop()
        deadline = loop.time() + PATIENCE
        while loop.time() < deadline:
            if any(cue(heard) for heard in await self.chat.since_last_deed()):
                return
            await asyncio.sleep(LOOK_SECONDS)
        raise AssertionError(f"citizen {self.words.n} got no answer within {PATIENCE} s")

    async def _think(self) -> None:
        await asyncio.sleep(self._thinks * self._chance.uniform(0.3, 1.7))


def _next_press(heard: list[Heard]) -> tuple[Heard, int] | None:
    """The choice to take and where it stands: to send, else to pass over what is asked."""
    for wanted in ("send", "doubt.skip", "apart", "skip"):
        for message in reversed(heard):
            place = place_of(message, wanted)
            if place is not None:
                return message, place
    return None
